"""What holds for the whole schema, and for each of its kinds of thing."""

from collections.abc import Iterator
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    build_schema,
    is_specified_scalar_type,
)

from gateway.schema import schema
from providers.declaring import Feature
from tests.graphql.conftest import RATE, Gateway, Reachable

BUILT = build_schema(schema.as_str())


def described() -> Iterator[tuple[str, str | None]]:
    """Every element of the schema by its path, and its description."""
    for name, kind in BUILT.type_map.items():
        if name.startswith("__") or is_specified_scalar_type(kind):
            continue
        yield name, kind.description
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            for field_name, field in kind.fields.items():
                yield f"{name}.{field_name}", field.description
                for argument_name, argument in field.args.items():
                    yield f"{name}.{field_name}({argument_name})", argument.description
        if isinstance(kind, GraphQLInputObjectType):
            for field_name, entry in kind.fields.items():
                yield f"{name}.{field_name}", entry.description
        if isinstance(kind, GraphQLEnumType):
            for value_name, value in kind.values.items():
                yield f"{name}.{value_name}", value.description


def test_everything_is_described() -> None:
    """Every type, field, argument and enum value has a description."""
    assert [path for path, description in described() if not (description or "").strip()] == []


def test_scalars_name_their_specification() -> None:
    """Every scalar of ours points to what specifies it."""
    ours = [
        kind
        for kind in BUILT.type_map.values()
        if isinstance(kind, GraphQLScalarType) and not is_specified_scalar_type(kind)
    ]
    assert {kind.name for kind in ours} >= {"Decimal", "DateTime", "URL", "CountryCode", "CurrencyCode"}
    assert all(kind.specified_by_url for kind in ours)


def test_roots_are_nullable() -> None:
    """No field of Query or Mutation is non-null: one failure never blanks its neighbours."""
    for root in (BUILT.query_type, BUILT.mutation_type):
        assert root is not None
        assert [name for name, field in root.fields.items() if isinstance(field.type, GraphQLNonNull)] == []


async def test_every_kind_of_node_is_found_again(gateway: Gateway) -> None:
    """Whatever has a global id is found again by it, as the same kind of thing."""
    query = """{
      suppliers { id __typename warehouses { id __typename } }
      products(first: 1) { nodes { id __typename category { id __typename } } }
      alibaba: products(search: {suppliers: ["alibaba"]}, first: 1) {
        nodes { id __typename variants(first: 1) { nodes { id __typename } } }
      }
      categories(supplier: "cj") { id __typename children { id __typename children { id __typename } } }
    }"""
    found: dict[str, str] = {}
    collect(await gateway.data(query), found)
    made = await gateway.data("""mutation { requestSourcing(
      input: {supplier: "cj", productName: "Lamp", imageUrl: "https://example.com/lamp.png"}
    ) { sourcing { id __typename status } userErrors { message } } }""")
    collect(made, found)
    assert set(found.values()) == {
        "Supplier",
        "Warehouse",
        "Product",
        "Category",
        "Variant",
        "SourcingRequest",
    }
    several = list(found)[:99]
    again = await gateway.data("query ($ids: [ID!]!) { nodes(ids: $ids) { id __typename } }", ids=several)
    assert again["nodes"] == [{"id": each, "__typename": found[each]} for each in several]


def collect(value: Any, found: dict[str, str]) -> None:
    """Every id in an answer with the kind of thing it names."""
    if isinstance(value, dict):
        if "id" in value:
            found[value["id"]] = value["__typename"]
        for each in value.values():
            collect(each, found)
    elif isinstance(value, list):
        for each in value:
            collect(each, found)


async def test_suppliers_stand_side_by_side(gateway: Gateway) -> None:
    """Each supplier shows its mode, every feature once, terms, and a quota where it has one."""
    query = """{ suppliers {
      code name homepage mode
      capabilities { feature support note } terms { api minimumOrder returns webhooks }
      budget { requestsPerSecond pointsPerDay pointsRemaining resetsAt queueDepth estimatedWaitMs }
      health { status lastSuccessAt circuit }
    } }"""
    cj, alibaba = (await gateway.data(query))["suppliers"]
    assert (cj["mode"], alibaba["mode"]) == ("SIMULATED", "SAMPLE")
    for supplier in (cj, alibaba):
        assert [each["feature"] for each in supplier["capabilities"]] == [
            feature.value for feature in Feature
        ]
        assert all(supplier["terms"].values())
    assert cj["budget"]["requestsPerSecond"] == float(RATE)
    assert cj["budget"]["pointsPerDay"] == 50_000
    assert alibaba["budget"] is None


async def test_prices_by_quantity(gateway: Gateway) -> None:
    """Tiers are ascending and open; where price does not depend on quantity there is one."""
    query = """{ products(first: 6) { nodes {
      supplier { code } minimumOrderQuantity
      variants { nodes { price { amount currencyCode } priceTiers {
        minimumQuantity maximumQuantity unitPrice { amount }
      } } }
    } } }"""
    nodes = (await gateway.data(query))["products"]["nodes"]
    assert {node["supplier"]["code"] for node in nodes} == {"cj", "alibaba"}
    for node in nodes:
        for variant in node["variants"]["nodes"]:
            tiers = variant["priceTiers"]
            assert tiers[0]["unitPrice"]["amount"] == variant["price"]["amount"]
            assert tiers[-1]["maximumQuantity"] is None
            if node["supplier"]["code"] == "cj":
                assert len(tiers) == 1


async def test_product_stock_is_the_sum_of_its_variants(gateway: Gateway) -> None:
    """A product's inventory, its summary and its variants' inventories add up to the same."""
    query = """{ products(search: {suppliers: ["cj"]}, first: 5) { nodes {
      stock { total verified unverified } inStock inventory { quantity countryCode }
      variants(first: 100) { nodes { inventory { quantity warehouse { id name city } } } }
    } } }"""
    for node in (await gateway.data(query))["products"]["nodes"]:
        total = sum(level["quantity"] for level in node["inventory"])
        levels = [level for variant in node["variants"]["nodes"] for level in variant["inventory"]]
        assert sum(level["quantity"] for level in levels) == total == node["stock"]["total"]
        assert node["stock"]["verified"] + node["stock"]["unverified"] == total
        assert node["inStock"] is (total > 0)


async def test_one_product_by_every_name(gateway: Gateway) -> None:
    """Id, reference and SKU lead to the same product; so does a variant's SKU."""
    found = await gateway.data("""{ products(search: {suppliers: ["cj"]}, first: 1) { nodes {
      id supplierProductId sku variants(first: 1) { nodes { id supplierVariantId sku } }
    } } }""")
    product = found["products"]["nodes"][0]
    variant = product["variants"]["nodes"][0]
    query = """query ($id: ID!, $pid: String!, $spu: String!, $sku: String!, $vid: String!, $variant: ID!) {
      byId: product(by: {id: $id}) { id }
      byRef: product(by: {ref: {supplier: "cj", productId: $pid}}) { id }
      bySku: product(by: {sku: {supplier: "cj", sku: $spu}}) { id }
      byVariantSku: product(by: {sku: {supplier: "cj", sku: $sku}}) { id }
      variantById: variant(by: {id: $variant}) { id product { id } }
      variantByRef: variant(by: {ref: {supplier: "cj", variantId: $vid}}) {
        id product { id } inventory { quantity }
      }
      variantBySku: variant(by: {sku: {supplier: "cj", sku: $sku}}) { id product { id } }
    }"""
    data = await gateway.data(
        query,
        id=product["id"],
        pid=product["supplierProductId"],
        spu=product["sku"],
        sku=variant["sku"],
        vid=variant["supplierVariantId"],
        variant=variant["id"],
    )
    for name, answer in data.items():
        expected = variant if name.startswith("variant") else product
        assert answer["id"] == expected["id"], name
        assert answer.get("product", {"id": product["id"]})["id"] == product["id"]


async def test_places_that_goods_leave_from(gateway: Gateway, cj: Reachable) -> None:
    """Areas come as a list, the warehouses below a stock answer one by one, each found again by its id."""
    areas = (
        await gateway.data("""{ supplier(code: "cj") { warehouses {
      id name countryCode city carriers supplier { code } supplierWarehouseId
    } } }""")
    )["supplier"]["warehouses"]
    assert len({area["id"] for area in areas}) == len(areas) > 1
    assert all(area["name"] and area["supplier"]["code"] == "cj" for area in areas)
    found = await gateway.data("""{ products(search: {suppliers: ["cj"], shipsFrom: "US"}, first: 1) { nodes {
      inventory { countryCode quantity supplierHeld factoryHeld verified warehouse { id } }
    } } }""")
    levels = found["products"]["nodes"][0]["inventory"]
    held = [level for level in levels if level["supplierHeld"] is not None]
    assert all(level["supplierHeld"] + level["factoryHeld"] == level["quantity"] for level in held)
    houses = list({level["warehouse"]["id"] for level in levels if level["warehouse"]})
    assert houses
    cj.simulator.ledger.clear()
    again = await gateway.data(
        "query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Warehouse { name city carriers } } }",
        ids=houses,
    )
    assert [node["id"] for node in again["nodes"]] == houses
    assert all(node["name"] and node["city"] for node in again["nodes"])
    assert cj.spent()[1] == 0, "warehouses cost no points"


async def test_health_follows_what_happens(gateway: Gateway) -> None:
    """A supplier's health is unknown before the first answer, and up with its time after one."""
    query = '{ supplier(code: "cj") { health { status lastSuccessAt circuit } budget { pointsRemaining } } }'
    before = (await gateway.data(query))["supplier"]
    await gateway.data('{ products(search: {suppliers: ["cj"]}) { totalCount } }')
    after = (await gateway.data(query))["supplier"]
    assert before["health"] == {"status": "UNKNOWN", "lastSuccessAt": None, "circuit": "CLOSED"}
    assert after["health"]["status"] == "UP"
    assert after["health"]["lastSuccessAt"].endswith("Z")
    assert before["budget"]["pointsRemaining"] - after["budget"]["pointsRemaining"] == 50


async def test_pictures_can_be_fetched(open_gateway: Any) -> None:
    """Pictures of simulated and sample goods are served by the gateway itself."""
    async with open_gateway(
        GATEWAY_PROVIDERS="cj,alibaba", CJ_BASE_URL="", CJ_REQUESTS_PER_SECOND="10"
    ) as gateway:
        data = await gateway.data("{ products(first: 6) { nodes { imageUrl supplier { code } } } }")
        for node in data["products"]["nodes"]:
            path = node["imageUrl"].removeprefix(gateway.services.settings.base_url)
            answer = await gateway.client.get(path)
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith("image/svg+xml")
