"""Every documented answer: the same fields and JSON types as the samples, no field nobody has heard of."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.simulator.caller import KEY, Caller

SAMPLES = Path(__file__).parents[1] / "samples" / "cj"
Fetch = Callable[[Caller], Awaitable[dict[str, Any]]]


def kind(value: object) -> str:
    if isinstance(value, bool):
        return "bool"
    # A whole amount of dollars is written without a fraction, so the two kinds of number are one.
    return "number" if isinstance(value, (int, float)) else type(value).__name__


def compare(given: object, sample: object, extra: frozenset[str], where: str = "answer") -> None:
    """Fail where an answer's fields or types differ from the sample's; null fits any type."""
    if given is None or sample is None:
        return
    assert kind(given) == kind(sample), f"{where}: {kind(given)} instead of {kind(sample)}"
    if isinstance(sample, dict) and isinstance(given, dict):
        assert set(sample) <= set(given), f"{where} lacks {set(sample) - set(given)}"
        assert set(given) <= set(sample) | extra, f"{where} invents {set(given) - set(sample) - extra}"
        for name in sample:
            compare(given[name], sample[name], extra, f"{where}.{name}")
    if isinstance(sample, list) and isinstance(given, list) and sample:
        assert given, f"{where} is empty"
        for element in given:
            compare_element(element, sample, extra, where)


def compare_element(element: object, sample: list[Any], extra: frozenset[str], where: str) -> None:
    """An element must fit one of the sample's elements."""
    failures = []
    for candidate in sample:
        try:
            compare(element, candidate, extra, f"{where}[]")
        except AssertionError as failure:
            failures.append(failure)
        else:
            return
    raise failures[0]


async def get_access_token(cj: Caller) -> dict[str, Any]:
    return await cj.post("/authentication/getAccessToken", apiKey=KEY)


async def my_product_query(cj: Caller) -> dict[str, Any]:
    await cj.post("/product/addToMyProduct", productId=cj.product().pid)
    return await cj.get("/product/myProduct/query")


async def sourcing_query_list(cj: Caller) -> dict[str, Any]:
    made = await cj.data(
        "POST",
        "/product/sourcing/create",
        json={"productName": "Basket", "productImage": "https://img.example/b.jpg", "thirdProductId": "P-1"},
    )
    return await cj.get("/product/sourcing/queryList", sourceIds=made["cjSourcingId"])


async def parent_order(cj: Caller) -> dict[str, Any]:
    code = (await cj.data("POST", "/shopping/order/createOrderV3", json=cj.order_body("S-1")))["orderId"]
    await cj.post("/shopping/order/addCart", cjOrderIdList=[code])
    return await cj.post("/shopping/order/addCartConfirm", cjOrderIdList=[code])


async def generate_parent_order(cj: Caller) -> dict[str, Any]:
    parent = (await parent_order(cj))["data"]["shipmentsId"]
    return await cj.post("/shopping/order/saveGenerateParentOrder", shipmentOrderId=parent)


async def created(cj: Caller, **more: Any) -> str:
    body = cj.order_body("S-2", **more)
    code: str = (await cj.data("POST", "/shopping/order/createOrderV3", json=body))["orderId"]
    return code


async def confirm_order(cj: Caller) -> dict[str, Any]:
    return await cj.call("PATCH", "/shopping/order/confirmOrder", json={"orderId": await created(cj)})


async def paid(cj: Caller) -> str:
    code = await created(cj)
    await cj.call("PATCH", "/shopping/order/confirmOrder", json={"orderId": code})
    await cj.data("POST", "/shopping/pay/payBalance", json={"orderId": code})
    return code


async def order_list(cj: Caller) -> dict[str, Any]:
    await created(cj)
    return await cj.get("/shopping/order/list", pageNum=1)


async def order_detail(cj: Caller) -> dict[str, Any]:
    return await cj.get("/shopping/order/getOrderDetail", orderId=await paid(cj))


async def dispute_create(cj: Caller) -> dict[str, Any]:
    code = await paid(cj)
    lines = (await cj.data("GET", "/disputes/disputeProducts", params={"orderId": code}))["productInfoList"]
    return await cj.post(
        "/disputes/create",
        businessDisputeId="B-1",
        orderId=code,
        disputeReasonId=1,
        expectType=1,
        refundType=1,
        messageText="Please cancel.",
        productInfoList=lines,
    )


async def freight_calculate(cj: Caller) -> dict[str, Any]:
    lines = [{"vid": cj.plain().vid, "quantity": 2}]
    return await cj.post(
        "/logistic/freightCalculate", startCountryCode="CN", endCountryCode="DE", products=lines
    )


async def freight_calculate_tip(cj: Caller) -> dict[str, Any]:
    variant = cj.plain()
    entry: dict[str, Any] = {
        "srcAreaCode": "CN",
        "destAreaCode": "DE",
        "skuList": [variant.sku],
        "productProp": ["COMMON"],
    }
    entry |= {"freightTrialSkuList": [{"sku": variant.sku, "vid": variant.vid, "skuQuantity": 1}]}
    return await cj.post("/logistic/freightCalculateTip", reqDTOS=[entry])


async def supplier_logistics_template(cj: Caller) -> dict[str, Any]:
    sku = cj.product(product_type="SUPPLIER_SHIPPED_PRODUCT").sku
    return await cj.post("/logistic/getSupplierLogisticsTemplate", skuList=[sku])


async def track_info(cj: Caller) -> dict[str, Any]:
    code = await paid(cj)
    await cj.clock.advance(3 * 86_400)
    number = (await cj.data("GET", "/shopping/order/getOrderDetail", params={"orderId": code}))["trackNumber"]
    return await cj.get("/logistic/trackInfo", trackNumber=number)


async def warehouse_detail(cj: Caller) -> dict[str, Any]:
    variant = cj.plain()
    rows = await cj.data("GET", "/product/stock/queryByVid", params={"vid": variant.vid})
    return await cj.get("/warehouse/detail", id=rows[0]["stock"][0]["stockId"].strip("{}"))


async def webhook_set(cj: Caller) -> dict[str, Any]:
    topic = {"type": "ENABLE", "callbackUrls": ["https://hooks.example/cj"]}
    return await cj.post("/webhook/set", product=topic, stock=topic, order=topic, logistics=topic)


async def setting_get(cj: Caller) -> dict[str, Any]:
    await webhook_set(cj)
    return await cj.get("/setting/get")


def reading(path: str, **params: Any) -> Fetch:
    async def fetch(cj: Caller) -> dict[str, Any]:
        reviewed = next(one for one in cj.world.products if one.review_count > 1 and len(one.axes) > 1)
        variant = cj.world.variants(reviewed)[0]
        single = next(
            one for one in cj.world.products if one.low_cents == one.high_cents and not one.taken_down
        )
        known = {"single": single.pid, "pid": reviewed.pid, "vid": variant.vid, "sku": variant.sku}
        return await cj.get(path, **{name: known.get(value, value) for name, value in params.items()})

    return fetch


CASES: dict[str, Fetch] = {
    "get_access_token": get_access_token,
    "setting_get": setting_get,
    "get_category": reading("/product/getCategory"),
    "list_v2": reading("/product/listV2", keyWord="basket", features="enable_category"),
    "list": reading("/product/list", pid="single"),
    "query": reading("/product/query", pid="pid", features="enable_inventory"),
    "variant_query": reading("/product/variant/query", pid="pid", countryCode="CN"),
    "variant_query_by_vid": reading("/product/variant/queryByVid", vid="vid", features="enable_inventory"),
    "stock_by_vid": reading("/product/stock/queryByVid", vid="vid"),
    "stock_by_sku": reading("/product/stock/queryBySku", sku="sku"),
    "stock_by_pid": reading("/product/stock/getInventoryByPid", pid="pid"),
    "global_warehouse_list": reading("/product/globalWarehouseList"),
    "product_comments": reading("/product/productComments", pid="pid"),
    "my_product_query": my_product_query,
    "sourcing_query_list": sourcing_query_list,
    "create_order_v2": lambda cj: cj.post("/shopping/order/createOrderV2", **cj.order_body("S-3")),
    "create_order_v3": lambda cj: cj.post("/shopping/order/createOrderV3", **cj.order_body("S-4")),
    "generate_parent_order": generate_parent_order,
    "add_cart_confirm": parent_order,
    "confirm_order": confirm_order,
    "get_balance": reading("/shopping/pay/getBalance"),
    "order_list": order_list,
    "order_detail": order_detail,
    "dispute_create": dispute_create,
    "freight_calculate": freight_calculate,
    "freight_calculate_tip": freight_calculate_tip,
    "supplier_logistics_template": supplier_logistics_template,
    "track_info": track_info,
    "warehouse_detail": warehouse_detail,
    "webhook_set": webhook_set,
    "webhook_product_subscribe": lambda cj: cj.post(
        "/webhook/product/subscribe", productIds=[cj.product().pid]
    ),
}


def test_every_sample_has_a_case() -> None:
    """No documented answer is left unchecked."""
    assert {path.stem for path in SAMPLES.glob("*.json")} >= set(CASES)
    assert len(CASES) > 30


@pytest.mark.parametrize("name", sorted(CASES))
async def test_answer_has_the_documented_shape(cj: Caller, name: str) -> None:
    """An answer has the documented fields with the documented JSON types, and no others."""
    sample = json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    answer = await CASES[name](cj)
    compare(answer, sample["answer"], frozenset(sample.get("documented_only", ())))
    assert set(answer) == set(sample["answer"])
    assert answer["message"] == sample["answer"]["message"]
    assert answer.get("code") == sample["answer"].get("code")


@pytest.mark.parametrize(
    ("given", "sample"),
    [
        ({"a": 1}, {"a": "1"}),
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"a": 1, "b": 2}, {"a": 1}),
        ({"a": []}, {"a": [1]}),
    ],
)
def test_comparison_sees_differences(given: object, sample: object) -> None:
    """A wrong type, a missing field, an invented field and an empty list are all noticed."""
    with pytest.raises(AssertionError):
        compare(given, sample, frozenset())
