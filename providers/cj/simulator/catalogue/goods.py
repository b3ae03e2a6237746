"""Products and variants as plain data, in the units CJ's catalogue uses: grams, millimetres, US cents."""

from dataclasses import dataclass, field
from random import Random

from providers.cj.simulator.catalogue.taxonomy import Leaf


@dataclass(slots=True)
class Held:
    """Units of something in one place: in CJ's hands, or promised by the factory."""

    cj: int = 0
    factory: int = 0

    @property
    def total(self) -> int:
        """Both together."""
        return self.cj + self.factory


@dataclass(slots=True)
class Product:
    """
    One product (SPU) with everything search needs; variants and texts are made from `seed` when asked for.

    Sums over the variants equal the figures here, because the variants are cut out of them.
    """

    index: int
    pid: str
    sku: str
    """The SPU: `CJ`, two letters, seven digits."""
    title: str
    chinese: str
    leaf: Leaf
    material: str
    seed: int
    axes: tuple[tuple[str, tuple[str, ...]], ...]
    """Axis name and its values; empty for a single variant."""
    variant_count: int
    low_cents: int
    high_cents: int
    grams: tuple[int, int]
    """Lightest and heaviest variant."""
    created_ms: int
    """When it was listed, milliseconds since 1970."""
    listed: int
    """How many shops list it."""
    stock: dict[str, Held]
    """What there was at the start, by country."""
    verified: frozenset[str]
    """Countries whose stock CJ has counted."""
    taken_down: bool = False
    has_gone_variant: bool = False
    """One more variant exists that is off the shelves."""
    video: bool = False
    free_shipping: bool = False
    product_type: str = "ORDINARY_PRODUCT"
    supplier: tuple[str, str] | None = None
    """Name and id, for goods of suppliers."""
    certified: bool = False
    customization: int = 0
    self_pickup: bool = False
    platforms: frozenset[str] = frozenset()
    delivery: str = "3-5"
    review_count: int = 0
    array_keys: bool = False
    """Its `variantKey` is JSON text instead of plain text."""
    old_style_skus: bool = False
    """Its variant SKUs are `SPU-Black` instead of `SPU01AZ`."""


@dataclass(slots=True)
class Variant:
    """What can be ordered (SKU)."""

    vid: str
    sku: str
    product: Product
    number: int
    values: tuple[str, ...]
    """One value per axis."""
    cents: int
    suggested_cents: int
    grams: int
    size: tuple[int, int, int]
    """Length, width, height."""
    created_ms: int | None
    stock: dict[str, dict[str, Held]] = field(default_factory=dict)
    """At the start, by country and warehouse id."""
    gone: bool = False
    """Off the shelves."""

    @property
    def colour(self) -> str | None:
        """Its colour words, if colour is an axis."""
        for (axis, _), value in zip(self.product.axes, self.values, strict=True):
            if axis == "colour":
                return value
        return None


def likely(chance: Random, share: float) -> bool:
    """Whether something happens that does in this share of cases, 0 to 1."""
    return chance.random() < share
