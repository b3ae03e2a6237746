"""HTTP clients for suppliers: bounded, without redirects, telling the budget when a request really leaves."""

import contextlib
from collections.abc import Awaitable, Callable, Iterator
from contextvars import ContextVar
from typing import Any

import httpx

from providers.errors import ProviderError
from providers.port import ASGIApp

# Connecting gets a few seconds; how long an exchange may take as a whole is the call's own, enforced by
# the pipeline.
TIMEOUT = httpx.Timeout(60.0, connect=5.0, pool=5.0)
LIMITS = httpx.Limits(max_connections=20, max_keepalive_connections=10, keepalive_expiry=60.0)


class Departure:
    """
    Whether the request of one exchange left, and the leave it needs for that.

    Args:
        left: Called just before the first byte; raises ProviderError when nothing must be sent after all.
    """

    def __init__(self, left: Callable[[], Awaitable[None]]) -> None:
        self._left = left
        self.happened = False
        self.watched = False
        """Whether a client of ours was asked to carry a request."""
        self.denied: ProviderError | None = None
        """What `left` raised."""

    async def leave(self) -> None:
        """The first byte goes out next. Raises what the budget says against it."""
        try:
            await self._left()
        except ProviderError as error:
            self.denied = error
            raise
        self.happened = True

    def arrived(self) -> None:
        """There was an answer, so it must have left."""
        self.happened = True


# The one context variable of the pipeline. The stage that pays and the client that sends are joined only
# by the adapter's exchange, which lies between them and has no business with permits; and a client is
# shared by many exchanges at once, so the departure can live neither on it nor in an argument.
_departure: ContextVar[Departure | None] = ContextVar("departure", default=None)


@contextlib.contextmanager
def departing(departure: Departure) -> Iterator[None]:
    """Within it, requests of clients made by `open_http` tell this departure when they leave."""
    token = _departure.set(departure)
    try:
        yield
    finally:
        _departure.reset(token)


def open_http(base_url: str, *, app: ASGIApp | None = None) -> httpx.AsyncClient:
    """
    A client for one supplier; the gateway closes it.

    Args:
        base_url: Where requests go unless their address is absolute.
        app: An ASGI application of this process that answers in place of the network.
    """
    return httpx.AsyncClient(
        base_url=base_url,
        transport=None if app is None else httpx.ASGITransport(app=app),
        timeout=TIMEOUT,
        limits=LIMITS,
        follow_redirects=False,
        # The gateway reads the environment in one place, and a proxy is not among what it reads.
        trust_env=False,
        event_hooks={"request": [_leave_in_process if app is not None else _trace]},
    )


async def _leave_in_process(_: httpx.Request) -> None:
    departure = _departure.get()
    if departure is not None:
        departure.watched = True
        await departure.leave()


async def _trace(request: httpx.Request) -> None:
    departure = _departure.get()
    if departure is None:
        return
    departure.watched = True

    async def trace(event: str, _: dict[str, Any]) -> None:
        # Connecting and TLS are over; after a long handshake the slot may have to be waited for again.
        if event.endswith("send_request_headers.started"):
            await departure.leave()

    request.extensions["trace"] = trace
