"""
The circuit breaker of one supplier account: a supplier that only fails is left alone, then tried with care.

It counts what exchanges came to, business failures inside HTTP 200 included, because it sits above decoding.
"""

# Ours, because none on PyPI fits: purgatory 3.0, the best kept one for asyncio, reads the wall clock itself,
# counts failures without a window or a ratio and lets every caller through while half open; aiobreaker's last
# release is of 2021.

import asyncio
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from providers.clock import Clock
from providers.errors import (
    AuthenticationFailed,
    MalformedResponse,
    Rejected,
    Unavailable,
    UpstreamTimeout,
)

FAILURES = (Unavailable, UpstreamTimeout, MalformedResponse, AuthenticationFailed)
"""What speaks against the supplier's health. `Rejected` is an answer; a refusal for speed says nothing."""


class Circuit(StrEnum):
    """Whether calls go through."""

    CLOSED = "CLOSED"  # yes
    OPEN = "OPEN"  # no
    HALF_OPEN = "HALF_OPEN"  # one, to see


class Status(StrEnum):
    """How a supplier has been answering, in one word."""

    UP = "UP"
    DEGRADED = "DEGRADED"  # some of the last exchanges failed
    DOWN = "DOWN"  # the circuit is not closed
    UNKNOWN = "UNKNOWN"  # nothing was asked yet


@dataclass(frozen=True, slots=True)
class Health:
    """How a supplier has been answering this process."""

    status: Status
    circuit: Circuit
    last_success_at: datetime | None
    """Aware UTC; None before the first."""


@dataclass(frozen=True, slots=True)
class BreakerPolicy:
    """When to stop asking."""

    window: float = 30.0
    """Seconds over which failures are compared with successes."""
    minimum: int = 10
    """Exchanges in the window below which a ratio says nothing."""
    ratio: float = 0.5
    """Share of failures in the window at which the circuit opens."""
    consecutive: int = 5
    """Failures in a row at which it opens before any ratio; at one call a second, five seconds."""
    pause: float = 5.0
    """Seconds it stays open the first time; doubles with every failed probe."""
    longest_pause: float = 60.0


class Breaker:
    """
    CLOSED until too much fails, OPEN for a pause, then HALF_OPEN for one probe that decides.

    An exchange is announced by `enter`, which raises while the circuit is open, and ends in exactly one of
    `succeeded`, `failed` or `left`.
    """

    def __init__(self, clock: Clock, *, provider: str, policy: BreakerPolicy | None = None) -> None:
        self._clock = clock
        self._provider = provider
        self._policy = policy or BreakerPolicy()
        self._circuit = Circuit.CLOSED
        self._outcomes: deque[tuple[float, bool]] = deque()  # when, and whether it failed
        self._in_a_row = 0
        self._pause = self._policy.pause
        self._open_until = 0.0
        self._probing = False
        self._era = 0
        self._shutting: asyncio.Future[None] | None = None
        self._last_success_at: datetime | None = None

    @property
    def circuit(self) -> Circuit:
        """Whether calls go through; an open circuit whose pause is over shows as HALF_OPEN."""
        if self._circuit is Circuit.OPEN and self._clock.monotonic() >= self._open_until:
            return Circuit.HALF_OPEN
        return self._circuit

    def health(self) -> Health:
        """What the last exchanges say."""
        self._forget_old()
        circuit = self.circuit
        if circuit is not Circuit.CLOSED:
            status = Status.DOWN
        elif any(failed for _, failed in self._outcomes):
            status = Status.DEGRADED
        else:
            status = Status.UNKNOWN if self._last_success_at is None else Status.UP
        return Health(status, circuit, self._last_success_at)

    def check(self, operation: str) -> None:
        """Raises Unavailable with `retry_after` while no call would go through; changes nothing."""
        circuit = self.circuit
        if circuit is Circuit.CLOSED or (circuit is Circuit.HALF_OPEN and not self._probing):
            return
        raise Unavailable(
            "The supplier has been failing and is left alone for a moment; try again shortly.",
            retry_after=max(1.0, self._open_until - self._clock.monotonic()),
            provider=self._provider,
            operation=operation,
        )

    def enter(self, operation: str) -> int:
        """
        Announce an exchange.

        Returns:
            The era it belongs to, handed back with its outcome: what began before the circuit last changed
            decides nothing any more.

        Raises:
            Unavailable: As `check`.
        """
        self.check(operation)
        if self.circuit is Circuit.HALF_OPEN:
            self._change(Circuit.HALF_OPEN)
            self._probing = True
            self._tell()
        return self._era

    def shutting(self) -> asyncio.Future[None]:
        """A future that is done when `check` may have begun to raise: for those who queue meanwhile."""
        if self._shutting is None:
            self._shutting = asyncio.get_running_loop().create_future()
        return self._shutting

    def succeeded(self, era: int) -> None:
        """The supplier answered; a probe that succeeds closes the circuit and starts the record anew."""
        self._last_success_at = self._clock.now()
        if era != self._era:
            return
        if self._circuit is Circuit.HALF_OPEN:
            self._change(Circuit.CLOSED)
            self._outcomes.clear()
            self._pause = self._policy.pause
        self._in_a_row = 0
        self._note(failed=False)

    def failed(self, era: int, error: BaseException) -> None:
        """The exchange raised; see `FAILURES` for what that means."""
        if isinstance(error, Rejected):
            self.succeeded(era)
        elif era != self._era or not isinstance(error, FAILURES):
            self.left(era)
        elif self._circuit is Circuit.HALF_OPEN:
            self._pause = min(self._pause * 2, self._policy.longest_pause)
            self._open()
        else:
            self._in_a_row += 1
            self._note(failed=True)
            if self._too_many():
                self._open()

    def left(self, era: int) -> None:
        """The exchange ended without saying anything about the supplier (cancelled, never sent, too fast)."""
        if era == self._era:
            self._probing = False

    def _open(self) -> None:
        self._change(Circuit.OPEN)
        self._open_until = self._clock.monotonic() + self._pause
        self._tell()

    def _tell(self) -> None:
        if self._shutting is not None:
            self._shutting.set_result(None)
            self._shutting = None

    def _change(self, circuit: Circuit) -> None:
        self._circuit = circuit
        self._era += 1
        self._probing = False

    def _too_many(self) -> bool:
        if self._in_a_row >= self._policy.consecutive:
            return True
        failures = sum(failed for _, failed in self._outcomes)
        total = len(self._outcomes)
        return total >= self._policy.minimum and failures >= total * self._policy.ratio

    def _note(self, *, failed: bool) -> None:
        self._outcomes.append((self._clock.monotonic(), failed))
        self._forget_old()

    def _forget_old(self) -> None:
        horizon = self._clock.monotonic() - self._policy.window
        while self._outcomes and self._outcomes[0][0] < horizon:
            self._outcomes.popleft()
