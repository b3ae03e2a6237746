"""What every answer says about itself: its cost at the suppliers, and errors in one form."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

from graphql import GraphQLError
from graphql.execution import InitialIncrementalExecutionResult, SubsequentIncrementalExecutionResult
from strawberry.extensions import SchemaExtension
from strawberry.types.execution import StreamExecutionResult

from gateway.context import RequestContext
from gateway.errors import present


class Reporting(SchemaExtension):
    """
    Adds `extensions.upstream` to every answer and gives every error its code and request id.

    An answer in parts reports its cost with the last one, when it is known. `waitedMs` is a sum over calls,
    which may have waited side by side: it can be more than the answer took. `pointsRemaining` is null where
    no call was made, since nobody was asked what is left, and where calls cost no points.
    """

    def on_operation(self) -> Iterator[None]:
        """After everything else: rewrite the errors, whichever stage they come from."""
        yield
        result = self.execution_context.result
        # What came in parts was rewritten part by part.
        if result is not None and not isinstance(result, InitialIncrementalExecutionResult):
            result.errors = self._presented(result.errors)

    async def on_stream_result(self, result: StreamExecutionResult) -> AsyncIterator[None]:
        """Before a part of an answer goes out."""
        if isinstance(result, InitialIncrementalExecutionResult):
            result.errors = self._presented(result.errors)
            result.extensions = None
        elif isinstance(result, SubsequentIncrementalExecutionResult):
            for piece in (*(result.incremental or ()), *(result.completed or ())):
                piece.errors = self._presented(piece.errors)
            if not result.has_next:
                result.extensions = await self.get_results()
        yield

    async def get_results(self) -> dict[str, Any]:
        """What the request cost at each supplier that it concerned."""
        context: RequestContext = self.execution_context.context
        for code, usage in context.meter.usage.items():
            # The supplier's own figure where it gave one, else the budget's; a read that cost nothing asks
            # nobody.
            outlook = context.services.suppliers[code].outlook
            if usage.calls and usage.points_remaining is None and outlook is not None:
                usage.points_remaining = (await outlook.budget_state()).points_remaining
        return {
            "upstream": {
                code: {
                    "calls": usage.calls,
                    "points": usage.points,
                    "cacheHits": usage.cache_hits,
                    "coalesced": usage.coalesced,
                    "waitedMs": usage.waited_ms,
                    "pointsRemaining": usage.points_remaining,
                }
                for code, usage in context.meter.usage.items()
            }
        }

    def _presented(self, errors: list[GraphQLError] | None) -> list[GraphQLError] | None:
        context: RequestContext = self.execution_context.context
        return errors and [present(error, context.request_id) for error in errors]
