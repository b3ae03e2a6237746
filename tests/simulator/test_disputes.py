"""Disputes about paid orders."""

import pytest

from tests.simulator.caller import Caller
from tests.simulator.ordering import PAY, confirm, control, create, detail


async def test_dispute(cj: Caller) -> None:
    """A paid order can be disputed once per business id, listed, read, and taken back."""
    code = (await create(cj, "C-1"))["orderId"]
    unpaid = await cj.get("/disputes/disputeProducts", orderId=code)
    assert unpaid["message"] == "Order cannot be disputed"
    await confirm(cj, code)
    await cj.data("POST", f"{PAY}/payBalance", json={"orderId": code})
    lines = (await cj.data("GET", "/disputes/disputeProducts", params={"orderId": code}))["productInfoList"]
    reduced = [{"lineItemId": lines[0]["lineItemId"], "quantity": 1, "price": 1}]
    for changed in (reduced, [lines[0] | {"price": str(lines[0]["price"])}], [lines[0] | {"more": 1}]):
        refused = await cj.send(
            "POST", "/disputes/disputeConfirmInfo", json={"orderId": code, "productInfoList": changed}
        )
        assert (refused.status_code, refused.json()["code"]) == (400, 1607007)
    info = await cj.data(
        "POST", "/disputes/disputeConfirmInfo", json={"orderId": code, "productInfoList": lines}
    )
    assert info["maxAmount"] == pytest.approx(info["maxProductPrice"] + info["maxPostage"])
    body = {
        "businessDisputeId": "once",
        "orderId": code,
        "disputeReasonId": info["disputeReasonList"][0]["disputeReasonId"],
        "expectType": 1,
        "refundType": 1,
        "messageText": "Please cancel.",
        "productInfoList": reduced,
    }
    for _ in range(2):
        assert (await cj.post("/disputes/create", **body))["data"] == "true"
    listed = await cj.data("GET", "/disputes/getDisputeList", params={"orderNumber": "C-1"})
    assert listed["total"] == 1
    identity = listed["list"][0]["id"]
    assert (await detail(cj, code))["disputeId"] == identity
    assert (await cj.data("GET", "/disputes/getDisputeDetail", params={"disputeId": identity}))[
        "id"
    ] == identity
    assert (await cj.post("/disputes/cancel", orderId=code, disputeId=identity))["data"] == "true"
    assert (await cj.post("/disputes/cancel", orderId=code, disputeId=identity))["code"] == 1607009
    assert (await detail(cj, code))["disputeId"] is None


async def test_disputes_end(cj: Caller) -> None:
    """A dispute is listed by either of CJ's names of the order, ends as its staff say, and then stays."""
    made = await create(cj, "C-2", api=2, payType=2)
    code = (await detail(cj, "C-2"))["cjOrderCode"]
    lines = (await cj.data("GET", "/disputes/disputeProducts", params={"orderId": code}))["productInfoList"]
    body = {
        "businessDisputeId": "once",
        "orderId": code,
        "disputeReasonId": 1,
        "expectType": 1,
        "refundType": 1,
        "messageText": "Please cancel.",
        "productInfoList": lines,
    }
    await cj.data("POST", "/disputes/create", json=body)
    found = [
        (await cj.data("GET", "/disputes/getDisputeList", params={"orderId": name}))["list"]
        for name in (code, made["orderId"])
    ]
    assert found[0] == found[1]
    identity = found[0][0]["id"]
    await control(cj, "dispute", account="9000001", disputeId=identity, deal=1)
    shown = await cj.data("GET", "/disputes/getDisputeDetail", params={"disputeId": identity})
    assert (shown["finallyDeal"], shown["status"]) == (1, "Finished")
    assert (await cj.post("/disputes/cancel", orderId=code, disputeId=identity))["code"] == 1607009
