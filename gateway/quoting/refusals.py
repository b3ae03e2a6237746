"""
What is said of a file of rules that cannot be used: which entry it is, and what to write there instead.

The checks are pydantic's, the words are not: its own are for programmers. Apart from `rulefile`, so that all
that can be said is one table. What only we check (`rulebook`) says its own sentence.
"""

import difflib
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from gateway.quoting.rulebook import Amount, Rule, Tariff
from gateway.quoting.wording import listed

_DAY = "write a day such as 2026-11-24, without quotes"
_LIST = 'write a list in brackets, such as ["61", "62"]'
_NUMBER = "write a number such as 0.19"

SAID: Mapping[str, str] = {
    "date_type": _DAY,
    "decimal_parsing": _NUMBER,
    "decimal_type": _NUMBER,
    "dict_type": "write a table, such as {{ DE = 0.19 }} for rates",
    "enum": "write {choices}",
    "extra_forbidden": "nothing of this name belongs here; {known}",
    "finite_number": _NUMBER,
    "frozen_set_type": _LIST,
    "greater_than_equal": "write 0 or more",
    "literal_error": "write {choices}",
    "missing": "it is missing and has to be there",
    "model_type": 'write a table, such as {{ amount = 5, currency = "EUR" }}',
    "string_too_short": "write at least one letter",
    "string_type": "write a text in quotes",
    "too_short": "name at least one",
    "tuple_type": _LIST,
    "value_error": "{reason}",
}
"""By pydantic's kind of error; only these can occur in the classes of `rulebook` and `rulefile`."""

_ENTRY = "begin each entry with a line [[{kind}]], in two pairs of brackets"
_KINDS = ("rule", "tariff")
_SPEAKS_FOR_ITSELF = frozenset({"missing", "extra_forbidden", "value_error"})
_LONGEST_SHOWN = 40
_WHOLE_ENTRY = 2
"""Steps to an entry: `rule`, and its place in the list."""


def refusal(detail: ErrorDetails, written: Mapping[str, Any], form: type[BaseModel]) -> str:
    """
    `rule 2 (VAT), rate: 'much' cannot be used; write a number such as 0.19`, without a full stop.

    Args:
        detail: One item of `ValidationError.errors()`.
        written: The whole file.
        form: What the whole file should be.
    """
    context = detail.get("ctx", {})
    value, path = detail["input"], detail["loc"]
    said = SAID.get(detail["type"], "the head of gateway/quoting/border.toml shows what to write").format(
        choices=listed(re.findall(r"'(\w+)'", str(context.get("expected"))), "or"),
        known=_known(path, form),
        reason=context.get("error"),
    )
    if detail["type"] in {"model_type", "tuple_type"} and path[0] in _KINDS and len(path) <= _WHOLE_ENTRY:
        said = _ENTRY.format(kind=path[0])
    if detail["type"] not in _SPEAKS_FOR_ITSELF and isinstance(value, str | int | Decimal | date):
        said = f"{_shown(value)} cannot be used; {said}"
    return f"{_where(path, written)}: {said}"


def _where(path: tuple[int | str, ...], written: Mapping[str, Any]) -> str:
    """`rule 2 (VAT), rate`, counted as someone counts who looks into the file."""
    words: list[str] = []
    for step in path:
        if isinstance(step, int):
            if len(words) == 1 and words[0] in _KINDS:
                words = [_entry(words[0], step + 1, written[words[0]][step])]
        elif step != "[key]":
            words.append(step)
    return ", ".join(words)


def _entry(kind: str, number: int, entry: object) -> str:
    """`rule 2 (VAT)` or `tariff 5 (61)`: its place in the file, and the first thing that it says."""
    fields = entry if isinstance(entry, dict) else {}
    called = fields.get("name") or fields.get("hs")
    called = called[0] if isinstance(called, list) and called else called
    return f"{kind} {number} ({called})" if called else f"{kind} {number}"


def _known(path: tuple[int | str, ...], form: type[BaseModel]) -> str:
    """What could stand in place of a name that belongs nowhere: the one that is meant, or all there are."""
    *outer, name = path
    holder = {0: form, 2: Rule if "rule" in outer else Tariff}.get(len(outer), Amount)
    near = difflib.get_close_matches(str(name), holder.model_fields, 1)
    return f"did you mean `{near[0]}`?" if near else f"there are {listed(sorted(holder.model_fields))}"


def _shown(value: object) -> str:
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]} …"
