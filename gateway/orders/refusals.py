"""
What a supplier's failure means to whoever asked, where it is known that nothing was done.

What is not known to have failed is not decided here: see `doubt`.
"""

import re

import structlog

from gateway.orders.amounts import in_words
from gateway.orders.troubles import (
    Busy,
    InvalidField,
    NotFound,
    NotNow,
    OutOfStock,
    Refused,
    Trouble,
    Unsupported,
)
from providers import errors
from providers.model import Money

log = structlog.get_logger(__name__)

# An adapter that refuses an order unsent begins its sentence with the field of the draft.
_FIELD = re.compile(r"(?:address\.)?[a-z_0-9]+(?=[ .:])")
_PATHS = {
    "address.name": ("shipTo", "name"),
    "address.country": ("shipTo", "country"),
    "address.province": ("shipTo", "province"),
    "address.city": ("shipTo", "city"),
    "address.line1": ("shipTo", "line1"),
    "address.line2": ("shipTo", "line2"),
    "address.house_number": ("shipTo", "houseNumber"),
    "address.county": ("shipTo", "county"),
    "address.postal_code": ("shipTo", "postalCode"),
    "address.phone": ("shipTo", "phone"),
    "address.email": ("shipTo", "email"),
    "address.tax_id": ("shipTo", "taxId"),
    "method": ("shippingMethod",),
    "origin": ("shipFrom",),
    "note": ("note",),
    "lines": ("lines",),
}


def of_error(error: Exception) -> Trouble:
    """The trouble that a provider's error is, in general."""
    shown: Trouble
    match error:
        case errors.Transient():
            shown = Busy(error.message, error.retry_after)
        case errors.AuthenticationFailed():
            # For the operator to mend; afterwards the same request may be sent again.
            shown = Busy(error.message, None)
        case errors.Unsupported():
            shown = Unsupported(error.message)
        case errors.OutOfStock() | errors.Delisted():
            shown = OutOfStock(error.message)
        case errors.NotFound():
            shown = NotFound(error.message)
        case errors.Conflict():
            shown = NotNow(error.message)
        case errors.ProviderError():
            shown = Refused(error.message, error.code)
        case _:
            log.error("orders.unforeseen", exc_info=error)
            shown = Busy("The supplier could not be asked, because of a fault in this gateway.", None)
    return shown


def of_creation(error: errors.ProviderError, method: str) -> Trouble:
    """
    Why an order was clearly not made.

    Args:
        error: What the adapter raised.
        method: The shipping method of the order, which a supplier names when it refuses it.
    """
    if isinstance(error, errors.NotFound):
        return InvalidField(("lines",), error.message)
    if isinstance(error, errors.InvalidRequest):
        return InvalidField(_path(error.message, method), error.message)
    return of_error(error)


def of_payment(error: errors.ProviderError, amount: Money) -> Trouble:
    """Why a payment was clearly not made."""
    if isinstance(error, errors.OutOfStock | errors.Unsupported):
        return of_error(error)
    return Refused(f"{error.message} Nothing of {in_words(amount)} was charged.", error.code)


def _path(message: str, method: str) -> tuple[str, ...]:
    named = _FIELD.match(message)
    if named is not None and named[0] in _PATHS:
        return _PATHS[named[0]]
    return _PATHS["method"] if method in message else ()
