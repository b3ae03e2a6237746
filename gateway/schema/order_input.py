"""What clients say to have an order created, paid, cancelled or looked at. `order_wish` checks it."""

from decimal import Decimal

import strawberry

from gateway.schema.address import AddressInput
from gateway.schema.scalars import CountryCode, CurrencyCode


@strawberry.input(description="So many pieces of one variant.")
class OrderLineInput:
    """One line of an order."""

    variant_id: strawberry.ID = strawberry.field(description="Global id of the variant.")
    quantity: int = strawberry.field(description="Pieces, 1 to 1,000,000.")


@strawberry.input(
    description="An order to be created. What it is made from is either `quoteId`, or `lines` with "
    "`shipFrom` and `shippingMethod`."
)
class CreateOrderInput:
    """One wish."""

    idempotency_key: str = strawberry.field(
        description="Your own name for this request, 1 to 255 characters, such as a UUID. Sent again with "
        "the same input it gets the same order, however often; make a new one only for a new wish."
    )
    client_reference: str = strawberry.field(
        description="Your own name for the order, 1 to 200 characters. One order of a supplier for each, "
        "for ever."
    )
    quote_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="Id of a quote. The order takes its goods, its method and its country, and is held to "
        "its price.",
    )
    supplier: str | None = strawberry.field(
        default=None, description="Code of the supplier, to be checked against what is ordered."
    )
    lines: list[OrderLineInput] | None = strawberry.field(
        default=None, description="Without a quote: 1 to 50 lines of one supplier, each variant once."
    )
    ship_from: CountryCode | None = strawberry.field(
        default=None, description="Without a quote: the country that it leaves from."
    )
    shipping_method: str | None = strawberry.field(
        default=None,
        description="Without a quote: the supplier's name of the method, as quotes say it. It may be left "
        "out where the gateway's operator prefers methods: the first of them that is offered is taken.",
    )
    ship_to: AddressInput = strawberry.field(
        description="Where it goes. With a quote, in the quote's country."
    )
    max_total: Decimal | None = strawberry.field(
        default=None,
        description="What it may cost at the most, goods and sending, in the currency in which the "
        "supplier charges (that of the quote; else USD). Nothing dearer is created.",
    )
    currency_code: CurrencyCode | None = strawberry.field(
        default=None,
        description="The currency of `maxTotal`, to be checked: in another one than the supplier charges in "
        "nothing is created.",
    )
    note: str | None = strawberry.field(
        default=None, description="For the supplier, up to 500 characters. No personal data."
    )
    dry_run: bool | None = strawberry.field(
        default=False,
        description="Check everything that can be checked, and create nothing: `userErrors` says what "
        "would stand in the way, and `warnings` what the operator's order policy would do.",
    )


@strawberry.input(description="An order to be paid from the account's balance at its supplier.")
class PayOrderInput:
    """One payment."""

    idempotency_key: str = strawberry.field(
        description="Your own name for this request, 1 to 255 characters. Sent again with the same input "
        "it never pays twice."
    )
    order_id: strawberry.ID = strawberry.field(description="Global id of the order.")
    expected_total: Decimal = strawberry.field(
        description="What may be taken at the most. When the supplier asks for more, nothing is paid."
    )
    currency_code: CurrencyCode = strawberry.field(description="The currency of `expectedTotal`.")


@strawberry.input(description="An order to be cancelled, which is possible until it is paid.")
class CancelOrderInput:
    """One cancellation."""

    idempotency_key: str = strawberry.field(
        description="Your own name for this request, 1 to 255 characters."
    )
    order_id: strawberry.ID = strawberry.field(description="Global id of the order.")


@strawberry.input(description="An order to be read from its supplier now.")
class RefreshOrderInput:
    """One look."""

    order_id: strawberry.ID = strawberry.field(description="Global id of the order.")
