"""
CJ's codes as our errors: one table, and the few codes whose meaning depends on the words beside them.

CJ documentation, "Error code", read 2026-11-23, and operators' observations. The HTTP status says little:
most refusals come with 200. A code nobody knows is `Unavailable`: it is tried again, and it never reads as
absence.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from providers import errors

PROVIDER: Final = "cj"
_TOO_FAST: Final = 1600200
"""Counted before a call is looked at."""


class NeedsToken(errors.ProviderError):
    """
    The call did not take effect for want of a good token; with a new one it may go out again at once.

    It never crosses the port: `auth.WithToken` answers it. It is neither Transient (again without a token
    would be pointless) nor AuthenticationFailed (which a breaker counts: a cold start is no failure of CJ).
    """


class TokenMissing(NeedsToken):
    """There is no token yet, so nothing was sent."""

    unsent = True


class TokenRefused(NeedsToken):
    """CJ refused the token that the call carried (1600001)."""


class RefreshRefused(errors.AuthenticationFailed):
    """CJ refused the refresh token (1600003, 1600030); the API key still gets a new pair."""


CODES: Final[Mapping[int, type[errors.ProviderError]]] = MappingProxyType(
    {
        # quota
        429: errors.QuotaExhausted,  # the documented form of 16900500
        _TOO_FAST: errors.RateLimited,
        1600201: errors.QuotaExhausted,
        16900500: errors.QuotaExhausted,
        # the system; 1600000 also refuses on business grounds, see `_BY_WORDS`
        1600000: errors.Unavailable,
        1600301: errors.UpstreamTimeout,
        1607004: errors.Unavailable,
        1608002: errors.Unavailable,
        # tokens and accounts
        1600001: TokenRefused,
        1600002: errors.AuthenticationFailed,
        1600003: RefreshRefused,
        **dict.fromkeys((*range(1600004, 1600014), 1600031, 1601000), errors.AuthenticationFailed),
        1600030: RefreshRefused,
        # what was asked; 1600100 and 1600300 see `_BY_WORDS`
        1600100: errors.InvalidRequest,
        1600101: errors.InvalidRequest,
        1600300: errors.InvalidRequest,
        **dict.fromkeys((5027, 5030, 803, 804, 806, 811, 818, 819, 820, 821), errors.InvalidRequest),
        **dict.fromkeys((16900202, 16900203, 16900204, 16900205, 16900403), errors.InvalidRequest),
        **dict.fromkeys((1605002, 1607001, 1607002, 1607003, 16070002), errors.InvalidRequest),
        **dict.fromkeys((1606001, 1607000), errors.InvalidRequest),
        # products, variants, warehouses
        1602000: errors.NotFound,
        1602001: errors.NotFound,
        1602002: errors.Delisted,
        1602003: errors.Delisted,
        1602004: errors.Rejected,
        1608001: errors.NotFound,
        # orders and money
        1603000: errors.Rejected,
        1603001: errors.Rejected,
        1603002: errors.Rejected,
        1603003: errors.Conflict,
        1603100: errors.NotFound,
        1603101: errors.PaymentRefused,
        1603102: errors.OutOfStock,
        1604000: errors.PaymentRefused,
        1604001: errors.PaymentRefused,
        1605000: errors.InvalidRequest,
        1605001: errors.InvalidRequest,
        1605003: errors.Rejected,
        8002: errors.Conflict,
        **dict.fromkeys((*range(11001, 11008), 11100), errors.Rejected),
        # webhooks, disputes, tickets, the rest
        1606000: errors.Conflict,
        **dict.fromkeys(range(1606010, 1606014), errors.Rejected),
        **dict.fromkeys((*range(1607006, 1607011),), errors.Rejected),
        **dict.fromkeys(range(1609000, 1609017), errors.Rejected),
        **dict.fromkeys(range(2001, 2019), errors.Rejected),
    }
)


@dataclass(frozen=True, slots=True)
class _Words:
    """A code that means something else when its message says so, on the operations named."""

    code: int
    pattern: re.Pattern[str]
    means: type[errors.ProviderError]
    operations: str | tuple[str, ...] = ""
    """Beginnings of the operation's name; empty: all."""


_ANY: Final = re.compile("")
_ORDER_WRITES: Final = (
    *("order.create", "order.cart", "order.confirm", "order.cancel"),
    *("payment.", "dispute.open", "dispute.cancel"),
)
# After these CJ may have done it or not, whatever its table calls them: look first. They are plain
# `Transient`, because they say nothing about CJ's health, and a breaker would shut out everybody else.
_UNCLEAR: Final = (
    # "Payment failed", also said of what is paid already and of a pair that does not fit.
    _Words(1603101, _ANY, errors.Transient, "payment."),
    _Words(1603100, _ANY, errors.Transient, ("payment.pay", "order.cart", "order.confirm")),
    # "System busy" with words such as "already": no payment is called refused for them.
    _Words(1600000, _ANY, errors.Unavailable, "payment."),
    _Words(1600100, _ANY, errors.Transient, _ORDER_WRITES),
    _Words(1603000, _ANY, errors.Transient, "order.create"),
    # "Confirmation failed", and "order query fail" of any other call.
    _Words(
        1603001, re.compile(r"being confirmed|try again|later", re.IGNORECASE), errors.Transient, "order."
    ),
    _Words(1603001, _ANY, errors.Transient, ("order.find", "order.get", "order.list", "order.methods")),
)

_BY_WORDS: Final = (
    # The table calls it "interface is offline", every sample "Param error".
    _Words(1600100, re.compile(r"off-?line|maint[ae]n|not available", re.IGNORECASE), errors.Unavailable),
    # Clear among the unclear: the goods, not the order.
    _Words(1603000, re.compile(r"no variants? found", re.IGNORECASE), errors.NotFound, "order.create"),
    _Words(1603001, re.compile(r"stock|inventor", re.IGNORECASE), errors.OutOfStock, "order."),
    *_UNCLEAR,
    # "system busy" everywhere, and "has been added to My Products" for a second time.
    _Words(1600000, re.compile(r"already|has been added|duplicate", re.IGNORECASE), errors.Conflict),
    # One code for every parameter error and for "Order not found"; only those words mean absence.
    _Words(1600300, re.compile(r"order not found", re.IGNORECASE), errors.NotFound, "order."),
    # Sourcing answers so when none of the ids is known; the message is the only sign.
    _Words(1600300, re.compile(r"not (?:found|exist)", re.IGNORECASE), errors.NotFound, "sourcing."),
    _Words(1607006, re.compile(r"cannot be disputed", re.IGNORECASE), errors.Conflict, "dispute."),
)

_SECRET: Final = re.compile(r"API@\S+|\S+@api@\S+|eyJ[\w.-]{10,}|[\w.+-]+@[\w-]+\.[\w.]+")
_WINDOW: Final = re.compile(r"(\d+)\s*times?\s*/\s*(\d+)\s*second", re.IGNORECASE)
_REMAINING: Final = re.compile(r"Remaining:\s*(\d+).*?Required:\s*(\d+)", re.IGNORECASE | re.DOTALL)
_LONGEST_MESSAGE: Final = 200


@dataclass(frozen=True, slots=True)
class Refusal:
    """What CJ said when it said no."""

    code: int | None
    message: str
    request_id: str | None = None
    retry_after: float | None = None
    """From the header, which CJ does not document."""
    points_total: int | None = None


def to_error(refusal: Refusal, operation: str, now: datetime, points_per_day: int) -> errors.ProviderError:
    """
    Name a refusal.

    Args:
        refusal: What CJ said.
        operation: The policy's name of what was asked.
        now: Aware UTC; the day's points come back at midnight.
        points_per_day: The allowance, for telling when enough of it has been refilled.
    """
    kind = _kind(refusal, operation)
    said = quoted(refusal.message)
    words = f"CJ says {said} (code {refusal.code})." if said else f"CJ refused with code {refusal.code}."
    if kind is errors.QuotaExhausted:
        words += " The day's points are all back with the reset at 00:00 UTC."
    if issubclass(kind, errors.Transient):
        error = kind(
            words,
            retry_after=_retry_after(kind, refusal, now, refusal.points_total or points_per_day),
            provider=PROVIDER,
            operation=operation,
            request_id=refusal.request_id,
            code=None if refusal.code is None else str(refusal.code),
        )
        error.without_effect = refusal.code == _TOO_FAST
        return error
    return kind(
        words,
        provider=PROVIDER,
        operation=operation,
        request_id=refusal.request_id,
        code=None if refusal.code is None else str(refusal.code),
    )


def refused(problem: str, operation: str) -> errors.InvalidRequest:
    """The error for what CJ would not take, found before anything is sent."""
    return errors.InvalidRequest(problem, provider=PROVIDER, operation=operation)


def quoted(text: str) -> str:
    """
    CJ's own words in quotation marks, without what looks like a secret; empty for none.

    Shortened after a whole word: half of an address would not be known for one by who takes addresses out.
    """
    clean = " ".join(_SECRET.sub("…", text).split())
    if len(clean) > _LONGEST_MESSAGE:
        clean = clean[:_LONGEST_MESSAGE].rpartition(" ")[0] + "…"
    return f"“{clean}”" if clean else ""


def until_midnight(now: datetime) -> float:
    """Seconds until the allowance is full again: 00:00 UTC."""
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return (midnight - now).total_seconds()


def _kind(refusal: Refusal, operation: str) -> type[errors.ProviderError]:
    for words in _BY_WORDS:
        if (
            words.code == refusal.code
            and operation.startswith(words.operations)
            and words.pattern.search(refusal.message)
        ):
            return words.means
    if refusal.code is None:
        return errors.Unavailable
    return CODES.get(refusal.code, errors.Unavailable)


def _retry_after(
    kind: type[errors.Transient], refusal: Refusal, now: datetime, points_per_day: int
) -> float | None:
    if refusal.retry_after is not None:
        return refusal.retry_after
    if kind is errors.RateLimited:
        # "QPS limit is 1 time/1second"; older windows were 300 seconds long.
        window = _WINDOW.search(refusal.message)
        return max(1.0, int(window[2]) / max(1, int(window[1]))) if window else 1.0
    if kind is errors.QuotaExhausted:
        short = _REMAINING.search(refusal.message)
        if short:
            # CJ refills by whole minutes, so never sooner than the next one.
            refill = max(60.0, (int(short[2]) - int(short[1])) / points_per_day * 86400)
            return min(refill, until_midnight(now))
        return until_midnight(now)
    return None
