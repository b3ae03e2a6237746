"""Orders and what lies where: missing stock, carriers tied to a warehouse, another warehouse."""

from typing import Any

from providers.cj.simulator.catalogue.places import AREAS, WAREHOUSES
from tests.simulator.caller import Caller
from tests.simulator.ordering import ORDER, PAY, balance, confirm, create, detail


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
