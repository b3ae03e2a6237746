"""
One exchange with CJ: a described call becomes a request, CJ's envelope becomes a payload or a typed error.

What counts as success (CJ documentation, "Development guide", read 2026-11-23, and observation): the body is
a JSON object, its `code` is 200, 0 or absent, neither `result` nor `success` is false, and the status is 2xx.
A body that names a code is believed over the status, in both directions that matter: HTTP 200 with 1600200 is
a refusal, HTTP 429 with 1600001 is about the token. `data` is handed on as it came; whether null or empty
makes sense only the call knows.

This is also where secrets meet the request, and the only place: the header gets the token here, the token
calls get their body here, and their answer goes to the keychain here. A `Call` and a `Reply` never hold one.
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any, Final

import httpx
import orjson

from providers import errors
from providers.cj.errors import PROVIDER, Refusal, TokenRefused, to_error
from providers.cj.pair import read_pair
from providers.cj.payload import decode
from providers.cj.tokens import Keychain
from providers.clock import Clock
from providers.upstream import Call, Reply

PREFIX: Final = "/api2.0/v1"
TOKEN_HEADER: Final = "CJ-Access-Token"  # noqa: S105 - the header's name
_SUCCESS: Final = (200, 0, None)
_LATER: Final = (408, 504)
LARGEST_ANSWER: Final = 16_000_000
"""Bytes, unpacked: a search page of a hundred with descriptions takes about one million."""
_CHUNK: Final = 65_536
_MOST_POINTS: Final = 1_000_000_000
"""A day's allowance above this is no allowance: 50,000, and 100 for each dollar of a good month."""
_LONGEST_CODE: Final = 12
"""Digits; more are no code of CJ, and no seconds that anybody waits."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """CJ's answer, opened."""

    data: Any
    points_remaining: int | None = None
    points_total: int | None = None


class Exchange:
    """The adapter's side of `providers.upstream.Exchange`: decoded round trips, each with a good token."""

    def __init__(
        self, http: httpx.AsyncClient, keychain: Keychain, clock: Clock, points_per_day: int
    ) -> None:
        self._http = http
        self._keychain = keychain
        self._clock = clock
        self._points_per_day = points_per_day

    async def __call__(self, call: Call[Any]) -> Reply:
        """
        Make one round trip.

        Raises:
            TokenMissing: There is no token; nothing was sent.
            TokenRefused: CJ did not accept the token; it is forgotten and a new one is on its way.
            ProviderError: Anything else that went wrong, typed.
        """
        secret = self._keychain.body_of(call.policy.operation)
        if secret is not None:
            return await self._token_call(call, secret)
        pair = await self._keychain.access()
        try:
            envelope = await self._send(call, call.body, {TOKEN_HEADER: pair.access})
        except TokenRefused:
            self._keychain.refuse(pair)
            raise
        return Reply(envelope.data, envelope.points_remaining, envelope.points_total)

    async def _token_call(self, call: Call[Any], secret: dict[str, str]) -> Reply:
        try:
            envelope = await self._send(call, secret, {})
        except TokenRefused as error:
            # The same code means "bad key" here; there is no token that a new one could replace.
            raise errors.AuthenticationFailed(
                error.message,
                provider=PROVIDER,
                operation=error.operation,
                request_id=error.request_id,
                code=error.code,
            ) from None
        await self._keychain.hold(read_pair(envelope.data, self._clock.now()))
        return Reply(payload=True)

    async def _send(self, call: Call[Any], body: Any, headers: dict[str, str]) -> Envelope:
        operation = call.policy.operation
        content: bytes | None = None
        if body is not None:
            content = orjson.dumps(body, default=_number)
            headers = {**headers, "Content-Type": "application/json"}
        try:
            # httpx counts the time between two bytes; a server that drips would never be late.
            async with asyncio.timeout(call.policy.timeout):
                async with self._http.stream(
                    call.method,
                    PREFIX + call.path,
                    params=call.query or None,
                    content=content,
                    headers=headers,
                    follow_redirects=False,
                ) as response:
                    answer = await self._bounded(response, operation)
        except (TimeoutError, httpx.TimeoutException) as error:
            raise errors.UpstreamTimeout(
                f"CJ did not answer within {call.policy.timeout:g} s.", provider=PROVIDER, operation=operation
            ) from error
        except (httpx.ConnectError, httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
            raise errors.Unavailable(
                "CJ cannot be reached.", provider=PROVIDER, operation=operation
            ) from error
        except httpx.HTTPError as error:
            # The request may have arrived: for a write this is as open as a timeout.
            raise errors.UpstreamTimeout(
                "The connection to CJ ended before the answer was whole.",
                provider=PROVIDER,
                operation=operation,
            ) from error
        return self._open(response, answer, operation)

    async def _bounded(self, response: httpx.Response, operation: str) -> bytes:
        """The whole answer, unpacked as it comes: a small one may unpack into more than fits into memory."""
        parts: list[bytes] = []
        size = 0
        async for part in response.aiter_bytes(_CHUNK):
            size += len(part)
            if size > LARGEST_ANSWER:
                raise self._unreadable(response, operation, "is larger than any that CJ documents")
            parts.append(part)
        return b"".join(parts)

    def _open(self, response: httpx.Response, answer: bytes, operation: str) -> Envelope:
        try:
            body = decode(answer)
        except ValueError as error:
            raise self._unreadable(response, operation, "is not JSON or is cut off") from error
        if not isinstance(body, dict):
            raise self._unreadable(response, operation, "is not an object")
        remaining, total = _points(body.get("pointsInfo"))
        code, understood = _code(body.get("code"))
        request_id = body.get("requestId") or body.get("redirectUri")
        request_id = str(request_id)[:64] if request_id else None
        refused = body.get("result") is False or body.get("success") is False
        if not understood or (not refused and code is None and not {"result", "success"} & body.keys()):
            raise self._unreadable(response, operation, "is not CJ's envelope")
        if refused or code not in _SUCCESS or not response.is_success:
            message = body.get("message")
            raise to_error(
                Refusal(
                    # "ok" beside a refusal says nothing about the reason.
                    code=None if code in _SUCCESS else code,
                    message=message if isinstance(message, str) else "",
                    request_id=request_id,
                    retry_after=_retry_after(response, self._clock.now()),
                    points_total=total,
                ),
                operation,
                self._clock.now(),
                self._points_per_day,
            )
        if "data" not in body:
            raise self._unreadable(response, operation, "has no data")
        return Envelope(body["data"], remaining, total)

    def _unreadable(self, response: httpx.Response, operation: str, problem: str) -> errors.ProviderError:
        """Name an answer that is no envelope: here alone the status speaks, and never of absence."""
        status = response.status_code
        after = _retry_after(response, self._clock.now())
        words = f"CJ's answer {problem} (HTTP {status})."
        about = {"provider": PROVIDER, "operation": operation, "code": f"HTTP {status}"}
        if response.is_success:
            return errors.MalformedResponse(words, retry_after=after, **about)
        if status == httpx.codes.TOO_MANY_REQUESTS:
            return errors.RateLimited(words, retry_after=after or 1.0, **about)
        if status == httpx.codes.UNAUTHORIZED:
            return TokenRefused(words, **about)
        if status in _LATER:
            return errors.UpstreamTimeout(words, retry_after=after, **about)
        return errors.Unavailable(words, retry_after=after, **about)


def _code(value: Any) -> tuple[int | None, bool]:
    """The envelope's code, and whether it could be understood."""
    if value is None:
        return None, True
    if isinstance(value, int) and not isinstance(value, bool):
        return value, True
    if isinstance(value, str) and value.isascii() and value.lstrip("-").isdigit():
        return int(value[:_LONGEST_CODE]), True
    return None, False


def _points(info: Any) -> tuple[int | None, int | None]:
    """`pointsInfo`, where an answer has it: what remains, and the day's total."""
    if not isinstance(info, dict):
        return None, None
    remaining, total = info.get("remaining"), info.get("total")
    return (
        min(max(0, remaining), _MOST_POINTS) if isinstance(remaining, int) else None,
        total if isinstance(total, int) and 0 < total <= _MOST_POINTS else None,
    )


def _retry_after(response: httpx.Response, now: datetime) -> float | None:
    """Seconds of the `Retry-After` header, which CJ does not document; in either of its two forms."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit() and len(text) < _LONGEST_CODE:
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds())


def _number(value: Any) -> Any:
    """Write an exact amount as a JSON number, digit by digit."""
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value, "f"))
    raise TypeError(type(value).__name__)
