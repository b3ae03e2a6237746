"""Orders while searches take all of the quota, over several processes that share it."""

import asyncio
import itertools
import json
from pathlib import Path
from statistics import median

from tests.e2e.customers import CREATE, Customers
from tests.e2e.fleet import ServedSimulator, serve_simulator
from tests.e2e.hasty_gateway import several
from tests.valkey import running_valkey

PROCESSES, RATE, ORDERS = 4, 4, 3
SEARCH = """query ($words: String) { products(search: {query: $words, suppliers: ["cj"]}) {
  outcomes { status }
} }"""


async def test_an_order_does_not_wait_behind_searches(tmp_path: Path) -> None:
    """Under a flood of searches over four processes an order is made after at most one more search."""
    with running_valkey() as valkey, serve_simulator("--requests-per-second", f"{RATE}") as cj:
        given = {
            "CJ_BASE_URL": cj.url,
            "CJ_REQUESTS_PER_SECOND": f"{RATE}",
            "DATABASE_URL": f"sqlite:///{tmp_path}/ledger.db",
            "GATEWAY_PROVIDERS": "cj",
            "GATEWAY_SEARCH_DEADLINE_SECONDS": "8",
            "REDIS_URL": valkey.url,
        }
        async with several(PROCESSES, given, tmp_path / "log") as sides:
            variant, *_ = await sides[0].goods()
            wishes = [await sides[0].wish(variant, f"C-{number}") for number in range(ORDERS)]
            async with asyncio.TaskGroup() as group:
                flood = [
                    group.create_task(_search(sides[number % PROCESSES], number))
                    for number in range(PROCESSES * 6)
                ]
                await _until_searches_queue(cj)
                for wish in wishes:
                    assert (await sides[-1].asked(CREATE, input=wish))["createOrder"]["userErrors"] == []
                for searching in flood:
                    searching.cancel()
        assert cj.refusals() == []
        ahead = _overtaken(cj, tmp_path / "log")
    assert len(ahead) == ORDERS
    # A machine that stops for a moment in between would count against one of them.
    assert median(ahead) <= 1, ahead


async def _search(side: Customers, number: int) -> None:
    for turn in itertools.count():
        await side.asked(SEARCH, words=f"thing {number} {turn}")


async def _until_searches_queue(cj: ServedSimulator) -> None:
    before = len(cj.received("/product/"))
    while len(cj.received("/product/")) < before + RATE:  # noqa: ASYNC110 - another process counts them
        await asyncio.sleep(0.1)


def _overtaken(cj: ServedSimulator, log_file: Path) -> list[int]:
    """How many searches reached CJ while each order waited for its turn, by the gateway's own account."""
    events = [json.loads(line) for line in log_file.read_text().splitlines() if line.startswith("{")]
    waits = [event["waited_ms"] / 1000 for event in events if event.get("operation") == "order.create"]
    calls = cj.received()
    orders = [call["arrived"] for call in calls if "createOrder" in call["path"]]
    searches = [call["arrived"] for call in calls if "/product/" in call["path"]]
    return [
        sum(arrived - wait < search < arrived for search in searches)
        for arrived, wait in zip(orders, waits, strict=True)
    ]
