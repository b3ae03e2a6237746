"""From the cart to the money: confirmed, gathered under a parent, paid once, or refused."""

import pytest

from tests.simulator.caller import Caller
from tests.simulator.ordering import ORDER, PAY, SANDBOX, balance, confirm, control, create, detail


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
