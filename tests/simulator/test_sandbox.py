"""Test orders: made by one exact spelling, moved along by tools, and never paid with money."""

from tests.simulator.caller import Caller
from tests.simulator.ordering import ORDER, PAY, SANDBOX, balance, confirm, create, detail


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
