"""The CJ adapter with nothing between it and whatever answers in CJ's place."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from providers import cj
from providers.cj.provider import CJProvider
from providers.clock import Clock, SystemClock
from providers.contract.support import ask_for, provider_context
from providers.port import ASGIApp
from providers.upstream import Ask, Fact, KeyValueStore


@asynccontextmanager
async def adapter(
    *,
    app: ASGIApp | None = None,
    environment: Mapping[str, str] | None = None,
    clock: Clock | None = None,
    store: KeyValueStore | None = None,
) -> AsyncIterator[CJProvider]:
    """
    The adapter as `build` makes it; with `app`, whatever would answer is replaced by that application.

    `store` is shared by adapters that stand for processes of one gateway.
    """
    async with provider_context(environment, clock=clock, store=store, answering=app) as context:
        provider = cj.build(context)
        try:
            yield provider
        finally:
            await provider.close()


def asking(*facts: Fact, clock: Clock | None = None, seconds: float = 30.0) -> Ask:
    """How a test asks: for everything unless told otherwise."""
    return ask_for(clock or SystemClock(), *facts, seconds=seconds)
