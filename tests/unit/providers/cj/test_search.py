"""Search: what is sent for each filter and sort, and what a page becomes."""

import copy
from decimal import Decimal
from typing import Any

import pytest

from providers.cj.limits import policies
from providers.cj.search import FILTERS, search_call, within_minimum
from providers.errors import InvalidRequest, MalformedResponse
from providers.model import (
    DayRange,
    Money,
    MoneyRange,
    ProductFlag,
    ProductSearch,
    ProductSort,
    SalesPlatform,
    SearchFilter,
    SearchPage,
    StockSummary,
)
from tests.unit.providers.cj import samples

POLICY = policies(15)["product.search"]
ALWAYS = {("size", "100"), ("features", "enable_category")}


def _range(low: str, high: str) -> MoneyRange:
    return MoneyRange(Money(Decimal(low), "USD"), Money(Decimal(high), "USD"))


TEN = _range("10.00", "10.00")


def _query(search: ProductSearch, page: int = 1, *, with_description: bool = False) -> set[tuple[str, str]]:
    return set(search_call(POLICY, search, page, with_description=with_description, with_url=True).query)


def _read(data: Any, page: int = 1) -> SearchPage:
    return search_call(POLICY, ProductSearch(), page, with_description=False, with_url=True).read(data)


def _sample(**changes: Any) -> Any:
    data = copy.deepcopy(samples.data(samples.SEARCH))
    data["content"][0]["productList"][0].update(changes)
    return data


@pytest.mark.parametrize(
    ("search", "sent"),
    [
        (ProductSearch(), set()),
        (ProductSearch(query="  lamp "), {("keyWord", "lamp")}),
        (ProductSearch(query="   "), set()),
        (ProductSearch(category_id="6A0E"), {("categoryId", "6A0E")}),
        (ProductSearch(ships_from="US"), {("countryCode", "US")}),
        (
            ProductSearch(min_price=Decimal("1E+2"), max_price=Decimal("250.50")),
            {("startSellPrice", "100"), ("endSellPrice", "250.5")},
        ),
        (ProductSearch(free_shipping=True), {("addMarkStatus", "1")}),
        (ProductSearch(free_shipping=False), {("addMarkStatus", "0")}),
        (ProductSearch(min_stock=0), {("startWarehouseInventory", "0")}),
        (ProductSearch(verified_stock_only=True), {("verifiedWarehouse", "1")}),
        (ProductSearch(verified_stock_only=False), set()),
        (ProductSearch(product_flag=ProductFlag.TRENDING), {("productFlag", "0")}),
        (ProductSearch(product_flag=ProductFlag.SLOW_MOVING), {("productFlag", "3")}),
        (ProductSearch(platform=SalesPlatform.TIKTOK), {("zonePlatform", "tiktok")}),
        (ProductSearch(max_minimum_order_quantity=5), set()),
        (ProductSearch(sort=ProductSort.POPULARITY), {("orderBy", "1"), ("sort", "desc")}),
        (ProductSearch(sort=ProductSort.PRICE_ASC), {("orderBy", "2"), ("sort", "asc")}),
        (ProductSearch(sort=ProductSort.PRICE_DESC), {("orderBy", "2"), ("sort", "desc")}),
        (ProductSearch(sort=ProductSort.NEWEST), {("orderBy", "3"), ("sort", "desc")}),
        (ProductSearch(sort=ProductSort.STOCK), {("orderBy", "4"), ("sort", "desc")}),
    ],
)
def test_filters(search: ProductSearch, sent: set[tuple[str, str]]) -> None:
    """Each filter and sort is sent as CJ documents it; what is not filtered is not sent."""
    assert _query(search) == ALWAYS | {("page", "1")} | sent


def test_all_filters_are_declared() -> None:
    """Every filter of the public schema is honoured."""
    assert frozenset(SearchFilter) == FILTERS


def test_description_on_request() -> None:
    """Descriptions travel only when they are asked for."""
    assert ("features", "enable_description") in _query(ProductSearch(), with_description=True)
    assert ("features", "enable_description") not in _query(ProductSearch())


def test_equal_searches_are_one_call() -> None:
    """Searches that mean the same have the same identity, so one flight and one kept answer serve both."""
    calls = [
        search_call(POLICY, search, 1, with_description=False, with_url=True).identity()
        for search in (
            ProductSearch(query="lamp", min_price=Decimal("5.0")),
            ProductSearch(query=" lamp", min_price=Decimal("5.00"), verified_stock_only=False),
        )
    ]
    assert calls[0] == calls[1]


def test_too_much_text() -> None:
    """Text longer than CJ takes is refused before it costs points."""
    with pytest.raises(InvalidRequest, match="200"):
        _query(ProductSearch(query="x" * 201))


def test_documented_page() -> None:
    """CJ's own sample: prices, stock, category and dates without a call per product."""
    page = _read(samples.data(samples.SEARCH))
    assert (page.total, page.has_more) == (6000, True)
    (product,) = page.products
    assert (product.id, product.sku, product.title) == (
        "2405170342118603100", "CJGD2209417", "Folding Garden Lantern",
    )  # fmt: skip
    assert product.price == _range("4.10", "6.35")
    assert (product.list_price, product.is_complete, product.imported) == (None, False, False)
    assert product.category is not None
    assert product.category.path == ("Garden Life", "Lighting", "Solar Lamps")
    assert product.stock == StockSummary(40210, 12, 40198)
    assert product.processing == DayRange(3, 5)
    assert product.delivery_estimate == DayRange(3, 5)


@pytest.mark.parametrize(
    ("fields", "price", "list_price"),
    [
        ({"sellPrice": "11.40"}, _range("11.40", "11.40"), None),
        ({"sellPrice": "4.1"}, _range("4.1", "4.1"), None),
        ({"sellPrice": 4}, _range("4", "4"), None),
        ({"sellPrice": None}, None, None),
        ({"sellPrice": "10.00", "nowPrice": "8.00"}, _range("8.00", "8.00"), TEN),
        ({"nowPrice": "3.00 -- 5.00"}, _range("3.00", "5.00"), _range("4.10", "6.35")),
        # A "now" above the selling price is no discount.
        ({"sellPrice": "10.00", "nowPrice": "12.00"}, TEN, None),
        ({"sellPrice": "10.00", "nowPrice": "10.00"}, TEN, None),
        ({"sellPrice": "10.00", "nowPrice": "0"}, TEN, None),
        # A discount price counts where the rate agrees that it is a price,
        ({"sellPrice": "10.00", "discountPrice": "8", "discountPriceRate": "20"}, _range("8", "8"), TEN),
        # and not where it could be the amount off, or where nothing confirms it.
        ({"sellPrice": "10.00", "discountPrice": "2.00", "discountPriceRate": "20"}, TEN, None),
        ({"sellPrice": "10.00", "discountPrice": "8.00"}, TEN, None),
        ({"sellPrice": None, "nowPrice": "8.00"}, _range("8.00", "8.00"), None),
        ({"sellPrice": "free"}, None, None),
    ],
)  # fmt: skip
def test_prices(fields: dict[str, Any], price: MoneyRange | None, list_price: MoneyRange | None) -> None:
    """What a unit costs now and before discount; in doubt the higher price, and unknown rather than zero."""
    (product,) = _read(_sample(**fields)).products
    assert (product.price, product.list_price) == (price, list_price)


def test_nulls_everywhere() -> None:
    """A product of which only the id is known is still a product."""
    data = {"totalRecords": 1, "content": [{"productList": [{"id": "2405170342118603100", "nameEn": None}]}]}
    (product,) = _read(data).products
    assert product.title == "2405170342118603100"
    assert (product.stock, product.price, product.category, product.free_shipping) == (None, None, None, None)


def test_one_bad_product() -> None:
    """A row that cannot be read does not lose the others, nor does a repeated one appear twice."""
    data = _sample()
    good = data["content"][0]["productList"][0]
    data["content"][0]["productList"] = [{"id": None}, good, "row", {**good, "id": "2"}, good]
    assert [product.id for product in _read(data).products] == ["2405170342118603100", "2"]


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        "x",
        {},
        {"content": None, "totalRecords": 0},
        {"content": [{"productList": "none"}], "totalRecords": 0},
        {"content": [{"productList": [{"id": None}]}], "totalRecords": 1},
        {"content": [], "totalRecords": "many"},
    ],
)
def test_no_answer_is_not_no_results(data: object) -> None:
    """An answer without results in it is malformed; only CJ's own empty list is "nothing found"."""
    with pytest.raises(MalformedResponse):
        _read(data)


@pytest.mark.parametrize(
    ("data", "page", "suspicious"),
    [
        ({"totalRecords": 0, "content": [{"productList": []}]}, 1, False),
        ({"totalRecords": 0, "content": [{"productList": None}]}, 1, False),
        ({"totalRecords": 0, "content": []}, 1, True),
        ({"totalRecords": 150, "content": [{"productList": []}]}, 2, True),
        ({"totalRecords": 150, "content": [{"productList": []}]}, 3, False),
        ({"totalRecords": None, "content": [{"productList": []}]}, 1, True),
    ],
)
def test_suspicious_emptiness(data: object, page: int, suspicious: bool) -> None:
    """An empty page that contradicts its own total is asked again; an honest "nothing" is believed."""
    call = search_call(POLICY, ProductSearch(), page, with_description=False, with_url=True)
    assert call.is_empty is not None
    assert call.is_empty(call.read(data)) is suspicious


@pytest.mark.parametrize(
    ("total", "page", "reachable", "has_more"),
    [
        (6000, 59, 6000, True),
        (6000, 60, 6000, False),
        (90_000, 60, 6000, False),
        (101, 1, 101, True),
        (100, 1, 100, False),
        ("250", 2, 250, True),
    ],
)
def test_reach(total: object, page: int, reachable: int, has_more: bool) -> None:
    """At most 6,000 results can be paged through, and paging ends there."""
    data = _sample()
    data["totalRecords"] = total
    found = _read(data, page)
    assert (found.total, found.has_more) == (reachable, has_more)


def test_minimum_order() -> None:
    """What is sold only in larger quantities is left out; nothing is built anew when all fit."""
    page = _read(_sample(directMinOrderNum="20"))
    assert page.products[0].minimum_order_quantity == 20
    assert within_minimum(page, 10).products == ()
    assert within_minimum(page, 20) is page
    assert within_minimum(page, None) is page
