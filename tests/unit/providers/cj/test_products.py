"""One product and one variant: every documented field, and what must not go wrong when fields are odd."""

import copy
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from providers.cj.limits import policies
from providers.cj.products import lacks_stock, product_call, sku_calls, with_stock
from providers.cj.stock import ProductStock
from providers.cj.variants import variant_call
from providers.errors import InvalidRequest, MalformedResponse, NotFound
from providers.model import (
    Category,
    Dimensions,
    Money,
    MoneyRange,
    PriceTier,
    SelectedOption,
    StockLevel,
    StockSummary,
)
from tests.unit.providers.cj import samples

POLICIES = policies(15)
PID = "2405170342118603100"
VID = "2405170342118604100"
GET = product_call(POLICIES["product.get"], PID, with_url=True)


def _usd(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


def _sample(**changes: Any) -> Any:
    data = copy.deepcopy(samples.data(samples.PRODUCT))
    for name, value in changes.items():
        if value is ...:
            del data[name]
        else:
            data[name] = value
    return data


def _variant(**changes: Any) -> Any:
    return {**samples.data(samples.PRODUCT)["variants"][0], **changes}


def test_documented_product() -> None:
    """CJ's own sample: every fact of it arrives, exact to the cent and the gram."""
    product = GET.read(samples.data(samples.PRODUCT))
    assert (product.id, product.sku, product.title) == (PID, "CJGD2209417", "Folding Garden Lantern")
    assert product.is_complete
    assert product.url == f"https://cjdropshipping.com/product/folding-garden-lantern-p-{PID}.html"
    assert product.images == ("https://img.example/lantern.jpg",)
    assert product.category == Category(
        "cj",
        "6A0E3C11-2B7D-4F0A-9C55-0D1B7A9E4401",
        "Solar Lamps",
        ("Garden Life", "Lighting", "Solar Lamps"),
    )
    # What the variants cost, not the product's text, which here names a variant that is not in the answer.
    assert product.price == MoneyRange(_usd("4.10"), _usd("4.10"))
    assert product.suggested_retail_price == MoneyRange(_usd("8.2"), _usd("14.6"))
    assert product.free_shipping is False
    assert product.listed_count == 37
    assert product.stock == StockSummary(20105, 0, 20105)
    assert product.weight_grams == 310
    assert product.hs_code == "9405420000"
    assert product.materials == ("metal",)
    assert product.logistics_properties == ("COMMON",)
    assert product.created_at == datetime(2024, 5, 17, 3, 42, 11, tzinfo=UTC)


def test_documented_variant_of_a_product() -> None:
    """The variant inside the sample: options by name, one price tier, size and stock per warehouse."""
    (variant,) = GET.read(samples.data(samples.PRODUCT)).variants
    assert (variant.product_id, variant.id, variant.sku) == (PID, VID, "CJGD220941701AZ")
    assert variant.title == "Folding Garden Lantern Brass S"
    assert variant.options == (SelectedOption("Color", "Brass"), SelectedOption("Size", "S"))
    assert variant.price == _usd("4.10")
    assert variant.suggested_retail_price == _usd("8.20")
    assert variant.price_tiers == (PriceTier(1, None, _usd("4.10")),)
    assert variant.weight_grams == 310
    assert variant.dimensions == Dimensions(160, 120, 90)
    assert variant.inventory == (
        StockLevel(
            "CN", 20105, 0, 20105, verified=False, warehouse_id="0C1A77E2-5B1E-4B0C-8D8B-3C9F1A2B3C4D"
        ),
    )


def test_documented_single_variant() -> None:
    """QueryByVid's sample, whose options have no axis names."""
    variant = variant_call(POLICIES["variant.get"], VID).read(samples.data(samples.VARIANT))
    assert variant.options == (SelectedOption("Option", "Brass"),)
    assert variant.inventory == (
        StockLevel("US", 12, 12, 0, verified=True, warehouse_id="7D2F9B61-0E4C-47C1-9C11-5A6B7C8D9E0F"),
    )


def test_variants_without_a_name_of_their_own() -> None:
    """A variant of variant/query's sample has no name, a key as JSON text, and no stock at all."""
    product = GET.read(
        _sample(variants=samples.data(samples.VARIANTS), productKeyEn="Color", productKey='["颜色"]')
    )
    assert product.variants[0].title == "Folding Garden Lantern Brass"
    assert product.variants[0].inventory is None
    assert product.stock is None
    assert lacks_stock(product)


def test_simulated_products_have_no_address() -> None:
    """A product that CJ's shop does not have gets no link into it."""
    assert (
        product_call(POLICIES["product.get"], PID, with_url=False).read(samples.data(samples.PRODUCT)).url
        is None
    )


@pytest.mark.parametrize("data", [None, [], {}])
def test_empty_answer_is_an_absence_to_confirm(data: object) -> None:
    """Success without data reads as NotFound, which is asked again before it is believed."""
    with pytest.raises(NotFound):
        GET.read(data)
    with pytest.raises(NotFound):
        variant_call(POLICIES["variant.get"], VID).read(None)
    assert GET.policy.confirmations >= 1


@pytest.mark.parametrize(
    "data",
    [
        "text",
        [1],
        _sample(pid=...),
        _sample(pid=None),
        _sample(pid="2405170342118603999"),
        _sample(variants=...),
        _sample(variants=None),
        _sample(variants="[]"),
        _sample(variants=[{"vid": None}]),
    ],
)
def test_answers_that_cannot_be_trusted(data: object) -> None:
    """Another product, no id, or no variants: malformed, never a product with nothing to order."""
    with pytest.raises(MalformedResponse):
        GET.read(data)


def test_no_variants_is_suspicious() -> None:
    """A product with an empty list of variants is asked again before it is believed."""
    product = GET.read(_sample(variants=[]))
    assert product.stock is None
    assert GET.is_empty is not None
    assert GET.is_empty(product)
    assert not GET.is_empty(GET.read(samples.data(samples.PRODUCT)))


def test_one_bad_variant() -> None:
    """A variant that cannot be read loses only itself."""
    product = GET.read(
        _sample(variants=[{"vid": None}, _variant(), "x", _variant(vid="2405170342118604101")])
    )
    assert [variant.id for variant in product.variants] == [VID, "2405170342118604101"]


def test_repeated_variant() -> None:
    """Two variants of one id would be two nodes of one identity; the first stands."""
    product = GET.read(_sample(variants=[_variant(), _variant(variantSku="other")]))
    assert [variant.sku for variant in product.variants] == ["CJGD220941701AZ"]


def test_everything_else_may_be_missing() -> None:
    """Nothing but ids and variants is needed; what is missing is unknown, and the title falls back."""
    product = GET.read({"pid": PID, "variants": [{"vid": VID}]})
    assert product.title == PID
    (variant,) = product.variants
    unknown = (
        product.price, product.suggested_retail_price, product.category, product.stock, product.weight_grams,
        product.free_shipping, product.listed_count, product.image_url, product.hs_code, product.created_at,
        variant.price, variant.dimensions, variant.inventory, variant.weight_grams, variant.image_url,
    )  # fmt: skip
    assert set(unknown) == {None}


def test_odd_fields_are_unknown_and_lose_nothing() -> None:
    """Fields of a wrong kind are unknown; the product and its good fields stay."""
    product = GET.read(
        _sample(
            sellPrice={"low": 1}, listedNum="many", addMarkStatus="?", productWeight=[], createrTime="soon",
            productImage=["a.jpg"], entryCode={}, materialNameEn=7,
            variants=[
                _variant(variantSellPrice="1 -- 2", variantWeight="?", variantLength="wide", variantKey=[])
            ],
        )
    )  # fmt: skip
    assert product.title == "Folding Garden Lantern"
    assert (product.price, product.listed_count, product.free_shipping, product.hs_code) == (
        None,
        None,
        None,
        None,
    )
    (variant,) = product.variants
    assert (variant.price, variant.price_tiers, variant.weight_grams, variant.options) == (None, (), None, ())
    assert variant.dimensions == Dimensions(160, 120, 90)


def test_pictures_as_json_text() -> None:
    """Pictures inside a JSON text are taken out of it, the big one first, none twice."""
    product = GET.read(
        _sample(bigImage="b.jpg", productImage='["a.jpg","b.jpg"]', productImageSet=["c.jpg", "a.jpg"])
    )
    assert product.images == ("b.jpg", "a.jpg", "c.jpg")


def test_zero_sides_are_not_a_size() -> None:
    """A side of 0 means "not measured"."""
    product = GET.read(
        _sample(variants=[_variant(variantLength=0, variantStandard="long=0,width=120,height=90")])
    )
    assert product.variants[0].dimensions is None


def test_stock_from_a_second_call() -> None:
    """The fallback fills what is missing by variant id, and leaves unknown what it does not mention."""
    other = "2405170342118604101"
    product = GET.read(_sample(variants=[_variant(inventories=None), _variant(vid=other, inventories=None)]))
    told = (StockLevel("CN", 3, 3, 0, verified=True),)
    full = with_stock(product, ProductStock({VID: told, other: ()}, StockSummary(99)))
    assert [variant.inventory for variant in full.variants] == [told, ()]
    assert full.stock == StockSummary(3, 3, 0)
    partly = with_stock(product, ProductStock({VID: told}, StockSummary(99)))
    assert [variant.inventory for variant in partly.variants] == [told, None]
    assert partly.stock == StockSummary(99)


@pytest.mark.parametrize(
    ("sku", "first"),
    [
        ("CJGD2209417", "productSku"),
        ("CJGD220941701AZ", "variantSku"),
        ("CJWJWJMR00049", "productSku"),
        ("CJWJWJMR00049-elephant", "variantSku"),
        ("cjgd220941701az", "variantSku"),
        ("SHELF-7", "productSku"),
    ],
)
def test_sku_kinds(sku: str, first: str) -> None:
    """The form of a SKU says which parameter to try first; the other follows."""
    calls = sku_calls(POLICIES["product.by_sku"], sku, with_url=True)
    assert [call.query[1][0] for call in calls] == [
        first,
        "variantSku" if first == "productSku" else "productSku",
    ]


@pytest.mark.parametrize("text", ["", "a b", "1/2", "x" * 61, "é", "1\n2", "../query"])
def test_texts_that_are_no_id(text: str) -> None:
    """Nothing is asked about text that cannot be an id."""
    with pytest.raises(InvalidRequest):
        product_call(POLICIES["product.get"], text, with_url=True)
    with pytest.raises(InvalidRequest):
        variant_call(POLICIES["variant.get"], text)


@pytest.mark.parametrize("text", ["", "   ", "x" * 101, "a\x00b"])
def test_texts_that_are_no_sku(text: str) -> None:
    """Nothing is asked about text that cannot be a SKU."""
    with pytest.raises(InvalidRequest):
        sku_calls(POLICIES["product.by_sku"], text, with_url=True)


@pytest.mark.parametrize(
    ("kind", "by_maker"),
    [
        ("SUPPLIER_SHIPPED_PRODUCT", True),
        ("5", True),
        (5, True),
        ("SUPPLIER_PRODUCT", False),
        ("ORDINARY_PRODUCT", False),
        ("0", False),
        ("", None),
        (None, None),
        (..., None),
    ],
)
def test_who_sends_it(kind: object, by_maker: bool | None) -> None:
    """A product that its supplier ships is told from one that CJ ships, by word or digit."""
    assert GET.read(_sample(productType=kind)).shipped_by_maker is by_maker
