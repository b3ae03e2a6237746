"""Unit prices by quantity, and the smallest order."""

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.quoting.prices import line_price, smallest_order, unit_price
from providers.model import Money, PriceTier
from providers.shipping import ParcelLine
from tests.goods import product, variant
from tests.parcels import money

LADDER = variant(price="9.00", tiers={10: "8.00", 100: "6.50", 1000: "5.05"})


@pytest.mark.parametrize(
    ("quantity", "price"),
    [
        (1, "8.00"),  # too few to order; what a piece would cost
        (9, "8.00"),
        (10, "8.00"),
        (99, "8.00"),
        (100, "6.50"),
        (999, "6.50"),
        (1000, "5.05"),
        (1_000_000, "5.05"),
    ],
)
def test_the_tier_decides(quantity: int, price: str) -> None:
    """A piece costs what the tier of its quantity says, and below all tiers what the first of them says."""
    assert unit_price(LADDER, quantity) == money(price)


def test_no_tiers() -> None:
    """Without tiers a piece costs the same at every quantity, and unknown stays unknown."""
    assert unit_price(variant(price="3.10"), 7) == money("3.10")
    assert unit_price(variant(price=None), 7) is None


def test_beyond_the_last_tier() -> None:
    """Above a closed last tier, and between two, the supplier says nothing, so nothing is made up."""
    tiers = (PriceTier(1, 5, money("2")), PriceTier(8, 9, money("1")))
    each = replace(variant(), price_tiers=tiers)
    assert [unit_price(each, count) for count in (5, 6, 7, 8, 10)] == [
        money("2"),
        None,
        None,
        money("1"),
        None,
    ]


def test_smallest_order() -> None:
    """The first tier says what the fewest are, whatever the product says; without tiers the product does."""
    assert smallest_order(product(LADDER, minimum=3), LADDER) == 10
    assert smallest_order(product(LADDER, minimum=100), LADDER) == 10
    assert smallest_order(product(variant(), minimum=3), variant()) == 3
    assert smallest_order(product(variant(), minimum=0), variant()) == 1


STARTS = st.lists(st.integers(1, 10_000), min_size=1, max_size=5, unique=True).map(sorted)


@settings(max_examples=1000, deadline=None)
@given(STARTS, st.integers(0, 10**18))
def test_tiers_begin_and_end_exactly(starts: list[int], cents: int) -> None:
    """Each tier holds from its first piece to its last, and the next one from the piece after."""
    prices = {start: f"{cents + place}e-2" for place, start in enumerate(starts)}
    ladder = variant(tiers=prices)
    for start, following in pairwise([*starts, 10**6]):
        for quantity in (start, following - 1):
            assert unit_price(ladder, quantity) == money(prices[start])


@settings(max_examples=1000, deadline=None)
@given(st.integers(0, 10**18 - 1), st.integers(0, 18), st.integers(1, 10**6), st.integers(1, 10**6))
def test_more_never_costs_less(digits: int, decimals: int, few: int, more: int) -> None:
    """At one price more pieces cost at least as much in all, and exactly price times quantity."""
    price = Decimal((0, tuple(int(sign) for sign in str(digits)), -decimals))
    each = replace(variant(), price=Money(price, "USD"))
    costs = []
    for quantity in sorted((few, few + more)):
        cost = line_price(ParcelLine(product(each), each, quantity))
        assert cost is not None
        assert int(cost.amount.scaleb(decimals)) == digits * quantity
        costs.append(cost.amount)
    assert costs == sorted(costs)
