"""
Results as plain JSON values, and back: what is kept for an idempotency key, or beside an event.

The order itself is not kept with an answer but named, and read anew: whoever repeats a request hears how it
stands now.
"""

from collections.abc import Sequence
from typing import Any, get_args

from pydantic import TypeAdapter

from gateway.orders.office import Result
from gateway.orders.troubles import Busy, Elsewhere, OutcomeUnknown, Trouble

_KIND = "kind"
_SHAPES: dict[str, TypeAdapter[Any]] = {each.__name__: TypeAdapter(each) for each in get_args(Trouble)}
_PASSING = (Busy, Elsewhere, OutcomeUnknown)


def is_final(result: Result) -> bool:
    """Whether an answer is kept: not what is busy, being looked into, or for another gateway to do."""
    return not any(isinstance(trouble, _PASSING) for trouble in result.troubles)


def written(result: Result) -> dict[str, Any]:
    """The answer as it is kept."""
    return {
        "order": None if result.order is None else result.order.id,
        "troubles": written_troubles(result.troubles),
        "warnings": list(result.warnings),
        "dispute": result.dispute,
    }


def written_troubles(troubles: Sequence[Trouble]) -> list[dict[str, Any]]:
    """Troubles as plain JSON values."""
    return [
        {_KIND: type(each).__name__, **_SHAPES[type(each).__name__].dump_python(each, mode="json")}
        for each in troubles
    ]


def read_troubles(kept: Sequence[dict[str, Any]]) -> tuple[Trouble, ...]:
    """Troubles as they were written."""
    return tuple(
        _SHAPES[each[_KIND]].validate_python({key: value for key, value in each.items() if key != _KIND})
        for each in kept
    )
