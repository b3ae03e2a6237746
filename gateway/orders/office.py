"""
What can be done with orders, as one value that the schema is handed: place, pay, cancel, dispute, look.

Every method that changes something is claimed under the client's idempotency key first, goes on where an
earlier attempt was cut off, and answers with the order as the ledger has it and the troubles on the way. None
of them raises a `ProviderError`.
"""

from dataclasses import dataclass, field
from typing import Protocol

from gateway.orders.queries import OrderFilter, OrderPage
from gateway.orders.records import KeptEvent, Order
from gateway.orders.troubles import Trouble
from providers.model import Money
from providers.orders import Address
from providers.upstream import Meter


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, until when, and where the cost of it is noted."""

    name: str
    """Part of the scope of an idempotency key: two callers may use the same one."""
    deadline: float
    """On the clock's monotonic scale."""
    meter: Meter = field(default_factory=Meter)


@dataclass(frozen=True, slots=True)
class WantedLine:
    """So many pieces of one variant, by the supplier's own ids."""

    product_id: str
    variant_id: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Wish:
    """An order as a client asks for it, checked for form."""

    client_reference: str
    supplier: str
    lines: tuple[WantedLine, ...]
    origin: str
    method: str | None
    """None: the first method that the gateway's policy prefers and the supplier offers."""
    address: Address
    agreed: Money | None
    """What the supplier may charge for goods and sending, from the quote; None: not agreed beforehand."""
    max_total: Money | None
    note: str | None
    quote_id: str | None
    """The quote it was made from; part of the fingerprint."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A dispute as a client wants it opened, checked for form."""

    line_ids: tuple[str, ...] | None
    """The supplier's ids of the lines it is about; None: all that can be disputed."""
    reason_id: str
    wants_refund: bool
    """False: wants it sent again."""
    message: str
    """What went wrong, for the supplier."""
    image_urls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """How an order stands after a request, and what stood in its way."""

    order: Order | None
    troubles: tuple[Trouble, ...] = ()
    warnings: tuple[str, ...] = ()
    """Sentences worth knowing about something that went well."""
    dispute: str | None = None
    """The supplier's id of the dispute that it was about; None: of none, or of one not shown yet."""

    @property
    def is_done(self) -> bool:
        """Whether what was asked for is done."""
        return not self.troubles

    def stands(self, before: Order) -> Order:
        """The order afterwards; as it was before where nothing is said of it."""
        return self.order or before


class Office(Protocol):
    """What the schema may ask about orders."""

    async def rehearse(self, wish: Wish, asker: Asker) -> Result:
        """What `place` would say, without doing it: checks everything that can be checked beforehand."""
        ...

    async def place(self, wish: Wish, key: str, asker: Asker) -> Result:
        """Create the order at the supplier; charges nothing."""
        ...

    async def pay(self, order_id: str, expected: Money, key: str, asker: Asker) -> Result:
        """Pay it, at most what was expected."""
        ...

    async def cancel(self, order_id: str, key: str, asker: Asker) -> Result:
        """Cancel it, as long as it is not paid."""
        ...

    async def open_dispute(self, order_id: str, claim: Claim, key: str, asker: Asker) -> Result:
        """Complain to its supplier, once it is paid."""
        ...

    async def cancel_dispute(self, order_id: str, dispute_id: str, key: str, asker: Asker) -> Result:
        """Take a dispute back that has not ended."""
        ...

    async def refresh(self, order_id: str, asker: Asker) -> Result:
        """Read it from the supplier now."""
        ...

    async def order(self, order_id: str) -> Order | None:
        """As the ledger has it."""
        ...

    async def order_of_reference(self, client_reference: str) -> Order | None:
        """By the client's reference, of whichever supplier; the newest where several have it."""
        ...

    async def order_for(self, supplier: str | None, client_reference: str) -> Order | None:
        """
        The order that a supplier, or any (None), has for this reference.

        None where it failed, too: it is begun anew when the reference is used again.
        """
        ...

    async def orders(self, wanted: OrderFilter, *, first: int, after: str | None) -> OrderPage:
        """A list, the newest first."""
        ...

    async def events(self, order_ids: tuple[str, ...]) -> tuple[tuple[KeptEvent, ...], ...]:
        """The histories of orders."""
        ...
