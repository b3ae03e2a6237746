"""The promises about single things: products, variants, stock, warehouses, reviews."""

import re
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pycountry
import pytest

from providers import model
from providers.contract.subject import Promises, Subject
from providers.contract.support import SITE_URL
from providers.declaring import Feature
from providers.errors import NotFound


class Reading(Promises):
    """What is looked up is whole, consistent, and the same thing that was listed."""

    async def test_products_are_complete_and_consistent(self, subject: Subject) -> None:
        """
        A product that is looked up has variants that name it, unique ids, and prices within its own range.
        """
        subject.needs(Feature.PRODUCT_DETAIL)
        for product in await subject.some_products(self.words):
            _check_product(product, subject.declared.code)
            for variant in product.variants:
                assert (variant.provider, variant.product_id) == (product.provider, product.id)
                _check_prices(product, variant)
                _check_stock(variant)

    async def test_pictures_are_addresses(self, subject: Subject) -> None:
        """Pictures are absolute web addresses; those a provider serves itself lie below the given address."""
        subject.needs(Feature.PRODUCT_SEARCH)
        for product in (await subject.search(model.ProductSearch(query=self.words))).value.products:
            if product.image_url is not None:
                assert re.match(r"https?://", product.image_url)
                assert subject.provider.site is None or product.image_url.startswith(SITE_URL)

    async def test_listed_and_looked_up_are_one(self, subject: Subject) -> None:
        """A product of a search can be looked up by its id and by its SKU, and is the same thing."""
        subject.needs(Feature.PRODUCT_DETAIL)
        listed = (await subject.search(model.ProductSearch(query=self.words))).value.products[0]
        found = (await subject.provider.product(listed.id, subject.ask())).value
        assert (found.id, found.title) == (listed.id, listed.title)
        if found.sku is not None:
            by_sku = (await subject.provider.product_by_sku(found.sku, subject.ask())).value
            assert by_sku.id == listed.id
        variant = found.variants[-1]
        alone = (await subject.provider.variant(variant.id, subject.ask())).value
        assert (alone.id, alone.product_id) == (variant.id, found.id)

    async def test_unknown_things_are_not_found(self, subject: Subject) -> None:
        """What the supplier does not have is NotFound, by id and by SKU."""
        subject.needs(Feature.PRODUCT_DETAIL)
        for ask_for_it in (
            subject.provider.product("0000000000000000001", subject.ask()),
            subject.provider.product_by_sku("NO-SUCH-SKU", subject.ask()),
            subject.provider.variant("0000000000000000001", subject.ask()),
        ):
            with pytest.raises(NotFound):
                await ask_for_it

    async def test_foreign_addresses_name_no_product(self, subject: Subject) -> None:
        """An address of somebody else is nobody's product page."""
        for url in ("https://example.com/product/1.html", "https://example.com/", "not an address"):
            assert subject.provider.product_id_of_url(url) is None

    async def test_warehouses_stand_in_countries(self, subject: Subject) -> None:
        """Warehouses have names and ISO countries, and one that is not there is NotFound."""
        subject.needs(Feature.WAREHOUSES)
        warehouses = (await subject.provider.warehouses(subject.ask())).value
        assert warehouses
        for warehouse in warehouses:
            assert warehouse.name.strip()
            assert pycountry.countries.get(alpha_2=warehouse.country)
        with pytest.raises(NotFound):
            await subject.provider.warehouse("no-such-warehouse", subject.ask())

    async def test_reviews_have_scores(self, subject: Subject) -> None:
        """Reviews have one to five stars where they have any, and a score filter is kept."""
        subject.needs(Feature.REVIEWS)
        for product in await subject.some_products(self.words):
            page = await subject.provider.reviews(product.id, 1, score=5, ask=subject.ask())
            assert all(review.score == 5 for review in page.value.reviews)

    async def test_entities_are_frozen(self, subject: Subject) -> None:
        """What a provider gives away cannot be changed by whoever gets it: it is shared."""
        subject.needs(Feature.PRODUCT_SEARCH)
        product = (await subject.search(model.ProductSearch(query=self.words))).value.products[0]
        with pytest.raises(AttributeError):
            product.title = "changed"  # type: ignore[misc]
        assert replace(product, title="changed") != product


def _check_product(product: model.Product, code: str) -> None:
    assert product.provider == code
    assert product.is_complete
    assert product.title.strip()
    assert product.minimum_order_quantity >= 1
    assert product.created_at is None or product.created_at.tzinfo is not None
    for days in (product.processing, product.transit):
        assert days is None or 0 <= days.low <= days.high
    for prices in (product.price, product.list_price, product.suggested_retail_price):
        if prices is not None:
            assert prices.low.currency == prices.high.currency
            assert prices.low.amount <= prices.high.amount
    assert product.weight_grams != 0, "a weight that is not known is None"
    assert product.variants
    ids = [variant.id for variant in product.variants]
    assert len(ids) == len(set(ids))


def _check_prices(product: model.Product, variant: model.Variant) -> None:
    tiers = variant.price_tiers
    if variant.price is not None:
        assert isinstance(variant.price.amount, Decimal)
        assert variant.price.amount > 0, "a price that is not known is None"
        assert pycountry.currencies.get(alpha_3=variant.price.currency)
        assert tiers, "a price without tiers: one open tier says that it does not depend on quantity"
        assert tiers[0].unit_price == variant.price
        if product.price is not None:
            assert product.price.low.amount <= variant.price.amount <= product.price.high.amount
    if tiers:
        assert tiers[0].minimum >= product.minimum_order_quantity
        assert all(isinstance(tier.unit_price.amount, Decimal) for tier in tiers)
        assert all(tier.unit_price.amount > 0 for tier in tiers)
        assert tiers[-1].maximum is None, "the last tier is open"
        for tier, following in pairwise(tiers):
            assert tier.maximum is not None
            assert following.minimum == tier.maximum + 1


def _check_stock(variant: model.Variant) -> None:
    places = [(level.country, level.warehouse_id, level.verified) for level in variant.inventory or ()]
    assert len(places) == len(set(places)), "rows of one variant overlap"
    for level in variant.inventory or ():
        assert level.quantity >= 0
        assert pycountry.countries.get(alpha_2=level.country)
        if level.supplier_held is not None and level.factory_held is not None:
            assert level.supplier_held + level.factory_held == level.quantity
