"""
Writing an intent and an event: the two ways in which an order changes.

The caller has locked the order's row; events are numbered by it, and each is written together with what it
makes of the order and of the money held for it. Functions inside the caller's transaction.
"""

import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert as plain_insert
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.orders import queries, spending
from gateway.orders.discretion import discreet_event
from gateway.orders.looks import next_look
from gateway.orders.records import Appended, Event, EventKind, Intent, Order, ReferenceInUse, SaidBy
from gateway.orders.rows import heard_values, intent_note, intent_values, joined, keepable, standing_values
from gateway.orders.spending import Reservation
from gateway.orders.state import UNPAID, Deed, Move, OrderStatus, Standing, Step, Verdict, act, hear
from gateway.storage.columns import writable
from gateway.storage.tables import order_events, order_names, orders
from gateway.storage.upsert import insert
from providers.orders import OrderState, SupplierOrder

_DELETED = "The supplier does not have the order any more."
_ASKED = {SaidBy.POLL, SaidBy.SUPPLIER}
_OVERTAKEN = {Move.LATE, Move.IMPOSSIBLE}
_DATED = {
    "paid_at": OrderStatus.PAID,
    "shipped_at": OrderStatus.SHIPPED,
    "delivered_at": OrderStatus.DELIVERED,
}
_ENDS = {Step.DONE: Reservation.SPENT, Step.REFUSED: Reservation.RELEASED, Step.ABSENT: Reservation.RELEASED}
"""What becomes of the money for a payment that has come to a step."""


async def write_intent(connection: AsyncConnection, intent: Intent, now: datetime) -> Order | ReferenceInUse:
    """
    The order that is meant, new; or the one that the supplier refused under this reference, begun again.

    A refused order keeps its number: should it exist after all, looking the number up finds it.
    """
    standing = Standing()
    values = {
        "id": uuid.uuid4().hex,
        "supplier": intent.supplier,
        "number": intent.number,
        "client_reference": intent.client_reference,
        **intent_values(intent),
        **standing_values(standing),
        "version": 0,
        "created_at": now,
        "changed_at": now,
        "look_at": now,  # set by the event below
    }
    statement = insert(connection, orders).values(values)
    statement = statement.on_conflict_do_nothing(
        index_elements=[orders.c.supplier, orders.c.client_reference]
    )
    made = (await connection.scalars(statement.returning(orders.c.id))).first()
    event = Event(EventKind.BEGUN, SaidBy.CLIENT, payload=intent_note(intent))
    if made is not None:
        return (await write_event(connection, await queries.one(connection, made), event, now)).order
    order = await queries.by_reference(connection, intent.supplier, intent.client_reference, locked=True)
    # Refused at one account it may exist there all the same, under a number that another one cannot look up.
    if order.status is not OrderStatus.FAILED or order.home != intent.home:
        return ReferenceInUse(order)
    await connection.execute(update(orders).where(orders.c.id == order.id).values(intent_values(intent)))
    order = await queries.one(connection, order.id)
    return (await write_event(connection, order, replace(event, kind=Deed.BEGUN_AGAIN), now)).order


async def write_event(connection: AsyncConnection, order: Order, event: Event, now: datetime) -> Appended:
    """
    Append the event and make of the order what it says.

    Raises:
        StepRefused: It would begin something that is not possible.
    """
    event = discreet_event(event, order)
    if event.heard is not None:
        event = replace(event, heard=keepable(event.heard))
    verdict = _judged(order, event)
    heard = order.heard
    if event.heard is not None:
        heard = joined(order.heard, event.heard, is_current=verdict.move not in _OVERTAKEN)
        await _keep_names(connection, order, event.heard)
    changed_at = order.changed_at if verdict.standing == order.standing else now
    changes: dict[str, Any] = {
        **standing_values(verdict.standing),
        "changed_at": changed_at,
        "look_at": _look_at(order, event, verdict.standing, now),
    }
    if event.heard is not None:
        changes["heard_at"] = now
        changes["heard"] = heard_values(heard)
    changes |= _dates(order, verdict.standing, heard, now)
    if _says_nothing_new(order, event, verdict, heard):
        changes = {key: changes[key] for key in ("heard_at", "look_at")}
    else:
        changes["version"] = order.version + 1
        await _keep_event(connection, order, event, verdict, now)
    await connection.execute(update(orders).where(orders.c.id == order.id).values(changes))
    await _end_payment(connection, order, verdict.standing)
    return Appended(await queries.one(connection, order.id), verdict.move)


async def write_denial(
    connection: AsyncConnection, order: Order, now: datetime, *, vanished: timedelta
) -> Order:
    """
    What its supplier's word that it does not have the order makes of it.

    Nothing, unless it had it, has not shown it for so long, and the order is unpaid and not in doubt; then it
    was deleted there.
    """
    is_open = order.status in UNPAID and not order.standing.is_paid and not order.standing.is_in_doubt
    if (
        is_open
        and order.heard is not None
        and order.heard_at is not None
        and now - order.heard_at >= vanished
    ):
        gone = replace(order.heard, state=OrderState.CANCELLED, raw_status=None, obstacles=(_DELETED,))
        return (
            await write_event(connection, order, Event(EventKind.NEWS, SaidBy.POLL, heard=gone), now)
        ).order
    wait = next_look(order.standing, now - order.changed_at)
    if wait is not None:
        later = update(orders).where(orders.c.id == order.id).values(look_at=now + wait)
        await connection.execute(later)
    return await queries.one(connection, order.id)


async def kept_move(connection: AsyncConnection, order_id: str, token: str) -> Move | None:
    """What the event with this token did; None when there is none yet."""
    mine = (order_events.c.order_id == order_id, order_events.c.token == token)
    move = await connection.scalar(select(order_events.c.move).where(*mine))
    return None if move is None else Move(move)


def _judged(order: Order, event: Event) -> Verdict:
    if isinstance(event.kind, Deed):
        return act(order.standing, event.kind)
    if event.heard is None:
        return Verdict(Move.ADVANCED if event.kind is EventKind.BEGUN else Move.REPEATED, order.standing)
    return hear(order.standing, event.heard.state, asked=event.said_by in _ASKED)


def _says_nothing_new(order: Order, event: Event, verdict: Verdict, heard: SupplierOrder | None) -> bool:
    # A parcel is two weeks on its way, and looked after every few hours: a reading that brings nothing is
    # dated and not kept. Whatever came by itself is kept.
    is_poll = event.kind is EventKind.NEWS and event.said_by is SaidBy.POLL
    return is_poll and verdict.standing == order.standing and heard == order.heard and not event.payload


def _dates(
    order: Order, standing: Standing, heard: SupplierOrder | None, now: datetime
) -> dict[str, datetime | None]:
    """The supplier's own date; where it has none, the time at which we first heard of it."""
    return {
        column: getattr(heard, column, None)
        or getattr(order, column)
        or (now if standing.status is status else None)
        for column, status in _DATED.items()
    }


def _look_at(order: Order, event: Event, standing: Standing, now: datetime) -> datetime | None:
    has_moved = standing != order.standing
    wait = next_look(standing, timedelta() if has_moved else now - order.changed_at)
    if wait is None:
        return None
    # What is only told puts off no look that was to come.
    is_fresh = has_moved or order.look_at is None or event.said_by in _ASKED or event.kind is EventKind.BEGUN
    return now + wait if is_fresh or order.look_at is None else min(order.look_at, now + wait)


async def _keep_names(connection: AsyncConnection, order: Order, heard: SupplierOrder) -> None:
    known = set(order.heard.ids.values()) if order.heard else set()
    rows = [
        {"supplier": order.supplier, "name": writable(name), "order_id": order.id}
        for name in sorted(set(heard.ids.values()) - known)
    ]
    if rows:
        statement = insert(connection, order_names).values(rows)
        await connection.execute(
            statement.on_conflict_do_nothing(index_elements=list(order_names.primary_key))
        )


async def _keep_event(
    connection: AsyncConnection, order: Order, event: Event, verdict: Verdict, now: datetime
) -> None:
    payload = dict(event.payload)
    if event.heard is not None:
        payload["heard"] = heard_values(event.heard)
    await connection.execute(
        plain_insert(order_events).values(
            order_id=order.id,
            sequence=order.version + 1,
            token=event.token,
            kind=event.kind.value,
            said_by=event.said_by.value,
            at=now,
            move=verdict.move.value,
            status=verdict.standing.status.value,
            payload=payload,
        )
    )


async def _end_payment(connection: AsyncConnection, order: Order, standing: Standing) -> None:
    if standing.payment is not order.standing.payment and standing.payment in _ENDS:
        await spending.end(connection, order.id, _ENDS[standing.payment])
