"""Why an offer stands where it stands, in sentences that a shopper understands."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import islice
from math import floor

from gateway.comparing.contenders import Best, Contender, Tier
from gateway.quoting.rates import rounded, smallest_unit
from gateway.quoting.wording import listed
from providers.model import DayRange, Money

_MOST = 4
_WHERE_PERCENT_END = 200
"""Nobody pictures 340 %; from three times the price on, it is said like this."""


def reasons(contender: Contender, best: Best) -> tuple[str, ...]:
    """
    One to four sentences, the most important first.

    Args:
        contender: Whom they are about.
        best: What it is compared with.
    """
    match contender.tier:
        case Tier.NOT_ORDERABLE:
            said = _against_ordering(contender)
        case Tier.UNPRICED:
            said = iter([contender.obstacle or f"{contender.supplier_name} gives no price for it."])
        case _:
            said = _for_a_quote(contender, best)
    return tuple(islice(said, _MOST))


def _against_ordering(contender: Contender) -> Iterator[str]:
    if contender.is_below_minimum:
        yield f"Sells from {_pieces(contender.minimum)}; you asked for {contender.quantity}."
    if contender.is_short:
        yield f"Only {_pieces(contender.available)} in stock." if contender.available else "Out of stock."


def _for_a_quote(contender: Contender, best: Best) -> Iterator[str]:
    assert contender.cost_per_unit is not None  # noqa: S101 - that is what a quote is
    cost = contender.cost_per_unit
    if contender.is_complete:
        yield _whole_cost(cost, best.cost, _whose(is_own=contender.least_cost == best.cost))
    else:
        yield _least_cost(cost, contender.missing)
        if best.cost is not None and (dearer := _dearer(cost.amount, best.cost, _whose(is_own=False), floor)):
            yield f"At least {dearer}."
    if contender.transit_alone is not None:
        yield f"On the way {_within(contender.transit_alone)}; days of making ready come on top, not known."
    else:
        yield _arrival(contender.delivery, best.delivery, _whose(is_own=contender.soonest == best.delivery))
    if contender.minimum == best.minimum:
        yield f"Sells from {_pieces(contender.minimum)}, the smallest order of all."


def _whose(*, is_own: bool) -> str:
    """Whose way is the best, where it is not this one."""
    return "its own" if is_own else "the"


def _whole_cost(cost: Money, cheapest: Decimal | None, whose: str) -> str:
    price = f"{_amount(cost)} a piece"
    if cheapest is None:
        return f"At the door it costs {price}."
    if cost.amount == cheapest:
        return f"Cheapest at the door: {price}."
    if cheapest == 0:
        return f"At the door it costs {price}; {whose} cheapest way costs nothing."
    dearer = _dearer(cost.amount, cheapest, whose, round) or f"about as dear as {whose} cheapest way"
    return f"{dearer[0].upper()}{dearer[1:]}: {price} at the door."


def _least_cost(cost: Money, missing: Sequence[str]) -> str:
    least = f"it costs at least {_amount(cost)} a piece"
    if not missing:
        return f"Not all costs are known, so {least}."
    named = listed(missing)
    return f"{named[0].upper()}{named[1:]} {'is' if len(missing) == 1 else 'are'} not known, so {least}."


def _dearer(amount: Decimal, cheapest: Decimal, whose: str, whole: Callable[[Fraction], int]) -> str | None:
    """By how much, as part of a sentence; None when it is less than one percent, or cannot be said."""
    if cheapest <= 0:
        return None
    percent = (Fraction(amount) / Fraction(cheapest) - 1) * 100
    if percent < 1:
        return None
    if percent < _WHERE_PERCENT_END:
        return f"{whole(percent)} % dearer than {whose} cheapest way"
    return f"{whole(percent / 100 + 1)} times the price of {whose} cheapest way"


def _arrival(delivery: DayRange | None, fastest: DayRange | None, whose: str) -> str:
    if delivery is None:
        return "When it arrives is not known."
    arrives = f"Arrives {_within(delivery)}"
    if fastest is None:
        return f"{arrives}."
    if delivery == fastest:
        return f"{arrives}, the fastest."
    later = delivery.high - fastest.high
    if later == 0:
        return f"{arrives}; {whose} fastest way may be there sooner."
    return f"{arrives}, up to {_days(later)} slower than {whose} fastest way."


def _within(delivery: DayRange) -> str:
    if delivery.high == 0:
        return "the same day"
    if delivery.low == delivery.high:
        return f"in {_days(delivery.high)}"
    if delivery.low == 0:
        return f"within {_days(delivery.high)}"
    return f"in {delivery.low} to {_days(delivery.high)}"


def _amount(money: Money) -> str:
    """As it would be paid, to the cent or whatever the currency has; what is less than that says so."""
    smallest = smallest_unit(money.currency)
    if 0 < money.amount < smallest:
        return f"less than {smallest} {money.currency}"
    return f"{rounded(money).amount} {money.currency}"


def _pieces(count: int | None) -> str:
    return "1 piece" if count == 1 else f"{count} pieces"


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
