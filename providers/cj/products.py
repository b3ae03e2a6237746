"""
One product with all its variants and their stock, from one call of 10 points.

CJ documentation, "Product: Product Details", read 2026-11-23. `enable_inventory` is documented in the
February 2026 text and missing in a reading of September: it is always sent, and where CJ ignores it the stock
is unknown here, so that `provider` can ask getInventoryByPid for another 10 points, only when stock is
wanted.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from pydantic import Field, TypeAdapter

from providers.cj import imagined
from providers.cj.errors import PROVIDER, refused
from providers.cj.ids import check_id
from providers.cj.links import product_url
from providers.cj.options import axis_names
from providers.cj.parsing import Count, Flag, Grams, Id, Moment, Prices, Sent, Text, Texts, money_range
from providers.cj.rows import malformed, read_one, read_rows
from providers.cj.stock import ProductStock, summarise
from providers.cj.variants import VARIANT, VARIANTS, to_variants
from providers.errors import NotFound
from providers.model import Category, Money, MoneyRange, Product
from providers.upstream import Call, CallPolicy, Json

LONGEST_SKU: Final = 100
# SPU "CJGD2209417"; a variant's is that with "01AZ" or "-Black" behind it. CJ documentation, "Product", read
# 2026-11-23.
_VARIANT_SKU: Final = re.compile(r"CJ[A-Z]+\d{5,}(?:-.+|\d{2}[A-Z]{2})", re.IGNORECASE)
# The word of this call, and the digit by which other calls of CJ mean the same. A SUPPLIER_PRODUCT is stocked
# by its supplier and sent by CJ.
_SHIPPED_BY_MAKER: Final = frozenset({"SUPPLIER_SHIPPED_PRODUCT", "5"})


class SentProduct(Sent):
    """CJ's product as `product/query` has it."""

    id: Id = Field(alias="pid")
    name: Text = Field(None, alias="productNameEn")
    names: Texts = Field((), alias="productName")
    sku: Text = Field(None, alias="productSku")
    big_image: Text = Field(None, alias="bigImage")
    image: Texts = Field((), alias="productImage")
    images: Texts = Field((), alias="productImageSet")
    weight: Grams = Field(None, alias="productWeight")
    category_id: Text = Field(None, alias="categoryId")
    category_name: Text = Field(None, alias="categoryName")
    hs_code: Text = Field(None, alias="entryCode")
    materials: Texts = Field((), alias="materialNameEn")
    axes: Any = Field(None, alias="productKeyEn")
    axes_chinese: Any = Field(None, alias="productKey")
    properties: Texts = Field((), alias="productProEnSet")
    properties_text: Texts = Field((), alias="productProEn")
    free_shipping: Flag = Field(None, alias="addMarkStatus")
    kind: Text = Field(None, alias="productType")
    price: Prices = Field(None, alias="sellPrice")
    suggested: Prices = Field(None, alias="suggestSellPrice")
    description: Text = None
    listed: Count = Field(None, alias="listedNum")
    created: Moment = Field(None, alias="createrTime")
    variants: Any = None


_PRODUCT: Final = TypeAdapter(SentProduct)


def product_call(policy: CallPolicy, product_id: str, *, with_url: bool) -> Call[Product]:
    """
    Ask for one product by its id.

    With `with_url` it gets the address of its page in CJ's shop; a simulated product has none there.

    Raises:
        InvalidRequest: The text cannot be an id of CJ; nothing is asked.
    """
    check_id(product_id, policy.operation)
    return Call(
        policy,
        "GET",
        "/product/query",
        read=lambda data: _read_product(data, product_id, with_url=with_url),
        query=(("features", "enable_inventory"), ("pid", product_id)),
        is_empty=lambda product: not product.variants,
        imagine=lambda: imagined.product(product_id),
    )


def sku_calls(policy: CallPolicy, sku: str, *, with_url: bool) -> tuple[Call[Product], Call[Product]]:
    """
    Ask for one product by a SKU: the likelier reading first, then the other.

    CJ takes `productSku` or `variantSku`, not either. The form usually tells which it is, but old SKUs look
    like anything.

    Raises:
        InvalidRequest: The text cannot be a SKU of CJ; nothing is asked.
    """
    sku = sku.strip()
    if not sku or len(sku) > LONGEST_SKU or not sku.isprintable():
        raise refused(
            f"This is not a SKU of CJ: they are printable and at most {LONGEST_SKU} characters long.",
            policy.operation,
        )

    def ask(parameter: str) -> Call[Product]:
        return Call(
            policy,
            "GET",
            "/product/query",
            read=lambda data: _read_product(data, None, with_url=with_url),
            query=(("features", "enable_inventory"), (parameter, sku)),
            is_empty=lambda product: not product.variants,
            imagine=lambda: imagined.product_with_sku(sku),
        )

    of_product, of_variant = ask("productSku"), ask("variantSku")
    return (of_variant, of_product) if _VARIANT_SKU.fullmatch(sku) else (of_product, of_variant)


def lacks_stock(product: Product) -> bool:
    """Whether the stock of a variant is unknown, as when CJ ignored `enable_inventory`."""
    return any(variant.inventory is None for variant in product.variants)


def with_stock(product: Product, stock: ProductStock) -> Product:
    """Fill in what the product's own answer did not carry; a variant that neither mentions stays unknown."""
    variants = tuple(
        variant
        if variant.inventory is not None
        else replace(variant, inventory=stock.of_variants.get(variant.id))
        for variant in product.variants
    )
    known = summarise(variant.inventory for variant in variants)
    return replace(product, variants=variants, stock=known or stock.summary)


def _read_product(data: Json, asked: str | None, *, with_url: bool) -> Product:
    # Several people's mocks answer an unknown product so; CJ itself was seen to do it for products that
    # exist. Hence an absence, which the pipeline has confirmed before it believes it.
    if data is None or data in ([], {}):
        raise NotFound("CJ has no such product.", provider=PROVIDER)
    sent = read_one(_PRODUCT, data, "the product")
    if asked is not None and sent.id.upper() != asked.upper():
        raise malformed("another product came back than was asked for")
    return _to_product(sent, with_url=with_url)


def _to_product(sent: SentProduct, *, with_url: bool) -> Product:
    title = sent.name or next(iter(sent.names), None) or sent.sku or sent.id
    read = read_rows(VARIANTS, VARIANT, sent.variants, "variant")
    variants = to_variants(read, axis_names(sent.axes, sent.axes_chinese), sent.id, title)
    prices = _span(variant.price for variant in variants)
    images = tuple(dict.fromkeys((*((sent.big_image,) if sent.big_image else ()), *sent.image, *sent.images)))
    return Product(
        provider=PROVIDER,
        id=sent.id,
        sku=sent.sku,
        title=title,
        is_complete=True,
        url=product_url(sent.id, title) if with_url else None,
        image_url=next(iter(images), None),
        images=images,
        description=sent.description,
        category=_category(sent),
        price=prices or money_range(sent.price),
        suggested_retail_price=money_range(sent.suggested)
        or _span(variant.suggested_retail_price for variant in variants),
        free_shipping=sent.free_shipping,
        listed_count=sent.listed,
        stock=summarise(variant.inventory for variant in variants) if variants else None,
        weight_grams=sent.weight,
        hs_code=sent.hs_code,
        materials=sent.materials,
        logistics_properties=sent.properties or sent.properties_text,
        shipped_by_maker=None if sent.kind is None else sent.kind.upper() in _SHIPPED_BY_MAKER,
        created_at=sent.created,
        variants=variants,
    )


def _category(sent: SentProduct) -> Category | None:
    if sent.category_id is None:
        return None
    path = tuple(name.strip() for name in (sent.category_name or "").split(" / ") if name.strip())
    return Category(PROVIDER, sent.category_id, path[-1] if path else sent.category_id, path)


def _span(prices: Iterable[Money | None]) -> MoneyRange | None:
    """The cheapest and dearest of the prices that are known."""
    amounts = [price.amount for price in prices if price is not None]
    return money_range((min(amounts), max(amounts))) if amounts else None
