"""Reading a file of import rules: each entry checked, all checked against each other, groups spelled out."""

import tomllib
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import combinations, pairwise
from typing import Any, TypeVar

import pycountry
from pydantic import BaseModel, ConfigDict, ValidationError

from gateway.quoting.rulebook import Country, Rule, Tariff

Entry = TypeVar("Entry", Rule, Tariff)
Numbered = tuple[int, Entry]
"""An entry with its place in the file, as people count."""


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
    for group in book.groups:
        if _is_country(group):
            yield f"groups: {group!r} is a country's code, so it cannot name a group"
    for number, rule in enumerate(book.rule, start=1):
        yield from _unknown(f"rule {number} ({rule.name})", rule.to + rule.sent_from + rule.not_sent_from)
        for code in sorted(set(rule.to) ^ set(rule.rates)) if rule.rates else ():
            yield f"rule {number} ({rule.name}): `to` and `rates` have to name the same countries, see {code}"
    for number, tariff in enumerate(book.tariff, start=1):
        yield from _unknown(f"tariff {number} ({tariff.hs[0]})", tariff.to)


def _unknown(entry: str, countries: tuple[str, ...]) -> Iterator[str]:
    for code in countries:
        if not _is_country(code):
            yield f"{entry}: {code!r} is neither an ISO 3166-1 country nor a group of this file"


def _is_country(code: str) -> bool:
    return pycountry.countries.get(alpha_2=code) is not None


def _both_at_once(book: Rulebook) -> Iterator[str]:
    """Entries of which only one can be right."""
    for rules in _sharing(enumerate(book.rule, start=1), lambda rule: [(rule.kind, rule.name)]):
        for (i, one), (j, other) in combinations(rules, 2):
            for code in sorted(set(one.to) & set(other.to)):
                if one.shares_days_with(other) and not one.takes_turns_with(other):
                    yield f"rules {i} and {j} ({one.name}): both hold for {code} at the same time"
    # Tariffs may be many thousands: only those with a number, a maker and a country in common are compared.
    for tariffs in _sharing(enumerate(book.tariff, start=1), _goods):
        for together in _sharing(tariffs, lambda tariff: tariff.to):
            for (i, first), (j, second) in pairwise(sorted(together, key=_first_day)):
                if first.shares_days_with(second):
                    places = f"{min(i, j)} and {max(i, j)}"
                    number = min(set(first.hs) & set(second.hs))
                    yield f"tariffs {places}: both have a rate for {number} at the same time"


def _goods(tariff: Tariff) -> Iterable[Hashable]:
    """What it has a rate for: each of its numbers, of each maker or of any."""
    return [(number, maker) for number in tariff.hs for maker in tariff.made_in or (None,)]


def _first_day(numbered: Numbered[Tariff]) -> date:
    return numbered[1].valid_from


def _sharing(
    entries: Iterable[Numbered[Entry]], keys: Callable[[Entry], Iterable[Hashable]]
) -> Iterator[list[Numbered[Entry]]]:
    """The entries that have a key in common, for each key that more than one has."""
    groups: dict[Hashable, list[Numbered[Entry]]] = defaultdict(list)
    for number, entry in entries:
        for key in dict.fromkeys(keys(entry)):
            groups[key].append((number, entry))
    return (group for group in groups.values() if len(group) > 1)
