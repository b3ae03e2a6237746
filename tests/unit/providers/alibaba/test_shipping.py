"""How long the sample's goods take and what sending them costs."""

from itertools import pairwise

import pytest
from pydantic import ValidationError

from providers.alibaba.catalogue import Catalogue
from providers.alibaba.shipping import FreightTable, _Lane, read_freight
from providers.model import DayRange


@pytest.fixture(scope="module")
def freight() -> FreightTable:
    return read_freight()


def test_larger_orders_take_longer(catalogue: Catalogue) -> None:
    """Every product says for its smallest order how long it takes, and no larger order is ready sooner."""
    assert set(catalogue.handling) == set(catalogue.by_id)
    for product in catalogue.products:
        handling = catalogue.handling[product.id]
        assert handling.processing_days(product.minimum_order_quantity) == product.processing
        for step, following in pairwise(handling.processing):
            assert following.minimum > step.minimum
            assert following.days.low >= step.days.low
            assert following.days.high >= step.days.high


def test_processing_follows_the_quantity(catalogue: Catalogue) -> None:
    """The step is the last one reached, both sides of its boundary; below the first nothing is promised."""
    handling = catalogue.handling["1600000000118"]
    assert handling.processing_days(49) is None
    assert handling.processing_days(50) == DayRange(5, 9)
    assert handling.processing_days(499) == DayRange(5, 9)
    assert handling.processing_days(500) == DayRange(12, 15)
    assert handling.processing_days(10**7) == DayRange(20, 30)


def test_some_products_are_not_sent_everywhere(catalogue: Catalogue, freight: FreightTable) -> None:
    """At least one product is refused by the carriers for a country to which others go."""
    refused = {country for handling in catalogue.handling.values() for country in handling.not_shipped_to}
    assert refused
    assert all(freight.options("CN", country, 1000) for country in refused)


def test_freight_grows_with_weight(freight: FreightTable) -> None:
    """Within one service a heavier parcel never costs less, and duty is never in the fee."""
    fees: dict[str, list[object]] = {}
    for weight in (1, 500, 501, 2000, 5000, 20_000, 50_000):
        for option in freight.options("CN", "US", weight):
            assert option.incoterm == "DAP"
            fees.setdefault(option.service, []).append(option.fee.amount)
    assert len(fees) >= 3
    assert all(each == sorted(each) for each in fees.values())  # type: ignore[type-var]


def test_bands_include_their_limit(freight: FreightTable) -> None:
    """A parcel of exactly a band's limit pays that band; one gram more pays the next."""
    air = [
        next(option for option in freight.options("CN", "US", weight) if option.service == "Economy air")
        for weight in (500, 501)
    ]
    assert [str(option.fee.amount) for option in air] == ["8.90", "19.10"]


def test_the_cheapest_comes_first(freight: FreightTable) -> None:
    """Options stand in the order of their fees; sea is slow, local is quick."""
    options = freight.options("CN", "US", 20_000)
    assert [option.fee.amount for option in options] == sorted(option.fee.amount for option in options)
    assert {option.kind for option in options} == {"EXPRESS", "SEA"}
    assert all(option.transit.low >= 25 for option in options if option.kind == "SEA")
    assert [option.transit.high <= 9 for option in freight.options("US", "US", 800)] == [True]


@pytest.mark.parametrize(
    ("origin", "destination", "grams"), [("CN", "AQ", 500), ("MX", "DE", 500), ("DE", "DE", 31_501)]
)
def test_nothing_is_sent_where_no_service_goes(
    freight: FreightTable, origin: str, destination: str, grams: int
) -> None:
    """A country without a service, and a parcel that is too heavy, have no option at all."""
    assert freight.options(origin, destination, grams) == ()


def test_every_smallest_order_can_be_sent(catalogue: Catalogue, freight: FreightTable) -> None:
    """The smallest order of every product gets to the US from some country that holds it."""
    for product in catalogue.products:
        origins = {level.country for each in product.variants for level in each.inventory or ()} or {"CN"}
        weight = product.minimum_order_quantity * (product.weight_grams or 0)
        assert any(freight.options(origin, "US", weight) for origin in origins), product.title


@pytest.mark.parametrize(
    "wrong",
    [
        {"destinations": ["XX"]},
        {"destinations": []},
        {"fees": [[500, "9.00"], [500, "10.00"]]},
        {"fees": [[500, "9.001"]]},
        {"days": [9, 3]},
    ],
)
def test_a_wrong_table_is_refused(wrong: dict[str, object]) -> None:
    """A country that is none, bands that do not ascend, and parts of a cent are refused when read."""
    right = {
        "service": "Post",
        "kind": "LOCAL",
        "origin": "DE",
        "destinations": ["DE"],
        "days": [1, 3],
        "fees": [[500, "9.00"]],
    }
    assert _Lane.model_validate(right)
    with pytest.raises(ValidationError):
        _Lane.model_validate(right | wrong)
