"""
An answer in parts over HTTP: whether a client takes one, in which of two forms, and how the parts travel.

Apart from the door because of its own protocol, "Incremental Delivery over HTTP" of the GraphQL working
group.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import aclosing
from enum import Enum
from typing import Any

from graphql.execution import InitialIncrementalExecutionResult, SubsequentIncrementalExecutionResult
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

Part = InitialIncrementalExecutionResult | SubsequentIncrementalExecutionResult

_MULTIPART = "multipart/mixed"
_BOUNDARY = "-"
_DELIMITER = f"--{_BOUNDARY}".encode()
_PART_HEADERS = b"\r\nContent-Type: application/json; charset=utf-8\r\n\r\n"


class Form(Enum):
    """How a part says where it belongs; the value is the parameter of `multipart/mixed` that asks for it."""

    IDS = "incrementalSpec=v0.2"
    """`pending`, `incremental` and `completed`, tied by ids: the proposal of today."""
    PATHS = "deferSpec=20220824"
    """Each piece with its path: the proposal of August 2022, which Apollo Client 3 knows, and Relay."""


def form_for(accept: str) -> Form | None:
    """
    The form in which a client takes an answer in parts; None when it wants it whole.

    Parts go only to those who name `multipart/mixed` and prefer nothing else to it: a wildcard is no such
    wish. Without a parameter it is today's form; a version that we do not know, or Apollo's protocol of
    subscriptions, is none.

    Args:
        accept: The request's `Accept` header; empty when it has none.
    """
    if _MULTIPART not in accept.lower():
        return None
    chosen, best, best_other = None, 0.0, 0.0
    for media_type, parameters in _media_ranges(accept):
        quality = _quality(parameters.pop("q", "1"))
        form = _form_of(parameters) if media_type == _MULTIPART else None
        if form is None:
            best_other = max(best_other, quality)
        elif quality > best:
            chosen, best = form, quality
    return chosen if best >= best_other else None


class MultipartResponse(Response):
    """
    Sends each part as soon as it is there, and ends the work on the rest when the client is gone.

    Args:
        first: Goes out at once.
        rest: What follows it; closed in the end, which stops whatever still works for it.
        form: What the client asked for.
        encode: One part as JSON.
    """

    def __init__(
        self,
        first: InitialIncrementalExecutionResult,
        rest: AsyncGenerator[Any, None],
        form: Form,
        encode: Callable[[object], bytes],
    ) -> None:
        super().__init__(
            headers={
                "Content-Type": f'{_MULTIPART}; boundary="{_BOUNDARY}"; {form.value}',
                "Vary": "Accept",
                # nginx would otherwise collect the parts and pass them on together.
                "X-Accel-Buffering": "no",
            }
        )
        del self.headers["content-length"]
        self._first = first
        self._rest = rest
        self._form = form
        self._encode = encode

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        del scope
        async with aclosing(self._rest), asyncio.TaskGroup() as group:
            # Starlette's own streaming response cancels again and again until everything is gone, and so
            # interrupts the clearing up of deferred work too.
            sending = group.create_task(self._send(send))
            leaving = group.create_task(_wait_until_gone(receive))
            await asyncio.wait((sending, leaving), return_when=asyncio.FIRST_COMPLETED)
            sending.cancel()
            leaving.cancel()

    async def _send(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        places: dict[str, dict[str, Any]] = {}

        async def send_part(part: Part, before: bytes = b"") -> None:
            payload: dict[str, Any] = dict(part.formatted)
            if self._form is Form.PATHS:
                _name_paths(payload, places)
            # A reader knows that a part is complete by the delimiter behind it, so the two go out together.
            end = b"\r\n" + _DELIMITER + (b"" if part.has_next else b"--\r\n")
            body = before + _PART_HEADERS + self._encode(payload) + end
            await send({"type": "http.response.body", "body": body, "more_body": part.has_next})

        await send_part(self._first, _DELIMITER)
        async for part in self._rest:
            await send_part(part)


def _name_paths(payload: dict[str, Any], places: dict[str, dict[str, Any]]) -> None:
    """Turn a payload from ids to paths; `places` remembers what was announced in the ones before."""
    places |= {each.pop("id"): each for each in payload.pop("pending", ())}
    pieces = []
    for piece in payload.pop("incremental", ()):
        place, below = places[piece.pop("id")], piece.pop("subPath", ())
        pieces.append(piece | place | {"path": [*place["path"], *below]})
    # A fragment that failed as a whole, because a null went up to it.
    pieces += [
        {"data": None, "errors": group["errors"], **places[group["id"]]}
        for group in payload.pop("completed", ())
        if "errors" in group
    ]
    if pieces:
        payload["incremental"] = pieces


async def _wait_until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _media_ranges(accept: str) -> Iterator[tuple[str, dict[str, str]]]:
    for entry in accept.lower().split(","):
        media_type, *rest = (piece.strip() for piece in entry.split(";"))
        pairs = (piece.partition("=") for piece in rest)
        yield media_type, {name.strip(): value.strip().strip('"') for name, _, value in pairs}


def _form_of(parameters: Mapping[str, str]) -> Form | None:
    versions = [f"{name}={value}" for name, value in parameters.items() if name.endswith("spec")]
    known = {form.value.lower(): form for form in Form}
    return known.get(versions[0]) if versions else Form.IDS


def _quality(given: str) -> float:
    try:
        return float(given)
    except ValueError:
        return 1.0
