"""What the ledger promises to whoever creates, pays and follows orders."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gateway.orders.leases import NotHeld
from gateway.orders.ledger import Ledger
from gateway.orders.queries import NoSuchOrder
from gateway.orders.records import (
    Begun,
    Event,
    EventKind,
    InProgress,
    OtherInput,
    ReferenceInUse,
    Repeated,
    SaidBy,
)
from gateway.orders.spending import Caps
from gateway.orders.state import Deed, Move, OrderStatus, Step, StepRefused
from gateway.storage.engine import Database
from providers.orders import OrderState, Parcel, Totals
from tests.storage.making import (
    ADDRESS,
    HOLDER,
    OTHER,
    begun,
    deed,
    dollars,
    intent,
    let_pass,
    news,
    payable,
    request,
)


async def test_an_intent_comes_back_as_it_was_meant(ledger: Ledger) -> None:
    """Everything about an intent is there again, its amounts to the last digit."""
    meant = intent()
    order = await begun(ledger)
    kept = await ledger.order(order.id)
    assert kept == order
    assert (kept.lines, kept.address, kept.note) == (meant.lines, ADDRESS, meant.note)
    assert (kept.quoted, kept.max_total) == (meant.quoted, meant.max_total)
    assert str(kept.lines[0].unit_price) == str(meant.lines[0].unit_price)
    assert kept.draft().number == kept.number
    assert len(kept.number) <= 40
    assert kept.status is OrderStatus.PENDING


async def test_an_answered_key_is_answered_again(ledger: Ledger) -> None:
    """A key that was finished gets its first answer, whatever is said later."""
    order = await begun(ledger)
    asked = request("key-of-shop-1")
    assert await ledger.finish(asked, {"order": order.id}) == {"order": order.id}
    assert await ledger.finish(asked, {"order": "another"}) == {"order": order.id}
    again = await ledger.begin(asked, intent(), holder=OTHER, seconds=60)
    assert again == Repeated({"order": order.id})


async def test_a_key_with_another_input_is_told_so(ledger: Ledger) -> None:
    """The same key with another basket begins nothing."""
    await begun(ledger)
    other = replace(request("key-of-shop-1"), fingerprint="basket-2")
    begin = await ledger.begin(other, intent("shop-2"), holder=OTHER, seconds=60)
    assert begin == OtherInput()


async def test_the_same_key_of_another_caller_is_another_key(ledger: Ledger) -> None:
    """Keys count for each scope by itself."""
    await begun(ledger)
    other = request("key-of-shop-1", scope="createOrder:someone-else")
    assert isinstance(await ledger.begin(other, intent("shop-2"), holder=OTHER, seconds=60), Begun)


async def test_a_key_under_way_is_not_begun_twice(ledger: Ledger, database: Database) -> None:
    """While one carries out a request another is told to wait, and takes it over when the time is over."""
    order = await begun(ledger)
    asked = request("key-of-shop-1")
    waiting = await ledger.begin(asked, intent(), holder=OTHER, seconds=60)
    assert isinstance(waiting, InProgress)
    assert waiting.order_id == order.id
    assert 0 < waiting.seconds <= 60
    await let_pass(database)
    over = await ledger.begin(asked, intent(), holder=OTHER, seconds=60)
    assert over == Begun(await ledger.order(order.id), is_resumed=True)
    assert not await ledger.keep(asked, holder=HOLDER, seconds=60)


async def test_a_key_let_go_can_be_taken_at_once(ledger: Ledger) -> None:
    """Whoever gives up a request unanswered makes nobody wait."""
    order = await begun(ledger)
    asked = request("key-of-shop-1")
    assert await ledger.keep(asked, holder=HOLDER, seconds=0)
    assert await ledger.begin(asked, intent(), holder=OTHER, seconds=60) == Begun(order, is_resumed=True)


async def test_a_reference_stands_for_one_order(ledger: Ledger) -> None:
    """A second order under a client's reference is refused with the first, and its key stays unused."""
    order = await begun(ledger)
    second = request("key-2", fingerprint="basket-2")
    taken = await ledger.begin(second, intent(fingerprint="basket-2"), holder=OTHER, seconds=60)
    assert taken == ReferenceInUse(order)
    assert isinstance(await ledger.begin(second, intent("shop-2"), holder=OTHER, seconds=60), Begun)


async def test_a_refused_order_is_begun_again_under_its_number(ledger: Ledger) -> None:
    """After the supplier's no the client may try again with other contents; number and history stay."""
    order = await begun(ledger)
    await ledger.append(order.id, deed(Deed.CREATION_SENT), holder=HOLDER)
    failed = await ledger.append(order.id, deed(Deed.CREATION_REFUSED, SaidBy.SUPPLIER), holder=HOLDER)
    assert failed.order.status is OrderStatus.FAILED
    again = request("key-2", fingerprint="basket-2")
    made = await ledger.begin(again, intent(fingerprint="basket-2", method="Other"), holder=OTHER, seconds=60)
    assert isinstance(made, Begun)
    assert made.order is not None
    assert (made.order.id, made.order.number) == (order.id, order.number)
    assert (made.order.status, made.order.method) == (OrderStatus.PENDING, "Other")
    (history,) = await ledger.events([order.id])
    assert [event.kind for event in history] == [
        EventKind.BEGUN,
        Deed.CREATION_SENT,
        Deed.CREATION_REFUSED,
        Deed.BEGUN_AGAIN,
    ]
    # The old key, should it still run, does not get hold of the new order.
    assert await ledger.keep(request("key-of-shop-1"), holder=HOLDER, seconds=0)
    late = await ledger.begin(request("key-of-shop-1"), intent(), holder="late", seconds=60)
    assert late == ReferenceInUse(made.order)


async def test_only_who_holds_an_order_acts_on_it(ledger: Ledger, database: Database) -> None:
    """An attempt begins only under a lease that runs; what was heard is kept from anybody."""
    order = await begun(ledger)
    for stranger in (None, OTHER):
        with pytest.raises(NotHeld):
            await ledger.append(order.id, deed(Deed.CREATION_SENT), holder=stranger)
    await let_pass(database)
    with pytest.raises(NotHeld):
        await ledger.append(order.id, deed(Deed.CREATION_SENT), holder=HOLDER)
    assert (await ledger.append(order.id, news(OrderState.CREATED))).move is Move.ADVANCED


async def test_nothing_is_sent_twice(ledger: Ledger) -> None:
    """A second attempt is refused until the first was looked for and is not there."""
    order = await begun(ledger)
    await ledger.append(order.id, deed(Deed.CREATION_SENT), holder=HOLDER)
    with pytest.raises(StepRefused):
        await ledger.append(order.id, deed(Deed.CREATION_SENT), holder=HOLDER)
    await ledger.append(order.id, deed(Deed.CREATION_UNCLEAR))
    with pytest.raises(StepRefused):
        await ledger.append(order.id, deed(Deed.CREATION_SENT), holder=HOLDER)
    await ledger.append(order.id, deed(Deed.CREATION_ABSENT, SaidBy.POLL), holder=HOLDER)
    sent = await ledger.append(order.id, deed(Deed.CREATION_SENT), holder=HOLDER)
    assert sent.order.standing.creation is Step.SENT
    with pytest.raises(StepRefused):
        await ledger.append(order.id, deed(Deed.CANCELLATION_SENT), holder=HOLDER)


async def test_an_event_told_twice_is_kept_once(ledger: Ledger) -> None:
    """The same token is the same event, also when it begins something; only its first telling counts."""
    order = await begun(ledger)
    sent = deed(Deed.CREATION_SENT)
    first = await ledger.append(order.id, sent, holder=HOLDER)
    assert await ledger.append(order.id, sent, holder=HOLDER) == first
    message = "message-1"
    letter = news(OrderState.CREATED, said_by=SaidBy.WEBHOOK, token=message)
    first = await ledger.append(order.id, letter)
    assert await ledger.append(order.id, letter) == first
    assert first.order.version == 3


async def test_late_and_impossible_news_are_kept_and_change_nothing(ledger: Ledger) -> None:
    """History has them with what they were; the order stands as it stood."""
    order = await payable(ledger)
    await ledger.append(order.id, news(OrderState.DELIVERED))
    told = {
        OrderState.PAID: Move.LATE,
        OrderState.CANCELLED: Move.IMPOSSIBLE,
        OrderState.UNKNOWN: Move.UNKNOWN,
    }
    for state, move in told.items():
        after = await ledger.append(order.id, news(state, said_by=SaidBy.WEBHOOK))
        assert after.move is move
        assert after.order.status is OrderStatus.DELIVERED
    (history,) = await ledger.events([order.id])
    assert [event.move for event in history[-3:]] == list(told.values())
    assert [event.sequence for event in history] == list(range(1, len(history) + 1))


async def test_silence_takes_nothing_away(ledger: Ledger) -> None:
    """What one answer leaves out stays as an earlier one said it, and no name is ever lost."""
    order = await payable(ledger)
    full = news(
        OrderState.SHIPPED,
        ids={"id": "19", "code": "SD1"},
        totals=Totals(items=dollars("8.20"), total=dollars("13.32")),
        parcels=(Parcel("Post", "TN1"),),
        method="CJPacket Ordinary",
        shipped_at=datetime(2026, 11, 24, 5, 30, tzinfo=UTC),
    )
    await ledger.append(order.id, full)
    await ledger.append(order.id, news(OrderState.DELIVERED, ids={"code": "SD1-1"}))
    late = await ledger.append(order.id, news(OrderState.PAID, ids={"parent": "P7", "code": "SD0"}))
    heard = late.order.heard
    assert heard is not None
    assert heard.state is OrderState.DELIVERED
    assert heard.totals.total == dollars("13.32")
    assert heard.parcels == (Parcel("Post", "TN1"),)
    assert heard.ids == {"id": "19", "code": "SD1-1", "parent": "P7"}
    assert late.order.shipped_at == datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
    for name in ("19", "SD1", "SD1-1", "P7", "SD0", order.number):
        assert [found.id for found in await ledger.orders_called("cj", name)] == [order.id]
    assert await ledger.orders_called("other", "SD1") == ()


async def test_a_reading_that_brings_nothing_is_only_dated(ledger: Ledger) -> None:
    """Looking again and again does not fill the history; a repeated webhook is kept."""
    order = await payable(ledger)
    same = await ledger.append(order.id, news(OrderState.AWAITING_PAYMENT))
    assert same.move is Move.REPEATED
    assert same.order.version == order.version
    assert same.order.heard_at is not None
    assert order.heard_at is not None
    assert same.order.heard_at >= order.heard_at
    told = await ledger.append(order.id, news(OrderState.AWAITING_PAYMENT, said_by=SaidBy.WEBHOOK))
    assert told.order.version == order.version + 1


async def test_one_name_may_belong_to_several_orders(ledger: Ledger) -> None:
    """A supplier joins orders under one parent; all of them are found by it, the oldest first."""
    one, two = await payable(ledger), await payable(ledger, "shop-2")
    for order in (two, one):
        await ledger.append(order.id, news(OrderState.PAID, ids={"parent": "P1"}))
    assert [order.id for order in await ledger.orders_called("cj", "P1")] == [one.id, two.id]


async def test_a_denial_is_judged_by_how_the_order_stands(ledger: Ledger) -> None:
    """Only one that was there, is unpaid and not in doubt is cancelled by it; others are looked after."""
    fresh, unpaid, doubted, paid = [
        await payable(ledger, name) for name in ("fresh", "unpaid", "sent", "paid")
    ]
    meant = await begun(ledger, "meant")
    for order in (doubted, paid):
        await ledger.begin_payment(
            order.id, amount=dollars("13.32"), account="cj", caps=Caps(), holder=HOLDER
        )
    await ledger.append(paid.id, deed(Deed.PAYMENT_ACCEPTED, SaidBy.SUPPLIER))
    assert (await ledger.deny(fresh.id, seconds=3600)).status is OrderStatus.AWAITING_PAYMENT
    for order, status in (
        (unpaid, OrderStatus.CANCELLED),
        (doubted, OrderStatus.AWAITING_PAYMENT),
        (paid, OrderStatus.PAID),
        (meant, OrderStatus.PENDING),
    ):
        denied = await ledger.deny(order.id, seconds=0)
        assert denied.status is status
        assert (denied.look_at is None) is (status is OrderStatus.CANCELLED)


async def test_the_word_for_a_status_goes_with_it(ledger: Ledger) -> None:
    """The supplier's own word is kept while it says nothing new, and not beyond the state it was said for."""
    order = await payable(ledger)
    for state, word in ((OrderState.AWAITING_PAYMENT, "AWAITING_PAYMENT"), (OrderState.PAID, None)):
        silent = news(state)
        assert silent.heard is not None
        told = replace(silent, heard=replace(silent.heard, raw_status=None))
        heard = (await ledger.append(order.id, told)).order.heard
        assert heard is not None
        assert heard.raw_status == word


async def test_an_erased_address_is_gone_and_the_history_stays(ledger: Ledger) -> None:
    """Nothing in the ledger holds the address any more, and the order cannot be drafted."""
    order = await begun(ledger)
    erased = await ledger.erase(order.id)
    assert (erased.address, erased.note) == (None, None)
    (history,) = await ledger.events([order.id])
    assert history[-1].kind is EventKind.ERASED
    assert not any(ADDRESS.line1 in str(event.payload) for event in history)
    with pytest.raises(ValueError, match="erased"):
        erased.draft()


async def test_one_worker_holds_an_order(ledger: Ledger, database: Database) -> None:
    """A lease keeps others out until it is given back or ends, and cannot be given back by another."""
    order = await begun(ledger)
    assert not await ledger.take(order.id, holder=OTHER, seconds=60)
    await ledger.release(order.id, holder=OTHER)
    assert not await ledger.take(order.id, holder=OTHER, seconds=60)
    assert await ledger.renew(order.id, holder=HOLDER, seconds=60)
    await let_pass(database)
    assert await ledger.take(order.id, holder=OTHER, seconds=60)
    assert not await ledger.renew(order.id, holder=HOLDER, seconds=60)
    await ledger.release(order.id, holder=OTHER)
    assert await ledger.take(order.id, holder=HOLDER, seconds=60)


async def test_a_resumer_gets_what_was_left_open(ledger: Ledger, database: Database) -> None:
    """What is in doubt, never sent, or long without news is handed out, to one worker at a time."""
    meant = await begun(ledger, "meant")
    doubted = await begun(ledger, "doubted")
    await ledger.append(doubted.id, deed(Deed.CREATION_SENT), holder=HOLDER)
    quiet = await payable(ledger, "quiet")
    done = await payable(ledger, "done")
    await ledger.append(done.id, news(OrderState.DELIVERED))
    assert await ledger.take_unfinished(10, holder=OTHER, seconds=60) == ()
    await let_pass(database)
    both = await asyncio.gather(
        *(ledger.take_unfinished(10, holder=name, seconds=60) for name in ("resumer-1", "resumer-2"))
    )
    assert sorted(order.id for orders in both for order in orders) == sorted([meant.id, doubted.id, quiet.id])
    await let_pass(database)
    await ledger.postpone(meant.id, doubted.id, seconds=7200)
    assert await ledger.take_unfinished(10, holder=OTHER, seconds=60, homes=()) == ()
    (left,) = await ledger.take_unfinished(10, holder=OTHER, seconds=60, homes={meant.home})
    assert left.id == quiet.id


async def test_notes_put_no_look_off(ledger: Ledger) -> None:
    """An order is looked after as soon as it was to be, whatever is noted about it meanwhile."""
    order = await payable(ledger)
    note = Event(EventKind.NOTE, SaidBy.GATEWAY, payload={"bill": "BT1"})
    noted = await ledger.append(order.id, note)
    assert noted.order.look_at == order.look_at
    assert noted.order.look_at is not None
    assert noted.order.look_at - noted.order.created_at < timedelta(minutes=6)


async def test_an_order_that_is_not_there_is_said_so(ledger: Ledger) -> None:
    """Whatever is asked of an unknown order, the answer is that there is none."""
    with pytest.raises(NoSuchOrder):
        await ledger.append("nobody", deed(Deed.CREATION_UNCLEAR))
    with pytest.raises(NoSuchOrder):
        await ledger.begin(request(), order_id="nobody", holder=HOLDER, seconds=60)
    with pytest.raises(NoSuchOrder):
        await ledger.order("nobody")


async def test_garbled_words_of_a_supplier_are_kept(ledger: Ledger) -> None:
    """Characters that PostgreSQL refuses do not keep an answer out of the ledger."""
    order = await payable(ledger)
    garbled = replace(news(OrderState.PAID), payload={"said": "\x00 \ud800"})
    assert garbled.heard is not None
    garbled = replace(garbled, heard=replace(garbled.heard, raw_status="PA\x00ID", ids={"code": "S\x00D"}))
    await ledger.append(order.id, garbled)
    kept = (await ledger.order(order.id)).heard
    assert kept is not None
    assert kept.raw_status == "PA\ufffdID"
