"""Stock of a product from the stock of its variants: pure arithmetic, and unknown stays unknown."""

from collections.abc import Iterable

from providers.model import Product, StockLevel, StockSummary, Variant


def inventory_of(product: Product) -> tuple[StockLevel, ...] | None:
    """The product's rows, one per place, added over its variants; None when a variant's stock is unknown."""
    if not product.variants or any(variant.inventory is None for variant in product.variants):
        return None
    places: dict[tuple[str, str | None, bool | None], StockLevel] = {}
    for level in _levels(product.variants):
        place = (level.country, level.warehouse_id, level.verified)
        before = places.get(place)
        places[place] = level if before is None else _added(before, level)
    return tuple(places.values())


def summary_of(product: Product) -> StockSummary | None:
    """The product's own sum where it carries one, else that of its variants; None when neither is known."""
    if product.stock is not None:
        return product.stock
    inventory = inventory_of(product)
    if inventory is None:
        return None
    if any(level.verified is None for level in inventory):
        return StockSummary(sum(level.quantity for level in inventory))
    return StockSummary(
        total=sum(level.quantity for level in inventory),
        verified=sum(level.quantity for level in inventory if level.verified),
        unverified=sum(level.quantity for level in inventory if not level.verified),
    )


def _levels(variants: Iterable[Variant]) -> Iterable[StockLevel]:
    for variant in variants:
        yield from variant.inventory or ()


def _added(one: StockLevel, other: StockLevel) -> StockLevel:
    return StockLevel(
        country=one.country,
        quantity=one.quantity + other.quantity,
        supplier_held=_sum(one.supplier_held, other.supplier_held),
        factory_held=_sum(one.factory_held, other.factory_held),
        verified=one.verified,
        warehouse_id=one.warehouse_id,
        warehouse_name=one.warehouse_name or other.warehouse_name,
    )


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other
