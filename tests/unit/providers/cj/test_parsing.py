"""CJ's values as ours: what is read, what is unknown, and what is refused."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.cj.parsing import (
    Flag,
    Grams,
    Price,
    Prices,
    Sent,
    count_of,
    days_of,
    decimal_of,
    id_of,
    moment_of,
    range_of,
    standard_size,
    texts_of,
    without_braces,
)
from providers.model import DayRange

AMOUNTS = st.decimals(min_value="0.01", max_value="99999999", places=2)


class Values(Sent):
    price: Price = None
    prices: Prices = None
    grams: Grams = None
    flag: Flag = None


@given(AMOUNTS, AMOUNTS, st.sampled_from([" -- ", "-", "--", " - ", " ~ "]))
def test_range_both_ends(one: Decimal, other: Decimal, between: str) -> None:
    """A range keeps both ends to the cent, smaller first, however CJ joins them."""
    assert range_of(f"{one}{between}{other}") == (min(one, other), max(one, other))


@given(AMOUNTS)
def test_single_price(amount: Decimal) -> None:
    """One price is a range of itself, as text with or without a dollar sign."""
    assert range_of(str(amount)) == range_of(f"${amount}") == (amount, amount)


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text makes price reading fail in any other way than ValueError, and none yields a negative price."""
    try:
        ends = range_of(text)
    except ValueError:
        return
    assert ends is None or 0 <= ends[0] <= ends[1]


@pytest.mark.parametrize(
    "value", ["abc", "4.10 -- ", "-- 4", "NaN", "Infinity", "1 -- 2 -- 3", "-5", True, [4], {}]
)
def test_unreadable_price_is_unknown(value: object) -> None:
    """A price that cannot be read is unknown, and the thing it belongs to is kept."""
    assert Values.model_validate({"prices": value}).prices is None


@pytest.mark.parametrize("value", ["1E-13", "0E-999999999", "1E-100000000", "1E999999"])
def test_no_number_takes_the_machine_with_it(value: str) -> None:
    """Numbers with exponents far out in either direction are refused before anybody writes them out."""
    with pytest.raises(ValueError, match="usable"):
        decimal_of(value)


@pytest.mark.parametrize("value", ["0", "0.00", 0, "0 -- 3.10", None, ""])
def test_zero_is_no_price(value: object) -> None:
    """CJ's placeholder 0 is never passed on as a price."""
    assert Values.model_validate({"prices": value}).prices is None


def test_span_is_not_a_single_price() -> None:
    """Where one price is needed a span is unknown rather than one of its ends."""
    assert Values.model_validate({"price": "4.10 -- 6.35"}).price is None
    assert Values.model_validate({"price": "4.10"}).price == Decimal("4.10")


@pytest.mark.parametrize(
    ("value", "grams"),
    [
        ("310.0", 310),
        ("1500.0", 1500),
        (310, 310),
        ("0.4", 1),
        ("12.5", 13),
        ("310.0-420.0", None),
        ("0", None),
        ("x", None),
        (None, None),
    ],
)
def test_weight(value: object, grams: int | None) -> None:
    """Weights are whole grams; spans and zeros are not a weight."""
    assert Values.model_validate({"grams": value}).grams == grams


@pytest.mark.parametrize(
    ("value", "flag"), [(1, True), ("0", False), (True, True), ("false", False), (None, None), (7, None)]
)
def test_flag(value: object, flag: bool | None) -> None:
    """Yes and no come in three spellings; anything else is unknown."""
    assert Values.model_validate({"flag": value}).flag is flag


@given(
    st.lists(
        st.text(
            alphabet=st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), min_size=1, max_size=6
        ),
        max_size=5,
    )
)
def test_arrays_in_strings(values: list[str]) -> None:
    """A JSON array inside a string and the array itself are the same texts."""
    assert texts_of(json.dumps(values)) == texts_of(values) == tuple(values)


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        ('["","metal"]', ("metal",)),
        ("https://img.example/a.jpg", ("https://img.example/a.jpg",)),
        ("[2 pcs] lantern", ("[2 pcs] lantern",)),
        ("", ()),
        (None, ()),
        (7, ()),
        ([None, 5, " x "], ("5", "x")),
        ("[" * 100_000, ("[" * 100_000,)),
    ],
)
def test_texts(value: object, texts: tuple[str, ...]) -> None:
    """Plain text, empty elements and text that only looks like an array are read for what they are."""
    assert texts_of(value) == texts


@pytest.mark.parametrize("value", [None, "", "  ", True, [], {}])
def test_missing_id(value: object) -> None:
    """An id is never made up."""
    with pytest.raises(ValueError, match="id is missing"):
        id_of(value)


def test_big_ids_keep_their_digits() -> None:
    """Ids beyond 2^53 and beyond 64 bits stay exact."""
    assert id_of("2405170342118603100") == "2405170342118603100"
    assert id_of("123456789012345678901234567890") == "123456789012345678901234567890"


@pytest.mark.parametrize("value", [-1, "-1", "1.5", "x", True, "1E400"])
def test_counts_are_whole_and_not_negative(value: object) -> None:
    """A count is never negative, broken or boundless."""
    with pytest.raises(ValueError, match="not a"):
        count_of(value)


def test_counts_as_text() -> None:
    """Counts come as numbers and as text, whole ones with a fraction of zero too."""
    assert (count_of("20105"), count_of(7), count_of("9.0"), count_of(""), count_of(None)) == (
        20105,
        7,
        9,
        None,
        None,
    )


def test_floats_are_refused() -> None:
    """A float in the place of an amount is a bug of ours, and is said to be one."""
    with pytest.raises(ValueError, match="not a number"):
        decimal_of(4.1)


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-11-23T17:40:02+08:00", datetime(2026, 11, 23, 9, 40, 2, tzinfo=UTC)),
        ("2024-05-17T03:42:11.000+00:00", datetime(2024, 5, 17, 3, 42, 11, tzinfo=UTC)),
        (1715931738000, datetime(2024, 5, 17, 7, 42, 18, tzinfo=UTC)),
        ("1715931738000", datetime(2024, 5, 17, 7, 42, 18, tzinfo=UTC)),
        ("2024-05-17 03:42:11", None),
        ("yesterday", None),
        (10**15, None),
        (0, None),
        (None, None),
        (True, None),
    ],
)
def test_moments(value: object, moment: datetime | None) -> None:
    """Dates become UTC; one without a zone, or none at all, is unknown."""
    assert moment_of(value) == moment


@pytest.mark.parametrize(
    ("value", "days"),
    [
        ("3-5", DayRange(3, 5)),
        ("7", DayRange(7, 7)),
        ("12-50", DayRange(12, 50)),
        ("3-7 Days", DayRange(3, 7)),
        ("5-3", DayRange(3, 5)),
        ("soon", None),
        (None, None),
    ],
)
def test_days(value: object, days: DayRange | None) -> None:
    """Days come as one number or two, with or without the word."""
    assert days_of(value) == days


def test_sizes_and_braces() -> None:
    """Sizes inside a text and warehouse ids inside braces are taken out of them."""
    assert standard_size("long=160,width=120.4,height=90") == {"long": 160, "width": 120, "height": 90}
    assert standard_size(None) == {}
    assert without_braces("{0C1A77E2-5B1E}") == without_braces("0C1A77E2-5B1E") == "0C1A77E2-5B1E"
