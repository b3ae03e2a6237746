"""
`@defer` inside the gateway: who gets it, and how much time deferred work has.

How the parts travel over HTTP is `gateway.delivery`'s.
"""

from collections.abc import Iterator
from typing import Any

from graphql import REMOVE, DirectiveNode, GraphQLDeferDirective, Visitor, visit
from graphql.execution import InitialIncrementalExecutionResult
from strawberry.extensions import SchemaExtension
from strawberry.types.execution import StreamExecutionResult

from gateway.context import RequestContext


class Deferring(SchemaExtension):
    """
    Lets `@defer` count only for a client that takes its answer in parts; others get it whole.

    Deferred work begins when the first part has gone, as graphql-core has it by default: begun beside it, its
    calls would stand in a supplier's queue before the first part's later ones.
    """

    def on_execute(self) -> Iterator[None]:
        """Before execution: a document without the directive is executed exactly as a plain one."""
        execution = self.execution_context
        context: RequestContext = execution.context
        document = execution.graphql_document
        # Visiting a document costs more than searching its text.
        may_defer = execution.query is None or GraphQLDeferDirective.name in execution.query
        if document is not None and may_defer and not context.incremental:
            execution.graphql_document = visit(document, _WithoutDefer())
        yield

    def on_stream_result(self, result: StreamExecutionResult) -> Iterator[None]:
        """After the first part has gone: deferred work begins."""
        yield
        if isinstance(result, InitialIncrementalExecutionResult):
            context: RequestContext = self.execution_context.context
            context.begin_deferred()


class _WithoutDefer(Visitor):
    def enter_directive(self, node: DirectiveNode, *_: Any) -> Any:
        return REMOVE if node.name.value == GraphQLDeferDirective.name else None
