"""
Quotes for a parcel in two shapes, suppliers' own tariffs, and why a carrier is missing.

CJ documentation, "Logistic", read 2026-11-23.
"""

from providers.cj.simulator.catalogue.goods import Variant
from providers.cj.simulator.catalogue.places import country_name
from providers.cj.simulator.endpoint import Context, post
from providers.cj.simulator.envelope import Answer, Refusal, Style
from providers.cj.simulator.freight import CARRIERS, REASONS, YUAN_PER_DOLLAR, Parcel, Route, obstacle, routes
from providers.cj.simulator.inputs import Inputs, param_error
from providers.cj.simulator.shapes import dollars, find_product, find_variant, price_text

_CHINESE = {
    "CN": "中国",
    "US": "美国",
    "DE": "德国",
    "GB": "英国",
    "FR": "法国",
    "AU": "澳大利亚",
    "CA": "加拿大",
}
_SUPPLIER_SHIPPED = "SUPPLIER_SHIPPED_PRODUCT"


def country(asked: Inputs, name: str) -> str:
    """A country code that exists."""
    code = asked.required(name, 20)
    if country_name(code) is None:
        raise Refusal(1605002, f"Country code not found: {code}")
    return code


def lines_of(context: Context, asked: Inputs, name: str = "products") -> list[tuple[Variant, int]]:
    """The variants and quantities of a list of lines."""
    lines = []
    for one in asked.objects(name):
        quantity = one.integer("quantity", 1, 1_000_000)
        if quantity is None:
            raise Refusal(16900403, "quantity must not be empty")
        lines.append((find_variant(context, one.required("vid", 200)), quantity))
    return lines


def _yuan(cents: int) -> float:
    return round(cents * YUAN_PER_DOLLAR) / 100


def calculate(context: Context) -> Answer:
    """What each carrier would charge for all lines in one parcel; an empty list when none goes there."""
    asked = context.inputs
    parcel = Parcel(
        country(asked, "startCountryCode"),
        country(asked, "endCountryCode"),
        lines_of(context, asked),
        own_tax_number=asked.text("iossNumber", 20) is not None,
    )
    return Answer([_quote(route) for route in routes(context.world, parcel)])


def _quote(route: Route) -> dict[str, object]:
    quote: dict[str, object] = {
        "logisticAging": route.days,
        "logisticPrice": dollars(route.postage),
        "logisticPriceCn": _yuan(route.postage),
        "logisticName": route.carrier.name,
    }
    if route.carrier.thin:
        return quote
    return quote | {
        "taxesFee": None if route.taxes is None else dollars(route.taxes),
        "clearanceOperationFee": None if route.clearance is None else dollars(route.clearance),
        "totalPostageFee": dollars(route.total),
    }


def calculate_tip(context: Context) -> Answer:
    """Quotes in the long form with address rules; answers to several entries are told apart by `uid`."""
    quotes: list[dict[str, object]] = []
    for asked in context.inputs.objects("reqDTOS"):
        origin, destination = country(asked, "srcAreaCode"), country(asked, "destAreaCode")
        properties = frozenset(asked.many("productProp"))
        parcel = Parcel(
            origin,
            destination,
            _tip_lines(context, asked),
            grams=asked.integer("weight", 1, 10_000_000),
            properties=properties or None,
            own_tax_number=asked.text("iossNumber", 20) is not None,
        )
        uid = asked.text("uid", 200) or ""
        quotes.extend(_tip(route, parcel, uid) for route in routes(context.world, parcel))
    return Answer(quotes)


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
        "discountFeeCNY": _yuan(route.postage),
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
        "error": "",
        "errorEn": "",
        "optionId": carrier.id,
        "postage": dollars(listed),
        "postageCNY": _yuan(listed),
        "priceIncreases": "110",
        "reSort": "4",
        "remoteFee": 0,
        "remoteFeeCNY": 0,
        "tip": "",
        "uid": uid,
        "orderId": None,
        "unWeightChargeTarget": None,
        "floatMaxPrice": None,
        "floatMinPrice": None,
        "logisticsParamRespDTO": None,
        "message": "",
        "wrapPostage": dollars(route.postage),
        "wrapPostageCNY": _yuan(route.postage),
        "wrapWeight": 0,
        "stopWords": [],
        "channel": {"cnName": f"渠道{carrier.chinese}", "enName": f"渠道{carrier.chinese}", "id": channel},
        "cjRespDTO": {
            "postage": price_text(listed),
            "postageCNY": f"{_yuan(listed):.2f}",
            "remoteFee": "0.00",
            "remoteFeeCNY": "0",
        },
        "destArea": _area(parcel.destination),
        "srcArea": _area(parcel.origin),
        "dump": False,
        "zonePrice": [],
        "allRuleTips": [],
        "taxesFee": None if route.taxes is None else dollars(route.taxes),
        "clearanceOperationFee": None if route.clearance is None else dollars(route.clearance),
        "totalPostageFee": dollars(route.total),
    }


def supplier_template(context: Context) -> Answer:
    """Suppliers' own shipping for goods they send themselves; other SPUs are left out."""
    answers = []
    wanted = context.inputs.many("skuList")
    if not wanted:
        raise Refusal(16900403, "skuList must not be empty")
    for sku in wanted:
        product = find_product(context.world.by_sku.get(sku))
        if product.product_type != _SUPPLIER_SHIPPED:
            continue
        lines = [
            {
                "id": str(product.index * 10 + place),
                "logisticsName": "Supplier Post",
                "postage": dollars(280 + product.grams[1] * (6 + place) // 10),
                "startCountryCode": "CN",
                "destCountryCode": destination,
            }
            for place, destination in enumerate(("US", "DE", "GB", "FR"))
        ]
        answers.append({"skuList": [sku], "logisticsInfoList": lines})
    return Answer(answers)


def unavailable(context: Context) -> Answer:
    """Which carriers can and cannot take a parcel; its request is read as that of freightCalculate."""
    asked = context.inputs
    lines = lines_of(context, asked)
    if not lines:
        raise param_error()
    parcel = Parcel(country(asked, "startCountryCode"), country(asked, "endCountryCode"), lines)
    reasons = {carrier.name: obstacle(carrier, parcel) for carrier in CARRIERS}
    return Answer(
        {
            "availableList": [{"optionName": name} for name, reason in reasons.items() if reason is None],
            "unavailableList": [
                {"optionName": name, "errorCode": reason, "errorEn": REASONS[reason]}
                for name, reason in reasons.items()
                if reason is not None
            ],
        }
    )


ENDPOINTS = (
    post("/logistic/freightCalculate", calculate, points=10),
    post("/logistic/freightCalculateTip", calculate_tip, points=10, style=Style.BOTH),
    post("/logistic/getSupplierLogisticsTemplate", supplier_template, points=10),
    post("/logistic/unavailableShippingMethods", unavailable, points=10),
)
