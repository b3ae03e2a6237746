"""
How much there is and where: CJ's country rows and the warehouses inside them, as rows that never overlap.

CJ keeps three things apart and so do we: *cj* stock lies in a CJ warehouse, *factory* stock is promised by
the supplier, *verified* means counted by CJ. Nearly every Chinese variant is all factory and unverified, so a
shop that counts only verified stock sees nothing, and one that sums without looking sells promises.

What cannot be read is unknown (None), never zero: "no stock" is only what CJ says in so many rows.

CJ documentation, "Product: Inventory", read 2026-11-23. queryByVid writes `totalInventoryNum` where
getInventoryByPid's variant rows and `inventories` write `totalInventory`; the product sums of
getInventoryByPid have `Num` again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from pydantic import AliasChoices, Field, TypeAdapter, ValidationError

from providers.cj import imagined
from providers.cj.errors import PROVIDER
from providers.cj.parsing import Count, Id, Sent, Text, unreadable, without_braces
from providers.cj.rows import faults, malformed
from providers.errors import NotFound
from providers.model import StockLevel, StockSummary
from providers.upstream import Call, CallPolicy, Json

_COUNTRY_LETTERS: Final = 2
_VERIFIED: Final = {1: True, 2: False}


class SentPlace(Sent):
    """One warehouse of a country row."""

    id: Id = Field(alias="stockId")
    cj: Count = Field(None, alias="inventory")
    factory: Count = Field(None, alias="factoryInventory")


class SentStock(Sent):
    """One country, or in CJ's words area."""

    country: Text = Field(None, alias="countryCode")
    area: Text = Field(None, alias="areaEn")
    total: Count = Field(
        None, validation_alias=AliasChoices("totalInventory", "totalInventoryNum", "storageNum")
    )
    cj: Count = Field(None, validation_alias=AliasChoices("cjInventory", "cjInventoryNum"))
    factory: Count = Field(None, validation_alias=AliasChoices("factoryInventory", "factoryInventoryNum"))
    verified: Count = Field(None, alias="verifiedWarehouse")
    places: list[SentPlace] | None = Field(None, alias="stock")


_ROWS: Final = TypeAdapter(list[SentStock])


@dataclass(frozen=True, slots=True)
class ProductStock:
    """What getInventoryByPid says."""

    of_variants: dict[str, tuple[StockLevel, ...] | None]
    """By variant id. A variant that is not in here was not mentioned: unknown."""
    summary: StockSummary | None
    """Sums over the product, which need not agree with the variants."""


def stock_levels(rows: Any) -> tuple[StockLevel, ...] | None:
    """
    Read the stock rows of one variant.

    Returns:
        Rows that add up to the variant's stock; empty when CJ says there is none anywhere; None when CJ does
        not say, or says it in a way that cannot be trusted, because half of the rows would be a wrong total.
    """
    if rows is None:
        return None
    try:
        sent = _ROWS.validate_python(rows)
    except ValidationError as error:
        unreadable("stock", faults(error))
        return None
    levels: list[StockLevel] = []
    for row in sent:
        country = (row.country or "").upper()
        total = _total(row)
        if len(country) != _COUNTRY_LETTERS or total is None:
            unreadable("stock row", f"country {country!r}, total {total!r}")
            return None
        levels += _levels(row, country, total)
    return tuple(levels)


def summarise(levels: Iterable[tuple[StockLevel, ...] | None]) -> StockSummary | None:
    """Add up the stock of all variants; None when that of one is unknown."""
    total = verified = 0
    all_told = True
    for rows in levels:
        if rows is None:
            return None
        for row in rows:
            total += row.quantity
            verified += row.quantity if row.verified else 0
            all_told = all_told and row.verified is not None
    return StockSummary(total, verified, total - verified) if all_told else StockSummary(total)


def product_stock_call(policy: CallPolicy, product_id: str) -> Call[ProductStock]:
    """Ask for the stock of all variants of a product; 10 points. The fallback for missing `inventories`."""
    return Call(
        policy,
        "GET",
        "/product/stock/getInventoryByPid",
        read=_read_product_stock,
        query=(("pid", product_id),),
        is_empty=lambda stock: not stock.of_variants,
        imagine=lambda: ProductStock({}, imagined.STOCK),
    )


def variant_stock_call(policy: CallPolicy, variant_id: str) -> Call[tuple[StockLevel, ...]]:
    """Ask for the stock of one variant; 10 points. Says nothing about verification."""
    return Call(
        policy,
        "GET",
        "/product/stock/queryByVid",
        read=_read_variant_stock,
        query=(("vid", variant_id),),
        is_empty=lambda levels: not levels,
        imagine=lambda: imagined.INVENTORY,
    )


def _read_product_stock(data: Json) -> ProductStock:
    if not isinstance(data, dict):
        raise malformed("the stock of a product is missing")
    variants = data.get("variantInventories")
    if not isinstance(variants, list):
        raise malformed("variantInventories is missing")
    of_variants: dict[str, tuple[StockLevel, ...] | None] = {}
    for entry in variants:
        vid = entry.get("vid") if isinstance(entry, dict) else None
        if vid:
            of_variants[str(vid)] = stock_levels(entry.get("inventory"))
    sums = stock_levels(data.get("inventories"))
    return ProductStock(
        of_variants, None if sums is None else StockSummary(sum(row.quantity for row in sums))
    )


def _read_variant_stock(data: Json) -> tuple[StockLevel, ...]:
    if data is None:
        raise NotFound("CJ has no stock record of this variant.", provider=PROVIDER)
    levels = stock_levels(data)
    if levels is None:
        raise malformed("the stock rows of a variant cannot be read")
    return levels


def _total(row: SentStock) -> int | None:
    if row.total is not None:
        return row.total
    if row.cj is not None and row.factory is not None:
        return row.cj + row.factory
    return None


def _levels(row: SentStock, country: str, total: int) -> list[StockLevel]:
    """One row per warehouse, and one for what lies in none of them."""
    verified = _VERIFIED.get(row.verified or 0)
    whole = StockLevel(country, total, row.cj, row.factory, verified)
    places = row.places or []
    if not places or any(place.cj is None or place.factory is None for place in places):
        return [whole]
    parts = [
        StockLevel(
            country,
            (place.cj or 0) + (place.factory or 0),
            place.cj,
            place.factory,
            verified,
            warehouse_id=without_braces(place.id),
        )
        for place in places
    ]
    rest = total - sum(part.quantity for part in parts)
    if rest < 0:
        # The warehouses hold more than their country: one of the two is old. The country's sum is what CJ
        # checks orders against, and the smaller figure sells nothing that is not there.
        return [whole]
    if rest:
        cj_rest = None if row.cj is None else max(0, row.cj - sum(place.cj or 0 for place in places))
        factory_rest = (
            None if row.factory is None else max(0, row.factory - sum(place.factory or 0 for place in places))
        )
        parts.append(StockLevel(country, rest, cj_rest, factory_rest, verified))
    return parts
