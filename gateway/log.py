"""
Logs as structured events: one line each, with the request's id, and without secrets by construction.

Everything passes `redact`, the lines of libraries too: what is named like a secret or looks like a supplier's
token never reaches the output. `configure` is called once when a process starts.
"""

import logging
import re
import secrets
import sys
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, TextIO

import structlog
from structlog.contextvars import bound_contextvars

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger(__name__)

HEADER = "X-Request-Id"
_HIDDEN = "[redacted]"

# A request id from outside is repeated in logs and answers, so it may hold nothing that could break either.
_REQUEST_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{7,63}")

_SECRET_NAMES = re.compile(
    r"(?:^|[_-])(?:authorization|cookie|credential|password|passwd|pwd|secret|signature|token|apikey|openid)s?(?:$|[_-])"
)
_WORD_BREAK = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

_SECRET_TEXTS = (
    # A CJ token: "API@CJ9000001@CJ:" and a JSON web token (cj-api documentation, "Authentication").
    (re.compile(r"API@CJ[^\s\"'&,;]+"), _HIDDEN),
    # A CJ API key: "CJ<user number>@api@" and 32 hexadecimal digits.
    (re.compile(r"CJ\d*@api@[0-9A-Za-z]+"), _HIDDEN),
    # A key of this gateway (`gateway.access`).
    (re.compile(r"\bss_[\w-]{16,}"), _HIDDEN),
    # Any JSON web token, any password in an address, any header or named value quoted in a message.
    (re.compile(r"\beyJ[\w-]{8,}(?:\.[\w-]+)*"), _HIDDEN),
    (re.compile(r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"), _HIDDEN),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}"), rf"\1 {_HIDDEN}"),
    (
        re.compile(
            r"(?i)([\w-]*(?:password|secret|token|api_?key|openid)(?:\\?[\"']\s*:\s*|=))"
            r"(\\?\"[^\"]*\"|'[^']*'|[^\s,;&\"'}]+)"
        ),
        rf"\1{_HIDDEN}",
    ),
)


def redact(_logger: Any, _method: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    """The structlog processor that takes secrets out of an event, however deep they lie."""
    return {key: _clean(key, value) for key, value in event.items()}


def is_console(log_format: Literal["auto", "console", "json"]) -> bool:
    """Whether lines are for people: as configured, else when standard error is a terminal."""
    return log_format == "console" or (log_format == "auto" and sys.stderr.isatty())


def configure(
    log_format: Literal["auto", "console", "json"] = "auto",
    level: Literal["debug", "info", "warning", "error"] = "info",
    stream: TextIO | None = None,
) -> None:
    """
    Send this process's events, and those of every library, to one stream.

    Args:
        log_format: Lines for people or JSON objects; "auto" is for people when standard error is a terminal.
        level: The least important events that are written.
        stream: Where to; None is standard error.
    """
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if is_console(log_format):
        finish: list[structlog.types.Processor] = [
            structlog.processors.format_exc_info,
            redact,
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            ),
        ]
    else:
        # Without the frames' variables: those can hold anything.
        transform = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
        finish = [
            structlog.processors.ExceptionRenderer(transform),
            redact,
            structlog.processors.JSONRenderer(),
        ]
    # Both kinds of logger end in one handler, so that nothing can be written past `redact`.
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *finish],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    # httpx tells of every call with its address at INFO; the pipeline logs the same with its meaning.
    for chatty in ("httpx", "httpcore", "asyncio", "uvicorn.error", "aiocache", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def request_id_of(given: str | None) -> str:
    """The id under which a request is logged: the caller's own when it is well formed, else a new one."""
    if given and _REQUEST_ID.fullmatch(given) and _clean("", given) == given:
        return given
    return secrets.token_hex(8)


class RequestId:
    """
    ASGI middleware: gives each HTTP request and WebSocket its id, and logs one event per HTTP request.

    The id is in `scope["state"]["request_id"]`, in every log event, and in the answer's `X-Request-Id`. The
    event names the caller whom a door has noted in `scope["state"]["caller"]`. Query strings and bodies are
    not logged: they hold customers' words.
    """

    def __init__(self, app: "ASGIApp") -> None:
        self._app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Serve one connection."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        request_id = request_id_of(headers.get(HEADER.lower().encode(), b"").decode("latin-1"))
        scope.setdefault("state", {})["request_id"] = request_id
        with bound_contextvars(request_id=request_id):
            if scope["type"] == "websocket":
                await self._app(scope, receive, send)
            else:
                await self._http(scope, receive, send, request_id)

    async def _http(self, scope: "Scope", receive: "Receive", send: "Send", request_id: str) -> None:
        started = time.perf_counter()
        status = 0

        async def send_with_id(message: "Message") -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message.get("headers", ()),
                    (HEADER.lower().encode(), request_id.encode()),
                ]
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        finally:
            log.info(
                "http.request",
                method=scope["method"],
                path=scope["path"],
                **({"caller": scope["state"]["caller"]} if "caller" in scope["state"] else {}),
                status=status or 500,
                duration_ms=round((time.perf_counter() - started) * 1000, 1),
            )


def _clean(name: str, value: Any) -> Any:
    cleaned: Any = value
    if value is None or isinstance(value, bool):
        pass
    elif _is_secret_name(name):
        cleaned = _HIDDEN
    elif isinstance(value, Mapping):
        cleaned = {key: _clean(str(key), inner) for key, inner in value.items()}
    elif isinstance(value, list | tuple | set | frozenset):
        cleaned = [_clean("", inner) for inner in value]
    elif not isinstance(value, int | float):
        # Whatever else it is, it is about to be printed by its own words, which may hold anything.
        text = value if isinstance(value, str) else _words_of(value)
        for pattern, instead in _SECRET_TEXTS:
            text = pattern.sub(instead, text)
        cleaned = text
    return cleaned


def _words_of(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _is_secret_name(name: str) -> bool:
    words = _WORD_BREAK.sub("_", name).lower().replace("api_key", "apikey").replace("open_id", "openid")
    return _SECRET_NAMES.search(words.replace("api-key", "apikey")) is not None
