"""One exchange: what is success, and what everything else is called."""

import asyncio
import gzip
import json
from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from providers import errors
from providers.cj.errors import TokenMissing, TokenRefused
from providers.cj.limits import policies
from providers.cj.settings import CJSettings
from providers.cj.tokens import Keychain
from providers.cj.wire import LARGEST_ANSWER, Exchange
from providers.clock import ManualClock
from providers.contract.support import MemoryStore
from providers.upstream import Call, CallPolicy, Reply

Answerer = Callable[[httpx.Request], httpx.Response]
GET = Call(
    CallPolicy("product.get", timeout=5),
    "GET",
    "/product/query",
    read=lambda data: data,
    query=(("pid", "1"), ("features", "a"), ("features", "b")),
)
ACCESS = "API@CJ1@CJ:eyJtoken"


def _json(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Answerer:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda _: httpx.Response(status, content=content, headers=headers)


async def _exchange(answer: Answerer, call: Call[Any] = GET, settings: CJSettings | None = None) -> Reply:
    clock = ManualClock()
    keychain = Keychain(
        settings or CJSettings(access_token=SecretStr(ACCESS)), MemoryStore(clock), clock, Random(1)
    )
    async with httpx.AsyncClient(
        transport=httpx.MockTransport(answer), base_url="https://cj.example"
    ) as http:
        return await Exchange(http, keychain, clock, 50_000)(call)


@pytest.mark.parametrize(
    "envelope",
    [
        {"code": 200, "result": True, "message": "Success", "data": 1, "requestId": "r"},
        {"success": True, "code": 0, "message": None, "data": 1},
        {"success": True, "message": "", "data": 1},
        {"code": 200, "data": 1},
        {"code": "200", "result": True, "data": 1},
        {"code": None, "result": True, "data": 1},
        {"code": 200, "success": True, "message": "", "data": 1, "redirectUri": "r"},
    ],
)
async def test_success(envelope: dict[str, Any]) -> None:
    """Code 200, 0 or none at all, and nothing that says false: the data is handed on as it came."""
    assert await _exchange(_json(envelope)) == Reply(1)


@pytest.mark.parametrize("data", [None, False, [], {}, "true", "2405170342118603100"])
async def test_data_is_not_judged_here(data: object) -> None:
    """Null and empty data are handed on: only the call knows whether they make sense."""
    assert (await _exchange(_json({"code": 200, "result": True, "data": data}))).payload == data


async def test_request() -> None:
    """The token goes into its header, repeated parameters stay repeated, and nothing else is added."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"code": 200, "data": None})

    await _exchange(answer)
    assert str(seen[0].url) == "https://cj.example/api2.0/v1/product/query?pid=1&features=a&features=b"
    assert seen[0].headers["CJ-Access-Token"] == ACCESS
    assert seen[0].content == b""


async def test_amounts_are_sent_exactly() -> None:
    """A price in a body is written digit by digit."""
    bodies: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        bodies.append(request.content)
        assert request.headers["Content-Type"] == "application/json"
        return httpx.Response(200, json={"code": 200, "data": None})

    await _exchange(
        answer, Call(CallPolicy("x"), "POST", "/x", read=lambda data: data, body={"price": Decimal("12.50")})
    )
    assert bodies == [b'{"price":12.50}']


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (_json({"code": 1600200, "result": False, "message": "QPS", "data": None}), errors.RateLimited),
        (_json({"code": 1600200, "message": "QPS", "data": None}, 429), errors.RateLimited),
        (_json({"code": 429, "message": "", "data": None}, 429), errors.QuotaExhausted),
        (_json({"code": 16900500, "result": False, "data": None}), errors.QuotaExhausted),
        (_json({"code": 1602001, "result": False, "data": None}), errors.NotFound),
        (_json({"code": 1602002, "result": False, "data": None}), errors.Delisted),
        (_json({"code": 1600001, "data": None}, 401), TokenRefused),
        (_json({"code": 200, "result": False, "message": "no", "data": None}), errors.Unavailable),
        (_json({"code": 200, "success": False, "message": "no", "data": None}), errors.Unavailable),
        (_json({"success": False, "message": "no", "data": None}), errors.Unavailable),
        # A good envelope under a bad status is no success.
        (_json({"code": 200, "result": True, "data": {}}, 500), errors.Unavailable),
        (_json({"code": 200, "result": True, "data": {}}, 302), errors.Unavailable),
        # Without an envelope the status alone speaks, and never of absence.
        (_json(b"<html>", 404), errors.Unavailable),
        (_json(b"<html>", 400), errors.Unavailable),
        (_json(b"<html>", 403), errors.Unavailable),
        (_json(b"<html>", 500), errors.Unavailable),
        (_json(b"", 502), errors.Unavailable),
        (_json(b"", 301, {"Location": "https://elsewhere.example"}), errors.Unavailable),
        (_json(b"<html>", 504), errors.UpstreamTimeout),
        (_json(b"slow down", 429), errors.RateLimited),
        (_json(b"", 401), TokenRefused),
        # And a good status does not make an envelope.
        (_json(b"<html>busy</html>"), errors.MalformedResponse),
        (_json(b""), errors.MalformedResponse),
        (_json(b'{"code":200,"result":true,"data":{"pid":"24'), errors.MalformedResponse),
        (_json(b'"text"'), errors.MalformedResponse),
        (_json([1]), errors.MalformedResponse),
        (_json({}), errors.MalformedResponse),
        (_json({"data": {}}), errors.MalformedResponse),
        (_json({"code": 200, "result": True}), errors.MalformedResponse),
        (_json({"code": [], "data": 1}), errors.MalformedResponse),
        (_json({"code": True, "data": 1}), errors.MalformedResponse),
        (_json({"code": "OK", "data": 1}), errors.MalformedResponse),
    ],
)
async def test_failures(answer: Answerer, kind: type[errors.ProviderError]) -> None:
    """Whatever is not clearly a success is a typed failure, named by envelope first and status second."""
    with pytest.raises(errors.ProviderError) as caught:
        await _exchange(answer)
    assert type(caught.value) is kind
    assert (caught.value.provider, caught.value.operation) == ("cj", "product.get")


@given(st.binary(max_size=200), st.sampled_from([200, 204, 302, 400, 404, 429, 500, 503]))
def test_any_answer(body: bytes, status: int) -> None:
    """No answer makes an exchange fail but with a ProviderError, and garbage never reads as absence."""
    with pytest.raises(errors.ProviderError) as caught:
        asyncio.run(_exchange(_json(body, status)))
    assert not isinstance(caught.value, errors.Rejected)


async def test_an_answer_that_unpacks_into_too_much() -> None:
    """An answer far larger than CJ's is given up while it is unpacked, and is malformed."""
    packed = gzip.compress(b" " * (LARGEST_ANSWER + 1))
    assert len(packed) < 100_000
    headers = {"Content-Encoding": "gzip"}
    with pytest.raises(errors.MalformedResponse, match="larger"):
        await _exchange(lambda _: httpx.Response(200, content=packed, headers=headers))


async def test_support_can_find_the_call() -> None:
    """A refusal carries CJ's own id of the exchange, also where CJ puts it under another name."""
    for name in ("requestId", "redirectUri"):
        with pytest.raises(errors.NotFound) as caught:
            await _exchange(
                _json({"code": 1602001, "message": "Product not found", "data": None, name: "4c1b"})
            )
        assert str(caught.value) == "cj product.get [req 4c1b]: CJ says “Product not found” (code 1602001)."


@pytest.mark.parametrize(
    ("info", "reply"),
    [
        ({"usedToday": 10, "remaining": 49_990, "total": 50_000}, Reply(1, 49_990, 50_000)),
        ({"remaining": -5}, Reply(1, 0, None)),
        ({"remaining": 10**10, "total": 10**10}, Reply(1, 10**9, None)),
        ({"remaining": "x", "total": None}, Reply(1)),
        (None, Reply(1)),
        ([], Reply(1)),
    ],
)
async def test_points_info(info: object, reply: Reply) -> None:
    """What CJ says about the remaining points is passed on where it says it."""
    assert await _exchange(_json({"code": 200, "data": 1, "pointsInfo": info})) == reply


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("Thu, 01 Jan 2026 00:00:30 GMT", 30.0),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        ("soon", None),
        ("", None),
    ],
)
async def test_retry_after(header: str, seconds: float | None) -> None:
    """The undocumented Retry-After is read in both its forms."""
    with pytest.raises(errors.Unavailable) as caught:
        await _exchange(_json(b"", 503, {"Retry-After": header}))
    assert caught.value.retry_after == seconds


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (httpx.ConnectError("refused"), errors.Unavailable),
        (httpx.ConnectTimeout("slow"), errors.UpstreamTimeout),
        (httpx.ReadTimeout("slow"), errors.UpstreamTimeout),
        (httpx.PoolTimeout("busy"), errors.UpstreamTimeout),
        (httpx.ReadError("reset"), errors.UpstreamTimeout),
        (httpx.RemoteProtocolError("closed"), errors.UpstreamTimeout),
        (httpx.DecodingError("gzip"), errors.UpstreamTimeout),
    ],
)
async def test_the_network(raised: Exception, kind: type[errors.ProviderError]) -> None:
    """Not reached is Unavailable; anything after that leaves open what happened and is a timeout."""

    def answer(_: httpx.Request) -> httpx.Response:
        raise raised

    with pytest.raises(errors.ProviderError) as caught:
        await _exchange(answer)
    assert type(caught.value) is kind


async def test_whole_exchange_is_timed() -> None:
    """A server that never finishes is given up after the call's own timeout."""

    async def answer(_: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    call = Call(CallPolicy("product.get", timeout=0.02), "GET", "/x", read=lambda data: data)
    with pytest.raises(errors.UpstreamTimeout, match=r"0\.02 s"):
        await _exchange(answer, call)  # type: ignore[arg-type]


async def test_no_token_no_request() -> None:
    """Without a token nothing is sent."""

    def answer(_: httpx.Request) -> httpx.Response:
        raise AssertionError

    with pytest.raises(TokenMissing):
        await _exchange(answer, settings=CJSettings())


async def test_token_calls_keep_secrets_to_the_wire() -> None:
    """The key is in the request and not in the call; the tokens are in the answer and not in the reply."""
    key = "CJ1@api@" + "ab" * 16
    bodies: list[Any] = []

    def answer(request: httpx.Request) -> httpx.Response:
        bodies.append(json.loads(request.content))
        assert "CJ-Access-Token" not in request.headers
        return httpx.Response(
            200, json={"code": 200, "result": True, "data": {"accessToken": ACCESS, "refreshToken": "R"}}
        )

    call = Call(policies(5)["auth.login"], "POST", "/authentication/getAccessToken", read=lambda data: data)
    reply = await _exchange(answer, call, CJSettings(api_key=SecretStr(key)))
    assert bodies == [{"apiKey": key}]
    assert reply == Reply(payload=True)
    assert key not in repr(call.identity())


@pytest.mark.parametrize("data", [None, {}, {"accessToken": None}, {"accessToken": "tök"}, "x"])
async def test_token_answers_that_are_none(data: object) -> None:
    """A login without a usable token in it is malformed, and says so without showing it."""
    call = Call(policies(5)["auth.login"], "POST", "/authentication/getAccessToken", read=lambda data: data)
    with pytest.raises(errors.MalformedResponse) as caught:
        await _exchange(_json({"code": 200, "data": data}), call)
    assert "tök" not in str(caught.value)


async def test_refused_key() -> None:
    """The code that means "bad token" elsewhere means "bad key" in a login, which no new token mends."""
    call = Call(policies(5)["auth.login"], "POST", "/authentication/getAccessToken", read=lambda data: data)
    with pytest.raises(errors.AuthenticationFailed) as caught:
        await _exchange(_json({"code": 1600001, "data": None}), call)
    assert type(caught.value) is errors.AuthenticationFailed
