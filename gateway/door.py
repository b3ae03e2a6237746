"""
The HTTP door of GraphQL: what may come in, and how refusals look.

Strawberry's router answers some bodies with HTTP 500 and its refusals as plain text; here every refusal is
JSON in GraphQL's own form and says what to send instead.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import orjson
from cross_web import AsyncHTTPRequestAdapter, HTTPException
from graphql import GraphQLError
from graphql.execution import InitialIncrementalExecutionResult
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, Response
from strawberry.fastapi import GraphQLRouter
from strawberry.http import GraphQLRequestData
from strawberry.http.types import HTTPMethod
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType
from strawberry.types.unset import UNSET

from gateway.access import Unidentified, identify
from gateway.context import RequestContext
from gateway.delivery import Form, MultipartResponse, form_for
from gateway.errors import ErrorCode, present
from gateway.schema import schema
from gateway.services import Services
from gateway.web import graphiql

LARGEST_BODY = 1_000_000
"""Bytes; far more than any query of people needs, and little enough to be parsed without others noticing."""

_EXAMPLE = 'such as {"query": "{ suppliers { code } }"}'
_SEND = f"send JSON {_EXAMPLE}."


@dataclass(kw_only=True)
class _InParts(ExecutionResult):
    """An answer of which only the first part is there; it goes past what Strawberry does with whole ones."""

    response: MultipartResponse


class GraphQLDoor(GraphQLRouter[RequestContext, None]):
    """`/graphql`: queries and mutations over POST, queries over GET, GraphiQL for browsers."""

    def __init__(self, services: Callable[[], Services]) -> None:
        async def context(connection: HTTPConnection) -> RequestContext:
            request_id = connection.scope["state"]["request_id"]
            return RequestContext(services(), request_id, incremental=_form_for(connection) is not None)

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

    async def execute_single(  # noqa: PLR0917 - Strawberry's signature
        self,
        request: Request,
        request_adapter: AsyncHTTPRequestAdapter,
        sub_response: Response,
        context: RequestContext,
        root_value: None,
        request_data: GraphQLRequestData,
    ) -> ExecutionResult:
        """As Strawberry's; of an answer in parts the first one."""
        form = _form_for(request)
        if form is None:
            return await super().execute_single(
                request, request_adapter, sub_response, context, root_value, request_data
            )
        method = request_adapter.method
        parts = await self.schema.stream(
            request_data.query,
            variable_values=request_data.variables,
            context_value=context,
            operation_name=request_data.operation_name,
            operation_extensions=request_data.extensions,
            allowed_operation_types=OperationType.from_http(method) - {OperationType.SUBSCRIPTION},
        )
        first = await anext(parts)
        if isinstance(first, InitialIncrementalExecutionResult):
            response = MultipartResponse(first, parts, form, _json)
            return _InParts(data=None, errors=None, response=response)
        # Anything else is whole, and alone.
        result = cast("ExecutionResult", first)
        try:
            _refuse_operation(result, method)
            # Not before its end are the errors of a whole answer as clients may see them.
            async for _ in parts:
                pass
        finally:
            await parts.aclose()
        return result

    async def process_result(self, request: Request, result: ExecutionResult) -> Any:
        """What `create_response` sends."""
        if isinstance(result, _InParts):
            return result.response
        return await super().process_result(request, result)

    def create_response(self, response_data: Any, sub_response: Response) -> Response:
        """One JSON object, or its parts."""
        if isinstance(response_data, Response):
            return response_data
        response = super().create_response(response_data, sub_response)
        response.headers["Vary"] = "Accept"
        return response

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


def _form_for(connection: HTTPConnection) -> Form | None:
    return form_for(",".join(connection.headers.getlist("accept")))


def _refuse_operation(result: ExecutionResult, method: HTTPMethod) -> None:
    """Raise what Strawberry's `execute_single` raises, and its streams give as an error."""
    refused = result.errors[0].original_error if result.errors else None
    if isinstance(refused, InvalidOperationTypeError):
        raise HTTPException(400, refused.as_http_error_reason(method)) from refused
    if isinstance(refused, CannotGetOperationTypeError):
        raise HTTPException(400, refused.as_http_error_reason()) from refused


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
