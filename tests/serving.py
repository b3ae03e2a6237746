"""The gateway as a real process behind a real socket, for tests that look at it from outside."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[1]
_START_SECONDS = 60
_STOP_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Served:
    """A running gateway."""

    url: str
    """Its address, without a slash at the end."""
    process: subprocess.Popen[bytes]
    log_file: Path

    def events(self) -> list[dict[str, Any]]:
        """What it has logged so far."""
        return [json.loads(line) for line in self.log_text().splitlines() if line.startswith("{")]

    def log_text(self) -> str:
        """Everything it has written to standard error so far."""
        return self.log_file.read_text(encoding="utf-8")

    def stop(self) -> int:
        """Ask it to finish, and return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(_STOP_SECONDS)


def own_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The given variables, over this machine's less those that would configure a gateway or its suppliers."""
    ours = ("GATEWAY_", "CJ_", "REDIS_URL", "DATABASE_URL")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)} | dict(
        environment
    )


@contextlib.contextmanager
def serve_gateway(environment: Mapping[str, str]) -> Iterator[Served]:
    """
    Run `python -m gateway serve` with these variables until the block is left.

    It takes a free port unless told one, logs JSON, and finds no `.env`. Raises AssertionError with what it
    wrote when it does not come up.
    """
    with tempfile.TemporaryDirectory() as folder:
        log_file = Path(folder) / "log"
        given = {"GATEWAY_PORT": "0", "GATEWAY_LOG_FORMAT": "json", "PYTHONPATH": str(ROOT), **environment}
        with log_file.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "gateway", "serve"],
                cwd=folder,
                env=own_environment(given),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        try:
            yield _once_it_answers(process, log_file)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(_STOP_SECONDS)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


def _once_it_answers(process: subprocess.Popen[bytes], log_file: Path) -> Served:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        served = Served(_address(log_file), process, log_file)
        if served.url:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{served.url}/healthz", trust_env=False).is_success:
                    return served
        time.sleep(0.05)
    raise AssertionError(f"the gateway did not come up:\n{log_file.read_text(encoding='utf-8')}")


def _address(log_file: Path) -> str:
    for line in log_file.read_text(encoding="utf-8").splitlines():
        with contextlib.suppress(ValueError, TypeError, KeyError):
            event = json.loads(line)
            if event["event"] == "gateway.starting":
                return str(event["endpoint"]).partition("/graphql")[0]
    return ""
