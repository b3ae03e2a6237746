"""
What the gateway may do with orders by itself, as its operator says: data, and the decisions from it. Pure.

    paying      an order up to an amount, unless the supplier takes more than was quoted by some per cent
    sending     by the first preferred method that is offered, where the client names none

Nothing is decided where nothing was said: an empty policy pays nothing and prefers nothing.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from gateway.orders.amounts import exceeds, in_words
from providers.model import Money

_WHOLE = Decimal(100)
_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Terms:
    """The policy for orders of one supplier."""

    pay_up_to: Money | None = None
    """Orders that take no more are paid without asking anybody; None: no order is."""
    drift_percent: Decimal | None = None
    """By how much the supplier may take more than was quoted; None: that is not compared."""
    methods: tuple[str, ...] = ()
    """Preferred shipping methods, the best first, by the supplier's names."""


@dataclass(frozen=True, slots=True)
class OrderPolicy:
    """The policy for all orders; a supplier's own terms stand in place of the general ones."""

    general: Terms = Terms()
    suppliers: Mapping[str, Terms] = field(default_factory=dict)

    def of(self, supplier: str) -> Terms:
        """What holds for orders of this supplier."""
        return self.suppliers.get(supplier, self.general)


class Course(StrEnum):
    """What becomes of an order that is made and not paid."""

    PAY = "PAY"  # at once, by the gateway
    APPROVAL = "APPROVAL"  # somebody with the scope for it pays it, or nobody
    DRIFT = "DRIFT"  # the same, because the price has moved too far


@dataclass(frozen=True, slots=True)
class Decision:
    """What is done, and why."""

    course: Course
    reason: str
    """A clause without a full stop, for people."""
    limit: Money | None = None
    """With PAY: what may be charged at the most, should the supplier say another amount then."""


def decide(
    terms: Terms, *, taken: Money | None, quoted: Money | None, cap: Money | None = None
) -> Decision | None:
    """
    Whether an order is paid by the gateway itself; None where no order of its supplier is.

    Args:
        terms: Of its supplier.
        taken: What the supplier takes for it; None: it does not say yet.
        quoted: What it was to take; None: it was not ordered from a quote.
        cap: What paying one order may take at the most, whoever pays it.
    """
    highest = terms.pay_up_to
    if highest is None:
        return None
    if taken is not None and taken.currency != highest.currency:
        return _approval(f"it takes {in_words(taken)}, and the order policy is in {highest.currency}")
    for limit, whose in ((highest, "the order policy pays"), (cap, "the cap for one order is")):
        if taken is not None and limit is not None and exceeds(taken, limit):
            return _approval(f"it takes {in_words(taken)}, and {whose} {in_words(limit)} at the most")
    if terms.drift_percent is None:
        return _payment(highest, taken)
    return _by_drift(highest, terms.drift_percent, taken, quoted)


def preferred(terms: Terms, offered: Collection[str]) -> str | None:
    """The first preferred method among those that are offered; None where none of them is."""
    return next((method for method in terms.methods if method in offered), None)


def _by_drift(highest: Money, percent: Decimal, taken: Money | None, quoted: Money | None) -> Decision:
    if quoted is None:
        return _approval("it was not ordered from a quote, with which its price could be compared")
    if quoted.currency != highest.currency:
        return _approval(f"it was quoted in {quoted.currency}, and the order policy is in {highest.currency}")
    allowed = Money(quoted.amount * (_WHOLE + percent) / _WHOLE, quoted.currency)
    if taken is None or not exceeds(taken, allowed):
        return _payment(min(highest, allowed, key=lambda limit: limit.amount), taken)
    more = f"{_drift(taken, quoted)} the quoted {in_words(quoted)}"
    reason = f"it takes {in_words(taken)}, {more}, and {percent.normalize():f} % more are allowed"
    return Decision(Course.DRIFT, reason)


def _payment(limit: Money, taken: Money | None) -> Decision:
    reason = f"{in_words(taken)} is" if taken is not None else "what it takes is not known yet, and paid if"
    return Decision(Course.PAY, f"{reason} not above {in_words(limit)}", limit)


def _approval(reason: str) -> Decision:
    return Decision(Course.APPROVAL, reason)


def _drift(taken: Money, quoted: Money) -> str:
    if not quoted.amount:
        return "above"
    percent = (taken.amount / quoted.amount - 1) * _WHOLE
    return f"{percent.quantize(_TENTH):f} % above"
