"""Orders, parcels and balances as clients find them, and what that costs."""

import pytest

from gateway import ids
from gateway.orders.queries import OrderFilter, OrderPage
from gateway.storage.engine import StorageGone
from providers.clock import SystemClock
from providers.orders import Parcel
from tests.graphql.conftest import Gateway, errors_of, open_around
from tests.graphql.orders.asking import CANCEL, Depot, changed, created, native
from tests.office import MemoryOffice


async def test_parcels_and_histories_travel_together(
    gateway: Gateway, office: MemoryOffice, depot: Depot
) -> None:
    """A page of orders costs one question about all their parcels and one look at all their histories."""
    for number in range(5):
        order = native((await created(gateway, f"A-{number}"))["order"])
        office.hear(
            order, parcels=(Parcel("Boat", f"T{number}"), Parcel(None, f"X{number}", "https://x.test/"))
        )
    looks = office.looks
    page = await gateway.data("""{
      orders { nodes {
        shipments { carrier trackingNumber trackingUrl tracking { rawStatus days provenance { asOf } } }
        events { kind source }
        totals { paid { amount } }
      } }
      tracking(supplier: "shop", trackingNumbers: ["X9", "T0"]) { trackingNumber lastMile { carrier } }
    }""")
    assert len(depot.followed) == 1
    assert sorted(depot.followed[0]) == sorted(
        ["X9", *(f"{kind}{number}" for kind in "TX" for number in range(5))]
    )
    assert office.looks == looks + 1
    first = page["orders"]["nodes"][0]
    assert [shipment["trackingNumber"] for shipment in first["shipments"]] == ["T4", "X4"]
    assert first["shipments"][0]["tracking"]["rawStatus"] == "In transit"
    assert first["shipments"][1]["tracking"] is None, "the supplier knows nothing of it"
    assert [event["kind"] for event in first["events"]] == ["BEGUN", "CREATION_SENT", "NEWS"]
    assert page["tracking"] == [None, {"trackingNumber": "T0", "lastMile": None}]


async def test_orders_that_nobody_looks_at_cost_nothing(
    gateway: Gateway, office: MemoryOffice, depot: Depot
) -> None:
    """What is not selected is not asked for, of the ledger or of the supplier."""
    order = native((await created(gateway))["order"])
    office.hear(order, parcels=(Parcel("Boat", "T1"),))
    looks = office.looks
    await gateway.data(
        "{ orders { nodes { status shipments { trackingNumber } totals { paid { amount } } } } }"
    )
    assert (depot.followed, office.looks) == ([], looks)


async def test_finding_orders(gateway: Gateway) -> None:
    """Orders are found by id, by reference and by filter, and a page goes on behind the last of another."""
    made = [(await created(gateway, f"A-{number}"))["order"]["id"] for number in range(5)]
    await changed(gateway, CANCEL, orderId=made[0], idempotencyKey="c")
    query = """query ($filter: OrderFilter, $after: String) {
      orders(filter: $filter, first: 2, after: $after) {
        nodes { id } pageInfo { hasNextPage endCursor }
      }
    }"""
    seen: list[str] = []
    after, goes_on = None, True
    while goes_on:
        page = (await gateway.data(query, after=after))["orders"]
        seen += [node["id"] for node in page["nodes"]]
        after, goes_on = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert seen == made[::-1]
    for wanted, found in (
        ({"statuses": ["CANCELLED"]}, [made[0]]),
        ({"clientReference": " A-3 "}, [made[3]]),
        ({"suppliers": ["shop"], "sandbox": True}, []),
        ({"createdBefore": "2020-01-01T00:00:00Z"}, []),
        ({"createdFrom": "2020-01-01T00:00:00Z", "statuses": ["CREATED", "PAID"]}, made[:2:-1]),
    ):
        page = (await gateway.data(query, filter=wanted))["orders"]
        assert [node["id"] for node in page["nodes"]] == found, wanted
    look = """query ($id: ID!) {
      order(by: {clientReference: "A-2"}) { id } byId: order(by: {id: $id}) { clientReference }
      nodes(ids: [$id]) { id } none: order(by: {clientReference: "A-9"}) { id }
    }"""
    assert await gateway.data(look, id=made[1]) == {
        "order": {"id": made[2]},
        "byId": {"clientReference": "A-1"},
        "nodes": [{"id": made[1]}],
        "none": None,
    }


@pytest.mark.parametrize(
    "query",
    [
        '{ orders(after: "WyJsIiwiZ29uZSJd") { nodes { id } } }',
        '{ orders(after: "WyJsIiwiXHUwMDAwIl0") { nodes { id } } }',
        '{ orders(filter: {suppliers: ["nobody"]}) { nodes { id } } }',
        '{ orders(filter: {clientReference: ""}) { nodes { id } } }',
        '{ orders(filter: {createdFrom: "0001-01-01T00:00:00+14:00"}) { nodes { id } } }',
        '{ order(by: {id: "x"}) { id } }',
        '{ wallet(supplier: "nobody") { asOf } }',
        '{ tracking(supplier: "shop", trackingNumbers: []) { days } }',
        '{ tracking(supplier: "shop", trackingNumbers: [" "]) { days } }',
    ],
)
async def test_questions_that_make_no_sense(gateway: Gateway, query: str) -> None:
    """A cursor, an id, a supplier or a number that is none is told to whoever sent it, in words."""
    (error,) = errors_of(await gateway.post(query))
    assert error["extensions"]["code"] == "BAD_USER_INPUT"


async def test_an_order_outlives_its_supplier(gateway: Gateway, office: MemoryOffice) -> None:
    """An order of a supplier that is not enabled any more, its address erased, is still shown."""
    order = native((await created(gateway))["order"])
    office.hear(order, parcels=(Parcel("Boat", "T1"),))
    office.change(order, supplier="gone", address=None)
    shown = await gateway.data(
        """query ($id: ID!) { node(id: $id) { ... on Order {
          supplierCode supplier { code } shipTo { name } lines { sku variant { id } }
          shipments { tracking { days } }
        } } }""",
        id=ids.order_id("gone", order),
    )
    assert shown["node"] == {
        "supplierCode": "gone",
        "supplier": None,
        "shipTo": None,
        "lines": [{"sku": "SKU-v1", "variant": None}],
        "shipments": [{"tracking": None}],
    }


async def test_the_wallet(gateway: Gateway) -> None:
    """The balance is the supplier's, with what it holds back."""
    wallet = (
        await gateway.data(
            '{ wallet(supplier: "shop") { available { amount } bonus { amount } frozen { amount } } }'
        )
    )["wallet"]
    assert wallet == {"available": {"amount": "812.40"}, "bonus": None, "frozen": {"amount": "10"}}


class Away(MemoryOffice):
    """An office whose database does not answer."""

    async def orders(self, wanted: OrderFilter, *, first: int, after: str | None) -> OrderPage:
        del wanted, first, after
        raise StorageGone("The database does not answer: secret words.")


async def test_a_ledger_that_does_not_answer(depot: Depot) -> None:
    """Without its ledger the gateway says that trying again makes sense, and goes on with everything else."""
    async with open_around(Away(SystemClock()), depot) as gateway:
        answer = await gateway.post("{ orders { nodes { id } } suppliers { code } }")
    assert answer["data"] == {"orders": None, "suppliers": [{"code": "shop"}]}
    (error,) = errors_of(answer)
    assert error["extensions"]["code"] == "UNAVAILABLE"
    assert error["extensions"]["retryable"] is True
    assert "secret" not in error["message"]
