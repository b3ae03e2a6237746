"""
listV2: search with words, filters and orders. What `old_list` shares with it is public here.

CJ documentation, "Product: Product List V2", read 2026-11-23.
"""

from collections.abc import Callable, Iterable
from types import MappingProxyType
from typing import Final

from providers.cj.simulator.catalogue.details import describe
from providers.cj.simulator.catalogue.goods import Product
from providers.cj.simulator.catalogue.making import newest_since
from providers.cj.simulator.endpoint import Context, get
from providers.cj.simulator.envelope import Answer
from providers.cj.simulator.inputs import Inputs, param_error
from providers.cj.simulator.shapes import UNVERIFIED, VERIFIED, pictures_of, sell_price, video_ids

TRENDING_FROM: Final = 60
"""A product listed by so many shops counts as trending."""
SLOW_BELOW: Final = 2
NEW_DAYS: Final = 60
_SUPPLIED: Final = frozenset(("SUPPLIER_PRODUCT", "SUPPLIER_SHIPPED_PRODUCT"))

Claim = Callable[[Product], bool]


def list_v2(context: Context) -> Answer:
    """One page of products that meet every filter, in one element of `content`."""
    asked = context.inputs
    page, size = asked.page("page", 1, 1000), asked.page("size", 10, 100)
    features = frozenset(asked.many("features"))
    word = asked.text("keyWord", 200)
    scores = context.world.index.find(word) if word else None
    claims = _claims_v2(context)
    found = [product for product in candidates(context, scores) if all(claim(product) for claim in claims)]
    _order_v2(context, found, scores)
    cap = context.simulator.options.record_cap
    total = min(len(found), cap)
    shown = found[:cap][(page - 1) * size : page * size]
    leaves = list({product.leaf.id: product.leaf for product in found}.values())[:20] if word else []
    content = {
        "productList": [_item_v2(context, product, features) for product in shown],
        "relatedCategoryList": [{"categoryId": leaf.id, "categoryName": leaf.name} for leaf in leaves],
        "keyWord": word,
        "keyWordOld": word,
    }
    return Answer(
        {
            "pageSize": size,
            "pageNumber": page,
            "totalRecords": total,
            "totalPages": -(-total // size),
            "content": [content],
        }
    )


def candidates(context: Context, scores: dict[int, float] | None) -> Iterable[Product]:
    """Products on sale, only the scored ones if there are scores."""
    products = context.world.products
    candidates = products if scores is None else (products[index] for index in scores)
    return (product for product in candidates if not product.taken_down)


def _claims_v2(context: Context) -> list[Claim]:
    asked, world = context.inputs, context.world
    claims: list[Claim] = []
    country = asked.text("countryCode", 20)
    if leaf := asked.text("categoryId"):
        claims.append(lambda product: product.leaf.id == leaf)
    seconds, thirds = asked.many("lv2categoryList"), asked.many("lv3categoryList")
    if seconds or thirds:
        claims.append(lambda product: product.leaf.group.id in seconds or product.leaf.id in thirds)
    if country:
        claims.append(lambda product: world.product_total(product, country).total > 0)
    low, high = asked.cents("startSellPrice"), asked.cents("endSellPrice")
    # A price filter takes whole products: one variant inside the bounds is enough.
    if low is not None:
        claims.append(lambda product: world.price_range(product)[1] >= low)
    if high is not None:
        claims.append(lambda product: world.price_range(product)[0] <= high)
    least, most = asked.integer("startWarehouseInventory"), asked.integer("endWarehouseInventory")
    count: Callable[[Product], int] = (
        (lambda product: world.product_total(product, country).total) if country else world.inventory
    )
    if least is not None:
        claims.append(lambda product: count(product) >= least)
    if most is not None:
        claims.append(lambda product: count(product) <= most)
    start, end = asked.integer("timeStart"), asked.integer("timeEnd")
    if start is not None:
        claims.append(lambda product: product.created_ms >= start)
    if end is not None:
        claims.append(lambda product: product.created_ms <= end)
    claims.extend(_flags_v2(asked))
    return claims


def _flags_v2(asked: Inputs) -> list[Claim]:
    claims: list[Claim] = []
    for name, table in (("productType", _TYPES), ("productFlag", FLAGS)):
        kind = asked.integer(name)
        if kind is not None:
            if kind not in table:
                raise param_error()
            claims.append(table[kind])
    verified = asked.integer("verifiedWarehouse", 0, 2)
    if verified:
        claims.append(lambda product: verification(product) == verified)
    platform = asked.text("zonePlatform")
    if platform:
        claims.append(lambda product: platform.lower() in product.platforms)
    if asked.flag("isWarehouse"):
        claims.append(lambda product: any(country != "CN" for country in product.stock))
    if supplier := asked.text("supplierId"):
        claims.append(lambda product: product.supplier is not None and product.supplier[1] == supplier)
    for name, holds in YES_OR_NO.items():
        wanted = asked.integer(name, 0, 1)
        if wanted is not None:
            claims.append(lambda product, holds=holds, wanted=wanted: holds(product) == bool(wanted))  # type: ignore[misc]
    return claims


_TYPES: Final = MappingProxyType[int, Claim](
    {
        4: lambda product: product.product_type in _SUPPLIED,
        10: lambda product: product.video,
        11: lambda product: not product.video,
    }
)
FLAGS: Final = MappingProxyType[int, Claim](
    {
        0: lambda product: product.listed >= TRENDING_FROM,
        1: lambda product: product.created_ms >= newest_since(NEW_DAYS),
        2: lambda product: product.video,
        3: lambda product: product.listed < SLOW_BELOW and product.created_ms < newest_since(365),
    }
)
YES_OR_NO: Final = MappingProxyType[str, Claim](
    {
        "addMarkStatus": lambda product: product.free_shipping,
        "hasCertification": lambda product: product.certified,
        "isSelfPickup": lambda product: product.self_pickup,
        "customization": lambda product: product.customization > 0,
    }
)


def verification(product: Product) -> int:
    """Whether CJ has counted a product's stock in its first country, whatever lies elsewhere."""
    return VERIFIED if next(iter(product.stock)) in product.verified else UNVERIFIED


def _order_v2(context: Context, found: list[Product], scores: dict[int, float] | None) -> None:
    upward = is_upward(context.inputs)
    keys: dict[int, Callable[[Product], float]] = {
        0: lambda product: scores[product.index] if scores else product.listed + 0.2 * (product.seed % 97),
        1: lambda product: product.listed,
        2: lambda product: context.world.price_range(product)[0],
        3: lambda product: product.created_ms,
        4: context.world.inventory,
    }
    order = context.inputs.integer("orderBy", 0, 4) or 0
    # Sorting twice keeps equal products in one order whichever way the key runs, so pages never overlap.
    found.sort(key=lambda product: product.index)
    found.sort(key=keys[order], reverse=order == 0 or not upward)


def is_upward(asked: Inputs) -> bool:
    """Whether `sort` asks for ascending order; descending is the default."""
    sort = (asked.text("sort") or "desc").lower()
    if sort not in ("asc", "desc"):
        raise param_error()
    return sort == "asc"


def _item_v2(context: Context, product: Product, features: frozenset[str]) -> dict[str, object]:
    world, group = context.world, product.leaf.group
    totals = {country: world.product_total(product, country).total for country in product.stock}
    verified = sum(total for country, total in totals.items() if country in product.verified)
    named = "enable_category" in features
    pictures = pictures_of(context, product)
    return {
        "id": product.pid,
        "nameEn": product.title,
        "sku": product.sku,
        "spu": product.sku,
        "bigImage": pictures[0],
        "sellPrice": sell_price(context, product),
        "nowPrice": None,
        "discountPrice": None,
        "discountPriceRate": None,
        "listedNum": product.listed,
        "isCollect": None,
        "categoryId": product.leaf.id,
        "threeCategoryName": product.leaf.name if named else None,
        "twoCategoryId": group.id if named else None,
        "twoCategoryName": group.name if named else None,
        "oneCategoryId": group.first_id if named else None,
        "oneCategoryName": group.first_name if named else None,
        "addMarkStatus": int(product.free_shipping),
        "isVideo": int(product.video),
        "videoList": video_ids(product) if "enable_video" in features else None,
        "productType": product.product_type,
        "supplierName": product.supplier[0] if product.supplier else None,
        "createAt": product.created_ms,
        "warehouseInventoryNum": sum(totals.values()),
        "totalVerifiedInventory": verified,
        "totalUnVerifiedInventory": sum(totals.values()) - verified,
        "verifiedWarehouse": verification(product),
        "customization": int(product.customization > 0),
        "isPersonalized": 0,
        "hasCECertification": int(product.certified),
        "myProduct": product.pid in context.account.collected,
        "description": describe(product, pictures) if "enable_description" in features else None,
        "deliveryCycle": product.delivery,
        "saleStatus": "3",
        "authorityStatus": "1",
        "inventoryInfo": None,
        "variantInventories": None,
    }


ENDPOINTS = (get("/product/listV2", list_v2, points=50),)
