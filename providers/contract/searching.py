"""The promises about searching: paging, filters, orders, categories."""

import asyncio
from collections.abc import Callable, Sequence

import pytest

from providers import model
from providers.contract.subject import SAMPLE, Promises, Subject
from providers.declaring import Feature, Mode
from providers.upstream import Source

PAGES = 3
"""Pages of a search that are walked; enough to turn twice."""


class Searching(Promises):
    """What is found fits what was asked for, once each and in order."""

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

    async def test_declared_filters_filter(self, subject: Subject) -> None:
        """Whatever a declared filter lets through satisfies it, as far as the answer shows."""
        subject.needs(Feature.PRODUCT_SEARCH)
        filters = subject.declared.filters
        everything = (await subject.search(model.ProductSearch(query=self.words))).value.products
        priced = sorted(product.price.low.amount for product in everything if product.price)
        if {model.SearchFilter.MIN_PRICE, model.SearchFilter.MAX_PRICE} <= filters and priced:
            low, high = priced[len(priced) // 3], priced[2 * len(priced) // 3]
            search = model.ProductSearch(query=self.words, min_price=low, max_price=high)
            found = (await subject.search(search)).value.products
            assert found
            for product in found:
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
        if model.SearchFilter.FREE_SHIPPING in filters:
            search = model.ProductSearch(query=self.words, free_shipping=True)
            found = (await subject.search(search)).value.products
            assert all(product.free_shipping is not False for product in found)

    async def test_words_that_fit_nothing_find_nothing(self, subject: Subject) -> None:
        """A word that no supplier sells anything under gives an empty page rather than something else."""
        subject.needs(Feature.PRODUCT_SEARCH)
        if model.SearchFilter.QUERY in subject.declared.filters:
            page = (await subject.search(model.ProductSearch(query="zzqxjvkw"))).value
            assert page.products == ()
            assert not page.total
            assert not page.has_more

    async def test_origin_narrows_a_search(self, subject: Subject) -> None:
        """Whatever is said to ship from a country has stock there, once it is looked up."""
        subject.needs(Feature.PRODUCT_DETAIL)
        subject.needs(Feature.STOCK)
        if model.SearchFilter.SHIPS_FROM not in subject.declared.filters:
            pytest.skip(f"{subject.declared.code} does not filter by origin")
        origins = _origins(await subject.some_products(self.words))
        if subject.declared.supports(Feature.WAREHOUSES):
            # Everything may ship from the commonest place; only the others tell whether the filter works.
            origins |= {place.country for place in (await subject.provider.warehouses(subject.ask())).value}
        looked_up = 0
        for country in sorted(origins):
            search = model.ProductSearch(query=self.words, ships_from=country)
            for each in (await subject.search(search)).value.products[:SAMPLE]:
                product = (await subject.provider.product(each.id, subject.ask())).value
                assert country in _origins([product])
                looked_up += 1
        assert looked_up

    async def test_declared_sorts_sort(self, subject: Subject) -> None:
        """Declared orders hold over a page, where the answer shows what was sorted by."""
        subject.needs(Feature.PRODUCT_SEARCH)
        keys: dict[model.ProductSort, Callable[[model.Product], object]] = {
            model.ProductSort.STOCK: lambda product: -product.stock.total if product.stock else None,
            model.ProductSort.NEWEST: lambda product: (
                -product.created_at.timestamp() if product.created_at else None
            ),
            model.ProductSort.PRICE_ASC: lambda product: product.price.low.amount if product.price else None,
            model.ProductSort.PRICE_DESC: lambda product: (
                -product.price.low.amount if product.price else None
            ),
        }
        assert model.ProductSort.BEST_MATCH in subject.declared.sorts, (
            "every search has it unless told otherwise"
        )
        for sort in sorted(subject.declared.sorts):
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

    async def test_equal_reads_at_once_are_equal(self, subject: Subject) -> None:
        """Twenty equal reads at the same time give twenty equal answers."""
        subject.needs(Feature.PRODUCT_SEARCH)
        search = model.ProductSearch(query=self.words)
        pages = await asyncio.gather(*(subject.search(search) for _ in range(20)))
        assert all(page.value == pages[0].value for page in pages)


def _leaves(category: model.Category) -> list[model.Category]:
    if not category.children:
        return [category]
    return [leaf for child in category.children for leaf in _leaves(child)]


def _origins(products: Sequence[model.Product]) -> set[str]:
    """Countries in which something of these products lies."""
    return {
        level.country
        for product in products
        for variant in product.variants
        for level in variant.inventory or ()
        if level.quantity > 0
    }
