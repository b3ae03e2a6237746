"""Money is counted before it is sent, once, and under its caps."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import update

from gateway.orders.leases import NotHeld
from gateway.orders.ledger import Ledger
from gateway.orders.records import Event, Order, SaidBy, new_token
from gateway.orders.spending import Caps, OverCap, Spending
from gateway.orders.state import Deed, OrderStatus, Step, StepRefused
from gateway.storage.engine import Database
from gateway.storage.tables import reservations
from providers.orders import OrderState
from tests.storage.making import HOLDER, OTHER, deed, dollars, news, payable

PRICE = dollars("13.32")


async def pay(
    ledger: Ledger, order: Order, *, caps: Caps | None = None, holder: str = HOLDER, is_test: bool = False
) -> Order | OverCap:
    return await ledger.begin_payment(
        order.id, amount=PRICE, account="cj", caps=caps or Caps(), holder=holder, is_test=is_test
    )


async def counted(ledger: Ledger) -> tuple[str, str]:
    """Reserved and spent."""
    (today,) = await ledger.spending("cj") or (Spending("cj", date.min, dollars("0"), dollars("0")),)
    return f"{today.reserved.amount:.2f}", f"{today.spent.amount:.2f}"


async def test_a_payment_is_held_until_it_is_known_to_be_made(ledger: Ledger) -> None:
    """The amount is reserved while the answer is open, and spent once when it is there."""
    order = await payable(ledger)
    await pay(ledger, order)
    assert await counted(ledger) == ("13.32", "0.00")
    await ledger.append(order.id, deed(Deed.PAYMENT_UNCLEAR))
    assert await counted(ledger) == ("13.32", "0.00")
    paid = await ledger.append(order.id, deed(Deed.PAYMENT_ACCEPTED, SaidBy.SUPPLIER))
    assert paid.order.status is OrderStatus.PAID
    assert paid.order.paid_at is not None
    await ledger.append(order.id, news(OrderState.PROCESSING))
    await ledger.append(order.id, deed(Deed.PAYMENT_ACCEPTED, SaidBy.SUPPLIER))
    assert await counted(ledger) == ("0.00", "13.32")


async def test_news_that_it_is_paid_settles_it(ledger: Ledger) -> None:
    """After an unclear answer the supplier's own word that the order moves on is the proof."""
    order = await payable(ledger)
    await pay(ledger, order)
    after = await ledger.append(order.id, news(OrderState.SHIPPED, said_by=SaidBy.WEBHOOK))
    assert after.order.standing.payment is Step.DONE
    assert await counted(ledger) == ("0.00", "13.32")


async def test_a_refused_payment_gives_the_money_back_and_may_be_tried_again(ledger: Ledger) -> None:
    """What the supplier refused, or what was looked for and is not there, holds nothing up."""
    order = await payable(ledger)
    for end in (Deed.PAYMENT_REFUSED, Deed.PAYMENT_ABSENT):
        await pay(ledger, order)
        await ledger.append(order.id, deed(end, SaidBy.SUPPLIER), holder=HOLDER)
        assert await counted(ledger) == ("0.00", "0.00")
    # It was made after all: the supplier was slower than we looked.
    await ledger.append(order.id, news(OrderState.PAID))
    assert await counted(ledger) == ("0.00", "13.32")


async def test_an_order_is_paid_once(ledger: Ledger) -> None:
    """While a payment is open, or made, another is refused, whoever asks."""
    order = await payable(ledger)
    with pytest.raises(NotHeld):
        await pay(ledger, order, holder=OTHER)
    await pay(ledger, order)
    with pytest.raises(StepRefused):
        await pay(ledger, order)
    with pytest.raises(StepRefused):
        await ledger.append(order.id, deed(Deed.CANCELLATION_SENT), holder=HOLDER)
    await ledger.append(order.id, deed(Deed.PAYMENT_ACCEPTED, SaidBy.SUPPLIER))
    await ledger.append(order.id, news(OrderState.AWAITING_PAYMENT))
    with pytest.raises(StepRefused):
        await pay(ledger, order)
    assert await counted(ledger) == ("0.00", "13.32")


async def test_caps_hold_for_the_order_and_for_the_day(ledger: Ledger) -> None:
    """Over a cap nothing is begun, and the answer says what is left."""
    first, second = await payable(ledger), await payable(ledger, "shop-2")
    small, day = Caps(per_order=dollars("13.31")), Caps(per_day=dollars("20"))
    assert await pay(ledger, first, caps=small) == OverCap(dollars("13.31"), dollars("13.31"), per_day=False)
    assert await counted(ledger) == ("0.00", "0.00")
    assert isinstance(await pay(ledger, first, caps=day), Order)
    assert await pay(ledger, second, caps=day) == OverCap(dollars("20"), dollars("6.68"), per_day=True)
    assert (await ledger.order(second.id)).standing.payment is Step.NOT_BEGUN
    assert isinstance(await pay(ledger, second, caps=Caps(per_day=dollars("26.64"))), Order)


async def test_payments_at_once_cannot_pass_a_cap_together(ledger: Ledger) -> None:
    """Of many payments that begin at the same moment only as many go out as the day's cap allows."""
    ready = [await payable(ledger, f"shop-{number}") for number in range(8)]
    caps = Caps(per_day=dollars("40.00"))
    begun = await asyncio.gather(*(pay(ledger, order, caps=caps) for order in ready))
    assert sum(isinstance(each, Order) for each in begun) == 3
    assert await counted(ledger) == ("39.96", "0.00")


async def test_a_payment_counts_for_the_day_it_was_sent_on(ledger: Ledger, database: Database) -> None:
    """One that was begun before midnight is settled on that day, though it ends on the next."""
    order = await payable(ledger)
    await pay(ledger, order)
    yesterday = date(2026, 1, 1)
    began = update(reservations).values(day=yesterday)
    await database.write(lambda connection: connection.execute(began))
    await ledger.append(order.id, news(OrderState.PAID))
    (before,) = await ledger.spending("cj", yesterday)
    assert str(before.spent.amount) == "13.32"


async def test_sandbox_orders_spend_nothing(ledger: Ledger) -> None:
    """A test order is held to no cap when the supplier has it as one, too; else money is counted for it."""
    small = Caps(per_order=dollars("1"))
    for is_sandbox, is_test in ((True, False), (False, True)):
        order = await payable(ledger, f"{is_sandbox}", is_sandbox=is_sandbox)
        assert isinstance(await pay(ledger, order, caps=small, is_test=is_test), OverCap)
    order = await payable(ledger, is_sandbox=True)
    assert isinstance(await pay(ledger, order, caps=small, is_test=True), Order)
    await ledger.append(order.id, news(OrderState.PAID))
    assert await ledger.spending("cj") == ()


async def test_an_order_is_paid_with_its_own_account(ledger: Ledger) -> None:
    """No payment begins with another account's money."""
    order = await payable(ledger, account="cj-2")
    with pytest.raises(ValueError, match="the account that it was placed with"):
        await pay(ledger, order)
    assert (await ledger.order(order.id)).standing.payment is Step.NOT_BEGUN


async def test_what_other_payments_explain(ledger: Ledger, database: Database) -> None:
    """Payments for other orders of the account, made after a time or a little late, are added up."""
    order = await payable(ledger)
    before, stranger = await payable(ledger, "before"), await payable(ledger, "stranger", account="cj-2")
    late, open_, after = [await payable(ledger, name) for name in ("late", "open", "after")]
    await ledger.begin_payment(stranger.id, amount=PRICE, account="cj-2", caps=Caps(), holder=HOLDER)
    for other in (before, late):
        await pay(ledger, other)
    await ledger.append(before.id, news(OrderState.PAID))
    await pay(ledger, order)
    at = await ledger.now()
    for other in (open_, after):
        await pay(ledger, other)
    for other in (order, stranger, late, after):
        await ledger.append(other.id, news(OrderState.PAID))
    for leeway, explained in ((timedelta(minutes=1), 2 * PRICE.amount), (timedelta(), PRICE.amount)):
        others = await ledger.spent_by_others(order, "USD", at=at, late=leeway)
        assert others == replace(PRICE, amount=explained)
    nothing = await ledger.spent_by_others(order, "EUR", at=at, late=timedelta())
    assert nothing == replace(PRICE, amount=Decimal(0), currency="EUR")


async def test_money_is_not_reckoned_across_currencies(ledger: Ledger) -> None:
    """A cap in another currency than the payment's is a mistake and says so; so is paying nothing."""
    order = await payable(ledger)
    euros = Caps(per_day=type(PRICE)(PRICE.amount, "EUR"))
    with pytest.raises(ValueError, match="another currency"):
        await pay(ledger, order, caps=euros)
    with pytest.raises(ValueError, match="more than nothing"):
        await ledger.begin_payment(order.id, amount=dollars("0.00"), account="cj", caps=Caps(), holder=HOLDER)
    with pytest.raises(ValueError, match="begin_payment"):
        await ledger.append(order.id, deed(Deed.PAYMENT_SENT), holder=HOLDER)


@pytest.mark.parametrize("told", [news(OrderState.PAID), deed(Deed.PAYMENT_ACCEPTED, SaidBy.SUPPLIER)])
async def test_what_was_refused_and_is_paid_is_spent(ledger: Ledger, told: Event) -> None:
    """Money that was given back after a no is spent when the order turns out to be paid all the same."""
    order, by_hand = await payable(ledger), await payable(ledger, "by-hand")
    await pay(ledger, order)
    await ledger.append(order.id, deed(Deed.PAYMENT_REFUSED, SaidBy.SUPPLIER), holder=HOLDER)
    assert await counted(ledger) == ("0.00", "0.00")
    paid = await ledger.append(order.id, replace(told, token=new_token()))
    assert (paid.order.status, paid.order.standing.payment) == (OrderStatus.PAID, Step.DONE)
    assert await counted(ledger) == ("0.00", "13.32")
    elsewhere = await ledger.append(by_hand.id, news(OrderState.PAID))
    assert (elsewhere.order.status, elsewhere.order.standing.payment) == (OrderStatus.PAID, Step.NOT_BEGUN)
    assert await counted(ledger) == ("0.00", "13.32")
