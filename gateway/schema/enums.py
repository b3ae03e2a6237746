"""Closed sets of the public schema, each value with what it means to a frontend developer."""

from enum import Enum
from typing import TypeVar

import strawberry

from gateway.comparing.ranking import Badge, Priority
from gateway.outcomes import OutcomeStatus
from gateway.upstream.breaker import Circuit, Status
from providers.declaring import Feature, Mode, Support
from providers.model import ProductFlag, ProductSort, SalesPlatform, SourcingStatus
from providers.shipping import Certainty, CostKind
from providers.upstream import Source

__all__ = [
    "Badge",
    "Certainty",
    "Circuit",
    "CostKind",
    "Feature",
    "Mode",
    "OutcomeStatus",
    "Priority",
    "ProductFlag",
    "ProductSort",
    "SalesPlatform",
    "Source",
    "SourcingStatus",
    "Status",
    "Support",
    "described",
    "member",
]

E = TypeVar("E", bound=type[Enum])
M = TypeVar("M", bound=Enum)


def described(enum: E, name: str, description: str, values: dict[str, str]) -> E:
    """Publish an enum of ours with a text for each value; a value without one is an error at import."""
    strawberry.enum(enum, name=name, description=description)
    for value in enum.__strawberry_definition__.values:  # type: ignore[attr-defined]
        value.description = values[value.name]
    return enum


def member(enum: type[M], given: M | None) -> M | None:
    """
    The value of an argument as what its type says it is.

    `sort_schema` replaces Strawberry's enum types by GraphQL's own, so an argument arrives as plain text.
    """
    return None if given is None else enum(given)


described(
    OutcomeStatus,
    "OutcomeStatus",
    "How asking one supplier went.",
    {
        "OK": "Answered completely and freshly enough.",
        "STALE": "The last known answer, older than it should be; see `retryAfterMs` for when to ask again.",
        "PARTIAL": "Some of what was asked for arrived before something went wrong.",
        "RATE_LIMITED": "The supplier's quota per second is taken until `retryAfterMs` has passed.",
        "QUOTA_EXHAUSTED": "The supplier's quota for the day is used up; `retryAfterMs` says when there "
        "is more.",
        "TIMEOUT": "No answer within the gateway's deadline.",
        "UNSUPPORTED": "The supplier cannot do what was asked; see `unsupportedFilters` and `message`.",
        "UNAVAILABLE": "The supplier is down or cannot be reached.",
        "ERROR": "The supplier refused or answered something unusable; see `message`.",
    },
)
described(
    Source,
    "DataSource",
    "Where a fact comes from.",
    {
        "LIVE": "Read from the supplier for this request.",
        "CACHE": "Read from the supplier earlier and still fresh.",
        "STALE": "Read earlier and past its freshness; the best that could be had now.",
        "WEBHOOK": "Told by the supplier itself since it was last read.",
        "SAMPLE": "Invented sample data, never true.",
    },
)
described(
    Mode,
    "SupplierMode",
    "How real a supplier's answers are.",
    {
        "LIVE": "The supplier itself.",
        "SIMULATED": "A simulator of the supplier: invented goods, real behaviour.",
        "SAMPLE": "A small invented catalogue that ships with the gateway.",
    },
)
described(
    Support,
    "FeatureSupport",
    "Whether a feature works, and whose decision it is when it does not.",
    {
        "SUPPORTED": "Works.",
        "NOT_IMPLEMENTED": "The supplier offers it, this gateway does not have it yet.",
        "NOT_OFFERED": "The supplier has no such thing.",
    },
)
described(
    Feature,
    "SupplierFeature",
    "What a supplier may be able to do through this gateway.",
    {
        "PRODUCT_SEARCH": "Search by words and filters.",
        "PRODUCT_DETAIL": "Read one product with all its variants.",
        "CATEGORIES": "Read the category tree.",
        "STOCK": "Read stock per warehouse.",
        "REVIEWS": "Read what buyers wrote.",
        "WAREHOUSES": "List the places goods leave from.",
        "PRICE_TIERS": "Prices that depend on the quantity.",
        "IMPORTED_PRODUCTS": "Keep a list of own products at the supplier.",
        "SOURCING": "Ask the supplier to find a product.",
        "QUOTES": "Price shipping to a destination.",
        "ORDERS": "Place orders.",
        "PAYMENT": "Pay orders.",
        "TRACKING": "Follow parcels.",
        "WEBHOOKS": "Hear of changes without asking.",
        "DISPUTES": "Open and follow disputes.",
    },
)
described(
    ProductSort,
    "ProductSort",
    "Order of a product search.",
    {
        "BEST_MATCH": "Each supplier's own ranking; suppliers take turns.",
        "POPULARITY": "Most listed by shops first; suppliers take turns, since their counts cannot be "
        "compared.",
        "PRICE_ASC": "Cheapest first, by the lowest price of a product.",
        "PRICE_DESC": "Dearest first, by the lowest price of a product as far as the supplier sorts by it.",
        "NEWEST": "Newest listing first.",
        "STOCK": "Largest stock first.",
    },
)
described(
    ProductFlag,
    "ProductFlag",
    "A supplier's own marks.",
    {
        "TRENDING": "Sold more than usual lately.",
        "NEW": "Listed recently.",
        "VIDEO": "Has a video.",
        "SLOW_MOVING": "Sold less than usual, often cheaper.",
    },
)
described(
    SalesPlatform,
    "SalesPlatform",
    "Where the goods will be sold.",
    {
        "SHOPIFY": "Shopify.",
        "EBAY": "eBay.",
        "AMAZON": "Amazon.",
        "TIKTOK": "TikTok Shop.",
        "ETSY": "Etsy.",
    },
)
described(
    SourcingStatus,
    "SourcingStatus",
    "What became of a sourcing request.",
    {
        "PENDING": "The supplier is still looking.",
        "FOUND": "Found: see the product.",
        "FAILED": "Not found: see `failure`.",
        "UNKNOWN": "The supplier says something we do not know: see `rawStatus`.",
    },
)
described(
    Circuit,
    "CircuitState",
    "Whether calls to a supplier are let through.",
    {
        "CLOSED": "Calls are let through.",
        "OPEN": "Too many failed: the supplier is left alone for a while.",
        "HALF_OPEN": "One call is let through to see whether it answers again.",
    },
)
described(
    Status,
    "HealthStatus",
    "How a supplier has been answering lately.",
    {
        "UP": "Answers as it should.",
        "DEGRADED": "Some of the last calls failed.",
        "DOWN": "Left alone for a while because it fails.",
        "UNKNOWN": "Not asked yet since the gateway started.",
    },
)
described(
    CostKind,
    "CostKind",
    "What a cost is for.",
    {
        "ITEMS": "The goods.",
        "SHIPPING": "Sending them.",
        "DUTY": "Customs duty of the destination.",
        "TAX": "Tax of the destination, such as VAT on imports.",
        "CUSTOMS_FEE": "What the border takes beside duty and tax.",
        "HANDLING": "The carrier's work, such as clearing customs or remote delivery.",
        "OTHER": "Anything else; see the note.",
    },
)
described(
    Certainty,
    "Certainty",
    "How sure an amount is.",
    {
        "KNOWN": "The supplier says so.",
        "ESTIMATED": "Worked out from rules or reference figures; the border decides.",
        "INCLUDED": "In another line's amount already.",
        "UNKNOWN": "Due, or perhaps due, and not known: the sum is at least what is shown.",
    },
)
described(
    Priority,
    "ComparePriority",
    "What counts when offers are ranked, and when the way to send each of them is chosen. Before it counts "
    "what is known: an offer whose cost is complete comes before one whose cost is not.",
    {
        "COST": "What a piece costs at the door, alone; of equal costs the sooner there.",
        "SPEED": "How soon it is there, by the last day that it may take, alone; of equal days the cheaper.",
        "BALANCED": "Both equally: to cost twice as much is as bad as to take twice as long.",
    },
)
described(
    Badge,
    "OfferBadge",
    "What an offer is best at among those compared.",
    {
        "CHEAPEST": "Costs least at the door of all ways to send all of these offers, `alternatives` among "
        "them, whose cost is complete. Nobody has it where that way was not chosen; COST chooses it.",
        "FASTEST": "Is there first of all ways to send all of these offers, by the last day that it may "
        "take. Nobody has it where that way was not chosen.",
        "BEST_VALUE": "Whatever the priority: of the offers as they are shown, the one that BALANCED would "
        "put first, by cost and days that count equally. Only where its cost is complete.",
        "LOWEST_MINIMUM": "Can be ordered in the smallest quantity, where few can.",
    },
)
