"""
Where parcels are. No list of events: those come by webhook only.

CJ documentation, "Logistic: Tracking", read 2026-11-23.
"""

from providers.cj.simulator.endpoint import Context, get
from providers.cj.simulator.envelope import Answer, Refusal
from providers.cj.simulator.orders import DELIVERED, SHIPPED, Order, utc_text


def track(context: Context) -> Answer:
    """One entry for each tracking number the account knows; unknown ones are missing."""
    wanted = context.inputs.many("trackNumber")
    if not wanted:
        raise Refusal(16900403, "trackNumber must not be empty")
    book = context.account.orders
    book.settle(context.now, context.simulator.options.pace)
    found = {order.track_number: order for order in book.orders if order.track_number}
    return Answer([_entry(context, found[number]) for number in dict.fromkeys(wanted) if number in found])


def _entry(context: Context, order: Order) -> dict[str, object]:
    end = order.delivered or context.now
    days = (end - order.shipped).days if order.shipped else 0
    status = {SHIPPED: "In transit", DELIVERED: "Delivered"}.get(order.status, "Information received")
    return {
        "trackingNumber": order.track_number,
        "logisticName": order.carrier,
        "trackingFrom": order.origin,
        "trackingTo": order.address["shippingCountryCode"],
        "deliveryDay": str(days),
        "deliveryTime": utc_text(order.delivered),
        "trackingStatus": status,
        "lastMileCarrier": "Local Post" if order.status >= SHIPPED else None,
        "lastTrackNumber": f"LP{order.id[5:17]}" if order.status >= SHIPPED else None,
    }


ENDPOINTS = (get("/logistic/trackInfo", track), get("/logistic/getTrackInfo", track))
