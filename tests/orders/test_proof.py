"""What order and wallet prove of a payment, whatever its answer was."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update

from gateway.orders.records import Order
from gateway.orders.spending import Caps, Spending
from gateway.orders.state import OrderStatus, Step
from gateway.orders.troubles import InsufficientBalance, NotNow, OutcomeUnknown, Refused
from gateway.storage.tables import orders
from providers.cj.simulator.faults import Fault
from providers.cj.simulator.orders import Order as Sold
from providers.model import Money
from providers.orders import OrderState, Payable, SupplierOrder, Wallet
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


async def _due(shop: Shop) -> None:
    """Every order is to be looked at now, its news being old."""
    old = update(orders).values(look_at=orders.c.created_at, heard_at=orders.c.created_at)
    await shop.database.write(lambda connection: connection.execute(old))


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


async def test_a_refusal_and_a_supplier_behind_itself(shop: Shop) -> None:
    """A refused payment that the first look does not show yet is found by the second, and frees no cap."""
    stale: list[bool] = []

    async def find(find: Callable[..., Awaitable[SupplierOrder]], *given: Any) -> SupplierOrder:
        return await _unpaid(find, *given) if stale and stale.pop() else await find(*given)

    async def wallet(wallet: Callable[..., Awaitable[Wallet]], *given: Any) -> Wallet:
        now = await wallet(*given)
        return replace(now, available=dollars(10_000)) if shop.charged else now

    async def pay(pay: Callable[..., Awaitable[None]], *given: Any) -> None:
        stale.append(True)
        await pay(*given)

    process = await shop.process(mortal=Meddled(find_order=find, wallet=wallet, pay_order=pay))
    order = await _placed(process, shop)
    shop.sim.faults.add(Fault("error", PAY, times=1, after=True, params=NO_MONEY))
    paid = (await process.pay(order.id)).order
    assert paid is not None
    assert (paid.status, paid.standing.payment) == (OrderStatus.PAID, Step.DONE)
    assert (await _spending(process)).spent == cents(shop.charged)


@pytest.mark.parametrize(
    ("taken", "booked"),
    [
        (["987.65", "13.319999999999999"], "1000.97"),
        (["99999999999999.9999", "99999999999999.9999"], "199999999999999.9998"),
    ],
)
async def test_amounts_with_many_digits(shop: Shop, taken: list[str], booked: str) -> None:
    """Noise of binary fractions is booked as whole cents, and any two payments of a day have a sum."""
    amounts = [dollars(amount) for amount in taken]

    async def wallet(wallet: Callable[..., Awaitable[Wallet]], *given: Any) -> Wallet:
        return replace(await wallet(*given), available=dollars(10**15))

    async def prepare(prepare: Callable[..., Awaitable[Payable]], *given: Any) -> Payable:
        return replace(await prepare(*given), amount=amounts.pop(0))

    process = await shop.process(mortal=Meddled(prepare_payment=prepare, wallet=wallet))
    for name in ("A", "B"):
        order = await _placed(process, shop, name)
        paid = await process.pay(order.id, dollars(10**15), key=name)
        assert paid.is_done
        assert paid.order is not None
        assert paid.order.standing.payment is Step.DONE
    assert (await _spending(process)).spent == dollars(booked)


async def test_an_amount_that_no_ledger_holds(shop: Shop) -> None:
    """A price of twenty digits is refused in words, before anything is sent."""

    async def prepare(prepare: Callable[..., Awaitable[Payable]], *given: Any) -> Payable:
        return replace(await prepare(*given), amount=dollars("9" * 20))

    process = await shop.process(mortal=Meddled(prepare_payment=prepare), caps=Caps())
    order = await _placed(process, shop)
    result = await process.pay(order.id, dollars("9" * 18))
    assert isinstance(result.troubles[0], Refused)
    assert "digits" in result.troubles[0].message
    assert shop.calls(PAY) == 0
    dear = await process.place(shop.wish("dear", agreed=dollars("9" * 20)), key="dear")
    assert isinstance(dear.troubles[0], Refused)
    noisy = await process.place(shop.wish("noisy", agreed=dollars("13.319999999999999001")), key="noisy")
    assert noisy.order is not None
    assert noisy.order.quoted == dollars("13.32")


async def test_news_that_cannot_be_kept(shop: Shop) -> None:
    """One order's news that break something leave the others of its batch read."""
    broken: list[str] = []

    async def append(append: Callable[..., Awaitable[Any]], order_id: str, *given: Any, **more: Any) -> Any:
        if order_id in broken:
            raise ValueError("A fault of ours.")
        return await append(order_id, *given, **more)

    process = await shop.process(mortal=Meddled(append=append))
    first, second = [await _placed(process, shop, name) for name in ("A", "B")]
    broken.append(first.id)
    await _due(shop)
    await process.resumer.round()
    read = [await process.ledger.order(order.id) for order in (first, second)]
    assert [order.heard_at == order.created_at for order in read] == [True, False]


async def test_an_order_that_cannot_be_read(shop: Shop) -> None:
    """An order whose row nobody understands leaves the others looked after."""
    process = await shop.process()
    strange, plain = [await _placed(process, shop, name) for name in ("A", "B")]
    spoil = update(orders).where(orders.c.id == strange.id).values(heard={"of": "another version"})
    await shop.database.write(lambda connection: connection.execute(spoil))
    await _due(shop)
    assert await process.resumer.round() == 1
    read = await process.ledger.order(plain.id)
    assert read.heard_at != read.created_at


@pytest.mark.parametrize("word", ["UNPAID\x00", "UNPAID\ud800"])
async def test_words_that_no_database_keeps(shop: Shop, word: str) -> None:
    """A supplier's word with a NUL, or half a character, is news once."""

    async def find(find: Callable[..., Awaitable[SupplierOrder]], *given: Any) -> SupplierOrder:
        found = await find(*given)
        return replace(found, raw_status=word, ids={**found.ids, "code": word})

    process = await shop.process(mortal=Meddled(find_order=find))
    order = await _placed(process, shop)
    versions = []
    for _ in range(3):
        read = (await process.refresh(order.id)).order
        assert read is not None
        versions.append(read.version)
    assert versions == [versions[0]] * 3
