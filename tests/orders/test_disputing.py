"""Disputing paid orders: opened once, found again when an answer is lost, taken back until they end."""

from dataclasses import replace

import pytest

from gateway.orders.office import Claim
from gateway.orders.records import Order
from gateway.orders.troubles import (
    InvalidField,
    KeyReused,
    NotFound,
    NotNow,
    OutcomeUnknown,
    Refused,
    Trouble,
)
from providers.cj.simulator.faults import Fault, Kind
from tests.orders.shop import Process, Shop

OPEN, END, LIST = "/disputes/create", "/disputes/cancel", "/disputes/getDisputeList"
CLAIM = Claim(line_ids=None, reason_id="3", wants_refund=True, message="Broken.")
UNREAD = {"code": 1607006, "message": "Dispute query fail"}
"""A failure that says nothing of whether a dispute is open, and that the pipeline does not try again."""


async def _paid(process: Process, shop: Shop) -> Order:
    placed = (await process.place(shop.wish())).order
    assert placed is not None
    paid = (await process.pay(placed.id)).order
    assert paid is not None
    return paid


async def _notes(process: Process, order: Order) -> list[str]:
    events = await process.events(order.id)
    return [event.payload["dispute"]["step"] for event in events if "dispute" in event.payload]


async def test_a_dispute_is_opened_once(shop: Shop) -> None:
    """The same request again is the same dispute, another one is another, and other input is refused."""
    process = await shop.process()
    order, caller = await _paid(process, shop), process.caller()
    first = await process.service.open_dispute(order.id, CLAIM, "d1", caller)
    again = await process.service.open_dispute(order.id, CLAIM, "d1", caller)
    other = await process.service.open_dispute(order.id, CLAIM, "d2", caller)
    changed = replace(CLAIM, message="Lost.")
    [reused] = (await process.service.open_dispute(order.id, changed, "d1", caller)).troubles
    assert [each.id for each in shop.account.disputes] == [first.dispute, other.dispute]
    assert (again.dispute, again.troubles, reused) == (first.dispute, (), KeyReused())
    assert await _notes(process, order) == ["SENT", "OPENED", "SENT", "OPENED"]
    assert again.order is not None
    assert again.order.standing == order.standing, "a dispute moves no order"


@pytest.mark.parametrize("answer", ["status", "drop"])
async def test_opened_although_the_answer_was_lost(shop: Shop, answer: Kind) -> None:
    """The supplier's list tells which dispute it was, and it is not sent a second time."""
    process = await shop.process()
    order = await _paid(process, shop)
    shop.sim.faults.add(Fault(answer, OPEN, times=1, after=True, params={"status": 500}))
    result = await process.service.open_dispute(order.id, CLAIM, "d1", process.caller())
    assert result.is_done
    assert [each.id for each in shop.account.disputes] == [result.dispute]
    assert shop.calls(OPEN) == 1


@pytest.mark.parametrize("arrived", [True, False])
async def test_nothing_is_known_of_a_dispute(shop: Shop, arrived: bool) -> None:
    """It stays unknown while the list does not tell; the same request finds it, or opens it under its key."""
    process = await shop.process()
    order = await _paid(process, shop)
    shop.sim.faults.add(Fault("status", OPEN, times=1, after=arrived, params={"status": 500}))
    # The list before it is read; the one after it is not, nor is that of the second attempt.
    shop.sim.faults.add(Fault("error", LIST, skip=1, times=2, params=UNREAD))
    for _ in range(2):
        [trouble] = (await process.service.open_dispute(order.id, CLAIM, "d1", process.caller())).troubles
        assert isinstance(trouble, OutcomeUnknown)
    assert len(shop.account.disputes) == arrived
    result = await process.service.open_dispute(order.id, CLAIM, "d1", process.caller())
    assert result.is_done
    assert [each.id for each in shop.account.disputes] == [result.dispute]
    assert shop.calls(OPEN) == (1 if arrived else 2)


async def test_opened_and_never_shown(shop: Shop) -> None:
    """Where the supplier agrees and its list cannot be read, the dispute counts as open, without its id."""
    process = await shop.process()
    order = await _paid(process, shop)
    shop.sim.faults.add(Fault("error", LIST, skip=1, params=UNREAD))
    result = await process.service.open_dispute(order.id, CLAIM, "d1", process.caller())
    assert (result.is_done, result.dispute, len(result.warnings)) == (True, None, 1)
    assert len(shop.account.disputes) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"line_ids": ("nothing",)}, ("lineIds", "0")),
        ({"reason_id": "99"}, ("reasonId",)),
    ],
)
async def test_what_the_supplier_does_not_offer(
    shop: Shop, changes: dict[str, object], field: tuple[str, ...]
) -> None:
    """A line or a reason that the supplier did not name is refused before anything is sent."""
    process = await shop.process()
    order = await _paid(process, shop)
    claim = replace(CLAIM, **changes)  # type: ignore[arg-type]
    [trouble] = (await process.service.open_dispute(order.id, claim, "d1", process.caller())).troubles
    assert isinstance(trouble, InvalidField)
    assert trouble.field == field
    assert (shop.calls(OPEN), await _notes(process, order)) == (0, [])


async def test_a_refused_dispute(shop: Shop) -> None:
    """A clear no of the supplier is the answer for good, and stands in the order's history."""
    process = await shop.process()
    order = await _paid(process, shop)
    no = {"code": 1607008, "message": "Dispute create fail"}
    shop.sim.faults.add(Fault("error", OPEN, times=1, params=no))
    for _ in range(2):
        [trouble] = (await process.service.open_dispute(order.id, CLAIM, "d1", process.caller())).troubles
        assert isinstance(trouble, Refused)
        assert trouble.code == "1607008"
    assert "troubles" in (await process.events(order.id))[-1].payload
    assert (shop.calls(OPEN), shop.account.disputes) == (1, [])
    shop.sim.faults.add(Fault("error", OPEN, times=1, after=True, params=no))
    opened = await process.service.open_dispute(order.id, CLAIM, "d2", process.caller())
    assert opened.is_done, "a refusal of what its list shows is none"
    assert [each.id for each in shop.account.disputes] == [opened.dispute]


async def test_only_what_is_paid_can_be_disputed(shop: Shop) -> None:
    """Of an order that is not paid, or not there, the supplier is asked nothing about disputes."""
    process = await shop.process()
    placed = (await process.place(shop.wish())).order
    assert placed is not None
    caller, told = process.caller(), list[Trouble]()
    for order_id in (placed.id, "nobody"):
        told += (await process.service.open_dispute(order_id, CLAIM, "d1" + order_id, caller)).troubles
        told += (await process.service.cancel_dispute(order_id, "1", "c1" + order_id, caller)).troubles
    assert [type(each) for each in told] == [NotNow, NotNow, NotFound, NotFound]
    assert shop.calls("/disputes/*") == 0


async def test_a_dispute_is_taken_back(shop: Shop) -> None:
    """It is taken back once, stays so for whoever asks again, and one that the order has not is refused."""
    process = await shop.process()
    order, caller = await _paid(process, shop), process.caller()
    opened = (await process.service.open_dispute(order.id, CLAIM, "d1", caller)).dispute
    assert opened is not None
    for key in ("c1", "c1", "c2"):
        result = await process.service.cancel_dispute(order.id, opened, key, caller)
        assert (result.is_done, result.dispute) == (True, opened)
    assert (shop.calls(END), shop.account.disputes[0].cancelled) == (1, True)
    assert await _notes(process, order) == ["SENT", "OPENED", "CANCELLING", "CANCELLED"]
    [trouble] = (await process.service.cancel_dispute(order.id, "4711", "c3", caller)).troubles
    assert isinstance(trouble, InvalidField)
    assert trouble.field == ("disputeId",)


async def test_taken_back_although_the_answer_was_lost(shop: Shop) -> None:
    """The list tells that it is; where it is not, the same request tries once more."""
    process = await shop.process()
    order, caller = await _paid(process, shop), process.caller()
    ids = [(await process.service.open_dispute(order.id, CLAIM, key, caller)).dispute for key in ("d1", "d2")]
    for opened, arrived in zip(ids, (True, False), strict=True):
        assert opened is not None
        shop.sim.faults.add(Fault("status", END, times=1, after=arrived, params={"status": 500}))
        result = await process.service.cancel_dispute(order.id, opened, "c" + opened, caller)
        assert [type(each) for each in result.troubles] == ([] if arrived else [OutcomeUnknown])
    assert opened is not None
    assert (await process.service.cancel_dispute(order.id, opened, "c" + opened, caller)).is_done
    assert all(each.cancelled for each in shop.account.disputes)


async def test_a_dispute_that_has_ended(shop: Shop) -> None:
    """What the supplier has decided cannot be taken back, and that is said without asking it to."""
    process = await shop.process()
    order, caller = await _paid(process, shop), process.caller()
    opened = (await process.service.open_dispute(order.id, CLAIM, "d1", caller)).dispute
    assert opened is not None
    shop.account.disputes[0].deal = 1
    [trouble] = (await process.service.cancel_dispute(order.id, opened, "c1", caller)).troubles
    assert isinstance(trouble, NotNow)
    assert "REFUND" in trouble.message
    assert shop.calls(END) == 0
