"""Everything at once: answers lost, garbled or refused in a third of all calls, and processes that die."""

import asyncio
from dataclasses import replace
from random import Random
from typing import Final

import pytest

from gateway.orders.office import Result
from gateway.orders.state import OrderStatus, Step
from providers.cj.simulator.faults import Fault, Kind
from providers.cj.simulator.orders import PENDING
from tests.orders.shop import HASTY, Process, Shop, cents
from tests.orders.test_crashes import Killed, Mortal
from tests.storage.making import let_pass

ORDERS: Final = 12
BOLD: Final = replace(HASTY, spent=0.3)
"""The wallet is lower all the time, because others pay; so that says little."""
BUSY: Final = {"code": 1600000, "message": "System busy"}
TROUBLE: Final[tuple[tuple[Kind, dict[str, object], bool], ...]] = (
    ("status", {"status": 500}, False),
    ("status", {"status": 502}, True),
    ("error", BUSY, False),
    ("error", BUSY, True),
    ("truncated", {}, True),
    ("drop", {}, True),
    ("not_json", {}, True),
    ("empty", {}, True),
)


async def _until_done(shop: Shop, random: Random, alive: list[Process], reference: str) -> None:
    """One client, who asks again until there is an answer; now and then the process that it asked dies."""
    may_pay, wish = random.random() < 0.7, shop.wish(reference)

    async def process() -> Process:
        if random.random() < 0.3:
            mortal = Mortal(random.randrange(1, 25), after=random.random() < 0.5)
            return await shop.process(BOLD, mortal=mortal, steady=True)
        return random.choice(alive)

    async def insist(step: str) -> Result:
        while True:
            asked = await process()
            try:
                if step == "place":
                    result = await asked.place(wish, key=reference)
                elif step == "pay":
                    result = await asked.pay(order_id, key=reference)
                else:
                    result = await asked.cancel(order_id, key=reference)
            except Killed:
                continue
            if result.is_done:
                return result
            await asyncio.sleep(0.02)

    placed = (await insist("place")).order
    assert placed is not None
    order_id = placed.id
    await insist("pay" if may_pay else "cancel")


@pytest.mark.parametrize("seed", [1, 2])
async def test_everything_ends_in_a_true_state(shop: Shop, seed: int) -> None:
    """No order is lost, made twice or paid twice, and the ledger says of each what CJ says of it."""
    random = Random(seed)
    alive = [await shop.process(BOLD, steady=True) for _ in range(3)]
    for kind, params, after in TROUBLE:
        shop.sim.faults.add(
            Fault(kind, "/shopping/*", probability=0.3 / len(TROUBLE), after=after, params=params)
        )
    passing = asyncio.create_task(_pass_time(shop, alive[0]))
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        for place in range(ORDERS):
            group.create_task(_until_done(shop, random, alive, f"HB-{place}"))
    passing.cancel()
    await asyncio.gather(passing, return_exceptions=True)
    there = {sold.number: sold for sold in shop.sold}
    assert len(there) == len(shop.sold)
    for place in range(ORDERS):
        order = await alive[0].service.order_of_reference(f"HB-{place}")
        assert order is not None
        assert not order.standing.is_in_doubt
        if order.status is OrderStatus.CANCELLED:
            assert order.number not in there
        else:
            assert (order.status, order.standing.payment) == (OrderStatus.PAID, Step.DONE)
            assert there.pop(order.number).status == PENDING
    assert not there
    assert shop.charged == sum(sold.total for sold in shop.paid)
    [spent] = await alive[0].ledger.spending(alive[0].provider.declaration.limits.account)
    assert (spent.spent, spent.reserved) == (cents(shop.charged), cents(0))


async def _pass_time(shop: Shop, process: Process) -> None:
    """Dead workers lose what they held, and the resumer finds something to do; time flies."""
    while True:
        await asyncio.sleep(0.3)
        await let_pass(shop.database)
        await process.resumer.round()
