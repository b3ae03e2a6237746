"""Quotes through the endpoint: what it costs to get goods there, from CJ's simulator and the sample."""

from decimal import Decimal
from typing import Any

import pytest

from gateway import ids
from providers.cj.simulator import Fault
from providers.declaring import Feature
from tests.graphql.conftest import Gateway, OpenGateway, Reachable, errors_of, open_over
from tests.shelf import Shelf

COST = "kind name amount { amount currencyCode } certainty note original { amount currencyCode } source"
QUOTE = """id supplier { code } shipFrom shipTo { country postalCode } shippingMethod
  lines { variant { id title } quantity unitPrice { amount currencyCode } total { amount currencyCode } }
  processing { min max } transit { min max } delivery { min max }
  costs { COST } landedCost { amount currencyCode } landedCostPerUnit { amount currencyCode } complete
  exchangeRates { from to rate asOf source } notes expiresAt provenance { source asOf }""".replace(
    "COST", COST
)
PROBLEM = """__typename code message
  ... on BelowMinimumOrder { quantity minimum } ... on OutOfStock { available }
  ... on CannotShip { shipFrom shippingMethod }"""
QUOTES = f"""query ($input: QuoteInput!) {{ quotes(input: $input) {{
  quotes {{ {QUOTE} }} cheapest {{ shippingMethod }} fastest {{ shippingMethod }}
  problems {{ {PROBLEM} }} outcome {{ status message supplier {{ code }} }} }} }}"""
CHECK = """query ($id: ID!) { checkQuote(id: $id) {
  status message supplierCode shipFrom shippingMethod lines { variantId quantity unitPrice { amount } }
  charged { amount currencyCode } landedCost { amount currencyCode } expiresAt } }"""
STOCKED = """query ($supplier: String!) { products(search: {suppliers: [$supplier]}, first: 6) { nodes {
  variants { nodes { id inventory { countryCode quantity }
    priceTiers { minimumQuantity unitPrice { amount currencyCode } } } } } } }"""


async def ask(gateway: Gateway, *lines: tuple[str, int], to: str = "DE", **more: Any) -> dict[str, Any]:
    basket = [{"variantId": variant, "quantity": quantity} for variant, quantity in lines]
    data = await gateway.data(QUOTES, input={"lines": basket, "shipTo": {"country": to}} | more)
    result: dict[str, Any] = data["quotes"]
    return result


async def stocked(
    gateway: Gateway, supplier: str, country: str = "CN", pieces: int = 50
) -> list[dict[str, Any]]:
    """Variants of different products of which so many lie in a country."""
    found = await gateway.data(STOCKED, supplier=supplier)
    return [
        next(
            variant
            for variant in product["variants"]["nodes"]
            if any(
                row["countryCode"] == country and row["quantity"] >= pieces for row in variant["inventory"]
            )
        )
        for product in found["products"]["nodes"]
        if any(
            row["countryCode"] == country and row["quantity"] >= pieces
            for variant in product["variants"]["nodes"]
            for row in variant["inventory"] or []
        )
    ]


def adds_up(quote: dict[str, Any]) -> bool:
    amounts = [Decimal(line["amount"]["amount"]) for line in quote["costs"] if line["amount"]]
    return sum(amounts, Decimal(0)) == Decimal(quote["landedCost"]["amount"])


async def test_one_parcel_from_cj(gateway: Gateway, cj: Reachable) -> None:
    """Two lines of CJ are one parcel: every quote carries both, adds up, and says whether it is complete."""
    one, other, *_ = await stocked(gateway, "cj")
    result = await ask(gateway, (one["id"], 2), (other["id"], 1), shipFrom="CN", currency="EUR")
    assert result["outcome"]["status"] == "OK"
    assert result["quotes"]
    for quote in result["quotes"]:
        assert [line["quantity"] for line in quote["lines"]] == [2, 1]
        assert adds_up(quote)
        assert quote["complete"] == all(line["certainty"] != "UNKNOWN" for line in quote["costs"])
        assert quote["landedCost"]["currencyCode"] == "EUR"
        assert {rate["to"] for rate in quote["exchangeRates"]} >= {"EUR"}
        assert (quote["shipFrom"], quote["shipTo"]["country"]) == ("CN", "DE")
        kinds = {line["kind"]: line["certainty"] for line in quote["costs"]}
        assert kinds["ITEMS"] == kinds["SHIPPING"] == "KNOWN"
        assert kinds["TAX"] in {"KNOWN", "ESTIMATED"}
        assert all((line["name"] is None) == (line["source"] is None) for line in quote["costs"])
    totals = [Decimal(quote["landedCost"]["amount"]) for quote in result["quotes"]]
    assert totals == sorted(totals)
    assert result["cheapest"]["shippingMethod"] == result["quotes"][0]["shippingMethod"]
    latest = min(quote["delivery"]["max"] for quote in result["quotes"])
    fastest = next(
        quote for quote in result["quotes"] if quote["shippingMethod"] == result["fastest"]["shippingMethod"]
    )
    assert fastest["delivery"]["max"] == latest


@pytest.mark.parametrize(("country", "tax"), [("DE", ["VAT"]), ("US", [])])
async def test_within_a_country(gateway: Gateway, country: str, tax: list[str]) -> None:
    """Sent within a country, a quote leaves open only whether a tax that the country has is in the price."""
    variant, *_ = await stocked(gateway, "cj", country, 1)
    result = await ask(gateway, (variant["id"], 1), to=country, shipFrom=country)
    assert result["quotes"]
    for quote in result["quotes"]:
        unknown = [line for line in quote["costs"] if line["certainty"] == "UNKNOWN"]
        assert [line["name"] for line in unknown if line["kind"] == "TAX"] == tax
        assert quote["complete"] == (not unknown)


async def test_a_quote_costs_one_call(gateway: Gateway, cj: Reachable) -> None:
    """With the product known, quoting it from every origin is one freight call, and nothing when repeated."""
    variant, *_ = await stocked(gateway, "cj")
    cj.simulator.ledger.clear()
    await ask(gateway, (variant["id"], 1), allOrigins=True)
    assert cj.spent() == (1, 10)
    await ask(gateway, (variant["id"], 1), allOrigins=True)
    assert cj.spent() == (1, 10)


async def test_variants_of_a_product_share_the_call(gateway: Gateway, cj: Reachable) -> None:
    """Quotes of all variants of a product, asked for side by side, are one freight call."""
    variant, *_ = await stocked(gateway, "cj")
    cj.simulator.ledger.clear()
    query = """query ($id: ID!) { variant(by: {id: $id}) { product { variants { nodes {
      quotes(shipTo: {country: "DE"}) { cheapest { landedCost { amount } } problems { code } } } } } } }"""
    data = await gateway.data(query, id=variant["id"])
    nodes = data["variant"]["product"]["variants"]["nodes"]
    assert any(node["quotes"]["cheapest"] for node in nodes)
    assert all(node["quotes"]["cheapest"] or node["quotes"]["problems"] for node in nodes)
    assert cj.spent() == (1, 10)


async def test_the_sample_by_quantity(gateway: Gateway) -> None:
    """The sample's price falls with the quantity, days of making ready count, and duty is not included."""
    variant, steps = next(
        (each, each["priceTiers"])
        for each in await stocked(gateway, "alibaba", pieces=600)
        if len(each["priceTiers"]) > 1 and each["priceTiers"][1]["minimumQuantity"] <= 600
    )
    few, many = [
        await ask(gateway, (variant["id"], step["minimumQuantity"]), shipFrom="CN", to="US")
        for step in steps[:2]
    ]
    for result, step in zip((few, many), steps, strict=False):
        assert result["quotes"]
        for quote in result["quotes"]:
            assert quote["lines"][0]["unitPrice"] == step["unitPrice"]
            assert adds_up(quote)
            assert quote["provenance"]["source"] == "SAMPLE"
            assert quote["delivery"]["max"] == quote["processing"]["max"] + quote["transit"]["max"]
            kinds = {line["kind"]: line["certainty"] for line in quote["costs"]}
            assert kinds["DUTY"] == "UNKNOWN"
            assert not quote["complete"]
            assert any("dut" in note.lower() for note in quote["notes"])


async def test_below_the_minimum(gateway: Gateway) -> None:
    """Fewer pieces than a seller sells is a typed problem with the smallest order, and no quote."""
    variant = next(
        each for each in await stocked(gateway, "alibaba") if each["priceTiers"][0]["minimumQuantity"] > 1
    )
    minimum = variant["priceTiers"][0]["minimumQuantity"]
    result = await ask(gateway, (variant["id"], minimum - 1))
    assert result["quotes"] == []
    assert (result["cheapest"], result["fastest"]) == (None, None)
    (problem,) = result["problems"]
    assert problem["__typename"] == "BelowMinimumOrder"
    assert (problem["quantity"], problem["minimum"]) == (minimum - 1, minimum)
    assert result["outcome"]["status"] == "OK"


async def test_more_than_there_is(gateway: Gateway) -> None:
    """More pieces than any country holds is a typed problem that says how many there are."""
    variant, *_ = await stocked(gateway, "cj")
    (problem,) = (await ask(gateway, (variant["id"], 1_000_000)))["problems"]
    assert problem["__typename"] == "OutOfStock"
    assert 0 < problem["available"] < 1_000_000


async def test_nothing_goes_there(gateway: Gateway) -> None:
    """Where no carrier goes there is no quote, and a problem that says so."""
    variant, *_ = await stocked(gateway, "cj")
    result = await ask(gateway, (variant["id"], 1), to="KP", shipFrom="CN")
    assert result["quotes"] == []
    assert [problem["code"] for problem in result["problems"]] == ["NO_SHIPPING"]


async def test_what_is_not_sold(gateway: Gateway) -> None:
    """A variant that its supplier does not have is a typed problem, not an error."""
    result = await ask(gateway, (ids.variant_id("alibaba", "1600000000000", "1"), 1))
    assert [problem["__typename"] for problem in result["problems"]] == ["ThingNotFound"]
    assert result["quotes"] == []


async def test_a_supplier_without_quotes() -> None:
    """A supplier that has no quotes says so in its outcome."""
    async with open_over(Shelf("plain", [1], without=[Feature.QUOTES])) as gateway:
        result = await ask(gateway, (ids.variant_id("plain", "0", "1"), 1))
    assert result["outcome"]["status"] == "UNSUPPORTED"
    assert result["quotes"] == []


async def test_the_last_known_quotes(open_gateway: OpenGateway, cj: Reachable) -> None:
    """When CJ is down, the last known prices of sending are quoted and marked STALE."""
    stale = {"GATEWAY_FRESH_SECONDS_FREIGHT": "0", "GATEWAY_STALE_SECONDS_FREIGHT": "600"}
    async with open_gateway(**stale) as gateway:
        variant, *_ = await stocked(gateway, "cj")
        before = await ask(gateway, (variant["id"], 1), shipFrom="CN")
        cj.simulator.faults.add(Fault("status", "/logistic/*", params={"status": 502}))
        after = await ask(gateway, (variant["id"], 1), shipFrom="CN")
    assert before["quotes"]
    assert after["outcome"]["status"] == "STALE"
    assert [quote["landedCost"] for quote in after["quotes"]] == [
        quote["landedCost"] for quote in before["quotes"]
    ]


ONE, TWO = ids.variant_id("cj", "0", "1"), ids.variant_id("alibaba", "0", "1")
LINE = {"variantId": ONE, "quantity": 1}
TO = {"country": "DE"}


@pytest.mark.parametrize(
    ("basket", "message"),
    [
        ({"lines": [], "shipTo": TO}, "input.lines: send 1 to 50 lines; these are 0"),
        ({"lines": [LINE] * 51, "shipTo": TO}, "input.lines: send 1 to 50 lines; these are 51"),
        ({"lines": [LINE, LINE], "shipTo": TO}, "a variant stands there twice"),
        ({"lines": [LINE | {"quantity": 0}], "shipTo": TO}, "input.lines[0].quantity: 0 is out of range"),
        ({"lines": [LINE | {"quantity": -3}], "shipTo": TO}, "input.lines[0].quantity: -3 is out of range"),
        ({"lines": [LINE | {"quantity": 1_000_001}], "shipTo": TO}, "send 1 to 1000000"),
        ({"lines": [LINE | {"quantity": 2**31}], "shipTo": TO}, "cannot represent non 32-bit signed integer"),
        ({"lines": [LINE, {"variantId": TWO}], "shipTo": TO}, "one parcel comes from one supplier"),
        ({"lines": [{"variantId": ids.product_id("cj", "0")}], "shipTo": TO}, "this is the id of a product"),
        ({"lines": [{"variantId": "nonsense"}], "shipTo": TO}, "is not an id of this gateway"),
        ({"lines": [LINE], "shipTo": {"country": "XX"}}, '"XX" is no country'),
        ({"lines": [LINE], "shipTo": TO, "shipFrom": "Mars"}, '"Mars" is no country'),
        ({"lines": [LINE], "shipTo": TO, "currency": "EURO"}, '"EURO" is no currency'),
        ({"lines": [LINE], "shipTo": TO, "currency": "AED"}, "currency: There is no reference rate for AED"),
        (
            {"lines": [LINE], "shipTo": TO | {"postalCode": "1" * 21}},
            "input.shipTo.postalCode: 21 characters",
        ),
        ({"lines": [LINE], "shipTo": TO | {"postalCode": ""}}, "input.shipTo.postalCode: the text is empty"),
    ],
)
async def test_baskets_that_make_no_sense(door: Gateway, basket: dict[str, Any], message: str) -> None:
    """A basket that makes no sense is refused with what is wrong and what to send instead."""
    answer = await door.post(QUOTES, input=basket)
    (error,) = errors_of(answer)
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert message in error["message"]


async def test_a_quote_can_be_checked(gateway: Gateway, cj: Reachable) -> None:
    """A quote's id alone, blanks around it or not, says what was quoted, and no supplier is asked."""
    variant, *_ = await stocked(gateway, "cj")
    quote, *_ = (await ask(gateway, (variant["id"], 3), shipFrom="CN", currency="EUR"))["quotes"]
    cj.simulator.ledger.clear()
    checked = (await gateway.data(CHECK, id=quote["id"]))["checkQuote"]
    assert (await gateway.data(CHECK, id=f" {quote['id']}\n"))["checkQuote"] == checked
    assert checked["status"] == "VALID"
    assert checked["supplierCode"] == "cj"
    assert checked["shippingMethod"] == quote["shippingMethod"]
    assert checked["landedCost"] == quote["landedCost"]
    assert checked["expiresAt"] == quote["expiresAt"]
    assert checked["lines"] == [
        {
            "variantId": variant["id"],
            "quantity": 3,
            "unitPrice": {"amount": quote["lines"][0]["unitPrice"]["amount"]},
        }
    ]
    own = [line for line in quote["costs"] if line["certainty"] == "KNOWN"]
    in_dollars = sum(Decimal((line["original"] or line["amount"])["amount"]) for line in own)
    assert checked["charged"] == {"amount": str(in_dollars), "currencyCode": "USD"}
    assert cj.spent() == (0, 0)


async def test_altered_and_foreign_ids(gateway: Gateway) -> None:
    """An altered id, another text or a quote of another gateway is INVALID in plain words."""
    variant, *_ = await stocked(gateway, "alibaba")
    token = (await ask(gateway, (variant["id"], 500), shipFrom="CN"))["quotes"][0]["id"]
    for text in (token[:-8] + "AAAAAAAA", "nonsense", "", variant["id"], "9" * 20_000):
        checked = (await gateway.data(CHECK, id=text))["checkQuote"]
        assert checked["status"] == "INVALID"
        assert "Ask for a new one" in checked["message"]
        assert checked["landedCost"] is None
    async with open_over(Shelf("cj", [1])) as other:
        assert (await other.data(CHECK, id=token))["checkQuote"]["status"] == "INVALID"
