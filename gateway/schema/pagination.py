"""
Connections as Relay has them, and the cursors behind them.

A cursor is opaque to clients. Inside it is an offset (lists that are here as a whole, or in pages of known
size), the id of the last element (lists that grow at their beginning only), a supplier's page and a place on
it (pages of unknown size), or positions in several suppliers' results (the merged search; with a check that
it belongs to the same search).
"""

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from typing import Any, Generic, TypeVar

import orjson
import strawberry

from gateway.catalog import Position, Positions
from gateway.errors import BadInput
from gateway.loaders.pages import Place

T = TypeVar("T")

DEFAULT_PAGE = 20
LARGEST_PAGE = 100


@strawberry.type(description="Whether and where a list goes on.")
class PageInfo:
    """Relay's PageInfo."""

    has_next_page: bool = strawberry.field(
        description="Whether there is more; also true while a supplier that could have more did not answer."
    )
    has_previous_page: bool = strawberry.field(description="Whether this page began after a cursor.")
    start_cursor: str | None = strawberry.field(
        description="Cursor of the first edge; null on an empty page."
    )
    end_cursor: str | None = strawberry.field(
        description="Pass it as `after` for the next page; on an empty page it is the cursor that was "
        "passed in."
    )


@strawberry.type(description="One element of a list, with its place.")
class Edge(Generic[T]):
    """Relay's Edge."""

    cursor: str = strawberry.field(
        description="Opaque place in the list; pass it as `after` to go on behind it."
    )
    node: T = strawberry.field(description="The element.")


@strawberry.type(description="One page of a list.")
class Connection(Generic[T]):
    """Relay's Connection, with `nodes` for those who need no cursors."""

    edges: list[Edge[T]] = strawberry.field(description="The elements with their cursors.")
    nodes: list[T] = strawberry.field(description="The elements alone.")
    page_info: PageInfo = strawberry.field(description="Whether and where the list goes on.")
    total_count: int | None = strawberry.field(
        description="Elements of the whole list; null when a supplier does not say or did not answer."
    )


def page_size(first: int | None, default: int = DEFAULT_PAGE) -> int:
    """
    How many elements a page may have.

    Raises:
        BadInput: Less than 1 or more than LARGEST_PAGE.
    """
    if first is None:
        return default
    if not 1 <= first <= LARGEST_PAGE:
        raise BadInput(
            f"first: {first} is out of range; ask for 1 to {LARGEST_PAGE} and page on with `after`."
        )
    return first


def encode_offset(offset: int) -> str:
    """The cursor of the element that is number `offset`, counted from 1."""
    return _encode(["o", offset])


def decode_offset(cursor: str | None) -> int:
    """How many elements lie before the page. Raises BadInput for what `encode_offset` did not make."""
    if cursor is None:
        return 0
    match _decode(cursor):
        case ["o", int(offset)] if 0 < offset < 10**9:
            return offset
        case _:
            raise BadInput(BROKEN)


def encode_place(place: Place) -> str:
    """The cursor of the element before a place in one supplier's list."""
    return _encode(["p", place.page, place.taken])


def decode_place(cursor: str | None) -> Place:
    """The place in a cursor. Raises BadInput for what `encode_place` did not make."""
    if cursor is None:
        return Place()
    match _decode(cursor):
        case ["p", int(page), int(taken)] if 0 < page < 10**6 and 0 < taken < 10**6:
            return Place(page, taken)
        case _:
            raise BadInput(BROKEN)


def encode_last(native: str) -> str:
    """The cursor of an element that keeps its place in its list for ever, by its id."""
    return _encode(["l", native])


def decode_last(cursor: str | None) -> str | None:
    """The id in a cursor. Raises BadInput for what `encode_last` did not make."""
    if cursor is None:
        return None
    match _decode(cursor):
        case ["l", str(native)] if native.isprintable():
            return native
        case _:
            raise BadInput(BROKEN)


def encode_positions(fingerprint: str, positions: Positions) -> str:
    """The cursor of a merged search."""
    return _encode(
        ["s", fingerprint, {code: [place.taken, place.last_id] for code, place in positions.items()}]
    )


def decode_positions(cursor: str | None, fingerprint: str) -> dict[str, Position]:
    """
    The positions in a cursor of the same search.

    Raises:
        BadInput: Not one of our cursors, or one of another search.
    """
    if cursor is None:
        return {}
    match _decode(cursor):
        case ["s", str(of), dict(positions)]:
            if of != fingerprint:
                raise BadInput(
                    "after: this cursor belongs to another search. Keep search and sort as they were, "
                    "or leave "
                    "`after` out to begin anew."
                )
            return {code: _position(place) for code, place in positions.items()}
        case _:
            raise BadInput(BROKEN)


def connect(
    elements: Sequence[tuple[str, Any]], *, after: str | None, total: int | None, has_next: bool
) -> dict[str, Any]:
    """The arguments of a Connection over elements with their cursors, on the page behind `after`."""
    return {
        "edges": [Edge(cursor=cursor, node=node) for cursor, node in elements],
        "nodes": [node for _, node in elements],
        "page_info": PageInfo(
            has_next_page=has_next,
            has_previous_page=after is not None,
            start_cursor=elements[0][0] if elements else None,
            end_cursor=elements[-1][0] if elements else after,
        ),
        "total_count": total,
    }


def from_offset(nodes: Iterable[Any], offset: int) -> list[tuple[str, Any]]:
    """Elements with their cursors, where the first is number `offset` + 1 of its list."""
    return [(encode_offset(number), node) for number, node in enumerate(nodes, start=offset + 1)]


BROKEN = (
    "after: this is not a cursor of this list. Pass a `cursor` or `endCursor` exactly as it was answered."
)
_LONGEST_CURSOR = 2000


def _encode(value: object) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(value)).rstrip(b"=").decode()


def _decode(cursor: str) -> Any:
    if len(cursor) > _LONGEST_CURSOR or not re.fullmatch(r"[A-Za-z0-9_-]+", cursor):
        raise BadInput(BROKEN)
    try:
        return orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, orjson.JSONDecodeError, ValueError):
        raise BadInput(BROKEN) from None


def _position(place: Any) -> Position:
    match place:
        case [int(taken), str() | None as last_id] if 0 <= taken < 10**9:
            return Position(taken, last_id)
        case _:
            raise BadInput(BROKEN)
