"""Reading CJ's catalogue through the adapter: what arrives, and how many calls and points it costs."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from providers import model
from providers.cj import simulator_key
from providers.cj.provider import CJProvider
from providers.cj.simulator.faults import Fault
from providers.cj.simulator.simulator import Simulator
from providers.contract.support import DirectUpstream
from providers.errors import Delisted, InvalidRequest, NotFound
from providers.model import ProductSearch, ProductSort
from providers.upstream import Fact, Fetched
from tests.cj.direct import adapter, asking
from tests.cj.world import simulated

READS = ("/product/*", "/warehouse/*", "/setting/*")


def _calls(sim: Simulator) -> int:
    return sum(sim.ledger.count(pattern) for pattern in READS)


def _sold(sim: Simulator, at_least: int = 1) -> str:
    """The id of a product on sale with so many variants."""
    return next(
        product.pid
        for product in sim.world.products
        if not product.taken_down and len(sim.world.variants(product)) >= at_least
    )


async def _search(provider: CJProvider, search: ProductSearch, page: int = 1) -> Fetched[model.SearchPage]:
    return await provider.search(search, page, with_description=False, ask=asking())


async def test_a_search_page_is_one_call() -> None:
    """A page of a hundred with price, stock, category and picture costs one call of 50 points."""
    app, sim = simulated()
    async with adapter(app=app) as provider:
        page = (await _search(provider, ProductSearch())).value
    assert len(page.products) == 100
    assert page.has_more
    assert (_calls(sim), sim.ledger.points()) == (1, 50)
    for product in page.products:
        assert product.title
        assert product.price is not None
        assert product.stock is not None
        assert product.category is not None
        assert len(product.category.path) == 3
        assert product.image_url


async def test_pages_cover_all_results_once() -> None:
    """Paging to the end shows every product on sale once and only once."""
    app, sim = simulated()
    seen: list[str] = []
    async with adapter(app=app) as provider:
        page, more = 0, True
        while more:
            page += 1
            found = (await _search(provider, ProductSearch(sort=ProductSort.PRICE_ASC), page)).value
            seen += [product.id for product in found.products]
            more = found.has_more
        past = (await _search(provider, ProductSearch(), page + 1)).value
    assert sorted(seen) == sorted(product.pid for product in sim.world.products if not product.taken_down)
    assert (past.products, past.has_more) == ((), False)


async def test_pages_out_of_reach_cost_nothing() -> None:
    """What CJ cannot reach is empty without asking."""
    app, sim = simulated()
    async with adapter(app=app) as provider:
        assert (await _search(provider, ProductSearch(), 61)).value.products == ()
    assert len(sim.ledger) == 0


@pytest.mark.parametrize(
    "search",
    [
        ProductSearch(query="lamp"),
        ProductSearch(ships_from="US"),
        ProductSearch(min_price=Decimal(10), max_price=Decimal("20.50")),
        ProductSearch(free_shipping=True),
        ProductSearch(free_shipping=False),
        ProductSearch(min_stock=50_000),
        ProductSearch(verified_stock_only=True),
        ProductSearch(product_flag=model.ProductFlag.TRENDING),
        ProductSearch(product_flag=model.ProductFlag.VIDEO),
        ProductSearch(platform=model.SalesPlatform.SHOPIFY),
    ],
)
async def test_every_filter_narrows(search: ProductSearch) -> None:
    """Each filter reaches CJ: some products remain, not all, and they agree with it as far as they show."""
    app, _ = simulated()
    async with adapter(app=app) as provider:
        every = (await _search(provider, ProductSearch())).value
        page = (await _search(provider, search)).value
    assert every.total is not None
    assert page.total is not None
    assert 0 < page.total < every.total
    for product in page.products:
        assert product.price is not None
        assert product.stock is not None
        assert search.free_shipping in (None, product.free_shipping)
        assert product.stock.total >= (search.min_stock or 0)
        assert product.price.low.amount <= (search.max_price or product.price.low.amount)
        assert product.price.high.amount >= (search.min_price or 0)


async def test_category_filter() -> None:
    """A third-level category of the tree narrows a search; one above it is refused without a call."""
    app, sim = simulated()
    async with adapter(app=app) as provider:
        roots = (await provider.categories(asking())).value
        third = roots[0].children[0].children[0]
        page = (await _search(provider, ProductSearch(category_id=third.id))).value
        assert page.products
        assert {product.category and product.category.path for product in page.products} == {third.path}
        with pytest.raises(InvalidRequest):
            await _search(provider, ProductSearch(category_id=roots[0].id))
    assert sim.ledger.count("/product/listV2") == 1


@pytest.mark.parametrize("sort", list(ProductSort))
async def test_sorts(sort: ProductSort) -> None:
    """Each order arrives as asked."""
    app, _ = simulated()
    async with adapter(app=app) as provider:
        products = (await _search(provider, ProductSearch(query="lamp", sort=sort))).value.products
    orders: dict[ProductSort, list[Any]] = {
        ProductSort.POPULARITY: [-(product.listed_count or 0) for product in products],
        ProductSort.PRICE_ASC: [product.price.low.amount for product in products if product.price],
        ProductSort.PRICE_DESC: [-product.price.low.amount for product in products if product.price],
        ProductSort.NEWEST: [-product.created_at.timestamp() for product in products if product.created_at],
        ProductSort.STOCK: [-product.stock.total for product in products if product.stock],
        ProductSort.BEST_MATCH: [0] * len(products),
    }
    keys = orders[sort]
    assert len(keys) == len(products) > 1
    assert keys == sorted(keys)


async def test_a_product_is_one_call() -> None:
    """A product with variants, options, sizes and stock per warehouse costs one call of 10 points."""
    app, sim = simulated()
    pid = _sold(sim, at_least=4)
    async with adapter(app=app) as provider:
        product = (await provider.product(pid, asking())).value
    assert (_calls(sim), sim.ledger.points()) == (1, 10)
    assert product.is_complete
    assert product.stock is not None
    assert product.stock.total == sum(
        row.quantity for variant in product.variants for row in variant.inventory or ()
    )
    for variant in product.variants:
        made = sim.world.variant(variant.id)
        assert made is not None
        assert tuple(option.value for option in variant.options) == made.values
        assert variant.price == model.Money(Decimal(sim.world.price(made)) / 100, "USD")
        assert variant.dimensions == model.Dimensions(*made.size)
        assert variant.inventory
        assert all(row.warehouse_id and "{" not in row.warehouse_id for row in variant.inventory)


async def test_search_and_product_agree() -> None:
    """Every product of a page tells the same in detail: price span, stock, category, title and SKU."""
    app, _ = simulated()
    async with adapter(app=app) as provider:
        for listed in (await _search(provider, ProductSearch(query="lamp"))).value.products:
            product = (await provider.product(listed.id, asking())).value
            for fact in ("title", "sku", "price", "category", "free_shipping", "listed_count", "image_url"):
                assert getattr(listed, fact) == getattr(product, fact)
            assert listed.stock
            assert product.stock
            assert listed.stock.total == product.stock.total


async def test_stock_that_cj_leaves_out() -> None:
    """Where CJ ignores `enable_inventory` a second call fills it in, only when stock is asked for."""
    app, sim = simulated()
    pid = _sold(sim, at_least=2)
    async with adapter(app=app) as provider:
        whole = (await provider.product(pid, asking())).value
        sim.options.omit_inventories = True
        sim.ledger.clear()
        without = (await provider.product(pid, asking(Fact.CATALOGUE))).value
        assert (_calls(sim), sim.ledger.points()) == (1, 10)
        assert without.stock is None
        assert {variant.inventory for variant in without.variants} == {None}
        sim.ledger.clear()
        assert (await provider.product(pid, asking())).value == whole
        assert (_calls(sim), sim.ledger.points()) == (2, 20)


async def test_stock_of_a_variant_that_cj_leaves_out() -> None:
    """The same for a variant alone; what queryByVid does not say about verification stays unknown."""
    app, sim = simulated(omit_inventories=True)
    variant = sim.world.variants(sim.world.by_pid[_sold(sim)])[0]
    async with adapter(app=app) as provider:
        found = (await provider.variant(variant.vid, asking())).value
        assert found.inventory
        assert sum(row.quantity for row in found.inventory) == sum(
            sim.world.total(variant, country).total for country in variant.stock
        )
        assert {row.verified for row in found.inventory} == {None}
    assert sim.ledger.points() == 20


async def test_stock_that_nobody_tells() -> None:
    """When the second call fails too the product still comes, its stock unknown and the trouble named."""
    app, sim = simulated(omit_inventories=True)
    sim.faults.add(Fault("status", "/product/stock/*", params={"status": 503}))
    product = sim.world.by_pid[_sold(sim)]
    async with adapter(app=app) as provider:
        found = await provider.product(product.pid, asking())
        alone = await provider.variant(sim.world.variants(product)[0].vid, asking())
    assert found.value.stock is None
    assert {variant.inventory for variant in found.value.variants} == {None}
    assert alone.value.inventory is None
    assert found.trouble is not None
    assert alone.trouble is not None


async def test_by_sku() -> None:
    """A product is found by its SKU and by any variant's, each at the first try."""
    app, sim = simulated()
    product = sim.world.by_pid[_sold(sim, at_least=2)]
    async with adapter(app=app) as provider:
        for sku in (product.sku, *(variant.sku for variant in sim.world.variants(product)[:3])):
            sim.ledger.clear()
            assert (await provider.product_by_sku(sku, asking())).value.id == product.pid
            assert sim.ledger.points() == 10


async def test_what_is_not_there() -> None:
    """Unknown things are NotFound after being asked twice, and the off-shelf ones Delisted."""
    app, sim = simulated()
    gone = next(product for product in sim.world.products if product.taken_down)
    with_gone = next(
        product for product in sim.world.products if product.has_gone_variant and not product.taken_down
    )
    gone_variant = next(variant for variant in sim.world.variants(with_gone, gone=True) if variant.gone)
    async with adapter(app=app) as provider:
        with pytest.raises(NotFound):
            await provider.product("9999999999999999999", asking())
        assert sim.ledger.count("/product/query") == 2
        with pytest.raises(NotFound):
            await provider.variant("9999999999999999999", asking())
        with pytest.raises(NotFound):
            await provider.product_by_sku("CJZZ0000000", asking())
        with pytest.raises(Delisted):
            await provider.product(gone.pid, asking())
        with pytest.raises(Delisted):
            await provider.variant(gone_variant.vid, asking())
        with pytest.raises(NotFound):
            await provider.warehouse("0" * 32, asking())
        with pytest.raises(NotFound):
            await provider.warehouse("999", asking())
        assert gone_variant.vid not in {
            variant.id for variant in (await provider.product(with_gone.pid, asking())).value.variants
        }


async def test_unknown_product_as_null() -> None:
    """A CJ that answers success with null for an unknown product means the same, after being asked twice."""
    app, sim = simulated(unknown_product="null")
    async with adapter(app=app) as provider:
        with pytest.raises(NotFound):
            await provider.product("9999999999999999999", asking())
    assert sim.ledger.count("/product/query") == 2


async def test_warehouses() -> None:
    """Areas come as a list; the warehouse a stock row names can be looked up, and so can an area."""
    app, sim = simulated()
    async with adapter(app=app) as provider:
        areas = (await provider.warehouses(asking())).value
        assert {area.country for area in areas} >= {"CN", "US"}
        assert (await provider.warehouse(areas[0].id, asking())).value == areas[0]
        product = (await provider.product(_sold(sim), asking())).value
        (row, *_) = product.variants[0].inventory or ()
        assert row.warehouse_id
        warehouse = (await provider.warehouse(row.warehouse_id, asking())).value
        assert (warehouse.country, bool(warehouse.city)) == (row.country, True)


async def test_reviews() -> None:
    """Reviews are paged by twenty and can be narrowed to one score, at no points."""
    app, sim = simulated()
    product = max(sim.world.products, key=lambda each: len(sim.world.reviews(each)))
    count = len(sim.world.reviews(product))
    async with adapter(app=app) as provider:
        first = (await provider.reviews(product.pid, 1, score=None, ask=asking())).value
        best = (await provider.reviews(product.pid, 1, score=5, ask=asking())).value
        with pytest.raises(InvalidRequest):
            await provider.reviews(product.pid, 1, score=6, ask=asking())
    assert (first.total, len(first.reviews)) == (count, min(20, count))
    assert {review.score for review in best.reviews} == {5}
    assert sim.ledger.points() == 0


async def test_importing() -> None:
    """A product is added once: the second time CJ's "busy" is recognised as "already done"."""
    app, sim = simulated()
    pid = _sold(sim)
    async with adapter(app=app) as provider:
        assert (await provider.imported_products(None, 1, asking(Fact.ACCOUNT))).value.products == ()
        assert await provider.import_product(pid, asking())
        assert not await provider.import_product(pid, asking())
        (product,) = (await provider.imported_products(None, 1, asking(Fact.ACCOUNT))).value.products
        assert (product.id, product.imported) == (pid, True)
        assert (
            await provider.imported_products("no such words", 1, asking(Fact.ACCOUNT))
        ).value.products == ()
        with pytest.raises(NotFound):
            await provider.import_product("9999999999999999999", asking())
        upstream = provider._upstream._upstream
        assert isinstance(upstream, DirectUpstream)
        assert [call.policy.operation for call in upstream.evicted] == ["my_product.list"]
        found = (await _search(provider, ProductSearch(query=product.sku))).value.products
        assert [each.imported for each in found] == [True]


async def test_imported_pages() -> None:
    """The account's list is paged by CJ's own page size."""
    app, sim = simulated()
    pids = [product.pid for product in sim.world.products if not product.taken_down][:23]
    async with adapter(app=app) as provider:
        for pid in pids:
            await provider.import_product(pid, asking())
        pages = [(await provider.imported_products(None, page, asking())).value for page in (1, 2, 3)]
    assert [product.id for page in pages for product in page.products] == pids[::-1]
    assert [page.has_more for page in pages] == [True, True, False]


async def test_sourcing() -> None:
    """A request is created and followed; ids CJ does not know are missing, also when it knows none."""
    app, _ = simulated()
    async with adapter(app=app) as provider:
        created = await provider.request_sourcing(
            model.SourcingRequest("Lamp", "https://img.example/l.jpg", target_price=Decimal("2.50")), asking()
        )
        known = (await provider.sourcings((created.id, "1"), asking())).value
        assert [(each.id, each.status) for each in known] == [(created.id, model.SourcingStatus.PENDING)]
        assert (await provider.sourcings(("1",), asking())).value == ()
        assert (await provider.sourcings((), asking())).value == ()


async def test_the_stated_rate_only_lowers_ours() -> None:
    """The 100 a second that setting/get shows changes nothing; a smaller number does."""
    app, sim = simulated()
    async with adapter(app=app, environment={"CJ_REQUESTS_PER_SECOND": "4"}) as provider:
        await provider.account(asking())
        upstream = provider._upstream._upstream
        assert isinstance(upstream, DirectUpstream)
        assert upstream.limits == provider.declaration.limits
        sim.faults.add(Fault("omit", "/setting/get", params={"keys": ["setting"]}))
        assert (await provider.account(asking())).value.requests_per_second is None


async def test_a_live_account_is_read_at_start() -> None:
    """Against CJ itself the account's settings are read once at start; a simulator is not asked."""
    for environment, calls in (({"CJ_API_KEY": simulator_key()}, 1), ({}, 0)):
        app, sim = simulated()
        async with adapter(app=app, environment=environment) as provider:
            await provider.start()
            async with asyncio.timeout(30):
                while sim.ledger.count("/authentication/*") < 1 or sim.ledger.count("/setting/get") < calls:  # noqa: ASYNC110 - a simulator signals nothing
                    await asyncio.sleep(0.01)
            await provider.search(ProductSearch(), 1, with_description=False, ask=asking())
        assert sim.ledger.count("/setting/get", refused=False) == calls


async def test_all_search_prices_in_every_spelling() -> None:
    """Prices as ranges, as text and as JSON numbers are the same amounts at the low end, to the cent."""
    lows = []
    for spelling in ("range", "string", "number"):
        app, _ = simulated(sell_price=spelling)
        async with adapter(app=app) as provider:
            page = (await _search(provider, ProductSearch())).value
        lows.append([product.price.low.amount for product in page.products if product.price])
    assert lows[0] == lows[1] == lows[2]
    assert len(lows[0]) == 100
