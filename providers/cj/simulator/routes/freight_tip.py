"""
Quotes for several parcels in the long form, with address rules and fees told apart.

CJ documentation, "Logistic", read 2026-11-23.
"""

from decimal import Decimal, InvalidOperation

from providers.cj.simulator.catalogue.goods import Variant
from providers.cj.simulator.catalogue.places import country_name
from providers.cj.simulator.endpoint import Context, post
from providers.cj.simulator.envelope import Answer, Refusal, Style
from providers.cj.simulator.freight import Parcel, Route, routes
from providers.cj.simulator.inputs import Inputs, param_error
from providers.cj.simulator.routes.freight import country, yuan
from providers.cj.simulator.shapes import dollars, find_variant, price_text

_CHINESE = {
    "CN": "中国",
    "US": "美国",
    "DE": "德国",
    "GB": "英国",
    "FR": "法国",
    "AU": "澳大利亚",
    "CA": "加拿大",
}


def calculate_tip(context: Context) -> Answer:
    """
    Quotes in the long form with address rules; answers to several entries are told apart by `uid`.

    Weight and volume are believed when they are sent, as the figures of the goods. Postal codes matter here
    alone: freightCalculate has no field for what a remote place costs more.
    """
    options = context.simulator.options
    entries = context.inputs.objects("reqDTOS")
    quotes: list[dict[str, object]] = []
    for asked in entries if options.tip_reads == "all" else entries[:1]:
        origin, destination = country(asked, "srcAreaCode"), country(asked, "destAreaCode")
        properties = frozenset(asked.many("productProp"))
        parcel = Parcel(
            origin,
            destination,
            _tip_lines(context, asked),
            grams=asked.integer("weight", 1, 10_000_000),
            cubic_mm=_cubic_mm(asked),
            properties=properties or None,
            own_tax_number=asked.text("iossNumber", 20) is not None,
            postal_code=asked.text("zip", 20),
        )
        uid = (asked.text("uid", 200) or "") if options.tip_answers_uid else ""
        quotes.extend(_tip(route, parcel, uid) for route in routes(context.world, parcel))
    return Answer(quotes)


def _cubic_mm(asked: Inputs) -> int | None:
    """The field `volume`, cubic centimetres with a fraction, in the catalogue's unit."""
    volume = asked.text("volume", 30)
    if volume is None:
        return None
    try:
        return round(Decimal(volume) * 1000)
    except (InvalidOperation, OverflowError, ValueError):
        raise param_error() from None


def _tip_lines(context: Context, asked: Inputs) -> list[tuple[Variant, int]]:
    objects = asked.objects("freightTrialSkuList", needed=False)
    lines = [
        (
            find_variant(context, one.text("vid", 200), one.text("sku", 200)),
            one.integer("skuQuantity", 1, 1_000_000) or 1,
        )
        for one in objects
    ]
    if not lines:
        lines = [(find_variant(context, sku=sku), 1) for sku in asked.many("skuList")]
    if not lines:
        raise Refusal(16900403, "skuList must not be empty")
    return lines


def _area(code: str) -> dict[str, object]:
    number = str(sum(ord(letter) * 26**place for place, letter in enumerate(code)) % 900 + 10)
    return {
        "cnName": _CHINESE.get(code, code),
        "countryId": number,
        "enName": country_name(code),
        "id": number,
        "parentId": None,
        "postCode": "",
        "shortCode": code,
    }


def _tip(route: Route, parcel: Parcel, uid: str) -> dict[str, object]:
    carrier = route.carrier
    listed = round(route.postage * 0.9)
    channel = str(int(carrier.id) + 1)
    rule = {
        "expression": "^[0-9 +-]{6,20}$",
        "interceptType": "0",
        "max": None,
        "min": None,
        "msgCode": "1001",
        "msgEn": "The telephone number must have 6 to 20 digits.",
        "type": "phone",
    }
    return {
        "arrivalTime": route.days,
        "discountFee": dollars(route.postage),
        "discountFeeCNY": yuan(route.postage),
        "volumeWeight": round(parcel.volume / carrier.volume_divisor) if carrier.volume_divisor else None,
        "option": {
            "arrivalTime": route.days,
            "cnName": carrier.chinese,
            "enName": carrier.name,
            "id": carrier.id,
        },
        "ruleTips": [rule],
        "ruleTipTypes": ["phone"],
        "channelId": channel,
        "error": "该邮编不可达" if route.error else "",
        "errorEn": route.error,
        "optionId": carrier.id,
        "postage": dollars(listed),
        "postageCNY": yuan(listed),
        "priceIncreases": "110",
        "reSort": "4",
        "remoteFee": dollars(route.remote),
        "remoteFeeCNY": yuan(route.remote),
        "tip": "",
        "uid": uid,
        "orderId": None,
        "unWeightChargeTarget": None,
        "floatMaxPrice": None,
        "floatMinPrice": None,
        "logisticsParamRespDTO": None,
        "message": "",
        "wrapPostage": dollars(route.postage),
        "wrapPostageCNY": yuan(route.postage),
        "wrapWeight": 0,
        "stopWords": [],
        "channel": {"cnName": f"渠道{carrier.chinese}", "enName": f"渠道{carrier.chinese}", "id": channel},
        "cjRespDTO": {
            "postage": price_text(listed),
            "postageCNY": f"{yuan(listed):.2f}",
            "remoteFee": price_text(route.remote),
            "remoteFeeCNY": f"{yuan(route.remote):g}",
        },
        "destArea": _area(parcel.destination),
        "srcArea": _area(parcel.origin),
        "dump": False,
        "zonePrice": [],
        "allRuleTips": [],
        "taxesFee": None if route.taxes is None else dollars(route.taxes),
        "clearanceOperationFee": None if route.clearance is None else dollars(route.clearance),
        "totalPostageFee": dollars(route.total),
        # In the table of fields and not in the sample: here only where it is charged.
        **({} if route.tariff is None else {"tariff": dollars(route.tariff)}),
    }


ENDPOINTS = (post("/logistic/freightCalculateTip", calculate_tip, points=10, style=Style.BOTH),)
