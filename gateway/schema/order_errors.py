"""Why an order was not placed, paid or cancelled as asked, each with what a person needs to decide."""

from datetime import datetime

import strawberry

from gateway.context import GatewayInfo
from gateway.schema.money import DayRange, Money
from gateway.schema.order import Order
from gateway.schema.user_errors import UserError
from providers import orders


@strawberry.type(
    description="The quote cannot be ordered from. Ask for a new one with `quotes`. Nothing was done."
)
class QuoteUnusable(UserError):
    """Nothing was done."""

    expired: bool = strawberry.field(
        description="True: its time has passed. False: it is no quote of this gateway, or was altered."
    )


@strawberry.type(
    description="The supplier asks for more than was agreed. Nothing was charged. To pay the new price, "
    "agree to it."
)
class PriceChanged(UserError):
    """Nothing was charged."""

    quoted: Money = strawberry.field(description="What was agreed.")
    current: Money = strawberry.field(description="What the supplier asks for now.")


@strawberry.type(description="A shipping method that could be used in its place.")
class ShippingAlternative:
    """Public form of `orders.MethodOffer`."""

    shipping_method: str = strawberry.field(description="The supplier's name of it.")
    price: Money | None = strawberry.field(description="What sending costs by it, where that is told.")
    has_stock: bool | None = strawberry.field(description="Whether the goods lie where it picks up.")
    transit: DayRange | None = strawberry.field(description="Days on the way.")

    @classmethod
    def from_model(cls, offer: orders.MethodOffer) -> "ShippingAlternative":
        """The offer as it is."""
        return cls(
            shipping_method=offer.method,
            price=None if offer.price is None else Money.from_model(offer.price),
            has_stock=offer.has_stock,
            transit=DayRange.from_model(offer.transit),
        )


@strawberry.type(description="The shipping method cannot be used any more. Choose another one.")
class ShippingMethodUnavailable(UserError):
    """Nothing was charged."""

    alternatives: list[ShippingAlternative] = strawberry.field(
        description="What could be used; empty when the supplier names none."
    )


@strawberry.type(
    description="The account has too little at the supplier. Nothing was charged. Top it up there."
)
class InsufficientBalance(UserError):
    """Nothing was charged."""

    needed: Money = strawberry.field(description="What the order takes.")
    available: Money = strawberry.field(
        description="What the account has. Beside that of OutOfStock, a number, it needs an alias in a query."
    )


@strawberry.type(
    description="A cap that the gateway's operator has set stands in the way. Nothing was charged. Ask the "
    "operator, or, for the day's, wait until 00:00 UTC."
)
class SpendCapExceeded(UserError):
    """Nothing was charged."""

    limit: Money = strawberry.field(description="The cap.")
    left: Money = strawberry.field(description="What can still be spent under it.")
    per_day: bool = strawberry.field(description="True: it is the day's cap. False: that of one order.")


@strawberry.type(
    description="The idempotency key was used for another input. Nothing was done. Use a new key for a new "
    "wish, and the very same input for the same one."
)
class IdempotencyKeyReused(UserError):
    """Nothing was done."""


@strawberry.type(description="Your reference stands for another order of this supplier. Nothing was done.")
class ReferenceTaken(UserError):
    """Nothing was done."""

    order_id: strawberry.Private[str]

    @strawberry.field(description="The order that it stands for.")
    async def order(self, info: GatewayInfo) -> Order | None:
        """From the ledger."""
        services = info.context.services
        record = await services.office.order(self.order_id)
        return None if record is None else Order.of(record, services.clock.now())


@strawberry.type(description="The order is past that, or not there yet: its `status` says how it stands.")
class OrderStateConflict(UserError):
    """Nothing was done."""


@strawberry.type(
    description="The supplier was asked to create, to charge or to cancel an order, or to open or take back "
    "a dispute, and did not answer clearly: it may have been done or not. Send the same input with the same "
    "key again: it is never done twice, and answers with what was found. Never send it with a new key, and "
    "neither order nor complain elsewhere meanwhile. Orders the gateway goes on looking for by itself."
)
class OutcomeUnknown(UserError):
    """It may have been done."""

    check_after: datetime = strawberry.field(description="When asking again makes sense.")


ORDER_ERRORS: tuple[type, ...] = (
    QuoteUnusable,
    PriceChanged,
    ShippingMethodUnavailable,
    InsufficientBalance,
    SpendCapExceeded,
    IdempotencyKeyReused,
    ReferenceTaken,
    OrderStateConflict,
    OutcomeUnknown,
)
