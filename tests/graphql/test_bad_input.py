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
from tests.graphql.conftest import Gateway, Reachable, errors_of

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
    'search: {shipsFrom: "XX"}': '"XX" is no country: send two letters as in ISO 3166-1, such as "DE"',
    'search: {shipsFrom: "Germany"}': '"Germany" is no country',
    "search: {shipsFrom: 49}": '"49" is no country',
    "search: {minStock: -1}": "search.minStock: -1 is below zero",
    "search: {maxMinimumOrderQuantity: 0}": "search.maxMinimumOrderQuantity",
    'search: {query: "a\\u0000b"}': "search.query: the text has characters that cannot be printed",
    'search: {categoryId: ""}': "search.categoryId: '' is not an id of this gateway",
    'search: {categoryId: "nonsense"}': "search.categoryId: 'nonsense' is not an id of this gateway",
    f'search: {{categoryId: "{ids.product_id("cj", "1")}"}}': "this is the id of a product; send that of",
    f'search: {{categoryId: "{ids.category_id("gone", "1")}"}}': "there is no supplier 'gone' here",
    'after: "nonsense"': "after: this is not a cursor of this list",
    'after: "W10"': "after: this is not a cursor of this list",
    'after: "ä"': "after: this is not a cursor of this list",
    'search: {minPrice: "NaN"}': '"NaN" is no decimal number: send text such as "12.50"',
    'search: {minPrice: "1e5"}': '"1e5" is no decimal number',
    "search: {minPrice: true}": "true is no decimal number",
    "search: {minPrice: [5]}": "is no decimal number",
}


@pytest.mark.parametrize("arguments", SEARCHES, ids=lambda text: text[:40])
async def test_searches_that_make_no_sense(door: Gateway, arguments: str) -> None:
    """A search that makes no sense is refused with what is wrong and what to send instead."""
    errors = errors_of(await door.post(f"{{ products({arguments}) {{ totalCount }} }}"))
    assert [error["extensions"]["code"] for error in errors] == ["BAD_USER_INPUT"]
    assert SEARCHES[arguments] in errors[0]["message"]
    assert errors[0]["locations"], "a refusal names the place in the document"


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


async def test_a_float_variable_is_not_exact(door: Gateway) -> None:
    """A floating point number where money is meant is refused, with the text to send instead."""
    query = "query ($low: Decimal) { products(search: {minPrice: $low}) { totalCount } }"
    errors = errors_of(await door.post(query, low=5.1))
    assert errors[0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert "$low" in errors[0]["message"]
    assert 'send "5.1" as text' in errors[0]["message"]


async def test_digits_in_a_document_are_exact(gateway: Gateway) -> None:
    """Digits without quotes are taken as they are written, since nothing has rounded them."""
    query = '{ products(search: {suppliers: ["alibaba"], minPrice: %s}) { totalCount } }'
    written = [await gateway.data(query % digits) for digits in ("5.25", '"5.25"')]
    assert written[0] == written[1]


WRONG_TYPES: list[dict[str, Any]] = [
    {"search": 5},
    {"search": "bag"},
    {"search": []},
    {"search": {"query": 5}},
    {"search": {"query": {}}},
    {"search": {"suppliers": [None]}},
    {"search": {"suppliers": [5]}},
    {"search": {"minPrice": True}},
    {"search": {"minPrice": {"amount": "5"}}},
    {"search": {"minStock": "5"}},
    {"search": {"minStock": 2**31}},
    {"search": {"freeShipping": "yes"}},
    {"search": {"shipsFrom": 5}},
    {"search": {"shipsFrom": []}},
    {"search": {"productFlag": "HOT"}},
    {"search": {"categoryId": {"id": "5"}}},
    {"search": {"colour": "red"}},
    {"sort": "CHEAP"},
    {"sort": 5},
    {"first": "5"},
    {"first": 1.5},
    {"first": 2**40},
    {"first": [5]},
    {"first": True},
    {"first": {"a": [None, False]}},
    {"after": 5},
    {"after": {}},
]


@pytest.mark.parametrize("variables", WRONG_TYPES, ids=json.dumps)
async def test_variables_of_wrong_types(door: Gateway, variables: dict[str, Any]) -> None:
    """A variable of another type than its argument's is refused by its name, whatever it is."""
    query = """query ($search: ProductSearchInput, $sort: ProductSort, $first: Int, $after: String) {
      products(search: $search, sort: $sort, first: $first, after: $after) { totalCount }
    }"""
    answer = await door.post(query, **variables)
    errors = errors_of(answer)
    (name,) = variables
    assert answer["data"] is None
    assert {error["extensions"]["code"] for error in errors} == {"BAD_USER_INPUT"}
    assert all(f"'${name}'" in error["message"] for error in errors)


async def test_null_is_the_same_as_nothing(gateway: Gateway) -> None:
    """An argument that is null by a variable counts as left out, so that clients need one document only."""
    query = """query ($search: ProductSearchInput, $sort: ProductSort, $first: Int, $after: String) {
      products(search: $search, sort: $sort, first: $first, after: $after) {
        nodes { id variants(first: $first) { totalCount } }
      }
    }"""
    only = {"suppliers": ["alibaba"]}
    left_out = await gateway.data(query, search=only)
    assert len(left_out["products"]["nodes"]) == 20
    assert left_out == await gateway.data(query, search=only, sort=None, first=None, after=None)


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
        "id: null",
        "id: 5",
        'sku: {supplier: "cj", sku: "\\u0000"}',
        'ref: {supplier: "cj", productId: "%s"}' % ("x" * 10_000),
        'ref: {supplier: "cj"}',
        'url: "https://"',
        "",
    ],
)
async def test_lookups_that_name_no_product(door: Gateway, lookup: str) -> None:
    """A lookup that cannot name a product is refused as bad input, or by GraphQL's own validation."""
    errors = errors_of(await door.post(f"{{ product(by: {{{lookup}}}) {{ id }} }}"))
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
    "extensions of a number": b'{"query": "{ suppliers { code } }", "extensions": 5}',
    "operation that is not there": b'{"query": "query A { suppliers { code } }", "operationName": "B"}',
    "nameless operation": b'{"query": "query A { suppliers { code } }", "operationName": ""}',
    "twelve megabytes": b'{"query": "' + b"x" * 12_000_000 + b'"}',
}


@pytest.mark.parametrize("body", BODIES)
async def test_bodies_that_are_no_query(door: Gateway, body: str) -> None:
    """A body that is not a query is refused with a client's error in JSON, never with a server's."""
    answer = await door.client.post(
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
        "query ($x: Nothing) { suppliers { code } }",
        '{ suppliers @skip(if: "x") { code } }',
        "{ suppliers @nothing { code } }",
        "{ products(sort: CHEAP) { totalCount } }",
        "{ a" * 100_000,
        "{ products(search: " + "[" * 100_000,
        "{ ... " * 100_000,
        "{ suppliers { code } } \u0000",
        "{ products(first: five) { totalCount } }",
        "{ products(search: 5) { totalCount } }",
        "{ a" * 500,
        "# only a comment",
    ],
)
async def test_documents_that_are_wrong(door: Gateway, query: str) -> None:
    """A document that is wrong is refused before anything runs, in GraphQL's form."""
    answer = await door.client.post("/graphql", json={"query": query})
    assert answer.status_code in {200, 400}
    assert not answer.json().get("data")
    errors_of(answer.json())


async def test_half_a_surrogate_pair_breaks_nothing(door: Gateway) -> None:
    """Text that JSON can say and UTF-8 cannot is refused like any other wrong value."""
    query = "query ($sort: ProductSort!) { products(sort: $sort) { totalCount } }"
    for body in (
        {"query": query, "variables": {"sort": "\ud800"}},
        {"query": "{ suppliers { code } }", "operationName": "\ud800"},
    ):
        content = json.dumps(body).encode()
        answer = await door.client.post(
            "/graphql", content=content, headers={"content-type": "application/json"}
        )
        assert answer.status_code in {200, 400}
        errors_of(answer.json())


async def test_a_body_in_chunks_is_measured(door: Gateway) -> None:
    """A body that is too large is refused also when it announces no length."""

    async def chunks() -> AsyncIterator[bytes]:
        yield b'{"query": "{ suppliers { code } } '
        for _ in range(30):
            yield b"#" * 100_000
        yield b'"}'

    answer = await door.client.post(
        "/graphql", content=chunks(), headers={"content-type": "application/json"}
    )
    assert answer.status_code == 413
    errors_of(answer.json())


async def test_other_ways_in_are_refused(door: Gateway) -> None:
    """Another content type and another method are refused with what to use."""
    form = await door.client.post("/graphql", content=b"query=x", headers={"content-type": "text/plain"})
    assert form.status_code in {400, 415}
    assert "send application/json" in errors_of(form.json())[0]["message"]
    assert (await door.client.put("/graphql", json={})).status_code == 405


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"query": ""},
        {"query": "{"},
        {"query": "{ suppliers { code } }", "variables": "x"},
        {"query": "{ suppliers { code } }", "variables": "5"},
        {"query": "{ suppliers { code } }", "variables": "[" * 5000},
        {"query": "{ suppliers { code } }", "variables": "9" * 5000},
        {"query": "{ suppliers { code } }", "extensions": "x"},
        {"query": "{ suppliers { code } }", "operationName": "B"},
    ],
    ids=lambda parameters: str(parameters)[:60],
)
async def test_addresses_that_are_no_query(door: Gateway, parameters: dict[str, str]) -> None:
    """An address that holds no query is refused in JSON like a body."""
    answer = await door.client.get("/graphql", params=parameters, headers={"accept": "application/json"})
    assert answer.status_code == (200 if parameters.get("query") == "{" else 400)
    errors_of(answer.json())


async def test_mutations_need_post(door: Gateway) -> None:
    """A mutation in an address is refused: following a link must change nothing."""
    query = 'mutation { importProduct(input: {productId: "x"}) { userErrors { code } } }'
    answer = await door.client.get("/graphql", params={"query": query})
    assert answer.status_code in {400, 405}
    errors_of(answer.json())


async def test_texts_that_no_supplier_can_read(gateway: Gateway, cj: Reachable) -> None:
    """Text that cannot be printed is refused before a supplier is asked, wherever it would go on to one."""
    query = """mutation ($text: String!) { requestSourcing(input: {
      supplier: "cj", productName: "Lamp", imageUrl: "https://example.com/a.png", %s: $text
    }) { sourcing { id } userErrors { code field message } } }"""
    for odd in ("\x00", "a\x07b", "\ud800", "\u200e"):
        listed = await raw(gateway, IMPORTED, odd)
        assert errors_of(listed)[0]["extensions"]["code"] == "BAD_USER_INPUT"
        for name in ("note", "reference"):
            (error,) = (await raw(gateway, query % name, odd))["data"]["requestSourcing"]["userErrors"]
            assert (error["code"], error["field"]) == ("INVALID_INPUT", ["input", name])
    assert cj.spent() == (0, 0)


IMPORTED = 'query ($text: String!) { importedProducts(supplier: "cj", search: $text) { totalCount } }'


async def raw(gateway: Gateway, query: str, text: str) -> dict[str, Any]:
    """The answer to a query with a text that httpx would refuse to write as UTF-8."""
    content = json.dumps({"query": query, "variables": {"text": text}}).encode()
    answer = await gateway.client.post(
        "/graphql", content=content, headers={"content-type": "application/json"}
    )
    assert answer.status_code == 200
    parsed: dict[str, Any] = answer.json()
    return parsed


garbage = st.one_of(
    st.text(max_size=80), st.binary(max_size=60).map(lambda raw: base64.urlsafe_b64encode(raw).decode())
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=garbage)
async def test_no_garbage_breaks_ids_or_cursors(door: Gateway, text: str) -> None:
    """Whatever stands where an id or a cursor should is null or bad input, never a fault of ours."""
    query = """query ($id: ID!, $after: String) {
      node(id: $id) { id }
      product(by: {id: $id}) { id }
      products(search: {suppliers: ["alibaba"]}, first: 1, after: $after) { totalCount }
    }"""
    answer = await door.client.post(
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
async def test_no_body_breaks_the_door(door: Gateway, body: Any, members: dict[str, Any]) -> None:
    """Whatever JSON is posted, the answer is JSON and never a server error."""
    for content in (body, members):
        answer: httpx.Response = await door.client.post(
            "/graphql", content=json.dumps(content), headers={"content-type": "application/json"}
        )
        assert answer.status_code < 500
        assert isinstance(answer.json(), dict)
