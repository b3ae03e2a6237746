"""The port over the sample: everything is here already, so nothing waits and nothing costs."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, time
from functools import cached_property
from typing import Final, TypeVar

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from providers import pictures
from providers.alibaba import quotes
from providers.alibaba.catalogue import Catalogue
from providers.alibaba.declaration import CODE, DECLARATION, SAMPLED_ON
from providers.alibaba.freight import FreightTable, read_freight
from providers.alibaba.search import find
from providers.errors import NotFound
from providers.model import Category, Product, ProductSearch, SearchPage, Variant, Warehouse
from providers.port import ASGIApp
from providers.shipping import Parcel, ParcelOptions
from providers.skeleton import Skeleton
from providers.upstream import Ask, Fetched, Source

T = TypeVar("T")

_PICTURES = "/pictures"
_AS_OF: Final = datetime.combine(SAMPLED_ON, time(), UTC)
_PAGE = re.compile(
    r"https?://(?:[a-z]+\.)?alibaba\.com/product-detail/(?:[^/?#]*_)?(\d{6,20})\.html(?:[?#].*)?"
)


class AlibabaProvider(Skeleton):
    """Answers from the sample; refuses what it does not declare."""

    def __init__(self, site_url: str) -> None:
        super().__init__(DECLARATION)
        self._site_url = site_url
        self.site: ASGIApp | None = Starlette(routes=[Route(f"{_PICTURES}/{{name}}.svg", self._picture)])

    @cached_property
    def _catalogue(self) -> Catalogue:
        return Catalogue(f"{self._site_url}{_PICTURES}")

    @cached_property
    def _freight(self) -> FreightTable:
        return read_freight()

    async def start(self) -> None:
        """Read the sample, so that the first question does not pay for it."""
        _ = self._catalogue, self._freight

    async def search(
        self, search: ProductSearch, page: int, *, with_description: bool, ask: Ask
    ) -> Fetched[SearchPage]:
        """Complete products, fifty a page."""
        del with_description, ask
        found = find(self._catalogue.products, search)
        size = self.declaration.search_page_size
        start = (page - 1) * size
        shown = tuple(found[start : start + size])
        return _fetched(SearchPage(shown, len(found), has_more=start + size < len(found)))

    async def product(self, product_id: str, ask: Ask) -> Fetched[Product]:
        """By its id."""
        del ask
        return _fetched(_found(self._catalogue.by_id, product_id, "product"))

    async def product_by_sku(self, sku: str, ask: Ask) -> Fetched[Product]:
        """By its own SKU or one of its variants'."""
        del ask
        return _fetched(_found(self._catalogue.by_sku, sku, "product"))

    async def variant(self, variant_id: str, ask: Ask) -> Fetched[Variant]:
        """By its id."""
        del ask
        return _fetched(_found(self._catalogue.variants, variant_id, "variant"))

    def product_id_of_url(self, url: str) -> str | None:
        """Both forms of Alibaba's addresses: with the title before the id, and the id alone."""
        page = _PAGE.fullmatch(url)
        return page.group(1) if page else None

    async def categories(self, ask: Ask) -> Fetched[tuple[Category, ...]]:
        """Two levels."""
        del ask
        return _fetched(self._catalogue.categories)

    async def warehouses(self, ask: Ask) -> Fetched[tuple[Warehouse, ...]]:
        """One for each country."""
        del ask
        return _fetched(self._catalogue.warehouses)

    async def warehouse(self, warehouse_id: str, ask: Ask) -> Fetched[Warehouse]:
        """By its country."""
        del ask
        known = {warehouse.id: warehouse for warehouse in self._catalogue.warehouses}
        return _fetched(_found(known, warehouse_id, "warehouse"))

    async def shipping_options(
        self, parcels: tuple[Parcel, ...], ask: Ask
    ) -> Fetched[tuple[ParcelOptions, ...]]:
        """From the freight table. Raises NotFound for a product that is not the sample's."""
        del ask
        handling = self._catalogue.handling
        for parcel in parcels:
            for line in parcel.lines:
                _found(handling, line.product.id, "product")
        return _fetched(tuple(quotes.quote(parcel, handling, self._freight) for parcel in parcels))

    async def _picture(self, request: Request) -> Response:
        shown = self._catalogue.pictures.get(request.path_params["name"])
        if shown is None:
            return Response(status_code=404)
        drawn = pictures.draw(shown.kind, shown.seed, shown.colour)
        return Response(drawn, media_type="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"})


def _found(things: Mapping[str | None, T] | Mapping[str, T], key: str, what: str) -> T:
    found = things.get(key)
    if found is None:
        message = f"The sample catalogue has no {what} {key[:40]!r}."
        raise NotFound(message, provider=CODE, operation=f"{what}.get")
    return found


def _fetched(value: T) -> Fetched[T]:
    return Fetched(value, _AS_OF, None, Source.SAMPLE)
