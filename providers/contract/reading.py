"""The promises of the reading half of the port."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from decimal import Decimal
from itertools import pairwise

import pycountry
import pytest

from providers import model
from providers.contract.support import SITE_URL, ask_for, provider_context
from providers.errors import NotFound, Unsupported
from providers.port import Declaration, Feature, Mode, Provider, ProviderContext, Support
from providers.upstream import Ask, Fetched, Source

PAGES = 3
"""Pages of a search that are walked; enough to turn twice."""
SAMPLE = 5
"""Products that are looked at closely."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The provider under test, and an ask with plenty of time."""

    provider: Provider
    context: ProviderContext

    @property
    def declared(self) -> Declaration:
        """What it says about itself."""
        return self.provider.declaration

    def ask(self) -> Ask:
        """About everything that reading is about."""
        return ask_for(self.context.clock)

    def needs(self, feature: Feature) -> None:
        """Skip the test when the feature is declared not to be there."""
        if self.declared.support(feature).support is not Support.SUPPORTED:
            pytest.skip(f"{self.declared.code} declares no {feature.value}")

    async def search(self, search: model.ProductSearch, page: int = 1) -> Fetched[model.SearchPage]:
        """One page."""
        return await self.provider.search(search, page, with_description=False, ask=self.ask())

    async def some_products(self, words: str | None = None) -> list[model.Product]:
        """A few products of the first page, looked up in full."""
        listed = (await self.search(model.ProductSearch(query=words))).value.products[:SAMPLE]
        return [(await self.provider.product(each.id, self.ask())).value for each in listed]


class ProviderContract:
    """Subclass it, say how to `build` the provider, and every promise becomes a test."""

    environment: Mapping[str, str] = {}
    words: str | None = None

    def build(self, context: ProviderContext) -> Provider:
        """The provider under test, built as the gateway builds it."""
        raise NotImplementedError

    @pytest.fixture
    async def subject(self) -> AsyncIterator[Subject]:
        """The provider, started."""
        async with provider_context(self.environment) as context:
            provider = self.build(context)
            await provider.start()
            try:
                yield Subject(provider, context)
            finally:
                await provider.close()

    def test_declaration_is_complete(self, subject: Subject) -> None:
        """A declaration names its supplier, says something for every term, and no feature twice."""
        declared = subject.declared
        assert re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", declared.code)
        assert declared.name.strip()
        features = [capability.feature for capability in declared.capabilities]
        assert len(features) == len(set(features))
        assert all(getattr(declared.terms, term.name).strip() for term in fields(declared.terms))
        assert declared.search_page_size >= 1
        assert (declared.mode is Mode.SAMPLE) == (declared.sampled_on is not None)

    def test_declaration_is_data(self, subject: Subject) -> None:
        """What a provider declares cannot be changed behind the gateway's back, nor does it show a secret."""
        declared = subject.declared
        assert is_dataclass(declared)
        with pytest.raises(AttributeError):
            declared.code = "other"  # type: ignore[misc]
        secrets = [value for name, value in self.environment.items() if "KEY" in name or "TOKEN" in name]
        assert not any(secret in repr(declared) + repr(subject.provider) for secret in secrets)

    async def test_undeclared_features_refuse(self, subject: Subject) -> None:
        """What is not declared is refused as unsupported, in words, before anything is done."""
        provider, ask = subject.provider, subject.ask()
        wish = model.SourcingRequest("Lantern", "https://example.com/lantern.jpg")
        asked: dict[Feature, Callable[[], Awaitable[object]]] = {
            Feature.PRODUCT_SEARCH: lambda: subject.search(model.ProductSearch()),
            Feature.PRODUCT_DETAIL: lambda: provider.product("1", ask),
            Feature.CATEGORIES: lambda: provider.categories(ask),
            Feature.WAREHOUSES: lambda: provider.warehouses(ask),
            Feature.REVIEWS: lambda: provider.reviews("1", 1, score=None, ask=ask),
            Feature.IMPORTED_PRODUCTS: lambda: provider.import_product("1", ask),
            Feature.SOURCING: lambda: provider.request_sourcing(wish, ask),
        }
        for feature, call in asked.items():
            if subject.declared.support(feature).support is Support.SUPPORTED:
                continue
            with pytest.raises(Unsupported) as refusal:
                await call()
            assert refusal.value.provider == subject.declared.code
            assert subject.declared.name in refusal.value.message

    async def test_pages_do_not_overlap(self, subject: Subject) -> None:
        """Walking the pages of a search meets no product twice, and only the last page is short."""
        subject.needs(Feature.PRODUCT_SEARCH)
        seen: set[str] = set()
        for number in range(1, PAGES + 1):
            page = (await subject.search(model.ProductSearch(query=self.words), number)).value
            found = [product.id for product in page.products]
            assert not seen & set(found)
            assert len(found) == len(set(found))
            seen |= set(found)
            if not page.has_more:
                break
            assert len(found) == subject.declared.search_page_size
        assert seen

    async def test_a_page_past_the_end_is_empty(self, subject: Subject) -> None:
        """Turning on behind the last page gives an empty page that says it is the end."""
        subject.needs(Feature.PRODUCT_SEARCH)
        page = (await subject.search(model.ProductSearch(query=self.words), 900)).value
        assert page.products == ()
        assert not page.has_more

    async def test_answers_say_how_old_they_are(self, subject: Subject) -> None:
        """Every answer carries the aware instant it was read; sample data says that it is a sample."""
        subject.needs(Feature.PRODUCT_SEARCH)
        fetched = await subject.search(model.ProductSearch(query=self.words))
        assert fetched.as_of.tzinfo is not None
        assert (fetched.source is Source.SAMPLE) == (subject.declared.mode is Mode.SAMPLE)

    async def test_products_are_complete_and_consistent(self, subject: Subject) -> None:
        """
        A product that is looked up has variants that name it, unique ids, and prices within its own range.
        """
        subject.needs(Feature.PRODUCT_DETAIL)
        for product in await subject.some_products(self.words):
            assert product.provider == subject.declared.code
            assert product.is_complete
            assert product.title.strip()
            assert product.variants
            ids = [variant.id for variant in product.variants]
            assert len(ids) == len(set(ids))
            for variant in product.variants:
                assert (variant.provider, variant.product_id) == (product.provider, product.id)
                _check_prices(product, variant)
                _check_stock(variant)

    async def test_pictures_are_addresses(self, subject: Subject) -> None:
        """Pictures are absolute web addresses; those a provider serves itself lie below the given address."""
        subject.needs(Feature.PRODUCT_SEARCH)
        for product in (await subject.search(model.ProductSearch(query=self.words))).value.products:
            if product.image_url is not None:
                assert re.match(r"https?://", product.image_url)
                assert subject.provider.site is None or product.image_url.startswith(SITE_URL)

    async def test_listed_and_looked_up_are_one(self, subject: Subject) -> None:
        """A product of a search can be looked up by its id and by its SKU, and is the same thing."""
        subject.needs(Feature.PRODUCT_DETAIL)
        listed = (await subject.search(model.ProductSearch(query=self.words))).value.products[0]
        found = (await subject.provider.product(listed.id, subject.ask())).value
        assert (found.id, found.title) == (listed.id, listed.title)
        if found.sku is not None:
            by_sku = (await subject.provider.product_by_sku(found.sku, subject.ask())).value
            assert by_sku.id == listed.id
        variant = found.variants[-1]
        alone = (await subject.provider.variant(variant.id, subject.ask())).value
        assert (alone.id, alone.product_id) == (variant.id, found.id)

    async def test_unknown_things_are_not_found(self, subject: Subject) -> None:
        """What the supplier does not have is NotFound, by id and by SKU."""
        subject.needs(Feature.PRODUCT_DETAIL)
        for ask_for_it in (
            subject.provider.product("0000000000000000001", subject.ask()),
            subject.provider.product_by_sku("NO-SUCH-SKU", subject.ask()),
            subject.provider.variant("0000000000000000001", subject.ask()),
        ):
            with pytest.raises(NotFound):
                await ask_for_it

    async def test_foreign_addresses_name_no_product(self, subject: Subject) -> None:
        """An address of somebody else is nobody's product page."""
        for url in ("https://example.com/product/1.html", "https://example.com/", "not an address"):
            assert subject.provider.product_id_of_url(url) is None

    async def test_declared_filters_filter(self, subject: Subject) -> None:
        """Whatever a declared filter lets through satisfies it, as far as the answer shows."""
        subject.needs(Feature.PRODUCT_SEARCH)
        filters = subject.declared.filters
        everything = (await subject.search(model.ProductSearch(query=self.words))).value.products
        priced = sorted(product.price.low.amount for product in everything if product.price)
        if {model.SearchFilter.MIN_PRICE, model.SearchFilter.MAX_PRICE} <= filters and priced:
            low, high = priced[len(priced) // 3], priced[2 * len(priced) // 3]
            search = model.ProductSearch(query=self.words, min_price=low, max_price=high)
            for product in (await subject.search(search)).value.products:
                assert product.price is not None
                assert product.price.low.amount <= high
                assert product.price.high.amount >= low
        if model.SearchFilter.MIN_STOCK in filters:
            stocked = sorted(product.stock.total for product in everything if product.stock)
            least = stocked[len(stocked) // 2]
            search = model.ProductSearch(query=self.words, min_stock=least)
            found = (await subject.search(search)).value.products
            assert found
            assert all(product.stock is not None and product.stock.total >= least for product in found)
        if model.SearchFilter.MAX_MINIMUM_ORDER_QUANTITY in filters:
            search = model.ProductSearch(query=self.words, max_minimum_order_quantity=1)
            found = (await subject.search(search)).value.products
            assert all(product.minimum_order_quantity <= 1 for product in found)

    async def test_declared_sorts_sort(self, subject: Subject) -> None:
        """Declared orders hold over a page, where the answer shows what was sorted by."""
        subject.needs(Feature.PRODUCT_SEARCH)
        keys: dict[model.ProductSort, Callable[[model.Product], object]] = {
            model.ProductSort.STOCK: lambda product: -product.stock.total if product.stock else None,
            model.ProductSort.NEWEST: lambda product: (
                -product.created_at.timestamp() if product.created_at else None
            ),
            model.ProductSort.PRICE_ASC: lambda product: product.price.low.amount if product.price else None,
        }
        for sort in subject.declared.sorts:
            search = model.ProductSearch(query=self.words, sort=sort)
            products = (await subject.search(search)).value.products
            assert products
            if sort in keys:
                shown = [key for key in map(keys[sort], products) if key is not None]
                assert shown == sorted(shown)  # type: ignore[type-var]

    async def test_categories_narrow_a_search(self, subject: Subject) -> None:
        """Categories form a tree with paths, and a search narrowed to one finds something in it."""
        subject.needs(Feature.CATEGORIES)
        roots = (await subject.provider.categories(subject.ask())).value
        leaves = [leaf for root in roots for leaf in _leaves(root)]
        assert leaves
        assert all(leaf.path[-1] == leaf.name for leaf in leaves)
        assert len({leaf.id for leaf in leaves}) == len(leaves)
        if model.SearchFilter.CATEGORY in subject.declared.filters:
            leaf = next(leaf for leaf in leaves if leaf.searchable)
            found = (await subject.search(model.ProductSearch(category_id=leaf.id))).value.products
            assert found
            assert all(product.category and product.category.id == leaf.id for product in found)

    async def test_warehouses_stand_in_countries(self, subject: Subject) -> None:
        """Warehouses have names and ISO countries, and one that is not there is NotFound."""
        subject.needs(Feature.WAREHOUSES)
        warehouses = (await subject.provider.warehouses(subject.ask())).value
        assert warehouses
        for warehouse in warehouses:
            assert warehouse.name.strip()
            assert pycountry.countries.get(alpha_2=warehouse.country)
        with pytest.raises(NotFound):
            await subject.provider.warehouse("no-such-warehouse", subject.ask())

    async def test_reviews_have_scores(self, subject: Subject) -> None:
        """Reviews have one to five stars where they have any, and a score filter is kept."""
        subject.needs(Feature.REVIEWS)
        for product in await subject.some_products(self.words):
            page = await subject.provider.reviews(product.id, 1, score=5, ask=subject.ask())
            assert all(review.score == 5 for review in page.value.reviews)

    async def test_equal_reads_at_once_are_equal(self, subject: Subject) -> None:
        """Twenty equal reads at the same time give twenty equal answers."""
        subject.needs(Feature.PRODUCT_SEARCH)
        search = model.ProductSearch(query=self.words)
        pages = await asyncio.gather(*(subject.search(search) for _ in range(20)))
        assert all(page.value == pages[0].value for page in pages)

    async def test_entities_are_frozen(self, subject: Subject) -> None:
        """What a provider gives away cannot be changed by whoever gets it: it is shared."""
        subject.needs(Feature.PRODUCT_SEARCH)
        product = (await subject.search(model.ProductSearch(query=self.words))).value.products[0]
        with pytest.raises(AttributeError):
            product.title = "changed"  # type: ignore[misc]
        assert replace(product, title="changed") != product


def _check_prices(product: model.Product, variant: model.Variant) -> None:
    tiers = variant.price_tiers
    if variant.price is not None:
        assert isinstance(variant.price.amount, Decimal)
        assert variant.price.amount >= 0
        assert pycountry.currencies.get(alpha_3=variant.price.currency)
        assert tiers, "a price without tiers: one open tier says that it does not depend on quantity"
        assert tiers[0].unit_price == variant.price
        if product.price is not None:
            assert product.price.low.amount <= variant.price.amount <= product.price.high.amount
    if tiers:
        assert tiers[0].minimum >= product.minimum_order_quantity
        assert tiers[-1].maximum is None, "the last tier is open"
        for tier, following in pairwise(tiers):
            assert tier.maximum is not None
            assert following.minimum == tier.maximum + 1


def _check_stock(variant: model.Variant) -> None:
    places = [(level.country, level.warehouse_id, level.verified) for level in variant.inventory or ()]
    assert len(places) == len(set(places)), "rows of one variant overlap"
    for level in variant.inventory or ():
        assert level.quantity >= 0
        assert pycountry.countries.get(alpha_2=level.country)
        if level.supplier_held is not None and level.factory_held is not None:
            assert level.supplier_held + level.factory_held == level.quantity


def _leaves(category: model.Category) -> list[model.Category]:
    if not category.children:
        return [category]
    return [leaf for child in category.children for leaf in _leaves(child)]
