"""listV2 and list: every filter keeps what it should, every order is one, pages cover everything once."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from providers.cj.simulator.catalogue.goods import Product
from providers.cj.simulator.catalogue.making import newest_since
from providers.cj.simulator.catalogue.search import words_of
from tests.simulator.caller import Caller

Claim = Callable[[Caller, Product], bool]
LEAF, GROUP = "CJ", "groups"


def inventory(cj: Caller, product: Product) -> int:
    return cj.world.inventory(product)


def leaf(cj: Caller) -> str:
    return cj.world.leaves[42].id


FILTERS: dict[str, tuple[dict[str, Any], Claim]] = {
    "category": ({"categoryId": "$leaf"}, lambda cj, product: product.leaf.id == leaf(cj)),
    "second level": (
        {"lv2categoryList": "$group"},
        lambda cj, product: product.leaf.group.id == cj.world.leaves[42].group.id,
    ),
    "third levels": ({"lv3categoryList": "$leaves"}, lambda cj, product: product.leaf in cj.world.leaves[:2]),
    "stock in a country": (
        {"countryCode": "DE"},
        lambda cj, product: cj.world.product_total(product, "DE").total > 0,
    ),
    "price from": ({"startSellPrice": "20.5"}, lambda _, product: product.high_cents >= 2050),
    "price to": ({"endSellPrice": 4}, lambda _, product: product.low_cents <= 400),
    "free shipping": ({"addMarkStatus": 1}, lambda _, product: product.free_shipping),
    "paid shipping": ({"addMarkStatus": 0}, lambda _, product: not product.free_shipping),
    "suppliers": ({"productType": 4}, lambda _, product: product.supplier is not None),
    "with video": ({"productType": 10}, lambda _, product: product.video),
    "without video": ({"productType": 11}, lambda _, product: not product.video),
    "trending": ({"productFlag": 0}, lambda _, product: product.listed >= 60),
    "new": ({"productFlag": 1}, lambda _, product: product.created_ms >= newest_since(60)),
    "flag video": ({"productFlag": 2}, lambda _, product: product.video),
    "slow moving": (
        {"productFlag": 3},
        lambda _, product: product.listed < 2 and product.created_ms < newest_since(365),
    ),
    "stock from": ({"startWarehouseInventory": 50_000}, lambda cj, product: inventory(cj, product) >= 50_000),
    "stock to": ({"endWarehouseInventory": 0}, lambda cj, product: inventory(cj, product) == 0),
    "verified": ({"verifiedWarehouse": 1}, lambda _, product: next(iter(product.stock)) in product.verified),
    "unverified": (
        {"verifiedWarehouse": 2},
        lambda _, product: next(iter(product.stock)) not in product.verified,
    ),
    "listed from": (
        {"timeStart": newest_since(100)},
        lambda _, product: product.created_ms >= newest_since(100),
    ),
    "listed to": (
        {"timeEnd": newest_since(1000)},
        lambda _, product: product.created_ms <= newest_since(1000),
    ),
    "platform": ({"zonePlatform": "etsy"}, lambda _, product: "etsy" in product.platforms),
    "overseas": ({"isWarehouse": "true"}, lambda _, product: set(product.stock) != {"CN"}),
    "supplier": (
        {"supplierId": "8800137"},
        lambda _, product: product.supplier is not None and product.supplier[1] == "8800137",
    ),
    "certified": ({"hasCertification": 1}, lambda _, product: product.certified),
    "self pickup": ({"isSelfPickup": 1}, lambda _, product: product.self_pickup),
    "customizable": ({"customization": 1}, lambda _, product: product.customization > 0),
}
OLD_FILTERS: dict[str, tuple[dict[str, Any], Claim]] = {
    "category": ({"categoryId": "$leaf"}, lambda cj, product: product.leaf.id == leaf(cj)),
    "english": (
        {"productNameEn": "storage boxes"},
        lambda _, product: {"storage", "box"} <= set(words_of(product.title)),
    ),
    "chinese": ({"productName": "蜡烛"}, lambda _, product: "蜡烛" in product.chinese),
    "type": (
        {"productType": "SUPPLIER_PRODUCT"},
        lambda _, product: product.product_type == "SUPPLIER_PRODUCT",
    ),
    "country": ({"countryCode": "GB"}, lambda cj, product: cj.world.product_total(product, "GB").total > 0),
    "verified": ({"verifiedWarehouse": 1}, lambda _, product: next(iter(product.stock)) in product.verified),
    "stock from": ({"startInventory": 50_000}, lambda cj, product: inventory(cj, product) >= 50_000),
    "stock to": ({"endInventory": 0}, lambda cj, product: inventory(cj, product) == 0),
    "price": (
        {"minPrice": 5, "maxPrice": 6},
        lambda _, product: product.high_cents >= 500 and product.low_cents <= 600,
    ),
    "listed": ({"minListedNum": 10, "maxListedNum": 30}, lambda _, product: 10 <= product.listed <= 30),
    "created": (
        {"createTimeFrom": "2025-01-01 00:00:00"},
        lambda _, product: product.created_ms >= 1_735_689_600_000,
    ),
    "created to": (
        {"createTimeTo": "2022-01-01 00:00:00"},
        lambda _, product: product.created_ms <= 1_640_995_200_000,
    ),
    "trending": ({"searchType": 2}, lambda _, product: product.listed >= 60),
    "free": ({"isFreeShipping": 1}, lambda _, product: product.free_shipping),
    "pickup": ({"isSelfPickup": 1}, lambda _, product: product.self_pickup),
    "version": ({"customizationVersion": 3}, lambda _, product: product.customization == 3),
    "quick": ({"deliveryTime": "24"}, lambda _, product: product.delivery.startswith("1-")),
}


def filled(cj: Caller, params: dict[str, Any]) -> dict[str, Any]:
    known = {
        "$leaf": leaf(cj),
        "$group": cj.world.leaves[42].group.id,
        "$leaves": [one.id for one in cj.world.leaves[:2]],
    }
    return {
        name: known.get(value, value) if isinstance(value, str) else value for name, value in params.items()
    }


async def pids(cj: Caller, **params: Any) -> tuple[list[str], int]:
    """All pids a listV2 query reaches, page by page, and the total it states."""
    found: list[str] = []
    page = 1
    while True:
        data = await cj.data("GET", "/product/listV2", params={**params, "page": page, "size": 100})
        rows = data["content"][0]["productList"]
        found.extend(row["id"] for row in rows)
        if page >= data["totalPages"]:
            return found, data["totalRecords"]
        page += 1


@pytest.mark.parametrize("name", FILTERS)
async def test_filter(cj: Caller, name: str) -> None:
    """A filter keeps all products that meet it and no other, and the stated total is their number."""
    params, claim = FILTERS[name]
    found, total = await pids(cj, **filled(cj, params))
    expected = {product.pid for product in cj.world.products if not product.taken_down and claim(cj, product)}
    assert expected
    assert set(found) == expected
    assert len(found) == total == len(expected)
    assert len(expected) < len(cj.world.products) * 0.99


@pytest.mark.parametrize("name", OLD_FILTERS)
async def test_old_filter(cj: Caller, name: str) -> None:
    """The older list's filters keep all products that meet them and no other."""
    params, claim = OLD_FILTERS[name]
    found: set[str] = set()
    expected = {product.pid for product in cj.world.products if not product.taken_down and claim(cj, product)}
    for page in range(1, 2 + len(expected) // 200):
        data = await cj.data(
            "GET", "/product/list", params={**filled(cj, params), "pageNum": page, "pageSize": 200}
        )
        assert data["total"] == len(expected)
        found |= {row["pid"] for row in data["list"]}
    assert found == expected
    assert 0 < len(expected) < len(cj.world.products) * 0.99


@pytest.mark.parametrize("direction", ["asc", "desc"])
@pytest.mark.parametrize(
    ("order", "key"),
    [
        (1, lambda _, product: product.listed),
        (2, lambda cj, product: cj.world.price_range(product)[0]),
        (3, lambda _, product: product.created_ms),
        (4, lambda cj, product: cj.world.inventory(product)),
    ],
)
async def test_order(cj: Caller, order: int, key: Callable[[Caller, Product], int], direction: str) -> None:
    """Each order sorts the whole result, and its pages hold every product once."""
    found, total = await pids(cj, orderBy=order, sort=direction)
    values = [key(cj, cj.world.by_pid[pid]) for pid in found]
    assert values == sorted(values, reverse=direction == "desc")
    assert len(set(found)) == total


async def test_descending_is_the_default(cj: Caller) -> None:
    """Without `sort` the greatest come first."""
    assert await pids(cj, orderBy=2) == await pids(cj, orderBy=2, sort="desc")


async def test_words_find_titles_first(cj: Caller) -> None:
    """Products named by all the words come first, and plurals do not matter."""
    found, _ = await pids(cj, keyWord="wooden puzzles")
    titles = [set(words_of(cj.world.by_pid[pid].title)) for pid in found]
    assert {"wooden", "puzzle"} <= titles[0]
    assert found == (await pids(cj, keyWord="wooden puzzle"))[0]
    ranks = [{"wooden", "puzzle"} <= title for title in titles]
    assert not all(ranks)
    assert ranks == sorted(ranks, reverse=True)


@pytest.mark.parametrize(
    "word", ["lantern", "dog bed", "phone case", "yoga mat", "dress", "cable", "baby bottle"]
)
async def test_common_words_find_something(cj: Caller, word: str) -> None:
    """What shops sell is found; the first has every word, and everything has at least one."""
    found, total = await pids(cj, keyWord=word)
    assert total > 3
    for pid in found:
        product = cj.world.by_pid[pid]
        text = words_of(f"{product.title} {product.leaf.path} {product.material}")
        missing = [asked for asked in words_of(word) if not any(known.startswith(asked) for known in text)]
        assert len(missing) < len(words_of(word))
    first = cj.world.by_pid[found[0]]
    assert set(words_of(word)) <= set(words_of(f"{first.title} {first.leaf.path}"))


async def test_unknown_words_find_nothing(cj: Caller) -> None:
    """Nonsense finds nothing; a nonsense word beside a good one does not hide what that finds."""
    assert await pids(cj, keyWord="qqxyzzy") == ([], 0)
    assert (await pids(cj, keyWord="lantern qqxyzzy"))[0] == (await pids(cj, keyWord="lantern"))[0]


async def test_half_a_word_finds_whole_ones(cj: Caller) -> None:
    """Typing the beginning of a word finds it."""
    assert set((await pids(cj, keyWord="backpac"))[0]) == set((await pids(cj, keyWord="backpack"))[0])


async def test_skus_find_their_product(cj: Caller) -> None:
    """An SPU, and the SKU of a variant, find exactly their product; an unknown SKU finds none."""
    variant = cj.plain()
    for sku in (variant.product.sku, variant.sku, variant.product.sku.lower()):
        assert await pids(cj, keyWord=sku) == ([variant.product.pid], 1)
    assert await pids(cj, keyWord="CJZZ0000000") == ([], 0)


async def test_filters_work_together(cj: Caller) -> None:
    """Words, country and price all hold at once."""
    found, _ = await pids(cj, keyWord="bag", countryCode="US", endSellPrice=20)
    assert found
    for pid in found:
        product = cj.world.by_pid[pid]
        assert cj.world.product_total(product, "US").total > 0
        assert product.low_cents <= 2000


async def test_features(cj: Caller) -> None:
    """Category names, descriptions and videos come only when asked for, joined by commas or not."""
    plain = (await cj.data("GET", "/product/listV2", params={"productType": 10}))["content"][0][
        "productList"
    ][0]
    assert (plain["oneCategoryName"], plain["description"], plain["videoList"]) == (None, None, None)
    features = "enable_category,enable_description,enable_video"
    params = {"productType": 10, "features": features}
    full = (await cj.data("GET", "/product/listV2", params=params))["content"][0]["productList"][0]
    product = cj.world.by_pid[full["id"]]
    assert full["oneCategoryName"] == product.leaf.group.first_name
    assert full["description"].startswith("<p>")
    assert full["videoList"]
    assert {name for name in full if full[name] != plain[name]} == {
        *("oneCategoryName", "oneCategoryId", "twoCategoryName", "twoCategoryId", "threeCategoryName"),
        *("description", "videoList"),
    }


async def test_page_shape(cj: Caller) -> None:
    """Totals, pages and echoed words are those of the query; one page beyond the last is empty."""
    data = await cj.data("GET", "/product/listV2", params={"keyWord": "lamp", "size": 7})
    total = data["totalRecords"]
    assert (data["pageSize"], data["pageNumber"], data["totalPages"]) == (7, 1, -(-total // 7))
    content = data["content"][0]
    assert (content["keyWord"], content["keyWordOld"], len(content["productList"])) == ("lamp", "lamp", 7)
    assert content["relatedCategoryList"]
    last = await cj.data(
        "GET", "/product/listV2", params={"keyWord": "lamp", "size": 7, "page": data["totalPages"] + 1}
    )
    assert (last["content"][0]["productList"], last["totalRecords"]) == ([], total)


@pytest.mark.parametrize(("form", "kind"), [("range", str), ("string", str), ("number", float)])
async def test_price_forms(make: Callable[..., Caller], form: str, kind: type) -> None:
    """A price that differs between variants is a range, a text or a number, as the option says."""
    cj = make(sell_price=form)
    await cj.log_in()
    product = next(one for one in cj.world.products if one.low_cents < one.high_cents and not one.taken_down)
    row = (await cj.data("GET", "/product/listV2", params={"keyWord": product.sku}))["content"][0][
        "productList"
    ][0]
    assert type(row["sellPrice"]) is kind
    assert (" -- " in str(row["sellPrice"])) == (form == "range")
    old = (await cj.data("GET", "/product/list", params={"pid": product.pid}))["list"][0]
    assert type(old["sellPrice"]) is (str if form == "range" else float)


async def test_list_agrees_with_details(cj: Caller) -> None:
    """Price range, stock and category of fifty products in the list are those of their details."""
    rows = (await cj.data("GET", "/product/listV2", params={"size": 50, "page": 3}))["content"][0][
        "productList"
    ]
    for row in rows:
        params = {"pid": row["id"], "features": "enable_inventory"}
        product = await cj.data("GET", "/product/query", params=params)
        prices = [variant["variantSellPrice"] for variant in product["variants"]]
        stock = sum(
            one["totalInventory"] for variant in product["variants"] for one in variant["inventories"]
        )
        span = (
            f"{min(prices):.2f}" if min(prices) == max(prices) else f"{min(prices):.2f} -- {max(prices):.2f}"
        )
        assert (row["sellPrice"], row["warehouseInventoryNum"]) == (span, stock)
        assert (row["categoryId"], row["nameEn"], row["sku"]) == (
            product["categoryId"],
            product["productNameEn"],
            product["productSku"],
        )
        assert row["totalVerifiedInventory"] + row["totalUnVerifiedInventory"] == stock
        assert json.loads(product["productKey"]) is not None
