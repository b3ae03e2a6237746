"""Amounts as the ledger keeps and compares them."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.orders import amounts
from providers.model import Money


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_an_amount_is_read_as_it_was_written(amount: Decimal) -> None:
    """An amount goes through JSON without losing a digit, and without an exponent."""
    money = Money(amount, "USD")
    kept = json.loads(json.dumps(amounts.written(money)))
    assert amounts.read({**kept, "account": "beside it"}) == money
    assert "E" not in kept["amount"]


@pytest.mark.parametrize(
    ("limit", "is_more"),
    [
        (None, False),
        (Money(Decimal("12.30"), "USD"), False),
        (Money(Decimal("12.29"), "USD"), True),
        (Money(Decimal(100), "EUR"), True),
    ],
)
def test_what_exceeds_a_limit(limit: Money | None, is_more: bool) -> None:
    """More than the limit exceeds it, and so does any amount in a currency that nobody allowed."""
    assert amounts.exceeds(Money(Decimal("12.3"), "USD"), limit) is is_more


def test_an_amount_in_words() -> None:
    """Amounts are said with all their digits, and with those that their currency always has."""
    assert amounts.in_words(Money(Decimal("1.2E+3"), "USD")) == "1200.00 USD"
    assert amounts.in_words(Money(Decimal("8.7"), "USD")) == "8.70 USD"
    assert amounts.in_words(Money(Decimal("9.135"), "USD")) == "9.135 USD"
    assert amounts.in_words(Money(Decimal(1200), "JPY")) == "1200 JPY"
