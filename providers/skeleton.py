"""
A provider that can nothing and says so, to build a small one on: it then only writes what it can.

Every method of the port is here and refuses with `Unsupported`, naming whose decision that is by what the
provider declares.
"""

from typing import NoReturn

from providers import model, orders, shipping
from providers.declaring import Declaration, Feature, unsupported
from providers.port import ASGIApp
from providers.upstream import Ask, Fetched


class Skeleton:
    """Fulfils `port.Provider` by refusing everything. Override what the declaration says is supported."""

    site: ASGIApp | None = None

    def __init__(self, declaration: Declaration) -> None:
        self.declaration = declaration

    async def start(self) -> None:
        """Nothing to prepare."""

    async def close(self) -> None:
        """Nothing was begun."""

    async def search(
        self, search: model.ProductSearch, page: int, *, with_description: bool, ask: Ask
    ) -> Fetched[model.SearchPage]:
        """Refused."""
        self._refuse(Feature.PRODUCT_SEARCH)

    async def product(self, product_id: str, ask: Ask) -> Fetched[model.Product]:
        """Refused."""
        self._refuse(Feature.PRODUCT_DETAIL)

    async def product_by_sku(self, sku: str, ask: Ask) -> Fetched[model.Product]:
        """Refused."""
        self._refuse(Feature.PRODUCT_DETAIL)

    async def variant(self, variant_id: str, ask: Ask) -> Fetched[model.Variant]:
        """Refused."""
        self._refuse(Feature.PRODUCT_DETAIL)

    def product_id_of_url(self, url: str) -> str | None:
        """No address is known."""
        del url
        return None

    async def categories(self, ask: Ask) -> Fetched[tuple[model.Category, ...]]:
        """Refused."""
        self._refuse(Feature.CATEGORIES)

    async def warehouses(self, ask: Ask) -> Fetched[tuple[model.Warehouse, ...]]:
        """Refused."""
        self._refuse(Feature.WAREHOUSES)

    async def warehouse(self, warehouse_id: str, ask: Ask) -> Fetched[model.Warehouse]:
        """Refused."""
        self._refuse(Feature.WAREHOUSES)

    async def reviews(
        self, product_id: str, page: int, *, score: int | None, ask: Ask
    ) -> Fetched[model.ReviewPage]:
        """Refused."""
        self._refuse(Feature.REVIEWS)

    async def shipping_options(
        self, parcels: tuple[shipping.Parcel, ...], ask: Ask
    ) -> Fetched[tuple[shipping.ParcelOptions, ...]]:
        """Refused."""
        self._refuse(Feature.QUOTES)

    async def imported_products(self, search: str | None, page: int, ask: Ask) -> Fetched[model.SearchPage]:
        """Refused."""
        self._refuse(Feature.IMPORTED_PRODUCTS)

    async def import_product(self, product_id: str, ask: Ask) -> bool:
        """Refused."""
        self._refuse(Feature.IMPORTED_PRODUCTS)

    async def request_sourcing(self, request: model.SourcingRequest, ask: Ask) -> model.Sourcing:
        """Refused."""
        self._refuse(Feature.SOURCING)

    async def sourcings(self, sourcing_ids: tuple[str, ...], ask: Ask) -> Fetched[tuple[model.Sourcing, ...]]:
        """Refused."""
        self._refuse(Feature.SOURCING)

    async def find_order(self, number: str, ask: Ask) -> orders.SupplierOrder | None:
        """Refused."""
        self._refuse(Feature.ORDERS)

    def check_order(self, draft: orders.OrderDraft) -> None:
        """Refused."""
        self._refuse(Feature.ORDERS)

    async def create_order(self, draft: orders.OrderDraft, ask: Ask) -> orders.SupplierOrder:
        """Refused."""
        self._refuse(Feature.ORDERS)

    async def read_orders(
        self, known: tuple[orders.SupplierOrder, ...], ask: Ask
    ) -> tuple[orders.SupplierOrder | None, ...]:
        """Refused."""
        self._refuse(Feature.ORDERS)

    async def order_parts(
        self, known: tuple[orders.SupplierOrder, ...], ask: Ask
    ) -> tuple[tuple[orders.OrderPart, ...], ...]:
        """Nothing is ever split."""
        del ask
        return ((),) * len(known)

    async def bills(
        self, known: tuple[orders.SupplierOrder, ...], ask: Ask
    ) -> tuple[tuple[orders.Bill, ...], ...]:
        """Nothing is ever billed afterwards."""
        del ask
        return ((),) * len(known)

    async def prepare_payment(self, order: orders.SupplierOrder, ask: Ask) -> orders.Payable:
        """Refused."""
        self._refuse(Feature.PAYMENT)

    async def pay_order(self, payable: orders.Payable, ask: Ask) -> None:
        """Refused."""
        self._refuse(Feature.PAYMENT)

    async def cancel_order(self, order: orders.SupplierOrder, ask: Ask) -> None:
        """Refused."""
        self._refuse(Feature.ORDERS)

    async def method_offers(self, order: orders.SupplierOrder, ask: Ask) -> tuple[orders.MethodOffer, ...]:
        """Refused."""
        self._refuse(Feature.ORDERS)

    async def change_method(self, order: orders.SupplierOrder, offer: orders.MethodOffer, ask: Ask) -> None:
        """Refused."""
        self._refuse(Feature.ORDERS)

    async def wallet(self, ask: Ask) -> orders.Wallet:
        """Refused."""
        self._refuse(Feature.PAYMENT)

    async def tracking(self, numbers: tuple[str, ...], ask: Ask) -> Fetched[tuple[orders.Tracking, ...]]:
        """Refused."""
        self._refuse(Feature.TRACKING)

    async def dispute_lines(self, order: orders.SupplierOrder, ask: Ask) -> tuple[orders.DisputeLine, ...]:
        """Refused."""
        self._refuse(Feature.DISPUTES)

    async def dispute_terms(
        self, order: orders.SupplierOrder, lines: tuple[orders.DisputeLine, ...], ask: Ask
    ) -> orders.DisputeTerms:
        """Refused."""
        self._refuse(Feature.DISPUTES)

    async def open_dispute(
        self, order: orders.SupplierOrder, request: orders.DisputeRequest, ask: Ask
    ) -> None:
        """Refused."""
        self._refuse(Feature.DISPUTES)

    async def cancel_dispute(self, order: orders.SupplierOrder, dispute_id: str, ask: Ask) -> None:
        """Refused."""
        self._refuse(Feature.DISPUTES)

    async def disputes(self, order: orders.SupplierOrder, ask: Ask) -> tuple[orders.Dispute, ...]:
        """Refused."""
        self._refuse(Feature.DISPUTES)

    def _refuse(self, feature: Feature) -> NoReturn:
        raise unsupported(self.declaration, feature)
