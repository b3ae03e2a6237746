"""Customers who ask until an order is paid, whatever becomes of the gateway, and what both ledgers say."""

import asyncio
import contextlib
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import httpx

from gateway import ids
from providers.cj import simulator_key
from tests.e2e.fleet import ServedSimulator
from tests.people import PERSON

GOODS = """{ products(search: {suppliers: ["cj"], minStock: 100}, first: 3) {
  nodes { variants(first: 1) { nodes { id } } }
} }"""
QUOTES = """query ($id: ID!, $pieces: Int!) {
  quotes(input: {lines: [{variantId: $id, quantity: $pieces}], shipTo: {country: "SE"}}) { quotes { id } }
}"""
CREATE = """mutation ($input: CreateOrderInput!) { createOrder(input: $input) {
  order { id number status totals { total { amount currencyCode } } }
  userErrors { __typename code message field }
} }"""
PAY = """mutation ($input: PayOrderInput!) { payOrder(input: $input) {
  order { id status } userErrors { __typename code message field }
} }"""
ORDERS = """query ($after: String) { orders(first: 100, after: $after) {
  nodes {
    number clientReference status inDoubt supplierOrderId totals { paid { amount } }
    events { sequence kind status amount { amount } }
  }
  pageInfo { hasNextPage endCursor }
} }"""
_AGAIN = {"OUTCOME_UNKNOWN", "SUPPLIER_BUSY"}
_PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Bought:
    """An order that its customer was told is paid."""

    reference: str
    number: str


@dataclass(slots=True)
class Customers:
    """
    Everybody who asks one gateway, over one connection pool.

    Args:
        url: Where the gateway is, while it is there.
        client: How it is asked.
    """

    url: str
    client: httpx.AsyncClient
    retries: Counter[str] = field(default_factory=Counter)
    """How often something was asked again, by what had stood in the way."""
    _serial: Iterator[int] = field(default_factory=itertools.count)

    async def asked(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of an answer; asked again as long as there is none."""
        while True:
            try:
                answer = await self.client.post(
                    f"{self.url}/graphql", json={"query": query, "variables": variables}
                )
                if answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR:
                    said = answer.json()
                    assert "errors" not in said, said
                    data: dict[str, Any] = said["data"]
                    return data
                self.retries[str(answer.status_code)] += 1
            except httpx.TransportError as error:
                self.retries[type(error).__name__] += 1
            await asyncio.sleep(0.05)

    async def settled(self, mutation: str, **given: Any) -> dict[str, Any]:
        """The order that a mutation answers with, sent with the same key until nothing stands in the way."""
        while True:
            (payload,) = (await self.asked(mutation, input=given)).values()
            if not payload["userErrors"]:
                order: dict[str, Any] = payload["order"]
                return order
            [error] = payload["userErrors"]
            assert error["code"] in _AGAIN, (given, payload)
            self.retries[error["code"]] += 1
            await asyncio.sleep(0.1)

    async def goods(self) -> list[str]:
        """Variants that can be ordered."""
        found = (await self.asked(GOODS))["products"]["nodes"]
        return [product["variants"]["nodes"][0]["id"] for product in found]

    async def wish(self, variant: str, reference: str, *, pieces: int = 1) -> dict[str, Any]:
        """What createOrder is sent, from a quote; its key is the reference."""
        while True:  # a quote needs the supplier, and a gateway that has just started may not know it yet
            quotes = (await self.asked(QUOTES, id=variant, pieces=pieces))["quotes"]["quotes"]
            if quotes:
                break
            self.retries["no quote"] += 1
            await asyncio.sleep(0.1)
        return {
            "idempotencyKey": reference,
            "clientReference": reference,
            "quoteId": quotes[0]["id"],
            "shipTo": PERSON,
        }

    async def buy(self, variant: str) -> Bought:
        """One order, from its quote to its payment, with the same keys throughout."""
        reference = f"C-{next(self._serial)}"
        async with asyncio.timeout(_PATIENCE_SECONDS):
            order = await self.settled(CREATE, **await self.wish(variant, reference))
            total = order["totals"]["total"]
            paid = await self.settled(
                PAY,
                idempotencyKey=f"pay {reference}",
                orderId=order["id"],
                expectedTotal=total["amount"],
                currencyCode=total["currencyCode"],
            )
        assert paid["status"] == "PAID", paid
        return Bought(reference, order["number"])

    async def ledger(self) -> list[dict[str, Any]]:
        """Every order that the gateway knows, with its events."""
        orders: list[dict[str, Any]] = []
        after = None
        while True:
            page = (await self.asked(ORDERS, after=after))["orders"]
            orders += page["nodes"]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                return orders


@contextlib.asynccontextmanager
async def customers(url: str) -> AsyncIterator[Customers]:
    async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
        yield Customers(url, client)


class Supplier:
    """The simulated CJ as its own customer service sees it: asked directly, past every gateway."""

    def __init__(self, simulator: ServedSimulator) -> None:
        self._simulator = simulator
        self._api = f"{simulator.url}/api2.0/v1"
        login = httpx.post(
            f"{self._api}/authentication/getAccessToken", json={"apiKey": simulator_key()}
        ).json()
        self._headers = {"CJ-Access-Token": login["data"]["accessToken"]}

    def orders(self) -> list[dict[str, Any]]:
        """All orders."""
        found: list[dict[str, Any]] = []
        for page in itertools.count(1):
            asked = {"pageNum": page, "pageSize": 200}
            answer = httpx.get(f"{self._api}/shopping/order/list", params=asked, headers=self._headers).json()
            found += answer["data"]["list"]
            if len(found) >= answer["data"]["total"]:
                break
        return found

    def balance(self) -> Decimal:
        """Dollars in the wallet."""
        answer = httpx.get(f"{self._api}/shopping/pay/getBalance", headers=self._headers)
        return Decimal(str(answer.json()["data"]["amount"]))

    def stock_up(self, variant: str) -> None:
        """Have as much of a variant, by the gateway's id of it, as anybody could want."""
        vid = ids.GlobalId.parse(variant).native.rpartition("\x1f")[2]
        stock = {"vid": vid, "countryCode": "CN", "units": 1_000_000}
        httpx.post(f"{self._simulator.url}/_simulator/stock", json=stock).raise_for_status()

    def set(self, **options: Any) -> None:
        """Turn switches of the simulator."""
        httpx.post(f"{self._simulator.url}/_simulator/options", json=options).raise_for_status()
