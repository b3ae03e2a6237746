"""What work made of several calls is handed: a way to have them answered."""

from collections.abc import Awaitable
from typing import Protocol, TypeVar

from providers.upstream import Call, Fetched

T = TypeVar("T")


class Fetch(Protocol):
    """Answers a call."""

    def __call__(self, call: Call[T], /) -> Awaitable[Fetched[T]]:
        """The answer and its age."""
        ...
