"""Every product of the sample is sound; and a slip in editing it is refused when it is read."""

import json
import re
import tomllib
from decimal import Decimal
from importlib import resources
from itertools import pairwise

import httpx
import pycountry
import pytest
from pydantic import ValidationError

from providers import alibaba
from providers.alibaba.catalogue import _LISTINGS, Catalogue
from providers.alibaba.declaration import SAMPLED_ON
from providers.contract.support import SITE_URL, provider_context


def test_every_ladder_is_sound(catalogue: Catalogue) -> None:
    """Tiers follow each other without a gap, the last is open, and each amount is an exact cent."""
    for variant in catalogue.variants.values():
        tiers = variant.price_tiers
        assert variant.price == tiers[0].unit_price
        assert [tier.maximum for tier in tiers] == [tier.minimum - 1 for tier in tiers[1:]] + [None]
        assert all(first.minimum < second.minimum for first, second in pairwise(tiers))
        for tier in tiers:
            assert isinstance(tier.unit_price.amount, Decimal)
            assert tier.unit_price.amount.as_tuple().exponent == -2
            assert tier.unit_price.currency == "USD"


def test_a_product_speaks_for_its_skus(catalogue: Catalogue) -> None:
    """Its price spans theirs at their own smallest quantities, its minimum is their smallest."""
    for product in catalogue.products:
        firsts = [variant.price_tiers[0] for variant in product.variants]
        assert 1 <= len(firsts) <= 6
        assert product.price is not None
        assert product.price.low.amount == min(tier.unit_price.amount for tier in firsts)
        assert product.price.high.amount == max(tier.unit_price.amount for tier in firsts)
        assert product.minimum_order_quantity == min(tier.minimum for tier in firsts)
        options = [variant.options for variant in product.variants]
        assert len(set(options)) == len(options), "two SKUs that nobody could tell apart"
        assert len({tuple(option.name for option in each) for each in options}) == 1


def test_ids_look_like_alibabas(catalogue: Catalogue) -> None:
    """Products have thirteen digits, SKUs twelve; all differ, and no invented product claims a page."""
    assert all(re.fullmatch(r"1600000\d{6}", product.id) for product in catalogue.products)
    assert all(re.fullmatch(r"105\d{9}", variant.id) for variant in catalogue.variants.values())
    assert len(catalogue.variants) == sum(len(product.variants) for product in catalogue.products)
    skus = len(catalogue.products) + len(catalogue.variants)
    assert len(catalogue.by_sku) == skus
    assert all(product.url is None for product in catalogue.products)


def test_facts_are_filled_in(catalogue: Catalogue) -> None:
    """Weight, size, customs number, materials and a day of listing before the sample's own are everywhere."""
    for product in catalogue.products:
        assert product.weight_grams
        assert re.fullmatch(r"\d{4}\.\d{2}", product.hs_code or "")
        assert product.materials
        assert product.created_at is not None
        assert product.created_at.date() <= SAMPLED_ON
        assert product.transit is not None
        assert 1 <= product.transit.low <= product.transit.high
        for variant in product.variants:
            assert variant.dimensions is not None
            assert min(variant.dimensions.length_mm, variant.dimensions.width_mm) > 0
            for level in variant.inventory or ():
                assert pycountry.countries.get(alpha_2=level.country)


def test_reading_it_twice_gives_the_same(catalogue: Catalogue) -> None:
    """Two readings are equal in every id, price and address."""
    again = Catalogue(f"{SITE_URL}/pictures")
    assert again.products == catalogue.products
    assert again.categories == catalogue.categories


def test_stock_lies_in_several_countries(catalogue: Catalogue) -> None:
    """There are warehouses in China, the US, Mexico and Germany, and each category is a leaf of one tree."""
    assert {warehouse.country for warehouse in catalogue.warehouses} == {"CN", "DE", "MX", "US"}
    leaves = {leaf.id for root in catalogue.categories for leaf in root.children}
    assert {product.category.id for product in catalogue.products if product.category} == leaves


async def test_every_picture_is_served() -> None:
    """Each address that a product or SKU shows leads to a picture that may be kept for a while."""
    async with provider_context() as context:
        provider = alibaba.build(context)
    addresses = {
        str(address)
        for product in provider._catalogue.products
        for address in (product.image_url, *(variant.image_url for variant in product.variants))
    }
    assert provider.site is not None
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=provider.site)) as client:
        for address in addresses:
            answer = await client.get(address)
            assert answer.status_code == 200, address
            assert "max-age=" in answer.headers["cache-control"]


def a_listing(**changes: object) -> list[object]:
    """One right listing, with changes."""
    text = (resources.files("providers.alibaba") / "sample" / "home.toml").read_text(encoding="utf-8")
    first: dict[str, object] = tomllib.loads(text)["product"][0]
    return [json.loads(json.dumps(first, default=str)) | changes]


def a_sku(**changes: object) -> list[object]:
    return [{"id": "105000999999", "options": {}, "tiers": [[50, "1.00"]], "stock": {"CN": 1}} | changes]


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"kind": "zeppelin"}, "no picture"),
        ({"not_to": ["XX"]}, "no ISO 3166-1 country"),
        ({"transit": [20, 10]}, "fewest days"),
        ({"processing": [[60, 5, 9]]}, "smallest order"),
        ({"processing": [[50, 5, 9], [50, 6, 9]]}, "do not ascend"),
        ({"colour": "red"}, "Extra inputs"),
        ({"skus": []}, "at least 1 item"),
        ({"skus": a_sku(stock={"FR": 3})}, "no warehouse in 'FR'"),
        ({"skus": a_sku(stock={"CN": -1})}, "greater than or equal to 0"),
        ({"skus": a_sku(tiers=[[50, "1.00"], [40, "0.90"]])}, "do not ascend"),
        ({"skus": a_sku(tiers=[[50, "1.005"]])}, "decimal places"),
    ],
)
def test_a_slip_in_editing_is_named(changes: dict[str, object], complaint: str) -> None:
    """What does not make sense stops the reading, in words that say what it is."""
    assert _LISTINGS.validate_python(a_listing())
    with pytest.raises(ValidationError, match=re.escape(complaint)):
        _LISTINGS.validate_python(a_listing(**changes))


def test_the_data_lies_inside_the_package() -> None:
    """The files are the package's own, so that a wheel brings them without being told."""
    package = resources.files("providers.alibaba")
    assert (package / "freight.toml").is_file()
    assert len([each for each in (package / "sample").iterdir() if each.name.endswith(".toml")]) >= 8
