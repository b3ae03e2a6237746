"""
What became of something that was sent and not clearly answered: found out by looking, not by sending again.

    creation        the number is looked up: there, it is adopted; not there for long enough, it was not made
    payment         the order is read, and the wallet: paid, it is settled; unpaid for long enough, with no
                    less in the wallet, it was not paid
    cancellation    asked for again, which does no harm to an order that is cancelled

A supplier may be behind itself: right after an answer was lost it may deny an order, or call it unpaid. That
is what the waiting is for; how long, says `Patience`.
"""

from collections.abc import Sequence

import structlog

from gateway.orders.office import Result
from gateway.orders.records import EventKind, Order, SaidBy
from gateway.orders.refusals import of_error
from gateway.orders.state import Deed, OrderStatus, Step
from gateway.orders.troubles import NotNow
from gateway.orders.working import Work, unknown
from providers.errors import NotFound, ProviderError, Rejected, Unsupported
from providers.model import Money
from providers.orders import OrderState
from providers.upstream import Lane

log = structlog.get_logger(__name__)

_UNMADE = "It is not known yet whether the supplier has made the order; the gateway goes on looking."
_UNPAID = "It is not known yet whether the order was paid; the gateway goes on looking, and never pays twice."
_UNCANCELLED = "It is not known yet whether the order was cancelled; the gateway goes on trying."


async def settle(work: Work, order: Order) -> Result:
    """The order with nothing left in doubt, or OutcomeUnknown."""
    result = Result(order)
    if order.standing.creation is Step.SENT:
        result = await about_creation(work, order)
    elif order.standing.payment is Step.SENT:
        result = await about_payment(work, order)
    elif order.standing.cancellation is Step.SENT:
        result = await about_cancellation(work, order)
    return result


async def about_creation(work: Work, order: Order, *, looks: Sequence[float] = (0.0,)) -> Result:
    """
    Look up an order that may have been made: it is adopted, or known to be absent, or not known still.

    Args:
        work: Who does it.
        order: One that is PENDING.
        looks: Seconds to wait before each look.
    """
    answered = False
    for pause in looks:
        if work.means.clock.monotonic() + pause >= work.deadline:
            break
        await work.means.clock.sleep(pause)
        try:
            found = await work.provider.find_order(order.number, work.ask(Lane.ORDER))
        except Exception as error:  # noqa: BLE001 - whatever it is, nothing was learned
            answered = False
            note("creation", order, error)
            continue
        if found is not None:
            return Result(await work.tell(order, EventKind.NEWS, SaidBy.POLL, heard=found))
        answered = True
    if not answered:
        return Result(order, (unknown(_UNMADE),))
    if order.standing.creation is not Step.SENT:
        return Result(order)
    if await work.seconds_since(order, Deed.CREATION_SENT) < work.patience.creation:
        return Result(order, (unknown(_UNMADE),))
    return Result(await work.tell(order, Deed.CREATION_ABSENT, SaidBy.POLL))


async def about_payment(work: Work, order: Order) -> Result:
    """Read order and wallet; afterwards it is paid, or known not to be, or unknown still."""
    try:
        found = await work.provider.find_order(order.number, work.ask(Lane.PAYMENT))
        if found is not None:
            order = await work.tell(order, EventKind.NEWS, SaidBy.POLL, heard=found)
        if order.standing.payment is not Step.SENT:
            return Result(order)
        if found is None or found.state is OrderState.UNKNOWN:
            return Result(order, (unknown(_UNPAID),))
        if await _is_absent(work, order):
            return Result(await work.tell(order, Deed.PAYMENT_ABSENT, SaidBy.POLL))
    except ProviderError as error:
        note("payment", order, error)
    return Result(order, (unknown(_UNPAID),))


async def about_cancellation(work: Work, order: Order) -> Result:
    """Ask for it, as often as it takes; afterwards the order is cancelled, or clearly is not, or unknown."""
    if order.heard is None:
        return Result(order, (unknown(_UNCANCELLED),))
    try:
        await work.provider.cancel_order(order.heard, work.ask(Lane.ORDER))
    except (Rejected, Unsupported) as error:
        if not isinstance(error, NotFound):
            trouble = of_error(error)
            order = await work.tell(order, Deed.CANCELLATION_REFUSED, SaidBy.SUPPLIER, troubles=(trouble,))
            return Result(await read_again(work, order), (trouble,))
        lost: Exception = error
    except Exception as error:  # noqa: BLE001 - whatever it is, it may be cancelled
        lost = error
    else:
        return Result(await work.tell(order, Deed.CANCELLATION_ACCEPTED, SaidBy.SUPPLIER))
    note("cancellation", order, lost)
    order = await work.tell(order, Deed.CANCELLATION_UNCLEAR, error=type(lost).__name__)
    return Result(order, (unknown(_UNCANCELLED),))


async def read_again(work: Work, order: Order) -> Order:
    """The order as the supplier has it now; as it was, where that cannot be had."""
    try:
        found = await work.provider.find_order(order.number, work.ask(Lane.ORDER))
    except ProviderError as error:
        note("standing", order, error)
        return order
    return order if found is None else await work.tell(order, EventKind.NEWS, SaidBy.POLL, heard=found)


def passed(order: Order) -> NotNow:
    """What is said when an order is past something, or not there yet."""
    return NotNow(_PASSED.get(order.status, "The order has moved on: read it again."))


_PASSED = {
    OrderStatus.PENDING: "The supplier is not known to have the order yet; look again shortly.",
    OrderStatus.PAID: "The order is paid already.",
    OrderStatus.PROCESSING: "The order is paid, and being made ready.",
    OrderStatus.SHIPPED: "The order is paid, and on its way.",
    OrderStatus.DELIVERED: "The order was delivered.",
    OrderStatus.CANCELLED: "The order was cancelled.",
    OrderStatus.FAILED: "The supplier refused the order; it does not exist there.",
    OrderStatus.UNKNOWN: "The supplier says something of the order that the gateway does not understand.",
}


async def _is_absent(work: Work, order: Order) -> bool:
    waited, patience = await work.seconds_since(order, Deed.PAYMENT_SENT), work.patience
    if waited < patience.payment:
        return False
    if waited >= patience.spent:
        return True
    before = (await work.past(order)).wallet()
    if before is None:  # a test order, which costs nothing
        return True
    now: Money = (await work.provider.wallet(work.ask(Lane.PAYMENT))).available
    return now.currency == before.currency and now.amount >= before.amount


def note(what: str, order: Order, error: Exception) -> None:
    """Log that something is not known; with the traceback where it is a fault of ours, or of an adapter's."""
    log.warning(
        "order.unclear",
        doubt=what,
        order=order.id,
        supplier=order.supplier,
        error=type(error).__name__,
        exc_info=None if isinstance(error, ProviderError) else error,
    )
