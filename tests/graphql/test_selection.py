"""What nobody asked for costs nothing, and how old an answer may be depends on what is read from it."""

from tests.graphql.conftest import Gateway, OpenGateway, Reachable

LISTED = """query ($skip: Boolean!) { products(search: {suppliers: ["cj"]}, first: 5) { nodes {
  title %s
} } }"""


async def test_what_is_skipped_is_not_fetched(gateway: Gateway, cj: Reachable) -> None:
    """A field left out by @skip or @include costs no product call; the same field let in costs one each."""
    query = LISTED % "variants @skip(if: $skip) { totalCount } images @include(if: false)"
    await gateway.data(query, skip=True)
    assert cj.spent() == (1, 50)
    await gateway.data(query, skip=False)
    assert cj.spent() == (6, 100)


async def test_several_details_are_one_call(gateway: Gateway, cj: Reachable) -> None:
    """Whatever a search leaves out of a product comes together, in one call for each product."""
    details = """variants @skip(if: $skip) { nodes { sku inventory { quantity } } } inventory { quantity }
      hsCode materials images weight { grams } suggestedRetailPrice { min { amount } }"""
    query = LISTED % details
    await gateway.data(query, skip=False)
    assert cj.spent() == (6, 100)


async def test_fragments_count_as_what_is_in_them(gateway: Gateway, cj: Reachable) -> None:
    """A description asked for through nested fragments comes with the search itself."""
    query = """
      query { products(search: {suppliers: ["cj"]}, first: 5) { nodes { ...Card } } }
      fragment Card on Product { title ...Text }
      fragment Text on Product { ... on Product { description } }
    """
    nodes = (await gateway.data(query))["products"]["nodes"]
    assert all(node["description"] for node in nodes)
    assert cj.spent() == (1, 50)


async def test_fragments_spread_often_are_read_once(gateway: Gateway) -> None:
    """A document whose fragments double at each of 22 levels is answered, not chewed for minutes."""
    levels = 22
    fragments = " ".join(
        f"fragment F{n} on Product {{ ...F{n + 1} ... on Product {{ ...F{n + 1} }} }}" for n in range(levels)
    )
    query = (
        '{ products(search: {suppliers: ["alibaba"]}, first: 1) { nodes { ...F0 } } } '
        f"{fragments} fragment F{levels} on Product {{ title }}"
    )
    answer = await gateway.client.post("/graphql", json={"query": query}, timeout=20)
    assert answer.json()["data"]["products"]["nodes"][0]["title"]


async def test_a_list_costs_what_a_search_tells(gateway: Gateway, cj: Reachable) -> None:
    """Every field that a search brings along comes with it: no product of the page is asked for."""
    query = """{ products(search: {suppliers: ["cj"]}, first: 50) { nodes {
      id supplier { code name mode } supplierProductId sku title url imageUrl category { id name path }
      price { min { amount currencyCode } max { amount } } listPrice { min { amount } } minimumOrderQuantity
      freeShipping listedCount inStock stock { total verified unverified } imported
      deliveryEstimate { min max } provenance { asOf source staleAfter } description
    } } }"""
    answer = await gateway.post(query)
    assert "errors" not in answer
    assert answer["extensions"]["upstream"]["cj"]["calls"] == 1
    assert cj.spent() == (1, 50)


async def test_what_is_known_here_costs_nothing(gateway: Gateway, cj: Reachable) -> None:
    """Suppliers with their features, terms, budget and health, and the sample's goods, cost no call."""
    query = """{
      suppliers { code capabilities { feature } terms { api } budget { pointsRemaining } health { status } }
      products(search: {suppliers: ["alibaba"]}) {
        nodes { images materials inventory { quantity } variants { nodes { sku } } }
      }
    }"""
    answer = await gateway.post(query)
    assert answer["extensions"]["upstream"] == {}
    assert cj.spent() == (0, 0)


async def test_each_fact_has_its_own_age(open_gateway: OpenGateway, cj: Reachable) -> None:
    """A title is served from an answer that is too old for its stock; asking for stock reads it again."""
    ages = {"GATEWAY_FRESH_SECONDS_STOCK": "0", "GATEWAY_STALE_SECONDS_STOCK": "0"}
    titles = '{ products(search: {suppliers: ["cj"]}, first: 2) { nodes { title provenance { source } } } }'
    stocks = titles.replace("title", "title stock { total }")
    async with open_gateway(**ages) as gateway:
        await gateway.data(titles)
        again = await gateway.data(titles)
        assert {node["provenance"]["source"] for node in again["products"]["nodes"]} == {"CACHE"}
        assert cj.spent() == (1, 50)
        fresh = await gateway.data(stocks)
        assert {node["provenance"]["source"] for node in fresh["products"]["nodes"]} == {"LIVE"}
        assert cj.spent() == (2, 100)
