"""
Many small needs of one request turned into the fewest calls: equal needs share one, failures are values.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import TypeVar

import structlog

from providers.errors import ProviderError, Unavailable, UpstreamTimeout

K = TypeVar("K")
G = TypeVar("G", bound=Hashable)
T = TypeVar("T")

log = structlog.get_logger(__name__)

_GRACE_SECONDS = 0.25
"""A provider keeps its own deadline and says more about a failure than we can, so it gets the first word."""


async def load_groups(
    keys: Sequence[K], group: Callable[[K], G], fetch: Callable[[G, list[K]], Awaitable[T]]
) -> list[T | BaseException]:
    """
    Answer every key with one `fetch` per group, all groups at once, in the order of the keys.

    A group that fails gives its exception to each of its keys, as a DataLoader wants it.
    """
    groups: dict[G, list[K]] = {}
    for key in keys:
        groups.setdefault(group(key), []).append(key)
    answers = await asyncio.gather(
        *(fetch(name, members) for name, members in groups.items()), return_exceptions=True
    )
    by_group = dict(zip(groups, answers, strict=True))
    return [by_group[group(key)] for key in keys]


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
    except Exception as error:
        log.exception("provider.broken", provider=provider, operation=operation)
        raise Unavailable(
            f"{provider} could not be read because of a fault in its adapter; the gateway's log has the "
            f"details.",
            provider=provider,
            operation=operation,
        ) from error
