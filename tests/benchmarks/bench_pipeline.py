"""
What one read costs by the level that answers it: `python -m tests.benchmarks.bench_pipeline`.

Figures of one run on one machine compare with each other; across machines only their ratios do.
"""

import asyncio
import itertools
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from providers.clock import SystemClock
from providers.upstream import Source
from tests.pipelines import Supplier, bench, product
from tests.valkey import running_valkey

VARIANTS = 12
ANSWER = {
    "pid": "1412345678901234567",
    "productNameEn": "Foldable phone stand with adjustable height",
    "variants": [
        {
            "vid": str(number),
            "variantSku": f"CJ{number:010}",
            "variantSellPrice": "3.45",
            "variantWeight": "120.00",
        }
        for number in range(VARIANTS)
    ],
}


async def seconds_each(times: int, act: Callable[[], Awaitable[Any]]) -> float:
    """The fastest of five rounds: what is slower was the machine."""
    best = float("inf")
    for _ in range(5):
        began = time.perf_counter()
        for _ in range(times):
            await act()
        best = min(best, (time.perf_counter() - began) / times)
    return best


async def main() -> None:
    """Measure and print."""
    with running_valkey() as valkey:
        async with bench(valkey.unix_url, SystemClock()) as on:
            process = await on.process(Supplier(always=ANSWER))
            for number in range(20):
                await process.get(number)
            calls = [product(number) for number in range(20)]
            ask = process.ask(within=1e6)

            async def warm() -> None:
                await process.pipeline.fetch(calls[0], ask)

            async def from_redis(several: list[Any]) -> None:
                await process.memory.clear()
                served = await asyncio.gather(*(process.pipeline.fetch(call, ask) for call in several))
                assert {one.source for one in served} == {Source.CACHE}

            dictionary = {call.identity(): ANSWER for call in calls}

            async def look() -> None:
                dictionary[calls[0].identity()]

            numbers = itertools.count(1000)

            async def live() -> None:
                await process.get(next(numbers))

            rows = {
                "a dict lookup by the call's identity": await seconds_each(20_000, look),
                "warm read from memory": await seconds_each(20_000, warm),
                "read from Redis, one": await seconds_each(500, lambda: from_redis(calls[:1])),
                "read from Redis, 20 side by side (one MGET)": await seconds_each(
                    200, lambda: from_redis(calls)
                ),
                "live, supplier and budget free of charge": await seconds_each(200, live),
            }
    unit = rows["warm read from memory"]
    for name, seconds in rows.items():
        sys.stdout.write(f"{name:48}{seconds * 1e6:10.2f} µs {seconds / unit:8.1f} times the warm read\n")


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))
    asyncio.run(main())
