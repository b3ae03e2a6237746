"""
Calls that change something at a supplier, and how each of them ended.

A clear no is what the supplier, or its adapter before anything was sent, says in a `Rejected` or
`Unsupported`. After anything else the thing may have been done. Which clear no is not believed, since it may
follow the deed itself, only the caller knows.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from providers.errors import Rejected, Unsupported

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answered(Generic[T]):
    """It was done."""

    value: T


@dataclass(frozen=True, slots=True)
class Declined:
    """The supplier says that it was not."""

    error: Rejected | Unsupported


@dataclass(frozen=True, slots=True)
class Lost:
    """Nobody knows."""

    error: Exception


async def ending_of(call: Callable[[], Awaitable[T]]) -> Answered[T] | Declined | Lost:
    """How the call ended. Being cancelled passes through."""
    try:
        return Answered(await call())
    except (Rejected, Unsupported) as error:
        return Declined(error)
    except Exception as error:  # noqa: BLE001 - whatever it is, it may be done
        return Lost(error)
