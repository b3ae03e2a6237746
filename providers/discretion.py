"""
Keeping a buyer's address out of what is kept and shown: a supplier that refuses one likes to repeat it.

A supplier writes an address its own way: capitals, other spaces, no hyphens, no accents. So letters and
digits are compared alone, and only where a word begins and ends, for a postal code may stand inside the
number of an order.
"""

import unicodedata
from collections.abc import Iterable, Sequence

from providers.orders import Address

HIDDEN = "…"
_SHORTEST = 3
"""Letters and digits; a shorter house number tells nobody anything, and stands in every other text."""
_SHORTEST_WORD = 4
"""The same for one word of a name or a street, which may be a word of every day."""


def private_texts(address: Address, *more: str | None) -> tuple[str, ...]:
    """
    What must not be repeated, the longest first: letters and digits as `discreet` compares them.

    Each field is there as a whole, and names and streets word by word too. The country is not: nobody is
    found by it. `more` are other texts by or about the buyer.
    """
    places = (address.province, address.city, address.county)
    numbers = (address.house_number, address.postal_code, address.phone, address.email, address.tax_id)
    people = (address.name, address.line1, address.line2)
    words = [word for text in people for word in (text or "").split()]
    found = {plain for plain in map(_plain, (*people, *places, *numbers, *more)) if len(plain) >= _SHORTEST}
    found |= {plain for plain in map(_plain, words) if len(plain) >= _SHORTEST_WORD}
    return tuple(sorted(found, key=lambda text: (-len(text), text)))


def discreet(text: str, private: Sequence[str]) -> str:
    """The text with `…` where it repeats something private; `private` as `private_texts` makes it."""
    if not private or not text:
        return text
    letters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for letter in _plain(character):
            letters.append(letter)
            places.append(place)
    folded = "".join(letters)
    spans = [(start, end) for each in private for start, end in _spans(text, folded, places, each)]
    return _without(text, spans)


def _plain(text: str | None) -> str:
    """Letters and digits only, without case and accents."""
    parted = unicodedata.normalize("NFKD", (text or "").casefold())
    return "".join(letter for letter in parted.casefold() if letter.isalnum())


def _spans(text: str, folded: str, places: list[int], private: str) -> Iterable[tuple[int, int]]:
    """From where to where the text repeats it, as whole words."""
    found = folded.find(private)
    while found >= 0:
        start, last = places[found], places[found + len(private) - 1]
        begins = not start or not text[start - 1].isalnum()
        ends = last + 1 == len(text) or not text[last + 1].isalnum()
        if begins and ends:
            yield start, last + 1
        found = folded.find(private, found + 1)


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    parts: list[str] = []
    done = 0
    for start, end in sorted(spans):
        if end <= done:
            continue
        if start >= done:
            parts += [text[done:start], HIDDEN]
        done = end
    return "".join((*parts, text[done:]))
