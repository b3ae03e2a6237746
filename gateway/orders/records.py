"""
What the ledger takes and gives: intents, orders, events, and the answers to its questions. Frozen.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from gateway.orders.state import Deed, Move, OrderStatus, Standing
from providers.declaring import Declaration
from providers.model import Money
from providers.orders import Address, OrderDraft, OrderLine, SupplierOrder

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no letter looks like a digit
LONGEST_REFERENCE = 200
LONGEST_KEY = 255


def new_number() -> str:
    """A number for an order that nobody has used, 22 printable characters; 100 random bits."""
    return "SS" + "".join(secrets.choice(_ALPHABET) for _ in range(20))


def new_token() -> str:
    """A name for something that is to be kept once, however often it is told."""
    return secrets.token_hex(12)


class SaidBy(StrEnum):
    """Who told an event."""

    CLIENT = "CLIENT"
    SUPPLIER = "SUPPLIER"  # in its answer to a deed of ours
    WEBHOOK = "WEBHOOK"
    POLL = "POLL"  # the supplier, when asked how the order stands
    GATEWAY = "GATEWAY"


class EventKind(StrEnum):
    """What an event tells, beside the deeds (`Deed`)."""

    BEGUN = "BEGUN"  # the intent was written
    NEWS = "NEWS"  # the supplier's word about the order
    NOTE = "NOTE"  # something worth keeping that moves nothing: a dispute, a bill, another method
    ERASED = "ERASED"  # the address was erased


class Noted(StrEnum):
    """
    What an event's payload holds, by its key; plain JSON values. Only grows: events are kept for ever.

    An amount is {"amount": "12.30", "currency": "USD"}, as `amounts` writes it.
    """

    TROUBLES = "troubles"
    """With any event, what stood in the way: [{"kind": "Refused", ...}], as `written_troubles` has it."""
    ERROR = "error"
    """With an unclear answer, the class of what was raised: "Conflict"."""
    FINGERPRINT = "fingerprint"
    """With BEGUN and BEGUN_AGAIN, of what was asked for; the rest of the intent stands beside it."""
    WALLET = "wallet"
    """A NOTE before a payment: the amount that was in the wallet."""
    OVERCHARGE = "overcharge"
    """A NOTE after a payment that the supplier made dearer: {"agreed": amount, "taken": amount}."""
    DISPUTE = "dispute"
    """
    A NOTE: {"key": ours for the supplier, "step": "SENT", "known": [ids of disputes that were there before]},
    then {"key": ..., "step": "OPENED", "id": the supplier's id, or null while it is not shown};
    {"id": ..., "step": "CANCELLING"}, then {"id": ..., "step": "CANCELLED"}.
    """
    POLICY = "policy"
    """
    With BEGUN and BEGUN_AGAIN: {"step": "BEGUN", "is_quoted": whether its client had a quote's price};
    then, a NOTE: {"step": "PAYS" or "WAITS", "reason": a clause for people}.
    """


@dataclass(frozen=True, slots=True)
class Home:
    """Where an order lives: at one account of a supplier, among its real orders or among its tests."""

    supplier: str
    account: str
    """As `Limits.account` names it."""
    is_sandbox: bool

    @classmethod
    def of(cls, declaration: Declaration) -> "Home":
        """Where the orders live that this provider makes, and the only ones that it may act on."""
        return cls(declaration.code, declaration.limits.account, declaration.orders_are_tests)


@dataclass(frozen=True, slots=True)
class Intent:
    """An order as it is meant, before the supplier hears of it."""

    supplier: str
    account: str
    """Whose money it is to cost, as `Limits.account` names it."""
    client_reference: str
    """The client's name for it, 1 to 200 characters; one order of a supplier for each."""
    fingerprint: str
    """Of everything the client asked for; equal for equal input."""
    lines: tuple[OrderLine, ...]
    origin: str
    method: str
    address: Address
    is_sandbox: bool
    note: str | None = None
    quoted: Money | None = None
    """What the supplier was to charge, as quoted."""
    max_total: Money | None = None
    policy: Mapping[str, Any] | None = None
    """What its history begins with, as `Noted.POLICY`; None: it is under no policy, and stays so."""
    number: str = field(default_factory=new_number)
    """Ours for the supplier, at most 40 characters. A new one is used only when the order is new."""

    def __post_init__(self) -> None:
        _check("client reference", self.client_reference, LONGEST_REFERENCE)

    @property
    def home(self) -> Home:
        """Where it is to live."""
        return Home(self.supplier, self.account, self.is_sandbox)


@dataclass(frozen=True, slots=True)
class Request:
    """One request that must not be done twice."""

    scope: str
    """The operation and who asks, such as `createOrder:shop-1`."""
    key: str
    """The client's idempotency key, 1 to 255 characters."""
    fingerprint: str
    """Of the input; the same key with another one is refused."""

    def __post_init__(self) -> None:
        _check("idempotency key", self.key, LONGEST_KEY)


@dataclass(frozen=True, slots=True)
class Order:
    """An order as the ledger has it."""

    id: str
    supplier: str
    account: str
    """The account that it was placed with, the only one that can act on it."""
    number: str
    client_reference: str
    fingerprint: str
    lines: tuple[OrderLine, ...]
    origin: str
    method: str
    address: Address | None
    """None: erased."""
    note: str | None
    is_sandbox: bool
    quoted: Money | None
    max_total: Money | None
    standing: Standing
    heard: SupplierOrder | None
    """The supplier's last word, with all the names it ever gave; None while it has said nothing."""
    version: int
    """The number of its events."""
    created_at: datetime
    changed_at: datetime
    """When it last came to stand otherwise."""
    heard_at: datetime | None
    paid_at: datetime | None
    shipped_at: datetime | None
    delivered_at: datetime | None
    look_at: datetime | None

    @property
    def status(self) -> OrderStatus:
        """As clients see it."""
        return self.standing.status

    @property
    def home(self) -> Home:
        """Where it lives."""
        return Home(self.supplier, self.account, self.is_sandbox)

    @property
    def charged(self) -> Money | None:
        """What the supplier takes for it, by its last word; None where it has not said."""
        return None if self.heard is None else self.heard.totals.total

    def draft(self) -> OrderDraft:
        """What the supplier is told. Raises ValueError once the address is erased."""
        if self.address is None:
            raise ValueError(f"The address of order {self.number} was erased.")
        return OrderDraft(
            number=self.number,
            lines=self.lines,
            origin=self.origin,
            method=self.method,
            address=self.address,
            is_sandbox=self.is_sandbox,
            note=self.note,
        )


@dataclass(frozen=True, slots=True)
class Event:
    """Something to be told about an order."""

    kind: Deed | EventKind
    said_by: SaidBy
    heard: SupplierOrder | None = None
    """The supplier's word; with NEWS always, and with any answer that brings one."""
    payload: Mapping[str, Any] = field(default_factory=dict)
    """
    More to keep, as plain JSON values under the keys of `Noted`; with PAYMENT_SENT the amount stands there
    by itself, beside the account. Never an address, for an event cannot be erased.
    """
    token: str = field(default_factory=new_token)
    """Its name: told twice under the same one, it is kept once. A webhook's message id, for instance."""


@dataclass(frozen=True, slots=True)
class KeptEvent:
    """An event as it stands in the ledger."""

    order_id: str
    sequence: int
    """From 1, without gaps."""
    kind: Deed | EventKind
    said_by: SaidBy
    at: datetime
    move: Move
    status: OrderStatus
    """After it."""
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Appended:
    """What came of an event."""

    order: Order
    """Afterwards."""
    move: Move


@dataclass(frozen=True, slots=True)
class Begun:
    """The request is the caller's to carry out, until its time is over."""

    order: Order | None
    """The order that it is about; None where it is about none."""
    is_resumed: bool
    """Whether somebody began it before and did not finish: look at how the order stands first."""


@dataclass(frozen=True, slots=True)
class Repeated:
    """It was done already, and this was the answer."""

    answer: Any


@dataclass(frozen=True, slots=True)
class OtherInput:
    """The key was used for another input."""


@dataclass(frozen=True, slots=True)
class InProgress:
    """Somebody is carrying it out."""

    order_id: str | None
    seconds: float
    """How long until it may be taken over, should they have died."""


@dataclass(frozen=True, slots=True)
class ReferenceInUse:
    """The client's reference stands for another order of this supplier already."""

    order: Order


def _check(what: str, text: str, longest: int) -> None:
    # Half a surrogate pair cannot be encoded, and PostgreSQL keeps no NUL: neither is printable.
    if not 1 <= len(text) <= longest or not text.isprintable():
        raise ValueError(f"The {what} must have 1 to {longest} printable characters.")
