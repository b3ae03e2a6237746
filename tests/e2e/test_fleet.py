"""Several gateway processes on one account: shared answers, shared quota, and one of them dying."""

import asyncio
import signal
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import httpx
import pytest

from gateway.redis_link import RedisLink
from gateway.upstream.budget import Ticket
from gateway.upstream.budget.fallback import shared_budget
from providers.cj import CJSettings, simulator_key
from providers.cj.declaration import declare
from providers.clock import SystemClock
from providers.upstream import CallPolicy, Lane
from tests.e2e.fleet import Fleet, fleet
from tests.serving import Served, serve_gateway

SEARCH = """query ($words: String) {
  products(search: {query: $words, suppliers: ["cj"]}, first: 50) {
    nodes { title price { min { amount } } stock { total } category { name } imageUrl }
    outcomes { status message retryAfterMs }
  }
}"""
GRACE_SECONDS = 4.0
"""What two busy cores may add to a deadline: hundreds of queries are rendered beside each other."""


async def ask(
    client: httpx.AsyncClient, gateway: Served, query: str = SEARCH, **variables: Any
) -> dict[str, Any]:
    """The answer of one gateway, which must be a GraphQL answer."""
    answer = await client.post(f"{gateway.url}/graphql", json={"query": query, "variables": variables})
    assert answer.status_code == 200, answer.text
    parsed: dict[str, Any] = answer.json()
    return parsed


def client_of() -> httpx.AsyncClient:
    """A client with room for all at once."""
    return httpx.AsyncClient(timeout=60, trust_env=False, limits=httpx.Limits(max_connections=None))


@pytest.fixture(scope="module")
def two() -> Iterator[Fleet]:
    """Two gateways at CJ's highest level."""
    with fleet(2) as running:
        yield running


async def search_both(running: Fleet, words: str, count: int) -> list[dict[str, Any]]:
    """One search by so many clients at once, spread over the gateways."""
    async with client_of() as client:
        asked = [
            ask(client, running.gateways[number % len(running.gateways)], words=words)
            for number in range(count)
        ]
        return await asyncio.gather(*asked)


async def test_two_hundred_clients_over_two_processes(two: Fleet) -> None:
    """Two hundred clients of two processes with one cold search are one call of 50 points; repeated, none."""
    await search_both(two, "warm up", 2)
    assert len(two.simulator.received("/authentication/")) == 1  # two processes, one login
    two.simulator.forget()
    answers = await search_both(two, "lamp", 200)
    assert two.simulator.spent() == (1, 50)
    titles = [[node["title"] for node in answer["data"]["products"]["nodes"]] for answer in answers]
    assert all(each == titles[0] for each in titles)
    assert titles[0]
    await search_both(two, "lamp", 20)
    assert two.simulator.spent() == (1, 50)


COMPARE = """query { compare(input: {query: "umbrella", shipTo: {country: "DE"}}) {
  offers { rank product { title supplier { code } } quote { id } } outcomes { status } } }"""
CHECK = """query ($id: ID!) { checkQuote(id: $id) { status } }"""


async def test_a_comparison_over_two_processes(two: Fleet) -> None:
    """A comparison made by one process costs the other nothing, and a quote of one is valid at the other."""
    one, other = two.gateways
    two.simulator.forget()
    async with client_of() as client:
        first, again = await ask(client, one, COMPARE), await ask(client, other, COMPARE)
        spent = two.simulator.spent()
        ids = [offer["quote"]["id"] for offer in first["data"]["compare"]["offers"] if offer["quote"]]
        checks = [await ask(client, other, CHECK, id=each) for each in ids]
    assert spent == (7, 110)
    assert [offer["product"] for offer in again["data"]["compare"]["offers"]] == [
        offer["product"] for offer in first["data"]["compare"]["offers"]
    ]
    assert ids
    assert {check["data"]["checkQuote"]["status"] for check in checks} == {"VALID"}


async def test_a_revoked_token_is_replaced_once(two: Fleet) -> None:
    """A token revoked in mid-flight costs one new login over both processes, and every answer comes."""
    two.simulator.forget()
    two.simulator.fault("revoke_token", "/product/listV2", times=1)
    async with client_of() as client:
        words = ["bag", "mat", "cup", "hat"]
        asked = [ask(client, two.gateways[number % 2], words=each) for number, each in enumerate(words)]
        answers = await asyncio.gather(*asked)
    assert all(answer["data"]["products"]["nodes"] for answer in answers)
    assert len(two.simulator.received("/authentication/")) == 1


async def test_a_supplier_that_goes_and_comes_back(two: Fleet) -> None:
    """While CJ only fails, each search gets a typed outcome; once it answers again, so do searches."""
    two.simulator.fault("status", "/product/listV2", params={"status": 500})
    answers = await search_both(two, "towel", 4)
    for answer in answers:
        (outcome,) = answer["data"]["products"]["outcomes"]
        assert outcome["status"] in {"UNAVAILABLE", "TIMEOUT"}
    two.simulator.heal()
    end = time.monotonic() + 40
    while time.monotonic() < end:
        (answer,) = await search_both(two, "towel", 1)
        if answer["data"]["products"]["nodes"]:
            break
        await asyncio.sleep(1)
    assert answer["data"]["products"]["nodes"], answer


async def test_whoever_fetches_may_die(two: Fleet) -> None:
    """When the process that fetches for everybody is killed, the others' clients get their answer."""
    given = {
        "CJ_BASE_URL": two.simulator.url,
        "CJ_REQUESTS_PER_SECOND": "6",
        "REDIS_URL": two.valkey.url,
        "GATEWAY_SEARCH_DEADLINE_SECONDS": "20",
    }
    with serve_gateway(given) as doomed, serve_gateway(given) as other:
        async with client_of() as client:
            await ask(client, doomed, words="warm up")
            two.simulator.fault("latency", "/product/listV2", times=1, params={"seconds": 3})
            two.simulator.forget()
            first = asyncio.ensure_future(ask(client, doomed, words="kettle"))
            await asyncio.sleep(0.8)  # by now its call is at CJ, which takes three seconds for it
            second = asyncio.ensure_future(ask(client, other, words="kettle"))
            await asyncio.sleep(0.5)
            doomed.process.send_signal(signal.SIGKILL)
            answer = await second
            with pytest.raises(httpx.HTTPError):
                await first
    (outcome,) = answer["data"]["products"]["outcomes"]
    assert outcome["status"] == "OK"


async def test_requests_under_way_are_finished(two: Fleet) -> None:
    """Asked to stop, a gateway still answers what it was asked before, and ends with success."""
    given = {"CJ_BASE_URL": two.simulator.url, "CJ_REQUESTS_PER_SECOND": "6", "REDIS_URL": two.valkey.url}
    two.simulator.fault("latency", "/product/listV2", times=1, params={"seconds": 2})
    with serve_gateway(given) as served:
        async with client_of() as client:
            asked = asyncio.ensure_future(ask(client, served, words="teapot"))
            await asyncio.sleep(0.7)
            assert await asyncio.to_thread(served.stop) == 0
            assert (await asked)["data"]["products"]["outcomes"][0]["status"] == "OK"


async def test_two_workers_share(two: Fleet) -> None:
    """Two workers behind one address share their answers as separate gateways do."""
    given = {
        "CJ_BASE_URL": two.simulator.url,
        "CJ_REQUESTS_PER_SECOND": "6",
        "REDIS_URL": two.valkey.url,
        "GATEWAY_WORKERS": "2",
    }
    two.simulator.forget()
    with serve_gateway(given) as served:
        async with client_of() as client:
            answers = await asyncio.gather(*(ask(client, served, words="shelf") for _ in range(40)))
        assert all(answer["data"]["products"]["nodes"] for answer in answers)
        assert served.stop() == 0
    assert two.simulator.spent() == (1, 50)


def test_no_secret_is_logged(two: Fleet) -> None:
    """Neither the key nor a token that CJ issued is in anything the processes wrote."""
    key = simulator_key().rpartition("@")[2]
    for gateway in two.gateways:
        written = gateway.log_text()
        assert "upstream.call" in written
        assert key not in written
        assert "API@CJ" not in written
        assert "eyJ" not in written


DISTINCT, IDENTICAL, SECONDS = 60, 500, 30.0


async def test_a_flood(capsys: pytest.CaptureFixture[str]) -> None:
    """Under a flood at one call a second CJ refuses nothing, everybody is answered, and orders go first."""
    # Shorter than a person would set it, so that many searches cannot be served: the interesting ones.
    deadline = 6.0
    with fleet(4, rate=1, environment={"GATEWAY_SEARCH_DEADLINE_SECONDS": f"{deadline:g}"}) as running:
        async with client_of() as client:
            statuses: Counter[str] = Counter()
            longest = 0.0

            async def one(number: int, words: str, at: float) -> None:
                nonlocal longest
                await asyncio.sleep(at)
                began = time.monotonic()
                answer = await ask(client, running.gateways[number % 4], words=words)
                longest = max(longest, time.monotonic() - began)
                found = answer["data"]["products"]
                (outcome,) = found["outcomes"]
                statuses[outcome["status"]] += 1
                if outcome["status"] not in {"OK", "STALE"}:
                    assert outcome["status"] in {"RATE_LIMITED", "TIMEOUT"}, outcome
                    assert outcome["retryAfterMs"] is not None, outcome

            flood = asyncio.gather(
                *(one(n, f"thing {n}", n * SECONDS / DISTINCT) for n in range(DISTINCT)),
                *(one(n, "lamp", n * SECONDS / IDENTICAL) for n in range(IDENTICAL)),
            )
            orders = asyncio.ensure_future(orders_in_between(running))
            await flood
            overtaken = await orders
        refusals = running.simulator.refusals()
        calls, points = running.simulator.spent()
        login = running.simulator.received("/authentication/getAccessToken")
    assert refusals == []
    assert sum(statuses.values()) == DISTINCT + IDENTICAL
    assert longest < deadline + GRACE_SECONDS
    assert statuses["OK"] >= IDENTICAL / 2
    assert max(overtaken) <= 1
    assert len(login) == 1
    with capsys.disabled():
        print(  # noqa: T201 - the figures of the run are wanted
            f"\nflood: {dict(statuses)}, {calls} calls, {points} points, longest wait {longest:.1f} s, "
            f"calls before an order {overtaken}"
        )


async def orders_in_between(running: Fleet) -> list[int]:
    """How many other calls left while each of three calls in the order lane waited for its turn."""
    clock = SystemClock()
    link = RedisLink(running.valkey.url, clock)
    declaration = declare(CJSettings.from_environment({}), simulator_key(), simulated="a test")
    await link.start()
    budget = shared_budget(link, declaration.limits, clock, provider="cj")
    await budget.start()
    policy = CallPolicy("order.test", weight=0, attempts=1)
    overtaken: list[int] = []
    try:
        await asyncio.sleep(8)
        for _ in range(3):
            before = len(running.simulator.received("/product/"))
            permit = await budget.acquire(policy, Ticket(Lane.ORDER, clock.monotonic() + 10))
            await permit.left()
            overtaken.append(len(running.simulator.received("/product/")) - before)
            await asyncio.sleep(4)
    finally:
        await budget.aclose()
        await link.aclose()
    return overtaken


OUTAGES: dict[str, Sequence[str]] = {
    "killed": ("kill", "start"),
    "frozen": ("freeze", "thaw"),
    "full": ("fill", "relieve"),
    "wiped": ("wipe",),
}


@pytest.mark.parametrize("outage", OUTAGES)
async def test_redis_in_trouble(outage: str) -> None:  # noqa: C901 - load, trouble and recovery side by side
    """With Redis in trouble under load nothing fails, CJ refuses nothing, and all is shared again after."""
    with fleet(2) as running:
        async with client_of() as client:
            for gateway in running.gateways:
                await ask(client, gateway, words="lamp")
            stop = time.monotonic() + 9

            async def load(number: int) -> None:
                turn = 0
                while time.monotonic() < stop:
                    words = "lamp" if turn % 3 else f"{outage} {number} {turn}"
                    answer = await ask(client, running.gateways[number % 2], words=words)
                    (outcome,) = answer["data"]["products"]["outcomes"]
                    assert outcome["status"] in {"OK", "STALE", "RATE_LIMITED", "TIMEOUT"}, outcome
                    if words == "lamp":
                        assert answer["data"]["products"]["nodes"], outcome
                    turn += 1
                    await asyncio.sleep(0.2)

            async def trouble() -> list[str]:
                seen: list[str] = []
                await asyncio.sleep(2)
                first, *second = OUTAGES[outage]
                await asyncio.to_thread(getattr(running.valkey, first))
                for _ in range(6):
                    await asyncio.sleep(0.5)
                    ready = await client.get(f"{running.gateways[0].url}/readyz")
                    assert ready.status_code == 200
                    seen.append(ready.json()["parts"]["redis"]["status"])
                for step in second:
                    await asyncio.to_thread(getattr(running.valkey, step))
                return seen

            results = await asyncio.gather(trouble(), *(load(number) for number in range(6)))
            if outage != "wiped":
                assert "degraded" in (results[0] or [])
            end = time.monotonic() + 15
            while time.monotonic() < end:
                ready = [
                    (await client.get(f"{gateway.url}/readyz")).json()["parts"]["redis"]["status"]
                    for gateway in running.gateways
                ]
                if ready == ["ok", "ok"]:
                    break
                await asyncio.sleep(0.5)
            assert ready == ["ok", "ok"]
            # One process fetches, the other finds it: they share again.
            await ask(client, running.gateways[0], words="umbrella")
            before = running.simulator.spent()
            answer = await ask(client, running.gateways[1], words="umbrella")
            assert answer["data"]["products"]["outcomes"][0]["status"] in {"OK", "RATE_LIMITED"}
            assert running.simulator.spent() == before
        assert running.simulator.refusals() == []
