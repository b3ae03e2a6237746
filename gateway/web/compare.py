"""
The page at `/compare`: every supplier's offers side by side.

Only what is known before anything is asked is written here; the rest is `static/compare.js`, which asks the
public GraphQL endpoint as any client does.
"""

import html
from collections.abc import Iterable, Sequence
from pathlib import Path
from string import Template

import pycountry
from babel import Locale

from gateway.web import landing
from gateway.web.graphiql import ASSETS_PATH
from providers.port import Declaration

_TEMPLATE = Path(__file__).parent / "templates" / "compare.html"

# The first of each is part of the example that the form comes with.
COMMON_COUNTRIES = ("DE", "US", "GB", "FR", "CA", "AU")
"""Offered first, because most people look for one of them."""

CURRENCIES = ("EUR", "USD", "GBP", "AUD", "CAD", "CHF", "CNY", "DKK", "JPY", "NOK", "NZD", "PLN", "SEK")
"""Offered for prices; the endpoint knows more."""


def render(suppliers: Sequence[Declaration], base_url: str) -> str:
    """The page as HTML, for the enabled suppliers of the gateway at this address."""
    words = Locale("en")
    countries = sorted(
        ((country.alpha_2, words.territories[country.alpha_2]) for country in pycountry.countries),
        key=lambda pair: pair[1],
    )
    named = dict(countries)
    return Template(_TEMPLATE.read_text(encoding="utf-8")).substitute(
        assets=ASSETS_PATH,
        # Pictures of invented goods come from the gateway's configured address, which browsers may know by
        # another name.
        base=html.escape(base_url),
        countries=_group("Often chosen", ((code, named[code]) for code in COMMON_COUNTRIES))
        + _group("All countries", countries),
        currencies=_options((code, f"{code}, {words.currencies[code]}") for code in CURRENCIES),
        suppliers="\n        ".join(_line(supplier) for supplier in suppliers),
    )


def _group(label: str, options: Iterable[tuple[str, str]]) -> str:
    return f'<optgroup label="{html.escape(label)}">{_options(options)}</optgroup>'


def _options(options: Iterable[tuple[str, str]]) -> str:
    return "".join(
        f'<option value="{html.escape(code)}">{html.escape(name)}</option>' for code, name in options
    )


def _line(supplier: Declaration) -> str:
    mode, meaning = supplier.mode.value, html.escape(landing.in_words(supplier))
    return (
        f'<li data-code="{html.escape(supplier.code)}"><strong>{html.escape(supplier.name)}</strong> '
        f'<span class="tag {mode.lower()}">{mode}</span> '
        f'<span class="mode">{meaning}</span> <span class="status"></span></li>'
    )
