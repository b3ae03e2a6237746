"""
What is said to people of an order that is in doubt, past something, unknown here, or another gateway's.
"""

from gateway.orders.records import Home, Order
from gateway.orders.state import OrderStatus
from gateway.orders.troubles import Busy, Elsewhere, NotFound, NotNow, OutcomeUnknown, Unsupported
from providers.port import Provider

_CHECK_AFTER = 5.0
"""Seconds until it is worth asking again after something unclear."""
_SHORTLY = 5.0
"""The same where the order only has to get there."""
_LOOK_LATER = 60.0
"""The same for an order that the supplier hides."""
_NOT_YET = {
    OrderStatus.PENDING: "The supplier is not known to have the order yet; send the same request again soon.",
    OrderStatus.UNKNOWN: (
        "The supplier says something of the order that the gateway does not understand; send the same "
        "request again later."
    ),
}
_PASSED = {
    OrderStatus.PAID: "The order is paid already; there is nothing left to pay.",
    OrderStatus.PROCESSING: "The order is paid, and being made ready.",
    OrderStatus.SHIPPED: "The order is paid, and on its way.",
    OrderStatus.DELIVERED: "The order was delivered.",
    OrderStatus.CANCELLED: "The order was cancelled.",
    OrderStatus.FAILED: "The supplier refused the order; it does not exist there.",
}
_HIDDEN = (
    "The supplier says that it has an order with the number {number} and does not show it; the gateway goes "
    "on looking for it. Send the same request again later, or ask the supplier's support for that number; do "
    "not order it elsewhere meanwhile."
)
_ASK_THERE = (
    "it is shown as it was last known, and nothing was done. Send the request to a gateway that runs as this "
    "one did when the order was placed, or have the settings put back; the same key works there."
)


def unknown(message: str, check_after: float = _CHECK_AFTER) -> OutcomeUnknown:
    """What is said of something that is being looked into."""
    return OutcomeUnknown(message, check_after)


def hidden(order: Order) -> OutcomeUnknown:
    """What is said of an order that the supplier says it has and does not show."""
    return unknown(_HIDDEN.format(number=order.number), _LOOK_LATER)


def passed(order: Order) -> NotNow | Busy:
    """What is said when an order is past something, or not there yet, which passes."""
    if order.status in _NOT_YET:
        return Busy(_NOT_YET[order.status], _SHORTLY)
    return NotNow(_PASSED.get(order.status, "The order has moved on: read it again."))


def elsewhere(order: Order, provider: Provider) -> Elsewhere | None:
    """Why this gateway must leave the order alone, and who need not; None where it may act on it."""
    here = Home.of(provider.declaration)
    if order.home == here:
        return None
    if order.account != here.account:
        words = (
            "The order was placed with another account at {name} than the one this gateway uses now: {ask}"
        )
    elif order.is_sandbox:
        words = "The order is a test, and this gateway makes real orders at {name}: {ask}"
    else:
        words = "The order is a real one, and this gateway makes test orders only at {name}: {ask}"
    return Elsewhere(words.format(name=provider.declaration.name, ask=_ASK_THERE))


def no_order(order_id: str) -> NotFound:
    """There is no such order."""
    return NotFound(f"There is no order {order_id[:64]}.")


def not_here(supplier: str) -> Unsupported:
    """There is no such supplier."""
    return Unsupported(f"No supplier {supplier[:64]} is enabled in this gateway.")
