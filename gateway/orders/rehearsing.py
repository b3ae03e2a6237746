"""
What placing an order would say, found out by asking only: are the goods sold and there, does the method go?

The same quoting answers as for `quotes`, so what was quoted a moment ago costs nothing to check.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from gateway.loaders import CatalogLoaders, FreightLoaders
from gateway.orders.office import Caller, Result, Wish
from gateway.orders.troubles import Busy, InvalidField, MethodUnavailable, OutOfStock, PriceChanged, Trouble
from gateway.orders.wishes import exceeds
from gateway.outcomes import OutcomeStatus
from gateway.quoting import problems
from gateway.quoting.baskets import Basket, Quotation, Wanted, quote
from gateway.quoting.desk import Desk
from gateway.quoting.quotes import Pricing, Quote
from gateway.services import Supplier
from providers.clock import Clock
from providers.orders import MethodOffer
from providers.shipping import CostKind, Destination
from providers.upstream import Lane

_CURRENCY = "USD"
"""Of the quotes that are asked for; what is compared is in the supplier's own."""


def rehearsal(
    suppliers: Mapping[str, Supplier], pricing: Pricing, clock: Clock
) -> Callable[[Wish, Caller], Awaitable[Result]]:
    """Asks the suppliers of this gateway what can be asked of a wish beforehand."""

    async def rehearse(wish: Wish, caller: Caller) -> Result:
        catalog = CatalogLoaders(suppliers, clock, caller.meter, caller.deadline)
        desk = Desk(catalog, FreightLoaders(suppliers, clock, catalog.ask), pricing)
        quotation = await quote(_basket(wish), suppliers[wish.supplier].declaration, desk)
        return _judged(wish, quotation)

    return rehearse


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


def _judged(wish: Wish, quotation: Quotation) -> Result:
    found = next((each for each in quotation.quotes if each.option.method == wish.method), None)
    if found is not None:
        return _priced(wish, found)
    if not quotation.quotes and not quotation.problems:
        said = quotation.outcome
        if said.status is not OutcomeStatus.OK:
            wait = None if said.retry_after_ms is None else said.retry_after_ms / 1000
            return Result(None, (Busy(said.message or "The supplier does not answer.", wait),))
    against = [each for each in map(_trouble, quotation.problems) if each is not None]
    return Result(None, tuple(against) or (_no_method(wish, quotation),))


def _priced(wish: Wish, found: Quote) -> Result:
    charged = found.terms.charged
    if charged is None:
        return Result(None, (), ("Not all that the supplier takes for it is known beforehand.",))
    for allowed in (wish.max_total, wish.agreed):
        if allowed is not None and exceeds(charged, allowed):
            return Result(None, (PriceChanged(agreed=allowed, current=charged),))
    return Result(None)


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


def _no_method(wish: Wish, quotation: Quotation) -> MethodUnavailable:
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
