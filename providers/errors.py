"""
What can go wrong with a supplier, as types. Adapters raise these; nothing else crosses the port.

    ProviderError                provider, operation, request_id, code; prints as "cj product.get: …"
    ├─ Transient                 worth trying again; retry_after in seconds or None
    │  ├─ RateLimited            too many calls for this second, by our count or the supplier's
    │  ├─ QuotaExhausted         the day's allowance is used up until retry_after
    │  ├─ UpstreamTimeout        the outcome of a write is unknown: ask before repeating
    │  ├─ Unavailable            down, overloaded, or cut off by our breaker
    │  └─ MalformedResponse      not what was documented: happens under load, so worth one more try
    ├─ Rejected                  asking again will not help
    │  ├─ NotFound               no such thing, said clearly by the supplier
    │  ├─ Delisted               it exists but was taken off sale
    │  └─ InvalidRequest · OutOfStock · PaymentRefused · Conflict
    ├─ AuthenticationFailed      ours to fix: credentials
    └─ Unsupported               not among the declared capabilities
"""

from typing import ClassVar


class ProviderError(Exception):
    """
    A failure at, or on the way to, a supplier.

    Args:
        message: What happened, to which thing, and what to try; never a secret, address or token.
        provider: The provider's code, such as "cj".
        operation: What was asked, such as "product.get".
        request_id: The supplier's own id of the exchange, for its support; None when it gave none.
        code: The supplier's error code as text; None when there was none.
    """

    retryable: ClassVar[bool] = False
    unsent: ClassVar[bool] = False
    """Whether it says that nothing left for the supplier, so that nothing was spent."""
    without_effect: bool = False
    """
    Whether it is certain that the supplier did nothing: no request left, or it was turned away at the door.
    """

    def __init__(
        self,
        message: str,
        *,
        provider: str = "",
        operation: str = "",
        request_id: str | None = None,
        code: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.provider = provider
        self.operation = operation
        self.request_id = request_id
        self.code = code

    def __str__(self) -> str:
        """One line for logs: who, what, which exchange, and the message."""
        where = " ".join(part for part in (self.provider, self.operation) if part)
        exchange = f" [req {self.request_id}]" if self.request_id else ""
        return f"{where}{exchange}: {self.message}" if where else self.message


class Transient(ProviderError):
    """Worth trying again, after `retry_after` seconds where that is known."""

    retryable = True

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        provider: str = "",
        operation: str = "",
        request_id: str | None = None,
        code: str | None = None,
    ) -> None:
        super().__init__(message, provider=provider, operation=operation, request_id=request_id, code=code)
        self.retry_after = retry_after


class RateLimited(Transient):
    """The call cannot leave in time, or the supplier refused it as too fast."""


class QuotaExhausted(Transient):
    """The account's allowance for the day is used up."""


class UpstreamTimeout(Transient):
    """No answer in time. A read may be repeated; what became of a write has to be asked first."""


class Unavailable(Transient):
    """The supplier is down, overloaded, or our breaker keeps us away from it."""


class MalformedResponse(Transient):
    """The payload is not what was documented: not JSON, cut off, or without a field that is never absent."""


class Rejected(ProviderError):
    """The supplier understood and said no."""


class NotFound(Rejected):
    """There is no such thing at the supplier."""


class Delisted(Rejected):
    """The thing exists and is not for sale any more."""


class InvalidRequest(Rejected):
    """The supplier refuses what was asked."""


class OutOfStock(Rejected):
    """Not enough of it to ship."""


class PaymentRefused(Rejected):
    """Money did not move: balance, limits, or the account."""


class Conflict(Rejected):
    """It was done already, or the state has moved on."""


class AuthenticationFailed(ProviderError):
    """The credentials are wrong or not authorised; an operator has to act."""


class Unsupported(ProviderError):
    """Not among what the provider declares."""
