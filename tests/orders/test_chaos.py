"""
Everything at once: answers lost, late, doubled or garbled in a third of all calls, and processes that die.

`ORDER_CHAOS` says how many orders there are, `ORDER_CHAOS_SEED` begins another run than the usual one;
`--log-cli-level=INFO` shows the figures.
"""

import asyncio
import logging
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Final

import pytest

from gateway.orders.answers import is_final
from gateway.orders.means import Patience
from gateway.orders.office import Result
from gateway.orders.queries import OrderFilter
from gateway.orders.records import Order
from gateway.orders.state import OrderStatus, Step
from providers.cj.simulator.faults import Fault, Kind
from providers.cj.simulator.orders import PENDING
from tests.cj.drafts import plain
from tests.orders.shop import CREATE, Lasting, Process, Shop, cents
from tests.orders.test_crashes import Killed, Mortal

log = logging.getLogger(__name__)

ORDERS: Final = int(os.environ.get("ORDER_CHAOS", "32"))
SEED: Final = int(os.environ.get("ORDER_CHAOS_SEED", "1"))
CLIENTS: Final = 16
"""Who order one thing after the other."""
CHANCE: Final = 0.3
"""That any of the troubles of all calls strikes one."""
TIMEOUT: Final = 0.5
LATE: Final = 0.8
PATIENCE: Final = Patience(
    work=30.0,
    lease=2.0,
    leaving=1.0,
    creation=2.5,
    payment=2.5,
    refusal=1.0,
    spent=3.0,
    looks=(0.0, 0.2),
    poll=0.1,
    idle=0.5,
)
"""What must outlast something else still does; CJ does what it was asked up to LATE after it was sent."""
ALL: Final = "/shopping/*"
BUSY: Final = {"code": 1600000, "message": "System busy"}
EXISTS: Final = {"code": 1603003, "message": "Order exist, please do not duplicate create"}
FAILED: Final = {"code": 1603000, "message": "Order creation failed"}


@dataclass(frozen=True)
class Trouble:
    kind: Kind
    params: dict[str, object] = field(default_factory=dict)
    after: bool = False
    path: str = ALL


TROUBLES: Final = (
    Trouble("hang", {"seconds": LATE}),
    Trouble("hang", {"seconds": LATE}, after=True),
    Trouble("latency", {"seconds": LATE}),
    Trouble("twice"),
    Trouble("truncated"),
    Trouble("drop"),
    Trouble("empty"),
    Trouble("not_json", after=True),
    Trouble("status", {"status": 500}),
    Trouble("status", {"status": 500}, after=True),
    Trouble("error", BUSY),
    Trouble("error", BUSY, after=True),
    Trouble("error", EXISTS, path=CREATE),
    Trouble("error", FAILED, path=CREATE, after=True),
)


@dataclass
class Market:
    """What the clients have in common."""

    shop: Shop
    random: Random
    alive: list[Process]
    references: Iterator[str]
    again: Counter[str] = field(default_factory=Counter)

    async def asked(self) -> Process:
        """Some process; now and then one that will die soon."""
        if self.random.random() < 0.1:
            mortal = Mortal(self.random.randrange(1, 25), after=self.random.random() < 0.5)
            return await self.shop.process(PATIENCE, mortal=mortal, steady=True, environment=ENVIRONMENT)
        return self.random.choice(self.alive)

    async def insist(self, step: str, reference: str, order_id: str = "") -> Result:
        """The answer to a request that is sent again, with the same key, as long as it may change."""
        pause = 0.1
        while True:
            process = await self.asked()
            try:
                if step == "place":
                    result = await process.place(self.shop.wish(reference), key=reference)
                elif step == "pay":
                    result = await process.pay(order_id, key=reference)
                else:
                    result = await process.cancel(order_id, key=reference)
            except Killed:
                self.again["killed"] += 1
                continue
            if is_final(result):
                return result
            self.again.update(type(trouble).__name__ for trouble in result.troubles)
            await asyncio.sleep(pause)
            pause = min(pause * 2, 1.0)

    async def client(self) -> None:
        """Orders, and pays or changes its mind, until everything is ordered."""
        for reference in self.references:
            may_pay = self.random.random() < 0.8
            placed = await self.insist("place", reference)
            assert placed.order is not None, placed
            if placed.is_done:
                ended = await self.insist("pay" if may_pay else "cancel", reference, placed.order.id)
                assert ended.is_done, ended
            else:
                assert placed.order.status is OrderStatus.FAILED, placed


ENVIRONMENT: Final = {"CJ_TIMEOUT_SECONDS": f"{TIMEOUT}"}


@pytest.mark.timeout(120 + ORDERS)
async def test_everything_ends_in_a_true_state(shop: Shop) -> None:
    """No order is lost, made twice or paid twice, and the ledger says of each what CJ says of it."""
    shop.door = lasting = Lasting(shop.app)
    shop.sim.world.set_stock(plain(shop.sim), "CN", 10**6)
    shop.account.balance_cents = shop.sim.options.opening_balance_cents = 10**9
    shop.sim.chance.seed(SEED)
    random = Random(SEED)
    processes = [await shop.process(PATIENCE, steady=True, environment=ENVIRONMENT) for _ in range(3)]
    market = Market(shop, random, processes, iter([f"HB-{number}" for number in range(ORDERS)]))
    general = [each for each in TROUBLES if each.path == ALL]
    chance = 1 - (1 - CHANCE) ** (1 / len(general))
    faults = [Fault(each.kind, each.path, chance, after=each.after, params=each.params) for each in TROUBLES]
    shop.sim.faults.add(*faults)
    for process in processes:
        process.resumer.start()
    async with asyncio.TaskGroup() as group:
        for _ in range(CLIENTS):
            group.create_task(market.client())
    shop.sim.faults.clear()
    await lasting.settle()
    struck = sum(fault.struck for fault in faults)
    orders = await _kept(processes[0])
    figures = {
        "seed": SEED,
        "orders": dict(Counter(order.status.value for order in orders.values())),
        "calls": shop.calls("/shopping/*"),
        "struck": struck,
        "again": dict(market.again),
    }
    log.info("%s", figures)
    assert len(orders) == ORDERS
    assert struck > ORDERS, figures
    _agree(shop, orders)
    [spent] = await processes[0].ledger.spending(processes[0].provider.declaration.limits.account)
    assert (spent.spent, spent.reserved) == (cents(shop.charged), cents(0))


async def _kept(process: Process) -> dict[str, Order]:
    """Every order of the ledger, by its number."""
    kept: list[Order] = []
    has_more = True
    while has_more:
        page = await process.ledger.orders(OrderFilter(), first=100, after=kept[-1].id if kept else None)
        kept += page.orders
        has_more = page.has_more
    return {order.number: order for order in kept}


def _agree(shop: Shop, orders: dict[str, Order]) -> None:
    there = {sold.number: sold for sold in shop.sold}
    assert len(there) == len(shop.sold)
    for number, order in orders.items():
        assert not order.standing.is_in_doubt
        if order.status in {OrderStatus.CANCELLED, OrderStatus.FAILED}:
            assert number not in there
        else:
            sold = there.pop(number)
            assert (order.status, order.standing.payment) == (OrderStatus.PAID, Step.DONE)
            assert sold.status == PENDING
            assert order.heard is not None
            assert order.heard.ids["id"] == sold.id
            assert order.heard.totals.total == cents(sold.total)
    assert not there
    assert shop.charged == sum(sold.total for sold in shop.paid)
