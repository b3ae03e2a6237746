"""
What every supplier adapter fulfils.

A provider declares what it can (`declaring`) and answers what it declared; anything else raises
`Unsupported`. Nothing here is one vendor's own: there is no `extra` dictionary and no method that only one
supplier has. A package outside this repository ships a provider by an entry point (see `registry`) and proves
itself with the tests in `providers.contract`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import httpx

from providers import model, orders, shipping
from providers.clock import Clock
from providers.declaring import Declaration
from providers.upstream import Ask, Exchange, Fetched, KeyValueStore, Upstream

ASGIApp = Callable[..., Any]


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
        """
        Change an unpaid order's shipping method.

        The gateway does not call this yet: it names the offers in an error, and changes no order by itself.
        """
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
