"""
Paying an order, once, and never more than was agreed.

    what is in doubt is settled ▸ the supplier says what it would take ▸ agreed? enough in the wallet?
    under the caps? ▸ written down ▸ sent, once ▸ accepted, refused, or in doubt

An unclear answer is never followed by a second payment, before order and wallet show that there was no first.
"""

import structlog

from gateway.orders import doubt
from gateway.orders.office import Result
from gateway.orders.placing import is_other
from gateway.orders.records import EventKind, Order, SaidBy
from gateway.orders.refusals import of_error, of_payment
from gateway.orders.spending import OverCap
from gateway.orders.state import Deed, OrderStatus, Step
from gateway.orders.troubles import (
    Busy,
    InsufficientBalance,
    MethodUnavailable,
    NotNow,
    OverSpendCap,
    PriceChanged,
    Refused,
    Trouble,
)
from gateway.orders.wishes import exceeds
from gateway.orders.working import Work
from providers.errors import Conflict, NotFound, OutOfStock, ProviderError, Rejected, Unsupported
from providers.model import Money
from providers.orders import MethodOffer, OrderState, Payable, SupplierOrder, Totals, Wallet
from providers.upstream import Lane

log = structlog.get_logger(__name__)

_PAYABLE = frozenset({OrderStatus.CREATED, OrderStatus.IN_CART, OrderStatus.AWAITING_PAYMENT})
_PAID = frozenset({OrderStatus.PAID, OrderStatus.PROCESSING, OrderStatus.SHIPPED, OrderStatus.DELIVERED})


_UNPAID = "The payment did not arrive, and nothing was charged; send the same request again."
_MIXED = (
    "Here this is a test order and at the supplier a real one, or the other way round, so it is not paid: "
    "look at it there, and cancel it."
)
_OTHER = "The supplier has this order with other contents than were asked for: cancel it."


async def pay(work: Work, order: Order, expected: Money, *, is_resumed: bool) -> Result:
    """
    The order paid for at most `expected`, or why not.

    Args:
        work: Who does it; it holds the order.
        order: In any state.
        expected: What may be charged.
        is_resumed: Whether this request was begun before, so that it may be what paid the order.
    """
    settled = await doubt.settle(work, order)
    order = settled.order or order
    if settled.troubles or (is_resumed and _is_paid(order)):
        return settled
    past_it = await _not_payable(work, order)
    if past_it is not None or order.heard is None:
        return Result(order, (past_it or doubt.passed(order),))
    if order.is_sandbox != bool(order.heard.is_sandbox):
        return Result(order, (NotNow(_MIXED),))
    try:
        payable = await work.provider.prepare_payment(order.heard, work.ask(Lane.PAYMENT))
    except Exception as error:  # noqa: BLE001 - whatever it is, nothing was charged
        return await _unprepared(work, order, order.heard, error)
    order = await work.tell(order, EventKind.NEWS, SaidBy.SUPPLIER, heard=_ready(order.heard, payable))
    for agreed in (expected, order.max_total):
        if agreed is not None and exceeds(payable.amount, agreed):
            return Result(order, (PriceChanged(agreed=agreed, current=payable.amount),))
    short = await _short(work, order, payable.amount)
    return Result(order, (short,)) if short else await _begun(work, order, payable)


def _is_paid(order: Order) -> bool:
    return order.standing.payment is Step.DONE or order.status in _PAID


async def _not_payable(work: Work, order: Order) -> NotNow | None:
    if _is_paid(order) or order.status not in _PAYABLE:
        return doubt.passed(order)
    return NotNow(_OTHER) if is_other(order, await work.past(order)) else None


async def _unprepared(work: Work, order: Order, heard: SupplierOrder, error: Exception) -> Result:
    log.warning("order.unprepared", order=order.id, supplier=order.supplier, error=type(error).__name__)
    if isinstance(error, OutOfStock):
        offers = await _offers(work, heard)
        if offers:
            return Result(order, (MethodUnavailable(error.message, offers),))
    order = await doubt.read_again(work, order)
    return Result(order, (of_error(error),))


async def _offers(work: Work, heard: SupplierOrder) -> tuple[MethodOffer, ...]:
    """Methods that have the goods; none where that cannot be learned, for then the goods are what is said."""
    try:
        offers = await work.provider.method_offers(heard, work.ask(Lane.PAYMENT))
    except ProviderError:
        return ()
    return tuple(offer for offer in offers if offer.has_stock)


def _ready(heard: SupplierOrder, payable: Payable) -> SupplierOrder:
    """The order as preparing its payment left it; some of its names are told then and never again."""
    return SupplierOrder(
        heard.provider,
        heard.number,
        {**heard.ids, **payable.ids},
        OrderState.AWAITING_PAYMENT,
        totals=Totals(total=payable.amount),
        is_sandbox=heard.is_sandbox,
    )


async def _short(work: Work, order: Order, amount: Money) -> Trouble | None:
    """Why it cannot be paid although it may; None when there is money enough, which is then noted."""
    caps = work.means.caps
    if any(cap and cap.currency != amount.currency for cap in (caps.per_order, caps.per_day)):
        return Refused(
            f"The operator's caps are not in {amount.currency}, so a payment in it cannot be held to them. "
            "Nothing was charged.",
            None,
        )
    if order.is_sandbox:
        return None
    try:
        wallet = await work.provider.wallet(work.ask(Lane.PAYMENT))
    except Unsupported:
        return None
    except Exception as error:  # noqa: BLE001 - whatever it is, nothing was charged
        return of_error(error)
    if _is_too_low(wallet, amount):
        return InsufficientBalance(needed=amount, available=wallet.available)
    # Read again should the answer be lost.
    noted = {"amount": format(wallet.available.amount, "f"), "currency": wallet.available.currency}
    await work.tell(order, EventKind.NOTE, SaidBy.SUPPLIER, wallet=noted)
    return None


async def _begun(work: Work, order: Order, payable: Payable) -> Result:
    begun = await work.begin_payment(order, payable)
    if isinstance(begun, OverCap):
        return Result(order, (OverSpendCap(begun.limit, begun.left, per_day=begun.per_day),))
    ask = work.ask(Lane.PAYMENT, within=work.patience.leaving)
    try:
        await work.provider.pay_order(payable, ask)
    except (Rejected, Unsupported) as error:
        if not isinstance(error, Conflict | NotFound):
            return await _refused(work, begun, payable.amount, error)
        lost: Exception = error
    except Exception as error:  # noqa: BLE001 - whatever it is, it may be paid
        lost = error
    else:
        log.info("order.paid", order=order.id, supplier=order.supplier)
        return Result(await work.tell(begun, Deed.PAYMENT_ACCEPTED, SaidBy.SUPPLIER))
    doubt.note("payment", order, lost)
    order = await work.tell(begun, Deed.PAYMENT_UNCLEAR, error=type(lost).__name__)
    looked = await doubt.about_payment(work, order)
    order = looked.order or order
    if looked.troubles or _is_paid(order):
        return looked
    return Result(order, (Busy(_UNPAID, 1.0),))


async def _refused(work: Work, order: Order, amount: Money, error: ProviderError) -> Result:
    trouble = of_payment(error, amount)
    order = await work.tell(order, Deed.PAYMENT_REFUSED, SaidBy.SUPPLIER, troubles=(trouble,))
    log.info("payment.refused", order=order.id, supplier=order.supplier, code=error.code)
    if not isinstance(trouble, Refused) or order.is_sandbox:
        return Result(order, (trouble,))
    try:
        wallet = await work.provider.wallet(work.ask(Lane.PAYMENT))
    except ProviderError:
        return Result(order, (trouble,))
    if _is_too_low(wallet, amount):
        trouble = InsufficientBalance(needed=amount, available=wallet.available)
    return Result(order, (trouble,))


def _is_too_low(wallet: Wallet, amount: Money) -> bool:
    return wallet.available.currency == amount.currency and wallet.available.amount < amount.amount
