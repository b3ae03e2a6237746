"""
Real processes over one real Valkey, and what becomes of the supplier's rule when either of them fails.

One crew goes through all of it: starting interpreters is most of the time, and a second outage is worth
more than a first one. Every test looks at all calls since the beginning.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from tests.e2e.budget_worker import LIMITS, TIMING
from tests.valkey import ValkeyServer, running_valkey

ROOT = Path(__file__).parents[2]
PROCESSES = 4
PATIENCE = 60.0
"""Seconds in which whatever is to come has come, even on a machine that is busy elsewhere."""
STRICT = 1 / LIMITS.rates[0].per_second
LATE = 10.0
"""Seconds past its deadline after which a caller was forgotten and not only held up by a busy machine."""


class Crew:
    """Some workers under way; each writes to a file of its own what it sends and how it sees things."""

    def __init__(self, url: str, directory: Path) -> None:
        self.workers: list[subprocess.Popen[bytes]] = []
        self._url = url
        self._directory = directory

    def start(self, count: int) -> None:
        """Start so many more, and wait until all are at work."""
        for number in range(len(self.workers), len(self.workers) + count):
            with self._file(number).open("wb") as out:
                self.workers.append(
                    subprocess.Popen(  # noqa: S603 - our own module
                        [sys.executable, "-m", "tests.e2e.budget_worker", self._url, str(number)],
                        cwd=ROOT,
                        stdin=subprocess.PIPE,
                        stdout=out,
                    )
                )
        wait_for(lambda: all(self.records(number) for number in range(len(self.workers))))

    def stop(self, number: int) -> None:
        """Let one come to its end."""
        stdin = self.workers[number].stdin
        assert stdin is not None
        stdin.close()
        self.workers[number].wait(PATIENCE)

    def close(self) -> None:
        """End whatever still runs."""
        for worker in self.workers:
            worker.kill()
            worker.wait()
            if worker.stdin is not None:
                worker.stdin.close()

    def records(self, number: int) -> list[dict[str, Any]]:
        """All that one worker wrote so far."""
        lines = self._file(number).read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines if line.endswith("}")]

    @property
    def everything(self) -> list[dict[str, Any]]:
        """All that all wrote so far."""
        return [record for number in range(len(self.workers)) for record in self.records(number)]

    @property
    def sent(self) -> list[float]:
        """When calls left, in order."""
        return sorted(record["sent"] for record in self.everything if "sent" in record)

    def sent_between(self, begin: float, end: float) -> int:
        """How many calls left from one instant to another."""
        return sum(begin <= at < end for at in self.sent)

    def go_on(self, calls: int) -> None:
        """Let them work until so many more calls have left."""
        wanted = len(self.sent) + calls
        wait_for(lambda: len(self.sent) >= wanted)

    def usual_distance(self, since: float) -> float:
        """Seconds from one call to the next, more often than not."""
        return median(later - earlier for earlier, later in pairwise(at for at in self.sent if at >= since))

    def are_degraded(self) -> set[bool]:
        """Whether the living workers think that Redis is away."""
        return {view["degraded"] for view in self.views()}

    def views(self) -> list[dict[str, Any]]:
        """How each living worker sees things now."""
        alive = [number for number, worker in enumerate(self.workers) if worker.poll() is None]
        return [[record for record in self.records(number) if "at" in record][-1] for number in alive]

    def assert_kept_the_rule(self) -> None:
        """No two calls closer than the supplier allows; nobody kept waiting much past its deadline."""
        sent = self.sent
        closest, at = min((later - earlier, later - sent[0]) for earlier, later in pairwise(sent))
        assert closest >= STRICT, f"two calls {closest:.3f} s apart, {at:.2f} s after the first"
        assert max(record["late"] for record in self.everything if "late" in record) < LATE

    def assert_together(self) -> None:
        """Everyone works with Redis again, and calls leave."""
        wait_for(lambda: self.are_degraded() == {False})
        self.go_on(4)
        self.assert_kept_the_rule()

    def _file(self, number: int) -> Path:
        return self._directory / f"{number}.jsonl"


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it does not come to pass"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def server() -> Iterator[ValkeyServer]:
    with running_valkey() as server:
        yield server


@pytest.fixture(scope="module")
def hired(server: ValkeyServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crew]:
    crew = Crew(server.url, tmp_path_factory.mktemp("crew"))
    try:
        crew.start(PROCESSES)
        yield crew
    finally:
        crew.close()


@pytest.fixture
def crew(hired: Crew) -> Crew:
    """The crew at work, all together."""
    wait_for(lambda: hired.are_degraded() == {False})
    return hired


Trouble = Callable[[ValkeyServer], None]
OUTAGES: dict[str, tuple[Trouble, Trouble]] = {
    "killed": (ValkeyServer.kill, ValkeyServer.start),
    "frozen": (ValkeyServer.freeze, ValkeyServer.thaw),
    "full": (ValkeyServer.fill, ValkeyServer.relieve),
}


def test_calm(crew: Crew) -> None:
    """Four processes share one account's rate without coming too close, and use nearly all of it."""
    begun = time.monotonic()
    crew.go_on(12)
    crew.assert_together()
    # The margin takes a ninth of the rate; a busy machine loses a slot now and then.
    assert crew.usual_distance(since=begun) < 1.3 * STRICT
    spent = LIMITS.allowance.per_day - min(view["points"] for view in crew.views()) if LIMITS.allowance else 0
    assert spent == pytest.approx(len(crew.sent), abs=10)  # they look every 0.2 s


@pytest.mark.parametrize("name", OUTAGES)
def test_redis_outage(name: str, crew: Crew, server: ValkeyServer) -> None:
    """Without Redis calls go on in each process's own windows; with it back, all go together again."""
    fail, repair = OUTAGES[name]
    fail(server)
    wait_for(lambda: crew.are_degraded() == {True})
    crew.go_on(6)
    assert crew.are_degraded() == {True}
    repair(server)
    crew.assert_together()


def test_redis_hiccups(crew: Crew, server: ValkeyServer) -> None:
    """A Redis that stands still for a moment, even just as processes begin to act alone, costs only time."""
    for length in (0.1, 0.6, 1.1, 1.4, 1.7):
        server.freeze()
        time.sleep(length)
        server.thaw()
        time.sleep(0.4)
    crew.assert_together()


def test_redis_wiped(crew: Crew, server: ValkeyServer) -> None:
    """A Redis that forgets everything is trusted again only after a pause, and is told the points."""
    points = min(view["points"] for view in crew.views())
    before = time.monotonic()
    server.wipe()
    wiped = time.monotonic()
    crew.assert_together()
    wait_for(lambda: crew.sent[-1] > wiped + TIMING.hold)
    crew.assert_together()
    # What had its permit already may leave a moment later.
    assert crew.sent_between(wiped + 0.5, before + TIMING.hold) == 0
    assert min(view["points"] for view in crew.views()) < points + 10


def test_process_frozen(crew: Crew) -> None:
    """A process that stands still for a while sends nothing on an old permit when it goes on."""
    for pause in (0.05, 0.2, 0.4, 1.0, 2.0):
        os.kill(crew.workers[0].pid, signal.SIGSTOP)
        time.sleep(pause)
        os.kill(crew.workers[0].pid, signal.SIGCONT)
        time.sleep(0.3)
    crew.assert_together()


def test_process_killed(crew: Crew) -> None:
    """A process that dies with calls in the queue holds the others up for a moment only."""
    crew.start(1)
    crew.workers[-1].kill()
    killed = time.monotonic()
    crew.go_on(12)
    crew.assert_together()
    assert crew.usual_distance(since=killed) < 1.3 * STRICT


def test_process_joins(crew: Crew, server: ValkeyServer) -> None:
    """A process that joins just before Redis dies claims no window that others believe to be theirs."""
    crew.start(1)
    server.kill()
    wait_for(lambda: crew.are_degraded() == {True})
    crew.go_on(6)
    server.start()
    crew.assert_together()
    crew.stop(len(crew.workers) - 1)
