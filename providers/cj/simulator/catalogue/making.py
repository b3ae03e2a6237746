"""Products from a seed: titles, ids, prices, stock, dates, popularity. Cheap enough for thousands at once."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from random import Random
from types import MappingProxyType
from typing import Final
from uuid import UUID

from providers.cj.simulator.catalogue.goods import Held, Product, likely
from providers.cj.simulator.catalogue.taxonomy import Leaf, load

EPOCH: Final = datetime(2021, 3, 1, tzinfo=UTC)
NEWEST: Final = datetime(2025, 12, 20, tzinfo=UTC)
"""The catalogue's own today: no date in it is later, so that any clock from 2026 on may be used."""
MOST_VARIANTS: Final = 40
FEWEST_WITH_GONE: Final = 4
"""Smaller ranges of variants lose none of theirs."""

AXIS_VALUES: Final = MappingProxyType(
    {
        "colour": ("Black", "White", "Grey", "Navy Blue", "Beige", "Coral", "Mint Green",
                   "Olive", "Rose Pink", "Brown",
                   "Lilac", "Mustard", "Sky Blue", "Burgundy", "Teal", "Cream", "Gold", "Silver",
                   "Sage Green", "Apricot"),
        "size": ("XS", "S", "M", "L", "XL", "2XL", "3XL", "4XL"),
        "shoe": ("36", "37", "38", "39", "40", "41", "42", "43", "44", "45"),
        "ring": ("Size 6", "Size 7", "Size 8", "Size 9", "Size 10"),
        "dim": ("20x30cm", "30x45cm", "40x60cm", "50x80cm", "60x90cm", "80x120cm"),
        "pieces": ("1pc", "2pcs", "3pcs", "5pcs", "10pcs"),
        "plug": ("EU Plug", "US Plug", "UK Plug", "AU Plug", "USB"),
        "model": ("A10", "A10 Plus", "A12", "A12 Pro", "Fold 4", "Note 9", "Lite 5", "Neo 7"),
        "capacity": ("250ml", "350ml", "500ml", "750ml", "1000ml", "1500ml"),
        "length": ("0.5m", "1m", "2m", "3m", "5m", "10m"),
        "style": ("Style A", "Style B", "Style C", "Style D", "Style E", "Style F", "Style G", "Style H"),
    }
)  # fmt: skip
"""Values of each axis; colours and styles are drawn from theirs, the rest keep their order."""
ORDERED: Final = frozenset({"size", "dim", "pieces", "capacity", "length"})
"""Axes along which goods get bigger, heavier and dearer."""
_WEIGHTY: Final = frozenset({"dim", "pieces", "capacity", "length"})

_ENDINGS: Final = (
    "",
    "",
    "",
    "",
    "for Home",
    "for Daily Use",
    "for Travel",
    "as a Gift",
    "with Storage Pouch",
    "with Gift Box",
)
# A bed is not made of steel, nor a pan of cotton: things and stuffs that do not meet.
_CLOTH: Final = frozenset(
    (  # noqa: SIM905 - words read better than a column of quotes
        "bed beds sofa cushion pillow blanket cover towel bag backpack carrier jacket raincoat sweater "
        "boots hat cap glove gloves mat curtain sheet pouch tote banner cape scarf rug shelter sail bib "
        "hammock strap collar harness leash set sling vest"
    ).split()
)
_CLOTHY: Final = frozenset(
    (  # noqa: SIM905 - words read better than a column of quotes
        "cotton linen velvet fibre corduroy canvas nylon fleece felt plush mesh muslin satin leather "
        "cloth polyester microfibre neoprene silk wool suede denim chiffon jute sisal oxford foam latex "
        "knit fabric blend"
    ).split()
)
_BODY: Final = frozenset(
    (  # noqa: SIM905 - words read better than a column of quotes
        "pan pot wok knife wrench hammer scissors shears drill saw shaker opener casserole griddle lamp "
        "light lantern bulb keyboard mouse charger speaker microphone fountain bowl feeder glass goggles "
        "stand rack shelf can nozzle pump bottle mug"
    ).split()
)
_SHAPES: Final = (
    "Round",
    "Oval",
    "Square",
    "Mini",
    "Large",
    "Classic",
    "Modern",
    "Striped",
    "Two Tone",
    "Textured",
    "Plain",
    "Premium",
)
_OVERSEAS: Final = (("US", 0.17), ("DE", 0.09), ("GB", 0.06), ("FR", 0.04), ("AU", 0.03), ("CA", 0.03))
_PLATFORMS: Final = ("shopify", "ebay", "amazon", "tiktok", "etsy", "woocommerce")
_SUPPLIERS: Final = (
    "Blue Kite Trading",
    "Ninth Harbour Goods",
    "Plain Oak Makers",
    "Quiet River Works",
    "Tall Reed Supply",
)


def make_products(seed: int, count: int) -> Iterator[Product]:
    """Make products one after another, round the shelves, the same for the same seed."""
    leaves = load()
    numbers = Random(f"sku/{seed}").sample(range(1_000_000, 3_000_000), count)  # noqa: S311 - goods, not secrets
    titles: set[str] = set()
    for index in range(count):
        leaf = leaves[index % len(leaves)]
        chance = Random((seed << 20) ^ index)  # noqa: S311 - goods, not secrets
        product = _make(index, leaf, f"CJ{leaf.group.letters}{numbers[index]}", chance)
        # Two products of one name would be told apart only by their SKU; shops do that, tests should not meet
        # it.
        while product.title in titles:
            product.title = f"{chance.choice(_SHAPES)} {product.title}"
        titles.add(product.title)
        yield product


def _make(index: int, leaf: Leaf, sku: str, chance: Random) -> Product:
    group = leaf.group
    noun = chance.choice(leaf.nouns)
    material = chance.choice(
        [stuff for stuff in group.materials if _suits(noun, stuff)] or list(group.materials)
    )
    axes = _axes(chance.choice(group.axes), chance)
    count = 1
    for _, values in axes:
        count *= len(values)
    count = min(count, MOST_VARIANTS)
    low, high = _price(group.cents, axes, chance)
    created = EPOCH + (NEWEST - EPOCH) * chance.random() ** 0.6
    created = created.replace(microsecond=1000 * (created.microsecond // 1000))
    bits = chance.getrandbits(32)
    return Product(
        index=index,
        pid=_pid(index, created, bits),
        sku=sku,
        title=_title(noun, material, group.adjectives, chance),
        chinese=leaf.chinese,
        leaf=leaf,
        material=material,
        seed=chance.getrandbits(48),
        axes=axes,
        variant_count=count,
        low_cents=low,
        high_cents=high,
        grams=_weight(group.grams, low, group.cents, axes, chance),
        created_ms=int(created.timestamp() * 1000),
        listed=min(9000, int(3 * (chance.paretovariate(0.62) - 1))),
        **_standing(count, chance),  # type: ignore[arg-type]
    )


def _axes(names: tuple[str, ...], chance: Random) -> tuple[tuple[str, tuple[str, ...]], ...]:
    axes = []
    for name in names:
        pool = AXIS_VALUES[name]
        most = min(len(pool), 8 if len(names) > 1 else 12)
        count = min(most, 2 + int(chance.random() ** 1.6 * (most - 1)))
        if name in ("colour", "style"):
            values = tuple(chance.sample(pool, count))
        else:
            start = chance.randrange(len(pool) - count + 1)
            values = pool[start : start + count]
        axes.append((name, values))
    return tuple(axes)


def _price(
    bounds: tuple[int, int], axes: tuple[tuple[str, tuple[str, ...]], ...], chance: Random
) -> tuple[int, int]:
    lowest, highest = bounds
    low = int(lowest * (highest / lowest) ** chance.betavariate(1.6, 2.6))
    steps = max((len(values) for axis, values in axes if axis in ORDERED), default=1)
    if steps > 1:
        return low, int(low * (1 + (steps - 1) * chance.uniform(0.04, 0.16)))
    if axes and likely(chance, 0.15):  # some colours are dearer
        return low, int(low * chance.uniform(1.03, 1.2))
    return low, low


def _weight(
    bounds: tuple[int, int],
    cents: int,
    prices: tuple[int, int],
    axes: tuple[tuple[str, tuple[str, ...]], ...],
    chance: Random,
) -> tuple[int, int]:
    # Dearer goods of a kind are mostly the bigger ones.
    rank = 0.65 * (cents - prices[0]) / (prices[1] - prices[0]) + 0.35 * chance.random()
    light = int(bounds[0] * (bounds[1] / bounds[0]) ** min(1.0, max(0.0, rank)))
    steps = max((len(values) for axis, values in axes if axis in _WEIGHTY), default=1)
    return light, int(light * (1 + 0.12 * (steps - 1)))


def _title(noun: str, material: str, adjectives: tuple[str, ...], chance: Random) -> str:
    words = chance.sample(adjectives, chance.choice((1, 1, 2)))
    if likely(chance, 0.45):
        words.append(chance.choice(_SHAPES))
    if likely(chance, 0.7) and _suits(noun, material):
        words.append(" ".join(word.title() if word.islower() else word for word in material.split()))
    return " ".join(filter(None, [*words, noun, chance.choice(_ENDINGS)]))


def _suits(noun: str, material: str) -> bool:
    things, clothy = set(noun.lower().split()), bool(_CLOTHY & set(material.lower().split()))
    return not (things & _BODY if clothy else things & _CLOTH)


def _pid(index: int, created: datetime, bits: int) -> str:
    # Older goods have UUIDs, newer ones decimals that no float can hold.
    if bits % 10 < 3:  # noqa: PLR2004 - three in ten
        return str(UUID(bytes=blake2b(f"pid/{index}/{bits}".encode(), digest_size=16).digest())).upper()
    return f"{created:%y%m%d%H%M%S}{index:05d}00"


def _standing(count: int, chance: Random) -> dict[str, object]:
    """Stock, flags and popularity."""
    stock: dict[str, Held] = {}
    verified: set[str] = set()
    empty = likely(chance, 0.04)
    if likely(chance, 0.97):
        # In live data nearly everything in China is the factory's promise, uncounted.
        counted = likely(chance, 0.08)
        stock["CN"] = Held(
            cj=0 if empty or not counted else chance.randrange(1, 60) * count,
            factory=0 if empty else int(chance.lognormvariate(6.6, 1.1)) * count,
        )
        if counted:
            verified.add("CN")
    for country, share in _OVERSEAS:
        if likely(chance, share) or (not stock and country == "US"):
            stock[country] = Held(cj=0 if empty else chance.randrange(0, 80) * max(1, count // 2), factory=0)
            verified.add(country)
    overseas = [country for country in stock if country != "CN"]
    kind = chance.random()
    supplied, shipped = kind < 0.1, kind < 0.04  # noqa: PLR2004
    maker = chance.randrange(len(_SUPPLIERS))
    reviewed = likely(chance, 0.38)
    return {
        "stock": stock,
        "verified": frozenset(verified),
        "taken_down": likely(chance, 0.015),
        "has_gone_variant": FEWEST_WITH_GONE <= count < MOST_VARIANTS and likely(chance, 0.05),
        "video": likely(chance, 0.22),
        "free_shipping": "US" in stock and likely(chance, 0.3),
        "product_type": "SUPPLIER_SHIPPED_PRODUCT"
        if shipped
        else "SUPPLIER_PRODUCT"
        if supplied
        else "ORDINARY_PRODUCT",
        "supplier": (_SUPPLIERS[maker], f"{8_800_000 + maker * 137}") if supplied else None,
        "certified": likely(chance, 0.18),
        "customization": chance.choice((1, 3, 5)) if likely(chance, 0.05) else 0,
        "self_pickup": bool(overseas) and likely(chance, 0.2),
        "platforms": frozenset(chance.sample(_PLATFORMS, chance.randrange(0, 4))),
        "delivery": chance.choice(("1-3", "2-4", "3-5", "3-5", "4-7", "6-10")),
        "review_count": min(60, int(chance.paretovariate(0.8))) if reviewed else 0,
        "array_keys": likely(chance, 0.12),
        "old_style_skus": likely(chance, 0.2),
    }


def vid_of(product: Product, number: int) -> str:
    """The id of a product's variant, counted from 0, in the same form as the product's own."""
    if product.pid.isdigit():
        return f"{product.pid[:-2]}{number + 1:02d}"
    return str(UUID(bytes=blake2b(f"vid/{product.pid}/{number}".encode(), digest_size=16).digest())).upper()


def newest_since(days: int) -> int:
    """Milliseconds since 1970 of a moment so many days before the catalogue's own today."""
    return int((NEWEST - timedelta(days=days)).timestamp() * 1000)
