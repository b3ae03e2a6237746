"""Which variants and origins of one product are worth a price: choices by stock and price, without I/O."""

from collections.abc import Sequence
from decimal import Decimal

from gateway.quoting.origins import MOST_ORIGINS, stock_by_country
from gateway.quoting.prices import smallest_order, unit_price
from providers.model import Product, Variant
from providers.shipping import Destination, Parcel, ParcelLine

_NO_PRICE = Decimal("Infinity")


def candidates(
    product: Product, variants: Sequence[Variant], quantity: int, destination: Destination
) -> tuple[Parcel, ...]:
    """
    One parcel for each country that stocks the quantity, of the variant that is cheapest there.

    All of them are priced by one question, so trying every origin costs no more than trying one. Where there
    are too many, the buyer's own country and the best stocked stay. Empty when nothing can be sent.
    """
    best: dict[str, tuple[Variant, int]] = {}
    for variant in variants:
        if smallest_order(product, variant) > quantity:
            continue
        for country, pieces in (stock_by_country(variant) or {}).items():
            if pieces < quantity:
                continue
            holder = best.get(country)
            if holder is None or _beats(variant, pieces, holder, quantity):
                best[country] = (variant, pieces)
    countries = sorted(best, key=lambda country: (country != destination.country, -best[country][1], country))
    return tuple(
        Parcel((ParcelLine(product, best[country][0], quantity),), country, destination)
        # By name, so that the question stays the same while stock moves.
        for country in sorted(countries[:MOST_ORIGINS])
    )


def _beats(variant: Variant, pieces: int, holder: tuple[Variant, int], quantity: int) -> bool:
    return (price_key(variant, quantity), -pieces) < (price_key(holder[0], quantity), -holder[1])


def price_key(variant: Variant, quantity: int) -> Decimal:
    """What to sort variants of one product by, cheapest first; without a price last."""
    price = unit_price(variant, quantity)
    return _NO_PRICE if price is None else price.amount


def pieces_in(variant: Variant, country: str) -> int | None:
    """Pieces that lie in a country; None when not known."""
    stock = stock_by_country(variant)
    return None if stock is None else stock[country]


def most_in_one_place(variant: Variant) -> int | None:
    """Pieces in the best stocked country; None when not known."""
    stock = stock_by_country(variant)
    return None if stock is None else max(stock.values(), default=0)
