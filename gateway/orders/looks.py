"""
How often an order is looked after when the supplier says nothing by itself: data, and one rule.
"""

from collections.abc import Mapping
from datetime import timedelta

from gateway.orders.state import OrderStatus, Standing

_LEAST_WAIT: Mapping[OrderStatus, timedelta] = {
    OrderStatus.PENDING: timedelta(seconds=30),
    OrderStatus.UNKNOWN: timedelta(minutes=5),
    OrderStatus.CREATED: timedelta(minutes=5),
    OrderStatus.IN_CART: timedelta(minutes=2),
    OrderStatus.AWAITING_PAYMENT: timedelta(minutes=5),
    OrderStatus.PAID: timedelta(minutes=10),
    OrderStatus.PROCESSING: timedelta(hours=1),
    OrderStatus.SHIPPED: timedelta(hours=2),
}
_LEAST_WAIT_IN_DOUBT = timedelta(seconds=5)
_LEAST_WAIT_FOR_MONEY = timedelta(minutes=10)
_MONEY_RESTS = timedelta(days=30)
"""A paid order that was cancelled is not looked after any more: what comes back has come back by then."""
_LONGEST_WAIT = timedelta(days=1)


def next_look(standing: Standing, quiet: timedelta) -> timedelta | None:
    """
    How long to wait before looking after an order again; None where nothing more is to come.

    Args:
        standing: How it stands.
        quiet: How long it has stood so; the wait grows with it, so that old orders cost little.
    """
    least = _LEAST_WAIT.get(standing.status)
    if standing.is_in_doubt:
        least = _LEAST_WAIT_IN_DOUBT
    elif standing.status is OrderStatus.CANCELLED and standing.is_paid and quiet < _MONEY_RESTS:
        # Money is gone for something that is not there: either of the two may still change.
        least = _LEAST_WAIT_FOR_MONEY
    return None if least is None else min(max(least, quiet / 8), _LONGEST_WAIT)
