"""The drawn pictures: valid, small, steady, different where they should be."""

from xml.etree import ElementTree as ET

import pytest

from providers import pictures


@pytest.mark.parametrize("kind", [*pictures.pictograms(), "unheard-of"])
def test_every_kind_is_a_small_valid_picture(kind: str) -> None:
    """A picture is well-formed, below 3 kB, and refers to nothing outside itself."""
    text = pictures.draw(kind, "seed", "Navy Blue")
    root = ET.fromstring(text)  # noqa: S314 - our own text
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert len(text) < 3000
    assert "href" not in text
    assert "{" not in text


def test_pictures_are_steady_and_different() -> None:
    """The same arguments draw the same; kind, seed and colour each change something."""
    base = pictures.draw("lamp", "a", "Red")
    assert pictures.draw("lamp", "a", "Red") == base
    others = {
        pictures.draw("cup", "a", "Red"),
        pictures.draw("lamp", "b", "Red"),
        pictures.draw("lamp", "a", "Teal"),
    }
    assert len(others | {base}) == 4


def test_colour_words_decide() -> None:
    """The last known colour word gives the colour; markup in a word is escaped."""
    assert pictures.COLOURS["blue"] in pictures.draw("cup", "x", "Sky Blue")
    assert pictures.COLOURS["gold"] in pictures.draw("cup", "x", "gold-XL")
    ET.fromstring(pictures.draw("cup", "x", '<script>"&'))  # noqa: S314 - our own text


def test_there_are_many_kinds() -> None:
    """More than twenty things can be drawn."""
    assert len(pictures.pictograms()) > 20
