"""
The price tag of a query: `"extensions": {"dryRun": true}` in a request answers with what it would cost now.

The query runs through the very resolvers, loaders and adapters of a real run, but every question is rehearsed
(`gateway.upstream.rehearsal`): no supplier is touched and nothing is kept. The answer has no data:

    {"data": null, "extensions": {"upstream": {}, "dryRun": {
        "cj": {"calls": 6, "points": 100, "seconds": 5.0, "complete": true, "message": null}}}}

One entry for each supplier that would be asked, or whose kept answers would do (0 calls). `seconds` is how
long the calls take at the account's pace, behind those that queue now. `complete` is false when something
cannot be priced; `message` says what, and what else to know: whether a real run would be cut short, by its
deadline or for want of points, and how many calls more it takes where nothing ships. A real run on the same
cache costs the same calls and points, unless it is cut short, or the supplier cannot be asked, fails, or has
not what is usual (no such product, ten hits instead of a hundred).
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
from providers.upstream import Fact, Meter, Usage

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
        services = self.execution_context.context.services
        return {
            _DRY_RUN: {
                code: await _price(usage, services.suppliers[code].outlook, services.clock.monotonic())
                for code, usage in self._meter.usage.items()
            }
        }


def _is_lasting(error: GraphQLError) -> bool:
    """Whether a real run would have the error, too: what is imagined may lack what the supplier has."""
    cause = error.original_error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    return not isinstance(cause, NotFound | Delisted | Unsupported)


async def _price(usage: Usage, outlook: Outlook | None, now: float) -> dict[str, Any]:
    state = await outlook.budget_state() if outlook is not None and usage.calls else None
    notes = list(_notes(usage, outlook, state, now))
    return {
        "calls": usage.calls,
        "points": usage.points,
        "seconds": round(_turn(usage.calls, state), 1),
        "complete": not usage.unpriced,
        "message": " ".join(notes) or None,
    }


def _turn(number: int, state: BudgetState | None) -> float:
    """In how many seconds it is the turn of the call with this number, the first being 1."""
    if state is None:
        return 0.0
    return state.estimated_wait_seconds + (number - 1) / state.requests_per_second


def _notes(usage: Usage, outlook: Outlook | None, state: BudgetState | None, now: float) -> Iterator[str]:
    if usage.unpriced:
        yield f"What follows from {', '.join(usage.unpriced)} cannot be told and is not counted."
    if outlook is None or state is None:
        return
    if outlook.health().circuit is Circuit.OPEN:
        yield "The supplier has been failing and is left alone for a moment: asked now, it costs nothing."
    if state.points_remaining is not None and usage.points > state.points_remaining:
        yield f"Only {state.points_remaining} points are left now: what goes beyond them is not asked."
    seconds = [each.deadline - now for each in usage.planned]
    fitting = sum(_turn(number, state) < left for number, left in enumerate(seconds, start=1))
    if fitting < usage.calls:
        yield (
            f"Not all of this is answered in time: about {fitting} of {_calls(usage.calls)} fit into the "
            f"{round(max(seconds))} seconds that an answer may take, and what the others bring is missing. "
            "Ask for fewer products, or have the account take more calls a second; or ask again later: what "
            "was answered is kept, and costs nothing then."
        )
    freight = [each.policy for each in usage.planned if Fact.FREIGHT in each.policy.facts]
    if calls := sum(policy.confirmations for policy in freight):
        points = sum(policy.confirmations * policy.weight for policy in freight)
        yield (
            "Where nothing goes, the supplier is asked once more before that is believed: "
            f"up to {_calls(calls)} and {points} points more."
        )


def _calls(count: int) -> str:
    return "1 call" if count == 1 else f"{count} calls"
