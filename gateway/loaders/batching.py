"""
Many small needs of one request turned into the fewest calls.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from functools import partial
from typing import Generic, TypeVar

import structlog
from strawberry.dataloader import DataLoader

from providers.errors import ProviderError, Unavailable, UpstreamTimeout

K = TypeVar("K")
G = TypeVar("G", bound=Hashable)
T = TypeVar("T")

log = structlog.get_logger(__name__)

_GRACE_SECONDS = 0.25
"""A provider keeps its own deadline and says more about a failure than we can, so it gets the first word."""

_NOT_THE_PROVIDERS = (GeneratorExit, KeyboardInterrupt, SystemExit)


class GroupLoader(Generic[K, G, T]):
    """
    One `fetch` for all keys of a group that are asked for side by side; equal keys are answered once.

    Each group has a DataLoader of its own, because one DataLoader answers all its keys together: a slow
    supplier would hold up the answers of the others.

    Args:
        group: What keys have in common that one call can answer.
        fetch: Answers a group for these of its keys. Whatever it raises, each of them raises.
    """

    def __init__(self, group: Callable[[K], G], fetch: Callable[[G, list[K]], Awaitable[T]]) -> None:
        self._group = group
        self._fetch = fetch
        self._loaders: dict[G, DataLoader[K, T]] = {}

    def load(self, key: K) -> Awaitable[T]:
        """The answer for a key."""
        group = self._group(key)
        loader = self._loaders.get(group)
        if loader is None:
            loader = self._loaders[group] = DataLoader(partial(self._answer, group))
        return loader.load(key)

    async def _answer(self, group: G, keys: list[K]) -> list[T | BaseException]:
        answer: T | BaseException
        try:
            answer = await self._fetch(group, keys)
        except BaseException as error:  # noqa: BLE001 - raised again by every key
            # A DataLoader itself passes on an Exception only: whoever waits would do so for ever.
            answer = error
        return [answer] * len(keys)


async def bounded(provider: str, operation: str, seconds: float, asked: Awaitable[T]) -> T:
    """
    Await a provider's answer, for `seconds` at the most and with nothing but a `ProviderError` as failure.

    Providers come from other people's packages too: one that hangs or breaks must cost the others nothing.
    """
    try:
        async with asyncio.timeout(max(0.0, seconds) + _GRACE_SECONDS):
            return await asked
    except TimeoutError as error:
        raise UpstreamTimeout(
            f"{provider} did not answer in time; try again shortly.",
            retry_after=1.0,
            provider=provider,
            operation=operation,
        ) from error
    except ProviderError:
        raise
    except BaseException as error:
        if isinstance(error, _NOT_THE_PROVIDERS) or _is_being_cancelled(error):
            raise
        log.exception("provider.broken", provider=provider, operation=operation)
        raise Unavailable(
            f"{provider} could not be read because of a fault in its adapter; the gateway's log has the "
            f"details.",
            provider=provider,
            operation=operation,
        ) from error


def _is_being_cancelled(error: BaseException) -> bool:
    """
    Whether it is we who are to stop. A provider may have waited for something of its own that was cancelled.
    """
    task = asyncio.current_task()
    return isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling() > 0
