"""The way of an order: made, carted, confirmed, paid, travelling; its ids, money, stock, duplicates."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from providers.cj.simulator.catalogue.places import AREAS, WAREHOUSES
from tests.simulator.caller import OTHER_KEY, Caller

ORDER, PAY, SANDBOX = "/shopping/order", "/shopping/pay", "/shopping/sandbox"


async def detail(cj: Caller, reference: str) -> Any:
    return await cj.data("GET", f"{ORDER}/getOrderDetail", params={"orderId": reference})


async def create(cj: Caller, number: str, api: int = 3, **more: Any) -> Any:
    return await cj.data("POST", f"{ORDER}/createOrderV{api}", json=cj.order_body(number, **more))


async def confirm(cj: Caller, code: str) -> dict[str, Any]:
    return await cj.call("PATCH", f"{ORDER}/confirmOrder", json={"orderId": code})


async def balance(cj: Caller) -> float:
    amount: float = (await cj.data("GET", f"{PAY}/getBalance"))["amount"]
    return amount


async def test_cart_flow(cj: Caller) -> None:
    """V3, cart, confirmation, parent, payment: states advance, balance and stock fall by what was quoted."""
    variant = cj.plain()
    stock = cj.world.total(variant, "CN").total
    quote = await cj.data(
        "POST",
        "/logistic/freightCalculate",
        json={
            "startCountryCode": "CN",
            "endCountryCode": "DE",
            "products": [{"vid": variant.vid, "quantity": 2}],
        },
    )
    postage = next(one["totalPostageFee"] for one in quote if one["logisticName"] == "CJPacket Ordinary")
    made = await create(cj, "F-1")
    code = made["orderId"]
    assert made["productAmount"] == pytest.approx(2 * variant.cents / 100)
    assert made["postageAmount"] == postage
    assert (await detail(cj, code))["orderStatus"] == "CREATED"
    added = await cj.data("POST", f"{ORDER}/addCart", json={"cjOrderIdList": [code]})
    assert (added["successCount"], added["addSuccessOrders"]) == (1, [code])
    assert (await detail(cj, code))["orderStatus"] == "IN_CART"
    confirmed = await cj.data("POST", f"{ORDER}/addCartConfirm", json={"cjOrderIdList": [code]})
    assert (confirmed["submitSuccess"], confirmed["result"]) == (True, 0)
    assert (await detail(cj, code))["orderStatus"] == "UNPAID"
    again = await cj.data("POST", f"{ORDER}/addCartConfirm", json={"cjOrderIdList": [code]})
    assert (again["submitSuccess"], again["shipmentsId"]) == (False, None)
    parent = await cj.data(
        "POST", f"{ORDER}/saveGenerateParentOrder", json={"shipmentOrderId": confirmed["shipmentsId"]}
    )
    total = made["productAmount"] + postage
    assert parent["paymentInformation"]["payableAmount"] == pytest.approx(total)
    before = await balance(cj)
    wrong = {"shipmentOrderId": confirmed["shipmentsId"], "payId": "PAY0"}
    assert (await cj.post(f"{PAY}/payBalanceV2", **wrong))["code"] == 1603101
    right = {"shipmentOrderId": confirmed["shipmentsId"], "payId": parent["payId"]}
    assert (await cj.post(f"{PAY}/payBalanceV2", **right))["code"] == 200
    paid = await detail(cj, code)
    assert (paid["orderStatus"], paid["subStatus"], paid["orderAmount"]) == (
        "UNSHIPPED",
        "PENDING",
        pytest.approx(total),
    )
    assert paid["paymentDate"]
    assert before - await balance(cj) == pytest.approx(total)
    assert cj.world.total(variant, "CN").total == stock - 2
    assert (await cj.post(f"{PAY}/payBalanceV2", **right))["code"] == 1603101
    assert before - await balance(cj) == pytest.approx(total)


async def test_confirm_and_pay_singly(cj: Caller) -> None:
    """The shorter way: confirm, wait until UNPAID, pay by code; the confirmation takes its moment."""
    cj.simulator.options.confirm_seconds = 3
    code = (await create(cj, "F-2"))["orderId"]
    assert (await confirm(cj, code))["data"] == code
    assert (await detail(cj, code))["orderStatus"] == "CREATED"
    waiting = await confirm(cj, code)
    assert (waiting["code"], "being confirmed" in waiting["message"]) == (1603001, True)
    await cj.clock.advance(3)
    unpaid = await detail(cj, code)
    assert (unpaid["orderStatus"], unpaid["cjOrderId"]) == ("UNPAID", code)
    assert (await confirm(cj, code))["code"] == 1603001
    assert (await cj.post(f"{PAY}/payBalance", orderId=code)) | {"requestId": ""} == {
        "code": 200,
        "result": True,
        "message": "Success",
        "data": None,
        "requestId": "",
    }
    assert (await detail(cj, code))["orderStatus"] == "UNSHIPPED"


async def test_unpaid_orders_cannot_be_paid_early(cj: Caller) -> None:
    """An order that is not confirmed cannot be paid."""
    code = (await create(cj, "F-3"))["orderId"]
    assert (await cj.post(f"{PAY}/payBalance", orderId=code))["code"] == 1603101


@pytest.mark.parametrize(
    ("pay_type", "status", "page"),
    [(None, "UNPAID", True), (1, "UNPAID", True), (2, "UNSHIPPED", False), (3, "CREATED", False)],
)
async def test_v2_pay_types(cj: Caller, pay_type: int | None, status: str, page: bool) -> None:
    """With payType 1 it waits on a page, with 2 it is paid at once, with 3 only created."""
    before = cj.simulator.account(cj.key).balance_cents
    made = await create(cj, "F-4", api=2, payType=pay_type)
    assert (made["orderStatus"], made["cjPayUrl"] is not None) == (status, page)
    assert made["shipmentOrderId"].isdigit()
    assert made["orderId"].isdigit()
    assert (
        made["actualPayment"]
        == made["orderAmount"]
        == pytest.approx(made["productAmount"] + made["postageAmount"])
    )
    spent = before - cj.simulator.account(cj.key).balance_cents
    assert spent == (round(made["orderAmount"] * 100) if pay_type == 2 else 0)
    assert (await detail(cj, made["orderId"]))["orderStatus"] == status


async def test_v2_pay_type_3_goes_through_the_cart(cj: Caller) -> None:
    """A V2 order of payType 3 takes the cart flow by its SD code; its parent is payable without a payId."""
    made = await create(cj, "F-5", api=2, payType=3)
    code = (await detail(cj, "F-5"))["cjOrderCode"]
    await cj.data("POST", f"{ORDER}/addCart", json={"cjOrderIdList": [code]})
    confirmed = await cj.data("POST", f"{ORDER}/addCartConfirm", json={"cjOrderIdList": [code]})
    assert confirmed["submitSuccess"]
    assert (await cj.post(f"{PAY}/payBalanceV2", shipmentOrderId=confirmed["shipmentsId"]))["code"] == 200
    assert (await detail(cj, made["orderId"]))["orderStatus"] == "UNSHIPPED"


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


async def test_balance_refusals(cj: Caller) -> None:
    """Too little money and a restricted account are told apart, and the order stays UNPAID."""
    account = cj.simulator.account(cj.key)
    made = await create(cj, "B-1", api=2)
    account.balance_cents = 1
    assert (await cj.post(f"{PAY}/payBalance", orderId=made["orderId"]))["code"] == 1604000
    account.balance_cents, account.balance_restricted = 10**6, True
    assert (await cj.post(f"{PAY}/payBalance", orderId=made["orderId"]))["code"] == 1604001
    assert (await detail(cj, "B-1"))["orderStatus"] == "UNPAID"
    assert account.balance_cents == 10**6


async def test_missing_stock_blocks(cj: Caller) -> None:
    """Without stock an order exists but is blocked: V2 names the reason, cart and confirmation refuse it."""
    variant = cj.plain()
    cj.world.set_stock(variant, "CN", 1)
    made = await create(cj, "B-2", api=2, variant=variant)
    assert made["interceptOrderReasons"][0]["message"].endswith(variant.sku)
    assert made["orderStatus"] == "CREATED"
    code = (await detail(cj, "B-2"))["cjOrderCode"]
    refused = await confirm(cj, code)
    assert refused["code"] == 1603001
    cart = await cj.data("POST", f"{ORDER}/addCart", json={"cjOrderIdList": [code]})
    assert (cart["successCount"], cart["interceptOrders"][0]["orderCode"]) == (0, code)
    cj.world.set_stock(variant, "CN", 100)
    assert (await confirm(cj, code))["data"] == code
    await cj.clock.advance(2)
    cj.world.set_stock(variant, "CN", 1)
    before = await balance(cj)
    assert (await cj.post(f"{PAY}/payBalance", orderId=code))["code"] == 1603102
    assert await balance(cj) == before
    assert cj.world.total(variant, "CN").total == 1


async def test_tied_carrier_and_its_remedy(cj: Caller) -> None:
    """The cheapest US carrier collects from one warehouse; confirmation fails until it is changed."""
    variant = next(
        variant
        for product in cj.world.products
        if "US" in product.stock and not product.taken_down and product.grams[1] < 2000
        for variant in cj.world.variants(product)
        if cj.world.total(variant, "US").total >= 2
        and list(cj.world.stock(variant, "US")) != []
        and all(house != fairfield() for house in cj.world.stock(variant, "US"))
    )
    body: dict[str, Any] = {
        "logisticName": "US Economy Ground",
        "fromCountryCode": "US",
        "shippingCountryCode": "US",
        "shippingCountry": "USA",
    }
    code = (await create(cj, "B-3", variant=variant, **body))["orderId"]
    refused = await confirm(cj, code)
    assert (refused["code"], "Fairfield, California" in refused["message"]) == (1603001, True)
    offers = await cj.data("GET", f"{ORDER}/getOrderLogisticsInfo", params={"orderCode": code})
    good = next(one for one in offers if one["hasStock"])
    assert not next(one for one in offers if one["logisticsName"] == "US Economy Ground")["hasStock"]
    change = {"id": good["id"], "orderCode": code, "logisticsName": good["logisticsName"], "from": 1}
    assert (await cj.post(f"{ORDER}/updateLogistics", **change))["data"] is True
    assert (await confirm(cj, code))["data"] == code
    assert (await detail(cj, code))["postageAmount"] == good["postage"]
    await cj.data("POST", f"{PAY}/payBalance", json={"orderId": code})
    assert (await cj.post(f"{ORDER}/updateLogistics", **change))["code"] == 8002


def fairfield() -> str:
    return next(house.id for house in WAREHOUSES.values() if house.city == "Fairfield")


async def test_changing_the_warehouse(cj: Caller) -> None:
    """An unpaid order can move to a warehouse of its country; elsewhere is refused with data false."""
    code = (await create(cj, "B-4"))["orderId"]
    near, far = AREAS["CN"].warehouses[1].id, AREAS["US"].warehouses[0].id
    assert (await cj.post(f"{ORDER}/changeWarehouse", orderCode=code, storageId=near))["data"] is True
    assert (await detail(cj, code))["storageId"] == near
    refused = await cj.post(f"{ORDER}/changeWarehouse", orderCode=code, storageId=far)
    assert (refused["code"], refused["data"]) == (1603001, False)


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


async def test_sandbox_order(cj: Caller) -> None:
    """A test order goes 300, 400, 500, 600, 700 by the tools, without money or stock moving."""
    variant = cj.plain()
    stock, money = cj.world.total(variant, "CN").total, await balance(cj)
    code = (await create(cj, "S-1", isSandbox=1))["orderId"]
    assert (await cj.post(f"{SANDBOX}/updateStatus", orderId=code, targetStatus=400))["code"] == 819
    assert (await cj.post(f"{SANDBOX}/updateTrackNumber", orderId=code, trackNumber="T"))["code"] == 819
    await confirm(cj, code)
    refused = await cj.send("POST", f"{PAY}/payBalance", json={"orderId": code})
    assert refused.status_code == 400
    assert (await cj.post(f"{SANDBOX}/simulatePay", orderId=code))["data"] is True
    assert (await cj.post(f"{SANDBOX}/simulatePay", orderId=code))["code"] == 1603101
    assert (await detail(cj, code))["subStatus"] == "PENDING"
    await cj.clock.advance(30 * 86_400)
    await cj.log_in()
    assert (await detail(cj, code))["subStatus"] == "PENDING"
    assert (await cj.post(f"{SANDBOX}/updateStatus", orderId=code, targetStatus=500))["code"] == 1600300
    for number in ("T-1", "T-2"):
        assert (await cj.post(f"{SANDBOX}/updateTrackNumber", orderId=code, trackNumber=number))[
            "data"
        ] is True
    for target, status in ((400, "UNSHIPPED"), (500, "SHIPPED"), (600, "DELIVERED"), (700, "CANCELLED")):
        assert (await cj.post(f"{SANDBOX}/updateStatus", orderId=code, targetStatus=target))["data"] is True
        shown = await detail(cj, code)
        assert (shown["orderStatus"], shown["trackNumber"], shown["isSandbox"]) == (status, "T-2", 1)
    assert (cj.world.total(variant, "CN").total, await balance(cj)) == (stock, money)


async def test_only_the_exact_spelling_makes_a_test_order(cj: Caller) -> None:
    """The field isSandbox must be the number 1; anything else places a real order, which the tools refuse."""
    for number, more in (
        ("R-1", {"sandbox": True}),
        ("R-2", {"isSandbox": True}),
        ("R-3", {"isSandbox": "1"}),
    ):
        code = (await create(cj, number, **more))["orderId"]
        assert (await detail(cj, code))["isSandbox"] == 0
        assert (await cj.post(f"{SANDBOX}/simulatePay", orderId=code))["code"] == 811
    live = (await create(cj, "R-4"))["orderId"]
    test = (await create(cj, "R-5", isSandbox=1))["orderId"]
    assert (await cj.post(f"{ORDER}/addCart", cjOrderIdList=[live, test]))["code"] == 1603001


async def test_several_orders_under_one_parent(cj: Caller) -> None:
    """Orders confirmed together are paid together; test orders likewise, by their parent."""
    codes = [(await create(cj, f"P-{n}"))["orderId"] for n in range(2)]
    await cj.data("POST", f"{ORDER}/addCart", json={"cjOrderIdList": codes})
    parent = (await cj.data("POST", f"{ORDER}/addCartConfirm", json={"cjOrderIdList": codes}))["shipmentsId"]
    made = await cj.data("POST", f"{ORDER}/saveGenerateParentOrder", json={"shipmentOrderId": parent})
    assert made["successOrders"] == codes
    before = await balance(cj)
    await cj.data("POST", f"{PAY}/payBalanceV2", json={"shipmentOrderId": parent, "payId": made["payId"]})
    assert before - await balance(cj) == pytest.approx(made["orderMoney"])
    tests = [(await create(cj, f"Q-{n}", isSandbox=1))["orderId"] for n in range(2)]
    await cj.data("POST", f"{ORDER}/addCart", json={"cjOrderIdList": tests})
    parent = (await cj.data("POST", f"{ORDER}/addCartConfirm", json={"cjOrderIdList": tests}))["shipmentsId"]
    assert await cj.data("POST", f"{SANDBOX}/simulatePay", json={"shipmentOrderId": parent}) is True
    assert (await detail(cj, tests[1]))["subStatus"] == "PENDING"


async def test_own_tax_number_changes_the_amounts(cj: Caller) -> None:
    """With CJ's IOSS number the tax is an amount of its own and not part of the postage."""
    plain = await create(cj, "I-1", logisticName="CJPacket Euro Duty Paid")
    taxed = await create(cj, "I-2", logisticName="CJPacket Euro Duty Paid", iossType=3, iossNumber="CJ-IOSS")
    assert plain["iossAmount"] == 0
    assert taxed["iossAmount"] == pytest.approx(plain["productAmount"] * 0.19, abs=0.01)
    assert taxed["postageAmount"] < plain["postageAmount"]


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


async def control(cj: Caller, lever: str, **body: Any) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(cj.app), base_url="http://cj.test") as client:
        (await client.post(f"/_simulator/{lever}", json=body)).raise_for_status()


async def test_subscriptions(cj: Caller) -> None:
    """Products are subscribed one by one, listed for the account's shop, and dropped again."""
    shop = (await cj.data("GET", "/shop/getShops"))[0]["id"]
    pids = [product.pid for product in cj.world.products[:3]]
    answer = await cj.data("POST", "/webhook/product/subscribe", json={"productIds": [*pids, "0"]})
    assert (answer["successProductIds"], answer["failProductIds"]) == (pids, ["0"])
    again = await cj.data("POST", "/webhook/product/subscribe", json={"productIds": pids[:1]})
    assert again["failProductIds"] == pids[:1]
    assert await cj.data("POST", "/webhook/product/unsubscribe", json={"productIds": pids[1:]}) is True
    listed = await cj.data("GET", "/webhook/product/subscribe/list", params={"shopId": shop})
    assert [one["productId"] for one in listed["content"]] == pids[:1]
    assert (await cj.data("GET", "/webhook/product/subscribe/list", params={"shopId": "0"}))[
        "totalRecords"
    ] == 0
    account = cj.simulator.account(cj.key)
    account.subscribed |= dict.fromkeys(
        (product.pid for product in cj.world.products[3:1002]), cj.clock.now()
    )
    assert (await cj.post("/webhook/product/subscribe", productIds=pids[1:]))["code"] == 1606011


async def test_makeup_bill(cj: Caller) -> None:
    """A bill raised afterwards is listed, gets a payment, and is paid once."""
    await control(cj, "bill", account="9000001", orderCode="SD1", amount=1.35)
    listed = await cj.data("GET", "/shopping/makeup/list")
    bill = listed["list"][0]
    assert (bill["amount"], bill["status"]) == (1.35, "CREATED")
    payment = await cj.data("POST", "/shopping/makeup/createPayOrder", json={"orderCode": bill["orderCode"]})
    before = await balance(cj)
    pay = {"shipmentOrderId": payment["payOrderId"], "orderType": 24}
    assert (await cj.post(f"{PAY}/payBalanceV2", **pay))["code"] == 200
    assert (await cj.post(f"{PAY}/payBalanceV2", **pay))["code"] == 1603101
    assert before - await balance(cj) == pytest.approx(1.35)
