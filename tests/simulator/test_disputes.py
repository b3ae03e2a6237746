"""Disputes about paid orders."""

import pytest

from tests.simulator.caller import Caller
from tests.simulator.ordering import PAY, confirm, create, detail


async def test_dispute(cj: Caller) -> None:
    """A paid order can be disputed once per business id, listed, read, and taken back."""
    code = (await create(cj, "C-1"))["orderId"]
    unpaid = await cj.get("/disputes/disputeProducts", orderId=code)
    assert unpaid["message"] == "Order cannot be disputed"
    await confirm(cj, code)
    await cj.data("POST", f"{PAY}/payBalance", json={"orderId": code})
    lines = (await cj.data("GET", "/disputes/disputeProducts", params={"orderId": code}))["productInfoList"]
    reduced = [{"lineItemId": lines[0]["lineItemId"], "quantity": 1, "price": 1}]
    refused = await cj.send(
        "POST", "/disputes/disputeConfirmInfo", json={"orderId": code, "productInfoList": reduced}
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
