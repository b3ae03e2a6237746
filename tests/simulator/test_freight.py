"""Quotes: which carriers take a parcel, at what price, and why the others do not."""

from typing import Any

import pytest

from tests.simulator.caller import Caller


async def test_freight_is_common_to_all_lines(cj: Caller) -> None:
    """Goods of two kinds in one parcel are offered only carriers that take both."""

    def of(kind: str) -> str:
        product = next(
            one
            for one in cj.world.products
            if one.leaf.group.property == kind
            and "CN" in one.stock
            and one.grams[1] < 300
            and not one.taken_down
        )
        return cj.world.variants(product)[0].vid

    async def names(*vids: str) -> set[str]:
        body = {
            "startCountryCode": "CN",
            "endCountryCode": "DE",
            "products": [{"vid": vid, "quantity": 1} for vid in vids],
        }
        return {one["logisticName"] for one in await cj.data("POST", "/logistic/freightCalculate", json=body)}

    plain, powered, liquid = await names(of("COMMON")), await names(of("BATTERY")), await names(of("LIQUID"))
    both = await names(of("COMMON"), of("BATTERY"), of("LIQUID"))
    assert len(plain) > len(liquid) > 0
    assert both <= plain & powered & liquid
    assert both


async def test_freight_by_weight_and_place(cj: Caller) -> None:
    """More pieces cost more, some places get nothing, duty is charged, and only what lies there is sent."""
    variant = cj.plain()

    async def quote(origin: str, destination: str, quantity: int) -> dict[str, Any]:
        lines = [{"vid": variant.vid, "quantity": quantity}]
        body = {"startCountryCode": origin, "endCountryCode": destination, "products": lines}
        return {
            one["logisticName"]: one for one in await cj.data("POST", "/logistic/freightCalculate", json=body)
        }

    one, three = await quote("CN", "DE", 1), await quote("CN", "DE", 3)
    for name in set(one) & set(three):
        assert one[name]["logisticPrice"] < three[name]["logisticPrice"]
    taxed = one["CJPacket Euro Duty Paid"]
    assert taxed["totalPostageFee"] == pytest.approx(
        taxed["logisticPrice"] + taxed["taxesFee"] + taxed["clearanceOperationFee"]
    )
    assert "totalPostageFee" not in one["Swift Air Express"]
    assert await quote("CN", "KP", 1) == {}
    absent = next(country for country in ("US", "DE", "GB", "FR") if country not in variant.stock)
    assert await quote(absent, "US", 1) == {}
    assert "CJPacket Ordinary" not in await quote("CN", "DE", 100)


async def test_free_shipping_quotes_zero(cj: Caller) -> None:
    """Goods with free shipping from a US warehouse are quoted at 0 within the country."""
    product = cj.product(free_shipping=True)
    vid = cj.world.variants(product)[0].vid
    body = {"startCountryCode": "US", "endCountryCode": "US", "products": [{"vid": vid, "quantity": 1}]}
    prices = {
        one["logisticName"]: one["logisticPrice"]
        for one in await cj.data("POST", "/logistic/freightCalculate", json=body)
    }
    assert prices["US Ground+"] == 0


async def test_both_freight_calls_agree(cj: Caller) -> None:
    """The long form names the same carriers at the same total, and says which entry it answers."""
    variant = cj.plain()
    lines = [{"vid": variant.vid, "quantity": 2}]
    short = await cj.data(
        "POST",
        "/logistic/freightCalculate",
        json={"startCountryCode": "CN", "endCountryCode": "AU", "products": lines},
    )
    entry = {
        "srcAreaCode": "CN",
        "destAreaCode": "AU",
        "uid": "u1",
        "freightTrialSkuList": [{"vid": variant.vid, "skuQuantity": 2}],
    }
    long = await cj.data(
        "POST", "/logistic/freightCalculateTip", json={"reqDTOS": [entry, entry | {"uid": "u2"}]}
    )
    assert [one["option"]["enName"] for one in long if one["uid"] == "u1"] == [
        one["logisticName"] for one in short
    ]
    assert len(long) == 2 * len(short)
    for brief, full in zip(short, long, strict=False):
        assert full["totalPostageFee"] == brief.get("totalPostageFee", brief["logisticPrice"])


async def test_why_a_carrier_is_missing(cj: Caller) -> None:
    """Every carrier is either available or has a code from 2001 to 2018 with words."""
    lines = [{"vid": cj.plain().vid, "quantity": 20}]
    answer = await cj.data(
        "POST",
        "/logistic/unavailableShippingMethods",
        json={"startCountryCode": "CN", "endCountryCode": "DE", "products": lines},
    )
    assert answer["availableList"]
    assert len(answer["availableList"]) + len(answer["unavailableList"]) == 15
    assert all(2001 <= one["errorCode"] <= 2018 and one["errorEn"] for one in answer["unavailableList"])
