"""What amounts, prices, days and tiers have to be, whoever says them."""

import re
from decimal import Decimal
from functools import lru_cache
from typing import Any

from providers.model import DayRange, Money, MoneyRange, PriceTier

_LARGEST, _SMALLEST = 15, -20
"""
Where an amount's first digit may stand: below 10**15 and not lost behind the point, so that sums stay exact.
"""
_MOST_DAYS = 10_000


class Odd(Exception):
    """Something that cannot be right; reads on after "answered with"."""


def hold(is_so: object, otherwise: str) -> None:
    """Raise Odd unless it is so."""
    if not is_so:
        raise Odd(otherwise)


def check_amount(money: Money) -> None:
    """An amount to reckon with: a number, not below zero, of a size that somebody might pay."""
    number = money.amount
    if not isinstance(number, Decimal) or not number.is_finite():
        raise Odd("an amount that is no number")
    if number.is_signed() and number:
        raise Odd("an amount below zero")
    if not _SMALLEST <= number.adjusted() < _LARGEST:
        raise Odd("an amount of an impossible size")
    if not _is_currency(money.currency):
        raise Odd("an amount in a currency without a code of three letters")


def check_price(money: Money | None) -> None:
    """A price, or none: nothing is sold for nothing, so who means "not known" has to say None."""
    if money is None:
        return
    check_amount(money)
    if not money.amount:
        raise Odd("a price of nothing")


def check_price_range(prices: MoneyRange | None) -> None:
    """
    From an amount to one that is not lower, or none.

    A span may begin at nothing: it is shown, and what is ordered has a price of its own.
    """
    if prices is None:
        return
    low, high = prices.low, prices.high
    check_amount(low)
    if high is not low:
        check_amount(high)
        hold(low.currency == high.currency, "a span of prices in two currencies")
        hold(low.amount <= high.amount, "a span of prices that ends before it begins")


def check_tiers(ladder: tuple[PriceTier, ...]) -> None:
    """Prices by quantity: from few to many, each quantity once, only the last open."""
    end: int | None = 0
    for tier in ladder:
        hold(
            end is not None and is_count(tier.minimum, end + 1),
            "prices by quantity out of order",
        )
        hold(tier.maximum is None or is_count(tier.maximum, tier.minimum), "a price for no quantity")
        check_price(tier.unit_price)
        end = tier.maximum


def check_days(span: DayRange | None) -> None:
    """From some days to as many or more, or not known."""
    if span is not None:
        sane = is_count(span.low, 0) and is_count(span.high, span.low) and span.high <= _MOST_DAYS
        hold(sane, "a time that cannot pass")


def is_count(number: Any, least: int) -> bool:
    """Whether it is a whole number and not below `least`."""
    return isinstance(number, int) and number >= least


@lru_cache(maxsize=256)
def _is_currency(code: str) -> bool:
    return re.fullmatch("[A-Z]{3}", code) is not None
