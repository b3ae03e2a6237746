"""Parcels made small: what is in them, where they go, and one way to send them, for tests of landed cost."""

from dataclasses import replace
from decimal import Decimal

from providers.model import Money
from providers.shipping import (
    Certainty,
    Cost,
    CostKind,
    Destination,
    Parcel,
    ParcelLine,
    ShippingOption,
)
from tests.goods import product, variant


def money(amount: str, currency: str = "USD") -> Money:
    return Money(Decimal(amount), currency)


def line(
    price: str | None = "10.00",
    quantity: int = 1,
    *,
    hs: str | None = None,
    currency: str = "USD",
    native: str = "1",
) -> ParcelLine:
    """So many pieces of a product of its own at one price."""
    each = variant(f"v{native}", product=f"p{native}", price=None)
    each = replace(each, price=None if price is None else money(price, currency))
    return ParcelLine(replace(product(each, native=f"p{native}"), hs_code=hs), each, quantity)


def parcel(*lines: ParcelLine, to: str = "DE", sent_from: str = "CN") -> Parcel:
    """One line of one piece unless told otherwise."""
    return Parcel(lines or (line(),), sent_from, Destination(to))


def charge(kind: CostKind, amount: str | None = None, currency: str = "USD") -> Cost:
    """What a supplier charges: KNOWN with an amount, else UNKNOWN."""
    if amount is None:
        return Cost(kind, None, Certainty.UNKNOWN, "The supplier does not say.")
    return Cost(kind, money(amount, currency), Certainty.KNOWN)


def option(*costs: Cost) -> ShippingOption:
    return ShippingOption("Ordinary", costs)
