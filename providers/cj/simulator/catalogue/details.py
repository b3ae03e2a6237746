"""
What one product looks like close up: variants with prices, sizes and stock, and its texts.

Everything here is cut out of the product's own figures, so that search and details never disagree.
"""

from itertools import product as combinations
from random import Random
from types import MappingProxyType
from typing import Final

from providers.cj.simulator.catalogue.goods import Held, Product, Variant, likely
from providers.cj.simulator.catalogue.making import MOST_VARIANTS, ORDERED, vid_of
from providers.cj.simulator.catalogue.places import AREAS

_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"
AXIS_NAMES: Final = MappingProxyType(
    {
        "colour": ("Color", "颜色"), "size": ("Size", "尺寸"),
        "shoe": ("Size", "尺码"), "ring": ("Size", "戒圈"),
        "dim": ("Specification", "规格"), "pieces": ("Quantity", "数量"), "plug": ("Plug", "插头"),
        "model": ("Model", "型号"), "capacity": ("Capacity", "容量"),
        "length": ("Length", "长度"), "style": ("Style", "款式"),
    }
)  # fmt: skip
"""English and Chinese name of each axis, as `productKeyEn` and `productKey` have them."""


def make_variants(product: Product) -> tuple[Variant, ...]:
    """
    Make the variants of a product, cheapest size first, the one off the shelves last.

    Their stock adds up to the product's, their cheapest and dearest prices are the product's.
    """
    chance = Random(product.seed)  # noqa: S311 - goods, not secrets
    values = list(combinations(*(values for _, values in product.axes)))[:MOST_VARIANTS]
    ranks = _ranks(product, values)
    spread = {country: _split(held, len(values), chance) for country, held in product.stock.items()}
    box = _box(product, chance)
    dated = likely(chance, 0.9)
    variants = []
    for number, chosen in enumerate(values):
        rank = ranks[number]
        grams = round(product.grams[0] + (product.grams[1] - product.grams[0]) * rank)
        stretch = 1 + 0.5 * rank if product.grams[1] > product.grams[0] else 1
        cents = round(product.low_cents + (product.high_cents - product.low_cents) * rank)
        length, width, height = (round(side * stretch) for side in box)
        variants.append(
            Variant(
                vid=vid_of(product, number),
                sku=_sku(product, number, chosen),
                product=product,
                number=number,
                values=chosen,
                cents=cents,
                suggested_cents=round(cents * (1.9 + (product.seed % 90) / 100)),
                grams=grams,
                size=(length, width, height),
                created_ms=product.created_ms - 8_000 + number if dated else None,
                stock={country: _place(country, parts[number], chance) for country, parts in spread.items()},
            )
        )
    if product.has_gone_variant:
        variants.append(_gone(product, variants[-1]))
    return tuple(variants)


def _gone(product: Product, last: Variant) -> Variant:
    number = len(combination_list(product))
    chosen = ("Discontinued",) * len(product.axes)
    return Variant(
        vid=vid_of(product, number),
        sku=_sku(product, number, chosen),
        product=product,
        number=number,
        values=chosen,
        cents=last.cents,
        suggested_cents=last.suggested_cents,
        grams=last.grams,
        size=last.size,
        created_ms=last.created_ms,
        gone=True,
    )


def combination_list(product: Product) -> list[tuple[str, ...]]:
    """The axis values of each variant on sale, in their order."""
    return list(combinations(*(values for _, values in product.axes)))[:MOST_VARIANTS]


def _ranks(product: Product, values: list[tuple[str, ...]]) -> list[float]:
    """Where each variant lies between cheapest (0) and dearest (1); both ends occur when prices differ."""
    for at, (axis, steps) in enumerate(product.axes):
        if axis in ORDERED and len(steps) > 1:
            places = [steps.index(chosen[at]) for chosen in values]
            most = max(places)
            return [place / most if most else 0.0 for place in places]
    if len(values) == 1 or product.low_cents == product.high_cents:
        return [0.0] * len(values)
    return [1.0 if number == len(values) - 1 else 0.0 for number in range(len(values))]


def _split(held: Held, parts: int, chance: Random) -> list[Held]:
    """Cut stock into parts that add up to it; some get nothing."""
    shares = [0.0 if likely(chance, 0.06) else chance.expovariate(1) for _ in range(parts)]
    if not any(shares):
        shares[0] = 1.0
    return [
        Held(cj, factory)
        for cj, factory in zip(_cut(held.cj, shares), _cut(held.factory, shares), strict=True)
    ]


def _cut(total: int, shares: list[float]) -> list[int]:
    whole = sum(shares)
    parts = [int(total * share / whole) for share in shares]
    parts[shares.index(max(shares))] += total - sum(parts)
    return parts


def _place(country: str, held: Held, chance: Random) -> dict[str, Held]:
    """Lay a variant's stock of one country into its warehouses."""
    houses = AREAS[country].warehouses
    first = chance.randrange(len(houses))
    if len(houses) == 1 or held.cj == 0 or likely(chance, 0.5):
        return {houses[first].id: Held(held.cj, held.factory)}
    part = held.cj // 3
    second = houses[(first + 1) % len(houses)]
    return {houses[first].id: Held(held.cj - part, held.factory), second.id: Held(part, 0)}


def _box(product: Product, chance: Random) -> tuple[int, int, int]:
    """Length, width and height in millimetres, of a parcel that is neither lead nor air for its weight."""
    low, high = product.leaf.group.millimetres
    length = round(low + (high - low) * chance.betavariate(2, 3))
    # Between 0.12 and 0.9 g per cubic centimetre, give or take what the longest side allows.
    volume = product.grams[0] / chance.uniform(0.12, 0.9) * 1000
    other = max(8.0, (volume / length) ** 0.5)
    width = min(length, round(other * chance.uniform(0.9, 1.5)))
    return length, max(6, width), max(4, round(volume / length / max(6, width)))


def _sku(product: Product, number: int, chosen: tuple[str, ...]) -> str:
    if product.old_style_skus and chosen:
        return f"{product.sku}-{'-'.join(value.replace(' ', '') for value in chosen)}"
    letters = _LETTERS[(product.seed >> 8) % len(_LETTERS)] + _LETTERS[(product.seed >> 16) % len(_LETTERS)]
    return f"{product.sku}{number + 1:02d}{letters}"


_OPENINGS: Final = (
    "A {adjective} {noun} for people who like their things plain and well made.",
    "Made from {material}, this {noun} keeps its shape and its colour.",
    "Small enough to send, sturdy enough to keep: a {noun} in {material}.",
    "The {noun} our warehouse team would pick for themselves.",
)
_CLAIMS: Final = (
    "Checked by hand before packing", "Edges rounded and free of burrs", "Easy to clean with a damp cloth",
    "Ships flat where the design allows", "Replacement parts on request",
    "Neutral carton, no advertising inside",
    "Tested for everyday use", "Colours may differ slightly from screen to screen", "Instructions in English",
)  # fmt: skip


def describe(product: Product, pictures: list[str]) -> str:
    """The HTML description, a few hundred to two thousand characters, with its pictures at the end."""
    chance = Random(product.seed ^ 0xD15C)  # noqa: S311 - goods, not secrets
    noun = product.title.split(" for ")[0].split(" with ")[0].split(" as a ")[0].lower()
    adjective = chance.choice(product.leaf.group.adjectives).lower()
    opening = chance.choice(_OPENINGS).format(adjective=adjective, noun=noun, material=product.material)
    claims = "".join(f"<li>{claim}.</li>" for claim in chance.sample(_CLAIMS, chance.randrange(3, 6)))
    facts = [
        ("Material", product.material),
        ("Weight", f"{product.grams[0]} g" if product.grams[0] == product.grams[1] else "see variants"),
        ("Category", product.leaf.name),
        *((AXIS_NAMES[axis][0], ", ".join(values)) for axis, values in product.axes),
    ]
    table = "".join(f"<tr><td>{name}</td><td>{value}</td></tr>" for name, value in facts)
    images = "".join(f'<p><img src="{address}" alt=""/></p>' for address in pictures)
    return (
        f"<p><b>Product information:</b></p><p>{opening}</p><ul>{claims}</ul>"
        f"<table><tbody>{table}</tbody></table>"
        f"<p><b>Packing list:</b></p><p>1 x {noun}</p><p><b>Product Image:</b></p>{images}"
    )


def picture_names(product: Product) -> list[str]:
    """Names of the product's own pictures, the main one first."""
    views = 3 + product.seed % 3
    return [f"{product.leaf.kind}-{product.sku}{'' if view == 0 else f'_{view}'}" for view in range(views)]


def colour_picture(variant: Variant) -> str:
    """Name of a variant's picture."""
    name = f"{variant.product.leaf.kind}-{variant.product.sku}"
    if variant.colour:
        return f"{name}-{variant.colour.replace(' ', '_')}"
    return name if variant.number == 0 else f"{name}_v{variant.number}"
