"""Quote ids read back: what was quoted, and whether an order can still be made from it."""

from datetime import datetime
from enum import StrEnum

import strawberry

from gateway import ids
from gateway.context import GatewayInfo
from gateway.quoting.tokens import NotAQuote, QuotedTerms
from gateway.schema.enums import described
from gateway.schema.money import Money
from gateway.schema.scalars import CountryCode
from gateway.schema.shipping import ShipTo


class QuoteStatus(StrEnum):
    """What a quote id is worth now."""

    VALID = "VALID"
    EXPIRED = "EXPIRED"
    INVALID = "INVALID"


described(
    QuoteStatus,
    "QuoteStatus",
    "What a quote id is worth now.",
    {
        "VALID": "An order can be made from it.",
        "EXPIRED": "It was a quote; its time has passed. Ask for a new one.",
        "INVALID": "It is no quote of this gateway, or was altered.",
    },
)


@strawberry.type(description="One line as it was quoted.")
class QuotedLine:
    """Public form of `tokens.QuotedLine`."""

    variant_id: strawberry.ID = strawberry.field(description="Global id of the variant.")
    quantity: int = strawberry.field(description="Pieces.")
    unit_price: Money | None = strawberry.field(description="Price of one piece; null when not known.")


@strawberry.type(description="What a quote id says, and whether an order can still be made from it.")
class QuoteCheck:
    """Read from the id alone: no supplier is asked."""

    status: QuoteStatus = strawberry.field(description="What it is worth now.")
    message: str = strawberry.field(description="What that means and what to do, for people.")
    supplier_code: str | None = strawberry.field(description="Code of the supplier; null when INVALID.")
    lines: list[QuotedLine] = strawberry.field(description="What was quoted; empty when INVALID.")
    ship_from: CountryCode | None = strawberry.field(description="Country that it leaves from.")
    ship_to: ShipTo | None = strawberry.field(description="Where it goes.")
    shipping_method: str | None = strawberry.field(description="The method.")
    charged: Money | None = strawberry.field(
        description="What the supplier charges for goods and sending, in its currency; null when not all of "
        "it was known."
    )
    landed_cost: Money | None = strawberry.field(description="Everything, in the currency of the quote.")
    expires_at: datetime | None = strawberry.field(description="Until when an order can be made from it.")

    @classmethod
    def of(cls, terms: QuotedTerms, status: QuoteStatus, message: str) -> "QuoteCheck":
        """What a genuine id says."""
        return cls(
            status=status,
            message=message,
            supplier_code=terms.provider,
            lines=[
                QuotedLine(
                    variant_id=strawberry.ID(
                        ids.variant_id(terms.provider, line.product_id, line.variant_id)
                    ),
                    quantity=line.quantity,
                    unit_price=None if line.unit_price is None else Money.from_model(line.unit_price),
                )
                for line in terms.lines
            ],
            ship_from=CountryCode(terms.origin),
            ship_to=ShipTo.from_model(terms.destination),
            shipping_method=terms.method,
            charged=None if terms.charged is None else Money.from_model(terms.charged),
            landed_cost=Money.from_model(terms.landed),
            expires_at=terms.expires_at,
        )

    @classmethod
    def invalid(cls) -> "QuoteCheck":
        """What any other text says."""
        return cls(
            status=QuoteStatus.INVALID,
            message="This is no quote of this gateway, or it was altered. Ask for a new one with `quotes`.",
            supplier_code=None,
            lines=[],
            ship_from=None,
            ship_to=None,
            shipping_method=None,
            charged=None,
            landed_cost=None,
            expires_at=None,
        )


def check_quote(info: GatewayInfo, token: str) -> QuoteCheck:
    """What a quote id is worth now."""
    services = info.context.services
    try:
        # Copied by hand, it often comes with a blank or a line's end.
        terms = services.pricing.tokens.read(token.strip())
    except NotAQuote:
        return QuoteCheck.invalid()
    if services.clock.now() >= terms.expires_at:
        message = "The quote has expired; ask for a new one with `quotes`."
        return QuoteCheck.of(terms, QuoteStatus.EXPIRED, message)
    return QuoteCheck.of(terms, QuoteStatus.VALID, "An order can be made from this quote.")
