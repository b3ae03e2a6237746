"""Every code of CJ as one of our errors, and never as absence by accident."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers import errors
from providers.cj.errors import CODES, RefreshRefused, Refusal, TokenRefused, quoted, to_error

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def _error(
    code: int | None, message: str = "", operation: str = "product.get", **more: Any
) -> errors.ProviderError:
    return to_error(Refusal(code, message, "req-1", **more), operation, NOON, 50_000)


# The table of CJ's "Error code" page, written down a second time on purpose.
DOCUMENTED = {
    errors.QuotaExhausted: [429, 1600201, 16900500],
    errors.RateLimited: [1600200],
    errors.Unavailable: [1600000, 1607004, 1608002],
    errors.UpstreamTimeout: [1600301],
    TokenRefused: [1600001],
    RefreshRefused: [1600003, 1600030],
    errors.AuthenticationFailed: [1600002, *range(1600004, 1600014), 1600031, 1601000],
    errors.InvalidRequest: [
        803, 804, 806, 811, 818, 819, 820, 821, 5027, 5030, 1600100, 1600101, 1600300, 1605000, 1605001,
        1605002, 1606001, 1607000, 1607001, 1607002, 1607003, 16070002, 16900202, 16900203, 16900204,
        16900205, 16900403,
    ],
    errors.NotFound: [1602000, 1602001, 1603100, 1608001],
    errors.Delisted: [1602002, 1602003],
    errors.Conflict: [8002, 1603003, 1606000],
    errors.PaymentRefused: [1603101, 1604000, 1604001],
    errors.OutOfStock: [1603102],
    errors.Rejected: [
        *range(2001, 2019), *range(11001, 11008), 11100, 1602004, 1603000, 1603001, 1603002, 1605003,
        *range(1606010, 1606014), *range(1607006, 1607011), *range(1609000, 1609017),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "code"), [(kind, code) for kind, codes in DOCUMENTED.items() for code in codes]
)
def test_documented_codes(kind: type[errors.ProviderError], code: int) -> None:
    """Each documented code is exactly one kind of error, with its code and the id for CJ's support."""
    error = _error(code)
    assert type(error) is kind
    assert (error.provider, error.operation, error.request_id, error.code) == (
        "cj",
        "product.get",
        "req-1",
        str(code),
    )


def test_the_table_is_complete() -> None:
    """No code stands in the adapter's table that is not documented, and the other way round."""
    assert set(CODES) == {code for codes in DOCUMENTED.values() for code in codes}


@given(st.integers().filter(lambda code: code not in CODES), st.text(max_size=30))
def test_unknown_codes(code: int, message: str) -> None:
    """A code nobody knows is tried again later; it never says that something is not there."""
    assert type(_error(code, message)) is errors.Unavailable


@pytest.mark.parametrize(
    ("code", "message", "operation", "kind"),
    [
        (1600000, "This product has been added to My Products", "my_product.add", errors.Conflict),
        (1600000, "System busy, try later", "my_product.add", errors.Unavailable),
        (1600100, "Param error", "product.get", errors.InvalidRequest),
        (1600100, "Interface is offline", "product.get", errors.Unavailable),
        (1600300, "Order not found", "order.get", errors.NotFound),
        (1600300, "Order not found", "product.get", errors.InvalidRequest),
        (1600300, "orderId must be not empty", "order.get", errors.InvalidRequest),
        (1600300, "Sourcing not found", "sourcing.list", errors.NotFound),
        (1600300, "product not found", "product.get", errors.InvalidRequest),
        (None, "anything", "product.get", errors.Unavailable),
        (1603000, "Order creation failed", "order.create", errors.Transient),
        (1603000, "No variants found for provided SKUs", "order.create", errors.NotFound),
        (1600100, "Param error", "order.create", errors.Transient),
        (1600100, "Interface is offline", "order.create", errors.Unavailable),
        (1600100, "Param error", "order.find", errors.InvalidRequest),
        (1600100, "Param error", "order.change_method", errors.InvalidRequest),
        (1603001, "no stock in Fairfield, California", "order.confirm", errors.OutOfStock),
        (1603001, "The order is being confirmed, please try again later", "order.confirm", errors.Transient),
        (1603001, "order confirm fail", "order.confirm", errors.Rejected),
        (1603001, "order query fail", "order.get", errors.Transient),
        (1603101, "pay fail", "payment.pay", errors.Transient),
        (1603100, "Order not found", "payment.pay", errors.Transient),
        (1603100, "Order not found", "payment.prepare", errors.NotFound),
        (1600000, "the order has been paid already", "payment.pay", errors.Unavailable),
        (1604000, "Balance is insufficient", "payment.pay", errors.PaymentRefused),
        (1603102, "Inventory deduction failed", "payment.pay", errors.OutOfStock),
        (1603003, "Order exist, please do not duplicate create", "order.create", errors.Conflict),
        (1607006, "Order cannot be disputed", "dispute.lines", errors.Conflict),
        (1607006, "Order not found", "dispute.lines", errors.Rejected),
    ],
)
def test_codes_with_two_meanings(
    code: int | None, message: str, operation: str, kind: type[Exception]
) -> None:
    """Where CJ uses one code for two things, the words beside it decide, and absence needs its very words."""
    assert type(_error(code, message, operation)) is kind


@pytest.mark.parametrize(
    ("code", "message", "more", "seconds"),
    [
        (1600200, "Too Many Requests, QPS limit is 1 time/1second", {}, 1.0),
        (1600200, "Too Many Requests, QPS limit is 6 time/1second", {}, 1.0),
        (1600200, "QPS limit is 1 time/300 seconds", {}, 300.0),
        (1600200, "slow down", {}, 1.0),
        (1600200, "QPS limit is 0 time/1second", {}, 1.0),
        (1600200, "slow down", {"retry_after": 7.0}, 7.0),
        (16900500, "Insufficient API points. Used today: 49990, Remaining: 0, Required: 50", {}, 86.4),
        (16900500, "Insufficient API points. Used today: 49990, Remaining: 45, Required: 50", {}, 60.0),
        (
            16900500,
            "Insufficient API points. Used today: 9, Remaining: 0, Required: 50",
            {"points_total": 100_000},
            60.0,
        ),
        (16900500, "", {}, 43200.0),
        (429, "", {}, 43200.0),
        (1600201, "", {}, 43200.0),
        (1600000, "busy", {}, None),
    ],
)
def test_when_to_come_back(code: int, message: str, more: dict[str, Any], seconds: float | None) -> None:
    """A refusal says when enough is back: the window, the refill, or midnight UTC."""
    error = _error(code, message, **more)
    assert isinstance(error, errors.Transient)
    assert error.retry_after == pytest.approx(seconds)


@pytest.mark.parametrize(
    "secret",
    [
        "API@CJ9000001@CJ:eyJhbGciOi.J9.abc",
        "CJ9000001@api@0123456789abcdef0123456789abcdef",
        "eyJhbGciOiJIUzI1NiJ9.eyJ1c2VyIjo",
        "ops@harbour.example",
    ],
)
def test_no_secret_in_a_message(secret: str) -> None:
    """CJ's own words are shown without tokens, keys or addresses in them."""
    assert secret not in str(_error(1600300, f"bad value {secret} given"))


@pytest.mark.parametrize("code", [1600100, 1603000])
def test_a_wrong_order_does_not_shut_out_everybody(code: int) -> None:
    """What is unclear about one order says nothing about CJ's health, so that no breaker counts it."""
    assert type(_error(code, "", "order.create")) is errors.Transient


def test_long_words_are_cut() -> None:
    """A page of text in a message does not become ours."""
    assert len(quoted("x" * 5000)) < 220
    assert quoted(" \n ") == ""
    assert quoted("y" * 195 + " Probegasse 5") == f"“{'y' * 195}…”"


def test_what_did_nothing() -> None:
    """Of all refusals only the one for being too fast says that the call was not looked at."""
    certain = {code for code in CODES if _error(code, "", "order.create").without_effect}
    assert certain == {1600200}
