"""Orders as clients place them: from a quote or from goods, once for each key."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from gateway import ids
from gateway.orders import troubles
from gateway.orders.state import OrderStatus, Standing, Step
from providers.model import Money
from tests.graphql.conftest import Gateway, OpenGateway, Reachable
from tests.graphql.orders.asking import (
    CANCEL,
    CREATE,
    PAY,
    VARIANT,
    changed,
    created,
    native,
    of_quote,
    quote_id,
)
from tests.office import MemoryOffice
from tests.people import PERSON


async def test_from_a_quote_to_a_paid_order(open_gateway: OpenGateway, cj: Reachable) -> None:
    """A quote becomes an order at CJ, is paid once for what was agreed, and tells how that went."""
    goods = """{ products(search: {suppliers: ["cj"], minStock: 100}, first: 1) {
      nodes { variants(first: 1) { nodes { id } } }
    } }"""
    quotes = """query ($id: ID!) {
      quotes(input: {lines: [{variantId: $id, quantity: 2}], shipTo: {country: "SE"}}) { quotes { id } }
    }"""
    look = """query ($id: ID!) {
      wallet(supplier: "cj") { available { amount } supplier { code } }
      node(id: $id) { ... on Order {
        status supplier { code } shipTo { name postalCode } shipFrom quoted { amount }
        totals { total { amount } paid { amount } }
        lines { quantity supplierVariantId variant { id } }
        events { kind source effect problems { message } }
      } }
    }"""
    async with open_gateway() as gateway:
        (product,) = (await gateway.data(goods))["products"]["nodes"]
        variant = product["variants"]["nodes"][0]["id"]
        quote = (await gateway.data(quotes, id=variant))["quotes"]["quotes"][0]
        wish = {"idempotencyKey": "k", "clientReference": "S-1", "quoteId": quote["id"], "shipTo": PERSON}
        rehearsed = await changed(gateway, CREATE, **wish, dryRun=True)
        assert (rehearsed["order"], rehearsed["userErrors"]) == (None, [])
        assert cj.simulator.ledger.count("/shopping/order/createOrderV2") == 0
        made = await changed(gateway, CREATE, **wish)
        assert made["userErrors"] == []
        order = made["order"]
        assert await changed(gateway, CREATE, **wish) == made
        assert cj.simulator.ledger.count("/shopping/order/createOrderV2") == 1
        total = order["totals"]["total"]
        pay = {"orderId": order["id"], "expectedTotal": total["amount"], "currencyCode": "USD"}
        low = await changed(gateway, PAY, **pay | {"idempotencyKey": "k1", "expectedTotal": "0.01"})
        assert [error["__typename"] for error in low["userErrors"]] == ["PriceChanged"]
        paid = await changed(gateway, PAY, **pay, idempotencyKey="k2")
        assert paid["userErrors"] == []
        assert paid["order"]["totals"]["paid"] == total
        assert await changed(gateway, PAY, **pay, idempotencyKey="k2") == paid
        late = await changed(gateway, CANCEL, orderId=order["id"], idempotencyKey="k3")
        assert [error["code"] for error in late["userErrors"]] == ["ORDER_STATE_CONFLICT"]
        seen = await gateway.data(look, id=order["id"])
    kept = seen["node"]
    assert Decimal(seen["wallet"]["available"]["amount"]) == 1000 - Decimal(total["amount"])
    assert kept["supplier"] == seen["wallet"]["supplier"] == {"code": "cj"}
    assert kept["shipTo"] == {"name": PERSON["name"], "postalCode": PERSON["postalCode"]}
    assert kept["lines"][0]["variant"]["id"] == variant
    kinds = [event["kind"] for event in kept["events"]]
    assert [kind for kind in kinds if kind not in {"NEWS", "NOTE"}] == [
        "BEGUN",
        "CREATION_SENT",
        "PAYMENT_SENT",
        "PAYMENT_ACCEPTED",
    ]


async def test_everything_wrong_with_a_wish_is_told_at_once(gateway: Gateway, office: MemoryOffice) -> None:
    """Each field that makes no sense has an error that names it and the remedy, and nobody is asked."""
    made = await created(
        gateway,
        reference=" ",
        idempotencyKey="k" * 256,
        lines=[
            {"variantId": VARIANT, "quantity": 0},
            {"variantId": ids.variant_id("elsewhere", "p", "v"), "quantity": 1},
            {"variantId": ids.product_id("shop", "p1"), "quantity": 1},
        ],
        shippingMethod="",
        shipTo=PERSON
        | {"name": "x" * 51, "line1": "\t", "phone": "1" * 21, "county": " ", "email": "a\x07b"},
        maxTotal="0",
        note="n" * 501,
        supplier="cj",
    )
    assert made["order"] is None
    assert office.wishes == []
    wrong = [".".join(error["field"]) for error in made["userErrors"]]
    assert wrong == [
        "input.idempotencyKey",
        "input.clientReference",
        "input.shippingMethod",
        "input.lines.0.quantity",
        "input.lines.2.variantId",
        "input.lines",
        "input.shipTo.name",
        "input.shipTo.line1",
        "input.shipTo.phone",
        "input.shipTo.email",
        "input.note",
        "input.maxTotal",
    ]
    assert {error["__typename"] for error in made["userErrors"]} == {"InvalidInput"}
    assert all(error["message"].startswith(".".join(error["field"])) for error in made["userErrors"])


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"lines": None, "shipFrom": None, "shippingMethod": None}, ["quoteId"]),
        ({"shipFrom": None}, ["shipFrom"]),
        ({"lines": None, "shippingMethod": None}, ["lines", "shippingMethod"]),
        ({"lines": []}, ["lines"]),
        ({"lines": [{"variantId": VARIANT, "quantity": 1}] * 2}, ["lines"]),
        ({"lines": [{"variantId": ids.variant_id("gone", "p", "v"), "quantity": 1}]}, ["lines"]),
        ({"supplier": "alibaba"}, ["supplier"]),
    ],
)
async def test_what_an_order_is_made_from(
    gateway: Gateway, changes: dict[str, Any], fields: list[str]
) -> None:
    """Without a quote it takes lines of one supplier that is here, a country and a method."""
    made = await created(gateway, **changes)
    assert [error["field"] for error in made["userErrors"]] == [["input", field] for field in fields]


async def test_a_quote_says_everything_but_the_address(gateway: Gateway, office: MemoryOffice) -> None:
    """An order from a quote takes goods, method, country and price from it, and only goes to its country."""
    charged = Money(Decimal("13.32"), "EUR")
    mixed = await created(gateway, quoteId=quote_id(gateway))
    assert [error["field"][1] for error in mixed["userErrors"]] == ["lines", "shipFrom", "shippingMethod"]
    abroad = await created(gateway, **of_quote(gateway), shipTo=PERSON | {"country": "NO"})
    assert [error["field"] for error in abroad["userErrors"]] == [["input", "shipTo", "country"]]
    assert office.wishes == []
    await created(gateway, **of_quote(gateway, charged=charged), maxTotal="15.5")
    (wish,) = office.wishes
    assert [(line.product_id, line.variant_id, line.quantity) for line in wish.lines] == [("p1", "v1", 2)]
    assert (wish.supplier, wish.origin, wish.method, wish.agreed) == ("shop", "CN", "Slow boat", charged)
    assert wish.max_total == Money(Decimal("15.5"), "EUR"), "in the currency in which the supplier charges"
    await created(gateway, "A-2", **of_quote(gateway, charged=charged), maxTotal="900", currencyCode="JPY")
    assert office.wishes[-1].max_total == Money(Decimal(900), "JPY"), "or in the one that is said"


async def test_a_quote_that_cannot_be_used(gateway: Gateway, office: MemoryOffice) -> None:
    """An expired quote and one that was altered are told apart, and nothing is ordered from either."""
    for id_, expired in (
        (quote_id(gateway, expires_in=-1), True),
        ("." + quote_id(gateway)[2:], False),
        ("", False),
    ):
        made = await created(gateway, **of_quote(gateway) | {"quoteId": id_})
        (error,) = made["userErrors"]
        assert (error["__typename"], error["expired"]) == ("QuoteUnusable", expired)
        assert error["field"] == ["input", "quoteId"]
    assert office.wishes == []


async def test_a_repetition_after_the_quote_has_expired(gateway: Gateway, office: MemoryOffice) -> None:
    """Who repeats a request finds the order that was made in time, also when its quote counts no more."""
    made = await created(gateway, **of_quote(gateway))
    order = native(made["order"])
    earlier = datetime.now(UTC) - timedelta(hours=1)
    expired = of_quote(gateway, expires_in=-60)
    office.change(order, created_at=earlier)
    late = await created(gateway, idempotencyKey="another", **expired)
    assert [error["__typename"] for error in late["userErrors"]] == ["ReferenceTaken"]
    assert late["userErrors"][0]["order"]["id"] == made["order"]["id"]
    unknown = await created(gateway, **of_quote(gateway) | {"quoteId": "signed with another secret"})
    assert [error["__typename"] for error in unknown["userErrors"]] == ["QuoteUnusable", "ReferenceTaken"]
    # What was refused is begun anew with the next request, and for that the quote is too old.
    office.change(order, standing=Standing(OrderStatus.FAILED, Step.REFUSED))
    failed = await created(gateway, **expired)
    assert [error["__typename"] for error in failed["userErrors"]] == ["QuoteUnusable"]


async def test_the_same_key(gateway: Gateway) -> None:
    """The same key and input give the same order; another input under it, or the reference again, none."""
    made = await created(gateway)
    assert await created(gateway) == made
    other = await created(gateway, maxTotal="99")
    assert [error["code"] for error in other["userErrors"]] == ["IDEMPOTENCY_KEY_REUSED"]
    taken = await created(gateway, idempotencyKey="key-2")
    assert taken["userErrors"][0]["order"]["id"] == made["order"]["id"]


async def test_a_dry_run(gateway: Gateway, office: MemoryOffice) -> None:
    """A dry run says what would stand in the way and creates nothing; warnings are sentences with a code."""
    office.obstruct(troubles.OutOfStock("None left.", 1))
    tried = await created(gateway, dryRun=True)
    assert [error["__typename"] for error in tried["userErrors"]] == ["OutOfStock"]
    assert (await gateway.data("{ orders { nodes { id } } }"))["orders"]["nodes"] == []
    office.obstruct(warnings=("It takes a while.",))
    made = await created(gateway)
    assert made["order"]["supplierOrderId"].startswith("SD")
    assert made["warnings"] == [{"code": "NOTE", "message": "It takes a while."}]


async def test_who_buys_stays_between_us(
    gateway: Gateway, office: MemoryOffice, capsys: pytest.CaptureFixture[str]
) -> None:
    """No log line and no message repeats a word of a buyer's address."""
    await created(gateway)
    office.obstruct(troubles.InvalidField(("shipTo", "phone"), "The carrier wants a phone number."))
    refused = [
        await created(gateway, "A-2"),
        await created(gateway, "A-3", shipTo=PERSON | {"line1": "Storgatan" * 30, "phone": "040 123" * 9}),
    ]
    written = capsys.readouterr()
    told = written.out + written.err + str(refused)
    assert not [text for text in PERSON.values() if text in told and text != "SE"]
