"""
One basket of one supplier, quoted: products looked up, parcels chosen by stock, options asked for, priced.

What a buyer can act on is a `Problem`, what went wrong with the supplier its outcome; nothing here raises a
`ProviderError`.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from gateway.loaders.catalog import CatalogLoaders, ProductKey, variant_in
from gateway.outcomes import Outcome, OutcomeStatus, of_failure, of_stale
from gateway.quoting.desk import Desk
from gateway.quoting.origins import parcels
from gateway.quoting.problems import NotSold, Problem
from gateway.quoting.quotes import Quote
from providers.declaring import Declaration, Feature, unsupported
from providers.errors import Delisted, NotFound, ProviderError
from providers.model import Product
from providers.shipping import Destination, Parcel, ParcelLine
from providers.upstream import Fact, Fetched, Lane, Source

GOODS = frozenset({Fact.CATALOGUE, Fact.PRICE, Fact.STOCK})
"""What has to be known of a product before it is quoted."""
MOST_LINES = 50
"""Lines of one basket, and so of one order."""
LARGEST_QUANTITY = 1_000_000
"""Pieces of one variant; no supplier known to us sells more in one order."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """So many pieces of one variant, by the supplier's own ids."""

    product_id: str
    variant_id: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Basket:
    """What is to be quoted as one parcel, checked."""

    provider: str
    wanted: tuple[Wanted, ...]
    """At least one; each variant once."""
    destination: Destination
    origin: str | None
    """The country to ship from; None: chosen by stock."""
    everywhere: bool
    """Without `origin`: every country that can send it instead of the nearest."""
    currency: str
    lane: Lane


@dataclass(frozen=True, slots=True)
class Quotation:
    """The quotes of one basket, cheapest first, and how it went."""

    quotes: tuple[Quote, ...]
    problems: tuple[Problem, ...]
    outcome: Outcome


async def quote(basket: Basket, declaration: Declaration, desk: Desk) -> Quotation:
    """
    Quote a basket.

    Raises:
        UnknownCurrency: There is no reference rate for its currency.
    """
    code = basket.provider
    if not declaration.supports(Feature.QUOTES):
        return Quotation((), (), of_failure(code, unsupported(declaration, Feature.QUOTES)))
    desk.pricing.check(basket.currency)
    try:
        products = await _products(basket, desk.catalog)
        lines, problems = _lines(basket, products)
        sent: tuple[Parcel, ...] = ()
        if not problems:
            sent, problems = parcels(
                lines, basket.destination, origin=basket.origin, everywhere=basket.everywhere
            )
        if not sent:
            return Quotation((), tuple(problems), outcome_of(code, products.values()))
        answer = await desk.freight.load(sent, basket.lane)
    except ProviderError as error:
        return Quotation((), (), of_failure(code, error))
    goods = {each: product for each, product in products.items() if product is not None}
    quotes, problems = desk.pricing.quotes(sent, answer, goods, basket.currency)
    return Quotation(tuple(quotes), tuple(problems), outcome_of(code, [*products.values(), answer]))


def outcome_of(code: str, answers: Iterable[Fetched[object] | None]) -> Outcome:
    """How a supplier fared: STALE when an answer was the last known one, PARTIAL when one lacks something."""
    given = [answer for answer in answers if answer is not None]
    stale = next((answer for answer in given if answer.source is Source.STALE), None)
    if stale is not None:
        return of_stale(code, stale.trouble, None)
    lacking = next((answer.trouble for answer in given if answer.trouble is not None), None)
    if lacking is not None:
        return Outcome(code, OutcomeStatus.PARTIAL, message=lacking.message)
    return Outcome(code, OutcomeStatus.OK)


async def _products(basket: Basket, catalog: CatalogLoaders) -> Mapping[str, Fetched[Product] | None]:
    """The products by id, None for what is not sold."""
    ids = tuple(dict.fromkeys(wanted.product_id for wanted in basket.wanted))
    found = await asyncio.gather(*(_product(basket.provider, each, catalog) for each in ids))
    return dict(zip(ids, found, strict=True))


async def _product(provider: str, product_id: str, catalog: CatalogLoaders) -> Fetched[Product] | None:
    try:
        return await catalog.product.load(ProductKey(provider, product_id, GOODS))
    except (NotFound, Delisted):
        return None


def _lines(
    basket: Basket, products: Mapping[str, Fetched[Product] | None]
) -> tuple[tuple[ParcelLine, ...], list[Problem]]:
    lines: list[ParcelLine] = []
    problems: list[Problem] = []
    for wanted in basket.wanted:
        fetched = products[wanted.product_id]
        if fetched is None:
            problems.append(NotSold(f"The product {wanted.product_id}"))
            continue
        product = fetched.value
        variant = variant_in(fetched, wanted.variant_id)
        if variant is None:
            problems.append(NotSold(f"The variant {wanted.variant_id} of {product.title}"))
            continue
        if fetched.imagined and basket.origin is not None:
            # Where imagined goods lie is imagined, too: whoever names a country is believed.
            variant = replace(variant, inventory=None)
        lines.append(ParcelLine(product, variant, wanted.quantity))
    return tuple(lines), problems
