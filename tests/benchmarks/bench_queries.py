"""
What queries cost at the supplier, and how quickly they are answered once their data is known.

One gateway process and one simulated CJ, both behind real sockets; times only mean something as ratios within
one run, so each is also given as a multiple of the cheapest query there is.
"""

import asyncio
import statistics
import time
from dataclasses import dataclass
from typing import Any

import httpx

from tests.e2e.fleet import ServedSimulator, serve_simulator
from tests.serving import serve_gateway

ROUNDS, REQUESTS, CLIENTS = 3, 300, 8
RATE = "6"

NOTHING = "{ __typename }"
SEARCH = """{ products(search: {suppliers: ["cj"]}, first: 50) {
  nodes { id title price { min { amount } } stock { total } category { name } imageUrl }
} }"""
BOTH = """{ products(first: 20) {
  nodes { id title price { min { amount currencyCode } } } outcomes { status }
} }"""
PRODUCT = """query ($id: ID!) { product(by: {id: $id}) {
  title variants { nodes { sku options { name value } price { amount } inventory { countryCode quantity } } }
} }"""
NODES = """query ($ids: [ID!]!) { nodes(ids: $ids) {
  ... on Product { title variants { nodes { sku price { amount } } } }
} }"""


COMPARE = """query { compare(input: {query: "mug", quantity: 50, shipTo: {country: "DE"}, currency: "EUR"}) {
  offers { rank score badges reasons product { title } variant { title } unitPrice { amount }
    quote { id landedCost { amount } complete delivery { min max }
      costs { kind certainty amount { amount } } } }
  outcomes { status }
} }"""


@dataclass(frozen=True, slots=True)
class Timing:
    """One query, warm."""

    per_second: float
    p50_ms: float
    p99_ms: float


async def post(client: httpx.AsyncClient, query: str, variables: dict[str, Any]) -> dict[str, Any]:
    answer = (await client.post("/graphql", json={"query": query, "variables": variables})).json()
    if "errors" in answer:
        raise RuntimeError(str(answer["errors"]))
    data: dict[str, Any] = answer["data"]
    return data


async def timed(client: httpx.AsyncClient, query: str, variables: dict[str, Any]) -> Timing:
    """So many clients, each with one request after the other."""
    taken: list[float] = []

    async def one() -> None:
        for _ in range(REQUESTS // CLIENTS):
            began = time.perf_counter()
            await post(client, query, variables)
            taken.append((time.perf_counter() - began) * 1000)

    began = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(CLIENTS)))
    seconds = time.perf_counter() - began
    taken.sort()
    return Timing(len(taken) / seconds, statistics.median(taken), taken[int(len(taken) * 0.99)])


async def cost(
    client: httpx.AsyncClient, simulator: ServedSimulator, query: str, variables: dict[str, Any]
) -> tuple[int, int]:
    """Calls and points of one query as the supplier counts them."""
    simulator.forget()
    await post(client, query, variables)
    return simulator.spent()


async def measure(client: httpx.AsyncClient, simulator: ServedSimulator) -> None:
    """Print both tables."""
    await post(client, BOTH, {})  # logs in
    print("query, cold                                   calls  points")
    calls = await cost(client, simulator, SEARCH.replace("search: {", 'search: {query: "lamp", '), {})
    print(f"search page of 50                            {calls[0]:6} {calls[1]:7}")
    listed = (await post(client, SEARCH, {}))["products"]["nodes"]
    calls = await cost(client, simulator, SEARCH, {})
    print(f"the same again                               {calls[0]:6} {calls[1]:7}")
    one = {"id": listed[0]["id"]}
    calls = await cost(client, simulator, PRODUCT, one)
    print(f"one product with variants and stock          {calls[0]:6} {calls[1]:7}")
    ten = {"ids": [node["id"] for node in listed[1:11]]}
    calls = await cost(client, simulator, NODES, ten)
    print(f"ten products with variants                   {calls[0]:6} {calls[1]:7}")
    calls = await cost(client, simulator, COMPARE, {})
    print(f"comparison, three products of each supplier  {calls[0]:6} {calls[1]:7}")
    calls = await cost(client, simulator, COMPARE, {})
    print(f"the same again                               {calls[0]:6} {calls[1]:7}")

    queries: dict[str, tuple[str, dict[str, Any]]] = {
        "{ __typename }": (NOTHING, {}),
        "search page of 20 over both suppliers": (BOTH, {}),
        "search page of 50": (SEARCH, {}),
        "one product with variants and stock": (PRODUCT, one),
        "ten products with variants": (NODES, ten),
        "comparison of both suppliers": (COMPARE, {}),
    }
    rounds: dict[str, list[Timing]] = {name: [] for name in queries}
    for _ in range(ROUNDS):
        for name, (query, variables) in queries.items():
            rounds[name].append(await timed(client, query, variables))
    print("\nquery, warm (one process)                 req/s   p50 ms   p99 ms  x nothing")
    least = statistics.median(timing.p50_ms for timing in rounds["{ __typename }"])
    for name, timings in rounds.items():
        rate, half, tail = (
            statistics.median(getattr(timing, figure) for timing in timings)
            for figure in ("per_second", "p50_ms", "p99_ms")
        )
        print(f"{name:40} {rate:6.0f} {half:8.1f} {tail:8.1f} {half / least:10.1f}")


def main() -> None:
    """Serve both and measure."""
    with (
        serve_simulator("--requests-per-second", RATE) as simulator,
        serve_gateway({"CJ_BASE_URL": simulator.url, "CJ_REQUESTS_PER_SECOND": RATE}) as gateway,
    ):

        async def run() -> None:
            async with httpx.AsyncClient(base_url=gateway.url, timeout=60, trust_env=False) as client:
                await measure(client, simulator)

        asyncio.run(run())


if __name__ == "__main__":
    main()
