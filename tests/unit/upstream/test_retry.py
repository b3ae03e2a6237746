"""What is asked again, how often, and what is believed."""

import asyncio
import dataclasses
from typing import Any

import pytest

from gateway.upstream.breaker import BreakerPolicy
from providers.clock import ManualClock
from providers.errors import (
    AuthenticationFailed,
    InvalidRequest,
    MalformedResponse,
    NotFound,
    ProviderError,
    QuotaExhausted,
    RateLimited,
    Transient,
    Unavailable,
    UpstreamTimeout,
)
from providers.upstream import Call, Fetched, Source
from tests.pipelines import POLICY, WRITE, Process, Supplier, bench, product

GONE = NotFound("no such product")
PATIENT = BreakerPolicy(consecutive=100, minimum=100)


async def answer_of(
    supplier: Supplier, call: Call[Any] | None = None, *, within: float = 30.0
) -> tuple[Fetched[Any] | ProviderError, float, Process]:
    """What one read comes to, how many seconds it took by the manual clock, and where."""
    async with bench() as on:
        assert isinstance(on.clock, ManualClock)
        process = await on.process(supplier, breaker=PATIENT)
        fetch = asyncio.ensure_future(process.pipeline.fetch(call or product(), process.ask(within)))
        began = on.clock.monotonic()
        try:
            result: Fetched[Any] | ProviderError = await on.clock.run(fetch)
        except ProviderError as error:
            result = error
        return result, on.clock.monotonic() - began, process


@pytest.mark.parametrize(
    "error",
    [Unavailable("down"), UpstreamTimeout("slow"), MalformedResponse("half a body"), RateLimited("fast")],
)
async def test_transient_failures(error: ProviderError) -> None:
    """Two failed exchanges and a good one make a good answer, each exchange paid for."""
    supplier = Supplier(error, error, always="fine")
    result, _, process = await answer_of(supplier)
    assert isinstance(result, Fetched)
    assert result.value == "fine"
    assert len(process.gate.granted) == supplier.calls == 3
    assert process.pipeline.totals.retries == 2


async def test_no_more_than_allowed() -> None:
    """After the allowed number of exchanges the last failure is told, with who and what."""
    supplier = Supplier(always=Unavailable("down"))
    result, _, _ = await answer_of(supplier)
    assert isinstance(result, Unavailable)
    assert str(result) == "acme product.get: down"
    assert supplier.calls == 3


async def test_reading_counts_as_part_of_the_exchange() -> None:
    """A payload that cannot be read is a failed exchange, and asked for again."""
    payloads = ["half", "whole"]

    def read(_: Any) -> str:
        payload = payloads.pop(0)
        if payload == "half":
            raise MalformedResponse("cut off")
        return payload

    result, _, _ = await answer_of(Supplier(), product(read=read))
    assert isinstance(result, Fetched)
    assert result.value == "whole"


@pytest.mark.parametrize(
    "error", [InvalidRequest("bad id"), AuthenticationFailed("key"), QuotaExhausted("points")]
)
async def test_not_worth_another(error: ProviderError) -> None:
    """What asking again will not change is told at once."""
    supplier = Supplier(always=error)
    result, seconds, _ = await answer_of(supplier)
    assert type(result) is type(error)
    assert (supplier.calls, seconds) == (1, 0.0)


async def test_writes_never_repeat() -> None:
    """A write is sent once, whatever comes of it, and its "not found" is told as it is."""
    for error in (UpstreamTimeout("unknown"), Unavailable("down"), GONE):
        supplier = Supplier(always=error)
        result, _, _ = await answer_of(supplier, product(policy=WRITE))
        assert type(result) is type(error)
        assert supplier.calls == 1


async def test_refusals_are_told_to_the_budget() -> None:
    """A refusal by the supplier pauses the budget; nothing sleeps beside it, so lanes keep their order."""
    refusal = RateLimited("too fast", code="1600200")
    supplier = Supplier(refusal, always="fine")
    result, seconds, process = await answer_of(supplier)
    assert isinstance(result, Fetched)
    assert process.gate.refusals == [refusal]
    assert process.pipeline.totals.refusals == 1
    assert seconds == 0.0


async def test_our_own_budget_is_not_asked_again() -> None:
    """Leave that cannot be had in time is told at once, as it came."""
    async with bench() as on:
        process = await on.process(Supplier())
        process.gate.denial = RateLimited("a minute of calls waits", retry_after=60.0)
        with pytest.raises(RateLimited) as told:
            await process.get()
        assert told.value.retry_after == 60.0
        assert told.value.without_effect
        assert process.gate.refusals == []


async def test_leave_denied_after_an_exchange() -> None:
    """Where an earlier exchange left, being denied another one does not say that nothing was done."""
    async with bench() as on:
        assert isinstance(on.clock, ManualClock)

        def down() -> ProviderError:
            process.gate.denial = RateLimited("a minute of calls waits", retry_after=60.0)
            return Unavailable("down")

        process = await on.process(Supplier(down), breaker=PATIENT)
        with pytest.raises(RateLimited) as told:
            await on.clock.run(asyncio.ensure_future(process.get()))
        assert not told.value.without_effect


async def test_pauses_stay_inside_the_deadline() -> None:
    """A pause that would end after the deadline is not begun."""
    supplier = Supplier(always=Unavailable("down", retry_after=5.0))
    result, seconds, _ = await answer_of(supplier, within=4.0)
    assert isinstance(result, Unavailable)
    assert (supplier.calls, seconds) == (1, 0.0)
    supplier = Supplier(always=Unavailable("down", retry_after=5.0))
    _, seconds, _ = await answer_of(supplier, within=8.0)
    assert (supplier.calls, seconds) == (2, 5.0)


async def test_pauses_are_jittered_and_grow() -> None:
    """The second pause is drawn from twice the range of the first; the draw is the injected one."""
    _, seconds, _ = await answer_of(Supplier(always=Unavailable("down")))
    assert 0.125 + 0.25 <= seconds <= 0.25 + 0.5
    _, again, _ = await answer_of(Supplier(always=Unavailable("down")))
    assert again == seconds  # the bench gives every pipeline the same seed


async def test_an_exchange_has_its_own_end() -> None:
    """An exchange that hangs is ended by the call's timeout and counts as a failure."""
    supplier = Supplier()
    supplier.open.clear()
    result, seconds, process = await answer_of(supplier, product(policy=WRITE), within=100.0)
    assert isinstance(result, UpstreamTimeout)
    assert seconds == WRITE.timeout
    assert process.pipeline.totals.failures == {"UpstreamTimeout": 1}


async def test_absence_is_confirmed() -> None:
    """An absence is asked again before it is told; something on the second look is the answer."""
    supplier = Supplier(GONE, always="there after all")
    result, _, _ = await answer_of(supplier)
    assert isinstance(result, Fetched)
    assert (result.value, result.source, supplier.calls) == ("there after all", Source.LIVE, 2)
    supplier = Supplier(always=GONE)
    result, _, _ = await answer_of(supplier)
    assert isinstance(result, NotFound)
    assert supplier.calls == 2


async def test_suspiciously_empty_is_confirmed() -> None:
    """An empty page is asked again before it is believed, and kept only then."""
    call = product(is_empty=lambda page: not page)
    supplier = Supplier([], always=["a product"])
    result, _, _ = await answer_of(supplier, call)
    assert isinstance(result, Fetched)
    assert result.value == ["a product"]
    supplier = Supplier(always=[])
    result, _, process = await answer_of(supplier, call)
    assert isinstance(result, Fetched)
    assert (result.value, supplier.calls, len(process.memory)) == ([], 2, 1)


@pytest.mark.parametrize("confirmations", [0, 2, 3])
async def test_confirmations(confirmations: int) -> None:
    """As many confirmations as the call's policy wants, even where it allows fewer attempts at failures."""
    supplier = Supplier(always=GONE)
    policy = dataclasses.replace(POLICY, confirmations=confirmations)
    result, _, _ = await answer_of(supplier, product(policy=policy))
    assert isinstance(result, NotFound)
    assert supplier.calls == confirmations + 1


async def test_an_absence_that_may_not_be_confirmed() -> None:
    """A read that may be sent only once tells the absence as it is, and does not keep it."""
    supplier = Supplier(always=GONE)
    result, _, process = await answer_of(supplier, product(policy=dataclasses.replace(POLICY, attempts=1)))
    assert isinstance(result, NotFound)
    assert (supplier.calls, len(process.memory)) == (1, 0)


async def test_an_absence_that_cannot_be_confirmed() -> None:
    """Without time or budget to ask again nothing is called absent: "try again", and nothing is kept."""
    supplier = Supplier(always=GONE)
    result, _, process = await answer_of(supplier, within=0.05)
    assert isinstance(result, Transient)
    assert (supplier.calls, len(process.memory)) == (1, 0)

    async with bench() as on:
        assert isinstance(on.clock, ManualClock)
        process = await on.process(supplier)

        def gone() -> NotFound:
            process.gate.denial = QuotaExhausted("no points", retry_after=99.0)
            return GONE

        supplier.always = gone
        with pytest.raises(QuotaExhausted):
            await on.clock.run(asyncio.ensure_future(process.get()))
        assert len(process.memory) == 0


async def test_failures_and_absences_mixed() -> None:
    """A failure between two "no such thing" is neither a confirmation nor a contradiction."""
    supplier = Supplier(GONE, Unavailable("down"), always=GONE)
    result, _, _ = await answer_of(supplier)
    assert isinstance(result, NotFound)
    assert supplier.calls == 3


async def test_unforeseen_exceptions() -> None:
    """A mistake in an adapter is not retried and not dressed up."""

    def mistake() -> str:
        raise ZeroDivisionError

    supplier = Supplier(always=mistake)
    async with bench() as on:
        process = await on.process(supplier)
        with pytest.raises(ZeroDivisionError):
            await process.get()
    assert supplier.calls == 1
