"""
One worker for each order at a time, over all processes. Functions inside the caller's transaction.

A lease ends by itself, by the database's clock, so that a dead worker holds nothing up for long. It keeps
workers out of each other's way; that nothing is done twice is kept by the steps in `state`, which hold even
where a lease ran out in the middle.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.storage.tables import leases, orders
from gateway.storage.upsert import insert

_PREFIX = "order:"


class NotHeld(Exception):
    """The caller does not hold the order, or not any more: take it, and look at how it stands."""


async def take(
    connection: AsyncConnection, order_ids: Sequence[str], *, holder: str, until: datetime, now: datetime
) -> set[str]:
    """Those of the orders that are the holder's until then: free ones, and what it holds already."""
    if not order_ids:
        return set()
    # In one order, so that two takers never wait for each other in a circle.
    rows = [{"name": _PREFIX + one, "holder": holder, "held_until": until} for one in sorted(set(order_ids))]
    statement = insert(connection, leases).values(rows)
    statement = statement.on_conflict_do_update(
        index_elements=[leases.c.name],
        set_={"holder": holder, "held_until": until},
        where=or_(leases.c.holder == holder, leases.c.held_until <= now),
    ).returning(leases.c.name)
    return {name.removeprefix(_PREFIX) for name in await connection.scalars(statement)}


async def renew(connection: AsyncConnection, order_id: str, *, holder: str, until: datetime) -> bool:
    """Hold it longer; False when another has taken it meanwhile."""
    mine = (leases.c.name == _PREFIX + order_id, leases.c.holder == holder)
    return (await connection.execute(update(leases).where(*mine).values(held_until=until))).rowcount == 1


async def release(connection: AsyncConnection, order_ids: Sequence[str], *, holder: str) -> None:
    """Give back what the holder holds of these."""
    names = [_PREFIX + one for one in order_ids]
    await connection.execute(delete(leases).where(leases.c.name.in_(names), leases.c.holder == holder))


async def check(connection: AsyncConnection, order_id: str, *, holder: str | None, now: datetime) -> None:
    """Raises NotHeld unless the order is the holder's at this moment."""
    held = select(leases.c.holder).where(leases.c.name == _PREFIX + order_id, leases.c.held_until > now)
    if holder is None or await connection.scalar(held) != holder:
        raise NotHeld(f"Order {order_id} is not held by who wants to act on it.")


def is_free(now: datetime) -> ColumnElement[bool]:
    """A condition on `orders`: nobody holds it."""
    held = select(literal(1)).where(
        leases.c.name == literal(_PREFIX) + orders.c.id, leases.c.held_until > now
    )
    return ~held.exists()
