"""
What the gateway works on orders with, and how long it waits for what.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.orders.ledger import Ledger
from gateway.orders.policy import OrderPolicy
from gateway.orders.spending import Caps
from providers.clock import Clock
from providers.port import Provider


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
    refusal: float = 3.0
    """
    Between two looks that have to bear a refused payment out: CJ's look-ups lag by a second or two, and it
    has refused what it had taken.
    """
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
