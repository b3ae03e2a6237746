"""
A title's words, made equal where they mean the same: case, accents, plurals, units; and without sales talk.

The rules are for English, in which suppliers write their titles; other languages pass through unharmed.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

_LONGEST = 200
"""Characters of a title that are read. Suppliers allow 128 to 255, and what it is stands at the front."""

_UNITS = {
    "mm": "mm millimeter millimetre",
    "cm": "cm centimeter centimetre",
    "m": "m meter metre",
    "inch": "inch",
    "ml": "ml milliliter millilitre",
    "l": "l liter litre",
    "g": "g gram gramme",
    "kg": "kg kilogram",
    "oz": "oz ounce",
    "w": "w watt",
    "v": "v volt",
    "mah": "mah",
    "gb": "gb",
    "pcs": "pc pcs piece",
}
_UNIT = {name: unit for unit, names in _UNITS.items() for name in names.split()}

_BEFORE_EXTRAS = frozenset(["with", "without", "for", "of", "in", "as"])
"""What follows says only what comes with the thing, or whom it is for."""
_SALES_TALK = frozenset(
    [
        *("new", "newest", "latest", "hot", "sale", "selling", "best", "trending", "popular", "original"),
        *("cheap", "discount", "wholesale", "dropship", "dropshipping", "factory", "free", "shipping"),
    ]
)
_GRAMMAR = frozenset(["a", "an", "and", "or", "the", "on", "to", "by", "from", "at"])
_COUNTS = frozenset(["set", "pair", "pack", "kit", "lot", "piece", "pcs"])
_FILLERS = _BEFORE_EXTRAS | _SALES_TALK | _GRAMMAR | _COUNTS
"""Words that do not say what it is. Years and single letters are fillers too."""
_FILLER = re.compile(r"20[1-4]\d|[a-z]")

# Ends a word: spaces, and the punctuation and pictures of any script.
_GAP = (
    r"\s!-/:-@\[-`{-~\u0080-\u00bf\u00d7\u00f7\u060c\u061b\u061f\u2000-\u2bff\u3000-\u3020\ufe00-\ufe0f"
    r"\U0001f000-\U0001faff"
)
# Thai to Burmese, Khmer, Japanese and Chinese put no spaces between words.
_UNSPACED = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_END = rf"(?![^{_GAP}])"
# Only parts of it disregard case: among what ends a word is the kelvin sign, whose small letter is a plain k.
_WORD = re.compile(
    rf"(?P<functions>\d+)[\s-]*(?i:in)[\s-]*(?:1|(?i:one)){_END}"
    rf"|(?P<number>\d+(?:[.,]\d+)*)\s?(?P<unit>(?i:{'|'.join(_UNIT)}))[Ss]?{_END}"
    rf"|\d+(?:[.,]\d+)+{_END}"
    rf"|(?P<unspaced>[{_UNSPACED}]+)"
    rf"|[^{_GAP}{_UNSPACED}]+"
)
_TIMES = re.compile(r"(?<=\d)x(?=\d)", re.IGNORECASE)
_THOUSANDS = re.compile(r",(?=\d{3}(?!\d))")
_LATIN_ACCENT = re.compile(r"(?<=[a-z])[\u0300-\u036f]+")
_NO_PLURAL = ("ss", "us", "is")
_PLURALS = (
    (re.compile(r"(?<=\w\w)ies?$"), "y"),  # batteries, but cookie and cookies too
    (re.compile(r"(?<=ss|ch|sh)es$|(?<=x)es$"), ""),
    (re.compile(r"(?<=\w\w\w)s$"), ""),
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word in its place."""

    written: str
    """As the text has it."""
    is_extra: bool
    """Whether it says only what comes with the thing, or whom it is for."""
    is_number: bool
    """A measure or a plain number."""


def words(text: str) -> dict[str, Word]:
    """
    The words of a text by their common form, in reading order, each once.

    Fillers are left out, unless there is nothing else: then they are what there is to go by.
    """
    found: dict[str, Word] = {}
    fillers: dict[str, Word] = {}
    is_named = is_extra = False
    for key, written in _read(text):
        if key in _FILLERS or _FILLER.fullmatch(key):
            is_extra = is_extra or (is_named and key in _BEFORE_EXTRAS)
            fillers.setdefault(key, Word(written, is_extra=False, is_number=False))
        else:
            word = found.setdefault(key, Word(written, is_extra, key[0].isdigit()))
            is_named = is_named or not word.is_number
    return found or fillers


def _read(text: str) -> Iterator[tuple[str, str]]:
    """Each word's common form, and how it is written."""
    # Cut twice: to work on little, and because one character can become eighteen.
    text = unicodedata.normalize("NFKC", text[:_LONGEST])[:_LONGEST]
    for match in _WORD.finditer(_TIMES.sub(" x ", text)):
        written = match.group()
        if match["unspaced"] and len(written) > 1:
            # Neighbours, two by two, stand for the words that only a dictionary could tell apart.
            yield from ((pair, pair) for pair in map("".join, pairwise(written)) if _is_readable(pair))
        elif match["functions"]:
            yield f"{match['functions']}in1", written
        elif match["unit"]:
            yield _number(match["number"]) + _UNIT[match["unit"].lower()], written
        elif _is_readable(written):
            yield _number(written) if written[0].isdigit() else _common_form(written), written


def _is_readable(text: str) -> bool:
    """Whether it is more than marks and signs."""
    return any(character.isalnum() for character in text)


def _number(written: str) -> str:
    return _THOUSANDS.sub("", written).replace(",", ".").lower()


def _common_form(word: str) -> str:
    """Without case, Latin accents and the English plural."""
    parted = unicodedata.normalize("NFD", word.casefold())
    form = unicodedata.normalize("NFC", _LATIN_ACCENT.sub("", parted))
    if not form.isascii() or form.endswith(_NO_PLURAL):
        return form
    for plural, singular in _PLURALS:
        form, count = plural.subn(singular, form)
        if count:
            break
    return form
