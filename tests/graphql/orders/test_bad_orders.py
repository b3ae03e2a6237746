"""Orders and payments that cannot be: what is wrong and where, from the door to the simulated CJ."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from gateway import ids
from gateway.access import Scope, new_key
from tests.graphql.conftest import Gateway, OpenGateway, Reachable, errors_of
from tests.graphql.orders.asking import changed, native
from tests.people import PERSON

GOODS = """{ products(search: {suppliers: ["cj"], minStock: 100}, first: 1) {
  nodes { id variants(first: 1) { nodes { id } } }
} }"""
QUOTES = "query Quotes($input: QuoteInput!) { quotes(input: $input) { quotes { id } } }"
ERRORS = """userErrors { __typename code message field
  ... on PriceChanged { quoted { amount } current { amount currencyCode } }
  ... on OutOfStock { available }
  ... on ShippingMethodUnavailable { alternatives { shippingMethod price { amount } } }
}"""
CREATE = f"""mutation ($input: CreateOrderInput!) {{ createOrder(input: $input) {{
  order {{ id status totals {{ total {{ amount }} }} }} {ERRORS}
}} }}"""
PAY = f"""mutation ($input: PayOrderInput!) {{ payOrder(input: $input) {{
  order {{ id status }} {ERRORS}
}} }}"""
METHOD = "CJPacket Ordinary"


@dataclass(frozen=True)
class Counter:
    """Where one thing can be ordered."""

    gateway: Gateway
    product: str
    variant: str
    cj: Reachable

    async def order(self, reference: str = "R", **changes: Any) -> dict[str, Any]:
        wish = {
            "idempotencyKey": reference,
            "clientReference": reference,
            "lines": [{"variantId": self.variant, "quantity": 2}],
            "shipFrom": "CN",
            "shippingMethod": METHOD,
            "shipTo": PERSON,
        }
        return await changed(self.gateway, CREATE, **wish | changes)

    async def pay(self, order_id: str, key: str, **changes: Any) -> dict[str, Any]:
        pay = {"idempotencyKey": key, "orderId": order_id, "expectedTotal": "500", "currencyCode": "USD"}
        return await changed(self.gateway, PAY, **pay | changes)


@pytest.fixture
async def counter(open_gateway: OpenGateway, cj: Reachable) -> AsyncIterator[Counter]:
    async with open_gateway() as gateway:
        (product,) = (await gateway.data(GOODS))["products"]["nodes"]
        yield Counter(gateway, product["id"], product["variants"]["nodes"][0]["id"], cj)


async def test_what_cannot_be_ordered(counter: Counter) -> None:
    """Goods, carriers and addresses that are none have a type and the field, asked beforehand or not."""
    unknown = ids.variant_id("cj", ids.GlobalId.parse(counter.product).native, "9999999999999999999")
    bad: tuple[tuple[dict[str, Any], str, list[str]], ...] = (
        ({"lines": [{"variantId": unknown, "quantity": 1}]}, "InvalidInput", ["lines"]),
        ({"shippingMethod": "Nobody's Post"}, "InvalidInput", ["shippingMethod"]),
        ({"shipTo": PERSON | {"line1": "x" * 201}}, "InvalidInput", ["shipTo", "line1"]),
        ({"shipTo": PERSON | {"city": " "}}, "InvalidInput", ["shipTo", "city"]),
    )
    for number, (changes, typename, field) in enumerate(bad):
        made = await counter.order(f"R-{number}", **changes)
        (error,) = made["userErrors"]
        assert (error["__typename"], error["field"]) == (typename, ["input", *field]), error
        assert error["message"].strip()
        assert made["order"] is None or made["order"]["status"] == "FAILED"
    assert counter.cj.simulator.ledger.count("/shopping/pay/*") == 0


async def test_what_a_dry_run_tells(counter: Counter) -> None:
    """Too many pieces come with how many there are, and a carrier that is none with those that take them."""
    many = await counter.order(lines=[{"variantId": counter.variant, "quantity": 100_000}], dryRun=True)
    (error,) = many["userErrors"]
    assert error["__typename"] == "OutOfStock"
    assert 100 <= error["available"] < 100_000
    astray = await counter.order(shippingMethod="Nobody's Post", dryRun=True)
    (error,) = astray["userErrors"]
    assert error["__typename"] == "ShippingMethodUnavailable"
    offered = {each["shippingMethod"] for each in error["alternatives"]}
    assert METHOD in offered
    assert all(each["price"] for each in error["alternatives"])
    assert counter.cj.simulator.ledger.count("/shopping/order/*") == 0


async def test_what_cannot_be_paid(counter: Counter) -> None:
    """An amount below the price, another supplier's order and a paid one are typed, and charge nothing."""
    order = (await counter.order())["order"]
    price = order["totals"]["total"]["amount"]
    (low,) = (await counter.pay(order["id"], "low", expectedTotal="0.50"))["userErrors"]
    assert (low["__typename"], low["field"]) == ("PriceChanged", ["input", "expectedTotal"])
    assert "expectedTotal" in low["message"]
    assert low["quoted"] == {"amount": "0.50"}
    assert low["current"] == {"amount": price, "currencyCode": "USD"}
    foreign = ids.order_id("alibaba", native(order))
    (other,) = (await counter.pay(foreign, "other"))["userErrors"]
    assert (other["__typename"], other["field"]) == ("ThingNotFound", ["input", "orderId"])
    assert counter.cj.simulator.ledger.count("/shopping/pay/payBalance*") == 0
    assert (await counter.pay(order["id"], "first"))["userErrors"] == []
    (again,) = (await counter.pay(order["id"], "second"))["userErrors"]
    assert again["__typename"] == "OrderStateConflict"
    assert "paid already" in again["message"]
    assert counter.cj.simulator.ledger.count("/shopping/pay/payBalance*") == 1


async def test_what_a_key_must_not(open_gateway: OpenGateway) -> None:
    """A key that may order may not pay, nor the other way round, and which scope is missing is said."""
    keys = {scope: new_key(f"for-{scope}", scope) for scope in (Scope.ORDER, Scope.PAY)}
    given = {"input": {"idempotencyKey": "k", "orderId": ids.order_id("cj", "x"), "expectedTotal": "1"}}
    given["input"]["currencyCode"] = "USD"
    cancel = "mutation ($input: CancelOrderInput!) { cancelOrder(input: $input) { userErrors { code } } }"
    about = {"input": {"idempotencyKey": "k", "orderId": ids.order_id("cj", "x")}}
    entries = ",".join(entry for _, entry in keys.values())
    async with open_gateway(GATEWAY_API_KEYS=entries) as gateway:
        for scope, query, variables, needed in (
            (Scope.ORDER, PAY, given, "pay"),
            (Scope.PAY, cancel, about, "order"),
        ):
            answer = await gateway.client.post(
                "/graphql",
                json={"query": query, "variables": variables},
                headers={"Authorization": f"Bearer {keys[scope][0]}"},
            )
            (error,) = errors_of(answer.json())
            assert error["extensions"]["code"] == "FORBIDDEN"
            assert f"needs the scope `{needed}`" in error["message"]


async def test_a_carrier_that_wants_a_phone(counter: Counter) -> None:
    """An address without the phone that the carrier wants is told before CJ is asked to make the order."""
    no_phone = PERSON | {"phone": None}
    (beforehand,) = (await counter.order(shipTo=no_phone, dryRun=True))["userErrors"]
    basket = {
        "lines": [{"variantId": counter.variant, "quantity": 2}],
        "shipTo": {"country": PERSON["country"], "postalCode": PERSON["postalCode"]},
    }
    priced = await counter.gateway.data(QUOTES, input=basket)
    quote = priced["quotes"]["quotes"][0]["id"]
    beside = {"quoteId": quote, "lines": None, "shipFrom": None, "shippingMethod": None}
    (refused,) = (await counter.order(shipTo=no_phone, **beside))["userErrors"]
    for error in (beforehand, refused):
        assert (error["__typename"], error["field"]) == ("InvalidInput", ["input", "shipTo", "phone"])
        assert "takes no parcel without it" in error["message"]
    assert counter.cj.simulator.ledger.count("/shopping/order/*") == 0
    assert (await counter.order(**beside))["userErrors"] == []
