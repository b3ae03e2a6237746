"""What is imagined in CJ's place: as usable as an answer, and never to be taken for one."""

import re
from typing import Any

import pytest

from providers.cj import (
    categories,
    my_products,
    products,
    reviews,
    search,
    sourcing,
    stock,
    variants,
    warehouses,
)
from providers.cj.ids import check_id
from providers.cj.limits import SEARCH_PAGE_SIZE, policies
from providers.model import ProductSearch
from providers.upstream import Call

_POLICIES = policies(15)
PID = "1588000000000000001"


def search_call(page: int = 1, **more: Any) -> Call[Any]:
    described = more.pop("with_description", False)
    wanted = ProductSearch(**more)
    policy = _POLICIES["product.search"]
    return search.search_call(policy, wanted, page, with_description=described, with_url=False)


CALLS: dict[str, Call[Any]] = {
    call.policy.operation: call
    for call in (
        search_call(),
        products.product_call(_POLICIES["product.get"], PID, with_url=False),
        products.sku_calls(_POLICIES["product.by_sku"], "CJGD2209417", with_url=False)[0],
        variants.variant_call(_POLICIES["variant.get"], PID),
        stock.variant_stock_call(_POLICIES["stock.by_variant"], PID),
        categories.categories_call(_POLICIES["category.list"]),
        warehouses.warehouses_call(_POLICIES["warehouse.list"]),
        warehouses.warehouse_call(_POLICIES["warehouse.get"], "a1b2c3d4"),
        reviews.reviews_call(_POLICIES["review.list"], PID, 1, None),
        my_products.my_products_call(_POLICIES["my_product.list"], None, 1, with_url=False),
        sourcing.sourcings_call(_POLICIES["sourcing.list"], ("7",)),
    )
}


def imagined(call: Call[Any]) -> Any:
    assert call.imagine is not None
    return call.imagine()


@pytest.mark.parametrize("operation", CALLS)
def test_satisfies_who_asked(operation: str) -> None:
    """What is imagined is the same each time, and is no emptiness that would have to be asked for again."""
    call = CALLS[operation]
    assert imagined(call) == imagined(call)
    assert call.is_empty is None or not call.is_empty(imagined(call))


def test_a_full_page_of_distinct_products() -> None:
    """A search has a full page of products that no other page or search has, with ids that CJ would take."""
    pages = (search_call(1), search_call(2), search_call(1, query="lamp"), search_call(1, free_shipping=True))
    found = [product for call in pages for product in imagined(call).products]
    assert len({product.id for product in found}) == len(found) == len(pages) * SEARCH_PAGE_SIZE
    for product in found:
        check_id(product.id, "product.get")
        assert re.search(r"[g-z]", product.id), "numbers and UUIDs are CJ's"


@pytest.mark.parametrize("described", [True, False])
def test_descriptions(described: bool) -> None:
    """An imagined page has descriptions exactly when the real one would: without, each costs a call."""
    page = imagined(search_call(with_description=described))
    assert {product.description is not None for product in page.products} == {described}


def test_the_last_page_of_a_search() -> None:
    """An imagined search ends where CJ's does."""
    assert imagined(search_call(search.LAST_PAGE - 1)).has_more
    assert not imagined(search_call(search.LAST_PAGE)).has_more


@pytest.mark.parametrize("operation", ["product.get", "product.by_sku"])
def test_a_product_lacks_nothing(operation: str) -> None:
    """An imagined product is complete, with a variant to order and its stock: nothing more is asked."""
    product = imagined(CALLS[operation])
    assert product.is_complete
    assert not products.lacks_stock(product)
    (variant,) = product.variants
    assert (variant.product_id, variant.price.currency) == (product.id, "USD")
    assert variant.weight_grams
    assert {level.country for level in variant.inventory} == {"CN"}
    check_id(variant.id, operation)


def test_answers_to_what_was_asked() -> None:
    """An imagined product, variant, warehouse or request has the id or SKU that was asked for."""
    assert imagined(CALLS["product.get"]).id == PID
    assert imagined(CALLS["product.by_sku"]).variants[0].sku == "CJGD2209417"
    assert imagined(CALLS["variant.get"]).id == PID
    assert imagined(CALLS["warehouse.get"]).id == "a1b2c3d4"
    assert [each.id for each in imagined(CALLS["sourcing.list"])] == ["7"]
