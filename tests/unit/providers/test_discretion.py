"""An address that a supplier repeats, taken out of its words."""

import unicodedata
from collections.abc import Callable
from typing import Literal

from hypothesis import given
from hypothesis import strategies as st

from providers.discretion import HIDDEN, discreet, private_texts
from providers.orders import Address

ADDRESS = Address(
    name="Anna-Lena Müßig",
    country="DE",
    province="Niedersachsen",
    city="Bad Münder",
    line1="Am Hohen Ufer 12",
    county="Hameln",
    postal_code="31848",
    phone="+49 5042 123 45",
    email="anna@post.example",
)
PRIVATE = private_texts(ADDRESS)
FIELDS = (
    *(ADDRESS.name, ADDRESS.province, ADDRESS.city, ADDRESS.line1),
    "Hameln",
    "31848",
    "+49 5042 123 45",
)

respaced = st.sampled_from(["", " ", "  ", "-", ", ", ".", "/"])
recased = st.sampled_from([str.upper, str.lower, str.title, str.swapcase])
Form = Literal["NFC", "NFD", "NFKD"]
accents: st.SearchStrategy[Form] = st.sampled_from(["NFC", "NFD", "NFKD"])


@given(
    text=st.sampled_from(FIELDS),
    between=respaced,
    case=recased,
    form=accents,
    around=st.tuples(
        st.sampled_from(["", "invalid ", "(", "city: "]), st.sampled_from(["", " is wrong", ")."])
    ),
)
def test_however_it_is_written(
    text: str, between: str, case: Callable[[str], str], form: Form, around: tuple[str, str]
) -> None:
    """In whatever case, spaces and punctuation a field is repeated it is hidden, and all else stays."""
    before, after = around
    repeated = case(unicodedata.normalize(form, between.join(text.split())))
    said = discreet(f"{before}{repeated}{after}", PRIVATE)
    assert said.startswith(before)
    assert said.endswith(after)
    rest = said[len(before) : len(said) - len(after)]
    assert HIDDEN in rest
    assert not any(word.casefold() in rest.casefold() for word in text.split() if len(word) > 3)


repeating = st.lists(st.sampled_from(FIELDS) | st.text(max_size=10), max_size=6).map("".join)


@given(repeating | st.lists(st.sampled_from(FIELDS) | st.text(max_size=10), max_size=6).map(" ".join))
def test_what_is_not_private_stays(text: str) -> None:
    """Without an address nothing is taken out, and taking out twice is taking out once."""
    assert discreet(text, ()) == text
    once = discreet(text, PRIVATE)
    assert discreet(once, PRIVATE) == once


def test_numbers_are_told_from_parts_of_numbers() -> None:
    """A postal code within an order's number is no postal code."""
    said = discreet("Order SD2631848001 to 31848 or 31 848 failed", PRIVATE)
    assert said == f"Order SD2631848001 to {HIDDEN} or {HIDDEN} failed"


def test_single_names_and_streets() -> None:
    """A name's words are hidden one by one; short ones of every day are not."""
    assert discreet("Dear anna-lena, the Ufer am Meer", PRIVATE) == f"Dear {HIDDEN}, the {HIDDEN} am Meer"
