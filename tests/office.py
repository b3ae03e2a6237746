"""
An office of orders made small: everything is kept in memory, and a supplier that always agrees is imagined.

It keeps what the office promises: one answer for each key, one order for each reference, nothing paid twice.
Whatever a supplier might have against it is said with `obstruct`.
"""

import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from gateway.orders.office import Asker, Claim, Result, WantedLine, Wish
from gateway.orders.queries import NoSuchOrder, OrderFilter, OrderPage
from gateway.orders.records import EventKind, KeptEvent, Order, SaidBy, new_number
from gateway.orders.state import Deed, Move, OrderStatus, Standing, Step
from gateway.orders.troubles import KeyReused, NotFound, NotNow, PriceChanged, ReferenceTaken, Trouble
from providers.clock import Clock
from providers.model import Money
from providers.orders import OrderLine, OrderState, SupplierOrder, Totals

PRICE = Decimal("4.10")
"""What this supplier takes for a piece of anything."""


class MemoryOffice:
    """An `Office` without a database and without suppliers."""

    def __init__(self, clock: Clock) -> None:
        self.wishes: list[Wish] = []
        """Everything that was asked to be placed or rehearsed."""
        self.claims: list[Claim] = []
        """Every dispute that was to be opened."""
        self.looks = 0
        """How often histories were read."""
        self._clock = clock
        self._orders: dict[str, Order] = {}
        self._events: dict[str, list[KeptEvent]] = {}
        self._answers: dict[tuple[str, str, str], tuple[Any, Result]] = {}
        self._against: tuple[Trouble, ...] = ()
        self._warnings: tuple[str, ...] = ()

    def obstruct(self, *troubles: Trouble, warnings: tuple[str, ...] = ()) -> None:
        """What stands in the way of the next request."""
        self._against, self._warnings = troubles, warnings

    def change(self, order_id: str, **changes: Any) -> None:
        """Let an order have become otherwise."""
        self._orders[order_id] = replace(self._orders[order_id], **changes)

    def hear(self, order_id: str, **said: Any) -> None:
        """Let the supplier have said more about an order."""
        heard = self._orders[order_id].heard
        assert heard is not None
        self.change(order_id, heard=replace(heard, **said), heard_at=self._clock.now())

    def tell(self, order_id: str, kind: Deed | EventKind, payload: dict[str, Any]) -> None:
        """Let something have happened to an order that changed nothing."""
        self._note(self._orders[order_id], kind, SaidBy.GATEWAY, payload)

    async def rehearse(self, wish: Wish, asker: Asker) -> Result:
        del asker
        self.wishes.append(wish)
        return self._obstructed(None) or Result(None)

    async def place(self, wish: Wish, key: str, asker: Asker) -> Result:
        self.wishes.append(wish)
        return self._once("create", asker, key, wish, lambda: self._placed(wish))

    async def pay(self, order_id: str, expected: Money, key: str, asker: Asker) -> Result:
        return self._once("pay", asker, key, (order_id, expected), lambda: self._paid(order_id, expected))

    async def cancel(self, order_id: str, key: str, asker: Asker) -> Result:
        return self._once("cancel", asker, key, order_id, lambda: self._cancelled(order_id))

    async def open_dispute(self, order_id: str, claim: Claim, key: str, asker: Asker) -> Result:
        self.claims.append(claim)
        return self._once("dispute", asker, key, (order_id, claim), lambda: self._disputed(order_id, "D1"))

    async def cancel_dispute(self, order_id: str, dispute_id: str, key: str, asker: Asker) -> Result:
        return self._once(
            "end", asker, key, (order_id, dispute_id), lambda: self._disputed(order_id, dispute_id)
        )

    async def refresh(self, order_id: str, asker: Asker) -> Result:
        del asker
        order = self._orders.get(order_id)
        if order is None:
            return Result(None, (NotFound("There is no such order."),))
        return self._obstructed(order) or Result(self._note(order, EventKind.NEWS, SaidBy.POLL))

    async def order(self, order_id: str) -> Order | None:
        return self._orders.get(order_id)

    async def order_of_reference(self, client_reference: str) -> Order | None:
        page = await self.orders(OrderFilter(client_reference=client_reference), first=1, after=None)
        return next(iter(page.orders), None)

    async def order_for(self, supplier: str | None, client_reference: str) -> Order | None:
        suppliers = None if supplier is None else frozenset({supplier})
        wanted = OrderFilter(suppliers=suppliers, client_reference=client_reference)
        page = await self.orders(wanted, first=1, after=None)
        return next((order for order in page.orders if order.status is not OrderStatus.FAILED), None)

    async def orders(self, wanted: OrderFilter, *, first: int, after: str | None) -> OrderPage:
        if after is not None and after not in self._orders:
            raise NoSuchOrder(after)
        newest = [order for order in reversed(self._orders.values()) if _fits(order, wanted)]
        if after is not None:
            newest = newest[[order.id for order in newest].index(after) + 1 :]
        return OrderPage(tuple(newest[:first]), has_more=len(newest) > first)

    async def events(self, order_ids: tuple[str, ...]) -> tuple[tuple[KeptEvent, ...], ...]:
        self.looks += 1
        return tuple(tuple(self._events[order_id]) for order_id in order_ids)

    def _once(self, what: str, asker: Asker, key: str, given: Any, do: Any) -> Result:
        claim = (what, asker.name, key)
        if claim in self._answers:
            asked, answer = self._answers[claim]
            if asked != given:
                return Result(None, (KeyReused(),))
            order = answer.order and self._orders[answer.order.id]
            return replace(answer, order=order)
        result: Result = do()
        if result.order is not None or result.is_done:
            self._answers[claim] = given, result
        return result

    def _obstructed(self, order: Order | None) -> Result | None:
        against, self._against = self._against, ()
        return Result(order, against) if against else None

    def _placed(self, wish: Wish) -> Result:
        taken = next(
            (
                each
                for each in self._orders.values()
                if (each.supplier, each.client_reference) == (wish.supplier, wish.client_reference)
            ),
            None,
        )
        if taken is not None:
            return Result(None, (ReferenceTaken(taken.id),))
        obstructed = self._obstructed(None)
        if obstructed is not None:
            return obstructed
        order = _made(wish, self._clock.now())
        self._events[order.id] = []
        for kind, said_by in (
            (EventKind.BEGUN, SaidBy.CLIENT),
            (Deed.CREATION_SENT, SaidBy.GATEWAY),
            (EventKind.NEWS, SaidBy.SUPPLIER),
        ):
            self._note(order, kind, said_by)
        warnings, self._warnings = self._warnings, ()
        return Result(self._orders[order.id], warnings=warnings)

    def _paid(self, order_id: str, expected: Money) -> Result:
        order = self._orders[order_id]
        obstructed = self._obstructed(order)
        if obstructed is not None:
            return obstructed
        if order.standing.payment is Step.DONE or order.status is OrderStatus.CANCELLED:
            return Result(order, (NotNow(f"The order is {order.status}."),))
        assert order.heard is not None
        total = order.heard.totals.total
        assert total is not None
        if total.amount > expected.amount:
            return Result(order, (PriceChanged(expected, total),))
        amount = {"amount": format(total.amount, "f"), "currency": total.currency}
        self._note(order, Deed.PAYMENT_SENT, SaidBy.GATEWAY, amount)
        paid = replace(order, standing=Standing(OrderStatus.PAID, Step.DONE, Step.DONE))
        paid = replace(paid, paid_at=self._clock.now())
        return Result(self._note(paid, Deed.PAYMENT_ACCEPTED, SaidBy.SUPPLIER))

    def _cancelled(self, order_id: str) -> Result:
        order = self._orders[order_id]
        if order.status is not OrderStatus.CREATED:
            return Result(order, (NotNow(f"The order is {order.status}."),))
        standing = Standing(OrderStatus.CANCELLED, Step.DONE, cancellation=Step.DONE)
        cancelled = replace(order, standing=standing)
        return Result(self._note(cancelled, Deed.CANCELLATION_ACCEPTED, SaidBy.SUPPLIER))

    def _disputed(self, order_id: str, dispute_id: str) -> Result:
        order = self._orders[order_id]
        obstructed = self._obstructed(order)
        if obstructed is not None:
            return obstructed
        if order.standing.payment is not Step.DONE:
            return Result(order, (NotNow(f"The order is {order.status}."),))
        return Result(self._note(order, EventKind.NOTE, SaidBy.SUPPLIER), dispute=dispute_id)

    def _note(
        self, order: Order, kind: Deed | EventKind, said_by: SaidBy, payload: dict[str, Any] | None = None
    ) -> Order:
        events = self._events[order.id]
        now = self._clock.now()
        written = payload or {}
        if said_by in {SaidBy.SUPPLIER, SaidBy.POLL}:
            written = {"heard": {"raw_status": order.heard and order.heard.raw_status}}
        number = len(events) + 1
        events.append(KeptEvent(order.id, number, kind, said_by, now, Move.ADVANCED, order.status, written))
        self._orders[order.id] = replace(order, version=number, changed_at=now)
        return self._orders[order.id]


def _made(wish: Wish, now: datetime) -> Order:
    number = new_number()
    pieces = sum(line.quantity for line in wish.lines)
    total = Money(PRICE * pieces, "USD")
    heard = SupplierOrder(
        provider=wish.supplier,
        number=number,
        ids={"number": number, "id": f"26{uuid.uuid4().int % 10**17}", "code": f"SD{number}"},
        state=OrderState.CREATED,
        raw_status="CREATED",
        lines=tuple(_charged(line) for line in wish.lines),
        totals=Totals(items=total, total=total),
    )
    return Order(
        id=uuid.uuid4().hex,
        supplier=wish.supplier,
        account=wish.supplier,
        number=number,
        client_reference=wish.client_reference,
        fingerprint=repr(wish),
        lines=tuple(
            OrderLine(line.variant_id, line.quantity, product_id=line.product_id) for line in wish.lines
        ),
        origin=wish.origin,
        method=wish.method or "Slow boat",
        address=wish.address,
        note=wish.note,
        is_sandbox=False,
        quoted=wish.agreed,
        max_total=wish.max_total,
        standing=Standing(OrderStatus.CREATED, Step.DONE),
        heard=heard,
        version=0,
        created_at=now,
        changed_at=now,
        heard_at=now,
        paid_at=None,
        shipped_at=None,
        delivered_at=None,
        look_at=now + timedelta(minutes=5),
    )


def _charged(line: WantedLine) -> OrderLine:
    return OrderLine(
        line.variant_id, line.quantity, sku=f"SKU-{line.variant_id}", unit_price=Money(PRICE, "USD")
    )


def _fits(order: Order, wanted: OrderFilter) -> bool:
    return all(
        (
            wanted.suppliers is None or order.supplier in wanted.suppliers,
            wanted.statuses is None or order.status in wanted.statuses,
            wanted.client_reference in {None, order.client_reference},
            wanted.created_from is None or order.created_at >= wanted.created_from,
            wanted.created_before is None or order.created_at < wanted.created_before,
            wanted.is_sandbox in {None, order.is_sandbox},
        )
    )
