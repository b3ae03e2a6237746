"""
What a request asked for: query parameters or fields of a JSON body, read with the errors CJ answers.

CJ documentation, "Error codes" and the parameter tables, read 2026-11-23: a missing named parameter is
16900403, one of the wrong kind or out of bounds is 1600100 "Param error".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Final

from providers.cj.simulator.envelope import Refusal

PARAM_ERROR: Final = 1600100
_TRUE: Final = frozenset(("true", "1"))
_FALSE: Final = frozenset(("false", "0"))


def param_error(message: str = "Param error") -> Refusal:
    """What CJ says to a value it cannot use."""
    return Refusal(PARAM_ERROR, message)


@dataclass(frozen=True, slots=True)
class Inputs:
    """
    Parameters by name, from the query string (every value a list of texts) or from a JSON object.

    Empty texts count as missing, as they do at CJ.
    """

    query: Mapping[str, Sequence[str]] = field(default_factory=dict)
    body: Mapping[str, object] = field(default_factory=dict)

    def raw(self, name: str) -> object:
        """The value as sent; None when missing or empty. A query value wins over the body's."""
        values = self.query.get(name)
        value: object = values[0] if values else self.body.get(name)
        return None if value in ("", []) else value

    def text(self, name: str, longest: int = 100_000) -> str | None:
        """A text; numbers are taken as their digits."""
        value = self.raw(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            raise param_error()
        if len(str(value)) > longest:
            raise param_error()
        return str(value)

    def required(self, name: str, longest: int = 100_000) -> str:
        """A text that must be there."""
        value = self.text(name, longest)
        if value is None:
            raise Refusal(16900403, f"{name} must not be empty")
        return value

    def integer(self, name: str, least: int | None = None, most: int | None = None) -> int | None:
        """A whole number within bounds, both included."""
        value = self.text(name, 20)
        if value is None:
            return None
        try:
            number = int(value)
        except ValueError:
            raise param_error() from None
        if (least is not None and number < least) or (most is not None and number > most):
            raise param_error()
        return number

    def page(self, name: str, default: int, most: int) -> int:
        """A page number or size, from 1."""
        number = self.integer(name, 1, most)
        return default if number is None else number

    def cents(self, name: str) -> int | None:
        """An amount of USD as cents."""
        value = self.text(name, 30)
        if value is None:
            return None
        try:
            return round(Decimal(value) * 100)
        except (InvalidOperation, OverflowError, ValueError):
            raise param_error() from None

    def flag(self, name: str) -> bool | None:
        """A yes or no: true, false, 1 or 0."""
        value = self.raw(name)
        if value is None or isinstance(value, bool):
            return value
        word = str(value).lower()
        if word not in _TRUE | _FALSE:
            raise param_error()
        return word in _TRUE

    def many(self, name: str) -> list[str]:
        """Several texts: a repeated parameter, one joined by commas, or a JSON array."""
        values: object = self.query.get(name) or self.body.get(name) or []
        if isinstance(values, str):
            values = [values]
        if not isinstance(values, Sequence):
            raise param_error()
        parts: list[str] = []
        for value in values:
            if isinstance(value, bool) or not isinstance(value, (str, int)):
                raise param_error()
            parts.extend(part.strip() for part in str(value).split(","))
        return [part for part in parts if part]

    def objects(self, name: str, *, needed: bool = True) -> list["Inputs"]:
        """A JSON array of objects."""
        values = self.body.get(name)
        if values in (None, []):
            if needed:
                raise Refusal(16900403, f"{name} must not be empty")
            return []
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            raise param_error()
        return [Inputs(body=value) for value in values]
