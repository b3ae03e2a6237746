"""A shop around the corner with three products: the least that a provider outside the tree needs."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TypeVar

from providers import declaring, model, port, shipping
from providers.errors import NotFound
from providers.skeleton import Skeleton
from providers.upstream import Ask, Fetched, Limits, Source

T = TypeVar("T")

FEATURES = (declaring.Feature.PRODUCT_SEARCH, declaring.Feature.PRODUCT_DETAIL, declaring.Feature.QUOTES)
POSTAGE = model.Money(Decimal("4.90"), "EUR")
DECLARATION = declaring.Declaration(
    code="corner-shop",
    name="Corner Shop",
    homepage=None,
    mode=declaring.Mode.SAMPLE,
    sampled_on=date(2026, 11, 1),
    capabilities=tuple(declaring.Capability(each, declaring.Support.SUPPORTED) for each in FEATURES),
    terms=declaring.Terms(*["Ask at the counter."] * 9),
    limits=Limits(account="counter"),
    freshness={},
    filters=frozenset({model.SearchFilter.QUERY}),
    sorts=frozenset({model.ProductSort.BEST_MATCH}),
    search_page_size=10,
)


def _product(number: str, title: str, euros: str, stock: int) -> model.Product:
    shop, sku, price = DECLARATION.code, f"SHOP-{number}", model.Money(Decimal(euros), "EUR")
    tiers, inventory = (model.PriceTier(1, None, price),), (model.StockLevel("DE", stock),)
    variant = model.Variant(
        shop, number, f"{number}-1", sku, title, price=price, price_tiers=tiers, inventory=inventory
    )
    prices, total = model.MoneyRange(price, price), model.StockSummary(stock)
    return model.Product(
        shop, number, sku, title, is_complete=True, price=prices, stock=total, variants=(variant,)
    )


SHELF = (
    _product("1", "Paper Lantern", "3.50", 12),
    _product("2", "Tin Lantern", "9.90", 4),
    _product("3", "Jar of Honey", "6.20", 0),
)


class CornerShop(Skeleton):
    """Searches, finds and sends by bicycle; refuses everything else."""

    async def search(
        self, search: model.ProductSearch, page: int, *, with_description: bool, ask: Ask
    ) -> Fetched[model.SearchPage]:
        """Every word has to be in the title."""
        words = (search.query or "").lower().split()
        found = tuple(each for each in SHELF if all(word in each.title.lower() for word in words))
        return _fetched(model.SearchPage(found if page == 1 else (), len(found), has_more=False))

    async def product(self, product_id: str, ask: Ask) -> Fetched[model.Product]:
        """By its number on the shelf."""
        return _found({each.id: each for each in SHELF}, product_id)

    async def product_by_sku(self, sku: str, ask: Ask) -> Fetched[model.Product]:
        """By the label."""
        return _found({f"{each.sku}": each for each in SHELF}, sku)

    async def variant(self, variant_id: str, ask: Ask) -> Fetched[model.Variant]:
        """There is one of each product."""
        return _found({each.variants[0].id: each.variants[0] for each in SHELF}, variant_id)

    async def shipping_options(
        self, parcels: tuple[shipping.Parcel, ...], ask: Ask
    ) -> Fetched[tuple[shipping.ParcelOptions, ...]]:
        """One price for any parcel, within the country."""
        fee = shipping.Cost(shipping.CostKind.SHIPPING, POSTAGE, shipping.Certainty.KNOWN)
        bicycle = shipping.ShippingOption("Bicycle", (fee,), transit=model.DayRange(1, 2))
        home = [(parcel.origin, parcel.destination.country) == ("DE", "DE") for parcel in parcels]
        return _fetched(tuple(shipping.ParcelOptions((bicycle,) if each else ()) for each in home))


def build(context: port.ProviderContext) -> CornerShop:
    """Nothing needs to be opened."""
    del context
    return CornerShop(DECLARATION)


def _found(things: dict[str, T], key: str) -> Fetched[T]:
    if key not in things:
        raise NotFound("That is not on the shelf.", provider=DECLARATION.code, operation="product")
    return _fetched(things[key])


def _fetched(value: T) -> Fetched[T]:
    return Fetched(value, datetime(2026, 11, 1, tzinfo=UTC), None, Source.SAMPLE)
