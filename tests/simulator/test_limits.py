"""Calls per second: nobody gets more than their rate in any second, and nobody who keeps to it is refused."""

import asyncio
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.cj.simulator.limits import NANOSECONDS, Window
from tests.simulator.caller import OTHER_KEY, Caller

GAPS = st.lists(st.integers(0, 3 * NANOSECONDS // 2), min_size=1, max_size=60)
RATES = st.sampled_from([1, 2, 4, 6, 10])


@given(GAPS, RATES)
def test_no_second_holds_more_than_the_rate(gaps: list[int], rate: int) -> None:
    """However calls arrive, no second has more accepted ones than the rate."""
    window, moment, accepted = Window(rate), 0, []
    for gap in gaps:
        moment += gap
        if window.admit(moment / NANOSECONDS):
            accepted.append(moment)
    for first, last in zip(accepted, accepted[rate:], strict=False):
        assert last - first >= NANOSECONDS


@given(st.lists(st.integers(0, NANOSECONDS), min_size=1, max_size=60), RATES)
def test_allowed_traffic_is_never_refused(extra: list[int], rate: int) -> None:
    """Calls that leave the full distance to the one `rate` calls before always pass."""
    window, sent = Window(rate), list[int]()
    for gap in extra:
        moment = (sent[-1] if sent else 0) + gap // rate
        if len(sent) >= rate:
            moment = max(moment, sent[-rate] + NANOSECONDS)
        sent.append(moment)
        assert window.admit(moment / NANOSECONDS)


@given(GAPS, RATES)
def test_refusals_have_a_reason_and_do_not_count(gaps: list[int], rate: int) -> None:
    """A call is refused exactly when the last second already holds the rate, counting accepted calls only."""
    window, moment, accepted = Window(rate), 0, list[int]()
    for gap in gaps:
        moment += gap
        full = sum(moment - one < NANOSECONDS for one in accepted) >= rate
        assert window.admit(moment / NANOSECONDS) is not full
        if not full:
            accepted.append(moment)


@given(st.permutations(range(12)))
def test_order_of_judgement_does_not_matter_for_the_bound(order: list[int]) -> None:
    """Arrivals judged out of order still never exceed the rate."""
    window = Window(2)
    accepted = sorted(step for step in order if window.admit(step * 0.3))
    assert all((last - first) * 0.3 >= 1 for first, last in zip(accepted, accepted[2:], strict=False))


def test_exactly_one_second_is_enough() -> None:
    """At one call a second, a second passes and a nanosecond less does not."""
    window = Window(1)
    assert window.admit(10.0)
    assert not window.admit(10.999999999)
    assert window.admit(11.0)


def test_rates_below_one() -> None:
    """A rate of a third lets one call through in three seconds, and says so."""
    window = Window(1 / 300)
    assert window.admit(0)
    assert not window.admit(299.9)
    assert window.admit(300)
    assert window.describe() == "Too Many Requests, QPS limit is 1 time/300second"


async def test_too_fast_is_refused_in_the_observed_words(cj: Caller) -> None:
    """A second call within the second answers 1600200, HTTP 200, in the observed words, for no points."""
    before = await cj.send("GET", "/product/listV2")
    cj.pause = 0.999
    response = await cj.send("GET", "/product/listV2")
    assert before.json()["code"] == 200
    body = response.json()
    assert (response.status_code, body["code"], body["data"]) == (200, 1600200, None)
    assert body["message"] == "Too Many Requests, QPS limit is 1 time/1second"
    assert cj.simulator.ledger.points() == 50
    assert cj.simulator.ledger.violations() == 1
    assert cj.simulator.ledger.rules() == {"account_rate": 1}


async def test_refusal_may_be_http_429(make: Callable[..., Caller]) -> None:
    """With the switch the same refusal comes as HTTP 429."""
    cj = make(rate_refusal_status=429)
    await cj.log_in()
    cj.pause = 0.5
    response = await cj.send("GET", "/setting/get")
    assert (response.status_code, response.json()["code"]) == (429, 1600200)


@pytest.mark.parametrize(("level", "rate"), [(0, 1), (1, 1), (2, 2), (3, 4), (4, 6), (5, 6)])
async def test_rate_by_level(make: Callable[..., Caller], level: int, rate: int) -> None:
    """An account of each level gets its documented calls in one second."""
    cj = make(account_level=level)
    await cj.log_in()
    await cj.clock.advance(5)
    cj.pause = 0
    codes = [(await cj.get("/setting/get"))["code"] for _ in range(8)]
    assert codes.count(200) == rate
    assert codes[:rate] == [200] * rate


async def test_accounts_have_limits_of_their_own(cj: Caller) -> None:
    """Two accounts of one address do not take each other's second."""
    other = Caller(cj.app, cj.clock, OTHER_KEY)
    await other.log_in()
    await cj.clock.advance(2)
    cj.pause = other.pause = 0
    assert (await cj.get("/setting/get"))["code"] == 200
    assert (await other.get("/setting/get"))["code"] == 200
    assert (await other.get("/setting/get"))["code"] == 1600200
    ledger = cj.simulator.ledger
    assert (ledger.count(account="9000001"), ledger.count(account="9000002", refused=True)) == (2, 1)


async def test_address_limit_binds_all_accounts(make: Callable[..., Caller]) -> None:
    """Ten calls a second of one address pass, the eleventh is refused whatever the account may do."""
    cj = make(requests_per_second=50)
    await cj.log_in()
    await cj.clock.advance(2)
    cj.pause = 0
    codes = [(await cj.get("/setting/get"))["code"] for _ in range(11)]
    assert codes == [200] * 10 + [1600200]
    assert cj.simulator.ledger.rules() == {"ip_rate": 1}


async def test_batch_calls_have_a_cap(make: Callable[..., Caller]) -> None:
    """Order batches pass twice a second even for fast accounts."""
    cj = make(account_level=5)
    await cj.log_in()
    await cj.clock.advance(2)
    cj.pause = 0
    codes = [(await cj.post("/shopping/order/getOrderDetailBatch", orderIds=["1"]))["code"] for _ in range(3)]
    assert codes == [200, 200, 1600200]
    assert cj.simulator.ledger.rules() == {"batch_rate": 1}


async def test_anonymous_calls_have_a_limit(make: Callable[..., Caller]) -> None:
    """Calls without login are bounded all together."""
    cj = make(anonymous_requests_per_second=3)
    cj.pause = 0
    codes = [(await cj.post("/authentication/getAccessToken", apiKey="bad"))["code"] for _ in range(4)]
    assert codes == [1600001] * 3 + [1600200]


async def test_token_calls_take_from_the_account(cj: Caller) -> None:
    """Getting the token again within the second is refused like any other call."""
    cj.pause = 0
    assert (await cj.post("/authentication/getAccessToken", apiKey=cj.key))["code"] == 1600200


async def test_rate_can_change_while_it_runs(cj: Caller) -> None:
    """A rate set on the options counts from the next call on."""
    cj.simulator.options.requests_per_second = 3
    await cj.clock.advance(2)
    cj.pause = 0
    codes = [(await cj.get("/setting/get"))["code"] for _ in range(4)]
    assert codes == [200, 200, 200, 1600200]


async def test_arrival_counts_rather_than_departure(make: Callable[..., Caller]) -> None:
    """With jitter on the way, calls a second apart can arrive closer and be refused."""
    cj = make(uplink_seconds=0.05, uplink_jitter_seconds=0.5)
    login = asyncio.ensure_future(cj.log_in())
    await cj.clock.run(login)
    for _ in range(12):
        await cj.clock.run(asyncio.ensure_future(cj.get("/setting/get")))
    sends = [entry.arrived for entry in cj.simulator.ledger]
    assert len(sends) == 13
    assert all(entry.code in (200, 1600200) for entry in cj.simulator.ledger)
    assert len({round(later - earlier, 6) for earlier, later in pairwise(sends)}) > 5
