"""
Reading orders, deleting them, and handing in a waybill.

CJ documentation, "Shopping: List Order", "Query Order Detail" and "Delete Order", read 2026-11-23.
"""

from datetime import timedelta
from email import message_from_bytes
from typing import Final

from providers.cj.simulator.catalogue.places import WAREHOUSES
from providers.cj.simulator.endpoint import Context, Endpoint, get
from providers.cj.simulator.envelope import Answer, Refusal
from providers.cj.simulator.freight import Parcel, routes
from providers.cj.simulator.inputs import param_error
from providers.cj.simulator.orders import (
    CREATED,
    DELIVERED,
    IN_CART,
    PENDING,
    STATUS_TEXT,
    SUB_STATUS,
    UNPAID,
    Order,
    OrderBook,
    utc_text,
)
from providers.cj.simulator.shapes import dollars

_FILTERS: Final = frozenset((*STATUS_TEXT.values(), "OTHER", *SUB_STATUS.values()))
_MOST_IDS: Final = 100
_MOST_FEATURES: Final = 20
_ADDRESS: Final = (
    "shippingCountryCode", "shippingProvince", "shippingCity", "shippingPhone",
    "shippingAddress", "shippingCustomerName",
)  # fmt: skip


def _book(context: Context) -> OrderBook:
    book = context.account.orders
    book.settle(context.now, context.simulator.options.pace)
    return book


def _visible(context: Context, order: Order) -> bool:
    lag = timedelta(seconds=context.simulator.options.lookup_lag_seconds)
    return context.now >= order.created + lag


def list_orders(context: Context) -> Answer:
    """One page of orders, newest first, of every state unless one is named."""
    asked = context.inputs
    page, size = asked.page("pageNum", 1, 1_000_000), asked.page("pageSize", 20, 200)
    status, parent = asked.text("status", 20), asked.text("shipmentOrderId", 200)
    identities = asked.many("orderIds")
    numbers = asked.many("orderNumbers") if context.simulator.options.list_takes_numbers else []
    if status is not None and status not in _FILTERS:
        raise param_error()
    found = [
        order
        for order in reversed(_book(context).orders)
        if _visible(context, order)
        and status in (None, STATUS_TEXT[order.status], SUB_STATUS.get(order.status))
        and parent in (None, order.parent)
        and (not identities or order.id in identities or order.code in identities)
        and (not numbers or order.number in numbers)
    ]
    shown = found[(page - 1) * size : page * size]
    return Answer(
        {
            "pageNum": page,
            "pageSize": size,
            "total": len(found),
            "list": [_item(context, order) for order in shown],
        }
    )


def _shared(context: Context, order: Order) -> dict[str, object]:
    """What list and detail say alike."""
    priced = order.status >= UNPAID or order.api == 2  # noqa: PLR2004
    place = WAREHOUSES.get(order.storage_id or "")
    return {
        "orderId": order.id,
        "orderNum": order.number,
        **{name: order.address.get(name, "") for name in _ADDRESS},
        "orderWeight": order.grams,
        "orderStatus": STATUS_TEXT[order.status],
        "orderAmount": dollars(order.total) if priced else None,
        "productAmount": dollars(order.goods),
        "postageAmount": dollars(order.postage),
        "logisticName": order.carrier,
        "trackNumber": order.track_number,
        "trackingUrl": f"https://track.simulator.localhost/{order.track_number}"
        if order.track_number
        else None,
        "createDate": utc_text(order.created),
        "paymentDate": utc_text(order.paid),
        "storeCreateDate": None,
        "storageId": order.storage_id,
        "storageName": place.name if place else None,
        "isSandbox": int(order.sandbox),
        "shopId": context.account.shop_id,
        "shopName": order.shop,
    }


def _item(context: Context, order: Order) -> dict[str, object]:
    return _shared(context, order) | {
        "cjOrderId": order.code,
        "remark": order.remark or "",
        "productList": None,
    }


def order_json(context: Context, order: Order, features: frozenset[str] = frozenset()) -> dict[str, object]:
    """The detail object."""
    body = _shared(context, order) | {
        "platformOrderId": order.platform_order_id,
        "cjOrderId": order.code if order.is_confirmed else None,
        "cjOrderCode": order.code,
        "remark": order.remark,
        "subStatus": SUB_STATUS.get(order.status),
        "trackingProvider": None,
        "disputeId": order.dispute_id,
        "outWarehouseTime": utc_text(order.shipped),
        "isComplete": 1,
        "fromCountryCode": order.origin,
        "productList": [
            {
                "vid": line.variant.vid,
                "quantity": line.quantity,
                "sellPrice": dollars(line.cents),
                "podPropertiesInfo": None,
                "lineItemId": line.id,
                "storeLineItemId": line.store_line_id,
                "orderNumber": order.number,
                "productionOrderStatus": None,
                "abnormalType": None,
            }
            for line in order.lines
        ],
    }
    if "LOGISTICS_TIMELINESS" in features:
        lines = [(line.variant, line.quantity) for line in order.lines]
        offers = routes(context.world, Parcel(order.origin, order.address["shippingCountryCode"], lines))
        modes = [
            {"logisticsName": route.carrier.name, "arrivalTime": f"{route.days} Days"} for route in offers
        ]
        body["logisticsTimeliness"] = {"logisticsModes": modes}
    return body


def order_detail(context: Context) -> Answer:
    """One order by the caller's number, its numeric id or its SD code."""
    reference = context.inputs.text("orderId", 200)
    if reference is None:
        raise Refusal(1600300, "orderId must be not empty")
    features = context.inputs.many("features")
    if len(features) > _MOST_FEATURES:
        raise Refusal(1600300, f"The number of features must not exceed {_MOST_FEATURES}")
    order = _book(context).any_of(reference)
    if order is None or not _visible(context, order):
        raise Refusal(1600300, "Order not found")
    return Answer(order_json(context, order, frozenset(features)))


def order_batch(context: Context) -> Answer:
    """Details of several orders; those that do not exist are left out without a word."""
    wanted = _order_ids(context)
    book = _book(context)
    found = [book.any_of(reference) for reference in dict.fromkeys(wanted)]
    return Answer([order_json(context, order) for order in found if order and _visible(context, order)])


def proof_of_delivery(context: Context) -> Answer:
    """An empty list: what a proof looks like is not known."""
    _order_ids(context)
    return Answer([])


def _order_ids(context: Context) -> list[str]:
    wanted = context.inputs.many("orderIds")
    if not wanted:
        raise Refusal(16900403, "orderIds must not be empty")
    if len(wanted) > _MOST_IDS:
        raise Refusal(1600000, f"No more than {_MOST_IDS} orders at once")
    return wanted


def delete_order(context: Context) -> Answer:
    """Delete an order that is created or in the cart."""
    reference = context.inputs.required("orderId", 200)
    book = _book(context)
    order = book.identified(reference) or book.coded(reference)
    if order is None:
        raise Refusal(1603100, "Order not found")
    if order.status not in (CREATED, IN_CART):
        raise Refusal(
            1603002, f"Order delete fail, current status {STATUS_TEXT[order.status]}({order.status})"
        )
    book.remove(order)
    return Answer(reference)


def waybill(context: Context) -> Answer:
    """Refuse a waybill with 804: no order here uses platform logistics."""
    fields = _form(context)
    for name in ("orderId", "cjOrderId", "cjShippingCompanyName", "trackNumber"):
        if not fields.get(name):
            raise Refusal(16900403, f"{name} must not be empty")
    order = _book(context).identified(fields["orderId"])
    if order is None:
        raise Refusal(1603100, "Order not found")
    if not PENDING <= order.status <= DELIVERED:
        raise Refusal(8002, "The order status has changed")
    raise Refusal(804, "The order does not use platform logistics")


def _form(context: Context) -> dict[str, str]:
    """Text fields of a multipart form; a waybill is the one call that is not JSON."""
    if not context.content_type.lower().startswith("multipart/form-data"):
        raise Refusal(16900203, f"Content type '{context.content_type}' not supported", rule="request")
    message = message_from_bytes(f"Content-Type: {context.content_type}\r\n\r\n".encode() + context.raw)
    parts = message.get_payload()
    fields: dict[str, str] = {}
    for part in parts if isinstance(parts, list) else []:
        name = part.get_param("name", header="content-disposition") if hasattr(part, "get_param") else None
        content = part.get_payload(decode=True) if hasattr(part, "get_payload") else None
        if isinstance(name, str) and isinstance(content, bytes):
            fields[name] = content.decode("utf-8", "replace").strip()
    return fields


ENDPOINTS = (
    get("/shopping/order/list", list_orders),
    get("/shopping/order/getOrderDetail", order_detail),
    Endpoint("POST", "/shopping/order/getOrderDetailBatch", order_batch, batch=True),
    Endpoint("POST", "/shopping/order/getProofOfDelivery", proof_of_delivery, batch=True),
    Endpoint("DELETE", "/shopping/order/deleteOrder", delete_order),
    Endpoint("POST", "/shopping/order/uploadWaybillInfo", waybill, takes_json=False),
    Endpoint("POST", "/shopping/order/updateWaybillInfo", waybill, takes_json=False),
)
