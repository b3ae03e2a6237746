"""The small store: the same promises in memory and in Redis, and what a bad Redis must not cost."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from gateway.redis_link import LinkTiming, RedisLink
from gateway.store import MemoryStore, SharedStore, open_store
from providers.clock import ManualClock, SystemClock
from providers.upstream import KeyValueStore
from tests.pipelines import PATIENT, WARY, eventually
from tests.valkey import ValkeyServer, valkey  # noqa: F401 - a fixture


@contextlib.asynccontextmanager
async def linked(server: ValkeyServer, timing: LinkTiming = PATIENT) -> AsyncIterator[RedisLink]:
    link = RedisLink(server.url, SystemClock(), timing=timing)
    await link.start()
    yield link
    await link.aclose()


@pytest.fixture
async def link(valkey: ValkeyServer) -> AsyncIterator[RedisLink]:  # noqa: F811
    async with linked(valkey) as one:
        yield one


@pytest.fixture(params=["memory", "redis"])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[KeyValueStore]:
    if request.param == "memory":
        yield open_store(None, SystemClock())
        return
    async with linked(request.getfixturevalue("valkey")) as one:
        yield open_store(one, SystemClock())


async def test_values(store: KeyValueStore) -> None:
    """A value is there until it is replaced, deleted, or its time is over."""
    assert await store.get("token") is None
    await store.set("token", b"one")
    await store.set("token", b"two")
    assert await store.get("token") == b"two"
    await store.set("short", b"lived", ttl_seconds=30.0)
    assert await store.get("short") == b"lived"
    await store.set("short", b"lived", ttl_seconds=0.05)
    await asyncio.sleep(0.08)
    assert await store.get("short") is None
    await store.delete("token")
    await store.delete("never was")
    assert await store.get("token") is None
    await store.set("empty", b"")
    assert await store.get("empty") == b""


async def test_leases(store: KeyValueStore) -> None:
    """A lease has one holder, who may renew it; it can be given back by that holder only, and runs out."""
    assert await store.acquire("login", "one", 30.0)
    assert not await store.acquire("login", "other", 30.0)
    assert await store.acquire("login", "one", 30.0)
    await store.release("login", "other")
    assert not await store.acquire("login", "other", 30.0)
    await store.release("login", "one")
    assert await store.acquire("login", "other", 0.05)
    await asyncio.sleep(0.08)
    assert await store.acquire("login", "one", 30.0)


async def test_time_is_the_clocks() -> None:
    """In memory, values run out by the injected clock."""
    clock = ManualClock()
    store = MemoryStore(clock)
    await store.set("token", b"x", ttl_seconds=3600.0)
    await clock.advance(3599)
    assert await store.get("token") == b"x"
    await clock.advance(1)
    assert await store.get("token") is None


async def test_shared(link: RedisLink) -> None:
    """What one process writes or deletes, another sees."""
    one, other = SharedStore(link, SystemClock()), SharedStore(link, SystemClock())
    await one.set("token", b"x")
    assert await other.get("token") == b"x"
    await one.delete("token")
    assert await other.get("token") is None
    await one.set("token", b"y", ttl_seconds=30.0)
    assert await other.get("token") == b"y"
    assert await one.acquire("login", "a", 9.0)
    assert not await other.acquire("login", "b", 9.0)


async def test_redis_away(valkey: ValkeyServer) -> None:  # noqa: F811
    """While Redis is away a process goes by what it knows; what it wrote meanwhile is shared afterwards."""
    async with linked(valkey, WARY) as link:
        one, other = SharedStore(link, SystemClock()), SharedStore(link, SystemClock())
        await one.set("token", b"before")
        await one.set("gone", b"before")
        assert await other.get("gone") == b"before"
        valkey.freeze()
        assert await one.get("token") == b"before"
        await one.set("token", b"meanwhile")
        await one.delete("gone")
        assert (await one.get("token"), await one.get("gone")) == (b"meanwhile", None)
        assert await one.acquire("login", "a", 9.0)
        assert not await one.acquire("login", "b", 9.0)
        await one.release("login", "a")
        valkey.thaw()
        await eventually(lambda: link.up)
        assert await one.get("token") == b"meanwhile"
        assert await other.get("token") == b"meanwhile"
        assert await one.get("gone") is None
        assert await other.get("gone") is None


async def test_an_empty_redis_is_filled_again(link: RedisLink, valkey: ValkeyServer) -> None:  # noqa: F811
    """A Redis that lost everything gets back what a process still knows, and a deletion stays one."""
    one, other = SharedStore(link, SystemClock()), SharedStore(link, SystemClock())
    await one.set("token", b"x", ttl_seconds=60.0)
    await one.set("deleted", b"x")
    assert await other.get("deleted") == b"x"
    await one.delete("deleted")
    assert await other.get("deleted") is None
    valkey.wipe()
    assert await other.get("token") is None
    assert await one.get("token") == b"x"
    assert await other.get("token") == b"x"
    assert await other.get("deleted") is None
    with valkey.client() as client:
        assert 0 < client.pttl(f"{link.prefix}store:token") <= 60_000
