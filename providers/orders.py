"""
Orders as suppliers know them, in our words: what is ordered, what became of it, what is still to pay. Frozen.

Apart from `model`, which says what is sold, and from the gateway's ledger, which says what was meant: here is
only what one supplier is told and tells. Nothing here is ever kept in a cache.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_UP, Decimal, localcontext
from enum import StrEnum

from providers.model import DayRange, Money

_PLACES = 4
_NOISE = Decimal("1E-9")
_CENT = Decimal("0.01")


def charge_of(amount: Decimal) -> Decimal:
    """
    What an amount of an order is taken for: as it is, or with more than four decimals up to the next cent.

    Suppliers that add money up in binary fractions say 13.319999999999999; less than a billionth is noise of
    those, in both directions, and never a cent.
    """
    exponent = amount.as_tuple().exponent
    if not isinstance(exponent, int) or exponent >= -_PLACES:
        return amount
    with localcontext(prec=len(amount.as_tuple().digits) + 12):
        return amount.quantize(_NOISE).quantize(_CENT, rounding=ROUND_UP)


class OrderState(StrEnum):
    """What a supplier says about an order, mapped; its own word stands beside it in `raw_status`."""

    CREATED = "CREATED"  # it exists, and is not submitted
    IN_CART = "IN_CART"  # submitted for payment, not confirmed
    AWAITING_PAYMENT = "AWAITING_PAYMENT"  # confirmed, to be paid
    PAID = "PAID"  # paid, nothing done yet
    PROCESSING = "PROCESSING"
    SHIPPED = "SHIPPED"
    DELIVERED = "DELIVERED"
    CANCELLED = "CANCELLED"  # or closed
    UNKNOWN = "UNKNOWN"  # a word that we do not know


@dataclass(frozen=True, slots=True)
class Address:
    """A buyer's address. Never logged."""

    name: str
    country: str
    """ISO 3166-1 alpha-2."""
    province: str
    city: str
    line1: str
    line2: str | None = None
    house_number: str | None = None
    county: str | None = None
    postal_code: str | None = None
    phone: str | None = None
    email: str | None = None
    tax_id: str | None = None


@dataclass(frozen=True, slots=True)
class OrderLine:
    """So many pieces of one variant."""

    variant_id: str
    quantity: int
    sku: str | None = None
    unit_price: Money | None = None
    """As the supplier charges it; on the way in, what was agreed."""
    reference: str | None = None
    """Our key of the line, where the supplier gives it back."""
    product_id: str | None = None
    """The product of the variant, where that is known: suppliers answer for whole products."""


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """An order to be created, under a number that is ours and is never used for anything else."""

    number: str
    lines: tuple[OrderLine, ...]
    origin: str
    method: str
    """The supplier's name of the shipping method, as it was quoted."""
    address: Address
    is_sandbox: bool
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """What an order costs as the supplier reckons; None where it does not say."""

    items: Money | None = None
    shipping: Money | None = None
    tax: Money | None = None
    discount: Money | None = None
    total: Money | None = None


@dataclass(frozen=True, slots=True)
class Parcel:
    """A parcel that is on its way."""

    carrier: str | None
    tracking_number: str
    tracking_url: str | None = None


@dataclass(frozen=True, slots=True)
class SupplierOrder:
    """An order as the supplier has it."""

    provider: str
    number: str
    """Ours."""
    ids: Mapping[str, str] = field(default_factory=dict)
    """
    All names that the supplier gives it, by keys of the adapter; all are kept, as calls want several. The one
    that people find it by is under `code`, else under `id`.
    """
    state: OrderState = OrderState.UNKNOWN
    raw_status: str | None = None
    lines: tuple[OrderLine, ...] = ()
    totals: Totals = Totals()
    method: str | None = None
    origin: str | None = None
    parcels: tuple[Parcel, ...] = ()
    obstacles: tuple[str, ...] = ()
    """Why the supplier holds it, in its words; empty when it does not."""
    is_sandbox: bool | None = None
    created_at: datetime | None = None
    paid_at: datetime | None = None
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None

    @property
    def name(self) -> str | None:
        """What people find it by at the supplier; None while it has told nothing of the kind."""
        return self.ids.get("code") or self.ids.get("id")


@dataclass(frozen=True, slots=True)
class OrderPart:
    """One of the orders that a supplier made of ours, to send them apart."""

    id: str
    """The supplier's name of it."""
    state: OrderState
    raw_status: str | None = None
    lines: tuple[OrderLine, ...] = ()
    parcels: tuple[Parcel, ...] = ()
    shipped_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Bill:
    """What a supplier wants beside the price of an order that was paid, such as for a heavier parcel."""

    id: str
    amount: Money | None
    reason: str | None
    """In its words."""
    raw_status: str | None
    created_at: datetime | None = None
    paid_at: datetime | None = None
    """None: it is not paid."""


@dataclass(frozen=True, slots=True)
class Payable:
    """An order that is ready to be paid: how much the supplier would take, and what paying it needs."""

    amount: Money
    ids: Mapping[str, str]
    """The order's names, with those that paying needs."""
    is_sandbox: bool = False
    """Whether the supplier has it as a test order, so that paying it moves no money."""


@dataclass(frozen=True, slots=True)
class Wallet:
    """The account's balance at the supplier."""

    available: Money
    bonus: Money | None = None
    frozen: Money | None = None


@dataclass(frozen=True, slots=True)
class MethodOffer:
    """A shipping method that an order could change to."""

    id: str
    method: str
    price: Money | None
    has_stock: bool | None
    transit: DayRange | None = None


@dataclass(frozen=True, slots=True)
class Tracking:
    """What is known of one parcel."""

    tracking_number: str
    carrier: str | None = None
    raw_status: str | None = None
    origin: str | None = None
    destination: str | None = None
    days: int | None = None
    """Days on the way so far, as the supplier counts."""
    delivered_at: datetime | None = None
    last_mile_carrier: str | None = None
    last_mile_number: str | None = None


@dataclass(frozen=True, slots=True)
class DisputeLine:
    """One line of an order that a dispute may be about."""

    id: str
    variant_id: str | None
    quantity: int
    price: Money | None
    can_choose: bool
    raw: Mapping[str, object] = field(default_factory=dict)
    """As it was received: CJ wants it back unchanged."""


@dataclass(frozen=True, slots=True)
class DisputeTerms:
    """What can be asked for in a dispute."""

    highest_amount: Money | None
    reasons: tuple[tuple[str, str], ...]
    """Id and name."""
    can_refund: bool
    can_resend: bool


@dataclass(frozen=True, slots=True)
class DisputeRequest:
    """A dispute to be opened, under a key of ours."""

    key: str
    lines: tuple[DisputeLine, ...]
    reason_id: str
    wants_refund: bool
    """False: wants it sent again."""
    message: str
    image_urls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dispute:
    """A dispute as the supplier keeps it."""

    id: str
    raw_status: str | None
    reason: str | None = None
    money: Money | None = None
    outcome: str | None = None
    """REFUND, RESEND, REJECTED or CANCELLED (taken back); None while it is open."""
    created_at: datetime | None = None
