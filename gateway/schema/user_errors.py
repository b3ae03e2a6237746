"""Failures that a person can act on: part of the schema, each with what is needed to decide."""

from enum import StrEnum
from typing import ClassVar

import strawberry

from gateway.errors import BadInput, code_of, retry_after_ms
from gateway.quoting import problems
from gateway.schema.enums import Feature, described
from gateway.schema.scalars import CountryCode
from providers.errors import Delisted, NotFound, ProviderError, Transient


class UserErrorCode(StrEnum):
    """Stable codes."""

    INVALID_INPUT = "INVALID_INPUT"
    NOT_FOUND = "NOT_FOUND"
    CAPABILITY_MISSING = "CAPABILITY_MISSING"
    SUPPLIER_BUSY = "SUPPLIER_BUSY"
    SUPPLIER_REFUSED = "SUPPLIER_REFUSED"
    BELOW_MINIMUM_ORDER = "BELOW_MINIMUM_ORDER"
    OUT_OF_STOCK = "OUT_OF_STOCK"
    STOCK_UNKNOWN = "STOCK_UNKNOWN"
    NO_COMMON_ORIGIN = "NO_COMMON_ORIGIN"
    NO_SHIPPING = "NO_SHIPPING"
    SHIPPING_METHOD_LEFT_OUT = "SHIPPING_METHOD_LEFT_OUT"
    QUOTE_UNUSABLE = "QUOTE_UNUSABLE"
    PRICE_CHANGED = "PRICE_CHANGED"
    SHIPPING_METHOD_UNAVAILABLE = "SHIPPING_METHOD_UNAVAILABLE"
    INSUFFICIENT_BALANCE = "INSUFFICIENT_BALANCE"
    SPEND_CAP_EXCEEDED = "SPEND_CAP_EXCEEDED"
    IDEMPOTENCY_KEY_REUSED = "IDEMPOTENCY_KEY_REUSED"
    REFERENCE_TAKEN = "REFERENCE_TAKEN"
    ORDER_STATE_CONFLICT = "ORDER_STATE_CONFLICT"
    OUTCOME_UNKNOWN = "OUTCOME_UNKNOWN"


described(
    UserErrorCode,
    "UserErrorCode",
    "What kind of failure a user error is.",
    {
        "INVALID_INPUT": "An argument makes no sense.",
        "NOT_FOUND": "The thing is not there, or not sold any more.",
        "CAPABILITY_MISSING": "The supplier, or this gateway for it, cannot do that.",
        "SUPPLIER_BUSY": "Not possible now: try again later.",
        "SUPPLIER_REFUSED": "The supplier said no.",
        "BELOW_MINIMUM_ORDER": "Fewer pieces than the supplier sells.",
        "OUT_OF_STOCK": "Not that many pieces in one place.",
        "STOCK_UNKNOWN": "The supplier does not say where it lies: name the country, or try again later.",
        "NO_COMMON_ORIGIN": "No country holds all of it, so it cannot be one parcel.",
        "NO_SHIPPING": "Nothing takes this parcel there.",
        "SHIPPING_METHOD_LEFT_OUT": "One way to send it cannot be used; others may.",
        "QUOTE_UNUSABLE": "The quote has expired or is none: ask for a new one.",
        "PRICE_CHANGED": "The supplier asks for more than was agreed. Nothing was charged.",
        "SHIPPING_METHOD_UNAVAILABLE": "The shipping method cannot be used any more; others may.",
        "INSUFFICIENT_BALANCE": "The account has too little at the supplier. Nothing was charged.",
        "SPEND_CAP_EXCEEDED": "The gateway's operator has set a cap. Nothing was charged.",
        "IDEMPOTENCY_KEY_REUSED": "The key was used for another input. Nothing was done.",
        "REFERENCE_TAKEN": "Your reference stands for another order. Nothing was done.",
        "ORDER_STATE_CONFLICT": "The order is past that, or not there yet.",
        "OUTCOME_UNKNOWN": "It may have been done or not: send the same again, with the same key, and "
        "never with another.",
    },
)


@strawberry.interface(description="A failure that a person can act on.")
class UserError:
    """What all of them share."""

    code: UserErrorCode = strawberry.field(description="What kind it is.")
    message: str = strawberry.field(description="What happened and what to try, for people.")
    field: list[str] | None = strawberry.field(
        description="Path of the input field it is about, if it is about one."
    )


@strawberry.type(description="An argument makes no sense.")
class InvalidInput(UserError):
    """Nothing was done."""


@strawberry.type(description="The thing is not there, or not sold any more.")
class ThingNotFound(UserError):
    """Nothing was done."""


@strawberry.type(description="The supplier, or this gateway for it, cannot do that. Nothing was done.")
class CapabilityMissing(UserError):
    """Nothing was done."""

    supplier: str = strawberry.field(description="Code of the supplier.")
    feature: Feature = strawberry.field(description="What is missing.")


@strawberry.type(description="Not possible now: the quota is taken, or the supplier does not answer.")
class SupplierBusy(UserError):
    """Whether something was done is not known when the supplier did not answer in time."""

    retry_after_ms: int | None = strawberry.field(
        description="Milliseconds after which trying again makes sense."
    )


@strawberry.type(description="The supplier understood and said no.")
class SupplierRefused(UserError):
    """Nothing was done."""

    supplier_code: str | None = strawberry.field(description="The supplier's own error code.")


@strawberry.type(description="Fewer pieces than the supplier sells.")
class BelowMinimumOrder(UserError):
    """Ask for more."""

    quantity: int = strawberry.field(description="Pieces that were asked for.")
    minimum: int = strawberry.field(description="Fewest pieces that are sold.")


@strawberry.type(description="Not that many pieces in one place.")
class OutOfStock(UserError):
    """Ask for less, or later."""

    available: int | None = strawberry.field(
        description="The most that lie in one place; null when the supplier does not say."
    )


@strawberry.type(description="It cannot be sent as asked: see `code`.")
class CannotShip(UserError):
    """Another basket or another way may do."""

    ship_from: CountryCode | None = strawberry.field(description="The country it would leave from.")
    shipping_method: str | None = strawberry.field(
        description="The one method that is left out; null when it is about all of them."
    )


USER_ERRORS: tuple[type, ...] = (
    InvalidInput,
    BelowMinimumOrder,
    OutOfStock,
    CannotShip,
    ThingNotFound,
    CapabilityMissing,
    SupplierBusy,
    SupplierRefused,
)


@strawberry.type(description="Something worth knowing about a mutation that went well.")
class Warning:  # noqa: A001 - the schema's word
    """Not a failure."""

    ALREADY_DONE: ClassVar[str] = "ALREADY_DONE"
    NOT_READ: ClassVar[str] = "NOT_READ"
    NOTE: ClassVar[str] = "NOTE"

    code: str = strawberry.field(
        description="Stable code: ALREADY_DONE, NOT_READ when only reading it back failed, or NOTE for "
        "anything else."
    )
    message: str = strawberry.field(description="For people.")


def of_bad_input(error: BadInput, field: list[str]) -> UserError:
    """An argument that makes no sense."""
    return InvalidInput(code=UserErrorCode.INVALID_INPUT, message=error.message, field=field)


def of_provider(error: ProviderError, field: list[str]) -> UserError:
    """What a supplier's failure means to the person who asked."""
    if isinstance(error, NotFound | Delisted):
        return ThingNotFound(code=UserErrorCode.NOT_FOUND, message=error.message, field=field)
    if isinstance(error, Transient):
        return SupplierBusy(
            code=UserErrorCode.SUPPLIER_BUSY,
            message=error.message,
            field=None,
            retry_after_ms=retry_after_ms(error),
        )
    return SupplierRefused(
        code=UserErrorCode.SUPPLIER_REFUSED,
        message=error.message,
        field=None,
        supplier_code=error.code or code_of(error).value,
    )


_OF_PROBLEM = {
    problems.BelowMinimum: UserErrorCode.BELOW_MINIMUM_ORDER,
    problems.NotEnoughStock: UserErrorCode.OUT_OF_STOCK,
    problems.NotSold: UserErrorCode.NOT_FOUND,
    problems.StockUnknown: UserErrorCode.STOCK_UNKNOWN,
    problems.NoCommonOrigin: UserErrorCode.NO_COMMON_ORIGIN,
    problems.NothingShips: UserErrorCode.NO_SHIPPING,
    problems.MethodLeftOut: UserErrorCode.SHIPPING_METHOD_LEFT_OUT,
}


def of_problem(problem: problems.Problem) -> UserError:
    """Why goods cannot be quoted as asked."""
    code, message = _OF_PROBLEM[type(problem)], problem.message
    shown: UserError
    match problem:
        case problems.BelowMinimum(quantity=asked, minimum=minimum):
            shown = BelowMinimumOrder(code=code, message=message, field=None, quantity=asked, minimum=minimum)
        case problems.NotEnoughStock(available=available):
            shown = OutOfStock(code=code, message=message, field=None, available=available)
        case problems.NotSold():
            shown = ThingNotFound(code=code, message=message, field=None)
        case problems.NothingShips(origin=origin):
            shown = _cannot_ship(code, message, origin)
        case problems.MethodLeftOut(origin=origin, method=method):
            shown = _cannot_ship(code, message, origin, method)
        case _:
            shown = _cannot_ship(code, message)
    return shown


def _cannot_ship(
    code: UserErrorCode, message: str, origin: str | None = None, method: str | None = None
) -> CannotShip:
    return CannotShip(
        code=code,
        message=message,
        field=None,
        ship_from=None if origin is None else CountryCode(origin),
        shipping_method=method,
    )
