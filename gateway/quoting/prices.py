"""What one unit costs at a quantity, and the fewest that can be ordered: pure, for any supplier."""

from gateway.quoting.rates import EXACT
from providers.model import Money, Product, Variant
from providers.shipping import ParcelLine


def smallest_order(product: Product, variant: Variant) -> int:
    """
    The fewest pieces of the variant that can be ordered: where its price tiers begin, if it has any.

    Where a product names another minimum the tiers win, also with fewer: the price is the variant's own, and
    Alibaba's orders are known to be refused by the first tier and not by the product's figure.
    """
    fewest = min((tier.minimum for tier in variant.price_tiers), default=product.minimum_order_quantity)
    return max(1, fewest)


def unit_price(variant: Variant, quantity: int) -> Money | None:
    """
    What one unit costs when so many are ordered; None when the supplier does not say.

    Below the first tier it is the first tier's price: such an order is too small, and is shown with what a
    piece would cost. Above a closed last tier, or between two, nothing is known.
    """
    if not variant.price_tiers:
        return variant.price
    first = min(variant.price_tiers, key=lambda tier: tier.minimum)
    if quantity < first.minimum:
        return first.unit_price
    for tier in variant.price_tiers:
        if tier.minimum <= quantity and (tier.maximum is None or quantity <= tier.maximum):
            return tier.unit_price
    return None


def line_price(line: ParcelLine) -> Money | None:
    """What all pieces of a parcel's line cost, exact; None when the supplier does not say."""
    price = unit_price(line.variant, line.quantity)
    return None if price is None else Money(EXACT.multiply(price.amount, line.quantity), price.currency)
