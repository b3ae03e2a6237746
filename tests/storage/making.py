"""Orders to try the ledger with, and time made to pass in its database."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.orders.ledger import Ledger
from gateway.orders.records import Begun, Event, EventKind, Intent, Order, Request, SaidBy
from gateway.orders.state import Deed
from gateway.storage.engine import Database
from gateway.storage.tables import leases, orders, requests
from providers.model import Money
from providers.orders import Address, OrderLine, OrderState, SupplierOrder

HOLDER = "worker-1"
OTHER = "worker-2"
ADDRESS = Address(
    name="Åsa Öberg 李", country="SE", province="Skåne", city="Malmö", line1="Storgatan 1", phone="040 123"
)


def dollars(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


def intent(reference: str = "shop-1", **changes: Any) -> Intent:
    return replace(
        Intent(
            supplier="cj",
            account="cj",
            client_reference=reference,
            fingerprint="basket-1",
            lines=(OrderLine("v1", 2, sku="SKU-1", unit_price=dollars("4.10"), reference="L1"),),
            origin="CN",
            method="CJPacket Ordinary",
            address=ADDRESS,
            is_sandbox=False,
            note="Leave it at the door",
            quoted=dollars("13.32"),
            max_total=dollars("15.00"),
        ),
        **changes,
    )


def request(key: str = "key-1", fingerprint: str = "basket-1", scope: str = "createOrder:shop") -> Request:
    return Request(scope, key, fingerprint)


def news(state: OrderState, *, said_by: SaidBy = SaidBy.POLL, token: str = "", **facts: Any) -> Event:
    heard = SupplierOrder(provider="cj", number="SS1", state=state, raw_status=state.value, **facts)
    event = Event(EventKind.NEWS, said_by, heard=heard)
    return replace(event, token=token) if token else event


def deed(kind: Deed, said_by: SaidBy = SaidBy.GATEWAY) -> Event:
    return Event(kind, said_by)


async def begun(ledger: Ledger, reference: str = "shop-1", **changes: Any) -> Order:
    """An order that was meant, and that HOLDER holds."""
    made = await ledger.begin(
        request(f"key-of-{reference}"), intent(reference, **changes), holder=HOLDER, seconds=60
    )
    assert isinstance(made, Begun)
    assert made.order is not None
    assert await ledger.take(made.order.id, holder=HOLDER, seconds=60)
    return made.order


async def payable(ledger: Ledger, reference: str = "shop-1", **changes: Any) -> Order:
    """An order that awaits its payment, and that HOLDER holds."""
    order = await begun(ledger, reference, **changes)
    await ledger.append(order.id, deed(Deed.CREATION_SENT), holder=HOLDER)
    return (await ledger.append(order.id, news(OrderState.AWAITING_PAYMENT))).order


async def let_pass(database: Database, time: timedelta = timedelta(hours=1)) -> None:
    """Make the database look as if that much time had passed, for leases and for orders that are due."""

    async def work(connection: AsyncConnection) -> None:
        for table, column in ((leases, "held_until"), (requests, "held_until"), (orders, "look_at")):
            keys = list(table.primary_key)
            for row in (await connection.execute(select(table))).all():
                until = getattr(row, column)
                if until is not None:
                    same = [key == getattr(row, key.name) for key in keys]
                    await connection.execute(update(table).where(*same).values({column: until - time}))

    await database.write(work)
