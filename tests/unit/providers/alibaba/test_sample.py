"""The sample catalogue: what it has to contain, and how it is searched."""

from decimal import Decimal

import httpx
import pytest

from providers import alibaba
from providers.alibaba import AlibabaProvider
from providers.contract.support import SITE_URL, ask_for, provider_context
from providers.declaring import Feature, Support
from providers.errors import Unsupported
from providers.model import Product, ProductSearch, ProductSort
from providers.upstream import Source


@pytest.fixture
async def provider() -> AlibabaProvider:
    async with provider_context() as context:
        built = alibaba.build(context)
        await built.start()
        return built


@pytest.fixture
async def products(provider: AlibabaProvider) -> list[Product]:
    return await found(provider, ProductSearch())


async def found(provider: AlibabaProvider, search: ProductSearch) -> list[Product]:
    async with provider_context() as context:
        ask, number = ask_for(context.clock), 0
        everything: list[Product] = []
        while True:
            number += 1
            page = (await provider.search(search, number, with_description=False, ask=ask)).value
            everything += page.products
            if not page.has_more:
                assert len(everything) == page.total
                return everything


def test_it_is_large_enough_to_compare(products: list[Product]) -> None:
    """There are at least eighty products, in several categories, with minimum orders from 1 to 1,000."""
    assert len(products) >= 80
    assert len({product.category.path[0] for product in products if product.category}) >= 8
    minimums = {product.minimum_order_quantity for product in products}
    assert {1, 10, 50, 1000} <= minimums


def test_prices_come_in_ladders(products: list[Product]) -> None:
    """There are ladders of one, three and five tiers, and every further tier is cheaper."""
    ladders = [variant.price_tiers for product in products for variant in product.variants]
    assert {1, 3, 5} <= {len(ladder) for ladder in ladders}
    for ladder in ladders:
        prices = [tier.unit_price.amount for tier in ladder]
        assert prices == sorted(set(prices), reverse=True)


def test_skus_of_one_product_may_have_different_ladders(products: list[Product]) -> None:
    """At least one product has two SKUs whose ladders differ in length, and one whose minimums differ."""
    lengths = [{len(variant.price_tiers) for variant in product.variants} for product in products]
    assert any(len(each) > 1 for each in lengths)
    starts = [{variant.price_tiers[0].minimum for variant in product.variants} for product in products]
    assert any(len(each) > 1 for each in starts)


def test_one_piece_orders_leave_from_the_us(products: list[Product]) -> None:
    """What can be ordered singly is dropship-eligible: in stock in the US, there within nine days."""
    singles = [product for product in products if product.minimum_order_quantity == 1]
    assert singles
    for product in singles:
        countries = {level.country for variant in product.variants for level in variant.inventory or ()}
        assert "US" in countries
        assert product.transit is not None
        assert product.transit.high <= 9


def test_no_stock_and_unknown_stock_differ(products: list[Product]) -> None:
    """One product is out of stock, and of another nobody knows."""
    assert any(product.stock is not None and product.stock.total == 0 for product in products)
    unknown = [product for product in products if product.stock is None]
    assert unknown
    assert all(variant.inventory is None for product in unknown for variant in product.variants)


async def test_everything_is_marked_as_sample(provider: AlibabaProvider) -> None:
    """Every answer says SAMPLE, with the day it was made, and never grows stale."""
    async with provider_context() as context:
        fetched = await provider.search(
            ProductSearch(query="lamp"), 1, with_description=False, ask=ask_for(context.clock)
        )
    assert fetched.source is Source.SAMPLE
    assert fetched.as_of.date() == provider.declaration.sampled_on
    assert fetched.stale_after is None


def test_nothing_is_denied_that_alibaba_offers(provider: AlibabaProvider) -> None:
    """What the stub cannot do is NOT_IMPLEMENTED here, never NOT_OFFERED by Alibaba."""
    declared = {capability.feature: capability.support for capability in provider.declaration.capabilities}
    assert set(declared) == set(Feature)
    assert Support.NOT_OFFERED not in declared.values()
    for feature in (Feature.ORDERS, Feature.PAYMENT, Feature.TRACKING, Feature.WEBHOOKS):
        assert declared[feature] is Support.NOT_IMPLEMENTED


async def test_a_refusal_names_supplier_and_capability(provider: AlibabaProvider) -> None:
    """A refused feature is refused in words that name both."""
    async with provider_context() as context:
        with pytest.raises(Unsupported, match=r"Alibaba\.com is not connected here for imported products"):
            await provider.import_product("1600000000118", ask_for(context.clock))


@pytest.mark.parametrize(
    ("query", "expected"),
    [("lamp", "Lamp"), ("lamps", "Lamp"), ("brushes", "Brush"), ("DOG collar", "Dog Collar")],
)
async def test_words_find_what_people_mean(provider: AlibabaProvider, query: str, expected: str) -> None:
    """All words have to occur, in any case and number; titles come before categories."""
    titles = [product.title for product in await found(provider, ProductSearch(query=query))]
    assert titles
    assert expected in titles[0]


async def test_unknown_words_find_nothing(provider: AlibabaProvider) -> None:
    """A word that occurs nowhere finds nothing, also beside one that does."""
    assert await found(provider, ProductSearch(query="lamp zeppelin")) == []


async def test_filters_agree_with_the_catalogue(provider: AlibabaProvider, products: list[Product]) -> None:
    """Each declared filter keeps exactly the products it should."""

    async def ids(search: ProductSearch) -> set[str]:
        return {product.id for product in await found(provider, search)}

    def where(condition: object) -> set[str]:
        assert callable(condition)
        return {product.id for product in products if condition(product)}

    def low(product: Product) -> Decimal:
        assert product.price is not None
        return product.price.low.amount

    assert await ids(ProductSearch(max_price=Decimal(2))) == where(lambda each: low(each) <= 2)
    assert await ids(ProductSearch(min_price=Decimal(9))) == where(lambda each: each.price.high.amount >= 9)
    assert await ids(ProductSearch(max_minimum_order_quantity=10)) == where(
        lambda each: each.minimum_order_quantity <= 10
    )
    assert await ids(ProductSearch(min_stock=5000)) == where(
        lambda each: each.stock is not None and each.stock.total >= 5000
    )
    root = products[0].category
    assert root is not None
    top = next(each for each in provider._catalogue.categories if each.name == root.path[0])
    assert await ids(ProductSearch(category_id=top.id)) == where(
        lambda each: each.category.path[0] == root.path[0]
    )


@pytest.mark.parametrize("sort", sorted(set(ProductSort) - {ProductSort.POPULARITY}))
async def test_every_order_holds_all_products(
    provider: AlibabaProvider, products: list[Product], sort: ProductSort
) -> None:
    """Sorting loses nothing and repeats nothing."""
    ordered = await found(provider, ProductSearch(sort=sort))
    assert sorted(product.id for product in ordered) == sorted(product.id for product in products)


async def test_pictures_are_drawn(provider: AlibabaProvider, products: list[Product]) -> None:
    """Every picture's address leads to an SVG of the provider's own site; any other to 404."""
    assert provider.site is not None
    transport = httpx.ASGITransport(app=provider.site)
    async with httpx.AsyncClient(transport=transport, base_url=SITE_URL) as client:
        for product in products[:10]:
            for address in (product.image_url, *product.images):
                answer = await client.get(str(address))
                assert answer.status_code == 200
                assert answer.headers["content-type"] == "image/svg+xml"
                assert "<svg" in answer.text
        assert (await client.get(f"{SITE_URL}/pictures/none.svg")).status_code == 404


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.alibaba.com/product-detail/Table-Lamp_1600000000118.html", "1600000000118"),
        ("https://www.alibaba.com/product-detail/1600000000118.html?spm=a", "1600000000118"),
        ("https://alibaba.com.example/product-detail/1600000000118.html", None),
        ("https://www.alibaba.com/trade/search", None),
    ],
)
def test_addresses_of_product_pages(provider: AlibabaProvider, url: str, expected: str | None) -> None:
    """Only addresses of Alibaba's own product pages name a product."""
    assert provider.product_id_of_url(url) == expected
