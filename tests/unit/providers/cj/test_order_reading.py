"""What CJ says about orders, parcels, wallets and disputes, by its own samples."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.cj.disputes import lines_call, list_call, open_call, terms_call
from providers.cj.drafts import create_call
from providers.cj.limits import policies
from providers.cj.order_changes import change_call, delete_call, offers_call
from providers.cj.order_ids import best, names, needed
from providers.cj.order_states import state_of
from providers.cj.orders import batch_call, detail_call, listed_call, merged
from providers.cj.payment import (
    cart_call,
    confirm_call,
    parent_call,
    pay_parent_call,
    pay_single_call,
    pretend_call,
    wallet_call,
)
from providers.cj.reasons import reasons_of
from providers.cj.tracking import tracking_call
from providers.errors import InvalidRequest, MalformedResponse
from providers.model import DayRange, Money
from providers.orders import (
    DisputeRequest,
    MethodOffer,
    OrderLine,
    OrderState,
    SupplierOrder,
    Totals,
    Tracking,
    Wallet,
)
from providers.upstream import Call
from tests.unit.providers.cj import samples
from tests.unit.providers.cj.drafts import order_draft

P = policies(15)
NUMBER, ID, CODE = "HB-100232", "2611230101440660600", "SD2611230101440660701"
DETAIL = detail_call(P["order.get"], NUMBER, NUMBER)


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


def test_detail() -> None:
    """An order with its names, lines, amounts and instants; where it goes to is not read."""
    order = DETAIL.read(samples.data(samples.ORDER))
    assert order == SupplierOrder(
        "cj",
        NUMBER,
        {"number": NUMBER, "id": ID, "code": CODE},
        OrderState.PAID,
        "UNSHIPPED PENDING",
        lines=(OrderLine("2405170342118604100", 2, unit_price=usd("4.1"), reference="L1"),),
        totals=Totals(usd("8.2"), usd("5.12"), total=usd("13.32")),
        method="CJPacket Ordinary",
        origin="CN",
        created_at=datetime(2026, 11, 23, 1, 1, 44, tzinfo=UTC),
        paid_at=datetime(2026, 11, 23, 1, 12, 3, tzinfo=UTC),
    )
    assert "Testweg" not in repr(order)
    assert "Test Person" not in repr(order)


@pytest.mark.parametrize(
    ("status", "sub_status", "state"),
    [
        ("CREATED", None, OrderState.CREATED),
        ("in cart", None, OrderState.IN_CART),
        ("UNPAID", None, OrderState.AWAITING_PAYMENT),
        ("UNSHIPPED", None, OrderState.PAID),
        ("UNSHIPPED", "PENDING", OrderState.PAID),
        ("UNSHIPPED", "PROCESSING", OrderState.PROCESSING),
        ("UNSHIPPED", "PACKED", OrderState.PAID),
        ("PENDING", None, OrderState.PAID),
        ("PROCESSING", None, OrderState.PROCESSING),
        ("SHIPPED", None, OrderState.SHIPPED),
        ("DELIVERED", None, OrderState.DELIVERED),
        ("CANCELLED", None, OrderState.CANCELLED),
        ("CLOSED", None, OrderState.CANCELLED),
        ("INVALID", None, OrderState.UNKNOWN),
        ("OTHER", "PENDING", OrderState.UNKNOWN),
        (None, "PENDING", OrderState.UNKNOWN),
        ("100", None, OrderState.CREATED),
        ("101", None, OrderState.IN_CART),
        ("200", None, OrderState.AWAITING_PAYMENT),
        ("300", None, OrderState.PAID),
        ("399", None, OrderState.PAID),
        ("400", None, OrderState.PROCESSING),
        ("500", None, OrderState.SHIPPED),
        ("601", None, OrderState.DELIVERED),
        ("700", None, OrderState.CANCELLED),
        ("250", None, OrderState.UNKNOWN),
    ],
)
def test_states(status: str | None, sub_status: str | None, state: OrderState) -> None:
    """Words, numbers and sub-states are one state each; what CJ does not list is unknown."""
    assert state_of(status, sub_status) is state


@given(st.none() | st.text(max_size=12), st.none() | st.text(max_size=12))
def test_any_state(status: str | None, sub_status: str | None) -> None:
    """Whatever stands in a state's place is read as some state."""
    assert state_of(status, sub_status) in OrderState


def test_another_order_is_no_answer() -> None:
    """An answer about an order with another number is refused, whatever it was asked by."""
    with pytest.raises(MalformedResponse, match="another order"):
        detail_call(P["order.get"], ID, "HB-1").read(samples.data(samples.ORDER))


@pytest.mark.parametrize("data", [None, [], "", {}, {"orderId": ID}])
def test_an_empty_detail_is_no_absence(data: object) -> None:
    """An answer without an order never means that there is none."""
    with pytest.raises(MalformedResponse):
        DETAIL.read(data)


def test_a_batch() -> None:
    """Each order is matched by CJ's names, then by ours; one whose name belongs to another is not."""
    known = [
        SupplierOrder("cj", "HB-1", {"code": "SD9"}),
        SupplierOrder("cj", NUMBER, {"code": CODE}),
        SupplierOrder("cj", NUMBER, {"id": ID}),
        SupplierOrder("cj", NUMBER),
        SupplierOrder("cj", "HB-1", {"code": CODE}),
    ]
    call = batch_call(P["order.get_many"], known)
    assert call.body == {"orderIds": ["SD9", CODE, ID, NUMBER, CODE]}
    missing, *found, other = call.read(samples.data(samples.ORDERS))
    assert (missing, other) == (None, None)
    assert found[0] == found[1] == found[2]
    assert found[0] is not None
    assert found[0].parcels[0].tracking_url == "https://track.example/1"
    assert call.is_empty is not None
    assert call.is_empty(call.read([]))


def test_one_odd_order_loses_only_itself() -> None:
    """A batch in which one order cannot be read has the others."""
    rows = [*samples.data(samples.ORDERS), {"orderId": 1, "orderNum": "HB-2", "productList": "?"}]
    call = batch_call(P["order.get_many"], [SupplierOrder("cj", "HB-2"), SupplierOrder("cj", NUMBER)])
    odd, good = call.read(rows)
    assert odd is None
    assert good is not None


@pytest.mark.parametrize(
    ("number", "change", "found", "is_sure"),
    [
        (NUMBER, {}, ID, True),
        ("HB-1", {"list": [], "total": 0}, None, True),
        ("HB-1", {}, None, False),
        ("HB-1", {"list": [], "total": 7}, None, False),
        ("HB-1", {"list": [], "total": None}, None, False),
    ],
)
def test_the_list(number: str, change: dict[str, object], found: str | None, is_sure: bool) -> None:
    """Only an empty list of nothing says that a number is free: one that ignores the filter says nothing."""
    listed = listed_call(P["order.list"], number).read(samples.data(samples.ORDER_LIST) | change)
    assert (listed.id, listed.is_sure) == (found, is_sure)


def test_the_whole_comes_before_its_parts() -> None:
    """Of an order and what it was split into, which share our number, the whole is meant."""
    rows = [
        {"orderId": "3", "orderNum": "HB-1", "cjOrderId": "SD1-2"},
        {"orderId": "1", "orderNum": "HB-1", "cjOrderId": "SD1"},
    ]
    assert listed_call(P["order.list"], "HB-1").read({"total": 2, "list": rows}).id == "1"


def test_a_new_order() -> None:
    """The answer of V2: its own id, its parent, and what it costs; its code is not among them."""
    call = create_call(P["order.create"], order_draft())
    order = call.read(samples.data(samples.ORDER_CREATED))
    assert order.ids == {"number": "HB-100231", "id": "2611230101330660700", "parent": "2611230101330660800"}
    assert order.totals == Totals(usd("8.2"), usd("5.12"), usd("0"), usd("0"), usd("13.32"))
    assert (order.state, order.obstacles) == (OrderState.CREATED, ())


@pytest.mark.parametrize(
    ("change", "obstacles"),
    [
        ({"logisticsMiss": True}, ("CJ cannot use its shipping method yet.",)),
        ({"interceptOrderReasons": [{"code": 1, "message": "No stock"}, "Odd"]}, ("No stock", "Odd")),
        ({"interceptOrderReasons": None}, ()),
    ],
)
def test_what_holds_a_new_order_back(change: dict[str, object], obstacles: tuple[str, ...]) -> None:
    """An order that exists and is blocked says why, in CJ's words."""
    call = create_call(P["order.create"], order_draft())
    assert call.read(samples.data(samples.ORDER_CREATED) | change).obstacles == obstacles


def test_empty_amounts_are_unknown() -> None:
    """The empty texts that CJ's own sample has in place of amounts are no zeroes."""
    call = create_call(P["order.create"], order_draft())
    blank = dict.fromkeys(("iossAmount", "iossTaxHandlingFee", "totalDiscountAmount", "actualPayment"), "")
    totals = call.read(samples.data(samples.ORDER_CREATED) | blank).totals
    assert (totals.tax, totals.discount, totals.total) == (None, None, usd("13.32"))


@pytest.mark.parametrize(
    ("value", "reasons"),
    [
        (None, ()),
        ([], ()),
        ("Blocked", ("Blocked",)),
        ([{"reason": "A"}, {"message": "B"}, "A"], ("A", "B")),
        ([{"odd": 1}], ("CJ holds it back and does not say why.",)),
        ([{"message": "write to ops@harbour.example"}], ("write to …",)),
    ],
)
def test_reasons(value: object, reasons: tuple[str, ...]) -> None:
    """Objects and plain texts are reasons, each once; an empty one is still a reason."""
    assert reasons_of(value) == reasons


def test_no_more_reasons_than_anybody_reads() -> None:
    """Of a flood of reasons the first twenty are kept."""
    assert len(reasons_of([f"reason {place}" for place in range(1000)])) == 20


CART = {"successCount": 1, "submitSuccess": True, "shipmentsId": "9", "interceptOrders": []}


@pytest.mark.parametrize(
    ("change", "added", "confirmed"),
    [
        ({}, True, True),
        ({"submitSuccess": False}, True, False),
        ({"successCount": 0}, False, True),
        ({"interceptOrders": ["No stock"]}, False, False),
    ],
)
def test_the_cart(change: dict[str, object], added: bool, confirmed: bool) -> None:
    """A cart call took effect only when its data says so."""
    assert cart_call(P["order.cart"], CODE).read(CART | change).is_done is added
    assert confirm_call(P["order.confirm"], CODE).read(CART | change).is_done is confirmed


@pytest.mark.parametrize("missing", ["successCount", "submitSuccess"])
def test_a_cart_that_does_not_say(missing: str) -> None:
    """Where the word is missing it is not known what happened."""
    data = {key: value for key, value in CART.items() if key != missing}
    call = cart_call if missing == "successCount" else confirm_call
    with pytest.raises(MalformedResponse):
        call(P["order.cart"], CODE).read(data)


def test_a_parent() -> None:
    """The payment's id, and the amount that it will take."""
    parent = parent_call(P["payment.prepare"], "9", CODE).read(samples.data(samples.PARENT))
    assert (parent.payment, parent.amount) == ("PAY2611230101550660900", usd("13.32"))


@pytest.mark.parametrize(
    ("said", "amount"),
    [
        ("13.319999999999999", "13.32"),
        ("13.320000000000002", "13.32"),
        ("13.3201", "13.3201"),
        ("13.32011", "13.33"),
    ],
)
def test_amounts_added_up_in_binary_fractions(said: str, amount: str) -> None:
    """More than four decimals are taken for the next cent, and noise for none."""
    price = {"paymentInformation": {"payableAmount": said}}
    parent = parent_call(P["payment.prepare"], "9", CODE).read(samples.data(samples.PARENT) | price)
    assert parent.amount == usd(amount)


@pytest.mark.parametrize(
    "change",
    [
        {"submitSuccess": False},
        {"successOrders": [CODE, "SD2"]},
        {"successOrders": []},
        {"successOrders": None},
        {"unMatchOrderCodes": ["SD2"]},
        {"interceptOrders": ["No stock"]},
        {"payId": None},
    ],
)
def test_a_parent_that_is_not_ours_alone(change: dict[str, object]) -> None:
    """Unless it certainly pays for our order and for nothing else, it is not used."""
    data = samples.data(samples.PARENT) | change
    parent = parent_call(P["payment.prepare"], "9", CODE).read(data)
    assert (parent.payment, parent.amount) == (None, None)
    assert parent.reasons == tuple(data["interceptOrders"])


@pytest.mark.parametrize("information", [None, {}, {"payableAmount": 0}, {"payableAmount": "-1"}])
def test_a_parent_without_an_amount(information: object) -> None:
    """An amount that is missing or nothing is not offered to be paid."""
    data = samples.data(samples.PARENT) | {"paymentInformation": information}
    with pytest.raises(MalformedResponse):
        parent_call(P["payment.prepare"], "9", CODE).read(data)


@pytest.mark.parametrize(
    ("call", "good", "bad"),
    [
        (pay_parent_call(P["payment.pay"], "9", "PAY1"), (None, "", "ok", True), (False, "false", {}, 0)),
        (pay_single_call(P["payment.pay"], ID), (None, "ok"), (False, [], {"x": 1})),
        (pretend_call(P["payment.pretend"], CODE), (True, "true"), (None, False, "x")),
        (delete_call(P["order.cancel"], CODE), (CODE, True), (None, False, "", "false")),
        (
            change_call(P["order.change_method"], CODE, MethodOffer("1", "Post", None, None), 1),
            (True, "true"),
            (None, False),
        ),
    ],
)
def test_done_or_not_known(call: Call[bool], good: tuple[Any, ...], bad: tuple[Any, ...]) -> None:
    """A write was done when CJ says so in the way that it does; anything else leaves it open."""
    assert all(call.read(data) for data in good)
    for data in bad:
        with pytest.raises(MalformedResponse):
            call.read(data)


def test_the_wallet() -> None:
    """What can be spent, what is a gift, and what is held."""
    wallet = wallet_call(P["wallet.get"]).read(samples.data(samples.BALANCE))
    assert wallet == Wallet(usd("812.4"), usd("1.5"), None)


def test_methods() -> None:
    """Each method with its price, its days and whether it has the goods; under `list`, too."""
    call = offers_call(P["order.methods"], CODE)
    rows = samples.data(samples.METHODS)
    told = (MethodOffer("1700000000000000001", "CJPacket Ordinary", usd("5.12"), True, DayRange(8, 14)),)  # noqa: FBT003
    assert call.read(rows) == call.read({"list": rows}) == told


def test_tracking() -> None:
    """A parcel's state in CJ's words; an instant without a zone is unknown; others' parcels are left out."""
    call = tracking_call(P["tracking.get"], ("CJX8800112233YQ", "B"))
    assert call.query == (("trackNumber", "B"), ("trackNumber", "CJX8800112233YQ"))
    [parcel] = call.read(samples.data(samples.TRACKING))
    assert parcel == Tracking(
        *("CJX8800112233YQ", "CJPacket Ordinary", "Delivered", "CN", "DE"),
        days=6,
        last_mile_carrier="DHL",
        last_mile_number="00340434000000000000",
    )
    assert tracking_call(P["tracking.get"], ("B",)).read(samples.data(samples.TRACKING)) == ()


def test_dispute_lines_go_back_as_they_came() -> None:
    """The objects that CJ sent are what it gets, its price as a number again, digit by digit."""
    call = lines_call(P["dispute.lines"], CODE)
    rows = samples.data(samples.DISPUTE_LINES)["productInfoList"]
    lines = call.read(samples.data(samples.DISPUTE_LINES))
    [sent] = terms_call(P["dispute.terms"], CODE, lines).body["productInfoList"]
    assert sent == rows[0] | {"price": Decimal("4.10")}
    assert str(sent["price"]) == "4.10"


def test_dispute_terms() -> None:
    """What can be asked for at most, in which ways, and the reasons to choose from."""
    [line] = lines_call(P["dispute.lines"], CODE).read(samples.data(samples.DISPUTE_LINES))
    terms = terms_call(P["dispute.terms"], CODE, (line,)).read(samples.data(samples.DISPUTE_TERMS))
    assert terms.highest_amount == usd("13.32")
    assert terms.reasons == (("1", "Unfulfilled Order Cancellation"),)
    assert (terms.can_refund, terms.can_resend) == (True, True)


def test_disputes() -> None:
    """The newest first, each with CJ's word for where it stands and how it ended."""
    newest, oldest = list_call(P["dispute.list"], CODE).read(samples.data(samples.DISPUTES))
    assert (newest.id, newest.raw_status, newest.outcome, newest.money) == ("78", "0", None, usd("8.2"))
    assert (oldest.outcome, oldest.created_at) == ("REJECTED", datetime(2026, 11, 25, 10, tzinfo=UTC))


def test_a_new_dispute() -> None:
    """Under our key, with the reason's number; a refund goes to the balance."""
    lines = lines_call(P["dispute.lines"], CODE).read(samples.data(samples.DISPUTE_LINES))
    request = DisputeRequest("key", lines, "3", wants_refund=False, message=" Broken. ", image_urls=("u",))
    assert open_call(P["dispute.open"], CODE, request).body == {
        "businessDisputeId": "key",
        "orderId": CODE,
        "disputeReasonId": 3,
        "expectType": 2,
        "refundType": 1,
        "messageText": "Broken.",
        "imageUrl": ["u"],
        "productInfoList": [{"lineItemId": "2611230101440661001", "quantity": 2, "price": Decimal("4.10")}],
    }
    for wrong in (
        replace(request, key=""),
        replace(request, key="k" * 101),
        replace(request, message=" "),
        replace(request, message="m" * 501),
        replace(request, reason_id="broken"),
        replace(request, lines=()),
    ):
        with pytest.raises(InvalidRequest):
            open_call(P["dispute.open"], CODE, wrong)
    with pytest.raises(InvalidRequest):
        terms_call(P["dispute.terms"], CODE, ())


@pytest.mark.parametrize(
    ("before", "now", "is_sandbox"),
    [
        (SupplierOrder("cj", "1", is_sandbox=True), SupplierOrder("cj", "1"), True),
        (SupplierOrder("cj", "1", {"sandbox": "1"}), SupplierOrder("cj", "1"), True),
        (SupplierOrder("cj", "1", {"sandbox": "1"}), SupplierOrder("cj", "1", is_sandbox=False), False),
        (SupplierOrder("cj", "1"), SupplierOrder("cj", "1", is_sandbox=True), True),
        (SupplierOrder("cj", "1"), SupplierOrder("cj", "1"), False),
    ],
)
def test_what_a_test_order_is(before: SupplierOrder, now: SupplierOrder, is_sandbox: bool) -> None:
    """CJ's word is the last one; where it says nothing, what we made it as."""
    order = merged(before, now)
    assert (order.is_sandbox, "sandbox" in order.ids) == (is_sandbox, is_sandbox)


def test_names() -> None:
    """CJ's names are told apart by their form, and each call gets the one that it takes."""
    ids = names(NUMBER, ID, CODE, "SD2", None, parent="9")
    assert ids == {"number": NUMBER, "id": ID, "code": CODE, "parent": "9"}
    assert names(NUMBER, "DP1")["code"] == "DP1"
    assert best(SupplierOrder("cj", NUMBER, ids)) == ID
    assert best(SupplierOrder("cj", NUMBER)) == NUMBER
    assert needed(ids, "payment", "code") == CODE
    with pytest.raises(MalformedResponse, match="payment"):
        needed(ids, "payment")
