"""A flight: one call on its way to the supplier for everybody who waits for its answer."""

from dataclasses import dataclass

from gateway.upstream.budget import Ticket
from providers.upstream import Lane, Usage


@dataclass(slots=True, eq=False)
class Flight:
    """What the stages below coalescing know about the call they carry."""

    ticket: Ticket
    """Its place in the queue: as urgent as the most urgent reader, as patient as the most patient."""
    usage: Usage | None
    """Whom its cost is charged to: the reader who began it; None for a revalidation."""
    fresh_for: float
    """How young an answer found on the way must be to satisfy every reader, seconds."""
    began: float
    """Monotonic."""
    waiting: int = 0
    """Readers who still wait, the revalidation itself counted as one."""
    sent: bool = False
    """Whether an exchange is under way right now: then it is paid for, and is let finish."""
    keeps: bool = True
    """False once the answer was evicted while it flew."""
    points_remaining: int | None = None
    """What the supplier said in its last reply."""

    def join(self, lane: Lane, deadline: float, fresh_for: float) -> None:
        """Take one more reader aboard."""
        self.waiting += 1
        self.fresh_for = min(self.fresh_for, fresh_for)
        self.ticket.raise_to(lane, deadline)
