"""
One supplier's part of a comparison: its best matching products, and for each the variant and origin that win.

A cold comparison of three products costs one search, three product calls and three freight calls, because
every origin of a product is priced by one question. Nothing here raises a `ProviderError`: what goes wrong
with one product leaves the others, and the outcome says so.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gateway.comparing.likeness import best_matching
from gateway.comparing.offering import Entry, Terms, make_offer
from gateway.comparing.standing import Offer, Placed, place
from gateway.loaders.batching import GroupLoader
from gateway.loaders.catalog import CatalogLoaders, PageKey
from gateway.outcomes import Outcome, OutcomeStatus, of_failure
from gateway.quoting.baskets import outcome_of
from gateway.quoting.desk import Desk
from gateway.quoting.problems import Problem
from providers import model
from providers.errors import ProviderError
from providers.port import Declaration, Feature, Support, unsupported
from providers.upstream import Fact, Fetched

_FOUND = frozenset({Fact.CATALOGUE})


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
        *(make_offer(terms, entry, declaration, desk) for entry in dict.fromkeys(entries))
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
