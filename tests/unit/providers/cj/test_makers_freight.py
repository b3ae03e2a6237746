"""Goods that their maker sends: price lists by product, origin and destination."""

from decimal import Decimal
from typing import Any

import pytest

from providers.cj.limits import policies
from providers.cj.makers_freight import Fare, fares_call, makers_options
from providers.errors import MalformedResponse
from providers.model import Money
from providers.shipping import Certainty, LeftOut, Parcel, ParcelOptions
from tests.unit.providers.cj import samples
from tests.unit.providers.cj.parcels import line, parcel

POLICY = policies(15)["freight.makers"]
SPU = "CJGD2209417"


def _fare(postage: str | None = "3.5", **changes: Any) -> Fare:
    amount = None if postage is None else Decimal(postage)
    fare: dict[str, Any] = {"sku": SPU, "method": "Post", "origin": "US", "destination": "DE", **changes}
    return Fare(postage=amount, **fare)


def _price(parcel_: Parcel, *fares: Fare) -> tuple[Money | None, Certainty]:
    [option] = makers_options(fares, parcel_).options
    [cost] = option.costs
    return cost.amount, cost.certainty


def test_documented_answer() -> None:
    """CJ's own sample: one postage from China to Germany."""
    call = fares_call(POLICY, [parcel()])
    assert call.read(samples.data(samples.MAKERS_FREIGHT)) == (
        Fare(SPU, "Supplier Post", "CN", "DE", Decimal("3.5")),
    )


def test_request() -> None:
    """All products of all parcels are asked for together, each once, in one order."""
    other = line(sku="CJAA1")
    call = fares_call(POLICY, [parcel(line(), other), parcel(line(), origin="CN")])
    assert call.body == {"skuList": ["CJAA1", SPU]}
    assert call.identity() == fares_call(POLICY, [parcel(other, line())]).identity()


def test_one_piece_is_known_and_more_are_estimated() -> None:
    """One piece costs the postage; several cost it each, and the line says that this is a guess."""
    assert _price(parcel(), _fare()) == (Money(Decimal("3.5"), "USD"), Certainty.KNOWN)
    assert _price(parcel(line(4)), _fare()) == (Money(Decimal("14.0"), "USD"), Certainty.ESTIMATED)
    [option] = makers_options([_fare()], parcel(line(4))).options
    assert option.costs[0].note


def test_only_this_way() -> None:
    """Prices for other products and places do not count; of two for the same the dearer does."""
    elsewhere = [_fare("1", sku="CJAA1"), _fare("1", origin="CN"), _fare("1", destination="FR")]
    assert makers_options(elsewhere, parcel()) == ParcelOptions(())
    for fares in ([_fare("2"), _fare("5")], [_fare("5"), _fare("2")]):
        assert _price(parcel(), *fares, *elsewhere) == (Money(Decimal(5), "USD"), Certainty.KNOWN)


def test_several_products() -> None:
    """Products in one parcel are sent by what all of their makers use, at all of their prices."""
    both = parcel(line(), line(2, sku="CJAA1"))
    fares = [_fare(), _fare("2", sku="CJAA1"), _fare("9", method="Air")]
    assert _price(both, *fares) == (Money(Decimal("7.5"), "USD"), Certainty.ESTIMATED)
    assert [each.method for each in makers_options(fares, both).left_out] == ["Air"]


def test_a_price_that_cannot_be_read() -> None:
    """Such a method is left out in words, also beside a price that can be read."""
    for fares in ([_fare(None)], [_fare(None), _fare("2")]):
        assert makers_options(fares, parcel()) == ParcelOptions(
            (), (LeftOut("Post", "The maker's price for it cannot be read."),)
        )


@pytest.mark.parametrize("postage", [None, "", "-2", "much", [3]])
def test_odd_postage(postage: Any) -> None:
    """Missing, negative or unreadable postage is unknown, never 0."""
    line_ = {"logisticsName": "Post", "postage": postage, "startCountryCode": "us", "destCountryCode": "de"}
    data = [{"skuList": [SPU.lower()], "logisticsInfoList": [line_]}]
    assert fares_call(POLICY, [parcel()]).read(data) == (_fare(None),)


def test_price_lists_that_cannot_be_read() -> None:
    """A price list that cannot be read is skipped, an answer of nothing else is malformed."""
    call = fares_call(POLICY, [parcel()])
    good = samples.data(samples.MAKERS_FREIGHT)
    assert len(call.read([*good, {"skuList": [SPU]}])) == 1
    with pytest.raises(MalformedResponse):
        call.read([{"skuList": [SPU]}])
    assert call.is_empty is not None
    assert call.is_empty(call.read([]))


def test_imagined() -> None:
    """For a query that is not run every parcel has two methods of its makers."""
    parcels = [parcel(), parcel(origin="CN", country="FR")]
    call = fares_call(POLICY, parcels)
    assert call.imagine is not None
    assert [len(makers_options(call.imagine(), each).options) for each in parcels] == [2, 2]
