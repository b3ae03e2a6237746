"""
What can still be changed of an order that is not paid: its shipping method, and whether it exists.

CJ documentation, "Shopping: Order Logistics", "Update Logistics" and "Delete Order", read 2026-11-23.
"""

from typing import Any, Final

from pydantic import Field, TypeAdapter

from providers.cj.fields import Amount
from providers.cj.parsing import Days, Flag, Id, Sent, usd
from providers.cj.rows import expect_done, malformed, read_rows
from providers.orders import MethodOffer
from providers.upstream import Call, CallPolicy, Json

# `from` is 0, 1 or 2, and CJ does not say for what; a shop that changes methods tries them in this order.
ORIGINS_OF_A_CHANGE: Final = (2, 1, 0)


class SentOffer(Sent):
    """A shipping method that an order could use."""

    id: Id
    method: Id = Field(alias="logisticsName")
    price: Amount = Field(None, alias="postage")
    has_stock: Flag = Field(None, alias="hasStock")
    transit: Days = Field(None, alias="arrivalTime")


_OFFERS: Final = TypeAdapter(list[SentOffer])
_OFFER: Final = TypeAdapter(SentOffer)


def offers_call(policy: CallPolicy, code: str) -> Call[tuple[MethodOffer, ...]]:
    """Ask which shipping methods an order could change to."""
    return Call(
        policy,
        "GET",
        "/shopping/order/getOrderLogisticsInfo",
        read=_read_offers,
        query=(("orderCode", code),),
        is_empty=lambda offers: not offers,
    )


def change_call(policy: CallPolicy, code: str, offer: MethodOffer, origin: int) -> Call[bool]:
    """Change an order's shipping method; a second time changes nothing."""
    body = {"id": offer.id, "orderCode": code, "logisticsName": offer.method, "from": origin}
    return Call(policy, "POST", "/shopping/order/updateLogistics", read=_read_changed, body=body)


def delete_call(policy: CallPolicy, code: str) -> Call[bool]:
    """Delete an order that is created or in the cart."""
    return Call(
        policy, "DELETE", "/shopping/order/deleteOrder", read=_read_deleted, query=(("orderId", code),)
    )


def _read_offers(data: Json) -> tuple[MethodOffer, ...]:
    rows: Any = data.get("list") if isinstance(data, dict) else data
    return tuple(
        MethodOffer(offer.id, offer.method, usd(offer.price), offer.has_stock, offer.transit)
        for offer in read_rows(_OFFERS, _OFFER, rows, "shipping method")
    )


def _read_changed(data: Json) -> bool:
    return expect_done(data, "the shipping method was changed")


def _read_deleted(data: Json) -> bool:
    # Documented as the order's id.
    if data is True or (isinstance(data, str) and data and data.lower() != "false"):
        return True
    raise malformed("CJ does not say that the order was deleted")
