"""What a client says to order something, and a supplier that it orders from."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from gateway import ids
from gateway.quoting.tokens import QuotedLine, QuotedTerms
from providers.model import Money
from providers.orders import Tracking, Wallet
from providers.shipping import Destination
from providers.upstream import Ask, Fetched
from tests.graphql.conftest import Gateway
from tests.people import PERSON
from tests.shelf import Shelf, fetched

VARIANT = ids.variant_id("shop", "p1", "v1")
WISH = {
    "idempotencyKey": "key-1",
    "clientReference": "A-1",
    "lines": [{"variantId": VARIANT, "quantity": 2}],
    "shipFrom": "CN",
    "shippingMethod": "Slow boat",
    "shipTo": PERSON,
}
CREATE = """mutation ($input: CreateOrderInput!) { createOrder(input: $input) {
  order {
    id status rawStatus clientReference supplierOrderId inDoubt
    totals { total { amount currencyCode } paid { amount } }
  }
  userErrors {
    __typename code message field ... on QuoteUnusable { expired } ... on ReferenceTaken { order { id } }
  }
  warnings { code message }
} }"""
PAY = """mutation ($input: PayOrderInput!) { payOrder(input: $input) {
  order { id status paidAt totals { paid { amount currencyCode } } }
  userErrors { __typename code message field ... on PriceChanged { quoted { amount } current { amount } } }
} }"""
CANCEL = """mutation ($input: CancelOrderInput!) { cancelOrder(input: $input) {
  order { status } userErrors { code message field }
} }"""
REFRESH = """mutation ($input: RefreshOrderInput!) { refreshOrder(input: $input) {
  order { status rawStatus provenance { source } } userErrors { code field }
} }"""


def dollars(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


class Depot(Shelf):
    """A supplier that takes orders, follows parcels and keeps a wallet, and counts how often it is asked."""

    def __init__(self, code: str = "shop") -> None:
        super().__init__(code, [1])
        self.followed: list[tuple[str, ...]] = []

    async def tracking(self, numbers: tuple[str, ...], ask: Ask) -> Fetched[tuple[Tracking, ...]]:
        """Every number but those that begin with X."""
        del ask
        self.followed.append(numbers)
        known = [number for number in numbers if not number.startswith("X")]
        return fetched(tuple(Tracking(number, raw_status="In transit", days=6) for number in known))

    async def wallet(self, ask: Ask) -> Wallet:
        """Always as much."""
        del ask
        return Wallet(dollars("812.40"), frozen=dollars("10"))


async def created(gateway: Gateway, reference: str = "A-1", **changes: Any) -> dict[str, Any]:
    """The whole payload of createOrder."""
    wish = WISH | {"idempotencyKey": f"key of {reference}", "clientReference": reference} | changes
    payload: dict[str, Any] = (await gateway.data(CREATE, input=wish))["createOrder"]
    return payload


async def changed(gateway: Gateway, mutation: str, **given: Any) -> dict[str, Any]:
    """The only payload of another mutation."""
    (payload,) = (await gateway.data(mutation, input=given)).values()
    assert isinstance(payload, dict)
    return payload


def native(order: dict[str, Any]) -> str:
    return ids.GlobalId.parse(order["id"]).native


def quote_id(gateway: Gateway, *, expires_in: float = 900, charged: Money | None = None) -> str:
    """A quote for two pieces to Sweden."""
    terms = QuotedTerms(
        provider="shop",
        lines=(QuotedLine("p1", "v1", 2, dollars("4.10")),),
        origin="CN",
        destination=Destination("SE"),
        method="Slow boat",
        charged=charged,
        landed=dollars("20"),
        expires_at=datetime.now(UTC) + timedelta(seconds=expires_in),
    )
    return gateway.services.pricing.tokens.sign(terms)


def of_quote(gateway: Gateway, **terms: Any) -> dict[str, Any]:
    """What changes in WISH when it is made from a quote."""
    return {
        "quoteId": quote_id(gateway, **terms),
        "lines": None,
        "shipFrom": None,
        "shippingMethod": None,
    }
