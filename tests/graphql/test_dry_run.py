"""The price tag of a query: it says what the query costs right after, and asking for it costs nothing."""

import re
from dataclasses import replace
from typing import Any

import pytest

from gateway import ids, services
from providers import declaring, model
from providers.cj.simulator import Fault, World
from providers.skeleton import Skeleton
from providers.upstream import Ask, Fetched
from tests.graphql.conftest import Gateway, OpenGateway, Reachable, errors_of, open_over
from tests.graphql.test_figures import DETAIL, SEARCH
from tests.pipelines import DECLARATION, Process, Supplier, bench
from tests.pipelines import product as product_call

FIVE_DETAILS = """{ products(search: {suppliers: ["cj"]}, first: 5) { nodes {
  title hsCode variants { nodes { sku inventory { quantity } } }
} } }"""


def listed(world: World, count: int) -> list[str]:
    """Global ids of products that are sold."""
    sold = [each for each in world.products if not each.taken_down]
    return [ids.product_id("cj", each.pid) for each in sold[:count]]


def variants(world: World, count: int) -> list[str]:
    """Global ids of so many variants of one product."""
    product = next(each for each in world.products if each.variant_count >= count and not each.taken_down)
    return [ids.variant_id("cj", product.pid, each.vid) for each in world.variants(product)[:count]]


def stocked_in(world: World, country: str) -> str:
    """Global id of a variant of which some lie in a country."""
    for product in world.products:
        for variant in world.variants(product):
            if not product.taken_down and world.total(variant, country).total > 0:
                return ids.variant_id("cj", product.pid, variant.vid)
    raise LookupError(country)


def native_variant(world: World) -> str:
    """The supplier's own id of some variant."""
    return world.variants(next(each for each in world.products if not each.taken_down))[0].vid


async def priced(gateway: Gateway, query: str, **variables: Any) -> dict[str, Any]:
    """The price of a query, by supplier; the rest of the answer as it always has to be."""
    answer = await ask_price(gateway, query, **variables)
    assert answer.keys() == {"data", "extensions"}, answer
    assert answer["data"] is None
    assert answer["extensions"].keys() == {"upstream", "dryRun"}
    assert answer["extensions"]["upstream"] == {}
    tags: dict[str, Any] = answer["extensions"]["dryRun"]
    return tags


async def ask_price(gateway: Gateway, query: str, dry_run: Any = True, **variables: Any) -> dict[str, Any]:
    """The whole answer to a request with `dryRun`."""
    body = {"query": query, "variables": variables, "extensions": {"dryRun": dry_run}}
    answer = await gateway.client.post("/graphql", json=body)
    assert answer.status_code == 200, answer.text
    parsed: dict[str, Any] = answer.json()
    return parsed


def figures(by_supplier: dict[str, Any]) -> dict[str, tuple[int, int]]:
    """Calls and points, of a price or of what an answer says that it cost."""
    return {code: (each["calls"], each["points"]) for code, each in by_supplier.items()}


QUERIES: dict[str, tuple[str, Any, dict[str, tuple[int, int]]]] = {
    "search page": (SEARCH, lambda _: {}, {"cj": (1, 50)}),
    "search and five products": (FIVE_DETAILS, lambda _: {}, {"cj": (6, 100)}),
    "search over both suppliers, and their details": (
        '{ products(search: {query: "lamp"}, first: 6) { nodes { materials } } }',
        lambda _: {},
        {"cj": (5, 90)},
    ),
    "two aliases of one search": (
        """{
          titles: products(search: {query: "bag", suppliers: ["cj"]}) { nodes { title } }
          texts: products(search: {query: "bag", suppliers: ["cj"]}) { nodes { description stock { total } } }
        }""",
        lambda _: {},
        {"cj": (1, 50)},
    ),
    "product with everything": (DETAIL, lambda world: {"id": listed(world, 1)[0]}, {"cj": (1, 10)}),
    "ten products": (
        "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Product { variants { nodes { sku } } } } }",
        lambda world: {"ids": listed(world, 10)},
        {"cj": (10, 100)},
    ),
    "twenty variants of one product": (
        "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Variant { sku inventory { quantity } } } }",
        lambda world: {"ids": variants(world, 20)},
        {"cj": (1, 10)},
    ),
    "variant by the supplier's id, and its product": (
        """query ($vid: String!) {
          variant(by: {ref: {supplier: "cj", variantId: $vid}}) { sku product { inventory { quantity } } }
        }""",
        lambda world: {"vid": native_variant(world)},
        {"cj": (2, 20)},
    ),
    "variant by its id, and its product's reviews": (
        "query ($id: ID!) { variant(by: {id: $id}) { product { title reviews { nodes { text } } } } }",
        lambda world: {"id": variants(world, 1)[0]},
        {"cj": (2, 10)},
    ),
    "categories": ('{ categories(supplier: "cj") { name } }', lambda _: {}, {"cj": (1, 0)}),
    "warehouses": ("{ suppliers { warehouses { name } } }", lambda _: {}, {"cj": (1, 0)}),
    "quotes of a variant": (
        """query ($id: ID!) {
          variant(by: {id: $id}) { quotes(shipTo: {country: "DE"}) { quotes { shippingMethod } } }
        }""",
        lambda world: {"id": variants(world, 1)[0]},
        {"cj": (2, 20)},
    ),
    "quotes of a basket": (
        """query ($ids: [QuoteLineInput!]!) {
          quotes(input: {lines: $ids, shipTo: {country: "US"}}) { quotes { landedCost { amount } } }
        }""",
        lambda world: {"ids": [{"variantId": each, "quantity": 2} for each in variants(world, 2)]},
        {"cj": (2, 20)},
    ),
    "quotes from a named country": (
        """query ($id: ID!) {
          quotes(input: {lines: [{variantId: $id}], shipTo: {country: "US"}, shipFrom: "US"}) {
            quotes { landedCost { amount } }
          }
        }""",
        lambda world: {"id": stocked_in(world, "US")},
        {"cj": (2, 20)},
    ),
    "comparison by words": (
        """{ compare(input: {query: "bag", shipTo: {country: "US"}}) {
          offers { rank quote { landedCost { amount } } }
        } }""",
        lambda _: {},
        {"cj": (7, 110)},
    ),
    "comparison of variants": (
        """query ($ids: [ID!]!) {
          compare(input: {variantIds: $ids, shipTo: {country: "US"}}) { offers { rank } outcomes { status } }
        }""",
        lambda world: {"ids": variants(world, 1)},
        {"cj": (2, 20)},
    ),
    "suppliers alone": ("{ suppliers { code mode budget { pointsRemaining } } }", lambda _: {}, {}),
    "sample alone": (
        '{ products(search: {suppliers: ["alibaba"]}) { nodes { variants { nodes { sku } } } } }',
        lambda _: {},
        {},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", QUERIES)
async def test_the_tag_is_what_it_costs(gateway: Gateway, cj: Reachable, name: str) -> None:
    """Of a gateway that was asked nothing yet, and again right after, each query costs what its tag says."""
    query, variables_of, expected = QUERIES[name]
    variables = variables_of(cj.simulator.world)
    for price in (expected, dict.fromkeys(expected, (0, 0))):
        before = cj.spent()
        tags = await priced(gateway, query, **variables)
        assert figures(tags) == price
        asks_freight = price == expected and ("quotes(" in query or "compare(" in query)
        for tag in tags.values():
            assert tag["complete"]
            assert (tag["message"] or "").startswith("Where nothing goes") is asks_freight
        assert cj.spent() == before
        assert figures((await gateway.post(query, **variables))["extensions"]["upstream"]) == price


async def test_what_is_kept_is_not_priced(gateway: Gateway, cj: Reachable) -> None:
    """After the search alone was run, the tag of search and details has the details left."""
    await gateway.post(SEARCH)
    before = cj.spent()
    tags = await priced(gateway, FIVE_DETAILS)
    assert figures(tags) == {"cj": (5, 50)}
    assert cj.spent() == before
    assert figures((await gateway.post(FIVE_DETAILS))["extensions"]["upstream"]) == figures(tags)


async def test_own_products(gateway: Gateway, cj: Reachable) -> None:
    """The account's own list costs what its tag says, where there is something on it."""
    mutation = "mutation ($id: ID!) { importProduct(input: {productId: $id}) { userErrors { message } } }"
    await gateway.post(mutation, id=listed(cj.simulator.world, 1)[0])
    query = '{ importedProducts(supplier: "cj") { nodes { title } } }'
    before, tags = cj.spent(), await priced(gateway, query)
    assert cj.spent() == before
    real = await gateway.post(query)
    assert len(real["data"]["importedProducts"]["nodes"]) == 1
    assert figures(tags) == figures(real["extensions"]["upstream"]) == {"cj": (1, 0)}


async def test_a_page_further_on(gateway: Gateway, cj: Reachable, open_gateway: OpenGateway) -> None:
    """A page behind a cursor costs the supplier's page on which it stands, wherever nothing is kept of it."""
    after = (await gateway.data(SEARCH))["products"]["pageInfo"]["endCursor"]
    async with open_gateway() as other:
        before = cj.spent()
        tags = await priced(other, SEARCH, after=after)
        assert cj.spent() == before
        real = await other.post(SEARCH, after=after)
    assert figures(tags) == figures(real["extensions"]["upstream"]) == {"cj": (1, 50)}


async def test_seconds_are_at_the_accounts_pace(open_gateway: OpenGateway) -> None:
    """At one call a second, six calls have five seconds between them; a query without calls takes none."""
    async with open_gateway(CJ_REQUESTS_PER_SECOND="1") as gateway:
        seconds = (await priced(gateway, FIVE_DETAILS))["cj"]["seconds"]
        await gateway.post('{ categories(supplier: "cj") { name } }')
        free = await priced(gateway, '{ categories(supplier: "cj") { name } }')
    assert 5 <= seconds < 7
    assert free["cj"] == {"calls": 0, "points": 0, "seconds": 0, "complete": True, "message": None}


async def test_more_than_the_deadline_lets_through(open_gateway: OpenGateway) -> None:
    """What takes longer than an answer may is priced whole, and says how much comes of it and what to do."""
    pace = {"CJ_REQUESTS_PER_SECOND": "1", "GATEWAY_READ_DEADLINE_SECONDS": "3"}
    async with open_gateway(**pace) as gateway:
        long = (await priced(gateway, FIVE_DETAILS))["cj"]
        short = (await priced(gateway, SEARCH))["cj"]
    assert (long["calls"], long["points"], long["complete"]) == (6, 100, True)
    assert re.search(
        r"about [23] of 6 calls fit into the 3 seconds .* Ask for fewer products.* ask again later",
        long["message"],
    )
    assert (short["calls"], short["message"]) == (1, None)


async def test_where_nothing_goes(gateway: Gateway, cj: Reachable) -> None:
    """The price of freight says what asking twice costs, and that is what it costs where nothing ships."""
    query = """query ($id: ID!) {
      quotes(input: {lines: [{variantId: $id}], shipTo: {country: "CN"}, shipFrom: "US"}) {
        problems { code }
      }
    }"""
    variant = stocked_in(cj.simulator.world, "US")
    tag = (await priced(gateway, query, id=variant))["cj"]
    assert "up to 1 call and 10 points more" in tag["message"]
    answer = await gateway.post(query, id=variant)
    assert answer["data"]["quotes"]["problems"] == [{"code": "NO_SHIPPING"}]
    assert figures(answer["extensions"]["upstream"]) == {"cj": (tag["calls"] + 1, tag["points"] + 10)}


async def test_more_than_is_left(open_gateway: OpenGateway) -> None:
    """A query that costs more points than are left is priced, and says so."""
    async with open_gateway(CJ_POINTS_PER_DAY="80") as gateway:
        tag = (await priced(gateway, FIVE_DETAILS))["cj"]
    assert (tag["calls"], tag["points"], tag["complete"]) == (6, 100, True)
    assert "points are left" in tag["message"]


async def test_a_supplier_that_is_left_alone(gateway: Gateway, cj: Reachable) -> None:
    """The price of asking a supplier that is left alone after failures says that it costs nothing now."""
    cj.simulator.faults.add(Fault("status", "*/listV2", params={"status": 502}))
    page = 'products(search: {query: "%s", suppliers: ["cj"]}) { nodes { id } }'
    await gateway.post(f"{{ one: {page % 'bag'} other: {page % 'lamp'} }}")
    tag = (await priced(gateway, '{ categories(supplier: "cj") { name } }'))["cj"]
    assert (tag["calls"], tag["complete"]) == (1, True)
    assert "left alone" in tag["message"]


async def test_over_get(gateway: Gateway, cj: Reachable) -> None:
    """The address can ask for a price, too."""
    parameters = {"query": FIVE_DETAILS, "extensions": '{"dryRun": true}'}
    answer = (await gateway.client.get("/graphql", params=parameters)).json()
    assert answer["data"] is None
    assert figures(answer["extensions"]["dryRun"]) == {"cj": (6, 100)}
    assert cj.spent() == (0, 0)


async def test_false_is_an_ordinary_request(gateway: Gateway) -> None:
    """`dryRun: false` runs the query and says nothing about prices."""
    answer = await ask_price(gateway, "{ suppliers { code } }", dry_run=False)
    assert answer["data"]["suppliers"]
    assert "dryRun" not in answer["extensions"]


async def test_neither_true_nor_false(gateway: Gateway, cj: Reachable) -> None:
    """Anything but true and false is refused in words, and nothing is run or priced."""
    values: list[Any] = ["true", 1, None, {}, []]
    for value in values:
        answer = await ask_price(gateway, SEARCH, dry_run=value)
        (error,) = errors_of(answer)
        assert error["extensions"]["code"] == "BAD_USER_INPUT"
        assert error["message"] == "extensions.dryRun must be true or false."
        assert answer["data"] is None
        assert "dryRun" not in answer["extensions"]
    assert cj.spent() == (0, 0)


async def test_mutations_are_refused(gateway: Gateway, cj: Reachable) -> None:
    """A mutation is neither priced nor run."""
    mutation = """mutation ($id: ID!) {
      importProduct(input: {productId: $id}) { product { id } userErrors { message } }
    }"""
    answer = await ask_price(gateway, mutation, id=listed(cj.simulator.world, 1)[0])
    (error,) = errors_of(answer)
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "queries only" in error["message"]
    assert cj.spent() == (0, 0)


async def test_what_is_wrong_is_told(gateway: Gateway, cj: Reachable) -> None:
    """What is wrong with a query is told beside the price of the rest; an invalid one has no price."""
    wrong = 'query { many: products(first: 999) { nodes { id } } categories(supplier: "cj") { name } }'
    answer = await ask_price(gateway, wrong)
    (error,) = errors_of(answer)
    assert (error["extensions"]["code"], error["path"]) == ("BAD_USER_INPUT", ["many"])
    assert figures(answer["extensions"]["dryRun"]) == {"cj": (1, 0)}
    invalid = await ask_price(gateway, "{ nonsense }")
    assert errors_of(invalid)[0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
    assert "dryRun" not in invalid["extensions"]
    assert cj.spent() == (0, 0)


async def test_deferred_parts_are_priced_with_the_rest(gateway: Gateway, cj: Reachable) -> None:
    """A query whose parts would come later is priced at once and whole, for whoever takes parts, too."""
    deferred = FIVE_DETAILS.replace("title hsCode", "title ... @defer { hsCode }")
    body = {"query": deferred, "extensions": {"dryRun": True}}
    headers = {"accept": "multipart/mixed;deferSpec=20220824, application/json"}
    answer = await gateway.client.post("/graphql", json=body, headers=headers)
    assert answer.headers["content-type"].startswith("application/json")
    assert figures(answer.json()["extensions"]["dryRun"]) == {"cj": (6, 100)}
    assert cj.spent() == (0, 0)


class Unimaginative(Skeleton):
    """A supplier whose calls cannot imagine their answers."""

    def __init__(self, process: Process) -> None:
        supported = declaring.Capability(declaring.Feature.PRODUCT_DETAIL, declaring.Support.SUPPORTED)
        super().__init__(replace(DECLARATION, capabilities=(supported,)))
        self._process = process

    async def product(self, product_id: str, ask: Ask) -> Fetched[model.Product]:
        """As the pipeline has it."""
        return await self._process.pipeline.fetch(product_call(int(product_id)), ask)


async def test_what_cannot_be_priced_is_named() -> None:
    """Where an answer cannot be imagined, the price says that it is incomplete, and of what."""
    supplier = Supplier()
    async with bench() as on:
        process = await on.process(supplier)
        query = '{ product(by: {ref: {supplier: "acme", productId: "1"}}) { title } }'
        async with open_over(services.Supplier(Unimaginative(process), process.pipeline)) as gateway:
            tag = (await priced(gateway, query))["acme"]
    assert (tag["calls"], tag["points"], tag["complete"]) == (1, 10, False)
    assert "product.get" in tag["message"]
    assert supplier.calls == 0
