"""
Where the simulator differs from CJ, or decides what CJ does not tell; one test each says how and why.

A surprise from the live API that contradicts one of these belongs here first.
"""

from collections.abc import Callable

from providers.cj.simulator import Options
from providers.cj.simulator.routes import ENDPOINTS, NOT_SIMULATED
from tests.simulator.caller import Caller


async def test_refused_calls_do_not_count(cj: Caller) -> None:
    """Whether a refused call counts is unknown; here it does not, so one second of patience always helps."""
    cj.pause = 0.6
    codes = [(await cj.get("/setting/get"))["code"] for _ in range(4)]
    assert codes == [1600200, 200, 1600200, 200]


async def test_the_window_slides_without_mercy(make: Callable[..., Caller]) -> None:
    """CJ's window is unknown; here it is the strictest: any second, not calendar seconds, no extra burst."""
    cj = make(account_level=2)
    await cj.log_in()
    await cj.clock.advance(1.9)
    cj.pause = 0
    assert (await cj.get("/setting/get"))["code"] == 200
    await cj.clock.advance(0.5)
    assert (await cj.get("/setting/get"))["code"] == 200
    await cj.clock.advance(0.49)
    assert (await cj.get("/setting/get"))["code"] == 1600200


async def test_points_are_charged_for_wrong_requests(cj: Caller) -> None:
    """Whether CJ charges a call it then rejects is unknown; here it does, as the dearer of the two."""
    await cj.get("/product/listV2", page=0)
    assert cj.simulator.ledger.points() == 50


async def test_rate_is_judged_before_points_and_body(cj: Caller) -> None:
    """The order of CJ's checks is unknown; here a call that is too fast costs nothing whatever it says."""
    cj.pause = 0.1
    assert (await cj.get("/product/listV2", page=0))["code"] == 1600200
    assert cj.simulator.ledger.points() == 0


async def test_every_key_is_an_account(make: Callable[..., Caller]) -> None:
    """At CJ an account may have several keys; here each key is an account, so tests need no registration."""
    cj = make()
    first, second = cj.simulator.account("CJ1@api@" + "a" * 32), cj.simulator.account("CJ1@api@" + "b" * 32)
    assert first is not second
    assert first.number != second.number


async def test_old_access_tokens_live_on(cj: Caller) -> None:
    """Whether a new pair kills the older access token is unknown; here it lives on, with a switch."""
    old = cj.token
    await cj.clock.advance(86_400)
    await cj.log_in()
    assert cj.token != old
    cj.token = old
    assert (await cj.get("/setting/get"))["code"] == 200
    assert Options().new_pair_ends_old is False


async def test_unknown_product_is_an_error(make: Callable[..., Caller]) -> None:
    """CJ may answer 1602001 or a null success for an unknown pid; the error is the default, null a switch."""
    cj = make()
    await cj.log_in()
    assert (await cj.get("/product/query", pid="1"))["code"] == 1602001
    nulls = make(unknown_product="null")
    await nulls.log_in()
    body = await nulls.get("/product/query", pid="1")
    assert (body["code"], body["data"]) == (200, None)


async def test_inventories_are_sent_when_asked(cj: Caller) -> None:
    """Whether product/query still knows enable_inventory is in doubt; here it does, with a switch."""
    params = {"pid": cj.product().pid, "features": "enable_inventory"}
    assert "inventories" in (await cj.data("GET", "/product/query", params=params))["variants"][0]


async def test_pages_beyond_the_cap_are_empty(make: Callable[..., Caller]) -> None:
    """What CJ answers beyond 6,000 records is unknown; here an empty page, and the total stays at the cap."""
    cj = make(record_cap=150)
    await cj.log_in()
    second = await cj.data("GET", "/product/listV2", params={"size": 100, "page": 2})
    third = await cj.data("GET", "/product/listV2", params={"size": 100, "page": 3})
    assert (second["totalRecords"], len(second["content"][0]["productList"])) == (150, 50)
    assert third["content"][0]["productList"] == []


async def test_category_ids_only_on_the_third_level(cj: Caller) -> None:
    """Whether live category answers have ids above the third level is unknown; here they have none."""
    first = (await cj.data("GET", "/product/getCategory"))[0]
    assert set(first) == {"categoryFirstName", "categoryFirstList"}
    assert set(first["categoryFirstList"][0]) == {"categorySecondName", "categorySecondList"}


async def test_unknown_tracking_numbers_are_missing(cj: Caller) -> None:
    """CJ may fail or leave out unknown numbers; here they are left out."""
    assert (await cj.get("/logistic/trackInfo", trackNumber="NOBODY"))["data"] == []


async def test_comments_of_unknown_products_are_empty(cj: Caller) -> None:
    """What reviews of an unknown pid answer is unknown; here an empty page, since nothing says otherwise."""
    assert (await cj.data("GET", "/product/productComments", params={"pid": "1"}))["total"] == "0"


async def test_deleted_numbers_stay_used(cj: Caller) -> None:
    """Whether deleting frees a number is unknown; here V2 keeps refusing it, with a switch to free it."""
    made = await cj.data("POST", "/shopping/order/createOrderV2", json=cj.order_body("V-1", payType=3))
    await cj.data("DELETE", "/shopping/order/deleteOrder", params={"orderId": made["orderId"]})
    assert (await cj.post("/shopping/order/createOrderV2", **cj.order_body("V-1")))["code"] == 1603003


async def test_newest_order_answers_for_a_doubled_number(cj: Caller) -> None:
    """Which of two V3 orders with one number the detail shows is unknown; here the newest."""
    codes = [
        (await cj.data("POST", "/shopping/order/createOrderV3", json=cj.order_body("V-2")))["orderId"]
        for _ in range(2)
    ]
    shown = await cj.data("GET", "/shopping/order/getOrderDetail", params={"orderId": "V-2"})
    assert shown["cjOrderCode"] == codes[1]


async def test_pay_type_2_without_money_leaves_the_order(cj: Caller) -> None:
    """What a failed immediate payment leaves behind is unknown; here the order, UNPAID: the harder case."""
    cj.simulator.account(cj.key).balance_cents = 0
    refused = await cj.post("/shopping/order/createOrderV2", **cj.order_body("V-3", payType=2))
    assert refused["code"] == 1604000
    shown = await cj.data("GET", "/shopping/order/getOrderDetail", params={"orderId": "V-3"})
    assert shown["orderStatus"] == "UNPAID"


async def test_a_split_order_stays_whole(cj: Caller) -> None:
    """What CJ shows of an order after its split is unknown; here it stays whole, and its number means it."""
    made = await cj.data("POST", "/shopping/order/createOrderV2", json=cj.order_body("V-5", payType=2))
    account = cj.simulator.account(cj.key)
    [order] = account.orders.orders
    account.orders.split(order, cj.clock.now())
    shown = await cj.data("GET", "/shopping/order/getOrderDetail", params={"orderId": "V-5"})
    assert (shown["orderId"], shown["productList"][0]["quantity"]) == (made["orderId"], 2)


async def test_orders_travel_by_a_timetable(cj: Caller) -> None:
    """Real orders move by people's work; here by a fixed timetable that `pace` speeds up or stops."""
    cj.simulator.options.pace = 0
    await cj.data("POST", "/shopping/order/createOrderV2", json=cj.order_body("V-4", payType=2))
    await cj.clock.advance(10 * 86_400)
    params = {"orderId": "V-4"}
    assert (await cj.data("GET", "/shopping/order/getOrderDetail", params=params))["subStatus"] == "PENDING"
    cj.simulator.options.pace = 86_400
    assert (await cj.data("GET", "/shopping/order/getOrderDetail", params=params))[
        "orderStatus"
    ] == "DELIVERED"


async def test_supplier_goods_quote_ordinary_routes_too(cj: Caller) -> None:
    """Goods that suppliers send may have no ordinary quotes at CJ; here they have."""
    product = next(
        one
        for one in cj.world.products
        if one.product_type == "SUPPLIER_SHIPPED_PRODUCT"
        and "CN" in one.stock
        and one.grams[1] < 1000
        and not one.taken_down
    )
    lines = [{"vid": cj.world.variants(product)[0].vid, "quantity": 1}]
    body = {"startCountryCode": "CN", "endCountryCode": "DE", "products": lines}
    assert await cj.data("POST", "/logistic/freightCalculate", json=body)


async def test_private_stock_and_proofs_are_empty(cj: Caller) -> None:
    """The fields of private stock and delivery proofs are unknown, so accounts have neither."""
    path = "/product/stock/privateInventory/querySpuPage"
    assert (await cj.data("POST", path, json={"pageNum": 1}))["list"] == []
    assert (await cj.data("POST", f"{path[:-12]}querySkuListByProductId", json={"productId": "1"})) == []
    assert await cj.data("POST", "/shopping/order/getProofOfDelivery", json={"orderIds": ["1"]}) == []


async def test_product_detail_is_only_partly_known(cj: Caller) -> None:
    """The lowercase product schema was never collected in full; here it has the fields that are known."""
    product = cj.product()
    data = await cj.data("POST", "/product/productDetail/query", json={"id": product.pid})
    assert {"nameen", "sellprice", "bigimg", "stanProducts", "currency", "wholesaleOff"} <= set(data)
    assert data["stanProducts"][0]["id"] == cj.world.variants(product)[0].vid


async def test_sourcing_requests_stay_open(cj: Caller) -> None:
    """The meanings of sourceStatus are unknown; here a request never gets beyond its first."""
    body = {"productName": "Basket", "productImage": "https://img.example/b.jpg"}
    made = await cj.data("POST", "/product/sourcing/create", json=body)
    one = await cj.data("POST", "/product/sourcing/query", json={"sourceIds": [made["cjSourcingId"]]})
    assert (one["sourceId"], one["sourceStatus"], one["cjProductId"]) == (made["cjSourcingId"], "1", None)


async def test_webhooks_are_believed_without_a_sender(cj: Caller) -> None:
    """In process there is nobody to probe, so without an injected sender a receiver is registered unasked."""
    assert cj.simulator.send is None
    topic = {"type": "ENABLE", "callbackUrls": ["https://nowhere.example/x"]}
    assert (await cj.post("/webhook/set", product=topic, stock=topic, order=topic, logistics=topic))[
        "data"
    ] is True


async def test_what_is_known_but_not_simulated_says_so(cj: Caller) -> None:
    """Calls whose fields nobody wrote down answer 1600100 with the reason; none is also simulated."""
    assert not set(NOT_SIMULATED) & {endpoint.path for endpoint in ENDPOINTS}
    assert len(NOT_SIMULATED) > 30
    for path in list(NOT_SIMULATED)[:3]:
        body = await cj.post(path, anything=1)
        assert (body["code"], "not simulated" in body["message"]) == (1600100, True)
