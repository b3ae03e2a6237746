"""Baskets: which goods, how many, where to; checked, and then quoted."""

import strawberry

from gateway.context import GatewayInfo
from gateway.errors import BadInput
from gateway.ids import Kind
from gateway.quoting.baskets import LARGEST_QUANTITY, MOST_LINES, Basket, Wanted, quote
from gateway.quoting.rates import UnknownCurrency
from gateway.schema.node import known_supplier, read_id
from gateway.schema.quote import QuoteResult
from gateway.schema.scalars import DOLLARS, CountryCode, CurrencyCode
from gateway.schema.shipping import ShipToInput, read_destination
from providers.upstream import Lane


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
        lane=Lane.INTERACTIVE,  # CHECKOUT is for orders being placed, not for whoever asks for a price
    )


def read_quantity(given: int | None, argument: str) -> int:
    """A quantity somebody may order, one when nothing was said. Raises BadInput."""
    quantity = 1 if given is None else given
    if not 1 <= quantity <= LARGEST_QUANTITY:
        raise BadInput(f"{argument}: {quantity} is out of range; send 1 to {LARGEST_QUANTITY}.")
    return quantity
