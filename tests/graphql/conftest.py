"""A simulated CJ on a loopback socket, and a gateway in this process that asks it."""

import contextlib
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import uvicorn
from asgi_lifespan import LifespanManager

from gateway.app import create_app
from gateway.services import Services
from gateway.settings import check
from providers.cj.simulator import Options, World
from providers.cj.simulator import create_app as create_simulator
from providers.cj.simulator.simulator import Simulator

RATE = "6"
"""Calls a second that CJ grants in these tests: its highest level, since pace is not the point."""


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


@pytest.fixture(scope="session")
def served_simulator() -> Iterator[Reachable]:
    """One simulator for all tests, on a free port of the loopback address."""
    world = World(products=400)
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
def open_gateway(cj: Reachable) -> OpenGateway:
    """Opens a gateway with variables of one's own; CJ is the simulator unless they say otherwise."""

    @asynccontextmanager
    async def opened(**variables: str) -> AsyncIterator[Gateway]:
        environment = {"CJ_BASE_URL": cj.url, "CJ_REQUESTS_PER_SECOND": RATE, "GATEWAY_PROVIDERS": "cj"}
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
