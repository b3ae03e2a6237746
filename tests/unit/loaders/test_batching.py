"""Whoever waits for a loader gets an answer or an error, whatever a provider raises; and can be cancelled."""

import asyncio
from collections.abc import Awaitable

import pytest

from gateway.loaders.batching import GroupLoader, bounded
from providers.errors import NotFound, ProviderError, Unavailable, UpstreamTimeout


async def raises(error: BaseException) -> str:
    await asyncio.sleep(0)
    raise error


async def hangs() -> str:
    await asyncio.Event().wait()
    return ""


def within(asked: Awaitable[str], seconds: float = 60.0) -> Awaitable[str]:
    return bounded("shop", "product", seconds, asked)


@pytest.mark.parametrize(
    ("raised", "becomes"),
    [
        (NotFound("Not here."), NotFound),
        (ValueError("secret"), Unavailable),
        (asyncio.CancelledError(), Unavailable),
        (BaseExceptionGroup("several", [asyncio.CancelledError()]), Unavailable),
        (TimeoutError(), UpstreamTimeout),
    ],
)
async def test_only_provider_errors_come_out(raised: BaseException, becomes: type[ProviderError]) -> None:
    """Whatever a provider raises comes out as a ProviderError, its own ones as they are."""
    with pytest.raises(becomes) as failure:
        await within(raises(raised))
    assert "secret" not in failure.value.message


async def test_who_hangs_is_left() -> None:
    """Past its time a provider is not waited for."""
    with pytest.raises(UpstreamTimeout):
        await within(hangs(), seconds=0)


async def test_a_caller_can_stop() -> None:
    """Whoever is cancelled while waiting is cancelled, and not told that the supplier is unavailable."""
    waiting = asyncio.ensure_future(within(hangs()))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert waiting.cancelled()


async def test_the_process_can_stop() -> None:
    """What ends the process is no fault of a provider, and goes through."""
    with pytest.raises(GeneratorExit):
        await within(raises(GeneratorExit()))


@pytest.mark.parametrize("error", [ValueError(), asyncio.CancelledError(), BaseException("odd")])
async def test_every_key_is_answered(error: BaseException) -> None:
    """All keys of a group raise what its question raised, also what is no Exception."""

    async def fetch(group: str, keys: list[str]) -> str:
        del group, keys
        return await raises(error)

    loader: GroupLoader[str, str, str] = GroupLoader(lambda key: key[:1], fetch)
    async with asyncio.timeout(30):
        found = await asyncio.gather(loader.load("a1"), loader.load("a2"), return_exceptions=True)
    assert [type(each) for each in found] == [type(error)] * 2
