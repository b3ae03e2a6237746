"""Reading a file of import rules: each entry checked, all checked against each other, groups spelled out."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import Any

import pycountry
from pydantic import BaseModel, ConfigDict, ValidationError

from gateway.quoting.rulebook import Country, Rule, Tariff


class Rulebook(BaseModel):
    """A whole file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    as_of: date
    """The day it was last compared with its sources."""
    groups: Mapping[str, tuple[Country, ...]] = {}
    unions: tuple[str, ...] = ()
    """Groups that are customs unions: nothing is due between two of their countries."""
    rule: tuple[Rule, ...] = ()
    tariff: tuple[Tariff, ...] = ()


def read_rulebook(text: str, name: str) -> Rulebook:
    """
    The rules in a file's text, with countries in place of groups.

    Raises:
        ValueError: Something in it is wrong; a sentence that names the file, the entry and what is wrong.
    """
    try:
        written = tomllib.loads(text, parse_float=Decimal)
        book = Rulebook.model_validate(written)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{name} is not TOML: {error}.") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        wrong = first["msg"].removeprefix("Value error, ")
        raise ValueError(f"{name}, {_where(first['loc'], written)}: {wrong}.") from error
    book = _spelled_out(book)
    for problem in (*_no_places(book), *_both_at_once(book)):
        raise ValueError(f"{name}, {problem}.")
    return book


def _where(path: tuple[int | str, ...], written: dict[str, Any]) -> str:
    """`rule 2 (VAT), rate`, counted as someone counts who looks into the file."""
    words: list[str] = []
    for step in path:
        if isinstance(step, int) and words in (["rule"], ["tariff"]):
            entry = written[words[0]][step]
            called = entry.get("name") or entry.get("hs") if isinstance(entry, dict) else None
            words = [f"{words[0]} {step + 1}" + (f" ({called})" if called else "")]
        else:
            words.append(str(step))
    return ", ".join(words)


def _spelled_out(book: Rulebook) -> Rulebook:
    def countries(places: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(code for place in places for code in book.groups.get(place, (place,))))

    rules = tuple(
        rule.model_copy(
            update={field: countries(getattr(rule, field)) for field in ("to", "sent_from", "not_sent_from")}
        )
        for rule in book.rule
    )
    tariffs = tuple(tariff.model_copy(update={"to": countries(tariff.to)}) for tariff in book.tariff)
    return book.model_copy(update={"rule": rules, "tariff": tariffs})


def _no_places(book: Rulebook) -> Iterator[str]:
    """Names that stand for nothing."""
    for union in book.unions:
        if union not in book.groups:
            yield f"unions: there is no group {union!r}"
    for number, rule in enumerate(book.rule, start=1):
        yield from _unknown(f"rule {number} ({rule.name})", rule.to + rule.sent_from + rule.not_sent_from)
        for code in sorted(set(rule.to) ^ set(rule.rates)) if rule.rates else ():
            yield f"rule {number} ({rule.name}): `to` and `rates` have to name the same countries, see {code}"
    for number, tariff in enumerate(book.tariff, start=1):
        yield from _unknown(f"tariff {number} ({tariff.hs[0]})", tariff.to)


def _unknown(entry: str, countries: tuple[str, ...]) -> Iterator[str]:
    for code in countries:
        if pycountry.countries.get(alpha_2=code) is None:
            yield f"{entry}: {code!r} is neither an ISO 3166-1 country nor a group of this file"


def _both_at_once(book: Rulebook) -> Iterator[str]:
    """Entries of which only one can be right."""
    for (i, one), (j, other) in combinations(enumerate(book.rule, start=1), 2):
        if (one.kind, one.name) == (other.kind, other.name) and one.shares_days_with(other):
            for code in sorted(set(one.to) & set(other.to)):
                if not one.takes_turns_with(other):
                    yield f"rules {i} and {j} ({one.name}): both hold for {code} at the same time"
    for (i, first), (j, second) in combinations(enumerate(book.tariff, start=1), 2):
        numbers = sorted(set(first.hs) & set(second.hs))
        makers = set(first.made_in) & set(second.made_in) or first.made_in == second.made_in
        if numbers and makers and set(first.to) & set(second.to) and first.shares_days_with(second):
            yield f"tariffs {i} and {j}: both have a rate for {numbers[0]} at the same time"
