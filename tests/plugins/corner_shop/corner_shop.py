"""
A shop around the corner with three products: the least that a provider outside the gateway's tree needs.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TypeVar

from providers.errors import NotFound
from providers.model import (
    Money,
    MoneyRange,
    PriceTier,
    Product,
    ProductSearch,
    ProductSort,
    SearchFilter,
    SearchPage,
    StockLevel,
    StockSummary,
    Variant,
)
from providers.port import Capability, Declaration, Feature, Mode, ProviderContext, Support, Terms
from providers.skeleton import Skeleton
from providers.upstream import Ask, Fetched, Limits, Source

T = TypeVar("T")

CODE = "corner-shop"
SAMPLED_ON = date(2026, 11, 1)
DECLARATION = Declaration(
    code=CODE,
    name="Corner Shop",
    homepage=None,
    mode=Mode.SAMPLE,
    sampled_on=SAMPLED_ON,
    capabilities=tuple(
        Capability(feature, Support.SUPPORTED) for feature in (Feature.PRODUCT_SEARCH, Feature.PRODUCT_DETAIL)
    ),
    terms=Terms(*["Ask at the counter."] * 9),
    limits=Limits(account="counter"),
    freshness={},
    filters=frozenset({SearchFilter.QUERY}),
    sorts=frozenset({ProductSort.BEST_MATCH}),
    search_page_size=10,
)


def _product(number: int, title: str, euros: str, stock: int) -> Product:
    price = Money(Decimal(euros), "EUR")
    variant = Variant(
        provider=CODE,
        product_id=str(number),
        id=f"{number}-1",
        sku=f"SHOP-{number}",
        title=title,
        price=price,
        price_tiers=(PriceTier(1, None, price),),
        inventory=(StockLevel("DE", stock),),
    )
    return Product(
        provider=CODE,
        id=str(number),
        sku=f"SHOP-{number}",
        title=title,
        is_complete=True,
        price=MoneyRange(price, price),
        stock=StockSummary(stock),
        variants=(variant,),
    )


SHELF = (
    _product(1, "Paper Lantern", "3.50", 12),
    _product(2, "Tin Lantern", "9.90", 4),
    _product(3, "Jar of Honey", "6.20", 0),
)


class CornerShop(Skeleton):
    """Searches and finds; refuses everything else."""

    async def search(
        self, search: ProductSearch, page: int, *, with_description: bool, ask: Ask
    ) -> Fetched[SearchPage]:
        """Every word has to be in the title."""
        words = (search.query or "").lower().split()
        found = tuple(each for each in SHELF if all(word in each.title.lower() for word in words))
        return _fetched(SearchPage(found if page == 1 else (), len(found), has_more=False))

    async def product(self, product_id: str, ask: Ask) -> Fetched[Product]:
        """By its number on the shelf."""
        return _fetched(_find(lambda each: each.id == product_id))

    async def product_by_sku(self, sku: str, ask: Ask) -> Fetched[Product]:
        """By the label."""
        return _fetched(_find(lambda each: each.sku == sku))

    async def variant(self, variant_id: str, ask: Ask) -> Fetched[Variant]:
        """There is one of each product."""
        return _fetched(_find(lambda each: each.variants[0].id == variant_id).variants[0])


def build(context: ProviderContext) -> CornerShop:
    """Nothing needs to be opened."""
    del context
    return CornerShop(DECLARATION)


def _find(wanted: Callable[[Product], bool]) -> Product:
    for each in SHELF:
        if wanted(each):
            return each
    raise NotFound("That is not on the shelf.", provider=CODE, operation="product")


def _fetched(value: T) -> Fetched[T]:
    return Fetched(value, datetime(2026, 11, 1, tzinfo=UTC), None, Source.SAMPLE)
