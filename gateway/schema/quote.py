"""Quotes: priced ways to send goods, and ids that an order can be held to."""

from datetime import datetime
from enum import StrEnum

import strawberry

from gateway import ids
from gateway.context import GatewayInfo
from gateway.errors import BadInput
from gateway.ids import Kind
from gateway.quoting.baskets import Basket, Quotation, Wanted, quote
from gateway.quoting.quotes import Quote as Quoted
from gateway.quoting.quotes import by_cost, by_speed
from gateway.quoting.rates import UnknownCurrency
from gateway.quoting.tokens import NotAQuote, QuotedTerms
from gateway.schema.enums import described
from gateway.schema.money import DayRange, Money
from gateway.schema.node import known_supplier, read_id
from gateway.schema.provenance import Provenance
from gateway.schema.scalars import DOLLARS, CountryCode, CurrencyCode
from gateway.schema.shipping import CostLine, ExchangeRate, ShipTo, ShipToInput, read_destination
from gateway.schema.supplier import Supplier, SupplierOutcome, supplier_of
from gateway.schema.user_errors import UserError, of_problem
from gateway.schema.variant import Variant
from providers.upstream import Lane

MOST_LINES = 50
LARGEST_QUANTITY = 1_000_000
"""Pieces of one variant; no supplier known to us sells more in one order."""


@strawberry.input(description="So many pieces of one variant.")
class QuoteLineInput:
    """One line of a basket."""

    variant_id: strawberry.ID = strawberry.field(description="Global id of the variant.")
    quantity: int | None = strawberry.field(default=1, description="Pieces, 1 to 1,000,000.")


@strawberry.input(description="Goods of one supplier to be sent as one parcel.")
class QuoteInput:
    """One basket."""

    lines: list[QuoteLineInput] = strawberry.field(
        description="1 to 50 lines of one supplier; each variant once."
    )
    ship_to: ShipToInput = strawberry.field(description="Where it goes.")
    ship_from: CountryCode | None = strawberry.field(
        default=None,
        description="Country to ship from. Left out: the destination's own where it holds everything, "
        "else the best stocked.",
    )
    all_origins: bool | None = strawberry.field(
        default=False, description="Without `shipFrom`: from every country that holds everything."
    )
    currency: CurrencyCode | None = strawberry.field(default=DOLLARS, description="What the quotes are in.")


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
            provenance=Provenance.of(quoted.told),
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

    @strawberry.field(description="Days to the door: making ready and on the way.")
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
        quotes = {id(each): Quote.of(each) for each in quotation.quotes}
        ranked = quotation.quotes
        return cls(
            quotes=list(quotes.values()),
            cheapest=quotes[id(min(ranked, key=by_cost))] if ranked else None,
            fastest=quotes[id(min(ranked, key=by_speed))] if ranked else None,
            problems=[of_problem(problem) for problem in quotation.problems],
            outcome=SupplierOutcome.from_outcome(quotation.outcome),
        )


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
        terms = services.pricing.tokens.read(token)
    except NotAQuote:
        return QuoteCheck.invalid()
    if services.clock.now() >= terms.expires_at:
        message = "The quote has expired; ask for a new one with `quotes`."
        return QuoteCheck.of(terms, QuoteStatus.EXPIRED, message)
    return QuoteCheck.of(terms, QuoteStatus.VALID, "An order can be made from this quote.")


async def quote_basket(info: GatewayInfo, basket: Basket) -> QuoteResult:
    """
    The quotes of a basket.

    Raises:
        BadInput: There is no reference rate for its currency.
    """
    context = info.context
    declaration = context.services.suppliers[basket.provider].declaration
    try:
        quotation = await quote(basket, declaration, context.desk)
    except UnknownCurrency as error:
        raise BadInput(f"currency: {error}") from None
    return QuoteResult.of(quotation)


def read_basket(info: GatewayInfo, given: QuoteInput) -> Basket:
    """
    A basket that can be quoted.

    Raises:
        BadInput: Something in it makes no sense; the message names the argument and what is allowed.
    """
    if not 1 <= len(given.lines) <= MOST_LINES:
        raise BadInput(f"input.lines: send 1 to {MOST_LINES} lines; these are {len(given.lines)}.")
    wanted: list[Wanted] = []
    providers: dict[str, None] = {}
    for number, line in enumerate(given.lines):
        where = f"input.lines[{number}]"
        named = read_id(line.variant_id, Kind.VARIANT, f"{where}.variantId")
        providers[known_supplier(info, named.provider, f"{where}.variantId")] = None
        product, variant = named.parts
        wanted.append(Wanted(product, variant, read_quantity(line.quantity, f"{where}.quantity")))
    if len(providers) > 1:
        raise BadInput(
            f"input.lines: one parcel comes from one supplier, and these are of {' and '.join(providers)}. "
            f"Ask for each supplier's goods by themselves, or use `compare`."
        )
    if len({(each.product_id, each.variant_id) for each in wanted}) < len(wanted):
        raise BadInput("input.lines: a variant stands there twice; add its quantities up in one line.")
    return Basket(
        provider=next(iter(providers)),
        wanted=tuple(wanted),
        destination=read_destination(given.ship_to, "input.shipTo"),
        origin=given.ship_from,
        everywhere=bool(given.all_origins),
        currency=given.currency or DOLLARS,
        lane=Lane.CHECKOUT,
    )


def read_quantity(given: int | None, argument: str) -> int:
    """A quantity somebody may order, one when nothing was said. Raises BadInput."""
    quantity = 1 if given is None else given
    if not 1 <= quantity <= LARGEST_QUANTITY:
        raise BadInput(f"{argument}: {quantity} is out of range; send 1 to {LARGEST_QUANTITY}.")
    return quantity
