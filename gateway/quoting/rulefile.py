"""Reading files of import rules: each entry checked, all checked against each other, groups spelled out."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from datetime import date
from itertools import combinations, pairwise
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from gateway import codes
from gateway.quoting.rulebook import Country, Day, Rule, Tariff
from gateway.toml_file import Guide, parsed

Entry = TypeVar("Entry", Rule, Tariff)
Numbered = tuple[int, Entry]
"""An entry with its place in the file, as people count."""


class TariffFile(BaseModel):
    """A file of rates alone, beside a file of rules."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    groups: Mapping[str, tuple[Country, ...]] = {}
    tariff: tuple[Tariff, ...] = ()


class Rulebook(TariffFile):
    """A whole file of rules."""

    as_of: Day
    """The day it was last compared with its sources."""
    unions: tuple[str, ...] = ()
    """Groups that are customs unions: no duty is due between two of their countries."""
    rule: tuple[Rule, ...] = ()


GUIDE = Guide(
    explained_in="the head of gateway/quoting/border.toml",
    number="0.19",
    texts='["61", "62"]',
    mapping="{ DE = 0.19 } for rates",
    entry='{ amount = 5, currency = "EUR" }',
    named_by=("name", "hs"),
)


def read_rulebook(text: str, name: str) -> Rulebook:
    """
    The rules in a file's text, with countries in place of groups.

    Raises:
        ValueError: Something in it is wrong; a sentence that names the file, the entry and what is wrong.
    """
    book = parsed(text, name, Rulebook, GUIDE)
    rules = tuple(
        rule.model_copy(
            update={
                field: _countries(getattr(rule, field), book.groups)
                for field in ("to", "sent_from", "not_sent_from")
            }
        )
        for rule in book.rule
    )
    book = book.model_copy(update={"rule": rules, "tariff": _in_countries(book.tariff, book.groups)})
    for problem in (*_no_places(book), *_both_hold(book.rule), *_two_rates(book.tariff)):
        raise ValueError(f"{name}, {problem}.")
    return book


def with_tariffs(book: Rulebook, text: str, name: str) -> Rulebook:
    """
    The rules and, beside their own, the tariffs in another file's text, which may use their groups.

    Raises:
        ValueError: As `read_rulebook`; also where both files have a rate for the same goods.
    """
    added = parsed(text, name, TariffFile, GUIDE)
    for group in added.groups:
        if group in book.groups:
            raise ValueError(f"{name}, groups: the rules have a group {group!r} already.")
    groups = {**book.groups, **added.groups}
    tariffs = _in_countries(added.tariff, groups)
    for problem in (
        *_no_groups(added.groups),
        *_no_destinations(tariffs),
        *_two_rates(tariffs, beside=book.tariff),
    ):
        raise ValueError(f"{name}, {problem}.")
    return book.model_copy(update={"groups": groups, "tariff": (*book.tariff, *tariffs)})


def _countries(places: tuple[str, ...], groups: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for place in places for code in groups.get(place, (place,))))


def _in_countries(tariffs: Iterable[Tariff], groups: Mapping[str, tuple[str, ...]]) -> tuple[Tariff, ...]:
    return tuple(tariff.model_copy(update={"to": _countries(tariff.to, groups)}) for tariff in tariffs)


def _no_places(book: Rulebook) -> Iterator[str]:
    """Names that stand for nothing."""
    for union in book.unions:
        if union not in book.groups:
            yield f"unions: there is no group {union!r}"
    yield from _no_groups(book.groups)
    for number, rule in enumerate(book.rule, start=1):
        entry = f"rule {number} ({rule.name})"
        yield from _unknown(entry, rule.to + rule.sent_from + rule.not_sent_from)
        for code in sorted(set(rule.to) ^ set(rule.rates)) if rule.rates else ():
            yield f"{entry}: `to` and `rates` have to name the same countries, see {code}"
    yield from _no_destinations(book.tariff)


def _no_groups(groups: Iterable[str]) -> Iterator[str]:
    for group in groups:
        if group.upper() in codes.countries():
            yield f"groups: {group!r} is a country's code, so it cannot name a group"


def _no_destinations(tariffs: Iterable[Tariff]) -> Iterator[str]:
    for number, tariff in enumerate(tariffs, start=1):
        yield from _unknown(f"tariff {number} ({tariff.hs[0]})", tariff.to)


def _unknown(entry: str, countries: tuple[str, ...]) -> Iterator[str]:
    for code in countries:
        if code not in codes.countries():
            yield f"{entry}: {code!r} is neither an ISO 3166-1 country nor a group"


def _both_hold(rules: Iterable[Rule]) -> Iterator[str]:
    """Rules of which only one can be right."""
    for namesakes in _sharing(enumerate(rules, start=1), lambda rule: [(rule.kind, rule.name)]):
        for (i, one), (j, other) in combinations(namesakes, 2):
            for code in sorted(set(one.to) & set(other.to)):
                if one.shares_days_with(other) and not one.takes_turns_with(other):
                    yield f"rules {i} and {j} ({one.name}): both hold for {code} at the same time"


def _two_rates(tariffs: tuple[Tariff, ...], beside: tuple[Tariff, ...] = ()) -> Iterator[str]:
    """Tariffs of which only one can be right, also where the other one is of the file of rules."""
    # They may be many thousands: only those with a number, a maker and a country in common are compared.
    # Numbers below 1 are the other file's.
    numbered = enumerate((*beside, *tariffs), start=1 - len(beside))
    for goods in _sharing(numbered, _goods):
        for together in _sharing(goods, lambda tariff: tariff.to):
            for (i, first), (j, second) in pairwise(sorted(together, key=_first_day)):
                if first.shares_days_with(second):
                    low, high = sorted((i, j))
                    code = min(set(first.hs) & set(second.hs))
                    if low > 0:
                        yield f"tariffs {low} and {high}: both have a rate for {code} at the same time"
                    else:
                        yield (
                            f"tariff {high} ({code}): tariff {low + len(beside)} of the rules has a rate for "
                            f"{code} at the same time; more digits come first"
                        )


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
