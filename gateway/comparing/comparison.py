"""
A comparison: of each supplier the best matching products, and for each the variant and origin that win.

A cold comparison of three products costs one search, three product calls and three freight calls, because
every origin of a product is priced by one question. Nothing here raises a `ProviderError`: what goes wrong
with one product leaves the others, and the outcome says so.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gateway.comparing.best_offer import ComparisonRequest, Entry, best_offer
from gateway.comparing.likeness import best_matching
from gateway.comparing.offers import Offer, RankedOffer, rank_offers
from gateway.loaders.batching import GroupLoader
from gateway.loaders.catalog import CatalogLoaders, PageKey
from gateway.outcomes import Outcome, OutcomeStatus, nothing_found, of_failure
from gateway.quoting.baskets import outcome_of
from gateway.quoting.desk import Desk
from gateway.quoting.problems import Problem
from providers import model
from providers.declaring import Declaration, Feature, unsupported
from providers.errors import ProviderError
from providers.upstream import Fact, Fetched

_FOUND = frozenset({Fact.CATALOGUE})
_AT_ONCE = 3
"""Products under way side by side: by the deadline some offers are whole instead of all half done."""


@dataclass(frozen=True, slots=True)
class SupplierOffers:
    """What one supplier brings to a comparison."""

    offers: tuple[Offer, ...]
    """Unranked, in the order of its products."""
    outcome: Outcome


async def _ask_supplier(
    request: ComparisonRequest, entries: Sequence[Entry], declaration: Declaration, desk: Desk
) -> SupplierOffers:
    code = declaration.code
    answers: list[Fetched[object]] = []
    was_found = True
    try:
        if request.query is not None:
            page = await _search(request, request.query, declaration, desk.catalog)
            answers.append(page)
            chosen = best_matching(request.query, page.value.products, request.per_supplier)
            was_found = bool(chosen)
            entries = [*entries, *(Entry(product.id, processing=product.processing) for product in chosen)]
    except ProviderError as error:
        return SupplierOffers((), of_failure(code, error))
    turns = asyncio.Semaphore(_AT_ONCE)

    async def in_turn(entry: Entry) -> Offer | ProviderError | Problem:
        async with turns:
            return await best_offer(request, entry, declaration, desk)

    found = await asyncio.gather(*(in_turn(entry) for entry in dict.fromkeys(entries)))
    offers = tuple(each for each in found if isinstance(each, Offer))
    answers += [offer.product for offer in offers]
    answers += [offer.quote.answer for offer in offers if offer.quote is not None]
    missing = [each for each in found if not isinstance(each, Offer)]
    outcome = _outcome(code, answers, offers, missing)
    return SupplierOffers(offers, outcome if was_found else nothing_found(outcome))


async def _search(
    request: ComparisonRequest, query: str, declaration: Declaration, catalog: CatalogLoaders
) -> Fetched[model.SearchPage]:
    if not declaration.supports(Feature.PRODUCT_SEARCH):
        raise unsupported(declaration, Feature.PRODUCT_SEARCH)
    return await catalog.page.load(
        PageKey(
            provider=declaration.code,
            search=model.ProductSearch(query=query),
            page=1,
            # Only to find products: what counts is looked up anew for each of them.
            facts=_FOUND,
            with_description=False,
            deadline=request.deadline,
        )
    )


def _outcome(
    code: str,
    answers: Sequence[Fetched[object]],
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
    return outcome_of(code, answers)


class Comparison:
    """
    A comparison under way: each supplier is asked once, when somebody wants to know, and answers by itself.

    Args:
        request: What everybody is asked for.
        entries: The products named by id, of each supplier that takes part; in the order of the answer.
        declarations: Of at least these suppliers, by code.
        desk: What the request quotes with.
    """

    def __init__(
        self,
        request: ComparisonRequest,
        entries: Mapping[str, Sequence[Entry]],
        declarations: Mapping[str, Declaration],
        desk: Desk,
    ) -> None:
        self.request = request
        self.suppliers = tuple(entries)
        self._names = {code: declarations[code].name for code in entries}
        self._ranked: dict[str | None, tuple[RankedOffer, ...]] = {}

        async def ask_one(code: str, _: list[str]) -> SupplierOffers:
            return await _ask_supplier(request, entries[code], declarations[code], desk)

        self._loader: GroupLoader[str, str, SupplierOffers] = GroupLoader(lambda code: code, ask_one)

    async def offers_of(self, code: str) -> SupplierOffers:
        """What one supplier brings."""
        return await self._loader.load(code)

    async def offers_of_all(self) -> list[SupplierOffers]:
        """What all of them bring, in the order of `suppliers`."""
        return list(await asyncio.gather(*(self.offers_of(code) for code in self.suppliers)))

    async def ranked(self, code: str | None = None) -> tuple[RankedOffer, ...]:
        """The offers of one supplier, or of all, best first, each with its place among these."""
        if code not in self._ranked:
            brought = await self.offers_of_all() if code is None else [await self.offers_of(code)]
            offers = [offer for each in brought for offer in each.offers]
            self._ranked[code] = rank_offers(offers, self.request.priority, self._names)
        return self._ranked[code]
