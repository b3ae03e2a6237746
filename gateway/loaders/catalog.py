"""What one request needs of a catalogue, gathered: a product's variants, sizes and stock are one call."""

from collections.abc import Awaitable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from strawberry.dataloader import DataLoader

from gateway.loaders.batching import bounded, load_groups
from gateway.services import Supplier
from providers import model
from providers.clock import Clock
from providers.upstream import Ask, Fact, Fetched, Lane, Meter

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ProductKey:
    """One product, and which of its facts will be read."""

    provider: str
    id: str
    facts: frozenset[Fact]


@dataclass(frozen=True, slots=True)
class SkuKey:
    """One product by a SKU of it or of one of its variants."""

    provider: str
    sku: str
    facts: frozenset[Fact]


@dataclass(frozen=True, slots=True)
class VariantKey:
    """One variant whose product is not known."""

    provider: str
    id: str
    facts: frozenset[Fact]


@dataclass(frozen=True, slots=True)
class PageKey:
    """One page of one supplier's search."""

    provider: str
    search: model.ProductSearch
    page: int
    facts: frozenset[Fact]
    with_description: bool
    deadline: float
    """On the clock's monotonic scale; a search page waits less long than a look-up."""


@dataclass(frozen=True, slots=True)
class ReviewsKey:
    """One page of a product's reviews."""

    provider: str
    product_id: str
    page: int
    score: int | None


@dataclass(frozen=True, slots=True)
class ImportedKey:
    """One page of what the account has imported."""

    provider: str
    search: str | None
    page: int


@dataclass(frozen=True, slots=True)
class WarehouseKey:
    """One warehouse."""

    provider: str
    id: str


_ACCOUNT = frozenset({Fact.ACCOUNT})
_CATALOGUE = frozenset({Fact.CATALOGUE})


class CatalogLoaders:
    """The loaders of one request. `deadline` is when the request is answered, whatever has arrived."""

    def __init__(
        self, suppliers: Mapping[str, Supplier], clock: Clock, meter: Meter, deadline: float
    ) -> None:
        self._suppliers = suppliers
        self._clock = clock
        self._meter = meter
        self._deadline = deadline
        self.product: DataLoader[ProductKey, Fetched[model.Product]] = DataLoader(self._products)
        self.product_by_sku: DataLoader[SkuKey, Fetched[model.Product]] = DataLoader(self._products_by_sku)
        self.variant: DataLoader[VariantKey, Fetched[model.Variant]] = DataLoader(self._variants)
        self.page: DataLoader[PageKey, Fetched[model.SearchPage]] = DataLoader(self._pages)
        self.categories: DataLoader[str, Fetched[tuple[model.Category, ...]]] = DataLoader(self._categories)
        self.warehouses: DataLoader[str, Fetched[tuple[model.Warehouse, ...]]] = DataLoader(self._warehouses)
        self.warehouse: DataLoader[WarehouseKey, Fetched[model.Warehouse]] = DataLoader(self._warehouse)
        self.reviews: DataLoader[ReviewsKey, Fetched[model.ReviewPage]] = DataLoader(self._reviews)
        self.imported: DataLoader[ImportedKey, Fetched[model.SearchPage]] = DataLoader(self._imported)

    def ask(self, facts: frozenset[Fact] = _CATALOGUE, *, deadline: float | None = None) -> Ask:
        """How this request wants an answer."""
        return Ask(
            deadline=self._deadline if deadline is None else min(deadline, self._deadline),
            meter=self._meter,
            lane=Lane.INTERACTIVE,
            facts=facts,
        )

    async def _products(self, keys: list[ProductKey]) -> list[Fetched[model.Product] | BaseException]:
        async def fetch(of: tuple[str, str], members: list[ProductKey]) -> Fetched[model.Product]:
            ask = self.ask(_all_facts(key.facts for key in members))
            provider = self._suppliers[of[0]].provider
            return await self._bounded(of[0], "product", ask, provider.product(of[1], ask))

        return await load_groups(keys, lambda key: (key.provider, key.id), fetch)

    async def _products_by_sku(self, keys: list[SkuKey]) -> list[Fetched[model.Product] | BaseException]:
        async def fetch(of: tuple[str, str], members: list[SkuKey]) -> Fetched[model.Product]:
            ask = self.ask(_all_facts(key.facts for key in members))
            provider = self._suppliers[of[0]].provider
            return await self._bounded(of[0], "product", ask, provider.product_by_sku(of[1], ask))

        return await load_groups(keys, lambda key: (key.provider, key.sku), fetch)

    async def _variants(self, keys: list[VariantKey]) -> list[Fetched[model.Variant] | BaseException]:
        async def fetch(of: tuple[str, str], members: list[VariantKey]) -> Fetched[model.Variant]:
            ask = self.ask(_all_facts(key.facts for key in members))
            provider = self._suppliers[of[0]].provider
            return await self._bounded(of[0], "variant", ask, provider.variant(of[1], ask))

        return await load_groups(keys, lambda key: (key.provider, key.id), fetch)

    async def _pages(self, keys: list[PageKey]) -> list[Fetched[model.SearchPage] | BaseException]:
        # Two aliases of one search that read other fields are one call that answers both.
        async def fetch(
            of: tuple[str, model.ProductSearch, int], members: list[PageKey]
        ) -> Fetched[model.SearchPage]:
            code, search, page = of
            ask = self.ask(
                _all_facts(key.facts for key in members), deadline=max(key.deadline for key in members)
            )
            asked = self._suppliers[code].provider.search(
                search, page, with_description=any(key.with_description for key in members), ask=ask
            )
            return await self._bounded(code, "search", ask, asked)

        return await load_groups(keys, lambda key: (key.provider, key.search, key.page), fetch)

    async def _categories(self, keys: list[str]) -> list[Fetched[tuple[model.Category, ...]] | BaseException]:
        async def fetch(code: str, _: list[str]) -> Fetched[tuple[model.Category, ...]]:
            ask = self.ask()
            return await self._bounded(
                code, "categories", ask, self._suppliers[code].provider.categories(ask)
            )

        return await load_groups(keys, _itself, fetch)

    async def _warehouses(
        self, keys: list[str]
    ) -> list[Fetched[tuple[model.Warehouse, ...]] | BaseException]:
        async def fetch(code: str, _: list[str]) -> Fetched[tuple[model.Warehouse, ...]]:
            ask = self.ask()
            return await self._bounded(
                code, "warehouses", ask, self._suppliers[code].provider.warehouses(ask)
            )

        return await load_groups(keys, _itself, fetch)

    async def _warehouse(self, keys: list[WarehouseKey]) -> list[Fetched[model.Warehouse] | BaseException]:
        async def fetch(key: WarehouseKey, _: list[WarehouseKey]) -> Fetched[model.Warehouse]:
            ask = self.ask()
            asked = self._suppliers[key.provider].provider.warehouse(key.id, ask)
            return await self._bounded(key.provider, "warehouse", ask, asked)

        return await load_groups(keys, _itself, fetch)

    async def _reviews(self, keys: list[ReviewsKey]) -> list[Fetched[model.ReviewPage] | BaseException]:
        async def fetch(key: ReviewsKey, _: list[ReviewsKey]) -> Fetched[model.ReviewPage]:
            ask = self.ask()
            asked = self._suppliers[key.provider].provider.reviews(
                key.product_id, key.page, score=key.score, ask=ask
            )
            return await self._bounded(key.provider, "reviews", ask, asked)

        return await load_groups(keys, _itself, fetch)

    async def _imported(self, keys: list[ImportedKey]) -> list[Fetched[model.SearchPage] | BaseException]:
        async def fetch(key: ImportedKey, _: list[ImportedKey]) -> Fetched[model.SearchPage]:
            ask = self.ask(_ACCOUNT)
            asked = self._suppliers[key.provider].provider.imported_products(key.search, key.page, ask)
            return await self._bounded(key.provider, "imported products", ask, asked)

        return await load_groups(keys, _itself, fetch)

    async def _bounded(self, code: str, operation: str, ask: Ask, asked: Awaitable[T]) -> T:
        return await bounded(code, operation, ask.deadline - self._clock.monotonic(), asked)


def _itself(key: T) -> T:
    return key


def _all_facts(of_keys: Iterable[frozenset[Fact]]) -> frozenset[Fact]:
    return frozenset().union(*of_keys)
