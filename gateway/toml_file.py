"""
Files that operators write in TOML: read, checked, and refused in words that say what to write instead.

The checks are pydantic's, the words are not: its own are for programmers. All that can be said is one table,
`SAID`; what only one kind of file can say stands in its `Guide`. What a file alone checks, as a validator of
its form, says its own sentence.
"""

import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from gateway.quoting.wording import listed

File = TypeVar("File", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Guide:
    """What is said about one kind of file in its own words."""

    explained_in: str
    """Where its form is explained, as in "the head of gateway/quoting/border.toml"."""
    number: str
    """An example of a number in it; so with the others."""
    texts: str
    mapping: str
    entry: str
    named_by: tuple[str, ...] = ()
    """Fields that tell one entry of a list from the others, the first that is there."""


_DAY = "write a day such as 2026-11-24, without quotes"
_LIST = "write a list in brackets, such as {guide.texts}"
_NUMBER = "write a number such as {guide.number}"

SAID: Mapping[str, str] = {
    "date_type": _DAY,
    "decimal_max_digits": "write {max_digits} digits at the most",
    "decimal_parsing": _NUMBER,
    "decimal_type": _NUMBER,
    "dict_type": "write a table, such as {guide.mapping}",
    "enum": "write {choices}",
    "extra_forbidden": "nothing of this name belongs here; {known}",
    "finite_number": _NUMBER,
    "frozen_set_type": _LIST,
    "greater_than_equal": "write {ge} or more",
    "less_than_equal": "write {le} or less",
    "literal_error": "write {choices}",
    "missing": "it is missing and has to be there",
    "model_type": "write a table, such as {guide.entry}",
    "string_pattern_mismatch": "write it in one line, without blanks at its ends",
    "string_too_long": "write {max_length} letters at the most",
    "string_too_short": "write at least one letter",
    "string_type": "write a text in quotes",
    "too_long": "name {max_length} at the most",
    "too_short": "name at least one",
    "tuple_type": _LIST,
    "value_error": "{error}",
}
"""By pydantic's kind of error; only these can occur in the forms of our files."""

_ENTRY = "begin each entry with a line [[{kind}]], in two pairs of brackets"
_SPEAKS_FOR_ITSELF = frozenset({"missing", "extra_forbidden", "value_error"})
_LONGEST_SHOWN = 40
_WHOLE_ENTRY = 2
"""Steps to an entry: `rule`, and its place in the list."""


def file_text(path: Path) -> str:
    """What is in a file. Raises ValueError, a sentence that names it, when it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} cannot be read: it is not UTF-8.") from error


def parsed(text: str, name: str, form: type[File], guide: Guide) -> File:
    """
    What a file's text says.

    Raises:
        ValueError: Something in it is wrong; a sentence that names the file, the entry and what to write.
    """
    try:
        written: dict[str, Any] = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{name} is not TOML: {error}.") from error
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise ValueError(
            f"{name} has a number too long to be one, or brackets too deep to follow."
        ) from error
    try:
        return form.model_validate(written)
    except ValidationError as error:
        raise ValueError(f"{name}, {refusal(error.errors()[0], written, form, guide)}.") from error


def refusal(detail: ErrorDetails, written: Mapping[str, Any], form: type[BaseModel], guide: Guide) -> str:
    """
    `rule 2 (VAT), rate: 'much' cannot be used; write a number such as 0.19`, without a full stop.

    Args:
        detail: One item of `ValidationError.errors()`.
        written: The whole file.
        form: What the whole file should be.
        guide: What is said about its kind.
    """
    context = detail.get("ctx", {})
    value, path = detail["input"], detail["loc"]
    said = SAID.get(detail["type"], "{guide.explained_in} shows what to write").format(
        **context,
        guide=guide,
        choices=listed(re.findall(r"'(\w+)'", str(context.get("expected"))), "or"),
        known=_known(path, form),
    )
    is_entry = _has_entries(path, form) and len(path) <= _WHOLE_ENTRY
    if is_entry and detail["type"] in {"model_type", "tuple_type"}:
        said = _ENTRY.format(kind=path[0])
    if detail["type"] not in _SPEAKS_FOR_ITSELF and isinstance(value, str | int | Decimal | date):
        said = f"{_shown(value)} cannot be used; {said}"
    return f"{_where(path, written, form, guide)}: {said}"


def _where(
    path: tuple[int | str, ...], written: Mapping[str, Any], form: type[BaseModel], guide: Guide
) -> str:
    """`rule 2 (VAT), rate`, counted as someone counts who looks into the file."""
    words: list[str] = []
    for step in path:
        if isinstance(step, int):
            if len(words) == 1 and _has_entries(path, form):
                words = [_entry(words[0], step + 1, written[words[0]][step], guide)]
        elif step != "[key]":
            words.append(step)
    return ", ".join(words)


def _entry(kind: str, number: int, entry: object, guide: Guide) -> str:
    """`rule 2 (VAT)` or `tariff 5 (61)`: its place in the file, and the first thing that it says."""
    fields = entry if isinstance(entry, dict) else {}
    called = next((fields[name] for name in guide.named_by if fields.get(name)), None)
    called = called[0] if isinstance(called, list) and called else called
    return f"{kind} {number} ({called})" if called else f"{kind} {number}"


def _has_entries(path: tuple[int | str, ...], form: type[BaseModel]) -> bool:
    """Whether the path leads into a list of tables, such as `[[rule]]`."""
    field = form.model_fields.get(str(path[0]))
    return field is not None and any(_table(part) for part in get_args(field.annotation)[:1])


def _known(path: tuple[int | str, ...], form: type[BaseModel]) -> str:
    """What could stand in place of a name that belongs nowhere: the one that is meant, or all there are."""
    *outer, name = path
    holder = form
    for step in outer:
        field = holder.model_fields.get(str(step))
        holder = (field and _table(field.annotation)) or holder
    near = difflib.get_close_matches(str(name), holder.model_fields, 1)
    return f"did you mean `{near[0]}`?" if near else f"there are {listed(sorted(holder.model_fields))}"


def _table(annotation: Any) -> type[BaseModel] | None:
    """The form of the table, or of the tables, that a field holds; None for fields that hold none."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _table(part))), None)


def _shown(value: object) -> str:
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]} …"
