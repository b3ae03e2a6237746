"""The gateway as processes that are started together, killed, and stopped, and what they write meanwhile."""

import asyncio
import contextlib
import os
import re
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.fleet import ATTEMPTS, ServedSimulator, client_of, gone, serve_simulator, until
from tests.machine import refuse_or_skip
from tests.serving import Served, serve_gateway
from tests.valkey import ValkeyServer, running_valkey

SEARCH = """query ($words: String) {
  products(search: {query: $words, suppliers: ["cj"]}, first: 50) {
    nodes { title price { min { amount } } } outcomes { status message }
  }
}"""
RATE = "6"
DIGITS = "5ec2e7" * 5 + "00"
KEY = f"CJ4711@api@{DIGITS}"
"""Of the form that CJ's keys have."""


@pytest.fixture(scope="module")
def valkey() -> Iterator[ValkeyServer]:
    with running_valkey() as server:
        yield server


@pytest.fixture(scope="module")
def cj() -> Iterator[ServedSimulator]:
    with serve_simulator("--requests-per-second", RATE) as simulator:
        yield simulator


def forget(valkey: ValkeyServer, cj: ServedSimulator) -> None:
    """Let nobody remember anything."""
    valkey.wipe()
    httpx.post(f"{cj.url}/_simulator/reset", json={"tokens": True}).raise_for_status()
    cj.forget()


@pytest.fixture
def given(valkey: ValkeyServer, cj: ServedSimulator) -> dict[str, str]:
    """What a gateway over these two is started with; nobody remembers anything."""
    forget(valkey, cj)
    return {
        "CJ_BASE_URL": cj.url,
        "CJ_REQUESTS_PER_SECOND": RATE,
        "CJ_API_KEY": KEY,
        "REDIS_URL": valkey.url,
        "GATEWAY_SEARCH_DEADLINE_SECONDS": "30",
    }


async def search(client: httpx.AsyncClient, gateway: Served, words: str) -> dict[str, Any]:
    answer = await client.post(
        f"{gateway.url}/graphql", json={"query": SEARCH, "variables": {"words": words}}
    )
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["data"]["products"]
    return found


async def ask_all(gateways: list[Served]) -> list[dict[str, Any]]:
    async with client_of() as client:
        asked = [search(client, gateway, words) for gateway in gateways for words in ("bag", "mat")]
        return await asyncio.gather(*asked)


def test_three_cold_starts_at_once(given: dict[str, str], cj: ServedSimulator, valkey: ValkeyServer) -> None:
    """Three gateways that start at the same moment and are asked at once log in once among them."""
    for _ in range(ATTEMPTS):
        forget(valkey, cj)
        with contextlib.ExitStack() as stack, ThreadPoolExecutor(3) as pool:
            starting = [pool.submit(stack.enter_context, serve_gateway(given)) for _ in range(3)]
            gateways = [future.result() for future in starting]
            found = asyncio.run(ask_all(gateways))
            assert all(each["nodes"] for each in found)
            if not gone(gateways):
                break
    assert cj.spent() == (2, 100)
    assert [call["path"] for call in cj.received("/authentication/")] == ["/authentication/getAccessToken"]
    assert cj.refusals() == []


async def test_whoever_logs_in_may_die(given: dict[str, str], cj: ServedSimulator) -> None:
    """When the process that logs in for all is killed, another does it before its clients give up."""
    cj.fault("hang", "/authentication/*", times=1)
    with serve_gateway(given) as doomed:
        await until(cj.struck)
        doomed.process.kill()
    with serve_gateway(given) as gateway:
        async with client_of() as client:
            found = await search(client, gateway, "kettle")
    cj.heal()
    assert found["outcomes"][0]["status"] == "OK", found


async def test_a_worker_is_killed(given: dict[str, str], cj: ServedSimulator) -> None:
    """A worker that dies costs the requests it held; others are answered meanwhile, and it is replaced."""
    with serve_gateway(given | {"GATEWAY_WORKERS": "2"}) as gateway:
        before = await workers(gateway, 2)
        answered = broken = 0
        over = asyncio.Event()

        async def ask(number: int) -> None:
            nonlocal answered, broken
            while not over.is_set():
                # A connection for each request, so that those after the death go to the living.
                async with client_of() as client:
                    try:
                        found = await search(client, gateway, f"towel {number % 3}")
                    except httpx.TransportError:
                        broken += 1
                    else:
                        assert found["outcomes"][0]["status"] == "OK", found
                        answered += 1
                await asyncio.sleep(0.1)

        async def murder() -> None:
            await until(lambda: answered > 50)
            os.kill(before[0], signal.SIGKILL)
            await until(lambda: before[0] not in workers_of(gateway.process.pid))
            then = answered
            await until(lambda: answered > then + 50)
            over.set()

        async with asyncio.TaskGroup() as group:
            for number in range(8):
                group.create_task(ask(number))
            group.create_task(murder())
        await workers(gateway, 2)
        assert broken <= 8
        assert cj.spent() == (3, 150)
        assert len(cj.received("/authentication/")) == 1
        assert await asyncio.to_thread(gateway.stop) == 0


async def workers(gateway: Served, count: int) -> list[int]:
    """The ids of its worker processes, once so many have come up."""
    await until(lambda: len(workers_of(gateway.process.pid)) == count)
    return workers_of(gateway.process.pid)


def workers_of(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    if not listed.exists():
        refuse_or_skip("this machine does not list a process's children: there is no /proc of Linux")
    # Beside the workers runs Python's tracker of shared resources; what has died has no command line.
    return [int(child) for child in listed.read_text().split() if "spawn_main" in command_of(child)]


def command_of(pid: str) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


@pytest.mark.parametrize("count", ["1", "2"])
async def test_stopped_under_load(given: dict[str, str], cj: ServedSimulator, count: str) -> None:
    """Told to stop while many requests are under way, the gateway answers them all and ends with success."""
    with serve_gateway(given | {"GATEWAY_WORKERS": count}) as gateway:
        async with client_of() as client:
            await search(client, gateway, "warm up")
            cj.fault("latency", "/product/listV2", params={"seconds": 1.5})
            asked = [asyncio.ensure_future(search(client, gateway, f"cup {n % 4}")) for n in range(40)]
            await until(lambda: cj.struck() >= 4)
            await asyncio.sleep(0.5)  # by now all have come in, and CJ takes a second more
            code = await asyncio.to_thread(gateway.stop)
            found = await asyncio.gather(*asked)
        cj.heal()
    assert code == 0
    assert {each["outcomes"][0]["status"] for each in found} == {"OK"}
    assert cj.refusals() == []


async def test_no_secret_is_written(given: dict[str, str], cj: ServedSimulator, valkey: ValkeyServer) -> None:
    """Neither key nor tokens are in a log line or an answer, even while debugging a CJ in trouble."""
    answers: list[Any] = []
    tokens: set[str] = set()
    debugging = {"GATEWAY_LOG_LEVEL": "debug", "GATEWAY_SEARCH_DEADLINE_SECONDS": "10"}
    with serve_gateway(given | debugging) as gateway:
        async with client_of() as client:
            for number, kind in enumerate(("latency", "revoke_token", "status", "truncated", "drop")):
                cj.fault(kind, "/product/listV2", times=2)
                answers.append(await search(client, gateway, f"shelf {number}"))
                tokens |= stored_tokens(valkey)
            cj.fault("error", "/authentication/*", params={"code": 1601000, "message": f"bad key {KEY}"})
            cj.fault("revoke_token", "/product/listV2", times=1)
            answers.append(await search(client, gateway, "hat"))
            answers.append((await client.get(f"{gateway.url}/readyz")).json())
        cj.heal()
        assert gateway.stop() == 0
        text = gateway.log_text() + str(answers)
    assert len(tokens) >= 2
    assert "cj.login_failed" in text
    for secret in (KEY, DIGITS, *tokens):
        assert secret not in text


def stored_tokens(valkey: ValkeyServer) -> set[str]:
    """The tokens that processes share, as they lie in Redis."""
    with valkey.client() as client:
        values = [client.get(name) for name in client.scan_iter("*:store:*pair")]
    return {token for value in values if value for token in re.findall(r"API@CJ[^\"]+", value.decode())}
