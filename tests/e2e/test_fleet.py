"""Several gateway processes on one account: shared answers, shared quota, and one of them dying."""

import asyncio
import itertools
import operator
import signal
from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median
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
from tests.e2e.fleet import Fleet, client_of, fleet, gone, until
from tests.serving import Served, serve_gateway

SEARCH = """query ($words: String) {
  products(search: {query: $words, suppliers: ["cj"]}, first: 50) {
    nodes { title price { min { amount } } stock { total } category { name } imageUrl }
    outcomes { status message retryAfterMs }
  }
}"""
LONG = {"GATEWAY_SEARCH_DEADLINE_SECONDS": "30", "GATEWAY_READ_DEADLINE_SECONDS": "30"}
"""Deadlines that are not the point."""


async def ask(
    client: httpx.AsyncClient, gateway: Served, query: str = SEARCH, **variables: Any
) -> dict[str, Any]:
    """The answer of one gateway, which must be a GraphQL answer."""
    answer = await client.post(f"{gateway.url}/graphql", json={"query": query, "variables": variables})
    assert answer.status_code == 200, answer.text
    parsed: dict[str, Any] = answer.json()
    return parsed


@pytest.fixture(scope="module")
def two() -> Iterator[Fleet]:
    """Two gateways at CJ's highest level."""
    with fleet(2, environment=LONG) as running:
        yield running


def like(running: Fleet) -> dict[str, str]:
    """What one more gateway of a fleet is started with."""
    return LONG | {
        "CJ_BASE_URL": running.simulator.url,
        "CJ_REQUESTS_PER_SECOND": "6",
        "REDIS_URL": running.valkey.url,
    }


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
    for words in ("lamp", "mug", "fan"):
        two.simulator.forget()
        before = gone(two.gateways)
        answers = await search_both(two, words, 200)
        titles = [[node["title"] for node in answer["data"]["products"]["nodes"]] for answer in answers]
        assert all(each == titles[0] for each in titles)
        assert titles[0]
        await search_both(two, words, 20)
        if gone(two.gateways) == before:
            break
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
    async with asyncio.timeout(90):  # the breaker leaves a failing supplier alone for 5 s, then 10, then 20
        while not (await search_both(two, "towel", 1))[0]["data"]["products"]["nodes"]:  # noqa: ASYNC110
            await asyncio.sleep(0.5)


async def test_whoever_fetches_may_die(two: Fleet) -> None:
    """When the process that fetches for everybody is killed, the others' clients get their answer."""
    with serve_gateway(like(two)) as doomed:
        other = two.gateways[0]
        async with client_of() as client:
            await ask(client, doomed, words="warm up")
            two.simulator.fault("hang", "/product/listV2", times=1)
            first = asyncio.ensure_future(ask(client, doomed, words="kettle"))
            await until(two.simulator.struck)
            second = asyncio.ensure_future(ask(client, other, words="kettle"))
            await asyncio.sleep(0.5)  # by now it waits for the other process
            doomed.process.send_signal(signal.SIGKILL)
            answer = await second
            with pytest.raises(httpx.HTTPError):
                await first
    (outcome,) = answer["data"]["products"]["outcomes"]
    assert outcome["status"] == "OK"


async def test_requests_under_way_are_finished(two: Fleet) -> None:
    """Asked to stop, a gateway still answers what it was asked before, and ends with success."""
    two.simulator.fault("latency", "/product/listV2", times=1, params={"seconds": 2})
    with serve_gateway(like(two)) as served:
        async with client_of() as client:
            asked = asyncio.ensure_future(ask(client, served, words="teapot"))
            await until(two.simulator.struck)
            assert await asyncio.to_thread(served.stop) == 0
            assert (await asked)["data"]["products"]["outcomes"][0]["status"] == "OK"


async def test_two_workers_share(two: Fleet) -> None:
    """Two workers behind one address share their answers as separate gateways do."""
    with serve_gateway(like(two) | {"GATEWAY_WORKERS": "2"}) as served:
        for words in ("shelf", "rug", "pan"):
            two.simulator.forget()
            before = gone([served])
            async with client_of() as client:
                answers = await asyncio.gather(*(ask(client, served, words=words) for _ in range(40)))
            assert all(answer["data"]["products"]["nodes"] for answer in answers)
            if gone([served]) == before:
                break
        assert served.stop() == 0
    assert two.simulator.spent() == (1, 50)


async def test_no_secret_is_logged(two: Fleet) -> None:
    """Neither the key nor a token that CJ issued is in anything the processes wrote."""
    async with client_of() as client:
        for number, gateway in enumerate(two.gateways):
            await ask(client, gateway, words=f"secret {number}")
    key = simulator_key().rpartition("@")[2]
    for gateway in two.gateways:
        written = gateway.log_text()
        assert "upstream.call" in written
        assert key not in written
        assert "API@CJ" not in written
        assert "eyJ" not in written


DISTINCT, IDENTICAL, SECONDS = 32, 250, 14.0


async def test_a_flood(capsys: pytest.CaptureFixture[str]) -> None:
    """Under a flood at one call a second CJ refuses nothing, everybody is answered, and orders go first."""
    # Shorter than a person would set it, so that many searches cannot be served: the interesting ones.
    with fleet(4, rate=1, environment={"GATEWAY_SEARCH_DEADLINE_SECONDS": "6"}) as running:
        async with client_of() as client:
            statuses: Counter[str] = Counter()

            async def one(number: int, words: str, at: float) -> None:
                await asyncio.sleep(at)
                answer = await ask(client, running.gateways[number % 4], words=words)
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
            waits = await orders
        searches = [call["arrived"] for call in running.simulator.received("/product/")]
        refusals = running.simulator.refusals()
        calls, points = running.simulator.spent()
        login = running.simulator.received("/authentication/getAccessToken")
    assert refusals == []
    assert sum(statuses.values()) == DISTINCT + IDENTICAL
    assert statuses["RATE_LIMITED"] + statuses["TIMEOUT"] > 0, "it was no flood"
    assert statuses["OK"] >= IDENTICAL / 2
    # One may be under way already; and who stands still for a tenth of a second may lose its turn for once.
    overtaken = [sum(asked < at < left for at in searches) for asked, left in waits]
    assert median(overtaken) <= 1
    assert len(login) == 1
    with capsys.disabled():
        print(  # noqa: T201 - the figures of the run are wanted
            f"\nflood: {dict(statuses)}, {calls} calls, {points} points, calls before an order {overtaken}"
        )


async def orders_in_between(running: Fleet) -> list[tuple[float, float]]:
    """From when to when each of three calls in the order lane waited for its turn, on the machine's clock."""
    clock = SystemClock()
    link = RedisLink(running.valkey.url, clock)
    declaration = declare(CJSettings.from_environment({}), simulator_key(), simulated="a test")
    await link.start()
    budget = shared_budget(link, declaration.limits, clock, provider="cj")
    await budget.start()
    policy = CallPolicy("order.test", weight=0, attempts=1)
    waits: list[tuple[float, float]] = []
    try:
        await asyncio.sleep(5)
        for _ in range(3):
            asked = clock.monotonic()
            permit = await budget.acquire(policy, Ticket(Lane.ORDER, asked + 60))
            await permit.left()
            waits.append((asked, clock.monotonic()))
            await asyncio.sleep(1.5)
    finally:
        await budget.aclose()
        await link.aclose()
    return waits


OUTAGES: dict[str, Sequence[str]] = {
    "killed": ("kill", "start"),
    "frozen": ("freeze", "thaw"),
    "full": ("fill", "relieve"),
    "wiped": ("wipe",),
}


def alone(gateway: Served) -> int:
    """How often a process has begun to act on its own so far."""
    return sum(event["event"] == "budget.alone" for event in gateway.events())


async def redis_of(client: httpx.AsyncClient, running: Fleet) -> set[str]:
    """What the processes, ready all the while, say of their Redis."""
    answers = [await client.get(f"{gateway.url}/readyz") for gateway in running.gateways]
    assert {answer.status_code for answer in answers} == {200}
    return {answer.json()["parts"]["redis"]["status"] for answer in answers}


@pytest.mark.parametrize("outage", OUTAGES)
async def test_redis_in_trouble(two: Fleet, outage: str) -> None:
    """With Redis in trouble under load nothing fails, CJ refuses nothing, and all is shared again after."""
    fail, *repair = OUTAGES[outage]
    over = asyncio.Event()
    two.simulator.forget()
    async with client_of() as client:
        await search_both(two, "lamp", 2)

        async def load(number: int) -> None:
            for turn in itertools.count():
                if over.is_set():
                    return
                words = "lamp" if turn % 3 else f"{outage} {number} {turn}"
                answer = await ask(client, two.gateways[number % 2], words=words)
                (outcome,) = answer["data"]["products"]["outcomes"]
                assert outcome["status"] in {"OK", "STALE", "RATE_LIMITED", "TIMEOUT"}, outcome
                if words == "lamp":
                    assert answer["data"]["products"]["nodes"], outcome
                await asyncio.sleep(0.2)

        async with asyncio.TaskGroup() as group:
            for number in range(6):
                group.create_task(load(number))
            await asyncio.sleep(1)
            before = [alone(gateway) for gateway in two.gateways]
            await asyncio.to_thread(getattr(two.valkey, fail))
            if repair:
                await until(lambda: all(map(operator.lt, before, map(alone, two.gateways))))
                assert await redis_of(client, two) == {"degraded"}
            await asyncio.sleep(1)
            for step in repair:
                await asyncio.to_thread(getattr(two.valkey, step))
            async with asyncio.timeout(60):
                while await redis_of(client, two) != {"ok"}:  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
            await asyncio.sleep(1)
            over.set()
        # One process fetches, the other finds it: they share again.
        words = f"umbrella {outage}"
        await ask(client, two.gateways[0], words=words)
        spent = two.simulator.spent()
        answer = await ask(client, two.gateways[1], words=words)
        assert answer["data"]["products"]["outcomes"][0]["status"] == "OK"
        assert two.simulator.spent() == spent
    assert two.simulator.refusals() == []
