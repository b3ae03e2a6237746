"""What sending parcels of the sample's goods costs, and when it is said that they cannot be sent."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers import alibaba
from providers.alibaba.catalogue import Catalogue
from providers.alibaba.freight import FreightTable, read_freight
from providers.alibaba.quotes import quote
from providers.contract.support import ask_for, provider_context
from providers.errors import NotFound
from providers.model import DayRange, Money
from providers.shipping import (
    Certainty,
    Cost,
    CostKind,
    Destination,
    LeftOut,
    Parcel,
    ParcelLine,
    ParcelOptions,
)
from providers.upstream import Fact, Source

LAMP_SHADE, LIPSTICK, MIRROR, WATCH, SCARF = (
    "1600000000118",  # 820 g, in China only, at least 50
    "1600000002784",  # no carrier takes it to Brazil
    "1600000000577",  # 3200 g, in China and the US (429 pieces of the first SKU), from 1
    "1600000002454",  # nobody knows where it lies
    "1600000001750",  # out of stock
)


@pytest.fixture(scope="module")
def freight() -> FreightTable:
    return read_freight()


def a_line(catalogue: Catalogue, product_id: str, quantity: int, sku: int = 0) -> ParcelLine:
    product = catalogue.by_id[product_id]
    return ParcelLine(product, product.variants[sku], quantity)


def a_parcel(*lines: ParcelLine, origin: str = "CN", to: str = "US") -> Parcel:
    return Parcel(lines, origin, Destination(to))


def test_a_fee_follows_weight_and_lane(catalogue: Catalogue, freight: FreightTable) -> None:
    """Five mirrors of 3,200 grams pay the band up to twenty kilograms, and nothing else is charged."""
    options = quote(a_parcel(a_line(catalogue, MIRROR, 5)), catalogue.handling, freight)
    fees = {option.method: option.costs for option in options.options}
    assert fees == {
        method: (Cost(CostKind.SHIPPING, Money(Decimal(fee), "USD"), Certainty.KNOWN),)
        for method, fee in (
            ("Economy air", "124.00"),
            ("Courier", "186.00"),
            ("Sea freight, shared container", "118.00"),
        )
    }
    assert options.left_out == ()


def test_days_are_told_apart(catalogue: Catalogue, freight: FreightTable) -> None:
    """Days of making follow the quantity, days on the way the service."""
    by_quantity = {}
    for quantity in (50, 500, 2000):
        options = quote(a_parcel(a_line(catalogue, LAMP_SHADE, quantity)), catalogue.handling, freight)
        [sea] = [option for option in options.options if option.method.startswith("Sea")]
        by_quantity[quantity] = (sea.processing, sea.transit)
    sailing = DayRange(25, 40)
    assert by_quantity == {
        50: (DayRange(5, 9), sailing),
        500: (DayRange(12, 15), sailing),
        2000: (DayRange(20, 30), sailing),
    }


def test_two_colours_are_made_together(catalogue: Catalogue, freight: FreightTable) -> None:
    """Lines of one product are one order for the days of making, and the slowest product keeps the rest."""
    colours = [a_line(catalogue, LAMP_SHADE, 250, sku) for sku in (0, 1)]
    mirror = a_line(catalogue, MIRROR, 1)
    options = quote(a_parcel(mirror, *colours), catalogue.handling, freight)
    assert {option.processing for option in options.options} == {DayRange(12, 15)}


def test_unsaid_processing_stays_unsaid(catalogue: Catalogue, freight: FreightTable) -> None:
    """Below a product's first step nothing is promised, also when another product says how long it takes."""
    parcel = a_parcel(a_line(catalogue, MIRROR, 1), a_line(catalogue, LAMP_SHADE, 2))
    options = quote(parcel, catalogue.handling, freight)
    assert {option.processing for option in options.options} == {None}


def test_duty_is_the_receivers(catalogue: Catalogue, freight: FreightTable) -> None:
    """Across a border the option says that duty is not in the fee; within a country there is none to pay."""
    line = a_line(catalogue, MIRROR, 1)
    abroad = quote(a_parcel(line), catalogue.handling, freight).options
    at_home = quote(a_parcel(line, origin="US"), catalogue.handling, freight).options
    assert all(option.note and option.note.startswith("DAP: duty and import tax") for option in abroad)
    assert [option.note for option in at_home] == [None]


def test_what_is_too_heavy_is_left_out(catalogue: Catalogue, freight: FreightTable) -> None:
    """Fifty lamp shades fly, a hundred are too heavy for two services and sail."""
    few, many = (
        quote(a_parcel(a_line(catalogue, LAMP_SHADE, pieces)), catalogue.handling, freight)
        for pieces in (50, 100)
    )
    assert (len(few.options), few.left_out) == (3, ())
    assert [option.method for option in many.options] == ["Sea freight, shared container"]
    reason = "It takes up to 70 kg; the parcel weighs 82 kg."
    assert many.left_out == (LeftOut("Economy air", reason), LeftOut("Courier", reason))


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        ((LIPSTICK, 1000, "CN", "BR"), "No carrier takes Matte Liquid Lipstick"),
        ((LAMP_SHADE, 50, "US", "US"), "is not in stock in US"),
        ((SCARF, 100, "CN", "US"), "is not in stock in CN"),
        ((WATCH, 50, "US", "US"), "lies in US is not known"),
        ((MIRROR, 430, "US", "US"), "Only 429 pieces of"),
    ],
)
def test_what_cannot_be_sent_says_why(
    catalogue: Catalogue, freight: FreightTable, order: tuple[str, int, str, str], reason: str
) -> None:
    """A parcel that no service can take has no options, and one reason in words."""
    product_id, quantity, origin, to = order
    parcel = a_parcel(a_line(catalogue, product_id, quantity), origin=origin, to=to)
    answer = quote(parcel, catalogue.handling, freight)
    assert answer.options == ()
    assert [left.method for left in answer.left_out] == [None]
    assert reason in answer.left_out[0].reason


def test_nothing_goes_where_no_service_goes(catalogue: Catalogue, freight: FreightTable) -> None:
    """To a country without a service there is no way at all, so none is left out either."""
    parcel = a_parcel(a_line(catalogue, MIRROR, 1), to="AQ")
    assert quote(parcel, catalogue.handling, freight) == ParcelOptions(())


def test_more_than_lies_there_is_made_in_china(catalogue: Catalogue, freight: FreightTable) -> None:
    """From China more can be ordered than is in stock, since it is made there; the days say so."""
    line = a_line(catalogue, LAMP_SHADE, 4000)
    assert line.variant.inventory is not None
    assert sum(level.quantity for level in line.variant.inventory) < line.quantity
    assert quote(a_parcel(line), catalogue.handling, freight).options


def test_unknown_stock_leaves_from_china(catalogue: Catalogue, freight: FreightTable) -> None:
    """That nobody knows how many lie where is not "none": they are made in China, and leave from there."""
    parcel = a_parcel(a_line(catalogue, WATCH, 50))
    assert quote(parcel, catalogue.handling, freight).options


def test_one_line_keeps_the_parcel(catalogue: Catalogue, freight: FreightTable) -> None:
    """What cannot be sent is not left behind: the parcel waits with it, and each reason is given once."""
    lines = [a_line(catalogue, SCARF, 100, sku) for sku in (0, 0)]
    answer = quote(a_parcel(a_line(catalogue, MIRROR, 1), *lines), catalogue.handling, freight)
    assert answer.options == ()
    assert len(answer.left_out) == 1


def test_an_unknown_weight_has_no_price(catalogue: Catalogue, freight: FreightTable) -> None:
    """A variant whose weight nobody knows is not sent at the price of a light one."""
    line = a_line(catalogue, MIRROR, 1)
    light = replace(line, variant=replace(line.variant, weight_grams=None))
    answer = quote(a_parcel(light), catalogue.handling, freight)
    assert answer == ParcelOptions((), (LeftOut(None, f"The weight of {line.variant.title} is not known."),))


@given(st.data())
def test_every_quote_is_whole(catalogue: Catalogue, freight: FreightTable, data: st.DataObject) -> None:
    """Whatever is sent wherever, each service is an option or left out, and every fee is an exact cent."""
    variants = st.sampled_from(sorted(catalogue.variants))
    chosen = data.draw(st.lists(variants, min_size=1, max_size=4, unique=True))
    lines = tuple(
        ParcelLine(
            catalogue.by_id[catalogue.variants[variant].product_id],
            catalogue.variants[variant],
            data.draw(st.integers(1, 20_000)),
        )
        for variant in chosen
    )
    countries = sorted({country for lane in freight.lane for country in lane.destinations} | {"AQ"})
    origin, to = data.draw(st.sampled_from(["CN", "DE", "MX", "US"])), data.draw(st.sampled_from(countries))
    answer = quote(Parcel(lines, origin, Destination(to)), catalogue.handling, freight)
    services = sorted(lane.service for lane in freight.between(origin, to))
    left_out = [left.method for left in answer.left_out]
    named = {option.method for option in answer.options} | set(left_out)
    assert named == set(services) or left_out == [None] * len(left_out)
    for option in answer.options:
        [cost] = option.costs
        assert cost.amount is not None
        assert cost.amount.amount.as_tuple().exponent == -2


def test_every_smallest_order_can_be_sent(catalogue: Catalogue, freight: FreightTable) -> None:
    """The smallest order of every variant that is in stock gets to the US from somewhere."""
    for variant in catalogue.variants.values():
        product = catalogue.by_id[variant.product_id]
        line = ParcelLine(product, variant, variant.price_tiers[0].minimum)
        parcels = [a_parcel(line, origin=level.country) for level in variant.inventory or ()]
        sent = [quote(parcel, catalogue.handling, freight).options for parcel in parcels]
        assert any(sent) or not parcels, variant.title


async def test_the_provider_answers_for_each_parcel(catalogue: Catalogue) -> None:
    """Answers stand in the order of the parcels, marked SAMPLE, and a stranger's product is NotFound."""
    here, nowhere = (a_parcel(a_line(catalogue, MIRROR, 1), to=to) for to in ("US", "AQ"))
    stranger = replace(here.lines[0], product=replace(here.lines[0].product, id="1"))
    async with provider_context() as context:
        provider = alibaba.build(context)
        fetched = await provider.shipping_options((nowhere, here), ask_for(context.clock, Fact.FREIGHT))
        with pytest.raises(NotFound):
            await provider.shipping_options((a_parcel(stranger),), ask_for(context.clock, Fact.FREIGHT))
    assert fetched.source is Source.SAMPLE
    assert [bool(each.options) for each in fetched.value] == [False, True]
