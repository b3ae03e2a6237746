"""How asking one supplier went, beside what it gave: a failure of one never blanks the others."""

from dataclasses import dataclass, replace
from enum import StrEnum

from gateway.errors import retry_after_ms
from providers.errors import (
    ProviderError,
    QuotaExhausted,
    RateLimited,
    Transient,
    Unsupported,
    UpstreamTimeout,
)


class OutcomeStatus(StrEnum):
    """How asking one supplier went."""

    OK = "OK"
    STALE = "STALE"
    PARTIAL = "PARTIAL"
    RATE_LIMITED = "RATE_LIMITED"
    QUOTA_EXHAUSTED = "QUOTA_EXHAUSTED"
    TIMEOUT = "TIMEOUT"
    UNSUPPORTED = "UNSUPPORTED"
    UNAVAILABLE = "UNAVAILABLE"
    ERROR = "ERROR"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How asking one supplier went."""

    supplier: str
    status: OutcomeStatus
    message: str | None = None
    """What happened, for people; None when it went as asked, and there is something to see."""
    retry_after_ms: int | None = None
    total: int | None = None
    """How many results the supplier has in all, where it says so."""
    unsupported_filters: tuple[str, ...] = ()


# Read from top to bottom: the first class that fits decides.
_STATUSES: tuple[tuple[type[ProviderError], OutcomeStatus], ...] = (
    (RateLimited, OutcomeStatus.RATE_LIMITED),
    (QuotaExhausted, OutcomeStatus.QUOTA_EXHAUSTED),
    (UpstreamTimeout, OutcomeStatus.TIMEOUT),
    (Transient, OutcomeStatus.UNAVAILABLE),
    (Unsupported, OutcomeStatus.UNSUPPORTED),
)


def nothing_found(outcome: Outcome) -> Outcome:
    """The outcome of a supplier that has nothing for the words of a search; it says so, or what it said."""
    return outcome if outcome.message else replace(outcome, message="Nothing was found for these words.")


def of_failure(supplier: str, error: ProviderError) -> Outcome:
    """The outcome of a supplier that gave nothing."""
    status = next((status for kind, status in _STATUSES if isinstance(error, kind)), OutcomeStatus.ERROR)
    return Outcome(supplier, status, message=error.message, retry_after_ms=retry_after_ms(error))


def of_stale(supplier: str, trouble: ProviderError | None, total: int | None) -> Outcome:
    """The outcome of a supplier whose last known answer was served; `trouble` is why it is not newer."""
    if trouble is None:
        message = "The last known answer; a newer one is being fetched."
        return Outcome(supplier, OutcomeStatus.STALE, message=message, total=total)
    message = f"The last known answer, because no newer one could be had: {trouble.message}"
    return Outcome(
        supplier, OutcomeStatus.STALE, message=message, retry_after_ms=retry_after_ms(trouble), total=total
    )
