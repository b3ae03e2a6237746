"""Orders as they are made and found again: ids, duplicates, lists, amounts, and the way of a paid one."""

from collections.abc import Callable

import httpx
import pytest

from tests.simulator.caller import OTHER_KEY, Caller
from tests.simulator.ordering import ORDER, PAY, SANDBOX, confirm, control, create, detail


async def test_which_call_takes_which_id(cj: Caller) -> None:
    """Detail takes all three ids; cart, confirmation and sandbox the SD code; paying both of CJ's."""
    code = (await create(cj, "F-6", isSandbox=1))["orderId"]
    shown = await detail(cj, "F-6")
    numeric = shown["orderId"]
    assert code.startswith("SD")
    assert numeric.isdigit()
    assert len(numeric) == 19
    assert (shown["cjOrderId"], shown["cjOrderCode"]) == (None, code)
    assert await detail(cj, numeric) == await detail(cj, code) == await detail(cj, "F-6")
    for reference in (numeric, "F-6"):
        assert (await confirm(cj, reference))["code"] == 1603100
        assert (await cj.post(f"{ORDER}/addCart", cjOrderIdList=[reference]))["code"] == 1603100
        assert (await cj.post(f"{SANDBOX}/simulatePay", orderId=reference))["code"] == 803
    made = await create(cj, "F-7", api=2)
    assert (await cj.post(f"{PAY}/payBalance", orderId="F-7"))["code"] == 1603100
    assert (await cj.post(f"{PAY}/payBalance", orderId=made["orderId"]))["code"] == 200


async def test_duplicates(make: Callable[..., Caller]) -> None:
    """V2 rejects a used number with 1603003, V3 makes a second order; each switch turns that round."""
    cj = make()
    await cj.log_in()
    await create(cj, "D-1", api=2)
    again = await cj.post(f"{ORDER}/createOrderV2", **cj.order_body("D-1"))
    assert (again["code"], again["message"]) == (1603003, "Order exist, please do not duplicate create")
    first, second = await create(cj, "D-2"), await create(cj, "D-2")
    assert first["orderId"] != second["orderId"]
    found = await cj.data("GET", f"{ORDER}/list", params={"orderNumbers": "D-2"})
    assert found["total"] == 2
    turned = make(duplicates_v2="accept", duplicates_v3="reject")
    await turned.log_in()
    await create(turned, "D-3")
    assert (await turned.post(f"{ORDER}/createOrderV3", **turned.order_body("D-3")))["code"] == 1603003
    await create(turned, "D-3", api=2)


async def test_numbers_belong_to_accounts(cj: Caller) -> None:
    """Another account neither sees an order nor is hindered by its number."""
    made = await create(cj, "D-4", api=2)
    other = Caller(cj.app, cj.clock, OTHER_KEY)
    await other.log_in()
    assert (await other.get(f"{ORDER}/getOrderDetail", orderId=made["orderId"]))["code"] == 1600300
    await create(other, "D-4", api=2)


async def test_deleting(cj: Caller) -> None:
    """Created orders can be deleted and are gone; confirmed ones cannot; V2 still knows the number."""
    code = (await create(cj, "E-1"))["orderId"]
    assert await cj.data("DELETE", f"{ORDER}/deleteOrder", params={"orderId": code}) == code
    assert (await cj.get(f"{ORDER}/getOrderDetail", orderId="E-1"))["code"] == 1600300
    assert (await cj.post(f"{ORDER}/createOrderV2", **cj.order_body("E-1")))["code"] == 1603003
    cj.simulator.options.deleted_number_is_free = True
    made = await create(cj, "E-1", api=2)
    refused = await cj.call("DELETE", f"{ORDER}/deleteOrder", params={"orderId": made["orderId"]})
    assert (refused["code"], "UNPAID(200)" in refused["message"]) == (1603002, True)


async def test_lists_and_batches(cj: Caller) -> None:
    """Lists filter by state, number and parent, newest first; batches leave out what does not exist."""
    first = await create(cj, "L-1", api=2)
    second = (await create(cj, "L-2"))["orderId"]
    listed = await cj.data("GET", f"{ORDER}/list")
    assert [one["orderNum"] for one in listed["list"]] == ["L-2", "L-1"]
    assert all(one["productList"] is None for one in listed["list"])
    unpaid = await cj.data("GET", f"{ORDER}/list", params={"status": "UNPAID"})
    assert [one["orderNum"] for one in unpaid["list"]] == ["L-1"]
    by_parent = await cj.data("GET", f"{ORDER}/list", params={"shipmentOrderId": first["shipmentOrderId"]})
    assert by_parent["total"] == 1
    assert (await cj.get(f"{ORDER}/list", status="ELSEWHERE"))["code"] == 1600100
    batch = await cj.data(
        "POST", f"{ORDER}/getOrderDetailBatch", json={"orderIds": [second, "SD0", first["orderId"]]}
    )
    assert [one["orderNum"] for one in batch] == ["L-2", "L-1"]


async def test_timeliness_feature(cj: Caller) -> None:
    """With the feature, the detail names carriers and days."""
    await create(cj, "L-3")
    params = {"orderId": "L-3", "features": "LOGISTICS_TIMELINESS"}
    shown = await cj.data("GET", f"{ORDER}/getOrderDetail", params=params)
    assert {"logisticsName": "CJPacket Ordinary", "arrivalTime": "8-14 Days"} in shown["logisticsTimeliness"][
        "logisticsModes"
    ]


async def test_own_tax_number_changes_the_amounts(cj: Caller) -> None:
    """With CJ's IOSS number the tax is an amount of its own and not part of the postage."""
    plain = await create(cj, "I-1", logisticName="CJPacket Euro Duty Paid")
    taxed = await create(cj, "I-2", logisticName="CJPacket Euro Duty Paid", iossType=3, iossNumber="CJ-IOSS")
    assert plain["iossAmount"] == 0
    assert taxed["iossAmount"] == pytest.approx(plain["productAmount"] * 0.19, abs=0.01)
    assert taxed["postageAmount"] < plain["postageAmount"]


async def test_paid_orders_travel(cj: Caller) -> None:
    """A real order is processed, shipped with a number, and delivered, as time passes."""
    made = await create(cj, "T-1", api=2, payType=2)
    for days, status, sub in (
        (0.5, "UNSHIPPED", "PROCESSING"),
        (2, "SHIPPED", None),
        (15, "DELIVERED", None),
    ):
        await cj.clock.advance(days * 86_400)
        await cj.log_in()
        shown = await detail(cj, made["orderId"])
        assert (shown["orderStatus"], shown["subStatus"]) == (status, sub)
        if status == "SHIPPED":
            number = shown["trackNumber"]
            rows = await cj.data("GET", "/logistic/trackInfo", params={"trackNumber": [number, "NOBODY"]})
            assert [(one["trackingNumber"], one["trackingStatus"]) for one in rows] == [
                (number, "In transit")
            ]
    rows = await cj.data("GET", "/logistic/getTrackInfo", params={"trackNumber": number})
    assert (rows[0]["trackingStatus"], rows[0]["deliveryDay"]) == ("Delivered", "14")
    assert rows[0]["deliveryTime"]


async def test_split_orders(cj: Caller) -> None:
    """A paid order can be split once; its parts have codes, pieces and parcels of their own."""
    made = await create(cj, "X-1", api=2)
    code = (await detail(cj, "X-1"))["cjOrderCode"]
    with pytest.raises(httpx.HTTPStatusError):
        await control(cj, "split", account="9000001", orderId=code)
    await cj.data("POST", f"{PAY}/payBalance", json={"orderId": made["orderId"]})
    await control(cj, "split", account="9000001", orderId=code)
    with pytest.raises(httpx.HTTPStatusError):
        await control(cj, "split", account="9000001", orderId=code)
    parts = [await detail(cj, f"{code}-{number}") for number in (1, 2)]
    assert [part["productList"][0]["quantity"] for part in parts] == [1, 1]
    assert {part["orderNum"] for part in parts} == {"X-1"}
    await cj.clock.advance(3 * 86_400)
    await cj.log_in()
    tracked = [(await detail(cj, name))["trackNumber"] for name in (f"{code}-1", f"{code}-2", code)]
    assert None not in tracked[:2]
    assert len(set(tracked)) == 3
    assert tracked[2] is None


async def test_new_orders_are_seen_late(cj: Caller) -> None:
    """With a lag, lookups of every kind deny a new order for a while, and its number is taken."""
    cj.simulator.options.lookup_lag_seconds = 30
    made = await create(cj, "Y-1", api=2)

    async def seen() -> list[bool]:
        batch = {"orderIds": [made["orderId"]]}
        return [
            (await cj.get(f"{ORDER}/getOrderDetail", orderId="Y-1"))["code"] == 200,
            (await cj.data("GET", f"{ORDER}/list", params={"orderNumbers": "Y-1"}))["total"] == 1,
            bool(await cj.data("POST", f"{ORDER}/getOrderDetailBatch", json=batch)),
        ]

    assert await seen() == [False] * 3
    assert (await cj.post(f"{ORDER}/createOrderV2", **cj.order_body("Y-1")))["code"] == 1603003
    await cj.clock.advance(30)
    assert await seen() == [True] * 3
