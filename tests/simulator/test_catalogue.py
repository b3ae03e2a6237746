"""The invented goods: how many, how varied, how coherent, and the same every time."""

import json
import re
from collections import Counter
from typing import Any

import httpx
import pytest

from providers import pictures
from providers.cj.simulator import World
from providers.cj.simulator.catalogue.details import describe
from providers.cj.simulator.catalogue.places import AREAS
from providers.cj.simulator.freight import volume_of
from providers.cj.simulator.world import add_up
from tests.simulator.caller import Caller


def test_size_and_depth(world: World) -> None:
    """There are at least 2,000 products on 200 shelves in three levels, with 1 to 40 variants each."""
    assert len(world.products) >= 2000
    assert len(world.leaves) == 200
    assert len({leaf.group.id for leaf in world.leaves}) == 40
    assert len({leaf.group.first_id for leaf in world.leaves}) == 10
    counts = [product.variant_count for product in world.products]
    assert (min(counts), max(counts)) == (1, 40)
    assert len(set(counts)) > 20


def test_same_seed_same_world() -> None:
    """Equal seeds give equal products, variants and reviews; another seed gives others."""
    first, second, other = World(7, 60), World(7, 60), World(8, 60)
    assert first.products == second.products
    assert [first.variants(product) for product in first.products] == [
        second.variants(product) for product in second.products
    ]
    assert [first.reviews(product) for product in first.products] == [
        second.reviews(product) for product in second.products
    ]
    assert first.products != other.products


def test_ids_are_unique_and_of_both_kinds(world: World) -> None:
    """Product and variant ids are unique; some are upper-case UUIDs, most are decimals beyond 2^53."""
    vids = [variant.vid for product in world.products for variant in world.variants(product, gone=True)]
    pids = [product.pid for product in world.products]
    assert len({*vids, *pids}) == len(vids) + len(pids)
    decimal = [pid for pid in pids if pid.isdigit()]
    assert 0.5 < len(decimal) / len(pids) < 0.9
    assert all(len(pid) == 19 and int(pid) > 2**53 for pid in decimal)
    assert all(re.fullmatch(r"[0-9A-F-]{36}", pid) for pid in pids if not pid.isdigit())
    for vid in vids[::50]:
        found = world.variant(vid)
        assert found is not None
        assert found.vid == vid


def test_skus_are_unique_and_lead_back(world: World) -> None:
    """Every variant has its own SKU, in the old or the new style, that begins with its product's."""
    skus = Counter(
        variant.sku for product in world.products for variant in world.variants(product, gone=True)
    )
    assert max(skus.values()) == 1
    assert len({"-" in sku for sku in skus}) == 2
    for sku in list(skus)[::50]:
        variant = world.variant_by_sku(sku)
        assert variant is not None
        assert variant.sku == sku
        assert re.fullmatch(r"CJ[A-Z]{2}\d{7}", variant.product.sku)


def test_variants_add_up_to_their_product(world: World) -> None:
    """Stock of the variants is that of the product, and their prices and weights span its ranges."""
    for product in world.products:
        variants = world.variants(product)
        assert len(variants) == product.variant_count
        assert {min(one.cents for one in variants), max(one.cents for one in variants)} == {
            product.low_cents,
            product.high_cents,
        }
        assert all(product.grams[0] <= one.grams <= product.grams[1] for one in variants)
        for country, held in product.stock.items():
            assert add_up(world.total(one, country) for one in variants) == held


def test_goods_are_plausible(world: World) -> None:
    """Things are neither lead nor air, have their shelf's price, and titles of three to sixteen words."""
    for product in world.products:
        group = product.leaf.group
        variant = world.variants(product)[0]
        density = variant.grams / (volume_of(variant) / 1000)
        assert 0.03 < density < 3, product.title
        assert group.cents[0] <= product.low_cents <= group.cents[1]
        assert 2 <= len(product.title.split()) <= 16
        assert product.leaf.kind in pictures.pictograms()
    assert len({product.title for product in world.products}) == len(world.products)


def test_stock_is_like_live_data(world: World) -> None:
    """Nearly all goods lie uncounted at a factory in China; a share lies abroad, counted; some have none."""
    total = len(world.products)
    chinese = [product for product in world.products if "CN" in product.stock]
    assert len(chinese) > 0.9 * total
    assert sum("CN" not in product.verified for product in chinese) > 0.85 * len(chinese)
    for country in set(AREAS) - {"CN"}:
        assert 0.01 * total < sum(country in product.stock for product in world.products) < 0.3 * total
    assert 20 < sum(world.inventory(product) == 0 for product in world.products) < 0.12 * total


def test_every_standing_occurs(world: World) -> None:
    """Taken down, a variant gone, single, video, free shipping, supplier, reviewed: each occurs."""
    products = world.products
    for count in (
        sum(product.taken_down for product in products),
        sum(product.has_gone_variant for product in products),
        sum(product.variant_count == 1 for product in products),
        sum(product.video for product in products),
        sum(product.free_shipping for product in products),
        sum(product.product_type == "SUPPLIER_SHIPPED_PRODUCT" for product in products),
        sum(product.review_count == 0 for product in products),
        sum(product.review_count > 10 for product in products),
        sum(product.array_keys for product in products),
        sum(product.low_cents < product.high_cents for product in products),
    ):
        assert 15 < count < 2300


def test_popularity_is_a_power_law(world: World) -> None:
    """Half the products are listed by a handful of shops, a few by very many."""
    listed = sorted(product.listed for product in world.products)
    assert listed[len(listed) // 2] < 15
    assert listed[-10] > 1000


def test_reviews(world: World) -> None:
    """Reviews are as many as announced, newest first, with masked users and ids beyond 2^53."""
    for product in world.products[::17]:
        reviews = world.reviews(product)
        assert len(reviews) == product.review_count <= 60
        assert [one.written for one in reviews] == sorted((one.written for one in reviews), reverse=True)
        assert all(one.id > 2**53 and "***" in one.user and 1 <= one.score <= 5 for one in reviews)


def test_description_is_html_with_pictures(world: World) -> None:
    """A description is balanced HTML of some hundred characters that shows the pictures it is given."""
    text = describe(world.products[3], ["http://p.example/1.svg"])
    assert 300 < len(text) < 3000
    for tag in ("p", "ul", "li", "table", "tr", "td", "b"):
        assert text.count(f"<{tag}>") == text.count(f"</{tag}>")
    assert 'src="http://p.example/1.svg"' in text


def test_restore_undoes_changes() -> None:
    """Stock taken and prices moved are undone by a restore."""
    world = World(3, 40)
    product = next(one for one in world.products if world.product_total(one, "CN").total > 100)
    variant = max(world.variants(product), key=lambda one: world.total(one, "CN").total)
    before = world.inventory(product)
    assert world.take(variant, "CN", 10)
    assert not world.take(variant, "CN", 10**9)
    world.change_price(2.0)
    assert world.inventory(product) == before - 10
    assert world.price(variant) == 2 * variant.cents
    world.set_stock(variant, "CN", 7)
    assert world.total(variant, "CN").total == 7
    world.set_stock(variant, "CN", 700_000)
    assert world.total(variant, "CN").total == 700_000
    world.restore()
    assert (world.inventory(product), world.price(variant)) == (before, variant.cents)


@pytest.mark.parametrize("quirk", ["array_keys", "plain"])
async def test_variant_keys_come_in_two_forms(cj: Caller, quirk: str) -> None:
    """The key of a variant is its values joined by hyphens, or JSON text, depending on the product."""
    product = next(
        one
        for one in cj.world.products
        if len(one.axes) == 2 and not one.taken_down and one.array_keys == (quirk == "array_keys")
    )
    shown = (await cj.data("GET", "/product/query", params={"pid": product.pid}))["variants"]
    values = [list(variant.values) for variant in cj.world.variants(product)]
    keys = [variant["variantKey"] for variant in shown]
    assert (
        keys == [json.dumps(one) if quirk == "array_keys" else "-".join(one) for one in values]
        or [json.loads(key) for key in keys] == values
    )


async def test_single_variants_have_no_name(cj: Caller) -> None:
    """The only variant of a product has an empty English name and no axis."""
    product = cj.product(variant_count=1)
    shown = await cj.data("GET", "/product/query", params={"pid": product.pid})
    assert (shown["productKeyEn"], shown["variants"][0]["variantNameEn"]) == ("", "")


async def test_country_narrows_variants(cj: Caller) -> None:
    """With a country, product/query shows variants stocked there; variant/query all, with a count."""
    product = next(
        one
        for one in cj.world.products
        if not one.taken_down
        and 0
        < sum(cj.world.total(variant, "US").total > 0 for variant in cj.world.variants(one))
        < one.variant_count
    )
    params: dict[str, Any] = {"pid": product.pid, "countryCode": "US"}
    narrowed = (await cj.data("GET", "/product/query", params=params))["variants"]
    every = await cj.data("GET", "/product/variant/query", params=params)
    assert 0 < len(narrowed) < len(every) == product.variant_count
    assert {one["vid"] for one in narrowed} == {one["vid"] for one in every if one["inventoryNum"] > 0}
    plain = await cj.data("GET", "/product/variant/query", params={"pid": product.pid})
    assert all("inventoryNum" not in one for one in plain)


async def test_query_features(cj: Caller) -> None:
    """Stock, bundles and videos are in product/query only when asked for."""
    product = cj.product(video=True)
    features = ["enable_inventory", "enable_combine", "enable_video"]
    bare = await cj.data("GET", "/product/query", params={"pid": product.pid})
    full = await cj.data("GET", "/product/query", params={"pid": product.pid, "features": features})
    assert "productVideo" not in bare
    assert full["productVideo"]
    assert not {"inventories", "combineNum", "combineVariants"} & set(bare["variants"][0])
    assert {"inventories", "combineNum", "combineVariants"} <= set(full["variants"][0])
    cj.simulator.options.omit_inventories = True
    omitted = await cj.data("GET", "/product/query", params={"pid": product.pid, "features": features})
    assert "inventories" not in omitted["variants"][0]


async def test_stock_calls_agree(cj: Caller) -> None:
    """The three stock calls and the inventories block tell the same numbers in their different words."""
    product = next(
        one
        for one in cj.world.products
        if len(one.stock) > 2 and one.variant_count > 2 and not one.taken_down
    )
    whole = await cj.data("GET", "/product/stock/getInventoryByPid", params={"pid": product.pid})
    spu = await cj.data("GET", "/product/stock/queryBySku", params={"sku": product.sku})
    assert [(one["countryCode"], one["totalInventoryNum"]) for one in whole["inventories"]] == [
        (one["countryCode"], one["totalInventoryNum"]) for one in spu
    ]
    assert all(isinstance(one["areaId"], int) and one["stock"] is None for one in spu)
    for variant in cj.world.variants(product)[:3]:
        rows = await cj.data("GET", "/product/stock/queryByVid", params={"vid": variant.vid})
        mine = next(one["inventory"] for one in whole["variantInventories"] if one["vid"] == variant.vid)
        assert [(one["countryCode"], one["totalInventoryNum"], one["stock"]) for one in rows] == [
            (one["countryCode"], one["totalInventory"], one["stock"]) for one in mine
        ]
        assert all(isinstance(one["areaId"], str) for one in rows)
        for one in mine:
            held = sum(place["inventory"] + place["factoryInventory"] for place in one["stock"])
            assert held == one["totalInventory"] == one["cjInventory"] + one["factoryInventory"]
            assert all(re.fullmatch(r"\{.+\}", place["stockId"]) for place in one["stock"])


async def test_comments_pages_and_scores(cj: Caller) -> None:
    """Reviews come by pages and by score with totals as texts, through the old path too."""
    product = max((one for one in cj.world.products if not one.taken_down), key=lambda one: one.review_count)
    seen: list[int] = []
    for page in (1, 2, 3):
        data = await cj.data("GET", "/product/productComments", params={"pid": product.pid, "pageNum": page})
        assert data["total"] == str(product.review_count)
        seen.extend(row["commentId"] for row in data["list"])
    assert len(set(seen)) == min(60, product.review_count)
    five = await cj.data("GET", "/product/comments", params={"pid": product.pid, "score": 5})
    assert five["list"]
    assert {row["score"] for row in five["list"]} == {"5"}


async def test_pictures_are_served(cj: Caller) -> None:
    """Every kind of picture an answer names is an SVG of the same server, neither counted nor limited."""
    product = cj.product(array_keys=False)
    shown = await cj.data("GET", "/product/query", params={"pid": product.pid})
    addresses = [
        *shown["productImageSet"],
        *(one["variantImage"] for one in shown["variants"] if one["variantImage"]),
    ]
    before = len(cj.simulator.ledger)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(cj.app)) as client:
        for address in addresses:
            response = await client.get(address)
            assert (response.status_code, response.headers["content-type"]) == (200, "image/svg+xml")
            assert response.text.startswith("<svg")
            assert response.text.endswith("</svg>")
    assert len(cj.simulator.ledger) == before
