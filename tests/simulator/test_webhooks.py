"""Subscriptions to products, which decide what webhooks tell of."""

from tests.simulator.caller import Caller


async def test_subscriptions(cj: Caller) -> None:
    """Products are subscribed one by one, listed for the account's shop, and dropped again."""
    shop = (await cj.data("GET", "/shop/getShops"))[0]["id"]
    pids = [product.pid for product in cj.world.products[:3]]
    answer = await cj.data("POST", "/webhook/product/subscribe", json={"productIds": [*pids, "0"]})
    assert (answer["successProductIds"], answer["failProductIds"]) == (pids, ["0"])
    again = await cj.data("POST", "/webhook/product/subscribe", json={"productIds": pids[:1]})
    assert again["failProductIds"] == pids[:1]
    assert await cj.data("POST", "/webhook/product/unsubscribe", json={"productIds": pids[1:]}) is True
    listed = await cj.data("GET", "/webhook/product/subscribe/list", params={"shopId": shop})
    assert [one["productId"] for one in listed["content"]] == pids[:1]
    assert (await cj.data("GET", "/webhook/product/subscribe/list", params={"shopId": "0"}))[
        "totalRecords"
    ] == 0
    account = cj.simulator.account(cj.key)
    account.subscribed |= dict.fromkeys(
        (product.pid for product in cj.world.products[3:1002]), cj.clock.now()
    )
    assert (await cj.post("/webhook/product/subscribe", productIds=pids[1:]))["code"] == 1606011
