"""
Which axis of a product has which value in a variant: `Color-Size` and `Black-XL` as Color = Black, Size = XL.

CJ joins both names and values with hyphens, and values contain hyphens themselves ("T-Shirt White-XL"). The
number of axes is known (`productKey` is an array), and the other variants of the product show which values an
axis has; together that settles nearly all of them. What stays unclear is kept whole rather than cut wrongly.
"""

import itertools
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from providers.cj.parsing import text_of, texts_of
from providers.model import SelectedOption

_LONGEST: Final = 8
"""Hyphens beyond which a value is not taken apart; ways to cut grow quickly."""
ANY: Final = "Option"
"""The name of an axis that CJ does not name."""


def axis_names(english: Any, chinese: Any) -> tuple[str, ...]:
    """
    Name the axes of a product.

    Args:
        english: `productKeyEn`: "Color", "Color-Size".
        chinese: `productKey`: a JSON array in a string; only its length is of use, as a name may contain a
        hyphen.
    """
    text = text_of(english)
    if text is None:
        return ()
    if text.startswith("["):
        return texts_of(text)
    names = [name.strip() for name in text.split("-")]
    count = len(texts_of(chinese)) or len(names)
    if count == len(names):
        return tuple(names)
    # "Plug-Type" with one axis is one name; otherwise nobody can tell where one ends.
    return (text,) if count == 1 else tuple(names)


def select_options(axes: Sequence[str], keys: Sequence[Any]) -> list[tuple[SelectedOption, ...]]:
    """
    Read the `variantKey` of every variant of a product.

    Args:
        axes: From `axis_names`.
        keys: One per variant: `Black-XL`, `["Black","XL"]`, null or empty.

    Returns:
        One tuple per key, in order: a value for each axis, or one value for all of them where the parts
        cannot be told apart; empty for a variant without a key.
    """
    values = [_values(key) for key in keys]
    if len(axes) <= 1:
        name = axes[0] if axes else ANY
        return [_zip((name,), ("-".join(parts),)) if parts else () for parts in values]
    ways = [_ways(parts, len(axes)) for parts in values]
    seen: list[Counter[str]] = [Counter() for _ in axes]
    for options in ways:
        if len(options) == 1:
            for axis, value in enumerate(options[0]):
                seen[axis][value] += 1
    if not any(seen):
        # All are ambiguous: a true cut repeats its values from variant to variant, a wrong one scatters them.
        for axis, value in itertools.chain.from_iterable(
            enumerate(way) for options in ways for way in options
        ):
            seen[axis][value] += 1
    return [_chosen(axes, parts, options, seen) for parts, options in zip(values, ways, strict=True)]


def _chosen(
    axes: Sequence[str],
    parts: tuple[str, ...],
    options: list[tuple[str, ...]],
    seen: list[Counter[str]],
) -> tuple[SelectedOption, ...]:
    if not parts:
        return ()
    if not options:
        return _zip(("-".join(axes),), ("-".join(parts),))
    # Equal scores: the first axis is the one with long, hyphenated values (colours, models), sizes come last.
    best = max(
        options,
        key=lambda way: (
            sum(value in seen[axis] for axis, value in enumerate(way)),
            sum(seen[axis][value] for axis, value in enumerate(way)),
            len(way[0]),
        ),
    )
    return _zip(axes, best)


def _values(key: Any) -> tuple[str, ...]:
    if isinstance(key, list) or (text_of(key) or "").startswith("["):
        listed = texts_of(key)
        # An array of one may hold the joined text all the same.
        return listed if len(listed) != 1 else _split(listed[0])
    text = text_of(key)
    return _split(text) if text else ()


def _split(text: str) -> tuple[str, ...]:
    parts = tuple(text.split("-"))
    # A hyphen at an end or two in a row separates nothing.
    return parts if all(part.strip() for part in parts) else (text,)


def _ways(parts: tuple[str, ...], axes: int) -> list[tuple[str, ...]]:
    """Every way to join neighbouring parts so that one text remains per axis."""
    if len(parts) < axes or len(parts) > _LONGEST:
        return []
    return [
        tuple("-".join(parts[start:end]).strip() for start, end in itertools.pairwise((0, *cuts, len(parts))))
        for cuts in itertools.combinations(range(1, len(parts)), axes - 1)
    ]


def _zip(names: Sequence[str], values: Sequence[str]) -> tuple[SelectedOption, ...]:
    return tuple(SelectedOption(name, value.strip()) for name, value in zip(names, values, strict=True))
