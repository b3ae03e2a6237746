"""
One piece of work on one order: by whom, until when, with what, and how the ledger is told.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from gateway.orders.answers import written_troubles
from gateway.orders.history import Attempt, Past
from gateway.orders.ledger import Ledger
from gateway.orders.means import Means, Patience
from gateway.orders.records import Event, EventKind, Noted, Order, SaidBy
from gateway.orders.spending import OverCap
from gateway.orders.state import Deed
from gateway.orders.troubles import Trouble
from gateway.storage.engine import StorageGone
from providers.model import Money
from providers.orders import Payable, SupplierOrder
from providers.port import Provider
from providers.upstream import Ask, Fact, Lane, Meter

_TELLINGS = 3
_BETWEEN_TELLINGS = 0.5


@dataclass(frozen=True, slots=True)
class Work:
    """One worker's work on one order, which it holds."""

    means: Means
    provider: Provider
    holder: str
    deadline: float
    """On the clock's monotonic scale."""
    meter: Meter = field(default_factory=Meter)

    @property
    def ledger(self) -> Ledger:
        """Where everything is written."""
        return self.means.ledger

    @property
    def patience(self) -> Patience:
        """How long is waited for what."""
        return self.means.patience

    def ask(self, lane: Lane, *, within: float | None = None) -> Ask:
        """How the supplier is asked; `within` so many seconds, or as long as there is time."""
        now = self.means.clock.monotonic()
        deadline = self.deadline if within is None else min(self.deadline, now + within)
        return Ask(deadline, meter=self.meter, lane=lane, facts=frozenset({Fact.ACCOUNT}), accept_stale=False)

    async def past(self, order: Order) -> Past:
        """What the ledger remembers of it."""
        [events] = await self.ledger.events((order.id,))
        return Past(events)

    async def seconds_since(self, order: Order, *kinds: Deed | EventKind) -> float:
        """Since the last such event, by the clock that dates events; for ever where there is none."""
        dates = [event.at for event in (await self.past(order)).events if event.kind in kinds]
        return (await self.ledger.now() - max(dates)).total_seconds() if dates else float("inf")

    async def tell(
        self,
        order: Order,
        kind: Deed | EventKind,
        said_by: SaidBy = SaidBy.GATEWAY,
        *,
        heard: SupplierOrder | None = None,
        troubles: tuple[Trouble, ...] = (),
        noted: Mapping[Noted, Any] | None = None,
    ) -> Order:
        """
        Write an event down, and see how the order stands then. Raises as `Ledger.append`.
        """
        payload = {key.value: value for key, value in (noted or {}).items()}
        if troubles:
            payload[Noted.TROUBLES.value] = written_troubles(troubles)
        event = Event(kind, said_by, heard=heard, payload=payload)
        for _ in range(_TELLINGS - 1):
            try:
                return (await self.ledger.append(order.id, event, holder=self.holder)).order
            except StorageGone:
                # What the supplier has just said is said once; the same event may be told again.
                await self.means.clock.sleep(_BETWEEN_TELLINGS)
        return (await self.ledger.append(order.id, event, holder=self.holder)).order

    async def spent_by_others(self, order: Order, attempt: Attempt) -> Money:
        """What payments for other orders have taken from the account since the wallet was noted."""
        late = timedelta(seconds=self.patience.payment)
        return await self.ledger.spent_by_others(
            order, attempt.amount.currency, at=attempt.noted_at, late=late
        )

    async def begin_payment(self, order: Order, payable: Payable) -> Order | OverCap:
        """Hold the money and write down that it is about to be paid. Raises as `Ledger.begin_payment`."""
        return await self.ledger.begin_payment(
            order.id,
            amount=payable.amount,
            account=self.provider.declaration.limits.account,
            caps=self.means.caps,
            holder=self.holder,
            is_test=payable.is_sandbox,
        )
