"""Several processes on one ledger, and processes that die."""

import asyncio
import contextlib
import random
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.orders.ledger import Ledger
from gateway.orders.queries import OrderFilter
from gateway.orders.state import Step
from gateway.storage.opening import open_database

ROOT = Path(__file__).parents[2]


@contextlib.asynccontextmanager
async def process(*arguments: str) -> AsyncIterator[Process]:
    started = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.storage.worker", *arguments, cwd=ROOT, stdin=PIPE, stdout=PIPE
    )
    try:
        yield started
    finally:
        with contextlib.suppress(ProcessLookupError):
            started.kill()
        await started.communicate()


async def said(worker: Process) -> list[str]:
    assert worker.stdout is not None
    return (await worker.stdout.readline()).decode().split()


async def test_one_key_over_several_processes_is_one_order(url: str) -> None:
    """Processes that meet an empty database at once fill it once, and of all their requests one is done."""
    tasks, count = 24, 2
    async with contextlib.AsyncExitStack() as stack:
        workers = [await stack.enter_async_context(process("claim", url, str(tasks))) for _ in range(count)]
        for worker in workers:
            assert await said(worker) == ["ready"]
        for worker in workers:
            assert worker.stdin is not None
            worker.stdin.write(b"\n")
        answers = [await said(worker) for worker in workers for _ in range(tasks)]
    assert len(answers) == tasks * count
    assert len({tuple(answer[:3]) for answer in answers}) == 1
    assert [answer[3] for answer in answers].count("began") == 1
    async with open_database(url) as database:
        assert len((await Ledger(database).orders(OrderFilter(), first=10)).orders) == 1


@pytest.mark.parametrize("seed", [1, 2])
async def test_nothing_that_was_acknowledged_is_lost_with_its_process(url: str, seed: int) -> None:
    """A process that is killed while it writes leaves every step it had reported, and no half of another."""
    chance = random.Random(seed)
    told: dict[str, int] = {}
    async with process("write", url) as writer:
        for _ in range(chance.randrange(30, 60)):
            order_id, version = await said(writer)
            told[order_id] = int(version)
        await asyncio.sleep(chance.random() * 0.02)
        writer.send_signal(signal.SIGKILL)
        assert writer.stdout is not None
        rest = (await writer.stdout.read()).decode()
        for line in rest[: rest.rfind("\n") + 1].splitlines():
            order_id, version = line.split()
            told[order_id] = int(version)
    async with open_database(url) as database:
        ledger = Ledger(database)
        page = await ledger.orders(OrderFilter(), first=1000)
        kept = {order.id: order for order in page.orders}
        assert all(kept[order_id].version >= version for order_id, version in told.items())
        histories = await ledger.events(list(kept))
        assert [len(history) for history in histories] == [order.version for order in page.orders]
        (today,) = await ledger.spending("cj")
        steps = [order.standing.payment for order in page.orders]
        assert today.reserved.amount * 100 == steps.count(Step.SENT)
        assert today.spent.amount * 100 == steps.count(Step.DONE)
        assert steps.count(Step.DONE) > 2
