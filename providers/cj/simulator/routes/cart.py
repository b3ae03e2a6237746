"""
From an order to something payable: the cart, the parent order, and the shorter way of confirming.

CJ documentation, "Shopping: Cart" and "Confirm Order", read 2026-11-23. These calls want the SD code and
nothing else.
"""

from datetime import timedelta

from providers.cj.simulator.carriers import BY_NAME
from providers.cj.simulator.catalogue.places import WAREHOUSES
from providers.cj.simulator.endpoint import Context, Endpoint, get, post
from providers.cj.simulator.envelope import Answer, Refusal, Style
from providers.cj.simulator.freight import Parcel, routes
from providers.cj.simulator.orders import CREATED, IN_CART, STATUS_TEXT, UNPAID, Order, utc_text
from providers.cj.simulator.routes.creating import missing_stock
from providers.cj.simulator.shapes import dollars

_CONFIRM_FAILED = 1603001


def coded(context: Context, name: str) -> Order:
    """The order whose SD code a field holds."""
    code = context.inputs.required(name, 200)
    context.account.orders.settle(context.now, context.simulator.options.pace)
    order = context.account.orders.coded(code)
    if order is None:
        raise Refusal(1603100, "Order not found")
    return order


def _listed(context: Context) -> list[Order]:
    codes = context.inputs.many("cjOrderIdList")
    if not codes:
        raise Refusal(16900403, "cjOrderIdList must not be empty")
    book = context.account.orders
    book.settle(context.now, context.simulator.options.pace)
    orders = [book.coded(code) for code in dict.fromkeys(codes)]
    if any(order is None for order in orders):
        raise Refusal(1603100, "Order not found")
    found = [order for order in orders if order is not None]
    if len({order.sandbox for order in found}) > 1:
        raise Refusal(_CONFIRM_FAILED, "Sandbox orders cannot be mixed with live orders")
    return found


def _intercepts(context: Context, orders: list[Order]) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for order in orders:
        order.intercepts = missing_stock(context, order)
        rows.extend({"orderCode": order.code} | reason for reason in order.intercepts)
    return rows


def add_cart(context: Context) -> Answer:
    """Put created orders into the cart; blocked ones are named and stay outside."""
    orders = _listed(context)
    blocked = _intercepts(context, orders)
    added = [order for order in orders if order.status in (CREATED, IN_CART) and not order.intercepts]
    for order in added:
        order.status = IN_CART
    return Answer(
        {
            "successCount": len(added),
            "addSuccessOrders": [order.code for order in added],
            "unInterceptAddressCount": len(orders),
            "interceptOrders": blocked,
        }
    )


def confirm_cart(context: Context) -> Answer:
    """Confirm what is in the cart under one parent; all or nothing, and code 200 either way."""
    orders = _listed(context)
    blocked = _intercepts(context, orders)
    good = not blocked and all(order.status == IN_CART for order in orders)
    parent = context.account.orders.new_id(context.now) if good else None
    for order in orders if good else []:
        order.status, order.parent = UNPAID, parent
    return Answer(
        {
            "successCount": len(orders) if good else 0,
            "submitSuccess": good,
            "shipmentsId": parent,
            "result": 0 if good else 1,
            "interceptOrders": blocked,
        }
    )


def make_parent(context: Context) -> Answer:
    """The payment of a parent: what it costs, until when, and its payId."""
    parent = context.inputs.required("shipmentOrderId", 200)
    orders = context.account.orders.children(parent)
    if not orders:
        raise Refusal(1603100, "Order not found")
    payable = [order for order in orders if order.status == UNPAID]
    good = len(payable) == len(orders)
    pay_id = orders[0].pay_id or f"PAY{context.account.orders.new_id(context.now)}"
    for order in payable:
        order.pay_id = pay_id
    goods, postage = sum(order.goods for order in orders), sum(order.postage for order in orders)
    taxes, fee = sum(order.ioss_cents for order in orders), sum(order.ioss_fee_cents for order in orders)
    total = dollars(goods + postage + taxes + fee)
    return Answer(
        {
            "orderMoney": total,
            "payExpireTime": utc_text(context.now + timedelta(days=1)),
            "payId": pay_id if good else None,
            "result": 0 if good else 1,
            "submitSuccess": good,
            "unMatchOrderCodes": [order.code for order in orders if order.status != UNPAID],
            "successOrders": [order.code for order in payable],
            "unMatchProductCodes": [],
            "paymentInformation": {
                "actualPayment": total,
                "balanceDeduction": 0.0,
                "billAmount": total,
                "canDeduct": not context.account.balance_restricted,
                "commodityDiscount": 0.0,
                "commodityTotalAmount": dollars(goods),
                "couponAmount": 0.0,
                "freight": dollars(postage),
                "iossAmount": dollars(taxes),
                "iossNumber": "",
                "iossTaxHandlingFee": dollars(fee),
                "iossTaxes": dollars(taxes),
                "iossType": 3 if taxes else 1,
                "orderOriginalAmount": total,
                "orderProductAmount": dollars(goods),
                "payableAmount": total,
                "postageDiscount": 0.0,
                "serviceFee": 0.0,
            },
            "interceptOrders": [],
        }
    )


def confirm(context: Context) -> Answer:
    """Begin confirming one order; it is UNPAID a moment later."""
    order = coded(context, "orderId")
    if order.confirm_due is not None:
        raise Refusal(_CONFIRM_FAILED, "The order is being confirmed, please try again later")
    if order.status not in (CREATED, IN_CART):
        raise Refusal(_CONFIRM_FAILED, f"Order confirm fail, {_standing(order)}")
    reasons = missing_stock(context, order)
    if reasons:
        places = [house for house in WAREHOUSES.values() if house.country == order.origin]
        where = next((house for house in places if house.city == BY_NAME[order.carrier].tied_to), places[0])
        raise Refusal(_CONFIRM_FAILED, f"{reasons[0]['message']}; no stock in {where.city}, {where.province}")
    order.confirm_due = context.now + timedelta(seconds=context.simulator.options.confirm_seconds)
    context.account.orders.settle(context.now, context.simulator.options.pace)
    return Answer(order.code)


def _standing(order: Order) -> str:
    return f"current status {STATUS_TEXT[order.status]}({order.status})"


def logistics_of(context: Context) -> Answer:
    """The carriers an order could use instead."""
    order = coded(context, "orderCode")
    parcel = Parcel(
        order.origin,
        order.address["shippingCountryCode"],
        [(line.variant, line.quantity) for line in order.lines],
    )
    rows = []
    for route in routes(context.world, parcel):
        tied = route.carrier.tied_to
        stocked = all(
            sum(
                held.total
                for house, held in context.world.stock(line.variant, order.origin).items()
                if tied in (None, WAREHOUSES[house].city)
            )
            >= line.quantity
            for line in order.lines
        )
        rows.append(
            {
                "id": route.carrier.id,
                "logisticsName": route.carrier.name,
                "postage": dollars(route.total),
                "hasStock": stocked,
                "arrivalTime": route.days,
                "startCountry": order.origin,
                "availableTrackingInfo": True,
            }
        )
    return Answer(rows)


def change_logistics(context: Context) -> Answer:
    """Give an unpaid order another carrier; its postage changes with it."""
    order = coded(context, "orderCode")
    name = context.inputs.required("logisticsName", 50)
    context.inputs.required("id", 50)
    context.inputs.integer("from", 0, 2)
    if order.status > UNPAID:
        raise Refusal(8002, "The order status has changed")
    parcel = Parcel(
        order.origin,
        order.address["shippingCountryCode"],
        [(line.variant, line.quantity) for line in order.lines],
    )
    route = next((one for one in routes(context.world, parcel) if one.carrier.name == name), None)
    if route is None:
        raise Refusal(1605001, f"Logistics invalid for this shipment: {name}")
    order.carrier, order.days, order.postage = name, route.days, route.total
    order.intercepts = missing_stock(context, order)
    return Answer(data=True)


def change_warehouse(context: Context) -> Answer:
    """Take the goods from another warehouse of the same country."""
    order = coded(context, "orderCode")
    place = WAREHOUSES.get(context.inputs.required("storageId", 40))
    if place is None or place.country != order.origin or order.status > UNPAID:
        raise Refusal(_CONFIRM_FAILED, "order query fail", data=False)
    order.storage_id = place.id
    return Answer(data=True)


ENDPOINTS = (
    post("/shopping/order/addCart", add_cart, style=Style.CART),
    post("/shopping/order/addCartConfirm", confirm_cart, style=Style.CART),
    post("/shopping/order/saveGenerateParentOrder", make_parent, style=Style.BARE),
    Endpoint("PATCH", "/shopping/order/confirmOrder", confirm),
    get("/shopping/order/getOrderLogisticsInfo", logistics_of),
    post("/shopping/order/updateLogistics", change_logistics),
    post("/shopping/order/changeWarehouse", change_warehouse),
)
