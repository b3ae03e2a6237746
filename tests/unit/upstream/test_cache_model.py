"""The cache's rules against a small model, over any sequence of reads, waits, failures and evictions."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from gateway.upstream.breaker import BreakerPolicy
from providers.clock import ManualClock
from providers.errors import InvalidRequest, NotFound, ProviderError, QuotaExhausted, Unavailable
from providers.upstream import Fact, Fetched, Source
from tests.pipelines import FRESHNESS, POLICY, Supplier, bench, product

FACTS = st.sampled_from([frozenset({fact}) for fact in FRESHNESS] + [frozenset({Fact.CATALOGUE, Fact.PRICE})])
PAUSES = [0.0, 0.5, 4.0, 9.9, 10.0, 15.0, 26.0, 30.0, 69.0, 300.0]
TROUBLE: list[ProviderError | None] = [
    *[None] * 5,
    Unavailable("down"),
    NotFound("nothing"),
    QuotaExhausted("points", retry_after=7.0),
    InvalidRequest("no"),
]
START = datetime(2026, 1, 1, tzinfo=UTC)


class CacheRules(RuleBasedStateMachine):
    """
    One product at a supplier that tells a new number each time, is away, or says that there is nothing.

    The model knows when the supplier last said what; every answer is judged by that alone.
    """

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.clock = ManualClock(START)
        self.context = bench(clock=self.clock)
        self.supplier = Supplier(always=self.tell)
        self.trouble: ProviderError | None = None
        self.count = 0
        self.said: dict[int, float] = {}  # what was said, and when
        self.newest: int | None = None
        self.absent_at: float | None = None
        self.process = self.run(self.open())

    def run(self, coroutine: Any) -> Any:
        return self.loop.run_until_complete(coroutine)

    async def open(self) -> Any:
        on = await self.context.__aenter__()
        return await on.process(self.supplier, breaker=BreakerPolicy(consecutive=10_000, minimum=10_000))

    def teardown(self) -> None:
        self.run(self.context.__aexit__(None, None, None))
        self.loop.close()

    def tell(self) -> int | ProviderError:
        if self.trouble is not None:
            if isinstance(self.trouble, NotFound):
                self.absent_at = self.clock.monotonic()
            return self.trouble
        self.count += 1
        self.said[self.count] = self.clock.monotonic()
        self.newest = self.count
        self.absent_at = None
        return self.count

    @rule(trouble=st.sampled_from(TROUBLE))
    def turn(self, trouble: ProviderError | None) -> None:
        self.trouble = trouble

    @rule()
    def evict(self) -> None:
        self.run(self.process.pipeline.evict(product()))
        self.newest, self.absent_at = None, None
        self.said.clear()

    @rule(after=st.sampled_from(PAUSES), facts=FACTS, accept_stale=st.booleans())
    def read(self, after: float, facts: frozenset[Fact], accept_stale: bool) -> None:
        self.run(self.clock.advance(after))
        began, calls = self.clock.monotonic(), self.supplier.calls
        fetch = self.loop.create_task(self.process.get(facts=facts, accept_stale=accept_stale))
        try:
            fetched = self.run(self.clock.run(fetch))
        except ProviderError as error:
            self.judge_failure(error, facts, asked=self.supplier.calls > calls)
        else:
            self.judge(fetched, facts, accept_stale=accept_stale, began=began)

    def judge(
        self, fetched: Fetched[Any], facts: frozenset[Fact], *, accept_stale: bool, began: float
    ) -> None:
        assert fetched.value in self.said, "served what was evicted or never said"
        said_at = self.said[fetched.value]
        age = began - said_at
        assert fetched.as_of == START + timedelta(seconds=said_at)
        fresh_for = min(FRESHNESS[fact].fresh_for for fact in facts)
        serve_for = min(FRESHNESS[fact].fresh_for + FRESHNESS[fact].stale_for for fact in facts)
        match fetched.source:
            case Source.LIVE:
                assert age <= 0
            case Source.CACHE:
                assert 0 <= age < fresh_for
                assert fetched.value == self.newest
            case Source.STALE:
                assert fresh_for <= age
                assert self.clock.monotonic() - said_at < serve_for
                assert accept_stale or fetched.trouble is not None
            case other:
                raise AssertionError(other)

    def judge_failure(self, error: ProviderError, facts: frozenset[Fact], *, asked: bool) -> None:
        if isinstance(error, NotFound):
            assert self.absent_at is not None, "absent, though nobody said so"
            assert self.clock.monotonic() - self.absent_at < POLICY.absent_for + 1
        else:
            assert asked, "a failure was kept"
            assert type(error) is type(self.trouble)
            if self.newest is not None and not isinstance(error, InvalidRequest):
                age = self.clock.monotonic() - self.said[self.newest]
                assert self.absent_at is not None or age >= min(
                    FRESHNESS[fact].fresh_for + FRESHNESS[fact].stale_for for fact in facts
                ), "failed, though there was something to serve"

    @invariant()
    def only_answers_are_kept(self) -> None:
        assert len(self.process.memory) <= 1


TestCacheRules = CacheRules.TestCase
TestCacheRules.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
