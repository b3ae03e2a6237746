"""Comparing: arguments in, offers of all suppliers side by side out."""

from collections.abc import Sequence

import strawberry

from gateway.comparing import comparison as compared
from gateway.comparing.best_offer import ComparisonRequest, Entry
from gateway.comparing.offers import RankedOffer
from gateway.context import GatewayInfo
from gateway.errors import BadInput
from gateway.ids import Kind
from gateway.quoting.rates import UnknownCurrency
from gateway.schema.basket import read_quantity
from gateway.schema.enums import Badge, Priority, member
from gateway.schema.money import Money
from gateway.schema.node import known_supplier, read_id
from gateway.schema.product import Product
from gateway.schema.quote import Quote
from gateway.schema.scalars import DOLLARS, CurrencyCode
from gateway.schema.search import search_words
from gateway.schema.shipping import ShipToInput, read_destination
from gateway.schema.supplier import Supplier, SupplierOutcome, supplier_of
from gateway.schema.user_errors import UserError, of_problem, of_provider
from gateway.schema.variant import Variant

DEFAULT_PER_SUPPLIER = 3
MOST_PER_SUPPLIER = 10
"""Each product costs a product and a freight call."""
MOST_IDS = 20
MOST_ALTERNATIVES = 20
"""Of each offer: eight countries with dozens of methods each would fill pages."""


@strawberry.input(
    description="What to compare: words to search by, or things named by id, or both: then what is found "
    "stands beside what is named."
)
class CompareInput:
    """One comparison."""

    query: str | None = strawberry.field(
        default=None, description="Words to find products by at each supplier, up to 200 characters."
    )
    product_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Products, each with the variant that wins; up to 20 ids in all."
    )
    variant_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Variants, exactly these; up to 20 ids in all."
    )
    suppliers: list[str] | None = strawberry.field(
        default=None, description="Codes of the suppliers to search. Left out: all."
    )
    per_supplier: int | None = strawberry.field(
        default=DEFAULT_PER_SUPPLIER, description="Products that a search brings from each supplier, 1 to 10."
    )
    quantity: int | None = strawberry.field(default=1, description="Pieces of one variant, 1 to 1,000,000.")
    ship_to: ShipToInput = strawberry.field(description="Where it goes.")
    currency: CurrencyCode | None = strawberry.field(
        default=DOLLARS, description="What everything is converted into."
    )
    priority: Priority | None = strawberry.field(
        default=Priority.BALANCED,
        description="What counts when offers are ranked, and when the way to send each of them is chosen.",
    )


@strawberry.type(description="One product at its best: the variant, the origin and the method that win.")
class Offer:
    """Public form of `offers.RankedOffer`."""

    ranked: strawberry.Private[RankedOffer]
    currency: strawberry.Private[str]
    rank: int = strawberry.field(
        description="Its place among those it stands with, 1 the best. Offers without a quote come last, and "
        "their ranks say nothing more than that."
    )
    quantity: int = strawberry.field(description="Pieces it is for.")
    minimum_order_quantity: int = strawberry.field(description="Fewest pieces that are sold.")
    meets_minimum_order: bool = strawberry.field(description="Whether `quantity` reaches that.")
    available_quantity: int | None = strawberry.field(
        description="Pieces where it would be sent from; null when not known."
    )
    badges: list[Badge] = strawberry.field(
        description="What it is best at of those it stands with; shared by equals."
    )
    score: float = strawberry.field(
        description="0 to 1, the higher the better, never higher at a lower rank: from 0.75 when its whole "
        "cost is known, from 0.5 when part of it is not, from 0.25 without a quote, below when it cannot be "
        "ordered like this."
    )
    reasons: list[str] = strawberry.field(description="Why it stands where it stands, for people.")

    @classmethod
    def of(cls, ranked: RankedOffer, currency: str) -> "Offer":
        """The offer as clients see it."""
        offer, placement = ranked.offer, ranked.placement
        return cls(
            ranked=ranked,
            currency=currency,
            rank=placement.rank,
            quantity=offer.quantity,
            minimum_order_quantity=offer.minimum,
            meets_minimum_order=offer.quantity >= offer.minimum,
            available_quantity=offer.available,
            badges=list(placement.badges),
            score=placement.score,
            reasons=list(placement.reasons),
        )

    @strawberry.field(description="The product.")
    def product(self) -> Product:
        """It was looked up already."""
        return Product.of(self.ranked.offer.product)

    @strawberry.field(description="The variant that wins.")
    def variant(self) -> Variant:
        """It came with its product."""
        return Variant.of(self.ranked.offer.variant, self.ranked.offer.product)

    @strawberry.field(
        description="Price of one piece at this quantity, in the comparison's currency; below the smallest "
        "order, the price there. Null when not known."
    )
    def unit_price(self, info: GatewayInfo) -> Money | None:
        """Without anything on top."""
        offer = self.ranked.offer
        pricing = info.context.services.pricing
        price = pricing.unit_price(offer.variant, offer.quantity, self.currency)
        return None if price is None else Money.from_model(price)

    @strawberry.field(description="The quote that wins; null when there is none, see `problems`.")
    def quote(self) -> Quote | None:
        """The best way to send it."""
        quoted = self.ranked.offer.quote
        return None if quoted is None else Quote.of(quoted)

    @strawberry.field(
        description="The other ways to send this variant, best first by the priority. The best "
        f"{MOST_ALTERNATIVES}; where there are more, `quotes` with `allOrigins` has them all."
    )
    def alternatives(self) -> list[Quote]:
        """They were priced together with the one that wins."""
        return [Quote.of(quoted) for quoted in self.ranked.offer.alternatives[:MOST_ALTERNATIVES]]

    @strawberry.field(
        description="How alike it is to `matchedProduct`, 0 to 1; null with one supplier alone."
    )
    def match_score(self) -> float | None:
        """By the words of their titles."""
        return None if self.ranked.match is None else self.ranked.match.likeness.score

    @strawberry.field(description="The most alike product of another supplier among those compared.")
    def matched_product(self) -> Product | None:
        """It is in the comparison too."""
        return None if self.ranked.matched is None else Product.of(self.ranked.matched.product)

    @strawberry.field(description="The words that both titles have.")
    def matched_words(self) -> list[str]:
        """Why they count as alike."""
        return [] if self.ranked.match is None else list(self.ranked.match.likeness.shared)

    @strawberry.field(description="Why there is no quote, or which ways to send it were left out and why.")
    def problems(self) -> list[UserError]:
        """Empty when all is well."""
        offer = self.ranked.offer
        trouble = [] if offer.trouble is None else [of_provider(offer.trouble, [])]
        return trouble + [of_problem(problem) for problem in offer.problems]


@strawberry.type(description="What one supplier brings to a comparison. Defer it to show it when it comes.")
class SupplierOffers:
    """Asked for when a field needs it, and once only."""

    comparison: strawberry.Private[compared.Comparison]
    code: strawberry.Private[str]

    @strawberry.field(description="The supplier.")
    def supplier(self, info: GatewayInfo) -> Supplier:
        """Known at once."""
        return supplier_of(info, self.code)

    @strawberry.field(description="Its offers, ranked among themselves.")
    async def offers(self) -> list[Offer]:
        """Waits for this supplier alone."""
        return _shown(self.comparison, await self.comparison.ranked(self.code))

    @strawberry.field(description="How asking it went.")
    async def outcome(self) -> SupplierOutcome:
        """Waits for this supplier alone."""
        return SupplierOutcome.from_outcome((await self.comparison.offers_of(self.code)).outcome)


@strawberry.type(description="Offers of all suppliers side by side.")
class Comparison:
    """What went wrong with one supplier costs the others nothing."""

    comparison: strawberry.Private[compared.Comparison]
    currency: CurrencyCode = strawberry.field(description="What everything is in.")

    @strawberry.field(
        description="One for each supplier that takes part. With `@defer` on its fields, what is known at "
        "once is shown at once."
    )
    def suppliers(self) -> list[SupplierOffers]:
        """In the order they were configured or named."""
        return [SupplierOffers(comparison=self.comparison, code=code) for code in self.comparison.suppliers]

    @strawberry.field(description="All offers, best first; there when the slowest supplier is.")
    async def offers(self) -> list[Offer]:
        """Ranked among all."""
        return _shown(self.comparison, await self.comparison.ranked())

    @strawberry.field(description="How asking each supplier went.")
    async def outcomes(self) -> list[SupplierOutcome]:
        """One for each of `suppliers`."""
        return [SupplierOutcome.from_outcome(each.outcome) for each in await self.comparison.offers_of_all()]


def _shown(comparison: compared.Comparison, ranked: Sequence[RankedOffer]) -> list[Offer]:
    return [Offer.of(each, comparison.request.currency) for each in ranked]


def begin_comparison(info: GatewayInfo, given: CompareInput) -> Comparison:
    """
    A comparison that can be asked.

    Raises:
        BadInput: Something in it makes no sense; the message names the argument and what is allowed.
    """
    context = info.context
    currency = given.currency or DOLLARS
    per_supplier = DEFAULT_PER_SUPPLIER if given.per_supplier is None else given.per_supplier
    try:
        context.services.pricing.check(currency)
    except UnknownCurrency as error:
        raise BadInput(f"input.currency: {error}") from None
    if not 1 <= per_supplier <= MOST_PER_SUPPLIER:
        raise BadInput(f"input.perSupplier: {per_supplier} is out of range; send 1 to {MOST_PER_SUPPLIER}.")
    request = ComparisonRequest(
        query=None
        if given.query is None
        else search_words(given.query, "input.query", if_empty="Leave it out, and name things by id."),
        per_supplier=per_supplier,
        quantity=read_quantity(given.quantity, "input.quantity"),
        destination=read_destination(given.ship_to, "input.shipTo"),
        currency=currency,
        priority=member(Priority, given.priority) or Priority.BALANCED,
        deadline=context.read_deadline,
    )
    comparison = compared.Comparison(
        request,
        _entries(info, given),
        {code: supplier.declaration for code, supplier in context.services.suppliers.items()},
        context.desk,
    )
    return Comparison(comparison=comparison, currency=currency)


def _entries(info: GatewayInfo, given: CompareInput) -> dict[str, list[Entry]]:
    """What is named by id, of each supplier that takes part."""
    products, variants = given.product_ids or [], given.variant_ids or []
    if given.query is None and not products and not variants:
        raise BadInput("input: there is nothing to compare; send `query`, `productIds` or `variantIds`.")
    if len(products) + len(variants) > MOST_IDS:
        raise BadInput(
            f"input: {len(products) + len(variants)} ids are too many; send {MOST_IDS} at the most."
        )
    entries: dict[str, list[Entry]] = {}
    if given.query is not None:
        entries = {code: [] for code in _searched(info, given.suppliers)}
    for number, text in enumerate(products):
        where = f"input.productIds[{number}]"
        named = read_id(text, Kind.PRODUCT, where)
        entries.setdefault(known_supplier(info, named.provider, where), []).append(Entry(named.native, None))
    for number, text in enumerate(variants):
        where = f"input.variantIds[{number}]"
        named = read_id(text, Kind.VARIANT, where)
        product, variant = named.parts
        entries.setdefault(known_supplier(info, named.provider, where), []).append(Entry(product, variant))
    return entries


def _searched(info: GatewayInfo, codes: list[str] | None) -> list[str]:
    if codes is None:
        return list(info.context.services.suppliers)
    if not codes:
        raise BadInput("input.suppliers: the list is empty. Leave it out to ask all suppliers.")
    return list(dict.fromkeys(known_supplier(info, code, "input.suppliers") for code in codes))
