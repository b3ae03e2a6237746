"""
What can be ordered: CJ's variant object, which `product/query` and `variant/queryByVid` share.

CJ documentation, "Product: Variants", read 2026-11-23; nullability from operators' recorded answers.
"""

from collections.abc import Sequence
from typing import Any, Final

import structlog
from pydantic import Field, TypeAdapter

from providers.cj import imagined
from providers.cj.errors import PROVIDER
from providers.cj.ids import check_id
from providers.cj.options import select_options
from providers.cj.parsing import Grams, Id, Prices, Sent, Text, count_of, standard_size, usd
from providers.cj.rows import malformed, read_one
from providers.cj.stock import stock_levels
from providers.errors import NotFound
from providers.model import Dimensions, PriceTier, Variant
from providers.upstream import Call, CallPolicy, Json

log = structlog.get_logger(__name__)


class SentVariant(Sent):
    """CJ's variant."""

    id: Id = Field(alias="vid")
    product_id: Text = Field(None, alias="pid")
    sku: Text = Field(None, alias="variantSku")
    name: Text = Field(None, alias="variantNameEn")
    image: Text = Field(None, alias="variantImage")
    key: Any = Field(None, alias="variantKey")
    standard: Text = Field(None, alias="variantStandard")
    length: Any = Field(None, alias="variantLength")
    width: Any = Field(None, alias="variantWidth")
    height: Any = Field(None, alias="variantHeight")
    weight: Grams = Field(None, alias="variantWeight")
    price: Prices = Field(None, alias="variantSellPrice")
    suggested: Prices = Field(None, alias="variantSugSellPrice")
    inventories: Any = None
    """Left as it came: unreadable stock makes stock unknown, not the variant."""


VARIANTS: Final = TypeAdapter(list[SentVariant])
VARIANT: Final = TypeAdapter(SentVariant)


def to_variants(
    sent: Sequence[SentVariant], axes: Sequence[str], product_id: str, title: str
) -> tuple[Variant, ...]:
    """
    Build the variants of one product, in CJ's order.

    `axes` name the product's options; `title` is for variants without a name of their own.
    """
    # A repeated id would give two variants one identity; the first stands.
    distinct = list({variant.id: variant for variant in reversed(sent)}.values())[::-1]
    options = select_options(axes, [variant.key for variant in distinct])
    return tuple(
        _to_variant(variant, chosen, product_id, title)
        for variant, chosen in zip(distinct, options, strict=True)
    )


def variant_call(policy: CallPolicy, variant_id: str) -> Call[Variant]:
    """Ask for one variant with its stock; 10 points. Only its product knows the names of its options."""
    check_id(variant_id, policy.operation)
    return Call(
        policy,
        "GET",
        "/product/variant/queryByVid",
        read=lambda data: _read_variant(data, variant_id),
        query=(("features", "enable_inventory"), ("vid", variant_id)),
        imagine=lambda: imagined.variant(variant_id),
    )


def _read_variant(data: Json, asked: str) -> Variant:
    if data is None or data == []:
        raise NotFound("CJ has no such variant.", provider=PROVIDER)
    sent = read_one(VARIANT, data, "the variant")
    if sent.id.upper() != asked.upper():
        raise malformed("another variant came back than was asked for")
    if sent.product_id is None:
        raise malformed("the variant does not name its product")
    return to_variants([sent], (), sent.product_id, sent.name or sent.sku or sent.id)[0]


def _to_variant(sent: SentVariant, options: tuple[Any, ...], product_id: str, title: str) -> Variant:
    # One price per variant is documented; a span here could not be charged, so it is unknown.
    price = sent.price[0] if sent.price and sent.price[0] == sent.price[1] else None
    if sent.price and price is None:
        log.warning("cj.variant_price_is_a_range", variant=sent.id)
    suggested = sent.suggested[0] if sent.suggested and sent.suggested[0] == sent.suggested[1] else None
    money = usd(price)
    values = " ".join(option.value for option in options)
    return Variant(
        provider=PROVIDER,
        product_id=product_id,
        id=sent.id,
        sku=sent.sku,
        title=sent.name or (f"{title} {values}" if values else title),
        options=options,
        image_url=sent.image,
        price=money,
        suggested_retail_price=usd(suggested),
        # CJ's price does not depend on the quantity: one tier, open upwards.
        price_tiers=(PriceTier(1, None, money),) if money else (),
        weight_grams=sent.weight,
        dimensions=_dimensions(sent),
        inventory=stock_levels(sent.inventories),
    )


def _dimensions(sent: SentVariant) -> Dimensions | None:
    """Outer size; None unless all three sides are there, because 0 means "not measured"."""
    written = standard_size(sent.standard)
    sides = []
    for value, name in ((sent.length, "long"), (sent.width, "width"), (sent.height, "height")):
        try:
            side = count_of(value) or written.get(name)
        except ValueError:
            side = written.get(name)
        if not side:
            return None
        sides.append(side)
    return Dimensions(*sides)
