"""
The older, thinner product list.

CJ documentation, "Product: Product List", read 2026-11-23.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

from providers.cj.simulator.catalogue.goods import Product
from providers.cj.simulator.catalogue.search import words_of
from providers.cj.simulator.endpoint import Context, get
from providers.cj.simulator.envelope import Answer, Refusal
from providers.cj.simulator.inputs import Inputs, param_error
from providers.cj.simulator.routes.search import FLAGS, YES_OR_NO, Claim, candidates, is_upward, verification
from providers.cj.simulator.shapes import json_text, pictures_of, sell_price


def list_old(context: Context) -> Answer:
    """One page of the older, thinner list."""
    asked = context.inputs
    page, size = asked.page("pageNum", 1, 1_000_000), asked.page("pageSize", 20, 200)
    if page * size > context.simulator.options.record_cap:
        raise Refusal(1600300, f"The max offset is {context.simulator.options.record_cap}")
    claims = _claims_old(context)
    found = [product for product in candidates(context, None) if all(claim(product) for claim in claims)]
    order = asked.text("orderBy") or "createAt"
    if order not in ("createAt", "listedNum"):
        raise param_error()
    found.sort(key=lambda product: product.index)
    found.sort(
        key=lambda product: product.listed if order == "listedNum" else product.created_ms,
        reverse=not is_upward(asked),
    )
    shown = found[(page - 1) * size : page * size]
    return Answer(
        {
            "pageNum": page,
            "pageSize": size,
            "total": len(found),
            "list": [_item_old(context, product) for product in shown],
        }
    )


def _claims_old(context: Context) -> list[Claim]:
    asked, world = context.inputs, context.world
    claims: list[Claim] = []
    for name, value_of in _SAME.items():
        if wanted := asked.text(name):
            claims.append(lambda product, value_of=value_of, wanted=wanted: value_of(product) == wanted)  # type: ignore[misc]
    if english := asked.text("productNameEn", 200):
        wanted_words = words_of(english)
        claims.append(lambda product: all(word in words_of(product.title) for word in wanted_words))
    if chinese := asked.text("productName", 200):
        claims.append(lambda product: chinese in product.chinese)
    if country := asked.text("countryCode", 20):
        claims.append(lambda product: world.product_total(product, country).total > 0)
    for low, high, measure in _bounds(context):
        if low is not None:
            claims.append(lambda product, low=low, measure=measure: measure(product)[1] >= low)  # type: ignore[misc]
        if high is not None:
            claims.append(lambda product, high=high, measure=measure: measure(product)[0] <= high)  # type: ignore[misc]
    return claims + _flags_old(asked)


def _flags_old(asked: Inputs) -> list[Claim]:
    claims: list[Claim] = []
    verified = asked.integer("verifiedWarehouse", 1, 2)
    if verified:
        claims.append(lambda product: verification(product) == verified)
    if asked.integer("searchType", 0, 21):
        claims.append(FLAGS[0])
    for name, holds in (
        ("isFreeShipping", YES_OR_NO["addMarkStatus"]),
        ("isSelfPickup", YES_OR_NO["isSelfPickup"]),
    ):
        wanted_flag = asked.integer(name, 0, 1)
        if wanted_flag is not None:
            claims.append(lambda product, holds=holds, flag=wanted_flag: holds(product) == bool(flag))  # type: ignore[misc]
    if hours := asked.text("deliveryTime"):
        if hours not in ("24", "48", "72"):
            raise param_error()
        claims.append(lambda product: int(product.delivery.split("-")[0]) * 24 <= int(hours))
    if version := asked.integer("customizationVersion", 1, 5):
        claims.append(lambda product: product.customization == version)
    return claims


_SAME: Final = MappingProxyType[str, Callable[[Product], str | None]](
    {
        "categoryId": lambda product: product.leaf.id,
        "pid": lambda product: product.pid,
        "productSku": lambda product: product.sku,
        "productType": lambda product: product.product_type,
        "supplierId": lambda product: product.supplier[1] if product.supplier else None,
        # Brands have an open id of their own at CJ; nothing here has a brand.
        "brandOpenId": lambda _: None,
    }
)


def _bounds(context: Context) -> list[tuple[int | None, int | None, Callable[[Product], tuple[int, int]]]]:
    """Lower bound, upper bound, and what a product spans of the thing."""
    asked, world = context.inputs, context.world
    return [
        (asked.cents("minPrice"), asked.cents("maxPrice"), world.price_range),
        (
            asked.integer("minListedNum"),
            asked.integer("maxListedNum"),
            lambda product: (product.listed, product.listed),
        ),
        (
            asked.integer("startInventory"),
            asked.integer("endInventory"),
            lambda product: (world.inventory(product),) * 2,
        ),
        (
            _moment(asked, "createTimeFrom"),
            _moment(asked, "createTimeTo"),
            lambda product: (product.created_ms,) * 2,
        ),
    ]


def _moment(asked: Inputs, name: str) -> int | None:
    """`yyyy-MM-dd hh:mm:ss` as milliseconds; read as UTC, the zone is not documented."""
    text = asked.text(name)
    if text is None:
        return None
    try:
        return int(datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC).timestamp() * 1000)
    except ValueError:
        raise param_error() from None


def _item_old(context: Context, product: Product) -> dict[str, object]:
    price = sell_price(context, product)
    return {
        "pid": product.pid,
        "productName": json_text(product.chinese),
        "productNameEn": product.title,
        "productSku": product.sku,
        "productImage": pictures_of(context, product)[0],
        "productWeight": product.grams[0],
        "productType": None,
        "productUnit": "unit(s)",
        # A number here as long as it is one price.
        "sellPrice": price if isinstance(price, float) or "--" in price else float(price),
        "categoryId": product.leaf.id,
        "categoryName": product.leaf.path,
        "remark": "",
        "addMarkStatus": int(product.free_shipping),
        "isFreeShipping": product.free_shipping,
        "listedNum": product.listed,
        "supplierName": product.supplier[0] if product.supplier else None,
        "supplierId": product.supplier[1] if product.supplier else None,
        "createTime": None,
        "isVideo": int(product.video),
        "saleStatus": 3,
        "customizationVersion": product.customization,
    }


ENDPOINTS = (get("/product/list", list_old, points=50),)
