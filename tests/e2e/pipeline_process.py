"""
One gateway process as far as the pipeline goes: real budget, real Redis, real HTTP.

Run by the test beside it. Reads one JSON list of product numbers per line, fetches them all at once, and
prints what came of it as one line.
"""

import asyncio
import json
import sys
from collections import Counter
from typing import Any

from gateway.redis_link import LinkTiming, RedisLink
from gateway.upstream import pipeline
from gateway.upstream.budget.fallback import shared_budget
from gateway.upstream.http import open_http
from gateway.upstream.levels import Memory
from providers.clock import SystemClock
from providers.errors import ProviderError, RateLimited, Unavailable
from providers.upstream import Ask, Call, Limits, Rate, Reply
from tests.pipelines import DECLARATION, product


async def main(
    redis_url: str, supplier_url: str, *, per_second: float, within: float, timing: LinkTiming
) -> None:
    """Serve until the input ends."""
    clock = SystemClock()
    link = RedisLink(redis_url, clock, timing=timing)
    limits = Limits("acme-1", rates=(Rate("account", per_second),))

    async with open_http(supplier_url) as client:

        async def exchange(call: Call[Any]) -> Reply:
            try:
                answer = await client.request(call.method, call.path, params=dict(call.query))
            except OSError as error:
                raise Unavailable("cannot be reached") from error
            if answer.status_code == 429:
                raise RateLimited("too fast")
            return Reply(answer.json())

        await link.start()
        one = pipeline(
            exchange,
            DECLARATION,
            budget=shared_budget(link, limits, clock, provider="acme"),
            clock=clock,
            memory=Memory(),
            link=link,
        )
        await one.start()
        reply("ready")
        while line := await asyncio.to_thread(sys.stdin.readline):
            asks = [(number, Ask(clock.monotonic() + within)) for number in json.loads(line)]
            served = await asyncio.gather(
                *(one.fetch(product(number), ask) for number, ask in asks), return_exceptions=True
            )
            failures = [failure for failure in served if isinstance(failure, BaseException)]
            for failure in failures:
                if not isinstance(failure, ProviderError):
                    raise failure
            usages = [ask.meter.of("acme") for _, ask in asks]
            reply(
                {
                    "sources": Counter(
                        one.source.value for one in served if not isinstance(one, BaseException)
                    ),
                    "failures": [str(failure) for failure in failures],
                    "calls": sum(usage.calls for usage in usages),
                    "coalesced": sum(usage.coalesced for usage in usages),
                    "refusals": one.totals.refusals,
                }
            )
        await one.aclose()
        await link.aclose()


def reply(what: Any) -> None:
    """One line to whoever started this."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    import structlog

    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    per_second, within, answer, lease = map(float, sys.argv[3:])
    timing = LinkTiming(answer=answer, lease=lease)
    asyncio.run(main(*sys.argv[1:3], per_second=per_second, within=within, timing=timing))
