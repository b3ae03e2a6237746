"""
What the ledger remembers of an order, and what follows from it.
"""

from dataclasses import dataclass
from datetime import datetime

from gateway.orders import amounts
from gateway.orders.answers import read_troubles
from gateway.orders.records import EventKind, KeptEvent, Noted, SaidBy
from gateway.orders.state import Deed
from gateway.orders.troubles import Trouble
from providers.errors import Conflict
from providers.model import Money

BEGUN = (EventKind.BEGUN, Deed.BEGUN_AGAIN)
"""What says that a client asked for the order as it is meant from there on."""


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

    def has_noted(self, what: Noted) -> bool:
        """Whether an event tells of this."""
        return any(what in event.payload for event in self.events)

    def troubles(self, *kinds: Deed) -> tuple[Trouble, ...]:
        """Those that the last such event was written with."""
        kept = [event.payload for event in self.events if event.kind in kinds]
        return read_troubles(kept[-1].get(Noted.TROUBLES, ())) if kept else ()

    def payment(self) -> Attempt | None:
        """The last payment that was sent; None where there was none."""
        sent = [place for place, event in enumerate(self.events) if event.kind is Deed.PAYMENT_SENT]
        if not sent:
            return None
        payment = self.events[sent[-1]]
        noted = [event for event in self.events[: sent[-1]] if Noted.WALLET in event.payload]
        balance = amounts.read(noted[-1].payload[Noted.WALLET]) if noted else None
        return Attempt(amounts.read(payment.payload), balance, noted[-1].at if noted else payment.at)

    def refused_as_known(self) -> int:
        """How often the supplier has refused to create the order because it has one with its number."""
        return sum(
            event.kind is Deed.CREATION_UNCLEAR and event.payload.get(Noted.ERROR) == Conflict.__name__
            for event in self.events
        )

    def may_be_made(self) -> bool:
        """Whether it was sent to the supplier, other than with certainty in vain."""
        return sum(_sendings(event) for event in self.events) > 0

    def is_of_earlier_input(self) -> bool:
        """
        Whether the order at the supplier was made from what the client asked for before it was begun again.

        So it is when it turned up without having been sent since, and what was asked for had changed.
        """
        asked: set[object] = set()
        sent = 0
        for event in self.events:
            if event.kind in BEGUN:
                asked.add(event.payload.get(Noted.FINGERPRINT))
                sent = 0
            sent += _sendings(event)
        return len(asked) > 1 and not sent


def _sendings(event: KeptEvent) -> int:
    if event.kind is Deed.CREATION_SENT:
        return 1
    # By the gateway's own word the last one did nothing. By the supplier's, it only was not to be seen.
    return -1 if event.kind is Deed.CREATION_ABSENT and event.said_by is SaidBy.GATEWAY else 0
