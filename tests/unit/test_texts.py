"""Texts that go on to a supplier: what is let through, and how the rest is refused."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import BadInput
from gateway.schema.texts import name, prose, words


def as_words(text: str) -> str:
    return words(text, "a", 50)


def as_name(text: str) -> str:
    return name(text, "a", 50, if_empty="Send one.")


def as_prose(text: str) -> str:
    return prose(text, "a", 50)


CHECKS = [as_words, as_name, as_prose]


@pytest.mark.parametrize("check", CHECKS)
@given(st.text(max_size=60))
def test_what_passes_can_be_sent(check: Callable[[str], str], text: str) -> None:
    """What is let through is not empty, not too long, can be written as UTF-8, and passes again unchanged."""
    try:
        checked = check(text)
    except BadInput:
        return
    assert 0 < len(checked) <= 50
    assert checked == checked.strip()
    assert checked.encode()
    assert check(checked) == checked


@pytest.mark.parametrize("check", CHECKS)
def test_refusals(check: Callable[[str], str]) -> None:
    """Each refusal names the argument, what is wrong, and what to send."""
    with pytest.raises(BadInput, match=r"^a: the text is empty\. \w+"):
        check(" \n ")
    with pytest.raises(BadInput, match=r"^a: 51 characters are too many; send 50 at the most"):
        check("x" * 51)
    for odd in ("a\x00b", "a\x07b", "\ud800", "\u202e", "a\u200bb"):
        with pytest.raises(BadInput, match=r"^a: the text has characters that cannot be printed"):
            check(odd)


def test_blanks() -> None:
    """Words have single blanks, names keep theirs, and prose keeps its lines."""
    text = "  two  words\n and a line "
    assert as_words(text) == "two words and a line"
    assert as_name("  two  words ") == "two  words"
    assert as_prose(text) == "two  words\n and a line"
    assert as_prose("a\r\nb") == "a\nb"
