"""
What suppliers sell, in our words: frozen, without any I/O.

Adapters check what a supplier sent and build these once per answer; everything to the left of the port reads
them. Amounts are `Money`,
times aware UTC, countries ISO 3166-1 alpha-2, weights in grams, lengths in millimetres. `None` always means
"the supplier does not say", never zero: unknown stock is not "no stock".
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount in one currency; there is no amount without its currency to reckon with."""

    amount: Decimal
    currency: str
    """ISO 4217 code."""


@dataclass(frozen=True, slots=True)
class MoneyRange:
    """From the cheapest to the dearest, both included; equal when there is one price."""

    low: Money
    high: Money


@dataclass(frozen=True, slots=True)
class DayRange:
    """Whole days, both ends included."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Dimensions:
    """Outer size in millimetres."""

    length_mm: int
    width_mm: int
    height_mm: int


@dataclass(frozen=True, slots=True)
class PriceTier:
    """The unit price for quantities from `minimum` to `maximum`."""

    minimum: int
    maximum: int | None
    """None: open upwards."""
    unit_price: Money


@dataclass(frozen=True, slots=True)
class Category:
    """A node of the supplier's category tree."""

    provider: str
    id: str
    """The supplier's id, or one made from the path where the supplier has none for this level."""
    name: str
    path: tuple[str, ...]
    """Names from the root down to this one."""
    children: tuple["Category", ...] = ()
    searchable: bool = True
    """Whether a search can be narrowed to it."""


@dataclass(frozen=True, slots=True)
class Warehouse:
    """A place, or an area of places, that goods leave from."""

    provider: str
    id: str
    name: str
    country: str
    city: str | None = None
    province: str | None = None
    carriers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StockLevel:
    """
    How much of one variant lies in one country or one warehouse of it.

    The rows of one variant never overlap: added up they are its stock. A country whose warehouses are told
    apart has one row for each of them (and one without a warehouse for what the supplier did not assign), not
    a sum beside them.
    """

    country: str
    quantity: int
    """Pieces that can be ordered: supplier-held plus factory-held."""
    supplier_held: int | None = None
    """Pieces that lie in the supplier's own warehouse."""
    factory_held: int | None = None
    """Pieces that a factory promises."""
    verified: bool | None = None
    """Whether the supplier counted them itself."""
    warehouse_id: str | None = None
    """None: the supplier does not say which of the country's warehouses."""
    warehouse_name: str | None = None


@dataclass(frozen=True, slots=True)
class StockSummary:
    """A product's stock over all variants and warehouses."""

    total: int
    verified: int | None = None
    unverified: int | None = None


@dataclass(frozen=True, slots=True)
class SelectedOption:
    """One axis of a variant and its value: Color = Black."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Variant:
    """What can be ordered: one SKU of a product."""

    provider: str
    product_id: str
    id: str
    sku: str | None
    title: str
    options: tuple[SelectedOption, ...] = ()
    image_url: str | None = None
    price: Money | None = None
    """One unit at the smallest quantity that can be ordered."""
    suggested_retail_price: Money | None = None
    price_tiers: tuple[PriceTier, ...] = ()
    weight_grams: int | None = None
    dimensions: Dimensions | None = None
    inventory: tuple[StockLevel, ...] | None = None
    """None: this answer did not carry stock; empty: it did, and there is none anywhere."""


@dataclass(frozen=True, slots=True)
class Product:
    """
    What is listed. A search may give it without `variants`; a look-up by id gives all of it.

    What such a search leaves out is None (or empty); `is_complete` tells the two apart.
    """

    provider: str
    id: str
    sku: str | None
    title: str
    is_complete: bool
    url: str | None = None
    image_url: str | None = None
    images: tuple[str, ...] = ()
    description: str | None = None
    """HTML as the supplier wrote it: unsafe until cleaned."""
    category: Category | None = None
    price: MoneyRange | None = None
    list_price: MoneyRange | None = None
    """Before discount; None when there is no discount."""
    suggested_retail_price: MoneyRange | None = None
    minimum_order_quantity: int = 1
    free_shipping: bool | None = None
    listed_count: int | None = None
    """How many shops list it, as the supplier counts."""
    stock: StockSummary | None = None
    processing: DayRange | None = None
    transit: DayRange | None = None
    weight_grams: int | None = None
    hs_code: str | None = None
    materials: tuple[str, ...] = ()
    logistics_properties: tuple[str, ...] = ()
    """What carriers must know: COMMON, BATTERY, LIQUID ..., in the supplier's words."""
    shipped_by_maker: bool | None = None
    """Whether whoever makes it sends it, at prices of its own, and not the supplier. None: not said."""
    imported: bool | None = None
    created_at: datetime | None = None
    variants: tuple[Variant, ...] = ()

    @property
    def delivery_estimate(self) -> DayRange | None:
        """Processing plus transit, as far as the supplier says anything."""
        known = [days for days in (self.processing, self.transit) if days is not None]
        return DayRange(sum(days.low for days in known), sum(days.high for days in known)) if known else None


@dataclass(frozen=True, slots=True)
class Review:
    """What a buyer wrote."""

    id: str
    score: int | None
    """1 to 5."""
    text: str
    author: str | None
    """Masked by the supplier."""
    country: str | None
    written_at: datetime | None
    images: tuple[str, ...] = ()


class ProductSort(StrEnum):
    """Order of a search."""

    BEST_MATCH = "BEST_MATCH"
    POPULARITY = "POPULARITY"
    PRICE_ASC = "PRICE_ASC"
    PRICE_DESC = "PRICE_DESC"
    NEWEST = "NEWEST"
    STOCK = "STOCK"


class ProductFlag(StrEnum):
    """A supplier's own marks."""

    TRENDING = "TRENDING"
    NEW = "NEW"
    VIDEO = "VIDEO"
    SLOW_MOVING = "SLOW_MOVING"


class SalesPlatform(StrEnum):
    """Where the goods will be sold."""

    SHOPIFY = "SHOPIFY"
    EBAY = "EBAY"
    AMAZON = "AMAZON"
    TIKTOK = "TIKTOK"
    ETSY = "ETSY"


class SearchFilter(StrEnum):
    """
    Names of the filters of a search, as the public schema spells them; a provider declares those it honours.
    """

    QUERY = "query"
    CATEGORY = "categoryId"
    SHIPS_FROM = "shipsFrom"
    MIN_PRICE = "minPrice"
    MAX_PRICE = "maxPrice"
    FREE_SHIPPING = "freeShipping"
    MIN_STOCK = "minStock"
    VERIFIED_STOCK_ONLY = "verifiedStockOnly"
    PRODUCT_FLAG = "productFlag"
    PLATFORM = "platform"
    MAX_MINIMUM_ORDER_QUANTITY = "maxMinimumOrderQuantity"


@dataclass(frozen=True, slots=True)
class ProductSearch:
    """What to search for. None: not filtered by it."""

    query: str | None = None
    category_id: str | None = None
    """The supplier's own id."""
    ships_from: str | None = None
    min_price: Decimal | None = None
    """USD."""
    max_price: Decimal | None = None
    free_shipping: bool | None = None
    min_stock: int | None = None
    verified_stock_only: bool | None = None
    product_flag: ProductFlag | None = None
    platform: SalesPlatform | None = None
    max_minimum_order_quantity: int | None = None
    sort: ProductSort = ProductSort.BEST_MATCH

    def filters(self) -> frozenset[SearchFilter]:
        """The filters that are set."""
        values = {
            SearchFilter.QUERY: self.query,
            SearchFilter.CATEGORY: self.category_id,
            SearchFilter.SHIPS_FROM: self.ships_from,
            SearchFilter.MIN_PRICE: self.min_price,
            SearchFilter.MAX_PRICE: self.max_price,
            SearchFilter.FREE_SHIPPING: self.free_shipping,
            SearchFilter.MIN_STOCK: self.min_stock,
            SearchFilter.VERIFIED_STOCK_ONLY: self.verified_stock_only or None,
            SearchFilter.PRODUCT_FLAG: self.product_flag,
            SearchFilter.PLATFORM: self.platform,
            SearchFilter.MAX_MINIMUM_ORDER_QUANTITY: self.max_minimum_order_quantity,
        }
        return frozenset(name for name, value in values.items() if value is not None)


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of one supplier's results."""

    products: tuple[Product, ...]
    total: int | None
    """All results that can be reached by paging; None when the supplier does not say."""
    has_more: bool


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """One page of a product's reviews."""

    reviews: tuple[Review, ...]
    total: int | None
    """All reviews with the score that was asked for; None when the supplier does not say."""
    has_more: bool


@dataclass(frozen=True, slots=True)
class SourcingRequest:
    """A wish that the supplier finds a product."""

    product_name: str
    image_url: str
    product_url: str | None = None
    target_price: Decimal | None = None
    """USD."""
    note: str | None = None
    reference: str | None = None
    """The caller's own id for the thing."""


class SourcingStatus(StrEnum):
    """What became of a sourcing request."""

    PENDING = "PENDING"
    FOUND = "FOUND"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Sourcing:
    """A sourcing request as the supplier keeps it."""

    provider: str
    id: str
    status: SourcingStatus
    raw_status: str | None = None
    """The supplier's own word."""
    product_id: str | None = None
    """The product that was found."""
    variant_sku: str | None = None
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """What the supplier tells about the account that the gateway uses."""

    name: str | None
    is_sandbox: bool | None
    requests_per_second: int | None = None
