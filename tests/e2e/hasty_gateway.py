"""
Gateways as processes that begin at once, may be killed as often as a test likes, and are over doubts soon.

A hasty one believes that a lost answer is lost after seconds instead of a minute, so that a test that kills
it many times comes to an end. All that must be longer than something else still is: `creation` and `payment`
outlast `leaving`, CJ's timeout (`CJ_TIMEOUT_SECONDS`), and how far the simulator is behind itself.
"""

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Final

import httpx
import uvicorn

from gateway import log, settings
from gateway.app import create_app
from gateway.orders.means import Patience
from tests.e2e.customers import Customers, customers
from tests.forks import FORKS
from tests.serving import own_environment
from tests.valkey import free_port

TIMEOUT_SECONDS: Final = 0.8
HASTY: Final = Patience(
    lease=1.5,
    leaving=1.0,
    creation=2.5,
    payment=3.0,
    refusal=1.0,
    spent=5.0,
    looks=(0.0, 0.2, 0.5),
    poll=0.1,
    idle=0.3,
    closing=2.0,
)
_UP_SECONDS = 60.0


@dataclass(slots=True)
class Mortal:
    """A gateway that lives at one address again and again."""

    environment: Mapping[str, str]
    log_file: Path
    patience: Patience | None = None
    """None: the usual one."""
    port: int = field(default_factory=free_port)
    process: ForkServerProcess | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Begin a life; it answers a little later."""
        more = {"GATEWAY_PORT": str(self.port), "GATEWAY_LOG_FORMAT": "json"}
        given = own_environment({**more, **self.environment})
        self.process = FORKS.Process(target=_serve, args=(given, self.log_file, self.patience))
        self.process.start()

    async def is_up(self) -> None:
        """Wait until it answers."""
        end = time.monotonic() + _UP_SECONDS
        async with httpx.AsyncClient(trust_env=False) as client:
            while True:
                assert self.process is not None
                assert self.process.is_alive(), self.log_file.read_text()
                assert time.monotonic() < end, self.log_file.read_text()
                try:
                    await client.get(f"{self.url}/healthz")
                except httpx.TransportError:
                    await asyncio.sleep(0.02)
                else:
                    return

    def kill(self) -> None:
        """SIGKILL: nothing of it is told, and nothing of it runs on."""
        if self.process is not None:
            self.process.kill()
            self.process.join()


def hasty(environment: Mapping[str, str], log_file: Path) -> Mortal:
    """One that is over its doubts soon."""
    return Mortal({"CJ_TIMEOUT_SECONDS": str(TIMEOUT_SECONDS), **environment}, log_file, HASTY)


@contextlib.asynccontextmanager
async def several(
    count: int, environment: Mapping[str, str], log_file: Path
) -> AsyncIterator[list[Customers]]:
    """The customers of so many gateways with the usual patience, one after the other."""
    gateways = [Mortal(environment, log_file) for _ in range(count)]
    try:
        for gateway in gateways:
            gateway.start()
        async with contextlib.AsyncExitStack() as stack:
            for gateway in gateways:
                await gateway.is_up()
            yield [await stack.enter_async_context(customers(gateway.url)) for gateway in gateways]
    finally:
        for gateway in gateways:
            gateway.kill()


def _serve(environment: Mapping[str, str], log_file: Path, patience: Patience | None) -> None:
    """Serve, configured by these variables."""
    os.environ.clear()
    os.environ.update(environment)
    output = os.open(log_file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(output, 1)
    os.dup2(output, 2)
    own = settings.load(env_file=None)
    log.configure(own.log_format, own.log_level)
    app = create_app(own, patience=patience)
    uvicorn.run(app, host=own.host, port=own.port, log_config=None, access_log=False)
