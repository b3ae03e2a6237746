"""Failures of a mutation that a person can act on: part of the schema, each with what is needed to decide."""

from enum import StrEnum
from typing import ClassVar

import strawberry

from gateway.errors import BadInput, code_of, retry_after_ms
from gateway.schema.enums import Feature, described
from providers.errors import Delisted, NotFound, ProviderError, Transient


class UserErrorCode(StrEnum):
    """Stable codes."""

    INVALID_INPUT = "INVALID_INPUT"
    NOT_FOUND = "NOT_FOUND"
    CAPABILITY_MISSING = "CAPABILITY_MISSING"
    SUPPLIER_BUSY = "SUPPLIER_BUSY"
    SUPPLIER_REFUSED = "SUPPLIER_REFUSED"


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


USER_ERRORS: tuple[type, ...] = (
    InvalidInput,
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

    code: str = strawberry.field(
        description="Stable code: ALREADY_DONE, or NOT_READ when only reading it back failed."
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
