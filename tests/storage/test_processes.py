"""Several processes on one ledger, and processes that die."""

import asyncio
import contextlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from typing import Any

import pytest

from gateway.orders.ledger import Ledger
from gateway.orders.queries import OrderFilter
from gateway.orders.state import Step
from gateway.storage.opening import open_database
from tests.forks import FORKS
from tests.storage.worker import claim, work, write


@dataclass
class Worker:
    """A process, and the pipe to it."""

    process: ForkServerProcess
    pipe: Connection

    def begin(self) -> None:
        self.pipe.send("begin")

    async def said(self) -> tuple[Any, ...]:
        words: tuple[Any, ...] = await asyncio.to_thread(self.pipe.recv)
        return words

    def last_words(self) -> list[tuple[Any, ...]]:
        """All that it has said and nobody has heard; it must be dead."""
        words = []
        with contextlib.suppress(EOFError):
            while True:
                words.append(self.pipe.recv())
        return words


@contextlib.contextmanager
def worker(act: Any, url: str, tasks: int = 1) -> Iterator[Worker]:
    here, there = FORKS.Pipe()
    process = FORKS.Process(target=work, args=(act, url, tasks, there))
    process.start()
    there.close()
    try:
        yield Worker(process, here)
    finally:
        process.kill()
        process.join()
        here.close()


async def test_one_key_over_several_processes_is_one_order(url: str) -> None:
    """Processes that meet an empty database at once fill it once, and of all their requests one is done."""
    tasks, count = 24, 2
    with contextlib.ExitStack() as stack:
        workers = [stack.enter_context(worker(claim, url, tasks)) for _ in range(count)]
        for each in workers:
            assert await each.said() == ("ready",)
        for each in workers:
            each.begin()
        answers = [await each.said() for each in workers for _ in range(tasks)]
    assert len({answer[:3] for answer in answers}) == 1
    assert [answer[3] for answer in answers].count("began") == 1
    async with open_database(url) as database:
        assert len((await Ledger(database).orders(OrderFilter(), first=10)).orders) == 1


@pytest.mark.parametrize("seed", [1, 2])
async def test_nothing_that_was_acknowledged_is_lost_with_its_process(url: str, seed: int) -> None:
    """A process that is killed while it writes leaves every step it had reported, and no half of another."""
    chance = random.Random(seed)
    told: dict[str, int] = {}
    with worker(write, url) as writer:
        assert await writer.said() == ("ready",)
        writer.begin()
        for _ in range(chance.randrange(30, 60)):
            order_id, version = await writer.said()
            told[order_id] = version
        await asyncio.sleep(chance.random() * 0.02)
        writer.process.kill()
        writer.process.join()
        told |= dict(writer.last_words())
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
