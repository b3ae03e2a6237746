"""Cursors: read back as they were made, and everything else is refused in words."""

import base64
import contextlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.catalog import Position
from gateway.errors import BadInput
from gateway.loaders.pages import Place
from gateway.schema.pagination import (
    LARGEST_PAGE,
    connect,
    decode_offset,
    decode_place,
    decode_positions,
    encode_offset,
    encode_place,
    encode_positions,
    from_offset,
    page_size,
)

READERS: list[Callable[[str], Any]] = [
    decode_offset,
    decode_place,
    lambda cursor: decode_positions(cursor, "f"),
]

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("f"),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(max_size=4), below, max_size=3),
    max_leaves=8,
)
shaped = st.tuples(st.sampled_from(["o", "p", "s"]), json_values, json_values).map(list) | st.tuples(
    st.just("s"), st.just("f"), st.dictionaries(st.sampled_from(["cj", "x"]), json_values, max_size=2)
).map(list)


def encoded(value: Any) -> str:
    """As our cursors are written, whatever is in them."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


positions = st.dictionaries(
    st.from_regex(r"[a-z]{1,8}", fullmatch=True),
    st.builds(Position, st.integers(0, 10**9 - 1), st.none() | st.text(max_size=40)),
    max_size=4,
)


@given(positions)
def test_positions_come_back(positions: dict[str, Position]) -> None:
    """Where each supplier's results were left is what is gone on from."""
    assert decode_positions(encode_positions("f", positions), "f") == positions


@given(st.integers(1, 10**6 - 1), st.integers(1, 10**6 - 1))
def test_places_come_back(page: int, taken: int) -> None:
    """Offsets and places come back as they were."""
    assert decode_place(encode_place(Place(page, taken))) == Place(page, taken)
    assert decode_offset(encode_offset(page)) == page


def test_without_a_cursor_a_list_begins() -> None:
    """No cursor is the beginning of every kind of list."""
    assert decode_offset(None) == 0
    assert decode_place(None) == Place(1, 0)
    assert decode_positions(None, "f") == {}


@given(shaped | json_values)
@example(["o", True])
@example(["p", 1, 0])
@example(["s", "f", {"cj": [-1, None]}])
@example(["s", "f", {"cj": [10**30, None]}])
@example(["s", "f", {"cj": [0, 5]}])
@example(["s", "f", {"cj": None}])
def test_nothing_of_another_shape_is_read(value: Any) -> None:
    """Whatever is written into a cursor, it is refused or reads as places that there can be."""
    cursor = encoded(value)
    with contextlib.suppress(BadInput):
        assert 0 < decode_offset(cursor) < 10**9
    with contextlib.suppress(BadInput):
        place = decode_place(cursor)
        assert place.page > 0
        assert place.taken > 0
    with contextlib.suppress(BadInput):
        for position in decode_positions(cursor, "f").values():
            assert 0 <= position.taken < 10**9
            assert position.last_id is None or isinstance(position.last_id, str)


@pytest.mark.parametrize("reader", READERS)
@given(st.text(max_size=60) | st.binary(max_size=40).map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
@example("")
@example("=")
@example("x" * 3000)
@example("\ud800")
@example("é")
def test_garbage_is_refused(reader: Callable[[str], Any], text: str) -> None:
    """Text that is no cursor is refused as bad input and nothing else, in words that say what to pass."""
    message = "after: "
    try:
        reader(text)
    except BadInput as error:
        message = error.message
    assert message.startswith("after: ")


def test_cursors_are_of_one_kind() -> None:
    """A cursor of one kind of list is none of another, and one of another search says so."""
    offset, place = encode_offset(5), encode_place(Place(1, 5))
    search = encode_positions("f", {"cj": Position(5, "x")})
    for cursor, readers in ((offset, READERS[1:]), (place, READERS[::2]), (search, READERS[:2])):
        for reader in readers:
            with pytest.raises(BadInput, match="is not a cursor of this list"):
                reader(cursor)
    with pytest.raises(BadInput, match="belongs to another search"):
        decode_positions(search, "g")


def test_pages_have_bounds() -> None:
    """A page has 1 to 100 elements, or as many as is usual."""
    assert page_size(None) == 20
    assert page_size(None, 50) == 50
    assert [page_size(size) for size in (1, LARGEST_PAGE)] == [1, 100]
    for wrong in (0, -1, LARGEST_PAGE + 1):
        with pytest.raises(BadInput, match=f"first: {wrong} is out of range; ask for 1 to 100"):
            page_size(wrong)


def test_connections() -> None:
    """A page begins and ends with the cursors of its edges; an empty one ends where it was to begin."""
    page = connect(from_offset("cd", 2), after=encode_offset(2), total=9, has_next=True)
    assert [edge.node for edge in page["edges"]] == page["nodes"] == ["c", "d"]
    info = page["page_info"]
    assert (info.start_cursor, info.end_cursor) == (encode_offset(3), encode_offset(4))
    assert (info.has_previous_page, info.has_next_page, page["total_count"]) == (True, True, 9)
    nothing = connect([], after="x", total=None, has_next=False)["page_info"]
    assert (nothing.start_cursor, nothing.end_cursor) == (None, "x")
    assert connect([], after=None, total=0, has_next=False)["page_info"].end_cursor is None
