"""What an endpoint is, and what it is handed: the vocabulary of the route modules."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from providers.cj.simulator.accounts import Account
from providers.cj.simulator.envelope import Answer, Refusal, Style
from providers.cj.simulator.inputs import Inputs
from providers.cj.simulator.simulator import Simulator
from providers.cj.simulator.world import World


@dataclass(frozen=True, slots=True)
class Context:
    """One call on its way through an endpoint."""

    simulator: Simulator
    inputs: Inputs
    now: datetime
    _account: Account | None = None
    raw: bytes = b""
    """The body as it came, for the calls that are not JSON."""
    content_type: str = ""

    @property
    def world(self) -> World:
        """The catalogue."""
        return self.simulator.world

    @property
    def account(self) -> Account:
        """Who calls; only endpoints without login lack one."""
        if self._account is None:
            raise Refusal(1600001, "Invalid API key or access token")
        return self._account


Handler = Callable[[Context], Answer | Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One documented call."""

    method: str
    path: str
    """Below the prefix."""
    handler: Handler
    points: float = 0
    style: Style = Style.CLASSIC
    login: bool = True
    takes_json: bool = True
    """Whether a POST or PATCH must bring a JSON object."""
    batch: bool = False
    """Capped by itself, besides the account's rate."""


def get(path: str, handler: Handler, points: float = 0, style: Style = Style.CLASSIC) -> Endpoint:
    """A reading call."""
    return Endpoint("GET", path, handler, points, style)


def post(path: str, handler: Handler, points: float = 0, style: Style = Style.CLASSIC) -> Endpoint:
    """A call with a JSON body."""
    return Endpoint("POST", path, handler, points, style)
