"""What a client may send by mistake or on purpose: each gets a clear typed answer, and nothing breaks."""

import base64
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway import ids
from tests.graphql.conftest import Gateway

PYTHONS_OWN_WORDS = (
    "Traceback",
    "object has no attribute",
    "NoneType",
    "codec",
    "padding",
    "Error(",
    "invalid literal",
    "expected str",
    "dataclass",
)


def errors_of(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """The errors of an answer, each checked for its form and its words."""
    errors: list[dict[str, Any]] = answer["errors"]
    for error in errors:
        assert error["message"].strip()
        assert not any(words in error["message"] for words in PYTHONS_OWN_WORDS), error["message"]
        assert {"code", "requestId"} <= error["extensions"].keys()
    return errors


SEARCHES = {
    "first: 0": "first: 0 is out of range; ask for 1 to 100",
    "first: -1": "first: -1 is out of range",
    "first: 1000": "first: 1000 is out of range",
    'search: {minPrice: "5", maxPrice: "3"}': "search.minPrice: 5 is above maxPrice 3",
    'search: {minPrice: "-5"}': "search.minPrice: -5 is below zero",
    'search: {query: ""}': "search.query: the text is empty",
    'search: {query: "   "}': "search.query: the text is empty",
    'search: {query: "' + "x" * 10_000 + '"}': "search.query: 10000 characters are too many; send 200",
    'search: {suppliers: ["nobody"]}': "there is no supplier 'nobody' here. Known are: cj, alibaba",
    "search: {suppliers: []}": "search.suppliers: the list is empty",
    'search: {shipsFrom: "XX"}': "'XX' is no country",
    'search: {shipsFrom: "Germany"}': "'Germany' is no country",
    "search: {minStock: -1}": "search.minStock: -1 is below zero",
    "search: {maxMinimumOrderQuantity: 0}": "search.maxMinimumOrderQuantity",
    'search: {categoryId: "nonsense"}': "is not an id of this gateway",
    f'search: {{categoryId: "{ids.product_id("cj", "1")}"}}': "this is the id of a product, a category's is",
    f'search: {{categoryId: "{ids.category_id("gone", "1")}"}}': "there is no supplier 'gone' here",
    'after: "nonsense"': "after: this is not a cursor of this list",
    'after: "W10"': "after: this is not a cursor of this list",
    'after: "ä"': "after: this is not a cursor of this list",
    'search: {minPrice: "NaN"}': "'NaN' is no decimal number",
    'search: {minPrice: "1e5"}': "'1e5' is no decimal number",
}


@pytest.mark.parametrize("arguments", SEARCHES, ids=lambda text: text[:40])
async def test_searches_that_make_no_sense(gateway: Gateway, arguments: str) -> None:
    """A search that makes no sense is refused with what is wrong and what to send instead."""
    errors = errors_of(await gateway.post(f"{{ products({arguments}) {{ totalCount }} }}"))
    assert [error["extensions"]["code"] for error in errors] == ["BAD_USER_INPUT"]
    assert SEARCHES[arguments] in errors[0]["message"]


async def test_a_cursor_belongs_to_its_search(gateway: Gateway) -> None:
    """A cursor of one search is refused on another, and says what to do."""
    query = """query ($words: String, $after: String) {
      products(search: {query: $words, suppliers: ["alibaba"]}, first: 1, after: $after) {
        pageInfo { endCursor }
      }
    }"""
    page = await gateway.data(query, words="lamp")
    after = page["products"]["pageInfo"]["endCursor"]
    errors = errors_of(await gateway.post(query, words="bag", after=after))
    assert "belongs to another search" in errors[0]["message"]


async def test_a_float_variable_is_not_exact(gateway: Gateway) -> None:
    """A floating point number where money is meant is refused, with the text to send instead."""
    query = "query ($low: Decimal) { products(search: {minPrice: $low}) { totalCount } }"
    errors = errors_of(await gateway.post(query, low=5.1))
    assert 'send "5.1" as text' in errors[0]["message"]


async def test_an_unsupported_filter_costs_the_others_nothing(gateway: Gateway) -> None:
    """A filter that one supplier lacks is named in its outcome; the other supplier's products come."""
    query = """{ products(search: {freeShipping: true}, first: 5) {
      nodes { supplier { code } }
      outcomes { supplier { code } status unsupportedFilters message }
    } }"""
    found = (await gateway.data(query))["products"]
    assert {node["supplier"]["code"] for node in found["nodes"]} == {"cj"}
    outcomes = {outcome["supplier"]["code"]: outcome for outcome in found["outcomes"]}
    assert outcomes["cj"]["status"] == "OK"
    assert outcomes["alibaba"]["status"] == "UNSUPPORTED"
    assert outcomes["alibaba"]["unsupportedFilters"] == ["freeShipping"]


async def test_a_category_belongs_to_one_supplier(gateway: Gateway) -> None:
    """A category of one supplier leaves the other with nothing, and says so."""
    tree = (await gateway.data('{ categories(supplier: "alibaba") { children { id } } }'))["categories"]
    query = """query ($category: ID) { products(search: {categoryId: $category}) {
      nodes { supplier { code } } outcomes { supplier { code } status unsupportedFilters }
    } }"""
    found = (await gateway.data(query, category=tree[0]["children"][0]["id"]))["products"]
    assert {node["supplier"]["code"] for node in found["nodes"]} == {"alibaba"}
    assert {outcome["status"] for outcome in found["outcomes"]} == {"OK", "UNSUPPORTED"}


@pytest.mark.parametrize(
    "lookup",
    [
        'ref: {supplier: "nobody", productId: "1"}',
        'ref: {supplier: "cj", productId: ""}',
        'sku: {supplier: "cj", sku: " "}',
        'url: "https://example.com/product/1"',
        'url: "not an address"',
        'id: "x"',
        f'id: "{ids.variant_id("cj", "1", "2")}"',
        'id: "x", url: "https://example.com"',
        "",
    ],
)
async def test_lookups_that_name_no_product(gateway: Gateway, lookup: str) -> None:
    """A lookup that cannot name a product is refused as bad input, or by GraphQL's own validation."""
    errors = errors_of(await gateway.post(f"{{ product(by: {{{lookup}}}) {{ id }} }}"))
    assert errors[0]["extensions"]["code"] in {"BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"}


async def test_things_that_are_not_there_are_null(gateway: Gateway) -> None:
    """Unknown suppliers, products and foreign ids are null without an error: nothing went wrong."""
    query = """query ($product: ID!, $foreign: ID!) {
      supplier(code: "nobody") { id }
      product(by: {ref: {supplier: "cj", productId: "1000000000000000001"}}) { id }
      node(id: $product) { id }
      nodes(ids: [$foreign, "nonsense", ""]) { id }
    }"""
    data = await gateway.data(
        query, product=ids.product_id("cj", "1000000000000000001"), foreign=ids.product_id("gone", "1")
    )
    assert data == {"supplier": None, "product": None, "node": None, "nodes": [None, None, None]}


BODIES: dict[str, bytes] = {
    "number": b"5",
    "null": b"null",
    "text": b'"x"',
    "true": b"true",
    "list": b"[]",
    "batch": b'[{"query": "{ suppliers { code } }"}]',
    "nothing": b"",
    "cut off": b'{"query": "{ suppl',
    "no query": b"{}",
    "null query": b'{"query": null}',
    "empty query": b'{"query": "  "}',
    "query of a number": b'{"query": 5}',
    "variables of text": b'{"query": "{ suppliers { code } }", "variables": "x"}',
    "operation name of a number": b'{"query": "{ suppliers { code } }", "operationName": 5}',
    "not UTF-8": b'{"query": "\xff\xfe"}',
    "deep": b'{"query": "{ suppliers { code } }", "variables": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "long number": b'{"query": "{ suppliers { code } }", "variables": {"x": ' + b"9" * 5000 + b"}}",
    "twelve megabytes": b'{"query": "' + b"x" * 12_000_000 + b'"}',
}


@pytest.mark.parametrize("body", BODIES)
async def test_bodies_that_are_no_query(gateway: Gateway, body: str) -> None:
    """A body that is not a query is refused with a client's error in JSON, never with a server's."""
    answer = await gateway.client.post(
        "/graphql", content=BODIES[body], headers={"content-type": "application/json"}
    )
    assert 400 <= answer.status_code < 500, answer.text
    errors_of(answer.json())


@pytest.mark.parametrize(
    "query",
    [
        "{",
        "{ nothing }",
        "{ suppliers }",
        "query A { suppliers { code } } query B { suppliers { code } }",
        "{ suppliers { ...Missing } }",
        "subscription { anything }",
        "{ products(first: five) { totalCount } }",
        "{ products(search: 5) { totalCount } }",
        "{ a" * 500,
        "# only a comment",
    ],
)
async def test_documents_that_are_wrong(gateway: Gateway, query: str) -> None:
    """A document that is wrong is refused before anything runs, in GraphQL's form."""
    answer = await gateway.client.post("/graphql", json={"query": query})
    assert answer.status_code in {200, 400}
    assert not answer.json().get("data")
    errors_of(answer.json())


async def test_half_a_surrogate_pair_breaks_nothing(gateway: Gateway) -> None:
    """Text that JSON can say and UTF-8 cannot is refused like any other wrong value."""
    query = "query ($sort: ProductSort!) { products(sort: $sort) { totalCount } }"
    for body in (
        {"query": query, "variables": {"sort": "\ud800"}},
        {"query": "{ suppliers { code } }", "operationName": "\ud800"},
    ):
        content = json.dumps(body).encode()
        answer = await gateway.client.post(
            "/graphql", content=content, headers={"content-type": "application/json"}
        )
        assert answer.status_code in {200, 400}
        errors_of(answer.json())


async def test_a_body_in_chunks_is_measured(gateway: Gateway) -> None:
    """A body that is too large is refused also when it announces no length."""

    async def chunks() -> AsyncIterator[bytes]:
        yield b'{"query": "{ suppliers { code } } '
        for _ in range(30):
            yield b"#" * 100_000
        yield b'"}'

    answer = await gateway.client.post(
        "/graphql", content=chunks(), headers={"content-type": "application/json"}
    )
    assert answer.status_code == 413
    errors_of(answer.json())


async def test_other_ways_in_are_refused(gateway: Gateway) -> None:
    """Another content type and another method are refused with what to use."""
    form = await gateway.client.post("/graphql", content=b"query=x", headers={"content-type": "text/plain"})
    assert form.status_code in {400, 415}
    errors_of(form.json())
    assert (await gateway.client.put("/graphql", json={})).status_code == 405


async def test_mutations_need_post(gateway: Gateway) -> None:
    """A mutation in an address is refused: following a link must change nothing."""
    query = 'mutation { importProduct(input: {productId: "x"}) { userErrors { code } } }'
    answer = await gateway.client.get("/graphql", params={"query": query})
    assert answer.status_code in {400, 405}
    errors_of(answer.json())


async def test_mutations_tell_people_what_is_wrong(gateway: Gateway) -> None:
    """What a person can act on is data: the field it is about, and what is missing at the supplier."""
    query = """mutation ($sample: ID!) {
      broken: importProduct(input: {productId: "x"}) { userErrors { __typename code message field } }
      refused: importProduct(input: {productId: $sample}) {
        userErrors { __typename ... on CapabilityMissing { supplier feature message } }
      }
      empty: requestSourcing(
        input: {supplier: "cj", productName: " ", imageUrl: "https://example.com/a.png"}
      ) { userErrors { __typename code field } }
      long: requestSourcing(
        input: {supplier: "cj", productName: "Lamp", imageUrl: "https://example.com/a.png", note: "%s"}
      ) { userErrors { field message } }
      nobody: requestSourcing(
        input: {supplier: "nobody", productName: "Lamp", imageUrl: "https://example.com/a.png"}
      ) { userErrors { field } }
    }""" % ("x" * 300)
    data = await gateway.data(query, sample=ids.product_id("alibaba", "1600000000118"))
    assert data["broken"]["userErrors"][0]["field"] == ["input", "productId"]
    assert data["refused"]["userErrors"][0]["supplier"] == "alibaba"
    assert data["empty"]["userErrors"][0]["field"] == ["input", "productName"]
    assert "300 characters are too many" in data["long"]["userErrors"][0]["message"]
    assert data["nobody"]["userErrors"][0]["field"] == ["input", "supplier"]


garbage = st.one_of(
    st.text(max_size=80), st.binary(max_size=60).map(lambda raw: base64.urlsafe_b64encode(raw).decode())
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=garbage)
async def test_no_garbage_breaks_ids_or_cursors(gateway: Gateway, text: str) -> None:
    """Whatever stands where an id or a cursor should is null or bad input, never a fault of ours."""
    query = """query ($id: ID!, $after: String) {
      node(id: $id) { id }
      product(by: {id: $id}) { id }
      products(search: {suppliers: ["alibaba"]}, first: 1, after: $after) { totalCount }
    }"""
    answer = await gateway.client.post(
        "/graphql", json={"query": query, "variables": {"id": text, "after": text}}
    )
    assert answer.status_code == 200
    for error in errors_of(answer.json()):
        assert error["extensions"]["code"] == "BAD_USER_INPUT"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda children: (
        st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=8), children, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=json_values,
    members=st.dictionaries(
        st.sampled_from(["query", "variables", "operationName", "extensions"]), json_values
    ),
)
async def test_no_body_breaks_the_door(gateway: Gateway, body: Any, members: dict[str, Any]) -> None:
    """Whatever JSON is posted, the answer is JSON and never a server error."""
    for content in (body, members):
        answer: httpx.Response = await gateway.client.post(
            "/graphql", content=json.dumps(content), headers={"content-type": "application/json"}
        )
        assert answer.status_code < 500
        assert isinstance(answer.json(), dict)
