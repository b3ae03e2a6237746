"""ISO 4217 and ISO 3166-1: which texts are the code of a currency or of a country, in capital letters."""

from functools import cache

import pycountry


@cache
def currencies() -> frozenset[str]:
    """All codes of currencies, such as USD."""
    return frozenset(currency.alpha_3 for currency in pycountry.currencies)


@cache
def countries() -> frozenset[str]:
    """All codes of countries with two letters, such as DE."""
    return frozenset(country.alpha_2 for country in pycountry.countries)


def currency(code: str) -> str:
    """The code, for pydantic. Raises ValueError for what is none."""
    if code not in currencies():
        raise ValueError(f"{code!r} is no ISO 4217 currency")
    return code


def country(code: str) -> str:
    """The code, for pydantic. Raises ValueError for what is none."""
    if code not in countries():
        raise ValueError(f"{code!r} is no ISO 3166-1 country")
    return code
