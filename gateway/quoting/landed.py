"""
Landed cost: all that a parcel costs at the door, line by line, in one currency.

Each line is converted once, from what the supplier or the rule says, and then rounded to the smallest unit;
the total is the sum of the lines as they are shown. So the parts add up to the whole, always, and whoever
multiplies a line's original by the rate beside it finds the line.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from gateway.quoting.border import BorderRules, Levy
from gateway.quoting.prices import line_price
from gateway.quoting.rates import (
    EXACT,
    Converter,
    ReferenceRate,
    ReferenceRates,
    UnknownCurrency,
    exact_sum,
    rounded,
)
from providers.model import Money
from providers.shipping import Certainty, Cost, CostKind, Parcel, ShippingOption

_ORDER = (
    CostKind.ITEMS,
    CostKind.SHIPPING,
    CostKind.HANDLING,
    CostKind.OTHER,
    CostKind.CUSTOMS_FEE,
    CostKind.DUTY,
    CostKind.TAX,
)


@dataclass(frozen=True, slots=True)
class CostLine:
    """One line of a landed cost."""

    kind: CostKind
    amount: Money | None
    """In the quote's currency and whole smallest units of it. None exactly when INCLUDED or UNKNOWN."""
    certainty: Certainty
    """How sure the amount is in the currency it was said in; a reference rate adds its own doubt."""
    note: str | None = None
    original: Money | None = None
    """The amount before conversion; None when nothing was converted."""
    source: str | None = None
    """Where the rule is written that it was worked out from."""
    name: str | None = None
    """What those who take it call it, such as VAT; None where no rule says it."""


@dataclass(frozen=True, slots=True)
class LandedCost:
    """All that a parcel costs at the door."""

    lines: tuple[CostLine, ...]
    total: Money
    """The sum of the lines' amounts; "at least" so much unless complete."""
    per_unit: Money
    """The total over all pieces, rounded half up."""
    is_complete: bool
    """False when a line is UNKNOWN."""
    rates: tuple[ReferenceRate, ...]
    """Each reference rate that was used, once."""


def landed_cost(
    parcel: Parcel,
    option: ShippingOption,
    *,
    currency: str,
    day: date,
    rates: ReferenceRates,
    border: BorderRules,
) -> LandedCost:
    """
    What one way to send one parcel costs in all.

    Args:
        parcel: The goods, priced by their quantity.
        option: What the supplier charges beside them.
        currency: What the answer is in, ISO 4217.
        day: The day whose import rules hold.
        rates: Reference rates.
        border: Import rules.

    Returns:
        Lines in the order of their kinds: goods, shipping, handling, other, customs fees, duty, tax. An
        amount in a currency without a reference rate is UNKNOWN.

    Raises:
        UnknownCurrency: There is no reference rate for `currency`.
    """
    rates.rate(currency, currency)
    converter = Converter(rates)
    own = [Levy(_items(parcel, currency, converter)), *(Levy(cost) for cost in option.costs)]
    levies = border.levies(parcel, option.costs, day, converter)
    lines = sorted(
        (_line(levy, currency, converter) for levy in (*own, *levies)),
        key=lambda line: _ORDER.index(line.kind),
    )
    total = _sum((line.amount for line in lines if line.amount is not None), currency)
    pieces = sum(line.quantity for line in parcel.lines)
    return LandedCost(
        lines=tuple(lines),
        total=total,
        per_unit=rounded(Money(EXACT.divide(total.amount, Decimal(pieces)), currency)),
        is_complete=all(line.certainty is not Certainty.UNKNOWN for line in lines),
        rates=converter.used,
    )


def _items(parcel: Parcel, currency: str, converter: Converter) -> Cost:
    """The price of the goods: exact in the supplier's currency, in the quote's where they have several."""
    prices = [line_price(line) for line in parcel.lines]
    known = [price for price in prices if price is not None]
    if len(known) < len(prices):
        silent = next(line for line, price in zip(parcel.lines, prices, strict=True) if price is None)
        note = f"The supplier does not say what {silent.quantity} of “{silent.variant.title}” cost."
        return Cost(CostKind.ITEMS, None, Certainty.UNKNOWN, note)
    if len({price.currency for price in known}) == 1:
        return Cost(CostKind.ITEMS, _sum(known, known[0].currency), Certainty.KNOWN)
    try:
        converted = [converter.convert(price, currency) for price in known]
    except UnknownCurrency as error:
        return Cost(CostKind.ITEMS, None, Certainty.UNKNOWN, str(error))
    note = "The goods are priced in several currencies."
    return Cost(CostKind.ITEMS, _sum(converted, currency), Certainty.KNOWN, note)


def _line(levy: Levy, currency: str, converter: Converter) -> CostLine:
    cost = levy.cost
    if cost.amount is None:
        return CostLine(cost.kind, None, cost.certainty, cost.note, source=levy.source, name=levy.name)
    try:
        converted = converter.convert(cost.amount, currency)
    except UnknownCurrency as error:
        note = f"{cost.amount.amount:f} {cost.amount.currency}. {error}"
        return CostLine(cost.kind, None, Certainty.UNKNOWN, note, source=levy.source, name=levy.name)
    return CostLine(
        kind=cost.kind,
        amount=rounded(converted),
        certainty=cost.certainty,
        note=cost.note,
        original=None if cost.amount.currency == currency else cost.amount,
        source=levy.source,
        name=levy.name,
    )


def _sum(amounts: Iterable[Money], currency: str) -> Money:
    return Money(exact_sum(money.amount for money in amounts), currency)
