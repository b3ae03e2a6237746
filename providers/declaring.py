"""What a supplier says about itself, as data: what it can, on which terms, how real and how fresh it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from providers import model
from providers.errors import Unsupported
from providers.upstream import Fact, Freshness, Limits


class Mode(StrEnum):
    """How real a supplier's answers are."""

    LIVE = "LIVE"  # the supplier itself
    SIMULATED = "SIMULATED"  # a simulator of the supplier
    SAMPLE = "SAMPLE"  # invented data that ships with the gateway


class Feature(StrEnum):
    """What a supplier may be able to do."""

    PRODUCT_SEARCH = "PRODUCT_SEARCH"
    PRODUCT_DETAIL = "PRODUCT_DETAIL"
    CATEGORIES = "CATEGORIES"
    STOCK = "STOCK"
    REVIEWS = "REVIEWS"
    WAREHOUSES = "WAREHOUSES"
    PRICE_TIERS = "PRICE_TIERS"
    IMPORTED_PRODUCTS = "IMPORTED_PRODUCTS"
    SOURCING = "SOURCING"
    QUOTES = "QUOTES"
    ORDERS = "ORDERS"
    PAYMENT = "PAYMENT"
    TRACKING = "TRACKING"
    WEBHOOKS = "WEBHOOKS"
    DISPUTES = "DISPUTES"


class Support(StrEnum):
    """Whose decision it is that something works or not."""

    SUPPORTED = "SUPPORTED"
    NOT_IMPLEMENTED = "NOT_IMPLEMENTED"  # the supplier offers it, this gateway does not have it yet
    NOT_OFFERED = "NOT_OFFERED"  # the supplier has no such thing


@dataclass(frozen=True, slots=True)
class Capability:
    """Whether one feature works, and what a developer should know about it."""

    feature: Feature
    support: Support
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What people compare when they choose a supplier; each a short sentence."""

    api: str
    minimum_order: str
    fulfilment: str
    warehouses: str
    shipping_days: str
    returns: str
    branding: str
    payment: str
    webhooks: str


@dataclass(frozen=True, slots=True)
class Declaration:
    """
    What a provider says about itself, as data: the schema, the documents and the contract tests read it.
    """

    code: str
    """Lower-case letters, digits and dashes; part of every global id, so it never changes."""
    name: str
    homepage: str | None
    mode: Mode
    capabilities: tuple[Capability, ...]
    """One per `Feature`; what is missing counts as NOT_IMPLEMENTED."""
    terms: Terms
    limits: Limits
    freshness: Mapping[Fact, Freshness]
    """How long answers may be served; the gateway lays the operator's own over it, fact by fact."""
    filters: frozenset[model.SearchFilter]
    """Search filters that are honoured; the gateway never sends another."""
    sorts: frozenset[model.ProductSort]
    search_page_size: int
    """Products per page of `search`. Where a call costs the same for any size, the largest."""
    sampled_on: date | None = None
    """The day the sample data was made; only with Mode.SAMPLE."""
    mode_reason: str | None = None
    """Why the answers are not the supplier's own, such as "no CJ_API_KEY"; None with Mode.LIVE or unsaid."""
    charges_in: str | None = None
    """The currency in which every order is paid, ISO 4217; None: that is known of each order by itself."""
    orders_are_tests: bool = False
    """Whether every order is made as a test order: nothing is paid for, and nothing is sent."""

    def support(self, feature: Feature) -> Capability:
        """The capability for a feature, NOT_IMPLEMENTED when undeclared."""
        for capability in self.capabilities:
            if capability.feature is feature:
                return capability
        return Capability(feature, Support.NOT_IMPLEMENTED)

    def supports(self, feature: Feature) -> bool:
        """Whether a feature works here."""
        return self.support(feature).support is Support.SUPPORTED


def unsupported(declaration: Declaration, feature: Feature) -> Unsupported:
    """The error for a feature that is not there, saying whose decision that is."""
    capability = declaration.support(feature)
    why = "does not offer" if capability.support is Support.NOT_OFFERED else "is not connected here for"
    what = feature.value.replace("_", " ").lower()
    return Unsupported(
        f"{declaration.name} {why} {what}." + (f" {capability.note}" if capability.note else ""),
        provider=declaration.code,
        operation=what,
    )
