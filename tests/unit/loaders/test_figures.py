"""Which amounts, prices, days and tiers are believed."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.loaders.figures import Odd, check_amount, check_days, check_price, check_price_range, check_tiers
from gateway.quoting.rates import EXACT
from providers.model import DayRange, Money, MoneyRange, PriceTier


def usd(amount: Any) -> Money:
    return Money(Decimal(amount), "USD")


@given(st.decimals(allow_nan=True, allow_infinity=True) | st.decimals(-100, 100, places=2))
def test_amounts(amount: Decimal) -> None:
    """An amount that is believed is finite, not below zero, and can be multiplied and summed."""
    try:
        check_amount(Money(amount, "USD"))
    except Odd:
        assert not amount.is_finite() or amount < 0 or not Decimal("1E-20") <= amount < Decimal("1E+15")
    else:
        assert 0 <= amount < Decimal("1E+15")
        assert EXACT.add(EXACT.multiply(amount, 10_000_000), 1).is_finite()


@given(
    st.decimals(allow_nan=False, allow_infinity=False, min_value="0.01", max_value="999999999999", places=2)
)
def test_prices_as_they_are(amount: Decimal) -> None:
    """Every price that somebody might ask is believed."""
    check_price(Money(amount, "EUR"))
    check_price_range(MoneyRange(Money(amount, "EUR"), Money(amount * 2, "EUR")))
    check_tiers((PriceTier(1, None, Money(amount, "EUR")),))


@pytest.mark.parametrize("amount", ["0", "0.00", "-0.0"])
def test_nothing_is_an_amount_and_no_price(amount: str) -> None:
    """Sending may cost nothing, goods may not; a span that is only shown may begin there."""
    check_amount(usd(amount))
    check_price_range(MoneyRange(usd(amount), usd("1")))
    with pytest.raises(Odd):
        check_price(usd(amount))


@pytest.mark.parametrize("code", ["", "$", "usd", "US", "USDT", "USD\n", "ÄÖÜ", "U1D"])
def test_currencies_have_codes(code: str) -> None:
    """A currency is three capital letters."""
    with pytest.raises(Odd):
        check_amount(Money(Decimal(1), code))


@pytest.mark.parametrize(
    "prices",
    [
        MoneyRange(usd(2), usd(1)),
        MoneyRange(usd(1), Money(Decimal(2), "EUR")),
        MoneyRange(usd(1), usd("NaN")),
    ],
)
def test_spans_go_up(prices: MoneyRange) -> None:
    """A span of prices goes from less to more, in one currency."""
    with pytest.raises(Odd):
        check_price_range(prices)


@given(st.integers(-5, 20), st.integers(-5, 20))
def test_days(low: int, high: int) -> None:
    """Days are believed that go up from none."""
    try:
        check_days(DayRange(low, high))
    except Odd:
        assert low < 0 or high < low
    else:
        assert 0 <= low <= high


@pytest.mark.parametrize("days", [(0, 10**6), (1.5, 2), ("1", "2")])
def test_days_that_cannot_pass(days: tuple[Any, Any]) -> None:
    """Days are whole numbers, and a parcel arrives within somebody's life."""
    with pytest.raises(Odd):
        check_days(DayRange(*days))


ENDS = st.none() | st.integers(-1, 12)


@given(st.lists(st.tuples(st.integers(-1, 12), ENDS), max_size=4))
def test_tiers(ends: list[tuple[int, int | None]]) -> None:
    """Tiers that are believed have at most one price for each quantity, and each has a quantity."""
    try:
        check_tiers(tuple(PriceTier(low, high, usd(1)) for low, high in ends))
    except Odd:
        return
    steps = [range(low, 20 if high is None else high + 1) for low, high in ends]
    assert all(steps)
    quantities = [quantity for step in steps for quantity in step]
    assert quantities == sorted(set(quantities))
    assert min(quantities, default=1) >= 1


@pytest.mark.parametrize("ends", [[(1, None)], [(1, 9), (10, None)], [(5, 9), (20, 29)]])
def test_tiers_as_they_are(ends: list[tuple[int, int | None]]) -> None:
    """One open tier, steps without a gap, and steps with one are all believed."""
    check_tiers(tuple(PriceTier(low, high, usd(1)) for low, high in ends))
