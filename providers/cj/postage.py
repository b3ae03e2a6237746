"""
CJ's overlapping price fields as cost lines that add up: nothing counted twice, nothing silently cheap.

`totalPostageFee` contains the postage and the fees beside it, `remoteFee` comes on top of it, and each of
them may be missing, null or 0. Where total and parts contradict each other the total counts, because it is
what CJ says to charge; the difference gets a line or a note of its own. A total that is less than its fees
alone is no total, so such a price cannot be used.

CJ documentation, "Logistic", read 2026-11-23; null, missing and 0 as operators have seen them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from providers.cj.parsing import USD, decimal_of
from providers.model import Money
from providers.shipping import Certainty, Cost, CostKind, LeftOut, ParcelOptions, ShippingOption

_NOTHING: Final = Decimal(0)
_REMOTE: Final = "The carrier's surcharge for a remote place."
# For its work: what the state takes for clearing is another thing, and comes on top.
_CLEARANCE: Final = "The carrier's fee for clearing customs."
_BESIDE: Final = "Part of CJ's total beside the postage and the fees that it names."
_TOTAL_COUNTS: Final = "CJ's total is less than its parts; the total counts."
_ZERO: Final = "CJ names a price of 0 without free shipping: nobody knows yet what sending costs."


@dataclass(frozen=True, slots=True)
class Charges:
    """What CJ says one carrier takes, as it came: numbers, text, null or missing (None). USD."""

    prices: Sequence[Any]
    """The postage alone, in CJ's spellings of it, the one to believe first."""
    total: Any = None
    """The postage with the fees."""
    taxes: Any = None
    clearance: Any = None
    """The carrier's own fee for it, not the state's."""
    tariff: Any = None
    remote: Any = None
    """On top of the total."""


def cost_lines(charges: Charges) -> tuple[Cost, ...]:
    """
    Lines that add up to CJ's total and the remote fee, SHIPPING first; without a total, to all of the parts.

    A fee of 0 gets no line: it says that CJ does not take it, not that the border does not. HANDLING may have
    two lines, for clearing customs and for a remote place.

    Raises:
        ValueError: An amount cannot be read or is negative, there is no price, or the total is less than the
            fees in it; in words for people.
    """
    prices = [price for value in charges.prices if (price := _amount(value)) is not None]
    fees = _fees(charges)
    total, remote = _amount(charges.total), _amount(charges.remote)
    if total is None and not prices:
        raise ValueError("CJ names no price for it.")
    price = next((each for each in prices if each), _NOTHING)
    # A total of 0 beside a price is a placeholder like other zeros of CJ.
    lines = _within(total, price, prices, fees) if total else (_line(CostKind.SHIPPING, price), *fees)
    return (*lines, _line(CostKind.HANDLING, remote, _REMOTE)) if remote else lines


def total_of(costs: Iterable[Cost]) -> Decimal:
    """What the lines with an amount add up to, USD."""
    return sum((cost.amount.amount for cost in costs if cost.amount is not None), _NOTHING)


def with_doubt_about_zero(option: ShippingOption) -> ShippingOption:
    """The option with UNKNOWN shipping where CJ says 0, for goods that are not sent for nothing."""
    costs = tuple(
        Cost(cost.kind, None, Certainty.UNKNOWN, _ZERO)
        if cost.kind is CostKind.SHIPPING and cost.amount is not None and not cost.amount.amount
        else cost
        for cost in option.costs
    )
    return option if costs == option.costs else replace(option, costs=costs)


def each_once(offers: Iterable[ShippingOption | LeftOut]) -> ParcelOptions:
    """
    Offers in CJ's order, usable and not.

    An order names the method alone, so of two prices under one name the dearer counts.
    """
    usable: dict[str, ShippingOption] = {}
    left_out: list[LeftOut] = []
    for offer in offers:
        if isinstance(offer, LeftOut):
            left_out.append(offer)
            continue
        other = usable.get(offer.method)
        if other is None or total_of(offer.costs) > total_of(other.costs):
            usable[offer.method] = offer
    return ParcelOptions(tuple(usable.values()), tuple(left_out))


def is_nothing(options: ParcelOptions) -> bool:
    """Whether CJ named no way at all, not even one that cannot be used."""
    return not options.options and not options.left_out


def _within(
    total: Decimal, price: Decimal, prices: Sequence[Decimal], fees: tuple[Cost, ...]
) -> tuple[Cost, ...]:
    """Lines that add up to a total above 0."""
    rest = total - total_of(fees)
    if rest < 0:
        raise ValueError("CJ's total for it is less than the fees that it names.")
    if not price or rest in prices:
        return (_line(CostKind.SHIPPING, rest), *fees)
    if rest > price:
        return (_line(CostKind.SHIPPING, price), *fees, _line(CostKind.OTHER, rest - price, _BESIDE))
    return (_line(CostKind.SHIPPING, rest, _TOTAL_COUNTS), *fees)


def _fees(charges: Charges) -> tuple[Cost, ...]:
    kinds = (
        (CostKind.TAX, charges.taxes, None),
        (CostKind.HANDLING, charges.clearance, _CLEARANCE),
        (CostKind.DUTY, charges.tariff, None),
    )
    return tuple(_line(kind, amount, note) for kind, value, note in kinds if (amount := _amount(value)))


def _line(kind: CostKind, amount: Decimal, note: str | None = None) -> Cost:
    return Cost(kind, Money(amount, USD), Certainty.KNOWN, note)


def _amount(value: Any) -> Decimal | None:
    try:
        amount = decimal_of(value)
    except ValueError:
        raise ValueError("CJ's price for it cannot be read.") from None
    if amount is not None and amount < 0:
        raise ValueError("CJ's price for it is negative.")
    return amount
