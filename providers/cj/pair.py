"""
A pair of tokens: what CJ sends, what is kept, and how it is stored.

CJ documentation, "Authentication", read 2026-11-23: access and refresh token come together, each with its end
(`+08:00`). How long an access token lives is 15 or 180 days depending on the page; only the returned end
counts.
"""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import orjson
from pydantic import Field, TypeAdapter, ValidationError

from providers.cj.parsing import Id, Moment, Sent, Text
from providers.cj.rows import faults, malformed


@dataclass(frozen=True, slots=True)
class Pair:
    """An access token with what renews it. Printing one shows no token."""

    access: str = field(repr=False)
    refresh: str | None = field(repr=False)
    access_ends: datetime | None
    """None: unknown; good until CJ refuses it."""
    refresh_ends: datetime | None
    obtained_at: datetime
    serial: str
    """Tells two readings of one pair apart: the earlier may have been refused, the later is good."""

    def to_bytes(self) -> bytes:
        """For the shared store."""
        return orjson.dumps(self)

    @staticmethod
    def from_bytes(value: bytes) -> "Pair":
        """Raises ValueError for anything that `to_bytes` did not write."""
        try:
            pair = _STORED.validate_json(value)
        except ValidationError:
            # Without `from`: the cause could print the token.
            raise ValueError("not a stored token") from None
        return pair


_STORED: Final = TypeAdapter(Pair)


class SentPair(Sent):
    """What both token calls answer."""

    access: Id = Field(alias="accessToken")
    access_ends: Moment = Field(None, alias="accessTokenExpiryDate")
    refresh: Text = Field(None, alias="refreshToken")
    refresh_ends: Moment = Field(None, alias="refreshTokenExpiryDate")


_PAIR: Final = TypeAdapter(SentPair)


def read_pair(data: Any, now: datetime) -> Pair:
    """Read the answer of a token call. Raises MalformedResponse, naming fields and never their values."""
    try:
        sent = _PAIR.validate_python(data)
    except ValidationError as error:
        # Without `from`: a traceback's cause could show what was in the answer.
        raise malformed(f"the token ({faults(error)})") from None
    if not sent.access.isascii():
        raise malformed("the token is not ASCII")
    return Pair(sent.access, sent.refresh, sent.access_ends, sent.refresh_ends, now, uuid.uuid4().hex)
