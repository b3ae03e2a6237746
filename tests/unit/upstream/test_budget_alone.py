"""What processes do without Redis: windows that never meet, on clocks that agree only roughly."""

import socket
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.redis_link import RedisLink
from gateway.upstream.budget import Ticket
from gateway.upstream.budget.book import Candidate
from gateway.upstream.budget.fallback import FallbackBook, shared_budget
from gateway.upstream.budget.memory import MemoryBook
from gateway.upstream.budget.pacing import SharedTiming, margin, slowest
from gateway.upstream.budget.shared import Membership, window_of
from providers.clock import ManualClock, SystemClock
from providers.errors import RateLimited
from providers.upstream import Allowance, CallPolicy, Lane, Limits, Rate

LIMITS = Limits("acme", (Rate("account", 2.0),), Allowance("points", 8000))


def nowhere() -> str:
    """The address of a Redis that is not there."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"redis://127.0.0.1:{probe.getsockname()[1]}/0"


@given(
    # Some have heard that there are five to eight of them, the others still believe in four.
    rounds=st.lists(st.sampled_from([4, 8]), min_size=4, max_size=4),
    newcomers=st.booleans(),
    errors=st.lists(st.floats(-1, 1), min_size=8, max_size=8),
    polls=st.lists(st.floats(0.005, 0.2), min_size=40, max_size=120),
)
@settings(max_examples=60, deadline=None)
async def test_windows_never_meet(
    rounds: list[int],
    newcomers: bool,
    errors: list[float],
    polls: list[float],
) -> None:
    """Processes alone keep the supplier's distance, whenever they look and whatever count they know."""
    clock = ManualClock()
    link = RedisLink(nowhere(), clock)
    seats = [(seat, seats) for seat, seats in enumerate(rounds)]
    if newcomers and min(rounds) == 8:
        seats += [(seat, 8) for seat in range(4, 8)]
    books: list[MemoryBook] = []
    for (seat, count), error in zip(seats, errors, strict=False):
        whole = FallbackBook(link, LIMITS, clock)
        # Half of the margin between two calls is for lateness; a clock may be off by a quarter.
        whole._shared.offset = 1000.0 + error * margin(LIMITS.rates[0]) / 8
        books.append(whole._own_book(Membership(seat, count, settled=True, window=window_of(LIMITS))))
    sent: list[float] = []
    for pause in polls:
        await clock.advance(pause)
        for book in books:
            verdict = await book.take([Candidate(Lane.INTERACTIVE, 0.0, 0)], ())
            if verdict.granted is not None:
                sent.append(clock.monotonic())
    assert all(later - earlier >= 0.5 for earlier, later in pairwise(sent))
    await link.aclose()


async def test_every_seat_has_its_turn() -> None:
    """A process alone may send once in every round, and is told exactly when."""
    clock = ManualClock(datetime(2026, 3, 1, 12, tzinfo=UTC))
    link = RedisLink(nowhere(), clock)
    book = FallbackBook(link, LIMITS, clock)
    book._shared.offset = 123.456
    own = book._own_book(Membership(2, 4, settled=True, window=window_of(LIMITS)))
    call = Candidate(Lane.ORDER, 0.0, 10)
    sent: list[float] = []
    while len(sent) < 3:
        verdict = await own.take([call], ())
        if verdict.granted is None:
            await clock.advance(verdict.wait)
        else:
            sent.append(clock.monotonic())
    assert [later - earlier for earlier, later in pairwise(sent)] == pytest.approx(
        [4 * window_of(LIMITS)] * 2
    )
    # A quarter of the points is ours.
    assert own.points is not None
    assert own.points.left == pytest.approx(8000 / 4 - 30, abs=1)
    await link.aclose()


async def test_process_that_never_reached_redis_refuses() -> None:
    """Without Redis from the beginning nobody knows who else is there, so calls are refused, for now."""
    clock = SystemClock()
    link = RedisLink(nowhere(), clock)
    await link.start()
    budget = shared_budget(link, LIMITS, clock, timing=SharedTiming(doubt=0.1))
    await budget.start()
    with pytest.raises(RateLimited) as refused:
        await budget.acquire(CallPolicy("product.get"), Ticket(Lane.ORDER, clock.monotonic() + 4.5))
    state = await budget.state()
    await budget.aclose()
    await link.aclose()
    assert refused.value.retry_after == pytest.approx(5.0)
    assert "was not there long enough to tell who else" in refused.value.message
    assert state.degraded


def test_windows_leave_the_spacing() -> None:
    """Calls of two neighbouring windows are one spacing apart; three accounts may share an address."""
    shared = Limits("acme", (Rate("account", 6.0), Rate("address", 10.0, scope="ip")))
    assert window_of(LIMITS) > slowest(LIMITS)
    assert window_of(shared) > 3 / 10
