"""What tests of tokens share: the calls that count, a key, and the pair behind it."""

import asyncio

from providers.cj.simulator.simulator import Simulator
from providers.clock import ManualClock

LOGIN, REFRESH, READ = (
    "/authentication/getAccessToken",
    "/authentication/refreshAccessToken",
    "/product/getCategory",
)
DEAD = "dead"
KEY = "CJ777@api@" + "0123456789abcdef" * 2


async def settle() -> None:
    for _ in range(200):
        await asyncio.sleep(0)


async def tokens_of(sim: Simulator, clock: ManualClock) -> tuple[str, str]:
    pair = sim.account(KEY).tokens.pair(clock.now(), sim.options)
    return pair.access, pair.refresh


def given(**values: str) -> dict[str, str]:
    return {
        "CJ_BASE_URL": "http://127.0.0.1:1",
        **{f"CJ_{name.upper()}": value for name, value in values.items()},
    }
