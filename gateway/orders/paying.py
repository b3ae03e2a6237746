"""
Paying an order, once, and never more than was agreed.

    what is in doubt is settled ▸ the supplier says what it would take ▸ agreed? enough in the wallet?
    under the caps? ▸ written down ▸ sent, once ▸ accepted, refused, or in doubt ▸ the order is read

An unclear answer is never followed by a second payment, before order and wallet show that there was no first;
a clear no is one only where they do not contradict it.
"""

from dataclasses import replace

import structlog

from gateway.orders import amounts, doubt
from gateway.orders.amounts import exceeds, in_words
from gateway.orders.calls import Answered, Declined, ending_of
from gateway.orders.office import Result
from gateway.orders.placing import is_other
from gateway.orders.proof import Purse, read_order, read_purse
from gateway.orders.records import EventKind, Noted, Order, SaidBy
from gateway.orders.refusals import of_error, of_payment
from gateway.orders.sentences import passed, unknown
from gateway.orders.spending import OverCap
from gateway.orders.state import PAID, UNPAID, Deed, OrderStatus, Step
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
from gateway.orders.working import Work
from gateway.storage.columns import fits
from providers.errors import Conflict, NotFound, OutOfStock, ProviderError, Unsupported
from providers.model import Money
from providers.orders import MethodOffer, OrderState, Payable, SupplierOrder, Totals, charge_of
from providers.upstream import Lane

log = structlog.get_logger(__name__)

_UNPAID = "The payment did not arrive, and nothing was charged; send the same request again."
_CONTRADICTED = (
    "The supplier refused the payment, and order and wallet do not show yet that nothing was taken; the "
    "gateway goes on looking, and never pays twice. Send the same request again."
)
_MIXED = (
    "Here this is a test order and at the supplier a real one, or the other way round, so it is not paid: "
    "look at it there, and cancel it."
)
_TOO_LONG = "The supplier's price has more digits than any amount that the gateway pays. Nothing was charged."
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
    order = settled.stands(order)
    if settled.troubles:
        return settled
    if is_resumed and order.standing.is_paid:
        return await _confirm(work, order)
    past_it = await _not_payable(work, order)
    if past_it is not None or order.heard is None:
        return Result(order, (past_it or passed(order),))
    try:
        payable = await work.provider.prepare_payment(order.heard, work.ask(Lane.PAYMENT))
    except Exception as error:  # noqa: BLE001 - whatever it is, nothing was charged
        return await _unprepared(work, order, order.heard, error)
    payable = replace(payable, amount=Money(charge_of(payable.amount.amount), payable.amount.currency))
    if not fits(payable.amount.amount):
        log.warning("order.unpayable_amount", order=order.id, supplier=order.supplier)
        return Result(order, (Refused(_TOO_LONG, None),))
    order = await work.tell(order, EventKind.NEWS, SaidBy.SUPPLIER, heard=_ready(order.heard, payable))
    against = _not_agreed(order, payable, expected) or await _short(work, order, payable.amount)
    return Result(order, (against,)) if against else await _send(work, order, payable)


async def _not_payable(work: Work, order: Order) -> NotNow | Busy | None:
    if order.standing.is_paid or order.status not in UNPAID:
        return passed(order)
    if order.heard is not None and order.is_sandbox != bool(order.heard.is_sandbox):
        return NotNow(_MIXED)
    return NotNow(_OTHER) if is_other(order, await work.past(order)) else None


def _not_agreed(order: Order, payable: Payable, expected: Money) -> NotNow | PriceChanged | None:
    if order.is_sandbox != payable.is_sandbox:
        return NotNow(_MIXED)
    for agreed in (expected, order.max_total):
        if agreed is not None and exceeds(payable.amount, agreed):
            return PriceChanged(agreed=agreed, current=payable.amount)
    return None


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
    if _is_too_low(wallet.available, amount):
        return InsufficientBalance(needed=amount, available=wallet.available)
    # Read again should the answer be lost.
    balance = amounts.written(wallet.available)
    await work.tell(order, EventKind.NOTE, SaidBy.SUPPLIER, noted={Noted.WALLET: balance})
    return None


async def _send(work: Work, order: Order, payable: Payable) -> Result:
    begun = await work.begin_payment(order, payable)
    if isinstance(begun, OverCap):
        return Result(order, (OverSpendCap(begun.limit, begun.left, per_day=begun.per_day),))
    ask = work.ask(Lane.PAYMENT, within=work.patience.leaving)
    ended = await ending_of(lambda: work.provider.pay_order(payable, ask))
    if isinstance(ended, Answered):
        log.info("order.paid", order=order.id, supplier=order.supplier)
        return await _confirm(work, await work.tell(begun, Deed.PAYMENT_ACCEPTED, SaidBy.SUPPLIER))
    # That it is paid already, or not among the unpaid ones, may be the doing of this very payment.
    if isinstance(ended, Declined) and not isinstance(ended.error, Conflict | NotFound):
        return await _weigh_refusal(work, begun, payable.amount, ended.error)
    doubt.note("payment", order, ended.error)
    name = type(ended.error).__name__
    order = await work.tell(begun, Deed.PAYMENT_UNCLEAR, noted={Noted.ERROR: name})
    looked = await doubt.about_payment(work, order)
    order = looked.stands(order)
    if order.standing.is_paid:
        return await _confirm(work, order)
    return looked if looked.troubles else Result(order, (Busy(_UNPAID, 1.0),))


async def _confirm(work: Work, order: Order) -> Result:
    """
    The paid order, with a warning where the supplier has taken another amount than it was about to.

    Nothing can be sent along that would keep it from doing so: its price may change while it is being paid.
    """
    if order.heard is None or OrderStatus(order.heard.state) not in PAID:
        order = await doubt.read_again(work, order)
    past = await work.past(order)
    sent, taken = past.payment(), order.charged
    if sent is None or taken is None or not exceeds(taken, sent.amount):
        return Result(order)
    if not past.has_noted(Noted.OVERCHARGE):
        log.warning("payment.dearer", order=order.id, supplier=order.supplier)
        told = {"agreed": amounts.written(sent.amount), "taken": amounts.written(taken)}
        order = await work.tell(order, EventKind.NOTE, SaidBy.SUPPLIER, noted={Noted.OVERCHARGE: told})
    words = (
        f"It is paid, and the supplier's price is now {in_words(taken)}; it was {in_words(sent.amount)} just "
        "before. Compare it with what left the wallet."
    )
    return Result(order, warnings=(words,))


async def _weigh_refusal(work: Work, order: Order, amount: Money, error: ProviderError) -> Result:
    """Not paid, as the supplier says; or paid all the same, or not known, as order and wallet say."""
    trouble = of_payment(error, amount)
    order, is_believed, wallet = await _look_twice(work, order)
    if order.standing.payment is not Step.SENT:
        log.warning("payment.refused_and_taken", order=order.id, supplier=order.supplier, code=error.code)
        return await _confirm(work, order)
    if isinstance(trouble, Refused) and wallet is not None and _is_too_low(wallet, amount):
        trouble = InsufficientBalance(needed=amount, available=wallet)
    log.info(
        "payment.refused", order=order.id, supplier=order.supplier, code=error.code, believed=is_believed
    )
    if is_believed:
        order = await work.tell(order, Deed.PAYMENT_REFUSED, SaidBy.SUPPLIER, troubles=(trouble,))
        return Result(order, (trouble,))
    # With the supplier's no, for whoever reads the history.
    name = type(error).__name__
    order = await work.tell(
        order, Deed.PAYMENT_UNCLEAR, SaidBy.SUPPLIER, troubles=(trouble,), noted={Noted.ERROR: name}
    )
    return Result(order, (unknown(_CONTRADICTED),))


async def _look_twice(work: Work, order: Order) -> tuple[Order, bool, Money | None]:
    """The order now, whether two looks bear out that nothing was taken, and what is in the wallet."""
    is_borne_out, wallet = False, None
    for pause in (0.0, work.patience.refusal):
        if work.means.clock.monotonic() + pause >= work.deadline:
            return order, False, wallet
        await work.means.clock.sleep(pause)
        try:
            order, is_unpaid = await read_order(work, order)
            if order.standing.payment is not Step.SENT:
                return order, False, wallet
            purse, wallet = await read_purse(work, order)
        except ProviderError as unread:
            doubt.note("payment", order, unread)
            return order, False, wallet
        is_borne_out = is_unpaid and purse is not Purse.MISSING
        if not is_borne_out:
            break
    return order, is_borne_out, wallet


def _is_too_low(available: Money, amount: Money) -> bool:
    return available.currency == amount.currency and available.amount < amount.amount
