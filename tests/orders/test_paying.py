"""Paying and cancelling orders: once, at most what was agreed, and never on a guess."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from gateway.orders.office import WantedLine
from gateway.orders.records import Order
from gateway.orders.spending import Caps
from gateway.orders.state import OrderStatus, Step
from gateway.orders.troubles import (
    Busy,
    InsufficientBalance,
    MethodUnavailable,
    NotFound,
    NotNow,
    OutcomeUnknown,
    OutOfStock,
    OverSpendCap,
    PriceChanged,
    Refused,
)
from providers.cj.simulator.faults import Fault
from providers.cj.simulator.orders import PENDING
from providers.model import Money
from tests.cj.drafts import ADDRESS
from tests.orders.shop import CREATE, DETAIL, HASTY, PAY, WARY, Process, Shop, cents, dollars

DELETE = "/shopping/order/deleteOrder"


async def _placed(process: Process, shop: Shop, reference: str = "HB-1", **changes: Any) -> Order:
    result = await process.place(shop.wish(reference, **changes), key=reference)
    assert result.is_done, result.troubles
    assert result.order is not None
    return result.order


def _total(order: Order) -> Money:
    assert order.heard is not None
    assert order.heard.totals.total is not None
    return order.heard.totals.total


async def test_an_order_is_paid(shop: Shop) -> None:
    """Exactly its total leaves the wallet, once, and is counted for the day."""
    process = await shop.process()
    order = await _placed(process, shop)
    result = await process.pay(order.id, _total(order))
    assert result.is_done
    assert result.order is not None
    assert (result.order.status, result.order.standing.payment) == (OrderStatus.PAID, Step.DONE)
    assert (cents(shop.charged), shop.calls(PAY)) == (_total(order), 1)
    account = process.provider.declaration.limits.account
    [spent] = await process.ledger.spending(account)
    assert (spent.spent, spent.reserved) == (_total(order), dollars(0))
    assert await process.pay(order.id, _total(order)) == result
    [trouble] = (await process.pay(order.id, _total(order), key="pay-2")).troubles
    assert trouble == NotNow("The order is paid already; there is nothing left to pay.")
    assert shop.calls(PAY) == 1


@pytest.mark.parametrize(
    "preset",
    [
        "paid_but_timed_out",
        "paid_but_500",
        "paid_but_dropped",
        "paid_but_unreadable",
        "paid_but_busy",
        "paid_but_failed",
    ],
)
async def test_paid_although_the_answer_was_lost(shop: Shop, preset: str) -> None:
    """The order tells that it is paid, and nothing is paid a second time."""
    process = await shop.process(WARY)
    order = await _placed(process, shop)
    shop.sim.faults.preset(preset)
    result = await process.pay(order.id)
    assert result.is_done
    assert result.order is not None
    assert (result.order.status, result.order.standing.payment) == (OrderStatus.PAID, Step.DONE)
    assert (cents(shop.charged), shop.calls(PAY)) == (_total(order), 1)


@pytest.mark.parametrize("wallet_is_lower", [False, True])
async def test_an_unclear_answer_and_no_payment(shop: Shop, wallet_is_lower: bool) -> None:
    """It is not paid again before order and wallet have shown for long enough that it was not paid."""
    process = await shop.process(WARY)
    order = await _placed(process, shop)
    shop.sim.faults.add(Fault("status", PAY, times=1, params={"status": 500}))
    for _ in range(2):
        result = await process.pay(order.id)
        assert isinstance(result.troubles[0], OutcomeUnknown)
        assert shop.calls(PAY) == 1
    [reserved] = await process.ledger.spending(process.provider.declaration.limits.account)
    assert reserved.reserved == _total(order)
    if wallet_is_lower:
        shop.account.balance_cents -= 1
        later = await shop.process(HASTY)
        assert isinstance((await later.pay(order.id)).troubles[0], OutcomeUnknown)
    latest = await shop.process(replace(HASTY, spent=0.0))
    assert (await latest.pay(order.id)).is_done
    assert (len(shop.paid), shop.calls(PAY)) == (1, 2)


async def test_a_payment_that_did_not_arrive(shop: Shop) -> None:
    """Where it is known at once that nothing was paid, that is said, and the same request pays."""
    process = await shop.process(replace(HASTY, spent=0.0))
    order = await _placed(process, shop)
    shop.sim.faults.add(Fault("status", PAY, times=1, params={"status": 500}))
    result = await process.pay(order.id)
    assert isinstance(result.troubles[0], Busy)
    assert result.order is not None
    assert result.order.standing.payment is Step.ABSENT
    assert (await process.pay(order.id)).is_done
    assert len(shop.paid) == 1


async def test_reading_fails_too(shop: Shop) -> None:
    """While neither order nor wallet can be read, a payment stays unknown, and is found later."""
    process = await shop.process(HASTY)
    order = await _placed(process, shop)
    shop.sim.faults.preset("paid_but_500")
    busy = {"code": 1600000, "message": "System busy"}
    shop.sim.faults.add(Fault("error", DETAIL, skip=1, times=3, params=busy))
    result = await process.pay(order.id)
    assert isinstance(result.troubles[0], OutcomeUnknown)
    assert (await process.pay(order.id)).is_done
    assert (cents(shop.charged), shop.calls(PAY)) == (_total(order), 1)


async def test_a_dearer_order_is_not_paid(shop: Shop) -> None:
    """When the supplier takes more than is expected, or another currency, nothing is charged."""
    process = await shop.process()
    order = await _placed(process, shop)
    less = dollars(_total(order).amount - 1)
    [trouble] = (await process.pay(order.id, less)).troubles
    assert trouble == PriceChanged(agreed=less, current=_total(order))
    euros = replace(dollars(1000), currency="EUR")
    [trouble] = (await process.pay(order.id, euros, key="pay-2")).troubles
    assert trouble == PriceChanged(agreed=euros, current=_total(order))
    assert (shop.charged, shop.calls(PAY)) == (0, 0)


async def test_too_little_money(shop: Shop) -> None:
    """A balance that is too low is seen before paying; one emptied meanwhile may have been by us."""
    process = await shop.process()
    order = await _placed(process, shop)
    shop.account.balance_cents = 5
    low = InsufficientBalance(needed=_total(order), available=cents(5))
    assert (await process.pay(order.id)).troubles == (low,)
    assert shop.calls(PAY) == 0
    shop.account.balance_cents = 100_000
    shop.sim.faults.preset("balance_too_low")
    result = await process.pay(order.id, key="pay-2")
    assert isinstance(result.troubles[0], OutcomeUnknown)
    assert result.order is not None
    assert result.order.standing.payment is Step.SENT
    [spent] = await process.ledger.spending(process.provider.declaration.limits.account)
    assert (spent.spent, spent.reserved) == (dollars(0), _total(order))
    shop.account.balance_cents = 100_000
    assert (await process.pay(order.id, key="pay-2")).is_done
    assert len(shop.paid) == 1


async def test_a_restricted_wallet(shop: Shop) -> None:
    """Another refusal is told in the supplier's words, with its code, and that nothing was charged."""
    process = await shop.process()
    order = await _placed(process, shop)
    shop.account.balance_restricted = True
    [trouble] = (await process.pay(order.id)).troubles
    assert isinstance(trouble, Refused)
    assert trouble.code is not None
    assert trouble.message.endswith("was charged.")
    assert shop.charged == 0


async def test_caps(shop: Shop) -> None:
    """Neither one order nor all of a day may cost more than the operator allows."""
    process = await shop.process()
    first, second = [await _placed(process, shop, reference) for reference in ("HB-1", "HB-2")]
    total = _total(first)
    one = await shop.process(caps=Caps(per_order=dollars(total.amount - 1)))
    [trouble] = (await one.pay(first.id)).troubles
    assert trouble == OverSpendCap(dollars(total.amount - 1), dollars(total.amount - 1), per_day=False)
    day = await shop.process(caps=Caps(per_day=dollars(total.amount + 1)))
    assert (await day.pay(first.id, key="pay-2")).is_done
    [trouble] = (await day.pay(second.id, key="pay-3")).troubles
    assert trouble == OverSpendCap(dollars(total.amount + 1), dollars(1), per_day=True)
    euros = await shop.process(caps=Caps(per_day=replace(dollars(9), currency="EUR")))
    [trouble] = (await euros.pay(second.id, key="pay-4")).troubles
    assert isinstance(trouble, Refused)
    assert shop.calls(PAY) == 1


async def test_two_payments_at_once(shop: Shop) -> None:
    """Whoever asks second, in whichever process and under whatever key, finds the order paid."""
    processes = [await shop.process() for _ in range(3)]
    order = await _placed(processes[0], shop)
    results = await asyncio.gather(
        *(process.pay(order.id, key=f"pay-{place}") for place, process in enumerate(processes))
    )
    assert sum(result.is_done for result in results) == 1
    assert (cents(shop.charged), shop.calls(PAY)) == (_total(order), 1)


async def test_a_carrier_without_stock(shop: Shop) -> None:
    """When the carrier's warehouse is empty, the carriers that have the goods are told."""
    process = await shop.process()
    variant = next(
        variant
        for product in shop.sim.world.products
        if "US" in product.stock and not product.taken_down and product.grams[1] < 2000
        for variant in shop.sim.world.variants(product)
        if shop.sim.world.total(variant, "US").total >= 2
    )
    home = replace(ADDRESS, country="US", province="Ohio", city="Dayton", postal_code="45402")
    line = WantedLine(variant.product.pid, variant.vid, 2)
    order = await _placed(process, shop, lines=(line,), origin="US", method="US Economy Ground", address=home)
    [trouble] = (await process.pay(order.id)).troubles
    assert isinstance(trouble, MethodUnavailable)
    assert trouble.offers
    assert all(offer.has_stock and offer.price for offer in trouble.offers)
    assert shop.charged == 0


async def test_goods_that_are_gone(shop: Shop) -> None:
    """When no carrier has the goods, that is what is said."""
    process = await shop.process()
    order = await _placed(process, shop)
    variant = shop.sim.world.variant(order.lines[0].variant_id)
    assert variant is not None
    shop.sim.world.set_stock(variant, "CN", 1)
    [trouble] = (await process.pay(order.id)).troubles
    assert isinstance(trouble, OutOfStock)


async def test_test_orders(shop: Shop) -> None:
    """Where all orders are tests, one is placed and paid without any money, and without touching a cap."""
    process = await shop.process(caps=Caps(per_day=dollars("0.01")), environment={"CJ_SANDBOX_MODE": "true"})
    order = await _placed(process, shop)
    assert order.is_sandbox
    assert (await process.pay(order.id)).is_done
    assert (shop.sold[0].sandbox, len(shop.paid), shop.charged) == (True, 1, 0)


async def test_an_order_is_cancelled(shop: Shop) -> None:
    """An unpaid order is cancelled at CJ, once; a second time says the same."""
    process = await shop.process()
    order = await _placed(process, shop)
    result = await process.cancel(order.id)
    assert result.is_done
    assert result.order is not None
    assert (result.order.status, shop.sold) == (OrderStatus.CANCELLED, [])
    assert (await process.cancel(order.id, key="cancel-2")).is_done
    assert isinstance((await process.pay(order.id)).troubles[0], NotNow)
    assert shop.calls(DELETE) == 1


@pytest.mark.parametrize("after", [True, False])
@pytest.mark.parametrize("kind", ["status", "truncated", "hang"])
async def test_an_unclear_cancellation(shop: Shop, kind: str, after: bool) -> None:
    """When its answer was lost it is asked for again, which does no harm."""
    process = await shop.process()
    order = await _placed(process, shop)
    shop.sim.faults.add(Fault(kind, DELETE, times=1, after=after))  # type: ignore[arg-type]
    result = await process.cancel(order.id)
    assert isinstance(result.troubles[0], OutcomeUnknown)
    assert isinstance((await process.pay(order.id, key="x")).troubles[0], NotNow | OutcomeUnknown)
    assert (await process.cancel(order.id)).is_done
    assert (shop.sold, shop.charged) == ([], 0)


async def test_a_cancellation_of_nothing(shop: Shop) -> None:
    """When CJ denies an order that it shows, it is not taken for cancelled, and asked for again."""
    process = await shop.process()
    order = await _placed(process, shop)
    denied = {"code": 1603100, "message": "Order not found"}
    shop.sim.faults.add(Fault("error", DELETE, times=2, params=denied))
    assert isinstance((await process.cancel(order.id)).troubles[0], OutcomeUnknown)
    assert len(shop.sold) == 1
    assert (await process.cancel(order.id)).is_done
    assert shop.sold == []


async def test_what_cannot_be_cancelled(shop: Shop) -> None:
    """A confirmed order, and a paid one, stay, and the remedy is named."""
    process = await shop.process()
    order = await _placed(process, shop)
    assert not (await process.pay(order.id, dollars(1))).is_done  # confirmed on the way
    [trouble] = (await process.cancel(order.id)).troubles
    assert isinstance(trouble, NotNow)
    assert "web pages" in trouble.message
    assert (await process.pay(order.id, key="pay-2")).is_done
    [trouble] = (await process.cancel(order.id, key="cancel-2")).troubles
    assert isinstance(trouble, NotNow)
    assert "dispute" in trouble.message
    assert len(shop.paid) == 1


async def test_an_order_that_is_not_made_yet(shop: Shop) -> None:
    """Paying an order that CJ is not known to have is to be tried again, and the same key pays it then."""
    process, later = await shop.process(WARY), await shop.process(HASTY)
    shop.sim.faults.add(Fault("status", CREATE, times=1, params={"status": 500}))
    order = (await process.place(shop.wish())).order
    assert order is not None
    shop.sim.faults.add(Fault("status", CREATE, times=1, params={"status": 500}))
    assert isinstance((await process.pay(order.id)).troubles[0], OutcomeUnknown)
    assert isinstance((await later.pay(order.id)).troubles[0], Busy)
    shop.sim.faults.clear()
    assert (await later.place(shop.wish())).is_done
    assert (await later.pay(order.id)).is_done
    assert shop.calls(PAY) == 1


async def test_orders_that_do_not_exist(shop: Shop) -> None:
    """Paying, cancelling and reading an order that the ledger does not have does nothing."""
    process = await shop.process()
    for result in (await process.pay("none"), await process.cancel("none"), await process.refresh("none")):
        assert result.troubles == (NotFound("There is no order none."),)
    assert await process.service.order("none") is None


async def test_reading_an_order_now(shop: Shop) -> None:
    """What happened at the supplier is known after a refresh, and also what happened behind our back."""
    process = await shop.process(replace(HASTY, vanished=0.0))
    order, other = [await _placed(process, shop, reference) for reference in ("HB-1", "HB-2")]
    shop.sold[0].status, shop.sold[0].paid = PENDING, shop.sim.now()
    refreshed = (await process.refresh(order.id)).order
    assert refreshed is not None
    assert refreshed.status is OrderStatus.PAID
    assert refreshed.standing.payment is Step.NOT_BEGUN
    shop.account.orders.remove(shop.sold[1])
    gone = (await process.refresh(other.id)).order
    assert gone is not None
    assert gone.status is OrderStatus.CANCELLED
    shop.sim.faults.add(Fault("error", "*", params={"code": 1600000, "message": "System busy"}))
    assert not (await process.refresh(order.id)).is_done
