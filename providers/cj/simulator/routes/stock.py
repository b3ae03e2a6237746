"""
Stock by variant, by SKU and by product, the warehouse areas, one warehouse, and the caller's own stock.

CJ documentation, "Product: Inventory" and "Storage", read 2026-11-23. The three stock calls name and type the
same things differently; that is how they are.
"""

from providers.cj.simulator.catalogue.goods import Held, Product, Variant
from providers.cj.simulator.catalogue.places import AREAS, WAREHOUSES
from providers.cj.simulator.endpoint import Context, get, post
from providers.cj.simulator.envelope import Answer, Refusal, Style
from providers.cj.simulator.shapes import find_product, find_variant, inventories, stock_rows
from providers.cj.simulator.world import add_up


def stock_of_vid(context: Context) -> Answer:
    """Stock of one variant by area; `areaId` is a text here."""
    variant = find_variant(context, context.inputs.required("vid", 200))
    rows = []
    for country in variant.stock:
        held = context.world.total(variant, country)
        rows.append(
            {
                "vid": variant.vid,
                "areaId": str(AREAS[country].id),
                "areaEn": AREAS[country].label,
                "countryCode": country,
                "storageNum": held.total,
                "totalInventoryNum": held.total,
                "cjInventoryNum": held.cj,
                "factoryInventoryNum": held.factory,
                "stock": stock_rows(context.world.stock(variant, country)),
            }
        )
    return Answer(rows)


def stock_of_sku(context: Context) -> Answer:
    """Stock of a variant, or the sum over a product when the SKU is an SPU; `areaId` is a number here."""
    sku = context.inputs.required("sku", 200)
    product = context.world.by_sku.get(sku)
    variants: tuple[Variant, ...]
    if product is not None:
        variants = context.world.variants(find_product(product))
        countries = list(product.stock)
    else:
        variant = find_variant(context, sku=sku)
        variants, countries = (variant,), list(variant.stock)
    rows = []
    for country in countries:
        held = add_up(context.world.total(variant, country) for variant in variants)
        rows.append(
            _area_sum(country, held, AREAS[country].long_name)
            | {"stock": _houses(context, variants, country)}
        )
    return Answer(rows)


def _houses(context: Context, variants: tuple[Variant, ...], country: str) -> list[dict[str, object]] | None:
    """Rows by warehouse; null for an SPU, where CJ adds areas up only."""
    return stock_rows(context.world.stock(variants[0], country)) if len(variants) == 1 else None


def _area_sum(country: str, held: Held, name: str) -> dict[str, object]:
    return {
        "areaEn": AREAS[country].label,
        "areaId": AREAS[country].id,
        "countryCode": country,
        "totalInventoryNum": held.total,
        "cjInventoryNum": held.cj,
        "factoryInventoryNum": held.factory,
        "countryNameEn": name,
    }


def stock_of_product(context: Context) -> Answer:
    """Stock of a whole product: sums by area, and every variant by country and warehouse."""
    pid = context.inputs.required("pid", 40)
    product: Product = find_product(context.world.by_pid.get(pid))
    return Answer(
        {
            "inventories": [
                _area_sum(country, context.world.product_total(product, country), AREAS[country].long_name)
                for country in product.stock
            ],
            "variantInventories": [
                {"vid": variant.vid, "inventory": inventories(context, variant)}
                for variant in context.world.variants(product)
            ],
        }
    )


def warehouse_areas(_: Context) -> Answer:
    """The areas goods lie in, with their names in several languages."""
    return Answer(
        [
            {
                "areaCn": area.chinese,
                "areaEn": area.label,
                "areaId": area.id,
                "countryCode": area.country,
                "nameEn": area.name,
                "valueEn": area.country,
                "disabled": False,
                "zh": area.chinese,
                "en": area.label,
                "de": area.german,
                "fr": area.french,
                "th": area.thai,
                "id": str(area.id),
            }
            for area in AREAS.values()
        ]
    )


def warehouse_detail(context: Context) -> Answer:
    """One warehouse by its storage id, without the braces stock calls put around it."""
    place = WAREHOUSES.get(context.inputs.required("id", 200))
    if place is None:
        raise Refusal(1608001, "Warehouse info not found")
    area = AREAS[place.country]
    return Answer(
        {
            "id": place.id,
            "name": place.name,
            "areaId": area.id,
            "areaCountryCode": place.country,
            "address1": f"{place.city} Logistics Park",
            "address2": None,
            "contacts": None,
            "phone": "+00-0000000000",
            "city": place.city,
            "province": place.province,
            "logisticsBrandList": [{"id": f"{place.country}POST", "name": f"{area.name} Post"}],
            "isSelfPickup": 1 if place.self_pickup else None,
            "zipCode": place.zip_code,
        }
    )


def private_page(context: Context) -> Answer:
    """An empty page: no account here has bought goods into CJ's warehouses."""
    page, size = context.inputs.page("pageNum", 1, 1_000_000), context.inputs.page("pageSize", 20, 200)
    return Answer({"pageNum": page, "pageSize": size, "total": 0, "list": []})


def private_list(_: Context) -> Answer:
    """An empty list, for the same reason."""
    return Answer([])


_PRIVATE = "/product/stock/privateInventory/"
ENDPOINTS = (
    get("/product/stock/queryByVid", stock_of_vid, points=10),
    get("/product/stock/queryBySku", stock_of_sku, points=10, style=Style.BOTH),
    get("/product/stock/getInventoryByPid", stock_of_product, points=10, style=Style.MODERN),
    get("/product/globalWarehouseList", warehouse_areas, style=Style.LISTED),
    get("/warehouse/detail", warehouse_detail, style=Style.BOTH),
    post(f"{_PRIVATE}querySpuPage", private_page, points=10),
    post(f"{_PRIVATE}querySkuDetailPage", private_page, points=10),
    post(f"{_PRIVATE}querySkuListByProductId", private_list, points=10),
    post(f"{_PRIVATE}querySkuDetailListBySku", private_list, points=10),
    post(f"{_PRIVATE}querySkuFlowByCondition", private_page, points=10),
)
