"""
API keys: how one is made and written down, whose a request is, and what its caller may do. No I/O.

A key is 32 random bytes, so its plain SHA-256 cannot be turned back; the slow hash that passwords need would
only slow requests down. The hash is all that is kept of a key, and that in `GATEWAY_API_KEYS`.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_BEARER = re.compile(r"bearer +([a-z0-9._~+/-]+=*) *", re.IGNORECASE | re.ASCII)
"""RFC 6750, section 2.1."""

_SEND = "send the header `Authorization: Bearer <key>`, once."


class Scope(StrEnum):
    """One thing that a key may be for. None includes another."""

    READ = "read"
    ORDER = "order"
    PAY = "pay"
    ADMIN = "admin"
    """Opens nothing yet."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, as far as the gateway can tell."""

    name: str
    """The name of the key, for logs; in parentheses, as no key's name can be, when there was none."""
    scopes: frozenset[Scope]

    def __str__(self) -> str:
        return f"{self.name} ({_written(self.scopes)})"


ANYONE: Final = Caller("(anyone)", frozenset(Scope))
"""Whoever asks a gateway without keys."""
NOBODY: Final = Caller("(nobody)", frozenset())
"""Whose key nobody has looked at."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What the gateway knows of one key."""

    caller: Caller
    sha256: str = field(repr=False)
    """Of the whole key, in lower-case hex."""


class Unidentified(Exception):
    """The request shows no key that is known here; the message tells its sender what to do."""


def identify(keys: Sequence[ApiKey], authorization: Sequence[str]) -> Caller:
    """
    Whose request it is.

    Args:
        keys: Those that are known; with none of them the gateway is open, whatever the request shows.
        authorization: The request's `Authorization` headers.

    Raises:
        Unidentified: No header, several, one that is no bearer's, or a key that is not known.
    """
    if not keys:
        return ANYONE
    if not authorization:
        raise Unidentified(f"This gateway answers only to its keys: {_SEND}")
    shown = _BEARER.fullmatch(authorization[0]) if len(authorization) == 1 else None
    if shown is None:
        raise Unidentified(f"The Authorization header cannot be used: {_SEND}")
    sha256 = _hash(shown[1])
    # Each is compared to its end, and all of them: the time taken says nothing about how near a guess was.
    callers = [key.caller for key in keys if hmac.compare_digest(key.sha256, sha256)]
    if not callers:
        raise Unidentified("This gateway does not know this key: ask its operator for one.")
    return callers[0]


def new_key(name: str, scopes: str) -> tuple[str, str]:
    """
    A fresh key and its entry for `GATEWAY_API_KEYS`; neither is kept.

    Args:
        name: What logs call its holder.
        scopes: With a plus between them, such as "read+order".

    Raises:
        ValueError: The name or a scope cannot be used.
    """
    key = f"ss_{secrets.token_urlsafe(32)}"
    caller = Caller(_name(name), _scopes(scopes))
    return key, f"{caller.name}:{_written(caller.scopes)}:{_hash(key)}"


def read_keys(entries: Iterable[str]) -> tuple[ApiKey, ...]:
    """
    The keys that lower-case entries of the form `name:scope+scope:sha256` describe.

    Raises:
        ValueError: With the number of the entry. Nothing of it is repeated: it may hold a key by mistake.
    """
    keys: list[ApiKey] = []
    for number, entry in enumerate(entries, start=1):
        try:
            keys.append(_read(entry))
        except ValueError as error:
            raise ValueError(f"entry {number}: {error}") from None
    if not keys:
        raise ValueError("there is no entry")
    for what, values in (("name", [key.caller.name for key in keys]), ("key", [key.sha256 for key in keys])):
        twice = next((value for value in values if values.count(value) > 1), None)
        if twice is not None:
            numbers = [str(number) for number, value in enumerate(values, start=1) if value == twice]
            raise ValueError(f"entries {' and '.join(numbers)} have the same {what}")
    return tuple(keys)


def _read(entry: str) -> ApiKey:
    name, *rest = entry.split(":")
    if len(rest) != 2:  # noqa: PLR2004 - a name and these two
        raise ValueError("it has not three parts with colons between them")
    caller = Caller(_name(name), _scopes(rest[0]))
    if not _SHA256.fullmatch(rest[1]):
        raise ValueError("its hash is not 64 hexadecimal digits; it takes the hash of a key, never the key")
    return ApiKey(caller, rest[1])


def _name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise ValueError("a name has 1 to 40 of a to z, 0 to 9, '.', '_' and '-', a letter or digit first")
    return text


def _scopes(text: str) -> frozenset[Scope]:
    scopes = text.split("+")
    if not set(scopes) <= set(Scope):
        raise ValueError(f"scopes are {', '.join(Scope)}, with a plus between them")
    return frozenset(map(Scope, scopes))


def _written(scopes: frozenset[Scope]) -> str:
    return "+".join(scope for scope in Scope if scope in scopes)


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
