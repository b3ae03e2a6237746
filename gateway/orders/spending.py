"""
What was spent at suppliers, and what is held for payments under way.

A payment is counted before it is sent, so that two of them cannot pass under one cap together. It belongs to
the UTC day on which it was sent, whenever it ends. Nothing here decides when a payment begins or ends: the
ledger calls it with the step of the order, in the same transaction. Functions inside that transaction.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import ColumnElement, select, update
from sqlalchemy import insert as plain_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.orders.state import PAID, Deed
from gateway.storage.tables import order_events, reservations, spending
from gateway.storage.upsert import insert
from providers.model import Money

_NOTHING = Decimal(0)


class Reservation(StrEnum):
    """What became of the money for one order."""

    RESERVED = "RESERVED"
    SPENT = "SPENT"
    RELEASED = "RELEASED"


@dataclass(frozen=True, slots=True)
class Caps:
    """How much may be spent, in the currency of the payment; None: no cap."""

    per_order: Money | None = None
    per_day: Money | None = None
    """Of one account, from 00:00 UTC."""


@dataclass(frozen=True, slots=True)
class OverCap:
    """A payment was not begun, because a cap stands in its way."""

    limit: Money
    left: Money
    """What could still be spent under it."""
    per_day: bool
    """Whether it is the day's cap; else the order's."""


@dataclass(frozen=True, slots=True)
class Spending:
    """What an account spent on one UTC day, in one currency."""

    account: str
    day: date
    reserved: Money
    spent: Money


async def reserve(
    connection: AsyncConnection, order_id: str, *, account: str, amount: Money, caps: Caps, day: date
) -> OverCap | None:
    """
    Hold the amount; None when it is held.

    Raises:
        ValueError: The amount is not more than nothing, or a cap is in another currency.
    """
    if amount.amount <= 0:
        raise ValueError("A payment is more than nothing.")
    if any(cap and cap.currency != amount.currency for cap in (caps.per_order, caps.per_day)):
        raise ValueError(f"A payment in {amount.currency} cannot be held against a cap in another currency.")
    if caps.per_order and amount.amount > caps.per_order.amount:
        return OverCap(caps.per_order, caps.per_order, per_day=False)
    now = await _lock_day(connection, account, day, amount.currency)
    used = now.reserved.amount + now.spent.amount
    if caps.per_day and used + amount.amount > caps.per_day.amount:
        left = Money(max(_NOTHING, caps.per_day.amount - used), amount.currency)
        return OverCap(caps.per_day, left, per_day=True)
    row = {"account": account, "day": day, "amount": amount.amount, "currency": amount.currency}
    row["state"] = Reservation.RESERVED
    # A payment that ended without success may be followed by another one.
    again = update(reservations).where(
        reservations.c.order_id == order_id, reservations.c.state == Reservation.RELEASED
    )
    if (await connection.execute(again.values(row))).rowcount == 0:
        await connection.execute(plain_insert(reservations).values(order_id=order_id, **row))
    await _count(connection, now, reserved=amount.amount)
    return None


async def end(connection: AsyncConnection, order_id: str, state: Reservation) -> None:
    """
    Note how a payment ended, once; nothing where none was counted for the order.

    What was released is spent all the same when the supplier turns out to have been paid.
    """
    mine = reservations.c.order_id == order_id
    row = (await connection.execute(select(reservations).where(mine).with_for_update())).one_or_none()
    if row is None or row.state in {state, Reservation.SPENT}:
        return
    await connection.execute(update(reservations).where(mine).values(state=state))
    now = await _lock_day(connection, row.account, row.day, row.currency)
    await _count(
        connection,
        now,
        reserved=-row.amount if row.state == Reservation.RESERVED else _NOTHING,
        spent=row.amount if state is Reservation.SPENT else _NOTHING,
    )


async def by_others(
    connection: AsyncConnection, order_id: str, *, account: str, currency: str, at: datetime, late: timedelta
) -> Money:
    """
    What payments for other orders took from an account after `at`, as far as they are known to be made.

    A supplier may carry a payment out as much later than it was sent as `late`. One that was known to be paid
    before `at` is not among them.
    """

    def told(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        mine = select(order_events.c.sequence).where(order_events.c.order_id == reservations.c.order_id)
        return mine.where(*conditions).exists()

    event = order_events.c
    amounts = await connection.scalars(
        select(reservations.c.amount).where(
            reservations.c.account == account,
            reservations.c.currency == currency,
            reservations.c.state == Reservation.SPENT,
            reservations.c.order_id != order_id,
            reservations.c.day >= (at - late).date(),
            told(event.kind == Deed.PAYMENT_SENT.value, event.at >= at - late),
            ~told(event.status.in_([status.value for status in PAID]), event.at < at),
        )
    )
    return Money(sum(amounts, _NOTHING), currency)


async def read(connection: AsyncConnection, account: str, day: date) -> tuple[Spending, ...]:
    """What an account spent on that day, one for each currency."""
    found = select(spending).where(spending.c.account == account, spending.c.day == day)
    rows = await connection.execute(found.order_by(spending.c.currency))
    return tuple(
        Spending(account, day, Money(row.reserved, row.currency), Money(row.spent, row.currency))
        for row in rows
    )


async def _lock_day(connection: AsyncConnection, account: str, day: date, currency: str) -> Spending:
    """The count, made where it is missing, and ours alone until the transaction ends."""
    key = {"account": account, "day": day, "currency": currency}
    await connection.execute(
        insert(connection, spending)
        .values(**key, reserved=_NOTHING, spent=_NOTHING)
        .on_conflict_do_nothing(index_elements=list(spending.primary_key))
    )
    row = (await connection.execute(select(spending).filter_by(**key).with_for_update())).one()
    return Spending(account, day, Money(row.reserved, currency), Money(row.spent, currency))


async def _count(
    connection: AsyncConnection, now: Spending, *, reserved: Decimal = _NOTHING, spent: Decimal = _NOTHING
) -> None:
    key = {"account": now.account, "day": now.day, "currency": now.reserved.currency}
    await connection.execute(
        update(spending)
        .filter_by(**key)
        .values(reserved=now.reserved.amount + reserved, spent=now.spent.amount + spent)
    )
