"""How often an order is looked after."""

from datetime import timedelta

import pytest

from gateway.orders.looks import next_look
from gateway.orders.state import OrderStatus, Standing, Step

DAY = timedelta(days=1)


@pytest.mark.parametrize("status", [OrderStatus.DELIVERED, OrderStatus.CANCELLED, OrderStatus.FAILED])
def test_what_has_ended_is_left_alone(status: OrderStatus) -> None:
    """An order that nothing more happens to is not looked after, unless something sent has no known end."""
    assert next_look(Standing(status), timedelta()) is None
    assert next_look(Standing(status, payment=Step.SENT), timedelta()) is not None


def test_money_for_nothing_is_looked_after() -> None:
    """A cancelled order that was paid may come back, or its money; for a month somebody looks."""
    gone = Standing(OrderStatus.CANCELLED, Step.DONE, Step.DONE)
    waits = [next_look(gone, quiet) for quiet in (timedelta(), 2 * DAY, 29 * DAY, 31 * DAY)]
    assert waits == [timedelta(minutes=10), timedelta(hours=6), DAY, None]


def test_doubt_comes_first_and_age_comes_last() -> None:
    """What is in doubt is looked after within seconds; the longer nothing happens, the more rarely."""
    doubt = Standing(OrderStatus.AWAITING_PAYMENT, Step.DONE, Step.SENT)
    waits = [next_look(doubt, quiet) for quiet in (timedelta(), timedelta(hours=1), 5 * DAY, 90 * DAY)]
    assert waits == [timedelta(seconds=5), timedelta(minutes=7.5), timedelta(hours=15), DAY]


def test_every_open_status_has_its_pace() -> None:
    """No order that can still move is forgotten."""
    ended = {OrderStatus.DELIVERED, OrderStatus.CANCELLED, OrderStatus.FAILED}
    for status in set(OrderStatus) - ended:
        first = next_look(Standing(status), timedelta())
        assert first is not None
        assert timedelta(seconds=5) < first <= timedelta(hours=2)
