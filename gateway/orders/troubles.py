"""Why an order was not placed, paid or cancelled as asked: facts that a client can act on. Frozen."""

from dataclasses import dataclass

from providers.model import Money
from providers.orders import MethodOffer


@dataclass(frozen=True, slots=True)
class InvalidField:
    """Something in the input makes no sense, or the supplier does not take it."""

    field: tuple[str, ...]
    """Path in the input, such as ("shipTo", "phone"); empty: none in particular."""
    message: str


@dataclass(frozen=True, slots=True)
class QuoteUnusable:
    """The quote id is altered, of another gateway, or its time has passed."""

    is_expired: bool


@dataclass(frozen=True, slots=True)
class PriceChanged:
    """The supplier asks for more than was agreed. Nothing was charged."""

    agreed: Money
    current: Money


@dataclass(frozen=True, slots=True)
class OutOfStock:
    """The supplier cannot send it any more."""

    message: str
    available: int | None = None


@dataclass(frozen=True, slots=True)
class MethodUnavailable:
    """The shipping method cannot be used any more; others can."""

    message: str
    offers: tuple[MethodOffer, ...] = ()


@dataclass(frozen=True, slots=True)
class InsufficientBalance:
    """The account's balance at the supplier is too low. Nothing was charged."""

    needed: Money
    available: Money


@dataclass(frozen=True, slots=True)
class OverSpendCap:
    """The operator's cap stands in the way. Nothing was charged."""

    limit: Money
    left: Money
    per_day: bool


@dataclass(frozen=True, slots=True)
class KeyReused:
    """The idempotency key was used for another input. Nothing was done."""


@dataclass(frozen=True, slots=True)
class ReferenceTaken:
    """The client's reference stands for another order of this supplier. Nothing was done."""

    order_id: str


@dataclass(frozen=True, slots=True)
class NotNow:
    """The order is past that, or not there yet: paid already, shipped, cancelled."""

    message: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The supplier understood and said no."""

    message: str
    code: str | None


@dataclass(frozen=True, slots=True)
class Busy:
    """Nothing was done, because the supplier or its quota is busy. The same request may be sent again."""

    message: str
    retry_after_seconds: float | None


@dataclass(frozen=True, slots=True)
class OutcomeUnknown:
    """
    The supplier was asked and did not answer clearly.

    The gateway goes on looking; the same request sent again answers with what it has found, and never does it
    twice.
    """

    message: str
    check_after_seconds: float


@dataclass(frozen=True, slots=True)
class NotFound:
    """There is no such order."""

    message: str


@dataclass(frozen=True, slots=True)
class Unsupported:
    """The supplier, or this gateway for it, cannot do that."""

    message: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """This gateway cannot act on the order, and another one can. Nothing was done."""

    message: str


Trouble = (
    InvalidField
    | QuoteUnusable
    | PriceChanged
    | OutOfStock
    | MethodUnavailable
    | InsufficientBalance
    | OverSpendCap
    | KeyReused
    | ReferenceTaken
    | NotNow
    | Refused
    | Busy
    | OutcomeUnknown
    | NotFound
    | Unsupported
    | Elsewhere
)
