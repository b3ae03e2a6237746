"""The sentences beside an offer."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.comparing.contenders import Contender
from gateway.comparing.ranking import Priority, rank
from providers.model import DayRange, Money

PIECE = Contender(
    supplier_name="Acme",
    cost_per_unit=Money(Decimal("12.34"), "EUR"),
    is_complete=True,
    missing=(),
    delivery=DayRange(8, 14),
    quantity=1,
    minimum=1,
    available=None,
    obstacle=None,
)
SLOW = replace(PIECE, cost_per_unit=Money(Decimal(99), "EUR"), delivery=DayRange(80, 90))


def costing(amount: str, currency: str = "EUR", *missing: str) -> Contender:
    return replace(
        PIECE, cost_per_unit=Money(Decimal(amount), currency), is_complete=not missing, missing=missing
    )


def arriving(low: int, high: int) -> Contender:
    return replace(PIECE, delivery=DayRange(low, high))


def told(about: Contender, *beside: Contender) -> tuple[str, ...]:
    return rank([about, *beside], Priority.BALANCED)[0].reasons


def test_the_best_in_all() -> None:
    """What an offer is best in is said with the figure, cost first."""
    assert told(PIECE, replace(SLOW, minimum=2, quantity=2)) == (
        "Cheapest at the door: 12.34 EUR a piece.",
        "Arrives in 8 to 14 days, the fastest.",
        "Sells from 1 piece, the smallest order of all.",
    )


def test_how_far_behind() -> None:
    """What an offer is behind in is said with how far."""
    behind = replace(costing("14.56"), delivery=DayRange(10, 20))
    assert told(behind, PIECE) == (
        "18 % dearer than the cheapest way: 14.56 EUR a piece at the door.",
        "Arrives in 10 to 20 days, up to 6 days slower than the fastest way.",
    )


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [
        ("100.99", "About as dear as the cheapest way: 100.99 EUR a piece at the door."),
        ("101", "1 % dearer than the cheapest way: 101.00 EUR a piece at the door."),
        ("101.6", "2 % dearer than the cheapest way: 101.60 EUR a piece at the door."),
        ("299", "199 % dearer than the cheapest way: 299.00 EUR a piece at the door."),
        ("300", "3 times the price of the cheapest way: 300.00 EUR a piece at the door."),
    ],
)
def test_how_much_dearer(amount: str, sentence: str) -> None:
    """Differences are whole percents while people can picture them, and nothing below one."""
    assert told(costing(amount), costing("100"))[0] == sentence


def test_beside_something_free() -> None:
    """No percentage of nothing is taken."""
    assert told(costing("3"), costing("0"))[0] == (
        "At the door it costs 3.00 EUR a piece; the cheapest way costs nothing."
    )


@pytest.mark.parametrize(
    ("amount", "currency", "price"),
    [("1234.5", "JPY", "1235 JPY"), ("1.2", "KWD", "1.200 KWD"), ("0.004", "USD", "less than 0.01 USD")],
)
def test_amounts_as_they_are_paid(amount: str, currency: str, price: str) -> None:
    """Amounts have the decimal places of their currency, and something never reads as nothing."""
    assert told(costing(amount, currency))[0] == f"At the door it costs {price} a piece."


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        (["duty"], "Duty is not known, so it costs at least 12.34 EUR a piece."),
        (
            ["duty", "import tax"],
            "Duty and import tax are not known, so it costs at least 12.34 EUR a piece.",
        ),
        (
            ["duty", "import tax", "handling"],
            "Duty, import tax and handling are not known, so it costs at least 12.34 EUR a piece.",
        ),
    ],
)
def test_what_is_not_known(missing: list[str], sentence: str) -> None:
    """Costs that nobody knows are named, and the rest is a least."""
    assert told(costing("12.34", "EUR", *missing)) == (sentence, "Arrives in 8 to 14 days.")


def test_incomplete_without_words() -> None:
    """Where nobody says which cost is missing, that one is missing is said all the same."""
    assert told(replace(PIECE, is_complete=False))[0] == (
        "Not all costs are known, so it costs at least 12.34 EUR a piece."
    )


def test_at_least_dearer() -> None:
    """What is dearer already with a part of its cost is said to be so, rounded down; else nothing is."""
    whole = [costing("10"), costing("20")]
    assert told(costing("11.89", "EUR", "duty"), *whole)[1] == "At least 18 % dearer than the cheapest way."
    assert told(costing("9", "EUR", "duty"), *whole)[1].startswith("Arrives")


@pytest.mark.parametrize(
    ("delivery", "sentence"),
    [
        (DayRange(0, 0), "Arrives the same day."),
        (DayRange(1, 1), "Arrives in 1 day."),
        (DayRange(0, 1), "Arrives within 1 day."),
        (DayRange(0, 3), "Arrives within 3 days."),
        (DayRange(1, 2), "Arrives in 1 to 2 days."),
        (None, "When it arrives is not known."),
    ],
)
def test_days(delivery: DayRange | None, sentence: str) -> None:
    """Days are said as people say them."""
    assert told(replace(PIECE, delivery=delivery))[1] == sentence


def test_behind_the_fastest() -> None:
    """One day is one day; an equal last day is not called slower."""
    assert (
        told(arriving(8, 15), PIECE)[1] == "Arrives in 8 to 15 days, up to 1 day slower than the fastest way."
    )
    assert told(arriving(9, 14), PIECE)[1] == "Arrives in 9 to 14 days; the fastest way may be there sooner."


def test_behind_ways_of_its_own() -> None:
    """Where the best is another way to send the same, it is said whose way that is."""
    sea = replace(costing("10"), delivery=DayRange(30, 40))
    both = replace(PIECE, others=(sea, replace(costing("20"), delivery=DayRange(2, 3))))
    assert told(both, SLOW) == (
        "23 % dearer than its own cheapest way: 12.34 EUR a piece at the door.",
        "Arrives in 8 to 14 days, up to 11 days slower than its own fastest way.",
    )
    assert told(SLOW, both)[0] == "10 times the price of the cheapest way: 99.00 EUR a piece at the door."


def test_why_it_cannot_be_ordered() -> None:
    """Too few asked for and too few there are said first and alone."""
    assert told(replace(PIECE, minimum=50)) == ("Sells from 50 pieces; you asked for 1.",)
    assert told(replace(PIECE, quantity=20, available=12)) == ("Only 12 pieces in stock.",)
    assert told(replace(PIECE, quantity=20, available=1)) == ("Only 1 piece in stock.",)
    assert told(replace(PIECE, available=0)) == ("Out of stock.",)
    assert told(replace(PIECE, quantity=20, minimum=50, available=12)) == (
        "Sells from 50 pieces; you asked for 20.",
        "Only 12 pieces in stock.",
    )


def test_why_there_is_no_quote() -> None:
    """Without a quote there is the obstacle, or that there is none."""
    unpriced = replace(PIECE, cost_per_unit=None, is_complete=False)
    assert told(replace(unpriced, obstacle="Nothing takes it to Norway.")) == ("Nothing takes it to Norway.",)
    assert told(unpriced) == ("Acme gives no price for it.",)


@given(
    st.lists(
        st.builds(
            Contender,
            supplier_name=st.just("Acme"),
            cost_per_unit=st.none() | st.builds(Money, st.decimals("0", "999", places=3), st.just("USD")),
            is_complete=st.booleans(),
            missing=st.lists(st.sampled_from(["duty", "import tax"]), unique=True).map(tuple),
            delivery=st.none()
            | st.builds(lambda low, more: DayRange(low, low + more), *[st.integers(0, 9)] * 2),
            quantity=st.integers(1, 3),
            minimum=st.integers(1, 3),
            available=st.none() | st.integers(0, 3),
            obstacle=st.none() | st.just("Nothing goes there."),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_always_a_few_sentences(field: list[Contender]) -> None:
    """Whatever is known or not, there are one to four different sentences, each with a capital and a stop."""
    for placement in rank(field, Priority.BALANCED):
        assert 1 <= len(placement.reasons) <= 4
        assert len(set(placement.reasons)) == len(placement.reasons)
        for sentence in placement.reasons:
            assert sentence[0] == sentence[0].upper()
            assert sentence.endswith(".")
            assert "None" not in sentence
