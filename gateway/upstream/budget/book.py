"""
Between the queue of one process and the account's books: what is asked, and what is answered.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from providers.upstream import Lane, Limits

INSTANT = 1e-6
"""Seconds that count as now: sums of floats never quite meet."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A call that would go now if it may."""

    lane: Lane
    since: float
    """Instant of asking, monotonic; the older goes first within a lane."""
    weight: int
    """Points still to be paid; 0 once they were."""
    cap: str | None = None
    """The extra rate it falls under, by its name in the book."""
    token: str = ""
    """The slot it was given and came too late for; nobody else may have used it since, so it may be moved."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """Calls waiting in one lane of one process, in short."""

    lane: Lane
    count: int
    oldest: float
    newest: float
    """Both: instants of asking, monotonic."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a waiting call has to expect, as of `at`; durations in seconds from then."""

    at: float
    spacing: float
    """Between two calls."""
    opens_in: float = 0.0
    """Until the next slot."""
    later: Mapping[str, float] = field(default_factory=dict)
    """The same for lanes and caps that are held back longer, by their name in the book."""
    points: float | None = None
    """What may be spent now, by the lane that may spend all; None: calls cost nothing."""
    points_left: float = 0.0
    """What is left by our count: a little more, for refill may come late."""
    points_per_day: float = 0.0
    points_per_second: float = 0.0
    resets_in: float = 0.0
    others: tuple[Crowd, ...] = ()
    """Who waits in other processes."""
    refusals: int = 0
    degraded: bool = False
    blocked: str = ""
    """Why nothing may leave at all, in words for whoever is refused; empty: it may."""

    def points_in(self, needed: float) -> float:
        """Seconds until so many points are there; only a reset helps where nothing refills."""
        if self.points is None or needed <= self.points + INSTANT:
            return 0.0
        if self.points_per_second <= 0 or needed > self.points_per_day:
            return self.resets_in
        return min((needed - self.points) / self.points_per_second, self.resets_in)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who may go, or when to ask again."""

    asked_at: float
    """Instant of asking, monotonic: the slot is from then or a little later."""
    wait: float
    """Seconds after which asking again makes sense; meaningless when somebody may go."""
    outlook: Outlook
    granted: int | None = None
    """Place of the chosen candidate in what was asked."""
    token: str = ""


class Book(Protocol):
    """Where slots and points are counted."""

    async def start(self, wake: Callable[[], None]) -> None:
        """Open; `wake` is to be called when asking again has become worthwhile."""
        ...

    async def aclose(self) -> None:
        """Close, and be forgotten by other processes."""
        ...

    async def take(self, candidates: Sequence[Candidate], crowds: Sequence[Crowd]) -> Verdict:
        """
        Let the best of all candidates go if it is one of these, taking from every limit or from none.

        Args:
            candidates: In the order in which they should go, the best of each kind. Empty: withdraw, or
                just look.
            crowds: All that waits here, for the estimates of other processes.
        """
        ...

    async def look(self) -> Outlook:
        """How things stand, without asking for anything."""
        ...

    async def give_back(self, points: int) -> None:
        """Points taken for a call that was never sent are there again."""
        ...

    async def refused(self, *, exhausted: bool, retry_after: float) -> None:
        """Count a refusal by the supplier; pause everyone, or have no points left."""
        ...

    async def learn(self, remaining: int, total: int | None) -> None:
        """Take over the supplier's figures."""
        ...

    async def limit(self, limits: Limits) -> None:
        """Count by other limits from now on."""
        ...
