"""Each trouble that the office has with an order, as the user error that clients see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import singledispatch

from gateway.orders import troubles
from gateway.orders.amounts import in_words
from gateway.schema.money import Money
from gateway.schema.order_errors import (
    IdempotencyKeyReused,
    InsufficientBalance,
    OrderStateConflict,
    OutcomeUnknown,
    PriceChanged,
    QuoteUnusable,
    ReferenceTaken,
    ShippingAlternative,
    ShippingMethodUnavailable,
    SpendCapExceeded,
)
from gateway.schema.user_errors import (
    CapabilityMissing,
    InvalidInput,
    OutOfStock,
    SupplierBusy,
    SupplierRefused,
    ThingNotFound,
    UserError,
    UserErrorCode,
)
from providers.declaring import Feature


@dataclass(frozen=True, slots=True)
class About:
    """What troubles are about that do not say so themselves."""

    supplier: str
    feature: Feature
    """What was asked of the supplier."""
    now: datetime


def user_errors(found: Sequence[troubles.Trouble], about: About) -> list[UserError]:
    """What troubles mean to the person who asked."""
    return [_shown(trouble, about) for trouble in found]


@singledispatch
def _shown(trouble: object, _about: About) -> UserError:
    raise TypeError(f"{type(trouble).__name__} has no form for clients.")


@_shown.register
def _(trouble: troubles.InvalidField, _about: About) -> UserError:
    field = ["input", *trouble.field] if trouble.field else None
    return InvalidInput(code=UserErrorCode.INVALID_INPUT, message=trouble.message, field=field)


@_shown.register
def _(trouble: troubles.QuoteUnusable, _about: About) -> UserError:
    what = (
        "the quote has expired"
        if trouble.is_expired
        else "this is no quote of this gateway, or it was altered"
    )
    return QuoteUnusable(
        code=UserErrorCode.QUOTE_UNUSABLE,
        message=f"input.quoteId: {what}. Ask for a new one with `quotes`.",
        field=["input", "quoteId"],
        expired=trouble.is_expired,
    )


@_shown.register
def _(trouble: troubles.PriceChanged, about: About) -> UserError:
    limit, remedy = "maxTotal", "If that is fine, order with a higher `maxTotal`."
    if about.feature is Feature.PAYMENT:
        limit, remedy = "expectedTotal", "If that is fine, send it as `expectedTotal` under a new key."
    return PriceChanged(
        code=UserErrorCode.PRICE_CHANGED,
        message=f"The supplier asks for {in_words(trouble.current)}, and no more than "
        f"{in_words(trouble.agreed)} was agreed. Nothing was charged. {remedy}",
        field=["input", limit],
        quoted=Money.from_model(trouble.agreed),
        current=Money.from_model(trouble.current),
    )


@_shown.register
def _(trouble: troubles.OutOfStock, _about: About) -> UserError:
    return OutOfStock(
        code=UserErrorCode.OUT_OF_STOCK, message=trouble.message, field=None, available=trouble.available
    )


@_shown.register
def _(trouble: troubles.MethodUnavailable, _about: About) -> UserError:
    return ShippingMethodUnavailable(
        code=UserErrorCode.SHIPPING_METHOD_UNAVAILABLE,
        message=trouble.message,
        field=None,
        alternatives=[ShippingAlternative.from_model(offer) for offer in trouble.offers],
    )


@_shown.register
def _(trouble: troubles.InsufficientBalance, _about: About) -> UserError:
    return InsufficientBalance(
        code=UserErrorCode.INSUFFICIENT_BALANCE,
        message=f"It takes {in_words(trouble.needed)}, and the account has {in_words(trouble.available)}. "
        "Nothing was charged. Top the account up at the supplier.",
        field=None,
        needed=Money.from_model(trouble.needed),
        available=Money.from_model(trouble.available),
    )


@_shown.register
def _(trouble: troubles.OverSpendCap, _about: About) -> UserError:
    whose = "a day" if trouble.per_day else "one order"
    return SpendCapExceeded(
        code=UserErrorCode.SPEND_CAP_EXCEEDED,
        message=f"The cap for {whose} is {in_words(trouble.limit)}, and {in_words(trouble.left)} of it is "
        "left. Nothing was charged.",
        field=None,
        limit=Money.from_model(trouble.limit),
        left=Money.from_model(trouble.left),
        per_day=trouble.per_day,
    )


@_shown.register
def _(_trouble: troubles.KeyReused, _about: About) -> UserError:
    return IdempotencyKeyReused(
        code=UserErrorCode.IDEMPOTENCY_KEY_REUSED,
        message="input.idempotencyKey: this key was used for another input. Nothing was done. Use a new "
        "key for a new wish.",
        field=["input", "idempotencyKey"],
    )


@_shown.register
def _(trouble: troubles.ReferenceTaken, _about: About) -> UserError:
    return ReferenceTaken(
        code=UserErrorCode.REFERENCE_TAKEN,
        message="input.clientReference: an order of this supplier has this reference already. Nothing was "
        "done. Take another one if you mean another order.",
        field=["input", "clientReference"],
        order_id=trouble.order_id,
    )


@_shown.register
def _(trouble: troubles.NotNow, _about: About) -> UserError:
    return OrderStateConflict(code=UserErrorCode.ORDER_STATE_CONFLICT, message=trouble.message, field=None)


@_shown.register
def _(trouble: troubles.Refused, _about: About) -> UserError:
    return SupplierRefused(
        code=UserErrorCode.SUPPLIER_REFUSED,
        message=trouble.message,
        field=None,
        supplier_code=trouble.code,
    )


@_shown.register
def _(trouble: troubles.Busy, _about: About) -> UserError:
    seconds = trouble.retry_after_seconds
    return SupplierBusy(
        code=UserErrorCode.SUPPLIER_BUSY,
        message=trouble.message,
        field=None,
        retry_after_ms=None if seconds is None else max(0, round(seconds * 1000)),
    )


@_shown.register
def _(trouble: troubles.OutcomeUnknown, about: About) -> UserError:
    return OutcomeUnknown(
        code=UserErrorCode.OUTCOME_UNKNOWN,
        message=trouble.message,
        field=None,
        check_after=about.now + timedelta(seconds=trouble.check_after_seconds),
    )


@_shown.register
def _(trouble: troubles.NotFound, _about: About) -> UserError:
    return ThingNotFound(code=UserErrorCode.NOT_FOUND, message=trouble.message, field=None)


@_shown.register
def _(trouble: troubles.Unsupported | troubles.Elsewhere, about: About) -> UserError:
    return CapabilityMissing(
        code=UserErrorCode.CAPABILITY_MISSING,
        message=trouble.message,
        field=None,
        supplier=about.supplier,
        feature=about.feature,
    )
