"""Landed cost: worked examples, and ten thousand generated baskets."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.quoting.border import read_border
from gateway.quoting.landed import CostLine, LandedCost, landed_cost
from gateway.quoting.prices import unit_price
from gateway.quoting.rates import EXACT, ReferenceRates, UnknownCurrency, open_rates, smallest_unit
from providers.model import Money, PriceTier
from providers.shipping import Certainty, Cost, CostKind, Parcel, ParcelLine, ShippingOption
from tests.goods import product, variant
from tests.parcels import charge, line, money, option, parcel

OCTOBER = date(2026, 10, 31)
SHIPPING = charge(CostKind.SHIPPING, "5.12")
RATES = open_rates()
EVERY_RATE = ReferenceRates({**RATES.euro, "KWD": (Decimal("0.3431"), date(2026, 10, 29))})
"""With a currency of three decimals."""
BORDER = read_border()


def landed(sent: Parcel, *charges: Cost, currency: str = "USD", day: date = OCTOBER) -> LandedCost:
    chosen = option(*charges) if charges else option(SHIPPING)
    return landed_cost(sent, chosen, currency=currency, day=day, rates=EVERY_RATE, border=BORDER)


def shown(cost: LandedCost) -> list[tuple[str, str | None, str]]:
    return [
        (each.kind, None if each.amount is None else str(each.amount.amount), each.certainty)
        for each in cost.lines
    ]


def test_a_parcel_to_germany() -> None:
    """Goods, shipping, duty and tax stand in their order, and add up."""
    cost = landed(parcel(line("12.345", 3, hs="940521")))
    assert shown(cost) == [
        ("ITEMS", "37.04", "KNOWN"),  # 37.035
        ("SHIPPING", "5.12", "KNOWN"),
        ("DUTY", "3.35", "ESTIMATED"),  # EUR 3 at 1.1172
        ("TAX", "8.65", "ESTIMATED"),  # 19 % of 45.5066
    ]
    assert (cost.total, cost.per_unit) == (money("54.16"), money("18.05"))
    assert cost.is_complete
    duty = cost.lines[2]
    assert duty.original == money("3.00", "EUR")
    assert duty.source is not None
    assert [(rate.base, rate.quote, str(rate.rate)) for rate in cost.rates] == [
        ("USD", "EUR", "0.895094880057"),  # for the threshold
        ("EUR", "USD", "1.1172"),
    ]


def test_in_another_currency() -> None:
    """Each line is converted once and keeps what it was; the rate stands beside it."""
    cost = landed(parcel(line("12.345", 3, hs="940521"), to="GB"), currency="GBP")
    assert [(each.amount and str(each.amount.amount), each.original) for each in cost.lines] == [
        ("27.64", money("37.035")),
        ("3.82", money("5.12")),
        ("0.00", money("0.00")),
        ("6.29", money("8.43")),
    ]
    assert cost.total == money("37.75", "GBP")
    assert [(rate.base, rate.quote) for rate in cost.rates] == [("USD", "GBP")]


def test_the_price_is_by_quantity() -> None:
    """One piece more that reaches the next tier makes all pieces cheaper, exactly from there."""
    each = variant(tiers={1: "2.00", 100: "1.50"})
    ninety_nine, hundred = (ParcelLine(product(each), each, count) for count in (99, 100))
    assert landed(parcel(ninety_nine, to="CN")).lines[0].amount == money("198.00")
    assert landed(parcel(hundred, to="CN")).lines[0].amount == money("150.00")


def test_an_unknown_line_makes_it_incomplete() -> None:
    """The total leaves out what is unknown, and says that it is incomplete."""
    cost = landed(parcel(line("10.00", hs="940521"), to="US"))
    assert not cost.is_complete
    assert cost.total == money("15.12")


def test_lines_of_one_kind_have_names() -> None:
    """Lines that a rule takes carry its name, whether or not their amount is known; the supplier's do not."""
    cost = landed(parcel(line("10.00", hs="940521"), to="US"))
    assert [(each.kind, each.name) for each in cost.lines] == [
        (CostKind.ITEMS, None),
        (CostKind.SHIPPING, None),
        (CostKind.DUTY, "Customs duty"),
        (CostKind.DUTY, "Duties after the import surcharge"),
        (CostKind.TAX, "Import tax"),
    ]


@pytest.mark.parametrize(
    ("country", "is_complete"), [("DE", False), ("GB", False), ("US", True), ("BR", False)]
)
def test_within_a_country(country: str, is_complete: bool) -> None:
    """A parcel that crosses no border is complete only where no tax can be in its price or beside it."""
    sent = parcel(line("10.00"), to=country, sent_from=country)
    assert landed(sent).is_complete == is_complete
    assert landed(sent, SHIPPING, charge(CostKind.TAX, "1.00")).is_complete


def test_a_line_without_a_price() -> None:
    """Goods of which one has no price are unknown in all, and the note names it."""
    cost = landed(parcel(line("10.00"), line(None, 4, native="2")))
    items = cost.lines[0]
    assert (items.amount, items.certainty) == (None, Certainty.UNKNOWN)
    assert items.note == "The supplier does not say what 4 of “Lamp v2” cost."
    assert not cost.is_complete
    assert cost.total == money("5.12")


def test_goods_in_several_currencies() -> None:
    """Lines in different currencies are each converted and summed before anything is rounded."""
    sent = parcel(line("1.004", currency="EUR"), line("1.001", native="2"), to="CN")
    items = landed(sent, currency="EUR").lines[0]
    # 1.004 + 1.001 / 1.1172 = 1.89999...; rounded one by one it would be 1.00 + 0.90.
    assert (items.amount, items.original) == (money("1.90", "EUR"), None)
    assert items.note == "The goods are priced in several currencies."
    odd = landed(parcel(line("1", currency="VND"), line("1", native="2"), to="CN")).lines[0]
    assert odd.certainty is Certainty.UNKNOWN


def test_included_stays_included() -> None:
    """What is in another line's amount adds nothing, and does not make the whole incomplete."""
    included = Cost(CostKind.SHIPPING, None, Certainty.INCLUDED, "Free shipping.")
    cost = landed(parcel(line("10.00"), to="US", sent_from="US"), included)
    assert cost.is_complete
    assert cost.lines[1] == CostLine(CostKind.SHIPPING, None, Certainty.INCLUDED, "Free shipping.")
    assert cost.total == money("10.00")


def test_a_charge_that_cannot_be_converted() -> None:
    """An amount in a currency without a rate is unknown in the answer, and its note still tells it."""
    cost = landed(parcel(line("10.00"), to="CN"), charge(CostKind.SHIPPING, "90000", "VND"))
    assert cost.lines[1].certainty is Certainty.UNKNOWN
    assert (cost.lines[1].note or "").startswith("90000 VND. There is no reference rate for VND.")
    assert not cost.is_complete


@pytest.mark.parametrize("currency", ["VND", "HRK"])
def test_an_answer_in_a_currency_without_a_rate(currency: str) -> None:
    """A quote in a currency without a reference rate is refused, even where nothing is to be converted."""
    with pytest.raises(UnknownCurrency, match=f"no reference rate for {currency}"):
        landed(parcel(line(currency=currency)), currency=currency)


def test_lines_stand_in_the_order_of_their_kinds() -> None:
    """Whatever order the supplier has, lines are goods, shipping, handling, other, fees, duty, tax."""
    kinds = [CostKind.TAX, CostKind.OTHER, CostKind.DUTY, CostKind.HANDLING, CostKind.CUSTOMS_FEE]
    cost = landed(parcel(), *(charge(kind, "1.00") for kind in kinds), SHIPPING)
    assert [each.kind for each in cost.lines] == [
        CostKind.ITEMS,
        CostKind.SHIPPING,
        CostKind.HANDLING,
        CostKind.OTHER,
        CostKind.CUSTOMS_FEE,
        CostKind.DUTY,
        CostKind.TAX,
    ]


@dataclass(frozen=True, slots=True)
class Basket:
    """What to work out."""

    sent: Parcel
    option: ShippingOption
    currency: str
    day: date

    def landed(self) -> LandedCost:
        return landed_cost(
            self.sent, self.option, currency=self.currency, day=self.day, rates=EVERY_RATE, border=BORDER
        )


def priced(digits: int, decimals: int) -> Decimal:
    return Decimal((0, tuple(int(sign) for sign in str(digits)), -decimals))


PRICES = st.builds(priced, st.integers(0, 10**18 - 1), st.integers(0, 8))
QUANTITIES = st.integers(1, 1_000_000)
CURRENCIES = ("USD", "EUR", "CNY", "JPY", "KWD", "GBP")
DESTINATIONS = ("DE", "US", "GB", "CA", "AU", "NZ", "NO", "CH", "JP", "FR", "RO", "BR", "CN")
DAYS = (date(2026, 2, 24), date(2026, 7, 1), OCTOBER, date(2026, 11, 24), date(2028, 7, 1))
NUMBERS = (None, "940521", "61091000")
KINDS = tuple(sorted(set(CostKind) - {CostKind.ITEMS}))
CERTAINTIES = (Certainty.KNOWN, Certainty.KNOWN, Certainty.INCLUDED, Certainty.UNKNOWN)
T = TypeVar("T")


class Choices:
    """Many small choices out of one drawn number, because drawing is what takes the time."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._left = draw(st.integers(0, 2**64))

    def one_of(self, options: Sequence[T]) -> T:
        self._left, place = divmod(self._left, len(options))
        return options[place]

    def seldom(self) -> bool:
        return self.one_of(range(10)) == 9


@st.composite
def baskets(draw: st.DrawFn) -> Basket:
    """
    One to three lines in one currency or two, what a supplier charges beside them, and where it goes.

    A line has one price, or a price by quantity, or seldom none.
    """
    choices = Choices(draw)
    theirs = choices.one_of(CURRENCIES)
    lines = []
    for native in map(str, range(choices.one_of((1, 2, 3)))):
        currency = "EUR" if choices.seldom() else theirs
        decimals = choices.one_of(range(9))
        price = Money(priced(draw(st.integers(0, 10**18 - 1)), decimals), currency)
        quantity = draw(QUANTITIES)
        each = variant(f"v{native}", product=f"p{native}", price=None)
        if choices.one_of((True, False)):
            start = choices.one_of((quantity, quantity + 1, 500_000))
            cheaper = Money(price.amount.scaleb(-1), currency)
            tiers = PriceTier(1, start - 1, price), PriceTier(start, None, cheaper)
            each = replace(each, price_tiers=tiers)
        elif not choices.seldom():
            each = replace(each, price=price)
        goods = replace(product(each, native=f"p{native}"), hs_code=choices.one_of(NUMBERS))
        lines.append(ParcelLine(goods, each, quantity))
    charges = []
    for _ in range(choices.one_of((0, 1, 2))):
        kind, certainty = choices.one_of(KINDS), choices.one_of(CERTAINTIES)
        amount = Money(draw(PRICES), theirs) if certainty is Certainty.KNOWN else None
        charges.append(Cost(kind, amount, certainty))
    sent = parcel(*lines, to=choices.one_of(DESTINATIONS))
    return Basket(sent, option(*charges), choices.one_of(CURRENCIES), choices.one_of(DAYS))


def within(value: Any) -> Iterator[Any]:
    """The value and everything that it is made of."""
    yield value
    if is_dataclass(value):
        for field in fields(value):
            yield from within(getattr(value, field.name))
    elif isinstance(value, tuple):
        for each in value:
            yield from within(each)


def half_up(amount: Fraction, currency: str) -> Decimal:
    """In whole smallest units by whole numbers alone: an independent way to the same."""
    unit = smallest_unit(currency)
    units = amount / Fraction(unit)
    whole = (2 * units.numerator + units.denominator) // (2 * units.denominator)
    return EXACT.multiply(whole, unit)


@settings(max_examples=4000, deadline=None)
@given(baskets())
def test_the_parts_add_up_to_the_whole(basket: Basket) -> None:
    """Whatever is in a basket, the lines add up to the total to the last digit, in whole smallest units."""
    cost = basket.landed()
    amounts = [each.amount for each in cost.lines if each.amount is not None]
    assert sum((Fraction(each.amount) for each in amounts), Fraction(0)) == Fraction(cost.total.amount)
    for shown_amount in (*amounts, cost.per_unit):
        assert shown_amount.currency == basket.currency
        assert shown_amount.amount.same_quantum(smallest_unit(basket.currency))
    pieces = sum(each.quantity for each in basket.sent.lines)
    assert cost.per_unit.amount == half_up(Fraction(cost.total.amount) / pieces, basket.currency)
    for each in cost.lines:
        assert (each.amount is None) == (each.certainty in {Certainty.INCLUDED, Certainty.UNKNOWN})
    assert cost.is_complete == all(each.certainty is not Certainty.UNKNOWN for each in cost.lines)
    assert not any(isinstance(value, float) for value in within(cost))


@settings(max_examples=4000, deadline=None)
@given(baskets())
def test_originals_times_rates_are_the_lines(basket: Basket) -> None:
    """Each converted line is its original times the rate that stands beside it, rounded once."""
    cost = basket.landed()
    rates = {(rate.base, rate.quote): rate.rate for rate in cost.rates}
    assert len(rates) == len(cost.rates)
    for each in cost.lines:
        if each.amount is not None and each.original is not None:
            rate = rates[each.original.currency, basket.currency]
            exact = Fraction(each.original.amount) * Fraction(rate)
            assert each.amount.amount == half_up(exact, basket.currency)
    prices = [unit_price(each.variant, each.quantity) for each in basket.sent.lines]
    if all(price is not None and price.currency == basket.currency for price in prices):
        pairs = zip(prices, basket.sent.lines, strict=True)
        exact = sum((Fraction(price.amount) * each.quantity for price, each in pairs if price), Fraction(0))
        assert cost.lines[0].original is None
        assert cost.lines[0].amount == Money(half_up(exact, basket.currency), basket.currency)


@settings(max_examples=2000, deadline=None)
@given(PRICES, st.sampled_from(CURRENCIES), st.sampled_from(CURRENCIES), QUANTITIES, st.integers(1, 1000))
def test_more_pieces_never_cost_less(
    price: Decimal, theirs: str, ours: str, quantity: int, more: int
) -> None:
    """More pieces at the same price never make the goods cheaper, and lose not one of them."""
    one = line(currency=theirs)
    one = replace(one, variant=replace(one.variant, price=Money(price, theirs)))
    costs = [
        landed(parcel(replace(one, quantity=count), to="CN"), currency=ours).lines[0]
        for count in (quantity, quantity + more)
    ]
    few, many = (each.amount.amount for each in costs if each.amount)
    assert few <= many
    if theirs != ours:
        few, many = (each.original.amount for each in costs if each.original)
        assert Fraction(many) - Fraction(few) == Fraction(price) * more
