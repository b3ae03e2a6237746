"""
The page at `/compare`: every supplier's offers side by side.

Only what is known before anything is asked is written here; the rest is `static/compare.js`, which asks the
public GraphQL endpoint as any client does.
"""

import html
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from pathlib import Path
from string import Template

import pycountry
from babel import Locale
from babel.dates import format_date

from gateway.web import landing
from gateway.web.graphiql import ASSETS_PATH
from providers.declaring import Declaration

_TEMPLATE = Path(__file__).parent / "templates" / "compare.html"

# The first of each is part of the example that the form comes with.
COMMON_COUNTRIES = ("DE", "US", "GB", "FR", "CA", "AU")
"""Offered first, because most people look for one of them."""

COMMON_CURRENCIES = ("EUR", "USD", "GBP", "AUD", "CAD")
"""What the common countries pay in; offered first, as far as they can be converted."""


def render(
    suppliers: Sequence[Declaration], base_url: str, *, currencies: Collection[str], rules_day: date
) -> str:
    """
    The page as HTML.

    Args:
        suppliers: What the enabled suppliers declare, in their order.
        base_url: Where clients reach the gateway, without a slash at the end.
        currencies: All that prices can be converted into.
        rules_day: When the rules of import were last compared with their sources.
    """
    words = Locale("en")
    known = {code: f"{code}, {words.currencies.get(code, code)}" for code in sorted(currencies)}
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
        currencies=_group(
            "Often chosen", ((code, known[code]) for code in COMMON_CURRENCIES if code in known)
        )
        + _group("All currencies", known.items()),
        rules_day=format_date(rules_day, locale=words),
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
