"""What of an answer is looked at, and what is left as it is."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from gateway.loaders import checks
from providers.errors import MalformedResponse
from providers.model import Category, Money, ReviewPage, SearchPage, StockSummary, Warehouse
from providers.shipping import Certainty, Cost, CostKind, LeftOut, ParcelOptions
from tests.goods import product, variant
from tests.parcels import charge, option
from tests.shelf import NOW, fetched

LAMP = product(variant("v1", tiers={1: "5", 10: "4"}, stock={"CN": 3}), variant("v2"))
BY_POST = option(charge(CostKind.SHIPPING, "5"), charge(CostKind.TAX, "1"))
BY_AIR = replace(option(charge(CostKind.SHIPPING)), method="Air")

GOOD: dict[str, tuple[checks.Check[Any], Any]] = {
    "product": (checks.product("test", "p1"), LAMP),
    "product by its SKU": (checks.product("test"), LAMP),
    "product in the supplier's spelling": (checks.product("test", "P1"), LAMP),
    "variant": (checks.variant("test", "V1"), LAMP.variants[0]),
    "page": (checks.page("test"), SearchPage((LAMP,), 1, has_more=False)),
    "page past the end": (checks.page("test"), SearchPage((), None, has_more=False)),
    "categories": (checks.categories("test"), (Category("test", "1", "All", ("All",)),)),
    "warehouses": (checks.warehouses("test"), (Warehouse("test", "1", "Hub", "CN"),)),
    "warehouse": (checks.warehouse("test"), Warehouse("test", "1", "Hub", "CN")),
    "reviews": (checks.reviews, ReviewPage((), 0, has_more=False)),
    "parcels": (
        checks.shipping(2),
        (ParcelOptions((BY_POST, BY_AIR)), ParcelOptions((), (LeftOut(None, "Too heavy."),))),
    ),
}


@pytest.mark.parametrize("name", GOOD)
def test_what_holds_is_handed_on_itself(name: str) -> None:
    """An answer with which all is well is the very answer that came in."""
    check, value = GOOD[name]
    answer = fetched(value)
    assert checks.checked("test", name, answer, check) is answer


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("spoilt", [lambda _: None, lambda _: 5, lambda value: [[value]]])
def test_things_of_another_kind(name: str, spoilt: Callable[[Any], Any]) -> None:
    """What is nothing like what was asked for is a MalformedResponse."""
    check, value = GOOD[name]
    with pytest.raises(MalformedResponse) as failure:
        checks.checked("test", name, fetched(spoilt(value)), check)
    assert (failure.value.provider, failure.value.operation) == ("test", name)


@pytest.mark.parametrize(
    ("check", "value"),
    [
        (checks.product("other", "p1"), LAMP),
        (checks.product("test", "p2"), LAMP),
        (checks.product("test"), replace(LAMP, title=None)),  # type: ignore[arg-type]
        (checks.product("test"), replace(LAMP, created_at=datetime(2026, 1, 1))),  # noqa: DTZ001 - the fault
        (checks.product("test"), replace(LAMP, stock=StockSummary(-1))),
        (checks.product("test"), replace(LAMP, variants=LAMP.variants[:1] * 2)),
        (checks.product("test"), replace(LAMP, id="p9")),
        (checks.variant("test", "v2"), LAMP.variants[0]),
        (checks.page("test"), SearchPage((replace(LAMP, id=""),), None, has_more=False)),
        (checks.page("test"), SearchPage((), -1, has_more=False)),
        (checks.categories("other"), GOOD["categories"][1]),
        (checks.warehouses("other"), GOOD["warehouses"][1]),
        (checks.warehouse("other"), GOOD["warehouse"][1]),
        (checks.reviews, ReviewPage((), -1, has_more=False)),
        (checks.shipping(1), (ParcelOptions((), (LeftOut("Air", ""),)),)),
        (checks.shipping(1), (ParcelOptions((option(charge(CostKind.ITEMS, "1"), *BY_POST.costs),)),)),
        (
            checks.shipping(1),
            (ParcelOptions((option(Cost(CostKind.SHIPPING, Money(Decimal(1), "USD"), Certainty.UNKNOWN)),)),),
        ),
    ],
)
def test_what_cannot_be_right(check: checks.Check[Any], value: Any) -> None:
    """What contradicts itself or the question is a MalformedResponse, and the message says in what."""
    with pytest.raises(MalformedResponse, match="cannot be right") as failure:
        checks.checked("test", "x", fetched(value), check)
    assert "another kind" not in failure.value.message


def test_rows_are_looked_at_one_by_one() -> None:
    """A page keeps its order without the rows that cannot be right, and is otherwise as it was."""
    rows = [replace(LAMP, id=str(number)) for number in range(4)]
    rows[1] = replace(rows[1], minimum_order_quantity=0)
    rows[2] = None  # type: ignore[call-overload]
    answer = fetched(SearchPage(tuple(rows), 4, has_more=True))
    found = checks.checked("test", "search", answer, checks.page("test"))
    assert found == replace(answer, value=SearchPage((rows[0], rows[3]), 4, has_more=True))


def test_what_is_imagined_is_not_looked_at() -> None:
    """An imagined answer names nothing, so it may be about anything."""
    answer = replace(fetched(LAMP), imagined=True)
    assert checks.checked("test", "product", answer, checks.product("test", "another")) is answer


@pytest.mark.parametrize("as_of", [None, NOW.replace(tzinfo=None), "today"])
def test_an_answer_has_its_time(as_of: Any) -> None:
    """An answer that does not say when it was read cannot be shown."""
    with pytest.raises(MalformedResponse, match="no time of reading"):
        checks.checked("test", "product", replace(fetched(LAMP), as_of=as_of), checks.product("test"))
