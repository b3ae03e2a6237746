"""The tables of steps: what an order may do, whatever it hears and whatever is done to it."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from gateway.orders.diagram import diagram
from gateway.orders.state import (
    DEEDS,
    NEWS,
    Deed,
    Move,
    OrderStatus,
    Standing,
    Step,
    StepRefused,
    act,
    hear,
)
from providers.orders import OrderState

WAY = [
    OrderStatus.PENDING,
    OrderStatus.CREATED,
    OrderStatus.IN_CART,
    OrderStatus.AWAITING_PAYMENT,
    OrderStatus.PAID,
    OrderStatus.PROCESSING,
    OrderStatus.SHIPPED,
    OrderStatus.DELIVERED,
]
SAYABLE = [OrderState(status.value) for status in WAY[1:]]


def test_every_status_hears_every_word() -> None:
    """The table has a row for each status, and in each row a known mark for each word of a supplier."""
    assert set(NEWS) == set(OrderStatus)
    for marks in NEWS.values():
        assert len(marks.split()) == len(OrderState)
        assert set(marks.split()) <= set("+=<x?o")
    assert set(DEEDS) == set(Deed)


@pytest.mark.parametrize("asked", [True, False])
def test_an_order_only_goes_forward(asked: bool) -> None:
    """An order takes what is ahead of it, at any distance, and lets pass what is behind."""
    for here, status in enumerate(WAY):
        for there, heard in enumerate(SAYABLE, start=1):
            verdict = hear(Standing(status), heard, asked=asked)
            if there > here:
                assert (verdict.move, verdict.standing.status) == (Move.ADVANCED, WAY[there])
            else:
                assert verdict.move is (Move.REPEATED if there == here else Move.LATE)
                assert verdict.standing.status is status


@pytest.mark.parametrize("status", WAY[:-1])
def test_an_order_may_be_cancelled_until_it_is_delivered(status: OrderStatus) -> None:
    """A cancellation is believed from every state before delivery."""
    verdict = hear(Standing(status), OrderState.CANCELLED, asked=False)
    assert verdict.standing.status is OrderStatus.CANCELLED


def test_a_delivered_order_is_not_cancelled() -> None:
    """What a supplier closes after delivery stays delivered."""
    delivered = Standing(OrderStatus.DELIVERED, Step.DONE)
    assert hear(delivered, OrderState.CANCELLED, asked=True).move is Move.IMPOSSIBLE
    assert hear(delivered, OrderState.CANCELLED, asked=True).standing == delivered


@pytest.mark.parametrize("heard", [OrderState.PAID, OrderState.PROCESSING])
def test_a_cancelled_order_comes_back_only_on_a_fresh_word(heard: OrderState) -> None:
    """That money was taken after all counts when the supplier was asked; an old letter does not."""
    cancelled = Standing(OrderStatus.CANCELLED, Step.DONE)
    assert hear(cancelled, heard, asked=False).move is Move.LATE
    assert hear(cancelled, heard, asked=True).standing.status.value == heard.value
    assert hear(cancelled, OrderState.CREATED, asked=True).move is Move.LATE
    assert hear(cancelled, OrderState.SHIPPED, asked=False).move is Move.ADVANCED


@pytest.mark.parametrize("status", WAY[1:])
def test_an_unknown_word_changes_nothing(status: OrderStatus) -> None:
    """A state that we have no word for leaves the order where it is known to be."""
    verdict = hear(Standing(status, Step.DONE), OrderState.UNKNOWN, asked=True)
    assert verdict.move is Move.UNKNOWN
    assert verdict.standing == Standing(status, Step.DONE)


def test_an_order_first_heard_of_in_an_unknown_word_exists() -> None:
    """It is not pending any more, and the next known word is taken, whichever it is."""
    unknown = hear(Standing(creation=Step.SENT), OrderState.UNKNOWN, asked=True)
    assert unknown.move is Move.UNKNOWN
    assert (unknown.standing.status, unknown.standing.creation) == (OrderStatus.UNKNOWN, Step.DONE)
    for heard in SAYABLE:
        assert hear(unknown.standing, heard, asked=False).move is Move.ADVANCED


def test_a_refused_order_that_exists_is_believed_when_asked() -> None:
    """After a no, only the supplier's answer to a question makes the order exist."""
    failed = Standing(OrderStatus.FAILED, Step.REFUSED)
    assert hear(failed, OrderState.CREATED, asked=False).standing == failed
    found = hear(failed, OrderState.CREATED, asked=True).standing
    assert (found.status, found.creation) == (OrderStatus.CREATED, Step.DONE)


def test_payment_and_cancellation_exclude_each_other() -> None:
    """With the one in doubt the other cannot begin; when it is refused, it can."""
    unpaid = Standing(OrderStatus.AWAITING_PAYMENT, Step.DONE)
    for first, second, no in (
        (Deed.PAYMENT_SENT, Deed.CANCELLATION_SENT, Deed.PAYMENT_REFUSED),
        (Deed.CANCELLATION_SENT, Deed.PAYMENT_SENT, Deed.CANCELLATION_REFUSED),
    ):
        sent = act(unpaid, first).standing
        with pytest.raises(StepRefused, match=second.value):
            act(sent, second)
        assert act(act(sent, no).standing, second).move is Move.ADVANCED


def test_a_payment_that_overtook_the_cancellation_counts_as_made() -> None:
    """The money is known to be taken, though the order stays cancelled until the supplier says otherwise."""
    sent = act(Standing(OrderStatus.AWAITING_PAYMENT, Step.DONE), Deed.PAYMENT_SENT).standing
    cancelled = hear(sent, OrderState.CANCELLED, asked=True).standing
    assert cancelled.is_in_doubt
    paid = act(cancelled, Deed.PAYMENT_ACCEPTED).standing
    assert (paid.status, paid.payment) == (OrderStatus.CANCELLED, Step.DONE)


def test_an_answer_that_comes_too_late_changes_nothing() -> None:
    """The end of an attempt that is over already is known, or overtaken."""
    paid = Standing(OrderStatus.PAID, Step.DONE, Step.DONE)
    assert act(paid, Deed.PAYMENT_ACCEPTED).move is Move.REPEATED
    assert act(paid, Deed.PAYMENT_REFUSED) == act(paid, Deed.PAYMENT_ABSENT)
    assert act(paid, Deed.PAYMENT_REFUSED).move is Move.LATE
    assert act(paid, Deed.CREATION_ABSENT).standing == paid


def test_only_the_holder_opens_the_way_for_another_attempt() -> None:
    """Whatever begins an attempt, or ends one without success, needs the lease; the rest does not."""
    free = {deed for deed in Deed if not DEEDS[deed].needs_lease}
    assert free == {
        Deed.CREATION_UNCLEAR,
        Deed.PAYMENT_UNCLEAR,
        Deed.PAYMENT_ACCEPTED,
        Deed.CANCELLATION_UNCLEAR,
        Deed.CANCELLATION_ACCEPTED,
    }


def test_the_diagram_shows_every_step_that_the_tables_allow() -> None:
    """Following the arrows one reaches exactly what news and deeds allow, and nothing else."""
    lines = diagram().splitlines()
    assert lines[:2] == ["stateDiagram-v2", "    [*] --> PENDING"]
    drawn = {tuple(line.split(":")[0].split(" --> ")) for line in map(str.strip, lines[2:])}
    reach = {a: {a} for a, _ in drawn} | {status.value: {status.value} for status in OrderStatus}
    for _ in OrderStatus:
        for here, there in drawn:
            for known in reach.values():
                known.update(reach[there] if here in known else ())
    allowed = {
        (status.value, hear(Standing(status), heard, asked=True).standing.status.value)
        for status in OrderStatus
        for heard in OrderState
    } | {(a.value, b.value) for each in DEEDS.values() for a, b in each.becomes.items()}
    assert drawn <= allowed
    assert all(there in reach[here] for here, there in allowed)


class OrderLife(RuleBasedStateMachine):
    """Any news and any deeds in any order, with what the supplier would have done counted beside them."""

    def __init__(self) -> None:
        super().__init__()
        self.standing = Standing()
        self.open = dict.fromkeys(("creation", "payment", "cancellation"), False)
        """Whether an attempt was sent and has no known end: then another would be the second at once."""
        self.paid = 0

    @rule(heard=st.sampled_from(OrderState), asked=st.booleans())
    def news(self, heard: OrderState, asked: bool) -> None:
        before = self.standing
        verdict = hear(before, heard, asked=asked)
        self.standing = verdict.standing
        if verdict.move in {Move.LATE, Move.IMPOSSIBLE}:
            assert self.standing == before
        if verdict.move is Move.ADVANCED:
            assert self.standing.status.value == heard.value

    @rule(deed=st.sampled_from(Deed))
    def deed(self, deed: Deed) -> None:
        before = self.standing
        part = DEEDS[deed].undertaking
        try:
            verdict = act(before, deed)
        except StepRefused:
            assert DEEDS[deed].begins
            return
        self.standing = verdict.standing
        if deed.value.endswith("_SENT"):
            assert not self.open[part]
            assert not any(self.open.values())
            self.open[part] = True
        if verdict.move is not Move.ADVANCED:
            assert self.standing == before

    @invariant()
    def doubt_is_what_was_sent_and_has_no_end(self) -> None:
        for part in self.open:
            if self.open[part] and getattr(self.standing, part) is not Step.SENT:
                self.open[part] = False
            assert self.open[part] == (getattr(self.standing, part) is Step.SENT)

    @invariant()
    def parts_agree_with_the_status(self) -> None:
        standing = self.standing
        if standing.status is OrderStatus.PENDING:
            assert standing.creation in {Step.NOT_BEGUN, Step.SENT, Step.ABSENT}
            assert standing.payment is Step.NOT_BEGUN
        elif standing.status is OrderStatus.FAILED:
            assert standing.creation is Step.REFUSED
        elif standing.status is not OrderStatus.CANCELLED:
            assert standing.creation is Step.DONE
        if standing.status.value in {"PAID", "PROCESSING", "SHIPPED", "DELIVERED"}:
            assert standing.payment in {Step.NOT_BEGUN, Step.DONE}


test_any_life_of_an_order = OrderLife.TestCase
