"""
The sample catalogue: `sample/*.toml`, checked and built once into the gateway's model.

The files have the structure of real listings (prices by quantity per SKU, processing days by quantity), so
that everything downstream can be seen handling it; the goods are invented.
"""

import hashlib
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cached_property
from importlib import resources
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from providers.alibaba.declaration import CODE
from providers.alibaba.freight import Country, Handling, ProcessingStep
from providers.model import (
    Category,
    DayRange,
    Dimensions,
    Money,
    MoneyRange,
    PriceTier,
    Product,
    SelectedOption,
    StockLevel,
    StockSummary,
    Variant,
    Warehouse,
)
from providers.pictures import pictograms

_PLACES = {"CN": "China", "US": "United States", "DE": "Germany", "MX": "Mexico"}


def _drawable(kind: str) -> str:
    if kind not in pictograms():
        raise ValueError(f"there is no picture of a {kind!r}")
    return kind


def _stockable(country: str) -> str:
    if country not in _PLACES:
        raise ValueError(f"the sample has no warehouse in {country!r}, only in {', '.join(_PLACES)}")
    return country


_Quantity = Annotated[int, Field(ge=1)]
_Price = Annotated[Decimal, Field(gt=0, max_digits=10, decimal_places=2)]


class _Sku(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    options: dict[str, str]
    tiers: list[tuple[_Quantity, _Price]] = Field(min_length=1)
    stock: dict[Annotated[str, AfterValidator(_stockable)], Annotated[int, Field(ge=0)]] | None = None
    """Pieces by country; left out: not known."""


class _Listing(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    title: str
    kind: Annotated[str, AfterValidator(_drawable)]
    """What its pictures show, one of `providers.pictures.pictograms`."""
    category: tuple[str, str]
    listed: date
    hs_code: str
    materials: list[str]
    weight_grams: int
    size_mm: tuple[int, int, int]
    processing: list[tuple[_Quantity, int, int]] = Field(min_length=1)
    transit: tuple[int, int]
    not_to: frozenset[Country] = frozenset()
    """Countries that carriers do not take it to."""
    skus: list[_Sku] = Field(min_length=1)

    @model_validator(mode="after")
    def _ladders_ascend(self) -> "_Listing":
        for ladder in (
            [step[0] for step in self.processing],
            *([step[0] for step in sku.tiers] for sku in self.skus),
        ):
            if ladder != sorted(set(ladder)):
                raise ValueError(f"{self.id}: the quantities {ladder} do not ascend")
        if self.processing[0][0] > min(sku.tiers[0][0] for sku in self.skus):
            raise ValueError(f"{self.id}: how long its smallest order takes is not said")
        if any(low > high for low, high in [self.transit, *(step[1:] for step in self.processing)]):
            raise ValueError(f"{self.id}: the fewest days are more than the most")
        return self


_LISTINGS = TypeAdapter(list[_Listing])


@dataclass(frozen=True, slots=True)
class Picture:
    """What one of the sample's pictures shows."""

    kind: str
    seed: str
    colour: str | None


def category_id(*path: str) -> str:
    """The id of the category at the end of a path."""
    # Nine digits as Alibaba's own have, from the names, so that editing the sample never moves an id.
    digest = hashlib.blake2b("/".join(path).encode(), digest_size=4).digest()
    return f"1{int.from_bytes(digest) % 10**8:08d}"


class Catalogue:
    """The whole sample, ready to be read; `pictures_url` is where its pictures are served."""

    def __init__(self, pictures_url: str) -> None:
        self._pictures_url = pictures_url
        self.pictures: dict[str, Picture] = {}
        """By the name under which each is served."""
        listings = _read()
        self.products: tuple[Product, ...] = tuple(self._product(listing) for listing in listings)
        """In the order of their ids."""
        self.by_id = {product.id: product for product in self.products}
        self.by_sku = {product.sku: product for product in self.products} | {
            variant.sku: product for product in self.products for variant in product.variants
        }
        self.handling: dict[str, Handling] = {
            listing.id: Handling(
                processing=tuple(
                    ProcessingStep(minimum, DayRange(low, high)) for minimum, low, high in listing.processing
                ),
                not_shipped_to=listing.not_to,
            )
            for listing in listings
        }
        """By product: what a quote needs to know and a listing does not show."""
        self.variants = {variant.id: variant for product in self.products for variant in product.variants}

    @cached_property
    def categories(self) -> tuple[Category, ...]:
        """The roots of a tree of two levels, in alphabetical order."""
        leaves: dict[str, dict[str, Category]] = {}
        for product in self.products:
            if product.category is not None:
                leaves.setdefault(product.category.path[0], {})[product.category.id] = product.category
        return tuple(
            Category(
                provider=CODE,
                id=category_id(root),
                name=root,
                path=(root,),
                children=tuple(sorted(children.values(), key=lambda child: child.name)),
            )
            for root, children in sorted(leaves.items())
        )

    @cached_property
    def warehouses(self) -> tuple[Warehouse, ...]:
        """One for each country that holds stock."""
        countries = {level.country for variant in self.variants.values() for level in variant.inventory or ()}
        return tuple(Warehouse(CODE, code, _PLACES[code], code) for code in sorted(countries))

    def _product(self, listing: _Listing) -> Product:
        variants = tuple(self._variant(listing, sku) for sku in listing.skus)
        prices = sorted(variant.price.amount for variant in variants if variant.price is not None)
        return Product(
            provider=CODE,
            id=listing.id,
            sku=f"AS-{listing.id[-6:]}",
            title=listing.title,
            is_complete=True,
            image_url=self._picture(listing, None),
            images=tuple(dict.fromkeys(variant.image_url for variant in variants if variant.image_url)),
            description=f"<p>{listing.title}. Made of {' and '.join(listing.materials)}. Invented.</p>",
            category=Category(CODE, category_id(*listing.category), listing.category[-1], listing.category),
            price=MoneyRange(Money(prices[0], "USD"), Money(prices[-1], "USD")),
            minimum_order_quantity=min(sku.tiers[0][0] for sku in listing.skus),
            stock=_summary(variants),
            processing=DayRange(*listing.processing[0][1:]),
            transit=DayRange(*listing.transit),
            weight_grams=listing.weight_grams,
            hs_code=listing.hs_code,
            materials=tuple(listing.materials),
            logistics_properties=("COMMON",),
            created_at=datetime.combine(listing.listed, time(), UTC),
            variants=variants,
        )

    def _variant(self, listing: _Listing, sku: _Sku) -> Variant:
        tiers = _tiers(sku.tiers)
        values = " ".join(sku.options.values())
        return Variant(
            provider=CODE,
            product_id=listing.id,
            id=sku.id,
            sku=f"AS-{listing.id[-6:]}-{sku.id[-6:]}",
            title=f"{listing.title} {values}".strip(),
            options=tuple(SelectedOption(name, value) for name, value in sku.options.items()),
            image_url=self._picture(listing, sku.options.get("Color")),
            price=tiers[0].unit_price,
            price_tiers=tiers,
            weight_grams=listing.weight_grams,
            dimensions=Dimensions(*listing.size_mm),
            inventory=None
            if sku.stock is None
            else tuple(
                StockLevel(country, quantity, factory_held=quantity, supplier_held=0, verified=False)
                for country, quantity in sorted(sku.stock.items())
            ),
        )

    def _picture(self, listing: _Listing, colour: str | None) -> str:
        name = "-".join(filter(None, (listing.id, (colour or "").lower().replace(" ", "-"))))
        self.pictures[name] = Picture(listing.kind, listing.id, colour)
        return f"{self._pictures_url}/{name}.svg"


def _read() -> list[_Listing]:
    folder = resources.files("providers.alibaba") / "sample"
    rows: list[object] = []
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".toml"):
            # A price written without quotes is read as the decimal it looks like, never as a float.
            rows += tomllib.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)["product"]
    listings = sorted(_LISTINGS.validate_python(rows), key=lambda listing: listing.id)
    ids = [listing.id for listing in listings] + [sku.id for listing in listings for sku in listing.skus]
    if len(ids) != len(set(ids)):
        raise ValueError("the sample catalogue has two things with one id")
    return listings


def _tiers(steps: list[tuple[int, Decimal]]) -> tuple[PriceTier, ...]:
    ends = [minimum - 1 for minimum, _ in steps[1:]]
    return tuple(
        PriceTier(minimum, maximum, Money(price, "USD"))
        for (minimum, price), maximum in zip(steps, [*ends, None], strict=True)
    )


def _summary(variants: Iterable[Variant]) -> StockSummary | None:
    total = 0
    for variant in variants:
        if variant.inventory is None:
            return None
        total += sum(level.quantity for level in variant.inventory)
    return StockSummary(total, verified=0, unverified=total)
