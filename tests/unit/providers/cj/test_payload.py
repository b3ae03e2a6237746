"""CJ's bytes as JSON that loses nothing."""

import contextlib
import json
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.cj.payload import decode

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.decimals(allow_nan=False, allow_infinity=False, places=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


def _write(value: Any) -> str:
    """JSON with exact decimals, as CJ's server writes it."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, list):
        return f"[{','.join(_write(item) for item in value)}]"
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{_write(item)}" for key, item in value.items()) + "}"
    return json.dumps(value)


def _agrees(written: Any, read: Any) -> bool:
    if isinstance(written, bool) or written is None or isinstance(written, str):
        return bool(read == written and type(read) is type(written))
    if isinstance(written, int):
        return int(read) == written
    if isinstance(written, Decimal):
        return isinstance(read, str) and Decimal(read) == written
    if isinstance(written, list):
        return len(read) == len(written) and all(map(_agrees, written, read))
    return read.keys() == written.keys() and all(_agrees(written[key], read[key]) for key in written)


@given(JSON)
def test_nothing_is_lost(value: Any) -> None:
    """Every digit survives: ids of any length, amounts of any precision."""
    assert _agrees(value, decode(_write(value).encode()))


@given(JSON)
def test_a_cache_can_write_it(value: Any) -> None:
    """What was read can be written and read by another JSON library unchanged: a cache may keep it."""
    payload = decode(_write(value).encode())
    assert orjson.loads(orjson.dumps(payload)) == payload


def test_floats_do_not_appear() -> None:
    """Numbers with a fraction or an exponent are the text that CJ wrote; ids beyond a double are, too."""
    body = b'{"a":4.10,"b":1e3,"c":2405170342118603100,"d":310,"e":123456789012345678901234567890}'
    assert decode(body) == {
        "a": "4.10", "b": "1e3", "c": "2405170342118603100", "d": 310, "e": "123456789012345678901234567890",
    }  # fmt: skip


def test_half_an_emoji() -> None:
    """A title cut in the middle of an emoji stays readable and can be kept."""
    payload = decode(b'{"name":"Lamp \\ud83d"}')
    assert payload == {"name": "Lamp \ufffd"}
    assert decode(b'{"name":"\\ud83d\\ude00"}') == {"name": "\U0001f600"}
    orjson.dumps(payload)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"<html>", b'{"a":1', b"nul", b'{"a":NaN}', b'{"a":-Infinity}', b"\xff\xfe", b'{"a":"\xe9"}',
        b"[" * 100_000, b'{"a":1} trailing', b"\x00",
    ],
)  # fmt: skip
def test_what_is_not_json(body: bytes) -> None:
    """Anything that is not JSON, whole and in UTF-8, is refused in one way."""
    with pytest.raises(ValueError, match=r".+"):
        decode(body)


@given(st.binary(max_size=60))
def test_any_bytes(body: bytes) -> None:
    """No bytes make it fail in another way."""
    with contextlib.suppress(ValueError):
        decode(body)
