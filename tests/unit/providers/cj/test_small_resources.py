"""Categories, warehouses, reviews, my products, sourcing and the account, by CJ's own samples."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from providers.cj.account import account_call
from providers.cj.categories import categories_call, check_searchable, path_id
from providers.cj.limits import policies
from providers.cj.my_products import add_call, my_products_call
from providers.cj.reviews import reviews_call
from providers.cj.sourcing import create_call, sourcings_call
from providers.cj.warehouses import is_area, warehouse_call, warehouses_call
from providers.errors import InvalidRequest, MalformedResponse, NotFound
from providers.model import Account, Sourcing, SourcingRequest, SourcingStatus, Warehouse
from providers.upstream import Call
from tests.unit.providers.cj import samples

POLICIES = policies(15)
PID = "2405170342118603100"
CATEGORIES = categories_call(POLICIES["category.list"])
WAREHOUSES = warehouses_call(POLICIES["warehouse.list"])
REVIEWS = reviews_call(POLICIES["review.list"], PID, 1, None)
MINE = my_products_call(POLICIES["my_product.list"], None, 1, with_url=True)
SOURCINGS = sourcings_call(POLICIES["sourcing.list"], ("90411",))


def test_categories() -> None:
    """The upper levels get ids from their names and cannot be searched; the third has CJ's id and can."""
    (first,) = CATEGORIES.read(samples.data(samples.CATEGORIES))
    (second,) = first.children
    (third,) = second.children
    assert (first.id, first.searchable) == ("path:Garden Life", False)
    assert (second.id, second.searchable) == ("path:Garden Life/Lighting", False)
    assert (third.id, third.searchable) == ("6A0E3C11-2B7D-4F0A-9C55-0D1B7A9E4401", True)
    assert third.path == ("Garden Life", "Lighting", "Solar Lamps")


def test_category_ids_are_distinct() -> None:
    """Names with a slash in them cannot collide with the path they look like."""
    assert path_id(("A/B",)) != path_id(("A", "B"))
    assert path_id(("A%2FB",)) != path_id(("A/B",))


def test_only_the_third_level_is_searched() -> None:
    """Searching in a level that CJ cannot search in is refused before it costs points."""
    check_searchable("6A0E3C11", "product.search")
    with pytest.raises(InvalidRequest, match="third level"):
        check_searchable("path:Garden Life", "product.search")


def test_areas() -> None:
    """Areas have their small number as id; those out of use are left out."""
    (area,) = WAREHOUSES.read(samples.data(samples.WAREHOUSES))
    assert area == Warehouse("cj", "2", "US Warehouse", "US")
    assert is_area("2")
    assert not is_area("3f2a9c71d0b84e55a1c6e0f7b2d49a10")
    assert WAREHOUSES.read([{"id": 1, "countryCode": "cn", "disabled": True}]) == ()


def test_warehouse() -> None:
    """One warehouse with its carriers; the braces of stock answers are no part of its id."""
    call = warehouse_call(POLICIES["warehouse.get"], "{3f2a9c71d0b84e55a1c6e0f7b2d49a10}")
    assert call.query == (("id", "3f2a9c71d0b84e55a1c6e0f7b2d49a10"),)
    warehouse = call.read(samples.data(samples.WAREHOUSE))
    assert (warehouse.city, warehouse.province, warehouse.carriers) == ("Riverside", "New Jersey", ("USPS",))
    with pytest.raises(NotFound):
        call.read(None)
    with pytest.raises(NotFound):
        warehouse_call(POLICIES["warehouse.get"], "not an id")


def test_reviews() -> None:
    """Scores and totals come as text, ids as numbers beyond a double; all arrive exact."""
    page = REVIEWS.read(samples.data(samples.REVIEWS))
    (review,) = page.reviews
    assert page.total == 9
    assert (review.id, review.score, review.text) == ("1871122334455667712", 4, "Bright enough.")
    assert (review.author, review.country) == ("K***a", "DE")
    assert review.written_at == datetime(2026, 2, 10, 16, tzinfo=UTC)


def test_an_unreadable_review_is_not_the_end() -> None:
    """A full page one of whose rows cannot be read goes on all the same; a page that is not full does not."""
    rows = [{"commentId": number, "comment": "Good.", "score": "5"} for number in range(19)]
    page = REVIEWS.read({"total": "30", "list": [*rows, {"comment": "I have no id."}]})
    assert (len(page.reviews), page.has_more) == (19, True)
    assert not REVIEWS.read({"total": "30", "list": rows}).has_more
    assert not REVIEWS.read({"total": "20", "list": [*rows, {"commentId": 20}]}).has_more


@pytest.mark.parametrize(
    ("data", "suspicious"),
    [
        ({"total": "0", "list": []}, False),
        ({"total": "9", "list": []}, True),
        ({"total": "0", "list": None}, False),
    ],
)
def test_empty_reviews(data: object, suspicious: bool) -> None:
    """No reviews is common and believed; a total without reviews is asked again."""
    assert REVIEWS.is_empty is not None
    assert REVIEWS.is_empty(REVIEWS.read(data)) is suspicious


def test_my_products() -> None:
    """What the account has imported, with its price and weight from text."""
    page = MINE.read(samples.data(samples.MY_PRODUCTS))
    (product,) = page.products
    assert (page.total, page.has_more) == (1, False)
    assert (product.id, product.imported, product.weight_grams) == (PID, True, 310)
    assert product.price is not None
    assert product.price.low.amount == Decimal("4.1")


def test_my_products_whose_page_was_not_understood() -> None:
    """When CJ answers with the first page again there is nothing more, rather than the same again."""
    second = my_products_call(POLICIES["my_product.list"], None, 2, with_url=True)
    page = second.read(samples.data(samples.MY_PRODUCTS))
    assert (page.products, page.has_more) == ((), False)


@pytest.mark.parametrize(("data", "good"), [(True, True), ("true", True), (False, False), (None, False)])
def test_adding(data: object, good: bool) -> None:
    """Adding succeeded only when CJ says so."""
    call = add_call(POLICIES["my_product.add"], PID)
    if good:
        assert call.read(data)
    else:
        with pytest.raises(MalformedResponse):
            call.read(data)


def test_writes_are_sent_once() -> None:
    """Nothing that writes is kept or repeated by itself."""
    for name in ("my_product.add", "sourcing.create"):
        assert (POLICIES[name].attempts, POLICIES[name].facts) == (1, frozenset())


def test_sourcings() -> None:
    """A failed request says why; CJ's own words travel along."""
    assert SOURCINGS.read(samples.data(samples.SOURCINGS)) == (
        Sourcing("cj", "90411", SourcingStatus.FAILED, "5 搜品失败", failure="not available"),
    )


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"cjProductId": PID}, SourcingStatus.FOUND),
        ({"sourceStatusStr": "搜品成功"}, SourcingStatus.FOUND),
        ({"sourceStatusStr": "搜品中"}, SourcingStatus.PENDING),
        ({"failReason": "too small"}, SourcingStatus.FAILED),
        ({"sourceStatus": "9"}, SourcingStatus.UNKNOWN),
    ],
)
def test_sourcing_status(fields: dict[str, Any], status: SourcingStatus) -> None:
    """Undocumented digits are not interpreted; what comes with them is."""
    (sourcing,) = SOURCINGS.read([{"sourceId": 1, **fields}])
    assert sourcing.status is status


def test_new_sourcing() -> None:
    """A new request is pending; its price is sent as an exact number."""
    request = SourcingRequest(
        "Lamp", "https://img.example/l.jpg", target_price=Decimal("2.50"), reference="A-1"
    )
    call = create_call(POLICIES["sourcing.create"], request)
    assert call.body == {
        "productName": "Lamp",
        "productImage": "https://img.example/l.jpg",
        "thirdProductId": "A-1",
        "price": Decimal("2.50"),
    }
    assert call.read(samples.data(samples.SOURCING_CREATED)) == Sourcing(
        "cj", "90411", SourcingStatus.PENDING, "success"
    )


@pytest.mark.parametrize(
    "request_",
    [
        SourcingRequest("", "https://img.example/l.jpg"),
        SourcingRequest("x", "y" * 201),
        SourcingRequest("x", " "),
    ],
)
def test_sourcing_that_cj_would_refuse(request_: SourcingRequest) -> None:
    """Missing and overlong texts are refused here; cutting an address would break it."""
    with pytest.raises(InvalidRequest):
        create_call(POLICIES["sourcing.create"], request_)
    with pytest.raises(InvalidRequest):
        sourcings_call(POLICIES["sourcing.list"], tuple(str(number) for number in range(101)))


def test_account() -> None:
    """The account's name and rate; the webhook secret beside them stays behind and is never kept."""
    call = account_call(POLICIES["account.get"])
    assert call.read(samples.data(samples.SETTING)) == Account(
        "Harbour Test", is_sandbox=False, requests_per_second=100
    )
    assert call.policy.facts == frozenset()


@pytest.mark.parametrize("call", [CATEGORIES, WAREHOUSES, SOURCINGS])
def test_lists_that_are_none(call: Call[Any]) -> None:
    """A list that is missing is malformed; an empty one is asked again."""
    nothing: tuple[object, ...] = (None, "x", {})
    for data in nothing:
        with pytest.raises(MalformedResponse):
            call.read(data)
    assert call.is_empty is not None
    assert call.is_empty(call.read([]))


@pytest.mark.parametrize("call", [REVIEWS, MINE, account_call(POLICIES["account.get"])])
def test_objects_that_are_none(call: Call[Any]) -> None:
    """An object that is missing is malformed, not an empty one."""
    nothing: tuple[object, ...] = (None, "x", [])
    for data in nothing:
        with pytest.raises(MalformedResponse):
            call.read(data)
