"""
Carrying a request out: claimed under its key, its order held, done once, its answer kept.

    same key     the first answer; waited for while another carries it out
    other input  refused
    died         whoever sends the same key again goes on where it was broken off

It is done in a task of its own, so that neither a client that leaves nor a deadline breaks it off.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import structlog

from gateway.orders.answers import is_final, read_troubles, written
from gateway.orders.discretion import discreet_result
from gateway.orders.errands import Errands
from gateway.orders.leases import NotHeld
from gateway.orders.means import Means
from gateway.orders.office import Asker, Result
from gateway.orders.queries import NoSuchOrder
from gateway.orders.records import (
    Begun,
    InProgress,
    Intent,
    Order,
    OtherInput,
    ReferenceInUse,
    Repeated,
    Request,
    new_token,
)
from gateway.orders.sentences import elsewhere, no_order, not_here, unknown
from gateway.orders.state import StepRefused
from gateway.orders.troubles import Busy, Elsewhere, KeyReused, ReferenceTaken
from gateway.orders.working import Work
from gateway.storage.engine import StorageGone
from gateway.upstream.owner import in_time
from providers.port import Provider

log = structlog.get_logger(__name__)

Doing = Callable[[Work, Order, bool], Awaitable[Result]]
"""What is done about an order that is held; told whether the same request was begun before."""

_UNDER_WAY = "It is under way; send the same request again to hear how it ended."
_LEDGER_GONE = "The gateway's ledger does not answer; what was under way is looked into when it does."
_BROKEN = "Something went wrong on our side; what was under way is looked into."
_TAKEN = "Somebody else is working on the order; send the same request again."
_TOO_LATE = "There was no time left to begin it, and nothing was done; send the same request again."
_STOPPING = "The gateway is stopping; send the same request again."


@dataclass(slots=True)
class Errand:
    """One request on its way."""

    request: Request
    asker: Asker
    do: Doing
    intent: Intent | None = None
    """The order to be made; else `order_id` says which it is about."""
    order_id: str | None = None
    holder: str = field(default_factory=new_token)
    known: str | None = None
    """The order that it turned out to be about; `order_id` where that is said."""

    def __post_init__(self) -> None:
        if self.known is None:
            self.known = self.order_id


class Carrier:
    """
    Carries requests out, each once, over all processes.

    Args:
        means: What it works with.
        errands: Own what outlives a request.
    """

    def __init__(self, means: Means, errands: Errands) -> None:
        self._means = means
        self._ledger = means.ledger
        self._clock = means.clock
        self._errands = errands

    async def once(self, errand: Errand) -> Result:
        """
        The answer to a request; OutcomeUnknown when its asker's deadline comes first.

        What nobody waits for any more is not begun.
        """
        if errand.asker.deadline <= self._clock.monotonic():
            return Result(None, (Busy(_TOO_LATE, 1.0),))
        try:
            task = self._errands.start(self._carry(errand), name=f"orders.{errand.request.scope}")
        except RuntimeError:
            return Result(None, (Busy(_STOPPING, 1.0),))
        if await in_time(self._clock, errand.asker.deadline - self._clock.monotonic(), task):
            return task.result()
        return await self._undecided(errand, _UNDER_WAY)

    async def _carry(self, errand: Errand) -> Result:
        try:
            begun = await self._claim(errand)
            if isinstance(begun, Result):
                return begun
            lease = self._means.patience.lease
            async with self._errands.renewing(
                lease, lambda: self._ledger.keep(errand.request, holder=errand.holder, seconds=lease)
            ):
                result = discreet_result(await self._hold(errand, begun))
            if is_final(result):
                answer = written(result)
                kept = await self._ledger.finish(errand.request, answer)
                return result if kept == answer else await self._answered(kept)
            await self._ledger.keep(errand.request, holder=errand.holder, seconds=0)
        except NoSuchOrder:
            return Result(None, (no_order(errand.order_id or ""),))
        except StorageGone:
            log.warning("orders.ledger_gone", order=errand.known, exc_info=True)
            return await self._undecided(errand, _LEDGER_GONE)
        return result

    async def _claim(self, errand: Errand) -> Begun | Result:
        """The request to be carried out, or the answer to it; waits while another is carrying it out."""
        while True:
            said = await self._ledger.begin(
                errand.request,
                errand.intent,
                order_id=errand.order_id,
                holder=errand.holder,
                seconds=self._means.patience.lease,
            )
            match said:
                case Begun():
                    return said
                case Repeated():
                    return await self._answered(said.answer)
                case OtherInput():
                    return Result(None, (KeyReused(),))
                case ReferenceInUse():
                    return Result(None, (ReferenceTaken(said.order.id),))
                case InProgress():
                    errand.known = said.order_id or errand.known
            if self._clock.monotonic() >= errand.asker.deadline:
                return await self._undecided(errand, _UNDER_WAY)
            await self._clock.sleep(self._means.patience.poll)

    async def _hold(self, errand: Errand, begun: Begun) -> Result:
        """Hold the order, and do with it what was asked."""
        assert begun.order is not None  # noqa: S101 - every request here is about one
        order_id, lease = begun.order.id, self._means.patience.lease
        errand.known = order_id
        provider = self._means.providers.get(begun.order.supplier)
        if provider is None:
            return Result(begun.order, (Elsewhere(not_here(begun.order.supplier).message),))
        stranger = elsewhere(begun.order, provider)
        if stranger is not None:
            return Result(begun.order, (stranger,))
        while not await self._ledger.take(order_id, holder=errand.holder, seconds=lease):
            if self._clock.monotonic() >= errand.asker.deadline:
                return await self._undecided(errand, _UNDER_WAY)
            await self._clock.sleep(self._means.patience.poll)
        try:
            async with self._errands.renewing(
                lease, lambda: self._ledger.renew(order_id, holder=errand.holder, seconds=lease)
            ):
                return await self._do(errand, provider, order_id, is_resumed=begun.is_resumed)
        finally:
            await self._ledger.release(order_id, holder=errand.holder)

    async def _do(self, errand: Errand, provider: Provider, order_id: str, *, is_resumed: bool) -> Result:
        deadline = self._clock.monotonic() + self._means.patience.work
        work = Work(self._means, provider, errand.holder, deadline, errand.asker.meter)
        try:
            return await errand.do(work, await self._ledger.order(order_id), is_resumed)
        except (NotHeld, StepRefused):
            return Result(await self._ledger.order(order_id), (Busy(_TAKEN, 1.0),))
        except StorageGone:
            raise
        except Exception:  # what was done is in the ledger, and the resumer goes by that
            log.exception("orders.unforeseen", order=order_id, supplier=provider.declaration.code)
            return await self._undecided(errand, _BROKEN)

    async def _answered(self, kept: dict[str, Any]) -> Result:
        """An answer as it was kept, with the order as it stands now."""
        order = None if kept["order"] is None else await self._ledger.order(kept["order"])
        # Answers that were kept before there were disputes name none.
        dispute = kept.get("dispute")
        return Result(order, read_troubles(kept["troubles"]), tuple(kept["warnings"]), dispute)

    async def _undecided(self, errand: Errand, message: str) -> Result:
        order = None
        if errand.known is not None:
            try:
                order = await self._ledger.order(errand.known)
            except StorageGone:
                log.warning("orders.ledger_gone", order=errand.known)
        return Result(order, (unknown(message),))
