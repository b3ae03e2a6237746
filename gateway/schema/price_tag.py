"""
The price tag of a query: `"extensions": {"dryRun": true}` in a request answers with what it would cost now.

The query runs through the very resolvers, loaders and adapters of a real run, but every question is rehearsed
(`gateway.upstream.rehearsal`): no supplier is touched and nothing is kept. The answer has no data:

    {"data": null, "extensions": {"upstream": {}, "dryRun": {
        "cj": {"calls": 7, "points": 110, "seconds": 6.0, "complete": true, "message": null}}}}

One entry for each supplier that would be asked, or whose kept answers would do (0 calls). `seconds` is how
long the calls take at the account's pace, behind those that queue now. `complete` is false when something
cannot be priced; `message` says what, and what else to know. A real run on the same cache costs the same
calls and points, unless the supplier cannot be asked, fails, or has not what is usual (no such product, ten
hits instead of a hundred).
"""

from collections.abc import Iterator
from typing import Any

from graphql import GraphQLError
from strawberry.extensions import SchemaExtension
from strawberry.types.graphql import OperationType

from gateway.context import RequestContext
from gateway.errors import BadInput
from gateway.services import Outlook
from gateway.upstream.breaker import Circuit
from gateway.upstream.budget import BudgetState
from providers.errors import Delisted, NotFound, Unsupported
from providers.upstream import Meter, Usage

_DRY_RUN = "dryRun"


class PriceTag(SchemaExtension):
    """
    Turns a request that asks for it into a rehearsal, and its answer into the price.

    Listed before `Deferring`, which looks at what a rehearsal decides about deferred parts.
    """

    _meter: Meter | None = None
    """What the rehearsal has counted; None for an ordinary request."""

    def on_validate(self) -> Iterator[None]:
        """Before validation proper: refuse what cannot be priced."""
        execution = self.execution_context
        wanted = (execution.operation_extensions or {}).get(_DRY_RUN, False)
        if not execution.pre_execution_errors:
            if not isinstance(wanted, bool):
                execution.pre_execution_errors = [BadInput("extensions.dryRun must be true or false.")]
            elif wanted and execution.operation_type is not OperationType.QUERY:
                message = "extensions.dryRun prices queries only; anything else would have to be run."
                execution.pre_execution_errors = [BadInput(message)]
        yield

    def on_execute(self) -> Iterator[None]:
        """Rehearse, and leave nothing of the rehearsal in the answer but what is wrong with the request."""
        execution = self.execution_context
        if not (execution.operation_extensions or {}).get(_DRY_RUN, False):
            yield
            return
        context: RequestContext = execution.context
        self._meter = context.rehearse()
        yield
        result = execution.result
        if result is not None:
            result.data = None
            result.errors = [error for error in result.errors or () if _is_lasting(error)] or None
            execution.pre_execution_errors = result.errors

    async def get_results(self) -> dict[str, Any]:
        """The price at each supplier that the request concerns."""
        if self._meter is None:
            return {}
        suppliers = self.execution_context.context.services.suppliers
        return {
            _DRY_RUN: {
                code: await _price(usage, suppliers[code].outlook)
                for code, usage in self._meter.usage.items()
            }
        }


def _is_lasting(error: GraphQLError) -> bool:
    """Whether a real run would have the error, too: what is imagined may lack what the supplier has."""
    cause = error.original_error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    return not isinstance(cause, NotFound | Delisted | Unsupported)


async def _price(usage: Usage, outlook: Outlook | None) -> dict[str, Any]:
    state = await outlook.budget_state() if outlook is not None and usage.calls else None
    notes = list(_notes(usage, outlook, state))
    return {
        "calls": usage.calls,
        "points": usage.points,
        "seconds": round(_seconds(usage.calls, state), 1),
        "complete": not usage.unpriced,
        "message": " ".join(notes) or None,
    }


def _seconds(calls: int, state: BudgetState | None) -> float:
    if state is None:
        return 0.0
    return state.estimated_wait_seconds + (calls - 1) / state.requests_per_second


def _notes(usage: Usage, outlook: Outlook | None, state: BudgetState | None) -> Iterator[str]:
    if usage.unpriced:
        yield f"What follows from {', '.join(usage.unpriced)} cannot be told and is not counted."
    if outlook is None or state is None:
        return
    if outlook.health().circuit is Circuit.OPEN:
        yield "The supplier has been failing and is left alone for a moment: asked now, it costs nothing."
    if state.points_remaining is not None and usage.points > state.points_remaining:
        yield f"Only {state.points_remaining} points are left now: what goes beyond them is not asked."
