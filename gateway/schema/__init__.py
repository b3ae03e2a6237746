"""The public GraphQL surface. `schema` is what the doors execute; `schema.graphql` is exported from it."""

from collections.abc import Iterable

import strawberry
from graphql import GraphQLDirective, GraphQLError, GraphQLStreamDirective
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from gateway.schema.deferring import Deferring
from gateway.schema.mutation import Mutation
from gateway.schema.order_errors import ORDER_ERRORS
from gateway.schema.price_tag import PriceTag
from gateway.schema.query import Query
from gateway.schema.reporting import Reporting
from gateway.schema.rules import NamedOperation
from gateway.schema.scalars import SCALARS
from gateway.schema.scopes import Introspection, guard
from gateway.schema.sourcing import SourcingRequest
from gateway.schema.user_errors import USER_ERRORS
from gateway.schema.warehouse import Warehouse


class _Schema(strawberry.Schema):
    """
    Strawberry's, without its log of every error: `errors.present` logs what nobody foresaw, and only that.

    Of incremental delivery it offers `@defer`. `@stream` is left out: suppliers send their lists whole, so no
    item would come earlier, and items resolved one behind another could not share calls.
    """

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Nothing more to do."""

    def _collect_graphql_directives(
        self, schema_directive_types: Iterable[type]
    ) -> tuple[GraphQLDirective, ...]:
        directives = super()._collect_graphql_directives(schema_directive_types)
        return tuple(each for each in directives if each is not GraphQLStreamDirective)


schema = _Schema(
    query=Query,
    mutation=Mutation,
    types=[SourcingRequest, Warehouse, *USER_ERRORS, *ORDER_ERRORS],
    extensions=[Reporting, NamedOperation, Introspection, PriceTag, Deferring],
    config=StrawberryConfig(
        scalar_map=SCALARS,
        disable_field_suggestions=True,
        sort_schema=True,
        enable_experimental_incremental_execution=True,
    ),
)
guard(schema)

__all__ = ["schema"]
