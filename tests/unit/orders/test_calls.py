"""How calls that change something are said to have ended."""

import asyncio

import pytest

from gateway.orders.calls import Answered, Declined, Lost, ending_of
from providers.errors import AuthenticationFailed, Conflict, Unsupported, UpstreamTimeout

_ENDINGS = {
    "a clear no": (Conflict("Paid already.", provider="cj"), Declined),
    "not sent at all": (Unsupported("No such thing.", provider="cj"), Declined),
    "no answer": (UpstreamTimeout("No answer.", provider="cj"), Lost),
    "a key that was refused on the way": (AuthenticationFailed("Who?", provider="cj"), Lost),
    "a fault of ours": (KeyError("data"), Lost),
}


@pytest.mark.parametrize(("error", "ending"), _ENDINGS.values(), ids=_ENDINGS)
async def test_only_a_clear_no_is_one(error: Exception, ending: type[Declined | Lost]) -> None:
    """A refusal is told from everything else that is raised, after which the thing may have been done."""

    async def call() -> None:
        raise error

    said = await ending_of(call)
    assert isinstance(said, ending)
    assert said.error is error


async def test_an_answer_is_handed_on() -> None:
    """What the supplier answered is kept, nothing too."""

    async def call() -> None:
        return None

    assert await ending_of(call) == Answered(None)


async def test_being_cancelled_is_no_ending() -> None:
    """Whoever breaks a call off is not told that it was lost."""
    task = asyncio.create_task(ending_of(asyncio.Event().wait))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
