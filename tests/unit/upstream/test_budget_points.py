"""The day's points over hours and days: refill, reset, and what a caller is told meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from gateway.upstream.budget import Ticket
from gateway.upstream.budget.line import Line
from gateway.upstream.budget.memory import memory_budget
from providers.clock import ManualClock
from providers.errors import QuotaExhausted, RateLimited
from providers.upstream import Allowance, CallPolicy, Lane, Limits, Rate

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PER_DAY = 1440  # one point a minute
DETAIL = CallPolicy("product.get", weight=10)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
async def budget(clock: ManualClock) -> AsyncIterator[Line]:
    budget = memory_budget(Limits("acme", (Rate("account", 1.0),), Allowance("points", PER_DAY)), clock)
    await budget.start()
    yield budget
    await budget.aclose()


async def refusal(
    budget: Line, clock: ManualClock, lane: Lane = Lane.CHECKOUT, policy: CallPolicy = DETAIL
) -> QuotaExhausted:
    with pytest.raises(QuotaExhausted) as refused:
        await budget.acquire(policy, Ticket(lane, clock.monotonic() + 5))
    return refused.value


async def test_refill(budget: Line, clock: ManualClock) -> None:
    """Points come back evenly over the day, counted a minute late because they may come by the minute."""
    await budget.learn(0, PER_DAY)
    error = await refusal(budget, clock)
    assert error.retry_after == pytest.approx(11 * 60)
    await clock.advance(11 * 60)
    await budget.acquire(DETAIL, Ticket(Lane.CHECKOUT, clock.monotonic() + 5))
    assert (await budget.state()).points_remaining == 1


async def test_refill_stops_at_the_total(budget: Line, clock: ManualClock) -> None:
    """An idle account never has more than a day's points."""
    await clock.advance(3 * 86_400)
    assert (await budget.state()).points_remaining == PER_DAY


async def test_reset(budget: Line, clock: ManualClock) -> None:
    """At 00:00 UTC the allowance is full again, and whoever cannot be served before is told so."""
    await clock.advance(11.9 * 3600)
    await budget.learn(0, PER_DAY)
    error = await refusal(budget, clock)
    assert error.retry_after == pytest.approx(6 * 60, abs=5)
    assert "2026-03-02 00:00:0" in error.message
    await clock.advance(6 * 60 + 5)
    state = await budget.state()
    assert state.points_remaining == PER_DAY
    assert state.resets_at == datetime(2026, 3, 3, tzinfo=UTC)


async def test_waits_for_points_that_come_in_time(budget: Line, clock: ManualClock) -> None:
    """A patient call waits for its points, and calls without cost pass it by."""
    await budget.learn(10, PER_DAY)
    paid = asyncio.create_task(budget.acquire(DETAIL, Ticket(Lane.CHECKOUT, clock.monotonic() + 100)))
    await clock.advance(5)
    await budget.acquire(CallPolicy("orders.get"), Ticket(Lane.BACKGROUND, clock.monotonic() + 5))
    permit = await clock.run(paid)
    assert permit.waited == pytest.approx(60)


async def test_call_dearer_than_the_day(budget: Line, clock: ManualClock) -> None:
    """A call that costs more than a whole day's points is refused until the reset."""
    error = await refusal(budget, clock, policy=CallPolicy("images.search", weight=5000))
    assert error.retry_after == pytest.approx(timedelta(hours=12).total_seconds(), abs=5)


async def test_learning_a_lower_figure(budget: Line) -> None:
    """The supplier's figure wins: somebody else used the account."""
    await budget.learn(700, PER_DAY)
    assert (await budget.state()).points_remaining == 700


async def test_learning_a_higher_figure(budget: Line, clock: ManualClock) -> None:
    """A higher figure wins too, but for calls on their way that it cannot know of."""
    await budget.learn(100, PER_DAY)
    await budget.acquire(DETAIL, Ticket(Lane.CHECKOUT, clock.monotonic() + 5))
    await budget.learn(500, PER_DAY)
    assert (await budget.state()).points_remaining == 490


async def test_learning_another_total(budget: Line) -> None:
    """The day's total is the supplier's to say."""
    await budget.learn(4000, 5000)
    state = await budget.state()
    assert (state.points_remaining, state.points_per_day) == (4000, 5000)


async def test_repeated_refusals_pause_longer(budget: Line, clock: ManualClock) -> None:
    """Each refusal right after a pause doubles the next one; a quiet half minute makes it short again."""
    waits: list[float] = []
    for quiet in (0.0, 0.0, 40.0):
        await clock.advance(quiet)
        await budget.refused(RateLimited("too fast"))
        task = asyncio.create_task(
            budget.acquire(CallPolicy("orders.get"), Ticket(Lane.ORDER, clock.monotonic() + 60))
        )
        waits.append(round((await clock.run(task)).waited, 3))
    assert waits == [1.5, 3.0, 1.5]
