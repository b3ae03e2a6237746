"""
Whether a payment that was sent took the money, by what the order and the wallet show.

A supplier's own answer proves little: CJ's success has no receipt, and a refusal can follow a payment.
Nothing here decides; `doubt` and `paying` do.
"""

from enum import StrEnum

from gateway.orders.records import EventKind, Order, SaidBy
from gateway.orders.working import Work
from providers.errors import Unsupported
from providers.model import Money
from providers.orders import OrderState
from providers.upstream import Lane


class Purse(StrEnum):
    """What the wallet says."""

    SILENT = "SILENT"  # nothing: there is none to read, or none that the payment would have touched
    FULL = "FULL"  # there is no less in it than before
    LOWER = "LOWER"  # there is less, by less than the payment, or because other orders were paid
    MISSING = "MISSING"  # at least as much is gone as the payment, and nothing else explains it


async def read_order(work: Work, order: Order) -> tuple[Order, bool]:
    """
    The order as the supplier has it now, and whether it is shown as one that is not paid.

    Raises ProviderError.
    """
    found = await work.provider.find_order(order.number, work.ask(Lane.PAYMENT))
    if found is None:
        return order, False
    order = await work.tell(order, EventKind.NEWS, SaidBy.POLL, heard=found)
    return order, found.state is not OrderState.UNKNOWN


async def read_purse(work: Work, order: Order) -> tuple[Purse, Money | None]:
    """
    What the wallet says of the last payment, and what is in it, where it was read.

    Raises ProviderError.
    """
    attempt = (await work.past(order)).payment()
    if attempt is None or attempt.balance is None:
        return Purse.SILENT, None
    try:
        now = (await work.provider.wallet(work.ask(Lane.PAYMENT))).available
    except Unsupported:
        return Purse.SILENT, None
    before = attempt.balance
    if now.currency != before.currency:
        return Purse.LOWER, now
    if now.amount >= before.amount:
        return Purse.FULL, now
    others = await work.spent_by_others(order, attempt)
    gone = before.amount - now.amount - others.amount
    return Purse.MISSING if gone >= attempt.amount.amount else Purse.LOWER, now
