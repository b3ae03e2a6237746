"""Disputes as clients open, read and take them back."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from gateway import ids
from gateway.orders import troubles
from gateway.orders.office import Claim
from gateway.orders.records import EventKind
from providers import errors, orders
from providers.orders import SupplierOrder
from providers.upstream import Ask
from tests.graphql.conftest import Gateway, open_around
from tests.graphql.orders.asking import PAY, Depot, changed, created, dollars, native
from tests.office import MemoryOffice

OPEN = """mutation ($input: OpenDisputeInput!) { openDispute(input: $input) {
  order { id } dispute { disputeId outcome amount { amount } } userErrors { code message field }
} }"""
END = """mutation ($input: CancelDisputeInput!) { cancelDispute(input: $input) {
  order { id } dispute { disputeId } userErrors {
    code message field ... on CapabilityMissing { feature }
  }
} }"""
DISPUTES = """query ($lines: [ID!]) { orders { nodes {
  disputes { disputeId rawStatus outcome reason amount { amount currencyCode } createdAt }
  disputeOptions(lineIds: $lines) {
    lines { lineId supplierVariantId quantity unitPrice { amount } canBeDisputed }
    highestAmount { amount } reasons { reasonId name } canRefund canResend
  }
} } }"""
LINES = (
    orders.DisputeLine("L1", "v1", 2, dollars("4.10"), can_choose=True),
    orders.DisputeLine("L2", None, 1, None, can_choose=False),
)
CLAIM = {"idempotencyKey": "d1", "reasonId": "3", "expect": "RESEND", "message": " Broken.\r\nAll of it. "}


class Court(Depot):
    """A supplier that hears disputes, and counts how often it is asked about them."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: tuple[orders.DisputeLine, ...] = LINES
        self.heard: list[str] = []
        self.refuses = False

    async def dispute_lines(self, order: SupplierOrder, ask: Ask) -> tuple[orders.DisputeLine, ...]:
        """Two, one of which can be disputed."""
        del order, ask
        self.heard.append("lines")
        if self.refuses:
            raise errors.Conflict("Order cannot be disputed", provider="shop", operation="dispute.lines")
        return self.lines

    async def dispute_terms(
        self, order: SupplierOrder, lines: tuple[orders.DisputeLine, ...], ask: Ask
    ) -> orders.DisputeTerms:
        """As much as the lines cost."""
        del order, ask
        self.heard.append(" ".join(line.id for line in lines))
        return orders.DisputeTerms(
            dollars("8.20"), (("3", "Damaged"), ("4", "Lost")), can_refund=True, can_resend=False
        )

    async def disputes(self, order: SupplierOrder, ask: Ask) -> tuple[orders.Dispute, ...]:
        """One that has ended, and one that has not."""
        del order, ask
        self.heard.append("list")
        day = datetime(2026, 11, 1, tzinfo=UTC)
        ended = orders.Dispute("D0", "Finished", "Lost", dollars("8.20"), "REFUND", day)
        return (orders.Dispute("D1", "Awaiting"), ended)


@pytest.fixture
def court() -> Court:
    return Court()


@pytest.fixture
async def gateway(office: MemoryOffice, court: Court) -> AsyncIterator[Gateway]:
    async with open_around(office, court) as opened:
        yield opened


async def _paid(gateway: Gateway) -> dict[str, Any]:
    order: dict[str, Any] = (await created(gateway))["order"]
    pay = {"idempotencyKey": "p", "orderId": order["id"], "expectedTotal": "9", "currencyCode": "USD"}
    assert not (await changed(gateway, PAY, **pay))["userErrors"]
    return order


async def test_reading_disputes(gateway: Gateway, court: Court) -> None:
    """What an order's disputes are, and what may be asked for, comes from the supplier once it is paid."""
    await created(gateway)
    before = (await gateway.data(DISPUTES))["orders"]["nodes"][0]
    assert (before, court.heard) == ({"disputes": [], "disputeOptions": None}, [])
    await _paid(gateway)
    (order,) = (await gateway.data(DISPUTES))["orders"]["nodes"]
    assert order["disputes"][0] == {
        "disputeId": "D1",
        "rawStatus": "Awaiting",
        "outcome": None,
        "reason": None,
        "amount": None,
        "createdAt": None,
    }
    assert order["disputes"][1] == {
        "disputeId": "D0",
        "rawStatus": "Finished",
        "outcome": "REFUND",
        "reason": "Lost",
        "amount": {"amount": "8.20", "currencyCode": "USD"},
        "createdAt": "2026-11-01T00:00:00.000Z",
    }
    options = order["disputeOptions"]
    assert options["lines"] == [
        {
            "lineId": "L1",
            "supplierVariantId": "v1",
            "quantity": 2,
            "unitPrice": {"amount": "4.10"},
            "canBeDisputed": True,
        },
        {
            "lineId": "L2",
            "supplierVariantId": None,
            "quantity": 1,
            "unitPrice": None,
            "canBeDisputed": False,
        },
    ]
    assert options["highestAmount"] == {"amount": "8.20"}
    assert options["reasons"] == [{"reasonId": "3", "name": "Damaged"}, {"reasonId": "4", "name": "Lost"}]
    assert (options["canRefund"], options["canResend"]) == (True, False)
    assert sorted(court.heard) == ["L1", "lines", "list"]


async def test_lines_that_cannot_be_disputed(gateway: Gateway, court: Court) -> None:
    """A line that may not be chosen is bad input; an order without any has no terms, or no options."""
    await _paid(gateway)
    for lines in (["L2"], ["nothing"], []):
        answer = await gateway.post(DISPUTES, lines=lines)
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]
    court.lines = (replace(LINES[0], can_choose=False),)
    options = (await gateway.data(DISPUTES))["orders"]["nodes"][0]["disputeOptions"]
    assert (options["highestAmount"], options["reasons"], options["canRefund"]) == (None, [], False)
    assert len(options["lines"]) == 1
    court.refuses = True
    assert (await gateway.data(DISPUTES))["orders"]["nodes"][0]["disputeOptions"] is None


async def test_opening_and_taking_back(gateway: Gateway, office: MemoryOffice) -> None:
    """The office is told what the client claims, and the payload has the dispute as the supplier keeps it."""
    order = await _paid(gateway)
    given = {**CLAIM, "lineIds": ["L1", "L1"], "imageUrls": ["https://shop.example/a.jpg"]}
    for _ in range(2):
        payload = await changed(gateway, OPEN, orderId=order["id"], **given)
        assert payload == {
            "order": {"id": order["id"]},
            "dispute": {"disputeId": "D1", "outcome": None, "amount": None},
            "userErrors": [],
        }
    assert office.claims[0] == Claim(
        ("L1",), "3", wants_refund=False, message="Broken.\nAll of it.", image_urls=tuple(given["imageUrls"])
    )
    ended = await changed(gateway, END, idempotencyKey="c", orderId=order["id"], disputeId="D1")
    assert (ended["dispute"], ended["userErrors"]) == ({"disputeId": "D1"}, [])


async def test_a_claim_that_makes_no_sense(gateway: Gateway, office: MemoryOffice) -> None:
    """Everything that is wrong with it is told at once, each by its field, and nobody is asked."""
    order = await _paid(gateway)
    given: dict[str, Any] = {**CLAIM, "idempotencyKey": " ", "reasonId": "", "message": " ", "lineIds": [""]}
    given["imageUrls"] = ["https://shop.example/a.jpg"] * 21
    payload = await changed(gateway, OPEN, orderId=ids.variant_id("shop", "p", "v"), **given)
    assert payload["order"] is payload["dispute"] is None
    assert sorted(".".join(error["field"][1:]) for error in payload["userErrors"]) == [
        "idempotencyKey",
        "imageUrls",
        "lineIds.0",
        "message",
        "orderId",
        "reasonId",
    ]
    long = {**CLAIM, "message": "x" * 501, "lineIds": []}
    payload = await changed(gateway, OPEN, orderId=order["id"], **long)
    assert [error["field"][1] for error in payload["userErrors"]] == ["message", "lineIds"]
    payload = await changed(gateway, END, idempotencyKey="c", orderId=order["id"], disputeId=" ")
    assert [error["field"] for error in payload["userErrors"]] == [["input", "disputeId"]]
    assert office.claims == []


async def test_what_stands_in_the_way(gateway: Gateway, office: MemoryOffice) -> None:
    """An unpaid order, and a supplier without disputes, are typed errors beside the order."""
    order = (await created(gateway))["order"]
    unpaid = await changed(gateway, OPEN, orderId=order["id"], **CLAIM)
    assert unpaid["order"] == {"id": order["id"]}
    assert unpaid["dispute"] is None
    assert [error["code"] for error in unpaid["userErrors"]] == ["ORDER_STATE_CONFLICT"]
    office.obstruct(troubles.Unsupported("Not here."))
    payload = await changed(gateway, END, idempotencyKey="c", orderId=order["id"], disputeId="D1")
    assert [error["feature"] for error in payload["userErrors"]] == ["DISPUTES"]


async def test_a_dispute_in_the_history(gateway: Gateway, office: MemoryOffice) -> None:
    """The note in an order's history names the dispute that it is about."""
    order = await _paid(gateway)
    office.tell(native(order), EventKind.NOTE, {"dispute": {"key": "k", "step": "OPENED", "id": "D1"}})
    found = await gateway.data("{ orders { nodes { events { kind disputeId } } } }")
    *others, last = found["orders"]["nodes"][0]["events"]
    assert last == {"kind": "NOTE", "disputeId": "D1"}
    assert {event["disputeId"] for event in others} == {None}


async def test_a_supplier_that_is_gone(office: MemoryOffice, court: Court) -> None:
    """Of an order whose supplier is not enabled any more nothing about disputes can be told."""
    async with open_around(office, court) as before:
        await _paid(before)
    async with open_around(office, Depot("other")) as after:
        (order,) = (await after.data(DISPUTES))["orders"]["nodes"]
    assert order == {"disputes": None, "disputeOptions": None}
    assert court.heard == []


async def test_they_take_the_scope_order(gateway: Gateway) -> None:
    """Opening and taking back need the scope `order`, as the schema says."""
    fields = (await gateway.data('{ __type(name: "Mutation") { fields { name description } } }'))["__type"]
    said = {each["name"]: each["description"] for each in fields["fields"]}
    assert all("Needs the scope `order`" in said[name] for name in ("openDispute", "cancelDispute"))
