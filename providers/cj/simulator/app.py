"""
The simulated CJ as an ASGI application: every call passes the same stations in the same order.

Arrival is stamped first, then: route, address limit, login, account limit, points, body, faults, endpoint,
answer. CJ does not document the order of its own stations; this one charges no points for calls turned away
before them.
"""

import inspect
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Final, cast
from urllib.parse import parse_qs

import orjson
from starlette.datastructures import State

from providers.cj.simulator import control, mishaps
from providers.cj.simulator.accounts import Account
from providers.cj.simulator.endpoint import Context, Endpoint
from providers.cj.simulator.envelope import Answer, Refusal, Style, wrap
from providers.cj.simulator.inputs import Inputs
from providers.cj.simulator.ledger import Received
from providers.cj.simulator.limits import Window
from providers.cj.simulator.mishaps import Reply
from providers.cj.simulator.options import Options
from providers.cj.simulator.routes import ENDPOINTS, IDENTIFIERS, NOT_SIMULATED
from providers.cj.simulator.simulator import PREFIX, Simulator
from providers.cj.simulator.world import World
from providers.clock import Clock, SystemClock

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

DEFAULT_PICTURE_BASE_URL: Final = "http://cj.simulator.localhost/pictures"


def create_app(
    world: World | None = None,
    *,
    options: Options | None = None,
    clock: Clock | None = None,
    picture_base_url: str = DEFAULT_PICTURE_BASE_URL,
) -> "App":
    """
    Build a simulator; reach it in process with `httpx.ASGITransport(app)` or serve it with uvicorn.

    Args:
        world: What it sells; a new one from the default seed takes about a fifth of a second.
        options: Its switches; kept, so changing them later has effect.
        clock: Its time. Points and tokens follow `now`, calls per second `monotonic`.
        picture_base_url: Where pictures are fetched from, without the name; the app serves them under
            `/pictures`.

    Returns:
        The application; `app.state.simulator` is the `Simulator` behind it.
    """
    return App(
        Simulator.create(world or World(), options or Options(), clock or SystemClock(), picture_base_url)
    )


@dataclass(slots=True)
class _Call:
    """What is known about a call while it passes the stations."""

    method: str
    path: str
    ip: str
    arrived: float
    era: int
    """Of the ledger, when it arrived."""
    account: Account | None = None
    points: float = 0
    rule: str | None = None
    faults: list[str] = field(default_factory=list)


class App:
    """The ASGI application; its parts are in `state.simulator`."""

    def __init__(self, simulator: Simulator) -> None:
        self.state = State({"simulator": simulator})
        self._simulator = simulator
        self._paths = {endpoint.path: endpoint for endpoint in ENDPOINTS}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or the lifespan of a server."""
        arrived = self._simulator.clock.monotonic()
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        if scope["type"] != "http":
            return
        path = str(scope["path"])
        if not path.startswith(PREFIX + "/"):
            body = await _read(receive)
            status, kind, content = control.answer(
                self._simulator, str(scope["method"]), path, _query(scope), body
            )
            await _reply(send, Reply(status, content, kind))
            return
        options = self._simulator.options
        uplink = options.uplink_seconds + self._simulator.chance.random() * options.uplink_jitter_seconds
        if uplink > 0:
            await self._simulator.clock.sleep(uplink)
            arrived = self._simulator.clock.monotonic()
        client = scope.get("client") or ("unknown", 0)
        call = _Call(
            str(scope["method"]),
            path.removeprefix(PREFIX),
            str(client[0]),
            arrived,
            self._simulator.ledger.era,
        )
        await self._serve(call, scope, receive, send)

    async def _serve(self, call: _Call, scope: Scope, receive: Receive, send: Send) -> None:
        simulator = self._simulator
        endpoint = self._paths.get(call.path)
        style = endpoint.style if endpoint else Style.CLASSIC
        answer: Answer | None = None
        try:
            context = await self._admit(call, endpoint, scope, receive)
            early = simulator.faults.draw(
                call.path, call.account.number if call.account else None, mishaps.LATE
            )
            call.faults.extend(fault.label for fault in early)
            mishaps.prepare(simulator, context, early)
            await self._travel(early)
            spoiling = next((fault for fault in early if mishaps.is_spoiling(fault)), None)
            if spoiling is None or spoiling.after or mishaps.needs_answer(spoiling):
                for _ in range(mishaps.arrivals(early)):
                    answer = await _run(cast("Endpoint", endpoint), context)
            reply = await mishaps.spoil(
                spoiling, answer, lambda given: self._encode(call, style, given), simulator, receive
            )
        except Refusal as refusal:
            call.rule = refusal.rule
            answer = refusal.answer
            reply = self._encode(call, style, answer)
        except BaseException:
            self._record(call, None, 0)
            raise
        # What was decided is recorded before it is sent, so that whoever has the answer finds it in the
        # ledger.
        self._record(call, reply.code, reply.status)
        await _reply(send, reply)

    async def _admit(self, call: _Call, endpoint: Endpoint | None, scope: Scope, receive: Receive) -> Context:
        """Pass a call through route, limits, login, points and body, or refuse it."""
        simulator = self._simulator
        now = simulator.now()
        self._limit(call, simulator.ip_window(call.ip), "ip_rate")
        headers = {name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]}
        content_type = headers.get("content-type", "")
        if endpoint is None:
            raise self._unknown(call.path)
        if call.method != endpoint.method:
            raise Refusal(16900202, f"Request method '{call.method}' not supported", rule="route")
        if endpoint.login:
            call.account = self._login(headers, now, call)
            self._limit_account(call, endpoint, call.account)
        else:
            simulator.anonymous.rate = simulator.options.anonymous_requests_per_second
            self._limit(call, simulator.anonymous, "anonymous_rate")
        raw = await _read(receive)
        inputs = _inputs(endpoint, scope, content_type, raw)
        context = Context(simulator, inputs, now, call.account, raw, content_type)
        if not endpoint.login:
            call.account = IDENTIFIERS[endpoint.path](context)
            self._limit_account(call, endpoint, call.account)
            context = Context(simulator, inputs, now, call.account)
        self._charge(call, endpoint, cast("Account", call.account))
        return context

    def _limit_account(self, call: _Call, endpoint: Endpoint, account: Account) -> None:
        # Rates are read anew each time: tests and operators change them while it runs.
        account.window.rate = self._simulator.accounts.rate_of(account)
        self._limit(call, account.window, "account_rate")
        if endpoint.batch:
            rate = self._simulator.options.batch_requests_per_second
            cap = account.caps.setdefault(endpoint.path, Window(rate))
            cap.rate = rate
            self._limit(call, cap, "batch_rate")

    def _limit(self, call: _Call, window: Window, rule: str) -> None:
        if not window.admit(call.arrived):
            status = self._simulator.options.rate_refusal_status
            raise Refusal(1600200, window.describe(), status=status, rule=rule)

    def _login(self, headers: dict[str, str], now: Any, call: _Call) -> Account:
        simulator = self._simulator
        token = headers.get("cj-access-token")
        if not token:
            raise Refusal(1600002, "CJ-Access-Token must not be empty", rule="token")
        account = simulator.accounts.by_access_token(token, now)
        if account is not None and mishaps.revoke(simulator, account, call.path):
            call.faults.append("revoke_token")
            account = None
        if account is None:
            raise Refusal(
                1600001,
                "Invalid API key or access token",
                status=simulator.options.bad_token_status,
                rule="token",
            )
        return account

    def _charge(self, call: _Call, endpoint: Endpoint, account: Account) -> None:
        simulator = self._simulator
        now = simulator.now()
        mishaps.exhaust(simulator, account, call.path, now)
        if not endpoint.points:
            return
        if not account.points.take(endpoint.points, now):
            text = account.points.describe(endpoint.points, now)
            if simulator.options.points_refusal == "status":
                raise Refusal(429, text, status=429, rule="points")
            raise Refusal(16900500, text, rule="points")
        call.points = endpoint.points

    async def _travel(self, faults: list[Any]) -> None:
        simulator = self._simulator
        options = simulator.options
        seconds = options.latency_seconds + simulator.chance.random() * options.latency_jitter_seconds
        for fault in faults:
            if fault.kind == "latency":
                seconds += fault.number("seconds", 0) + simulator.chance.random() * fault.number("jitter", 0)
        if seconds > 0:
            await simulator.clock.sleep(seconds)

    def _encode(self, call: _Call, style: Style, answer: Answer) -> Reply:
        simulator = self._simulator
        documented = answer.code == 429  # noqa: PLR2004 - the form of the points refusal that carries pointsInfo
        shown = call.account is not None and (simulator.options.points_info or documented)
        info = call.account.points.info(simulator.now()) if shown and call.account else None
        body = wrap(style, answer, str(simulator.new_uuid()), info)
        code = body.get("code")
        return Reply(answer.status, orjson.dumps(body), code=code if isinstance(code, int) else None)

    def _unknown(self, path: str) -> Refusal:
        reason = NOT_SIMULATED.get(path)
        if reason is not None:
            return Refusal(1600100, f"Interface is offline: known but not simulated ({reason})", rule="route")
        return Refusal(1600101, "Interface not found", rule="route")

    def _record(self, call: _Call, code: int | None, status: int) -> None:
        self._simulator.ledger.record(
            Received(
                method=call.method,
                path=call.path,
                account=call.account.number if call.account else None,
                ip=call.ip,
                arrived=call.arrived,
                points=call.points,
                code=code,
                status=status,
                rule=call.rule,
                fault=", ".join(call.faults) or None,
            ),
            call.era,
        )


async def _run(endpoint: Endpoint, context: Context) -> Answer:
    given = endpoint.handler(context)
    return await given if inspect.isawaitable(given) else given


def _inputs(endpoint: Endpoint, scope: Scope, content_type: str, raw: bytes) -> Inputs:
    query = _query(scope)
    if endpoint.method not in ("POST", "PATCH") or not endpoint.takes_json:
        return Inputs(query)
    if not raw:
        raise Refusal(16900204, "Required request body is missing", rule="request")
    if not content_type.lower().startswith("application/json"):
        raise Refusal(16900203, f"Content type '{content_type}' not supported", rule="request")
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise Refusal(16900205, "Request body is not valid JSON", rule="request") from None
    if not isinstance(body, dict):
        raise Refusal(1600100, "Param error", rule="request")
    return Inputs(query, body)


def _query(scope: Scope) -> dict[str, list[str]]:
    return parse_qs(scope["query_string"].decode("latin-1"))


async def _read(receive: Receive) -> bytes:
    parts: list[bytes] = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            return b"".join(parts)


async def _reply(send: Send, reply: Reply) -> None:
    headers = [
        (b"content-type", reply.content_type.encode()),
        (b"content-length", str(reply.promised or len(reply.content)).encode()),
    ]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    if reply.broken is not None:
        await send({"type": "http.response.body", "body": reply.content, "more_body": True})
        raise reply.broken
    await send({"type": "http.response.body", "body": reply.content})


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
