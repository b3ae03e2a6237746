"""
Rehearsals: what a query would cost, found by running it without one call.

A call that would leave is counted in the meter and answered with what was true once or with what its adapter
imagines, so that whatever would be asked next is asked, too. It is counted as an ordinary run goes: absences
need no confirming, nothing fails, no login is due, no deadline passes. The meter has each call with its
policy and its deadline, for whoever wants to know what could become of it.
"""

from collections.abc import Hashable
from typing import Any, TypeVar

import structlog

from providers.errors import Unsupported
from providers.upstream import Ask, Call, Planned, Usage

T = TypeVar("T")
log = structlog.get_logger(__name__)


def count(key: Hashable | None, call: Call[Any], ask: Ask, *, provider: str, is_under_way: bool) -> None:
    """
    Note what asking would cost; nothing when the same was asked before in this rehearsal.

    Args:
        key: What equal calls share; None for a call that is never shared, which counts each time.
        call: What would be asked.
        ask: How its answer is wanted, with the meter of the rehearsal.
        provider: Whose call it is.
        is_under_way: Somebody is asking the same already: it would be joined.
    """
    usage = ask.meter.of(provider)
    if is_under_way or key in ask.meter.rehearsed:
        usage.coalesced += 1
        return
    usage.calls += 1
    usage.points += call.policy.weight
    usage.planned.append(Planned(call.policy, ask.deadline))
    if key is not None:
        ask.meter.rehearsed.add(key)


def imagine(call: Call[T], usage: Usage, *, provider: str) -> T:
    """
    An answer of the usual size that nobody gave.

    Raises:
        Unsupported: The adapter cannot imagine one; `usage` has the operation under `unpriced`.
    """
    cause: Exception | None = None
    if call.imagine is not None:
        try:
            return call.imagine()
        except Exception as error:
            # An adapter's fault makes a price incomplete, and nothing else.
            log.warning("upstream.unimagined", operation=call.policy.operation, exc_info=True)
            cause = error
    operation = call.policy.operation
    usage.unpriced = tuple(dict.fromkeys((*usage.unpriced, operation)))
    raise Unsupported(
        "What this would cost cannot be told without asking the supplier.",
        provider=provider,
        operation=operation,
    ) from cause
