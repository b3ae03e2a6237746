"""Parcels for tests that price them."""

from dataclasses import replace
from typing import Any

from providers.cj.errors import PROVIDER
from providers.model import Dimensions, Product, Variant
from providers.shipping import Destination, Parcel, ParcelLine

VARIANT = Variant(
    provider=PROVIDER,
    product_id="1",
    id="11",
    sku="CJGD220941701AZ",
    title="Lantern",
    weight_grams=310,
    dimensions=Dimensions(160, 120, 90),
)
PRODUCT = Product(
    provider=PROVIDER,
    id="1",
    sku="CJGD2209417",
    title="Lantern",
    is_complete=True,
    logistics_properties=("COMMON",),
)


def line(quantity: int = 1, variant: Variant = VARIANT, **of_product: Any) -> ParcelLine:
    """So many pieces of a variant; its product is `PRODUCT` with these changes."""
    return ParcelLine(replace(PRODUCT, **of_product), variant, quantity)


def parcel(
    *lines: ParcelLine, origin: str = "US", country: str = "DE", postal_code: str | None = None
) -> Parcel:
    """A parcel with one piece unless told otherwise."""
    return Parcel(lines or (line(),), origin, Destination(country, postal_code))
