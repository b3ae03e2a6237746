"""Providers come from other people's packages too: whatever one of them does, it costs the others nothing."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from providers.errors import Unavailable
from providers.model import (
    Category,
    Product,
    ProductSearch,
    ProductSort,
    SearchPage,
    StockLevel,
    StockSummary,
    Variant,
)
from providers.upstream import Ask, Fetched
from tests.graphql.conftest import errors_of, open_over
from tests.shelf import Shelf

SEARCH = """query ($sort: ProductSort) { products(sort: $sort) {
  totalCount pageInfo { hasNextPage }
  nodes { supplier { code } title }
  outcomes { supplier { code } status message retryAfterMs totalCount }
} }"""
SECRET = "5up3r-5ecr3t"  # noqa: S105 - what must not be seen, and opens nothing


class Broken(Shelf):
    """A provider with a fault: everything it is asked raises what no provider should raise."""

    async def search(
        self, search: ProductSearch, page: int, *, with_description: bool, ask: Ask
    ) -> Fetched[SearchPage]:
        del search, page, with_description, ask
        raise RuntimeError(SECRET)

    async def product(self, product_id: str, ask: Ask) -> Fetched[Product]:
        del product_id, ask
        raise KeyError(SECRET)

    async def categories(self, ask: Ask) -> Fetched[tuple[Category, ...]]:
        del ask
        raise AssertionError(SECRET)

    def product_id_of_url(self, url: str) -> str | None:
        del url
        raise ZeroDivisionError(SECRET)


class Hanging(Shelf):
    """A provider that never answers and knows no deadline."""

    async def search(
        self, search: ProductSearch, page: int, *, with_description: bool, ask: Ask
    ) -> Fetched[SearchPage]:
        await asyncio.Event().wait()
        return await super().search(search, page, with_description=with_description, ask=ask)


def outcome(found: dict[str, Any], code: str) -> dict[str, Any]:
    """How asking one supplier went."""
    return next(each for each in found["outcomes"] if each["supplier"]["code"] == code)


async def test_a_fault_in_an_adapter_stays_there() -> None:
    """An adapter that raises anything in a search is UNAVAILABLE, and the other's products come."""
    async with open_over(Broken("broken", [1]), Shelf("shop", [1, 2])) as gateway:
        answer = await gateway.post(SEARCH)
    found = answer["data"]["products"]
    assert "errors" not in answer
    assert [node["supplier"]["code"] for node in found["nodes"]] == ["shop", "shop"]
    assert found["totalCount"] is None
    assert outcome(found, "broken")["status"] == "UNAVAILABLE"
    assert outcome(found, "shop") == {
        "supplier": {"code": "shop"},
        "status": "OK",
        "message": None,
        "retryAfterMs": None,
        "totalCount": 2,
    }
    assert SECRET not in str(answer)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ('product(by: {ref: {supplier: "broken", productId: "1"}}) { id }', "UNAVAILABLE"),
        ('categories(supplier: "broken") { id }', "UNAVAILABLE"),
        ('product(by: {url: "https://shop.example/1"}) { id }', "INTERNAL_ERROR"),
    ],
)
async def test_a_fault_is_masked(query: str, code: str) -> None:
    """What an unforeseen exception says never reaches a client; a code and a request id do."""
    async with open_over(Broken("broken", [1]), Shelf("shop", [1])) as gateway:
        answer = await gateway.post("{ broken: %s suppliers { code } }" % query)  # noqa: UP031 - braces
    assert answer["data"]["broken"] is None
    assert len(answer["data"]["suppliers"]) == 2
    (error,) = errors_of(answer)
    assert error["extensions"]["code"] == code
    assert error["path"] == ["broken"]
    assert SECRET not in str(answer)


async def test_who_hangs_is_left_behind() -> None:
    """An adapter that never answers is TIMEOUT after the search's deadline, and the other's products come."""
    slow = {"GATEWAY_SEARCH_DEADLINE_SECONDS": "3"}
    async with open_over(Hanging("hanging", [1]), Shelf("shop", [1]), **slow) as gateway:
        found = (await gateway.data(SEARCH))["products"]
    assert [node["title"] for node in found["nodes"]] == ["shop 0"]
    assert outcome(found, "hanging")["status"] == "TIMEOUT"
    assert outcome(found, "hanging")["retryAfterMs"] == 1000
    assert found["pageInfo"]["hasNextPage"] is True, "who was only slow may have more"


async def test_a_page_that_fails_is_partial() -> None:
    """A supplier whose second page fails is PARTIAL: what came stays, and the message says what happened."""
    async with open_over(Shelf("shop", range(15), 10, failing={2})) as gateway:
        found = (await gateway.data(SEARCH))["products"]
    assert len(found["nodes"]) == 10
    assert outcome(found, "shop") == {
        "supplier": {"code": "shop"},
        "status": "PARTIAL",
        "message": "down for a test",
        "retryAfterMs": 2000,
        "totalCount": 15,
    }


async def test_an_order_that_one_does_not_have() -> None:
    """A supplier that cannot sort as asked is left out as UNSUPPORTED, and is not asked."""
    plain = Shelf("plain", [3, 4], sorts={ProductSort.BEST_MATCH})
    async with open_over(plain, Shelf("shop", [2, 1])) as gateway:
        found = (await gateway.data(SEARCH, sort="PRICE_ASC"))["products"]
    assert [node["title"] for node in found["nodes"]] == ["shop 1", "shop 0"]
    assert outcome(found, "plain")["status"] == "UNSUPPORTED"
    assert "Plain cannot sort by PRICE_ASC" in outcome(found, "plain")["message"]
    assert plain.asked == []


async def test_a_number_that_does_not_fit_is_our_fault() -> None:
    """A count beyond GraphQL's Int is null with an error that blames nobody's input; the rest is there."""
    shop = Shelf("shop", [1, 2])
    shop.shelf[0] = replace(shop.shelf[0], stock=StockSummary(2**40))
    shop.shelf[1] = replace(shop.shelf[1], stock=StockSummary(7))
    async with open_over(shop) as gateway:
        answer = await gateway.post("{ products { nodes { title stock { total } } } }")
    assert answer["data"]["products"]["nodes"] == [
        {"title": "shop 0", "stock": None},
        {"title": "shop 1", "stock": {"total": 7}},
    ]
    (error,) = errors_of(answer)
    assert error["path"] == ["products", "nodes", 0, "stock", "total"]
    assert error["extensions"]["code"] == "INTERNAL_ERROR"
    assert "32-bit" not in error["message"]


async def test_what_must_be_there_and_is_not() -> None:
    """A category without its name is a fault that is masked, and takes no other field of Query with it."""

    class Nameless(Shelf):
        async def categories(self, ask: Ask) -> Fetched[tuple[Category, ...]]:
            found = await super().categories(ask)
            return replace(found, value=(replace(found.value[0], name=None),))  # type: ignore[arg-type]

    async with open_over(Nameless("shop", [])) as gateway:
        answer = await gateway.post('{ categories(supplier: "shop") { name } suppliers { code } }')
    assert answer["data"] == {"categories": None, "suppliers": [{"code": "shop"}]}
    (error,) = errors_of(answer)
    assert error["extensions"]["code"] == "INTERNAL_ERROR"
    assert "name" not in error["message"]


async def test_ids_stay_apart() -> None:
    """Two suppliers that use the same ids have different global ones, and each leads back to its own."""
    async with open_over(Shelf("one", [1]), Shelf("other", [1])) as gateway:
        found = (await gateway.data("{ products { nodes { id title } } }"))["products"]["nodes"]
        query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Product { title } } }"
        again = await gateway.data(query, ids=[node["id"] for node in found])
    assert len({node["id"] for node in found}) == 2
    assert again["nodes"] == found


async def test_a_wish_goes_on_as_it_was_written() -> None:
    """A sourcing request reaches the supplier with each text in its place, and blank ones left out."""
    shop = Shelf("shop", [])
    mutation = """mutation ($input: SourcingInput!) { requestSourcing(input: $input) {
      sourcing { supplierSourcingId status rawStatus supplier { code } product { id } }
      userErrors { message } warnings { code }
    } }"""
    wish = {
        "supplier": "shop",
        "productName": "  Brass   lamp ",
        "imageUrl": "https://example.com/lamp.png",
        "productUrl": None,
        "targetPrice": "4.50",
        "note": "Two lines,\nboth of them.",
        "reference": " ",
    }
    async with open_over(shop) as gateway:
        made = (await gateway.data(mutation, input=wish))["requestSourcing"]
        refused = await gateway.data(mutation, input=wish | {"targetPrice": "0"})
    (asked,) = shop.wishes
    assert (asked.product_name, str(asked.target_price)) == ("Brass lamp", "4.50")
    assert (asked.note, asked.reference, asked.product_url) == ("Two lines,\nboth of them.", None, None)
    assert made["userErrors"] == made["warnings"] == []
    assert made["sourcing"]["status"] == "PENDING"
    assert made["sourcing"]["rawStatus"] == "open"
    assert made["sourcing"]["product"] is None
    (error,) = refused["requestSourcing"]["userErrors"]
    assert error["message"] == "input.targetPrice: send an amount above zero, or leave it out."


async def test_a_plain_answer_is_complete() -> None:
    """What a supplier does not say is null, never invented: stock, prices, categories, pictures."""
    query = """{ products { nodes {
      description url imageUrl images category { id } price { min { amount } } listPrice { min { amount } }
      freeShipping listedCount inStock stock { total } inventory { quantity } weight { grams } hsCode imported
      deliveryEstimate { min } minimumOrderQuantity variants { totalCount }
    } } }"""
    async with open_over(Shelf("shop", [None])) as gateway:
        (node,) = (await gateway.data(query))["products"]["nodes"]
    assert {name for name, value in node.items() if value is not None} == {
        "images",
        "minimumOrderQuantity",
        "variants",
    }


async def test_equal_needs_are_one_question() -> None:
    """Aliases of one product that read different things of it ask the supplier once."""
    asked: list[str] = []

    class Counting(Shelf):
        async def product(self, product_id: str, ask: Ask) -> Fetched[Product]:
            asked.append(product_id)
            return await super().product(product_id, ask)

    shop = Counting("shop", [1])
    variant = Variant("shop", "0", "0", None, "", inventory=(StockLevel("DE", 3),))
    shop.shelf[0] = replace(shop.shelf[0], variants=(variant,))
    query = """{
      a: product(by: {ref: {supplier: "shop", productId: "0"}}) { title }
      b: product(by: {ref: {supplier: "shop", productId: "0"}}) { stock { total } inventory { quantity } }
      c: product(by: {ref: {supplier: "shop", productId: "0"}}) { variants { nodes { id } } }
    }"""
    async with open_over(shop) as gateway:
        data = await gateway.data(query)
    assert data["b"] == {"stock": {"total": 3}, "inventory": [{"quantity": 3}]}
    assert asked == ["0"]


async def test_stock_that_did_not_come_is_not_asked_for_again() -> None:
    """Where a product came without its stock, every field of it says why, and the supplier is asked once."""
    asked: list[str] = []

    class Stockless(Shelf):
        async def product(self, product_id: str, ask: Ask) -> Fetched[Product]:
            asked.append(product_id)
            found = await super().product(product_id, ask)
            return replace(found, trouble=Unavailable("no stock today", provider="shop"))

    shop = Stockless("shop", [1])
    shop.shelf[0] = replace(shop.shelf[0], variants=(Variant("shop", "0", "0", None, ""),))
    query = """{ product(by: {ref: {supplier: "shop", productId: "0"}}) {
      title inStock inventory { quantity } variants { nodes { inventory { quantity } } }
    } }"""
    async with open_over(shop) as gateway:
        answer = await gateway.post(query)
    assert answer["data"]["product"] == {
        "title": "shop 0",
        "inStock": None,
        "inventory": None,
        "variants": {"nodes": [{"inventory": None}]},
    }
    errors = errors_of(answer)
    assert {error["message"] for error in errors} == {"no stock today"}
    assert {error["path"][-1] for error in errors} == {"inStock", "inventory"}
    assert len(errors) == 3
    assert asked == ["0"]
