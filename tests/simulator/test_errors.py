"""Every code the simulated CJ can answer, and the envelope it comes in."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.simulator.caller import KEY, Caller

UNKNOWN = "9999999999999999999"
Request = Callable[[Caller], dict[str, Any]]


def taken_down(cj: Caller) -> str:
    return next(product.pid for product in cj.world.products if product.taken_down)


def gone_vid(cj: Caller) -> str:
    product = cj.product(has_gone_variant=True)
    return next(variant.vid for variant in cj.world.variants(product, gone=True) if variant.gone)


def bad_mix(cj: Caller) -> dict[str, Any]:
    first, second = cj.world.variants(cj.product())[0], cj.plain()
    return cj.order_body("X", products=[{"vid": second.vid, "sku": first.sku, "quantity": 1}])


LINES = [{"vid": UNKNOWN, "quantity": 1}]
GETS: list[tuple[int, str, Callable[[Caller], dict[str, Any]]]] = [
    (1600101, "/shopping/balance/getBalance", lambda _: {}),
    (1600100, "/ticket/list", lambda _: {}),
    (16900202, "/product/addToMyProduct", lambda _: {}),
    (16900403, "/product/stock/queryByVid", lambda _: {}),
    (16900403, "/product/productComments", lambda _: {}),
    (1600100, "/product/listV2", lambda _: {"page": 0}),
    (1600100, "/product/listV2", lambda _: {"page": 1001}),
    (1600100, "/product/listV2", lambda _: {"size": 101}),
    (1600100, "/product/listV2", lambda _: {"size": "many"}),
    (1600100, "/product/listV2", lambda _: {"sort": "sideways"}),
    (1600100, "/product/listV2", lambda _: {"productFlag": 7}),
    (1600100, "/product/listV2", lambda _: {"keyWord": "x" * 201}),
    (1600100, "/product/listV2", lambda _: {"startSellPrice": "cheap"}),
    (1600100, "/product/list", lambda _: {"pageSize": 201}),
    (1600100, "/product/list", lambda _: {"createTimeFrom": "yesterday"}),
    (1600300, "/product/list", lambda _: {"pageNum": 31, "pageSize": 200}),
    (1600300, "/product/query", lambda _: {}),
    (1600300, "/product/query", lambda cj: {"pid": cj.product().pid, "productSku": cj.product().sku}),
    (1602001, "/product/query", lambda _: {"pid": UNKNOWN}),
    (1602001, "/product/query", lambda _: {"variantSku": "CJXX000000001AZ"}),
    (1602002, "/product/query", lambda cj: {"pid": taken_down(cj)}),
    (1602001, "/product/stock/getInventoryByPid", lambda _: {"pid": UNKNOWN}),
    (1600100, "/product/stock/getInventoryByPid", lambda _: {"pid": "9" * 41}),
    (1602000, "/product/variant/queryByVid", lambda _: {"vid": UNKNOWN}),
    (1602003, "/product/variant/queryByVid", lambda cj: {"vid": gone_vid(cj)}),
    (1602000, "/product/stock/queryBySku", lambda _: {"sku": "CJXX000000001AZ"}),
    (1608001, "/warehouse/detail", lambda _: {"id": UNKNOWN}),
    (1600300, "/product/sourcing/queryList", lambda _: {"sourceIds": "1"}),
    (1600300, "/shopping/order/getOrderDetail", lambda _: {}),
    (1600300, "/shopping/order/getOrderDetail", lambda _: {"orderId": UNKNOWN}),
    (
        1600300,
        "/shopping/order/getOrderDetail",
        lambda _: {"orderId": "1", "features": [str(n) for n in range(21)]},
    ),
    (1603100, "/shopping/order/getOrderLogisticsInfo", lambda _: {"orderCode": UNKNOWN}),
    (1607006, "/disputes/disputeProducts", lambda _: {"orderId": UNKNOWN}),
    (16900403, "/logistic/trackInfo", lambda _: {}),
]
POSTS: list[tuple[int, str, Request]] = [
    (
        1602000,
        "/logistic/freightCalculate",
        lambda _: {"startCountryCode": "CN", "endCountryCode": "DE", "products": LINES},
    ),
    (
        1605002,
        "/logistic/freightCalculate",
        lambda _: {"startCountryCode": "CN", "endCountryCode": "ZZ", "products": LINES},
    ),
    (16900403, "/logistic/freightCalculate", lambda _: {"startCountryCode": "CN", "endCountryCode": "DE"}),
    (
        1600100,
        "/logistic/freightCalculate",
        lambda _: {"startCountryCode": "CN", "endCountryCode": "DE", "products": "x"},
    ),
    (1600100, "/logistic/partnerFreightCalculate", lambda _: {"anything": 1}),
    (1600000, "/shopping/order/getOrderDetailBatch", lambda _: {"orderIds": [str(n) for n in range(101)]}),
    (5027, "/shopping/order/createOrderV3", lambda cj: cj.order_body("X", platform=None)),
    (5027, "/shopping/order/createOrderV3", lambda cj: cj.order_body("X", platform="Api")),
    (5030, "/shopping/order/createOrderV3", lambda cj: cj.order_body("X", shopLogisticsType=1)),
    (1605000, "/shopping/order/createOrderV3", lambda cj: cj.order_body("X", logisticName="Nobody")),
    (1605001, "/shopping/order/createOrderV3", lambda cj: cj.order_body("X", logisticName="US Ground+")),
    (1605003, "/shopping/order/createOrderV3", lambda cj: cj.order_body("X", shippingCountryCode="KP")),
    (1605002, "/shopping/order/createOrderV3", lambda cj: cj.order_body("X", fromCountryCode="ZZ")),
    (1602000, "/shopping/order/createOrderV2", lambda cj: cj.order_body("X", products=LINES)),
    (1603000, "/shopping/order/createOrderV2", bad_mix),
    (
        1603000,
        "/shopping/order/createOrderV2",
        lambda cj: cj.order_body("X", products=[{"sku": cj.product().sku, "quantity": 1}]),
    ),
    (1600100, "/shopping/order/createOrderV2", lambda cj: cj.order_body("N" * 51)),
    (16900403, "/shopping/order/createOrderV2", lambda cj: cj.order_body("X", shippingCity="")),
    (16900403, "/shopping/order/createOrderV2", lambda cj: cj.order_body("X", products=[])),
    (1603100, "/shopping/order/addCart", lambda _: {"cjOrderIdList": ["SD1"]}),
    (1603100, "/shopping/pay/payBalance", lambda _: {"orderId": UNKNOWN}),
    (1603100, "/shopping/pay/payBalanceV2", lambda _: {"shipmentOrderId": UNKNOWN, "payId": "P"}),
    (803, "/shopping/sandbox/simulatePay", lambda _: {"orderId": UNKNOWN}),
    (1607001, "/webhook/set", lambda _: topics("https://localhost/x")),
    (1607002, "/webhook/set", lambda _: topics("http://hooks.example/x")),
    (16900403, "/webhook/set", lambda _: {}),
    (1606012, "/webhook/product/unsubscribe", lambda _: {"productIds": ["1"]}),
]


def topics(url: str) -> dict[str, Any]:
    one = {"type": "ENABLE", "callbackUrls": [url]}
    return {"product": one, "stock": one, "order": one, "logistics": one}


@pytest.mark.parametrize(
    ("code", "path", "params"), GETS, ids=lambda value: str(value) if not callable(value) else ""
)
async def test_refused_reading(cj: Caller, code: int, path: str, params: Request) -> None:
    """A wrong reading call is answered with HTTP 200, its documented code and no data."""
    response = await cj.send("GET", path, params=params(cj))
    body = response.json()
    assert (response.status_code, body["code"], body["data"]) == (200, code, None)
    assert body.get("result") in (None, False)
    assert body.get("success") in (None, False)
    assert body["message"]


@pytest.mark.parametrize(
    ("code", "path", "body"), POSTS, ids=lambda value: str(value) if not callable(value) else ""
)
async def test_refused_writing(cj: Caller, code: int, path: str, body: Request) -> None:
    """A wrong writing call is answered with HTTP 200, its documented code and no data."""
    response = await cj.send("POST", path, json=body(cj))
    answer = response.json()
    assert (response.status_code, answer["code"], answer["data"]) == (200, code, None)


async def test_body_errors(cj: Caller) -> None:
    """A missing body, a wrong content type and broken JSON have codes of their own."""
    path = "/product/addToMyProduct"
    json_type = {"content-type": "application/json"}
    assert (await cj.call("POST", path))["code"] == 16900204
    assert (await cj.call("POST", path, content=b"a=b", headers={"content-type": "text/plain"}))[
        "code"
    ] == 16900203
    assert (await cj.call("POST", path, content=b'{"productId":', headers=json_type))["code"] == 16900205
    assert (await cj.call("POST", path, content=b"[1]", headers=json_type))["code"] == 1600100


async def test_taken_down_message_ends_with_the_pid(cj: Caller) -> None:
    """The text of 1602002 ends with the pid."""
    pid = taken_down(cj)
    assert (await cj.get("/product/query", pid=pid))["message"].endswith(pid)


async def test_login_errors(make: Callable[..., Caller]) -> None:
    """Unknown users, malformed keys, missing and bad tokens and bad refresh tokens are told apart."""
    cj = make(api_keys=frozenset((KEY,)))
    other = KEY.replace("9000001", "9000009")
    path = "/authentication/getAccessToken"
    assert (await cj.post(path, apiKey=other))["code"] == 1601000
    assert (await cj.post(path, apiKey="nonsense"))["code"] == 1601000
    assert (await cj.post(path))["code"] == 16900403
    assert (await make().post(path, apiKey="nonsense"))["code"] == 1600001
    assert (await cj.get("/setting/get"))["code"] == 1600002
    cj.token = "nonsense"  # noqa: S105 - it opens nothing
    assert (await cj.get("/setting/get"))["code"] == 1600001
    assert (await cj.post("/authentication/refreshAccessToken", refreshToken="nonsense"))["code"] == 1600003
    strict = make(bad_token_status=401)
    strict.token = "nonsense"  # noqa: S105 - it opens nothing
    assert (await strict.send("GET", "/setting/get")).status_code == 401


async def test_second_collection_is_a_refusal(cj: Caller) -> None:
    """Collecting a product twice answers 1600000, the code of a busy system."""
    pid = cj.product().pid
    assert (await cj.post("/product/addToMyProduct", productId=pid))["data"] is True
    again = await cj.post("/product/addToMyProduct", productId=pid)
    assert (again["code"], again["data"]) == (1600000, None)
    assert "has been added to My Products" in again["message"]


async def test_webhook_probe_failures(cj: Caller) -> None:
    """A receiver that does not answer, or not with 200, cannot be registered; a good one is read back."""
    seen: list[str] = []

    async def send(url: str, headers: Any, body: bytes) -> int:
        seen.append(headers["sign"])
        if "silent" in url:
            raise TimeoutError
        return 404 if "wrong" in url else 200

    cj.simulator.send = send
    assert (await cj.post("/webhook/set", **topics("https://silent.example/x")))["code"] == 1607003
    refused = await cj.post("/webhook/set", **topics("https://wrong.example/x"))
    assert (refused["code"], "404" in refused["message"]) == (1600300, True)
    assert (await cj.post("/webhook/set", **topics("https://good.example/x")))["data"] is True
    assert len(seen) == 3
    settings = await cj.data("GET", "/setting/get")
    assert settings["callback"]["order"] == {"type": "ENABLE", "urls": ["https://good.example/x"]}
    assert settings["callback"]["makeup"]["type"] == "CANCEL"


async def test_waybill_is_multipart(cj: Caller) -> None:
    """The waybill call reads a form, and answers 804 for orders without platform logistics."""
    made = await cj.data("POST", "/shopping/order/createOrderV2", json=cj.order_body("W-1"))
    await cj.data("POST", "/shopping/pay/payBalance", json={"orderId": made["orderId"]})
    fields = {
        "orderId": made["orderId"],
        "cjOrderId": "DP1",
        "cjShippingCompanyName": "Post",
        "trackNumber": "T1",
    }
    form = {name: (None, value) for name, value in fields.items()}
    assert (await cj.call("POST", "/shopping/order/uploadWaybillInfo", files=form))["code"] == 804
    assert (await cj.call("POST", "/shopping/order/uploadWaybillInfo", json=fields))["code"] == 16900203
