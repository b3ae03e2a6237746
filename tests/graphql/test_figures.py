"""What a query may cost at the supplier: each row of the promise, counted by the supplier itself."""

import asyncio
from typing import Any

from gateway import ids
from providers.cj.simulator import Fault
from tests.graphql.conftest import Gateway, Reachable

SEARCH = """query ($after: String) {
  products(search: {suppliers: ["cj"]}, first: 50, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes { id title price { min { amount } } stock { total } category { name } imageUrl }
  }
}"""
DETAIL = """query ($id: ID!) {
  product(by: {id: $id}) {
    title hsCode materials
    variants {
      nodes { id options { name value } dimensions { lengthMm } inventory { countryCode quantity } }
    }
    inventory { countryCode quantity }
  }
}"""


async def some_products(gateway: Gateway, count: int) -> list[str]:
    """Ids of products that were found by a search."""
    data = await gateway.data(SEARCH)
    return [node["id"] for node in data["products"]["nodes"][:count]]


def forget(cj: Reachable) -> None:
    """Count from here on."""
    cj.simulator.ledger.clear()


def told(answer: dict[str, Any]) -> tuple[int, int]:
    """What the answer itself says that it cost."""
    usage = answer["extensions"]["upstream"].get("cj", {"calls": 0, "points": 0})
    return usage["calls"], usage["points"]


async def test_a_search_page_costs_one_call(gateway: Gateway, cj: Reachable) -> None:
    """A page of fifty with title, price, stock, category and picture is one call of 50 points."""
    answer = await gateway.post(SEARCH)
    assert len(answer["data"]["products"]["nodes"]) == 50
    assert answer["extensions"]["upstream"]["cj"]["pointsRemaining"] == 50_000 - 50
    assert told(answer) == cj.spent() == (1, 50)


async def test_a_repeated_search_costs_nothing(gateway: Gateway, cj: Reachable) -> None:
    """The same page again within its freshness costs nothing, and neither does the next page behind it."""
    first = await gateway.post(SEARCH)
    forget(cj)
    assert told(await gateway.post(SEARCH)) == (0, 0)
    after = first["data"]["products"]["pageInfo"]["endCursor"]
    assert told(await gateway.post(SEARCH, after=after)) == (0, 0)
    assert cj.spent() == (0, 0)


async def test_two_hundred_clients_share_one_call(gateway: Gateway, cj: Reachable) -> None:
    """Two hundred equal searches at once are one call, and all get the same page."""
    cj.simulator.faults.add(Fault("latency", "*/listV2", params={"seconds": 0.3}))
    few = SEARCH.replace("first: 50", "first: 5")
    answers = await asyncio.gather(*(gateway.data(few) for _ in range(200)))
    assert all(answer == answers[0] for answer in answers)
    assert cj.spent() == (1, 50)


async def test_a_product_with_everything_is_one_call(gateway: Gateway, cj: Reachable) -> None:
    """A product with variants, options, sizes and stock per warehouse is one call of 10 points."""
    (product,) = await some_products(gateway, 1)
    forget(cj)
    answer = await gateway.post(DETAIL, id=product)
    assert answer["data"]["product"]["inventory"] is not None
    assert told(answer) == cj.spent() == (1, 10)


async def test_stock_left_out_costs_one_more_call(gateway: Gateway, cj: Reachable) -> None:
    """Where CJ leaves the stock out of its product, it is asked for once more, and comes."""
    (product,) = await some_products(gateway, 1)
    complete = (await gateway.data(DETAIL, id=product))["product"]["inventory"]
    forget(cj)
    cj.simulator.options.omit_inventories = True
    try:
        (other,) = (await some_products(gateway, 2))[1:]
        answer = await gateway.post(DETAIL, id=other)
    finally:
        cj.simulator.options.omit_inventories = False
    assert complete
    assert answer["data"]["product"]["inventory"]
    assert told(answer) == cj.spent() == (2, 20)


async def test_ten_products_are_ten_calls(gateway: Gateway, cj: Reachable) -> None:
    """Ten products by id, with their variants, are ten calls of 10 points."""
    products = await some_products(gateway, 10)
    forget(cj)
    query = """query ($ids: [ID!]!) {
      nodes(ids: $ids) { id ... on Product { title variants { nodes { id sku price { amount } } } } }
    }"""
    answer = await gateway.post(query, ids=products)
    assert [node["id"] for node in answer["data"]["nodes"]] == products
    assert told(answer) == cj.spent() == (10, 100)


async def test_variants_of_one_product_are_one_call(gateway: Gateway, cj: Reachable) -> None:
    """Twenty variants of one product by their ids are one call: the ids carry their product's."""
    world = cj.simulator.world
    product = next(each for each in world.products if each.variant_count >= 20 and not each.taken_down)
    variants = [ids.variant_id("cj", product.pid, each.vid) for each in world.variants(product)[:20]]
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Variant { inventory { quantity } } } }"
    answer = await gateway.post(query, ids=variants)
    assert [node["id"] for node in answer["data"]["nodes"]] == variants
    assert told(answer) == cj.spent() == (1, 10)


async def test_two_aliases_of_one_search_are_one_call(gateway: Gateway, cj: Reachable) -> None:
    """Two aliases of one search that read other fields, one of them the description, are one call."""
    query = """{
      titles: products(search: {query: "bag", suppliers: ["cj"]}) { nodes { title } }
      texts: products(search: {query: "bag", suppliers: ["cj"]}) { nodes { description stock { total } } }
    }"""
    answer = await gateway.post(query)
    assert answer["data"]["texts"]["nodes"][0]["description"]
    assert told(answer) == cj.spent() == (1, 50)
