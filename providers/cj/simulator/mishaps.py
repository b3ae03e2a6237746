"""How each kind of fault spoils a call: before its endpoint, instead of it, or between it and its caller."""

from collections.abc import Awaitable, Callable, Collection, Mapping, MutableMapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import httpx

from providers.cj.simulator.accounts import Account
from providers.cj.simulator.endpoint import Context
from providers.cj.simulator.envelope import Answer
from providers.cj.simulator.faults import ANSWERS, KINDS, Fault
from providers.cj.simulator.simulator import Simulator

JSON: Final = "application/json;charset=UTF-8"
HTML: Final = "text/html;charset=UTF-8"
_PAGE: Final = "<html><head><title>Error</title></head><body><h1>The service is resting.</h1></body></html>"
LATE: Final = KINDS - {"revoke_token", "exhaust_points"}
"""Kinds that strike once a call is admitted."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back over the wire."""

    status: int
    content: bytes
    content_type: str = JSON
    code: int | None = None
    promised: int | None = None
    """A Content-Length that is not the truth."""
    broken: Exception | None = None
    """Ends the connection in the middle of the answer."""


def is_spoiling(fault: Fault) -> bool:
    """Whether the fault shapes the answer."""
    return fault.kind in ANSWERS


def needs_answer(fault: Fault) -> bool:
    """Whether the fault works on the endpoint's true answer, so that the endpoint has to run."""
    return fault.kind in ("truncated", "drop", "empty", "omit")


def arrivals(faults: Collection[Fault]) -> int:
    """How often the endpoint is asked for one call."""
    return 2 if any(fault.kind == "twice" for fault in faults) else 1


def revoke(simulator: Simulator, account: Account, path: str) -> bool:
    """Kill the account's tokens if a fault says so."""
    struck = bool(simulator.faults.draw(path, account.number, ("revoke_token",)))
    if struck:
        account.tokens.revoke()
    return struck


def exhaust(simulator: Simulator, account: Account, path: str, now: datetime) -> None:
    """Leave the account only so many points if a fault says so."""
    for fault in simulator.faults.draw(path, account.number, ("exhaust_points",)):
        account.points.refill(now)
        account.points.used_today += max(0.0, account.points.remaining - fault.number("remaining", 0))
        account.points.remaining = fault.number("remaining", 0)


def prepare(simulator: Simulator, context: Context, faults: Collection[Fault]) -> None:
    """Change the world before the endpoint looks at it."""
    for fault in faults:
        if fault.kind == "set_balance":
            context.account.balance_cents = int(fault.number("cents", 0))
        elif fault.kind == "price_change":
            simulator.world.change_price(fault.number("factor", 1.1), fault.text("pid", "*"))


async def spoil(  # noqa: PLR0911 - one for each kind
    fault: Fault | None,
    answer: Answer | None,
    encode: Callable[[Answer], Reply],
    simulator: Simulator,
    receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
) -> Reply:
    """Make the reply, spoilt by at most one fault; `answer` is None when that kept the endpoint idle."""
    if fault is None:
        return encode(_given(answer))
    match fault.kind:
        case "error":
            code = int(fault.number("code", 1600000))
            return encode(
                Answer(None, code, fault.text("message", "System busy"), int(fault.number("status", 200)))
            )
        case "status" | "not_json":
            status = int(fault.number("status", 500 if fault.kind == "status" else 200))
            return Reply(status, fault.text("body", _PAGE).encode(), HTML)
        case "hang":
            return await _hang(fault, answer, encode, simulator, receive)
        case "empty":
            given = _given(answer)
            return encode(replace(given, data=emptied(given.data)))
        case "omit":
            given = _given(answer)
            keys = fault.params.get("keys", ())
            return encode(
                replace(
                    given,
                    data=without(given.data, keys if isinstance(keys, (list, tuple, set)) else (str(keys),)),
                )
            )
    reply = encode(_given(answer))
    kept = reply.content[: max(1, int(len(reply.content) * fault.number("keep", 0.5)))]
    if fault.kind == "truncated":
        return replace(reply, content=kept, code=None)
    # In process the exception reaches the caller as it is; a server ends the connection and its client sees
    # the same.
    broken = httpx.RemoteProtocolError("peer closed connection without sending complete message body")
    return replace(reply, content=kept, promised=len(reply.content), broken=broken, code=None, status=0)


async def _hang(
    fault: Fault,
    answer: Answer | None,
    encode: Callable[[Answer], Reply],
    simulator: Simulator,
    receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
) -> Reply:
    seconds = fault.number("seconds", 0)
    if seconds > 0:
        await simulator.clock.sleep(seconds)
    else:
        while (await receive())["type"] != "http.disconnect":
            pass
    # Whoever waited that long gets a gateway's error, as an upstream that gives up would send.
    return encode(answer) if answer is not None else Reply(504, _PAGE.encode(), HTML)


def _given(answer: Answer | None) -> Answer:
    if answer is None:
        raise ValueError("the endpoint has not run")
    return answer


def emptied(data: object) -> object:
    """The same kind of answer with nothing in it: an empty list, an empty page, or null."""
    if isinstance(data, list):
        return []
    if isinstance(data, dict) and any(key in data for key in ("list", "content")):
        counts = {"total", "totalRecords", "totalPages"}
        return {
            key: (type(value)(0) if key in counts else [] if isinstance(value, list) else value)
            for key, value in data.items()
        }
    return None


def without(data: object, keys: Collection[str]) -> object:
    """A copy without some keys, at any depth."""
    if isinstance(data, Mapping):
        return {key: without(value, keys) for key, value in data.items() if key not in keys}
    if isinstance(data, list):
        return [without(value, keys) for value in data]
    return data
