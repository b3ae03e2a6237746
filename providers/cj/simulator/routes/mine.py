"""
What an account collects: my products, and requests to source something.

CJ documentation, "Product: Add To My Product", "My Product List" and "Sourcing", read 2026-11-23.
"""

from datetime import UTC, datetime

from providers.cj.simulator.catalogue.goods import Product
from providers.cj.simulator.catalogue.places import AREAS
from providers.cj.simulator.endpoint import Context, get, post
from providers.cj.simulator.envelope import Answer, Refusal, Style
from providers.cj.simulator.freight import volume_of
from providers.cj.simulator.inputs import param_error
from providers.cj.simulator.shapes import dollars, find_product, grams_text, pictures_of, price_text

PAGE = 10


def add_product(context: Context) -> Answer:
    """Collect a product; a second time is refused with the code for a busy system."""
    pid = context.inputs.required("productId", 100)
    find_product(context.world.by_pid.get(pid))
    if pid in context.account.collected:
        raise Refusal(1600000, "This product has been added to My Products, please do not add it again")
    context.account.collected[pid] = context.now
    return Answer(data=True)


def my_products(context: Context) -> Answer:
    """One page of ten of the collected products, newest first."""
    asked = context.inputs
    page = asked.page("pageNum", 1, 1_000_000)
    keyword, leaf = (asked.text("keyword") or "").lower(), asked.text("categoryId")
    start, end = _moment(asked.text("startAt")), _moment(asked.text("endAt"))
    found = [
        (context.world.by_pid[pid], added)
        for pid, added in reversed(context.account.collected.items())
        if (start is None or added >= start) and (end is None or added <= end)
    ]
    found = [
        (product, added)
        for product, added in found
        if keyword in f"{product.title} {product.sku}".lower() and leaf in (None, product.leaf.id)
    ]
    # Nothing collected here was listed, hidden or packed by the account.
    if any(asked.flag(name) for name in ("isListed", "hasPacked", "hasVirPacked")):
        found = []
    return Answer(
        {
            "pageSize": PAGE,
            "pageNumber": page,
            "totalRecords": len(found),
            "totalPages": -(-len(found) // PAGE),
            "content": [_mine(context, *one) for one in found[(page - 1) * PAGE : page * PAGE]],
        }
    )


def _mine(context: Context, product: Product, added: datetime) -> dict[str, object]:
    variants = context.world.variants(product)
    first = variants[0]
    low = context.world.price_range(product)[0]
    country = next(iter(product.stock))
    sides = list(zip(*(variant.size for variant in variants), strict=True))
    return {
        "productId": product.pid,
        "packWeight": grams_text(product, extra=12 + product.grams[0] // 12),
        "weight": grams_text(product),
        "productType": "0" if product.supplier is None else "4",
        "propertyKeyList": [product.leaf.group.property],
        "bigImage": pictures_of(context, product)[0],
        "nameEn": product.title,
        "sku": product.sku,
        "hasPacked": 0,
        "sellPrice": f"{dollars(low):g}",
        "discountPrice": None,
        "discountPriceRate": None,
        "defaultArea": AREAS[country].label,
        "shopMethod": "CJPacket Ordinary",
        "trialFreight": "0",
        "totalPrice": price_text(low),
        "listedShopNum": "0",
        "vid": first.vid,
        "areaId": str(AREAS[country].id),
        "areaCountryCode": country,
        "freightDiscount": "0",
        "createAt": int(added.timestamp() * 1000),
        "lengthList": list(dict.fromkeys(sides[0])),
        "heightList": list(dict.fromkeys(sides[2])),
        "widthList": list(dict.fromkeys(sides[1])),
        "volumeList": list(dict.fromkeys(volume_of(variant) for variant in variants)),
        "hasVirPacked": 0,
    }


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        raise param_error() from None


def create_sourcing(context: Context) -> Answer:
    """Ask CJ to find something; the request stays open."""
    asked, account = context.inputs, context.account
    name, image = asked.required("productName", 200), asked.required("productImage", 200)
    optional = {
        key: asked.text(key, 200)
        for key in ("thirdProductId", "thirdVariantId", "thirdProductSku", "productUrl", "remark")
    }
    asked.cents("price")
    identity = str(90_000 + len(account.sourcings) + 1)
    account.sourcings.append(
        {
            "sourceId": identity,
            "sourceNumber": str(770_000 + len(account.sourcings) + 1),
            "productId": optional["thirdProductId"],
            "variantId": optional["thirdVariantId"],
            "shopId": account.shop_id,
            "shopName": f"Shop {account.number}",
            "sourceStatus": "1",
            "sourceStatusStr": "搜品中",
            "cjProductId": None,
            "cjVariantSku": None,
            "_asked": {"name": name, "image": image},
        }
    )
    return Answer({"cjSourcingId": identity, "result": "success"})


def _found(context: Context) -> list[dict[str, object]]:
    wanted = context.inputs.many("sourceIds")
    if not wanted:
        raise Refusal(16900403, "sourceIds must not be empty")
    if len(wanted) > 100:  # noqa: PLR2004
        raise param_error()
    found = [
        {key: value for key, value in one.items() if not key.startswith("_")}
        for one in context.account.sourcings
        if one["sourceId"] in wanted
    ]
    if not found:
        raise Refusal(1600300, "Sourcing not found")
    return found


def list_sourcing(context: Context) -> Answer:
    """The requests among these ids; unknown ones are missing, none known is a failure."""
    return Answer([one | {"failReason": None} for one in _found(context)])


def query_sourcing(context: Context) -> Answer:
    """The deprecated form, which answers one object however many ids it gets."""
    return Answer(_found(context)[0])


ENDPOINTS = (
    post("/product/addToMyProduct", add_product, style=Style.BOTH),
    get("/product/myProduct/query", my_products, style=Style.BOTH),
    post("/product/sourcing/create", create_sourcing, style=Style.ZERO),
    get("/product/sourcing/queryList", list_sourcing, style=Style.ZERO),
    post("/product/sourcing/query", query_sourcing, style=Style.ZERO),
)
