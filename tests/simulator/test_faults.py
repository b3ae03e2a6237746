"""Misfortune on request: each kind strikes where and as often as told, and leaves the truth behind."""

import asyncio
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

import httpx
import orjson
import pytest

from providers.cj.simulator import PRESETS, Fault
from providers.cj.simulator.faults import Faults
from tests.simulator.caller import KEY, Caller

GET = "/setting/get"


async def test_error_once(cj: Caller) -> None:
    """An error strikes its path once and then never again; other paths are spared; the ledger knows."""
    cj.simulator.faults.add(
        Fault("error", GET, times=1, params={"code": 1600301, "message": "Read timed out"})
    )
    assert (await cj.get("/shop/getShops"))["code"] == 200
    assert (await cj.get(GET))["code"] == 1600301
    assert (await cj.get(GET))["code"] == 200
    assert [entry.fault for entry in cj.simulator.ledger if entry.fault] == ["error"]
    assert cj.simulator.ledger.violations() == 0


async def test_a_call_of_an_earlier_era(cj: Caller) -> None:
    """A call that was under way when the ledger was cleared does not count in the new one."""
    slow = Fault("latency", GET, times=1, params={"seconds": 5})
    cj.simulator.faults.add(slow)
    late = asyncio.create_task(cj.get(GET))
    while not slow.struck:
        await cj.clock.advance(0)
    cj.simulator.ledger.clear()
    await cj.clock.advance(6)
    assert (await late)["code"] == 200
    assert len(cj.simulator.ledger) == 0
    await cj.get(GET)
    assert len(cj.simulator.ledger) == 1


async def test_status_and_page(cj: Caller) -> None:
    """An HTTP 500 comes with a page instead of JSON; a page can come with HTTP 200 too."""
    cj.simulator.faults.add(Fault("status", GET, times=1), Fault("not_json", GET, times=1))
    first, second = await cj.send("GET", GET), await cj.send("GET", GET)
    assert (first.status_code, second.status_code) == (500, 200)
    for response in (first, second):
        with pytest.raises(ValueError, match=r"."):
            response.json()


async def test_twice(cj: Caller) -> None:
    """A request that arrives twice is carried out twice, counts as one call, and has the later answer."""
    cj.simulator.faults.add(Fault("twice", "/shopping/order/*", times=1))
    again = await cj.post("/shopping/order/createOrderV2", **cj.order_body("T-1"))
    assert again["code"] == 1603003
    assert [order.number for order in cj.simulator.account(KEY).orders.orders] == ["T-1"]
    assert cj.simulator.ledger.count("/shopping/order/*") == 1


async def test_truncated(cj: Caller) -> None:
    """Half of the true answer arrives, which no parser accepts."""
    cj.simulator.faults.add(Fault("truncated", GET, times=1, params={"keep": 0.5}))
    cut, whole = await cj.send("GET", GET), await cj.send("GET", GET)
    assert cut.status_code == 200
    assert abs(len(cut.content) - len(whole.content) / 2) < 2
    with pytest.raises(orjson.JSONDecodeError):
        orjson.loads(cut.content)


async def test_dropped(cj: Caller) -> None:
    """The connection ends in the middle of the answer."""
    cj.simulator.faults.add(Fault("drop", GET, times=1))
    with pytest.raises(httpx.RemoteProtocolError):
        await cj.send("GET", GET)
    assert [entry.status for entry in cj.simulator.ledger][-1] == 0
    assert (await cj.get(GET))["code"] == 200


async def answer_to(call: Awaitable[httpx.Response]) -> httpx.Response | None:
    """The answer to a call on a clock that stands still; None when there is none however long one waits."""
    asked = asyncio.ensure_future(call)
    for _ in range(200):
        await asyncio.sleep(0)
    if asked.done():
        return await asked
    asked.cancel()
    await asyncio.wait({asked})
    return None


async def test_hanging(cj: Caller) -> None:
    """Nothing is answered until the caller gives up; the call is counted all the same."""
    cj.simulator.faults.add(Fault("hang", GET, times=1))
    assert await answer_to(cj.send("GET", GET)) is None
    assert cj.simulator.ledger.count(GET) == 1
    assert (await cj.get(GET))["code"] == 200


async def test_hanging_for_a_while(cj: Caller) -> None:
    """A hang of some seconds ends in HTTP 504, after so much time."""
    cj.simulator.faults.add(Fault("hang", GET, params={"seconds": 20}))
    before = cj.clock.monotonic()
    response = await cj.clock.run(asyncio.ensure_future(cj.send("GET", GET)))
    assert response.status_code == 504
    assert cj.clock.monotonic() - before == pytest.approx(21)


async def test_latency(make: Callable[..., Caller]) -> None:
    """Answers take the set time, plus what a fault adds to some paths."""
    cj = make(latency_seconds=0.25)
    await cj.clock.run(asyncio.ensure_future(cj.log_in()))
    cj.simulator.faults.add(Fault("latency", "/shop/*", params={"seconds": 2}))
    for path, seconds in ((GET, 0.25), ("/shop/getShops", 2.25)):
        before = cj.clock.monotonic()
        await cj.clock.run(asyncio.ensure_future(cj.get(path)))
        assert cj.clock.monotonic() - before == pytest.approx(1 + seconds)


async def test_empty(cj: Caller) -> None:
    """A success without its data: an empty list, an empty page, or null; the next answer is whole again."""
    product = cj.product()
    cj.simulator.faults.add(Fault("empty", "/product/*", times=3))
    vid = cj.world.variants(product)[0].vid
    assert (await cj.get("/product/stock/queryByVid", vid=vid))["data"] == []
    page = (await cj.get("/product/listV2"))["data"]
    assert (page["content"], page["totalRecords"]) == ([], 0)
    assert (await cj.get("/product/query", pid=product.pid))["data"] is None
    assert (await cj.get("/product/query", pid=product.pid))["data"]["pid"] == product.pid


async def test_omitted_fields(cj: Caller) -> None:
    """Named fields are left out at any depth."""
    cj.simulator.faults.add(
        Fault("omit", "/product/query", params={"keys": ["variantSellPrice", "sellPrice"]})
    )
    data = await cj.data("GET", "/product/query", params={"pid": cj.product().pid})
    assert "sellPrice" not in data
    assert "variantSellPrice" not in data["variants"][0]
    assert "variantWeight" in data["variants"][0]


async def test_token_revoked_in_flight(cj: Caller) -> None:
    """The token dies between two calls; a new one works."""
    cj.simulator.faults.add(Fault("revoke_token", "/product/*", times=1))
    assert (await cj.get(GET))["code"] == 200
    assert (await cj.get("/product/listV2"))["code"] == 1600001
    assert (await cj.get(GET))["code"] == 1600001
    await cj.log_in()
    assert (await cj.get("/product/listV2"))["code"] == 200


async def test_points_exhausted_on_request(cj: Caller) -> None:
    """Points can be taken away before a call; free calls do not notice."""
    cj.simulator.faults.add(Fault("exhaust_points", "/product/listV2", times=1, params={"remaining": 20}))
    assert (await cj.get("/product/listV2"))["code"] == 16900500
    assert (await cj.get("/product/query", pid=cj.product().pid))["code"] == 200
    assert (await cj.get(GET))["code"] == 200


async def test_for_one_account(cj: Caller) -> None:
    """A fault can be meant for one account only."""
    cj.simulator.faults.add(Fault("error", account="9999999"))
    assert (await cj.get(GET))["code"] == 200


async def test_skipping(cj: Caller) -> None:
    """A fault can let some calls pass first."""
    cj.simulator.faults.add(Fault("error", GET, skip=2, times=1))
    assert [(await cj.get(GET))["code"] for _ in range(4)] == [200, 200, 1600000, 200]


def test_probability_is_seeded() -> None:
    """Chance strikes about as often as told, and the same calls each time."""

    def run() -> list[bool]:
        faults = Faults(Random(5))
        faults.add(Fault("error", probability=0.3))
        return [bool(faults.draw(GET, None)) for _ in range(500)]

    assert run() == run()
    assert 100 < sum(run()) < 200


def test_unknown_kinds_are_refused() -> None:
    """A fault nobody has heard of is an error of the test that asks for it."""
    with pytest.raises(ValueError, match="no fault of kind"):
        Fault("earthquake")  # type: ignore[arg-type]


async def succeeds(cj: Caller, path: str, body: dict[str, Any]) -> bool:
    """Whether the caller learns in time that a writing call went well."""
    try:
        response = await answer_to(cj.send("POST", path, json=body))
        return (
            response is not None
            and response.status_code == 200
            and orjson.loads(response.content)["code"] == 200
        )
    except (httpx.RemoteProtocolError, orjson.JSONDecodeError):
        return False


async def orders(cj: Caller) -> int:
    total: int = (await cj.data("GET", "/shopping/order/list"))["total"]
    return total


@pytest.mark.parametrize(
    "name",
    [
        "created_but_500",
        "created_but_busy",
        "created_but_unreadable",
        "created_but_failed",
        "created_but_refused",
        "created_but_dropped",
        "created_but_timed_out",
    ],
)
async def test_created_although_it_looked_otherwise(cj: Caller, name: str) -> None:
    """The order exists once although its answer was lost, and can be found by the caller's number."""
    cj.simulator.faults.preset(name)
    assert not await succeeds(cj, "/shopping/order/createOrderV2", cj.order_body("G-1"))
    assert await orders(cj) == 1
    assert (await cj.get("/shopping/order/getOrderDetail", orderId="G-1"))["data"]["orderNum"] == "G-1"
    assert (await cj.post("/shopping/order/createOrderV2", **cj.order_body("G-1")))["code"] == 1603003


@pytest.mark.parametrize(
    "name",
    [
        "paid_but_500",
        "paid_but_timed_out",
        "paid_but_dropped",
        "paid_but_unreadable",
        "paid_but_busy",
        "paid_but_failed",
    ],
)
async def test_paid_although_it_looked_otherwise(cj: Caller, name: str) -> None:
    """The money is gone once although the answer was lost."""
    made = await cj.data("POST", "/shopping/order/createOrderV2", json=cj.order_body("G-2"))
    cj.simulator.faults.preset(name)
    before = cj.simulator.account(cj.key).balance_cents
    assert not await succeeds(cj, "/shopping/pay/payBalance", {"orderId": made["orderId"]})
    assert before - cj.simulator.account(cj.key).balance_cents == round(made["orderAmount"] * 100)
    assert (await cj.post("/shopping/pay/payBalance", orderId=made["orderId"]))["code"] == 1603101


async def test_price_changes_between_quote_and_order(cj: Caller) -> None:
    """The order is made at a price a fifth above the one that was shown."""
    variant = cj.plain()
    cj.simulator.faults.preset("price_change_before_order")
    made = await cj.data("POST", "/shopping/order/createOrderV2", json=cj.order_body("G-3", variant))
    assert made["productAmount"] == pytest.approx(2 * round(variant.cents * 1.2) / 100)


async def test_balance_vanishes(cj: Caller) -> None:
    """The balance is found too low at the moment of paying."""
    made = await cj.data("POST", "/shopping/order/createOrderV2", json=cj.order_body("G-4"))
    cj.simulator.faults.preset("balance_too_low")
    assert (await cj.post("/shopping/pay/payBalance", orderId=made["orderId"]))["code"] == 1604000


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_presets_are_faults(name: str) -> None:
    """Every named misfortune can be put in force and strikes the path it is about, once."""
    faults = Faults(Random(1))
    fault = faults.preset(name)
    path = fault.path.replace("*", "V2") if fault.path != "*" else GET
    assert faults.draw(path, None) == [fault]
    assert faults.draw(path, None) == []
    assert fault.label == name


async def test_control(cj: Caller) -> None:
    """The levers of the served simulator do what the attributes do, uncounted."""
    transport = httpx.ASGITransport(cj.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://cj.test/_simulator") as control:

        async def turn(method: str, path: str, body: Any = None) -> Any:
            response = await control.request(
                method, path, content=orjson.dumps(body) if body is not None else None
            )
            assert response.status_code == 200, response.text
            return response.json()

        await cj.get("/product/listV2")
        summary = await turn("GET", "/ledger?latest=1")
        assert summary["paths"]["/product/listV2"] == {"calls": 1, "refused": 0, "points": 50}
        assert summary["latest"][0]["path"] == "/product/listV2"
        assert summary["accounts"]["9000001"]["calls"] == 2
        assert (await turn("POST", "/account", {"account": "9000001", "rate": 3, "points": 7, "balance": 5}))[
            "rate"
        ] == 3
        assert (await cj.get("/product/listV2"))["code"] == 16900500
        assert (await cj.get("/shopping/pay/getBalance"))["data"]["amount"] == 5
        await turn("POST", "/options", {"points_info": True})
        assert "pointsInfo" in await cj.get(GET)
        await turn("POST", "/faults", [{"kind": "error", "path": GET, "times": 1}, {"preset": "system_busy"}])
        assert len((await turn("GET", "/faults"))["active"]) == 2
        assert (await cj.get(GET))["code"] == 1600000
        assert (await turn("DELETE", "/faults"))["active"] == []
        await turn("POST", "/account", {"account": KEY, "total": 50_000})
        variant = cj.plain()
        await turn("POST", "/stock", {"vid": variant.vid, "countryCode": "CN", "units": 3})
        await turn("POST", "/price", {"pid": variant.product.pid, "factor": 2})
        shown = await cj.data("GET", "/product/variant/queryByVid", params={"vid": variant.vid})
        assert shown["variantSellPrice"] == pytest.approx(variant.cents / 50)
        assert cj.world.total(variant, "CN").total == 3
        pid = {"pid": variant.product.pid}
        assert (await turn("POST", "/take-down", pid))["takenDown"] is True
        assert (await cj.get("/product/query", **pid))["code"] == 1602002
        assert (await turn("POST", "/take-down", pid | {"back": True}))["takenDown"] is False
        assert (await turn("POST", "/take-down", pid))["takenDown"] is True
        other = cj.plain(units=60)
        made = await cj.data("POST", "/shopping/order/createOrderV2", json=cj.order_body("H-1", other))
        await turn("POST", "/order", {"account": "9000001", "orderId": made["orderId"], "status": 500})
        detail = await cj.data("GET", "/shopping/order/getOrderDetail", params={"orderId": "H-1"})
        assert (detail["orderStatus"], detail["trackNumber"] is not None) == ("SHIPPED", True)
        await turn("DELETE", "/ledger")
        assert (await turn("GET", "/ledger"))["calls"] == 0
        await turn("POST", "/reset", {})
        assert (await cj.get("/shopping/order/getOrderDetail", orderId="H-1"))["code"] == 1600300
        assert (await cj.get("/shopping/pay/getBalance"))["data"]["amount"] == 1000
        assert cj.world.price(variant) == variant.cents
        assert (await cj.get("/product/query", **pid))["code"] == 200
        await turn("POST", "/reset", {"tokens": True})
        assert (await cj.get(GET))["code"] == 1600001
        assert (await control.get("/nothing")).status_code == 404
        assert (await control.post("/options", content=b'{"nothing": 1}')).status_code == 400
        assert (await control.post("/account", content=b"{}")).status_code == 400
