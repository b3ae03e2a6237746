"""
From an order to a paid one, call by call: cart, confirming, what it costs, paying; and the wallet.

CJ documentation, "Shopping: Cart", "Payment" and "Sandbox", read 2026-11-23. A code of 200 proves nothing
here: a cart call says in its data whether it took effect. No amount can be sent with a payment, and its
success carries no receipt; what was paid is read from the order and the wallet.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Final

from pydantic import BeforeValidator, Field, TypeAdapter

from providers.cj.fields import Amount, Charge
from providers.cj.parsing import USD, Count, Flag, Sent, Text, Texts, decimal_of, usd
from providers.cj.reasons import Reasons
from providers.cj.rows import expect_done, malformed, read_one
from providers.model import Money
from providers.orders import Wallet
from providers.upstream import Call, CallPolicy, Json


class SentCart(Sent):
    """The answer to both cart calls."""

    count: Count = Field(None, alias="successCount")
    is_submitted: Flag = Field(None, alias="submitSuccess")
    parent: Text = Field(None, alias="shipmentsId")
    intercepts: Reasons = Field((), alias="interceptOrders")


class SentPrice(Sent):
    """The part of a parent order that says what is to be paid."""

    payable: Charge = Field(None, alias="payableAmount")


class SentParent(Sent):
    """A parent order: what paying its orders together takes."""

    payment: Text = Field(None, alias="payId")
    is_submitted: Flag = Field(None, alias="submitSuccess")
    orders: Texts = Field((), alias="successOrders")
    unmatched: Texts = Field((), alias="unMatchOrderCodes")
    price: SentPrice | None = Field(None, alias="paymentInformation")
    intercepts: Reasons = Field((), alias="interceptOrders")


class SentBalance(Sent):
    """The wallet."""

    amount: Annotated[Decimal, BeforeValidator(decimal_of)]
    bonus: Amount = Field(None, alias="noWithdrawalAmount")
    frozen: Amount = Field(None, alias="freezeAmount")


@dataclass(frozen=True, slots=True)
class Carted:
    """Whether an order went into the cart, or was confirmed in it."""

    is_done: bool
    parent: str | None
    """Under which it is paid for; only when it was confirmed."""
    reasons: tuple[str, ...]
    """Why not, in CJ's words."""


@dataclass(frozen=True, slots=True)
class Parent:
    """What paying a parent takes."""

    payment: str | None
    """None unless it is certain that it pays for our order and for nothing else."""
    amount: Money | None
    reasons: tuple[str, ...]
    """What holds it back, in CJ's words."""


_CART: Final = TypeAdapter(SentCart)
_PARENT: Final = TypeAdapter(SentParent)
_BALANCE: Final = TypeAdapter(SentBalance)


def cart_call(policy: CallPolicy, code: str) -> Call[Carted]:
    """Put one order into the cart."""
    return Call(policy, "POST", "/shopping/order/addCart", read=_read_added, body={"cjOrderIdList": [code]})


def confirm_call(policy: CallPolicy, code: str) -> Call[Carted]:
    """Confirm one order that is in the cart; CJ makes a parent for it."""
    return Call(
        policy,
        "POST",
        "/shopping/order/addCartConfirm",
        read=_read_confirmed,
        body={"cjOrderIdList": [code]},
    )


def parent_call(policy: CallPolicy, parent: str, code: str) -> Call[Parent]:
    """Ask what paying a parent takes, under which the order with that code is; charges nothing."""
    return Call(
        policy,
        "POST",
        "/shopping/order/saveGenerateParentOrder",
        read=lambda data: _read_parent(data, code),
        body={"shipmentOrderId": parent},
    )


def pay_parent_call(policy: CallPolicy, parent: str, payment: str) -> Call[bool]:
    """Pay a parent from the balance."""
    return Call(
        policy,
        "POST",
        "/shopping/pay/payBalanceV2",
        read=_read_paid,
        body={"shipmentOrderId": parent, "payId": payment},
    )


def pay_single_call(policy: CallPolicy, order_id: str) -> Call[bool]:
    """Pay one order from the balance; needs neither parent nor payment."""
    return Call(policy, "POST", "/shopping/pay/payBalance", read=_read_paid, body={"orderId": order_id})


def pretend_call(policy: CallPolicy, code: str) -> Call[bool]:
    """Treat a test order as paid; CJ refuses it for any other."""
    return Call(policy, "POST", "/shopping/sandbox/simulatePay", read=_read_pretended, body={"orderId": code})


def wallet_call(policy: CallPolicy) -> Call[Wallet]:
    """Ask for the account's balance."""
    return Call(policy, "GET", "/shopping/pay/getBalance", read=_read_wallet)


def _cart(data: Json) -> SentCart:
    return read_one(_CART, data, "the cart")


def _read_added(data: Json) -> Carted:
    sent = _cart(data)
    if sent.count is None:
        raise malformed("the cart does not say what was added")
    return Carted(sent.count > 0 and not sent.intercepts, None, sent.intercepts)


def _read_confirmed(data: Json) -> Carted:
    sent = _cart(data)
    if sent.is_submitted is None:
        raise malformed("the cart does not say whether it was confirmed")
    return Carted(sent.is_submitted and not sent.intercepts, sent.parent, sent.intercepts)


def _read_parent(data: Json, code: str) -> Parent:
    sent = read_one(_PARENT, data, "the parent order")
    if sent.is_submitted is None:
        raise malformed("the parent order does not say whether it was made")
    ours_alone = sent.orders == (code,) and not sent.unmatched
    if not sent.is_submitted or not ours_alone or sent.intercepts or not sent.payment:
        return Parent(None, None, sent.intercepts)
    amount = sent.price and sent.price.payable
    if not amount:
        # CJ writes 0 where it has no price.
        raise malformed("the parent order has no amount")
    return Parent(sent.payment, Money(amount, USD), ())


def _read_paid(data: Json) -> bool:
    # Documented as null; a text was seen. Anything else is no answer to "was it paid".
    if data is None or data is True or (isinstance(data, str) and data.lower() != "false"):
        return True
    raise malformed("CJ does not say that it was paid")


def _read_pretended(data: Json) -> bool:
    return expect_done(data, "the test order counts as paid")


def _read_wallet(data: Json) -> Wallet:
    sent = read_one(_BALANCE, data, "the balance")
    return Wallet(Money(sent.amount, USD), usd(sent.bonus), usd(sent.frozen))
