"""
Making an order at the supplier, once: from wherever an earlier attempt left it.

Nothing is charged here. What the supplier takes for it is compared with what was allowed as soon as it says:
an order above `max_total` is cancelled again, one above what was only quoted stays, and is reported.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

import structlog

from gateway.orders import cancelling, doubt
from gateway.orders.amounts import exceeds, in_words
from gateway.orders.answers import is_final
from gateway.orders.calls import Answered, Declined, ending_of
from gateway.orders.history import BEGUN, Past
from gateway.orders.office import Result
from gateway.orders.records import EventKind, Noted, Order, SaidBy
from gateway.orders.refusals import of_creation
from gateway.orders.sentences import hidden, passed, unknown
from gateway.orders.state import UNPAID, Deed, OrderStatus, Standing, Step
from gateway.orders.troubles import Busy, NotNow, PriceChanged, Refused
from gateway.orders.working import Work
from providers.errors import Conflict, Transient
from providers.orders import OrderLine
from providers.upstream import Lane

log = structlog.get_logger(__name__)

_NOT_YET = "The supplier did not make the order; the gateway tries again."
_NOTHING_DONE = (
    "The supplier takes no more requests for the moment, and nothing was done; send the same request again. "
    "The gateway tries again, too."
)
_LATE = "The supplier could not be reached for so long that the order was given up; it was not made."
_ERASED = "The address was erased before the order could be made."
_OTHER = (
    "The supplier has this order with other contents, from an earlier attempt that it had refused. It is not "
    "paid. Cancel it, and order under another reference."
)


async def place(work: Work, order: Order, *, may_give_up: bool = False) -> Result:
    """
    The order made and within its price, or why not.

    Args:
        work: Who does it; it holds the order.
        order: In any state.
        may_give_up: Whether one that could not be made for long is given up: not while its client asks.
    """
    if order.status is OrderStatus.PENDING:
        result = await _make(work, order, may_give_up=may_give_up)
        order = result.stands(order)
        if result.troubles:
            return result
    past = await work.past(order)
    if order.status is OrderStatus.PENDING:
        return Result(order, (hidden(order) if past.refused_as_known() else unknown(_NOT_YET),))
    if order.status is OrderStatus.FAILED:
        return Result(order, past.troubles(Deed.CREATION_REFUSED, Deed.ABANDONED))
    if is_other(order, past):
        return Result(order, (NotNow(_OTHER),))
    return await _within_price(work, order)


def is_too_dear(order: Order) -> bool:
    """Whether the supplier takes more than was allowed for an order that is only made yet."""
    total = order.charged
    untouched = Standing(OrderStatus.CREATED, Step.DONE)
    return order.standing == untouched and total is not None and exceeds(total, order.max_total)


def is_other(order: Order, past: Past) -> bool:
    """Whether the supplier has something else under this number than what was asked for."""
    heard = order.heard.lines if order.heard else ()
    return past.is_of_earlier_input() or bool(heard and _pieces(heard) != _pieces(order.lines))


async def _make(work: Work, order: Order, *, may_give_up: bool) -> Result:
    past = Past(()) if order.version == 1 else await work.past(order)
    if past.may_be_made():
        looked = await doubt.about_creation(work, order)
        order = looked.stands(order)
        if looked.troubles or order.status is not OrderStatus.PENDING:
            return looked
    is_known = past.refused_as_known() > 0
    if order.address is None and is_known:
        return Result(order, (hidden(order),))
    is_late = may_give_up and await work.seconds_since(order, *BEGUN) > work.patience.giving_up
    gone = _hopeless(order, is_late=is_late and not is_known)
    if gone is not None:
        order = await work.tell(order, Deed.ABANDONED, troubles=(gone,))
        return Result(order, (gone,))
    return await _send(work, order, is_known=is_known)


def _hopeless(order: Order, *, is_late: bool) -> Refused | None:
    if order.address is None:
        return Refused(_ERASED, None)
    return Refused(_LATE, None) if is_late else None


async def _send(work: Work, order: Order, *, is_known: bool) -> Result:
    order = await work.tell(order, Deed.CREATION_SENT)
    ask = work.ask(Lane.ORDER, within=work.patience.leaving)
    ended = await ending_of(lambda: work.provider.create_order(order.draft(), ask))
    if isinstance(ended, Answered):
        log.info("order.created", order=order.id, supplier=order.supplier)
        return Result(await work.tell(order, EventKind.NEWS, SaidBy.SUPPLIER, heard=ended.value))
    # What it refuses now it may have made before it said that it has an order with this number.
    if isinstance(ended, Declined) and not (isinstance(ended.error, Conflict) or is_known):
        trouble = of_creation(ended.error, order.method)
        order = await work.tell(order, Deed.CREATION_REFUSED, SaidBy.SUPPLIER, troubles=(trouble,))
        log.info("order.refused", order=order.id, supplier=order.supplier, code=ended.error.code)
        return Result(order, (trouble,))
    if isinstance(ended.error, Transient) and ended.error.without_effect:
        log.info("order.not_sent", order=order.id, supplier=order.supplier, error=type(ended.error).__name__)
        order = await work.tell(order, Deed.CREATION_ABSENT)
        return Result(order, (hidden(order) if is_known else Busy(_NOTHING_DONE, ended.error.retry_after),))
    doubt.note("creation", order, ended.error)
    name = type(ended.error).__name__
    order = await work.tell(order, Deed.CREATION_UNCLEAR, noted={Noted.ERROR: name})
    return await doubt.about_creation(work, order, looks=work.patience.looks)


async def _within_price(work: Work, order: Order) -> Result:
    total, allowed = order.charged, order.max_total
    is_cancelled = order.status is OrderStatus.CANCELLED
    if total is None or allowed is None or not exceeds(total, allowed):
        return Result(order, (passed(order),) if is_cancelled else (), tuple(_warnings(order)))
    changed = PriceChanged(agreed=allowed, current=total)
    if order.status not in UNPAID:
        return Result(order, (changed,) if is_cancelled else ())
    result = await cancelling.cancel(work, order)
    if not is_final(result):
        return result
    kept = ("It could not be cancelled again. It is not paid.",) if result.troubles else ()
    return Result(result.order, (changed,), kept)


def _warnings(order: Order) -> Iterator[str]:
    if order.heard is None or order.status not in UNPAID:
        return
    total = order.charged
    if total is None:
        yield "The supplier does not say yet what it takes for the order; that is compared before it is paid."
    elif exceeds(total, order.quoted) and order.quoted is not None:
        yield f"The supplier takes {in_words(total)} for it; {in_words(order.quoted)} were quoted."
    for obstacle in order.heard.obstacles:
        yield f"The supplier holds it back: {obstacle}"


def _pieces(lines: Iterable[OrderLine]) -> Counter[str]:
    pieces: Counter[str] = Counter()
    for line in lines:
        pieces[line.variant_id] += line.quantity
    return pieces
