"""What order and wallet prove of a payment, whatever its answer was."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from gateway.orders.records import Order
from gateway.orders.spending import Spending
from gateway.orders.state import OrderStatus, Step
from gateway.orders.troubles import InsufficientBalance, NotNow, OutcomeUnknown
from providers.cj.simulator.faults import Fault
from providers.cj.simulator.orders import Order as Sold
from providers.model import Money
from providers.orders import OrderState, SupplierOrder
from tests.orders.meddling import Meddled
from tests.orders.shop import DETAIL, HASTY, PAY, Process, Shop, cents, dollars

NO_MONEY = {"code": 1604000, "message": "Balance is insufficient"}
BUSY = {"code": 1600000, "message": "System busy"}


async def _placed(process: Process, shop: Shop, reference: str = "HB-1") -> Order:
    order = (await process.place(shop.wish(reference), key=reference)).order
    assert order is not None
    return order


def _sold(shop: Shop, order: Order) -> Sold:
    return next(sold for sold in shop.sold if sold.number == order.number)


async def _spending(process: Process) -> Spending:
    [today] = await process.ledger.spending(process.provider.declaration.limits.account)
    return today


def _total(order: Order) -> Money:
    assert order.heard is not None
    assert order.heard.totals.total is not None
    return order.heard.totals.total


async def _unpaid(find: Callable[..., Awaitable[SupplierOrder]], *given: Any) -> SupplierOrder:
    """CJ behind itself: the order as it was before it was paid."""
    return replace(await find(*given), state=OrderState.AWAITING_PAYMENT, raw_status="UNPAID", paid_at=None)


async def test_refused_and_taken_all_the_same(shop: Shop) -> None:
    """When CJ refuses a payment that it has made, the order is paid and the money counts as spent."""
    process = await shop.process()
    order = await _placed(process, shop)
    shop.sim.faults.add(Fault("error", PAY, times=1, after=True, params=NO_MONEY))
    result = await process.pay(order.id)
    assert result.is_done
    assert result.order is not None
    assert (result.order.status, result.order.standing.payment) == (OrderStatus.PAID, Step.DONE)
    spent = await _spending(process)
    assert (spent.spent, spent.reserved) == (cents(shop.charged), dollars(0))
    assert isinstance((await process.pay(order.id, key="pay-2")).troubles[0], NotNow)
    assert (cents(shop.charged), shop.calls(PAY)) == (_total(order), 1)


async def test_refused_and_nothing_can_be_read(shop: Shop) -> None:
    """A refusal is not believed before the order was read; the money stays held, and is found to be spent."""
    process = await shop.process()
    order = await _placed(process, shop)
    shop.sim.faults.add(
        Fault("error", PAY, times=1, after=True, params=NO_MONEY),
        Fault("error", DETAIL, skip=1, times=3, params=BUSY),
    )
    result = await process.pay(order.id)
    assert isinstance(result.troubles[0], OutcomeUnknown)
    assert (await _spending(process)).reserved == _total(order)
    assert (await process.history(order.id))[-1] == "PAYMENT_UNCLEAR"
    assert (await process.pay(order.id)).is_done
    assert (await _spending(process)).spent == cents(shop.charged) == _total(order)
    assert shop.calls(PAY) == 1


async def test_a_refusal_that_the_wallet_contradicts(shop: Shop) -> None:
    """A no is not believed while what the order costs is gone, though it is shown as unpaid, however old."""
    behind = await shop.process(replace(HASTY, spent=0.0), mortal=Meddled(find_order=_unpaid))
    order = await _placed(behind, shop)
    shop.sim.faults.add(Fault("error", PAY, times=1, after=True, params=NO_MONEY))
    for place in range(3):
        [trouble] = (await behind.pay(order.id, key=f"pay-{place}")).troubles
        assert isinstance(trouble, OutcomeUnknown)
        assert place == 0 or "gone from the wallet" in trouble.message
    assert shop.calls(PAY) == 1
    assert (await _spending(behind)).reserved == _total(order)
    assert (await (await shop.process()).pay(order.id, key="pay-0")).is_done
    assert (await _spending(behind)).spent == cents(shop.charged)


async def test_a_lost_answer_that_the_wallet_contradicts(shop: Shop) -> None:
    """While what the order costs is gone, a payment without an answer is not absent, however old it is."""
    behind = await shop.process(replace(HASTY, spent=0.0), mortal=Meddled(find_order=_unpaid))
    order = await _placed(behind, shop)
    shop.sim.faults.preset("paid_but_dropped")
    for place in range(3):
        [trouble] = (await behind.pay(order.id, key=f"pay-{place}")).troubles
        assert isinstance(trouble, OutcomeUnknown)
    assert shop.calls(PAY) == 1
    assert (await (await shop.process()).pay(order.id, key="pay-0")).is_done
    assert (len(shop.paid), cents(shop.charged)) == (1, _total(order))


async def test_what_others_took(shop: Shop) -> None:
    """What payments for other orders took explains a lower wallet, so that a lost one is made again."""
    process = await shop.process(replace(HASTY, spent=0.0, payment=0.0))
    lost, other = [await _placed(process, shop, reference) for reference in ("lost", "other")]
    shop.sim.faults.add(
        Fault("status", PAY, times=1, params={"status": 500}),
        Fault("error", DETAIL, skip=1, times=3, params=BUSY),
    )
    assert isinstance((await process.pay(lost.id, key="lost")).troubles[0], OutcomeUnknown)
    assert (await process.pay(other.id, key="other")).is_done
    assert cents(shop.charged) == _total(other)
    assert (await process.pay(lost.id, key="lost")).is_done
    assert len(shop.paid) == 2


async def test_a_refusal_for_want_of_money(shop: Shop) -> None:
    """When the wallet sinks a little below the price at the last moment, the refusal is believed."""

    async def sinks(pay: Callable[..., Awaitable[None]], *given: Any) -> None:
        shop.account.balance_cents -= 1
        await pay(*given)

    process = await shop.process(mortal=Meddled(pay_order=sinks))
    order = await _placed(process, shop)
    shop.account.balance_cents = _sold(shop, order).total
    result = await process.pay(order.id)
    available = dollars(_total(order).amount - dollars("0.01").amount)
    assert result.troubles == (InsufficientBalance(needed=_total(order), available=available),)
    assert result.order is not None
    assert result.order.standing.payment is Step.REFUSED
    spent = await _spending(process)
    assert (spent.spent, spent.reserved) == (dollars(0), dollars(0))


async def test_the_price_changes_while_it_is_paid(shop: Shop) -> None:
    """What the supplier took beyond what it was about to is told as a warning, and written down, once."""

    async def dearer(pay: Callable[..., Awaitable[None]], *given: Any) -> None:
        shop.sold[0].postage += 700
        await pay(*given)

    process = await shop.process(mortal=Meddled(pay_order=dearer))
    order = await _placed(process, shop)
    result = await process.pay(order.id, _total(order))
    assert result.is_done
    [warning] = result.warnings
    taken = cents(shop.charged)
    assert taken.amount == _total(order).amount + 7
    assert f"{taken.amount} USD" in warning
    assert f"{_total(order).amount} USD" in warning
    payloads = [each.payload for each in await process.events(order.id)]
    [noted] = [payload["overcharge"] for payload in payloads if "overcharge" in payload]
    assert noted["taken"] == {"amount": format(taken.amount, "f"), "currency": "USD"}
    assert await process.pay(order.id, _total(order)) == result


async def test_the_supplier_s_word_for_a_paid_order(shop: Shop) -> None:
    """After a payment the order shows the supplier's own new word, and not the one from before it."""
    process = await shop.process()
    order = await _placed(process, shop)
    assert not (await process.pay(order.id, dollars(1), key="less")).is_done
    waiting = await process.ledger.order(order.id)
    assert waiting.heard is not None
    assert (waiting.status, waiting.heard.raw_status) == (OrderStatus.AWAITING_PAYMENT, None)
    paid = (await process.pay(order.id)).order
    assert paid is not None
    assert paid.heard is not None
    assert (paid.heard.state, paid.heard.raw_status) == (OrderState.PAID, "UNSHIPPED PENDING")
