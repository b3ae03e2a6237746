"""What is left when a call to the ledger breaks in the middle: all of it, or nothing."""

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.orders.ledger import Ledger
from gateway.orders.records import Order, Repeated
from gateway.orders.spending import Caps
from gateway.orders.state import Deed, OrderStatus
from gateway.storage.engine import Database, StorageGone
from gateway.storage.tables import metadata
from providers.orders import OrderState
from tests.storage.making import HOLDER, deed, dollars, intent, news, payable, request

Call = Callable[[Ledger, Order], Awaitable[object]]

CALLS: dict[str, Call] = {
    "begin": lambda ledger, _: ledger.begin(request("new"), intent("new"), holder=HOLDER, seconds=9),
    "take": lambda ledger, order: ledger.take(order.id, holder=HOLDER, seconds=999),
    "news": lambda ledger, order: ledger.append(
        order.id, news(OrderState.PAID, ids={"id": "1", "code": "SD1"})
    ),
    "deed": lambda ledger, order: ledger.append(order.id, deed(Deed.CANCELLATION_SENT), holder=HOLDER),
    "begin_payment": lambda ledger, order: ledger.begin_payment(
        order.id, amount=dollars("1.00"), account="cj", caps=Caps(per_day=dollars("99")), holder=HOLDER
    ),
    "finish": lambda ledger, _: ledger.finish(request("key-of-shop-1"), {"done": True}),
    "erase": lambda ledger, order: ledger.erase(order.id),
    "unfinished": lambda ledger, _: ledger.take_unfinished(9, holder="resumer", seconds=60),
}


class Crash(Exception):
    """The process would have died here."""


async def everything(database: Database) -> dict[str, list[Any]]:
    """All that the database holds."""

    async def work(connection: AsyncConnection) -> dict[str, list[Any]]:
        return {
            table.name: sorted((await connection.execute(select(table))).all(), key=str)
            for table in metadata.sorted_tables
        }

    return await database.read(work)


@pytest.mark.parametrize("name", CALLS)
async def test_a_call_that_breaks_leaves_nothing_and_may_be_repeated(
    database: Database, ledger: Ledger, name: str
) -> None:
    """Wherever in its work a call breaks off, nothing of it is there, and the same call then succeeds."""
    order = await payable(ledger)
    before = await everything(database)
    engine = database._engine.sync_engine
    left = 0

    def die(*_: object) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise Crash

    broken = 0
    for statements in range(40):
        left = statements
        event.listen(engine, "before_cursor_execute", die)
        try:
            await CALLS[name](ledger, order)
        except Crash:
            broken += 1
        else:
            break
        finally:
            event.remove(engine, "before_cursor_execute", die)
        assert await everything(database) == before
    assert broken > 1
    if name != "unfinished":
        assert await everything(database) != before


async def test_a_client_that_hangs_up_stops_nobody_else(database: Database, ledger: Ledger) -> None:
    """A call that is cancelled in the middle is there as a whole or not at all, and the next one goes on."""
    for turns in range(20):
        name = f"hasty-{turns}"
        call = ledger.begin(request(name), intent(name), holder=HOLDER, seconds=60)
        task = asyncio.ensure_future(call)
        await asyncio.sleep(turns * 0.0004)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    order = await payable(ledger, "afterwards")
    kept = await everything(database)
    names = {row.client_reference for row in kept["orders"]}
    assert order.client_reference in names
    assert {row.key.removeprefix("key-of-") for row in kept["requests"]} == names
    assert len(kept["order_events"]) == len(names) + order.version - 1


async def test_a_lost_connection_is_said_and_passes(database: Database, ledger: Ledger) -> None:
    """When the server ends a connection the write is undone, and the next call finds another connection."""
    if database.is_sqlite:
        return
    order = await payable(ledger)
    before = await everything(database)

    async def work(connection: AsyncConnection) -> None:
        await connection.execute(text("UPDATE orders SET note = 'half'"))
        mine = {"pid": await connection.scalar(text("SELECT pg_backend_pid()"))}
        end = text("SELECT pg_terminate_backend(:pid)")
        await database.read(lambda other: other.execute(end, mine))
        await connection.execute(text("UPDATE orders SET note = 'whole'"))

    with pytest.raises(StorageGone):
        await database.write(work)
    assert await everything(database) == before
    assert (await ledger.append(order.id, news(OrderState.PAID))).order.status is OrderStatus.PAID


async def test_a_restart_in_the_middle_of_paying_does_not_pay_again(
    database: Database, ledger: Ledger
) -> None:
    """Whoever comes after a death between sending and hearing finds the payment open, and settles it once."""
    order = await payable(ledger)
    asked = request("pay-1", scope="payOrder:shop")
    await ledger.begin(asked, order_id=order.id, holder=HOLDER, seconds=60)
    await ledger.begin_payment(order.id, amount=dollars("1.00"), account="cj", caps=Caps(), holder=HOLDER)
    # Here the first process died; the supplier had been paid. Its successor only reads.
    successor = Ledger(database)
    await successor.append(order.id, news(OrderState.PAID))
    await successor.finish(asked, {"status": "PAID"})
    again = await successor.begin(asked, order_id=order.id, holder="client-again", seconds=60)
    assert again == Repeated({"status": "PAID"})
    (today,) = await successor.spending("cj")
    assert (today.reserved.amount, today.spent.amount) == (Decimal(0), Decimal(1))
