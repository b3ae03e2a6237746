"""
Orders against the simulated CJ: any requests in any order, while supplier and gateway fail at any step.

`ORDER_MACHINE` says how many lives are tried instead of the usual few.
"""

import asyncio
import itertools
import os
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from gateway.orders.answers import is_final
from gateway.orders.office import Claim, Result
from gateway.orders.records import KeptEvent, Order, SaidBy
from gateway.orders.spending import Caps
from gateway.orders.state import Deed, OrderStatus, Standing, Step, act, hear
from providers.cj.simulator.faults import Fault, Kind
from providers.cj.simulator.orders import (
    CREATED,
    DELIVERED,
    IN_CART,
    PENDING,
    PROCESSING,
    SHIPPED,
    UNPAID,
)
from providers.clock import ManualClock
from providers.orders import OrderState
from tests.cj.drafts import plain
from tests.cj.world import WORLD
from tests.orders.shop import CREATE, HASTY, PAY, Process, Shop, cents, dollars, open_shop
from tests.orders.test_crashes import Killed, Mortal
from tests.storage.making import let_pass

LIVES: Final = int(os.environ.get("ORDER_MACHINE", "8"))
REFERENCES: Final = ("R-1", "R-2", "R-3")
CAPS: Final = Caps(per_day=dollars(60))
CLAIM: Final = Claim(line_ids=None, reason_id="3", wants_refund=True, message="Broken.")
PATHS: Final = (
    "/shopping/*",
    "/shopping/order/addCart*",
    "/shopping/order/deleteOrder",
    "/shopping/order/getOrderDetail",
    "/shopping/pay/getBalance",
    *(CREATE, CREATE, PAY, PAY, PAY),
    "/disputes/*",
)
KINDS: Final[tuple[tuple[Kind, dict[str, object]], ...]] = (
    ("status", {"status": 500}),
    ("error", {"code": 1600000, "message": "System busy"}),
    ("drop", {}),
    ("truncated", {}),
    ("empty", {}),
    ("twice", {}),
    ("price_change", {"factor": 1.3}),
    ("revoke_token", {}),
)


@dataclass(frozen=True)
class Death:
    """A process ends before or after its n-th step."""

    step: int
    after: bool


FAULTS: Final = st.builds(
    lambda kind, path, after, skip: Fault(kind[0], path, times=1, skip=skip, after=after, params=kind[1]),
    st.sampled_from(KINDS),
    st.sampled_from(PATHS),
    st.booleans(),
    st.integers(0, 1),
)
Mishap = Death | Fault | None
MISHAPS: Final = st.one_of(st.none(), FAULTS, FAULTS, st.builds(Death, st.integers(1, 20), st.booleans()))
EXPECTED: Final = {
    CREATED: OrderStatus.CREATED,
    IN_CART: OrderStatus.IN_CART,
    UNPAID: OrderStatus.AWAITING_PAYMENT,
    PENDING: OrderStatus.PAID,
    PROCESSING: OrderStatus.PROCESSING,
    SHIPPED: OrderStatus.SHIPPED,
    DELIVERED: OrderStatus.DELIVERED,
}
Act = Callable[[Process], Coroutine[Any, Any, Result]]


@dataclass(frozen=True)
class Asked:
    """A request with its key, to be sent again."""

    what: str
    reference: str
    key: str
    pieces: int = 1
    most: int = 500
    """Dollars that may be charged."""

    def act(self, shop: Shop, order_id: str | None) -> Act:
        if self.what == "place":
            wish = shop.wish(self.reference, self.pieces)
            return lambda process: process.place(wish, self.key)
        assert order_id is not None
        if self.what == "pay":
            return lambda process: process.pay(order_id, dollars(self.most), self.key)
        if self.what == "cancel":
            return lambda process: process.cancel(order_id, self.key)
        return lambda process: process.service.open_dispute(order_id, CLAIM, self.key, process.caller())


class Trade(RuleBasedStateMachine):
    """Clients of one gateway, whose processes die, at a supplier that fails."""

    folders: Iterator[Path]

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.clock = ManualClock(datetime.now(UTC))
        folder = next(self.folders)
        folder.mkdir()
        self.opening: AbstractAsyncContextManager[Shop] = open_shop(folder, clock=self.clock)
        self.shop = self.runner.run(self.opening.__aenter__())
        # Enough that the goods of one life are always the same.
        self.shop.sim.world.set_stock(plain(self.shop.sim), "CN", 10**6)
        self.process = self.opened()
        self.ids: dict[str, str] = {}
        self.answers: dict[Asked, Result | None] = {}
        """The final answer to each request; None: it has none yet."""
        self.seen: dict[str, tuple[KeptEvent, ...]] = {}
        self.allowed: dict[str, Decimal] = {}
        """The most that any request to pay an order has allowed."""

    def teardown(self) -> None:
        try:
            self.all_ends_well()
        finally:
            self.runner.run(self.opening.__aexit__(None, None, None))
            self.runner.close()
            WORLD.restore()

    def opened(self, mortal: Mortal | None = None) -> Process:
        return self.runner.run(self.shop.process(HASTY, caps=CAPS, mortal=mortal, steady=True))

    def ask(self, asked: Asked, mishap: Mishap = None) -> Result | None:
        """The answer, or None when the process that was asked has died."""
        if asked.what != "place" and asked.reference not in self.ids:
            return None
        self.answers.setdefault(asked, None)
        if asked.what == "pay":
            most = self.allowed.get(asked.reference, Decimal(0))
            self.allowed[asked.reference] = max(most, Decimal(asked.most))
        if isinstance(mishap, Fault):
            self.shop.sim.faults.add(replace(mishap))
        process = (
            self.opened(Mortal(mishap.step, after=mishap.after))
            if isinstance(mishap, Death)
            else self.process
        )
        act = asked.act(self.shop, self.ids.get(asked.reference))
        try:
            result = self.runner.run(act(process))
        except Killed:
            # What it held is free after a while, and whoever comes next is a new process.
            self.runner.run(let_pass(self.shop.database))
            self.process = self.opened()
            return None
        finally:
            self.note(asked)
        before = self.answers[asked]
        if before is not None:
            assert (result.troubles, result.dispute) == (before.troubles, before.dispute)
        elif is_final(result):
            self.answers[asked] = result
        return result

    def note(self, asked: Asked) -> None:
        order = self.runner.run(self.process.service.order_of_reference(asked.reference))
        if order is not None:
            assert self.ids.setdefault(asked.reference, order.id) == order.id

    references = st.sampled_from(REFERENCES)
    keys = st.sampled_from(("k", "l"))

    @initialize(kind=st.sampled_from(KINDS), after=st.booleans())
    def one_is_paid(self, kind: tuple[Kind, dict[str, object]], after: bool) -> None:
        """Chance alone seldom comes as far as paying, and what it meets there is what matters most."""
        for reference in REFERENCES:
            self.place(reference, "k", 1, None)
        self.pay(REFERENCES[0], "k", 500, Fault(kind[0], PAY, times=1, after=after, params=kind[1]))

    @rule(reference=references, key=keys, pieces=st.integers(1, 3), mishap=MISHAPS)
    def place(self, reference: str, key: str, pieces: int, mishap: Mishap) -> None:
        name = f"place {reference} {key}"
        used = (asked for asked in self.answers if asked.key == name)
        self.ask(next(used, Asked("place", reference, name, pieces)), mishap)

    @rule(reference=references, key=keys, most=st.sampled_from((500, 500, 5)), mishap=MISHAPS)
    def pay(self, reference: str, key: str, most: int, mishap: Mishap) -> None:
        self.ask(Asked("pay", reference, f"pay {reference} {key} {most}", most=most), mishap)

    @rule(reference=references, key=keys, mishap=MISHAPS)
    def pay_again(self, reference: str, key: str, mishap: Mishap) -> None:
        self.pay(reference, key, 500, mishap)

    @rule(reference=references, key=keys, mishap=MISHAPS)
    def cancel(self, reference: str, key: str, mishap: Mishap) -> None:
        self.ask(Asked("cancel", reference, f"cancel {reference} {key}"), mishap)

    @rule(reference=references, key=keys, mishap=MISHAPS)
    def dispute(self, reference: str, key: str, mishap: Mishap) -> None:
        self.ask(Asked("dispute", reference, f"dispute {reference} {key}"), mishap)

    @rule(reference=references)
    def refresh(self, reference: str) -> None:
        if reference in self.ids:
            self.runner.run(self.process.refresh(self.ids[reference]))

    @rule(days=st.sampled_from((0.01, 1, 3, 20)))
    def time_passes_at_the_supplier(self, days: float) -> None:
        self.runner.run(self.clock.advance(days * 86400))
        self.shop.account.orders.settle(self.clock.now(), 1.0)

    @rule()
    def the_gateway_looks_after_orders(self) -> None:
        self.runner.run(let_pass(self.shop.database))
        self.runner.run(self.process.resumer.round())

    @rule()
    def the_gateway_starts_again(self) -> None:
        self.process = self.opened()

    @invariant()
    def one_order_for_each_intent(self) -> None:
        numbers = [sold.number for sold in self.shop.sold]
        assert len(set(numbers)) == len(numbers)
        assert set(numbers) <= {order.number for order in self.orders()}

    @invariant()
    def what_left_the_wallet_is_counted(self) -> None:
        assert self.shop.charged == sum(sold.total for sold in self.shop.paid)
        charged = cents(self.shop.charged).amount
        spent, reserved = self.counted()
        assert spent <= charged <= spent + reserved
        assert CAPS.per_day is not None
        assert spent + reserved <= CAPS.per_day.amount
        references = {order.number: order.client_reference for order in self.orders()}
        for sold in self.shop.paid:
            assert cents(sold.total).amount <= self.allowed[references[sold.number]]

    @invariant()
    def orders_go_by_the_table(self) -> None:
        orders = self.orders()
        histories = self.runner.run(self.process.ledger.events([order.id for order in orders]))
        for order, history in zip(orders, histories, strict=True):
            before = self.seen.get(order.id, ())
            assert history[: len(before)] == before
            self.seen[order.id] = history
            standing = Standing()
            for event in history:
                standing = _after(standing, event)
                assert event.status is standing.status
            assert order.standing == standing

    def orders(self) -> list[Order]:
        return [self.runner.run(self.process.ledger.order(order_id)) for order_id in self.ids.values()]

    def counted(self) -> tuple[Decimal, Decimal]:
        account = self.process.provider.declaration.limits.account
        days = self.runner.run(self.process.ledger.spending(account))
        zero = Decimal(0)
        return sum((day.spent.amount for day in days), zero), sum((day.reserved.amount for day in days), zero)

    def all_ends_well(self) -> None:
        """When nothing fails any more, every request gets an answer, and both ledgers say the same."""
        self.shop.sim.faults.clear()
        for asked in list(self.answers):
            for _ in range(5):
                if self.answers[asked] is None:
                    self.runner.run(let_pass(self.shop.database))
                    self.ask(asked)
            assert self.answers[asked] is not None, asked
        for order_id in self.ids.values():
            self.runner.run(self.process.refresh(order_id))
        there = {sold.number: sold for sold in self.shop.sold}
        for order in self.orders():
            assert not order.standing.is_in_doubt
            sold = there.get(order.number)
            if sold is None:
                assert order.status in {OrderStatus.CANCELLED, OrderStatus.FAILED}
            else:
                assert order.status is EXPECTED[sold.status]
                assert (order.standing.payment is Step.DONE) == (sold.status >= PENDING)
        assert self.counted() == (cents(self.shop.charged).amount, Decimal(0))
        assert self.shop.calls(PAY) >= len(self.shop.paid)


def _after(standing: Standing, event: KeptEvent) -> Standing:
    if isinstance(event.kind, Deed):
        return act(standing, event.kind).standing
    if "heard" not in event.payload:
        return standing
    heard = OrderState(event.payload["heard"]["state"])
    return hear(standing, heard, asked=event.said_by is not SaidBy.WEBHOOK).standing


@pytest.mark.timeout(120 + 10 * LIVES)
def test_orders_and_money(tmp_path: Path) -> None:
    """Whatever is asked and whatever fails, there is one order for each intent, paid once, and counted."""

    class Life(Trade):
        folders = (tmp_path / str(number) for number in itertools.count())

    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=LIVES,
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
