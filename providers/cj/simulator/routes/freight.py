"""
Quotes for a parcel in the short form, suppliers' own tariffs, and why a carrier is missing.

CJ documentation, "Logistic", read 2026-11-23.
"""

from providers.cj.simulator.carriers import CARRIERS
from providers.cj.simulator.catalogue.goods import Variant
from providers.cj.simulator.catalogue.places import country_name
from providers.cj.simulator.endpoint import Context, post
from providers.cj.simulator.envelope import Answer, Refusal
from providers.cj.simulator.freight import REASONS, YUAN_PER_DOLLAR, Parcel, Route, obstacle, routes
from providers.cj.simulator.inputs import Inputs, param_error
from providers.cj.simulator.shapes import dollars, find_product, find_variant

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


def yuan(cents: int) -> float:
    """A JSON number of CNY."""
    return round(cents * YUAN_PER_DOLLAR) / 100


def calculate(context: Context) -> Answer:
    """What each carrier would charge for all lines in one parcel; an empty list when none goes there."""
    asked = context.inputs
    parcel = Parcel(
        country(asked, "startCountryCode"),
        country(asked, "endCountryCode"),
        lines_of(context, asked),
        own_tax_number=asked.text("iossNumber", 20) is not None,
        postal_code=asked.text("zip", 20),
    )
    return Answer([_quote(route) for route in routes(context.world, parcel)])


def _quote(route: Route) -> dict[str, object]:
    quote: dict[str, object] = {
        "logisticAging": route.days,
        "logisticPrice": dollars(route.postage),
        "logisticPriceCn": yuan(route.postage),
        "logisticName": route.carrier.name,
    }
    if route.carrier.thin:
        return quote
    return quote | {
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
    reasons = {carrier.name: obstacle(context.world, carrier, parcel) for carrier in CARRIERS}
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
    post("/logistic/getSupplierLogisticsTemplate", supplier_template, points=10),
    post("/logistic/unavailableShippingMethods", unavailable, points=10),
)
