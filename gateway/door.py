"""
The HTTP door of GraphQL: what may come in, and how refusals look.

Strawberry's router answers some bodies with HTTP 500 and its refusals as plain text; here every refusal is
JSON in GraphQL's own form and says what to send instead.
"""

import json
from collections.abc import Callable
from typing import Any

import orjson
from cross_web import AsyncHTTPRequestAdapter, HTTPException
from graphql import GraphQLError
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, Response
from strawberry.fastapi import GraphQLRouter
from strawberry.http import GraphQLRequestData
from strawberry.types.unset import UNSET

from gateway.access import Unidentified, identify
from gateway.context import RequestContext
from gateway.errors import ErrorCode, present
from gateway.schema import schema
from gateway.services import Services
from gateway.web import graphiql

LARGEST_BODY = 1_000_000
"""Bytes; far more than any query of people needs, and little enough to be parsed without others noticing."""

_EXAMPLE = 'such as {"query": "{ suppliers { code } }"}'
_SEND = f"send JSON {_EXAMPLE}."


class GraphQLDoor(GraphQLRouter[RequestContext, None]):
    """`/graphql`: queries and mutations over POST, queries over GET, GraphiQL for browsers."""

    def __init__(self, services: Callable[[], Services]) -> None:
        async def context(connection: HTTPConnection) -> RequestContext:
            return RequestContext(services(), connection.scope["state"]["request_id"])

        self._services = services
        self._pages = {each: graphiql.render_page(graphiql.examples(), locked=each) for each in (False, True)}
        super().__init__(
            schema,
            path="/graphql",
            context_getter=context,
            graphql_ide="graphiql",
            # No subscriptions yet, so no WebSocket: its one context would outlive its operations' deadlines.
            subscription_protocols=[],
        )

    async def render_graphql_ide(self, request: Request) -> HTMLResponse:
        """GraphiQL from our own server, open to everyone: what it asks needs a key, the page does not."""
        del request
        return HTMLResponse(self._pages[bool(self._services().settings.api_keys)])

    async def run(self, request: Any, context: Any = UNSET, root_value: Any = UNSET) -> Any:
        """As Strawberry's, for known callers, and with refusals in GraphQL's own form."""
        state = request.scope["state"]
        try:
            if isinstance(request, Request):  # whoever opens a WebSocket stays nobody
                self._admit(request, context)
            return await super().run(request, context, root_value)
        except Unidentified as stranger:
            refused = _refusal(401, str(stranger), ErrorCode.UNAUTHENTICATED, state["request_id"])
            refused.headers["WWW-Authenticate"] = "Bearer"
            return refused
        except HTTPException as refusal:
            return _refusal(refusal.status_code, refusal.reason, ErrorCode.BAD_REQUEST, state["request_id"])

    def _admit(self, request: Request, context: RequestContext) -> None:
        if self.should_render_graphql_ide(self.request_adapter_class(request)):
            return
        keys = self._services().settings.api_keys or ()
        context.caller = identify(keys, request.headers.getlist("authorization"))
        request.scope["state"]["caller"] = context.caller.name  # for the log

    async def parse_http_body(
        self, request: AsyncHTTPRequestAdapter
    ) -> GraphQLRequestData | list[GraphQLRequestData]:
        """
        What is asked.

        Raises:
            HTTPException: The body is too large, not JSON, or not an object with a `query`.
        """
        length = request.headers.get("content-length", "0")
        # A body sent in chunks announces no length.
        if (length.isdigit() and int(length) > LARGEST_BODY) or len(await request.get_body()) > LARGEST_BODY:
            raise HTTPException(413, f"The body is too large: send {LARGEST_BODY} bytes at the most.")
        try:
            parsed = await super().parse_http_body(request)
        except HTTPException as refusal:
            raise HTTPException(refusal.status_code, _in_our_words(refusal.reason, request)) from refusal
        except (ValueError, RecursionError, AttributeError, TypeError) as error:
            raise HTTPException(400, _unusable(request)) from error
        if isinstance(parsed, GraphQLRequestData):
            if not (parsed.query or "").strip():
                raise HTTPException(400, f"There is no query: {_SEND}")
            if not isinstance(parsed.operation_name, str | None):
                raise HTTPException(400, "operationName must be text.")
        return parsed

    def encode_json(self, data: object) -> bytes:
        """By orjson: on our answers many times faster than the standard library."""
        return _json(data)


def _in_our_words(reason: str, request: AsyncHTTPRequestAdapter) -> str:
    # Two of Strawberry's refusals leave open what to send; the others say it.
    if reason == "Unsupported content type":
        return f"The content type is not supported: send application/json, {_EXAMPLE}."
    return _unusable(request) if reason == "Unable to parse request body as JSON" else reason


def _unusable(request: AsyncHTTPRequestAdapter) -> str:
    if request.method == "GET":
        return "The address is not usable: `variables` and `extensions` take JSON objects."
    return f"The body is not usable: {_SEND}"


def _refusal(status: int, reason: str, code: ErrorCode, request_id: str) -> Response:
    error = present(GraphQLError(reason, extensions={"code": code.value}), request_id)
    body = _json({"errors": [error.formatted]})
    return Response(body, status_code=status, media_type="application/json")


def _json(data: object) -> bytes:
    try:
        return orjson.dumps(data)
    except TypeError:
        # Half a surrogate pair, which JSON can say and UTF-8 cannot; messages repeat what clients sent.
        return json.dumps(data).encode()
