"""Placing orders: once, whatever the supplier answers and whoever asks how often."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from gateway.orders.office import WantedLine
from gateway.orders.state import OrderStatus, Step
from gateway.orders.troubles import (
    Busy,
    InvalidField,
    KeyReused,
    OutcomeUnknown,
    PriceChanged,
    ReferenceTaken,
    Unsupported,
)
from providers.cj.simulator.faults import Fault
from providers.errors import RateLimited
from tests.cj.direct import asking
from tests.cj.drafts import ADDRESS
from tests.orders.meddling import Meddled
from tests.orders.shop import CREATE, DETAIL, HASTY, WARY, Shop, cents, dollars
from tests.storage.making import let_pass


async def test_an_order_is_placed(shop: Shop) -> None:
    """It exists at CJ as it was asked for, nothing is charged, and its history tells how it came about."""
    process = await shop.process()
    result = await process.place(shop.wish(agreed=dollars(500), max_total=dollars(500)))
    assert result.is_done
    assert result.warnings == ()
    order, [sold] = result.order, shop.sold
    assert order is not None
    assert order.heard is not None
    assert (order.status, sold.number, order.heard.ids["id"]) == (OrderStatus.CREATED, order.number, sold.id)
    assert order.heard.totals.total == cents(sold.total)
    assert (sold.lines[0].quantity, sold.address["shippingCity"]) == (2, "Bremen")
    assert await process.history(order.id) == ["BEGUN", "CREATION_SENT", "NEWS"]
    assert (shop.charged, shop.calls("/shopping/order/*")) == (0, 1)


@pytest.mark.parametrize(
    "preset",
    [
        "created_but_500",
        "created_but_timed_out",
        "created_but_dropped",
        "created_but_busy",
        "created_but_unreadable",
        "created_but_empty",
        "created_but_failed",
        "created_but_refused",
    ],
)
async def test_a_lost_answer(shop: Shop, preset: str) -> None:
    """An order that was made although its answer was lost is looked up and adopted, and sent only once."""
    process = await shop.process(WARY)
    shop.sim.faults.preset(preset)
    result = await process.place(shop.wish())
    assert result.is_done
    [sold] = shop.sold
    assert result.order is not None
    assert result.order.number == sold.number
    assert shop.calls(CREATE) == 1
    assert await process.history(result.order.id) == ["BEGUN", "CREATION_SENT", "CREATION_UNCLEAR", "NEWS"]


@pytest.mark.parametrize(
    "fault",
    [
        Fault("status", CREATE, times=1, params={"status": 500}),
        Fault("error", CREATE, times=1, params={"code": 1600000, "message": "System busy"}),
        Fault("error", CREATE, times=1, params={"code": 1603003, "message": "Order exist"}),
        Fault("not_json", CREATE, times=1),
    ],
    ids=lambda fault: str(fault.params.get("code", fault.kind)),
)
async def test_nothing_was_made(shop: Shop, fault: Fault) -> None:
    """After an unclear answer it is not sent again before it is known to be absent; then once more."""
    process, later = await shop.process(WARY), await shop.process(HASTY)
    shop.sim.faults.add(fault)
    for _ in range(2):
        result = await process.place(shop.wish())
        assert isinstance(result.troubles[0], OutcomeUnknown)
        assert result.order is not None
        assert (shop.sold, shop.calls(CREATE)) == ([], 1)
    result = await later.place(shop.wish(), seconds=HASTY.lease / 2)
    assert result.is_done
    assert (len(shop.sold), shop.calls(CREATE)) == (1, 2)


async def test_supplier_behind_itself(shop: Shop) -> None:
    """An order that CJ denies for a while after making it is waited for, not made a second time."""
    process = await shop.process(replace(WARY, looks=(0.0, 0.2, 0.4)))
    shop.sim.options.lookup_lag_seconds = 0.4
    shop.sim.faults.preset("created_but_500")
    result = await process.place(shop.wish())
    assert result.is_done
    assert (len(shop.sold), shop.calls(CREATE)) == (1, 1)


async def test_what_is_refused(shop: Shop) -> None:
    """What CJ clearly refuses names the field; a repeated key gives the same answer, and asks nobody."""
    process = await shop.process()
    gone = (WantedLine("1", "9999999999999999999", 1),)
    wrong: dict[tuple[str, ...], dict[str, Any]] = {
        ("shippingMethod",): {"method": "No Such Post"},
        ("lines",): {"lines": gone},
    }
    for field, changes in wrong.items():
        name = ".".join(field)
        first = await process.place(shop.wish(name, **changes), key=name)
        [trouble] = first.troubles
        assert isinstance(trouble, InvalidField), trouble
        assert trouble.field == field
        assert first.order is not None
        assert first.order.status is OrderStatus.FAILED
        sent = shop.calls(CREATE)
        assert (await process.place(shop.wish(name, **changes), key=name)).troubles == first.troubles
        assert shop.calls(CREATE) == sent
    assert shop.sold == []


async def test_forms(shop: Shop) -> None:
    """What makes no sense, or is nothing that CJ takes, is refused before anything is written."""
    process = await shop.process()
    for wish, field in (
        (shop.wish(""), ("clientReference",)),
        (shop.wish(lines=()), ("lines",)),
        (shop.wish(quantity=0), ("lines", "quantity")),
        (shop.wish(max_total=dollars(0)), ("maxTotal",)),
        (shop.wish(address=replace(ADDRESS, phone="0" * 21)), ("shipTo", "phone")),
        (shop.wish(address=replace(ADDRESS, province="")), ("shipTo", "province")),
        (shop.wish(address=replace(ADDRESS, country="XX")), ("shipTo", "country")),
        (shop.wish(origin="XX"), ("shipFrom",)),
        (shop.wish(method="m" * 51), ("shippingMethod",)),
        (shop.wish(note="n" * 501), ("note",)),
    ):
        [trouble] = (await process.place(wish)).troubles
        assert isinstance(trouble, InvalidField)
        assert trouble.field == field
    [trouble] = (await process.place(shop.wish(), key="k" * 256)).troubles
    assert trouble == InvalidField(("idempotencyKey",), "Give 1 to 255 printable characters.")
    [trouble] = (await process.place(shop.wish(agreed=dollars(9), max_total=dollars(8)))).troubles
    assert trouble == PriceChanged(agreed=dollars(8), current=dollars(9))
    for wish in (
        shop.wish(max_total=replace(dollars(900), currency="JPY")),
        shop.wish(agreed=dollars(9), max_total=replace(dollars(900), currency="JPY")),
    ):
        [trouble] = (await process.place(wish)).troubles
        assert isinstance(trouble, InvalidField)
        assert trouble.field == ("maxTotal",)
        assert "Send what it may cost in USD" in trouble.message
    [trouble] = (await process.place(shop.wish(supplier="acme"))).troubles
    assert isinstance(trouble, Unsupported)
    assert await process.service.order_of_reference("HB-1") is None


async def test_a_refused_order_is_begun_again(shop: Shop) -> None:
    """After a refusal the same reference may be used with better contents, and under the same number."""
    process = await shop.process()
    failed = (await process.place(shop.wish(method="No Such Post"))).order
    result = await process.place(shop.wish(), key="key-2")
    assert result.is_done
    assert failed is not None
    assert result.order is not None
    assert (result.order.id, result.order.number) == (failed.id, failed.number)
    assert [sold.number for sold in shop.sold] == [failed.number]


async def test_a_refused_order_that_exists(shop: Shop) -> None:
    """When an order that was refused turns up after all, it is not taken for the better one."""
    process = await shop.process()
    shop.sim.faults.add(
        Fault(
            "error", CREATE, times=1, after=True, params={"code": 1605000, "message": "Logistics not found"}
        )
    )
    first = await process.place(shop.wish())
    assert isinstance(first.troubles[0], InvalidField)
    changed = shop.wish(address=replace(ADDRESS, city="Bremerhaven"))
    second = await process.place(changed, key="key-2")
    assert "other contents" in getattr(second.troubles[0], "message", "")
    assert second.order is not None
    assert not (await process.pay(second.order.id)).is_done
    assert (len(shop.sold), shop.calls(CREATE), shop.charged) == (1, 1, 0)


async def test_a_number_that_cj_hides(shop: Shop) -> None:
    """While CJ says that the number exists and does not show it, it is looked for, and never given up."""
    process = await shop.process(replace(HASTY, giving_up=0.0))
    shop.sim.options.lookup_lag_seconds = 3600.0
    shop.sim.faults.preset("created_but_dropped")
    troubles = [(await process.place(shop.wish())).troubles[0] for _ in range(5)]
    [sold] = shop.sold
    order = await process.service.order_of_reference("HB-1")
    assert order is not None
    assert all(isinstance(trouble, OutcomeUnknown) for trouble in troubles)
    assert order.number in getattr(troubles[-1], "message", "")
    shop.sim.faults.add(
        Fault("error", CREATE, times=1, params={"code": 1605000, "message": "Logistics not found"})
    )
    assert isinstance((await process.place(shop.wish())).troubles[0], OutcomeUnknown)
    assert isinstance((await process.cancel(order.id)).troubles[0], OutcomeUnknown)
    await let_pass(shop.database)
    assert await process.resumer.round() == 1
    await process.ledger.erase(order.id)
    assert isinstance((await process.place(shop.wish())).troubles[0], OutcomeUnknown)
    shop.sim.options.lookup_lag_seconds = 0.0
    await let_pass(shop.database)
    assert await process.resumer.round() == 1
    found = await process.ledger.order(order.id)
    assert (found.status, found.number, shop.sold) == (OrderStatus.CREATED, sold.number, [sold])


async def test_a_hidden_number_is_sent_again_ever_more_rarely(shop: Shop) -> None:
    """After CJ has said that a number exists it is sent again twice as late as usual, and looked for."""
    process = await shop.process(replace(HASTY, creation=1.5))
    shop.sim.faults.add(Fault("error", CREATE, params={"code": 1603003, "message": "Order exist"}))
    assert not (await process.place(shop.wish())).is_done
    await asyncio.sleep(1.6)
    assert not (await process.place(shop.wish())).is_done
    assert shop.calls(CREATE) == 1


async def test_the_price_is_over_the_limit(shop: Shop) -> None:
    """An order that turns out to cost more than allowed is cancelled again, and both amounts are told."""
    process = await shop.process()
    priced = await process.place(shop.wish("HB-0"), key="key-0")
    assert priced.order is not None
    assert priced.order.heard is not None
    total = priced.order.heard.totals.total
    assert total is not None
    shop.sim.faults.preset("price_change_before_order")
    wish = shop.wish(max_total=total)
    result = await process.place(wish)
    [trouble] = result.troubles
    assert isinstance(trouble, PriceChanged)
    assert trouble.current.amount > trouble.agreed.amount
    assert result.order is not None
    assert result.order.status is OrderStatus.CANCELLED
    assert await process.place(wish) == result
    assert [sold.number for sold in shop.sold] == [priced.order.number]


async def test_the_price_is_over_the_quote(shop: Shop) -> None:
    """An order that costs more than was quoted stays, unpaid, and says so."""
    process = await shop.process()
    result = await process.place(shop.wish(agreed=dollars("0.50")))
    assert result.is_done
    assert "0.50 USD were quoted" in result.warnings[0]
    assert len(shop.sold) == 1


async def test_what_holds_an_order_back_is_told(shop: Shop) -> None:
    """An order for more than there is exists, and its obstacle is a warning."""
    process = await shop.process()
    wish = shop.wish()
    variant = shop.sim.world.variant(wish.lines[0].variant_id)
    assert variant is not None
    shop.sim.world.set_stock(variant, "CN", 1)
    result = await process.place(wish)
    assert result.is_done
    assert "Not enough stock" in result.warnings[0]


async def test_twenty_at_once(shop: Shop) -> None:
    """Twenty equal requests over four processes make one order and get one answer."""
    processes = [await shop.process() for _ in range(4)]
    asked = [processes[place % 4].place(shop.wish()) for place in range(20)]
    results = await asyncio.gather(*asked)
    assert len(shop.sold) == 1
    assert all(result.is_done and result.order == results[0].order for result in results)
    assert shop.calls(CREATE) == 1


async def test_other_input_under_a_key(shop: Shop) -> None:
    """A key is for one basket of one caller, and a reference for one order."""
    process = await shop.process()
    order = (await process.place(shop.wish(max_total=dollars("500.0")))).order
    assert order is not None
    assert (await process.place(shop.wish(max_total=dollars(500)))).is_done
    assert (await process.place(shop.wish(quantity=3))).troubles == (KeyReused(),)
    taken = (ReferenceTaken(order.id),)
    assert (await process.place(shop.wish(), key="key-2")).troubles == taken
    assert (await process.place(shop.wish(quantity=3), name="other")).troubles == taken
    assert (await process.place(shop.wish("HB-2", 3), name="other")).is_done
    assert len(shop.sold) == 2


async def test_a_client_without_patience(shop: Shop) -> None:
    """At the deadline the outcome is unknown; the order is made all the same, and told when asked again."""
    process = await shop.process(environment={"CJ_TIMEOUT_SECONDS": "5"})
    await process.provider.wallet(asking())
    shop.sim.options.latency_seconds = 0.3
    result = await process.place(shop.wish(), seconds=0.1)
    assert isinstance(result.troubles[0], OutcomeUnknown)
    assert result.order is not None
    assert (await process.place(shop.wish())).is_done
    assert (len(shop.sold), shop.calls(CREATE)) == (1, 1)


async def test_a_client_that_leaves(shop: Shop) -> None:
    """What was begun is ended although its client has gone."""
    process = await shop.process(environment={"CJ_TIMEOUT_SECONDS": "5"})
    shop.sim.options.latency_seconds = 0.2
    asked = asyncio.create_task(process.place(shop.wish()))
    await asyncio.sleep(0.3)
    asked.cancel()
    await process.service.aclose()
    [sold] = shop.sold
    order = await process.service.order_of_reference("HB-1")
    assert order is not None
    assert (order.status, order.number) == (OrderStatus.CREATED, sold.number)


async def test_too_fast_for_the_supplier(shop: Shop) -> None:
    """An order that CJ turns away at the door is in no doubt: not looked up, and sent when asked again."""
    process = await shop.process(WARY)
    shop.sim.faults.add(Fault("error", CREATE, times=1, params={"code": 1600200}))
    result = await process.place(shop.wish())
    assert result.order is not None
    assert isinstance(result.troubles[0], Busy)
    assert "nothing was done" in result.troubles[0].message
    assert (result.order.status, result.order.standing.creation) == (OrderStatus.PENDING, Step.ABSENT)
    assert (await process.place(shop.wish())).is_done
    assert (len(shop.sold), shop.calls(CREATE), shop.calls(DETAIL)) == (1, 2, 0)


async def test_turned_away_after_a_lost_answer(shop: Shop) -> None:
    """An order that may have been made by an earlier attempt is looked up before it is sent again."""
    process = await shop.process()
    shop.sim.faults.add(Fault("status", CREATE, times=1, params={"status": 500}))
    assert not (await process.place(shop.wish())).is_done
    shop.sim.faults.add(Fault("error", CREATE, times=1, params={"code": 1600200}))
    assert isinstance((await process.place(shop.wish())).troubles[0], Busy)
    looked = shop.calls(DETAIL)
    assert (await process.place(shop.wish())).is_done
    assert (len(shop.sold), shop.calls(DETAIL) > looked) == (1, True)


async def test_the_resumer_sends_what_was_turned_away(shop: Shop) -> None:
    """An order that never left for want of a slot is made without its client."""
    turned_away = [RateLimited("a minute of calls waits", retry_after=60.0)]

    async def create(create: Any, *given: Any) -> Any:
        if turned_away:
            error = turned_away.pop()
            error.without_effect = True
            raise error
        return await create(*given)

    process = await shop.process(WARY, mortal=Meddled(create_order=create))
    [trouble] = (await process.place(shop.wish())).troubles
    assert isinstance(trouble, Busy)
    assert trouble.retry_after_seconds == 60.0
    await let_pass(shop.database)
    await process.resumer.round()
    assert len(shop.sold) == 1


async def test_a_request_that_is_too_late(shop: Shop) -> None:
    """What nobody waits for any more is not begun, and its client may send it again."""
    process = await shop.process()
    late = await process.place(shop.wish(), seconds=-1.0)
    assert (late.order, type(late.troubles[0])) == (None, Busy)
    assert await process.service.order_of_reference("HB-1") is None
    assert (await process.place(shop.wish())).is_done


async def test_half_of_an_address(shop: Shop) -> None:
    """A message that is cut inside a part of the address tells no half of it."""
    process = await shop.process()
    phone = "+4942112345678"
    words = "y" * (200 - len(phone)) + " " + phone
    shop.sim.faults.add(Fault("error", CREATE, times=1, params={"code": 1605000, "message": words}))
    address = replace(ADDRESS, phone=phone)
    told = (await process.place(shop.wish(address=address))).troubles[0]
    assert isinstance(told, InvalidField)
    assert phone[:6] not in told.message
