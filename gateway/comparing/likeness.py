"""
How alike two products are, by the words of their titles.

The likeness is the share of their words that two titles have in common, from 0 to 1. A word weighs by its
place: the one that names the thing ("Foldable *Lantern* with Hook") twice as much as what describes it, and
what follows after "with", "for" or "in" half as much. Between titles that have something in common, the words
that their category paths share make up a little of what is missing.

Ratios over whole texts were tried and left: one finds letters in common between any two titles, another calls
"Lamp" the same as every title with a lamp in it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from gateway.comparing.words import Word, words
from providers.model import Product

_WEIGHT_OF_NAME = 4
_WEIGHT = 2
_WEIGHT_OF_EXTRA = 1

_PART_OF_CATEGORY = 0.15
"""How much of what is missing to 1 equal categories make up."""

_NEARLY = 87
"""Of 100. "Organiser" and "organizer" have 89, "jewellery" and "jewelry" 88; "charger" and "changer" 86."""
_LONG_ENOUGH = 6
"""Letters. In shorter words one letter makes another word: "table", "tablet"."""

_STEPS = 4
"""Into which the share of a query's words is parted."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two products are."""

    score: float
    """From 0, no word in common, to 1, all words in common."""
    shared: tuple[str, ...]
    """The words both titles have, as the first writes them and in its order."""


@dataclass(frozen=True, slots=True)
class Match:
    """The most alike product among others."""

    index: int
    """Its place in what was compared."""
    likeness: Likeness


def likeness(one: Product, other: Product) -> Likeness:
    """How alike two products are; the score is the same the other way round."""
    return _likeness(_Title.of(one), _Title.of(other))


def closest(products: Sequence[tuple[str, Product]]) -> tuple[Match | None, ...]:
    """
    For each product the most alike one of another supplier, the first among equals.

    Args:
        products: Each with its supplier's code; a hundred take a fraction of a second.

    Returns:
        In the order given; None for all when there is one supplier only.
    """
    titles = [_Title.of(product) for _, product in products]
    found: list[Match | None] = []
    for (supplier, _), title in zip(products, titles, strict=True):
        others = [
            Match(index, _likeness(title, titles[index]))
            for index, (code, _) in enumerate(products)
            if code != supplier
        ]
        found.append(max(others, key=lambda match: match.likeness.score, default=None))
    return tuple(found)


def best_matching(query: str, products: Sequence[Product], count: int) -> tuple[Product, ...]:
    """
    The products whose titles have most of the words that are looked for; what is sold out comes last.

    Equals keep the supplier's order, and steps are coarse (quarters of the words), because a supplier knows
    more of its goods than their titles say. Unknown stock is not "sold out".

    Args:
        query: Words for people; without any, only stock and the supplier's order count.
        products: In the supplier's order.
        count: The most to give.
    """
    wanted = words(query)

    def key(product: Product) -> tuple[bool, int]:
        found = len(_pairs(wanted, words(product.title)))
        step = _STEPS * found // len(wanted) if wanted else 0
        return product.stock is not None and product.stock.total == 0, -step

    return tuple(sorted(products, key=key)[: max(count, 0)])


@dataclass(frozen=True, slots=True)
class _Title:
    """A product's words, ready to be compared often."""

    words: Mapping[str, Word]
    weights: Mapping[str, int]
    category: frozenset[str]

    @classmethod
    def of(cls, product: Product) -> "_Title":
        found = words(product.title)
        path = product.category.path if product.category is not None else ()
        return cls(found, _weights(found), frozenset(words(" ".join(path))))


def _weights(found: Mapping[str, Word]) -> dict[str, int]:
    weights = {key: _WEIGHT_OF_EXTRA if word.is_extra else _WEIGHT for key, word in found.items()}
    # English says last what it is, and puts behind it how big and what comes with it.
    naming = [key for key, word in found.items() if not word.is_extra and not word.is_number]
    return weights | dict.fromkeys(naming[-1:], _WEIGHT_OF_NAME)


def _likeness(one: _Title, other: _Title) -> Likeness:
    pairs = _pairs(one.words, other.words)
    if not pairs:
        return Likeness(0.0, ())
    common = sum(one.weights[mine] + other.weights[theirs] for mine, theirs in pairs.items())
    score = common / (sum(one.weights.values()) + sum(other.weights.values()))
    score += (1 - score) * _PART_OF_CATEGORY * _overlap(one.category, other.category)
    return Likeness(round(score, 3), tuple(word.written for key, word in one.words.items() if key in pairs))


def _overlap(ones: frozenset[str], others: frozenset[str]) -> float:
    """The share of their words that two paths have in common; nothing where one is not known."""
    return 2 * len(ones & others) / (len(ones) + len(others)) if ones and others else 0.0


def _pairs(ones: Mapping[str, Word], others: Mapping[str, Word]) -> dict[str, str]:
    """Words of one text and what they are in the other: the same, or long and spelt almost the same."""
    pairs = {key: key for key in ones if key in others}
    ours, theirs = _long(ones, others), _long(others, ones)
    near = [
        (-ratio, min(mine, yours), mine, yours)
        for mine in ours
        for yours in theirs
        if (ratio := fuzz.ratio(mine, yours, score_cutoff=_NEARLY))
    ]
    # The nearest first, and an order that is the same from both sides, so that the likeness is too.
    for _, _, mine, yours in sorted(near, key=lambda pair: (*pair[:2], max(pair[2:]))):
        if mine not in pairs and yours not in pairs.values():
            pairs[mine] = yours
    return pairs


def _long(words_of: Mapping[str, Word], without: Mapping[str, Word]) -> list[str]:
    """Words that the other text does not have, and that can be misspelt without becoming another."""
    return [key for key in words_of if len(key) >= _LONG_ENOUGH and key.isalpha() and key not in without]
