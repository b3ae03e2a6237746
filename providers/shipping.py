"""
What sending goods costs, in our words: parcels in, a supplier's priced ways to send them out. Frozen, no I/O.

Apart from `model`, which says what is sold. Amounts are in the supplier's own currency; what the border takes
on top, and the sum in a buyer's currency, is the gateway's work (`gateway.quoting`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from providers.model import DayRange, Money, Product, Variant


class CostKind(StrEnum):
    """What a cost is for."""

    ITEMS = "ITEMS"
    SHIPPING = "SHIPPING"
    DUTY = "DUTY"
    TAX = "TAX"
    CUSTOMS_FEE = "CUSTOMS_FEE"
    HANDLING = "HANDLING"
    OTHER = "OTHER"


class Certainty(StrEnum):
    """How sure an amount is."""

    KNOWN = "KNOWN"  # the supplier says so
    ESTIMATED = "ESTIMATED"  # worked out from rules or reference figures
    INCLUDED = "INCLUDED"  # in another line's amount already
    UNKNOWN = "UNKNOWN"  # due, or perhaps due, and nobody here knows how much


@dataclass(frozen=True, slots=True)
class Cost:
    """One line of what a parcel costs."""

    kind: CostKind
    amount: Money | None
    """None exactly when INCLUDED or UNKNOWN."""
    certainty: Certainty
    note: str | None = None
    """Why, in a sentence for people."""


@dataclass(frozen=True, slots=True)
class ParcelLine:
    """So many pieces of one variant. The product is complete, because carriers ask for what only it knows."""

    product: Product
    variant: Variant
    quantity: int
    """At least 1."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a parcel goes, as far as a price depends on it."""

    country: str
    """ISO 3166-1 alpha-2."""
    postal_code: str | None = None
    """Some carriers ask more for remote places."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """Goods of one supplier that are sent together from one country."""

    lines: tuple[ParcelLine, ...]
    """At least one; each variant once."""
    origin: str
    """Country that it leaves from."""
    destination: Destination


@dataclass(frozen=True, slots=True)
class ShippingOption:
    """One way to send one parcel."""

    method: str
    """The supplier's own name of it, exactly as an order has to say it."""
    costs: tuple[Cost, ...]
    """
    What the supplier or carrier charges beside the goods: one SHIPPING line, and TAX, DUTY, CUSTOMS_FEE,
    HANDLING or OTHER where it charges them. A kind that is missing is not charged by the supplier, so the
    border may still take it.
    """
    transit: DayRange | None = None
    """Days on the way, without making ready."""
    processing: DayRange | None = None
    """Days before it leaves, for this quantity."""
    note: str | None = None
    """What a buyer should know, such as a rule that the address has to meet."""
    requires: frozenset[str] = frozenset()
    """Fields of `orders.Address` that the carrier insists on, though an address may do without them."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A way to send the parcel that cannot be used, and why."""

    method: str | None
    """None: the reason keeps the parcel from every method."""
    reason: str


@dataclass(frozen=True, slots=True)
class ParcelOptions:
    """Every way to send one parcel; none at all when nothing goes there."""

    options: tuple[ShippingOption, ...]
    left_out: tuple[LeftOut, ...] = ()


def longest(days: Iterable[DayRange | None]) -> DayRange | None:
    """Days until the last of several is ready, side by side; None when one is not known, or for none."""
    every = tuple(days)
    known = [each for each in every if each is not None]
    if not known or len(known) < len(every):
        return None
    return DayRange(max(each.low for each in known), max(each.high for each in known))
