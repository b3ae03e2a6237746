"""One Redis and its moods, against a real server that is killed, frozen and filled."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
import redis.asyncio
from redis.exceptions import ResponseError

from gateway.redis_link import RedisGone, RedisLink
from providers.clock import SystemClock
from tests.pipelines import WARY, eventually
from tests.valkey import ValkeyServer, valkey  # noqa: F401 - a fixture

Trouble = Callable[[ValkeyServer], None]


async def ping(client: redis.asyncio.Redis) -> bool:
    return bool(await client.set("greeting", "hello"))


@pytest.fixture
async def link(valkey: ValkeyServer) -> AsyncIterator[RedisLink]:  # noqa: F811 - the fixture of that name
    link = RedisLink(valkey.url, SystemClock(), timing=WARY)
    await link.start()
    yield link
    await link.aclose()


async def test_answers(link: RedisLink) -> None:
    """A Redis that is there is used."""
    assert await link.run(ping)
    assert link.up


@pytest.mark.parametrize(
    ("fail", "repair"),
    [
        (ValkeyServer.kill, ValkeyServer.start),
        (ValkeyServer.freeze, ValkeyServer.thaw),
        (ValkeyServer.fill, ValkeyServer.relieve),
    ],
    ids=["killed", "frozen", "full"],
)
async def test_goes_and_comes_back(
    link: RedisLink,
    valkey: ValkeyServer,  # noqa: F811
    fail: Trouble,
    repair: Trouble,
) -> None:
    """Killed, frozen or full, Redis is gone for everyone at once, and used again when it is well."""
    heard: list[bool] = []
    link.on_change(heard.append)
    fail(valkey)
    with pytest.raises(RedisGone):
        await link.run(ping)
    assert not link.up

    async def never(client: redis.asyncio.Redis) -> None:
        raise AssertionError("nobody waits for a Redis that is known to be away")

    with pytest.raises(RedisGone):
        await link.run(never)
    await asyncio.sleep(0.8)
    assert not link.up
    repair(valkey)
    await eventually(lambda: link.up)
    assert await link.run(ping)
    assert heard == [False, True]


async def test_starts_without_redis(valkey: ValkeyServer) -> None:  # noqa: F811
    """A Redis that is away at the start is found when it comes."""
    valkey.kill()
    link = RedisLink(valkey.url, SystemClock(), timing=WARY)
    await link.start()
    assert not link.up
    valkey.start()
    await eventually(lambda: link.up)
    await link.aclose()


async def test_own_mistakes_are_raised(link: RedisLink) -> None:
    """A wrong command is our mistake and does not make Redis look away."""

    async def wrong(client: redis.asyncio.Redis) -> None:
        await client.set("text", "a")
        await client.lpush("text", "b")

    with pytest.raises(ResponseError):
        await link.run(wrong)
    assert link.up


async def test_listening_ends(link: RedisLink, valkey: ValkeyServer) -> None:  # noqa: F811
    """Whoever stops listening hears no more."""
    heard: list[bool] = []
    link.on_change(heard.append)()
    valkey.kill()
    with pytest.raises(RedisGone):
        await link.run(ping)
    assert heard == []


async def test_cancellation_is_never_lost(link: RedisLink) -> None:
    """A caller that is cancelled at any step of a command is cancelled, and the link stays of use."""
    for steps in range(12):
        task = asyncio.create_task(link.run(ping))
        for _ in range(steps):
            await asyncio.sleep(0)
        if task.done():
            break
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert link.up
    assert await link.run(ping)


async def test_slow_use_is_cut_off(link: RedisLink) -> None:
    """A command that does not answer in time is given up long before a caller's patience ends."""

    async def block(client: redis.asyncio.Redis) -> None:
        await client.blpop(["nothing"], timeout=30)

    with pytest.raises(RedisGone):  # else it would come back with nothing, half a minute later
        await link.run(block)
