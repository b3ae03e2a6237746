"""Goods made small: variants with prices by quantity and stock, for tests of quoting and comparing."""

from collections.abc import Mapping
from decimal import Decimal

from providers.model import Money, PriceTier, Product, StockLevel, Variant


def variant(
    native: str = "v1",
    *,
    product: str = "p1",
    price: str | None = "5.00",
    tiers: Mapping[int, str] | None = None,
    stock: Mapping[str, int] | None = None,
    provider: str = "test",
) -> Variant:
    """A variant in USD; without `stock` its stock is not known."""
    ladder = sorted((tiers or {}).items())
    ends: list[int | None] = [*(start - 1 for start, _ in ladder[1:]), None]
    return Variant(
        provider=provider,
        product_id=product,
        id=native,
        sku=f"SKU-{native}",
        title=f"Lamp {native}",
        price=None if price is None else Money(Decimal(price), "USD"),
        price_tiers=tuple(
            PriceTier(start, end, Money(Decimal(amount), "USD"))
            for (start, amount), end in zip(ladder, ends, strict=False)
        )
        if ladder
        else (),
        weight_grams=200,
        inventory=None if stock is None else tuple(StockLevel(*level) for level in stock.items()),
    )


def product(*variants: Variant, native: str = "p1", minimum: int = 1, provider: str = "test") -> Product:
    """A complete product of these variants."""
    return Product(
        provider=provider,
        id=native,
        sku=None,
        title="Lamp",
        is_complete=True,
        minimum_order_quantity=minimum,
        variants=variants,
    )
