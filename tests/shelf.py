"""A supplier that is a list in memory: the port made small, for tests of what stands to its left."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import TypeVar

from providers.declaring import Capability, Declaration, Feature, Mode, Support, Terms
from providers.errors import NotFound, Unavailable
from providers.model import (
    Category,
    Money,
    MoneyRange,
    Product,
    ProductSearch,
    ProductSort,
    SearchPage,
    Sourcing,
    SourcingRequest,
    SourcingStatus,
)
from providers.skeleton import Skeleton
from providers.upstream import Ask, Fetched, Limits, Source

T = TypeVar("T")

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Shelf(Skeleton):
    """
    Products by number, each at the price given, on pages of a size of its own.

    Attributes:
        shelf: What it sells, in its own order; a test may change it.
        failing: Numbers of the search pages that fail.
        asked: Numbers of the search pages that it was asked for.
        wishes: What it was asked to find.
    """

    def __init__(
        self,
        code: str,
        prices: Iterable[int | None],
        page_size: int = 10,
        *,
        failing: Iterable[int] = (),
        sorts: Iterable[ProductSort] = ProductSort,
        without: Iterable[Feature] = (),
    ) -> None:
        super().__init__(
            Declaration(
                code=code,
                name=code.title(),
                homepage=None,
                mode=Mode.SIMULATED,
                capabilities=tuple(
                    Capability(feature, Support.SUPPORTED) for feature in Feature if feature not in without
                ),
                terms=Terms(*["."] * 9),
                limits=Limits(account=code),
                freshness={},
                filters=frozenset(),
                sorts=frozenset(sorts),
                search_page_size=page_size,
            )
        )
        self.shelf = [product_at(code, str(number), price) for number, price in enumerate(prices)]
        self.failing = set(failing)
        self.asked: list[int] = []
        self.wishes: list[SourcingRequest] = []

    async def search(
        self, search: ProductSearch, page: int, *, with_description: bool, ask: Ask
    ) -> Fetched[SearchPage]:
        """The page, or a failure."""
        del with_description, ask
        self.asked.append(page)
        await asyncio.sleep(0)
        if page in self.failing:
            raise Unavailable("down for a test", provider=self.declaration.code, retry_after=2)
        size = self.declaration.search_page_size
        ordered = in_order(self.shelf, search.sort)
        shown = tuple(ordered[(page - 1) * size : page * size])
        return fetched(SearchPage(shown, len(ordered), has_more=page * size < len(ordered)))

    async def product(self, product_id: str, ask: Ask) -> Fetched[Product]:
        """By its number."""
        del ask
        for product in self.shelf:
            if product.id == product_id:
                return fetched(product)
        raise NotFound("That is not on the shelf.", provider=self.declaration.code)

    async def categories(self, ask: Ask) -> Fetched[tuple[Category, ...]]:
        """One."""
        del ask
        return fetched((Category(self.declaration.code, "all", "All", ("All",)),))

    async def request_sourcing(self, request: SourcingRequest, ask: Ask) -> Sourcing:
        """Kept, and still open."""
        del ask
        self.wishes.append(request)
        return Sourcing(self.declaration.code, "1", SourcingStatus.PENDING, raw_status="open")


def product_at(code: str, native: str, price: int | None) -> Product:
    """A complete product without variants, at one price in USD or at none that is known."""
    amount = None if price is None else Money(Decimal(price), "USD")
    return Product(
        code,
        native,
        None,
        f"{code} {native}",
        is_complete=True,
        price=None if amount is None else MoneyRange(amount, amount),
    )


def in_order(products: Iterable[Product], sort: ProductSort) -> list[Product]:
    """Products as a supplier sorts them that knows prices only; those without one come last."""
    products = list(products)
    if sort in (ProductSort.PRICE_ASC, ProductSort.PRICE_DESC):
        known = sorted((each for each in products if each.price), key=price_of)
        if sort is ProductSort.PRICE_DESC:
            known.reverse()
        return known + [each for each in products if not each.price]
    return products


def price_of(product: Product) -> Decimal:
    """The lowest price of a product that has one."""
    assert product.price is not None
    return product.price.low.amount


def fetched(value: T) -> Fetched[T]:
    """An answer of now."""
    return Fetched(value, NOW, NOW, Source.LIVE)
