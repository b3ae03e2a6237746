"""Searching the sample: pure functions over products that are already here."""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal

from providers.alibaba.catalogue import category_id
from providers.model import Product, ProductSearch, ProductSort


def find(products: Sequence[Product], search: ProductSearch) -> list[Product]:
    """The products that match, in the order that was asked for; equals by id."""
    words = [_stem(word) for word in _words(search.query or "")]
    ranked = [(rank, product) for product in products if (rank := _rank(product, words)) is not None]
    kept = [(rank, product) for rank, product in ranked if _passes(product, search)]
    if search.sort is ProductSort.BEST_MATCH:
        kept.sort(key=lambda pair: (-pair[0], pair[1].id))
    else:
        order = _ORDERS[search.sort]
        kept.sort(key=lambda pair: (order(pair[1]), pair[1].id))
    return [product for _, product in kept]


def _price(product: Product) -> Decimal:
    return product.price.low.amount if product.price else Decimal("Infinity")


_ORDERS: dict[ProductSort, Callable[[Product], Decimal | float]] = {
    ProductSort.PRICE_ASC: _price,
    ProductSort.PRICE_DESC: lambda product: -_price(product) if product.price else Decimal("Infinity"),
    ProductSort.NEWEST: lambda product: (
        -product.created_at.timestamp() if product.created_at else float("inf")
    ),
    # Unknown stock comes after no stock.
    ProductSort.STOCK: lambda product: -product.stock.total if product.stock else 1,
}


def _passes(product: Product, search: ProductSearch) -> bool:
    return (
        (search.category_id is None or search.category_id in _category_ids(product))
        and (search.ships_from is None or _ships_from(product, search.ships_from))
        and (
            search.min_price is None
            or (product.price is not None and product.price.high.amount >= search.min_price)
        )
        and (
            search.max_price is None
            or (product.price is not None and product.price.low.amount <= search.max_price)
        )
        and (
            search.min_stock is None
            or (product.stock is not None and product.stock.total >= search.min_stock)
        )
        and (
            search.max_minimum_order_quantity is None
            or product.minimum_order_quantity <= search.max_minimum_order_quantity
        )
    )


def _category_ids(product: Product) -> set[str]:
    path = product.category.path if product.category else ()
    return {category_id(*path[:depth]) for depth in range(1, len(path) + 1)}


def _ships_from(product: Product, country: str) -> bool:
    return any(
        level.country == country and level.quantity > 0
        for variant in product.variants
        for level in variant.inventory or ()
    )


def _rank(product: Product, words: Sequence[str]) -> int | None:
    """How well the words fit; None when one of them is nowhere."""
    fields = (
        (4, f"{product.title} {product.sku}"),
        (2, " ".join(product.category.path) if product.category else ""),
        (1, " ".join(product.materials)),
    )
    stems = [(weight, {_stem(word) for word in _words(text)}) for weight, text in fields]
    rank = 0
    for word in words:
        best = max((weight for weight, found in stems if word in found), default=0)
        if best == 0:
            return None
        rank += best
    return rank


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def _stem(word: str) -> str:
    # Enough English to find lamps for "lamp" and brushes for "brush".
    for ending in ("ses", "shes", "ches", "xes"):
        if word.endswith(ending):
            return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word  # noqa: PLR2004 - "gas" stays
