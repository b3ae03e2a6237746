"""What every budget promises, in memory and over a real Valkey alike: one suite, two books."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import pytest

from gateway.redis_link import LinkTiming, RedisLink
from gateway.upstream.budget import Permit, Ticket
from gateway.upstream.budget.fallback import shared_budget
from gateway.upstream.budget.line import Line
from gateway.upstream.budget.memory import memory_budget
from gateway.upstream.budget.pacing import SharedTiming, spacing
from providers.clock import SystemClock
from providers.errors import QuotaExhausted, RateLimited
from providers.upstream import Allowance, CallPolicy, Lane, Limits, Rate
from tests.valkey import ValkeyServer, running_valkey

FAST = Rate("account", 25.0)
LIMITS = Limits(
    "acme", rates=(FAST, Rate("address", 30.0, scope="ip")), allowance=Allowance("points", 50_000)
)
# One call in 108 seconds: no slot opens while a test looks, even on a machine that stands still for a while.
# Tests begin at the quick rate and turn to this one: a shared book that is new pauses for one spacing.
CRAWL = replace(LIMITS, rates=(Rate("account", 0.01),))
# Without refill points are exact at any time.
COUNTED = replace(LIMITS, allowance=Allowance("points", 50_000, refills=False))
# Nobody else has used the account before these tests, so nobody needs to be waited for.
TIMING = SharedTiming(hold=0.0)
# Redis is well here, and a machine that stands still must not make it look away.
PATIENT = LinkTiming(answer=30.0)
FREE = CallPolicy("orders.get")
DETAIL = CallPolicy("product.get", weight=10)
BATCH = CallPolicy("orders.batch", cap="batch")
CONNECTING = 0.1
"""Seconds that a permit does not outlive."""


@dataclass(frozen=True)
class Bench:
    """Makes budgets of one kind; budgets of one bench share an account where the kind can."""

    kind: str
    server: ValkeyServer

    @contextlib.asynccontextmanager
    async def budget(self, limits: Limits = LIMITS) -> AsyncIterator[Line]:
        clock = SystemClock()
        async with contextlib.AsyncExitStack() as stack:
            if self.kind == "memory":
                budget = memory_budget(limits, clock, provider="acme")
            else:
                link = RedisLink(self.server.url, clock, timing=PATIENT)
                await link.start()
                stack.push_async_callback(link.aclose)
                budget = shared_budget(link, limits, clock, provider="acme", timing=TIMING)
            await budget.start()
            stack.push_async_callback(budget.aclose)
            yield budget


@pytest.fixture(scope="module")
def server() -> Iterator[ValkeyServer]:
    with running_valkey() as server:
        yield server


@pytest.fixture(params=["memory", "shared"])
def bench(request: pytest.FixtureRequest, server: ValkeyServer) -> Bench:
    server.wipe()
    return Bench(request.param, server)


def ticket(lane: Lane = Lane.INTERACTIVE, within: float = 60.0) -> Ticket:
    return Ticket(lane, time.monotonic() + within)


async def until_queued(budget: Line, count: int) -> None:
    async with asyncio.timeout(30):
        while len(budget._waiting) < count:  # noqa: ASYNC110 - looking on from outside
            await asyncio.sleep(0)


async def test_calls_keep_the_distance(bench: Bench) -> None:
    """Calls of one account leave no closer than the supplier's own distance, however many want to."""
    left: list[float] = []

    async def call(budget: Line) -> None:
        permit = await budget.acquire(FREE, ticket())
        await permit.left()
        left.append(time.monotonic())

    async with bench.budget() as budget:
        await asyncio.gather(*(call(budget) for _ in range(12)))
    gaps = [later - earlier for earlier, later in pairwise(left)]
    assert min(gaps) >= 1 / FAST.per_second


@contextlib.asynccontextmanager
async def held_back(budget: Line) -> AsyncIterator[None]:
    """Let calls that cost points queue and none of them go, until the block is left."""
    await budget.learn(0, 50_000)
    yield
    await budget.learn(50_000, 50_000)


FAR = 1e6
"""A deadline that is later than points come back."""


async def test_higher_lane_overtakes(bench: Bench) -> None:
    """Calls go by lane, and within a lane in the order of asking, whatever came first."""
    order: list[str] = []

    async def call(name: str, lane: Lane) -> None:
        await budget.acquire(DETAIL, ticket(lane, FAR))
        order.append(name)

    lanes = [
        ("b1", Lane.BACKGROUND),
        ("b2", Lane.BACKGROUND),
        ("i1", Lane.INTERACTIVE),
        ("c1", Lane.CHECKOUT),
        ("i2", Lane.INTERACTIVE),
        ("o1", Lane.ORDER),
        ("p1", Lane.PAYMENT),
    ]
    async with bench.budget() as budget, asyncio.TaskGroup() as group, held_back(budget):
        for count, (name, lane) in enumerate(lanes, 1):
            group.create_task(call(name, lane))
            await until_queued(budget, count)
    assert order == ["p1", "o1", "c1", "i1", "i2", "b1", "b2"]


async def test_ticket_can_be_raised(bench: Bench) -> None:
    """A waiting background call that an order needs as well goes with the orders."""
    order: list[str] = []

    async def call(name: str, place: Ticket) -> None:
        await budget.acquire(DETAIL, place)
        order.append(name)

    raised = ticket(Lane.BACKGROUND, FAR)
    async with bench.budget() as budget, asyncio.TaskGroup() as group, held_back(budget):
        group.create_task(call("first", ticket(within=FAR)))
        group.create_task(call("second", ticket(within=FAR)))
        group.create_task(call("raised", raised))
        await until_queued(budget, 3)
        raised.raise_to(Lane.ORDER, raised.deadline)
    assert order == ["raised", "first", "second"]


async def test_told_at_once_that_it_is_too_late(bench: Bench) -> None:
    """A call that cannot leave before its deadline is refused at once, with the time it would take."""
    async with bench.budget() as budget:
        await budget.limit(CRAWL)
        await budget.acquire(FREE, ticket())
        with pytest.raises(RateLimited) as refused:
            await budget.acquire(FREE, ticket(within=60))
    # Whoever is refused only at the deadline is told of a minute less, or of no time at all.
    assert refused.value.retry_after == pytest.approx(spacing(CRAWL.rates[0]), abs=20)
    assert refused.value.provider == "acme"
    assert refused.value.operation == "orders.get"


async def test_told_when_prospects_worsen(bench: Bench) -> None:
    """A call that could have left in time is refused as soon as higher lanes have taken its chance."""
    async with bench.budget() as budget:
        await budget.limit(CRAWL)
        await budget.acquire(FREE, ticket())
        low = asyncio.create_task(budget.acquire(FREE, ticket(Lane.BACKGROUND, within=150)))
        await until_queued(budget, 1)
        orders = [asyncio.create_task(budget.acquire(FREE, ticket(Lane.ORDER, FAR))) for _ in range(3)]
        with pytest.raises(RateLimited) as refused:
            await low
        assert not any(order.done() for order in orders)
        for order in orders:
            order.cancel()
        await asyncio.gather(*orders, return_exceptions=True)
    # Three orders and it would have been the fourth: it was told of that and did not wait for its deadline.
    assert refused.value.retry_after == pytest.approx(4 * spacing(CRAWL.rates[0]), abs=20)


async def test_abandoned_calls_leave_the_queue(bench: Bench) -> None:
    """Whoever stops waiting takes no slot and no points, and holds nobody up."""
    async with bench.budget(COUNTED) as budget:
        async with held_back(budget):
            abandoned = [
                asyncio.create_task(budget.acquire(DETAIL, ticket(Lane.PAYMENT, FAR))) for _ in range(20)
            ]
            await until_queued(budget, 20)
            for task in abandoned:
                task.cancel()
            await asyncio.gather(*abandoned, return_exceptions=True)
            await budget.limit(replace(COUNTED, rates=CRAWL.rates))
        await budget.acquire(DETAIL, ticket())  # the one slot that there is
        state = await budget.state()
    assert (state.queue_depth, state.points_remaining) == (0, 49_990)


async def test_cap_holds_back_only_its_own_calls(bench: Bench) -> None:
    """Calls under an extra rate keep it; others pass them by."""
    async with bench.budget(replace(LIMITS, caps={"batch": CRAWL.rates[0]})) as budget:
        await budget.acquire(BATCH, ticket())
        batch = asyncio.create_task(budget.acquire(BATCH, ticket(within=FAR)))
        await until_queued(budget, 1)
        for _ in range(3):
            await budget.acquire(FREE, ticket())
        assert not batch.done()
        await budget.limit(LIMITS)  # it was the cap alone that held it back
        await batch


async def test_points_are_counted(bench: Bench) -> None:
    """Every permit takes its call's points, and calls without weight take none."""
    async with bench.budget(COUNTED) as budget:
        for policy in (DETAIL, FREE, DETAIL):
            await budget.acquire(policy, ticket())
        state = await budget.state()
    assert (state.points_per_day, state.points_remaining) == (50_000, 49_980)


async def test_points_of_what_was_never_sent_come_back(bench: Bench) -> None:
    """A call that was never sent costs no points; there are never more than the day's."""
    async with bench.budget(COUNTED) as budget:
        sent, unsent = [await budget.acquire(DETAIL, ticket()) for _ in range(2)]
        await sent.left()
        await unsent.unsent()
        assert (await budget.state()).points_remaining == 49_990
        await sent.unsent()
        await unsent.unsent()
        assert (await budget.state()).points_remaining == 50_000


async def test_points_of_an_abandoned_grant_come_back(bench: Bench) -> None:
    """However close to its grant a call is given up, it costs points only when it got its permit."""
    granted = 0
    async with bench.budget(COUNTED) as budget:
        for number in range(60):
            call = asyncio.create_task(budget.acquire(DETAIL, ticket()))
            await asyncio.sleep(number % 10 * 0.005)
            call.cancel()
            await asyncio.wait({call})
            granted += not call.cancelled()
        await budget.acquire(FREE, ticket())  # by then whatever was under way is settled
        remaining = (await budget.state()).points_remaining
    assert 0 < granted < 60
    assert remaining == 50_000 - granted * 10


async def test_lanes_leave_points_to_higher_ones(bench: Bench) -> None:
    """The last fifth of the day's points is not for background calls, the last twentieth not for browsing."""
    async with bench.budget() as budget:
        await budget.acquire(FREE, ticket())
        await budget.learn(9_000, 50_000)
        with pytest.raises(QuotaExhausted):
            await budget.acquire(DETAIL, ticket(Lane.BACKGROUND))
        await budget.acquire(DETAIL, ticket(Lane.INTERACTIVE))
        await budget.learn(2_000, 50_000)
        with pytest.raises(QuotaExhausted):
            await budget.acquire(DETAIL, ticket(Lane.INTERACTIVE))
        await budget.acquire(DETAIL, ticket(Lane.CHECKOUT))


async def test_out_of_points(bench: Bench) -> None:
    """Out of points, a paid call is told when enough are back and a free one goes as ever."""
    async with bench.budget() as budget:
        await budget.refused(QuotaExhausted("none left"))
        with pytest.raises(
            QuotaExhausted, match=r"are back at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC"
        ) as refused:
            await budget.acquire(DETAIL, ticket(Lane.CHECKOUT))
        await budget.acquire(FREE, ticket())
        state = await budget.state()
    # Ten points refill in 17 s, and a minute more because refill may come in steps; or midnight comes first.
    assert refused.value.retry_after is not None
    assert 0 < refused.value.retry_after < 80
    assert state.points_remaining == 0
    assert state.refusals == 1


async def test_refusal_pauses_everyone(bench: Bench) -> None:
    """A refusal by the supplier stops all calls for as long as it says, and is counted."""
    async with bench.budget() as budget:
        await budget.acquire(FREE, ticket())
        await budget.refused(RateLimited("too fast", retry_after=20.0))
        await budget.refused(RateLimited("too fast", retry_after=50.0))  # was under way at the same time
        with pytest.raises(RateLimited) as told:
            await budget.acquire(FREE, ticket(Lane.PAYMENT, within=5))
        state = await budget.state()
    assert told.value.retry_after == pytest.approx(20, abs=10)
    assert state.refusals == 2


async def test_pause_ends(bench: Bench) -> None:
    """After a refusal that names no time calls go on by themselves, whoever waited for it first."""
    async with bench.budget() as budget:
        await budget.refused(RateLimited("too fast"))
        permit = await budget.acquire(FREE, ticket(Lane.BACKGROUND))
        await permit.left()


async def test_limits_can_be_replaced(bench: Bench) -> None:
    """Once the supplier has told the account's real level, calls go by it."""
    async with bench.budget(CRAWL) as budget:
        await budget.limit(replace(LIMITS, allowance=Allowance("points", 80_000)))
        for _ in range(5):
            await budget.acquire(FREE, ticket())
        state = await budget.state()
    assert state.requests_per_second == 25
    assert state.points_per_day == 80_000


async def test_late_request_moves_its_slot(bench: Bench) -> None:
    """A request that leaves long after its permit moves its slot to now, before others and paying no more."""
    async with bench.budget(COUNTED) as budget:
        await budget.limit(replace(COUNTED, rates=CRAWL.rates))
        permit = await budget.acquire(DETAIL, ticket())
        next_call = asyncio.create_task(budget.acquire(FREE, ticket(Lane.PAYMENT, FAR)))
        await until_queued(budget, 1)
        await asyncio.sleep(CONNECTING)
        await permit.left()
        assert not next_call.done()
        next_call.cancel()
        await asyncio.wait({next_call})
        assert (await budget.state()).points_remaining == 49_990


async def test_moved_slot_is_counted_from_then(bench: Bench) -> None:
    """After a request that left late, the next one keeps its distance from when it left."""
    async with bench.budget() as budget:
        permit = await budget.acquire(DETAIL, ticket())
        await asyncio.sleep(CONNECTING)
        await budget.limit(CRAWL)  # the slot of the permit was a short one
        await permit.left()
        with pytest.raises(RateLimited) as told:
            await budget.acquire(FREE, ticket())
    assert told.value.retry_after == pytest.approx(spacing(CRAWL.rates[0]), abs=20)


async def test_late_request_whose_slot_is_gone_takes_another(bench: Bench) -> None:
    """A request that was overtaken while it connected waits for a new slot, and pays no points for it."""
    async with bench.budget(COUNTED) as budget:
        lucky, unlucky = [await budget.acquire(DETAIL, ticket()) for _ in range(2)]
        await budget.acquire(FREE, ticket())
        await asyncio.sleep(CONNECTING)
        await lucky.left()
        await budget.limit(replace(COUNTED, rates=CRAWL.rates))
        await budget.acquire(FREE, ticket())
        await asyncio.sleep(CONNECTING)
        with pytest.raises(RateLimited):
            await unlucky.left()  # until its deadline there is none
        assert (await budget.state()).points_remaining == 49_980


async def test_closing_sends_everyone_away(bench: Bench) -> None:
    """Nobody is left hanging when the gateway stops."""
    async with bench.budget() as budget:
        await budget.limit(CRAWL)
        await budget.acquire(FREE, ticket())
        waiting = asyncio.create_task(budget.acquire(FREE, ticket(within=FAR)))
        await until_queued(budget, 1)
    with pytest.raises(RateLimited):
        await waiting


async def test_deadline_in_the_past(bench: Bench) -> None:
    """A call that is already too late is refused without asking anyone."""
    async with bench.budget() as budget:
        with pytest.raises(RateLimited):
            await budget.acquire(FREE, ticket(within=-1))


async def test_permits_need_no_points_where_calls_cost_none(bench: Bench) -> None:
    """An account without a daily allowance has no points to show or to run out of."""
    async with bench.budget(replace(LIMITS, allowance=None)) as budget:
        permit: Permit = await budget.acquire(DETAIL, ticket())
        state = await budget.state()
    assert permit.waited >= 0
    assert (state.points_per_day, state.points_remaining, state.resets_at) == (None, None, None)
