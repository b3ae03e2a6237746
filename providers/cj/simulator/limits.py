"""
CJ's throttles: calls per second in a sliding window, and points per day.

CJ documentation, "Limit" and "Points", read 2026-11-23. CJ does not say how it measures a second. A sliding
window without mercy is the strictest honest reading: whoever passes here passes any of the others.
"""

from bisect import insort
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

NANOSECONDS: Final = 1_000_000_000
LEVEL_RATES: Final = (1.0, 1.0, 2.0, 4.0, 6.0, 6.0)
"""Calls per second of an account by its level, 0 to 5."""
MINUTES_PER_DAY: Final = 1440


@dataclass(slots=True)
class Window:
    """
    At most `rate` accepted arrivals in any second, refused ones not counted.

    A rate below 1 means one arrival in 1/rate seconds. Times are whole nanoseconds: a caller who waits
    exactly long enough passes, one nanosecond earlier does not.
    """

    rate: float
    _accepted: list[int] = field(default_factory=list)

    def admit(self, arrived: float) -> bool:
        """Whether an arrival at this moment (monotonic seconds) fits; if so it is counted."""
        count, span = (int(self.rate), NANOSECONDS) if self.rate >= 1 else (1, round(NANOSECONDS / self.rate))
        moment = round(arrived * NANOSECONDS)
        # Arrivals are stamped before their body is read, so they may be judged slightly out of order.
        while self._accepted and self._accepted[0] < moment - 4 * span:
            self._accepted.pop(0)
        trial = self._accepted.copy()
        insort(trial, moment)
        if any(trial[at + count] - trial[at] < span for at in range(len(trial) - count)):
            return False
        self._accepted = trial
        return True

    def describe(self) -> str:
        """The text CJ was seen to answer with."""
        count, seconds = (f"{self.rate:g}", "1") if self.rate >= 1 else ("1", f"{1 / self.rate:g}")
        return f"Too Many Requests, QPS limit is {count} time/{seconds}second"

    def forget(self) -> None:
        """Start with an empty second."""
        self._accepted.clear()


@dataclass(slots=True)
class Points:
    """
    An account's allowance: refilled by the minute, full at 00:00 UTC, never above the total.

    Unlike the calls per second it follows the calendar, so it reads wall time.
    """

    total: float
    remaining: float
    used_today: float
    _seen: datetime

    @classmethod
    def full(cls, total: float, now: datetime) -> "Points":
        """A fresh day's allowance."""
        return cls(total, total, 0, now)

    def take(self, cost: float, now: datetime) -> bool:
        """Spend points if there are enough; all or nothing."""
        self.refill(now)
        if cost > self.remaining:
            return False
        self.remaining -= cost
        self.used_today += cost
        return True

    def refill(self, now: datetime) -> None:
        """Bring the allowance up to this moment."""
        if now <= self._seen:
            return
        midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        if self._seen < midnight:
            self.remaining, self.used_today = self.total, 0
        else:
            minutes = (now - self._seen) / timedelta(minutes=1)
            self.remaining = max(
                self.remaining, min(self.total, self.remaining + self.total / MINUTES_PER_DAY * minutes)
            )
        self._seen = now

    def info(self, now: datetime) -> dict[str, object]:
        """CJ's `pointsInfo`, whole points."""
        self.refill(now)
        return {"usedToday": int(self.used_today), "remaining": int(self.remaining), "total": int(self.total)}

    def describe(self, cost: float, now: datetime) -> str:
        """The text CJ was seen to answer with."""
        info = self.info(now)
        return (
            f"Insufficient API points. Used today: {info['usedToday']}, Remaining: {info['remaining']}, "
            f"Required: {cost:g}"
        )
