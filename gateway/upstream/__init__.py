"""
The upstream pipeline: how any call to a supplier leaves the house.

    cache ▸ coalesce ▸ retry ▸ (breaker ▸ budget ▸ exchange)

A cache hit costs nothing; equal misses share one flight; every exchange, retries included, pays the budget.
Each stage is one module and knows only the next one.
"""

from collections.abc import Mapping
from random import Random
from typing import Any, TypeVar

from gateway.redis_link import RedisLink
from gateway.upstream.answers import Answers
from gateway.upstream.breaker import Breaker, BreakerPolicy, Health
from gateway.upstream.budget import Budget, BudgetState
from gateway.upstream.cache import Cache
from gateway.upstream.coalesce import Coalesce
from gateway.upstream.exchange import PaidExchange, Totals
from gateway.upstream.freshness import Rules
from gateway.upstream.leases import Leases
from gateway.upstream.levels import Memory
from gateway.upstream.owner import Tasks
from gateway.upstream.retry import Retry
from providers.clock import Clock
from providers.declaring import Declaration
from providers.upstream import Ask, Call, Exchange, Fact, Fetched, Freshness, Limits

T = TypeVar("T")


class Pipeline:
    """
    The `Upstream` of one supplier account, with what the gateway wants to know about it.

    Made by `pipeline`; `start` before the first call, `aclose` after the last.
    """

    def __init__(
        self, first: Cache, *, budget: Budget, breaker: Breaker, tasks: Tasks, totals: Totals
    ) -> None:
        self._first = first
        self._budget = budget
        self._breaker = breaker
        self._tasks = tasks
        self.totals = totals
        """Counters since the start of this process."""

    async def start(self) -> None:
        """Begin handing out budget."""
        await self._budget.start()

    async def aclose(self) -> None:
        """End what flies (whoever still waits gets Unavailable), then the budget."""
        await self._tasks.aclose()
        await self._budget.aclose()

    async def fetch(self, call: Call[T], ask: Ask) -> Fetched[T]:
        """As `Upstream.fetch`."""
        return await self._first.fetch(call, ask)

    async def limit(self, limits: Limits) -> None:
        """As `Upstream.limit`."""
        await self._budget.limit(limits)

    async def evict(self, call: Call[Any]) -> None:
        """As `Upstream.evict`."""
        await self._first.evict(call)

    async def budget_state(self) -> BudgetState:
        """What is left of the quota, and how long the queue is."""
        return await self._budget.state()

    def health(self) -> Health:
        """How the supplier has been answering this process."""
        return self._breaker.health()


def pipeline(
    exchange: Exchange,
    declaration: Declaration,
    *,
    budget: Budget,
    clock: Clock,
    memory: Memory,
    link: RedisLink | None = None,
    freshness: Mapping[Fact, Freshness] | None = None,
    breaker_policy: BreakerPolicy | None = None,
    random: Random | None = None,
) -> Pipeline:
    """
    Put the stages in front of an adapter's exchange.

    Args:
        exchange: The adapter's round trip.
        declaration: Whose calls these are, and how long its answers stay fresh.
        budget: The account's quota; started and closed with the pipeline.
        clock: Measures every wait and age.
        memory: Where this process keeps answers; suppliers share one.
        link: Redis, where all processes keep answers and leases; None: this process alone.
        freshness: The operator's own, which replaces the declared one fact by fact.
        breaker_policy: When a failing supplier is left alone.
        random: Jitter of retries.
    """
    who = declaration.code
    tasks, totals = Tasks(), Totals()
    breaker = Breaker(clock, provider=who, policy=breaker_policy)
    answers = Answers((who, declaration.limits.account), memory=memory, link=link, clock=clock, tasks=tasks)
    leases = None if link is None else Leases(link, clock=clock, tasks=tasks)

    # From the wire to the door, each stage in front of the one before it.
    paid = PaidExchange(exchange, budget, breaker, provider=who, clock=clock, tasks=tasks, totals=totals)
    retry = Retry(paid, provider=who, clock=clock, random=random or Random(), totals=totals)  # noqa: S311 - jitter
    coalesce = Coalesce(retry, answers, provider=who, leases=leases, clock=clock, tasks=tasks, totals=totals)
    cache = Cache(
        coalesce, answers, Rules(declaration.freshness, freshness), provider=who, clock=clock, totals=totals
    )
    return Pipeline(cache, budget=budget, breaker=breaker, tasks=tasks, totals=totals)
