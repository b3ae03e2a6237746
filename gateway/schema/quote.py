"""Quotes: priced ways to send goods, line by line."""

from datetime import datetime

import strawberry

from gateway.context import GatewayInfo
from gateway.quoting.baskets import Quotation
from gateway.quoting.quotes import Quote as Quoted
from gateway.quoting.quotes import by_speed
from gateway.schema.money import DayRange, Money
from gateway.schema.provenance import Provenance
from gateway.schema.scalars import CountryCode
from gateway.schema.shipping import CostLine, ExchangeRate, ShipTo
from gateway.schema.supplier import Supplier, SupplierOutcome, supplier_of
from gateway.schema.user_errors import UserError, of_problem
from gateway.schema.variant import Variant


@strawberry.type(description="One line of a quote.")
class QuoteLine:
    """Public form of `ParcelLine`, priced."""

    variant: Variant = strawberry.field(description="What it is.")
    quantity: int = strawberry.field(description="Pieces.")
    unit_price: Money | None = strawberry.field(
        description="Price of one piece at this quantity, in the supplier's currency; null when not known."
    )
    total: Money | None = strawberry.field(description="Quantity times unit price.")


@strawberry.type(description="One priced way to send one parcel.")
class Quote:
    """Public form of `quotes.Quote`."""

    quoted: strawberry.Private[Quoted]
    ship_from: CountryCode = strawberry.field(description="Country that it leaves from.")
    ship_to: ShipTo = strawberry.field(description="Where it goes.")
    shipping_method: str = strawberry.field(
        description="The supplier's name of the method, as an order says it."
    )
    landed_cost: Money = strawberry.field(
        description="The sum of the lines that have an amount, exactly; at least that where `complete` is "
        "false."
    )
    landed_cost_per_unit: Money = strawberry.field(
        description="The same by piece, rounded to the currency's smallest unit."
    )
    complete: bool = strawberry.field(description="False when a cost is UNKNOWN.")
    expires_at: datetime = strawberry.field(description="Until when an order can be made from it.")
    provenance: Provenance = strawberry.field(description="How old the price of sending is.")

    @classmethod
    def of(cls, quoted: Quoted) -> "Quote":
        """The quote as clients see it."""
        return cls(
            quoted=quoted,
            ship_from=CountryCode(quoted.parcel.origin),
            ship_to=ShipTo.from_model(quoted.parcel.destination),
            shipping_method=quoted.option.method,
            landed_cost=Money.from_model(quoted.cost.total),
            landed_cost_per_unit=Money.from_model(quoted.cost.per_unit),
            complete=quoted.cost.is_complete,
            expires_at=quoted.terms.expires_at,
            provenance=Provenance.of(quoted.answer),
        )

    @strawberry.field(
        description="A signed token that says what was quoted: an order made from it is held to it. Pass it "
        "on as it is; `checkQuote` reads it."
    )
    def id(self, info: GatewayInfo) -> strawberry.ID:
        """Signed when it is asked for."""
        return strawberry.ID(info.context.services.pricing.tokens.sign(self.quoted.terms))

    @strawberry.field(description="The supplier that sends it.")
    def supplier(self, info: GatewayInfo) -> Supplier:
        """Known by its code."""
        return supplier_of(info, self.quoted.provider)

    @strawberry.field(description="What is in the parcel.")
    def lines(self) -> list[QuoteLine]:
        """In the order they were asked for."""
        quoted = self.quoted
        return [
            QuoteLine(
                variant=Variant.of(line.variant, product),
                quantity=line.quantity,
                unit_price=None if terms.unit_price is None else Money.from_model(terms.unit_price),
                total=None if terms.total is None else Money.from_model(terms.total),
            )
            for line, product, terms in zip(
                quoted.parcel.lines, quoted.goods, quoted.terms.lines, strict=True
            )
        ]

    @strawberry.field(description="Days of making ready, for this quantity.")
    def processing(self) -> DayRange | None:
        """None when the supplier does not say."""
        return DayRange.from_model(self.quoted.option.processing)

    @strawberry.field(description="Days on the way.")
    def transit(self) -> DayRange | None:
        """None when the supplier does not say."""
        return DayRange.from_model(self.quoted.option.transit)

    @strawberry.field(
        description="Days to the door: making ready and on the way; on the way alone where `processing` is "
        "null."
    )
    def delivery(self) -> DayRange | None:
        """None when the days on the way are not known."""
        return DayRange.from_model(self.quoted.delivery)

    @strawberry.field(description="What it costs, line by line; the amounts add up to `landedCost`.")
    def costs(self) -> list[CostLine]:
        """Goods, sending, then what the border takes."""
        return [CostLine.from_line(line) for line in self.quoted.cost.lines]

    @strawberry.field(description="The reference rates that amounts were converted by.")
    def exchange_rates(self) -> list[ExchangeRate]:
        """Empty when nothing was converted."""
        return [ExchangeRate.from_rate(rate) for rate in self.quoted.cost.rates]

    @strawberry.field(description="What a buyer should know of this method.")
    def notes(self) -> list[str]:
        """In the supplier's words."""
        return [self.quoted.option.note] if self.quoted.option.note else []


@strawberry.type(description="The quotes of one basket, and how asking for them went.")
class QuoteResult:
    """Public form of `baskets.Quotation`."""

    quotes: list[Quote] = strawberry.field(
        description="Every way to send it, cheapest first; those whose cost is not complete come last."
    )
    cheapest: Quote | None = strawberry.field(description="The first of them; null when there is none.")
    fastest: Quote | None = strawberry.field(
        description="The one that is there first, by its latest day; null when there is none."
    )
    problems: list[UserError] = strawberry.field(
        description="Why there is no quote, or which ways to send it were left out and why."
    )
    outcome: SupplierOutcome = strawberry.field(description="How asking the supplier went.")

    @classmethod
    def of(cls, quotation: Quotation) -> "QuoteResult":
        """The quotation as clients see it."""
        quotes = [Quote.of(each) for each in quotation.quotes]
        return cls(
            quotes=quotes,
            cheapest=quotes[0] if quotes else None,
            fastest=min(quotes, key=lambda quote: by_speed(quote.quoted), default=None),
            problems=[of_problem(problem) for problem in quotation.problems],
            outcome=SupplierOutcome.from_outcome(quotation.outcome),
        )
