"""The port, method by method: which calls answer it, and what is put together from more than one."""

import asyncio
from dataclasses import replace
from functools import reduce
from typing import TypeVar

import structlog

from providers import model, shipping
from providers.cj import (
    account,
    categories,
    links,
    my_products,
    products,
    reviews,
    sourcing,
    stock,
    variants,
    warehouses,
)
from providers.cj.auth import Login, WithToken
from providers.cj.errors import PROVIDER
from providers.cj.ids import check_id
from providers.cj.limits import policies
from providers.cj.ordering import Ordering
from providers.cj.parcels import ParcelPricing
from providers.cj.search import LAST_PAGE, search_call, within_minimum
from providers.clock import Clock
from providers.declaring import Declaration, Mode
from providers.errors import Conflict, InvalidRequest, NotFound, ProviderError
from providers.port import ASGIApp
from providers.upstream import Ask, Call, Fact, Fetched, Lane, Source, Upstream

T = TypeVar("T")
log = structlog.get_logger(__name__)

_ACCOUNT_SECONDS = 60.0
"""How long the account's settings may wait for a free slot behind everything that clients ask."""
_SCORES = range(1, 6)


class CJProvider(Ordering):
    """
    CJ Dropshipping. Implements `providers.port.Provider`; what is about orders and money is in `Ordering`.

    Args:
        upstream: The pipeline around this account's exchange, still without tokens.
        login: Gets those.
        site: Serves pictures of the simulated catalogue; None for a real one.
        timeout: Seconds one exchange may take.
    """

    def __init__(
        self,
        declaration: Declaration,
        upstream: Upstream,
        login: Login,
        clock: Clock,
        *,
        site: ASGIApp | None,
        timeout: float,
    ) -> None:
        super().__init__(WithToken(upstream, login, clock), policies(timeout), clock)
        self._declaration = declaration
        self._login = login
        self._site = site
        # A simulated product has no page in CJ's shop: an address made for it would lead people to nothing.
        self._with_url = declaration.mode is Mode.LIVE
        self._learning: asyncio.Task[None] | None = None

    @property
    def declaration(self) -> Declaration:
        """What CJ can and allows."""
        return self._declaration

    @property
    def site(self) -> ASGIApp | None:
        """Pictures of the simulated catalogue; None when CJ itself, or a served simulator, shows its own."""
        return self._site

    async def start(self) -> None:
        """
        Begin logging in and reading the account, so that the first request finds a token; waits for nothing.
        """
        self._login.begin()
        # A simulator enforces what we declare, so there is nothing to learn from it.
        if self._declaration.mode is Mode.LIVE:
            self._learning = asyncio.create_task(self._learn_account(), name="cj account")

    async def close(self) -> None:
        """Stop what `start` began, if that is under way."""
        if self._learning is not None and not self._learning.done():
            self._learning.cancel()
            await asyncio.wait({self._learning})
        await self._login.close()

    async def _learn_account(self) -> None:
        ask = Ask(
            deadline=self._clock.monotonic() + _ACCOUNT_SECONDS,
            lane=Lane.BACKGROUND,
            facts=frozenset({Fact.ACCOUNT}),
        )
        try:
            await self.account(ask)
        except ProviderError as error:
            log.warning("cj.account_unread", error=str(error))  # what is configured stands

    async def search(
        self, search: model.ProductSearch, page: int, *, with_description: bool, ask: Ask
    ) -> Fetched[model.SearchPage]:
        """One page of a hundred; 50 points. Beyond CJ's 6,000 results it is empty without asking."""
        policy = self._policies["product.search"]
        if search.category_id is not None:
            categories.check_searchable(search.category_id, policy.operation)
        call = search_call(policy, search, page, with_description=with_description, with_url=self._with_url)
        if page > LAST_PAGE:
            return self._known(model.SearchPage((), None, has_more=False))
        found = await self._fetch(call, ask)
        shown = within_minimum(found.value, search.max_minimum_order_quantity)
        return found if shown is found.value else replace(found, value=shown)

    async def product(self, product_id: str, ask: Ask) -> Fetched[model.Product]:
        """One product with variants and stock: 10 points, and 10 more for stock that CJ left out."""
        call = products.product_call(self._policies["product.get"], product_id, with_url=self._with_url)
        return await self._with_stock(await self._fetch(call, ask), ask)

    async def product_by_sku(self, sku: str, ask: Ask) -> Fetched[model.Product]:
        """As `product`, by SKU; 10 points more when the SKU does not look like what it is."""
        likely, other = products.sku_calls(self._policies["product.by_sku"], sku, with_url=self._with_url)
        try:
            found = await self._fetch(likely, ask)
        except (NotFound, InvalidRequest):
            found = await self._fetch(other, ask)
        return await self._with_stock(found, ask)

    async def variant(self, variant_id: str, ask: Ask) -> Fetched[model.Variant]:
        """One variant: 10 points, and 10 more for stock that CJ left out."""
        call = variants.variant_call(self._policies["variant.get"], variant_id)
        found = await self._fetch(call, ask)
        if Fact.STOCK not in ask.facts or found.value.inventory is not None:
            return found
        try:
            told = await self._fetch(
                stock.variant_stock_call(self._policies["stock.by_variant"], variant_id), ask
            )
        except ProviderError as error:
            return replace(found, trouble=error)
        return _together(found, told, replace(found.value, inventory=told.value))

    def product_id_of_url(self, url: str) -> str | None:
        """The id in an address of CJ's shop."""
        return links.product_id_of(url)

    async def categories(self, ask: Ask) -> Fetched[tuple[model.Category, ...]]:
        """The three levels; 0 points."""
        return await self._fetch(categories.categories_call(self._policies["category.list"]), ask)

    async def warehouses(self, ask: Ask) -> Fetched[tuple[model.Warehouse, ...]]:
        """The areas; 0 points."""
        return await self._fetch(warehouses.warehouses_call(self._policies["warehouse.list"]), ask)

    async def warehouse(self, warehouse_id: str, ask: Ask) -> Fetched[model.Warehouse]:
        """One warehouse, or one area by its number; 0 points."""
        policy = self._policies["warehouse.get"]
        if not warehouses.is_area(warehouse_id):
            return await self._fetch(warehouses.warehouse_call(policy, warehouse_id), ask)
        areas = await self.warehouses(ask)
        for area in areas.value:
            if area.id == warehouse_id:
                return _together(areas, areas, area)
        raise warehouses.not_found(policy.operation)

    async def reviews(
        self, product_id: str, page: int, *, score: int | None, ask: Ask
    ) -> Fetched[model.ReviewPage]:
        """One page of reviews; 0 points."""
        policy = self._policies["review.list"]
        check_id(product_id, policy.operation)
        if score is not None and score not in _SCORES:
            raise InvalidRequest(
                "A score is a number from 1 to 5.", provider=PROVIDER, operation=policy.operation
            )
        return await self._fetch(reviews.reviews_call(policy, product_id, page, score), ask)

    async def shipping_options(
        self, parcels: tuple[shipping.Parcel, ...], ask: Ask
    ) -> Fetched[tuple[shipping.ParcelOptions, ...]]:
        """
        Carriers, prices and days for each parcel: 10 points for one, or for all to one destination.

        `parcels` tells when it takes more calls than that.
        """
        priced = await ParcelPricing(lambda call: self._fetch(call, ask), self._policies).price(parcels)
        options = tuple(each.options for each in priced)
        answers = [each.answer for each in priced if each.answer is not None]
        if not answers:
            return self._known(options)
        whole = reduce(lambda one, other: _together(one, other, None), answers)
        return replace(whole, value=options)

    async def imported_products(self, search: str | None, page: int, ask: Ask) -> Fetched[model.SearchPage]:
        """One page of My Products; 0 points."""
        return await self._fetch(self._imported_call(search, page), ask)

    async def import_product(self, product_id: str, ask: Ask) -> bool:
        """Add to My Products; 0 points. False when CJ says that it has been added before."""
        policy = self._policies["my_product.add"]
        check_id(product_id, policy.operation)
        try:
            await self._fetch(my_products.add_call(policy, product_id), ask)
        except Conflict:
            return False
        # The newest come first, so the first page is what shows the change; the others follow within a
        # minute.
        await self._upstream.evict(self._imported_call(None, 1))
        return True

    async def request_sourcing(self, request: model.SourcingRequest, ask: Ask) -> model.Sourcing:
        """Ask CJ to find a product; 0 points."""
        created = await self._fetch(sourcing.create_call(self._policies["sourcing.create"], request), ask)
        return created.value

    async def sourcings(self, sourcing_ids: tuple[str, ...], ask: Ask) -> Fetched[tuple[model.Sourcing, ...]]:
        """What became of requests; 0 points."""
        if not sourcing_ids:
            return self._known(())
        try:
            return await self._fetch(
                sourcing.sourcings_call(self._policies["sourcing.list"], sourcing_ids), ask
            )
        except NotFound:
            # CJ fails when it knows none of them, and leaves out those it does not know otherwise.
            return self._known(())

    async def account(self, ask: Ask) -> Fetched[model.Account]:
        """
        What CJ says about the account; 0 points.

        Lowers the rate when CJ names a smaller one than is configured. Never raises it: the documented sample
        says 100 a second, and accounts that do so are refused.
        """
        found = await self._fetch(account.account_call(self._policies["account.get"]), ask)
        told, limits = found.value.requests_per_second, self._declaration.limits
        if told and any(rate.per_second > told for rate in limits.rates):
            rates = tuple(replace(rate, per_second=min(rate.per_second, told)) for rate in limits.rates)
            await self._upstream.limit(replace(limits, rates=rates))
        return found

    async def _with_stock(self, found: Fetched[model.Product], ask: Ask) -> Fetched[model.Product]:
        """Add the stock where CJ left it out. If that fails it stays unknown, and `trouble` says why."""
        if Fact.STOCK not in ask.facts or not products.lacks_stock(found.value):
            return found
        call = stock.product_stock_call(self._policies["stock.by_product"], found.value.id)
        try:
            told = await self._fetch(call, ask)
        except ProviderError as error:
            return replace(found, trouble=error)
        return _together(found, told, products.with_stock(found.value, told.value))

    def _imported_call(self, search_for: str | None, page: int) -> Call[model.SearchPage]:
        return my_products.my_products_call(
            self._policies["my_product.list"], search_for, page, with_url=self._with_url
        )


_WORST_FIRST = (Source.STALE, Source.CACHE, Source.WEBHOOK, Source.LIVE, Source.SAMPLE)


def _together(one: Fetched[object], other: Fetched[object], value: T) -> Fetched[T]:
    """An answer made of two: as old as the older, to be read again as soon as the sooner."""
    ends = [moment for moment in (one.stale_after, other.stale_after) if moment is not None]
    return Fetched(
        value,
        as_of=min(one.as_of, other.as_of),
        stale_after=min(ends) if ends else None,
        source=min(one.source, other.source, key=_WORST_FIRST.index),
        trouble=one.trouble or other.trouble,
        imagined=one.imagined or other.imagined,
    )
