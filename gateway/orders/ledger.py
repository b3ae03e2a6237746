"""
The ledger: what was meant, what was done about it, and what was heard, through any crash.

Every call is one transaction: when it has returned, all of it is on disk; when it raised, none of it is
(save for `StorageGone`, where that is not known). Every call may be repeated; a payment that is begun again
while it is in doubt is refused. What may have happened when a process dies at any point is written down
before it can happen:

Creating
    begin               key, intent and number are kept; nothing was sent
    take                the order is this worker's
    (look up)           only after an earlier attempt: CREATION_ABSENT, or NEWS, and it is adopted
    CREATION_SENT       from here on the order may exist
    (create)            the call to the supplier
    NEWS                it exists; its names are kept
    or CREATION_REFUSED it does not: FAILED
    or CREATION_ABSENT  it never left, or was turned away at the door
    or CREATION_UNCLEAR look up, as after a crash
    finish, release     the answer is kept for the key

Paying
    begin               the key is kept
    take
    (prepare)           what the supplier would take
    begin_payment       the amount is held under the caps, with PAYMENT_SENT: from here on it may be paid
    (pay)               the call to the supplier, once
    PAYMENT_ACCEPTED    it is spent
    or PAYMENT_REFUSED  it is given back
    or PAYMENT_UNCLEAR  read order and wallet: NEWS that it is paid settles it, PAYMENT_ABSENT gives it back
    finish, release

Cancelling is like paying, without money. A process may die between any two lines. Whoever takes the order
next finds in `Order.standing` how far it came: what is SENT is looked up, and not sent again before it is
ABSENT or REFUSED, which `append` enforces. An answer that was not kept is made from the order as it stands by
whoever repeats the key, for whom `begin` gives `is_resumed`. Orders that nobody asks for again come out of
`take_unfinished`.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.orders import amounts, idempotency, leases, queries, spending
from gateway.orders.book import LedgerReader
from gateway.orders.idempotency import Claimed
from gateway.orders.records import (
    Appended,
    Begun,
    Event,
    EventKind,
    Home,
    InProgress,
    Intent,
    Order,
    OtherInput,
    ReferenceInUse,
    Repeated,
    Request,
    SaidBy,
)
from gateway.orders.spending import Caps, OverCap
from gateway.orders.state import DEEDS, Deed, act
from gateway.orders.writing import kept_move, write_denial, write_event, write_intent
from gateway.storage.tables import orders
from providers.model import Money


class _NotBegun(Exception):
    """Undoes a transaction that claimed a request in vain."""

    def __init__(self, answer: ReferenceInUse) -> None:
        super().__init__()
        self.answer = answer


class Ledger(LedgerReader):
    """The orders in one database. Every method may raise StorageGone."""

    async def begin(
        self,
        request: Request,
        intent: Intent | None = None,
        *,
        order_id: str | None = None,
        holder: str,
        seconds: float,
    ) -> Begun | Repeated | OtherInput | InProgress | ReferenceInUse:
        """
        Claim a request, and write down the order that it means.

        Args:
            request: The idempotency key with its scope and the fingerprint of the input.
            intent: The order to be made; None for a request about an order that exists, or about none.
            order_id: The order that it is about, where there is one.
            holder: Who carries it out; a name that nobody else has, new for each attempt.
            seconds: How long nobody else may carry it out; longer than the work can take.

        Raises:
            NoSuchOrder: There is no order with this id.
        """

        async def work(connection: AsyncConnection) -> Begun | Repeated | OtherInput | InProgress:
            now = await self._database.now(connection)
            if order_id is not None:
                await queries.one(connection, order_id)
            claimed = await idempotency.claim(
                connection, request, order_id=order_id, holder=holder, seconds=seconds, now=now
            )
            if not isinstance(claimed, Claimed):
                return claimed
            return await _begun(connection, request, claimed, intent, now)

        try:
            return await self._database.write(work)
        except _NotBegun as vain:
            return vain.answer

    async def finish(self, request: Request, answer: Any) -> Any:
        """
        Keep the answer to a request, plain JSON values, and give back the one that is kept: the first.
        """

        async def work(connection: AsyncConnection) -> Any:
            now = await self._database.now(connection)
            return await idempotency.answer(connection, request, answer, now=now)

        return await self._database.write(work)

    async def keep(self, request: Request, *, holder: str, seconds: float) -> bool:
        """
        Hold a request longer, or with 0 seconds let it go unanswered; False when it is another's, or done.
        """

        async def work(connection: AsyncConnection) -> bool:
            until = await self._after(connection, seconds)
            return await idempotency.hold(connection, request, holder=holder, until=until)

        return await self._database.write(work)

    async def append(self, order_id: str, event: Event, *, holder: str | None = None) -> Appended:
        """
        Append an event and let it move the order.

        Args:
            order_id: The order.
            event: What happened. News and answers that do not fit are kept and change nothing.
            holder: Who holds the order; needed for what begins an attempt or opens the way for another.

        Raises:
            NoSuchOrder: The ledger does not have it.
            StepRefused: The event begins something that is not possible as the order stands.
            NotHeld: It needs the lease, and `holder` does not have it.
            ValueError: It is NEWS without the supplier's word, or a payment without its amount.
        """
        if event.kind is Deed.PAYMENT_SENT:
            raise ValueError("A payment is begun with its amount, by begin_payment.")
        if (event.kind is EventKind.NEWS) != (event.heard is not None):
            raise ValueError("NEWS brings the supplier's word, and nothing else does.")

        async def work(connection: AsyncConnection) -> Appended:
            order, repeated = await self._opened(connection, order_id, event, holder)
            now = await self._database.now(connection)
            return repeated or await write_event(connection, order, event, now)

        return await self._database.write(work)

    async def begin_payment(
        self,
        order_id: str,
        *,
        amount: Money,
        account: str,
        caps: Caps,
        holder: str,
        is_test: bool = False,
    ) -> Order | OverCap:
        """
        Hold the amount and write down that it is about to be paid; only after that may it be.

        Args:
            order_id: The order.
            amount: What the supplier will take.
            account: Whose money it is; caps are counted for each by itself.
            caps: How much may be spent.
            holder: Who holds the order.
            is_test: Whether the supplier itself says that paying it moves no money.

        Raises:
            NoSuchOrder, NotHeld: As `append`.
            StepRefused: It is paid, or may be, or cannot be.
            ValueError: The amount is not positive, a cap is in another currency, or the order was placed with
                another account.
        """
        payload = {**amounts.written(amount), "account": account}
        event = Event(Deed.PAYMENT_SENT, SaidBy.GATEWAY, payload=payload)

        async def work(connection: AsyncConnection) -> Order | OverCap:
            order, _ = await self._opened(connection, order_id, event, holder)
            if order.account != account:
                raise ValueError("An order is paid with the account that it was placed with.")
            act(order.standing, Deed.PAYMENT_SENT)  # before money is held
            now = await self._database.now(connection)
            if not (is_test and order.is_sandbox):
                over = await spending.reserve(
                    connection, order_id, account=account, amount=amount, caps=caps, day=now.date()
                )
                if over is not None:
                    return over
            return (await write_event(connection, order, event, now)).order

        return await self._database.write(work)

    async def deny(self, order_id: str, *, seconds: float) -> Order:
        """
        The order after its supplier, asked for it, said that it does not have it.

        It is cancelled when it was there, is neither paid nor in doubt, and was not heard of for so many
        seconds; all of that as it stands now, whatever the question was about. Else it is looked after again.
        """

        async def work(connection: AsyncConnection) -> Order:
            order = await queries.one(connection, order_id, locked=True)
            now = await self._database.now(connection)
            return await write_denial(connection, order, now, vanished=timedelta(seconds=seconds))

        return await self._database.write(work)

    async def erase(self, order_id: str) -> Order:
        """Forget an order's address and note for ever; its history stays. Raises NoSuchOrder."""

        async def work(connection: AsyncConnection) -> Order:
            order = await queries.one(connection, order_id, locked=True)
            gone = update(orders).where(orders.c.id == order_id).values(address=None, note=None)
            await connection.execute(gone)
            now = await self._database.now(connection)
            return (await write_event(connection, order, Event(EventKind.ERASED, SaidBy.GATEWAY), now)).order

        return await self._database.write(work)

    async def take(self, order_id: str, *, holder: str, seconds: float) -> bool:
        """Be the only one who acts on an order; False when another is. Its holder may take it again."""

        async def work(connection: AsyncConnection) -> bool:
            now = await self._database.now(connection)
            until = now + timedelta(seconds=seconds)
            return bool(await leases.take(connection, [order_id], holder=holder, until=until, now=now))

        return await self._database.write(work)

    async def renew(self, order_id: str, *, holder: str, seconds: float) -> bool:
        """Hold an order longer; False when another has taken it meanwhile."""

        async def work(connection: AsyncConnection) -> bool:
            until = await self._after(connection, seconds)
            return await leases.renew(connection, order_id, holder=holder, until=until)

        return await self._database.write(work)

    async def release(self, *order_ids: str, holder: str) -> None:
        """Give orders back; those of another holder stay his."""
        await self._database.write(lambda connection: leases.release(connection, order_ids, holder=holder))

    async def take_unfinished(
        self, limit: int, *, holder: str, seconds: float, homes: Collection[Home] | None = None
    ) -> tuple[Order, ...]:
        """
        Orders that somebody should look after now, the longest due first; they are the holder's from here on.

        Only those that live in one of these `homes`: the others stay due, for a gateway that can ask.

        They are due because something was sent and its end is not known, because an intent was never sent, or
        because their news are old: `Order.standing` says which. Whoever cannot learn anything new says
        `postpone`; any event sets the next date by itself.
        """

        async def work(connection: AsyncConnection) -> tuple[Order, ...]:
            now = await self._database.now(connection)
            ids = await queries.due(connection, now, limit, homes)
            until = now + timedelta(seconds=seconds)
            taken = await leases.take(connection, ids, holder=holder, until=until, now=now)
            return await queries.readable(connection, [order_id for order_id in ids if order_id in taken])

        return await self._database.write(work)

    async def postpone(self, *order_ids: str, seconds: float) -> None:
        """Leave these orders alone for so long, whatever they are due for."""

        async def work(connection: AsyncConnection) -> None:
            until = await self._after(connection, seconds)
            due = orders.c.id.in_(order_ids) & orders.c.look_at.is_not(None)
            await connection.execute(update(orders).where(due).values(look_at=until))

        await self._database.write(work)

    async def _after(self, connection: AsyncConnection, seconds: float) -> datetime:
        return await self._database.now(connection) + timedelta(seconds=seconds)

    async def _opened(
        self, connection: AsyncConnection, order_id: str, event: Event, holder: str | None
    ) -> tuple[Order, Appended | None]:
        """The order, locked; and what came of the event when it was kept before. Raises NotHeld."""
        order = await queries.one(connection, order_id, locked=True)
        move = await kept_move(connection, order_id, event.token)
        if move is not None:
            return order, Appended(order, move)
        if isinstance(event.kind, Deed) and DEEDS[event.kind].needs_lease:
            now = await self._database.now(connection)
            await leases.check(connection, order_id, holder=holder, now=now)
        return order, None


async def _begun(
    connection: AsyncConnection, request: Request, claimed: Claimed, intent: Intent | None, now: datetime
) -> Begun:
    if claimed.order_id is not None:
        order = await queries.one(connection, claimed.order_id)
        # It was refused meanwhile, and begun again with another input under another key.
        if intent is not None and order.fingerprint != intent.fingerprint:
            raise _NotBegun(ReferenceInUse(order))
        return Begun(order, claimed.is_resumed)
    if intent is None:
        return Begun(None, claimed.is_resumed)
    made = await write_intent(connection, intent, now)
    if isinstance(made, ReferenceInUse):
        raise _NotBegun(made)
    await idempotency.attach(connection, request, made.id)
    return Begun(made, is_resumed=False)
