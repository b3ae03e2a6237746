"""What a comparison weighs of each offer, and what the best of them offer."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum

from providers.model import DayRange, Money


class Tier(IntEnum):
    """How much of an offer can be relied on. It goes before everything: what is not known cannot win."""

    COMPLETE = 0  # it can be ordered, and all that it costs is known
    INCOMPLETE = 1  # it can be ordered, and costs at least so much
    UNPRICED = 2  # it could be ordered, but there is no quote
    NOT_ORDERABLE = 3  # too few pieces are asked for, or too few are there


@dataclass(frozen=True, slots=True)
class Contender:
    """One offer, as far as its place depends on it."""

    supplier_name: str
    cost_per_unit: Money | None
    """
    One piece at the door, exact and not rounded, never negative; None: no quote. Where costs are missing it
    is "at least".
    """
    is_complete: bool
    """Whether every cost is known or estimated."""
    missing: tuple[str, ...]
    """The costs that are not known, each in the singular, as in ("duty", "import tax")."""
    delivery: DayRange | None
    """Making ready and transit; None: not known."""
    quantity: int
    """Pieces asked for."""
    minimum: int
    """The smallest order."""
    available: int | None
    """Pieces where it would be sent from; None: not known, which does not stand against it."""
    obstacle: str | None
    """Why there is no quote, in a sentence; None when there is one."""
    transit_alone: DayRange | None = None
    """
    The days on the way, where those of making ready are not known; `delivery` is then only for ranking: it
    counts them like the slowest that is known, so that nobody wins by keeping silent.
    """
    others: tuple["Contender", ...] = ()
    """The same by each other way to send it. They take no place, but what is called best beats them, too."""

    @property
    def is_below_minimum(self) -> bool:
        """Whether more pieces would have to be asked for."""
        return self.quantity < self.minimum

    @property
    def is_short(self) -> bool:
        """Whether more pieces are asked for than are there."""
        return self.available is not None and self.available < self.quantity

    @property
    def tier(self) -> Tier:
        """How much of it can be relied on."""
        if self.is_below_minimum or self.is_short:
            return Tier.NOT_ORDERABLE
        if self.cost_per_unit is None:
            return Tier.UNPRICED
        return Tier.COMPLETE if self.is_complete else Tier.INCOMPLETE

    @property
    def reliable_cost(self) -> Decimal | None:
        """What one piece costs by this way; None unless it can be ordered and its whole cost is known."""
        if self.tier is not Tier.COMPLETE or self.cost_per_unit is None:
            return None
        return self.cost_per_unit.amount

    @property
    def reliable_delivery(self) -> DayRange | None:
        """When it is there by this way; None unless it has a quote and its days are known to the door."""
        if self.tier > Tier.INCOMPLETE or self.transit_alone is not None:
            return None
        return self.delivery

    @property
    def least_cost(self) -> Decimal | None:
        """What one piece costs by the cheapest of all its ways whose whole cost is known."""
        costs = (way.reliable_cost for way in (self, *self.others))
        return min((cost for cost in costs if cost is not None), default=None)

    @property
    def soonest(self) -> DayRange | None:
        """When it is there by the fastest of all its ways whose days are known to the door."""
        deliveries = (way.reliable_delivery for way in (self, *self.others))
        return min((days for days in deliveries if days is not None), key=promptness, default=None)


@dataclass(frozen=True, slots=True)
class Best:
    """
    The best that there is of each, by whatever way it is sent.

    None where fewer than two offers have any: one alone is no best.
    """

    cost: Decimal | None
    """Of one piece, among offers whose whole cost is known."""
    delivery: DayRange | None
    """Among offers with a quote: the one that is there for certain first."""
    minimum: int | None
    """None also when more than half of the offers have it: it then sets nobody apart."""

    @classmethod
    def of(cls, contenders: Sequence[Contender]) -> "Best":
        """The best among these."""
        costs = [cost for each in contenders if (cost := each.least_cost) is not None]
        deliveries = [soonest for each in contenders if (soonest := each.soonest) is not None]
        minimums = [each.minimum for each in contenders]
        lowest = min(minimums, default=0)
        return cls(
            cost=min(costs) if len(costs) > 1 else None,
            delivery=min(deliveries, key=promptness) if len(deliveries) > 1 else None,
            minimum=lowest if 0 < minimums.count(lowest) * 2 <= len(minimums) else None,
        )


def promptness(delivery: DayRange) -> tuple[int, int]:
    """Sorts deliveries, soonest first: the last day is all that a buyer can count on, so it decides."""
    return delivery.high, delivery.low
