"""What one request needs of a catalogue, gathered: a product's variants, sizes and stock are one call."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from gateway.loaders import checks
from gateway.loaders.asking import answer_of
from gateway.loaders.batching import GroupLoader
from gateway.loaders.checks import Check
from gateway.services import Supplier
from providers import model
from providers.clock import Clock
from providers.port import Provider
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
        self._rehearses = False
        self.deadline = deadline
        """On the clock's monotonic scale; what is asked later than it was set may have a later one."""
        self.product = GroupLoader(lambda key: (key.provider, key.id), self._product)
        self.product_by_sku = GroupLoader(lambda key: (key.provider, key.sku), self._product_by_sku)
        self.variant = GroupLoader(lambda key: (key.provider, key.id), self._variant)
        self.page = GroupLoader(lambda key: (key.provider, key.search, key.page), self._page)
        self.categories = GroupLoader(_itself, self._categories)
        self.warehouses = GroupLoader(_itself, self._warehouses)
        self.warehouse = GroupLoader(_itself, self._warehouse)
        self.reviews = GroupLoader(_itself, self._reviews)
        self.imported = GroupLoader(_itself, self._imported)

    def rehearse(self, meter: Meter) -> None:
        """
        From now on ask nobody: note in `meter` what asking would cost, and take what is imagined for answers.

        For good, because the loaders remember their answers: no later question of this request may be real.
        """
        self._meter = meter
        self._rehearses = True

    def ask(self, facts: frozenset[Fact] = _CATALOGUE, *, deadline: float | None = None) -> Ask:
        """How this request wants an answer."""
        return Ask(
            deadline=self.deadline if deadline is None else min(deadline, self.deadline),
            meter=self._meter,
            lane=Lane.INTERACTIVE,
            facts=facts,
            rehearse=self._rehearses,
        )

    async def _product(self, of: tuple[str, str], keys: list[ProductKey]) -> Fetched[model.Product]:
        ask = self.ask(_all_facts(key.facts for key in keys))
        code, native = of
        check = checks.product(code, native)
        return await self._asked(
            code, "product", ask, lambda provider: provider.product(native, ask), check=check
        )

    async def _product_by_sku(self, of: tuple[str, str], keys: list[SkuKey]) -> Fetched[model.Product]:
        ask = self.ask(_all_facts(key.facts for key in keys))
        code, sku = of
        check = checks.product(code)
        return await self._asked(
            code, "product", ask, lambda provider: provider.product_by_sku(sku, ask), check=check
        )

    async def _variant(self, of: tuple[str, str], keys: list[VariantKey]) -> Fetched[model.Variant]:
        ask = self.ask(_all_facts(key.facts for key in keys))
        code, native = of
        check = checks.variant(code, native)
        return await self._asked(
            code, "variant", ask, lambda provider: provider.variant(native, ask), check=check
        )

    async def _page(
        self, of: tuple[str, model.ProductSearch, int], keys: list[PageKey]
    ) -> Fetched[model.SearchPage]:
        # Two aliases of one search that read other fields are one call that answers both.
        code, search, page = of
        ask = self.ask(_all_facts(key.facts for key in keys), deadline=max(key.deadline for key in keys))
        described = any(key.with_description for key in keys)
        return await self._asked(
            code,
            "search",
            ask,
            lambda provider: provider.search(search, page, with_description=described, ask=ask),
            check=checks.page(code),
        )

    async def _categories(self, code: str, _: list[str]) -> Fetched[tuple[model.Category, ...]]:
        ask, check = self.ask(), checks.categories(code)
        return await self._asked(
            code, "categories", ask, lambda provider: provider.categories(ask), check=check
        )

    async def _warehouses(self, code: str, _: list[str]) -> Fetched[tuple[model.Warehouse, ...]]:
        ask, check = self.ask(), checks.warehouses(code)
        return await self._asked(
            code, "warehouses", ask, lambda provider: provider.warehouses(ask), check=check
        )

    async def _warehouse(self, key: WarehouseKey, _: list[WarehouseKey]) -> Fetched[model.Warehouse]:
        ask, check = self.ask(), checks.warehouse(key.provider)
        return await self._asked(
            key.provider, "warehouse", ask, lambda provider: provider.warehouse(key.id, ask), check=check
        )

    async def _reviews(self, key: ReviewsKey, _: list[ReviewsKey]) -> Fetched[model.ReviewPage]:
        ask = self.ask()
        return await self._asked(
            key.provider,
            "reviews",
            ask,
            lambda provider: provider.reviews(key.product_id, key.page, score=key.score, ask=ask),
            check=checks.reviews,
        )

    async def _imported(self, key: ImportedKey, _: list[ImportedKey]) -> Fetched[model.SearchPage]:
        ask = self.ask(_ACCOUNT)
        return await self._asked(
            key.provider,
            "imported products",
            ask,
            lambda provider: provider.imported_products(key.search, key.page, ask),
            check=checks.page(key.provider),
        )

    async def _asked(
        self,
        code: str,
        operation: str,
        ask: Ask,
        question: Callable[[Provider], Awaitable[Fetched[T]]],
        *,
        check: Check[T],
    ) -> Fetched[T]:
        return await answer_of(self._suppliers[code], operation, ask, self._clock, question, check=check)


def variant_in(product: Fetched[model.Product], variant_id: str) -> model.Variant | None:
    """
    A product's variant of this id; None when it has none.

    An imagined product has whichever it is asked for, so that a rehearsal goes on with it.
    """
    variants = product.value.variants
    if product.imagined and variants:
        return replace(variants[0], id=variant_id)
    return next((variant for variant in variants if variant.id == variant_id), None)


def _itself(key: T) -> T:
    return key


def _all_facts(of_keys: Iterable[frozenset[Fact]]) -> frozenset[Fact]:
    return frozenset().union(*of_keys)
