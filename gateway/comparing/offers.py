"""Offers of all suppliers in one order: what the ranking hears of each, and what it says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.comparing.contenders import Contender
from gateway.comparing.likeness import Match, closest
from gateway.comparing.ranking import Placement, Priority, rank
from gateway.quoting.problems import Problem
from gateway.quoting.quotes import Quote
from gateway.quoting.wording import WORDS
from providers import model
from providers.errors import ProviderError
from providers.shipping import Certainty, CostKind
from providers.upstream import Fetched

_SINGULAR = WORDS | {
    CostKind.ITEMS: "price",
    CostKind.CUSTOMS_FEE: "customs fee",
    CostKind.OTHER: "other cost",
}
"""What people call each kind of cost, where a sentence goes on with "is not known"."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One product at its best: the variant and the quote that win, or why there is no quote."""

    product: Fetched[model.Product]
    variant: model.Variant
    quantity: int
    minimum: int
    available: int | None
    """Pieces where it would be sent from, or in the best stocked country; None: not known."""
    quote: Quote | None
    problems: tuple[Problem, ...]
    """Why there is no quote, or which ways to send it were left out."""
    trouble: ProviderError | None = None
    """Why the supplier could not be asked for a quote."""


@dataclass(frozen=True, slots=True)
class RankedOffer:
    """One offer with its place among all that were compared."""

    offer: Offer
    placement: Placement
    match: Match | None
    """The most alike product of another supplier."""
    matched: Offer | None


def rank_offers(
    offers: Sequence[Offer], priority: Priority, names: Mapping[str, str]
) -> tuple[RankedOffer, ...]:
    """
    The offers, best first.

    Args:
        offers: In the order in which equals stay.
        priority: What counts most.
        names: Of the suppliers by code, for the reasons.
    """
    placements = rank([_contender_of_offer(offer, names) for offer in offers], priority)
    matches = closest([(offer.product.value.provider, offer.product.value) for offer in offers])
    ranked = [
        RankedOffer(offer, placement, match, None if match is None else offers[match.index])
        for offer, placement, match in zip(offers, placements, matches, strict=True)
    ]
    return tuple(sorted(ranked, key=lambda each: each.placement.rank))


def contender_of_quote(quote: Quote) -> Contender:
    """A quote as the ranking sees it, among other quotes of the same goods."""
    line = quote.parcel.lines[0]
    return Contender(
        supplier_name=quote.provider,
        cost_per_unit=quote.cost.per_unit,
        is_complete=quote.cost.is_complete,
        missing=_missing(quote),
        delivery=quote.delivery,
        quantity=line.quantity,
        minimum=1,
        available=None,
        obstacle=None,
    )


def _missing(quote: Quote) -> tuple[str, ...]:
    """Words for the costs that nobody knows."""
    return tuple(
        dict.fromkeys(
            _SINGULAR[line.kind] for line in quote.cost.lines if line.certainty is Certainty.UNKNOWN
        )
    )


def _contender_of_offer(offer: Offer, names: Mapping[str, str]) -> Contender:
    quote = offer.quote
    obstacle = None
    if quote is None:
        obstacle = offer.trouble.message if offer.trouble is not None else offer.problems[0].message
    return Contender(
        supplier_name=names[offer.product.value.provider],
        cost_per_unit=None if quote is None else quote.cost.per_unit,
        is_complete=quote is not None and quote.cost.is_complete,
        missing=() if quote is None else _missing(quote),
        delivery=None if quote is None else quote.delivery,
        quantity=offer.quantity,
        minimum=offer.minimum,
        available=offer.available,
        obstacle=obstacle,
    )
