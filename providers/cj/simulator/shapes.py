"""
Products and variants in CJ's words, shared by the calls that show them.

CJ documentation, "Product", read 2026-11-23, with the types people see live rather than those of the tables.
"""

from datetime import UTC, datetime
from typing import Final

import orjson

from providers.cj.simulator.catalogue import details
from providers.cj.simulator.catalogue.goods import Held, Product, Variant
from providers.cj.simulator.catalogue.places import WAREHOUSES
from providers.cj.simulator.endpoint import Context
from providers.cj.simulator.envelope import Refusal
from providers.cj.simulator.freight import volume_of
from providers.cj.simulator.tokens import china_time

VERIFIED, UNVERIFIED = 1, 2
FEATURE_INVENTORY: Final = "enable_inventory"


def dollars(cents: int) -> float:
    """A JSON number of USD."""
    return cents / 100


def price_text(cents: int) -> str:
    """`"4.10"`."""
    return f"{cents // 100}.{cents % 100:02d}"


def json_text(*values: str) -> str:
    """A JSON array inside a string, as many fields have it."""
    return orjson.dumps(list(values)).decode()


def sell_price(context: Context, product: Product) -> str | float:
    """A price of listV2 and list: a range where variants differ, or what the options ask for."""
    low, high = context.world.price_range(product)
    match context.simulator.options.sell_price:
        case "number":
            return dollars(low)
        case "string":
            return price_text(low)
        case _:
            return price_text(low) if low == high else f"{price_text(low)} -- {price_text(high)}"


def suggested_text(context: Context, product: Product) -> str:
    """`"8.2-14.6"`: one hyphen, no trailing zeros."""
    factor = context.world.factor(product)
    cents = [round(variant.suggested_cents * factor) for variant in context.world.variants(product)]
    low, high = min(cents), max(cents)
    return f"{dollars(low):g}" if low == high else f"{dollars(low):g}-{dollars(high):g}"


def grams_text(product: Product, extra: int = 0) -> str:
    """`"310.0"`, or `"310.0-420.0"` when variants differ."""
    low, high = (grams + extra for grams in product.grams)
    return f"{low}.0" if low == high else f"{low}.0-{high}.0"


def utc_millis(moment_ms: int | None) -> str | None:
    """`2024-05-17T03:42:11.000+00:00`."""
    if moment_ms is None:
        return None
    moment = datetime.fromtimestamp(moment_ms / 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment_ms % 1000:03d}+00:00"


def china_millis(moment_ms: int) -> str:
    """`2024-05-17T11:42:11+08:00`."""
    return china_time(datetime.fromtimestamp(moment_ms // 1000, UTC))


def find_product(product: Product | None) -> Product:
    """
    Give a product that exists and is on sale.

    Raises:
        Refusal: 1602001 when there is none, 1602002 when it was taken down; the text ends with the pid.
    """
    if product is None:
        raise Refusal(1602001, "Product not found")
    if product.taken_down:
        raise Refusal(1602002, f"Product removed from shelves, {product.pid}")
    return product


def find_variant(context: Context, vid: str | None = None, sku: str | None = None) -> Variant:
    """
    Give a variant that exists and is on sale, by id or SKU.

    Raises:
        Refusal: 1602000 when there is none, 1602003 when it, or its product, is off the shelves.
    """
    variant = context.world.variant(vid) if vid else context.world.variant_by_sku(sku or "")
    if variant is None:
        raise Refusal(1602000, "Variant not found")
    if variant.gone or variant.product.taken_down:
        raise Refusal(1602003, f"Variant removed from shelves, {variant.vid}")
    return variant


def stock_rows(held: dict[str, Held]) -> list[dict[str, object]]:
    """Stock by warehouse, ids in braces."""
    return [
        {"stockId": WAREHOUSES[house].stock_id, "inventory": one.cj, "factoryInventory": one.factory}
        for house, one in held.items()
    ]


def inventories(context: Context, variant: Variant) -> list[dict[str, object]]:
    """The `inventories` block: one row for each country."""
    rows: list[dict[str, object]] = []
    for country in variant.stock:
        total = context.world.total(variant, country)
        rows.append(
            {
                "countryCode": country,
                "totalInventory": total.total,
                "cjInventory": total.cj,
                "factoryInventory": total.factory,
                "verifiedWarehouse": VERIFIED if country in variant.product.verified else UNVERIFIED,
                "stock": stock_rows(context.world.stock(variant, country)),
            }
        )
    return rows


def variant_json(context: Context, variant: Variant) -> dict[str, object]:
    """The variant object of product/query and variant/query."""
    product = variant.product
    length, width, height = variant.size
    single = not product.axes
    factor = context.world.factor(product)
    return {
        "vid": variant.vid,
        "pid": product.pid,
        "variantName": None,
        "variantNameEn": "" if single else f"{product.title} {' '.join(variant.values)}",
        "variantImage": None
        if single and product.seed % 2
        else context.simulator.picture(details.colour_picture(variant)),
        "variantSku": variant.sku,
        "variantStandard": f"long={length},width={width},height={height}",
        "variantUnit": None,
        "variantProperty": "[]" if product.seed % 3 == 0 else None,
        "variantKey": variant_key(variant),
        "variantLength": length,
        "variantWidth": width,
        "variantHeight": height,
        "variantVolume": volume_of(variant),
        "variantWeight": float(variant.grams),
        "variantSellPrice": dollars(context.world.price(variant)),
        "variantSugSellPrice": None
        if product.seed % 7 == 0
        else dollars(round(variant.suggested_cents * factor)),
        "createTime": utc_millis(variant.created_ms),
    }


def variant_key(variant: Variant) -> str:
    """`Black-XL`, or for some products JSON text: `["Black","XL"]`."""
    return json_text(*variant.values) if variant.product.array_keys else "-".join(variant.values)


def pictures_of(context: Context, product: Product) -> list[str]:
    """Addresses of the product's own pictures, the main one first."""
    return [context.simulator.picture(name) for name in details.picture_names(product)]


def video_ids(product: Product) -> list[str]:
    """Ids of its videos; they lead nowhere."""
    return (
        [f"{product.seed:012x}{number:020x}" for number in range(1 + product.seed % 2)]
        if product.video
        else []
    )
