"""Stock rows that add up, and stock that is unknown rather than none."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.cj.limits import policies
from providers.cj.stock import product_stock_call, stock_levels, summarise, variant_stock_call
from providers.errors import MalformedResponse, NotFound
from providers.model import StockLevel, StockSummary
from tests.unit.providers.cj import samples

POLICIES = policies(15)
HOUSE = "0C1A77E2-5B1E-4B0C-8D8B-3C9F1A2B3C4D"


def _row(
    total: Any = 10, cj: Any = 4, factory: Any = 6, verified: Any = 1, places: Any = None
) -> dict[str, Any]:
    return {
        "countryCode": "CN",
        "totalInventory": total,
        "cjInventory": cj,
        "factoryInventory": factory,
        "verifiedWarehouse": verified,
        "stock": places,
    }


def test_documented_rows() -> None:
    """CJ's own sample: one warehouse of one country, all of it promised by the factory."""
    stock = product_stock_call(POLICIES["stock.by_product"], "1").read(samples.data(samples.STOCK_OF_PID))
    assert stock.of_variants == {
        "2405170342118604100": (StockLevel("CN", 20105, 0, 20105, verified=False, warehouse_id=HOUSE),)
    }
    assert stock.summary == StockSummary(40198)


def test_rows_of_one_variant() -> None:
    """QueryByVid spells the same figures with `Num` and says nothing about verification."""
    call = variant_stock_call(POLICIES["stock.by_variant"], "1")
    assert call.read(samples.data(samples.STOCK_OF_VID)) == (
        StockLevel("CN", 20105, 0, 20105, warehouse_id=HOUSE),
    )
    assert call.read(samples.data(samples.STOCK_OF_SKU)) == (StockLevel("US", 12, 12, 0),)


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=4),
    st.integers(0, 30),
    st.integers(0, 30),
)
def test_rows_add_up_to_the_country(held: list[tuple[int, int]], loose_cj: int, loose_factory: int) -> None:
    """Warehouses and what lies outside them add up to the country's total, part by part."""
    cj = sum(one for one, _ in held) + loose_cj
    factory = sum(one for _, one in held) + loose_factory
    places = [
        {"stockId": f"{{H{number}}}", "inventory": one, "factoryInventory": two}
        for number, (one, two) in enumerate(held)
    ]
    levels = stock_levels([_row(cj + factory, cj, factory, places=places)])
    assert levels is not None
    assert sum(level.quantity for level in levels) == cj + factory
    assert sum(level.supplier_held or 0 for level in levels) == cj
    assert sum(level.factory_held or 0 for level in levels) == factory


def test_contradicting_warehouses() -> None:
    """Warehouses that hold more than their country are left out: the smaller figure oversells nothing."""
    places = [{"stockId": "{A}", "inventory": 40, "factoryInventory": 0}]
    assert stock_levels([_row(10, 4, 6, places=places)]) == (StockLevel("CN", 10, 4, 6, verified=True),)


def test_none_and_nothing() -> None:
    """Missing stock is unknown; an empty list is none anywhere."""
    assert stock_levels(None) is None
    assert stock_levels([]) == ()


@pytest.mark.parametrize(
    "rows",
    [
        "[]",
        {"countryCode": "CN"},
        [None],
        [_row(total=None, cj=None, factory=None)],
        [_row(total="many", cj=None)],
        [_row(total=-4, cj=-4, factory=None)],
        [{"totalInventory": 5}],
        [_row(), {"countryCode": None, "totalInventory": 5}],
        [_row(places=[{"inventory": 3}])],
    ],
)
def test_unreadable_stock_is_unknown(rows: object) -> None:
    """A row that cannot be read makes the whole stock unknown: half of it would be a wrong total."""
    assert stock_levels(rows) is None


def test_total_from_its_parts() -> None:
    """Where CJ leaves out the total, both parts together are it."""
    assert stock_levels([_row(total=None)]) == (StockLevel("CN", 10, 4, 6, verified=True),)


@pytest.mark.parametrize(("value", "verified"), [(1, True), ("1", True), (2, False), (0, None), (None, None)])
def test_verified(value: object, verified: bool | None) -> None:
    """1 means counted by CJ, 2 not, and anything else that CJ does not say."""
    levels = stock_levels([_row(verified=value)])
    assert levels is not None
    assert levels[0].verified is verified


def test_summary() -> None:
    """A product's stock is known when that of every variant is, and its split when every row's is."""
    counted, promised, unsaid = (StockLevel("CN", 5, verified=flag) for flag in (True, False, None))
    assert summarise([(counted,), (promised, promised)]) == StockSummary(15, 5, 10)
    assert summarise([(counted,), (unsaid,)]) == StockSummary(10)
    assert summarise([(counted,), None]) is None
    assert summarise([(), ()]) == StockSummary(0, 0, 0)


@pytest.mark.parametrize("data", [None, [], "x", {}, {"variantInventories": None}])
def test_stock_that_is_missing_is_an_error(data: object) -> None:
    """An answer without the stock it was asked for is malformed, not an empty shelf."""
    with pytest.raises(MalformedResponse):
        product_stock_call(POLICIES["stock.by_product"], "1").read(data)


def test_null_stock_of_a_variant() -> None:
    """No record of a variant is an absence to be confirmed; a broken one is malformed."""
    call = variant_stock_call(POLICIES["stock.by_variant"], "1")
    with pytest.raises(NotFound):
        call.read(None)
    with pytest.raises(MalformedResponse):
        call.read([{"countryCode": "CN"}])
    assert call.is_empty is not None
    assert call.is_empty(call.read([]))
