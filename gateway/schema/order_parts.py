"""What orders consist of: lines, what they cost, parcels."""

from dataclasses import replace
from datetime import datetime

import strawberry

from gateway.context import GatewayInfo
from gateway.ids import GlobalId, Kind
from gateway.loaders.catalog import VariantKey
from gateway.orders import amounts, records
from gateway.orders.state import Deed, Step
from gateway.schema.lookup import variant_of_id
from gateway.schema.money import Money
from gateway.schema.order_enums import OrderStatus
from gateway.schema.scalars import URL
from gateway.schema.selection import selected_facts
from gateway.schema.tracking import Tracking
from gateway.schema.variant import Variant
from providers import model, orders
from providers.errors import Delisted, NotFound


@strawberry.type(description="So many pieces of one variant, as they were ordered.")
class OrderLine:
    """Public form of `orders.OrderLine`."""

    provider: strawberry.Private[str]
    product_id: strawberry.Private[str | None]
    supplier_variant_id: str = strawberry.field(description="The supplier's own id of the variant.")
    sku: str | None = strawberry.field(description="The variant's SKU, where it is known.")
    quantity: int = strawberry.field(description="Pieces.")
    unit_price: Money | None = strawberry.field(
        description="Price of one piece: what the supplier charges, and before it says so what was agreed."
    )

    @classmethod
    def of(
        cls, record: records.Order, line: orders.OrderLine, charged: orders.OrderLine | None
    ) -> "OrderLine":
        """A line as it was meant, with what the supplier told of it."""
        told = charged or line
        price = told.unit_price or line.unit_price
        return cls(
            provider=record.supplier,
            product_id=line.product_id,
            supplier_variant_id=line.variant_id,
            sku=line.sku or told.sku,
            quantity=line.quantity,
            unit_price=None if price is None else Money.from_model(price),
        )

    @strawberry.field(
        description="The variant as it is sold now; null when it is sold no more. Costs a product call."
    )
    async def variant(self, info: GatewayInfo) -> Variant | None:
        """Through its product where that is known, so that several of one product are one call."""
        if info.context.supplier(self.provider) is None:
            return None
        try:
            if self.product_id is not None:
                parts = (self.product_id, self.supplier_variant_id)
                return await variant_of_id(info, GlobalId(Kind.VARIANT, self.provider, parts))
            key = VariantKey(self.provider, self.supplier_variant_id, selected_facts(info))
            return Variant.alone(await info.context.loaders.variant.load(key))
        except (NotFound, Delisted):
            return None


@strawberry.type(description="What an order costs as the supplier reckons; null where it does not say.")
class OrderTotals:
    """Public form of `orders.Totals`."""

    record: strawberry.Private[records.Order]
    items: Money | None = strawberry.field(description="The goods.")
    shipping: Money | None = strawberry.field(description="Sending them.")
    tax: Money | None = strawberry.field(description="Taxes that the supplier collects.")
    discount: Money | None = strawberry.field(description="What it takes off.")
    total: Money | None = strawberry.field(description="What paying the order takes.")

    @classmethod
    def of(cls, record: records.Order) -> "OrderTotals":
        """As last heard."""
        told = record.heard.totals if record.heard else orders.Totals()
        return cls(
            record=record,
            items=money_of(told.items),
            shipping=money_of(told.shipping),
            tax=money_of(told.tax),
            discount=money_of(told.discount),
            total=money_of(told.total),
        )

    @strawberry.field(
        description="What this gateway paid for it; null when it has not, or does not know yet whether it "
        "has."
    )
    async def paid(self, info: GatewayInfo) -> Money | None:
        """From the history: the amount of the payment that succeeded."""
        if self.record.standing.payment is not Step.DONE:
            return None
        history = await info.context.orders.events.load(self.record.id)
        sent = next((event for event in reversed(history) if event.kind is Deed.PAYMENT_SENT), None)
        return None if sent is None else money_of(amounts.read(sent.payload))


@strawberry.type(description="A parcel of an order.")
class Shipment:
    """Public form of `orders.Parcel`."""

    provider: strawberry.Private[str]
    carrier: str | None = strawberry.field(description="Who carries it.")
    tracking_number: str = strawberry.field(description="Its tracking number.")
    tracking_url: URL | None = strawberry.field(description="A page that follows it.")

    @classmethod
    def of(cls, provider: str, parcel: orders.Parcel) -> "Shipment":
        """A parcel of an order at this supplier."""
        return cls(
            provider=provider,
            carrier=parcel.carrier,
            tracking_number=parcel.tracking_number,
            tracking_url=URL(parcel.tracking_url) if parcel.tracking_url else None,
        )

    @strawberry.field(
        description="Where it is, as far as the supplier tells; null when it knows nothing of it. The "
        "parcels of all orders of an answer are asked for together."
    )
    async def tracking(self, info: GatewayInfo) -> Tracking | None:
        """Read on demand."""
        if info.context.supplier(self.provider) is None:
            return None
        return Tracking.of(await info.context.orders.parcel(self.provider, self.tracking_number))


@strawberry.type(description="One of the orders that the supplier made of this one, to send them apart.")
class OrderPart:
    """Public form of `orders.OrderPart`."""

    supplier_order_id: str = strawberry.field(description="The supplier's own id of it.")
    status: OrderStatus = strawberry.field(description="How it stands.")
    raw_status: str | None = strawberry.field(description="The supplier's own word for the status.")
    lines: list[OrderLine] = strawberry.field(description="What is in it.")
    shipments: list[Shipment] = strawberry.field(
        description="Its parcels; empty until they are on their way."
    )
    shipped_at: datetime | None = strawberry.field(description="When it left.")

    @classmethod
    def of(cls, record: records.Order, part: orders.OrderPart) -> "OrderPart":
        """A part of this order."""
        ordered = {line.variant_id: line for line in record.lines}
        return cls(
            supplier_order_id=part.id,
            status=OrderStatus(part.state),
            raw_status=part.raw_status,
            lines=[
                OrderLine.of(
                    record, replace(ordered.get(line.variant_id, line), quantity=line.quantity), line
                )
                for line in part.lines
            ],
            shipments=[Shipment.of(record.supplier, parcel) for parcel in part.parcels],
            shipped_at=part.shipped_at,
        )


@strawberry.type(
    description="What the supplier wants beside the price of an order that was paid, such as for a heavier "
    "parcel. It is paid at the supplier."
)
class OrderBill:
    """Public form of `orders.Bill`."""

    bill_id: str = strawberry.field(description="The supplier's own id of it.")
    amount: Money | None = strawberry.field(description="How much; null where that is not told.")
    reason: str | None = strawberry.field(description="What for, in the supplier's words.")
    raw_status: str | None = strawberry.field(description="The supplier's own word for how it stands.")
    created_at: datetime | None = strawberry.field(description="When it was raised.")
    paid_at: datetime | None = strawberry.field(description="When it was paid; null while it is not.")

    @classmethod
    def from_model(cls, bill: orders.Bill) -> "OrderBill":
        """The bill as it is."""
        return cls(
            bill_id=bill.id,
            amount=money_of(bill.amount),
            reason=bill.reason,
            raw_status=bill.raw_status,
            created_at=bill.created_at,
            paid_at=bill.paid_at,
        )


def money_of(amount: model.Money | None) -> Money | None:
    """The amount for clients, where there is one."""
    return None if amount is None else Money.from_model(amount)
