"""Several gateways over one ledger, one Valkey and one simulated CJ, each a process of its own."""

import asyncio
import contextlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx

from tests.serving import ROOT, Served, own_environment, serve_gateway
from tests.valkey import ValkeyServer, free_port, running_valkey

_START_SECONDS = 60.0
_PATIENCE_SECONDS = 60.0


def client_of() -> httpx.AsyncClient:
    """
    A client with room for all at once.

    It leaves idle connections well before a server closes them, which would break what is just being sent.
    """
    limits = httpx.Limits(max_connections=None, keepalive_expiry=1.0)
    return httpx.AsyncClient(timeout=60, trust_env=False, limits=limits)


async def until(is_so: Callable[[], object]) -> None:
    """Wait until something is so in other processes; the patience only ends a test that waits in vain."""
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while not is_so():  # noqa: ASYNC110 - other processes send us no events
            await asyncio.sleep(0.05)


@dataclass(frozen=True, slots=True)
class ServedSimulator:
    """A simulated CJ behind a real socket; what it received is asked of it from outside."""

    url: str
    process: subprocess.Popen[bytes]

    def ledger(self) -> dict[str, Any]:
        """What it has counted."""
        answer: dict[str, Any] = httpx.get(f"{self.url}/_simulator/ledger", params={"latest": 10_000}).json()
        return answer

    def forget(self) -> None:
        """Count from here on."""
        httpx.delete(f"{self.url}/_simulator/ledger").raise_for_status()

    def reset(self) -> None:
        """Begin anew: no orders, no faults, everything full."""
        httpx.post(f"{self.url}/_simulator/reset").raise_for_status()

    def received(self, path: str = "") -> list[dict[str, Any]]:
        """The calls on paths that contain these words."""
        calls: list[dict[str, Any]] = self.ledger()["latest"]
        return [call for call in calls if path in call["path"]]

    def spent(self) -> tuple[int, int]:
        """Calls and points so far, logins left out."""
        calls = [call for call in self.received() if "/authentication/" not in call["path"]]
        return len(calls), int(sum(call["points"] for call in calls))

    def refusals(self) -> list[dict[str, Any]]:
        """The calls that were too fast, or for which there were no points."""
        limits = {"account_rate", "ip_rate", "anonymous_rate", "batch_rate", "points"}
        return [call for call in self.received() if call["rule"] in limits]

    def fault(self, kind: str, path: str, **more: Any) -> None:
        """Put a fault in force."""
        httpx.post(
            f"{self.url}/_simulator/faults", json={"kind": kind, "path": path, **more}
        ).raise_for_status()

    def struck(self) -> int:
        """How often the faults in force have struck so far."""
        active = httpx.get(f"{self.url}/_simulator/faults").json()["active"]
        return sum(fault["struck"] for fault in active)

    def heal(self) -> None:
        """Lift all faults."""
        httpx.delete(f"{self.url}/_simulator/faults").raise_for_status()


@contextlib.contextmanager
def serve_simulator(*flags: str, port: int | None = None) -> Iterator[ServedSimulator]:
    """A simulated CJ with strict limits, until the block is left; at a free port unless told one."""
    port = port or free_port()
    command = [sys.executable, "-m", "providers.cj.simulator", "--port", str(port), *flags]
    process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own arguments
        command, cwd=ROOT, env=own_environment({}), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    served = ServedSimulator(f"http://127.0.0.1:{port}", process)
    try:
        end = time.monotonic() + _START_SECONDS
        while True:
            with contextlib.suppress(httpx.HTTPError):
                served.ledger()
                break
            assert process.poll() is None, "the simulator ended"
            assert time.monotonic() < end, "the simulator did not come up"
            time.sleep(0.05)
        yield served
    finally:
        if process.poll() is None:
            process.kill()  # it holds nothing, and might wait long for an answer that it lets hang
        process.wait(10)


ATTEMPTS = 3


def gone(gateways: Iterable[Served]) -> int:
    """
    How often a process has taken Redis for gone so far.

    It does when it stands still for a quarter of a second in the wrong moment, and then rightly asks by
    itself. What processes save together shows only while that does not happen, so such tests make several
    attempts.
    """
    return sum(event["event"] == "redis.gone" for gateway in gateways for event in gateway.events())


@dataclass(frozen=True, slots=True)
class Fleet:
    """Everything that runs."""

    gateways: tuple[Served, ...]
    simulator: ServedSimulator
    valkey: ValkeyServer


@contextlib.contextmanager
def fleet(
    count: int, *flags: str, rate: float = 6, environment: Mapping[str, str] | None = None
) -> Iterator[Fleet]:
    """So many gateways over one Valkey, one ledger, and one simulator that is as strict as they believe."""
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        valkey = stack.enter_context(running_valkey())
        simulator = stack.enter_context(serve_simulator("--requests-per-second", f"{rate:g}", *flags))
        given = {
            "CJ_BASE_URL": simulator.url,
            "CJ_REQUESTS_PER_SECOND": f"{rate:g}",
            "REDIS_URL": valkey.url,
            "DATABASE_URL": f"sqlite:///{folder}/ledger.db",
            **(environment or {}),
        }
        with ThreadPoolExecutor(count) as pool:
            starting = [pool.submit(stack.enter_context, serve_gateway(given)) for _ in range(count)]
        yield Fleet(tuple(started.result() for started in starting), simulator, valkey)
