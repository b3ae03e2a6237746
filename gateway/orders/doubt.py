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

from gateway.orders.calls import Answered, Declined, ending_of
from gateway.orders.office import Result
from gateway.orders.proof import Purse, read_order, read_purse
from gateway.orders.records import EventKind, Noted, Order, SaidBy
from gateway.orders.refusals import of_error
from gateway.orders.sentences import hidden, unknown
from gateway.orders.state import Deed, Step
from gateway.orders.working import Work
from providers.errors import NotFound, ProviderError
from providers.upstream import Lane

log = structlog.get_logger(__name__)

_UNMADE = "It is not known yet whether the supplier has made the order; the gateway goes on looking."
_UNPAID = "It is not known yet whether the order was paid; the gateway goes on looking, and never pays twice."
_GONE = (
    "The supplier shows the order as unpaid, and at least as much as it costs is gone from the wallet. It is "
    "not paid again while that is so, and the gateway goes on looking. Look at it at the supplier, or ask "
    "its support."
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
    answered, waited = False, 0.0
    for pause in looks:
        if work.means.clock.monotonic() + pause >= work.deadline:
            break
        await work.means.clock.sleep(pause)
        # Before the look: of what arrives while a stalled process looks on, it shows nothing.
        waited = await work.seconds_since(order, Deed.CREATION_SENT)
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
    if waited < patience:
        return Result(order, (hidden(order) if refused else unknown(_UNMADE),))
    return Result(await work.tell(order, Deed.CREATION_ABSENT, SaidBy.POLL))


async def about_payment(work: Work, order: Order) -> Result:
    """Read order and wallet; afterwards it is paid, or known not to be, or unknown still."""
    words = _UNPAID
    try:
        waited = await work.seconds_since(order, Deed.PAYMENT_SENT)
        order, is_unpaid = await read_order(work, order)
        if order.standing.payment is not Step.SENT:
            return Result(order)
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
    heard, ask = order.heard, work.ask(Lane.ORDER)
    ended = await ending_of(lambda: work.provider.cancel_order(heard, ask))
    if isinstance(ended, Answered):
        return Result(await work.tell(order, Deed.CANCELLATION_ACCEPTED, SaidBy.SUPPLIER))
    # One that was cancelled a moment ago is not found, too.
    if isinstance(ended, Declined) and not isinstance(ended.error, NotFound):
        trouble = of_error(ended.error)
        order = await work.tell(order, Deed.CANCELLATION_REFUSED, SaidBy.SUPPLIER, troubles=(trouble,))
        return Result(await read_again(work, order), (trouble,))
    note("cancellation", order, ended.error)
    name = type(ended.error).__name__
    order = await work.tell(order, Deed.CANCELLATION_UNCLEAR, noted={Noted.ERROR: name})
    return Result(order, (unknown(_UNCANCELLED),))


async def read_again(work: Work, order: Order) -> Order:
    """The order as the supplier has it now; as it was, where that cannot be had."""
    try:
        found = await work.provider.find_order(order.number, work.ask(Lane.ORDER))
    except ProviderError as error:
        note("standing", order, error)
        return order
    return order if found is None else await work.tell(order, EventKind.NEWS, SaidBy.POLL, heard=found)


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
