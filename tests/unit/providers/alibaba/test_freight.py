"""How long the sample's goods take and what sending them costs."""

from decimal import Decimal
from itertools import pairwise

import pytest
from pydantic import ValidationError

from providers.alibaba.catalogue import Catalogue
from providers.alibaba.freight import FreightTable, Lane, read_freight
from providers.model import DayRange, Money


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
    assert all(freight.between("CN", country) for country in refused)


def test_freight_grows_with_weight(freight: FreightTable) -> None:
    """Within one service a heavier parcel never costs less, until it is too heavy."""
    for lane in freight.lane:
        fees = [lane.fee(limit).amount for limit, _ in lane.fees]  # type: ignore[union-attr]
        assert fees == sorted(fees), lane.service
        assert lane.fee(1) == Money(fees[0], "USD")
        assert lane.fee(lane.heaviest_grams) == Money(fees[-1], "USD")
        assert lane.fee(lane.heaviest_grams + 1) is None


def test_bands_include_their_limit(freight: FreightTable) -> None:
    """A parcel of exactly a band's limit pays that band; one gram more pays the next."""
    [air] = [lane for lane in freight.between("CN", "US") if lane.service == "Economy air"]
    assert (air.fee(500), air.fee(501)) == (Money(Decimal("8.90"), "USD"), Money(Decimal("19.10"), "USD"))


def test_far_is_slow_and_near_is_quick(freight: FreightTable) -> None:
    """Sea takes weeks, other services up to twenty days, and those within one country at most seven."""
    for lane in freight.lane:
        low, high = lane.days
        assert ("Sea" in lane.service) == (low >= 25)
        assert low >= 25 or high <= 20
        assert lane.destinations != {lane.origin} or high <= 7


@pytest.mark.parametrize(("origin", "destination"), [("CN", "AQ"), ("MX", "DE"), ("FR", "FR")])
def test_nothing_is_sent_where_no_service_goes(freight: FreightTable, origin: str, destination: str) -> None:
    """Between some countries there is no service at all."""
    assert freight.between(origin, destination) == ()


@pytest.mark.parametrize(
    "wrong",
    [
        {"destinations": ["XX"]},
        {"destinations": []},
        {"fees": [[500, "9.00"], [500, "10.00"]]},
        {"fees": [[500, "9.001"]]},
        {"days": [9, 3]},
        {"service": ""},
    ],
)
def test_a_wrong_table_is_refused(wrong: dict[str, object]) -> None:
    """A country that is none, bands that do not ascend, and parts of a cent are refused when read."""
    right = {
        "service": "Post",
        "origin": "DE",
        "destinations": ["DE"],
        "days": [1, 3],
        "fees": [[500, "9.00"]],
    }
    assert Lane.model_validate(right)
    with pytest.raises(ValidationError):
        Lane.model_validate(right | wrong)


def test_a_service_that_is_listed_twice_is_refused() -> None:
    """Two fees for one service between two countries could not be told apart, so they are refused."""
    post = {"service": "Post", "origin": "DE", "days": [1, 3], "fees": [[500, "9.00"]]}
    near, far, both = ({"destinations": each} for each in (["DE"], ["FR"], ["FR", "DE"]))
    assert FreightTable.model_validate({"incoterm": "DAP", "lane": [post | near, post | far]})
    with pytest.raises(ValidationError, match="Post goes from DE to DE twice"):
        FreightTable.model_validate({"incoterm": "DAP", "lane": [post | near, post | both]})
