"""
Which scope a root field needs, said once beside the field and checked before its resolver runs.

Reading needs `read` unless a field says otherwise; a mutation has to say, or there is no schema. What a field
returns is part of it: who may import a product may read what became of it.
"""

from collections.abc import Iterator
from typing import Any, Final

import strawberry
from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLField,
    GraphQLFieldResolver,
    GraphQLResolveInfo,
    ValidationRule,
)
from strawberry.extensions import SchemaExtension
from strawberry.schema.schema_converter import GraphQLCoreConverter

from gateway.access import Scope
from gateway.errors import ErrorCode

_SCOPE: Final = "scope"
_BY_DEFAULT = "Where keys are needed, its fields take the scope `read` unless they say another."
_INTROSPECTION = frozenset({"__schema", "__type"})


def needs(scope: Scope) -> dict[str, Scope]:
    """What a field carries as `metadata` when it needs this scope."""
    return {_SCOPE: scope}


def guard(schema: strawberry.Schema) -> None:
    """
    Let each root field of a schema ask for its scope first, and say so in its description.

    Raises:
        TypeError: A mutation says no scope.
    """
    built = schema._schema  # noqa: SLF001 - Strawberry has no other name for it
    assert built.query_type is not None  # noqa: S101 - narrows for mypy: every schema has one
    mutations = built.mutation_type.fields if built.mutation_type else {}
    built.query_type.description = f"{built.query_type.description} {_BY_DEFAULT}"
    for name, field in (built.query_type.fields | mutations).items():
        said = _said(field)
        if said is not None:
            field.description = f"{field.description} Needs the scope `{said}`."
        elif name in mutations:
            raise TypeError(f"{name} has to say which scope it needs: metadata=needs(Scope.…)")
        assert field.resolve is not None  # noqa: S101 - narrows for mypy: Strawberry gives one to each field
        field.resolve = _checked(name, said or Scope.READ, field.resolve)


class Introspection(SchemaExtension):
    """Refuses to tell the schema to who may not read."""

    def on_operation(self) -> Iterator[None]:
        """Before anything else."""
        execution = self.execution_context
        if Scope.READ not in execution.context.caller.scopes:
            execution.validation_rules = (*execution.validation_rules, _NoIntrospection)
        yield


class _NoIntrospection(ValidationRule):
    def enter_field(self, node: FieldNode, *_: Any) -> None:
        if node.name.value in _INTROSPECTION:
            self.report_error(_forbidden(node.name.value, Scope.READ, node))


def _said(field: GraphQLField) -> Scope | None:
    scope: Scope | None = field.extensions[GraphQLCoreConverter.DEFINITION_BACKREF].metadata.get(_SCOPE)
    return scope


def _checked(name: str, scope: Scope, resolve: GraphQLFieldResolver) -> GraphQLFieldResolver:
    def checked(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        if scope not in info.context.caller.scopes:
            raise _forbidden(name, scope)
        return resolve(source, info, **arguments)

    return checked


def _forbidden(name: str, scope: Scope, node: FieldNode | None = None) -> GraphQLError:
    message = f"`{name}` needs the scope `{scope}`, which this key does not have."
    return GraphQLError(message, node, extensions={"code": ErrorCode.FORBIDDEN.value})
