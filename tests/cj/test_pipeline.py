"""The adapter behind the gateway's own pipeline, against a strict simulator: tokens inside the budget."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random
from typing import TypeVar

import httpx
import pytest

from gateway.upstream import Pipeline, pipeline
from gateway.upstream.breaker import Circuit
from gateway.upstream.budget.memory import memory_budget
from gateway.upstream.http import open_http
from gateway.upstream.levels import Memory
from providers import cj
from providers.cj import simulator_key
from providers.cj.provider import CJProvider
from providers.cj.simulator.app import App
from providers.cj.simulator.faults import Fault
from providers.cj.simulator.simulator import Simulator
from providers.clock import ManualClock
from providers.contract.support import MemoryStore
from providers.declaring import Declaration
from providers.errors import QuotaExhausted, Transient, Unavailable
from providers.model import ProductSearch
from providers.orders import OrderState
from providers.port import ASGIApp, ProviderContext
from providers.upstream import Ask, Exchange, Fact, Source
from tests.cj.direct import asking
from tests.cj.drafts import draft
from tests.cj.world import simulated

T = TypeVar("T")
LOGIN = "/authentication/getAccessToken"
STRICT = {"requests_per_second": 1, "requests_per_second_per_ip": 10, "anonymous_requests_per_second": 30}


@dataclass
class Gateway:
    """One gateway process, as far as CJ is concerned."""

    app: App
    clock: ManualClock
    provider: CJProvider
    pipelines: list[Pipeline] = field(default_factory=list)

    @property
    def sim(self) -> Simulator:
        simulator: Simulator = self.app.state.simulator
        return simulator

    async def run(self, awaitable: Awaitable[T]) -> T:
        return await self.clock.run(asyncio.ensure_future(awaitable))

    def ask(self, *facts: Fact, seconds: float = 60.0) -> Ask:
        return asking(*facts, clock=self.clock, seconds=seconds)

    def products(self, count: int) -> list[str]:
        return [product.pid for product in self.sim.world.products if not product.taken_down][:count]


@asynccontextmanager
async def gateway(**options: object) -> AsyncIterator[Gateway]:
    """A process on a clock that stands still, one request a second."""
    clock = ManualClock()
    app, _ = simulated(clock, **(STRICT | options))
    clients: list[httpx.AsyncClient] = []
    pipelines: list[Pipeline] = []

    def http(base_url: str, *, app: ASGIApp | None = app) -> httpx.AsyncClient:
        clients.append(open_http(base_url, app=simulator))
        return clients[-1]

    def upstream(declaration: Declaration, exchange: Exchange) -> Pipeline:
        budget = memory_budget(declaration.limits, clock, provider="cj")
        made = pipeline(exchange, declaration, budget=budget, clock=clock, memory=Memory(), random=Random(1))
        pipelines.append(made)
        return made

    simulator = app
    context = ProviderContext(
        environment={"CJ_BASE_URL": "http://127.0.0.1:1"},
        clock=clock,
        store=MemoryStore(clock),
        open_http=http,
        open_upstream=upstream,
        site_url="https://gateway.example/sites/cj",
    )
    provider = cj.build(context)
    for each in pipelines:
        await each.start()
    try:
        yield Gateway(app, clock, provider, pipelines)
    finally:
        await provider.close()
        for each in pipelines:
            await each.aclose()
        for client in clients:
            await client.aclose()


async def test_cold_start() -> None:
    """After `start` the first search costs its one call and 50 points, and the login is charged to nobody."""
    async with gateway() as house:
        await house.provider.start()
        ask = house.ask()
        page = await house.run(house.provider.search(ProductSearch(), 1, with_description=False, ask=ask))
        assert len(page.value.products) == 100
        assert (page.source, page.trouble) == (Source.LIVE, None)
        used = ask.meter.of("cj")
        assert (used.calls, used.points) == (1, 50)
        assert (house.sim.ledger.count(LOGIN), len(house.sim.ledger)) == (1, 2)
        again = house.ask()
        kept = await house.run(house.provider.search(ProductSearch(), 1, with_description=False, ask=again))
        assert (kept.source, again.meter.of("cj").calls) == (Source.CACHE, 0)
        assert house.sim.ledger.violations() == 0


async def test_a_crowd_before_the_first_token() -> None:
    """Twelve different reads before any token cost one login and one call each, and trip no breaker."""
    async with gateway() as house:
        ask = house.ask()
        reads = asyncio.gather(*(house.provider.product(pid, ask) for pid in house.products(12)))
        found = await house.run(reads)
        assert all(each.value.variants for each in found)
        assert house.sim.ledger.count(LOGIN) == 1
        assert house.sim.ledger.count("/product/query") == 12
        assert (ask.meter.of("cj").calls, ask.meter.of("cj").points) == (12, 120)
        assert house.pipelines[0].health().circuit is Circuit.CLOSED
        assert house.sim.ledger.violations() == 0


async def test_revoked_in_flight() -> None:
    """A revoked token costs a refused call and a login within the budget; no reader sees any of it."""
    async with gateway() as house:
        pids = house.products(6)
        await house.run(house.provider.product(pids[0], house.ask()))
        house.sim.account(simulator_key()).tokens.revoke()
        found = await house.run(
            asyncio.gather(*(house.provider.product(pid, house.ask()) for pid in pids[1:]))
        )
        assert all(each.value.variants and each.trouble is None for each in found)
        assert house.sim.ledger.count(LOGIN) == 2
        assert house.sim.ledger.violations() == 0
        assert house.sim.ledger.rules()["token"] <= 2
        assert house.pipelines[0].health().circuit is Circuit.CLOSED


async def test_cached_reads_need_no_token() -> None:
    """What is kept is served though CJ lets nobody in: no token is asked for, and nothing fails."""
    async with gateway() as house:
        await house.run(house.provider.categories(house.ask()))
        house.sim.account(simulator_key()).tokens.revoke()
        house.sim.faults.add(Fault("status", LOGIN, params={"status": 503}))
        calls = len(house.sim.ledger)
        kept = await house.run(house.provider.categories(house.ask()))
        assert (kept.source, len(house.sim.ledger)) == (Source.CACHE, calls)


@pytest.mark.parametrize("accept_stale", [True, False])
@pytest.mark.parametrize(
    "misfortune",
    [
        lambda sim: sim.faults.add(Fault("status", LOGIN, params={"status": 503})),
        lambda sim: sim.faults.add(Fault("hang", LOGIN)),
        lambda sim: sim.faults.add(
            Fault("error", LOGIN, params={"code": 1600004, "message": "not authorised"})
        ),
    ],
)
async def test_stale_answers_without_a_login(
    misfortune: Callable[[Simulator], None], accept_stale: bool
) -> None:
    """When CJ lets nobody in, last known answers are served, also to those who asked for a new one."""
    async with gateway() as house:
        pid = house.products(1)[0]
        await house.run(house.provider.product(pid, house.ask()))
        house.sim.account(simulator_key()).tokens.revoke()
        misfortune(house.sim)
        await house.clock.advance(timedelta(hours=1).total_seconds())
        for _ in range(3):
            ask = replace(house.ask(seconds=40), accept_stale=accept_stale)
            found = await house.run(house.provider.product(pid, ask))
            assert (found.source, bool(found.value.variants)) == (Source.STALE, True)
            assert accept_stale or found.trouble is not None
            await house.clock.advance(30)
        with pytest.raises(Exception, match="cj"):
            await house.run(house.provider.product(house.products(2)[1], house.ask(seconds=40)))


async def test_revalidation_mends_the_token_itself() -> None:
    """A background reading that meets a dead token brings a new one, though no reader ever waits for it."""
    async with gateway() as house:
        pid = house.products(1)[0]
        await house.run(house.provider.product(pid, house.ask()))
        house.sim.account(simulator_key()).tokens.revoke()
        await house.clock.advance(timedelta(hours=1).total_seconds())
        sources = []
        for _ in range(4):
            sources.append((await house.run(house.provider.product(pid, house.ask()))).source)
            await house.clock.advance(10)
        assert sources[0] is Source.STALE
        assert sources[-1] is Source.CACHE
        assert house.sim.ledger.violations() == 0


async def test_points_run_out() -> None:
    """Without points what is kept is served, and what is not says QuotaExhausted and until when."""
    async with gateway() as house:
        pids = house.products(2)
        await house.run(house.provider.product(pids[0], house.ask()))
        house.sim.faults.add(Fault("exhaust_points", "/product/query", params={"remaining": 0}))
        await house.clock.advance(timedelta(hours=1).total_seconds())
        kept = await house.run(house.provider.product(pids[0], house.ask()))
        assert kept.source is Source.STALE
        with pytest.raises(QuotaExhausted) as caught:
            await house.run(house.provider.product(pids[1], house.ask()))
        assert caught.value.retry_after is not None
        assert caught.value.retry_after > 0


async def test_cj_down() -> None:
    """A CJ that answers nothing but errors is Unavailable within the deadline, and not asked for ever."""
    async with gateway() as house:
        await house.run(house.provider.categories(house.ask()))
        house.sim.faults.add(Fault("status", "/product/query", params={"status": 500}))
        began = house.clock.monotonic()
        with pytest.raises(Unavailable):
            await house.run(house.provider.product(house.products(1)[0], house.ask(seconds=10)))
        assert house.clock.monotonic() - began <= 10
        assert house.sim.ledger.count("/product/query") == 3


async def test_stock_left_out_costs_twenty() -> None:
    """Where CJ leaves out `inventories` a product with stock costs two calls and 20 points, once."""
    async with gateway(omit_inventories=True) as house:
        await house.provider.start()
        pid, ask, again = house.products(1)[0], house.ask(), house.ask()
        found = await house.run(house.provider.product(pid, ask))
        kept = await house.run(house.provider.product(pid, again))
        assert found.value == kept.value
        assert (ask.meter.of("cj").calls, ask.meter.of("cj").points) == (2, 20)
        assert (kept.source, again.meter.of("cj").calls) == (Source.CACHE, 0)


async def test_an_order_keeps_to_the_pace_and_leaves_nothing_behind() -> None:
    """Looked up, made, paid and read again at one call a second, without a violation or a kept answer."""
    async with gateway() as house:
        wanted, ask = draft(house.sim), house.ask
        assert await house.run(house.provider.find_order(wanted.number, ask())) is None
        made = await house.run(house.provider.create_order(wanted, ask()))
        assert await house.run(house.provider.find_order(wanted.number, ask())) is not None
        payable = await house.run(house.provider.prepare_payment(made, ask()))
        await house.run(house.provider.pay_order(payable, ask()))
        [paid] = await house.run(house.provider.read_orders((made,), ask()))
        wallet = await house.run(house.provider.wallet(ask()))
        assert paid is not None
        assert paid.state is OrderState.PAID
        assert wallet.available.amount + payable.amount.amount == 1000
        assert house.sim.ledger.violations() == 0
        assert house.sim.ledger.points() == 0
        house.sim.reset()


async def test_a_lost_payment_is_sent_once() -> None:
    """No stage repeats a payment whose answer is lost, and a wrong order shuts nobody else out."""
    async with gateway() as house:
        made = await house.run(house.provider.create_order(draft(house.sim), house.ask()))
        payable = await house.run(house.provider.prepare_payment(made, house.ask()))
        house.sim.faults.preset("paid_but_500")
        with pytest.raises(Unavailable):
            await house.run(house.provider.pay_order(payable, house.ask()))
        assert house.sim.ledger.count("/shopping/pay/payBalance*") == 1
        house.sim.faults.preset("created_but_failed", times=None)
        for number in range(8):
            with pytest.raises(Transient):
                await house.run(house.provider.create_order(draft(house.sim, f"HB-2{number}"), house.ask()))
        assert house.pipelines[0].health().circuit is Circuit.CLOSED
        house.sim.reset()
