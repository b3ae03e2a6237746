"""Orders as the gateway's ledger has them."""

from datetime import datetime
from typing import Annotated

import strawberry

from gateway import ids
from gateway.context import GatewayInfo
from gateway.orders import records
from gateway.orders.automation import why_it_waits
from gateway.orders.disputes import is_paid_there
from gateway.orders.state import UNPAID
from gateway.schema.address import Address
from gateway.schema.dispute import Dispute, DisputeOptions, read_disputes, read_options
from gateway.schema.money import Money
from gateway.schema.node import Node
from gateway.schema.order_enums import OrderStatus
from gateway.schema.order_event import OrderEvent
from gateway.schema.order_home import supplier_here
from gateway.schema.order_parts import OrderBill, OrderLine, OrderPart, OrderTotals, Shipment, money_of
from gateway.schema.pagination import Connection
from gateway.schema.provenance import Provenance
from gateway.schema.scalars import CountryCode
from gateway.schema.supplier import Supplier, supplier_of
from providers.upstream import Source


@strawberry.type(description="An order, from when it was meant to when it is there.")
class Order(Node):
    """Public form of the ledger's `Order`."""

    record: strawberry.Private[records.Order]
    supplier_code: str = strawberry.field(description="Code of the supplier.")
    client_reference: str = strawberry.field(
        description="Your name for it; one order of a supplier for each."
    )
    number: str = strawberry.field(
        description="The number under which the gateway ordered it at the supplier."
    )
    supplier_order_id: str | None = strawberry.field(
        description="The supplier's own id, by which its pages and support find it; null until it told one."
    )
    status: OrderStatus = strawberry.field(description="How it stands.")
    raw_status: str | None = strawberry.field(description="The supplier's own word for the status.")
    in_doubt: bool = strawberry.field(
        description="Whether the supplier was asked to create, to charge or to cancel it and its answer is "
        "not known. The gateway goes on looking: do not order it again elsewhere."
    )
    obstacles: list[str] = strawberry.field(
        description="Why the supplier holds it back, in its words; empty when it does not."
    )
    sandbox: bool = strawberry.field(
        description="Whether it is a test: nothing is charged and nothing is sent."
    )
    lines: list[OrderLine] = strawberry.field(description="What was ordered.")
    ship_to: Address | None = strawberry.field(description="Where it goes; null once the address was erased.")
    ship_from: CountryCode = strawberry.field(description="Country that it leaves from.")
    shipping_method: str = strawberry.field(description="The supplier's name of the shipping method.")
    note: str | None = strawberry.field(description="What the supplier was told beside it.")
    quoted: Money | None = strawberry.field(
        description="What the supplier was to charge, as quoted; null when it was not ordered from a quote."
    )
    max_total: Money | None = strawberry.field(
        description="What it may cost at the most, where that was said."
    )
    totals: OrderTotals = strawberry.field(description="What it costs as the supplier reckons.")
    shipments: list[Shipment] = strawberry.field(
        description="Its parcels; empty until they are on their way."
    )
    created_at: datetime = strawberry.field(description="When it was asked for.")
    changed_at: datetime = strawberry.field(description="When it last came to stand otherwise.")
    paid_at: datetime | None = strawberry.field(description="When it was paid.")
    shipped_at: datetime | None = strawberry.field(description="When it left.")
    delivered_at: datetime | None = strawberry.field(description="When it was there.")
    provenance: Provenance = strawberry.field(
        description="When the supplier last spoke of it, and when the gateway looks after it again (null: "
        "no more)."
    )

    @classmethod
    def of(cls, record: records.Order, now: datetime, source: Source | None = None) -> "Order":
        """
        The order as clients see it.

        Args:
            record: As the ledger has it.
            now: Decides whether somebody should have looked after it meanwhile.
            source: Where the supplier's last word comes from, when it is known better.
        """
        heard = record.heard
        charged = {line.variant_id: line for line in heard.lines} if heard else {}
        overdue = record.look_at is not None and record.look_at < now
        return cls(
            id=strawberry.ID(ids.order_id(record.supplier, record.id)),
            record=record,
            supplier_code=record.supplier,
            client_reference=record.client_reference,
            number=record.number,
            supplier_order_id=heard.name if heard else None,
            status=record.status,
            raw_status=heard.raw_status if heard else None,
            in_doubt=record.standing.is_in_doubt,
            obstacles=list(heard.obstacles) if heard else [],
            sandbox=record.is_sandbox,
            lines=[OrderLine.of(record, line, charged.get(line.variant_id)) for line in record.lines],
            ship_to=None if record.address is None else Address.from_model(record.address),
            ship_from=CountryCode((heard and heard.origin) or record.origin),
            shipping_method=(heard and heard.method) or record.method,
            note=record.note,
            quoted=money_of(record.quoted),
            max_total=money_of(record.max_total),
            totals=OrderTotals.of(record),
            shipments=[Shipment.of(record.supplier, parcel) for parcel in (heard.parcels if heard else ())],
            created_at=record.created_at,
            changed_at=record.changed_at,
            paid_at=record.paid_at,
            shipped_at=record.shipped_at,
            delivered_at=record.delivered_at,
            provenance=Provenance(
                as_of=record.heard_at or record.created_at,
                source=source or (Source.STALE if overdue else Source.CACHE),
                stale_after=record.look_at,
            ),
        )

    @strawberry.field(description="The supplier; null when it is not enabled here any more.")
    def supplier(self, info: GatewayInfo) -> Supplier | None:
        """Orders outlive the configuration."""
        known = info.context.supplier(self.supplier_code)
        return None if known is None else supplier_of(info, self.supplier_code)

    @strawberry.field(description="Everything that happened to it, from its beginning, and who said so.")
    async def events(self, info: GatewayInfo) -> list[OrderEvent] | None:
        """The histories of all orders of an answer are read together."""
        history = await info.context.orders.events.load(self.record.id)
        return [OrderEvent.from_record(event, self.supplier_code) for event in history]

    @strawberry.field(
        description="Why it waits for `payOrder` although the operator's order policy pays orders; null "
        "where there is no policy, or where it has paid."
    )
    async def approval(self, info: GatewayInfo) -> str | None:
        """From the history, of all orders of an answer together."""
        if self.record.status not in UNPAID:
            return None
        return why_it_waits(await info.context.orders.events.load(self.record.id))

    @strawberry.field(
        description="The orders that its supplier has split it into; empty while it is whole, null when the "
        "supplier, or the account, is not the one enabled here. Costs a call of the supplier for all orders "
        "of an answer, and one or two more where any was split."
    )
    async def parts(self, info: GatewayInfo) -> list[OrderPart] | None:
        """Read on demand."""
        heard = self.record.heard
        if supplier_here(info, self.record) is None:
            return None
        if heard is None or not is_paid_there(self.record):
            return []
        return [OrderPart.of(self.record, part) for part in await info.context.orders.parts(heard)]

    @strawberry.field(
        description="What the supplier has billed for it since it was paid; null when the supplier, "
        "or the account, is not the one enabled here. Costs a call of the supplier for all orders of an "
        "answer."
    )
    async def bills(self, info: GatewayInfo) -> list[OrderBill] | None:
        """Read on demand."""
        heard = self.record.heard
        if supplier_here(info, self.record) is None:
            return None
        if heard is None or not is_paid_there(self.record):
            return []
        return [OrderBill.from_model(bill) for bill in await info.context.orders.bills(heard)]

    @strawberry.field(
        description="Complaints about it, the newest first; empty until it is paid, null when its supplier "
        "is not enabled here any more. Costs a call of the supplier."
    )
    async def disputes(self, info: GatewayInfo) -> list[Dispute] | None:
        """Read on demand."""
        return await read_disputes(info, self.record)

    @strawberry.field(
        description="What of it can be disputed and how; null when nothing can be, such as before it is "
        "paid. Costs two calls of the supplier."
    )
    async def dispute_options(
        self,
        info: GatewayInfo,
        line_ids: Annotated[
            list[strawberry.ID] | None,
            strawberry.argument(description="Lines to be disputed; left out: all that can be."),
        ] = None,
    ) -> DisputeOptions | None:
        """Read on demand."""
        return await read_options(info, self.record, line_ids)


@strawberry.type(name="OrderConnection", description="One page of orders, the newest first.")
class OrderConnection(Connection[Order]):
    """Orders of one or several suppliers."""
