"""FreightCalculateTip: several parcels in one call, and how its answers are told apart."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from providers.cj.freight_tip import OptionsByEntry, can_tip, tip_call
from providers.cj.limits import policies
from providers.model import DayRange, Money
from providers.shipping import Certainty, Cost, CostKind, LeftOut, ParcelOptions, ShippingOption
from tests.unit.providers.cj import samples
from tests.unit.providers.cj.parcels import PRODUCT, VARIANT, line, parcel

POLICY = policies(15)["freight.tip"]
SINGLE = tip_call(POLICY, [parcel()])
EMPTY = ParcelOptions(())


def _row(uid: Any = "p1", **changes: Any) -> dict[str, Any]:
    return {
        "uid": uid,
        "option": {"enName": "Post", "arrivalTime": "8-14"},
        "wrapPostage": "5.12",
        "discountFee": "4.80",
        **changes,
    }


def _read(rows: Sequence[Any], parcels: int = 1) -> OptionsByEntry:
    return tip_call(POLICY, [parcel()] * parcels).read(rows)


def _option(row: dict[str, Any]) -> ShippingOption:
    [told] = _read([row])
    assert told is not None
    return told.options[0]


def test_documented_answer() -> None:
    """CJ's own sample: the option's English name, the price once, and the rule for the telephone number."""
    [told] = SINGLE.read(samples.data(samples.FREIGHT_TIP))
    assert told == ParcelOptions(
        (
            ShippingOption(
                "CJPacket Ordinary",
                (Cost(CostKind.SHIPPING, Money(Decimal("5.12"), "USD"), Certainty.KNOWN),),
                DayRange(8, 14),
                note="Required: Phone must have 6 to 20 digits.",
                requires=frozenset({"phone"}),
            ),
        )
    )


def test_request() -> None:
    """Weight in grams, volume in cubic centimetres, properties and SKUs of all lines, and a uid each."""
    small = replace(VARIANT, id="09", sku="CJGD220941702AZ", weight_grams=5)
    two = line(2, variant=small, logistics_properties=("BATTERY", "COMMON"))
    [entry] = tip_call(POLICY, [parcel(line(3), two, postal_code="28195")]).body["reqDTOS"]
    assert entry == {
        "uid": "p1",
        "srcAreaCode": "US",
        "destAreaCode": "DE",
        "skuList": ["CJGD220941702AZ", "CJGD220941701AZ"],
        "freightTrialSkuList": [
            {
                "sku": "CJGD220941702AZ",
                "vid": "09",
                "skuQuantity": 2,
                "skuWeight": 5,
                "skuVolume": Decimal(1728),
                "productPropList": ["BATTERY", "COMMON"],
            },
            {
                "sku": "CJGD220941701AZ",
                "vid": "11",
                "skuQuantity": 3,
                "skuWeight": 310,
                "skuVolume": Decimal(1728),
                "productPropList": ["COMMON"],
            },
        ],
        "weight": 940,
        "wrapWeight": 940,
        "volume": Decimal(8640),
        "productProp": ["BATTERY", "COMMON"],
        "zip": "28195",
    }
    entries = tip_call(POLICY, [parcel(), parcel(origin="CN")]).body["reqDTOS"]
    assert [(each["uid"], each["srcAreaCode"]) for each in entries] == [("p1", "US"), ("p2", "CN")]


@pytest.mark.parametrize(
    ("of_variant", "of_product", "able"),
    [
        ({}, {}, True),
        ({"weight_grams": None}, {"weight_grams": 300}, True),
        ({"weight_grams": None}, {}, False),
        ({"sku": None}, {}, False),
        ({"dimensions": None}, {}, False),
        ({}, {"logistics_properties": ()}, False),
    ],
)
def test_what_has_to_be_known(of_variant: dict[str, Any], of_product: dict[str, Any], able: bool) -> None:
    """A parcel one of whose lines lacks SKU, weight, size or properties cannot be asked for like this."""
    lacking = line(variant=replace(VARIANT, **of_variant), **of_product)
    assert can_tip(parcel(line(), lacking)) is able


def test_every_fee_has_its_line() -> None:
    """Taxes, clearance, duty and the remote fee are told apart and add up to the total and the remote fee."""
    fees = {"taxesFee": "3", "clearanceOperationFee": "0.45", "tariff": "3.50", "remoteFee": "2"}
    option = _option(_row(**fees, totalPostageFee="12.07"))
    assert [(cost.kind.value, str(cost.amount.amount)) for cost in option.costs if cost.amount] == [
        ("SHIPPING", "5.12"),
        ("TAX", "3"),
        ("HANDLING", "0.45"),
        ("DUTY", "3.50"),
        ("HANDLING", "2"),
    ]


def test_a_total_that_cannot_be() -> None:
    """A carrier whose total is less than its fees is left out, and it is said why."""
    [told] = _read([_row(taxesFee="8", totalPostageFee="6")])
    reason = "CJ's total for it is less than the fees that it names."
    assert told == ParcelOptions((), (LeftOut("Post", reason),))


def test_the_price_without_a_total() -> None:
    """The wrapped postage counts before the discounted one, and the list price never."""
    assert _option(_row()).costs[0].amount == Money(Decimal("5.12"), "USD")
    assert _option(_row(wrapPostage=None)).costs[0].amount == Money(Decimal("4.80"), "USD")
    [told] = _read([_row(wrapPostage=None, discountFee=None, postage="1.00")])
    assert told == ParcelOptions((), (LeftOut("Post", "CJ names no price for it."),))


@pytest.mark.parametrize(
    ("errors", "reason"),
    [
        ({"error": "不可达", "errorEn": "Not reachable"}, "CJ says “Not reachable”."),
        ({"error": "不可达", "errorEn": ""}, "CJ says “不可达”."),
    ],
)
def test_routes_with_an_error(errors: dict[str, str], reason: str) -> None:
    """A route with an error is left out with CJ's words, however good its price."""
    assert _read([_row(**errors)]) == (ParcelOptions((), (LeftOut("Post", reason),)),)


def test_rules_of_an_address() -> None:
    """Binding rules come first, each once, in few words; what is no rule is passed over."""
    rule = {"interceptType": "0", "msgEn": "No PO box."}
    advice = {"interceptType": 1, "msgEn": "Street at most\n 35 characters"}
    note = _option(_row(ruleTips=[advice, rule, rule, {"interceptType": "0"}, "x"])).note
    assert note == "Required: No PO box. Advised: Street at most 35 characters."
    assert _option(_row(ruleTips="none")).note is None
    needed = [_option(_row(ruleTips=[{**rule, "type": "phone"}, each])).requires for each in (advice, "x")]
    assert needed == [{"phone"}] * 2
    assert _option(_row(ruleTips=[{**rule, "type": "phone", "interceptType": "1"}])).requires == frozenset()
    assert len(_option(_row(ruleTips=[{**rule, "msgEn": "long " * 90}])).note or "") == 200


def test_telling_entries_apart() -> None:
    """Each entry has its own rows; one without rows has no route when an entry behind the first has some."""
    first, second, third = _read([_row("p3"), _row("p1", wrapPostage="9"), _row("p3", option={})], parcels=3)
    assert first is not None
    assert third is not None
    assert second == EMPTY
    assert [
        str(each.options[0].costs[0].amount and each.options[0].costs[0].amount.amount)
        for each in (first, third)
    ] == ["9", "5.12"]


def test_what_an_answer_leaves_open() -> None:
    """Rows without our uid tell about nobody, rows for the first entry alone nothing about the others."""
    assert _read([_row("p1"), _row("p7")], parcels=2) == (None, None)
    assert _read([_row(""), _row("")], parcels=2) == (None, None)
    first, second = _read([_row("p1")], parcels=2)
    assert first is not None
    assert first.options
    assert second is None
    # With one entry there is nothing to tell apart.
    assert _option(_row("")).method == "Post"


def test_an_empty_answer_is_doubted() -> None:
    """No rows at all are confirmed before they are believed of every entry; some rows are an answer."""
    call = tip_call(POLICY, [parcel()] * 2)
    assert call.is_empty is not None
    assert call.read([]) == (EMPTY, EMPTY)
    assert call.is_empty(call.read([]))
    for rows in ([_row("p1")], [_row("p2")], [_row("")]):
        assert not call.is_empty(call.read(rows))


def test_imagined() -> None:
    """For a query that is not run every entry has two priced carriers."""
    call = tip_call(POLICY, [parcel()] * 3)
    assert call.imagine is not None
    assert [len(each.options) for each in call.imagine() if each is not None] == [2, 2, 2]


def test_products_without_weight_of_their_own() -> None:
    """The product's weight stands in for its variant's."""
    light = line(2, variant=replace(VARIANT, weight_grams=None), weight_grams=PRODUCT.weight_grams or 40)
    assert tip_call(POLICY, [parcel(light)]).body["reqDTOS"][0]["weight"] == 80
