"""Orders that the gateway pays by itself, and those that it leaves to a person."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from gateway.orders.automation import why_it_waits
from gateway.orders.choosing import choosing
from gateway.orders.means import Patience
from gateway.orders.office import Result
from gateway.orders.policy import OrderPolicy, Terms
from gateway.orders.records import Order
from gateway.orders.rehearsing import inquiry, rehearsal
from gateway.orders.resuming import Resumer
from gateway.orders.service import OrderService
from gateway.orders.spending import Caps
from gateway.orders.state import OrderStatus
from gateway.orders.troubles import InvalidField, MethodUnavailable, PriceChanged
from gateway.quoting.quotes import Pricing
from gateway.services import Supplier
from gateway.settings import check
from gateway.wiring import open_pricing
from providers.cj.simulator.faults import Fault
from providers.clock import SystemClock
from providers.errors import Rejected
from providers.orders import OrderState, SupplierOrder
from tests.orders.meddling import Meddled
from tests.orders.shop import CREATE, DETAIL, HASTY, PAY, Process, Shop, cents, dollars
from tests.orders.test_crashes import MOST_STEPS, Killed, Mortal
from tests.storage.making import let_pass

PAYS = Terms(dollars(50))
AWAITING = OrderStatus.AWAITING_PAYMENT
BALANCE = "/shopping/pay/getBalance"
TWO = ("No Such Line", "CJPacket Ordinary")


@cache
def pricing() -> Pricing:
    """What all processes here quote with; reading the exchange rates takes a while."""
    return open_pricing(check({}), "a secret of these tests", SystemClock())


async def process_under(
    shop: Shop,
    terms: Terms,
    caps: Caps | None = None,
    mortal: Mortal | Meddled | None = None,
    patience: Patience = HASTY,
) -> Process:
    """A process whose operator has set a policy."""
    process = await shop.process(patience, caps=caps, mortal=mortal)
    policy = OrderPolicy(terms)
    means = replace(process.means, policy=policy)
    inquire = inquiry({"cj": Supplier(process.provider, None)}, pricing(), process.clock)
    asks = rehearsal(inquire, policy, means.caps.per_order)
    service = OrderService(means, process.errands, rehearsal=asks, choosing=choosing(inquire, policy))
    return replace(process, service=service, means=means, resumer=Resumer(means, process.errands))


def order_of(result: Result) -> Order:
    assert result.troubles == ()
    assert result.order is not None
    return result.order


async def looked_after(process: Process, order: Order) -> Order:
    """The order after its turn has come."""
    await process.ledger.postpone(order.id, seconds=0)
    await process.resumer.round()
    return await process.ledger.order(order.id)


async def left_unpaid(shop: Shop, process: Process) -> Order:
    """An order that the policy is about to pay, as soon as the supplier says again what is in the wallet."""
    shop.sim.faults.add(Fault("status", BALANCE, params={"status": 500}, times=10))
    order = order_of(await process.place(shop.wish()))
    assert (order.status, why_it_waits(await process.events(order.id))) == (AWAITING, None)
    return order


async def test_it_is_paid_once_for_all_who_ask(shop: Shop) -> None:
    """An order below the amount is paid when it is made, once, whoever repeats the request and where."""
    one, other = await process_under(shop, PAYS), await process_under(shop, PAYS)
    results = await asyncio.gather(*(each.place(shop.wish()) for each in (one, other, one, other)))
    assert {order_of(result).status for result in results} == {OrderStatus.PAID}
    assert "has paid it" in results[0].warnings[-1]
    assert (shop.calls(PAY), len(shop.paid), shop.charged) == (1, 1, shop.paid[0].total)


async def test_what_was_taken_beyond_is_told(shop: Shop) -> None:
    """An order that the policy pays while its price rises is told with the warning that `payOrder` gives."""

    async def dearer(pay: Callable[..., Awaitable[None]], *given: Any) -> None:
        shop.sold[0].postage += 700
        await pay(*given)

    process = await process_under(shop, PAYS, mortal=Meddled(pay_order=dearer))
    result = await process.place(shop.wish())
    assert order_of(result).status is OrderStatus.PAID
    paid, beyond = result.warnings[-2:]
    assert "has paid it" in paid
    assert f"{cents(shop.charged).amount} USD" in beyond
    assert await process.place(shop.wish()) == result


async def test_above_the_amount_it_waits(shop: Shop) -> None:
    """An order above the amount is made, not paid, says why, and is paid by whoever may pay."""
    process = await process_under(shop, Terms(dollars("0.50")))
    result = await process.place(shop.wish())
    order = order_of(result)
    assert (order.status, shop.charged) == (OrderStatus.CREATED, 0)
    assert "waits for `payOrder`" in result.warnings[-1]
    why = why_it_waits(await process.events(order.id))
    assert why is not None
    assert why in result.warnings[-1]
    again = await process.place(shop.wish())
    assert again.warnings == result.warnings
    assert order_of(await process.pay(order.id)).status is OrderStatus.PAID


async def test_a_price_that_drifted_waits(shop: Shop) -> None:
    """An order that takes too much more than it was quoted for is not paid, whatever the amount."""
    process = await process_under(shop, replace(PAYS, drift_percent=Decimal(5)))
    result = await process.place(shop.wish(agreed=dollars("1.00")))
    assert order_of(result).status is OrderStatus.CREATED
    assert "above the quoted 1.00 USD" in result.warnings[-1]
    assert shop.charged == 0


async def test_caps_bind(shop: Shop) -> None:
    """A cap stands above the policy."""
    process = await process_under(shop, PAYS, Caps(per_day=dollars("0.10")))
    result = await process.place(shop.wish())
    assert order_of(result).status is OrderStatus.AWAITING_PAYMENT
    assert "of the cap for a day, 0.10 USD" in result.warnings[-1]
    assert shop.charged == 0


async def test_the_resumer_pays_what_was_left(shop: Shop) -> None:
    """An order that was made when the supplier could not take the money is paid later, once."""
    process = await process_under(shop, PAYS)
    shop.sim.faults.add(Fault("status", BALANCE, params={"status": 500}, times=10))
    result = await process.place(shop.wish())
    order = order_of(result)
    assert (order.status, shop.charged) == (OrderStatus.AWAITING_PAYMENT, 0)
    assert "is not known yet" in result.warnings[-1]
    shop.sim.faults.clear()
    assert (await looked_after(process, order)).status is OrderStatus.PAID
    await looked_after(process, order)
    assert (shop.calls(PAY), shop.charged) == (1, shop.paid[0].total)


async def test_an_order_of_before_the_policy_is_left_alone(shop: Shop) -> None:
    """Turning a policy on pays nothing that was ordered before."""
    order = order_of(await (await shop.process()).place(shop.wish()))
    process = await process_under(shop, PAYS)
    assert (await looked_after(process, order)).status is OrderStatus.CREATED
    assert order_of(await process.place(shop.wish())).status is OrderStatus.CREATED
    assert shop.charged == 0


async def test_an_order_that_was_begun_before_the_policy_is_left_alone(shop: Shop) -> None:
    """Nor does the gateway pay one that it makes only after that, whoever asks for it again."""
    faults = [Fault("status", path, params={"status": 503}, times=10) for path in (CREATE, DETAIL)]
    for fault in faults:
        shop.sim.faults.add(fault)
    before = await (await shop.process(steady=True)).place(shop.wish())
    assert before.order is not None
    assert before.order.status is OrderStatus.PENDING
    shop.sim.faults.clear()
    process = await process_under(shop, PAYS)
    order = await looked_after(process, before.order)
    assert order_of(await process.place(shop.wish())).status is OrderStatus.CREATED
    assert (await looked_after(process, order)).status is OrderStatus.CREATED
    assert shop.charged == 0


async def test_an_order_that_was_to_be_cancelled_waits(shop: Shop) -> None:
    """Whatever the supplier says to its cancellation, the gateway does not pay an order afterwards."""

    async def refused(*_: Any) -> None:
        raise Rejected("It cannot be cancelled now.", provider="cj")

    process = await process_under(shop, PAYS, mortal=Meddled(cancel_order=refused))
    order = await left_unpaid(shop, process)
    assert (await process.cancel(order.id)).troubles
    shop.sim.faults.clear()
    assert (await looked_after(process, order)).status is AWAITING
    assert why_it_waits(await process.events(order.id)) == "it was to be cancelled"
    assert shop.charged == 0


async def test_an_order_that_failed_and_turns_up_waits(shop: Shop) -> None:
    """What its client was told to have failed is not paid when the supplier has it after all."""
    shop.sim.faults.add(
        Fault("error", CREATE, after=True, params={"code": 1605000, "message": "Order create failed"})
    )
    process = await process_under(shop, PAYS)
    failed = (await process.place(shop.wish())).order
    assert failed is not None
    assert (failed.status, len(shop.sold)) == (OrderStatus.FAILED, 1)
    order = order_of(await process.refresh(failed.id))
    assert (await looked_after(process, order)).status is OrderStatus.CREATED
    assert why_it_waits(await process.events(order.id)) == "it had failed before it turned up"
    assert shop.charged == 0


async def test_a_client_that_pays_decides(shop: Shop) -> None:
    """However a client's payment ends, the gateway pays nothing after it, and the client still may."""
    process = await process_under(shop, PAYS)
    order = await left_unpaid(shop, process)
    [trouble] = (await process.pay(order.id, dollars("0.50"))).troubles
    assert isinstance(trouble, PriceChanged)
    shop.sim.faults.clear()
    assert (await looked_after(process, order)).status is AWAITING
    assert why_it_waits(await process.events(order.id)) == "a client decides about it now"
    assert shop.charged == 0
    assert order_of(await process.pay(order.id, key="pay-2")).status is OrderStatus.PAID


async def test_an_old_order_waits(shop: Shop) -> None:
    """Nothing is paid by surprise that was ordered long ago."""
    order = await left_unpaid(shop, await process_under(shop, PAYS))
    shop.sim.faults.clear()
    later = await process_under(shop, PAYS, patience=replace(HASTY, giving_up=0.0))
    assert (await looked_after(later, order)).status is AWAITING
    assert why_it_waits(await later.events(order.id)) == "it is too old"
    assert shop.charged == 0


async def test_a_word_that_nobody_knows_is_no_end(shop: Shop) -> None:
    """An order that the supplier shows in an unknown state is paid once it is known to be unpaid."""

    async def strange(create: Callable[..., Awaitable[SupplierOrder]], *given: Any) -> SupplierOrder:
        return replace(await create(*given), state=OrderState.UNKNOWN)

    process = await process_under(shop, PAYS, mortal=Meddled(create_order=strange))
    order = order_of(await process.place(shop.wish()))
    assert (order.status, shop.charged) == (OrderStatus.UNKNOWN, 0)
    for _ in range(2):
        order = await looked_after(process, order)
    assert order.status is OrderStatus.PAID
    assert len(shop.paid) == 1


async def test_a_price_that_the_gateway_read_itself_is_no_quote(shop: Shop) -> None:
    """With no quote, and a method that the gateway chose, there is nothing to compare with: it waits."""
    terms = Terms(dollars(50), Decimal(5), TWO)
    process = await process_under(shop, terms)
    wish = shop.wish(method=None)
    told = (await process.service.rehearse(wish, process.caller())).warnings
    assert "not ordered from a quote" in told[1]
    result = await process.place(wish)
    order = order_of(result)
    assert (order.status, shop.charged) == (OrderStatus.CREATED, 0)
    assert order.quoted is not None
    assert "not ordered from a quote" in result.warnings[-1]
    agreed = shop.wish("HB-2", agreed=order.quoted)
    assert order_of(await process.place(agreed, "key-2")).status is OrderStatus.PAID


async def test_what_a_dry_run_tells(shop: Shop) -> None:
    """A rehearsal says in words what the policy would do, and does nothing."""
    wish = shop.wish(method=None)
    process = await process_under(shop, replace(PAYS, methods=TWO))
    told = (await process.service.rehearse(wish, process.caller())).warnings
    assert told[0].startswith("It would be sent by CJPacket Ordinary")
    assert told[1].startswith("It would be paid at once: ")
    capped = await process_under(shop, replace(PAYS, methods=TWO), Caps(per_order=dollars("0.10")))
    told = (await capped.service.rehearse(wish, capped.caller())).warnings
    assert told[1].startswith("It would wait for approval by `payOrder`: ")
    assert "the cap for one order is 0.10 USD" in told[1]
    assert shop.sold == []


async def test_the_preferred_method(shop: Shop) -> None:
    """Where none is named the first preferred method that is offered is taken, and stays the order's."""
    process = await process_under(shop, Terms(methods=TWO))
    result = await process.place(shop.wish(method=None))
    order = order_of(result)
    assert (order.method, shop.sold[0].carrier) == ("CJPacket Ordinary", "CJPacket Ordinary")
    assert order.quoted is not None
    assert await process.place(shop.wish(method=None)) == result
    without = await shop.process()
    assert order_of(await without.place(shop.wish(method=None))).id == order.id
    [trouble] = (await without.place(shop.wish("HB-2", method=None), "key-2")).troubles
    assert isinstance(trouble, InvalidField)


async def test_no_preferred_method_is_offered(shop: Shop) -> None:
    """Where none of them takes the parcel, the ones that do are named, and nothing is ordered."""
    process = await process_under(shop, Terms(methods=TWO[:1]))
    [trouble] = (await process.place(shop.wish(method=None))).troubles
    assert isinstance(trouble, MethodUnavailable)
    assert "CJPacket Ordinary" in {offer.method for offer in trouble.offers}
    assert shop.sold == []


async def test_killed_on_the_way(shop: Shop) -> None:
    """Wherever its process dies, an order that was begun is made and paid once, though nobody asks."""
    alive = await process_under(shop, PAYS)
    begun = 0
    for step in range(1, MOST_STEPS):
        mortal = Mortal(step, after=True)
        dying = await process_under(shop, PAYS, mortal=mortal)
        with contextlib.suppress(Killed):
            await dying.place(shop.wish(f"HB-{step}"), f"key-{step}")
        await let_pass(shop.database)
        order = await alive.service.order_of_reference(f"HB-{step}")
        if order is not None:
            begun += 1
            for _ in range(3):
                if order.status is not OrderStatus.PAID:
                    order = await looked_after(alive, order)
                    await let_pass(shop.database)
            assert (step, order.status) == (step, OrderStatus.PAID)
        assert (len(shop.sold), len(shop.paid)) == (begun, begun)
        assert shop.charged == sum(sold.total for sold in shop.sold)
        if not mortal.is_dead:
            break
    else:
        pytest.fail("it never lived to the end")
    assert step > 20
    assert shop.calls(PAY) == begun
