"""Offers of all suppliers in one order: what the ranking is told about each, and what it says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.comparing.likeness import Match, closest
from gateway.comparing.ranking import Contender, Priority, Verdict, rank
from gateway.quoting.problems import Problem
from gateway.quoting.quotes import Quote
from providers import model
from providers.errors import ProviderError
from providers.shipping import Certainty, CostKind
from providers.upstream import Fetched

_WORDS = {
    CostKind.ITEMS: "price",
    CostKind.SHIPPING: "shipping",
    CostKind.DUTY: "duty",
    CostKind.TAX: "import tax",
    CostKind.CUSTOMS_FEE: "customs fee",
    CostKind.HANDLING: "handling",
    CostKind.OTHER: "other cost",
}


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
class Placed:
    """One offer with its place among all that were compared."""

    offer: Offer
    verdict: Verdict
    match: Match | None
    """The most alike product of another supplier."""
    matched: Offer | None


def place(offers: Sequence[Offer], priority: Priority, names: Mapping[str, str]) -> tuple[Placed, ...]:
    """
    The offers, best first.

    Args:
        offers: In the order in which equals stay.
        priority: What counts most.
        names: Of the suppliers by code, for the reasons.
    """
    verdicts = rank([_contender(offer, names) for offer in offers], priority)
    matches = closest([(offer.product.value.provider, offer.product.value) for offer in offers])
    placed = [
        Placed(offer, verdict, match, None if match is None else offers[match.index])
        for offer, verdict, match in zip(offers, verdicts, matches, strict=True)
    ]
    return tuple(sorted(placed, key=lambda each: each.verdict.rank))


def contender(quote: Quote) -> Contender:
    """A quote as the ranking sees it, among other quotes of the same goods."""
    line = quote.parcel.lines[0]
    return Contender(
        supplier_name=quote.provider,
        cost_per_unit=quote.cost.per_unit,
        is_complete=quote.cost.is_complete,
        missing=missing(quote),
        delivery=quote.delivery,
        quantity=line.quantity,
        minimum=1,
        available=None,
        obstacle=None,
    )


def missing(quote: Quote) -> tuple[str, ...]:
    """Words for the costs that nobody knows."""
    return tuple(
        dict.fromkeys(_WORDS[line.kind] for line in quote.cost.lines if line.certainty is Certainty.UNKNOWN)
    )


def _contender(offer: Offer, names: Mapping[str, str]) -> Contender:
    quote = offer.quote
    obstacle = None
    if quote is None:
        obstacle = offer.trouble.message if offer.trouble is not None else offer.problems[0].message
    return Contender(
        supplier_name=names[offer.product.value.provider],
        cost_per_unit=None if quote is None else quote.cost.per_unit,
        is_complete=quote is not None and quote.cost.is_complete,
        missing=() if quote is None else missing(quote),
        delivery=None if quote is None else quote.delivery,
        quantity=offer.quantity,
        minimum=offer.minimum,
        available=offer.available,
        obstacle=obstacle,
    )
