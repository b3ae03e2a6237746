"""
Retries: only what is worth it, within the deadline, each paying the budget again; and absences confirmed.

A supplier under load answers reads with "no such product" or with an empty page. Believed and kept, one
such answer would delist a product, so it is asked again before anybody hears of it.
"""

from collections.abc import Callable
from random import Random
from typing import Any

import structlog
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception

from gateway.upstream.answers import Landing
from gateway.upstream.exchange import Denied, PaidExchange, Totals
from gateway.upstream.flight import Flight
from providers.clock import Clock
from providers.errors import Delisted, NotFound, QuotaExhausted, RateLimited, Transient, Unavailable
from providers.upstream import Call

log = structlog.get_logger(__name__)

FIRST_PAUSE = 0.25
"""Seconds before the second exchange, doubled for each further one."""
LONGEST_PAUSE = 4.0


class Unconfirmed(Unavailable):
    """The supplier said "no such thing" or sent nothing at all, and has not said so again yet."""


class Retry:
    """
    The stage above a paid exchange.

    Called with a call and its flight, it gives a Landing (possibly a confirmed absence) or raises a
    ProviderError.
    """

    def __init__(
        self, send: PaidExchange, *, provider: str, clock: Clock, random: Random, totals: Totals
    ) -> None:
        self._send = send
        self._provider = provider
        self._clock = clock
        self._random = random
        self._totals = totals

    async def __call__(self, call: Call[Any], flight: Flight) -> Landing:
        """Exchanges until there is an answer, or no more are allowed, wanted or worth it."""
        absent = exchanges = 0

        async def attempt() -> Landing:
            nonlocal absent, exchanges
            exchanges += 1
            landing = await self._once(call, flight)
            if landing.absence is None and not (call.is_empty and call.is_empty(landing.value)):
                return landing
            absent += 1
            if absent > call.policy.confirmations or call.policy.attempts == 1:
                return Landing(
                    landing.value,
                    landing.payload,
                    landing.absence,
                    believed=absent > call.policy.confirmations,
                )
            raise Unconfirmed(
                "It answered that there is nothing, as it also does under load, and could not be asked "
                "again in time; try again shortly.",
                retry_after=1.0,
                provider=self._provider,
                operation=call.policy.operation,
            )

        def enough(state: RetryCallState) -> bool:
            if state.attempt_number >= _exchanges(call) or not flight.waiting:
                return True
            return self._clock.monotonic() + state.upcoming_sleep >= flight.ticket.deadline

        try:
            return await AsyncRetrying(
                sleep=self._clock.sleep,
                retry=retry_if_exception(_worth_another),
                wait=self._pause,
                stop=enough,
                before_sleep=self._announce(call),
                reraise=True,
            )(attempt)
        except Denied as denied:
            # An exchange before it may have left.
            denied.error.without_effect = exchanges == 1
            raise denied.error from None

    async def _once(self, call: Call[Any], flight: Flight) -> Landing:
        try:
            return await self._send(call, flight)
        except (NotFound, Delisted) as absence:
            return Landing(value=None, payload=None, absence=absence, believed=False)

    def _pause(self, state: RetryCallState) -> float:
        error = _error(state)
        if isinstance(error, RateLimited):
            return 0.0  # the budget pauses everybody; waiting there keeps the lanes' order
        longest: float = min(FIRST_PAUSE * 2 ** (state.attempt_number - 1), LONGEST_PAUSE)
        jittered = longest * (0.5 + self._random.random() / 2)
        known = error.retry_after if isinstance(error, Transient) else None
        return max(jittered, 0.0 if isinstance(error, Unconfirmed) else known or 0.0)

    def _announce(self, call: Call[Any]) -> Callable[[RetryCallState], None]:
        def announce(state: RetryCallState) -> None:
            self._totals.retries += 1
            log.info(
                "upstream.retry",
                provider=self._provider,
                operation=call.policy.operation,
                attempt=state.attempt_number,
                pause_ms=round(state.upcoming_sleep * 1000),
                error=type(_error(state)).__name__,
            )

        return announce


def _exchanges(call: Call[Any]) -> int:
    # An absence must be confirmable even where few attempts are allowed; a write is never repeated for it.
    attempts = call.policy.attempts
    return attempts if attempts == 1 else max(attempts, call.policy.confirmations + 1)


def _worth_another(error: BaseException) -> bool:
    # Out of points: the budget knows until when, and the next acquire would say the same.
    return isinstance(error, Transient) and not isinstance(error, QuotaExhausted)


def _error(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome is not None else None
