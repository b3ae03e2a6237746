"""
Which offer is the better one, by how much, and why: exact arithmetic, no I/O.

The score is made to be explained. It lies between 0 and 1, and its quarter says how much of the offer can be
relied on (`Tier`):

    0.75 to 1.00   it can be ordered, and all that it costs is known
    0.50 to 0.74   it can be ordered, but costs at least so much: something is not known
    0.25 to 0.49   it could be ordered, but nobody has a price for it
    0.00 to 0.24   it cannot be ordered like this: too few pieces asked for, or too few there

Within its quarter an offer is measured by the best there: at twice the cost of the cheapest it gets half of
what cost counts; after three times the days of the fastest, a third of what days count. The priority says how
much that is (`WEIGHTS`): under COST the cost alone, under SPEED the days alone, under BALANCED both equally.
Where that decides nothing, the other does.

No offer ever ranks above one that is at least as good in everything and better in something.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from gateway.comparing.contenders import Best, Contender, Tier, promptness
from gateway.comparing.reasons import reasons


class Priority(StrEnum):
    """What counts when offers are ranked, and when the way to send one of them is chosen."""

    COST = "COST"
    SPEED = "SPEED"
    BALANCED = "BALANCED"


class Badge(StrEnum):
    """What one offer, or several alike, has over all others."""

    CHEAPEST = "CHEAPEST"
    FASTEST = "FASTEST"
    BEST_VALUE = "BEST_VALUE"
    LOWEST_MINIMUM = "LOWEST_MINIMUM"


@dataclass(frozen=True, slots=True)
class Placement:
    """Where one contender stands among all, and why."""

    rank: int
    """1 is the best; each rank is given once, equals in the order given."""
    score: float
    """0 to 1 in thousandths, never higher at a lower rank. See the module."""
    badges: tuple[Badge, ...]
    reasons: tuple[str, ...]
    """One to four sentences for people, the most important first."""


WEIGHTS: Mapping[Priority, tuple[Fraction, Fraction]] = {
    Priority.COST: (Fraction(1), Fraction(0)),
    Priority.SPEED: (Fraction(0), Fraction(1)),
    Priority.BALANCED: (Fraction(1, 2), Fraction(1, 2)),
}
"""
What cost and days count. Balanced: to pay twice as much is as bad as to wait twice as long.

Under the other two the one counts alone: with any part for days, a fast way could beat a cheaper one, and the
first offer would not be the cheapest.
"""

QUARTERS: Mapping[Tier, tuple[Fraction, Fraction]] = {
    Tier.COMPLETE: (Fraction("0.75"), Fraction(1)),
    Tier.INCOMPLETE: (Fraction("0.50"), Fraction("0.74")),
    Tier.UNPRICED: (Fraction("0.25"), Fraction("0.49")),
    Tier.NOT_ORDERABLE: (Fraction(0), Fraction("0.24")),
}
"""From where to where the score of each tier goes; they do not touch, also when rounded."""

# Added to both sides of a ratio, so that beside something free, or there today, the others still differ.
_LEAST_COST = Fraction("0.01")
_LEAST_DAYS = 1

_UNPAYABLE = Decimal("Infinity")
_NEVER = (10**9, 10**9)


def rank(contenders: Sequence[Contender], priority: Priority) -> tuple[Placement, ...]:
    """
    A placement for each contender, in the order given.

    A badge is shared by equals, and given only where at least two could have it. CHEAPEST and BEST_VALUE need
    the whole cost. CHEAPEST and FASTEST are true of all ways to send all of them: where the best way was not
    chosen, nobody has them. BEST_VALUE goes to whom BALANCED would put first, whatever the priority.

    Args:
        contenders: Their costs all in one currency.
        priority: What counts.

    Raises:
        ValueError: Costs are in several currencies.
    """
    currencies = {each.cost_per_unit.currency for each in contenders if each.cost_per_unit is not None}
    if len(currencies) > 1:
        raise ValueError(f"Costs in {', '.join(sorted(currencies))} cannot be compared.")
    merits = _merits(contenders, priority)
    balanced = _merits(contenders, Priority.BALANCED)
    best = Best.of(contenders)
    ranks = {index: number for number, index in enumerate(_sorted(merits), start=1)}
    top = min((merit.place for merit in balanced), default=None)
    placements = []
    for index, contender in enumerate(contenders):
        badges = _badges(contender, best, is_top=balanced[index].place == top)
        placements.append(Placement(ranks[index], merits[index].score, badges, reasons(contender, best)))
    return tuple(placements)


def order(contenders: Sequence[Contender], priority: Priority) -> list[int]:
    """The indices of some contenders, best first, as `rank` would have them."""
    return _sorted(_merits(contenders, priority))


def _sorted(merits: Sequence["_Merit"]) -> list[int]:
    return sorted(range(len(merits)), key=lambda index: merits[index].place)


@dataclass(frozen=True, slots=True)
class _Merit:
    """What an offer weighs."""

    contender: Contender
    priority: Priority
    share: Fraction
    """How much it has of the best of its tier, 0 to 1."""

    @property
    def place(self) -> tuple[Tier, Fraction, bool, tuple[Decimal | int, ...]]:
        """
        Sorts offers, best first.

        Behind the share all that it is made of comes again, and what it leaves out. Whatever is at least as
        good in everything has no smaller share, so this puts it first also where the shares are equal. Where
        two are balanced and each is better in something, the cheaper comes first.
        """
        cost, delivery = self.contender.cost_per_unit, self.contender.delivery
        price = (_UNPAYABLE if cost is None else cost.amount,)
        days = _NEVER if delivery is None else promptness(delivery)
        return (
            self.contender.tier,
            -self.share,
            not self.contender.is_complete,
            (*days, *price) if self.priority is Priority.SPEED else (*price, *days),
        )

    @property
    def score(self) -> float:
        """The share, put into the quarter of its tier."""
        low, high = QUARTERS[self.contender.tier]
        return float(round(low + (high - low) * self.share, 3))


def _merits(contenders: Sequence[Contender], priority: Priority) -> list[_Merit]:
    costs: dict[Tier, Fraction] = {}
    days: dict[Tier, Fraction] = {}
    for each in contenders:
        for lowest, value in ((costs, _cost(each)), (days, _days(each))):
            if value is not None:
                lowest[each.tier] = min(value, lowest.get(each.tier, value))
    for_cost, for_speed = WEIGHTS[priority]
    return [
        _Merit(
            each,
            priority,
            for_cost * _ratio(costs.get(each.tier), _cost(each))
            + for_speed * _ratio(days.get(each.tier), _days(each)),
        )
        for each in contenders
    ]


def _cost(contender: Contender) -> Fraction | None:
    cost = contender.cost_per_unit
    return None if cost is None else Fraction(cost.amount) + _LEAST_COST


def _days(contender: Contender) -> Fraction | None:
    delivery = contender.delivery
    return None if delivery is None else Fraction(delivery.high + _LEAST_DAYS)


def _ratio(best: Fraction | None, value: Fraction | None) -> Fraction:
    """How much of the best it is; nothing when it is not known."""
    return Fraction(0) if best is None or value is None else best / value


def _badges(contender: Contender, best: Best, *, is_top: bool) -> tuple[Badge, ...]:
    cost, delivery = contender.reliable_cost, contender.reliable_delivery
    earned = {
        Badge.CHEAPEST: cost is not None and cost == best.cost,
        Badge.FASTEST: delivery is not None and delivery == best.delivery,
        Badge.BEST_VALUE: is_top and best.cost is not None,
        Badge.LOWEST_MINIMUM: contender.minimum == best.minimum,
    }
    return tuple(badge for badge, is_earned in earned.items() if is_earned)
