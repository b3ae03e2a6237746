"""
One supplier's part of a comparison: its best matching products, and for each the variant and origin that win.

A cold comparison of three products costs one search, three product calls and three freight calls, because
every origin of a product is priced by one question. Nothing here raises a `ProviderError`: what goes wrong
with one product leaves the others, and the outcome says so.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gateway.comparing.candidates import most_in_one_place, pieces_in, price_key, rivals
from gateway.comparing.likeness import best_matching
from gateway.comparing.ranking import Priority, rank
from gateway.comparing.standing import Offer, Placed, contender, place
from gateway.loaders.batching import GroupLoader
from gateway.loaders.catalog import CatalogLoaders, PageKey, ProductKey, variant_in
from gateway.outcomes import Outcome, OutcomeStatus, of_failure
from gateway.quoting.baskets import GOODS, outcome_of
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
from gateway.quoting.quotes import Quote
from providers import model
from providers.errors import Delisted, NotFound, ProviderError
from providers.port import Declaration, Feature, Support, unsupported
from providers.shipping import Destination, Parcel
from providers.upstream import Fact, Fetched, Lane

_FOUND = frozenset({Fact.CATALOGUE})


@dataclass(frozen=True, slots=True)
class Entry:
    """One product that takes part, and which of its variants may."""

    product_id: str
    variant_id: str | None
    """None: whichever wins."""


@dataclass(frozen=True, slots=True)
class Terms:
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


@dataclass(frozen=True, slots=True)
class Entrants:
    """What one supplier brings to a comparison."""

    supplier: str
    offers: tuple[Offer, ...]
    outcome: Outcome


async def enter(
    terms: Terms,
    entries: Sequence[Entry],
    declaration: Declaration,
    desk: Desk,
) -> Entrants:
    """One supplier's offers, unranked, in the order of its products."""
    code = declaration.code
    told: list[Fetched[object]] = []
    try:
        if terms.query is not None:
            page = await _search(terms, terms.query, declaration, desk.catalog)
            told.append(page)
            chosen = best_matching(terms.query, page.value.products, terms.per_supplier)
            entries = [*entries, *(Entry(product.id, None) for product in chosen)]
    except ProviderError as error:
        return Entrants(code, (), of_failure(code, error))
    found = await asyncio.gather(
        *(_offer(terms, entry, declaration, desk) for entry in dict.fromkeys(entries))
    )
    offers = tuple(each for each in found if isinstance(each, Offer))
    told += [offer.product for offer in offers]
    told += [offer.quote.told for offer in offers if offer.quote is not None]
    missing = [each for each in found if not isinstance(each, Offer)]
    return Entrants(code, offers, _outcome(code, told, offers, missing))


async def _search(
    terms: Terms, query: str, declaration: Declaration, catalog: CatalogLoaders
) -> Fetched[model.SearchPage]:
    if declaration.support(Feature.PRODUCT_SEARCH).support is not Support.SUPPORTED:
        raise unsupported(declaration, Feature.PRODUCT_SEARCH)
    return await catalog.page.load(
        PageKey(
            provider=declaration.code,
            search=model.ProductSearch(query=query),
            page=1,
            # Only to find products: what counts is looked up anew for each of them.
            facts=_FOUND,
            with_description=False,
            deadline=terms.deadline,
        )
    )


async def _offer(
    terms: Terms, entry: Entry, declaration: Declaration, desk: Desk
) -> Offer | ProviderError | Problem:
    """The offer; or what keeps the product out altogether."""
    try:
        product = await desk.catalog.product.load(ProductKey(declaration.code, entry.product_id, GOODS))
    except (NotFound, Delisted):
        return NotSold(f"The product {entry.product_id}")
    except ProviderError as error:
        return error
    variants = product.value.variants
    if entry.variant_id is not None:
        named = variant_in(product, entry.variant_id)
        variants = (named,) if named else ()
    if not variants:
        return NotSold(f"A variant of {product.value.title} that can be ordered")
    sent = rivals(product.value, variants, terms.quantity, terms.destination)
    if not sent:
        return _unsendable(product, variants, terms.quantity)
    return await _quoted(terms, product, sent, declaration, desk)


async def _quoted(
    terms: Terms,
    product: Fetched[model.Product],
    sent: tuple[Parcel, ...],
    declaration: Declaration,
    desk: Desk,
) -> Offer:
    """The best of all quotes for these parcels, or why there is none."""
    try:
        if declaration.support(Feature.QUOTES).support is not Support.SUPPORTED:
            raise unsupported(declaration, Feature.QUOTES)
        told = await desk.freight.load(sent, Lane.INTERACTIVE)
    except ProviderError as error:
        return _unquoted(product, sent, terms, trouble=error)
    quotes, problems = desk.pricing.quotes(sent, told, {product.value.id: product}, terms.currency)
    if not quotes:
        return _unquoted(product, sent, terms, problems=problems)
    best = _best(quotes, terms.priority)
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
    )


def _best(quotes: Sequence[Quote], priority: Priority) -> Quote:
    """The quote that wins by the same rules as offers win."""
    verdicts = rank([contender(quote) for quote in quotes], priority)
    return next(quote for quote, verdict in zip(quotes, verdicts, strict=True) if verdict.rank == 1)


def _unquoted(
    product: Fetched[model.Product],
    sent: Sequence[Parcel],
    terms: Terms,
    *,
    problems: Sequence[Problem] = (),
    trouble: ProviderError | None = None,
) -> Offer:
    """It could be sent, but nobody says for how much."""
    line = sent[0].lines[0]
    return Offer(
        product=product,
        variant=line.variant,
        quantity=terms.quantity,
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


def _outcome(
    code: str,
    told: Sequence[Fetched[object]],
    offers: Sequence[Offer],
    missing: Sequence[ProviderError | Problem],
) -> Outcome:
    """PARTIAL names the first thing that is missing; with no offer at all it is the whole outcome."""
    troubles = [each for each in missing if isinstance(each, ProviderError)]
    troubles += [offer.trouble for offer in offers if offer.trouble is not None]
    if not offers and troubles:
        return of_failure(code, troubles[0])
    if troubles:
        whole = of_failure(code, troubles[0])
        return replace(whole, status=OutcomeStatus.PARTIAL, message=f"Some is missing: {whole.message}")
    if missing:
        message = " ".join(each.message for each in missing)
        return Outcome(code, OutcomeStatus.PARTIAL, message=message)
    return outcome_of(code, told)


class Contest:
    """
    A comparison under way: each supplier is asked once, when somebody wants to know, and answers by itself.

    Args:
        entries: The products named by id, of each supplier that takes part; in the order of the answer.
    """

    def __init__(
        self,
        terms: Terms,
        entries: Mapping[str, Sequence[Entry]],
        declarations: Mapping[str, Declaration],
        desk: Desk,
    ) -> None:
        self.terms = terms
        self.suppliers = tuple(entries)
        self._names = {code: declarations[code].name for code in entries}

        async def enter_one(code: str, _: list[str]) -> Entrants:
            return await enter(terms, entries[code], declarations[code], desk)

        self._entrants: GroupLoader[str, str, Entrants] = GroupLoader(lambda code: code, enter_one)

    async def entrants(self, code: str) -> Entrants:
        """What one supplier brings."""
        return await self._entrants.load(code)

    async def everybody(self) -> list[Entrants]:
        """What all of them bring, in the order of `suppliers`."""
        return list(await asyncio.gather(*(self.entrants(code) for code in self.suppliers)))

    def place(self, offers: Sequence[Offer]) -> tuple[Placed, ...]:
        """Offers, best first, each with its standing among these."""
        return place(offers, self.terms.priority, self._names)
