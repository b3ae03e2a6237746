"""
What became of something that was sent and not clearly answered: found out by looking, not by sending again.

    creation        the number is looked up: there, it is adopted; not there for long enough, it was not made
    payment         the order is read, and the wallet: paid, it is settled; unpaid for long enough, with not
                    that much gone from the wallet, it was not paid
    cancellation    asked for again, which does no harm to an order that is cancelled

A supplier may be behind itself: right after an answer was lost it may deny an order, or call it unpaid. That
is what the waiting is for; how long, says `Patience`.
"""

from collections.abc import Sequence

import structlog

from gateway.orders.office import Result
from gateway.orders.proof import Purse, read_order, read_purse
from gateway.orders.records import EventKind, Order, SaidBy
from gateway.orders.refusals import of_error
from gateway.orders.state import Deed, OrderStatus, Step
from gateway.orders.troubles import Busy, NotNow, OutcomeUnknown
from gateway.orders.working import Work, unknown
from providers.errors import NotFound, ProviderError, Rejected, Unsupported
from providers.upstream import Lane

log = structlog.get_logger(__name__)

_UNMADE = "It is not known yet whether the supplier has made the order; the gateway goes on looking."
_UNPAID = "It is not known yet whether the order was paid; the gateway goes on looking, and never pays twice."
_GONE = (
    "The supplier shows the order as unpaid, and at least as much as it costs is gone from the wallet. It is "
    "not paid again while that is so, and the gateway goes on looking. Look at it at the supplier, or ask "
    "its support."
)
_HIDDEN = (
    "The supplier says that it has an order with the number {number} and does not show it; the gateway goes "
    "on looking for it. Send the same request again later, or ask the supplier's support for that number; do "
    "not order it elsewhere meanwhile."
)
_MOST_PATIENCE = 64
"""So many times the usual patience, at the most, before an order is sent again that is said to exist."""
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
    refused = (await work.past(order)).refused_as_known()
    # Being told again that the number exists brings nothing; a supplier that is wrong about it gets over it.
    patience = work.patience.creation * min(2**refused, _MOST_PATIENCE)
    if await work.seconds_since(order, Deed.CREATION_SENT) < patience:
        return Result(order, (hidden(order) if refused else unknown(_UNMADE),))
    return Result(await work.tell(order, Deed.CREATION_ABSENT, SaidBy.POLL))


async def about_payment(work: Work, order: Order) -> Result:
    """Read order and wallet; afterwards it is paid, or known not to be, or unknown still."""
    words = _UNPAID
    try:
        order, is_unpaid = await read_order(work, order)
        if order.standing.payment is not Step.SENT:
            return Result(order)
        waited = await work.seconds_since(order, Deed.PAYMENT_SENT)
        if is_unpaid and waited >= work.patience.payment:
            purse, _ = await read_purse(work, order)
            if purse is Purse.MISSING:
                words = _GONE
            elif waited >= work.patience.spent or purse is Purse.FULL or order.is_sandbox:
                return Result(await work.tell(order, Deed.PAYMENT_ABSENT, SaidBy.POLL))
    except ProviderError as error:
        note("payment", order, error)
    return Result(order, (unknown(words),))


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


def hidden(order: Order) -> OutcomeUnknown:
    """What is said of an order that the supplier says it has and does not show."""
    return unknown(_HIDDEN.format(number=order.number), _LOOK_LATER)


def passed(order: Order) -> NotNow | Busy:
    """What is said when an order is past something, or not there yet, which passes."""
    if order.status in _NOT_YET:
        return Busy(_NOT_YET[order.status], _SHORTLY)
    return NotNow(_PASSED.get(order.status, "The order has moved on: read it again."))


_SHORTLY = 5.0
_LOOK_LATER = 60.0
_NOT_YET = {
    OrderStatus.PENDING: "The supplier is not known to have the order yet; send the same request again soon.",
    OrderStatus.UNKNOWN: (
        "The supplier says something of the order that the gateway does not understand; send the same "
        "request again later."
    ),
}
_PASSED = {
    OrderStatus.PAID: "The order is paid already.",
    OrderStatus.PROCESSING: "The order is paid, and being made ready.",
    OrderStatus.SHIPPED: "The order is paid, and on its way.",
    OrderStatus.DELIVERED: "The order was delivered.",
    OrderStatus.CANCELLED: "The order was cancelled.",
    OrderStatus.FAILED: "The supplier refused the order; it does not exist there.",
}


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
