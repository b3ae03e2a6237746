"""
One product at its best: looked up, priced from every origin by one question, the quote that wins; or why not.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from gateway.comparing.candidates import candidates, most_in_one_place, pieces_in, price_key
from gateway.comparing.offers import Offer, best_first
from gateway.comparing.ranking import Priority
from gateway.loaders.catalog import ProductKey, variant_in
from gateway.quoting.baskets import GOODS
from gateway.quoting.desk import Desk
from gateway.quoting.prices import smallest_order
from gateway.quoting.problems import (
    BelowMinimum,
    NotEnoughStock,
    NothingShips,
    NotSold,
    Problem,
    StockUnknown,
)
from providers import model
from providers.declaring import Declaration, Feature, unsupported
from providers.errors import Delisted, NotFound, ProviderError
from providers.shipping import Destination, Parcel
from providers.upstream import Fetched, Lane


@dataclass(frozen=True, slots=True)
class Entry:
    """One product that takes part, and which of its variants may."""

    product_id: str
    variant_id: str | None = None
    """None: whichever wins."""
    processing: model.DayRange | None = field(default=None, compare=False)
    """Days of making ready as the search said, for suppliers that say them nowhere else."""


@dataclass(frozen=True, slots=True)
class ComparisonRequest:
    """What everybody in a comparison is asked for, checked."""

    query: str | None
    """Words to find products by; None: only the entries take part."""
    per_supplier: int
    quantity: int
    destination: Destination
    currency: str
    priority: Priority
    deadline: float
    """On the clock's monotonic scale."""


async def best_offer(
    request: ComparisonRequest, entry: Entry, declaration: Declaration, desk: Desk
) -> Offer | ProviderError | Problem:
    """The offer; or what keeps the product out altogether."""
    try:
        product = await desk.catalog.product.load(ProductKey(declaration.code, entry.product_id, GOODS))
    except (NotFound, Delisted):
        return NotSold(f"The product {entry.product_id}")
    except ProviderError as error:
        return error
    if product.value.processing is None and entry.processing is not None:
        product = replace(product, value=replace(product.value, processing=entry.processing))
    variants = product.value.variants
    if entry.variant_id is not None:
        named = variant_in(product, entry.variant_id)
        variants = (named,) if named else ()
    if not variants:
        return NotSold(f"A variant of {product.value.title} that can be ordered")
    sent = candidates(product.value, variants, request.quantity, request.destination)
    if not sent:
        return _unsendable(product, variants, request.quantity)
    return await _priced(request, product, sent, declaration, desk)


async def _priced(
    request: ComparisonRequest,
    product: Fetched[model.Product],
    sent: tuple[Parcel, ...],
    declaration: Declaration,
    desk: Desk,
) -> Offer:
    """The best of all quotes for these parcels, or why there is none."""
    try:
        if not declaration.supports(Feature.QUOTES):
            raise unsupported(declaration, Feature.QUOTES)
        answer = await desk.freight.load(sent, Lane.INTERACTIVE)
    except ProviderError as error:
        return _unquoted(product, sent, request, trouble=error)
    quotes, problems = desk.pricing.quotes(sent, answer, {product.value.id: product}, request.currency)
    if not quotes:
        return _unquoted(product, sent, request, problems=problems)
    best, *others = best_first(quotes, request.priority)
    line = best.parcel.lines[0]
    # That another origin sends nothing there is no news to whoever has a quote.
    problems = [problem for problem in problems if not isinstance(problem, NothingShips)]
    return Offer(
        product=product,
        variant=line.variant,
        quantity=line.quantity,
        minimum=smallest_order(product.value, line.variant),
        available=pieces_in(line.variant, best.parcel.origin),
        quote=best,
        problems=tuple(problems),
        # From another country the cheapest may be another variant: of that, this is no way to send this one.
        alternatives=tuple(other for other in others if other.parcel.lines[0].variant.id == line.variant.id),
    )


def _unquoted(
    product: Fetched[model.Product],
    sent: Sequence[Parcel],
    request: ComparisonRequest,
    *,
    problems: Sequence[Problem] = (),
    trouble: ProviderError | None = None,
) -> Offer:
    """It could be sent, but nobody says for how much."""
    line = sent[0].lines[0]
    return Offer(
        product=product,
        variant=line.variant,
        quantity=request.quantity,
        minimum=smallest_order(product.value, line.variant),
        available=pieces_in(line.variant, sent[0].origin),
        quote=None,
        problems=tuple(problems),
        trouble=trouble,
    )


def _unsendable(product: Fetched[model.Product], variants: Sequence[model.Variant], quantity: int) -> Offer:
    """Below every minimum, or not in stock: shown with the variant that comes nearest."""
    reach = [variant for variant in variants if smallest_order(product.value, variant) <= quantity]
    if not reach:
        variant = min(
            variants, key=lambda each: (smallest_order(product.value, each), price_key(each, quantity))
        )
        minimum = smallest_order(product.value, variant)
        problem: Problem = BelowMinimum(variant.title, quantity, minimum)
    else:
        variant = max(reach, key=lambda each: most_in_one_place(each) or 0)
        most = most_in_one_place(variant)
        problem = (
            StockUnknown(variant.title)
            if most is None
            else NotEnoughStock(variant.title, quantity, available=most)
        )
    return Offer(
        product=product,
        variant=variant,
        quantity=quantity,
        minimum=smallest_order(product.value, variant),
        available=most_in_one_place(variant),
        quote=None,
        problems=(problem,),
    )
