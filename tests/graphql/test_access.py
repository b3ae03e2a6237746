"""Who may ask what: keys at the door, scopes at the fields."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import strawberry

from gateway import ids
from gateway.access import Scope, new_key
from gateway.schema.scopes import guard, needs
from tests.graphql.conftest import Gateway, errors_of, open_over
from tests.shelf import Shelf

SUPPLIERS = "{ suppliers { code } }"
KEYS = {scope: new_key(f"for-{scope}", scope) for scope in Scope}
IMPORT = "mutation ($id: ID!) { importProduct(input: {productId: $id}) { userErrors { code } } }"


def shown(scope: Scope) -> dict[str, str]:
    """The header of the key with this one scope."""
    return {"Authorization": f"Bearer {KEYS[scope][0]}"}


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    """A gateway with one key for each scope."""
    entries = ",".join(entry for _, entry in KEYS.values())
    async with open_over(Shelf("shop", [1, 2]), GATEWAY_API_KEYS=entries) as opened:
        yield opened


async def ask(gateway: Gateway, scope: Scope, query: str, **variables: Any) -> dict[str, Any]:
    body = {"query": query, "variables": variables}
    answer = await gateway.client.post("/graphql", json=body, headers=shown(scope))
    assert answer.status_code == 200, answer.text
    parsed: dict[str, Any] = answer.json()
    return parsed


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("Authorization", "Bearer ss_unknown")],
        [("Authorization", "Bearer")],
        [("Authorization", "Basic dXNlcjpwYXNz")],
        [("Authorization", "Bearer \u00e4\u00f6".encode("latin-1"))],
        [("Authorization", b"Bearer \x00\xff")],
        [("Authorization", "Bearer " + "k" * 50_000)],
        [("Authorization", shown(Scope.READ)["Authorization"])] * 2,
        [("X-Api-Key", KEYS[Scope.READ][0]), ("Cookie", f"key={KEYS[Scope.READ][0]}")],
    ],
)
async def test_strangers_are_refused(gateway: Gateway, headers: Any) -> None:
    """A request without a key that is known is a 401 in GraphQL's form, whatever else it shows."""
    answer = await gateway.client.post("/graphql", json={"query": SUPPLIERS}, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json().keys() == {"errors"}
    (error,) = errors_of(answer.json())
    assert error["extensions"]["code"] == "UNAUTHENTICATED"
    assert error["extensions"]["requestId"] == answer.headers["X-Request-Id"]


async def test_a_key_in_the_address(gateway: Gateway) -> None:
    """A key in the address or in the body opens nothing."""
    key = KEYS[Scope.READ][0]
    named = {"key": key, "access_token": key, "Authorization": f"Bearer {key}"}
    by_get = await gateway.client.get("/graphql", params={"query": SUPPLIERS, **named})
    body = {"query": SUPPLIERS, "extensions": named, **named}
    by_post = await gateway.client.post("/graphql", params=named, json=body)
    assert (by_get.status_code, by_post.status_code) == (401, 401)


async def test_strangers_first(gateway: Gateway) -> None:
    """Who has no key is told that, and not what is wrong with the rest."""
    for content in (b"", b"{", b"[]", b" " * 1_000_001):
        answer = await gateway.client.post("/graphql", content=content)
        assert answer.status_code == 401
        answer = await gateway.client.post("/graphql", content=content, headers=shown(Scope.READ))
        assert answer.status_code in {400, 413}


async def test_reading(gateway: Gateway) -> None:
    """A key for reading reads, over GET as over POST, and is told the schema."""
    assert (await ask(gateway, Scope.READ, SUPPLIERS))["data"] == {"suppliers": [{"code": "shop"}]}
    answer = await gateway.client.get("/graphql", params={"query": SUPPLIERS}, headers=shown(Scope.READ))
    assert answer.json()["data"] == {"suppliers": [{"code": "shop"}]}
    told = await ask(
        gateway, Scope.READ, '{ __schema { queryType { name } } __type(name: "Query") { name } }'
    )
    assert told["data"]["__schema"]["queryType"]["name"] == told["data"]["__type"]["name"] == "Query"


@pytest.mark.parametrize("scope", [Scope.ORDER, Scope.PAY, Scope.ADMIN])
@pytest.mark.parametrize(
    "query",
    [
        "{ found: suppliers { code } __typename }",
        "{ ...Rest __typename } fragment Rest on Query { found: suppliers { code } }",
        "query ($yes: Boolean = true) { ... @include(if: $yes) { found: suppliers { code } } __typename }",
    ],
)
async def test_reading_needs_its_scope(gateway: Gateway, scope: Scope, query: str) -> None:
    """Without `read` a field of the query fails alone, however it is written, and says what it needs."""
    answer = await ask(gateway, scope, query)
    assert answer["data"] == {"found": None, "__typename": "Query"}
    (error,) = errors_of(answer)
    assert error["message"] == "`suppliers` needs the scope `read`, which this key does not have."
    assert error["path"] == ["found"]
    assert error["extensions"]["code"] == "FORBIDDEN"


@pytest.mark.parametrize(
    "query",
    [
        "{ __schema { types { name } } }",
        '{ it: __type(name: "Query") { name } }',
        "{ ...Rest } fragment Rest on Query { __schema { types { name } } }",
    ],
)
async def test_introspection_needs_read(gateway: Gateway, query: str) -> None:
    """Without `read` nothing is told of the schema."""
    answer = await ask(gateway, Scope.ORDER, query)
    assert answer["data"] is None
    (error,) = errors_of(answer)
    assert error["extensions"]["code"] == "FORBIDDEN"


@pytest.mark.parametrize("scope", Scope)
async def test_mutations_need_theirs(gateway: Gateway, scope: Scope) -> None:
    """Importing a product takes `order`, and no other scope will do."""
    product = ids.product_id("shop", "1")
    answer = await ask(gateway, scope, IMPORT, id=product)
    if scope is Scope.ORDER:
        # The shelf cannot, and says so: it was asked.
        assert answer["data"]["importProduct"]["userErrors"]
        assert "errors" not in answer
    else:
        assert answer["data"] == {"importProduct": None}
        (error,) = errors_of(answer)
        assert "`importProduct` needs the scope `order`" in error["message"]


async def test_graphiql_stays_open(gateway: Gateway) -> None:
    """GraphiQL is shown to everyone, with a place for the key where one is needed."""
    page = {"Accept": "text/html"}
    locked = await gateway.client.get("/graphql", headers=page)
    assert (locked.status_code, '"locked": true' in locked.text) == (200, True)
    async with open_over(Shelf("shop", [1])) as other:
        assert '"locked": false' in (await other.client.get("/graphql", headers=page)).text


async def test_without_keys() -> None:
    """A gateway without keys is open, whatever a request shows."""
    async with open_over(Shelf("shop", [1])) as gateway:
        for header in ("Bearer ss_unknown", "Basic dXNlcjpwYXNz", ""):
            headers = {"Authorization": header}
            answer = await gateway.client.post("/graphql", json={"query": SUPPLIERS}, headers=headers)
            assert answer.json()["data"] == {"suppliers": [{"code": "shop"}]}


def test_a_mutation_has_to_say_its_scope() -> None:
    """A mutation without a scope makes no schema; a field of the query may ask for more than `read`."""

    @strawberry.type
    class Query:
        plain: int = strawberry.field(description="Open.")
        special: int = strawberry.field(description="Closed.", metadata=needs(Scope.ADMIN))

    @strawberry.type
    class Mutation:
        spend: int = strawberry.field(description="Left open by oversight.")

    schema = strawberry.Schema(Query)
    guard(schema)
    assert '"""Closed. Needs the scope `admin`."""' in schema.as_str()
    with pytest.raises(TypeError, match="spend has to say which scope it needs"):
        guard(strawberry.Schema(Query, Mutation))
