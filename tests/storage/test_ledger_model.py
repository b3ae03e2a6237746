"""The ledger against a dictionary: any calls in any order, processes that die between and inside them."""

import asyncio
import itertools
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import event

from gateway.orders.leases import NotHeld
from gateway.orders.ledger import Ledger
from gateway.orders.records import (
    Begun,
    InProgress,
    Order,
    OtherInput,
    ReferenceInUse,
    Repeated,
    SaidBy,
)
from gateway.orders.spending import Caps, OverCap
from gateway.orders.state import DEEDS, Deed, Move, OrderStatus, Standing, Step, StepRefused, act, hear
from gateway.storage.engine import Database
from gateway.storage.opening import open_database
from gateway.storage.tables import metadata
from providers.orders import OrderState
from tests.postgres import cleared
from tests.storage.making import deed, dollars, intent, let_pass, news, request
from tests.storage.test_crashes import Crash

DAY_CAP = Decimal("20.00")
Work = Callable[[Ledger], Coroutine[Any, Any, Any]]


@dataclass
class Expected:
    """What is expected of one order."""

    id: str
    fingerprint: str
    number: str
    standing: Standing = field(default_factory=Standing)
    events: int = 1
    holder: str | None = None
    counted: tuple[str, Decimal] | None = None
    """Reserved, spent or released, and how much."""


@dataclass
class Key:
    """What is expected of one idempotency key."""

    fingerprint: str
    reference: str
    holder: str | None
    answer: Any = None
    is_done: bool = False


def fits(standing: Standing, kind: Deed) -> bool:
    try:
        return act(standing, kind).move is Move.ADVANCED
    except StepRefused:
        return False


class LedgerLife(RuleBasedStateMachine):
    """Clients, workers and a resumer that share one ledger, on a machine that fails."""

    url: Iterator[str]
    orders = Bundle("orders")

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.address = next(self.url)
        self.opening = open_database(self.address)
        self.database: Database = self.runner.run(self.opening.__aenter__())
        self.keys: dict[str, Key] = {}
        self.known: dict[str, Expected] = {}
        self.holders = itertools.count()

    def teardown(self) -> None:
        self.runner.run(self.opening.__aexit__(None, None, None))
        self.runner.close()

    def call(self, work: Work, dies_after: int | None) -> Any:
        """The call's result; None when the process died in it, before the given statement."""
        left = dies_after

        def die(*_: object) -> None:
            nonlocal left
            left = None if left is None else left - 1
            if left is not None and left < 0:
                raise Crash

        engine = self.database._engine.sync_engine
        event.listen(engine, "before_cursor_execute", die)
        try:
            return self.runner.run(work(Ledger(self.database)))
        except Crash:
            return None
        finally:
            event.remove(engine, "before_cursor_execute", die)

    deaths = st.one_of(st.none(), st.none(), st.none(), st.integers(0, 7))

    @initialize(target=orders, cents=st.integers(500, 1500))
    def two_orders_await_their_payment(self, cents: int) -> MultipleResults[str]:
        """Chance alone seldom comes as far as paying."""
        for key, reference in (("k", "r"), ("m", "s")):
            self.begin(key, reference, "a", None)
            self.take(reference, "v", None)
            self.do(reference, Deed.CREATION_SENT, "v", None)
            self.news(reference, OrderState.AWAITING_PAYMENT, SaidBy.POLL, None)
        self.pay("r", cents, "v", None)
        return multiple("r", "s", "t")

    @rule(
        key=st.sampled_from("klm"),
        reference=st.sampled_from("rst"),
        basket=st.sampled_from("ab"),
        dies=deaths,
    )
    def begin(self, key: str, reference: str, basket: str, dies: int | None) -> None:
        holder = f"client-{next(self.holders)}"
        said = self.call(
            lambda ledger: ledger.begin(
                request(key, basket), intent(reference, fingerprint=basket), holder=holder, seconds=60
            ),
            dies,
        )
        if said is None:
            return
        kept, order = self.keys.get(key), self.known.get(reference)
        if kept is not None and kept.fingerprint != basket:
            assert said == OtherInput()
        elif kept is not None and kept.is_done:
            assert said == Repeated(kept.answer)
        elif kept is not None and kept.holder is not None:
            assert isinstance(said, InProgress)
        elif kept is not None:
            order = self.known[kept.reference]
            if order.fingerprint != basket:
                assert isinstance(said, ReferenceInUse)
            else:
                assert isinstance(said, Begun)
                assert said.is_resumed
                kept.holder = holder
            assert said.order is not None
            assert said.order.id == order.id
        elif order is not None and order.standing.status is not OrderStatus.FAILED:
            assert isinstance(said, ReferenceInUse)
            assert said.order.id == order.id
        else:
            assert isinstance(said, Begun)
            assert said.order is not None
            if order is None:
                self.known[reference] = Expected(said.order.id, basket, said.order.number)
            else:
                order.standing = act(order.standing, Deed.BEGUN_AGAIN).standing
                order.fingerprint = basket
                order.events += 1
            self.keys[key] = Key(basket, reference, holder)

    @rule(key=st.sampled_from("klm"), answer=st.integers(1, 9), dies=deaths)
    def finish(self, key: str, answer: int, dies: int | None) -> None:
        if (kept := self.keys.get(key)) is None:
            return
        said = self.call(lambda ledger: ledger.finish(request(key, kept.fingerprint), answer), dies)
        if said is not None:
            kept.answer = kept.answer if kept.is_done else answer
            kept.is_done = True
            assert said == kept.answer

    @rule(reference=orders, holder=st.sampled_from("vw"), dies=deaths)
    def take(self, reference: str, holder: str, dies: int | None) -> None:
        if (order := self.known.get(reference)) is None:
            return
        said = self.call(lambda ledger: ledger.take(order.id, holder=holder, seconds=60), dies)
        if said is not None:
            assert said == (order.holder in {None, holder})
            order.holder = holder if said else order.holder

    @rule(reference=orders, kind=st.sampled_from(Deed), holder=st.sampled_from("vw"), dies=deaths)
    def do(self, reference: str, kind: Deed, holder: str, dies: int | None) -> None:
        order = self.known.get(reference)
        if order is None or kind in {Deed.PAYMENT_SENT, Deed.BEGUN_AGAIN}:
            return
        told = deed(kind)
        try:
            said = self.call(lambda ledger: ledger.append(order.id, told, holder=holder), dies)
        except NotHeld:
            assert DEEDS[kind].needs_lease
            assert order.holder != holder
        except StepRefused:
            with pytest.raises(StepRefused):
                act(order.standing, kind)
        else:
            if said is not None:
                assert order.holder == holder or not DEEDS[kind].needs_lease
                self.moved(order, act(order.standing, kind).standing)
                order.events += 1
                assert self.call(lambda ledger: ledger.append(order.id, told, holder=holder), None) == said

    @rule(
        reference=orders,
        state=st.sampled_from(OrderState),
        said_by=st.sampled_from([SaidBy.POLL, SaidBy.WEBHOOK]),
        dies=deaths,
    )
    def news(self, reference: str, state: OrderState, said_by: SaidBy, dies: int | None) -> None:
        if (order := self.known.get(reference)) is None:
            return
        told = news(state, said_by=said_by)
        said = self.call(lambda ledger: ledger.append(order.id, told), dies)
        if said is not None:
            verdict = hear(order.standing, state, asked=said_by is SaidBy.POLL)
            assert said.move is verdict.move
            if said.order.version == order.events:  # a reading that brought nothing
                assert said_by is SaidBy.POLL
                assert verdict.move is not Move.ADVANCED
            order.events = said.order.version
            self.moved(order, verdict.standing)

    @rule(
        reference=orders,
        cents=st.integers(500, 1500),
        holder=st.sampled_from("vw"),
        dies=deaths,
    )
    def pay(self, reference: str, cents: int, holder: str, dies: int | None) -> None:
        if (order := self.known.get(reference)) is None:
            return
        amount = dollars(f"{cents / 100:.2f}")
        caps = Caps(per_day=dollars(str(DAY_CAP)))
        try:
            said = self.call(
                lambda ledger: ledger.begin_payment(
                    order.id, amount=amount, account="cj", caps=caps, holder=holder
                ),
                dies,
            )
        except NotHeld:
            assert order.holder != holder
        except StepRefused:
            with pytest.raises(StepRefused):
                act(order.standing, Deed.PAYMENT_SENT)
        else:
            if isinstance(said, OverCap):
                assert self.sum("reserved") + self.sum("spent") + amount.amount > DAY_CAP
            elif said is not None:
                assert isinstance(said, Order)
                order.standing = act(order.standing, Deed.PAYMENT_SENT).standing
                order.events += 1
                order.counted = ("reserved", amount.amount)

    @rule(reference=orders, choice=st.integers(0, 5), cents=st.integers(500, 1500), dies=deaths)
    def go_on(self, reference: str, choice: int, cents: int, dies: int | None) -> None:
        """What a worker that knows the rules would do next."""
        if (order := self.known.get(reference)) is None:
            return
        if order.holder is None:
            self.take(reference, "v", None)
        assert order.holder is not None
        if order.standing.creation is Step.SENT and order.standing.status is OrderStatus.PENDING and choice:
            self.news(reference, OrderState.AWAITING_PAYMENT, SaidBy.POLL, dies)
            return
        fitting = [kind for kind in Deed if fits(order.standing, kind)]
        if fitting:
            kind = fitting[choice % len(fitting)]
            if kind is Deed.PAYMENT_SENT:
                self.pay(reference, cents, order.holder, dies)
            else:
                self.do(reference, kind, order.holder, dies)

    @rule()
    def time_passes(self) -> None:
        self.runner.run(let_pass(self.database))
        for key in self.keys.values():
            key.holder = None
        for order in self.known.values():
            order.holder = None

    @rule()
    def the_gateway_starts_again(self) -> None:
        self.runner.run(self.opening.__aexit__(None, None, None))
        self.opening = open_database(self.address)
        self.database = self.runner.run(self.opening.__aenter__())

    def moved(self, order: Expected, standing: Standing) -> None:
        ends = {Step.DONE: "spent", Step.REFUSED: "released", Step.ABSENT: "released"}
        if order.counted and standing.payment is not order.standing.payment and standing.payment in ends:
            order.counted = (ends[standing.payment], order.counted[1])
        order.standing = standing

    def sum(self, state: str) -> Decimal:
        counted = (order.counted for order in self.known.values())
        return sum((each[1] for each in counted if each and each[0] == state), Decimal(0))

    @invariant()
    def the_ledger_is_as_expected(self) -> None:
        async def look(ledger: Ledger) -> None:
            ids = [order.id for order in self.known.values()]
            kept = [await ledger.order(order_id) for order_id in ids]
            histories = await ledger.events(ids)
            for expected, order, history in zip(self.known.values(), kept, histories, strict=True):
                assert (order.standing, order.version) == (expected.standing, expected.events)
                assert (order.number, order.fingerprint) == (expected.number, expected.fingerprint)
                assert [each.sequence for each in history] == list(range(1, expected.events + 1))
                assert history[-1].status is order.status
            today = await ledger.spending("cj")
            assert sum(each.reserved.amount for each in today) == self.sum("reserved")
            assert sum(each.spent.amount for each in today) == self.sum("spent")

        self.runner.run(look(Ledger(self.database)))


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_ledger_is_a_dictionary_that_cannot_be_lost(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str
) -> None:
    """Whatever is called in whatever order, and wherever it breaks off, the ledger says what it should."""

    def sqlite() -> Iterator[str]:
        for number in itertools.count():
            yield f"sqlite:///{tmp_path}/{number}.db"

    def postgresql() -> Iterator[str]:
        server = request.getfixturevalue("postgres")
        while True:
            yield asyncio.run(cleared(server, metadata.tables))

    class Life(LedgerLife):
        url = sqlite() if kind == "sqlite" else postgresql()

    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=8,
            stateful_step_count=35,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
