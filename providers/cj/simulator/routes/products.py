"""
Categories, one product with its variants, variants alone, reviews, and a product in the lowercase schema.

CJ documentation, "Product", read 2026-11-23.
"""

from providers.cj.simulator.catalogue.details import AXIS_NAMES, describe
from providers.cj.simulator.catalogue.goods import Product, Variant
from providers.cj.simulator.endpoint import Context, get, post
from providers.cj.simulator.envelope import Answer, Refusal, Style
from providers.cj.simulator.shapes import (
    FEATURE_INVENTORY,
    china_millis,
    dollars,
    find_product,
    find_variant,
    grams_text,
    inventories,
    json_text,
    pictures_of,
    price_text,
    suggested_text,
    variant_json,
    video_ids,
)
from providers.cj.simulator.tokens import china_time

FEATURE_COMBINE = "enable_combine"
FEATURE_VIDEO = "enable_video"


def get_category(context: Context) -> Answer:
    """The tree of categories, ids on the third level only."""
    tree: dict[str, dict[str, list[dict[str, object]]]] = {}
    for leaf in context.world.leaves:
        seconds = tree.setdefault(leaf.group.first_name, {})
        seconds.setdefault(leaf.group.name, []).append({"categoryId": leaf.id, "categoryName": leaf.name})
    return Answer(
        [
            {
                "categoryFirstName": first,
                "categoryFirstList": [
                    {"categorySecondName": second, "categorySecondList": thirds}
                    for second, thirds in seconds.items()
                ],
            }
            for first, seconds in tree.items()
        ]
    )


def _named_product(context: Context) -> Product | None:
    """The product one of pid, productSku or variantSku names; exactly one of them must be given."""
    asked, world = context.inputs, context.world
    pid, spu, sku = asked.text("pid", 200), asked.text("productSku", 200), asked.text("variantSku", 200)
    if sum(name is not None for name in (pid, spu, sku)) != 1:
        raise Refusal(1600300, "Exactly one of pid, productSku and variantSku is needed")
    if sku is not None:
        variant = world.variant_by_sku(sku)
        return variant.product if variant else None
    return world.by_pid.get(pid) if pid is not None else world.by_sku.get(spu or "")


def query_product(context: Context) -> Answer:
    """One product with all its variants, or only those stocked in `countryCode`."""
    product = _named_product(context)
    if product is None and context.simulator.options.unknown_product == "null":
        return Answer(None)
    product = find_product(product)
    features = frozenset(context.inputs.many("features"))
    country = context.inputs.text("countryCode", 20)
    variants = [
        variant
        for variant in context.world.variants(product)
        if country is None or context.world.total(variant, country).total > 0
    ]
    return Answer(_product_json(context, product, variants, features))


def _product_json(
    context: Context, product: Product, variants: list[Variant], features: frozenset[str]
) -> dict[str, object]:
    pictures = pictures_of(context, product)
    leaf = product.leaf
    prices = [context.world.price(variant) for variant in context.world.variants(product)]
    low, high = price_text(min(prices)), price_text(max(prices))
    english = {"BATTERY": "BATTERY", "LIQUID": "LIQUID"}.get(leaf.group.property, "COMMON")
    chinese = {"BATTERY": "带电", "LIQUID": "液体"}.get(english, "普货")
    name = leaf.nouns[0].lower()
    body: dict[str, object] = {
        "pid": product.pid,
        "productName": json_text(product.chinese),
        "productNameEn": product.title,
        "productSku": product.sku,
        "bigImage": pictures[0],
        # Some products carry all their pictures as JSON text in the field for one.
        "productImage": json_text(*pictures) if product.array_keys else pictures[0],
        "productImageSet": pictures,
        "productWeight": grams_text(product),
        "productUnit": "unit(s)",
        "productType": product.product_type,
        "categoryId": leaf.id,
        "categoryName": leaf.path,
        "entryCode": leaf.group.hs_code,
        "entryName": leaf.chinese,
        "entryNameEn": name,
        "materialName": json_text("", product.material),
        "materialNameEn": json_text("", product.material),
        "materialKey": json_text(product.material.upper().replace(" ", "_")),
        "packingWeight": grams_text(product, extra=12 + product.grams[0] // 12),
        "packingName": json_text("", "纸箱"),
        "packingNameEn": json_text("", "carton"),
        "packingKey": json_text("CARTON"),
        "productKey": json_text(*(AXIS_NAMES[axis][1] for axis, _ in product.axes)),
        "productKeyEn": "-".join(AXIS_NAMES[axis][0] for axis, _ in product.axes),
        "productPro": json_text(chinese),
        "productProSet": [chinese],
        "productProEn": json_text(english),
        "productProEnSet": [english],
        "addMarkStatus": int(product.free_shipping),
        "sellPrice": low if low == high else f"{low} -- {high}",
        "suggestSellPrice": suggested_text(context, product),
        "description": describe(product, pictures),
        "listedNum": product.listed,
        "status": "3",
        "supplierName": product.supplier[0] if product.supplier else "",
        "supplierId": product.supplier[1] if product.supplier else "",
        "customizationVersion": product.customization,
        "customizationJson1": "",
        "customizationJson2": "",
        "customizationJson3": "",
        "customizationJson4": "",
        "createrTime": china_millis(product.created_ms),
        "variants": [_with_features(context, variant, features) for variant in variants],
    }
    if FEATURE_VIDEO in features:
        body["productVideo"] = video_ids(product)
    return body


def _with_features(context: Context, variant: Variant, features: frozenset[str]) -> dict[str, object]:
    body = variant_json(context, variant)
    if FEATURE_COMBINE in features:
        # Nothing in this catalogue is a bundle.
        body |= {"combineNum": 0, "combineVariants": []}
    if FEATURE_INVENTORY in features and not context.simulator.options.omit_inventories:
        body["inventories"] = inventories(context, variant)
    return body


def query_variants(context: Context) -> Answer:
    """All variants of one product; with `countryCode` each with the CJ-held stock there, zeros included."""
    product = _named_product(context)
    if product is None and context.simulator.options.unknown_product == "null":
        return Answer(None)
    product = find_product(product)
    country = context.inputs.text("countryCode", 20)
    rows = []
    for variant in context.world.variants(product):
        row = variant_json(context, variant)
        if country is not None:
            row["inventoryNum"] = context.world.total(variant, country).cj
        rows.append(row)
    return Answer(rows)


def query_variant(context: Context) -> Answer:
    """One variant, with stock when asked."""
    variant = find_variant(context, context.inputs.required("vid", 200))
    features = frozenset(context.inputs.many("features"))
    body = variant_json(context, variant) | {"variantProperty": "[]"}
    if FEATURE_INVENTORY in features and not context.simulator.options.omit_inventories:
        body["inventories"] = inventories(context, variant)
    return Answer(body)


def product_comments(context: Context) -> Answer:
    """One page of reviews; counts are texts, ids are numbers no float can hold."""
    asked = context.inputs
    product = context.world.by_pid.get(asked.required("pid", 200))
    score = asked.integer("score", 1, 5)
    page, size = asked.page("pageNum", 1, 1_000_000), asked.page("pageSize", 20, 200)
    reviews = context.world.reviews(product) if product else []
    wanted = [review for review in reviews if score in (None, review.score)]
    return Answer(
        {
            "pageNum": str(page),
            "pageSize": str(size),
            "total": str(len(wanted)),
            "list": [
                {
                    "commentId": review.id,
                    "pid": product.pid if product else "",
                    "comment": review.text,
                    "commentDate": china_time(review.written).replace("08:00:00+", "00:00:00+"),
                    "commentUser": review.user,
                    "score": str(review.score),
                    "commentUrls": [context.simulator.picture(name) for name in review.pictures],
                    "countryCode": review.country,
                    "flagIconUrl": context.simulator.picture(f"flag-{review.country}"),
                }
                for review in wanted[(page - 1) * size : page * size]
            ],
        }
    )


def product_detail(context: Context) -> Answer:
    """One product in the lowercase schema, as far as its fields are known."""
    product = find_product(context.world.by_pid.get(context.inputs.required("id", 200)))
    low, high = context.world.price_range(product)
    return Answer(
        {
            "id": product.pid,
            "nameen": product.title,
            "sku": product.sku,
            "sellprice": price_text(low) if low == high else f"{price_text(low)}--{price_text(high)}",
            "bigimg": pictures_of(context, product)[0],
            "currency": "USD",
            "wholesaleOff": None,
            "stanProducts": [
                {"id": variant.vid, "sku": variant.sku, "sellprice": dollars(context.world.price(variant))}
                for variant in context.world.variants(product)
            ],
        }
    )


ENDPOINTS = (
    get("/product/getCategory", get_category),
    get("/product/query", query_product, points=10),
    get("/product/variant/query", query_variants, points=10),
    get("/product/variant/queryByVid", query_variant, points=10),
    get("/product/productComments", product_comments, style=Style.ZERO),
    get("/product/comments", product_comments, style=Style.ZERO),
    post("/product/productDetail/query", product_detail),
)
