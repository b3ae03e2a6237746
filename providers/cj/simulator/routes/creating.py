"""
Making orders: V2, which rejects a used number, and V3, which was seen to accept it.

CJ documentation, "Shopping: Create Order V2" and "V3", read 2026-11-23.
"""

from typing import Final

from providers.cj.simulator.carriers import BY_NAME
from providers.cj.simulator.catalogue.goods import Variant
from providers.cj.simulator.catalogue.places import EU, VAT, WAREHOUSES, country_name
from providers.cj.simulator.endpoint import Context, post
from providers.cj.simulator.envelope import Answer, Refusal, Style
from providers.cj.simulator.freight import Parcel, Route, routes
from providers.cj.simulator.inputs import Inputs
from providers.cj.simulator.orders import CREATED, UNPAID, Line, Order
from providers.cj.simulator.routes import paying
from providers.cj.simulator.shapes import dollars, find_variant

_PAGE, _BALANCE, _CREATE_ONLY = 1, 2, 3
_OWN_IOSS, _CJ_IOSS = 2, 3
_IOSS_FEE_CENTS: Final = 30
_REQUIRED: Final = {
    "shippingCountryCode": 20, "shippingCountry": 50, "shippingProvince": 50, "shippingCity": 50,
    "shippingCustomerName": 50, "shippingAddress": 200,
}  # fmt: skip
_OPTIONAL: Final = {
    "shippingZip": 20, "shippingCounty": 50, "shippingPhone": 20, "shippingAddress2": 200, "houseNumber": 20,
    "taxId": 20, "consigneeID": 20, "email": 50,
}  # fmt: skip
# V3 was seen to refuse every spelling of "api"; the other names come from CJ's list of platforms.
PLATFORMS: Final = frozenset(
    (  # noqa: SIM905 - words read better than a column of quotes
        "shopify woocommerce ebay tiktok etsy amazon shopee lazada wix "
        "bigcommerce squarespace magento prestashop shoplazza"
    ).split()
)


def create_v2(context: Context) -> Answer:
    """An order with its parent; UNPAID at once unless payType is 3, and paid at once when it is 2."""
    asked = context.inputs
    pay_type = asked.integer("payType", _PAGE, _CREATE_ONLY) or _PAGE
    order = _make(context, api=2, duplicates=context.simulator.options.duplicates_v2)
    order.parent = context.account.orders.new_id(context.now)
    if pay_type != _CREATE_ONLY and not order.intercepts:
        order.status = UNPAID
    if pay_type == _BALANCE and order.status == UNPAID and not order.sandbox:
        # The order exists even when the money does not suffice.
        paying.charge(context, [order])
    page = f"https://pay.simulator.localhost/order?o={order.parent}" if pay_type == _PAGE else None
    lines = [_line_json(line) | {"isGroup": False} for line in order.lines]
    return Answer(
        {
            "orderNumber": order.number,
            "orderId": order.id,
            "shipmentOrderId": order.parent,
            **_amounts(order),
            "productOriginalAmount": dollars(order.goods),
            "postageDiscountAmount": 0,
            "postageOriginalAmount": dollars(order.postage),
            "totalDiscountAmount": 0,
            "actualPayment": dollars(order.total),
            "orderOriginalAmount": dollars(order.total),
            "cjPayUrl": page,
            "orderAmount": dollars(order.total),
            "logisticsMiss": False,
            "productInfoList": lines,
            "orderStatus": "CREATED"
            if order.status == CREATED
            else "UNPAID"
            if order.status == UNPAID
            else "UNSHIPPED",
            "interceptOrderReasons": order.intercepts,
        }
    )


def create_v3(context: Context) -> Answer:
    """An order for the cart or to be confirmed; its `orderId` is the SD code, its totals are null."""
    platform = context.inputs.text("platform", 20)
    if platform is None or platform.lower() not in PLATFORMS:
        raise Refusal(5027, f"Platform {'null' if platform is None else platform} not support")
    order = _make(context, api=3, duplicates=context.simulator.options.duplicates_v3)
    return Answer(
        {
            "orderNumber": order.number,
            "orderId": order.code,
            "shipmentOrderId": None,
            **_amounts(order),
            "productOriginalAmount": dollars(order.goods),
            "actualPayment": None,
            "orderAmount": None,
            "cjPayUrl": None,
            "payId": None,
            "logisticsMiss": False,
            "productInfoList": [_line_json(line) | {"group": False} for line in order.lines],
            "orderStatus": None,
            "interceptOrderReasons": None,
        }
    )


def _amounts(order: Order) -> dict[str, object]:
    return {
        "iossAmount": dollars(order.ioss_cents),
        "iossTaxHandlingFee": dollars(order.ioss_fee_cents),
        "postageAmount": dollars(order.postage),
        "productAmount": dollars(order.goods),
        "productDiscountAmount": 0,
    }


def _line_json(line: Line) -> dict[str, object]:
    return {
        "storeLineItemId": line.store_line_id,
        "lineItemId": line.id,
        "variantId": line.variant.vid,
        "quantity": line.quantity,
        "subOrderProducts": None,
    }


def _make(context: Context, *, api: int, duplicates: str) -> Order:
    asked, book = context.inputs, context.account.orders
    number = asked.required("orderNumber", 50)
    address = {name: asked.required(name, longest) for name, longest in _REQUIRED.items()}
    address |= {
        name: text for name, longest in _OPTIONAL.items() if (text := asked.text(name, longest)) is not None
    }
    used = book.numbered(number) is not None
    freed = context.simulator.options.deleted_number_is_free
    if duplicates == "reject" and (used or (number in book.deleted_numbers and not freed)):
        raise Refusal(1603003, "Order exist, please do not duplicate create")
    origin, destination = asked.required("fromCountryCode", 20), address["shippingCountryCode"]
    for code in (origin, destination):
        if country_name(code) is None:
            raise Refusal(1605002, f"Country code not found: {code}")
    storage = _storage(asked)
    lines = [_line(context, one) for one in asked.objects("products")]
    route, ioss_type = _route(context, origin, destination, lines), asked.integer("iossType", 1, _CJ_IOSS)
    goods = sum(cents * quantity for _, quantity, cents, _ in lines)
    with_cj_ioss = ioss_type == _CJ_IOSS and destination in EU
    moment = context.now
    identity = book.new_id(moment)
    order = Order(
        number=number,
        id=identity,
        code=f"SD{identity[:-1]}1",
        parent=None,
        api=api,
        address=address,
        lines=[
            Line(book.new_id(moment), variant, quantity, cents, mark)
            for variant, quantity, cents, mark in lines
        ],
        carrier=route.carrier.name,
        days=route.days,
        origin=origin,
        postage=route.postage if ioss_type in (_OWN_IOSS, _CJ_IOSS) else route.total,
        ioss_cents=round(goods * VAT.get(destination, 21) / 100) if with_cj_ioss else 0,
        ioss_fee_cents=_IOSS_FEE_CENTS if with_cj_ioss else 0,
        created=moment,
        # Exactly this spelling makes a test order; anything else is real.
        sandbox=asked.body.get("isSandbox") == 1 and asked.body.get("isSandbox") is not True,
        remark=asked.text("remark", 500),
        storage_id=storage,
        shop=asked.text("storeName", 100),
    )
    order.intercepts = missing_stock(context, order)
    book.orders.append(order)
    return order


def _storage(asked: Inputs) -> str | None:
    storage = asked.text("storageId", 40)
    if asked.integer("shopLogisticsType", 1, 3) == 1:
        if storage is None:
            raise Refusal(5030, "storageId must not be empty when shopLogisticsType is 1")
        if storage not in WAREHOUSES:
            raise Refusal(1608001, "Warehouse info not found")
    return storage


def _line(context: Context, one: Inputs) -> tuple[Variant, int, int, str | None]:
    vid, sku = one.text("vid", 50), one.text("sku", 50)
    if vid is None and sku is None:
        raise Refusal(16900403, "vid must not be empty")
    quantity = one.integer("quantity", 1, 1_000_000)
    if quantity is None:
        raise Refusal(16900403, "quantity must not be empty")
    if vid is None and sku in context.world.by_sku:
        raise Refusal(1603000, "No variants found for provided SKUs")
    variant = find_variant(context, vid, sku)
    if vid is not None and sku is not None and variant.sku != sku:
        raise Refusal(1603000, "vid and sku do not belong together")
    return variant, quantity, context.world.price(variant), one.text("storeLineItemId", 125)


def _route(
    context: Context, origin: str, destination: str, lines: list[tuple[Variant, int, int, str | None]]
) -> Route:
    name = context.inputs.required("logisticName", 50)
    parcel = Parcel(origin, destination, [(variant, quantity) for variant, quantity, _, _ in lines])
    offered = {route.carrier.name: route for route in routes(context.world, parcel)}
    if not offered:
        raise Refusal(1605003, "Shipping is not available")
    if name not in BY_NAME:
        raise Refusal(1605000, f"Logistics not found: {name}")
    if name not in offered:
        raise Refusal(1605001, f"Logistics invalid for this shipment: {name}")
    return offered[name]


def missing_stock(context: Context, order: Order) -> list[dict[str, object]]:
    """Why an order is blocked: lines its country has too little of, or its carrier's only warehouse."""
    reasons: list[dict[str, object]] = []
    tied = BY_NAME[order.carrier].tied_to
    for line in order.lines:
        houses = context.world.stock(line.variant, order.origin)
        there = sum(held.total for house, held in houses.items() if tied in (None, WAREHOUSES[house].city))
        if sum(held.total for held in houses.values()) < line.quantity:
            reasons.append(
                {"code": 1603102, "message": f"Not enough stock in {order.origin} of {line.variant.sku}"}
            )
        elif there < line.quantity:
            reasons.append(
                {"code": 1603001, "message": f"{order.carrier} has no stock of {line.variant.sku} in {tied}"}
            )
    return reasons


ENDPOINTS = (
    post("/shopping/order/createOrderV2", create_v2),
    post("/shopping/order/createOrderV3", create_v3, style=Style.BOTH),
)
