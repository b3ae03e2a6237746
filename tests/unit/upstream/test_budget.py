"""What every budget promises, in memory and over a real Valkey alike: one suite, two books."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import pytest

from gateway.redis_link import RedisLink
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
# Nobody else has used the account before these tests, so nobody needs to be waited for.
TIMING = SharedTiming(hold=0.0)
FREE = CallPolicy("orders.get")
DETAIL = CallPolicy("product.get", weight=10)
BATCH = CallPolicy("orders.batch", cap="batch")


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
                link = RedisLink(self.server.url, clock)
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


def ticket(lane: Lane = Lane.INTERACTIVE, within: float = 5.0) -> Ticket:
    return Ticket(lane, time.monotonic() + within)


async def until_queued(budget: Line, count: int) -> None:
    async with asyncio.timeout(2):
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


async def test_higher_lane_overtakes(bench: Bench) -> None:
    """Calls go by lane, and within a lane in the order of asking, whatever came first."""
    order: list[str] = []

    async def call(name: str, lane: Lane) -> None:
        await budget.acquire(FREE, ticket(lane))
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
    async with bench.budget() as budget:
        await budget.acquire(FREE, ticket())
        async with asyncio.TaskGroup() as group:
            for count, (name, lane) in enumerate(lanes, 1):
                group.create_task(call(name, lane))
                await until_queued(budget, count)
    assert order == ["p1", "o1", "c1", "i1", "i2", "b1", "b2"]


async def test_ticket_can_be_raised(bench: Bench) -> None:
    """A waiting background call that an order needs as well goes with the orders."""
    order: list[str] = []

    async def call(name: str, place: Ticket) -> None:
        await budget.acquire(FREE, place)
        order.append(name)

    raised = ticket(Lane.BACKGROUND)
    async with bench.budget() as budget:
        await budget.acquire(FREE, ticket())
        async with asyncio.TaskGroup() as group:
            group.create_task(call("first", ticket()))
            group.create_task(call("second", ticket()))
            group.create_task(call("raised", raised))
            await until_queued(budget, 3)
            raised.raise_to(Lane.ORDER, raised.deadline)
    assert order == ["raised", "first", "second"]


async def test_told_at_once_that_it_is_too_late(bench: Bench) -> None:
    """A call that cannot leave before its deadline is refused at once, with the time it would take."""
    slow = replace(LIMITS, rates=(Rate("account", 0.5),))
    async with bench.budget(slow) as budget:
        await budget.acquire(FREE, ticket(within=20))
        begun = time.monotonic()
        with pytest.raises(RateLimited) as refused:
            await budget.acquire(FREE, ticket(within=1.5))
        assert time.monotonic() - begun < 1.0
    assert refused.value.retry_after == pytest.approx(spacing(slow.rates[0]), abs=0.5)
    assert refused.value.provider == "acme"
    assert refused.value.operation == "orders.get"


async def test_told_when_prospects_worsen(bench: Bench) -> None:
    """A call that could have left in time is refused as soon as higher lanes have taken its chance."""
    slow = replace(LIMITS, rates=(Rate("account", 2.0),))
    async with bench.budget(slow) as budget:
        await budget.acquire(FREE, ticket())
        low = asyncio.create_task(budget.acquire(FREE, ticket(Lane.BACKGROUND, within=1.0)))
        await until_queued(budget, 1)
        begun = time.monotonic()
        orders = [asyncio.create_task(budget.acquire(FREE, ticket(Lane.ORDER))) for _ in range(3)]
        with pytest.raises(RateLimited):
            await low
        assert time.monotonic() - begun < 0.5
        await asyncio.gather(*orders)


async def test_abandoned_calls_leave_the_queue(bench: Bench) -> None:
    """Whoever stops waiting takes no slot and holds nobody up."""
    slow = replace(LIMITS, rates=(Rate("account", 4.0),))
    async with bench.budget(slow) as budget:
        await budget.acquire(FREE, ticket())
        abandoned = [asyncio.create_task(budget.acquire(FREE, ticket(Lane.PAYMENT))) for _ in range(20)]
        await until_queued(budget, 20)
        for task in abandoned:
            task.cancel()
        await asyncio.gather(*abandoned, return_exceptions=True)
        permit = await budget.acquire(FREE, ticket(within=0.8))
        assert permit.waited < 0.8
        assert (await budget.state()).queue_depth == 0


async def test_cap_holds_back_only_its_own_calls(bench: Bench) -> None:
    """Calls under an extra rate keep it; others pass them by."""
    capped = replace(LIMITS, caps={"batch": Rate("batch", 2.0)})
    order: list[str] = []

    async def call(name: str, policy: CallPolicy) -> None:
        await budget.acquire(policy, ticket())
        order.append(name)

    async with bench.budget(capped) as budget:
        await budget.acquire(BATCH, ticket())
        async with asyncio.TaskGroup() as group:
            group.create_task(call("batch", BATCH))
            await until_queued(budget, 1)
            group.create_task(call("free", FREE))
    assert order == ["free", "batch"]


async def test_points_are_counted(bench: Bench) -> None:
    """Every permit takes its call's points, and calls without weight take none."""
    async with bench.budget() as budget:
        for policy in (DETAIL, FREE, DETAIL):
            await budget.acquire(policy, ticket())
        state = await budget.state()
    assert state.points_per_day == 50_000
    assert state.points_remaining in (49_980, 49_981)  # refill is 0.6 points a second


async def test_points_of_what_was_never_sent_come_back(bench: Bench) -> None:
    """A call that was never sent costs no points; there are never more than the day's."""
    async with bench.budget() as budget:
        sent, unsent = [await budget.acquire(DETAIL, ticket()) for _ in range(2)]
        await sent.left()
        await unsent.unsent()
        assert (await budget.state()).points_remaining in (49_990, 49_991)
        await sent.unsent()
        await unsent.unsent()
        assert (await budget.state()).points_remaining == 50_000


async def test_points_of_an_abandoned_grant_come_back(bench: Bench) -> None:
    """However close to its grant a call is given up, it costs points only when it got its permit."""
    granted = 0
    async with bench.budget() as budget:
        for number in range(60):
            call = asyncio.create_task(budget.acquire(DETAIL, ticket()))
            await asyncio.sleep(number % 10 * 0.005)
            call.cancel()
            await asyncio.wait({call})
            granted += not call.cancelled()
        await budget.acquire(FREE, ticket())  # by then whatever was under way is settled
        remaining = (await budget.state()).points_remaining
    assert remaining is not None
    assert 0 < granted < 60
    assert 0 <= remaining - (50_000 - granted * 10) < 5  # refill is 0.6 points a second


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
    """A refusal by the supplier stops all calls for a while, and is counted."""
    async with bench.budget() as budget:
        await budget.acquire(FREE, ticket())
        await budget.refused(RateLimited("too fast"))
        await budget.refused(RateLimited("too fast"))  # was under way at the same time
        with pytest.raises(RateLimited):
            await budget.acquire(FREE, ticket(Lane.PAYMENT, within=1.0))
        permit = await budget.acquire(FREE, ticket(Lane.PAYMENT))
        state = await budget.state()
    assert 0.5 < permit.waited < 3
    assert state.refusals == 2


async def test_limits_can_be_replaced(bench: Bench) -> None:
    """Once the supplier has told the account's real level, calls go by it."""
    slow = replace(LIMITS, rates=(Rate("account", 0.5),))
    async with bench.budget(slow) as budget:
        await budget.limit(replace(LIMITS, allowance=Allowance("points", 80_000)))
        for _ in range(5):
            permit = await budget.acquire(FREE, ticket(within=1.0))
        state = await budget.state()
    assert permit.waited < 1
    assert state.requests_per_second == 25
    assert state.points_per_day == 80_000


async def test_late_request_moves_its_slot(bench: Bench) -> None:
    """A request that leaves long after its permit makes the next one keep its distance from then."""
    slow = replace(LIMITS, rates=(Rate("account", 5.0),))
    async with bench.budget(slow) as budget:
        permit = await budget.acquire(DETAIL, ticket())
        next_call = asyncio.create_task(budget.acquire(FREE, ticket()))
        await asyncio.sleep(0.1)  # connecting
        await permit.left()
        left = time.monotonic()
        await next_call
        assert time.monotonic() - left >= 1 / 5
        assert (await budget.state()).points_remaining in (49_990, 49_991)


async def test_late_request_whose_slot_is_gone_takes_another(bench: Bench) -> None:
    """A request that was overtaken while it connected waits for a new slot, and pays no points for it."""
    async with bench.budget(replace(LIMITS, rates=(Rate("account", 5.0),))) as budget:
        permit = await budget.acquire(DETAIL, ticket())
        await budget.acquire(FREE, ticket())
        other = time.monotonic()
        await asyncio.sleep(0.03)
        await permit.left()
        assert time.monotonic() - other >= 1 / 5
        assert (await budget.state()).points_remaining in (49_990, 49_991)


async def test_closing_sends_everyone_away(bench: Bench) -> None:
    """Nobody is left hanging when the gateway stops."""
    async with bench.budget(replace(LIMITS, rates=(Rate("account", 0.2),))) as budget:
        await budget.acquire(FREE, ticket(within=60))
        waiting = asyncio.create_task(budget.acquire(FREE, ticket(within=60)))
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
