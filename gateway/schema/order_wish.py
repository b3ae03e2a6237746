"""
Inputs around orders, checked; of `CreateOrderInput` a wish that the office can act on.

A quote that has expired still counts for whoever repeats a request: an order that was made from it in time
stands in the ledger, and the repetition is to find it, not a complaint.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from gateway.context import GatewayInfo
from gateway.ids import Kind
from gateway.orders.office import WantedLine, Wish
from gateway.orders.records import LONGEST_KEY, LONGEST_REFERENCE
from gateway.orders.troubles import QuoteUnusable, ReferenceTaken, Trouble
from gateway.orders.wishes import INSISTS, lacking, problem_of_amount
from gateway.quoting.baskets import LARGEST_QUANTITY, MOST_LINES
from gateway.quoting.tokens import NotAQuote, QuotedTerms
from gateway.schema.address import read_address
from gateway.schema.complaints import Complaints
from gateway.schema.node import known_supplier, read_id
from gateway.schema.order_input import CreateOrderInput, OrderLineInput
from gateway.schema.order_troubles import About, user_errors
from gateway.schema.scalars import DOLLARS
from gateway.schema.texts import name, prose
from gateway.schema.user_errors import UserError
from providers.declaring import Feature
from providers.model import Money

_LONGEST_METHOD = 50
_LONGEST_NOTE = 500
"""
Ours, the strictest supplier's: CJ's `logisticName` and `remark` ("Shopping: Create Order V2", read
2026-11-23). What another supplier takes less of, its `check_order` refuses.
"""


@dataclass(frozen=True, slots=True)
class _Goods:
    """What is ordered, and how it is sent."""

    supplier: str
    lines: tuple[WantedLine, ...]
    origin: str
    method: str | None
    """None: left to the gateway's policy."""


def read_key(given: str, complaints: Complaints) -> str | None:
    """An idempotency key, less blanks around it; None after a complaint."""
    hint = "Send your own name for this request, such as a UUID."
    return complaints.read(
        ["input", "idempotencyKey"], partial(name, given, longest=LONGEST_KEY, if_empty=hint)
    )


def check_amount(given: Decimal, path: Sequence[str], complaints: Complaints) -> None:
    """Complain about an amount that nothing can cost, or that the ledger cannot keep."""
    problem = problem_of_amount(given)
    if problem is not None:
        complaints.add(path, problem)


async def read_wish(info: GatewayInfo, given: CreateOrderInput) -> Wish | list[UserError]:
    """What the client asks for, or everything that is wrong with it. Asks the ledger, and no supplier."""
    complaints = Complaints()
    reference = complaints.read(
        ["input", "clientReference"],
        partial(
            name,
            given.client_reference,
            longest=LONGEST_REFERENCE,
            if_empty="Send your own name for the order.",
        ),
    )
    terms = None
    if given.quote_id is None:
        goods = _of_lines(info, given, complaints)
    else:
        found = await _terms(info, given.quote_id, reference)
        if isinstance(found, QuotedTerms):
            terms = found
            goods = _of_quote(info, given, terms, complaints)
        else:
            about = About(given.supplier or "", Feature.ORDERS, info.context.services.clock.now())
            complaints.errors += user_errors(found, about)
            goods = None
    address = read_address(given.ship_to, ["input", "shipTo"], complaints)
    if address is not None and terms is not None:
        for field in lacking(address, terms.requires):
            complaints.add(["input", "shipTo", field], f"{terms.method} {INSISTS}")
    note = None
    if given.note is not None and given.note.strip():
        note = complaints.read(["input", "note"], partial(prose, given.note, longest=_LONGEST_NOTE))
    if given.max_total is not None:
        check_amount(given.max_total, ["input", "maxTotal"], complaints)
    if complaints.errors or goods is None or reference is None or address is None:
        return complaints.errors
    agreed = None if terms is None else terms.charged
    currency = given.currency_code or (DOLLARS if agreed is None else agreed.currency)
    return Wish(
        client_reference=reference,
        supplier=goods.supplier,
        lines=goods.lines,
        origin=goods.origin,
        method=goods.method,
        address=address,
        agreed=agreed,
        max_total=None if given.max_total is None else Money(given.max_total, currency),
        note=note,
        quote_id=given.quote_id,
    )


async def _terms(
    info: GatewayInfo, quote_id: str, reference: str | None
) -> QuotedTerms | tuple[Trouble, ...]:
    services = info.context.services
    terms: QuotedTerms | None
    try:
        terms = services.pricing.tokens.read(quote_id)
    except NotAQuote:
        terms = None
    if terms is not None and services.clock.now() < terms.expires_at:
        return terms
    made = None
    if reference is not None:
        # One that was refused is begun anew, and for that an expired quote is none.
        made = await services.office.order_for(None if terms is None else terms.provider, reference)
    if terms is not None and made is not None and made.created_at < terms.expires_at:
        return terms
    unusable = QuoteUnusable(is_expired=terms is not None)
    # A quote id of before the gateway's secret changed cannot be told from any other text, but the order that
    # was made from it is there.
    return (unusable,) if made is None else (unusable, ReferenceTaken(made.id))


def _of_quote(
    info: GatewayInfo, given: CreateOrderInput, terms: QuotedTerms, complaints: Complaints
) -> _Goods | None:
    beside = {"lines": given.lines, "shipFrom": given.ship_from, "shippingMethod": given.shipping_method}
    for field in [field for field, value in beside.items() if value is not None]:
        complaints.add(["input", field], "the quote says this already; leave it out, or the quote.")
    if given.ship_to.country != terms.destination.country:
        complaints.add(
            ["input", "shipTo", "country"],
            f"the quote is for a parcel to {terms.destination.country}. Send an address there, or ask for "
            "a quote to this country.",
        )
    supplier = _supplier(info, given, terms.provider, ["input", "quoteId"], complaints)
    if supplier is None:
        return None
    lines = tuple(WantedLine(line.product_id, line.variant_id, line.quantity) for line in terms.lines)
    return _Goods(supplier, lines, terms.origin, terms.method)


def _of_lines(info: GatewayInfo, given: CreateOrderInput, complaints: Complaints) -> _Goods | None:
    needed = {"lines": given.lines, "shipFrom": given.ship_from, "shippingMethod": given.shipping_method}
    missing = [field for field, value in needed.items() if value is None]
    if len(missing) == len(needed):
        complaints.add(
            ["input", "quoteId"], "send the id of a quote, or `lines` with `shipFrom` and `shippingMethod`."
        )
        return None
    method = None
    if given.shipping_method is not None:
        hint = "Send the supplier's name of it, as quotes say it."
        method = complaints.read(
            ["input", "shippingMethod"],
            partial(name, given.shipping_method, longest=_LONGEST_METHOD, if_empty=hint),
        )
    provider, lines = (None, ()) if given.lines is None else _lines(given.lines, complaints)
    if provider is not None and info.context.services.policy.of(provider).methods:
        needed.pop("shippingMethod")
    for field in [field for field in missing if field in needed]:
        complaints.add(["input", field], "it is needed where there is no `quoteId`.")
    if provider is None or given.ship_from is None:
        return None
    supplier = _supplier(info, given, provider, ["input", "lines"], complaints)
    return None if supplier is None else _Goods(supplier, lines, given.ship_from, method)


def _lines(
    given: Sequence[OrderLineInput], complaints: Complaints
) -> tuple[str | None, tuple[WantedLine, ...]]:
    """The supplier whose goods they are, None after complaints, and the lines."""
    path = ["input", "lines"]
    if not 1 <= len(given) <= MOST_LINES:
        complaints.add(path, f"send 1 to {MOST_LINES} lines; these are {len(given)}.")
        return None, ()
    wanted: list[WantedLine] = []
    providers: dict[str, None] = {}
    for number, line in enumerate(given):
        here = [*path, str(number)]
        if not 1 <= line.quantity <= LARGEST_QUANTITY:
            complaints.add([*here, "quantity"], f"send 1 to {LARGEST_QUANTITY} pieces.")
        named = complaints.read([*here, "variantId"], partial(read_id, line.variant_id, Kind.VARIANT))
        if named is not None:
            providers[named.provider] = None
            product, variant = named.parts
            wanted.append(WantedLine(product, variant, line.quantity))
    if len(providers) > 1:
        complaints.add(
            path, f"one order goes to one supplier, and these are of {' and '.join(sorted(providers))}."
        )
    if len({line.variant_id for line in wanted}) < len(wanted):
        complaints.add(path, "a variant stands there twice; add its quantities up in one line.")
    return next(iter(providers), None) if len(providers) == 1 else None, tuple(wanted)


def _supplier(
    info: GatewayInfo, given: CreateOrderInput, code: str, path: Sequence[str], complaints: Complaints
) -> str | None:
    if given.supplier is not None and given.supplier != code:
        complaints.add(["input", "supplier"], f"what is ordered is of {code}; say that, or leave it out.")
    return complaints.read(path, partial(known_supplier, info, code))
