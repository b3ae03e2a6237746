"""What every answer says about itself: its cost at the suppliers, and errors in one form."""

from collections.abc import Iterator
from typing import Any

from strawberry.extensions import SchemaExtension

from gateway.context import RequestContext
from gateway.errors import present


class Reporting(SchemaExtension):
    """Adds `extensions.upstream` to every answer and gives every error its code and request id."""

    def on_operation(self) -> Iterator[None]:
        """After everything else: rewrite the errors, whichever stage they come from."""
        yield
        context: RequestContext = self.execution_context.context
        result = self.execution_context.result
        if result is not None and result.errors:
            result.errors = [present(error, context.request_id) for error in result.errors]
        if self.execution_context.pre_execution_errors:
            self.execution_context.pre_execution_errors = [
                present(error, context.request_id) for error in self.execution_context.pre_execution_errors
            ]

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
