"""FreightCalculate: what is asked, what is read, and which carriers are left out."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from providers.cj.freight import freight_call
from providers.cj.limits import policies
from providers.errors import MalformedResponse
from providers.model import DayRange, Money
from providers.shipping import Certainty, Cost, CostKind, LeftOut, ParcelOptions, ShippingOption
from tests.unit.providers.cj import samples
from tests.unit.providers.cj.parcels import VARIANT, line, parcel

POLICY = policies(15)["freight.calculate"]
CALL = freight_call(POLICY, parcel())


def _row(**changes: Any) -> dict[str, Any]:
    return {"logisticName": "Post", "logisticAging": "8-14", "logisticPrice": "5.12", **changes}


def _shipping(amount: str) -> tuple[Cost, ...]:
    return (Cost(CostKind.SHIPPING, Money(Decimal(amount), "USD"), Certainty.KNOWN),)


def test_documented_answer() -> None:
    """CJ's own sample: two carriers with price and days, one of them without the three fields of fees."""
    assert CALL.read(samples.data(samples.FREIGHT)) == ParcelOptions(
        (
            ShippingOption("CJPacket Ordinary", _shipping("5.12"), DayRange(8, 14)),
            ShippingOption("DHL Official", _shipping("21.4"), DayRange(3, 7)),
        )
    )


def test_request() -> None:
    """A basket is asked for by variant id; the order of its lines changes nothing, all else does."""
    one, two = line(2), line(1, variant=replace(VARIANT, id="09"))
    call = freight_call(POLICY, parcel(one, two, postal_code="28195"))
    assert call.body == {
        "startCountryCode": "US",
        "endCountryCode": "DE",
        "products": [{"quantity": 1, "vid": "09"}, {"quantity": 2, "vid": "11"}],
        "zip": "28195",
    }
    assert call.identity() == freight_call(POLICY, parcel(two, one, postal_code="28195")).identity()
    others = [
        parcel(one, two),
        parcel(one),
        parcel(line(3)),
        parcel(one, origin="CN"),
        parcel(one, country="FR"),
    ]
    assert (
        len({freight_call(POLICY, each).identity() for each in (*others, parcel(one, postal_code="1"))}) == 6
    )


@pytest.mark.parametrize(
    ("changes", "days"),
    [
        ({"logisticAging": "12-50"}, DayRange(12, 50)),
        ({"logisticAging": 7}, DayRange(7, 7)),
        ({"logisticAging": "soon"}, None),
        ({"logisticAging": None}, None),
    ],
)
def test_days(changes: dict[str, Any], days: DayRange | None) -> None:
    """Days that cannot be read are unknown, and the carrier stays."""
    assert CALL.read([_row(**changes)]).options[0].transit == days


def test_carriers_without_a_usable_price() -> None:
    """A carrier whose price is missing, negative or unreadable is left out in words; the others stay."""
    rows = [_row(), *(_row(logisticName=str(price), logisticPrice=price) for price in (None, "-3", "ask us"))]
    read = CALL.read(rows)
    assert [option.method for option in read.options] == ["Post"]
    assert [each.method for each in read.left_out] == ["None", "-3", "ask us"]
    assert all(each.reason.startswith("CJ") for each in read.left_out)


def test_rows_that_cannot_be_read() -> None:
    """A row without a carrier is skipped; an answer of nothing else, or of another kind, is malformed."""
    assert len(CALL.read([_row(), {"logisticPrice": "3"}, 7]).options) == 1
    unusable: tuple[Any, ...] = ([{"logisticPrice": "3"}], {}, None, "[]")
    for data in unusable:
        with pytest.raises(MalformedResponse):
            CALL.read(data)


def test_an_empty_answer_is_doubted() -> None:
    """No carrier at all is confirmed before it is believed; a carrier that cannot be used is an answer."""
    assert CALL.is_empty is not None
    assert CALL.is_empty(CALL.read([]))
    assert not CALL.is_empty(CALL.read([_row(logisticPrice=None)]))
    assert CALL.read([_row(logisticPrice=None)]).left_out == (LeftOut("Post", "CJ names no price for it."),)


def test_imagined() -> None:
    """For a query that is not run there are two carriers with a price and days each."""
    assert CALL.imagine is not None
    options = CALL.imagine().options
    assert len(options) == 2
    assert all(option.costs[0].amount and option.transit for option in options)
