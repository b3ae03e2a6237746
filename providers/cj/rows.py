"""
What an answer holds, one thing or a list of them, validated.

A list is quick when all rows are good, and read one by one when one is not, so that it loses only itself.
"""

from typing import Any, TypeVar

import structlog
from pydantic import TypeAdapter, ValidationError

from providers.cj.errors import PROVIDER
from providers.errors import MalformedResponse

T = TypeVar("T")
log = structlog.get_logger(__name__)


def read_one(adapter: TypeAdapter[T], data: Any, what: str) -> T:
    """
    Validate one thing, in full.

    `what` it is ("the cart") is for the error.

    Raises:
        MalformedResponse: It cannot be read; says where and why, without the values.
    """
    try:
        return adapter.validate_python(data)
    except ValidationError as error:
        raise malformed(f"{what} ({faults(error)})") from error


def read_rows(adapter: TypeAdapter[list[T]], one: TypeAdapter[T], rows: Any, what: str) -> list[T]:
    """
    Validate the rows of a list, leaving out those that cannot be understood.

    `what` they are ("product", "variant") is for the log and the error.

    Raises:
        MalformedResponse: `rows` is not a list, or not one row of it can be read.
    """
    if not isinstance(rows, list):
        raise malformed(f"a list of {what}s is missing")
    try:
        return adapter.validate_python(rows)
    except ValidationError:
        pass
    good: list[T] = []
    problem = ""
    for row in rows:
        try:
            good.append(one.validate_python(row))
        except ValidationError as error:
            problem = faults(error)
    log.warning("cj.rows_skipped", what=what, skipped=len(rows) - len(good), of=len(rows), last=problem)
    if not good:
        raise malformed(f"not one of {len(rows)} {what}s can be read ({problem})")
    return good


def expect_done(data: Any, what: str) -> bool:
    """True, which CJ also writes as text; raises MalformedResponse where it does not say that `what`."""
    if data in (True, "true"):
        return True
    raise malformed(f"CJ does not say that {what}")


def malformed(problem: str) -> MalformedResponse:
    """The error for an answer that is not what CJ documents; the pipeline knows which call it was."""
    return MalformedResponse(f"CJ's answer cannot be used: {problem}.", provider=PROVIDER)


def faults(error: ValidationError) -> str:
    """Where a validation failed and why, without the values."""
    return "; ".join(
        f"{'.'.join(str(step) for step in part['loc']) or 'whole'}: {part['msg']}"
        for part in error.errors()[:3]
    )
