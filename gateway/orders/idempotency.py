"""
The same key gets the same answer, and is carried out by one at a time.

    missing ──claim──▶ running, held ──answer──▶ done
                         │      ▲
              time over, or let go; claimed by the next

Functions inside the caller's transaction.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.orders.records import InProgress, OtherInput, Repeated, Request
from gateway.storage.tables import requests
from gateway.storage.upsert import insert


@dataclass(frozen=True, slots=True)
class Claimed:
    """The request is the caller's."""

    order_id: str | None
    is_resumed: bool


async def claim(
    connection: AsyncConnection,
    request: Request,
    *,
    order_id: str | None,
    holder: str,
    seconds: float,
    now: datetime,
) -> Claimed | Repeated | OtherInput | InProgress:
    """
    Make the request the caller's, or say why it is not.

    Args:
        connection: In a write transaction.
        request: What was asked.
        order_id: The order that it is about, where there is one already.
        holder: Who wants to carry it out.
        seconds: For how long nobody else may.
        now: By the database's clock.
    """
    until = now + timedelta(seconds=seconds)
    statement = insert(connection, requests).values(
        scope=request.scope,
        key=request.key,
        fingerprint=request.fingerprint,
        order_id=order_id,
        holder=holder,
        held_until=until,
        created_at=now,
    )
    # On PostgreSQL this waits for another transaction that is just inserting the same key.
    statement = statement.on_conflict_do_nothing(index_elements=list(requests.primary_key))
    if (await connection.scalars(statement.returning(requests.c.key))).first() is not None:
        return Claimed(order_id, is_resumed=False)
    row = await _locked(connection, request)
    if row.fingerprint != request.fingerprint:
        return OtherInput()
    if row.done_at is not None:
        return Repeated(row.answer)
    if row.holder != holder and row.held_until > now:
        return InProgress(row.order_id, (row.held_until - now).total_seconds())
    await connection.execute(update(requests).where(*_is(request)).values(holder=holder, held_until=until))
    return Claimed(row.order_id, is_resumed=True)


async def attach(connection: AsyncConnection, request: Request, order_id: str) -> None:
    """Say which order the request turned out to be about."""
    await connection.execute(update(requests).where(*_is(request)).values(order_id=order_id))


async def answer(connection: AsyncConnection, request: Request, given: Any, *, now: datetime) -> Any:
    """Keep the answer, and give the one that is kept: the first, where two were faster than their leases."""
    row = await _locked(connection, request)
    if row.done_at is not None:
        return row.answer
    done = update(requests).where(*_is(request))
    await connection.execute(done.values(answer=given, done_at=now, holder=None, held_until=None))
    return (await _locked(connection, request)).answer


async def hold(connection: AsyncConnection, request: Request, *, holder: str, until: datetime) -> bool:
    """Hold it until then, also until now; False when it is done, or another's meanwhile."""
    mine = (*_is(request), requests.c.holder == holder, requests.c.done_at.is_(None))
    return (await connection.execute(update(requests).where(*mine).values(held_until=until))).rowcount == 1


async def _locked(connection: AsyncConnection, request: Request) -> Row[Any]:
    return (await connection.execute(select(requests).where(*_is(request)).with_for_update())).one()


def _is(request: Request) -> tuple[Any, ...]:
    return requests.c.scope == request.scope, requests.c.key == request.key
