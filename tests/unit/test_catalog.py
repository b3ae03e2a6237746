"""The merged search: every product once, in one order, whatever the pages and whoever fails in between."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.catalog import Positions, SearchRequest, SearchResult, search
from gateway.loaders.catalog import CatalogLoaders
from gateway.outcomes import OutcomeStatus
from gateway.schema.pagination import decode_positions, encode_positions
from gateway.services import Supplier
from providers.clock import ManualClock
from providers.errors import Unavailable
from providers.model import Money, MoneyRange, Product, ProductSearch, ProductSort, SearchPage
from providers.port import Capability, Declaration, Feature, Mode, Support, Terms
from providers.skeleton import Skeleton
from providers.upstream import Ask, Fact, Fetched, Limits, Meter, Source


@dataclass
class Shelf(Skeleton):
    """A supplier with a list of prices, pages of a size of its own, and pages that fail on request."""

    code: str
    prices: list[int]
    page_size: int
    failing: set[int] = field(default_factory=set)
    """Numbers of the pages that fail."""

    def __post_init__(self) -> None:
        super().__init__(
            Declaration(
                code=self.code,
                name=self.code,
                homepage=None,
                mode=Mode.SIMULATED,
                capabilities=(Capability(Feature.PRODUCT_SEARCH, Support.SUPPORTED),),
                terms=Terms(*["."] * 9),
                limits=Limits(account=self.code),
                freshness={},
                filters=frozenset(),
                sorts=frozenset(ProductSort),
                search_page_size=self.page_size,
            )
        )
        self.shelf = [_product(self.code, str(number), price) for number, price in enumerate(self.prices)]

    async def search(
        self, search: ProductSearch, page: int, *, with_description: bool, ask: Ask
    ) -> Fetched[SearchPage]:
        """The page, or a failure."""
        del with_description, ask
        await asyncio.sleep(0)
        if page in self.failing:
            raise Unavailable("down", provider=self.code)
        shelf = list(self.shelf)
        if search.sort is ProductSort.PRICE_ASC:
            shelf.sort(key=_price)
        start = (page - 1) * self.page_size
        shown = tuple(shelf[start : start + self.page_size])
        now = datetime(2026, 1, 1, tzinfo=UTC)
        found = SearchPage(shown, len(shelf), has_more=start + self.page_size < len(shelf))
        return Fetched(found, now, now, Source.LIVE)


def _product(code: str, native: str, price: int) -> Product:
    money = Money(Decimal(price), "USD")
    return Product(code, native, None, f"{code} {native}", is_complete=False, price=MoneyRange(money, money))


def _price(product: Product) -> Decimal:
    assert product.price is not None
    return product.price.low.amount


def turn(
    shelves: Sequence[Shelf], first: int, after: Positions, sort: ProductSort = ProductSort.BEST_MATCH
) -> SearchResult:
    """One page of the merged search, as a request of its own."""

    async def asked() -> SearchResult:
        clock = ManualClock()
        suppliers = {shelf.code: Supplier(shelf, None) for shelf in shelves}
        request = SearchRequest(
            search=ProductSearch(sort=sort),
            suppliers=tuple(suppliers),
            category_of=None,
            first=first,
            facts=frozenset({Fact.CATALOGUE}),
            with_description=False,
            deadline=60,
        )
        declared = {code: supplier.declaration for code, supplier in suppliers.items()}
        return await search(request, declared, CatalogLoaders(suppliers, clock, Meter(), 60), after)

    return asyncio.run(asked())


def walk(
    shelves: Sequence[Shelf], sizes: Sequence[int], sort: ProductSort = ProductSort.BEST_MATCH
) -> list[Product]:
    """All pages of the merged search, of these sizes in turn, through cursors as clients see them."""
    products: list[Product] = []
    cursor: str | None = None
    for number in range(1000):
        result = turn(shelves, sizes[number % len(sizes)], decode_positions(cursor, "f"), sort)
        products += [hit.product for hit in result.hits]
        if not result.has_next:
            return products
        assert result.hits, "an empty page of healthy suppliers says that there is more"
        cursor = encode_positions("f", result.hits[-1].positions)
    raise AssertionError("the pages do not end")


def identity(product: Product) -> tuple[str, str]:
    return product.provider, product.id


shelves = st.lists(
    st.tuples(st.lists(st.integers(1, 50), max_size=25), st.integers(1, 9)), min_size=1, max_size=3
).map(lambda drawn: [Shelf(f"s{number}", prices, size) for number, (prices, size) in enumerate(drawn)])
sizes = st.lists(st.integers(1, 12), min_size=1, max_size=4)
sorts = st.sampled_from([ProductSort.BEST_MATCH, ProductSort.PRICE_ASC])


@settings(max_examples=150, deadline=None)
@given(shelves, sizes, sorts)
def test_every_product_once(shelves: list[Shelf], sizes: list[int], sort: ProductSort) -> None:
    """Walking all pages, whatever their sizes, meets every product of every supplier exactly once."""
    found = [identity(product) for product in walk(shelves, sizes, sort)]
    everything = [identity(product) for shelf in shelves for product in shelf.shelf]
    assert len(found) == len(set(found))
    assert sorted(found) == sorted(everything)


@settings(max_examples=100, deadline=None)
@given(shelves, sizes, sizes, sorts)
def test_the_order_does_not_depend_on_the_pages(
    shelves: list[Shelf], some: list[int], other: list[int], sort: ProductSort
) -> None:
    """Small pages and large pages give the same list."""
    assert walk(shelves, some, sort) == walk(shelves, other, sort)


@settings(max_examples=100, deadline=None)
@given(shelves, sizes)
def test_prices_ascend_over_suppliers(shelves: list[Shelf], sizes: list[int]) -> None:
    """Sorted by price, the merged list ascends over all suppliers and all pages."""
    prices = [_price(product) for product in walk(shelves, sizes, ProductSort.PRICE_ASC)]
    assert prices == sorted(prices)


@settings(max_examples=100, deadline=None)
@given(shelves, sizes, st.integers(0, 2), st.sets(st.integers(1, 6), min_size=1))
def test_who_was_silent_is_not_skipped(
    shelves: list[Shelf], sizes: list[int], who: int, failing: set[int]
) -> None:
    """A supplier that fails for some pages and comes back has lost no product and repeats none."""
    silent = shelves[who % len(shelves)]
    silent.failing = failing
    seen: list[Product] = []
    cursor: str | None = None
    for number in range(200):
        if number == 3:
            silent.failing = set()
        result = turn(shelves, sizes[number % len(sizes)], decode_positions(cursor, "f"))
        seen += [hit.product for hit in result.hits]
        if result.hits:
            cursor = encode_positions("f", result.hits[-1].positions)
        if not result.has_next:
            break
    found = [identity(product) for product in seen]
    assert len(found) == len(set(found))
    assert sorted(found) == sorted(identity(product) for shelf in shelves for product in shelf.shelf)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 30), st.integers(1, 8), st.integers(1, 6), st.integers(1, 5))
def test_new_listings_repeat_nothing(count: int, page_size: int, first: int, new: int) -> None:
    """Products listed at the top while a client pages push nothing it has seen onto its next page."""
    shelf = Shelf("s", list(range(count)), page_size)
    page = turn([shelf], first, {})
    # As many as stay on the page of the last product seen: further away, the count alone has to do.
    room = page_size - 1 - (len(page.hits) - 1) % page_size
    fresh = [_product("s", f"new{number}", 1) for number in range(min(new, room))]
    shelf.shelf = fresh + shelf.shelf
    positions = decode_positions(encode_positions("f", page.hits[-1].positions), "f")
    following = turn([shelf], 100, positions)
    seen = {identity(hit.product) for hit in page.hits}
    assert not seen & {identity(hit.product) for hit in following.hits}
    assert len(page.hits) + len(following.hits) == count


def test_a_failure_in_the_middle_is_partial() -> None:
    """A supplier whose second page fails is PARTIAL, and what it gave stays."""
    shelf = Shelf("s", list(range(10)), 4, failing={2})
    result = turn([shelf], 9, {})
    assert len(result.hits) == 4
    assert [outcome.status for outcome in result.outcomes] == [OutcomeStatus.PARTIAL]
    assert result.has_next


def test_a_supplier_that_repeats_its_page_ends() -> None:
    """A supplier whose every page is the first one is asked for one more, and then is at its end."""

    class Stuck(Shelf):
        asked = 0

        async def search(
            self, search: ProductSearch, page: int, *, with_description: bool, ask: Ask
        ) -> Fetched[SearchPage]:
            del page
            self.asked += 1
            return await super().search(search, 1, with_description=with_description, ask=ask)

    shelf = Stuck("s", list(range(100)), 9)
    result = turn([shelf], 100, {})
    assert len(result.hits) == 9
    assert shelf.asked == 2
    assert not result.has_next


def test_totals_are_unknown_when_somebody_is_silent() -> None:
    """The total is the sum over suppliers, and unknown when one of them gave nothing."""
    healthy, silent = Shelf("a", [1, 2, 3], 5), Shelf("b", [1, 2], 5, failing={1})
    assert turn([healthy, silent], 10, {}).total is None
    silent.failing = set()
    assert turn([healthy, silent], 10, {}).total == 5
