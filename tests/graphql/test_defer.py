"""`@defer`: the same answer in parts, to those who ask for parts, each as soon as it is there."""

import asyncio
import json
import logging
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from gateway.door import LARGEST_BODY, GraphQLDoor
from gateway.log import RequestId
from gateway.services import Services
from providers.cj.simulator import Fault
from providers.clock import SystemClock
from providers.model import Category, Product, ReviewPage
from providers.upstream import Ask, Fetched
from tests.graphql.conftest import Gateway, OpenGateway, Reachable, errors_of, open_over
from tests.pipelines import eventually
from tests.shelf import Shelf, fetched

BY_IDS = "multipart/mixed, application/json"
BY_PATHS = "multipart/mixed;deferSpec=20220824, application/json"
WHOLE = "application/json"
ACCEPTED = [BY_IDS, BY_PATHS, WHOLE]


def parts_in(body: str) -> Iterator[dict[str, Any]]:
    """The parts of a multipart body, which must be written as RFC 2046 wants it."""
    start, *parts, end = body.split("\r\n---")
    first = start.removeprefix("---")
    assert first != start
    assert end == "--\r\n"
    for part in (first, *parts):
        headers, _, content = part.partition("\r\n\r\n")
        assert headers == "\r\nContent-Type: application/json; charset=utf-8"
        yield json.loads(content)


async def ask(gateway: Gateway, query: str, accept: str, **variables: Any) -> list[dict[str, Any]]:
    """The parts of an answer; one when it came whole."""
    answer = await gateway.client.post(
        "/graphql", json={"query": query, "variables": variables}, headers={"accept": accept}
    )
    assert answer.status_code == 200
    assert answer.headers["vary"] == "Accept"
    if answer.headers["content-type"] == "application/json":
        return [answer.json()]
    assert answer.headers["content-type"].startswith('multipart/mixed; boundary="-"; ')
    parts = list(parts_in(answer.text))
    assert [part["hasNext"] for part in parts] == [True] * (len(parts) - 1) + [False]
    return parts


def assembled(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """The whole answer out of its parts, as a client puts it together."""
    whole: dict[str, Any] = {"data": parts[0]["data"], "errors": [], "extensions": {}}
    pending: dict[str, dict[str, Any]] = {}
    for part in parts:
        pending |= {each["id"]: each for each in part.get("pending", ())}
        for piece in part.get("incremental", ()):
            path = piece["path"] if "path" in piece else pending[piece["id"]]["path"]
            place = whole["data"]
            for step in [*path, *piece.get("subPath", ())]:
                place = place[step]
            merge(place, piece["data"] or {})
            whole["errors"] += piece.get("errors", ())
        for group in part.get("completed", ()):
            del pending[group["id"]]
            whole["errors"] += group.get("errors", ())
        whole["errors"] += part.get("errors", ())
        whole["extensions"] |= part.get("extensions", {})
    assert not pending
    return whole


def merge(into: dict[str, Any], data: dict[str, Any]) -> None:
    """Add deferred fields; those of a list's elements belong to the elements that are there."""
    for name, value in data.items():
        if isinstance(value, dict) and isinstance(into.get(name), dict):
            merge(into[name], value)
        else:
            into[name] = value


def selections(fields: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Selection sets of these fields, with fragments within one another, deferred and not."""

    def block(chosen: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.lists(chosen, min_size=1, max_size=3).map(lambda each: "{ " + " ".join(each) + " }")

    fragments = st.sampled_from(("... ", "... @defer ", "... @defer ", "... @defer(if: false) "))
    return st.recursive(
        block(fields),
        lambda inner: block(fields | st.builds("".join, st.tuples(fragments, inner))),
        max_leaves=4,
    )


suppliers = selections(st.sampled_from(("code", "name", "mode", "terms { api }")))
products = selections(st.sampled_from(("title", "id")) | suppliers.map("supplier {}".format))
queries = selections(
    st.just('categories(supplier: "nobody") { name }')
    | suppliers.map("suppliers {}".format)
    | products.map("products(first: 2) {{ nodes {} }}".format)
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=queries)
async def test_parts_make_the_whole(query: str) -> None:
    """Wherever a document defers, its parts in either form add up to the answer of who takes it whole."""

    def told(answer: dict[str, Any]) -> tuple[dict[str, Any], list[list[str]]]:
        return answer["data"], [error["path"] for error in answer.get("errors", ())]

    async with open_over(Shelf("shop", [1, 2]), Shelf("stall", [3])) as gateway:
        (whole,) = await ask(gateway, query, WHOLE)
        assert whole.keys() - {"errors"} == {"data", "extensions"}
        for accept in (BY_IDS, BY_PATHS):
            assert told(assembled(await ask(gateway, query, accept))) == told(whole)


PRODUCT = '{ product(by: {ref: {supplier: "shop", productId: "0"}}) { title ... @defer { %s } } }'
UNFORESEEN = PRODUCT % "minimumOrderQuantity"
"""Not null in the schema, and in these tests too large for an Int, so that its fragment fails as a whole."""


@pytest.mark.parametrize("accept", ACCEPTED)
async def test_deferred_errors_are_presented(accept: str) -> None:
    """What fails in a deferred part has its code, request id and path, and is masked, as anywhere."""
    query = """{ suppliers { code }
      ... @defer { product(by: {id: "x"}) { id } categories(supplier: "shop") { id } } }"""

    class Faulty(Shelf):
        async def categories(self, ask: Ask) -> Fetched[tuple[Category, ...]]:
            del ask
            raise RuntimeError("5ecret")

    async with open_over(Faulty("shop", [1])) as gateway:
        answer = assembled(await ask(gateway, query, accept))
    by_field = {error["path"][0]: error["extensions"]["code"] for error in errors_of(answer)}
    assert by_field == {"product": "BAD_USER_INPUT", "categories": "UNAVAILABLE"}
    assert answer["data"] == {"suppliers": [{"code": "shop"}], "product": None, "categories": None}
    assert "5ecret" not in str(answer)


@pytest.mark.parametrize("accept", [BY_IDS, BY_PATHS])
async def test_a_fragment_that_fails(accept: str) -> None:
    """A null that goes up to a deferred fragment costs that fragment only, and its error is masked."""
    shop = Shelf("shop", [1])
    shop.shelf[0] = replace(shop.shelf[0], minimum_order_quantity=2**40)
    async with open_over(shop) as gateway:
        first, *rest = await ask(gateway, UNFORESEEN, accept)
    assert first["data"] == {"product": {"title": "shop 0"}}
    answer = assembled([first, *rest])
    (error,) = errors_of(answer)
    assert error["extensions"]["code"] == "INTERNAL_ERROR"
    assert error["path"] == ["product", "minimumOrderQuantity"]
    assert answer["data"] == first["data"]
    if accept == BY_PATHS:
        (piece,) = rest[-1]["incremental"]
        assert piece == {"data": None, "path": ["product"], "errors": [error]}


@pytest.mark.parametrize("accept", ACCEPTED)
async def test_an_error_is_logged_once(accept: str) -> None:
    """What nobody foresaw is in the log once, with its request's id, deferred or not."""
    shop = Shelf("shop", [1])
    shop.shelf[0] = replace(shop.shelf[0], minimum_order_quantity=2**40)
    async with open_over(shop) as gateway:
        with capture_logs(processors=[merge_contextvars]) as logged:
            (error,) = errors_of(assembled(await ask(gateway, UNFORESEEN, accept)))
    told = [event["request_id"] for event in logged if event["event"] == "graphql.unforeseen"]
    assert told == [error["extensions"]["requestId"]]


@pytest.mark.parametrize("accept", [BY_IDS, BY_PATHS])
async def test_the_last_part_tells_the_cost(gateway: Gateway, accept: str) -> None:
    """What the request cost stands in the last part and nowhere else, deferred calls included."""
    found = await gateway.data('{ products(search: {suppliers: ["cj"]}, first: 1) { nodes { id } } }')
    query = "query ($id: ID!) { product(by: {id: $id}) { title ... @defer { reviews { totalCount } } } }"
    parts = await ask(gateway, query, accept, id=found["products"]["nodes"][0]["id"])
    assert ["extensions" in part for part in parts] == [False] * (len(parts) - 1) + [True]
    assert len(parts) > 1
    assert parts[-1]["extensions"]["upstream"]["cj"]["calls"] == 2


MISUSES = {
    'mutation { ... @defer { importProduct(input: {productId: "x"}) { product { id } } } }': (
        "Defer directive cannot be used on root mutation type 'Mutation'."
    ),
    "{ suppliers @defer { code } }": "Directive '@defer' may not be used on field.",
    "query ($on: String) { suppliers { ... @defer(label: $on) { code } } }": (
        "Defer directive label argument must be a static string."
    ),
    '{ suppliers { ... @defer(label: "a") { code } ... @defer(label: "a") { name } } }': (
        "Defer/Stream directive label argument must be unique."
    ),
    "{ suppliers { ... @defer(if: 5) { code } } }": "Boolean cannot represent a non boolean value: 5",
    "{ suppliers @stream { code } }": "Unknown directive '@stream'.",
}


@pytest.mark.parametrize("query", MISUSES)
@pytest.mark.parametrize("accept", ACCEPTED)
async def test_misuse_is_explained(query: str, accept: str) -> None:
    """A directive where it cannot stand is one validation error in a whole answer, whatever was accepted."""
    async with open_over(Shelf("shop", [1])) as gateway:
        (answer,) = await ask(gateway, query, accept)
    (error,) = errors_of(answer)
    assert error["message"] == MISUSES[query]
    assert error["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_a_mutation_happens_once() -> None:
    """What a mutation answers can be deferred; what it does is done once, before the first part."""
    shop = Shelf("shop", [])
    query = """mutation { requestSourcing(input: {
      supplier: "shop", productName: "Lamp", imageUrl: "https://shop.example/lamp.jpg"
    }) { userErrors { message } ... @defer { sourcing { status } } } }"""
    async with open_over(shop) as gateway:
        first, *rest = await ask(gateway, query, BY_IDS)
    assert first["data"] == {"requestSourcing": {"userErrors": []}}
    assert assembled([first, *rest])["data"]["requestSourcing"]["sourcing"] == {"status": "PENDING"}
    assert len(shop.wishes) == 1


async def test_refusals_are_the_same() -> None:
    """Who accepts parts is refused in the same words, with the same status, as who does not."""
    mutation = "mutation { importProduct(input: {productId: 1}) { product { id } } }"
    two = {"query": "query A { suppliers { code } }", "operationName": "B"}
    requests: list[dict[str, Any]] = [
        {"method": "GET", "params": {"query": mutation}},
        {"method": "GET", "params": {"query": "{ suppliers { code } }", "variables": "[]"}},
        {"method": "POST", "json": two},
        {"method": "POST", "json": {"query": " "}},
        {"method": "POST", "json": []},
        {"method": "POST", "content": b"{", "headers": {"content-type": "text/plain"}},
        {"method": "POST", "json": {"query": "#" * LARGEST_BODY}},
    ]
    async with open_over(Shelf("shop", [1])) as gateway:
        for request in requests:
            answers = []
            for accept in ACCEPTED:
                headers = request.get("headers", {}) | {"accept": accept, "x-request-id": "the-same-id"}
                answers.append(await gateway.client.request(url="/graphql", **request | {"headers": headers}))
            assert len({answer.text for answer in answers}) == 1
            assert len({answer.status_code for answer in answers}) == 1
            assert answers[0].status_code >= 400


class Gated(Shelf):
    """A supplier that answers about categories when it is let."""

    def __init__(self, code: str) -> None:
        super().__init__(code, [1])
        self.gate = asyncio.Event()

    async def categories(self, ask: Ask) -> Fetched[tuple[Category, ...]]:
        await self.gate.wait()
        return await super().categories(ask)


async def test_deferred_calls_queue_behind_the_first_part() -> None:
    """A supplier is asked for everything that the first part shows before it is asked for deferred things."""
    asked = []

    class Noting(Shelf):
        async def product(self, product_id: str, ask: Ask) -> Fetched[Product]:
            asked.append("product")
            return await super().product(product_id, ask)

        async def reviews(
            self, product_id: str, page: int, *, score: int | None, ask: Ask
        ) -> Fetched[ReviewPage]:
            del product_id, page, score, ask
            asked.append("its reviews")
            return fetched(ReviewPage((), 0, has_more=False))

        async def categories(self, ask: Ask) -> Fetched[tuple[Category, ...]]:
            asked.append("categories")
            return await super().categories(ask)

    query = """{
      ... @defer { categories(supplier: "shop") { name } }
      product(by: {ref: {supplier: "shop", productId: "0"}}) { reviews { totalCount } }
    }"""
    async with open_over(Noting("shop", [1])) as gateway:
        first, _ = await ask(gateway, query, BY_IDS)
    assert first["data"] == {"product": {"reviews": {"totalCount": 0}}}
    assert asked == ["product", "its reviews", "categories"]


async def test_deferred_work_has_its_own_time() -> None:
    """A first part that took all the time of a request leaves as much again to what was deferred."""

    class Punctual(Shelf):
        async def categories(self, ask: Ask) -> Fetched[tuple[Category, ...]]:
            assert ask.deadline > SystemClock().monotonic()
            return await super().categories(ask)

    query = """{
      categories(supplier: "gated") { name }
      ... @defer { later: categories(supplier: "punctual") { name } }
    }"""
    brief = {"GATEWAY_READ_DEADLINE_SECONDS": "2"}
    async with open_over(Gated("gated"), Punctual("punctual", [1]), **brief) as gateway:
        first, last = await ask(gateway, query, BY_IDS)
    (error,) = errors_of(first)
    assert error["extensions"]["code"] == "TIMEOUT"
    assert last["incremental"][0]["data"] == {"later": [{"name": "All"}]}


@asynccontextmanager
async def on_a_socket(services: Services) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the gateway's door that a server holds open in this very event loop."""
    app = FastAPI()
    app.include_router(GraphQLDoor(lambda: services))
    app.add_middleware(RequestId)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with asyncio.TaskGroup() as group:
            group.create_task(server.serve([listener]))
            await eventually(lambda: server.started)
            try:
                async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=20) as client:
                    yield client
            finally:
                server.should_exit = True


@asynccontextmanager
async def first_part(
    client: httpx.AsyncClient, query: str, **variables: Any
) -> AsyncIterator[tuple[str, AsyncIterator[str]]]:
    """What came first of an answer, and how to read on; leaving hangs up."""
    request = {"query": query, "variables": variables}
    async with client.stream("POST", "/graphql", json=request, headers={"accept": BY_IDS}) as answer:
        pieces = answer.aiter_text()
        yield await anext(pieces), pieces


LATE = '{ suppliers { code } ... @defer { categories(supplier: "shop") { name } } }'


async def test_the_first_part_does_not_wait() -> None:
    """A client reads the first part, whole, while a supplier is still being waited for."""
    shop = Gated("shop")
    async with (
        open_over(shop) as gateway,
        on_a_socket(gateway.services) as client,
        first_part(client, LATE) as (first, pieces),
    ):
        # The gate is opened by who has read the first part; sent together, neither would ever come.
        assert first.endswith("\r\n---"), "without the delimiter a reader cannot know that it is complete"
        assert '"suppliers":[{"code":"shop"}]' in first
        shop.gate.set()
        rest = "".join([piece async for piece in pieces])
    first_told, last = parts_in(first + rest)
    assert (first_told["hasNext"], last["hasNext"]) == (True, False)
    assert last["incremental"][0]["data"] == {"categories": [{"name": "All"}]}


async def test_who_hangs_up_leaves_nothing_behind(caplog: pytest.LogCaptureFixture) -> None:
    """When a client is gone its request ends, with what was deferred; no task stays and nothing complains."""
    shop = Gated("shop")
    async with open_over(shop) as gateway, on_a_socket(gateway.services) as client:
        await client.get("/graphql", params={"query": "{ suppliers { code } }"})
        before = asyncio.all_tasks()
        with capture_logs() as logged:
            async with first_part(client, LATE) as (first, _):
                assert "hasNext" in first
                assert not logged
            await eventually(lambda: asyncio.all_tasks() <= before)
            assert not shop.gate.is_set(), "it ended because its work had, not because the client was gone"
    assert [(event["event"], event["log_level"]) for event in logged] == [("http.request", "info")]
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_a_call_under_way_is_not_wasted(open_gateway: OpenGateway, cj: Reachable) -> None:
    """What a supplier is being asked when a client hangs up is not asked again for the next one."""
    query = "query ($id: ID!) { product(by: {id: $id}) { title ... @defer { reviews { totalCount } } } }"
    async with open_gateway() as gateway, on_a_socket(gateway.services) as client:
        found = await gateway.data("{ products(first: 1) { nodes { id } } }")
        product = found["products"]["nodes"][0]["id"]
        reviews = Fault("latency", "*/productComments", params={"seconds": 0.5})
        cj.simulator.faults.add(reviews)
        async with first_part(client, query, id=product) as (first, _):
            assert "title" in first
            await eventually(lambda: reviews.struck > 0)
        data = await gateway.data(query, id=product)
    assert data["product"]["reviews"]["totalCount"] is not None
    assert cj.simulator.ledger.count("*/productComments") == 1
