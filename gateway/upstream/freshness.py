"""
How old an answer may be: the facts a caller reads from it decide, the shortest-lived first.

Pure rules; the cache stage applies them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from providers.upstream import Ask, CallPolicy, Fact, Freshness

NEVER = Freshness(0.0, 0.0)
"""For a fact nobody said anything about: the answer is shared in flight and not kept."""


@dataclass(frozen=True, slots=True)
class Span:
    """The two ages that matter to one read, in seconds."""

    fresh_for: float
    """Younger is served as is."""
    serve_for: float
    """Younger is served as STALE; never less than `fresh_for`."""


class Rules:
    """A provider's freshness with the operator's laid over it, fact by fact."""

    def __init__(
        self, declared: Mapping[Fact, Freshness], operator: Mapping[Fact, Freshness] | None = None
    ) -> None:
        self._freshness = {**declared, **(operator or {})}
        # A handful of sets of facts exist, and a warm read should not compare them again each time.
        self._spans: dict[tuple[frozenset[Fact], frozenset[Fact]], Span] = {}

    def span(self, policy: CallPolicy, ask: Ask) -> Span:
        """What one read may be served: over the facts it asks for; over all, when it names none of these."""
        key = (policy.facts, ask.facts)
        span = self._spans.get(key)
        if span is None:
            kinds = [self._freshness.get(fact, NEVER) for fact in (ask.facts & policy.facts) or policy.facts]
            fresh_for = min((kind.fresh_for for kind in kinds), default=0.0)
            serve_for = min((kind.fresh_for + kind.stale_for for kind in kinds), default=0.0)
            span = self._spans[key] = Span(fresh_for, serve_for)
        return span

    def keep_for(self, policy: CallPolicy) -> float:
        """Seconds after which an answer is of no use to anybody: the longest-lived fact's."""
        kinds = [self._freshness.get(fact, NEVER) for fact in policy.facts]
        return max((kind.fresh_for + kind.stale_for for kind in kinds), default=0.0)
