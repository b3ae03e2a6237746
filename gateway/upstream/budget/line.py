"""The queue of one process: who waits, in which order, until when. A book decides about the first."""

import asyncio
import contextlib
import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from gateway.upstream.budget import BudgetState, Permit, Ticket
from gateway.upstream.budget.book import Book, Candidate, Crowd, Verdict
from gateway.upstream.budget.forecast import Forecast, Turn, typical
from gateway.upstream.budget.pacing import known_cap, late_after, rates_of
from providers.clock import Clock
from providers.errors import QuotaExhausted, RateLimited
from providers.upstream import CallPolicy, Lane, Limits

log = structlog.get_logger(__name__)

# Calls of one kind (same cap, same weight) are held back by the same things, so the first of each kind
# stands for the others. More kinds than this never wait at once.
KINDS_AT_MOST = 8
BROKEN_PAUSE_SECONDS = 1.0
DEADLINE_GRACE_SECONDS = 0.001
FAR_SECONDS = 1e9


@dataclass(slots=True, eq=False)
class _Waiting:
    policy: CallPolicy
    ticket: Ticket
    since: float
    number: int
    weight: int
    cap: str | None
    token: str = ""
    turn: asyncio.Future[Verdict] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    @property
    def rank(self) -> tuple[int, float, int]:
        return (self.ticket.lane, self.since, self.number)

    @property
    def candidate(self) -> Candidate:
        return Candidate(self.ticket.lane, self.since, self.weight, self.cap, self.token)


class Line:
    """
    A budget: the calls of this process that wait for one account, over a book.

    Args:
        book: Where slots and points are counted.
        limits: What the account may do.
        clock: Deadlines are instants on its monotonic scale.
        provider: The provider's code, for errors and logs.
    """

    def __init__(self, book: Book, limits: Limits, clock: Clock, *, provider: str = "") -> None:
        self._book = book
        self._limits = limits
        self._clock = clock
        self._provider = provider
        self._waiting: list[_Waiting] = []
        self._numbers = itertools.count()
        self._changed = asyncio.Event()
        self._deadlines = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Open the book and begin handing out permits."""
        await self._book.start(self._changed.set)
        self._tasks = [
            asyncio.create_task(self._serve(), name="budget-line"),
            asyncio.create_task(self._watch_deadlines(), name="budget-deadlines"),
        ]

    async def aclose(self) -> None:
        """Send everyone away and close the book."""
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self._tasks = []
        for waiting in self._waiting:
            self._refuse(waiting, self._too_late(waiting, "the gateway is stopping", None))
        await self._book.aclose()

    async def acquire(self, policy: CallPolicy, ticket: Ticket) -> Permit:
        """Wait for leave to send one call; see `Budget.acquire`."""
        begun = self._clock.monotonic()
        waiting = _Waiting(
            policy=policy,
            ticket=ticket,
            since=begun,
            number=next(self._numbers),
            weight=policy.weight if self._limits.allowance is not None else 0,
            cap=known_cap(policy, self._limits),
        )
        granted_at = await self._wait(waiting)

        async def leave() -> None:
            nonlocal granted_at
            if self._is_late(granted_at):
                granted_at = await self._wait(waiting)

        async def give_back() -> None:
            await self._give_back(policy.weight if self._limits.allowance is not None else 0)

        return Permit(waited=self._clock.monotonic() - begun, leave=leave, give_back=give_back)

    async def refused(self, error: RateLimited | QuotaExhausted) -> None:
        """Pause everyone; see `Budget.refused`."""
        exhausted = isinstance(error, QuotaExhausted)
        log.warning("budget.refused", provider=self._provider, operation=error.operation, exhausted=exhausted)
        await self._book.refused(exhausted=exhausted, retry_after=error.retry_after or 0.0)
        self._changed.set()

    async def learn(self, remaining: int, total: int | None) -> None:
        """Believe the supplier's own figures; see `Budget.learn`."""
        await self._book.learn(remaining, total)
        if self._waiting:
            self._changed.set()

    async def limit(self, limits: Limits) -> None:
        """Replace the account's limits; see `Budget.limit`."""
        self._limits = limits
        await self._book.limit(limits)
        self._changed.set()

    async def state(self) -> BudgetState:
        """How things stand; looks into the book."""
        outlook = await self._book.look()
        forecast = Forecast(outlook, rates_of(self._limits))
        for call in (waiting.candidate for waiting in sorted(self._waiting, key=lambda w: w.rank)):
            if call.lane <= Lane.INTERACTIVE:
                forecast.count(call)
        has_points = outlook.points is not None
        tomorrow = (self._clock.now() + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        return BudgetState(
            requests_per_second=min((rate.per_second for rate in self._limits.rates), default=math.inf),
            points_per_day=round(outlook.points_per_day) if has_points else None,
            points_remaining=max(0, math.floor(outlook.points_left)) if has_points else None,
            resets_at=tomorrow if has_points else None,
            queue_depth=len(self._waiting) + sum(crowd.count for crowd in outlook.others),
            estimated_wait_seconds=forecast.turn(typical(Lane.INTERACTIVE, outlook.at)).seconds,
            degraded=outlook.degraded,
            refusals=outlook.refusals,
        )

    async def _wait(self, waiting: _Waiting) -> float:
        """Stand in the queue until there is a slot that can be used; its instant."""
        while True:
            if self._clock.monotonic() > waiting.ticket.deadline:
                raise self._too_late(waiting, "its deadline has passed", 0.0)
            waiting.turn = asyncio.get_running_loop().create_future()
            waiting.ticket.watch(self._raised)
            self._waiting.append(waiting)
            self._raised()
            try:
                verdict = await waiting.turn
            except asyncio.CancelledError:
                # Granted in the very moment in which nobody wanted it any more.
                if waiting.turn.done() and not waiting.turn.cancelled() and not waiting.turn.exception():
                    await self._give_back(waiting.weight)
                raise
            finally:
                waiting.ticket.watch(None)
                self._remove(waiting)
            waiting.weight, waiting.token = 0, verdict.token
            if not self._is_late(verdict.asked_at):
                return verdict.asked_at
            # The event loop was busy elsewhere: the slot is old, and sending now could meet the next one's
            # call.
            log.debug("budget.slot_given_up", provider=self._provider, operation=waiting.policy.operation)

    def _is_late(self, granted_at: float) -> bool:
        return self._clock.monotonic() - granted_at > late_after(self._limits)

    def _raised(self) -> None:
        self._changed.set()
        self._deadlines.set()

    def _remove(self, waiting: _Waiting) -> None:
        if waiting in self._waiting:
            self._waiting.remove(waiting)
            self._changed.set()

    async def _serve(self) -> None:
        asked = False
        while True:
            self._changed.clear()
            if not self._waiting and not asked:
                await self._changed.wait()
                continue
            try:
                self._waiting.sort(key=lambda waiting: waiting.rank)
                asking = tuple(self._waiting)
                chosen = self._chosen()
                verdict = await self._book.take([w.candidate for w in chosen], self._crowds())
            except Exception as error:
                log.exception("budget.broken", provider=self._provider)
                for waiting in tuple(self._waiting):
                    self._refuse(waiting, self._too_late(waiting, f"the budget is broken: {error}", None))
                await self._clock.sleep(BROKEN_PAUSE_SECONDS)
                continue
            asked = len(chosen) > (0 if verdict.granted is None else 1)
            if verdict.granted is not None:
                await self._grant(chosen[verdict.granted], verdict)
                continue
            self._send_away(verdict, asking)
            if self._waiting:
                await self._sleep(verdict.wait, self._changed)

    async def _grant(self, waiting: _Waiting, verdict: Verdict) -> None:
        self._remove(waiting)
        if not waiting.turn.done():
            waiting.turn.set_result(verdict)
        else:  # it was abandoned meanwhile, and nobody can use this slot any more
            await self._give_back(waiting.weight)

    async def _give_back(self, points: int) -> None:
        if points:
            await self._book.give_back(points)
            self._changed.set()

    def _send_away(self, verdict: Verdict, asking: Iterable[_Waiting]) -> None:
        """Tell everyone for whom was asked and who cannot be served in time, at once."""
        # Whoever has come meanwhile is asked for next: a slot of its own may be there to be moved.
        forecast = Forecast(verdict.outlook, rates_of(self._limits))
        for waiting in asking:
            if waiting.turn.done():
                continue
            turn = forecast.turn(waiting.candidate)
            if verdict.outlook.at + turn.seconds > waiting.ticket.deadline:
                self._refuse(waiting, self._no_prospect(waiting, turn, verdict.outlook.blocked))
            else:
                forecast.count(waiting.candidate)

    def _refuse(self, waiting: _Waiting, error: RateLimited | QuotaExhausted) -> None:
        self._remove(waiting)
        if not waiting.turn.done():
            waiting.turn.set_exception(error)

    def _no_prospect(self, waiting: _Waiting, turn: Turn, blocked: str) -> RateLimited | QuotaExhausted:
        if not turn.for_points:
            why = blocked or f"a slot is expected in {turn.seconds:.1f} s"
            return self._too_late(waiting, why, turn.seconds)
        back = self._clock.now() + timedelta(seconds=turn.seconds)
        return QuotaExhausted(
            f"The day's points are used up: enough for this call are back at {back:%Y-%m-%d %H:%M:%S} UTC, "
            "all of them with the reset at 00:00 UTC.",
            retry_after=turn.seconds,
            provider=self._provider,
            operation=waiting.policy.operation,
        )

    def _too_late(self, waiting: _Waiting, why: str, retry_after: float | None) -> RateLimited:
        return RateLimited(
            f"The call cannot leave in time: {why}.",
            retry_after=retry_after,
            provider=self._provider,
            operation=waiting.policy.operation,
        )

    def _chosen(self) -> list[_Waiting]:
        """The first of each kind, in order."""
        first: dict[tuple[str | None, int, bool], _Waiting] = {}
        for waiting in self._waiting:
            first.setdefault((waiting.cap, waiting.weight, bool(waiting.token)), waiting)
        return list(first.values())[:KINDS_AT_MOST]

    def _crowds(self) -> list[Crowd]:
        lanes: dict[Lane, list[float]] = {}
        for waiting in self._waiting:
            lanes.setdefault(waiting.ticket.lane, []).append(waiting.since)
        return [Crowd(lane, len(since), min(since), max(since)) for lane, since in lanes.items()]

    async def _watch_deadlines(self) -> None:
        """End every wait at its deadline, whatever the book is busy with."""
        while True:
            self._deadlines.clear()
            now = self._clock.monotonic()
            for waiting in tuple(self._waiting):
                if waiting.ticket.deadline < now:
                    self._refuse(waiting, self._too_late(waiting, "no slot before the deadline", None))
            next_end = min((waiting.ticket.deadline for waiting in self._waiting), default=math.inf)
            # A slot that opens at the very deadline is still in time, so this comes a moment after it.
            await self._sleep(next_end - now + DEADLINE_GRACE_SECONDS, self._deadlines)

    async def _sleep(self, seconds: float, until: asyncio.Event) -> None:
        """Wait for an event, but not longer than so many seconds of the clock."""
        if seconds > FAR_SECONDS:
            await until.wait()
            return
        sleep = asyncio.ensure_future(self._clock.sleep(seconds))
        event = asyncio.ensure_future(until.wait())
        try:
            await asyncio.wait({sleep, event}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleep.cancel()
            event.cancel()
