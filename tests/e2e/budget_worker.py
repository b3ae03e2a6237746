"""
One process that wants far more calls than it may make; `test_budget_processes` runs several.

Prints one JSON line per attempt: when it was sent (CLOCK_MONOTONIC, the same for all processes), or why not.
"""

import asyncio
import json
import random
import sys
import time

from gateway.redis_link import RedisLink
from gateway.upstream.budget import Budget, Ticket
from gateway.upstream.budget.fallback import shared_budget
from gateway.upstream.budget.pacing import SharedTiming
from providers.clock import SystemClock
from providers.errors import QuotaExhausted, RateLimited
from providers.upstream import Allowance, CallPolicy, Lane, Limits, Rate

LIMITS = Limits(
    "acme",
    rates=(Rate("account", 4.0), Rate("address", 10.0, scope="ip")),
    allowance=Allowance("points", 50_000, refills=False),
)
# The defaults made quicker in proportion, so that a test sees several changes in a few seconds.
TIMING = SharedTiming(heartbeat=0.25, suspect=0.8, doubt=0.6, settle=0.3, hold=1.6)
POLICY = CallPolicy("product.get", weight=1)
CALLERS = 6


async def want(budget: Budget, stop: asyncio.Event, seed: int) -> None:
    """Ask again and again, in changing lanes and with changing patience."""
    draw = random.Random(seed)
    while not stop.is_set():
        begun = time.monotonic()
        lane = draw.choice([Lane.ORDER, Lane.CHECKOUT, Lane.INTERACTIVE, Lane.INTERACTIVE, Lane.BACKGROUND])
        ticket = Ticket(lane, begun + draw.uniform(0.5, 3.0))
        record: dict[str, object] = {"lane": lane.name}
        try:
            permit = await budget.acquire(POLICY, ticket)
            await permit.left()
            record["sent"] = time.monotonic()
        except (RateLimited, QuotaExhausted) as error:
            record["refused"] = error.message
        record["late"] = time.monotonic() - ticket.deadline
        say(record)
        # Whoever was sent away comes back after a while, as a client would.
        await asyncio.sleep(0.0 if "sent" in record else draw.uniform(0.05, 0.3))


async def tell(budget: Budget) -> None:
    """How things stand, every now and then."""
    while True:
        state = await budget.state()
        say({"at": time.monotonic(), "degraded": state.degraded, "points": state.points_remaining})
        await asyncio.sleep(0.2)


def say(record: dict[str, object]) -> None:
    """One line, at once: the test looks on while we work."""
    sys.stdout.write(json.dumps(record) + "\n")
    sys.stdout.flush()


async def main(url: str, seed: int) -> None:
    """Hammer one account until standard input ends."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), stop.set)
    clock = SystemClock()
    link = RedisLink(url, clock)
    await link.start()
    budget = shared_budget(link, LIMITS, clock, timing=TIMING)
    await budget.start()
    telling = asyncio.create_task(tell(budget))
    async with asyncio.TaskGroup() as group:
        for caller in range(CALLERS):
            group.create_task(want(budget, stop, seed * CALLERS + caller))
    telling.cancel()
    await budget.aclose()
    await link.aclose()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
