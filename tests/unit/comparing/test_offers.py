"""Offers in one order: what the ranking hears of each of them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from gateway.comparing.offers import Offer, RankedOffer, best_first, rank_offers
from gateway.comparing.ranking import Badge, Priority
from gateway.quoting.border import read_border
from gateway.quoting.quotes import Pricing, Quote
from gateway.quoting.rates import ReferenceRates
from gateway.quoting.tokens import QuoteTokens
from providers.clock import ManualClock
from providers.model import DayRange, Money
from providers.shipping import (
    Certainty,
    Cost,
    CostKind,
    Destination,
    Parcel,
    ParcelLine,
    ParcelOptions,
    ShippingOption,
)
from providers.upstream import Fetched, Source
from tests.goods import product, variant

NOW = datetime(2026, 1, 1, tzinfo=UTC)
RATES = ReferenceRates({"EUR": (Decimal(1), date(2026, 1, 1)), "USD": (Decimal("1.25"), date(2026, 1, 1))})


def quotes(
    *methods: tuple[str, str, DayRange | None, DayRange],
    price: str = "1.00",
    pieces: int = 1,
    seller: str = "a",
) -> list[Quote]:
    """Quotes within one country, for a method's name, postage, days of making ready and of transit."""
    pricing = Pricing(RATES, read_border(), QuoteTokens(["x" * 16]), ManualClock(), timedelta(minutes=15))
    each = variant(price=price, stock={"US": pieces}, provider=seller)
    goods = product(each, provider=seller)
    parcel = Parcel((ParcelLine(goods, each, pieces),), "US", Destination("US"))
    options = tuple(
        ShippingOption(
            method,
            (Cost(CostKind.SHIPPING, Money(Decimal(postage), "USD"), Certainty.KNOWN),),
            transit,
            processing,
        )
        for method, postage, processing, transit in methods
    )
    answer = Fetched((ParcelOptions(options),), NOW, None, Source.LIVE)
    found, problems = pricing.quotes(
        [parcel], answer, {goods.id: Fetched(goods, NOW, None, Source.LIVE)}, "USD"
    )
    assert not problems
    return found


def offer_of(quote: Quote, *others: Quote) -> Offer:
    variant = quote.parcel.lines[0].variant
    return Offer(quote.goods[0], variant, quote.pieces, 1, None, quote, (), alternatives=others)


def offered(*those: Quote) -> list[RankedOffer]:
    names = {quote.provider: quote.provider for quote in those}
    return list(rank_offers([offer_of(quote) for quote in those], Priority.BALANCED, names))


WEEK = DayRange(5, 7)


def test_less_than_a_cent_counts() -> None:
    """Of many pieces the cheaper way wins, also where a piece costs the same to the cent."""
    slow, fast = ("Slow", "1000.00", None, WEEK), ("Fast", "5900.00", None, DayRange(1, 2))
    those = quotes(slow, fast, price="0.50", pieces=1_000_000)
    assert {quote.cost.per_unit.amount for quote in those} == {Decimal("0.50"), Decimal("0.51")}
    those = quotes(("Slow", "5100.00", None, WEEK), ("Slower", "5900.00", None, WEEK), pieces=1_000_000)
    assert {quote.cost.per_unit.amount for quote in those} == {Decimal("1.01")}
    assert best_first(those, Priority.COST)[0].option.method == "Slow"
    first, second = offered(*reversed(those))
    assert first.offer.quote is not None
    assert first.offer.quote.option.method == "Slow"
    assert Badge.CHEAPEST in first.placement.badges
    assert Badge.CHEAPEST not in second.placement.badges


@pytest.mark.parametrize(
    ("priority", "expected"),
    [
        (Priority.COST, ["Sea", "Slow sea", "Post", "Air"]),
        (Priority.SPEED, ["Air", "Post", "Sea", "Slow sea"]),
        (Priority.BALANCED, ["Air", "Post", "Sea", "Slow sea"]),
    ],
)
def test_ways_stand_in_the_order_of_the_priority(priority: Priority, expected: list[str]) -> None:
    """By cost the cheapest way wins by speed the fastest, whatever the other; that breaks ties."""
    those = quotes(
        ("Post", "350.00", None, DayRange(9, 20)),
        ("Air", "394.32", None, DayRange(4, 9)),
        ("Slow sea", "319.78", None, DayRange(40, 60)),
        ("Sea", "319.78", None, DayRange(30, 50)),
    )
    assert [quote.option.method for quote in best_first(those, priority)] == expected


def test_another_way_is_cheaper() -> None:
    """An offer shown by air is not called cheapest while the same goes by sea for less, and it says so."""
    ways = (("Air", "394.32", None, DayRange(4, 9)), ("Sea", "319.78", None, DayRange(40, 60)))
    by_air, by_sea = sorted(quotes(*ways), key=lambda quote: quote.option.method)
    beside = offer_of(*quotes(("Post", "500.00", None, WEEK), seller="b"))
    flown, shipped = offer_of(by_air, by_sea), offer_of(by_sea, by_air)
    for offer, is_cheapest in ((flown, False), (shipped, True)):
        found = rank_offers([offer, beside], Priority.BALANCED, {"a": "A", "b": "B"})
        (placement,) = [each.placement for each in found if each.offer is offer]
        assert (Badge.CHEAPEST in placement.badges) is is_cheapest
        assert any("its own cheapest way" in reason for reason in placement.reasons) is not is_cheapest


@pytest.mark.parametrize("silent_first", [True, False])
def test_silence_wins_nothing(silent_first: bool) -> None:
    """Who does not say how long making ready takes is not faster than who does, and wears no badge."""
    honest = quotes(("Post", "5.00", DayRange(2, 3), WEEK), seller="honest")
    silent = quotes(("Post", "5.00", None, WEEK), seller="silent")
    ranked = offered(*(silent + honest if silent_first else honest + silent))
    by_seller = {each.offer.product.value.provider: each for each in ranked}
    assert by_seller["honest"].placement.score >= by_seller["silent"].placement.score
    assert Badge.FASTEST not in by_seller["silent"].placement.badges
    assert any("making ready" in reason for reason in by_seller["silent"].placement.reasons)


def test_alike_only_when_asked() -> None:
    """How alike products are is worked out once for all offers, and says nothing within one supplier."""
    one, other = (
        quotes(("Post", "5.00", None, WEEK), seller="a"),
        quotes(("Post", "6.00", None, WEEK), seller="b"),
    )
    first, second = offered(*one, *other)
    assert first.field is second.field
    assert "matches" not in vars(first.field)
    assert first.match is not None
    assert first.matched is second.offer
    assert offered(*one)[0].match is None
