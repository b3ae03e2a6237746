"""
Looking into the ledger: orders by any of their names, lists, histories.

Functions inside the caller's transaction.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import ColumnElement, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.orders.leases import is_free
from gateway.orders.records import Home, KeptEvent, Order
from gateway.orders.rows import event_of, order_of
from gateway.orders.state import OrderStatus, Step
from gateway.storage.tables import order_events, order_names, orders

log = structlog.get_logger(__name__)


class NoSuchOrder(LookupError):
    """The ledger has no order with this id."""


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Which orders; what is None does not matter."""

    suppliers: frozenset[str] | None = None
    statuses: frozenset[OrderStatus] | None = None
    client_reference: str | None = None
    created_from: datetime | None = None
    created_before: datetime | None = None
    is_sandbox: bool | None = None


@dataclass(frozen=True, slots=True)
class OrderPage:
    """Some of a list of orders, the newest first."""

    orders: tuple[Order, ...]
    has_more: bool


async def one(connection: AsyncConnection, order_id: str, *, locked: bool = False) -> Order:
    """The order; `locked`: nobody else changes it until the transaction ends. Raises NoSuchOrder."""
    question = select(orders).where(orders.c.id == order_id)
    row = (await connection.execute(question.with_for_update() if locked else question)).one_or_none()
    if row is None:
        raise NoSuchOrder(order_id)
    return order_of(row)


async def by_reference(connection: AsyncConnection, supplier: str, reference: str, *, locked: bool) -> Order:
    """The one order of a supplier with this client reference. Raises NoSuchOrder."""
    question = select(orders).where(orders.c.supplier == supplier, orders.c.client_reference == reference)
    row = (await connection.execute(question.with_for_update() if locked else question)).one_or_none()
    if row is None:
        raise NoSuchOrder(reference)
    return order_of(row)


async def many(connection: AsyncConnection, order_ids: Sequence[str]) -> tuple[Order | None, ...]:
    """These orders in this order; None for one that the ledger does not have."""
    rows = await connection.execute(select(orders).where(orders.c.id.in_(order_ids)))
    found = {row.id: order_of(row) for row in rows}
    return tuple(found.get(order_id) for order_id in order_ids)


async def readable(connection: AsyncConnection, order_ids: Sequence[str]) -> tuple[Order, ...]:
    """Those of these orders that can be read: one that another version wrote must not hide the others."""
    rows = await connection.execute(select(orders).where(orders.c.id.in_(order_ids)))
    found: dict[str, Order] = {}
    for row in rows:
        try:
            found[row.id] = order_of(row)
        except (ValueError, TypeError) as error:
            # Without its words, which may repeat an address.
            log.warning("order.unreadable", order=row.id, supplier=row.supplier, error=type(error).__name__)
    return tuple(found[order_id] for order_id in order_ids if order_id in found)


async def called(connection: AsyncConnection, supplier: str, name: str) -> tuple[Order, ...]:
    """The orders that a supplier calls so, or that we call so to it; several where it joined them."""
    named = select(order_names.c.order_id).where(
        order_names.c.supplier == supplier, order_names.c.name == name
    )
    ours = (orders.c.supplier == supplier) & (orders.c.number == name)
    rows = await connection.execute(
        select(orders).where(ours | orders.c.id.in_(named)).order_by(orders.c.created_at, orders.c.id)
    )
    return tuple(order_of(row) for row in rows)


async def page(connection: AsyncConnection, wanted: OrderFilter, first: int, after: str | None) -> OrderPage:
    """
    The newest `first` orders, or those that follow the order with the id `after`.

    Raises NoSuchOrder for an `after` that the ledger does not have.
    """
    newest_first = orders.c.created_at.desc(), orders.c.id.desc()
    question = select(orders).where(*_conditions(wanted)).order_by(*newest_first)
    if after is not None:
        last = await one(connection, after)
        question = question.where(tuple_(orders.c.created_at, orders.c.id) < (last.created_at, last.id))
    rows = (await connection.execute(question.limit(first + 1))).all()
    return OrderPage(tuple(order_of(row) for row in rows[:first]), has_more=len(rows) > first)


async def due(
    connection: AsyncConnection, now: datetime, limit: int, homes: Collection[Home] | None
) -> tuple[str, ...]:
    """The ids of orders that should be looked after and that nobody holds, the longest due first."""
    question = select(orders.c.id).where(orders.c.look_at <= now, is_free(now))
    if homes is not None:
        known = [(home.supplier, home.account, home.is_sandbox) for home in homes]
        question = question.where(tuple_(orders.c.supplier, orders.c.account, orders.c.is_sandbox).in_(known))
    return tuple(await connection.scalars(question.order_by(orders.c.look_at).limit(limit)))


async def doubtful(connection: AsyncConnection) -> int:
    """How many orders are in doubt: they are among those that somebody is to look after."""
    steps = (orders.c.creation, orders.c.payment, orders.c.cancellation)
    in_doubt = or_(*(step == Step.SENT.value for step in steps))
    question = select(func.count()).select_from(orders).where(orders.c.look_at.is_not(None), in_doubt)
    return (await connection.scalars(question)).one()


async def events(connection: AsyncConnection, order_ids: Sequence[str]) -> tuple[tuple[KeptEvent, ...], ...]:
    """The whole history of each of these orders, from its beginning."""
    question = select(order_events).where(order_events.c.order_id.in_(order_ids))
    rows = await connection.execute(question.order_by(order_events.c.order_id, order_events.c.sequence))
    found: dict[str, list[KeptEvent]] = {order_id: [] for order_id in order_ids}
    for row in rows:
        found[row.order_id].append(event_of(row))
    return tuple(tuple(found[order_id]) for order_id in order_ids)


def _conditions(wanted: OrderFilter) -> list[ColumnElement[bool]]:
    column = orders.c
    pairs: tuple[tuple[Any, Callable[[Any], ColumnElement[bool]]], ...] = (
        (wanted.suppliers, column.supplier.in_),
        (wanted.statuses, column.status.in_),
        (wanted.client_reference, column.client_reference.__eq__),
        (wanted.created_from, column.created_at.__ge__),
        (wanted.created_before, column.created_at.__lt__),
        (wanted.is_sandbox, column.is_sandbox.__eq__),
    )
    return [condition(value) for value, condition in pairs if value is not None]
