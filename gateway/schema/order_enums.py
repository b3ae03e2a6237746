"""Closed sets around orders, each value with what it means to a frontend developer."""

from enum import StrEnum

from gateway.orders.records import EventKind, SaidBy
from gateway.orders.state import Deed, Move, OrderStatus
from gateway.schema.enums import described

__all__ = ["Move", "OrderEventKind", "OrderStatus", "SaidBy", "event_kind"]

described(
    OrderStatus,
    "OrderStatus",
    "How an order stands.",
    {
        "PENDING": "Meant and written down, and not known to exist at the supplier yet.",
        "CREATED": "It exists at the supplier; nothing is charged.",
        "IN_CART": "Submitted for payment, not confirmed.",
        "AWAITING_PAYMENT": "Confirmed; `payOrder` is what it waits for.",
        "PAID": "Paid; nothing was done about it yet.",
        "PROCESSING": "The supplier is packing it.",
        "SHIPPED": "On its way: see `shipments`.",
        "DELIVERED": "There.",
        "CANCELLED": "Cancelled, or closed by the supplier.",
        "FAILED": "The supplier refused it, and it does not exist there; nothing was charged. Its "
        "reference may be used again.",
        "UNKNOWN": "It exists, in a state that we have no word for: see `rawStatus`.",
    },
)
described(
    SaidBy,
    "OrderEventSource",
    "Who told what happened to an order.",
    {
        "CLIENT": "A client of this gateway.",
        "SUPPLIER": "The supplier, in its answer to something that the gateway did.",
        "WEBHOOK": "The supplier, by itself.",
        "POLL": "The supplier, when the gateway asked how the order stands.",
        "GATEWAY": "This gateway.",
    },
)
described(
    Move,
    "OrderEventEffect",
    "What an event did to the order.",
    {
        "ADVANCED": "The order stands otherwise since then.",
        "REPEATED": "Nothing: it was known already.",
        "LATE": "Nothing: it was true once, and overtaken when it came.",
        "IMPOSSIBLE": "Nothing: no order goes that way. It is kept for people to look at.",
        "UNKNOWN": "The supplier said a word that we do not know.",
    },
)


class OrderEventKind(StrEnum):
    """Everything that can happen to an order: `EventKind` and `Deed` as one set."""

    BEGUN = "BEGUN"
    NEWS = "NEWS"
    NOTE = "NOTE"
    ERASED = "ERASED"
    CREATION_SENT = "CREATION_SENT"
    CREATION_UNCLEAR = "CREATION_UNCLEAR"
    CREATION_ABSENT = "CREATION_ABSENT"
    CREATION_REFUSED = "CREATION_REFUSED"
    ABANDONED = "ABANDONED"
    WITHDRAWN = "WITHDRAWN"
    BEGUN_AGAIN = "BEGUN_AGAIN"
    PAYMENT_SENT = "PAYMENT_SENT"
    PAYMENT_UNCLEAR = "PAYMENT_UNCLEAR"
    PAYMENT_ABSENT = "PAYMENT_ABSENT"
    PAYMENT_REFUSED = "PAYMENT_REFUSED"
    PAYMENT_ACCEPTED = "PAYMENT_ACCEPTED"
    CANCELLATION_SENT = "CANCELLATION_SENT"
    CANCELLATION_UNCLEAR = "CANCELLATION_UNCLEAR"
    CANCELLATION_REFUSED = "CANCELLATION_REFUSED"
    CANCELLATION_ACCEPTED = "CANCELLATION_ACCEPTED"


described(
    OrderEventKind,
    "OrderEventKind",
    "What happened to an order.",
    {
        "BEGUN": "It was asked for and written down, before the supplier heard of it.",
        "NEWS": "The supplier's word about it: see `rawStatus`.",
        "NOTE": "Something worth keeping that moves nothing: what the wallet held, a payment above what was "
        "agreed, a dispute or why there is none, what the order policy decided.",
        "ERASED": "The buyer's address was erased for ever.",
        "CREATION_SENT": "The supplier is about to be asked to create it.",
        "CREATION_UNCLEAR": "The supplier's answer left open whether it was created; it is looked for.",
        "CREATION_ABSENT": "It does not exist, or never left: creating it may be tried again.",
        "CREATION_REFUSED": "The supplier refused to create it.",
        "ABANDONED": "Given up before the supplier heard of it, because it cannot be had as it was meant.",
        "WITHDRAWN": "Cancelled by the client before the supplier heard of it.",
        "BEGUN_AGAIN": "Asked for once more after the supplier had refused it, under the same reference.",
        "PAYMENT_SENT": "The supplier is about to be told to take the money: see `amount`.",
        "PAYMENT_UNCLEAR": "The supplier's answer left open whether it was paid; order and wallet are read.",
        "PAYMENT_ABSENT": "It turned out not to be paid: paying may be tried again.",
        "PAYMENT_REFUSED": "The supplier refused the payment; no money moved.",
        "PAYMENT_ACCEPTED": "It is paid.",
        "CANCELLATION_SENT": "The supplier is about to be asked to cancel it.",
        "CANCELLATION_UNCLEAR": "The supplier's answer left open whether it was cancelled; it is looked at.",
        "CANCELLATION_REFUSED": "The supplier did not cancel it.",
        "CANCELLATION_ACCEPTED": "It is cancelled.",
    },
)


def event_kind(kind: Deed | EventKind) -> OrderEventKind:
    """The ledger's kind as clients see it."""
    return OrderEventKind(kind.value)
