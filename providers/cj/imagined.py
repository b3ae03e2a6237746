"""
Answers of the usual size that CJ never gave, for pricing a query that is not run.

They hold what a query goes on with: ids to look up, stock to ship, texts that need no second call. Where CJ
answers now more and now less, the dearer usual case is imagined. Their ids are distinct, pass as CJ's and
name nothing, for CJ has numbers and UUIDs.
"""

from decimal import Decimal
from hashlib import blake2b
from typing import Final

from providers.cj.errors import PROVIDER
from providers.cj.limits import SEARCH_PAGE_SIZE, SEARCH_REACH
from providers.model import (
    Category,
    DayRange,
    Dimensions,
    Money,
    MoneyRange,
    PriceTier,
    Product,
    Review,
    ReviewPage,
    SearchPage,
    SelectedOption,
    Sourcing,
    SourcingStatus,
    StockLevel,
    StockSummary,
    Variant,
    Warehouse,
)
from providers.port import REVIEW_PAGE_SIZE

_TEXT: Final = "imagined"
_WAREHOUSE: Final = "imagined-warehouse"
_PRICE: Final = Money(Decimal(10), "USD")
_PRICES: Final = MoneyRange(_PRICE, _PRICE)
_GRAMS: Final = 500
# Enough for any quantity that is asked for.
_PIECES: Final = 1_000_000
_DAYS: Final = DayRange(1, 3)
_CATEGORY: Final = Category(PROVIDER, _TEXT, _TEXT, (_TEXT, _TEXT, _TEXT))

STOCK: Final = StockSummary(_PIECES, 0, _PIECES)
INVENTORY: Final = (StockLevel("CN", _PIECES, 0, _PIECES, verified=False, warehouse_id=_WAREHOUSE),)
"""Nearly all of CJ's stock lies in China; one warehouse, because most products share a few."""
CATEGORIES: Final = (_CATEGORY,)
WAREHOUSES: Final = (Warehouse(PROVIDER, "0", _TEXT, "CN"),)


def search_page(query: tuple[tuple[str, str], ...], page: int, *, described: bool) -> SearchPage:
    """A full page of a search that has many; other queries find other products."""
    return SearchPage(
        _listed(query, SEARCH_PAGE_SIZE, description=_TEXT if described else None),
        SEARCH_REACH,
        has_more=page * SEARCH_PAGE_SIZE < SEARCH_REACH,
    )


def last_page(query: tuple[tuple[str, str], ...], size: int) -> SearchPage:
    """A full page with nothing behind it: the account's own list is seldom longer."""
    return SearchPage(_listed(query, size, description=None), None, has_more=False)


def product(product_id: str, sku: str = _TEXT) -> Product:
    """Everything about a product with one variant."""
    return Product(
        provider=PROVIDER,
        id=product_id,
        sku=sku,
        title=_TEXT,
        is_complete=True,
        description=_TEXT,
        category=_CATEGORY,
        price=_PRICES,
        suggested_retail_price=_PRICES,
        stock=STOCK,
        processing=_DAYS,
        weight_grams=_GRAMS,
        hs_code="9999999999",
        materials=(_TEXT,),
        logistics_properties=("COMMON",),
        shipped_by_maker=False,
        variants=(_variant(product_id, _id("variant", product_id), sku),),
    )


def product_with_sku(sku: str) -> Product:
    """The product that has this SKU, and whose variant has it too."""
    return product(_id("sku", sku), sku)


def variant(variant_id: str) -> Variant:
    """One variant of a product of its own."""
    return _variant(_id("product", variant_id), variant_id, _TEXT)


def warehouse(warehouse_id: str) -> Warehouse:
    """One warehouse in detail."""
    return Warehouse(PROVIDER, warehouse_id, _TEXT, "CN", city=_TEXT, province=_TEXT, carriers=(_TEXT,))


def review_page() -> ReviewPage:
    """A full page with nothing behind it: few products have more reviews."""
    reviews = tuple(
        Review(_id("review", str(number)), 5, _TEXT, _TEXT, "US", None) for number in range(REVIEW_PAGE_SIZE)
    )
    return ReviewPage(reviews, len(reviews), has_more=False)


def sourcing(sourcing_id: str) -> Sourcing:
    """A request for which a product was found."""
    return Sourcing(
        PROVIDER, sourcing_id, SourcingStatus.FOUND, product_id=_id("product", sourcing_id), variant_sku=_TEXT
    )


def _listed(query: tuple[tuple[str, str], ...], size: int, *, description: str | None) -> tuple[Product, ...]:
    of_query = _id("search", repr(query))
    return tuple(
        Product(
            provider=PROVIDER,
            id=f"{of_query}-{number}",
            sku=_TEXT,
            title=_TEXT,
            is_complete=False,
            description=description,
            category=_CATEGORY,
            price=_PRICES,
            stock=STOCK,
            processing=_DAYS,
        )
        for number in range(size)
    )


def _variant(product_id: str, variant_id: str, sku: str) -> Variant:
    return Variant(
        provider=PROVIDER,
        product_id=product_id,
        id=variant_id,
        sku=sku,
        title=_TEXT,
        options=(SelectedOption(_TEXT, _TEXT),),
        price=_PRICE,
        suggested_retail_price=_PRICE,
        price_tiers=(PriceTier(1, None, _PRICE),),
        weight_grams=_GRAMS,
        dimensions=Dimensions(100, 100, 100),
        inventory=INVENTORY,
    )


def _id(kind: str, of: str) -> str:
    digest = blake2b(of.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return f"{_TEXT}-{kind}-{digest}"
