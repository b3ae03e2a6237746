"""
What placing an order would say, found out by asking only: are the goods sold and there, does the method go?

The same quoting answers as for `quotes`, so what was quoted a moment ago costs nothing to check.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from gateway.loaders import CatalogLoaders, FreightLoaders
from gateway.orders.amounts import exceeds
from gateway.orders.office import Asker, Result, Wish
from gateway.orders.policy import Course, OrderPolicy, Terms, decide, preferred
from gateway.orders.troubles import Busy, InvalidField, MethodUnavailable, OutOfStock, PriceChanged, Trouble
from gateway.orders.wishes import INSISTS, lacking
from gateway.outcomes import OutcomeStatus
from gateway.quoting import problems
from gateway.quoting.baskets import Basket, Quotation, Wanted, quote
from gateway.quoting.desk import Desk
from gateway.quoting.quotes import Pricing, Quote
from gateway.services import Supplier
from providers.clock import Clock
from providers.model import Money
from providers.orders import MethodOffer
from providers.shipping import CostKind, Destination
from providers.upstream import Lane

_CURRENCY = "USD"
"""Of the quotes that are asked for; what is compared is in the supplier's own."""


Inquiry = Callable[[Wish, Asker], Awaitable[Quotation]]
"""Every way to send what is wished for, as the supplier offers and prices it now."""


def inquiry(suppliers: Mapping[str, Supplier], pricing: Pricing, clock: Clock) -> Inquiry:
    """Asks the suppliers of this gateway."""

    async def inquire(wish: Wish, asker: Asker) -> Quotation:
        catalog = CatalogLoaders(suppliers, clock, asker.meter, asker.deadline)
        desk = Desk(catalog, FreightLoaders(suppliers, clock, catalog.ask), pricing)
        return await quote(_basket(wish), suppliers[wish.supplier].declaration, desk)

    return inquire


def rehearsal(
    inquire: Inquiry, policy: OrderPolicy | None = None, cap: Money | None = None
) -> Callable[[Wish, Asker], Awaitable[Result]]:
    """
    Asks what can be asked of a wish beforehand.

    Args:
        inquire: Whom to ask.
        policy: What the gateway would then do by itself; None: nothing.
        cap: What paying one order may take at the most.
    """
    rules = policy or OrderPolicy()

    async def rehearse(wish: Wish, asker: Asker) -> Result:
        terms, quotation = rules.of(wish.supplier), await inquire(wish, asker)
        result, found = judged(wish, quotation, terms), wanted_quote(wish, quotation, terms)
        if found is None or not result.is_done:
            return result
        return replace(result, warnings=result.warnings + tuple(_outlook(wish, found, terms, cap)))

    return rehearse


def wanted_quote(wish: Wish, quotation: Quotation, terms: Terms) -> Quote | None:
    """The quote of the wish's method, or of the first preferred one where it names none."""
    offered = {each.option.method: each for each in reversed(quotation.quotes)}
    method = wish.method if wish.method is not None else preferred(terms, offered)
    return None if method is None else offered.get(method)


def _outlook(wish: Wish, found: Quote, terms: Terms, cap: Money | None) -> Iterator[str]:
    """What the policy would do with the order."""
    if wish.method is None:
        yield f"It would be sent by {found.option.method}, the first preferred method that is offered."
    charged = found.terms.charged
    decision = decide(terms, taken=charged, quoted=wish.agreed, cap=cap)
    if decision is None:
        return
    if decision.course is Course.PAY:
        yield f"It would be paid at once: {decision.reason}."
    else:
        yield f"It would wait for approval by `payOrder`: {decision.reason}."


def _basket(wish: Wish) -> Basket:
    pieces: dict[tuple[str, str], int] = {}
    for line in wish.lines:
        key = (line.product_id, line.variant_id)
        pieces[key] = pieces.get(key, 0) + line.quantity
    return Basket(
        provider=wish.supplier,
        wanted=tuple(Wanted(product, variant, quantity) for (product, variant), quantity in pieces.items()),
        destination=Destination(wish.address.country, wish.address.postal_code),
        origin=wish.origin,
        everywhere=False,
        currency=_CURRENCY,
        lane=Lane.CHECKOUT,
    )


def judged(wish: Wish, quotation: Quotation, terms: Terms) -> Result:
    """What stands against a wish, by what the supplier answered."""
    found = wanted_quote(wish, quotation, terms)
    if found is not None:
        return _priced(wish, found)
    if not quotation.quotes and not quotation.problems:
        said = quotation.outcome
        if said.status is not OutcomeStatus.OK:
            wait = None if said.retry_after_ms is None else said.retry_after_ms / 1000
            return Result(None, (Busy(said.message or "The supplier does not answer.", wait),))
    against = [each for each in map(_trouble, quotation.problems) if each is not None]
    return Result(None, tuple(against) or (_no_method(wish, quotation, terms),))


def _priced(wish: Wish, found: Quote) -> Result:
    if left_out := tuple(_left_out(wish, found)):
        return Result(None, left_out)
    charged = found.terms.charged
    if charged is None:
        return Result(None, (), ("Not all that the supplier takes for it is known beforehand.",))
    for allowed in (wish.max_total, wish.agreed):
        if allowed is not None and exceeds(charged, allowed):
            return Result(None, (PriceChanged(agreed=allowed, current=charged),))
    return Result(None)


def _left_out(wish: Wish, found: Quote) -> Iterator[InvalidField]:
    """What the address lacks and the carrier insists on."""
    for field in lacking(wish.address, found.option.requires):
        yield InvalidField(("shipTo", field), f"input.shipTo.{field}: {found.option.method} {INSISTS}")


def _trouble(problem: problems.Problem) -> Trouble | None:
    """What stands against the goods; None for what is about a method, of which there may be others."""
    shown: Trouble | None
    match problem:
        case problems.NotEnoughStock(available=available):
            shown = OutOfStock(problem.message, available)
        case problems.BelowMinimum():
            shown = InvalidField(("lines", "quantity"), problem.message)
        case problems.NotSold():
            shown = InvalidField(("lines",), problem.message)
        case problems.NoCommonOrigin() | problems.StockUnknown():
            shown = InvalidField(("shipFrom",), problem.message)
        case problems.NothingShips():
            shown = MethodUnavailable(problem.message)
        case problems.MethodLeftOut():
            shown = None
    return shown


def _no_method(wish: Wish, quotation: Quotation, terms: Terms) -> MethodUnavailable:
    if wish.method is None:
        named = ", ".join(terms.methods)
        words = f"None of the preferred methods ({named}) takes this parcel from {wish.origin}; name another."
        return MethodUnavailable(words, _offers(quotation.quotes))
    left_out = (
        each.message
        for each in quotation.problems
        if isinstance(each, problems.MethodLeftOut) and each.method == wish.method
    )
    words = next(left_out, f"{wish.method} does not take this parcel from {wish.origin}; another method may.")
    return MethodUnavailable(words, _offers(quotation.quotes))


def _offers(quotes: Sequence[Quote]) -> tuple[MethodOffer, ...]:
    return tuple(
        MethodOffer(
            id=each.option.method,
            method=each.option.method,
            price=next((cost.amount for cost in each.option.costs if cost.kind is CostKind.SHIPPING), None),
            has_stock=None,
            transit=each.option.transit,
        )
        for each in quotes
    )
