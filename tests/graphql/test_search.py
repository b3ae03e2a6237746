"""A search through the whole gateway finds what the simulated world has: no more, no less, in its order."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from gateway import ids
from providers.cj.simulator.catalogue.goods import Product
from providers.cj.simulator.catalogue.making import newest_since
from providers.cj.simulator.world import World
from tests.graphql.conftest import Gateway, Reachable

SEARCH = """query ($search: ProductSearchInput, $sort: ProductSort, $first: Int, $after: String) {
  products(search: $search, sort: $sort, first: $first, after: $after) {
    totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    edges { cursor }
    nodes { supplier { code } supplierProductId price { min { amount } max { amount } } }
    outcomes { supplier { code } status totalCount }
  }
}"""
CJ = {"suppliers": ["cj"]}

Claim = Callable[[World, Product], bool]

FILTERS: dict[str, tuple[dict[str, Any], Claim]] = {
    "words": (
        {"query": "kitchen"},
        lambda world, product: product.index in world.index.find("kitchen"),
    ),
    "ships from": (
        {"shipsFrom": "us"},
        lambda world, product: world.product_total(product, "US").total > 0,
    ),
    "from a price": (
        {"minPrice": "20"},
        lambda world, product: world.price_range(product)[1] >= 2000,
    ),
    "up to a price": (
        {"maxPrice": "5.50"},
        lambda world, product: world.price_range(product)[0] <= 550,
    ),
    "between prices": (
        {"minPrice": "6", "maxPrice": "6.5"},
        lambda world, product: world.price_range(product)[1] >= 600 and world.price_range(product)[0] <= 650,
    ),
    "shipped free": ({"freeShipping": True}, lambda _, product: product.free_shipping),
    "not shipped free": ({"freeShipping": False}, lambda _, product: not product.free_shipping),
    "at least so many": (
        {"minStock": 5000},
        lambda world, product: world.inventory(product) >= 5000,
    ),
    "counted stock": (
        {"verifiedStockOnly": True},
        lambda _, product: next(iter(product.stock)) in product.verified,
    ),
    "new": ({"productFlag": "NEW"}, lambda _, product: product.created_ms >= newest_since(60)),
    "with a video": ({"productFlag": "VIDEO"}, lambda _, product: product.video),
    "trending": ({"productFlag": "TRENDING"}, lambda _, product: product.listed >= 60),
    "for a platform": ({"platform": "ETSY"}, lambda _, product: "etsy" in product.platforms),
    "sold singly": ({"maxMinimumOrderQuantity": 1}, lambda _world, _product: True),
    "several at once": (
        {"freeShipping": True, "maxPrice": "15", "minStock": 100},
        lambda world, product: (
            product.free_shipping
            and world.price_range(product)[0] <= 1500
            and world.inventory(product) >= 100
        ),
    ),
}


async def everything(gateway: Gateway, search: dict[str, Any], first: int = 100) -> list[str]:
    """The suppliers' ids of all that a search finds, page after page."""
    found: list[str] = []
    after: str | None = None
    for _ in range(100):
        page = (await gateway.data(SEARCH, search=search, first=first, after=after))["products"]
        found += [node["supplierProductId"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return found
    raise AssertionError("the pages do not end")


@pytest.mark.parametrize("name", FILTERS)
async def test_filters_find_what_there_is(gateway: Gateway, cj: Reachable, name: str) -> None:
    """Each filter finds every product of the world that meets it once, and no other."""
    search, claim = FILTERS[name]
    world = cj.simulator.world
    expected = {product.pid for product in world.products if not product.taken_down and claim(world, product)}
    found = await everything(gateway, CJ | search)
    assert expected, "the world has nothing to find"
    assert len(found) == len(set(found))
    assert set(found) == expected


async def test_a_category_finds_its_shelf(gateway: Gateway, cj: Reachable) -> None:
    """A category's id, as the tree and as a product show it, finds exactly what stands on its shelf."""
    world = cj.simulator.world
    leaf = max(world.leaves, key=lambda each: sum(product.leaf.id == each.id for product in world.products))
    expected = {
        product.pid for product in world.products if product.leaf.id == leaf.id and not product.taken_down
    }
    category = ids.category_id("cj", leaf.id)
    assert set(await everything(gateway, {"categoryId": category} | CJ)) == expected
    tree = await gateway.data(
        '{ categories(supplier: "cj") { children { children { id name searchable path } } } }'
    )
    shelves = [
        shelf for root in tree["categories"] for group in root["children"] for shelf in group["children"]
    ]
    (shelf,) = [each for each in shelves if each["id"] == category]
    assert shelf["name"] == leaf.name == shelf["path"][-1]
    assert shelf["searchable"] is True


SORTS: dict[str, Callable[[World, Product], float]] = {
    "POPULARITY": lambda _, product: -product.listed,
    "PRICE_ASC": lambda world, product: world.price_range(product)[0],
    "PRICE_DESC": lambda world, product: -world.price_range(product)[0],
    "NEWEST": lambda _, product: -product.created_ms,
    "STOCK": lambda world, product: -world.inventory(product),
}


@pytest.mark.parametrize("sort", SORTS)
async def test_sorts_are_the_worlds(gateway: Gateway, cj: Reachable, sort: str) -> None:
    """Each order begins with the hundred products that the world has at its top, in the same sequence."""
    world = cj.simulator.world
    on_sale = [product for product in world.products if not product.taken_down]
    expected = sorted(on_sale, key=lambda product: SORTS[sort](world, product))[:100]
    found = (await gateway.data(SEARCH, search=CJ, sort=sort, first=100))["products"]["nodes"]
    assert [node["supplierProductId"] for node in found] == [product.pid for product in expected]


@pytest.mark.parametrize("sort", ["PRICE_ASC", "PRICE_DESC"])
async def test_prices_of_both_suppliers_are_in_one_order(gateway: Gateway, sort: str) -> None:
    """Sorted by price, the products of two suppliers stand in one order, over all pages, each once."""
    found: list[tuple[str, str]] = []
    prices: list[Decimal] = []
    after: str | None = None
    for first in (7, 30, 50, 3, 60):
        page = (await gateway.data(SEARCH, sort=sort, first=first, after=after))["products"]
        found += [(node["supplier"]["code"], node["supplierProductId"]) for node in page["nodes"]]
        prices += [Decimal(node["price"]["min"]["amount"]) for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
    assert len(found) == len(set(found)) == 150
    assert {code for code, _ in found} == {"cj", "alibaba"}
    assert prices == sorted(prices, reverse=sort == "PRICE_DESC")


async def test_page_sizes_may_change(gateway: Gateway) -> None:
    """A cursor of a small page goes on in a large one: the list is the same however it is cut."""
    search = CJ | {"query": "bag"}
    assert await everything(gateway, search, 3) == await everything(gateway, search, 100)


async def test_a_page_says_where_it_stands(gateway: Gateway, cj: Reachable) -> None:
    """Cursors, counts and the ends of a list are as Relay has them, on the first page and on the last."""
    count = sum(not product.taken_down for product in cj.simulator.world.products)
    first = (await gateway.data(SEARCH, search=CJ, first=100))["products"]
    assert first["totalCount"] == count == first["outcomes"][0]["totalCount"]
    assert first["pageInfo"]["hasNextPage"] is True
    assert first["pageInfo"]["hasPreviousPage"] is False
    assert first["pageInfo"]["startCursor"] == first["edges"][0]["cursor"]
    assert first["pageInfo"]["endCursor"] == first["edges"][-1]["cursor"]
    after = first["pageInfo"]["endCursor"]
    for _ in range(count // 100):
        page = (await gateway.data(SEARCH, search=CJ, first=100, after=after))["products"]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert page["pageInfo"]["hasPreviousPage"] is True
    assert page["totalCount"] == count
    assert len(page["nodes"]) == count % 100
    beyond = (await gateway.data(SEARCH, search=CJ, after=page["pageInfo"]["endCursor"]))["products"]
    assert beyond["nodes"] == []
    assert beyond["pageInfo"] == {
        "hasNextPage": False,
        "hasPreviousPage": True,
        "startCursor": None,
        "endCursor": page["pageInfo"]["endCursor"],
    }


async def test_an_order_that_is_the_default_may_be_named(gateway: Gateway) -> None:
    """A cursor of a search without `sort` goes on where the default is named, by a word or by a variable."""
    query = """{ products(search: {suppliers: ["alibaba"]}, first: 1 %s) { pageInfo { endCursor } } }"""
    after = (await gateway.data(query % ""))["products"]["pageInfo"]["endCursor"]
    named = await gateway.data(query % f', sort: BEST_MATCH, after: "{after}"')
    given = await gateway.data(
        SEARCH, search={"suppliers": ["alibaba"]}, sort="BEST_MATCH", first=1, after=after
    )
    assert named["products"]["pageInfo"]["endCursor"] == given["products"]["pageInfo"]["endCursor"] != after


async def test_nothing_found_is_an_answer(gateway: Gateway) -> None:
    """A search that finds nothing is an empty page of suppliers that are well, with a total of 0."""
    found = (await gateway.data(SEARCH, search={"query": "zzyzx"}))["products"]
    assert found["nodes"] == []
    assert found["totalCount"] == 0
    assert found["pageInfo"]["hasNextPage"] is False
    assert {outcome["status"] for outcome in found["outcomes"]} == {"OK"}


async def test_who_is_not_named_is_not_asked(gateway: Gateway, cj: Reachable) -> None:
    """A search of one supplier costs the other nothing and has no outcome of it."""
    answer = await gateway.post(SEARCH, search={"suppliers": ["alibaba"]})
    assert [outcome["supplier"]["code"] for outcome in answer["data"]["products"]["outcomes"]] == ["alibaba"]
    assert answer["extensions"]["upstream"] == {}
    assert cj.spent() == (0, 0)
