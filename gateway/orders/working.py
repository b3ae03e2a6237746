"""
One piece of work on one order: by whom, until when, with what; how the ledger is told, and what it remembers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from gateway.orders.answers import read_troubles, written_troubles
from gateway.orders.ledger import Ledger
from gateway.orders.policy import OrderPolicy
from gateway.orders.records import Event, EventKind, Home, KeptEvent, Order, SaidBy
from gateway.orders.spending import Caps, OverCap
from gateway.orders.state import Deed
from gateway.orders.troubles import Elsewhere, OutcomeUnknown, Trouble
from gateway.storage.engine import StorageGone
from providers.clock import Clock
from providers.errors import Conflict
from providers.model import Money
from providers.orders import Payable, SupplierOrder
from providers.port import Provider
from providers.upstream import Ask, Fact, Lane, Meter

_TELLINGS = 3
_BETWEEN_TELLINGS = 0.5
_CHECK_AFTER = 5.0
_ASK_THERE = (
    "it is shown as it was last known, and nothing was done. Send the request to a gateway that runs as this "
    "one did when the order was placed, or have the settings put back; the same key works there."
)
BEGUN = (EventKind.BEGUN, Deed.BEGUN_AGAIN)
"""What says that a client asked for the order as it is meant from there on."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited for what, in seconds."""

    work: float = 60.0
    """One piece of work on one order, at the most."""
    lease: float = 15.0
    """For which an order stays a dead worker's; a living one renews it."""
    leaving: float = 20.0
    """An order or a payment reaches the supplier so soon after it was noted as sent, or not at all."""
    creation: float = 40.0
    """
    After being sent, an order that the supplier does not show was not made. Longer than `leaving` and an
    exchange's time on the wire together, and than the second or two for which CJ's look-ups lag.
    """
    payment: float = 60.0
    """The same for a payment: the order is unpaid, and the wallet no lower."""
    spent: float = 300.0
    """The same where the wallet is lower, but by less than the payment, or for reasons that are known."""
    vanished: float = 600.0
    """An unpaid order that the supplier has shown and denies for so long was deleted there."""
    giving_up: float = 3600.0
    """An order that could not be made for so long is not made by surprise any more."""
    looks: tuple[float, ...] = (0.0, 1.0, 3.0)
    """Before each look at what became of an answer that was lost, while the client waits."""
    poll: float = 0.2
    """Between looks at a request that another is carrying out."""
    idle: float = 2.0
    """Between looks for orders that need looking after."""
    closing: float = 10.0
    """For what is under way when the gateway stops."""


@dataclass(frozen=True, slots=True)
class Means:
    """What the gateway works on orders with."""

    ledger: Ledger
    providers: Mapping[str, Provider]
    clock: Clock
    caps: Caps = field(default_factory=Caps)
    patience: Patience = field(default_factory=Patience)
    policy: OrderPolicy = field(default_factory=OrderPolicy)


@dataclass(frozen=True, slots=True)
class Attempt:
    """The last payment that was sent."""

    amount: Money
    balance: Money | None
    """Of the wallet before it; None: it was not read, for nothing was to be taken from it."""
    noted_at: datetime
    """When that was."""


@dataclass(frozen=True, slots=True)
class Past:
    """An order's history."""

    events: tuple[KeptEvent, ...]

    def has(self, *kinds: Deed | EventKind) -> bool:
        """Whether any such event stands there."""
        return any(event.kind in kinds for event in self.events)

    def has_noted(self, what: str) -> bool:
        """Whether an event tells of this."""
        return any(what in event.payload for event in self.events)

    def troubles(self, *kinds: Deed) -> tuple[Trouble, ...]:
        """Those that the last such event was written with."""
        kept = [event.payload for event in self.events if event.kind in kinds]
        return read_troubles(kept[-1].get("troubles", ())) if kept else ()

    def payment(self) -> Attempt | None:
        """The last payment that was sent; None where there was none."""
        sent = [place for place, event in enumerate(self.events) if event.kind is Deed.PAYMENT_SENT]
        if not sent:
            return None
        payment = self.events[sent[-1]]
        noted = [event for event in self.events[: sent[-1]] if "wallet" in event.payload]
        balance = _money(noted[-1].payload["wallet"]) if noted else None
        return Attempt(_money(payment.payload), balance, noted[-1].at if noted else payment.at)

    def refused_as_known(self) -> int:
        """How often the supplier has refused to create the order because it has one with its number."""
        return sum(
            event.kind is Deed.CREATION_UNCLEAR and event.payload.get("error") == Conflict.__name__
            for event in self.events
        )

    def is_of_earlier_input(self) -> bool:
        """
        Whether the order at the supplier was made from what the client asked for before it was begun again.

        So it is when it turned up without having been sent since, and what was asked for had changed.
        """
        asked: set[object] = set()
        is_sent = False
        for event in self.events:
            if event.kind in BEGUN:
                asked.add(event.payload.get("fingerprint"))
                is_sent = False
            elif event.kind is Deed.CREATION_SENT:
                is_sent = True
        return len(asked) > 1 and not is_sent


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
        **payload: Any,
    ) -> Order:
        """
        Write an event down, and see how the order stands then. Raises as `Ledger.append`.
        """
        if troubles:
            payload["troubles"] = written_troubles(troubles)
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


def unknown(message: str, check_after: float = _CHECK_AFTER) -> OutcomeUnknown:
    """What is said of something that is being looked into."""
    return OutcomeUnknown(message, check_after)


def elsewhere(order: Order, provider: Provider) -> Elsewhere | None:
    """Why this gateway must leave the order alone, and who need not; None where it may act on it."""
    here = Home.of(provider.declaration)
    if order.home == here:
        return None
    if order.account != here.account:
        words = (
            "The order was placed with another account at {name} than the one this gateway uses now: {ask}"
        )
    elif order.is_sandbox:
        words = "The order is a test, and this gateway makes real orders at {name}: {ask}"
    else:
        words = "The order is a real one, and this gateway makes test orders only at {name}: {ask}"
    return Elsewhere(words.format(name=provider.declaration.name, ask=_ASK_THERE))


def written_money(money: Money) -> dict[str, str]:
    """An amount as an event keeps it."""
    return {"amount": format(money.amount, "f"), "currency": money.currency}


def _money(kept: Mapping[str, Any]) -> Money:
    return Money(Decimal(kept["amount"]), kept["currency"])
