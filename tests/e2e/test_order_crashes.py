"""
Orders while the gateway is killed at every step of creating and paying them, over and over.

`ORDER_CRASHES` says how often it is killed for each database; `--log-cli-level=INFO` shows the figures. Every
third death comes at a random instant of a process's life, its start included; the others while a call of a
certain kind is under way: before CJ has done what it asks, after it, or so that CJ does it when the gateway
is dead already.
"""

import asyncio
import itertools
import logging
import os
import random
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.customers import CREATE, PAY, Bought, Customers, Supplier, customers
from tests.e2e.fleet import ServedSimulator, serve_simulator
from tests.e2e.hasty_gateway import Mortal, hasty, several
from tests.postgres import emptied, postgres  # noqa: F401 - a fixture

log = logging.getLogger(__name__)

KILLS = int(os.environ.get("ORDER_CRASHES", "9"))
SHOPS = 4
"""Customers who order one thing after the other."""
PROCESSES, CLIENTS = 4, 64
OPENING = Decimal(1_000_000)
FLAGS = ("--requests-per-second=300", "--requests-per-second-per-ip=1000", "--daily-points=10000000",
         f"--balance={OPENING}", "--pace=0")  # fmt: skip
CALLS = (
    "/shopping/order/createOrderV2",
    "/shopping/pay/payBalanceV2",
    "/shopping/order/addCartConfirm",
    "/shopping/order/saveGenerateParentOrder",
    "/shopping/order/addCart",
    "/shopping/order/getOrderDetail",
    "/shopping/pay/getBalance",
)
"""What creating and paying an order takes, the calls that leave a doubt first: a short run has those."""
WAYS: tuple[Mapping[str, Any], ...] = (
    {"kind": "hang", "after": True},
    {"kind": "latency", "params": {"seconds": 0.5}},
    {"kind": "hang"},
)
"""Done and not answered; done when nobody waits any more; not done."""
_LONGEST_LIFE = 1.0
_OF_AGE = 0.75
"""So many live until they answer at least."""
_STRUCK_SECONDS = 40.0


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/ledger.db"
    return await emptied(request.getfixturevalue("postgres"))


@pytest.fixture(scope="module")
def served() -> Iterator[ServedSimulator]:
    """A CJ without limits that matter here."""
    with serve_simulator(*FLAGS) as simulator:
        yield simulator


@pytest.fixture
def cj(served: ServedSimulator) -> ServedSimulator:
    """The same without orders; it takes a number twice, shows orders late, and is slow to confirm them."""
    served.reset()
    Supplier(served).set(duplicates_v2="accept", lookup_lag_seconds=0.3, confirm_seconds=0.1)
    return served


def environment(simulator: ServedSimulator, database: str) -> dict[str, str]:
    return {
        "CJ_BASE_URL": simulator.url,
        "CJ_REQUESTS_PER_SECOND": "300",
        "CJ_POINTS_PER_DAY": "10000000",
        "DATABASE_URL": database,
        "GATEWAY_PROVIDERS": "cj",
    }


@dataclass(slots=True)
class Deaths:
    """What kills a gateway, and what was seen at CJ between two lives of it."""

    simulator: ServedSimulator
    gateway: Mortal
    chance: random.Random
    payments: list[dict[str, Any]] = field(default_factory=list)
    """The calls for a payment that reached CJ."""
    died: Counter[str] = field(default_factory=Counter)

    async def come(self, count: int) -> None:
        """So many lives and deaths, and one more life."""
        points = itertools.cycle(itertools.product(CALLS, WAYS))
        for number in range(count):
            if number % 3 == 2:
                await self._anywhere()
            else:
                await self.gateway.is_up()
                await self._under_way(*next(points))
            self.gateway.kill()
            self.look()
            self.gateway.start()

    def look(self) -> None:
        """Note what reached CJ."""
        self.simulator.heal()
        self.payments += self.simulator.received("/payBalance")
        self.simulator.forget()

    async def _anywhere(self) -> None:
        if self.chance.random() < _OF_AGE:
            await self.gateway.is_up()
        await asyncio.sleep(self.chance.uniform(0.0, _LONGEST_LIFE))
        self.died["anywhere"] += 1

    async def _under_way(self, path: str, way: Mapping[str, Any]) -> None:
        self.simulator.fault(path=path, times=1, **way)
        end = time.monotonic() + _STRUCK_SECONDS
        while not self.simulator.struck():
            assert time.monotonic() < end, f"nobody asked {path}"
            await asyncio.sleep(0.01)
        self.died[f"{path.rpartition('/')[2]} {way['kind']}{' after' * way.get('after', False)}"] += 1


async def _shop(buyers: Customers, goods: list[str], is_over: asyncio.Event) -> list[Bought]:
    bought = []
    for variant in itertools.cycle(goods):
        bought.append(await buyers.buy(variant))
        await asyncio.sleep(0.05)
        if is_over.is_set():
            break
    return bought


@pytest.mark.timeout(120 + 15 * KILLS)
async def test_killed_again_and_again(database: str, cj: ServedSimulator, tmp_path: Path) -> None:
    """Whenever the gateway dies, each order ends made once and paid once, and both ledgers agree on all."""
    seed = random.randrange(10**6)
    gateway = hasty(environment(cj, database), tmp_path / "log")
    deaths = Deaths(cj, gateway, random.Random(seed))
    gateway.start()
    try:
        await gateway.is_up()
        async with customers(gateway.url) as buyers:
            goods = await buyers.goods()
            for variant in goods:
                Supplier(cj).stock_up(variant)
            is_over = asyncio.Event()
            async with asyncio.TaskGroup() as group:
                shops = [group.create_task(_shop(buyers, goods, is_over)) for _ in range(SHOPS)]
                await deaths.come(KILLS)
                is_over.set()
            kept = await buyers.ledger()
    finally:
        gateway.kill()
    deaths.look()
    bought = [each for shop in shops for each in shop.result()]
    figures = {"seed": seed, "orders": len(bought), "died": dict(deaths.died), "again": dict(buyers.retries)}
    log.info("%s", figures)
    _agree(bought, kept, Supplier(cj))
    # CJ charges no order twice, so that a second payment would show in its answer alone.
    assert {call["code"] for call in deaths.payments} <= {200, None}, figures
    assert sum(deaths.died.values()) == KILLS


def _agree(bought: list[Bought], kept: list[dict[str, Any]], supplier: Supplier) -> None:
    """Nothing lost, doubled or paid twice, and the gateway's ledger is what CJ has."""
    sold = supplier.orders()
    numbers = sorted(each.number for each in bought)
    assert sorted(order["orderNum"] for order in sold) == numbers
    assert sorted(order["number"] for order in kept) == numbers
    assert {order["number"]: order["clientReference"] for order in kept} == {
        each.number: each.reference for each in bought
    }
    assert {
        order["number"]: (order["supplierOrderId"], Decimal(order["totals"]["paid"]["amount"]))
        for order in kept
    } == {order["orderNum"]: (order["cjOrderId"], Decimal(str(order["orderAmount"]))) for order in sold}
    assert {order["orderStatus"] for order in sold} == {"UNSHIPPED"}
    assert OPENING - supplier.balance() == sum(Decimal(str(order["orderAmount"])) for order in sold)
    for order in kept:
        assert (order["status"], order["inDoubt"]) == ("PAID", False), order
        events = order["events"]
        assert [event["sequence"] for event in events] == list(range(1, len(events) + 1))
        steps = Counter(event["kind"] for event in events)
        assert steps["CREATION_SENT"] - steps["CREATION_ABSENT"] == 1, order
        assert steps["PAYMENT_SENT"] - steps["PAYMENT_ABSENT"] == 1, order


async def _at_once(sides: list[Customers], mutation: str, wish: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The payloads of many equal requests."""
    asked = [side.asked(mutation, input=wish) for _ in range(CLIENTS // len(sides)) for side in sides]
    return [payload for answer in await asyncio.gather(*asked) for payload in answer.values()]


async def test_one_key_from_many_clients(database: str, cj: ServedSimulator, tmp_path: Path) -> None:
    """Of 64 requests with one key over four processes one is carried out, and all are answered alike."""
    async with several(PROCESSES, environment(cj, database), tmp_path / "log") as sides:
        here = sides[0]
        variant, another, *_ = await here.goods()
        wish = await here.wish(variant, "C-1", pieces=2)
        cj.forget()
        payloads = await _at_once(sides, CREATE, wish)
        made = payloads[0]["order"]
        assert payloads[0]["userErrors"] == []
        assert payloads == [payloads[0]] * CLIENTS
        assert len(cj.received("createOrder")) == 1
        changed = wish | {"quoteId": (await here.wish(another, "C-1"))["quoteId"]}
        for side in sides:
            await _refuses(side, CREATE, changed)
        [order] = Supplier(cj).orders()
        assert order["orderNum"] == made["number"]
        payment = {
            "idempotencyKey": "pay C-1",
            "orderId": made["id"],
            "expectedTotal": made["totals"]["total"]["amount"],
            "currencyCode": made["totals"]["total"]["currencyCode"],
        }
        payloads = await _at_once(sides, PAY, payment)
        assert payloads == [{"order": {"id": made["id"], "status": "PAID"}, "userErrors": []}] * CLIENTS
        assert len(cj.received("/payBalance")) == 1
        assert OPENING - Supplier(cj).balance() == Decimal(str(order["orderAmount"]))
        await _refuses(sides[-1], PAY, payment | {"expectedTotal": "1000"})
        [kept] = await sides[-1].ledger()
        assert (kept["number"], kept["status"]) == (made["number"], "PAID")


async def _refuses(side: Customers, mutation: str, changed: Mapping[str, Any]) -> None:
    [payload] = (await side.asked(mutation, input=changed)).values()
    [error] = payload["userErrors"]
    assert (error["__typename"], error["code"]) == ("IdempotencyKeyReused", "IDEMPOTENCY_KEY_REUSED")
    assert error["field"] == ["input", "idempotencyKey"]
