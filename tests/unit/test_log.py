"""Logs: one event per request, its id everywhere, and no secret anywhere."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from gateway import log

TOKEN = "API@CJ9000001@CJ:eyJhbGciOiJIUzI1NiJ9.eyJqdGkiOiIxIn0.c2lnbmF0dXJl"  # noqa: S105 - invented
KEY = "CJ4210987@api@0123456789abcdef0123456789abcdef"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the process writes, as JSON lines."""
    written = io.StringIO()
    root = logging.getLogger()
    before = (root.handlers, root.level)
    log.configure("json", "info", written)
    yield written
    root.handlers, root.level = before
    structlog.reset_defaults()


def events(written: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


@pytest.mark.parametrize(
    "fields",
    [
        {"accessToken": "hunter2"},
        {"CJ-Access-Token": "hunter2"},
        {"refresh_token": "hunter2"},
        {"apiKey": "hunter2"},
        {"api_key": "hunter2"},
        {"Authorization": "hunter2"},
        {"openId": 70420133},
        {"password": b"hunter2"},
        {"deep": [{"headers": {"cookie": "hunter2"}}]},
        {"message": f"refused {TOKEN} at once"},
        {"message": f"key {KEY}, try another"},
        {"message": "not known: ss_n8knrqHM-sWrjeLRyUkCsmKWMN1zb8EOA7nEVXHz2o"},
        {"message": "redis://me:hunter2@cache:6379/0 is away"},
        {"message": "Authorization: Bearer hunter2hunter2"},
        {"message": '{"accessToken": "hunter2", "a": 1}'},
        {"message": "token=hunter2&page=1"},
        {"reason": ValueError(f"bad {KEY}")},
        {"raw": f'{{"accessToken":"{TOKEN}"}}'.encode()},
    ],
)
def test_no_secret_is_written(lines: io.StringIO, fields: dict[str, Any]) -> None:
    """What is named like a secret or looks like one never reaches the output, however deep it lies."""
    structlog.get_logger().info("something.happened", **fields)
    (event,) = events(lines)
    assert event["event"] == "something.happened"
    assert "[redacted]" in lines.getvalue()
    for secret in ("hunter2", "70420133", "n8knrqHM", TOKEN[:20], KEY[-8:]):
        assert secret not in lines.getvalue()


def test_harmless_words_stay(lines: io.StringIO) -> None:
    """Ordinary fields are written as they are."""
    fields = {
        "operation": "product.get",
        "points": 50,
        "retry": True,
        "after": None,
        "path": "/graphql",
        "key": "a:b",
    }
    structlog.get_logger().info("upstream.call", **fields)
    (event,) = events(lines)
    assert {name: event[name] for name in fields} == fields


def test_libraries_too(lines: io.StringIO) -> None:
    """A library's own line and its traceback pass the same way out."""
    try:
        int(KEY)
    except ValueError:
        logging.getLogger("some.library").exception("failed with %s", TOKEN)
    (event,) = events(lines)
    assert event["level"] == "error"
    assert event["exception"][0]["exc_type"] == "ValueError"
    assert KEY not in lines.getvalue()
    assert TOKEN not in lines.getvalue()


def test_lines_for_people(lines: io.StringIO) -> None:
    """The console form hides the same, in tracebacks as well."""
    log.configure("console", "info", lines)
    try:
        int(KEY)
    except ValueError:
        structlog.get_logger().exception("boom", token="hunter2")  # noqa: S106 - invented
    assert "boom" in lines.getvalue()
    assert KEY not in lines.getvalue()
    assert "hunter2" not in lines.getvalue()


async def _answer(request: Request) -> JSONResponse:
    structlog.get_logger().info("inside")
    return JSONResponse({"id": request.state.request_id})


async def _fail(_request: Request) -> JSONResponse:
    raise RuntimeError("broken")


def _client() -> httpx.AsyncClient:
    site = Starlette(routes=[Route("/here", _answer, methods=["POST"]), Route("/broken", _fail)])
    transport = httpx.ASGITransport(log.RequestId(site), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://gateway")


async def test_one_event_per_request(lines: io.StringIO) -> None:
    """A request is logged once, with method, path, status and time, and without its query string or body."""
    async with _client() as client:
        answer = await client.post("/here?query=my+customer", content=b"my customer")
    inside, request = events(lines)
    assert (request["event"], request["method"], request["path"], request["status"]) == (
        "http.request",
        "POST",
        "/here",
        200,
    )
    assert request["duration_ms"] >= 0
    assert inside["request_id"] == request["request_id"] == answer.headers["x-request-id"]
    assert answer.json() == {"id": request["request_id"]}
    assert "customer" not in lines.getvalue()


async def test_caller_names_the_request(lines: io.StringIO) -> None:
    """A well-formed X-Request-Id is taken over."""
    async with _client() as client:
        answer = await client.post("/here", headers={"X-Request-Id": "checkout-2026.11:7"})
    assert answer.headers["x-request-id"] == "checkout-2026.11:7"
    assert events(lines)[0]["request_id"] == "checkout-2026.11:7"


@pytest.mark.parametrize(
    "given", ["short", "x" * 65, 'has "quotes" in it', "has\tspace inside", KEY, "é" * 10]
)
async def test_other_ids_are_replaced(lines: io.StringIO, given: str) -> None:
    """An id that could break a log line, or is a secret, gives way to a new one."""
    async with _client() as client:
        answer = await client.post("/here", headers=[(b"X-Request-Id", given.encode())])
    assert answer.headers["x-request-id"] != given
    assert len(answer.headers["x-request-id"]) == 16


async def test_a_failing_request_is_logged(lines: io.StringIO) -> None:
    """A request that the application breaks on is logged with status 500 and answered with its id."""
    async with _client() as client:
        answer = await client.get("/broken")
    assert answer.status_code == 500
    (request,) = [event for event in events(lines) if event["event"] == "http.request"]
    assert request["status"] == 500
