"""The public GraphQL surface. `schema` is what the doors execute; `schema.graphql` is exported from it."""

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from gateway.schema.mutation import Mutation
from gateway.schema.order_errors import ORDER_ERRORS
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
    """

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Nothing more to do."""


schema = _Schema(
    query=Query,
    mutation=Mutation,
    types=[SourcingRequest, Warehouse, *USER_ERRORS, *ORDER_ERRORS],
    extensions=[Reporting, NamedOperation, Introspection],
    config=StrawberryConfig(
        scalar_map=SCALARS,
        disable_field_suggestions=True,
        sort_schema=True,
    ),
)
guard(schema)

__all__ = ["schema"]
