"""
What is known of an order's disputes: by its history, and by the supplier's list.

The supplier does not say which dispute it has opened for us. The history keeps which ones were there before,
and which ones other requests have opened; what is in the list beside them is the one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from gateway.orders import doubt
from gateway.orders.office import Result
from gateway.orders.records import KeptEvent, Noted, Order
from gateway.orders.troubles import NotNow
from gateway.orders.working import Work
from providers.orders import Dispute, SupplierOrder
from providers.upstream import Lane

CANCELLED = "CANCELLED"
_UNPAID = "Only a paid order can be disputed. One that is not paid can be cancelled."


@dataclass(frozen=True, slots=True)
class Opening:
    """What the history knows of one attempt to open a dispute."""

    others: frozenset[str]
    """Disputes that are not this one: there before it, or opened by other requests."""
    is_sent: bool = False
    opened: str | None = None
    """Its id, once that is known."""


def is_paid_there(order: Order) -> bool:
    """Whether a supplier may be asked for disputes about it: it was paid."""
    return order.standing.is_paid and order.heard is not None


async def ready(work: Work, order: Order) -> Result:
    """The order with nothing left in doubt and paid, or why it cannot be disputed."""
    settled = await doubt.settle(work, order)
    if settled.troubles or is_paid_there(settled.stands(order)):
        return settled
    return Result(settled.order, (NotNow(_UNPAID),))


async def listed(work: Work, heard: SupplierOrder) -> tuple[Dispute, ...]:
    """As the supplier has them now, the newest first. Raises ProviderError."""
    return await work.provider.disputes(heard, work.ask(Lane.ORDER))


def opening(events: Iterable[KeptEvent], key: str) -> Opening:
    """What the history knows of the attempt under this key of ours for the supplier."""
    others: set[str] = set()
    is_sent, opened = False, None
    for each in notes(events):
        if each.get("key") == key and each["step"] == "SENT":
            others.update(each["known"])
            is_sent = True
        elif each["step"] == "OPENED" and each["id"] is not None:
            if each["key"] == key:
                opened = each["id"]
            else:
                others.add(each["id"])
    return Opening(frozenset(others), is_sent, opened)


def notes(events: Iterable[KeptEvent]) -> list[dict[str, Any]]:
    """What was noted about disputes, as `Noted.DISPUTE` has it."""
    return [event.payload[Noted.DISPUTE] for event in events if Noted.DISPUTE in event.payload]


def mine(found: tuple[Dispute, ...], about: Opening) -> Dispute | None:
    """The oldest that is not another's: a later one was opened by somebody else, at the supplier itself."""
    return next((each for each in reversed(found) if each.id not in about.others), None)


def named(found: tuple[Dispute, ...], dispute_id: str) -> Dispute | None:
    """The one with this id."""
    return next((each for each in found if each.id == dispute_id), None)
