"""Offers of all suppliers in one order: what the ranking hears of each, and what it says."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from gateway.comparing.contenders import Contender
from gateway.comparing.likeness import Match, closest
from gateway.comparing.ranking import Placement, Priority, order, rank
from gateway.quoting.problems import Problem
from gateway.quoting.quotes import Quote
from gateway.quoting.rates import EXACT
from gateway.quoting.wording import WORDS
from providers import model
from providers.errors import ProviderError
from providers.model import DayRange, Money
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
    alternatives: tuple[Quote, ...] = ()
    """The other ways to send this variant, best first; those that were priced with `quote`."""
    trouble: ProviderError | None = None
    """Why the supplier could not be asked for a quote."""


@dataclass(frozen=True, slots=True)
class RankedOffer:
    """One offer with its place among all that were compared."""

    offer: Offer
    placement: Placement
    index: int
    """Among the offers as they were given."""
    field: "Field"

    @property
    def match(self) -> Match | None:
        """The most alike product of another supplier; None with one supplier alone."""
        return self.field.matches[self.index]

    @property
    def matched(self) -> Offer | None:
        """The offer of that product."""
        return None if self.match is None else self.field.offers[self.match.index]


class Field:
    """All offers that are compared with each other."""

    def __init__(self, offers: Sequence[Offer]) -> None:
        self.offers = offers

    @cached_property
    def matches(self) -> tuple[Match | None, ...]:
        """For each the most alike product of another supplier; worked out when somebody wants to know."""
        return closest([(offer.product.value.provider, offer.product.value) for offer in self.offers])


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
    slowest = _slowest_to_make_ready(
        quote for offer in offers if offer.quote is not None for quote in (offer.quote, *offer.alternatives)
    )
    placements = rank([_contender_of_offer(offer, names, slowest) for offer in offers], priority)
    field = Field(offers)
    ranked = [
        RankedOffer(offer, placement, index, field)
        for index, (offer, placement) in enumerate(zip(offers, placements, strict=True))
    ]
    return tuple(sorted(ranked, key=lambda each: each.placement.rank))


def best_first(quotes: Sequence[Quote], priority: Priority) -> list[Quote]:
    """The quotes for one product by the rules by which offers are ranked; the first one wins."""
    slowest = _slowest_to_make_ready(quotes)
    return [
        quotes[index] for index in order([_contender_of_quote(quote, slowest) for quote in quotes], priority)
    ]


def _contender_of_quote(quote: Quote, slowest: int) -> Contender:
    delivery, transit_alone = _reckoned(quote, slowest)
    return Contender(
        supplier_name=quote.provider,
        cost_per_unit=_per_piece(quote),
        is_complete=quote.cost.is_complete,
        missing=_missing(quote),
        delivery=delivery,
        quantity=quote.pieces,
        minimum=1,
        available=None,
        obstacle=None,
        transit_alone=transit_alone,
    )


def _contender_of_offer(offer: Offer, names: Mapping[str, str], slowest: int) -> Contender:
    name = names[offer.product.value.provider]
    if offer.quote is not None:
        return replace(
            _contender_of_quote(offer.quote, slowest),
            supplier_name=name,
            minimum=offer.minimum,
            available=offer.available,
            others=tuple(_contender_of_quote(other, slowest) for other in offer.alternatives),
        )
    return Contender(
        supplier_name=name,
        cost_per_unit=None,
        is_complete=False,
        missing=(),
        delivery=None,
        quantity=offer.quantity,
        minimum=offer.minimum,
        available=offer.available,
        obstacle=offer.trouble.message if offer.trouble is not None else offer.problems[0].message,
    )


def _per_piece(quote: Quote) -> Money:
    # Of the whole cost and not of the rounded one by piece: a thousand pieces at "0.01" can differ much.
    total = quote.cost.total
    return Money(EXACT.divide(total.amount, Decimal(quote.pieces)), total.currency)


def _reckoned(quote: Quote, slowest: int) -> tuple[DayRange | None, DayRange | None]:
    """The days that an offer is ranked by, and those on the way where making ready is not known."""
    transit = quote.option.transit
    if quote.option.processing is not None or transit is None:
        return quote.delivery, None
    return DayRange(transit.low, transit.high + slowest), transit


def _slowest_to_make_ready(quotes: Iterable[Quote]) -> int:
    """The most days that any of them says it needs."""
    return max((quote.option.processing.high for quote in quotes if quote.option.processing), default=0)


def _missing(quote: Quote) -> tuple[str, ...]:
    """Words for the costs that nobody knows."""
    return tuple(
        dict.fromkeys(
            _SINGULAR[line.kind] for line in quote.cost.lines if line.certainty is Certainty.UNKNOWN
        )
    )
