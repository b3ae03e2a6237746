"""
Three levels of categories and what typically stands on each shelf, read from `taxonomy.txt`.

The text is data for people to edit; this module only turns it into objects.
"""

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid5

# Category ids are UUIDs at CJ; naming them from their path keeps them the same whatever the world's seed.
_NAMESPACE = UUID("5b7c0f0e-3d41-4b8e-9a51-6f0f3d2c7a10")


@dataclass(frozen=True, slots=True)
class Group:
    """A second-level category and the ranges its goods are drawn from."""

    id: str
    name: str
    first_id: str
    first_name: str
    letters: str
    hs_code: str
    property: str
    """CJ's freight property: COMMON, BATTERY or LIQUID."""
    materials: tuple[str, ...]
    adjectives: tuple[str, ...]
    axes: tuple[tuple[str, ...], ...]
    """Axis names of a product's variants, repeated by their share; empty for a single variant."""
    grams: tuple[int, int]
    millimetres: tuple[int, int]
    cents: tuple[int, int]
    """What the goods cost, US cents, cheapest to dearest."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A third-level category: what CJ calls `categoryId` is its id."""

    id: str
    name: str
    chinese: str
    kind: str
    """The pictogram that stands for its goods."""
    nouns: tuple[str, ...]
    group: Group

    @property
    def path(self) -> str:
        """`First / Second / Third`, as `categoryName` has it."""
        return f"{self.group.first_name} / {self.group.name} / {self.name}"


def load() -> tuple[Leaf, ...]:
    """Read all third-level categories in the order of the text."""
    leaves: list[Leaf] = []
    first = ""
    group: Group | None = None
    for line in Path(__file__).with_name("taxonomy.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            group = _group(first, line.removeprefix("== "))
        elif line.startswith("= "):
            first = line.removeprefix("= ")
        elif line.startswith("- ") and group is not None:
            leaves.append(_leaf(group, line.removeprefix("- ")))
    return tuple(leaves)


def _group(first: str, text: str) -> Group:
    name, letters, hs_code, prop, materials, adjectives, axes, grams, millimetres, dollars = _parts(text)
    low, high = _range(dollars)
    return Group(
        id=_identify(first, name),
        name=name,
        first_id=_identify(first),
        first_name=first,
        letters=letters,
        hs_code=hs_code,
        property=prop,
        materials=_words(materials),
        adjectives=_words(adjectives),
        axes=_axes(axes),
        grams=_range(grams),
        millimetres=_range(millimetres),
        cents=(low * 100, high * 100),
    )


def _leaf(group: Group, text: str) -> Leaf:
    names, kind, nouns = _parts(text)
    name, chinese = _words(names)
    return Leaf(_identify(group.first_name, group.name, name), name, chinese, kind, _words(nouns), group)


def _axes(text: str) -> tuple[tuple[str, ...], ...]:
    found: list[tuple[str, ...]] = []
    for part in text.split():
        names, _, share = part.partition("*")
        axes = () if names == "one" else tuple(names.split("+"))
        found.extend([axes] * int(share or 1))
    return tuple(found)


def _identify(*names: str) -> str:
    return str(uuid5(_NAMESPACE, "/".join(names))).upper()


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split("|")]


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(","))


def _range(text: str) -> tuple[int, int]:
    low, high = text.split("-")
    return int(low), int(high)
