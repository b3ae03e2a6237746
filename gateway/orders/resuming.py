"""
Looking after orders that nobody asks for: what was left open is ended, and old news are read again.

Every process runs one `Resumer`, and they share the work: an order that one has taken is nobody else's. A
payment is begun here only where the operator's policy pays: any other needs a client who wants it now.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

import structlog

from gateway.orders import automation, doubt, following, placing
from gateway.orders.carrying import Carrier
from gateway.orders.errands import Errands
from gateway.orders.leases import NotHeld
from gateway.orders.looks import next_look
from gateway.orders.means import Means
from gateway.orders.office import Result
from gateway.orders.records import Home, Order, new_token
from gateway.orders.state import OrderStatus, StepRefused
from gateway.orders.working import Work
from gateway.storage.engine import StorageGone
from gateway.upstream.owner import in_time
from providers.errors import ProviderError, Transient
from providers.upstream import Ask, Fact, Lane

log = structlog.get_logger(__name__)

_MOST = 100
"""Orders taken at once."""
_READING = 20.0
"""Seconds in which news must be there; behind a flood of searches they wait for quieter times."""
_LATER = 60.0
"""Seconds until orders are read again that could not be read."""
_SOON = 1.0
"""The same for an order that was made just now, and that the operator's policy may pay."""
_LONGEST_PAUSE = 60.0


class Resumer:
    """
    Takes up orders that are due, from `start` to `aclose`.

    Args:
        means: What it works with.
        errands: Renews what it holds.
    """

    def __init__(self, means: Means, errands: Errands) -> None:
        self._means = means
        self._errands = errands
        self._running: asyncio.Task[None] | None = None
        self._closing: asyncio.Future[None] | None = None
        self._carrier = Carrier(means, errands)

    def start(self) -> None:
        """Begin; raises RuntimeError once the errands are closed."""
        self._closing = asyncio.get_running_loop().create_future()
        self._running = self._errands.start(self._run(self._closing), name="orders.resumer")

    async def aclose(self) -> None:
        """Let what it is doing come to an end, for a while, and begin nothing more."""
        if self._running is None or self._closing is None or self._closing.done():
            return
        self._closing.set_result(None)
        if not await in_time(self._means.clock, self._means.patience.closing, self._running):
            self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)

    async def round(self) -> int:
        """Look after what is due now; how many orders that were."""
        means, holder = self._means, new_token()
        lease = means.patience.lease
        # Orders of another account, or of a supplier that is not enabled, are left to who can ask for them.
        homes = {Home.of(provider.declaration) for provider in means.providers.values()}
        taken = await means.ledger.take_unfinished(_MOST, holder=holder, seconds=lease, homes=homes)
        open_ = [order for order in taken if _is_open(order)]
        quiet = [order for order in taken if not _is_open(order)]
        if quiet:
            # Whoever wants to pay one of them must not wait until it has been read.
            ids = [order.id for order in quiet]
            await means.ledger.postpone(*ids, seconds=_LATER)
            await means.ledger.release(*ids, holder=holder)
        async with asyncio.TaskGroup() as group:
            for order in open_:
                group.create_task(self._finish(order, holder))
            for batch in _batches(quiet):
                group.create_task(self._read(batch))
            for order in quiet:
                group.create_task(self._pay_by_policy(order))
        return len(taken)

    async def _run(self, closing: asyncio.Future[None]) -> None:
        pause = idle = self._means.patience.idle
        while not closing.done():
            try:
                taken = await self.round()
            except Exception:  # whatever it is, orders must be looked after
                pause = min(pause * 2, _LONGEST_PAUSE)
                log.exception("orders.resumer_failed", pause_seconds=pause)
            else:
                pause = 0.0 if taken == _MOST else idle
            await in_time(self._means.clock, pause, closing)
            pause = max(pause, idle)

    async def _finish(self, order: Order, holder: str) -> None:
        ledger, lease = self._means.ledger, self._means.patience.lease
        wait = _LATER
        try:
            async with self._errands.renewing(
                lease, lambda: ledger.renew(order.id, holder=holder, seconds=lease)
            ):
                wait = await self._settle(order, holder)
        except (NotHeld, StepRefused):
            log.info("order.taken_over", order=order.id)
        except Exception:  # one order must not keep the others waiting
            log.exception("orders.not_finished", order=order.id, supplier=order.supplier)
        try:
            if wait:
                await ledger.postpone(order.id, seconds=wait)
            await ledger.release(order.id, holder=holder)
        except StorageGone:
            log.warning("orders.ledger_gone", order=order.id, exc_info=True)

    async def _settle(self, order: Order, holder: str) -> float:
        """Seconds after which it should be looked after again; 0: as the ledger says."""
        provider = self._means.providers[order.supplier]
        deadline = self._means.clock.monotonic() + self._means.patience.work
        result = await _carry_on(Work(self._means, provider, holder, deadline), order)
        stands = result.stands(order)
        log.info("order.resumed", order=order.id, supplier=order.supplier, status=stands.status.value)
        if not _is_open(stands):
            return _SOON if await automation.is_due(self._means, stands) else 0.0
        quiet = await self._means.ledger.now() - stands.changed_at
        return (next_look(stands.standing, quiet) or timedelta(seconds=_LATER)).total_seconds()

    async def _pay_by_policy(self, order: Order) -> None:
        try:
            await automation.take_up(self._means, self._carrier, order)
        except Exception:  # one order must not keep the others waiting
            log.exception("orders.policy_failed", order=order.id, supplier=order.supplier)

    async def _read(self, orders: Sequence[Order]) -> None:
        supplier = orders[0].supplier
        deadline = self._means.clock.monotonic() + min(_READING, self._means.patience.work)
        facts = frozenset({Fact.ACCOUNT})
        ask = Ask(deadline, lane=Lane.BACKGROUND, facts=facts, accept_stale=False)
        try:
            await following.read_news(self._means, self._means.providers[supplier], orders, ask)
        except ProviderError as error:
            wait = max(_LATER, (isinstance(error, Transient) and error.retry_after) or 0.0)
            log.info("orders.not_read", supplier=supplier, orders=len(orders), error=type(error).__name__)
        except Exception:  # the other suppliers' orders are read all the same
            log.exception("orders.not_read", supplier=supplier, orders=len(orders))
            wait = _LATER
        else:
            return
        try:
            await self._means.ledger.postpone(*(order.id for order in orders), seconds=wait)
        except StorageGone:
            log.warning("orders.ledger_gone", supplier=supplier, exc_info=True)


async def _carry_on(work: Work, order: Order) -> Result:
    """What a client would have done by asking again."""
    if order.status is OrderStatus.PENDING or placing.is_too_dear(order):
        return await placing.place(work, order, may_give_up=True)
    return await doubt.settle(work, order)


def _is_open(order: Order) -> bool:
    return order.standing.is_in_doubt or order.status is OrderStatus.PENDING or placing.is_too_dear(order)


def _batches(orders: Sequence[Order]) -> list[list[Order]]:
    grouped: dict[str, list[Order]] = defaultdict(list)
    for order in orders:
        grouped[order.supplier].append(order)
    return [
        some[start : start + following.BATCH]
        for some in grouped.values()
        for start in range(0, len(some), following.BATCH)
    ]
