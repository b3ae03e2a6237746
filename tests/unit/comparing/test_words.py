"""The words of a title in their common form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.comparing.words import words


def keys(text: str) -> list[str]:
    return list(words(text))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("WIRELESS charger", "Wireless Charger"),
        ("Décor", "decor"),
        ("Watches, boxes & batteries", "watch box battery"),
        ("Cookies", "cookie"),
        ("Women's dresses", "women dress"),
        ("Bottle 500ml", "bottle 500 ML"),
        ("20 Pieces", "20pcs"),
        ("1,5 litres", "1.5 L"),
        ("5,000 mAh", "5000mAh"),
        ("45x30cm", "45 × 30 cm"),  # noqa: RUF001 - the sign that people type
        ("3-in-1 charger", "3 in 1 Charger"),
        ("Make-up brush", "make up brush"),
        ("Hot Sale 2026 New Lamp Free Shipping", "lamp"),
        ("Lamp 🔥🔥 【LED】", "lamp led"),
        ("ＬＥＤ　Ｌａｍｐ", "LED lamp"),  # noqa: RUF001 - full width, as typed in China
        ("Backpack", "bac\N{KELVIN SIGN}pack"),
    ],
)
def test_the_same_words(one: str, other: str) -> None:
    """Case, accents, plurals, units, punctuation and sales talk make no difference."""
    assert keys(one) == keys(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("glass", "glas"), ("bus", "bu"), ("5 m", "5 mm"), ("15 W", "65 W"), ("2 in 1", "3 in 1"), ("й", "x")],
)
def test_other_words(one: str, other: str) -> None:
    """What only looks alike stays apart."""
    assert keys(one) != keys(other)


def test_words_as_they_are_written() -> None:
    """Each word is kept as the title has it, in its order, once."""
    found = words("Non-Slip Yoga Mats 6 mm: non slip mats for Travel")
    assert [word.written for word in found.values()] == ["Non", "Slip", "Yoga", "Mats", "6 mm", "Travel"]
    assert [key for key, word in found.items() if word.is_number] == ["6mm"]
    assert [key for key, word in found.items() if word.is_extra] == ["travel"]


def test_what_the_thing_is_for_can_come_first() -> None:
    """Before anything is named, "for" does not make the rest of the title an extra."""
    assert not any(word.is_extra for word in words("For Dogs: Chew Toy").values())


def test_nothing_but_fillers() -> None:
    """A title of fillers keeps them, and one without any letter has no words."""
    assert keys("New Hot Sale") == ["new", "hot", "sale"]
    assert keys("  ") == keys("") == keys("🔥 !!! —") == []


def test_scripts_without_spaces() -> None:
    """Where words are not parted, neighbouring characters stand for them."""
    assert keys("无线充电器 15W") == ["无线", "线充", "充电", "电器", "15w"]
    assert keys("灯") == ["灯"]


def test_other_scripts_stay_whole() -> None:
    """Vowel signs and marks that are part of a word do not part it."""
    assert len(keys("हिन्दी कपड़ा बैग")) == 3
    assert keys("беспроводная зарядка") == ["беспроводная", "зарядка"]
    assert keys("حقيبة، جلد") == ["حقيبة", "جلد"]


def test_the_end_of_a_long_title_is_not_read() -> None:
    """Only the first two hundred characters count, also after ligatures are taken apart."""
    assert "lamp" not in words("very " * 2000 + "lamp")
    assert "lamp" not in words("\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM} " * 20 + "lamp")


@given(st.text(max_size=300))
def test_any_text(text: str) -> None:
    """No text breaks it, and every word has something in it that can be read aloud."""
    for key, word in words(text).items():
        assert key
        assert any(character.isalnum() for character in word.written)
