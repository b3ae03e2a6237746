"""Orders as clients pay, cancel and renew them, and what stands in the way."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest

from gateway import ids
from gateway.orders import troubles
from gateway.orders.answers import written_troubles
from gateway.orders.records import EventKind
from gateway.orders.state import Deed
from gateway.schema.order_enums import OrderEventKind
from providers.model import DayRange
from providers.orders import MethodOffer
from tests.graphql.conftest import Gateway
from tests.graphql.orders.asking import (
    CANCEL,
    PAY,
    REFRESH,
    VARIANT,
    changed,
    created,
    dollars,
    native,
)
from tests.office import MemoryOffice

OFFER = MethodOffer("1", "Fast boat", price=dollars("3"), has_stock=True, transit=DayRange(2, 4))
TROUBLES: dict[type, tuple[troubles.Trouble, str, str]] = {
    type(trouble): (trouble, typename, fields)
    for trouble, typename, fields in (
        (troubles.InvalidField(("shipTo", "phone"), "Wanted."), "InvalidInput", ""),
        (troubles.QuoteUnusable(is_expired=True), "QuoteUnusable", "expired"),
        (
            troubles.PriceChanged(dollars("13.32"), dollars("14")),
            "PriceChanged",
            "quoted { amount currencyCode } current { amount currencyCode }",
        ),
        (troubles.OutOfStock("None left."), "OutOfStock", "available"),
        (
            troubles.MethodUnavailable("Gone.", (OFFER,)),
            "ShippingMethodUnavailable",
            "alternatives { shippingMethod price { amount currencyCode } hasStock transit { min max } }",
        ),
        (
            troubles.InsufficientBalance(dollars("14"), dollars("2.50")),
            "InsufficientBalance",
            "needed { amount currencyCode } available { amount currencyCode }",
        ),
        (
            troubles.OverSpendCap(dollars("50"), dollars("1"), per_day=True),
            "SpendCapExceeded",
            "limit { amount currencyCode } left { amount currencyCode } perDay",
        ),
        (troubles.KeyReused(), "IdempotencyKeyReused", ""),
        (troubles.ReferenceTaken("no such order"), "ReferenceTaken", "order { id }"),
        (troubles.NotNow("It is paid."), "OrderStateConflict", ""),
        (troubles.Refused("No.", "1603001"), "SupplierRefused", "supplierCode"),
        (troubles.Busy("Later.", 1.5), "SupplierBusy", "retryAfterMs"),
        (troubles.OutcomeUnknown("Perhaps.", 5), "OutcomeUnknown", "checkAfter"),
        (troubles.NotFound("None."), "ThingNotFound", ""),
        (troubles.Unsupported("Cannot."), "CapabilityMissing", "supplier feature"),
        (troubles.Elsewhere("Ask there."), "CapabilityMissing", "supplier feature"),
    )
}
ANSWERS: dict[str, dict[str, Any]] = {
    "QuoteUnusable": {"expired": True},
    "PriceChanged": {
        "quoted": {"amount": "13.32", "currencyCode": "USD"},
        "current": {"amount": "14", "currencyCode": "USD"},
    },
    "OutOfStock": {"available": None},
    "ShippingMethodUnavailable": {
        "alternatives": [
            {
                "shippingMethod": "Fast boat",
                "price": {"amount": "3", "currencyCode": "USD"},
                "hasStock": True,
                "transit": {"min": 2, "max": 4},
            }
        ]
    },
    "InsufficientBalance": {
        "needed": {"amount": "14", "currencyCode": "USD"},
        "available": {"amount": "2.50", "currencyCode": "USD"},
    },
    "SpendCapExceeded": {
        "limit": {"amount": "50", "currencyCode": "USD"},
        "left": {"amount": "1", "currencyCode": "USD"},
        "perDay": True,
    },
    "ReferenceTaken": {"order": None},
    "SupplierRefused": {"supplierCode": "1603001"},
    "SupplierBusy": {"retryAfterMs": 1500},
    "CapabilityMissing": {"supplier": "shop", "feature": "PAYMENT"},
}


@pytest.mark.parametrize("kind", get_args(troubles.Trouble))
async def test_every_trouble_has_its_type(gateway: Gateway, office: MemoryOffice, kind: type) -> None:
    """What stands in the way is a user error with what a person needs to decide, beside the order."""
    trouble, typename, fields = TROUBLES[kind]
    order = (await created(gateway))["order"]
    office.obstruct(trouble)
    shown = f"__typename code message field ... on {typename} {{ code {fields} }}"
    payload_shown = f"order {{ status }} userErrors {{ {shown} }}"
    mutation = f"mutation ($input: PayOrderInput!) {{ payOrder(input: $input) {{ {payload_shown} }} }}"
    pay = {"idempotencyKey": "p", "orderId": order["id"], "expectedTotal": "14", "currencyCode": "USD"}
    payload = await changed(gateway, mutation, **pay)
    assert payload["order"] == {"status": "CREATED"}
    (error,) = payload["userErrors"]
    assert error.pop("__typename") == typename
    assert error.pop("message")
    field = error.pop("field")
    assert field is None or field[0] == "input"
    error.pop("code")
    if kind is troubles.OutcomeUnknown:
        assert datetime.fromisoformat(error["checkAfter"]) > datetime.now(UTC)
    else:
        assert error == ANSWERS.get(typename, {})


async def test_paying_cancelling_and_looking(gateway: Gateway, office: MemoryOffice) -> None:
    """An order is paid for at most what was expected, cancelled until then, and read anew at any time."""
    order, other = (await created(gateway))["order"], (await created(gateway, "A-2"))["order"]
    pay = {"idempotencyKey": "p1", "orderId": order["id"], "currencyCode": "USD"}
    dear = await changed(gateway, PAY, **pay, expectedTotal="8.19")
    assert dear["userErrors"][0]["current"] == {"amount": "8.20"}
    assert dear["order"]["totals"]["paid"] is None
    paid = await changed(gateway, PAY, **pay | {"idempotencyKey": "p2"}, expectedTotal="8.20")
    assert paid["order"]["status"] == "PAID"
    assert paid["order"]["totals"]["paid"] == {"amount": "8.20", "currencyCode": "USD"}
    again = await changed(gateway, PAY, **pay | {"idempotencyKey": "p3"}, expectedTotal="8.20")
    assert [error["code"] for error in again["userErrors"]] == ["ORDER_STATE_CONFLICT"]
    assert (await changed(gateway, CANCEL, orderId=other["id"], idempotencyKey="c1"))["order"] == {
        "status": "CANCELLED"
    }
    read = (await changed(gateway, REFRESH, orderId=order["id"]))["order"]
    assert read["provenance"] == {"source": "LIVE"}
    office.change(native(order), look_at=datetime.now(UTC) - timedelta(seconds=1))
    office.obstruct(troubles.Busy("Later.", None))
    unread = await changed(gateway, REFRESH, orderId=order["id"])
    assert unread["order"]["provenance"] == {"source": "STALE"}
    assert [error["code"] for error in unread["userErrors"]] == ["SUPPLIER_BUSY"]


async def test_an_order_that_is_none(gateway: Gateway) -> None:
    """A broken id, one of something else, and one of another supplier's order do nothing and say so."""
    order = (await created(gateway))["order"]
    forged = ids.order_id("cj", native(order))
    for id_, code in (("x", "INVALID_INPUT"), (VARIANT, "INVALID_INPUT"), (forged, "NOT_FOUND")):
        for mutation, given in (
            (PAY, {"idempotencyKey": "k", "expectedTotal": "14", "currencyCode": "USD"}),
            (CANCEL, {"idempotencyKey": "k"}),
            (REFRESH, {}),
        ):
            payload = await changed(gateway, mutation, orderId=id_, **given)
            assert payload["order"] is None
            (error,) = payload["userErrors"]
            assert (error["code"], error["field"]) == (code, ["input", "orderId"])
    look = "query ($id: ID!) { node(id: $id) { id } order(by: {id: $id}) { id } }"
    assert await gateway.data(look, id=forged) == {"node": None, "order": None}
    free = await changed(
        gateway, PAY, idempotencyKey=" ", orderId=order["id"], expectedTotal="0", currencyCode="USD"
    )
    assert [error["field"][1] for error in free["userErrors"]] == ["idempotencyKey", "expectedTotal"]


async def test_an_event_tells_why(gateway: Gateway, office: MemoryOffice) -> None:
    """A refusal in an order's history says what stood in the way, as whoever asked for it was told."""
    order = native((await created(gateway))["order"])
    against = written_troubles([troubles.Refused("No.", "1603001")])
    office.tell(order, Deed.PAYMENT_REFUSED, {"troubles": against})
    history = await gateway.data("""{ orders { nodes { events {
      kind problems { message ... on SupplierRefused { supplierCode } }
    } } } }""")
    events = history["orders"]["nodes"][0]["events"]
    assert events[-1] == {
        "kind": "PAYMENT_REFUSED",
        "problems": [{"message": "No.", "supplierCode": "1603001"}],
    }
    assert events[0]["problems"] == []


def test_every_event_of_the_ledger_has_a_name() -> None:
    """Clients have a word for each thing that the ledger keeps, and for nothing else."""
    assert {kind.value for kind in OrderEventKind} == {kind.value for kind in (*EventKind, *Deed)}


async def test_what_spends_money_takes_its_own_scope(gateway: Gateway) -> None:
    """Paying takes the scope `pay`, all else that changes an order `order`, and reading it only `read`."""
    query = """{
      reads: __type(name: "Query") { fields { ...Said } }
      writes: __type(name: "Mutation") { fields { ...Said } }
    }
    fragment Said on __Field { name description }"""
    found = await gateway.data(query)
    said = {each["name"]: each["description"] for kind in found.values() for each in kind["fields"]}
    scopes = {name: re.findall(r"Needs the scope `(\w+)`", text) for name, text in said.items()}
    assert scopes["payOrder"] == ["pay"]
    assert scopes["createOrder"] == scopes["cancelOrder"] == scopes["refreshOrder"] == ["order"]
    assert [scopes[name] for name in ("order", "orders", "wallet", "tracking")] == [[]] * 4
