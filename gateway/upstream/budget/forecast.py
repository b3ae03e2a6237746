"""
When a waiting call will have its turn, as well as one can tell: pure arithmetic over an outlook.
"""

from collections import Counter
from dataclasses import dataclass

from gateway.upstream.budget.book import Candidate, Crowd, Outlook
from gateway.upstream.budget.pacing import LANES, lane_name
from gateway.upstream.budget.points import needed
from providers.upstream import Lane


@dataclass(frozen=True, slots=True)
class Turn:
    """What one call has to expect."""

    seconds: float
    """From the outlook's instant until it may go."""
    for_points: bool
    """True when it waits for points longer than for its place in the queue."""


class Forecast:
    """Asked about the calls of one process in their order, counting those that stay."""

    def __init__(self, outlook: Outlook, cap_spacings: dict[str, float]) -> None:
        self._outlook = outlook
        self._cap_spacings = cap_spacings
        self._ahead = 0
        self._under: Counter[str] = Counter()
        self._points = 0

    def turn(self, call: Candidate) -> Turn:
        """When this call may go, behind those that were counted."""
        out = self._outlook
        before = self._ahead + sum(_share_before(crowd, call) for crowd in out.others)
        seconds = out.opens_in + before * out.spacing
        for name, spacing in self._holds(call):
            seconds = max(seconds, out.later.get(name, 0.0) + self._under[name] * spacing)
        if out.points is None or not call.weight:
            return Turn(seconds, for_points=False)
        points = out.points_in(self._points + needed(call.weight, call.lane, out.points_per_day))
        return Turn(max(seconds, points), for_points=points > seconds)

    def count(self, call: Candidate) -> None:
        """This call stays in the queue, ahead of those asked about later."""
        self._ahead += 1
        self._points += call.weight
        self._under.update(name for name, _ in self._holds(call))

    def _holds(self, call: Candidate) -> list[tuple[str, float]]:
        share = LANES[call.lane].rate_share
        holds = [(lane_name(call.lane), self._outlook.spacing / share)] if share < 1 else []
        if call.cap is not None:
            holds.append((call.cap, self._cap_spacings.get(call.cap, 0.0)))
        return holds


def _share_before(crowd: Crowd, call: Candidate) -> float:
    """How many of a crowd go before a call: all of a higher lane; of its own lane those that came earlier."""
    if crowd.lane != call.lane:
        return crowd.count if crowd.lane < call.lane else 0
    if crowd.newest <= call.since:
        return crowd.count
    if crowd.oldest > call.since:
        return 0
    # Only the ends are known: assume that they came evenly.
    return crowd.count * (call.since - crowd.oldest) / (crowd.newest - crowd.oldest)


def typical(lane: Lane, at: float) -> Candidate:
    """A call that costs nothing and comes now, for telling how long the queue is."""
    return Candidate(lane=lane, since=at, weight=0)
