"""Looking after orders that nobody asks for: left open, or with old news."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.orders.records import Order
from gateway.orders.state import OrderStatus, Step
from gateway.orders.troubles import Refused
from providers.cj.simulator.faults import Fault
from providers.cj.simulator.orders import DELIVERED, PENDING, PROCESSING, SHIPPED, ship
from providers.orders import SupplierOrder
from tests.orders.meddling import Meddled
from tests.orders.shop import CREATE, HASTY, PAY, WARY, Process, Shop
from tests.orders.test_crashes import Killed, Mortal
from tests.pipelines import eventually
from tests.storage.making import let_pass

BATCH = "/shopping/order/getOrderDetailBatch"
BUSY = {"code": 1600000, "message": "System busy"}


async def _placed(process: Process, shop: Shop, reference: str = "HB-1") -> Order:
    order = (await process.place(shop.wish(reference), key=reference)).order
    assert order is not None
    return order


async def _order(process: Process, reference: str = "HB-1") -> Order:
    order = await process.service.order_of_reference(reference)
    assert order is not None
    return order


@pytest.mark.parametrize("step", [3, 5, 6, 7])
async def test_what_a_dead_process_left_is_made(shop: Shop, step: int) -> None:
    """An intent that was written is made without its client, once, and the client's key then finds it."""
    dying, alive = await shop.process(mortal=Mortal(step, after=True)), await shop.process()
    with pytest.raises(Killed):
        await dying.place(shop.wish())
    await let_pass(shop.database)
    assert await alive.resumer.round() == 1
    order = await _order(alive)
    assert [sold.number for sold in shop.sold] == [order.number]
    assert order.status is OrderStatus.CREATED
    assert (await alive.place(shop.wish())).order == order
    assert shop.calls(CREATE) == 1


async def test_doubt_is_resolved(shop: Shop) -> None:
    """What unclear answers left open is looked into: made again, found paid, given back, cancelled."""
    process = await shop.process(WARY)
    paid, unpaid, kept = [await _placed(process, shop, name) for name in ("paid", "unpaid", "kept")]
    shop.sim.faults.add(Fault("status", CREATE, times=1, params={"status": 500}))
    assert not (await process.place(shop.wish("lost"), key="lost")).is_done
    shop.sim.faults.preset("paid_but_500")
    shop.sim.faults.add(Fault("error", "/shopping/order/getOrderDetail", skip=1, times=3, params=BUSY))
    assert not (await process.pay(paid.id, key="1")).is_done
    shop.sim.faults.add(Fault("status", PAY, times=1, params={"status": 500}))
    assert not (await process.pay(unpaid.id, key="2")).is_done
    shop.sim.faults.add(Fault("status", "/shopping/order/deleteOrder", times=1, params={"status": 500}))
    assert not (await process.cancel(kept.id, key="3")).is_done
    await let_pass(shop.database)
    alive = await shop.process(replace(HASTY, spent=0.0))
    assert await alive.resumer.round() == 4
    assert (await _order(alive, "lost")).status is OrderStatus.CREATED
    assert (await _order(alive, "paid")).status is OrderStatus.PAID
    assert (await _order(alive, "kept")).status is OrderStatus.CANCELLED
    assert (await _order(alive, "unpaid")).standing.payment is Step.ABSENT
    assert (len(shop.paid), shop.calls(PAY)) == (1, 2)
    assert (await alive.pay(unpaid.id, key="2")).is_done


async def test_nothing_is_believed_too_soon(shop: Shop) -> None:
    """What is still in doubt is left alone for some seconds, and not sent again."""
    process = await shop.process(WARY)
    shop.sim.faults.add(Fault("status", CREATE, times=1, params={"status": 500}))
    assert not (await process.place(shop.wish())).is_done
    await let_pass(shop.database)
    assert [await process.resumer.round() for _ in range(2)] == [1, 0]
    assert (await _order(process)).standing.creation is Step.SENT
    assert shop.calls(CREATE) == 1


async def test_an_order_is_given_up(shop: Shop) -> None:
    """An order that could not be made for long is not made any more, unless its client asks again."""
    process = await shop.process(replace(HASTY, giving_up=0.0))
    shop.sim.faults.add(Fault("status", CREATE, times=2, params={"status": 500}))
    for reference in ("HB-1", "HB-2"):
        assert not (await process.place(shop.wish(reference), key=reference)).is_done
    assert (await process.place(shop.wish("HB-2"), key="HB-2")).is_done
    await let_pass(shop.database)
    await process.resumer.round()
    assert (await _order(process)).status is OrderStatus.FAILED
    [trouble] = (await process.place(shop.wish(), key="HB-1")).troubles
    assert isinstance(trouble, Refused)
    assert len(shop.sold) == 1


async def test_news_travel_in_batches(shop: Shop) -> None:
    """Several orders are one question, until they are delivered and nothing is asked any more."""
    process = await shop.process()
    orders = [await _placed(process, shop, f"HB-{place}") for place in range(5)]
    shop.sim.ledger.clear()
    for status in (PENDING, PROCESSING, SHIPPED, DELIVERED):
        for sold in shop.sold:
            sold.status, sold.paid = status, sold.paid or shop.sim.now()
            if status == SHIPPED:
                ship(sold, shop.sim.now())
        await let_pass(shop.database, timedelta(days=2))
        assert await process.resumer.round() == len(orders)
    assert (shop.calls(BATCH), shop.calls("/shopping/*")) == (4, 4)
    stand = [await process.ledger.order(order.id) for order in orders]
    assert {order.status for order in stand} == {OrderStatus.DELIVERED}
    assert all(order.heard and order.heard.parcels for order in stand)
    await let_pass(shop.database, timedelta(days=2))
    assert await process.resumer.round() == 0


async def test_news_hold_up_no_payment(shop: Shop) -> None:
    """While old news are being read, the order can be paid."""
    process = await shop.process(environment={"CJ_TIMEOUT_SECONDS": "60"})
    order = await _placed(process, shop)
    await let_pass(shop.database)
    fault = Fault("hang", BATCH)
    shop.sim.faults.add(fault)
    reading = asyncio.create_task(process.resumer.round())
    await eventually(lambda: fault.struck)
    assert (await process.pay(order.id, seconds=HASTY.lease / 2)).is_done
    assert not reading.done()
    reading.cancel()


async def test_an_order_that_was_deleted(shop: Shop) -> None:
    """An unpaid order that CJ has not shown for long, and denies when asked for it, is cancelled."""
    process, hasty = await shop.process(), await shop.process(replace(HASTY, vanished=0.0))
    order = await _placed(process, shop)
    shop.account.orders.remove(shop.sold[0])
    for looks, status in ((process, OrderStatus.CREATED), (hasty, OrderStatus.CANCELLED)):
        await let_pass(shop.database)
        await looks.resumer.round()
        assert (await _order(process)).status is status
    assert (await process.history(order.id))[-1] == "NEWS"


async def test_an_order_that_is_paid_while_it_is_denied(shop: Shop) -> None:
    """An order that CJ denies at the moment at which it is paid is not cancelled, and is looked after."""
    payer = await shop.process()
    order = await _placed(payer, shop)

    async def none(_: object, known: tuple[SupplierOrder, ...], ask: object) -> tuple[None, ...]:
        del ask
        return tuple(None for _ in known)

    async def paid_meanwhile(*_: object) -> None:
        assert (await payer.pay(order.id)).is_done

    behind = Meddled(read_orders=none, find_order=paid_meanwhile)
    looks = await shop.process(replace(HASTY, vanished=0.0), mortal=behind)
    await let_pass(shop.database)
    assert await looks.resumer.round() == 1
    now = await _order(payer)
    assert (now.status, now.standing.payment) == (OrderStatus.PAID, Step.DONE)
    assert now.look_at is not None


async def test_several_share_the_work(shop: Shop) -> None:
    """Resumers of four processes make each order that was left open once."""
    processes = [await shop.process() for _ in range(4)]
    for place in range(8):
        dying = await shop.process(mortal=Mortal(3, after=False))
        with pytest.raises(Killed):
            await dying.place(shop.wish(f"HB-{place}"), key=f"HB-{place}")
    await let_pass(shop.database)
    assert sum(await asyncio.gather(*(process.resumer.round() for process in processes))) == 8
    assert (len(shop.sold), shop.calls(CREATE)) == (8, 8)


async def test_it_runs_until_it_is_closed(shop: Shop) -> None:
    """From start to close it takes up what is due, whatever fails on the way."""
    dying = await shop.process(mortal=Mortal(3, after=False))
    with pytest.raises(Killed):
        await dying.place(shop.wish())
    await let_pass(shop.database)
    process = await shop.process()
    shop.sim.faults.add(Fault("status", CREATE, times=1, params={"status": 500}))
    process.resumer.start()
    async with asyncio.timeout(10):
        while not shop.sold:
            await let_pass(shop.database)
            await asyncio.sleep(0.05)
    await process.resumer.aclose()
    assert (await _order(process)).status is OrderStatus.CREATED


async def test_the_news_cannot_be_read(shop: Shop) -> None:
    """Orders whose news cannot be read are left for later; without their supplier they are left to others."""
    process = await shop.process()
    await _placed(process, shop)
    shop.sim.faults.add(Fault("error", BATCH, params=BUSY))
    await let_pass(shop.database)
    assert [await process.resumer.round() for _ in range(2)] == [1, 0]
    stranger = replace(process.means, providers={})
    alone = type(process.resumer)(stranger, process.errands)
    await let_pass(shop.database)
    assert await alone.round() == 0
    assert await process.resumer.round() == 1


async def test_a_stopped_service(shop: Shop) -> None:
    """After it was closed nothing more is begun."""
    process = await shop.process()
    await process.service.aclose()
    assert not (await process.place(shop.wish())).is_done
    assert shop.calls(CREATE) == 0
