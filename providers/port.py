"""
What every supplier adapter fulfils.

A provider declares what it can (`Declaration`) and answers what it declared; anything else raises
`Unsupported`. Nothing here is one vendor's own: there is no `extra` dictionary and no method that only one
supplier has. A package outside this repository ships a provider by an entry point (see `registry`) and proves
itself with the tests in `providers.contract`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Protocol

import httpx

from providers import model, orders, shipping
from providers.clock import Clock
from providers.errors import Unsupported
from providers.upstream import Ask, Exchange, Fact, Fetched, Freshness, KeyValueStore, Limits, Upstream

ASGIApp = Callable[..., Any]


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


class Provider(Protocol):
    """
    One supplier. Ids and page numbers are the supplier's; everything returned is from `model`.

    Every method but the properties may raise any `ProviderError`; `Unsupported` for what is not declared. A
    page number begins at 1. Methods that read take an `Ask` and return what they read with its age.
    """

    @property
    def declaration(self) -> Declaration:
        """What this provider says about itself."""
        ...

    @property
    def site(self) -> ASGIApp | None:
        """Files to serve with the gateway, such as pictures, below `ProviderContext.site_url`."""
        ...

    async def start(self) -> None:
        """Called once the gateway runs and before it is asked anything; must not wait for the supplier."""
        ...

    async def close(self) -> None:
        """Called once at the end: stop whatever `start` began."""
        ...

    async def search(
        self, search: model.ProductSearch, page: int, *, with_description: bool, ask: Ask
    ) -> Fetched[model.SearchPage]:
        """
        One page of results, `Declaration.search_page_size` long.

        Only declared filters and sorts are passed. A page past the end is empty, not an error.
        """
        ...

    async def product(self, product_id: str, ask: Ask) -> Fetched[model.Product]:
        """
        One product with all its variants, and their stock when `Fact.STOCK` is asked for.

        Raises:
            NotFound: No such product, confirmed.
            Delisted: It is not sold any more.
        """
        ...

    async def product_by_sku(self, sku: str, ask: Ask) -> Fetched[model.Product]:
        """
        The complete product whose own SKU, or one of whose variants' SKUs, this is. Raises as `product`.
        """
        ...

    async def variant(self, variant_id: str, ask: Ask) -> Fetched[model.Variant]:
        """One variant when its product is not known. Raises as `product`."""
        ...

    def product_id_of_url(self, url: str) -> str | None:
        """
        The product id in an address of one of the supplier's own product pages; None for any other address.
        """
        ...

    async def categories(self, ask: Ask) -> Fetched[tuple[model.Category, ...]]:
        """The roots of the category tree."""
        ...

    async def warehouses(self, ask: Ask) -> Fetched[tuple[model.Warehouse, ...]]:
        """Every area that goods are shipped from."""
        ...

    async def warehouse(self, warehouse_id: str, ask: Ask) -> Fetched[model.Warehouse]:
        """One warehouse in detail. Raises NotFound."""
        ...

    async def reviews(
        self, product_id: str, page: int, *, score: int | None, ask: Ask
    ) -> Fetched[model.ReviewPage]:
        """One page of reviews, REVIEW_PAGE_SIZE long, newest first as far as the supplier sorts."""
        ...

    async def shipping_options(
        self, parcels: tuple[shipping.Parcel, ...], ask: Ask
    ) -> Fetched[tuple[shipping.ParcelOptions, ...]]:
        """
        The ways to send each of these parcels, in their order, with as few calls as the supplier allows.

        The caller has seen to it that each quantity reaches the variant's smallest order. Parcels to one
        destination are asked for together, such as one basket from every country that stocks it.
        """
        ...

    async def imported_products(self, search: str | None, page: int, ask: Ask) -> Fetched[model.SearchPage]:
        """One page of what the account has imported ("my products")."""
        ...

    async def import_product(self, product_id: str, ask: Ask) -> bool:
        """Add a product to the account's own list; False when it already was in it. Raises NotFound."""
        ...

    async def request_sourcing(self, request: model.SourcingRequest, ask: Ask) -> model.Sourcing:
        """Ask the supplier to find a product."""
        ...

    async def sourcings(self, sourcing_ids: tuple[str, ...], ask: Ask) -> Fetched[tuple[model.Sourcing, ...]]:
        """What became of up to a hundred sourcing requests; unknown ids are missing from the answer."""
        ...

    async def find_order(self, number: str, ask: Ask) -> orders.SupplierOrder | None:
        """
        The order with this number of ours; None when the supplier says clearly that it has none.

        Never from a cache. An answer that is not clear is an error, not None.
        """
        ...

    def check_order(self, draft: orders.OrderDraft) -> None:
        """
        Raise InvalidRequest where `create_order` would refuse it without asking, such as for a name too long.

        The message begins with the field of the draft: `address.phone has 24 characters; …`.
        """
        ...

    async def create_order(self, draft: orders.OrderDraft, ask: Ask) -> orders.SupplierOrder:
        """
        Create it, and charge nothing.

        Raises:
            Conflict: The number exists; look it up.
            InvalidRequest, OutOfStock: It was clearly refused, and does not exist.
            Transient, MalformedResponse: Whether it exists is not known; look it up before anything else.
        """
        ...

    async def read_orders(
        self, known: tuple[orders.SupplierOrder, ...], ask: Ask
    ) -> tuple[orders.SupplierOrder | None, ...]:
        """What became of up to a hundred orders, in their order; None for one that the answer leaves out."""
        ...

    async def order_parts(
        self, known: tuple[orders.SupplierOrder, ...], ask: Ask
    ) -> tuple[tuple[orders.OrderPart, ...], ...]:
        """The parts that up to a hundred orders were split into, in their order; a whole one has none."""
        ...

    async def bills(
        self, known: tuple[orders.SupplierOrder, ...], ask: Ask
    ) -> tuple[tuple[orders.Bill, ...], ...]:
        """What was billed after up to a hundred orders were paid, in their order; nothing is paid here."""
        ...

    async def prepare_payment(self, order: orders.SupplierOrder, ask: Ask) -> orders.Payable:
        """
        Bring a created order to where it can be paid, and say what paying it would take. Charges nothing.

        May be repeated at any point. Raises OutOfStock where the method has no stock any more (see
        `method_offers`), Conflict where the order is past paying.
        """
        ...

    async def pay_order(self, payable: orders.Payable, ask: Ask) -> None:
        """
        Pay it from the account's balance. Sent once; never repeated by anybody below.

        Raises:
            PaymentRefused: Clearly not paid, such as too low a balance.
            Transient, MalformedResponse: Whether it was paid is not known; read the order and the wallet.
        """
        ...

    async def cancel_order(self, order: orders.SupplierOrder, ask: Ask) -> None:
        """Cancel an order that is not paid. Raises Conflict where that is not possible any more."""
        ...

    async def method_offers(self, order: orders.SupplierOrder, ask: Ask) -> tuple[orders.MethodOffer, ...]:
        """Shipping methods that an unpaid order could change to."""
        ...

    async def change_method(self, order: orders.SupplierOrder, offer: orders.MethodOffer, ask: Ask) -> None:
        """Change an unpaid order's shipping method."""
        ...

    async def wallet(self, ask: Ask) -> orders.Wallet:
        """The account's balance, now."""
        ...

    async def tracking(self, numbers: tuple[str, ...], ask: Ask) -> Fetched[tuple[orders.Tracking, ...]]:
        """What is known of parcels; numbers that the supplier does not know are missing from the answer."""
        ...

    async def dispute_lines(self, order: orders.SupplierOrder, ask: Ask) -> tuple[orders.DisputeLine, ...]:
        """What of an order can be disputed."""
        ...

    async def dispute_terms(
        self, order: orders.SupplierOrder, lines: tuple[orders.DisputeLine, ...], ask: Ask
    ) -> orders.DisputeTerms:
        """What can be asked for when these lines are disputed."""
        ...

    async def open_dispute(
        self, order: orders.SupplierOrder, request: orders.DisputeRequest, ask: Ask
    ) -> None:
        """Open it; the same key twice opens it once."""
        ...

    async def cancel_dispute(self, order: orders.SupplierOrder, dispute_id: str, ask: Ask) -> None:
        """Take it back."""
        ...

    async def disputes(self, order: orders.SupplierOrder, ask: Ask) -> tuple[orders.Dispute, ...]:
        """The disputes about an order, the newest first."""
        ...


REVIEW_PAGE_SIZE = 20


class HTTPOpener(Protocol):
    """Opens the HTTP client a provider talks through; the gateway closes it."""

    def __call__(self, base_url: str, *, app: ASGIApp | None = None) -> httpx.AsyncClient:
        """A client for one supplier; with `app`, requests go to that ASGI application in this process."""
        ...


class UpstreamOpener(Protocol):
    """Puts the gateway's pipeline in front of an adapter's exchange."""

    def __call__(self, declaration: Declaration, exchange: Exchange) -> Upstream:
        """The one way out for this provider's calls."""
        ...


@dataclass(frozen=True, slots=True)
class ProviderContext:
    """What a provider is handed; it opens nothing itself and reads no environment but this."""

    environment: Mapping[str, str]
    """The process environment (and `.env`), from which a provider reads its own variables, once."""
    clock: Clock
    store: KeyValueStore
    """Shared by all processes of the gateway when Redis is configured."""
    open_http: HTTPOpener
    open_upstream: UpstreamOpener
    site_url: str
    """Absolute public address below which `Provider.site` is served, without a slash at the end."""


ProviderFactory = Callable[[ProviderContext], Provider]


class ProviderConfigurationError(ValueError):
    """
    An environment variable of a provider is missing or wrong; the message names it and says what is allowed.
    """


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
