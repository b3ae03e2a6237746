"""
A provider that can nothing and says so, to build a small one on: it then only writes what it can.

Every method of the port is here and refuses with `Unsupported`, naming whose decision that is by what the
provider declares.
"""

from typing import NoReturn

from providers import model, shipping
from providers.port import ASGIApp, Declaration, Feature, unsupported
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

    def _refuse(self, feature: Feature) -> NoReturn:
        raise unsupported(self.declaration, feature)
