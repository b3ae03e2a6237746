"""Searching the sample: pure functions over products that are already here."""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import lru_cache

from providers.alibaba.catalogue import category_id
from providers.model import Product, ProductSearch, ProductSort

_PLURALS = (
    ("s", ""),
    ("ses", "s"),
    ("xes", "x"),
    ("zes", "z"),
    ("ches", "ch"),
    ("shes", "sh"),
    ("ies", "y"),
    ("ves", "f"),
    ("ves", "fe"),
)
"""Endings of English plurals and of their singulars."""


def find(products: Sequence[Product], search: ProductSearch) -> list[Product]:
    """The products that match, in the order that was asked for; equals by id."""
    words = _words(search.query or "")
    if not words and (search.query or "").strip():
        return []  # nothing but signs: no product is called that
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
        and _is_priced_within(product, search.min_price, search.max_price)
        and (
            search.min_stock is None
            or (product.stock is not None and product.stock.total >= search.min_stock)
        )
        and (
            search.max_minimum_order_quantity is None
            or product.minimum_order_quantity <= search.max_minimum_order_quantity
        )
    )


def _is_priced_within(product: Product, low: Decimal | None, high: Decimal | None) -> bool:
    """Whether some SKU, at its own smallest quantity, costs that; both ends included."""
    # The range would not do: SKUs at 1 and at 10 USD are no offer at 5.
    return (low is None and high is None) or any(
        variant.price is not None
        and (low is None or variant.price.amount >= low)
        and (high is None or variant.price.amount <= high)
        for variant in product.variants
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
        (4, _forms_in(f"{product.title} {product.sku}")),
        (2, _forms_in(" ".join(product.category.path) if product.category else "")),
        (1, _forms_in(" ".join(product.materials))),
    )
    rank = 0
    for word in words:
        forms = _forms(word)
        best = max((weight for weight, found in fields if not found.isdisjoint(forms)), default=0)
        if best == 0:
            return None
        rank += best
    return rank


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


@lru_cache(maxsize=2048)
def _forms_in(text: str) -> frozenset[str]:
    """The forms of all words of one of the sample's texts; a question's words never come here."""
    return frozenset().union(*(_forms(word) for word in _words(text)))


def _forms(word: str) -> frozenset[str]:
    """
    The word, and what it would be the plural of: two words fit when they share a form.

    Cutting both down to one stem would not do: "cases" and "case", "batteries" and "battery", "lenses" and
    "lens" need three rules that spoil each other's words.
    """
    return frozenset(
        [word]
        + [
            word.removesuffix(ending) + singular
            for ending, singular in _PLURALS
            if word.endswith(ending) and not word.endswith("ss") and len(word) > max(3, len(ending) + 1)
        ]
    )
