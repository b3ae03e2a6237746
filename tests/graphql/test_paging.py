"""Lists that one supplier has: variants, reviews and imported products, cut to the client's pages."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from providers.model import Review, ReviewPage, SearchPage, Variant
from providers.upstream import Ask, Fetched
from tests.graphql.conftest import Gateway, Reachable, errors_of, open_over
from tests.shelf import Shelf, fetched

VARIANTS = """query ($first: Int, $after: String) {
  product(by: {ref: {supplier: "shop", productId: "0"}}) { variants(first: $first, after: $after) {
    totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    edges { cursor node { supplierVariantId } } nodes { supplierVariantId }
  } }
}"""
REVIEWS = """query ($first: Int, $after: String, $score: Int) {
  product(by: {ref: {supplier: "shop", productId: "0"}}) {
    reviews(first: $first, after: $after, score: $score) {
      totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      edges { cursor node { supplierReviewId } } nodes { supplierReviewId score }
    }
  }
}"""
IMPORTED = """query ($first: Int, $after: String, $search: String) {
  importedProducts(supplier: "shop", first: $first, after: $after, search: $search) {
    totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    edges { cursor node { supplierProductId } } nodes { supplierProductId } outcomes { status totalCount }
  }
}"""


class Shop(Shelf):
    """A shelf whose reviews, and products that are all imported, stand on pages of these lengths."""

    def __init__(self, lengths: Sequence[int]) -> None:
        super().__init__("shop", range(max(1, sum(lengths))))
        self.lengths = lengths

    async def imported_products(self, search: str | None, page: int, ask: Ask) -> Fetched[SearchPage]:
        """As many as the page's length says."""
        del search, ask
        start = sum(self.lengths[: page - 1])
        shown = tuple(self.shelf[start : start + sum(self.lengths[page - 1 : page])])
        return fetched(SearchPage(shown, sum(self.lengths), has_more=page < len(self.lengths)))

    async def reviews(
        self, product_id: str, page: int, *, score: int | None, ask: Ask
    ) -> Fetched[ReviewPage]:
        """As many as the page's length says."""
        del product_id, score, ask
        start = sum(self.lengths[: page - 1])
        numbers = range(start, start + sum(self.lengths[page - 1 : page]))
        return fetched(
            ReviewPage(
                tuple(Review(str(number), 5, "", None, None, None) for number in numbers),
                sum(self.lengths),
                has_more=page < len(self.lengths),
            )
        )


def with_variants(count: int) -> Shelf:
    """A shop whose one product has so many variants."""
    shelf = Shelf("shop", [1])
    variants = tuple(Variant("shop", "0", str(number), None, "") for number in range(count))
    shelf.shelf = [replace(shelf.shelf[0], variants=variants)]
    return shelf


def below(data: dict[str, Any]) -> dict[str, Any]:
    """The connection in an answer."""
    (found,) = data.values()
    if "pageInfo" not in found:
        (found,) = found.values()
    connection: dict[str, Any] = found
    return connection


async def walked(gateway: Gateway, query: str, sizes: Sequence[int]) -> list[str]:
    """Every element of a list, on pages of these sizes in turn; each page keeps Relay's rules."""
    found: list[str] = []
    after: str | None = None
    for number in range(200):
        page = below(await gateway.data(query, first=sizes[number % len(sizes)], after=after))
        shown = [next(iter(node.values())) for node in page["nodes"]]
        cursors = [edge["cursor"] for edge in page["edges"]]
        assert [next(iter(edge["node"].values())) for edge in page["edges"]] == shown
        assert len(shown) <= sizes[number % len(sizes)]
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        assert page["pageInfo"]["startCursor"] == (cursors[0] if cursors else None)
        assert page["pageInfo"]["endCursor"] == (cursors[-1] if cursors else after)
        found += shown
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return found
    raise AssertionError("the pages do not end")


sizes = st.lists(st.integers(1, 30), min_size=1, max_size=4)
unhurried = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@unhurried
@given(st.integers(0, 70), sizes)
async def test_variants_come_once(count: int, sizes: list[int]) -> None:
    """Walking a product's variants in pages of any sizes meets each once, in the supplier's order."""
    async with open_over(with_variants(count)) as gateway:
        assert await walked(gateway, VARIANTS, sizes) == [str(number) for number in range(count)]


# A supplier's pages differ in length when some of their rows cannot be read.
lengths = st.lists(st.integers(1, 20) | st.just(0), max_size=5).filter(lambda drawn: drawn.count(0) <= 2)


@pytest.mark.parametrize("query", [REVIEWS, IMPORTED], ids=["reviews", "imported"])
@unhurried
@given(lengths, sizes)
async def test_shortened_pages_lose_nothing(query: str, lengths: list[int], sizes: list[int]) -> None:
    """Whatever the lengths of the supplier's pages, every element comes once, and none is left out."""
    async with open_over(Shop(lengths)) as gateway:
        assert await walked(gateway, query, sizes) == [str(number) for number in range(sum(lengths))]


@pytest.mark.parametrize("query", [REVIEWS, IMPORTED], ids=["reviews", "imported"])
async def test_endless_empty_pages_end(query: str) -> None:
    """A supplier that promises more on one empty page after the other is not asked for ever."""
    async with open_over(Shop([0] * 1000)) as gateway:
        page = below(await gateway.data(query))
    assert page["nodes"] == []
    assert page["pageInfo"]["hasNextPage"] is False


@pytest.mark.parametrize("query", [VARIANTS, REVIEWS, IMPORTED], ids=["variants", "reviews", "imported"])
async def test_pages_have_their_bounds(query: str) -> None:
    """A page of 0, -1 or 101 elements, and a cursor of something else, are refused by name."""
    async with open_over(with_variants(3)) as gateway:
        for wrong in (0, -1, 101, 2**31 - 1):
            (error,) = errors_of(await gateway.post(query, first=wrong))
            assert f"first: {wrong} is out of range; ask for 1 to 100" in error["message"]
        for cursor in ("", "x", "bm9uc2Vuc2U", "WyJwIiwwLDBd", "WyJvIiwtMV0", "W10", "bnVsbA", "x" * 5000):
            (error,) = errors_of(await gateway.post(query, after=cursor))
            assert "after: this is not a cursor of this list" in error["message"]
            assert error["extensions"]["code"] == "BAD_USER_INPUT"


async def test_reviews_of_one_score(gateway: Gateway, cj: Reachable) -> None:
    """Reviews can be narrowed to a number of stars, and a number that there is not is refused."""
    most = max(cj.simulator.world.products, key=lambda product: product.review_count)
    query = """query ($pid: String!, $score: Int) { product(by: {ref: {supplier: "cj", productId: $pid}}) {
      reviews(first: 100, score: $score) { totalCount nodes { score text author countryCode writtenAt } }
    } }"""
    found = {
        score: (await gateway.data(query, pid=most.pid, score=score))["product"]["reviews"]
        for score in (5, 4, 3, 2, 1)
    }
    for score, page in found.items():
        assert {node["score"] for node in page["nodes"]} <= {score}
        assert page["totalCount"] == len(page["nodes"])
    assert sum(page["totalCount"] for page in found.values()) == len(cj.simulator.world.reviews(most))
    for wrong in (0, 6, -1):
        (error,) = errors_of(await gateway.post(query, pid=most.pid, score=wrong))
        assert f"score: {wrong} is out of range; reviews have 1 to 5 stars" in error["message"]


@pytest.mark.parametrize("size", [1, 7, 30])
async def test_reviews_are_paged(gateway: Gateway, cj: Reachable, size: int) -> None:
    """Walking a product's reviews in pages of any size meets each once, and the count is right."""
    most = max(cj.simulator.world.products, key=lambda product: product.review_count)
    query = """query ($pid: String!, $size: Int, $after: String) {
      product(by: {ref: {supplier: "cj", productId: $pid}}) { reviews(first: $size, after: $after) {
        totalCount pageInfo { hasNextPage endCursor } nodes { supplierReviewId score }
      } }
    }"""
    seen: list[str] = []
    after, more, total = None, True, 0
    while more and len(seen) < 45:
        page = (await gateway.data(query, pid=most.pid, size=size, after=after))["product"]["reviews"]
        seen += [node["supplierReviewId"] for node in page["nodes"]]
        after, more, total = (
            page["pageInfo"]["endCursor"],
            page["pageInfo"]["hasNextPage"],
            page["totalCount"],
        )
    assert len(seen) == len(set(seen))
    assert more or len(seen) == total
