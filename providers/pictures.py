"""
Small product pictures, drawn rather than photographed, for the catalogues we invent ourselves.

A leaf: the suppliers' samples use it, it knows none of them. The same arguments always draw the same picture,
so a picture's address can say everything needed to draw it and nothing has to be stored.
"""

import colorsys
import tomllib
from collections.abc import Mapping
from functools import cache
from hashlib import blake2b
from html import escape
from importlib import resources
from types import MappingProxyType
from typing import Final

# Words as they stand in shop titles; an unknown word gets a steady colour of its own from its letters.
COLOURS: Final = MappingProxyType(
    {
        "black": "#3b3f46", "white": "#e9e6df", "grey": "#8c939c", "gray": "#8c939c",
        "silver": "#b4bcc6", "red": "#cf4b46", "burgundy": "#8a3446", "pink": "#e59ab0",
        "rose": "#d98a94", "coral": "#ee8369", "orange": "#ea8c3a", "apricot": "#f0b98a",
        "yellow": "#edc84a", "gold": "#cfa446", "brass": "#b9974f", "champagne": "#dcc8a0",
        "beige": "#d8c5a6", "cream": "#eadfc8", "khaki": "#b3a273", "brown": "#8a5f43",
        "coffee": "#6f4f3e", "walnut": "#7a5539", "bamboo": "#cda868", "green": "#5b9b68",
        "olive": "#7f8748", "mint": "#8fcfb4", "sage": "#9db39a", "teal": "#3f8f92",
        "turquoise": "#4dbcc0", "blue": "#4a7fc4", "sky": "#83b9e6", "navy": "#34486f",
        "purple": "#8362ad", "lilac": "#b9a3d6", "lavender": "#b9a3d6", "transparent": "#c9dde2",
        "clear": "#c9dde2", "copper": "#b9754b", "bronze": "#8f6b45", "multicolor": "#6fa3c8",
        "natural": "#cfae7f", "steel": "#9aa7b2", "graphite": "#50565f", "sand": "#d9c39a",
        "mustard": "#cf9f35",
    }
)  # fmt: skip


@cache
def pictograms() -> Mapping[str, str]:
    """SVG elements by the kind of product that they show, read once from `pictograms.toml`."""
    text = (resources.files("providers") / "pictograms.toml").read_text(encoding="utf-8")
    return MappingProxyType({kind: drawn.replace("\n", "") for kind, drawn in tomllib.loads(text).items()})


def draw(kind: str, seed: str, colour: str | None = None) -> str:
    """
    Draw one product as a complete SVG document of about 1 kB, square, without text or outside references.

    Args:
        kind: One of `pictograms`; anything else is drawn as a parcel.
        seed: What makes this picture differ from others of its kind: background, accent, tilt and size.
        colour: Colour words such as "Navy Blue"; the last one known decides. None picks one by the seed.

    Returns:
        SVG text, the same for the same arguments.
    """
    chance = blake2b(seed.encode(), digest_size=8).digest()
    main = _colour_of(colour) if colour else _hsl(chance[0] / 255, 0.55, 0.42)
    hue = chance[1] / 255
    known = pictograms()
    shape = known.get(kind, known["box"]).format(
        m=main,
        d=_shade(main, -0.24),
        l=_shade(main, 0.3),
        a=_hsl(hue + 0.5, 0.58, 0.55),
        i="#4a4f58",
        w="#fbfaf7",
    )
    tilt, size = (chance[2] - 128) / 32, 0.94 + chance[3] / 2550
    label = escape(" ".join(filter(None, (colour, kind))))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200" width="600" height="600" role="img" '
        f'aria-label="{label}"><defs><radialGradient id="g" cx=".4" cy=".3" r=".9">'
        f'<stop offset="0" stop-color="{_hsl(hue, 0.4, 0.96)}"/>'
        f'<stop offset="1" stop-color="{_hsl(hue, 0.32, 0.86)}"/></radialGradient></defs>'
        '<rect width="200" height="200" fill="url(#g)"/>'
        f'<circle cx="{60 + chance[4] // 3}" cy="{52 + chance[5] // 6}" r="{58 + chance[6] // 8}" '
        'fill="#fff" opacity=".38"/>'
        f'<ellipse cx="100" cy="166" rx="{56 + chance[7] // 32}" ry="8" fill="#2b2f38" opacity=".14"/>'
        f'<g transform="translate(100 160) rotate({tilt:.1f}) scale({size:.2f}) translate(-100 -160)">'
        f"{shape}</g></svg>"
    )


def _colour_of(words: str) -> str:
    for word in reversed(words.lower().replace("-", " ").replace("_", " ").split()):
        if word in COLOURS:
            return COLOURS[word]
    return _hsl(blake2b(words.lower().encode(), digest_size=1).digest()[0] / 255, 0.45, 0.55)


def _hsl(hue: float, saturation: float, lightness: float) -> str:
    red, green, blue = colorsys.hls_to_rgb(hue % 1, lightness, saturation)
    return f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"


def _shade(colour: str, amount: float) -> str:
    """Mix towards white (positive amount) or black (negative), 0 to 1."""
    target = 255 if amount > 0 else 0
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(part + (target - part) * abs(amount)):02x}" for part in parts)
