"""The merged search: every product once, in one order, whatever the pages and whoever fails in between."""

import asyncio
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.catalog import Positions, SearchRequest, SearchResult, search
from gateway.loaders.catalog import CatalogLoaders
from gateway.outcomes import OutcomeStatus
from gateway.schema.pagination import decode_positions, encode_positions
from gateway.services import Supplier
from providers.clock import ManualClock
from providers.model import Product, ProductSearch, ProductSort, SearchPage
from providers.upstream import Ask, Fact, Fetched, Meter
from tests.shelf import Shelf, fetched, in_order, product_at


def turn(
    shelves: Sequence[Shelf], first: int, after: Positions, sort: ProductSort = ProductSort.BEST_MATCH
) -> SearchResult:
    """One page of the merged search, as a request of its own."""

    async def asked() -> SearchResult:
        clock = ManualClock()
        suppliers = {shelf.declaration.code: Supplier(shelf, None) for shelf in shelves}
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
    st.tuples(st.lists(st.none() | st.integers(1, 50), max_size=25), st.integers(1, 9)),
    min_size=1,
    max_size=3,
).map(lambda drawn: [Shelf(f"s{number}", prices, size) for number, (prices, size) in enumerate(drawn)])
sizes = st.lists(st.integers(1, 12), min_size=1, max_size=4)
sorts = st.sampled_from([ProductSort.BEST_MATCH, ProductSort.PRICE_ASC, ProductSort.PRICE_DESC])


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
@given(shelves, sizes, st.sampled_from([ProductSort.PRICE_ASC, ProductSort.PRICE_DESC]))
def test_prices_are_in_order_over_suppliers(
    shelves: list[Shelf], sizes: list[int], sort: ProductSort
) -> None:
    """Sorted by price, the merged list is in order over all suppliers and pages, what has no price last."""
    found = walk(shelves, sizes, sort)
    expected = in_order((product for shelf in shelves for product in shelf.shelf), sort)
    assert [product.price for product in found] == [product.price for product in expected]


@settings(max_examples=60, deadline=None)
@given(shelves, sizes)
def test_suppliers_take_turns(shelves: list[Shelf], sizes: list[int]) -> None:
    """Where ranks cannot be compared, every supplier has had as many turns as any other that has more."""
    found = walk(shelves, sizes)
    for end in range(len(found)):
        shown = [product.provider for product in found[:end]]
        turns = {shelf.declaration.code: shown.count(shelf.declaration.code) for shelf in shelves}
        unfinished = [
            turns[shelf.declaration.code]
            for shelf in shelves
            if turns[shelf.declaration.code] < len(shelf.shelf)
        ]
        assert max(turns.values()) - min(unfinished) <= 1


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


@settings(max_examples=150, deadline=None)
@given(
    st.integers(1, 30),
    st.integers(1, 8),
    st.lists(st.tuples(st.integers(1, 6), st.integers(0, 8)), min_size=1),
)
def test_new_listings_repeat_nothing(count: int, page_size: int, steps: list[tuple[int, int]]) -> None:
    """Up to a page of products listed at the top between two pages of a client repeat and hide nothing."""
    shelf = Shelf("s", range(count), page_size)
    everything = [product.id for product in shelf.shelf]
    seen: list[str] = []
    after: Positions = {}
    for number in range(count):
        first, new = steps[number % len(steps)]
        page = turn([shelf], first, after)
        seen += [hit.product.id for hit in page.hits]
        if not page.has_next:
            break
        after = decode_positions(encode_positions("f", page.hits[-1].positions), "f")
        fresh = [product_at("s", f"new{number}.{each}", 1) for each in range(min(new, page_size))]
        shelf.shelf = fresh + shelf.shelf
    assert seen == everything


def test_a_list_that_stands_still_costs_no_second_look() -> None:
    """Going on in the middle of a page asks for that page alone, also when the last product has vanished."""
    shelf = Shelf("s", range(30), 10)
    page = turn([shelf], 4, {})
    turn([shelf], 4, page.hits[-1].positions)
    assert shelf.asked == [1, 1]
    del shelf.shelf[3]
    shelf.asked.clear()
    found = turn([shelf], 4, page.hits[-1].positions)
    assert shelf.asked == [1, 2], "a product that is not where it was may have moved to the next page"
    assert [hit.product.id for hit in found.hits] == ["5", "6", "7", "8"]


def test_a_second_look_that_fails_costs_nothing() -> None:
    """When the page that could tell how far a list has moved fails, paging goes on by the count."""
    shelf = Shelf("s", range(30), 10, failing={2})
    page = turn([shelf], 4, {})
    del shelf.shelf[3]
    found = turn([shelf], 4, page.hits[-1].positions)
    assert len(found.hits) == 4
    assert [outcome.status for outcome in found.outcomes] == [OutcomeStatus.OK]


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 30), st.integers(1, 8), st.integers(1, 4))
def test_pages_that_overlap_repeat_nothing(count: int, page_size: int, overlap: int) -> None:
    """A supplier that shows the end of a page again on the next one has each product once all the same."""

    class Overlapping(Shelf):
        async def search(
            self, search: ProductSearch, page: int, *, with_description: bool, ask: Ask
        ) -> Fetched[SearchPage]:
            found = await super().search(search, page, with_description=with_description, ask=ask)
            before = tuple(self.shelf[: (page - 1) * page_size])[-overlap:]
            return fetched(SearchPage(before + found.value.products, count, has_more=found.value.has_more))

    result = turn([Overlapping("s", range(count), page_size)], 100, {})
    assert [hit.product.id for hit in result.hits] == [str(number) for number in range(count)]


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
        async def search(
            self, search: ProductSearch, page: int, *, with_description: bool, ask: Ask
        ) -> Fetched[SearchPage]:
            del page
            return await super().search(search, 1, with_description=with_description, ask=ask)

    shelf = Stuck("s", range(100), 9)
    result = turn([shelf], 100, {})
    assert len(result.hits) == 9
    assert len(shelf.asked) == 2
    assert not result.has_next


def test_a_supplier_of_endless_empty_pages_ends() -> None:
    """A supplier whose pages are empty and always promise more is not asked for ever."""

    class Endless(Shelf):
        async def search(
            self, search: ProductSearch, page: int, *, with_description: bool, ask: Ask
        ) -> Fetched[SearchPage]:
            await super().search(search, page, with_description=with_description, ask=ask)
            return fetched(SearchPage((), None, has_more=True))

    shelf = Endless("s", [])
    result = turn([shelf], 10, {})
    assert result.hits == ()
    assert not result.has_next
    assert len(shelf.asked) < 10


def test_an_empty_page_in_the_middle_is_passed() -> None:
    """A page on which nothing is left, because the supplier sorts out page by page, does not end the list."""

    class Sparse(Shelf):
        async def search(
            self, search: ProductSearch, page: int, *, with_description: bool, ask: Ask
        ) -> Fetched[SearchPage]:
            found = await super().search(search, page, with_description=with_description, ask=ask)
            return fetched(SearchPage((), None, has_more=True)) if page == 2 else found

    result = turn([Sparse("s", range(9), 3)], 9, {})
    assert [hit.product.id for hit in result.hits] == ["0", "1", "2", "6", "7", "8"]


def test_totals_are_unknown_when_somebody_is_silent() -> None:
    """The total is the sum over suppliers, and unknown when one of them gave nothing."""
    healthy, silent = Shelf("a", [1, 2, 3], 5), Shelf("b", [1, 2], 5, failing={1})
    assert turn([healthy, silent], 10, {}).total is None
    silent.failing = set()
    assert turn([healthy, silent], 10, {}).total == 5
