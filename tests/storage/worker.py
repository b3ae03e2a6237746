"""
A process of its own that works with the ledger, for tests of several processes and of sudden death.

    claim       some tasks at once begin one and the same request, and say what each was told
    write       make orders without end, and say each step once it is kept
"""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from multiprocessing.connection import Connection

from gateway.orders.ledger import Ledger
from gateway.orders.records import Begun, Order, Repeated
from gateway.orders.spending import Caps
from gateway.orders.state import Deed
from gateway.storage.opening import open_database
from providers.orders import OrderState
from tests.storage.making import deed, dollars, intent, news, request

Say = Callable[..., None]


async def claim(ledger: Ledger, say: Say) -> None:
    """As a client's request does: begin, carry out, or wait for whoever does."""
    holder = uuid.uuid4().hex
    while True:
        begun = await ledger.begin(request(), intent(), holder=holder, seconds=30)
        if isinstance(begun, Begun):
            assert begun.order is not None
            await asyncio.sleep(0.05)  # the supplier takes its time
            answer = await ledger.finish(request(), {"order": begun.order.id, "by": holder})
            say("answered", answer["order"], answer["by"], "began")
            return
        if isinstance(begun, Repeated):
            say("answered", begun.answer["order"], begun.answer["by"], "repeated")
            return
        await asyncio.sleep(0.05)


async def write(ledger: Ledger, say: Say) -> None:
    """Each step of one order after the other; what was said is on disk."""
    holder = uuid.uuid4().hex
    while True:
        reference = uuid.uuid4().hex
        begun = await ledger.begin(request(reference), intent(reference), holder=holder, seconds=30)
        assert isinstance(begun, Begun)
        assert begun.order is not None
        order = begun.order
        say(order.id, order.version)
        await ledger.take(order.id, holder=holder, seconds=30)
        after = await ledger.append(order.id, deed(Deed.CREATION_SENT), holder=holder)
        say(order.id, after.order.version)
        after = await ledger.append(order.id, news(OrderState.AWAITING_PAYMENT, ids={"code": reference}))
        say(order.id, after.order.version)
        paying = await ledger.begin_payment(
            order.id, amount=dollars("0.01"), account="cj", caps=Caps(), holder=holder
        )
        assert isinstance(paying, Order)
        say(order.id, paying.version)
        after = await ledger.append(order.id, deed(Deed.PAYMENT_ACCEPTED))
        say(order.id, after.order.version)


def work(act: Callable[[Ledger, Say], Awaitable[None]], url: str, tasks: int, pipe: Connection) -> None:
    """Say that the database is open, wait for a word, and let so many tasks act at once."""

    def say(*words: object) -> None:
        pipe.send(words)

    async def main() -> None:
        async with open_database(url) as database:
            say("ready")
            await asyncio.to_thread(pipe.recv)
            async with asyncio.TaskGroup() as group:
                for _ in range(tasks):
                    group.create_task(_acted(act, Ledger(database), say))

    asyncio.run(main())


async def _acted(act: Callable[[Ledger, Say], Awaitable[None]], ledger: Ledger, say: Say) -> None:
    await act(ledger, say)
