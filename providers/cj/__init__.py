"""
CJ Dropshipping. `build` is the only place that knows both the adapter and its simulator.

Which CJ answers, decided from the environment alone:

| credentials | address | who answers | mode |
|---|---|---|---|
| none | unset, or CJ's own | the simulator, in this process | SIMULATED |
| none | any other | the simulator served there, with an invented key | SIMULATED |
| key or token | this machine | whatever is served there, which is not CJ | SIMULATED |
| key or token | any other | CJ | LIVE |

The pictures of the simulator in this process are served by the gateway through `Provider.site`; nothing else
of it is.
"""

import hashlib
from random import Random
from typing import Any, Final

from pydantic import SecretStr

from providers.cj.auth import Login
from providers.cj.declaration import declare
from providers.cj.limits import policies
from providers.cj.provider import CJProvider
from providers.cj.settings import VARIABLES, CJSettings
from providers.cj.tokens import LOGIN, REFRESH, Keychain
from providers.cj.wire import Exchange
from providers.port import ASGIApp, ProviderContext

__all__ = ["VARIABLES", "CJProvider", "CJSettings", "build", "simulator_key"]

_PICTURES: Final = "/pictures/"


def build(context: ProviderContext) -> CJProvider:
    """
    Put the adapter together; opens an HTTP client through the context and nothing else.

    Raises:
        ProviderConfigurationError: A variable of CJ is wrong.
    """
    settings = CJSettings.from_environment(context.environment)
    app: ASGIApp | None = None
    simulated: str | None
    if not settings.has_credentials:
        if settings.is_cj:
            app = _simulator(settings, context)
        settings = settings.model_copy(update={"api_key": SecretStr(simulator_key())})
        credential, simulated = simulator_key(), "no CJ_API_KEY"
    else:
        given = settings.api_key or settings.access_token or settings.refresh_token
        credential = given.get_secret_value() if given else ""
        simulated = "CJ_BASE_URL is on this machine" if settings.is_simulated else None
    declaration = declare(settings, credential, simulated=simulated)
    keychain = Keychain(settings, context.store, context.clock, Random())  # noqa: S311 - spreads renewals, hides nothing
    exchange = Exchange(
        context.open_http(settings.base_url, app=app), keychain, context.clock, settings.points_per_day
    )
    upstream = context.open_upstream(declaration, exchange)
    table = policies(settings.timeout_seconds)
    login = Login(keychain, upstream, context.store, context.clock, (table[LOGIN], table[REFRESH]))
    return CJProvider(
        declaration,
        upstream,
        login,
        context.clock,
        site=None if app is None else _Pictures(app),
        timeout=settings.timeout_seconds,
    )


def simulator_key() -> str:
    """
    The invented API key that opens a simulator: of the documented form, the same in every process.

    Made rather than written, so that nothing in the sources looks like somebody's key.
    """
    digits = hashlib.md5(b"sourcescout gateway", usedforsecurity=False).hexdigest()
    return f"CJ9000001@api@{digits}"


def _simulator(settings: CJSettings, context: ProviderContext) -> ASGIApp:
    # Imported only when it answers: a live gateway does not carry a catalogue of inventions.
    from providers.cj.simulator.app import create_app  # noqa: PLC0415
    from providers.cj.simulator.options import Options  # noqa: PLC0415
    from providers.cj.simulator.world import World  # noqa: PLC0415

    options = Options(
        seed=settings.simulator_seed,
        # What the gateway believes about the account is what the simulator enforces.
        requests_per_second=settings.requests_per_second,
        daily_points=settings.points_per_day,
        latency_seconds=settings.simulator_latency_seconds,
    )
    return create_app(
        World(settings.simulator_seed, settings.simulator_products),
        options=options,
        clock=context.clock,
        picture_base_url=f"{context.site_url}{_PICTURES}",
    )


class _Pictures:
    """
    Lets the simulator's pictures through to the public, and neither its API nor its levers.

    `state.simulator` is the simulator behind it, for tests that count calls there.
    """

    def __init__(self, app: Any) -> None:
        self._app = app
        self.state = app.state

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        # Mounted applications see the whole path, with what they are mounted under in `root_path`.
        path = str(scope.get("path", "")).removeprefix(str(scope.get("root_path", "")))
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD") and path.startswith(_PICTURES):
            await self._app({**scope, "path": path, "root_path": ""}, receive, send)
        elif scope["type"] == "http":
            await send({"type": "http.response.start", "status": 404, "headers": [(b"content-length", b"0")]})
            await send({"type": "http.response.body", "body": b""})
