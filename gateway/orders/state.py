"""
How an order may come to stand: every step it can take, as two tables, and nothing else. No input or output.

An order's `Standing` has four parts. Its status is what clients see. Beside it stand three undertakings of
ours, creation, payment and cancellation, each with the step it has reached: that is what makes a second
attempt impossible while the first has no known end.

Two kinds of thing move it. *News* is what the supplier says about the order (`hear`): it may skip steps, come
late, come twice, or make no sense. *Deeds* are what the gateway does and is answered (`act`). What does not
fit is kept in the ledger and changes nothing; only beginning a deed is refused outright.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from providers.orders import OrderState


class OrderStatus(StrEnum):
    """How an order stands, as clients see it."""

    PENDING = "PENDING"  # meant, and not known to exist at the supplier
    CREATED = "CREATED"
    IN_CART = "IN_CART"
    AWAITING_PAYMENT = "AWAITING_PAYMENT"
    PAID = "PAID"
    PROCESSING = "PROCESSING"
    SHIPPED = "SHIPPED"
    DELIVERED = "DELIVERED"
    CANCELLED = "CANCELLED"
    FAILED = "FAILED"  # the supplier refused it; it does not exist there
    UNKNOWN = "UNKNOWN"  # it exists, in a state that we have no word for


UNPAID: Final = frozenset({OrderStatus.CREATED, OrderStatus.IN_CART, OrderStatus.AWAITING_PAYMENT})
"""It exists, and its payment is still to come."""
PAID: Final = frozenset(
    {OrderStatus.PAID, OrderStatus.PROCESSING, OrderStatus.SHIPPED, OrderStatus.DELIVERED}
)
"""The supplier has its money."""


class Step(StrEnum):
    """How far an undertaking has come."""

    NOT_BEGUN = "NOT_BEGUN"
    SENT = "SENT"  # the supplier was asked, and what came of it is not known
    ABSENT = "ABSENT"  # looked for after that and not there, or known not to have left: may be tried again
    REFUSED = "REFUSED"  # the supplier said no
    DONE = "DONE"


class Move(StrEnum):
    """What a piece of news did."""

    ADVANCED = "ADVANCED"
    REPEATED = "REPEATED"  # known already
    LATE = "LATE"  # true once, overtaken since
    IMPOSSIBLE = "IMPOSSIBLE"  # no order goes that way
    UNKNOWN = "UNKNOWN"  # a word that we do not know


class Deed(StrEnum):
    """What the gateway does about an order, and how that ends."""

    CREATION_SENT = "CREATION_SENT"
    CREATION_UNCLEAR = "CREATION_UNCLEAR"
    CREATION_ABSENT = "CREATION_ABSENT"
    CREATION_REFUSED = "CREATION_REFUSED"
    ABANDONED = "ABANDONED"  # by the gateway: what was meant cannot be had any more
    WITHDRAWN = "WITHDRAWN"  # by the client, before the supplier heard of it
    BEGUN_AGAIN = "BEGUN_AGAIN"  # after a refusal, with new contents, under the same number
    PAYMENT_SENT = "PAYMENT_SENT"
    PAYMENT_UNCLEAR = "PAYMENT_UNCLEAR"
    PAYMENT_ABSENT = "PAYMENT_ABSENT"
    PAYMENT_REFUSED = "PAYMENT_REFUSED"
    PAYMENT_ACCEPTED = "PAYMENT_ACCEPTED"
    CANCELLATION_SENT = "CANCELLATION_SENT"
    CANCELLATION_UNCLEAR = "CANCELLATION_UNCLEAR"
    CANCELLATION_REFUSED = "CANCELLATION_REFUSED"
    CANCELLATION_ACCEPTED = "CANCELLATION_ACCEPTED"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an order stands."""

    status: OrderStatus = OrderStatus.PENDING
    creation: Step = Step.NOT_BEGUN
    payment: Step = Step.NOT_BEGUN
    cancellation: Step = Step.NOT_BEGUN

    @property
    def is_in_doubt(self) -> bool:
        """Whether the supplier was asked for something and its answer is not known."""
        return Step.SENT in {self.creation, self.payment, self.cancellation}

    @property
    def is_paid(self) -> bool:
        """Whether the supplier has its money, by its own word or because it took our payment."""
        return self.payment is Step.DONE or self.status in PAID


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of news or of a deed."""

    move: Move
    standing: Standing
    """Afterwards."""


class StepRefused(Exception):
    """A deed cannot be begun as the order stands: it was begun already, or it is too early or too late."""

    def __init__(self, deed: Deed, standing: Standing) -> None:
        super().__init__(
            f"{deed} is not possible while the order is {standing.status} (creation {standing.creation}, "
            f"payment {standing.payment}, cancellation {standing.cancellation})."
        )
        self.deed = deed
        self.standing = standing


_S = OrderStatus

# One row for each status, one column for each thing a supplier may say, in the order of OrderState:
#   +  it moves on        =  known      <  late      x  impossible      ?  a word we do not know
#   o  it moves on when the supplier was asked just now; anything delivered by itself may be an old letter
#
# A cancelled order can come back: a payment on its way may have overtaken the cancellation, and money that
# was taken, or a parcel under way, is not to be overlooked. A delivered one cannot be cancelled: CJ closes
# orders after delivery with the same number, 700. A refused one may turn out to exist.
NEWS: Mapping[OrderStatus, str] = {
    #                    CREATED IN_CART AWAITING_PAYMENT PAID PROCESSING SHIPPED DELIVERED CANCELLED UNKNOWN
    _S.PENDING: "+ + + + + + + + +",
    _S.UNKNOWN: "+ + + + + + + + =",
    _S.CREATED: "= + + + + + + + ?",
    _S.IN_CART: "< = + + + + + + ?",
    _S.AWAITING_PAYMENT: "< < = + + + + + ?",
    _S.PAID: "< < < = + + + + ?",
    _S.PROCESSING: "< < < < = + + + ?",
    _S.SHIPPED: "< < < < < = + + ?",
    _S.DELIVERED: "< < < < < < = x ?",
    _S.CANCELLED: "< < < o o + + = ?",
    _S.FAILED: "o o o o o o o o o",
}
_MOVES = {"=": Move.REPEATED, "<": Move.LATE, "x": Move.IMPOSSIBLE, "?": Move.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Rule:
    """When a deed fits, and what it does."""

    undertaking: str
    """The part of `Standing` that it belongs to."""
    before: frozenset[Step]
    after: Step
    statuses: frozenset[OrderStatus]
    """In which it fits."""
    becomes: Mapping[OrderStatus, OrderStatus] = field(default_factory=dict)
    """The status afterwards, by the one before; others stay."""
    begins: bool = False
    """Whether something is begun or given up with it: refused outright where it does not fit."""

    @property
    def needs_lease(self) -> bool:
        """
        Whether only who holds the order may say so: what begins an attempt, or opens the way for another.

        Someone whose lease ran out speaks of an attempt that another may have followed with a second one.
        """
        return self.begins or self.after in {Step.ABSENT, Step.REFUSED}


_ANY = frozenset(OrderStatus)
_PENDING = frozenset({_S.PENDING})
_SENT = frozenset({Step.SENT})
_UNSENT = frozenset({Step.NOT_BEGUN, Step.ABSENT})
_FREE = frozenset({Step.NOT_BEGUN, Step.ABSENT, Step.REFUSED})
_FAILS = {_S.PENDING: _S.FAILED}

DEEDS: Mapping[Deed, Rule] = {
    Deed.CREATION_SENT: Rule("creation", _UNSENT, Step.SENT, _PENDING, begins=True),
    Deed.CREATION_UNCLEAR: Rule("creation", _SENT, Step.SENT, _PENDING),
    Deed.CREATION_ABSENT: Rule("creation", _SENT, Step.ABSENT, _PENDING),
    Deed.CREATION_REFUSED: Rule("creation", _SENT, Step.REFUSED, _PENDING, _FAILS),
    Deed.ABANDONED: Rule("creation", _UNSENT, Step.REFUSED, _PENDING, _FAILS, begins=True),
    Deed.WITHDRAWN: Rule(
        "creation", _UNSENT, Step.REFUSED, _PENDING, {_S.PENDING: _S.CANCELLED}, begins=True
    ),
    Deed.BEGUN_AGAIN: Rule(
        "creation",
        frozenset({Step.REFUSED}),
        Step.NOT_BEGUN,
        frozenset({_S.FAILED}),
        {_S.FAILED: _S.PENDING},
        begins=True,
    ),
    Deed.PAYMENT_SENT: Rule("payment", _FREE, Step.SENT, UNPAID, begins=True),
    Deed.PAYMENT_UNCLEAR: Rule("payment", _SENT, Step.SENT, _ANY),
    Deed.PAYMENT_ABSENT: Rule("payment", _SENT, Step.ABSENT, _ANY),
    Deed.PAYMENT_REFUSED: Rule("payment", _SENT, Step.REFUSED, _ANY),
    # An answer that comes late is one all the same: the money is gone, whatever was believed meanwhile.
    Deed.PAYMENT_ACCEPTED: Rule(
        "payment",
        _SENT | {Step.ABSENT, Step.REFUSED},
        Step.DONE,
        _ANY,
        dict.fromkeys(UNPAID, _S.PAID),
    ),
    Deed.CANCELLATION_SENT: Rule("cancellation", _FREE, Step.SENT, UNPAID, begins=True),
    Deed.CANCELLATION_UNCLEAR: Rule("cancellation", _SENT, Step.SENT, _ANY),
    Deed.CANCELLATION_REFUSED: Rule("cancellation", _SENT, Step.REFUSED, _ANY),
    Deed.CANCELLATION_ACCEPTED: Rule(
        "cancellation", _SENT, Step.DONE, UNPAID, dict.fromkeys(UNPAID, _S.CANCELLED)
    ),
}


def hear(standing: Standing, heard: OrderState, *, asked: bool) -> Verdict:
    """
    What the supplier's word makes of an order.

    Args:
        standing: How it stands.
        heard: What the supplier says.
        asked: Whether this answers a question just put to it, rather than having come by itself.
    """
    mark = NEWS[standing.status].split()[list(OrderState).index(heard)]
    if not (mark == "+" or (mark == "o" and asked)):
        move = _MOVES.get(mark, Move.LATE)
        return Verdict(move, _settled(standing, heard) if move is Move.REPEATED else standing)
    after = replace(_settled(standing, heard), status=OrderStatus(heard))
    return Verdict(Move.UNKNOWN if heard is OrderState.UNKNOWN else Move.ADVANCED, after)


def act(standing: Standing, deed: Deed) -> Verdict:
    """
    What a deed of the gateway, or the answer to one, makes of an order.

    Raises:
        StepRefused: It would begin something that is not possible.
    """
    rule = DEEDS[deed]
    step: Step = getattr(standing, rule.undertaking)
    fits = standing.status in rule.statuses and step in rule.before
    # Paying and cancelling exclude each other: while one of them is in doubt, the other would be a guess.
    if rule.begins and (not fits or standing.is_in_doubt):
        raise StepRefused(deed, standing)
    if not fits:
        return Verdict(Move.REPEATED if step is rule.after else Move.LATE, standing)
    status = rule.becomes.get(standing.status, standing.status)
    after = replace(standing, **{rule.undertaking: rule.after}, status=status)
    return Verdict(Move.REPEATED if after == standing else Move.ADVANCED, after)


def _settled(standing: Standing, heard: OrderState) -> Standing:
    """With the undertakings ended that the supplier's word shows to have succeeded."""
    creation, payment, cancellation = Step.DONE, standing.payment, standing.cancellation
    if OrderStatus(heard) in PAID:
        # Also where the supplier had said no. Nobody can tell whether somebody paid it by hand afterwards,
        # and money that is counted without being ours does less harm than money that is not counted.
        payment = payment if payment is Step.NOT_BEGUN else Step.DONE
        cancellation = Step.REFUSED if cancellation is Step.SENT else cancellation
    elif heard is OrderState.CANCELLED and cancellation is Step.SENT:
        cancellation = Step.DONE
    return replace(standing, creation=creation, payment=payment, cancellation=cancellation)
