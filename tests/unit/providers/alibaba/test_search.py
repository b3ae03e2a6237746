"""Words, filters and orders of a search of the sample."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers import alibaba
from providers.alibaba.catalogue import Catalogue
from providers.alibaba.declaration import DECLARATION
from providers.alibaba.search import find
from providers.contract.support import SITE_URL, ask_for, provider_context
from providers.errors import NotFound
from providers.model import Product, ProductSearch, ProductSort, SearchFilter

UNKNOWN = Decimal("Infinity")


def low(product: Product) -> Decimal:
    return product.price.low.amount if product.price else UNKNOWN


# As the gateway ranks one supplier's head against another's: a different order here would tear the merge.
RANKS: dict[ProductSort, Callable[[Product], Decimal | float]] = {
    ProductSort.PRICE_ASC: low,
    ProductSort.PRICE_DESC: lambda product: -low(product),
    ProductSort.NEWEST: lambda product: -product.created_at.timestamp() if product.created_at else 0,
    ProductSort.STOCK: lambda product: -product.stock.total if product.stock else 1,
}


@pytest.mark.parametrize("sort", sorted(RANKS))
def test_orders_agree_with_the_merge(catalogue: Catalogue, sort: ProductSort) -> None:
    """Each order is the gateway's own, equals stand by id, and unknown stock comes after none."""
    found = find(catalogue.products, ProductSearch(sort=sort))
    rank = RANKS[sort]
    expected = sorted(catalogue.products, key=lambda product: (rank(product), product.id))
    assert [product.id for product in found] == [product.id for product in expected]


def test_unknown_stock_is_last(catalogue: Catalogue) -> None:
    """By stock, "nobody knows" comes after "none"."""
    found = find(catalogue.products, ProductSearch(sort=ProductSort.STOCK))
    assert found[-1].stock is None
    assert found[-2].stock is not None
    assert found[-2].stock.total == 0


@pytest.mark.parametrize(
    ("many", "one"),
    [
        ("phone cases", "phone case"),
        ("batteries", "battery"),
        ("knives", "knife"),
        ("scarves", "scarf"),
        ("brushes", "brush"),
        ("dresses", "dress"),
        ("boxes", "box"),
        ("cookware pans", "pan cookware"),
    ],
)
def test_one_and_many_find_the_same(catalogue: Catalogue, many: str, one: str) -> None:
    """A word in the plural finds what it finds in the singular, and finds something."""
    of_many = find(catalogue.products, ProductSearch(query=many))
    of_one = find(catalogue.products, ProductSearch(query=one))
    assert of_many
    assert {product.id for product in of_many} == {product.id for product in of_one}


def test_titles_come_before_categories_and_materials(catalogue: Catalogue) -> None:
    """What is called a scarf stands above what only lies beside scarves."""
    found = find(catalogue.products, ProductSearch(query="scarf"))
    assert len(found) > 1
    assert "Scarf" in found[0].title
    assert all("Scarf" not in product.title for product in found[1:])


def test_materials_are_searched(catalogue: Catalogue) -> None:
    """A material finds products whose titles do not name it."""
    found = find(catalogue.products, ProductSearch(query="sisal particle"))
    assert [product.id for product in found] == ["1600000004022"]
    assert "Particle" not in found[0].title
    both = find(catalogue.products, ProductSearch(query="sisal iron"))
    assert both == [], "each word fits some product, but none fits both"


@pytest.mark.parametrize("query", ["!!!", "--", "лампа", "ランプ", "🪔", "%' OR 1=1"])
def test_words_of_no_product_find_nothing(catalogue: Catalogue, query: str) -> None:
    """Signs alone, and words in other scripts, find nothing rather than everything."""
    assert find(catalogue.products, ProductSearch(query=query)) == []


@given(query=st.text(max_size=60))
def test_any_text_can_be_searched(catalogue: Catalogue, query: str) -> None:
    """Whatever is typed is answered, with whole products, none of them twice."""
    found = find(catalogue.products, ProductSearch(query=query))
    assert len({product.id for product in found}) == len(found)


@given(bounds=st.tuples(st.decimals("0", "30", places=2), st.decimals("0", "30", places=2)))
def test_a_price_filter_means_some_sku(catalogue: Catalogue, bounds: tuple[Decimal, Decimal]) -> None:
    """
    A product is kept when one of its SKUs costs that at its smallest quantity, not when its range spans it.
    """
    least, most = sorted(bounds)
    found = find(catalogue.products, ProductSearch(min_price=least, max_price=most))
    expected = {
        variant.product_id
        for variant in catalogue.variants.values()
        if variant.price is not None and least <= variant.price.amount <= most
    }
    assert {product.id for product in found} == expected


def test_a_country_means_pieces_that_lie_there(catalogue: Catalogue) -> None:
    """A search by country finds what has at least one piece in it; unknown stock lies nowhere."""
    for country in ("CN", "US", "MX", "DE"):
        found = find(catalogue.products, ProductSearch(ships_from=country))
        expected = {
            variant.product_id
            for variant in catalogue.variants.values()
            for level in variant.inventory or ()
            if level.country == country and level.quantity > 0
        }
        assert expected
        assert {product.id for product in found} == expected
    assert find(catalogue.products, ProductSearch(ships_from="FR")) == []


def test_only_what_can_be_honoured_is_declared() -> None:
    """Filters and orders that the sample has no data for are not offered."""
    assert not DECLARATION.filters & {
        SearchFilter.FREE_SHIPPING,
        SearchFilter.VERIFIED_STOCK_ONLY,
        SearchFilter.PLATFORM,
        SearchFilter.PRODUCT_FLAG,
    }
    assert DECLARATION.sorts == set(ProductSort) - {ProductSort.POPULARITY}


async def test_pages_of_fifty(catalogue: Catalogue) -> None:
    """The first page is full and says so, the second has the rest, the third is empty; all know the total."""
    async with provider_context() as context:
        provider, ask = alibaba.build(context), ask_for(context.clock)
        pages = [
            (await provider.search(ProductSearch(), number, with_description=False, ask=ask)).value
            for number in (1, 2, 3)
        ]
    total = len(catalogue.products)
    assert [len(page.products) for page in pages] == [50, total - 50, 0]
    assert [page.has_more for page in pages] == [True, False, False]
    assert [page.total for page in pages] == [total] * 3
    assert all(product.is_complete and product.variants for page in pages for product in page.products)


async def test_look_ups(catalogue: Catalogue) -> None:
    """Products are found by their id and by their SKUs, warehouses by country; what is not there is not."""
    product = catalogue.products[0]
    async with provider_context() as context:
        assert context.site_url == SITE_URL
        provider, ask = alibaba.build(context), ask_for(context.clock)
        assert (await provider.product(product.id, ask)).value == product
        for sku in (product.sku, product.variants[-1].sku):
            assert (await provider.product_by_sku(str(sku), ask)).value == product
        assert (await provider.variant(product.variants[-1].id, ask)).value == product.variants[-1]
        assert (await provider.warehouse("US", ask)).value.country == "US"
        for missing in (
            provider.product("1600000999999", ask),
            provider.variant("105000999999", ask),
            provider.product_by_sku("", ask),
            provider.warehouse("FR", ask),
        ):
            with pytest.raises(NotFound):
                await missing
