"""Comparing through the endpoint: offers of CJ's simulator and the Alibaba sample side by side."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from gateway import ids
from providers.cj.simulator import Fault
from providers.model import Money
from tests.goods import variant
from tests.graphql.conftest import Gateway, OpenGateway, Reachable, errors_of, open_over
from tests.shelf import Shelf

OFFER = """rank score badges reasons quantity minimumOrderQuantity meetsMinimumOrder availableQuantity
  matchScore matchedWords matchedProduct { title supplier { code } }
  product { id title supplier { code } } variant { id } unitPrice { amount currencyCode }
  quote { complete shipFrom shippingMethod landedCost { amount currencyCode } landedCostPerUnit { amount }
    delivery { min max } }
  alternatives { complete shipFrom shippingMethod landedCostPerUnit { amount } delivery { min max }
    lines { variant { id } } }
  problems { __typename code message }"""
COMPARE = f"""query ($input: CompareInput!) {{ compare(input: $input) {{
  currency outcomes {{ supplier {{ code }} status message retryAfterMs }} offers {{ {OFFER} }}
  suppliers {{ supplier {{ code }} outcome {{ status }} offers {{ {OFFER} }} }} }} }}"""
SOME = """{ products(search: {suppliers: ["cj"]}, first: 2) { nodes { id variants { nodes { id } } } } }"""


async def compare(gateway: Gateway, **given: Any) -> dict[str, Any]:
    data = await gateway.data(COMPARE, input={"query": "lamp", "shipTo": {"country": "DE"}} | given)
    result: dict[str, Any] = data["compare"]
    return result


def status_of(comparison: dict[str, Any]) -> dict[str, str]:
    return {each["supplier"]["code"]: each["status"] for each in comparison["outcomes"]}


def is_worse(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether an offer loses on every count: certainty, cost and days."""
    if one["quote"] is None or other["quote"] is None:
        return one["quote"] is None and other["quote"] is not None
    counts = [
        (
            not offer["quote"]["complete"],
            Decimal(offer["quote"]["landedCostPerUnit"]["amount"]),
            offer["quote"]["delivery"]["max"],
        )
        for offer in (one, other)
    ]
    return all(mine >= theirs for mine, theirs in zip(*counts, strict=True)) and counts[0] != counts[1]


async def test_side_by_side(gateway: Gateway) -> None:
    """Offers of both suppliers stand in one order, each with its reasons, in the currency asked for."""
    found = await compare(gateway, quantity=100, currency="EUR")
    assert status_of(found) == {"cj": "OK", "alibaba": "OK"}
    offers = found["offers"]
    assert {offer["product"]["supplier"]["code"] for offer in offers} == {"cj", "alibaba"}
    assert [offer["rank"] for offer in offers] == list(range(1, len(offers) + 1))
    scores = [offer["score"] for offer in offers]
    assert scores == sorted(scores, reverse=True)
    assert all(offer["reasons"] and offer["quantity"] == 100 for offer in offers)
    assert {offer["quote"]["landedCost"]["currencyCode"] for offer in offers} == {"EUR"}
    assert {offer["unitPrice"]["currencyCode"] for offer in offers} == {"EUR"}
    assert not any(
        is_worse(better, worse) for number, better in enumerate(offers) for worse in offers[number + 1 :]
    )
    for offer in offers:
        assert offer["matchedProduct"]["supplier"]["code"] != offer["product"]["supplier"]["code"]
        assert 0 <= offer["matchScore"] <= 1
    assert any("Lamp" in offer["matchedWords"] for offer in offers)
    assert {badge for offer in offers for badge in offer["badges"]} >= {"FASTEST"}


def cost_of(quote: dict[str, Any]) -> tuple[bool, Decimal, int]:
    """Sorts ways to send, cheapest first."""
    return not quote["complete"], Decimal(quote["landedCostPerUnit"]["amount"]), quote["delivery"]["max"]


def days_of(quote: dict[str, Any]) -> tuple[bool, int]:
    """Sorts ways to send, fastest first."""
    return not quote["complete"], quote["delivery"]["max"]


@pytest.mark.parametrize(("priority", "by"), [("COST", cost_of), ("SPEED", days_of)])
async def test_ways_and_offers_stand_in_one_order(gateway: Gateway, priority: str, by: Any) -> None:
    """By cost and by speed the way that wins, the other ways and the offers all stand in that order."""
    found = await compare(gateway, quantity=20, priority=priority, shipTo={"country": "GB"}, perSupplier=5)
    quoted = [offer for offer in found["offers"] if offer["quote"]]
    ways = [[offer["quote"], *offer["alternatives"]] for offer in quoted]
    assert max(map(len, ways)) > 2
    assert all(those == sorted(those, key=by) for those in [*ways, [offer["quote"] for offer in quoted]])
    for offer, (_, *others) in zip(quoted, ways, strict=True):
        assert all(other["lines"] == [{"variant": offer["variant"]}] for other in others)
        assert len({(each["shipFrom"], each["shippingMethod"]) for each in others}) == len(others)
    unquoted = [offer["rank"] for offer in found["offers"] if not offer["quote"]]
    assert all(rank > len(quoted) for rank in unquoted)


async def test_nothing_is_found(gateway: Gateway) -> None:
    """Suppliers that have nothing for the words say so, in a search as in a comparison."""
    found = await compare(gateway, query="xylophonist", perSupplier=1)
    assert found["offers"] == []
    search = '{ products(search: {query: "xylophonist"}) { outcomes { status message } } }'
    outcomes = (await gateway.data(search))["products"]["outcomes"]
    said = [(each["status"], each["message"]) for each in [*found["outcomes"], *outcomes]]
    assert said == [("OK", "Nothing was found for these words.")] * 4
    assert {each["message"] for each in (await compare(gateway, perSupplier=1))["outcomes"]} == {None}


async def test_each_supplier_by_itself(gateway: Gateway) -> None:
    """What one supplier brings is ranked among itself, and together it is what stands side by side."""
    found = await compare(gateway, quantity=100)
    apart = {each["supplier"]["code"]: each for each in found["suppliers"]}
    assert {code: each["outcome"]["status"] for code, each in apart.items()} == status_of(found)
    for each in apart.values():
        assert [offer["rank"] for offer in each["offers"]] == list(range(1, len(each["offers"]) + 1))
    variants = [offer["variant"]["id"] for each in apart.values() for offer in each["offers"]]
    assert sorted(variants) == sorted(offer["variant"]["id"] for offer in found["offers"])


async def test_what_a_comparison_costs(gateway: Gateway, cj: Reachable) -> None:
    """Three products per supplier cost one search, three product and three freight calls; again, nothing."""
    first = await compare(gateway)
    assert len([offer for offer in first["offers"] if offer["product"]["supplier"]["code"] == "cj"]) == 3
    assert cj.spent() == (7, 50 + 30 + 30)
    assert await compare(gateway) == first
    assert await compare(gateway, priority="SPEED") != first
    assert cj.spent() == (7, 110)


async def test_with_the_search_known(gateway: Gateway, cj: Reachable) -> None:
    """When the search is known already, three products cost six calls of ten points."""
    await gateway.data('{ products(search: {query: "lamp"}) { nodes { title } } }')
    cj.simulator.ledger.clear()
    await compare(gateway)
    assert cj.spent() == (6, 60)


async def test_a_comparison_has_a_price(gateway: Gateway, cj: Reachable) -> None:
    """A comparison can be priced without being run, and then costs what the price said."""

    async def priced() -> tuple[int, int]:
        body = {
            "query": COMPARE,
            "variables": {"input": {"query": "lamp", "shipTo": {"country": "DE"}}},
            "extensions": {"dryRun": True},
        }
        answer = (await gateway.client.post("/graphql", json=body)).json()
        tag = answer["extensions"]["dryRun"]["cj"]
        return tag["calls"], tag["points"]

    assert await priced() == (7, 110)
    assert cj.spent() == (0, 0)
    await compare(gateway)
    assert cj.spent() == (7, 110)
    assert await priced() == (0, 0)


async def test_things_named_by_id(gateway: Gateway) -> None:
    """Products named by id take part with the variant that wins, variants exactly, beside what is found."""
    one, other = (await gateway.data(SOME))["products"]["nodes"]
    variant = other["variants"]["nodes"][-1]["id"]
    named = {"productIds": [one["id"]], "variantIds": [variant]}
    found = await compare(gateway, query=None, **named)
    assert status_of(found) == {"cj": "OK"}
    assert {offer["product"]["id"] for offer in found["offers"]} == {one["id"], other["id"]}
    assert variant in {offer["variant"]["id"] for offer in found["offers"]}
    both = await compare(gateway, suppliers=["alibaba"], **named)
    assert status_of(both).keys() == {"cj", "alibaba"}
    assert {offer["product"]["id"] for offer in found["offers"]} < {
        offer["product"]["id"] for offer in both["offers"]
    }


async def test_below_every_minimum(gateway: Gateway) -> None:
    """A product that is not sold in this quantity is shown last, says from how many, and wins nothing."""
    found = await compare(gateway, quantity=1)
    refused = [offer for offer in found["offers"] if not offer["meetsMinimumOrder"]]
    assert refused
    assert found["offers"][-len(refused) :] == refused
    for offer in refused:
        assert offer["quote"] is None
        assert offer["minimumOrderQuantity"] > 1
        assert offer["badges"] == []
        assert [problem["__typename"] for problem in offer["problems"]] == ["BelowMinimumOrder"]


async def test_speed_and_cost(gateway: Gateway) -> None:
    """Ranked by speed the fastest offer leads, ranked by cost the cheapest."""
    fast = (await compare(gateway, priority="SPEED", perSupplier=2))["offers"]
    cheap = (await compare(gateway, priority="COST", perSupplier=2))["offers"]
    days = [offer["quote"]["delivery"]["max"] for offer in fast if offer["quote"]]
    costs = [Decimal(offer["quote"]["landedCostPerUnit"]["amount"]) for offer in cheap if offer["quote"]]
    assert days[0] == min(days)
    assert costs[0] == min(costs)


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (Fault("hang", "*/listV2"), "TIMEOUT"),
        (Fault("status", "*/listV2", params={"status": 502}), "UNAVAILABLE"),
        (Fault("exhaust_points", "*/listV2"), "QUOTA_EXHAUSTED"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_supplier_in_trouble(
    open_gateway: OpenGateway, cj: Reachable, fault: Fault, status: str
) -> None:
    """A supplier that hangs, fails or is out of points says so, and the other's offers are there."""
    cj.simulator.faults.add(fault)
    async with open_gateway(GATEWAY_PROVIDERS="cj,alibaba", GATEWAY_READ_DEADLINE_SECONDS="1") as gateway:
        found = await compare(gateway, quantity=100)
    assert status_of(found) == {"cj": status, "alibaba": "OK"}
    assert {offer["product"]["supplier"]["code"] for offer in found["offers"]} == {"alibaba"}
    assert all(offer["quote"] for offer in found["offers"])


async def test_without_freight(gateway: Gateway, cj: Reachable) -> None:
    """When only the prices of sending are missing, products are shown without a quote, and it says why."""
    cj.simulator.faults.add(Fault("status", "/logistic/*", params={"status": 502}))
    found = await compare(gateway, suppliers=["cj"], perSupplier=2)
    assert status_of(found) == {"cj": "PARTIAL"}
    assert len(found["offers"]) == 2
    for offer in found["offers"]:
        assert offer["quote"] is None
        assert offer["unitPrice"]
        assert [problem["__typename"] for problem in offer["problems"]] == ["SupplierBusy"]


async def test_a_product_without_variants() -> None:
    """A product that has nothing to order is left out, and the outcome says so."""
    async with open_over(Shelf("plain", [1, 2])) as gateway:
        found = await compare(gateway)
    assert found["offers"] == []
    assert status_of(found) == {"plain": "PARTIAL"}
    assert "plain 0" in found["outcomes"][0]["message"]


async def test_a_price_in_a_currency_without_a_rate() -> None:
    """Goods priced in a currency that cannot be converted are shown without a price, and not as an error."""
    seller, beside = Shelf("plain", [1]), Shelf("beside", [1])
    for shelf, currency in ((seller, "VND"), (beside, "USD")):
        each = variant(product="0", provider=shelf.declaration.code)
        each = replace(each, price=Money(Decimal(90_000), currency))
        shelf.shelf = [replace(shelf.shelf[0], variants=(each,))]
    async with open_over(seller, beside) as gateway:
        found = await compare(gateway)
    assert {offer["product"]["supplier"]["code"]: offer["unitPrice"] for offer in found["offers"]} == {
        "plain": None,
        "beside": {"amount": "90000.00", "currencyCode": "USD"},
    }


async def test_a_product_that_is_gone(gateway: Gateway) -> None:
    """A product named by id that is not sold any more is left out, and the outcome says so."""
    found = await compare(gateway, query=None, productIds=[ids.product_id("alibaba", "1600000000000")])
    assert found["offers"] == []
    assert status_of(found) == {"alibaba": "PARTIAL"}


PRODUCT = ids.product_id("cj", "0")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"query": None}, "there is nothing to compare; send `query`, `productIds` or `variantIds`"),
        ({"query": None, "productIds": []}, "there is nothing to compare"),
        ({"query": " "}, "input.query: the text is empty"),
        ({"perSupplier": 0}, "input.perSupplier: 0 is out of range; send 1 to 10"),
        ({"perSupplier": 11}, "input.perSupplier: 11 is out of range"),
        ({"quantity": 0}, "input.quantity: 0 is out of range; send 1 to 1000000"),
        ({"quantity": -1}, "input.quantity: -1 is out of range"),
        ({"quantity": 1_000_001}, "input.quantity: 1000001 is out of range"),
        ({"currency": "XYZ"}, '"XYZ" is no currency'),
        ({"currency": "SAR"}, "input.currency: There is no reference rate for SAR"),
        ({"shipTo": {"country": "ZZ"}}, '"ZZ" is no country'),
        ({"suppliers": []}, "input.suppliers: the list is empty"),
        ({"suppliers": ["nobody"]}, "there is no supplier 'nobody' here"),
        ({"productIds": [PRODUCT] * 21}, "21 ids are too many; send 20"),
        ({"productIds": ["nonsense"]}, "input.productIds[0]: 'nonsense' is not an id of this gateway"),
        ({"variantIds": [PRODUCT]}, "input.variantIds[0]: this is the id of a product"),
        ({"priority": "CHEAP"}, "CHEAP"),
    ],
)
async def test_comparisons_that_make_no_sense(door: Gateway, given: dict[str, Any], message: str) -> None:
    """A comparison that makes no sense is refused with what is wrong and what to send instead."""
    answer = await door.post(COMPARE, input={"query": "lamp", "shipTo": {"country": "DE"}} | given)
    (error,) = errors_of(answer)
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert message in error["message"]
