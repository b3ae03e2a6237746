"""
Telling CJ where news go, and about which products. The news themselves are `deliveries.py`.

CJ documentation, "Webhook", read 2026-11-23.
"""

from typing import Final
from urllib.parse import urlsplit

from providers.cj.simulator.accounts import Callback
from providers.cj.simulator.deliveries import probe
from providers.cj.simulator.endpoint import Context, get, post
from providers.cj.simulator.envelope import Answer, Refusal, Style
from providers.cj.simulator.inputs import param_error
from providers.cj.simulator.shapes import pictures_of

_REQUIRED: Final = ("product", "stock", "order", "logistics")
_OPTIONAL: Final = ("makeup", "privateOrder")
_LOCAL: Final = frozenset(("localhost", "127.0.0.1", "::1", "0.0.0.0"))  # noqa: S104 - names to refuse, not to bind
CAPS: Final = (1000, 1000, 2000, 3000, 5000, 10_000)
"""Product subscriptions by account level, 0 to 5."""
_MOST_IDS: Final = 100


async def set_webhook(context: Context) -> Answer:
    """Set the receivers of all topics after asking each whether it is there."""
    wanted: dict[str, Callback] = {}
    for topic in (*_REQUIRED, *_OPTIONAL):
        value = context.inputs.body.get(topic)
        if value is None and topic in _OPTIONAL:
            continue
        wanted[topic] = _callback(topic, value)
    urls = dict.fromkeys(url for callback in wanted.values() if callback.enabled for url in callback.urls)
    for url in urls:
        await _ask(context, url)
    context.account.callbacks.update(wanted)
    return Answer(data=True)


def _callback(topic: str, value: object) -> Callback:
    if not isinstance(value, dict):
        raise Refusal(16900403, f"{topic} must not be empty")
    kind, urls = value.get("type"), value.get("callbackUrls") or []
    if (
        kind not in ("ENABLE", "CANCEL")
        or not isinstance(urls, list)
        or not all(isinstance(url, str) for url in urls)
    ):
        raise param_error()
    if kind == "CANCEL":
        return Callback(enabled=False)
    if len(urls) != 1:
        raise Refusal(1600300, f"{topic}: exactly one callbackUrl is needed")
    address = urlsplit(urls[0])
    if address.hostname in _LOCAL:
        raise Refusal(1607001, "The callback must not be localhost")
    if address.scheme != "https":
        raise Refusal(1607002, "The callback must be https")
    return Callback(enabled=True, urls=urls)


async def _ask(context: Context, url: str) -> None:
    simulator = context.simulator
    if simulator.send is None:
        return
    status = await probe(simulator.send, url, context.account.open_id, simulator.new_uuid())
    if status is None:
        raise Refusal(1607003, "The callback did not answer within 3 seconds")
    if status != 200:  # noqa: PLR2004
        raise Refusal(1600300, f"The callback answered with status {status}")


def _ids(context: Context) -> list[str]:
    wanted = context.inputs.many("productIds")
    if not wanted:
        raise Refusal(16900403, "productIds must not be empty")
    if len(wanted) > _MOST_IDS:
        raise param_error()
    return list(dict.fromkeys(wanted))


def subscribe(context: Context) -> Answer:
    """Add products to those news come about; unknown ones and those already there fail one by one."""
    account = context.account
    added: list[str] = []
    failed: list[str] = []
    wanted = _ids(context)
    new = [pid for pid in wanted if pid in context.world.by_pid and pid not in account.subscribed]
    if len(account.subscribed) + len(new) > CAPS[account.level]:
        raise Refusal(1606011, f"No more than {CAPS[account.level]} products can be subscribed")
    for pid in wanted:
        (added if pid in new else failed).append(pid)
    account.subscribed |= dict.fromkeys(added, context.now)
    return Answer({"successProductIds": added, "failProductIds": failed, "subscribeAll": False})


def unsubscribe(context: Context) -> Answer:
    """Drop products; refused when none of them was subscribed."""
    account = context.account
    known = [pid for pid in _ids(context) if pid in account.subscribed]
    if not known:
        raise Refusal(1606012, "The product cannot be unsubscribed")
    for pid in known:
        del account.subscribed[pid]
    return Answer(data=True)


def list_subscribed(context: Context) -> Answer:
    """One page of subscribed products; `status` is false for those taken down since."""
    asked, account = context.inputs, context.account
    shop = asked.required("shopId", 50)
    page, size = asked.page("pageNum", 1, 1_000_000), asked.page("pageSize", 20, 200)
    sku, pid = asked.text("sku", 21), asked.text("productId", 50)
    products = [
        (context.world.by_pid[one], added)
        for one, added in account.subscribed.items()
        if shop == account.shop_id
    ]
    found = [(one, added) for one, added in products if sku in (None, one.sku) and pid in (None, one.pid)]
    content = [
        {
            "productId": product.pid,
            "sku": product.sku,
            "productName": product.title,
            "productImage": pictures_of(context, product)[0],
            "status": not product.taken_down,
            "reason": "taken down" if product.taken_down else None,
            "createAt": int(added.timestamp() * 1000),
        }
        for product, added in found[(page - 1) * size : page * size]
    ]
    return Answer(
        {
            "pageSize": size,
            "pageNumber": page,
            "totalRecords": len(found),
            "totalPages": -(-len(found) // size),
            "content": content,
        }
    )


ENDPOINTS = (
    post("/webhook/set", set_webhook),
    post("/webhook/product/subscribe", subscribe, points=10, style=Style.BOTH),
    post("/webhook/product/unsubscribe", unsubscribe, points=10, style=Style.BOTH),
    get("/webhook/product/subscribe/list", list_subscribed, style=Style.BOTH),
)
