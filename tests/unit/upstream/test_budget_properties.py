"""Whatever comes, in whatever order: what the budget promises about rates, points, lanes and deadlines."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.upstream.budget import Ticket
from gateway.upstream.budget.memory import memory_budget
from gateway.upstream.budget.pacing import spacing
from providers.clock import ManualClock
from providers.errors import QuotaExhausted, RateLimited
from providers.upstream import Allowance, CallPolicy, Lane, Limits, Rate

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
"""No new day begins while these tests play."""
SLACK = 0.005
"""The deadline watch comes a millisecond after the deadline."""


@dataclass
class Caller:
    """Someone who wants one call, and what became of it."""

    at: float
    lane: Lane
    weight: int
    patience: float
    gives_up_after: float | None
    granted: float | None = None
    refused: RateLimited | QuotaExhausted | None = None
    ended: float = 0.0

    @property
    def deadline(self) -> float:
        return self.at + self.patience


callers = st.builds(
    Caller,
    at=st.floats(0, 12).map(lambda at: round(at, 2)),
    lane=st.sampled_from(Lane),
    weight=st.sampled_from([0, 0, 10, 50]),
    patience=st.floats(0, 15).map(lambda patience: round(patience, 2)),
    gives_up_after=st.none() | st.floats(0, 5),
)


async def play(limits: Limits, everyone: list[Caller], points: int) -> None:
    clock = ManualClock(NOON)
    budget = memory_budget(limits, clock)
    await budget.start()
    await budget.learn(points, None)

    async def call(caller: Caller) -> None:
        await clock.sleep(caller.at)
        policy = CallPolicy("some.call", weight=caller.weight)
        try:
            await budget.acquire(policy, Ticket(caller.lane, caller.deadline))
            caller.granted = clock.monotonic()
        except (RateLimited, QuotaExhausted) as error:
            caller.refused = error
        finally:
            caller.ended = clock.monotonic()

    async def give_up(task: asyncio.Task[None], caller: Caller) -> None:
        if caller.gives_up_after is not None:
            await clock.sleep(caller.at + caller.gives_up_after)
            task.cancel()

    tasks = [asyncio.create_task(call(caller)) for caller in everyone]
    ends = [asyncio.create_task(give_up(task, caller)) for task, caller in zip(tasks, everyone, strict=True)]
    await clock.run(asyncio.gather(*tasks, *ends, return_exceptions=True))
    assert (await budget.state()).queue_depth == 0
    await budget.aclose()


@given(
    everyone=st.lists(callers, min_size=1, max_size=25),
    per_second=st.sampled_from([1.0, 2.0, 6.0]),
    points=st.integers(0, 400),
)
@settings(max_examples=150, deadline=None)
def test_promises(everyone: list[Caller], per_second: float, points: int) -> None:
    """Rates, points, lanes, order and deadlines hold for any arrivals, weights and changes of mind."""
    rate = Rate("account", per_second)
    per_day = 1000
    limits = Limits("acme", rates=(rate,), allowance=Allowance("points", per_day))
    asyncio.run(play(limits, everyone, points))
    granted = sorted(
        (caller for caller in everyone if caller.granted is not None), key=lambda c: c.granted or 0.0
    )
    sent = [caller.granted or 0.0 for caller in granted]

    # Never closer than the supplier's distance, hence never more than its count in any second.
    assert all(later - earlier >= 1 / per_second for earlier, later in pairwise(sent))

    # Points never exceed what was there and what has come back since.
    spent = 0
    for caller, at in zip(granted, sent, strict=True):
        spent += caller.weight
        if caller.weight:
            assert spent <= points + at * per_day / 86_400 + 1e-6

    for caller in everyone:
        # Everyone is answered by the deadline, with a permit, a typed refusal, or because it gave up.
        assert caller.ended <= max(caller.deadline, caller.at) + SLACK
        if caller.granted is not None:
            assert caller.granted <= caller.deadline

        overtaken = [
            other
            for other, at in zip(granted, sent, strict=True)
            if other is not caller and caller.at < at < caller.ended
        ]
        for other in overtaken:
            # A lower lane goes first only where a call without cost passes one that is short of points.
            if other.lane > caller.lane:
                assert other.weight == 0 < caller.weight
            # Within a lane, the earlier of two equal calls goes first.
            if other.lane == caller.lane and other.weight == caller.weight:
                assert other.at <= caller.at

        # Nobody is sent away for lack of a slot who would have had one.
        if isinstance(caller.refused, RateLimited) and not caller.weight:
            rivals = sum(
                other.lane <= caller.lane and other.at <= caller.ended <= other.ended + SLACK
                for other in everyone
            )
            assert caller.deadline - caller.ended <= (rivals + 1) * spacing(rate) / 0.8


@given(st.lists(st.tuples(st.sampled_from(Lane), st.integers(0, 3)), min_size=2, max_size=12))
@settings(max_examples=50, deadline=None)
def test_all_are_served_in_the_end(calls: list[tuple[Lane, int]]) -> None:
    """With patience, everyone who can be served is, the lower lanes last."""
    everyone = [Caller(float(at), lane, 0, 1000.0, None) for lane, at in calls]
    asyncio.run(play(Limits("acme", rates=(Rate("account", 1.0),)), everyone, 0))
    assert all(caller.granted is not None for caller in everyone)
