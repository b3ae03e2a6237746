"""
Stale-while-revalidate: what a caller is served, by the age of what is kept.

    fresh    served as is: CACHE
    stale    served at once as STALE while one flight in the background lane reads it again; when that cannot
             be done, served on, with the reason, until it is too old for the facts that are asked for
    absent   a confirmed "no such thing" is believed for a short while
    else     asked of the supplier: LIVE; when that fails, something stale after all, with the reason

An answer that is fresh in this process's memory is served without awaiting anything. A rehearsal is served
the same while it costs nothing; the rest is imagined (`rehearsal`), and nothing leaves or begins.
"""

# Freshness is not jittered. Entries that expire together do not stampede here: equal calls share one
# flight, and different ones queue for the budget, in the background lane, behind every reader. Jitter
# would only make "0 calls within freshness" untrue now and then.

import asyncio
from collections.abc import Hashable
from datetime import timedelta
from typing import Any, TypeVar

import structlog

from gateway.upstream.answers import Answers
from gateway.upstream.coalesce import Coalesce
from gateway.upstream.entries import Entry
from gateway.upstream.exchange import Totals
from gateway.upstream.freshness import Rules, Span
from gateway.upstream.rehearsal import count, imagine
from providers.clock import Clock
from providers.errors import AuthenticationFailed, ProviderError, Transient
from providers.upstream import Ask, Call, Fetched, Source

T = TypeVar("T")
log = structlog.get_logger(__name__)

REVALIDATE_PAUSE = 5.0
"""Seconds after a failed revalidation before the next, unless the error says longer."""


class Cache:
    """The first stage: decides what is served, and asks for what has to be asked for."""

    def __init__(
        self,
        coalesce: Coalesce,
        answers: Answers,
        rules: Rules,
        *,
        provider: str,
        clock: Clock,
        totals: Totals,
    ) -> None:
        self._coalesce = coalesce
        self._answers = answers
        self._rules = rules
        self._provider = provider
        self._clock = clock
        self._totals = totals

    async def fetch(self, call: Call[T], ask: Ask) -> Fetched[T]:
        """As `Upstream.fetch`."""
        if ask.rehearse:
            return await self._rehearse(call, ask)
        if not call.policy.facts or not call.policy.shared:
            return await self._unkept(call, ask)
        key = self._answers.key(call)
        span = self._rules.span(call.policy, ask)
        entry = self._answers.peek(key)
        if entry is not None and self._is_fresh(entry, span) and self._answers.believes(entry):
            return self._serve(entry, span, ask)
        return await self._look_further(key, call, ask, span, entry)

    async def evict(self, call: Call[Any]) -> None:
        """As `Upstream.evict`."""
        key = self._answers.key(call)
        self._coalesce.forget(key)
        await self._answers.evict(key, call, self._rules.keep_for(call.policy))

    async def _rehearse(self, call: Call[T], ask: Ask) -> Fetched[T]:
        """As `fetch`, but nothing leaves, begins or counts for metrics: the meter hears what would have."""
        span = self._rules.span(call.policy, ask)
        usage = ask.meter.of(self._provider)
        entry: Entry | None = None
        key: Hashable | None = None
        if call.policy.facts and call.policy.shared:
            key = self._answers.key(call)
            entry = await self._newest(key, call, self._rules.keep_for(call.policy), self._answers.peek(key))
            if entry is not None and self._is_fresh(entry, span):
                usage.cache_hits += 1
                return self._fetched(entry, span, Source.CACHE)
            if entry is not None and ask.accept_stale and self._is_servable(entry, span):
                usage.cache_hits += 1
                if self._clock.monotonic() >= entry.retry_at:
                    # Would be read again in the background now, at nobody's cost, and whoever wants it
                    # newer would join that.
                    ask.meter.rehearsed.add(key)
                return self._fetched(entry, span, Source.STALE, entry.trouble)
        is_under_way = key is not None and self._coalesce.flies(key)
        count(key, call, ask, provider=self._provider, is_under_way=is_under_way)
        if entry is not None and entry.absence is None:
            # Too old to be served, and a better guess at what will be answered than anything imagined.
            return self._fetched(entry, span, Source.LIVE)
        now = self._clock.now()
        value = imagine(call, usage, provider=self._provider)
        return Fetched(value, now, now + timedelta(seconds=span.fresh_for), Source.LIVE, imagined=True)

    async def _unkept(self, call: Call[T], ask: Ask) -> Fetched[T]:
        """A write, a login, or what belongs to one caller alone: neither kept nor shared in flight."""
        entry = await self._coalesce.fetch(None, call, ask, 0.0, 0.0)
        return self._fetched(entry, Span(0.0, 0.0), Source.LIVE)

    async def _look_further(
        self, key: Hashable, call: Call[T], ask: Ask, span: Span, entry: Entry | None
    ) -> Fetched[T]:
        keep_for = self._rules.keep_for(call.policy)
        entry = await self._newest(key, call, keep_for, entry)
        if entry is not None and self._is_fresh(entry, span):
            return self._serve(entry, span, ask)
        if entry is not None and ask.accept_stale and self._is_servable(entry, span):
            self._revalidate(key, call, span, keep_for, entry)
            return self._serve_stale(entry, span, ask, entry.trouble)
        asked_at = self._clock.monotonic()
        try:
            landed = await self._coalesce.fetch(key, call, ask, span.fresh_for, keep_for)
        except (Transient, AuthenticationFailed) as trouble:
            # Looked up anew: another process may have brought a newer answer meanwhile.
            entry = self._answers.peek(key)
            if entry is None or not self._is_servable(entry, span):
                raise
            return self._serve_stale(entry, span, ask, trouble)
        return self._fetched(landed, span, Source.LIVE if landed.at >= asked_at else Source.CACHE)

    async def _newest(
        self, key: Hashable, call: Call[Any], keep_for: float, peeked: Entry | None
    ) -> Entry | None:
        if peeked is not None and self._answers.believes(peeked):
            return peeked
        return await self._answers.read(key, call, keep_for)

    def _is_fresh(self, entry: Entry, span: Span) -> bool:
        # An absence is kept only for as long as it is believed.
        return entry.absence is not None or self._clock.monotonic() - entry.at < span.fresh_for

    def _is_servable(self, entry: Entry, span: Span) -> bool:
        return entry.absence is None and self._clock.monotonic() - entry.at < span.serve_for

    def _serve(self, entry: Entry, span: Span, ask: Ask) -> Fetched[Any]:
        ask.meter.of(self._provider).cache_hits += 1
        self._totals.cache_hits += 1
        return self._fetched(entry, span, Source.CACHE)

    def _serve_stale(self, entry: Entry, span: Span, ask: Ask, trouble: ProviderError | None) -> Fetched[Any]:
        ask.meter.of(self._provider).cache_hits += 1
        self._totals.stale_hits += 1
        if trouble is not None:
            log.info(
                "upstream.stale",
                provider=self._provider,
                operation=trouble.operation,
                age_seconds=round(self._clock.monotonic() - entry.at),
                trouble=type(trouble).__name__,
            )
        return self._fetched(entry, span, Source.STALE, trouble)

    def _fetched(
        self, entry: Entry, span: Span, source: Source, trouble: ProviderError | None = None
    ) -> Fetched[Any]:
        if entry.absence is not None:
            raise type(entry.absence)(
                entry.absence.message,
                provider=entry.absence.provider,
                operation=entry.absence.operation,
                request_id=entry.absence.request_id,
                code=entry.absence.code,
            )
        return Fetched(
            entry.value, entry.as_of, entry.as_of + timedelta(seconds=span.fresh_for), source, trouble
        )

    def _revalidate(self, key: Hashable, call: Call[Any], span: Span, keep_for: float, entry: Entry) -> None:
        if self._clock.monotonic() < entry.retry_at:
            return
        flight = self._coalesce.revalidate(key, call, span.fresh_for, keep_for)
        if flight is not None:
            flight.add_done_callback(lambda done: self._note(done, entry))

    def _note(self, flight: asyncio.Task[Entry], entry: Entry) -> None:
        """Remember on the stale entry why it could not be read again; a success has replaced it."""
        error = None if flight.cancelled() else flight.exception()
        if not isinstance(error, ProviderError):
            return
        known = error.retry_after if isinstance(error, Transient) else None
        entry.trouble = error
        entry.retry_at = self._clock.monotonic() + max(known or 0.0, REVALIDATE_PAUSE)
