"""A process that dies at any step of placing, paying or cancelling, and the one that comes after it."""

from collections.abc import Callable
from functools import partial
from inspect import iscoroutinefunction
from typing import Any

import pytest

from gateway.orders.state import OrderStatus, Step
from gateway.storage.engine import Database
from tests.orders.shop import HASTY, PAY, Process, Shop, cents
from tests.storage.making import let_pass

MOST_STEPS = 60


class Killed(BaseException):
    """The process is gone; nothing in it is told, and nothing of it runs on."""


class Mortal:
    """Kills a process before or after its n-th step, counting every call to ledger and provider."""

    def __init__(self, step: int, *, after: bool) -> None:
        self._left = step
        self._after = after
        self.is_dead = False

    def of(self, thing: Any) -> Any:
        return _Guarded(self, thing)

    async def call(self, act: Callable[..., Any], *given: Any, **named: Any) -> Any:
        if self.is_dead:
            raise Killed
        self._left -= 1
        if self._left == 0 and not self._after:
            self.is_dead = True
            raise Killed
        answer = await act(*given, **named)
        if self._left == 0:
            self.is_dead = True
        if self.is_dead:
            raise Killed
        return answer


class _Guarded:
    def __init__(self, mortal: Mortal, thing: Any) -> None:
        self._mortal = mortal
        self._thing = thing

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._thing, name)
        return partial(self._mortal.call, found) if iscoroutinefunction(found) else found


async def _dies(shop: Shop, step: int, *, after: bool, act: Callable[[Process], Any]) -> bool:
    """Whether a process died on the way."""
    mortal = Mortal(step, after=after)
    process = await shop.process(HASTY, mortal=mortal)
    try:
        await act(process)
    except Killed:
        assert mortal.is_dead
    await let_pass(shop.database)
    return mortal.is_dead


async def _settled(database: Database, process: Process, reference: str) -> None:
    """The key was answered, so that nothing of the request is left over."""
    await let_pass(database)
    order = await process.service.order_of_reference(reference)
    assert order is not None
    assert not order.standing.is_in_doubt


@pytest.mark.parametrize("after", [False, True])
async def test_while_placing(shop: Shop, after: bool) -> None:
    """Wherever it dies, the same key leads to the one order that there is."""
    alive = await shop.process(HASTY)
    for step in range(1, MOST_STEPS):
        reference = f"HB-{step}"
        wish = shop.wish(reference)
        died = await _dies(shop, step, after=after, act=lambda process: process.place(wish, key=reference))  # noqa: B023
        result = await alive.place(wish, key=reference)
        assert result.is_done, (step, result.troubles)
        assert result.order is not None
        assert result.order.status is OrderStatus.CREATED
        assert [sold.number for sold in shop.sold].count(result.order.number) == 1
        assert len(shop.sold) == step
        await _settled(shop.database, alive, reference)
        if not died:
            break
    else:
        pytest.fail("it never lived to the end")
    assert step > 8
    assert shop.charged == 0


@pytest.mark.parametrize("after", [False, True])
async def test_while_paying(shop: Shop, after: bool) -> None:
    """Wherever it dies, the same key leads to one payment, and the ledger has spent what left the wallet."""
    alive = await shop.process(HASTY)
    for step in range(1, MOST_STEPS):
        reference = f"HB-{step}"
        placed = (await alive.place(shop.wish(reference), key=reference)).order
        assert placed is not None
        died = await _dies(
            shop,
            step,
            after=after,
            act=lambda process: process.pay(placed.id, key=reference),  # noqa: B023
        )
        result = await alive.pay(placed.id, key=reference)
        assert result.is_done, (step, result.troubles)
        assert result.order is not None
        assert (result.order.status, result.order.standing.payment) == (OrderStatus.PAID, Step.DONE)
        assert len(shop.paid) == step
        assert shop.charged == sum(sold.total for sold in shop.sold)
        if not died:
            break
    else:
        pytest.fail("it never lived to the end")
    assert step > 10
    assert shop.calls(PAY) == step
    [spent] = await alive.ledger.spending(alive.provider.declaration.limits.account)
    assert (spent.spent, spent.reserved) == (cents(shop.charged), cents(0))


async def test_while_cancelling(shop: Shop) -> None:
    """Wherever it dies, the same key leads to a cancelled order."""
    alive = await shop.process(HASTY)
    for step in range(1, MOST_STEPS):
        reference = f"HB-{step}"
        placed = (await alive.place(shop.wish(reference), key=reference)).order
        assert placed is not None
        died = await _dies(
            shop,
            step,
            after=step % 2 == 0,
            act=lambda process: process.cancel(placed.id, key=reference),  # noqa: B023
        )
        result = await alive.cancel(placed.id, key=reference)
        assert result.is_done, (step, result.troubles)
        assert result.order is not None
        assert (result.order.status, shop.sold) == (OrderStatus.CANCELLED, [])
        if not died:
            break
    else:
        pytest.fail("it never lived to the end")
