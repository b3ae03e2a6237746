"""A simulated CJ on a loopback socket, and a gateway in this process that asks it."""

import contextlib
import re
import secrets
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from asgi_lifespan import LifespanManager
from fastapi import FastAPI

from gateway.app import create_app
from gateway.door import GraphQLDoor
from gateway.errors import ErrorCode
from gateway.log import RequestId
from gateway.orders.office import Office
from gateway.services import Services, Supplier
from gateway.settings import check
from gateway.wiring import open_pricing
from providers.cj.simulator import Options, World
from providers.cj.simulator import create_app as create_simulator
from providers.cj.simulator.simulator import Simulator
from providers.clock import SystemClock
from providers.port import Provider
from tests.office import MemoryOffice
from tests.shelf import Shelf

RATE = "300"
"""Calls a second in these tests, far more than CJ takes: pace is not the point."""

PYTHONS_OWN_WORDS = (
    "Traceback",
    "object has no attribute",
    "None",
    "True",
    "codec",
    "padding",
    "Error(",
    "Exception",
    "invalid literal",
    "expected str",
    "dataclass",
    "Maybe[",
    "strawberry",
    "gateway.schema",
    "gateway.upstream",
    "providers.",
)
"""What shows the inside of the gateway in a message for clients."""
_QUOTED = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""")
"""What a message repeats of the client's own words."""


def errors_of(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """The errors of an answer, each checked for its form and its words."""
    errors: list[dict[str, Any]] = answer["errors"]
    for error in errors:
        assert error["message"].strip()
        own = _QUOTED.sub("", error["message"])
        assert not any(words in own for words in PYTHONS_OWN_WORDS), error["message"]
        extensions = error["extensions"]
        assert extensions.keys() == {"code", "supplier", "retryable", "retryAfterMs", "requestId"}
        assert ErrorCode(extensions["code"])
        assert extensions["requestId"]
    return errors


@dataclass(frozen=True, slots=True)
class Reachable:
    """A running simulator: where it is, and its levers."""

    url: str
    simulator: Simulator

    def spent(self) -> tuple[int, int]:
        """Calls and points so far, logins left out."""
        ledger = self.simulator.ledger
        return ledger.count() - ledger.count("/authentication/*"), int(ledger.points())


@dataclass(frozen=True, slots=True)
class Gateway:
    """A gateway that runs in this process."""

    client: httpx.AsyncClient
    services: Services

    async def post(self, query: str, **variables: Any) -> dict[str, Any]:
        """The whole answer to a query."""
        answer = await self.client.post("/graphql", json={"query": query, "variables": variables})
        assert answer.status_code == 200, answer.text
        parsed: dict[str, Any] = answer.json()
        return parsed

    async def data(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of a query that must go well."""
        answer = await self.post(query, **variables)
        assert "errors" not in answer, answer["errors"]
        data: dict[str, Any] = answer["data"]
        return data


@asynccontextmanager
async def open_over(*providers: Provider | Supplier, **variables: str) -> AsyncIterator[Gateway]:
    """The gateway's door over providers that a test wrote, without a pipeline unless they come with one."""
    async with open_around(MemoryOffice(SystemClock()), *providers, **variables) as opened:
        yield opened


@asynccontextmanager
async def open_around(
    office: Office, *providers: Provider | Supplier, **variables: str
) -> AsyncIterator[Gateway]:
    """The same, with an office of orders."""
    given = [each if isinstance(each, Supplier) else Supplier(each, None) for each in providers]
    suppliers = {each.declaration.code: each for each in given}
    settings, clock = check(variables), SystemClock()
    services = Services(
        settings=settings,
        clock=clock,
        redis=None,
        suppliers=suppliers,
        pricing=open_pricing(settings, secrets.token_hex(16), clock),
        office=office,
    )
    app = FastAPI()
    app.include_router(GraphQLDoor(lambda: services))
    app.add_middleware(RequestId)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as client:
        yield Gateway(client, services)


@pytest.fixture(scope="session")
def served_simulator() -> Iterator[Reachable]:
    """One simulator for all tests, on a free port of the loopback address."""
    world = World(products=300)
    options = Options(
        requests_per_second=1000, requests_per_second_per_ip=1000, anonymous_requests_per_second=1000
    )
    app = create_simulator(world, options=options)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield Reachable(f"http://127.0.0.1:{port}", app.state.simulator)
        finally:
            server.should_exit = True
            thread.join(10)


@pytest.fixture
def cj(served_simulator: Reachable) -> Reachable:
    """The simulator as if it had just been started."""
    served_simulator.simulator.reset(keep_tokens=False)
    served_simulator.simulator.ledger.clear()
    return served_simulator


OpenGateway = Callable[..., AbstractAsyncContextManager[Gateway]]


@pytest.fixture
def open_gateway(cj: Reachable, tmp_path: Path) -> OpenGateway:
    """Opens a gateway with variables of one's own; CJ is the simulator unless they say otherwise."""

    @asynccontextmanager
    async def opened(**variables: str) -> AsyncIterator[Gateway]:
        environment = {
            "CJ_BASE_URL": cj.url,
            "CJ_REQUESTS_PER_SECOND": RATE,
            "GATEWAY_PROVIDERS": "cj",
            "DATABASE_URL": f"sqlite:///{tmp_path}/ledger.db",
        }
        app = create_app(check(environment | variables))
        async with LifespanManager(app):
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://gateway", timeout=60
            ) as client:
                yield Gateway(client, app.state.services)

    return opened


@pytest.fixture
async def gateway(open_gateway: OpenGateway) -> AsyncIterator[Gateway]:
    """A gateway over CJ and the Alibaba sample, with nothing in its cache."""
    async with contextlib.AsyncExitStack() as stack:
        yield await stack.enter_async_context(open_gateway(GATEWAY_PROVIDERS="cj,alibaba"))


@pytest.fixture
async def door() -> AsyncIterator[Gateway]:
    """A gateway over two suppliers that are lists: what is refused before anybody is asked needs no more."""
    async with open_over(Shelf("cj", [1]), Shelf("alibaba", [2])) as opened:
        yield opened
