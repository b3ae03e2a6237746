"""A supplier whose answers cannot be right keeps its own offers from being compared, and nobody else's."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from providers.model import (
    DayRange,
    Money,
    PriceTier,
    Product,
    ProductSearch,
    SearchPage,
    StockLevel,
    Variant,
)
from providers.shipping import Certainty, Cost, CostKind, Parcel, ParcelOptions, ShippingOption
from providers.upstream import Ask, Fetched
from tests.graphql.conftest import PYTHONS_OWN_WORDS, errors_of, open_over
from tests.shelf import Shelf, fetched

COMPARE = """{ compare(input: {query: "lamp", shipTo: {country: "CN"}}) {
  offers { product { supplier { code } } quote { landedCost { amount } } }
  outcomes { supplier { code } status message }
} }"""

Options = tuple[ParcelOptions, ...]
Change = Callable[[Any], Any]


class Seller(Shelf):
    """Sells one lamp in one variant, and sends it by post. `goods` and `postage` are changed as told."""

    def __init__(self, code: str, *, goods: Change | None = None, postage: Change | None = None) -> None:
        super().__init__(code, [10])
        price = Money(Decimal(10), "USD")
        lamp = Variant(code, "0", "v", None, "Lamp", price=price, inventory=(StockLevel("CN", 100),))
        self.shelf[0] = replace(self.shelf[0], title="Lamp", variants=(lamp,))
        self.questions = 0
        self._goods = goods or (lambda goods: goods)
        self._postage = postage or (lambda postage: postage)

    async def product(self, product_id: str, ask: Ask) -> Fetched[Product]:
        """The lamp, whatever became of it."""
        self.questions += 1
        found = await super().product(product_id, ask)
        return replace(found, value=self._goods(found.value))

    async def shipping_options(self, parcels: tuple[Parcel, ...], ask: Ask) -> Fetched[Options]:
        """By post, whatever became of that."""
        del ask
        self.questions += 1
        return fetched(self._postage((ParcelOptions((post(Decimal(5)),)),) * len(parcels)))


def post(amount: Any = Decimal(5), currency: str = "USD", **changes: Any) -> ShippingOption:
    """Sent by post for so much."""
    cost = Cost(CostKind.SHIPPING, Money(amount, currency), Certainty.KNOWN)
    return replace(ShippingOption("Post", (cost,), DayRange(3, 7)), **changes)


def sent_by(*options: ShippingOption) -> Change:
    """Each parcel in these ways."""
    return lambda postage: tuple(ParcelOptions(options) for _ in postage)


def lamp(**changes: Any) -> Change:
    """The product with another variant in the place of its own."""
    return lambda product: replace(product, variants=(replace(product.variants[0], **changes),))


def money(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


UNKNOWN = Cost(CostKind.SHIPPING, None, Certainty.KNOWN)
ODD_POSTAGE: dict[str, Change] = {
    "nothing": lambda _: None,
    "of no parcel": lambda _: (),
    "of twice the parcels": lambda postage: postage * 2,
    "nothing for a parcel": lambda _: (None,),
    "not a number": sent_by(post(Decimal("NaN"))),
    "a signalling one": sent_by(post(Decimal("sNaN"))),
    "infinite": sent_by(post(Decimal("Infinity"))),
    "a float": sent_by(post(5.0)),
    "huge": sent_by(post(Decimal("1E+120"))),
    "below zero": sent_by(post(Decimal("-10.01"))),
    "in no currency": sent_by(post(currency="$")),
    "known without an amount": sent_by(post(costs=(UNKNOWN,))),
    "no cost at all": sent_by(post(costs=())),
    "two costs of sending": sent_by(post(costs=post().costs * 2)),
    "the same method twice": sent_by(post(), post()),
    "a method without a name": sent_by(post(method=" ")),
    "days below zero": sent_by(post(transit=DayRange(-1, -1))),
    "days backwards": sent_by(post(processing=DayRange(7, 3))),
}
ODD_GOODS: dict[str, Change] = {
    "nothing": lambda _: None,
    "another product": lambda product: replace(product, id="0X"),
    "another supplier's": lambda product: replace(product, provider="nobody"),
    "another product's variant": lamp(product_id="1"),
    "a price of nothing": lamp(price=money("0")),
    "a price below zero": lamp(price=money("-10")),
    "a price that is no number": lamp(price=money("NaN")),
    "tiers out of order": lamp(
        price_tiers=(PriceTier(10, None, money("1")), PriceTier(1, 9, money("2"))),
    ),
    "a tier for nothing": lamp(price_tiers=(PriceTier(1, None, money("0")),)),
    "stock below zero": lamp(inventory=(StockLevel("CN", -1),)),
    "an order of none": lambda product: replace(product, minimum_order_quantity=0),
    "days that cannot pass": lambda product: replace(product, processing=DayRange(5, -5)),
}


async def comparison(*sellers: Seller) -> tuple[dict[str, list[Any]], dict[str, dict[str, Any]]]:
    """The landed costs of a comparison and its outcomes, by supplier; within seconds, without errors."""
    async with open_over(*sellers) as gateway, asyncio.timeout(60):
        compared = (await gateway.data(COMPARE))["compare"]
    costs: dict[str, list[Any]] = {}
    for offer in compared["offers"]:
        costs.setdefault(offer["product"]["supplier"]["code"], []).append(offer["quote"])
    return costs, {each["supplier"]["code"]: each for each in compared["outcomes"]}


@pytest.mark.parametrize(
    "odd",
    [
        *(pytest.param({"postage": change}, id=f"postage {what}") for what, change in ODD_POSTAGE.items()),
        *(pytest.param({"goods": change}, id=f"goods {what}") for what, change in ODD_GOODS.items()),
    ],
)
async def test_what_cannot_be_right_is_its_own(odd: dict[str, Change]) -> None:
    """The other's offer stands, and the odd one is left without a quote and told in words for people."""
    costs, outcomes = await comparison(Seller("odd", **odd), Seller("good"))
    [quote] = costs["good"]
    assert Decimal(quote["landedCost"]["amount"]) == 15
    assert outcomes["good"]["status"] == "OK"
    assert all(quote is None for quote in costs.get("odd", []))
    assert outcomes["odd"]["status"] in {"UNAVAILABLE", "PARTIAL"}
    assert "which cannot be right" in outcomes["odd"]["message"]
    assert not any(word in outcomes["odd"]["message"] for word in PYTHONS_OWN_WORDS)


class Quick(Seller):
    """Fails before it first waits."""

    def shipping_options(self, parcels: tuple[Parcel, ...], ask: Ask) -> Any:
        """Never."""
        raise RuntimeError(parcels, ask)


class Forgetful(Seller):
    """Promises to answer and has nothing to be awaited."""

    def shipping_options(self, parcels: tuple[Parcel, ...], ask: Ask) -> Any:
        """Nothing."""
        del parcels, ask


class Closed(Seller):
    """Waits for something of its own that was cancelled, such as a client that was closed."""

    async def shipping_options(self, parcels: tuple[Parcel, ...], ask: Ask) -> Fetched[Options]:
        """Never."""
        await gone()
        return await super().shipping_options(parcels, ask)


class ClosedToSearch(Seller):
    """The same, as soon as something is looked for."""

    async def search(
        self, search: ProductSearch, page: int, *, with_description: bool, ask: Ask
    ) -> Fetched[SearchPage]:
        """Never."""
        await gone()
        return await super().search(search, page, with_description=with_description, ask=ask)


class Wild(Seller):
    """Raises what is no Exception at all."""

    async def shipping_options(self, parcels: tuple[Parcel, ...], ask: Ask) -> Fetched[Options]:
        """Never."""
        raise BaseExceptionGroup("all at once", [asyncio.CancelledError(parcels, ask)])


async def gone() -> None:
    own: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    own.cancel()
    await own


@pytest.mark.parametrize("kind", [Quick, Forgetful, Closed, ClosedToSearch, Wild])
async def test_however_it_fails_it_fails_alone(kind: type[Seller]) -> None:
    """A supplier that fails in a way no provider should is unavailable, and the other's offer stands."""
    costs, outcomes = await comparison(kind("odd"), Seller("good"))
    assert [Decimal(quote["landedCost"]["amount"]) for quote in costs["good"]] == [15]
    assert all(quote is None for quote in costs.get("odd", []))
    assert outcomes["odd"]["status"] in {"UNAVAILABLE", "PARTIAL"}
    assert "fault in its adapter" in outcomes["odd"]["message"]


async def test_a_row_that_cannot_be_right_is_left_out() -> None:
    """Of a search page only the rows are missing that cannot be right; with no other row it is an error."""
    mixed, wrong = Shelf("mixed", [1, 2, 3]), Shelf("wrong", [1])
    mixed.shelf[1] = replace(mixed.shelf[1], provider="nobody")
    wrong.shelf[0] = replace(wrong.shelf[0], stock=5)  # type: ignore[arg-type]
    query = "{ products { nodes { title } outcomes { supplier { code } status message } } }"
    async with open_over(mixed, wrong) as gateway:
        found = (await gateway.data(query))["products"]
    assert [node["title"] for node in found["nodes"]] == ["mixed 0", "mixed 2"]
    ok, failed = found["outcomes"]
    assert (ok["status"], ok["message"]) == ("OK", None)
    assert failed["status"] == "UNAVAILABLE"
    assert "something of another kind" in failed["message"]


async def test_the_wrong_product_is_an_error() -> None:
    """A look-up that is answered with another product is an error of the supplier, not a product."""
    changed = Seller("odd", goods=lambda product: replace(product, id="elsewhere"))
    query = '{ product(by: {ref: {supplier: "odd", productId: "0"}}) { title } }'
    async with open_over(changed) as gateway:
        answer = await gateway.post(query)
    assert answer["data"] == {"product": None}
    (error,) = errors_of(answer)
    assert error["extensions"]["code"] == "SUPPLIER_MALFORMED"
    assert error["message"].startswith("odd answered with another product than was asked for")


async def test_without_a_pipeline_nothing_is_priced() -> None:
    """A dry run asks no supplier that has another way out, and says that its price is not known."""
    seller = Seller("shop")
    async with open_over(seller) as gateway:
        body = {"query": COMPARE, "extensions": {"dryRun": True}}
        answer = (await gateway.client.post("/graphql", json=body)).json()
    tag = answer["extensions"]["dryRun"]["shop"]
    assert (tag["calls"], tag["complete"]) == (0, False)
    assert "search" in tag["message"]
    assert (seller.asked, seller.questions) == ([], 0)
