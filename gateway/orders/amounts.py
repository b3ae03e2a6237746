"""Amounts of money as the ledger keeps them, compares them, and says them to people."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision

from providers.model import Money


def written(money: Money) -> dict[str, str]:
    """As an event keeps it: plain JSON values, every digit."""
    return {"amount": format(money.amount, "f"), "currency": money.currency}


def read(kept: Mapping[str, Any]) -> Money:
    """As it was written, also where more is kept beside it. Raises KeyError where none was."""
    return Money(Decimal(kept["amount"]), kept["currency"])


def exceeds(amount: Money, limit: Money | None) -> bool:
    """Whether an amount is more than what was allowed; one in another currency is, for nobody allowed it."""
    return limit is not None and (amount.currency != limit.currency or amount.amount > limit.amount)


def in_words(money: Money) -> str:
    """`12.30 USD`: every digit, and no fewer than the currency has."""
    whole, _, decimals = f"{money.amount:f}".partition(".")
    decimals = decimals.ljust(get_currency_precision(money.currency), "0")
    return f"{whole}.{decimals} {money.currency}" if decimals else f"{whole} {money.currency}"
