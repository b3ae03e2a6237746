"""
Pages of a client's size cut out of pages of a supplier's size, for lists that one supplier has.

Apart from `gateway.catalog`, which merges the pages of several.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from providers.upstream import Fetched

E = TypeVar("E")

_MOST_EMPTY = 3
"""So many empty pages in a row end a list, whatever the supplier says: it would be asked for ever."""


class Paged(Protocol):
    """A supplier's page, as far as paging looks at it."""

    @property
    def has_more(self) -> bool:
        """Whether another page follows."""
        ...


P = TypeVar("P", bound=Paged)


@dataclass(frozen=True, slots=True)
class Place:
    """How far a supplier's list was taken: so many elements of this page, and all pages before it."""

    page: int = 1
    taken: int = 0


@dataclass(frozen=True, slots=True)
class Cut(Generic[E, P]):
    """One page for a client."""

    elements: tuple[tuple[Place, E, Fetched[P]], ...]
    """Each with the place behind it and the supplier's page on which it stands."""
    pages: tuple[Fetched[P], ...]
    """The supplier's pages that were read for it, at least one."""
    has_next: bool


async def cut(
    turn: Callable[[int], Awaitable[Fetched[P]]],
    elements: Callable[[P], Sequence[E]],
    after: Place,
    size: int,
) -> Cut[E, P]:
    """
    The next `size` elements behind a place, or as many as there are.

    A place counts within the supplier's page, so that a page with a row that could not be read, which is
    then shorter than the others, neither ends the list nor shifts what follows.

    Args:
        turn: Reads the supplier's page of this number, counted from 1.
        elements: What stands on a page.
        after: Where the client's last page ended.
        size: At least 1.
    """
    found: list[tuple[Place, E, Fetched[P]]] = []
    pages: list[Fetched[P]] = []
    place, empty = after, 0
    while True:
        page = await turn(place.page)
        pages.append(page)
        here = elements(page.value)
        end = min(len(here), place.taken + size - len(found))
        found += [(Place(place.page, at + 1), here[at], page) for at in range(place.taken, end)]
        if end < len(here):
            return Cut(tuple(found), tuple(pages), has_next=True)
        empty = 0 if here else empty + 1
        has_next = page.value.has_more and empty < _MOST_EMPTY
        if len(found) >= size or not has_next:
            return Cut(tuple(found), tuple(pages), has_next)
        place = Place(place.page + 1)
