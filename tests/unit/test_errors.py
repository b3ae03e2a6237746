"""Failures as clients see them: stable codes, one form, and nothing of what nobody foresaw."""

import inspect
from typing import Any

import pytest
import structlog
from graphql import GraphQLError, GraphQLInt, GraphQLObjectType, GraphQLSchema, build_schema, graphql_sync
from graphql.type import GraphQLField

from gateway.errors import BadInput, ErrorCode, code_of, present
from providers import errors

KEYS = {"code", "supplier", "retryable", "retryAfterMs", "requestId"}


def extensions(error: GraphQLError) -> dict[str, Any]:
    """Of an error that was presented, checked for its form."""
    assert error.extensions is not None
    assert error.extensions.keys() == KEYS
    return error.extensions


def raised(cause: Exception) -> GraphQLError:
    """As graphql-core wraps what a resolver raises."""
    return GraphQLError(str(cause), path=["products"], original_error=cause)


def kinds() -> list[type[errors.ProviderError]]:
    """Every kind of failure there is at a supplier."""
    return [
        kind
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, errors.ProviderError)
    ]


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_every_failure_of_a_supplier_has_a_code(kind: type[errors.ProviderError]) -> None:
    """Whatever a supplier raises, the client gets its message, a code, whose it is, and whether to retry."""
    shown = present(raised(kind("What happened.", provider="cj", operation="secret.name")), "r1")
    assert shown.message == "What happened."
    told = extensions(shown)
    assert ErrorCode(told["code"]) is code_of(kind("m")) is not ErrorCode.INTERNAL_ERROR
    assert (told["supplier"], told["requestId"]) == ("cj", "r1")
    assert told["retryable"] is issubclass(kind, errors.Transient)


def test_when_to_come_back() -> None:
    """The time to wait travels in whole milliseconds, and never backwards."""
    for seconds, milliseconds in ((1.2345, 1234), (0, 0), (-5, 0), (None, None)):
        shown = present(raised(errors.RateLimited("m", retry_after=seconds)), "r")
        assert extensions(shown)["retryAfterMs"] == milliseconds


@pytest.mark.parametrize("cause", [RuntimeError("5ecr3t"), KeyError("5ecr3t"), GraphQLError("x")])
def test_the_unforeseen_is_masked_and_logged(cause: Exception) -> None:
    """What nobody foresaw is INTERNAL_ERROR without its text, and its traceback goes to the log."""
    wrapped = raised(cause)
    if isinstance(cause, GraphQLError):
        cause.original_error = ValueError("5ecr3t")
    with structlog.testing.capture_logs() as logged:
        shown = present(wrapped, "r1")
    assert extensions(shown)["code"] == "INTERNAL_ERROR"
    assert "5ecr3t" not in str(shown)
    assert shown.path == ["products"]
    assert [event["event"] for event in logged] == ["graphql.unforeseen"]


def test_bad_input_keeps_its_words() -> None:
    """What is wrong with an argument is said as it was raised, and nothing is logged."""
    with structlog.testing.capture_logs() as logged:
        shown = present(raised(BadInput("first: send 1 to 100.")), "r1")
    assert shown.message == "first: send 1 to 100."
    assert logged == []


SCHEMA = build_schema("type Query { a(first: Int, ids: [ID!]): Int }")


@pytest.mark.parametrize(
    ("document", "variables", "code"),
    [
        ("{", None, "GRAPHQL_PARSE_FAILED"),
        ("{ b }", None, "GRAPHQL_VALIDATION_FAILED"),
        ("{ a(first: true) }", None, "GRAPHQL_VALIDATION_FAILED"),
        ("query ($x: Int) { a(first: $x) }", {"x": True}, "BAD_USER_INPUT"),
        ("query ($x: [ID!]) { a(ids: $x) }", {"x": [None]}, "BAD_USER_INPUT"),
        ("query ($x: [ID!]) { a(ids: $x) }", {"x": {"a": False}}, "BAD_USER_INPUT"),
    ],
)
def test_graphqls_own_errors(document: str, variables: dict[str, Any] | None, code: str) -> None:
    """GraphQL's own refusals keep their words, except those that Python has for null, true and false."""
    (error, *_) = graphql_sync(SCHEMA, document, variable_values=variables).errors or []
    shown = present(error, "r1")
    assert extensions(shown)["code"] == code
    assert not any(word in shown.message for word in ("None", "True", "False"))


def test_quoted_words_stay() -> None:
    """A word that a client sent itself is repeated as it was sent."""
    shown = present(GraphQLError("Value 'None' does not exist, nor does \"True\", but None does."), "r1")
    assert shown.message == "Value 'None' does not exist, nor does \"True\", but null does."


def test_a_value_that_its_type_cannot_show() -> None:
    """A value of ours that GraphQL cannot write is our fault, not the client's input."""
    root = GraphQLObjectType("Query", {"a": GraphQLField(GraphQLInt, resolve=lambda *_: 2**40)})
    (error,) = graphql_sync(GraphQLSchema(root), "{ a }").errors or []
    shown = present(error, "r1")
    assert extensions(shown)["code"] == "INTERNAL_ERROR"
    assert str(2**40) not in shown.message
