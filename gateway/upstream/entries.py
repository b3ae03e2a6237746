"""
What the cache keeps: the built answer inside a process, compact bytes of its payload between processes.

The bytes say which format they are in. Whatever cannot be read (another format, cut off, not what `Call.read`
expects any more) is a miss and never an error, so that an upgrade of the gateway needs no flush.
"""

import struct
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import Any

import orjson

from providers.errors import Delisted, NotFound, ProviderError
from providers.upstream import Json

FORMAT = 1
"""Raise it when the bytes below change their meaning."""

COMPRESS_ABOVE = 2048
"""Bytes from which compression saves more of Redis and the network than it costs here."""

# zlib's fastest level takes catalogue JSON to a quarter at some 100 MB/s; higher levels save a few
# percent more for two to four times the time.
_LEVEL = 1
_HEADER = struct.Struct("<BBq")  # format, kind and compression, as_of in microseconds since 1970
_COMPRESSED = 0x80
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Kind(IntEnum):
    """What an entry says."""

    ANSWER = 0
    NOT_FOUND = 1
    DELISTED = 2
    EVICTED = 3
    """Whatever was read before this moment is void."""


Absence = NotFound | Delisted
_ABSENCES: dict[Kind, type[Absence]] = {Kind.NOT_FOUND: NotFound, Kind.DELISTED: Delisted}


@dataclass(slots=True)
class Stored:
    """One entry as it lies in shared storage."""

    kind: Kind
    as_of: datetime
    payload: Json = None
    """The supplier's decoded answer; for an absence its message and code; None for an eviction."""
    size: int = 0
    """Bytes of the payload as JSON, once packed or unpacked."""


@dataclass(slots=True, eq=False)
class Entry:
    """One entry as it lies in the memory of this process: built once, served many times."""

    value: Any
    """What `Call.read` made of the payload; None for an absence."""
    absence: Absence | None
    as_of: datetime
    at: float
    """The same moment on this process's monotonic clock, which ages are counted from."""
    keep_for: float
    """Seconds from `at` in which the entry may be of use to somebody."""
    size: int
    """Bytes of the payload as JSON."""
    checked: float
    """When it was last known to be what shared storage holds, monotonic."""
    trouble: ProviderError | None = None
    """Why the last attempt to read it again failed."""
    retry_at: float = 0.0
    """When the next attempt makes sense, monotonic."""


def pack(stored: Stored) -> bytes:
    """
    The bytes of an entry.

    Raises:
        orjson.JSONEncodeError: The payload holds what JSON between processes cannot carry exactly
        (an integer of
            more than 64 bits, a Decimal): such an answer stays within its process.
    """
    body = orjson.dumps(stored.payload)
    stored.size = len(body)
    kind = int(stored.kind)
    if len(body) > COMPRESS_ABOVE:
        body = zlib.compress(body, _LEVEL)
        kind |= _COMPRESSED
    return _HEADER.pack(FORMAT, kind, (stored.as_of - _EPOCH) // _MICROSECOND) + body


def size_of(payload: Json) -> int:
    """Bytes of a payload as JSON, nearly so where JSON cannot carry it."""
    try:
        return len(orjson.dumps(payload))
    except orjson.JSONEncodeError:
        return len(repr(payload))


def unpack(data: bytes | None) -> Stored | None:
    """The entry, or None for nothing and for anything that is not such an entry."""
    if data is None or len(data) < _HEADER.size:
        return None
    try:
        written_as, kind, as_of = _HEADER.unpack_from(data)
        if written_as != FORMAT:
            return None
        body = data[_HEADER.size :]
        if kind & _COMPRESSED:
            body = zlib.decompress(body)
        return Stored(Kind(kind & ~_COMPRESSED), _EPOCH + as_of * _MICROSECOND, orjson.loads(body), len(body))
    except (ValueError, OverflowError, zlib.error):
        return None


def stored_absence(absence: Absence, as_of: datetime) -> Stored:
    """An absence in the form in which it is stored."""
    kind = Kind.DELISTED if isinstance(absence, Delisted) else Kind.NOT_FOUND
    return Stored(kind, as_of, {"message": absence.message, "code": absence.code})


def absence_of(stored: Stored, *, provider: str, operation: str) -> Absence | None:
    """The error that a stored absence stands for; None when it is none, or unreadable."""
    error = _ABSENCES.get(stored.kind)
    if error is None or not isinstance(stored.payload, dict):
        return None
    message, code = stored.payload.get("message"), stored.payload.get("code")
    if not isinstance(message, str) or not isinstance(code, str | None):
        return None
    return error(message, provider=provider, operation=operation, code=code)
