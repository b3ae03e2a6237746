"""What happened to an order, and who said so."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import strawberry

from gateway.orders import amounts
from gateway.orders.answers import read_troubles
from gateway.orders.records import KeptEvent, Noted
from gateway.orders.state import Deed
from gateway.schema.money import Money
from gateway.schema.order_enums import Move, OrderEventKind, OrderStatus, SaidBy, event_kind
from gateway.schema.user_errors import UserError
from providers.declaring import Feature

_FEATURES = {
    OrderEventKind.PAYMENT_REFUSED: Feature.PAYMENT,
    OrderEventKind.PAYMENT_ABSENT: Feature.PAYMENT,
    OrderEventKind.NOTE: Feature.DISPUTES,
}


@strawberry.type(description="Something that happened to an order. It is never changed and never deleted.")
class OrderEvent:
    """Public form of `KeptEvent`."""

    supplier: strawberry.Private[str]
    payload: strawberry.Private[Mapping[str, Any]]
    sequence: int = strawberry.field(description="Its number in the order's history, from 1 without gaps.")
    kind: OrderEventKind = strawberry.field(description="What happened.")
    source: SaidBy = strawberry.field(description="Who said so.")
    at: datetime = strawberry.field(description="When the gateway wrote it down.")
    effect: Move = strawberry.field(description="What it did to the order.")
    status: OrderStatus = strawberry.field(description="How the order stood afterwards.")
    raw_status: str | None = strawberry.field(
        description="The supplier's own word for the status, where it said one."
    )
    amount: Money | None = strawberry.field(description="With PAYMENT_SENT: what was to be paid.")
    dispute_id: strawberry.ID | None = strawberry.field(
        description="With a NOTE about a dispute: the supplier's own id of it, once it is known."
    )

    @classmethod
    def from_record(cls, event: KeptEvent, supplier: str) -> "OrderEvent":
        """The event as the ledger keeps it, of an order at this supplier."""
        heard = event.payload.get("heard") or {}
        dispute = (event.payload.get(Noted.DISPUTE) or {}).get("id")
        amount = amounts.read(event.payload) if event.kind is Deed.PAYMENT_SENT else None
        return cls(
            supplier=supplier,
            payload=event.payload,
            sequence=event.sequence,
            kind=event_kind(event.kind),
            source=event.said_by,
            at=event.at,
            effect=event.move,
            status=event.status,
            raw_status=heard.get("raw_status"),
            amount=None if amount is None else Money.from_model(amount),
            dispute_id=None if dispute is None else strawberry.ID(dispute),
        )

    @strawberry.field(description="What stood in the way, with an event that says so; else empty.")
    def problems(self) -> list[UserError]:
        """As whoever asked for it was told."""
        from gateway.schema.order_troubles import About, user_errors  # noqa: PLC0415 - some name an order

        about = About(self.supplier, _FEATURES.get(self.kind, Feature.ORDERS), self.at)
        return user_errors(read_troubles(self.payload.get(Noted.TROUBLES, ())), about)
