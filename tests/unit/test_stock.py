"""Stock of a product from its variants."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from gateway.stock import inventory_of, summary_of
from providers.model import Product, StockLevel, StockSummary, Variant

levels = st.builds(
    StockLevel,
    country=st.sampled_from(["CN", "US"]),
    quantity=st.integers(0, 1000),
    supplier_held=st.none() | st.integers(0, 10),
    factory_held=st.none() | st.integers(0, 10),
    verified=st.booleans(),
    warehouse_id=st.sampled_from([None, "a", "b"]),
)
inventories = st.lists(st.lists(levels, max_size=4).map(tuple), min_size=1, max_size=4)


def product(of: list[tuple[StockLevel, ...] | None]) -> Product:
    variants = tuple(
        Variant("s", "1", str(number), None, "t", inventory=inventory) for number, inventory in enumerate(of)
    )
    return Product("s", "1", None, "t", is_complete=True, variants=variants)


@given(inventories)
def test_nothing_is_lost(of: list[tuple[StockLevel, ...]]) -> None:
    """The product's rows never name a place twice, and add up to all of its variants' rows."""
    rows = inventory_of(product(list(of)))
    assert rows is not None
    assert sum(row.quantity for row in rows) == sum(level.quantity for each in of for level in each)
    places = [(row.country, row.warehouse_id, row.verified) for row in rows]
    assert len(places) == len(set(places))


@given(inventories)
def test_the_summary_splits_the_total(of: list[tuple[StockLevel, ...]]) -> None:
    """Verified and unverified pieces together are the total."""
    summary = summary_of(product(list(of)))
    assert summary is not None
    assert summary.verified is not None
    assert summary.unverified is not None
    assert summary.verified + summary.unverified == summary.total


@given(inventories)
def test_one_unknown_makes_all_unknown(of: list[tuple[StockLevel, ...]]) -> None:
    """If the stock of one variant is not known, neither is the product's."""
    assert inventory_of(product([*of, None])) is None
    assert summary_of(product([*of, None])) is None


def test_the_suppliers_own_sum_comes_first() -> None:
    """Where the supplier gives a sum itself, that is the sum."""
    told = StockSummary(7, 3, 4)
    assert summary_of(replace(product([None]), stock=told)) == told
