"""The daily allowance: what calls cost, how it comes back, and what happens when it is gone."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from providers.cj.simulator.limits import Points
from providers.cj.simulator.routes import ENDPOINTS
from tests.simulator.caller import Caller

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
# CJ documentation, "Points", read 2026-11-23.
DOCUMENTED = {
    50: {"/product/listV2", "/product/list"},
    10: {
        "/product/query",
        "/product/variant/query",
        "/product/variant/queryByVid",
        "/product/stock/queryByVid",
        "/product/stock/queryBySku",
        "/product/stock/getInventoryByPid",
        *(
            f"/product/stock/privateInventory/{name}"
            for name in (
                "querySpuPage",
                "querySkuListByProductId",
                "querySkuDetailPage",
                "querySkuDetailListBySku",
                "querySkuFlowByCondition",
            )
        ),
        "/logistic/freightCalculate",
        "/logistic/freightCalculateTip",
        "/logistic/getSupplierLogisticsTemplate",
        "/logistic/unavailableShippingMethods",
        "/webhook/product/subscribe",
        "/webhook/product/unsubscribe",
    },
}


def test_costs_are_the_documented_ones() -> None:
    """Each call costs what the points table says, everything else nothing."""
    for cost, paths in DOCUMENTED.items():
        assert {endpoint.path for endpoint in ENDPOINTS if endpoint.points == cost} == paths
    assert {endpoint.points for endpoint in ENDPOINTS} == {0, 10, 50}


async def test_calls_are_charged(cj: Caller) -> None:
    """Served calls are charged and counted, by path and account."""
    await cj.get("/product/listV2")
    await cj.get("/product/query", pid=cj.product().pid)
    await cj.get("/setting/get")
    ledger = cj.simulator.ledger
    assert (ledger.points(), ledger.points("/product/query"), ledger.points(account="9000001")) == (
        60,
        10,
        60,
    )


async def test_exhausted_points_are_refused_as_observed(cj: Caller) -> None:
    """Without points a paid call answers 16900500 in the observed words, while free calls still work."""
    account = cj.simulator.account(cj.key)
    account.points.refill(cj.clock.now())
    account.points.remaining = 5
    body = await cj.get("/product/query", pid=cj.product().pid)
    assert (body["code"], body["result"], body["data"]) == (16900500, False, None)
    assert re.fullmatch(
        r"Insufficient API points\. Used today: \d+, Remaining: 5, Required: 10", body["message"]
    )
    assert "pointsInfo" not in body
    assert (await cj.get("/setting/get"))["code"] == 200
    assert cj.simulator.ledger.rules() == {"points": 1}


async def test_exhausted_points_as_documented(make: Callable[..., Caller]) -> None:
    """With the switch the refusal is HTTP 429 with code 429 and pointsInfo."""
    cj = make(points_refusal="status", daily_points=40)
    await cj.log_in()
    response = await cj.send("GET", "/product/listV2")
    body = response.json()
    assert (response.status_code, body["code"]) == (429, 429)
    assert body["pointsInfo"] == {"usedToday": 0, "remaining": 40, "total": 40}


async def test_answers_may_carry_points_info(make: Callable[..., Caller]) -> None:
    """With the switch every answer says what is used, left and allowed."""
    cj = make(points_info=True)
    await cj.log_in()
    body = await cj.get("/product/listV2")
    assert body["pointsInfo"] == {"usedToday": 50, "remaining": 49_950, "total": 50_000}


def test_refill_is_a_1440th_each_minute() -> None:
    """A minute brings total/1440 back, up to the total."""
    points = Points.full(50_000, NOON)
    assert points.take(1000, NOON)
    points.refill(NOON + timedelta(minutes=1))
    assert abs(points.remaining - (49_000 + 50_000 / 1440)) < 1e-6
    points.refill(NOON + timedelta(hours=2))
    assert points.remaining == 50_000
    assert points.used_today == 1000


def test_reset_at_midnight_utc() -> None:
    """At 00:00 UTC the allowance is full and the day's use zero, not earlier."""
    points = Points.full(50_000, NOON)
    assert points.take(50_000, NOON)
    late = datetime(2026, 3, 4, 23, 59, 59, tzinfo=UTC)
    points.remaining = 0
    points._seen = late
    assert points.info(late)["usedToday"] == 50_000
    midnight = late + timedelta(seconds=1)
    assert points.info(midnight) == {"usedToday": 0, "remaining": 50_000, "total": 50_000}


@given(st.lists(st.tuples(st.integers(0, 90_000), st.sampled_from([10, 50, 1000])), max_size=40))
def test_points_stay_within_bounds(steps: list[tuple[int, int]]) -> None:
    """The remainder is never negative nor above the total, and spending is all or nothing."""
    now, points = NOON, Points.full(2000, NOON)
    for seconds, cost in steps:
        now += timedelta(seconds=seconds)
        points.refill(now)
        before = points.remaining
        taken = points.take(cost, now)
        assert taken == (cost <= before)
        assert points.remaining == before - (cost if taken else 0)
        assert 0 <= points.remaining <= 2000


async def test_points_come_back_with_the_clock(cj: Caller) -> None:
    """An account that spent everything can call again as soon as the refill suffices."""
    account = cj.simulator.account(cj.key)
    account.points.refill(cj.clock.now())
    account.points.remaining = 0
    assert (await cj.get("/product/listV2"))["code"] == 16900500
    await cj.clock.advance(120)
    assert (await cj.get("/product/listV2"))["code"] == 200
