"""
Failures as clients see them: provider errors and bad input become GraphQL errors with stable codes.

Every error a client receives passes `present`. It carries `extensions { code supplier retryable retryAfterMs
requestId }`; what we did not foresee is logged with its traceback and shown only as INTERNAL_ERROR.
"""

import re
from enum import StrEnum
from typing import Any

import structlog
from graphql import GraphQLError, Node

from gateway.storage.engine import StorageGone
from providers.errors import (
    AuthenticationFailed,
    Delisted,
    MalformedResponse,
    NotFound,
    ProviderError,
    QuotaExhausted,
    RateLimited,
    Rejected,
    Transient,
    Unsupported,
    UpstreamTimeout,
)

log = structlog.get_logger(__name__)

_PYTHONS = re.compile(r"""'[^']*'|"[^"]*"|\b(None|True|False)\b""")
_JSONS = {"None": "null", "True": "true", "False": "false"}
_COERCION = re.compile(r"Variable '\S+' has invalid value")


class ErrorCode(StrEnum):
    """What `extensions.code` can be. Each has its paragraph in the README."""

    BAD_USER_INPUT = "BAD_USER_INPUT"
    GRAPHQL_PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    GRAPHQL_VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    BAD_REQUEST = "BAD_REQUEST"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    RATE_LIMITED = "RATE_LIMITED"
    QUOTA_EXHAUSTED = "QUOTA_EXHAUSTED"
    TIMEOUT = "TIMEOUT"
    UNAVAILABLE = "UNAVAILABLE"
    UNSUPPORTED = "UNSUPPORTED"
    SUPPLIER_REJECTED = "SUPPLIER_REJECTED"
    SUPPLIER_AUTHENTICATION = "SUPPLIER_AUTHENTICATION"
    SUPPLIER_MALFORMED = "SUPPLIER_MALFORMED"
    INTERNAL_ERROR = "INTERNAL_ERROR"


class BadInput(GraphQLError):
    """
    What the client sent cannot be used; the message says what to send instead.

    `node` is the place in the document, where the error is raised without one.
    """

    def __init__(self, message: str, node: Node | None = None) -> None:
        super().__init__(message, node, extensions={"code": ErrorCode.BAD_USER_INPUT.value})


# Read from top to bottom: the first class that fits decides.
_CODES: tuple[tuple[type[ProviderError], ErrorCode], ...] = (
    (RateLimited, ErrorCode.RATE_LIMITED),
    (QuotaExhausted, ErrorCode.QUOTA_EXHAUSTED),
    (UpstreamTimeout, ErrorCode.TIMEOUT),
    (MalformedResponse, ErrorCode.SUPPLIER_MALFORMED),
    (Transient, ErrorCode.UNAVAILABLE),
    (Unsupported, ErrorCode.UNSUPPORTED),
    (AuthenticationFailed, ErrorCode.SUPPLIER_AUTHENTICATION),
    (NotFound, ErrorCode.NOT_FOUND),
    (Delisted, ErrorCode.NOT_FOUND),
    (Rejected, ErrorCode.SUPPLIER_REJECTED),
)


def code_of(error: ProviderError) -> ErrorCode:
    """The stable code of a provider error."""
    return next((code for kind, code in _CODES if isinstance(error, kind)), ErrorCode.UNAVAILABLE)


def retry_after_ms(error: ProviderError) -> int | None:
    """Milliseconds until trying again makes sense; None when nobody knows or it never does."""
    seconds = error.retry_after if isinstance(error, Transient) else None
    return None if seconds is None else max(0, round(seconds * 1000))


def present(error: GraphQLError, request_id: str) -> GraphQLError:
    """
    The error as the client may see it.

    Our own errors keep their message and get their code; GraphQL's own (parsing, validation, coercion) keep
    theirs; anything unforeseen is masked and logged.
    """
    cause = error.original_error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    extensions: dict[str, Any] = dict(error.extensions or {})
    message = error.message
    if isinstance(cause, ProviderError):
        message = cause.message
        extensions |= {
            "code": code_of(cause).value,
            "supplier": cause.provider or None,
            "retryable": cause.retryable,
            "retryAfterMs": retry_after_ms(cause),
        }
    elif isinstance(cause, StorageGone):
        log.warning("graphql.ledger_gone", path=error.path, reason=str(cause))
        message = "The gateway's ledger of orders does not answer; send the very same request again shortly."
        extensions |= {"code": ErrorCode.UNAVAILABLE.value, "retryable": True, "retryAfterMs": 1000}
    elif cause is not None and _is_ours(error, cause):
        log.error("graphql.unforeseen", path=error.path, exc_info=cause)
        message = "Something went wrong on our side; the request id finds it in the gateway's log."
        extensions["code"] = ErrorCode.INTERNAL_ERROR.value
    if "code" not in extensions:
        extensions["code"] = _code_of_graphql(error)
        # graphql-core writes values as Python does; clients sent null and true, and the schema says so too.
        message = _PYTHONS.sub(lambda found: _JSONS.get(found[0], found[0]), message)
    extensions.setdefault("supplier", None)
    extensions.setdefault("retryable", False)
    extensions.setdefault("retryAfterMs", None)
    extensions["requestId"] = request_id
    return GraphQLError(
        message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions=extensions,
    )


def _is_ours(error: GraphQLError, cause: Exception) -> bool:
    if not isinstance(cause, GraphQLError):
        return True
    # A value of ours that its type cannot show, such as a count beyond Int: GraphQL raises it while it writes
    # the answer, and unlike what is wrong with a document it has no place there.
    return error.path is not None and not error.extensions and not cause.nodes


def _code_of_graphql(error: GraphQLError) -> str:
    # graphql-core's own errors carry no code: a syntax error says so, one with a path was raised while a
    # value was coerced or completed, the rest are validation.
    if error.message.startswith("Syntax Error"):
        return ErrorCode.GRAPHQL_PARSE_FAILED.value
    if error.path is not None or _COERCION.match(error.message):
        return ErrorCode.BAD_USER_INPUT.value
    return ErrorCode.GRAPHQL_VALIDATION_FAILED.value
