"""Rules for documents beyond GraphQL's own validation."""

from collections.abc import Iterator

from graphql import GraphQLError, OperationDefinitionNode
from strawberry.extensions import SchemaExtension

from gateway.errors import ErrorCode


class NamedOperation(SchemaExtension):
    """Refuses a document of several operations without a name to choose by; Strawberry runs the first one."""

    def on_validate(self) -> Iterator[None]:
        """Before validation proper."""
        execution = self.execution_context
        # `operation_name` falls back to the first operation's; only what the client sent counts here.
        named = execution._provided_operation_name  # noqa: SLF001
        definitions = execution.graphql_document.definitions if execution.graphql_document else ()
        operations = sum(isinstance(each, OperationDefinitionNode) for each in definitions)
        if operations > 1 and not named:
            message = f"The document has {operations} operations: name one of them in operationName."
            extensions = {"code": ErrorCode.GRAPHQL_VALIDATION_FAILED.value}
            execution.pre_execution_errors = [GraphQLError(message, extensions=extensions)]
        yield
