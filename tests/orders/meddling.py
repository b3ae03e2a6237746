"""A supplier, or a ledger, that does something else first: what happens to happen at a bad moment."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any


class Meddled:
    """
    Puts functions in front of methods, by name; each is given the method and what that was to be called with.

    In the place of a `Mortal`.
    """

    def __init__(self, **before: Callable[..., Awaitable[Any]]) -> None:
        self._before = before

    def of(self, thing: Any) -> Any:
        return _Meddled(thing, self._before)


class _Meddled:
    def __init__(self, thing: Any, before: dict[str, Callable[..., Awaitable[Any]]]) -> None:
        self._thing = thing
        self._before = before

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._thing, name)
        return partial(self._before[name], method) if name in self._before else method
