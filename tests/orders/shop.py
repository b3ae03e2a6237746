"""A shop that orders: gateway processes over one ledger, and the simulated CJ behind their own pipelines."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import httpx

from gateway.orders.errands import Errands
from gateway.orders.ledger import Ledger
from gateway.orders.means import Means, Patience
from gateway.orders.office import Asker, Result, WantedLine, Wish
from gateway.orders.records import KeptEvent
from gateway.orders.resuming import Resumer
from gateway.orders.service import OrderService
from gateway.orders.spending import Caps
from gateway.storage.engine import Database
from gateway.storage.opening import open_database
from gateway.upstream import pipeline
from gateway.upstream.breaker import BreakerPolicy
from gateway.upstream.http import open_http
from gateway.upstream.levels import Memory
from providers import cj
from providers.cj import simulator_key
from providers.cj.simulator.accounts import Account
from providers.cj.simulator.app import App
from providers.cj.simulator.orders import PENDING
from providers.cj.simulator.orders import Order as Sold
from providers.cj.simulator.simulator import Simulator
from providers.clock import ManualClock, SystemClock
from providers.contract.support import MemoryStore
from providers.declaring import Declaration
from providers.model import Money
from providers.port import ASGIApp, Provider, ProviderContext
from providers.upstream import Exchange
from tests.cj.drafts import ADDRESS, plain
from tests.cj.world import simulated
from tests.pipelines import Gate

CREATE, DETAIL = "/shopping/order/createOrderV2", "/shopping/order/getOrderDetail"
PAY = "/shopping/pay/payBalance*"
ENVIRONMENT = {"CJ_BASE_URL": "http://cj.example/api2.0/v1", "CJ_TIMEOUT_SECONDS": "0.3"}
"""An address where something answers, so that the adapter builds no simulator of its own."""
HASTY = Patience(creation=0.0, payment=0.0, refusal=0.0, looks=(0.0,), poll=0.02, idle=0.02)
"""Believes what it hears at once: the simulator is never behind itself unless a test says so."""
WARY = replace(HASTY, creation=60.0, payment=60.0)
"""Believes no absence for as long as a test runs."""


def dollars(amount: str | int | Decimal) -> Money:
    return Money(Decimal(amount), "USD")


def cents(amount: int) -> Money:
    return dollars(Decimal(amount) / 100)


@dataclass
class Process:
    """One gateway process, as far as orders go."""

    service: OrderService
    resumer: Resumer
    ledger: Ledger
    provider: Provider
    means: Means
    errands: Errands
    clock: SystemClock

    def caller(self, name: str = "shop", seconds: float = 20.0) -> Asker:
        return Asker(name, self.clock.monotonic() + seconds)

    async def place(self, wish: Wish, key: str = "key-1", **more: Any) -> Result:
        return await self.service.place(wish, key, self.caller(**more))

    async def pay(
        self, order_id: str, expected: Money | None = None, key: str = "pay-1", **more: Any
    ) -> Result:
        return await self.service.pay(order_id, expected or dollars(500), key, self.caller(**more))

    async def cancel(self, order_id: str, key: str = "cancel-1", **more: Any) -> Result:
        return await self.service.cancel(order_id, key, self.caller(**more))

    async def refresh(self, order_id: str) -> Result:
        return await self.service.refresh(order_id, self.caller())

    async def history(self, order_id: str) -> list[str]:
        [events] = await self.ledger.events((order_id,))
        return [event.kind.value for event in events]

    async def events(self, order_id: str) -> tuple[KeptEvent, ...]:
        [events] = await self.ledger.events((order_id,))
        return events


class Lasting:
    """
    A simulated CJ that ends what it has begun, as a server does, though nobody waits for it any more.

    In process a client that gives up takes the request back, so that nothing could ever be done too late.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._under_way: set[asyncio.Future[None]] = set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        request = asyncio.ensure_future(self._app(scope, receive, send))
        self._under_way.add(request)
        request.add_done_callback(self._ended)
        await asyncio.shield(request)

    def _ended(self, request: asyncio.Future[None]) -> None:
        self._under_way.discard(request)
        # Whoever waits hears how it failed; where nobody does any more, that is no mistake.
        if not request.cancelled():
            request.exception()

    async def settle(self) -> None:
        """Wait until everything has arrived."""
        await asyncio.gather(*self._under_way, return_exceptions=True)


@dataclass
class Shop:
    """The simulated CJ, one ledger, and the processes over it."""

    app: App
    database: Database
    stack: AsyncExitStack
    door: ASGIApp | None = None
    """Where processes reach CJ, if not directly."""

    @property
    def sim(self) -> Simulator:
        simulator: Simulator = self.app.state.simulator
        return simulator

    @property
    def account(self) -> Account:
        return self.sim.account(simulator_key())

    @property
    def sold(self) -> list[Sold]:
        """The orders at CJ."""
        return self.account.orders.orders

    @property
    def charged(self) -> int:
        """Cents that left the wallet."""
        return self.sim.options.opening_balance_cents - self.account.balance_cents

    @property
    def paid(self) -> list[Sold]:
        return [order for order in self.sold if order.status >= PENDING]

    def calls(self, path: str) -> int:
        return self.sim.ledger.count(path)

    def wish(self, reference: str = "HB-1", quantity: int = 2, **changes: Any) -> Wish:
        """Some pieces of ordinary goods to Bremen."""
        variant = plain(self.sim)
        whole = Wish(
            client_reference=reference,
            supplier="cj",
            lines=(WantedLine(variant.product.pid, variant.vid, quantity),),
            origin="CN",
            method="CJPacket Ordinary",
            address=ADDRESS,
            agreed=None,
            max_total=None,
            note=None,
            quote_id=None,
        )
        return replace(whole, **changes)

    async def process(
        self,
        patience: Patience = HASTY,
        *,
        caps: Caps | None = None,
        mortal: Any = None,
        environment: dict[str, str] | None = None,
        steady: bool = False,
    ) -> Process:
        """
        One more process.

        Args:
            patience: Its own.
            caps: Its own.
            mortal: Stands between it and everything that it awaits.
            environment: Of its adapter.
            steady: It goes on asking a supplier that fails all the time.
        """
        clock = SystemClock()
        breaker = BreakerPolicy(minimum=10**6, consecutive=10**6) if steady else None
        provider = self._provider(clock, breaker, ENVIRONMENT | (environment or {}))
        await provider.start()
        self.stack.push_async_callback(provider.close)
        ledger = Ledger(self.database)
        if mortal is not None:
            provider, ledger = mortal.of(provider), mortal.of(ledger)
        means = Means(ledger, {"cj": provider}, clock, caps or Caps(), patience)
        errands = Errands(clock)
        service, resumer = OrderService(means, errands), Resumer(means, errands)
        self.stack.push_async_callback(service.aclose)
        self.stack.push_async_callback(resumer.aclose)
        return Process(service, resumer, ledger, provider, means, errands, clock)

    def _provider(
        self, clock: SystemClock, breaker: BreakerPolicy | None, environment: dict[str, str]
    ) -> Provider:
        def http(base_url: str, *, app: ASGIApp | None = None) -> httpx.AsyncClient:
            del app
            client = open_http(base_url, app=self.door or self.app)
            self.stack.push_async_callback(client.aclose)
            return client

        def upstream(declaration: Declaration, exchange: Exchange) -> Any:
            made = pipeline(
                exchange,
                declaration,
                budget=Gate(clock),
                clock=clock,
                memory=Memory(),
                breaker_policy=breaker,
                random=Random(1),
            )
            self.stack.push_async_callback(made.aclose)
            return made

        return cj.build(ProviderContext(environment, clock, MemoryStore(clock), http, upstream, ""))


@asynccontextmanager
async def open_shop(
    folder: Path, *, clock: ManualClock | None = None, **options: object
) -> AsyncIterator[Shop]:
    """A shop with an empty ledger in a folder, at a CJ with these options, whose time may be its own."""
    app, _ = simulated(clock, **({"batch_requests_per_second": 10_000} | options))
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(f"sqlite:///{folder}/orders.db"))
        yield Shop(app, database, stack)
