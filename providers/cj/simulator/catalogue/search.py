"""
Finding products by words: an index over titles, categories, materials and SKUs, and a ranking.

Products with all the words come first; when they are few, or none, those that lack one follow, as shops do.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from math import log, log10
from typing import Final

from providers.cj.simulator.catalogue.goods import Product

_WORD: Final = re.compile(r"[a-z0-9]+|[\u4e00-\u9fff]+")
_STOP: Final = frozenset(("for", "with", "and", "the", "of", "a", "an", "as", "in", "on", "to"))
_SKU: Final = re.compile(r"^CJ[A-Z]{2}\d{7}", re.IGNORECASE)
# How much a word says, by where it stands.
_TITLE, _SHELF, _ABOVE, _MATERIAL = 3.0, 2.0, 1.0, 0.7
_PREFIX_SHARE: Final = 0.6
SHORTEST_PREFIX: Final = 3
ENOUGH: Final = 8
"""With fewer products that have every word, those that lack one are shown below them."""


def words_of(text: str) -> list[str]:
    """Lower-case words without the small ones, plurals cut to singulars."""
    return [_stem(word) for word in _WORD.findall(text.lower()) if word not in _STOP]


def _stem(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):  # noqa: PLR2004
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("shes", "ches", "sses", "xes")):  # noqa: PLR2004
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):  # noqa: PLR2004
        return word[:-1]
    return word


class Index:
    """A word index over a fixed set of products."""

    def __init__(self, products: Iterable[Product]) -> None:
        self._products = list(products)
        self._weights: dict[str, dict[int, float]] = defaultdict(dict)
        self._by_sku = {product.sku: product.index for product in self._products}
        for product in self._products:
            group = product.leaf.group
            for weight, text in (
                (_MATERIAL, product.material),
                (_ABOVE, f"{group.name} {group.first_name}"),
                (_SHELF, f"{product.leaf.name} {product.leaf.chinese}"),
                (_TITLE, product.title),
            ):
                for word in words_of(text):
                    # A word counts where it says most.
                    self._weights[word][product.index] = weight

    def find(self, text: str) -> dict[int, float]:
        """
        Rank products for what someone typed.

        Returns:
            Score by product index, greater is better; empty when no word is known. An SPU or the SKU of a
            variant finds its product alone.
        """
        sku = _SKU.match(text.strip())
        if sku:
            found = self._by_sku.get(sku[0].upper())
            return {} if found is None else {found: 1000.0}
        words = list(dict.fromkeys(words_of(text)))
        hits = [self._hits(word) for word in words]
        matched: dict[int, int] = defaultdict(int)
        scores: dict[int, float] = defaultdict(float)
        for word_hits in hits:
            rarity = log((len(self._products) + 1) / (len(word_hits) + 1)) + 1
            for index, weight in word_hits.items():
                matched[index] += 1
                scores[index] += weight * rarity
        if not matched:
            return {}
        most = max(matched.values())
        least = most if most == 1 or sum(count == most for count in matched.values()) >= ENOUGH else most - 1
        return {
            # More words first; then what the words say, popularity, and a short title.
            index: 100 * matched[index]
            + score
            + 0.35 * log10(1 + self._products[index].listed)
            - 0.01 * len(self._products[index].title)
            for index, score in scores.items()
            if matched[index] >= least
        }

    def _hits(self, word: str) -> dict[int, float]:
        exact = self._weights.get(word, {})
        if exact or len(word) < SHORTEST_PREFIX:
            return exact
        # Half a word finds whole ones, at a discount.
        found: dict[int, float] = {}
        for known, weights in self._weights.items():
            if known.startswith(word):
                for index, weight in weights.items():
                    found[index] = max(found.get(index, 0), weight * _PREFIX_SHARE)
        return found
