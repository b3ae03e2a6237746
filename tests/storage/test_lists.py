"""Lists of orders: filtered, the newest first, and steady while they are read."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.orders.ledger import Ledger
from gateway.orders.queries import NoSuchOrder, OrderFilter
from gateway.orders.state import OrderStatus
from tests.storage.making import begun, payable


async def test_pages_follow_each_other_without_a_gap(ledger: Ledger) -> None:
    """Paging by the last id seen shows every order once, the newest first, though new ones arrive."""
    made = [(await begun(ledger, f"shop-{number}")).id for number in range(7)]
    seen: list[str] = []
    after, has_more = None, True
    while has_more:
        page = await ledger.orders(OrderFilter(), first=3, after=after)
        seen += [order.id for order in page.orders]
        after, has_more = seen[-1], page.has_more
        await begun(ledger, f"newer-{len(seen)}")
    assert sorted(seen) == sorted(made)
    dates = [(await ledger.order(order_id)).created_at for order_id in seen]
    assert dates == sorted(dates, reverse=True)


async def test_filters_narrow_together(ledger: Ledger) -> None:
    """Each part of a filter leaves out what it does not fit."""
    one = await payable(ledger, "one")
    two = await begun(ledger, "two", is_sandbox=True)
    three = await begun(ledger, "three", supplier="other")
    moment = timedelta(milliseconds=1)
    expected = {
        OrderFilter(suppliers=frozenset({"cj"})): {one.id, two.id},
        OrderFilter(suppliers=frozenset()): set(),
        OrderFilter(statuses=frozenset({OrderStatus.PENDING})): {two.id, three.id},
        OrderFilter(client_reference="two"): {two.id},
        OrderFilter(created_from=one.created_at, created_before=one.created_at + moment): {one.id},
        OrderFilter(created_before=one.created_at): set(),
        OrderFilter(is_sandbox=False): {one.id, three.id},
        replace(OrderFilter(is_sandbox=False), statuses=frozenset({OrderStatus.PENDING})): {three.id},
    }
    for wanted, ids in expected.items():
        page = await ledger.orders(wanted, first=10)
        assert {order.id for order in page.orders} == ids
        assert not page.has_more


async def test_a_place_that_never_was_is_said_so(ledger: Ledger) -> None:
    """A list cannot go on behind an order that the ledger does not have."""
    with pytest.raises(NoSuchOrder):
        await ledger.orders(OrderFilter(), first=3, after="nobody")


async def test_histories_come_in_the_order_asked_for(ledger: Ledger) -> None:
    """Histories read together stand as their ids do, with an empty one for what is not there."""
    one, two = await begun(ledger, "one"), await begun(ledger, "two")
    histories = await ledger.events([two.id, "nobody", one.id])
    assert [len(history) for history in histories] == [1, 0, 1]
    assert histories[0][0].order_id == two.id
