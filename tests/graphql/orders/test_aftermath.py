"""What becomes of orders after they were made: approval, parts, bills."""

from typing import Any

import pytest

from gateway.orders.records import EventKind
from providers.orders import Bill, OrderLine, OrderPart, OrderState, Parcel, SupplierOrder
from providers.upstream import Ask
from tests.graphql.conftest import Gateway
from tests.graphql.orders.asking import PAY, Depot, changed, created, dollars, native
from tests.office import MemoryOffice

ORDERS = """{ orders { nodes {
  clientReference approval
  parts { supplierOrderId status lines { quantity supplierVariantId } shipments { trackingNumber } }
  bills { billId amount { amount } reason paidAt }
} } }"""


class Splitter(Depot):
    """A depot that splits every order in two, and bills it afterwards."""

    def __init__(self) -> None:
        super().__init__()
        self.asked_about: list[int] = []

    async def order_parts(
        self, known: tuple[SupplierOrder, ...], ask: Ask
    ) -> tuple[tuple[OrderPart, ...], ...]:
        del ask
        self.asked_about.append(len(known))
        part = OrderPart(
            "SD-1", OrderState.SHIPPED, lines=(OrderLine("v1", 1),), parcels=(Parcel(None, "T1"),)
        )
        return ((part,),) * len(known)

    async def bills(self, known: tuple[SupplierOrder, ...], ask: Ask) -> tuple[tuple[Bill, ...], ...]:
        del ask
        self.asked_about.append(len(known))
        return ((Bill("BT1", dollars("1.35"), "weight difference", "CREATED"),),) * len(known)


@pytest.fixture
def depot() -> Splitter:
    return Splitter()


async def paid(gateway: Gateway, reference: str) -> None:
    order = (await created(gateway, reference))["order"]
    given = {
        "idempotencyKey": reference,
        "orderId": order["id"],
        "expectedTotal": "99",
        "currencyCode": "USD",
    }
    assert (await changed(gateway, PAY, **given))["userErrors"] == []


async def test_parts_and_bills_of_a_page_are_two_questions(gateway: Gateway, depot: Splitter) -> None:
    """Paid orders of a page are asked about together; an unpaid one has neither parts nor bills."""
    for reference in ("A-1", "A-2"):
        await paid(gateway, reference)
    await created(gateway, "A-3")
    unpaid, second, first = (await gateway.data(ORDERS))["orders"]["nodes"]
    assert depot.asked_about == [2, 2]
    assert (unpaid["parts"], unpaid["bills"]) == ([], [])
    assert (
        first["parts"]
        == second["parts"]
        == [
            {
                "supplierOrderId": "SD-1",
                "status": "SHIPPED",
                "lines": [{"quantity": 1, "supplierVariantId": "v1"}],
                "shipments": [{"trackingNumber": "T1"}],
            }
        ]
    )
    assert first["bills"] == [
        {"billId": "BT1", "amount": {"amount": "1.35"}, "reason": "weight difference", "paidAt": None}
    ]


async def test_why_an_order_waits(gateway: Gateway, office: MemoryOffice) -> None:
    """An order that the policy has left to a person says why, until it is paid."""
    order = (await created(gateway))["order"]
    policy: dict[str, Any] = {"policy": {"step": "WAITS", "reason": "it takes 62 USD"}}
    office.tell(native(order), EventKind.NOTE, policy)
    [shown] = (await gateway.data(ORDERS))["orders"]["nodes"]
    assert shown["approval"] == "it takes 62 USD"


@pytest.mark.parametrize("amount", ["123456789012345678.5", "1.000000000000000000"])
async def test_amounts_that_no_ledger_keeps(gateway: Gateway, amount: str) -> None:
    """An amount of too many digits is refused where it is said, with the number that is allowed."""
    order = (await created(gateway))["order"]
    given = {"idempotencyKey": "k", "orderId": order["id"], "expectedTotal": amount, "currencyCode": "USD"}
    refused = await changed(gateway, PAY, **given), await created(gateway, "A-2", maxTotal=amount)
    for payload, field in zip(refused, ("expectedTotal", "maxTotal"), strict=True):
        [error] = payload["userErrors"]
        assert error["field"] == ["input", field]
        assert error["message"] == f"input.{field}: send an amount of at most 18 digits."
