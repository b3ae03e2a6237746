"""Whatever CJ sends: an answer is read, or refused as a ProviderError; never anything else, never a float."""

import copy
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.cj.account import account_call
from providers.cj.categories import categories_call
from providers.cj.disputes import lines_call, list_call, terms_call
from providers.cj.drafts import create_call as create_order_call
from providers.cj.freight import freight_call
from providers.cj.freight_tip import tip_call
from providers.cj.limits import policies
from providers.cj.makers_freight import fares_call
from providers.cj.my_products import add_call, my_products_call
from providers.cj.order_changes import offers_call
from providers.cj.orders import batch_call, detail_call, listed_call
from providers.cj.payment import confirm_call, parent_call, wallet_call
from providers.cj.products import product_call
from providers.cj.reviews import reviews_call
from providers.cj.search import search_call
from providers.cj.sourcing import create_call, sourcings_call
from providers.cj.stock import product_stock_call, variant_stock_call
from providers.cj.tracking import tracking_call
from providers.cj.variants import variant_call
from providers.cj.warehouses import warehouse_call, warehouses_call
from providers.errors import MalformedResponse, NotFound
from providers.model import ProductSearch, SourcingRequest
from providers.orders import DisputeLine, SupplierOrder
from providers.upstream import Call
from tests.unit.providers.cj import samples
from tests.unit.providers.cj.drafts import order_draft
from tests.unit.providers.cj.parcels import parcel

P = policies(15)
PID, VID = "2405170342118603100", "2405170342118604100"
SEARCH = search_call(P["product.search"], ProductSearch(), 1, with_description=False, with_url=True)
DISPUTED = DisputeLine("1", None, 1, None, can_choose=True, raw={"lineItemId": "1"})
NEW_SOURCING = create_call(P["sourcing.create"], SourcingRequest("Lamp", "https://img.example/l.jpg"))
READS: list[tuple[Call[Any], str]] = [
    (SEARCH, samples.SEARCH),
    (product_call(P["product.get"], PID, with_url=True), samples.PRODUCT),
    (variant_call(P["variant.get"], VID), samples.VARIANT),
    (product_stock_call(P["stock.by_product"], PID), samples.STOCK_OF_PID),
    (variant_stock_call(P["stock.by_variant"], VID), samples.STOCK_OF_VID),
    (categories_call(P["category.list"]), samples.CATEGORIES),
    (warehouses_call(P["warehouse.list"]), samples.WAREHOUSES),
    (warehouse_call(P["warehouse.get"], "3f2a9c71d0b84e55a1c6e0f7b2d49a10"), samples.WAREHOUSE),
    (reviews_call(P["review.list"], PID, 1, None), samples.REVIEWS),
    (my_products_call(P["my_product.list"], None, 1, with_url=True), samples.MY_PRODUCTS),
    (sourcings_call(P["sourcing.list"], ("90411",)), samples.SOURCINGS),
    (NEW_SOURCING, samples.SOURCING_CREATED),
    (account_call(P["account.get"]), samples.SETTING),
    (add_call(P["my_product.add"], PID), '{"data":true}'),
    (freight_call(P["freight.calculate"], parcel()), samples.FREIGHT),
    (tip_call(P["freight.tip"], [parcel()]), samples.FREIGHT_TIP),
    (tip_call(P["freight.tip"], [parcel(), parcel(origin="CN")]), samples.FREIGHT_TIP),
    (fares_call(P["freight.makers"], [parcel()]), samples.MAKERS_FREIGHT),
    (detail_call(P["order.get"], "HB-100232", "HB-100232"), samples.ORDER),
    (batch_call(P["order.get_many"], [SupplierOrder("cj", "HB-100232")]), samples.ORDERS),
    (listed_call(P["order.list"], "HB-100232"), samples.ORDER_LIST),
    (create_order_call(P["order.create"], order_draft("HB-100231")), samples.ORDER_CREATED),
    (confirm_call(P["order.confirm"], "SD2611230101440660701"), samples.CART_CONFIRMED),
    (parent_call(P["payment.prepare"], "1", "SD2611230101440660701"), samples.PARENT),
    (wallet_call(P["wallet.get"]), samples.BALANCE),
    (offers_call(P["order.methods"], "SD2611230101440660701"), samples.METHODS),
    (tracking_call(P["tracking.get"], ("CJX8800112233YQ",)), samples.TRACKING),
    (lines_call(P["dispute.lines"], "SD2611230101440660701"), samples.DISPUTE_LINES),
    (terms_call(P["dispute.terms"], "SD2611230101440660701", (DISPUTED,)), samples.DISPUTE_TERMS),
    (list_call(P["dispute.list"], "SD2611230101440660701"), samples.DISPUTES),
]
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**15), 10**15),
    st.text(max_size=8),
    st.sampled_from(
        ["", "[]", '["x"]', "{}", "1e400", "-1", "4.10 -- 6.35", "NaN", "1" * 400, "\x00", "\ufffd", "--"]
    ),
)
GARBAGE = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where in an answer something can be replaced."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from _places(inner, (*path, key))


def _floats(value: Any) -> Iterator[float]:
    if isinstance(value, float):
        yield value
    elif is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            yield from _floats(getattr(value, each.name))
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from _floats(item)
    elif isinstance(value, dict):
        yield from _floats(list(value.values()))


def _read(call: Call[Any], data: Any) -> None:
    try:
        value = call.read(data)
    except (MalformedResponse, NotFound):
        return
    assert not list(_floats(value))
    if call.is_empty is not None:
        assert call.is_empty(value) in (True, False)


@given(st.sampled_from(READS), st.data())
def test_samples_with_a_wrong_part(read: tuple[Call[Any], str], data: st.DataObject) -> None:
    """A documented answer in which one or two parts are replaced by anything is read or refused."""
    call, sample = read
    answer = copy.deepcopy(samples.data(sample))
    for _ in range(data.draw(st.integers(1, 2))):
        path = data.draw(st.sampled_from(list(_places(answer))))
        if not path:
            answer = data.draw(GARBAGE)
            break
        where = answer
        for key in path[:-1]:
            where = where[key]
        if isinstance(where, dict) and data.draw(st.booleans()):
            del where[path[-1]]
        else:
            where[path[-1]] = data.draw(GARBAGE)
    _read(call, answer)


@given(st.sampled_from(READS), GARBAGE)
def test_anything(read: tuple[Call[Any], str], garbage: Any) -> None:
    """Anything at all in the place of an answer is read or refused."""
    _read(read[0], garbage)


def test_only_emptiness_reads_as_absence() -> None:
    """Data that is there but wrong is never NotFound; only null and nothing are, and those are confirmed."""
    wrong: tuple[Any, ...] = ("x", 7, [7], {"x": 1})
    for call, _ in READS:
        for data in wrong:
            with pytest.raises(MalformedResponse):
                call.read(data)
