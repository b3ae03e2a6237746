"""
Tools that move test orders: pretend to pay, set the state, set a tracking number.

CJ documentation, "Sandbox", read 2026-11-23.
"""

from providers.cj.simulator.endpoint import Context, post
from providers.cj.simulator.envelope import Answer, Refusal
from providers.cj.simulator.orders import (
    CANCELLED,
    DELIVERED,
    PENDING,
    PROCESSING,
    SHIPPED,
    STATUS_TEXT,
    UNPAID,
    Order,
    ship,
)

_STEPS = (PENDING, PROCESSING, SHIPPED, DELIVERED, CANCELLED)
_MISSING, _NOT_SANDBOX, _UNPAID, _LONGEST_NUMBER = 803, 811, 819, 64


def _order(context: Context, reference: str) -> Order:
    book = context.account.orders
    book.settle(context.now, context.simulator.options.pace)
    order = book.coded(reference)
    if order is None:
        raise Refusal(_MISSING, "Order not found")
    if not order.sandbox:
        raise Refusal(_NOT_SANDBOX, "The order is not a sandbox order")
    return order


def simulate_pay(context: Context) -> Answer:
    """Treat test orders as paid, by SD code or by their parent; no money moves."""
    asked = context.inputs
    parent = asked.text("shipmentOrderId", 200)
    if parent is not None:
        orders = [_order(context, order.code) for order in context.account.orders.children(parent)]
        if not orders:
            raise Refusal(_MISSING, "Order not found")
    else:
        orders = [_order(context, asked.required("orderId", 200))]
    for order in orders:
        if order.status != UNPAID:
            raise Refusal(1603101, f"pay fail, current status {STATUS_TEXT[order.status]}({order.status})")
    for order in orders:
        order.status, order.paid = PENDING, context.now
    return Answer(data=True)


def update_status(context: Context) -> Answer:
    """Take a paid test order one step further: 300, 400, 500, 600, 700, none left out."""
    order = _order(context, context.inputs.required("orderId", 200))
    target = context.inputs.integer("targetStatus")
    if target is None:
        raise Refusal(16900403, "targetStatus must not be empty")
    if order.status not in _STEPS[:-1]:
        raise Refusal(
            _UNPAID,
            f"The order is unpaid or closed, current status {STATUS_TEXT[order.status]}({order.status})",
        )
    if target != _STEPS[_STEPS.index(order.status) + 1]:
        raise Refusal(1600300, f"Cannot go from {order.status} to {target}")
    if target == SHIPPED:
        ship(order, context.now)
    if target == DELIVERED:
        order.delivered = context.now
    order.status = target
    return Answer(data=True)


def update_track_number(context: Context) -> Answer:
    """Give a paid test order a tracking number, or another one."""
    order = _order(context, context.inputs.required("orderId", 200))
    number = context.inputs.required("trackNumber", _LONGEST_NUMBER)
    if not PENDING <= order.status <= DELIVERED:
        raise Refusal(_UNPAID, "The order is unpaid or closed")
    order.track_number = number
    return Answer(data=True)


ENDPOINTS = (
    post("/shopping/sandbox/simulatePay", simulate_pay),
    post("/shopping/sandbox/updateStatus", update_status),
    post("/shopping/sandbox/updateTrackNumber", update_track_number),
)
