"""
Search: `product/listV2`.

50 points a page whatever its size, so pages are of 100 and always carry categories.

CJ documentation, "Product: Product List V2", read 2026-11-23, and operators' observations: prices are text
and may be ranges, many fields are null, at most 6,000 results of a search can be reached however many there
are.
"""

from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from pydantic import Field, TypeAdapter

from providers.cj import imagined
from providers.cj.errors import PROVIDER
from providers.cj.limits import SEARCH_PAGE_SIZE, SEARCH_REACH, SEARCH_TEXT
from providers.cj.links import product_url
from providers.cj.parsing import (
    Count,
    Days,
    Flag,
    Id,
    Moment,
    Price,
    Prices,
    Sent,
    Text,
    Texts,
    count_of,
    money_range,
)
from providers.cj.rows import malformed, read_rows
from providers.errors import InvalidRequest
from providers.model import (
    Category,
    MoneyRange,
    Product,
    ProductFlag,
    ProductSearch,
    ProductSort,
    SalesPlatform,
    SearchFilter,
    SearchPage,
    StockSummary,
)
from providers.upstream import Call, CallPolicy, Json

FILTERS: Final = frozenset(SearchFilter)
"""All of ours. CJ cannot filter by minimum order but sells nearly everything singly; we honour that one."""
SORTS: Final = MappingProxyType(
    {
        ProductSort.BEST_MATCH: (),
        ProductSort.POPULARITY: (("orderBy", "1"), ("sort", "desc")),
        ProductSort.PRICE_ASC: (("orderBy", "2"), ("sort", "asc")),
        ProductSort.PRICE_DESC: (("orderBy", "2"), ("sort", "desc")),
        ProductSort.NEWEST: (("orderBy", "3"), ("sort", "desc")),
        ProductSort.STOCK: (("orderBy", "4"), ("sort", "desc")),
    }
)
_FLAGS: Final = MappingProxyType(
    {ProductFlag.TRENDING: "0", ProductFlag.NEW: "1", ProductFlag.VIDEO: "2", ProductFlag.SLOW_MOVING: "3"}
)
_PLATFORMS: Final = MappingProxyType({platform: platform.value.lower() for platform in SalesPlatform})
_CENT: Final = Decimal("0.01")
LAST_PAGE: Final = SEARCH_REACH // SEARCH_PAGE_SIZE


class SentListing(Sent):
    """CJ's product as a search shows it: without variants."""

    id: Id
    name: Text = Field(None, alias="nameEn")
    sku: Text = None
    spu: Text = None
    image: Texts = Field((), alias="bigImage")
    price: Prices = Field(None, alias="sellPrice")
    now_price: Prices = Field(None, alias="nowPrice")
    discount_price: Prices = Field(None, alias="discountPrice")
    discount_percent: Price = Field(None, alias="discountPriceRate")
    currency: Text = None
    listed: Count = Field(None, alias="listedNum")
    category_id: Text = Field(None, alias="categoryId")
    category_3: Text = Field(None, alias="threeCategoryName")
    category_2: Text = Field(None, alias="twoCategoryName")
    category_1: Text = Field(None, alias="oneCategoryName")
    free_shipping: Flag = Field(None, alias="addMarkStatus")
    created: Moment = Field(None, alias="createAt")
    stock_total: Count = Field(None, alias="warehouseInventoryNum")
    stock_verified: Count = Field(None, alias="totalVerifiedInventory")
    stock_unverified: Count = Field(None, alias="totalUnVerifiedInventory")
    imported: Flag = Field(None, alias="myProduct")
    description: Text = None
    delivery: Days = Field(None, alias="deliveryCycle")
    minimum: Count = Field(None, alias="directMinOrderNum")


LISTINGS: Final = TypeAdapter(list[SentListing])
_LISTING: Final = TypeAdapter(SentListing)


def search_call(
    policy: CallPolicy, search: ProductSearch, page: int, *, with_description: bool, with_url: bool
) -> Call[SearchPage]:
    """
    Describe one page of a search. What is not filtered is not sent, so that equal searches are one call.

    Raises:
        InvalidRequest: CJ would refuse it, so it is not asked.
    """
    text = (search.query or "").strip()
    if len(text) > SEARCH_TEXT:
        raise InvalidRequest(
            f"CJ searches for at most {SEARCH_TEXT} characters; this text has {len(text)}.",
            provider=PROVIDER,
            operation=policy.operation,
        )
    query = [("page", str(page)), ("size", str(SEARCH_PAGE_SIZE)), ("features", "enable_category")]
    if with_description:
        query.append(("features", "enable_description"))
    query += [(name, value) for name, value in _filters(search, text).items() if value is not None]
    query += SORTS[search.sort]
    return Call(
        policy,
        "GET",
        "/product/listV2",
        read=lambda data: _read_page(data, page, with_url=with_url),
        query=tuple(query),
        is_empty=lambda result: _contradicts_itself(result, page),
        imagine=lambda: imagined.search_page(tuple(query), page, described=with_description),
    )


def within_minimum(page: SearchPage, largest: int | None) -> SearchPage:
    """Leave out what is only sold in larger quantities than `largest`; the same page when nothing is."""
    if largest is None or all(product.minimum_order_quantity <= largest for product in page.products):
        return page
    return replace(
        page, products=tuple(item for item in page.products if item.minimum_order_quantity <= largest)
    )


def _filters(search: ProductSearch, text: str) -> dict[str, str | None]:
    return {
        "keyWord": text or None,
        "categoryId": search.category_id,
        "countryCode": search.ships_from,
        "startSellPrice": _plain(search.min_price),
        "endSellPrice": _plain(search.max_price),
        "addMarkStatus": None if search.free_shipping is None else str(int(search.free_shipping)),
        "startWarehouseInventory": None if search.min_stock is None else str(search.min_stock),
        "verifiedWarehouse": "1" if search.verified_stock_only else None,
        "productFlag": search.product_flag and _FLAGS[search.product_flag],
        "zonePlatform": search.platform and _PLATFORMS[search.platform],
    }


def _plain(amount: Any) -> str | None:
    # Never "1E+2": CJ's parser is not known to read exponents. One spelling per amount keeps equal searches
    # equal.
    return None if amount is None else format(amount.normalize(), "f")


def _read_page(data: Json, page: int, *, with_url: bool) -> SearchPage:
    if not isinstance(data, dict):
        raise malformed("the result of a search is missing")
    content = data.get("content")
    if not isinstance(content, list):
        raise malformed("the content of a search is missing")
    rows: list[Any] = []
    for part in content:
        found = part.get("productList") if isinstance(part, dict) else None
        if found is not None and not isinstance(found, list):
            raise malformed("productList is not a list")
        rows += found or []
    try:
        total = count_of(data.get("totalRecords"))
    except ValueError as error:
        raise malformed("totalRecords is not a count") from error
    sent = read_rows(LISTINGS, _LISTING, rows, "product")
    # CJ says "nothing found" with one element of `content` whose list is empty. No element at all is not how
    # it answers, so the zero beside it is not believed either.
    reachable = None if total is None or not content else min(total, SEARCH_REACH)
    return SearchPage(
        # The same product twice on a page would be two nodes of one id.
        products=tuple({item.id: _to_product(item, with_url=with_url) for item in sent}.values()),
        total=reachable,
        has_more=bool(rows) and page < LAST_PAGE and _goes_on(page, len(rows), reachable),
    )


def _goes_on(page: int, rows: int, reachable: int | None) -> bool:
    return rows >= SEARCH_PAGE_SIZE if reachable is None else page * SEARCH_PAGE_SIZE < reachable


def _contradicts_itself(result: SearchPage, page: int) -> bool:
    """
    Whether an empty page is suspicious.

    That is when its own total says that something should be on it, or when it has no total.

    "Nothing found", said properly, is believed at once: asking again would cost 50 points for every odd word.
    """
    if result.products:
        return False
    return result.total is None or result.total > (page - 1) * SEARCH_PAGE_SIZE


def _to_product(sent: SentListing, *, with_url: bool) -> Product:
    title = sent.name or sent.sku or sent.spu or sent.id
    price, list_price = _prices(sent)
    return Product(
        provider=PROVIDER,
        id=sent.id,
        sku=sent.sku or sent.spu,
        title=title,
        is_complete=False,
        url=product_url(sent.id, title) if with_url else None,
        image_url=next(iter(sent.image), None),
        images=sent.image,
        description=sent.description,
        category=_category(sent),
        price=price,
        list_price=list_price,
        minimum_order_quantity=max(1, sent.minimum or 1),
        free_shipping=sent.free_shipping,
        listed_count=sent.listed,
        stock=_stock(sent),
        # "deliveryCycle" is known before there is a destination, so it is CJ's own part: until the parcel
        # leaves.
        processing=sent.delivery,
        imported=sent.imported,
        created_at=sent.created,
    )


def _prices(sent: SentListing) -> tuple[MoneyRange | None, MoneyRange | None]:
    """
    What one unit costs now, and before a discount if there is one.

    CJ names three prices without saying how they relate. `sellPrice` is always there; `nowPrice`, where
    filled, is by its name and in clients' use what is charged now. `discountPrice` could be a price or an
    amount off, so it counts only where `discountPriceRate` (percent off) agrees that it is a price. In doubt
    the higher price is shown: an order that costs less than expected hurts nobody.
    """
    if sent.price is None:
        return money_range(sent.now_price, sent.currency), None
    reduced = sent.now_price
    if reduced is None and sent.discount_price and sent.discount_percent and sent.price[0] == sent.price[1]:
        implied = sent.price[0] * (100 - sent.discount_percent) / 100
        # The rate is a whole percent, so the price may be half a percent off it, and a cent.
        if abs(implied - sent.discount_price[0]) <= sent.price[0] / 200 + _CENT:
            reduced = sent.discount_price
    full = money_range(sent.price, sent.currency)
    if reduced is None or reduced == sent.price or reduced[0] > sent.price[0] or reduced[1] > sent.price[1]:
        return full, None
    return money_range(reduced, sent.currency), full


def _category(sent: SentListing) -> Category | None:
    if sent.category_id is None:
        return None
    path = tuple(name for name in (sent.category_1, sent.category_2, sent.category_3) if name)
    return Category(PROVIDER, sent.category_id, sent.category_3 or sent.category_id, path)


def _stock(sent: SentListing) -> StockSummary | None:
    total, verified, unverified = sent.stock_total, sent.stock_verified, sent.stock_unverified
    if total is None and verified is not None and unverified is not None:
        total = verified + unverified
    return None if total is None else StockSummary(total, verified, unverified)
