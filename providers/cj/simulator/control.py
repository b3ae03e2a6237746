"""
Everything outside CJ's own paths: pictures, and the levers and dials below `/_simulator`.

None of it is counted or limited. The levers are for tests and demonstrations of the served simulator; in
process the same things are attributes of `app.state.simulator`.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

import orjson

from providers import pictures
from providers.cj.simulator import orders
from providers.cj.simulator.accounts import Account, Bill
from providers.cj.simulator.faults import PRESETS, Fault
from providers.cj.simulator.options import Options
from providers.cj.simulator.simulator import Simulator

JSON: Final = "application/json"
_SVG: Final = "image/svg+xml"
_MANY: Final = 10_000

Body = Mapping[str, Any]
Query = Mapping[str, list[str]]


def answer(simulator: Simulator, method: str, path: str, query: Query, raw: bytes) -> tuple[int, str, bytes]:
    """HTTP status, content type and body for a path outside the API."""
    if path.startswith("/pictures/") and path.endswith(".svg"):
        return 200, _SVG, draw(path.removeprefix("/pictures/").removesuffix(".svg"))
    act = ACTIONS.get((method, path))
    if act is None:
        return (
            404,
            JSON,
            orjson.dumps(
                {"error": f"no control {method} {path}", "known": [" ".join(key) for key in ACTIONS]}
            ),
        )
    try:
        body = orjson.loads(raw) if raw else {}
        return 200, JSON, orjson.dumps(act(simulator, body, query))
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        return 400, JSON, orjson.dumps({"error": f"{type(problem).__name__}: {problem}"})


@lru_cache(maxsize=512)
def draw(name: str) -> bytes:
    """The picture a name asks for: `kind-SPU` or `kind-SPU-Navy_Blue`."""
    kind, _, rest = name.partition("-")
    seed, _, colour = rest.partition("-")
    return pictures.draw(kind, seed, colour.replace("_", " ") or None).encode()


def read_ledger(simulator: Simulator, _: Body, query: Query) -> object:
    """Counts, and with `?latest=N` the last calls."""
    return simulator.ledger.summary(min(_MANY, int(query.get("latest", ["0"])[0])))


def clear_ledger(simulator: Simulator, _: Body, __: Query) -> object:
    """Count from zero."""
    simulator.ledger.clear()
    return {"cleared": True}


def reset(simulator: Simulator, body: Body, _: Query) -> object:
    """Back to the start; `{"tokens": true}` forgets tokens too."""
    simulator.reset(keep_tokens=not body.get("tokens", False))
    return {"reset": True}


def read_options(simulator: Simulator, _: Body, __: Query) -> object:
    """All switches."""
    values = asdict(simulator.options)
    return values | {"api_keys": sorted(values["api_keys"]) if values["api_keys"] is not None else None}


def set_options(simulator: Simulator, body: Body, query: Query) -> object:
    """Turn some switches by name."""
    known = {field.name for field in fields(Options)}
    if unknown := set(body) - known:
        raise ValueError(f"no such option: {', '.join(sorted(unknown))}")
    for name, value in body.items():
        setattr(
            simulator.options, name, frozenset(value) if name == "api_keys" and value is not None else value
        )
    return read_options(simulator, {}, query)


def read_faults(simulator: Simulator, _: Body, __: Query) -> object:
    """Faults in force, and the names of presets."""
    return {"active": [asdict(fault) for fault in simulator.faults.active], "presets": sorted(PRESETS)}


def add_faults(simulator: Simulator, body: Any, query: Query) -> object:
    """Put one fault, a list of them, or `{"preset": name}` in force."""
    for wanted in body if isinstance(body, list) else [body]:
        if "preset" in wanted:
            simulator.faults.preset(wanted["preset"], times=wanted.get("times", 1))
        else:
            simulator.faults.add(Fault(**wanted))
    return read_faults(simulator, {}, query)


def clear_faults(simulator: Simulator, _: Body, query: Query) -> object:
    """Lift all faults, or those whose pattern matches `?path=`."""
    simulator.faults.clear(query.get("path", ["*"])[0])
    return read_faults(simulator, {}, query)


def _account(simulator: Simulator, body: Body) -> Account:
    name = str(body["account"])
    return simulator.accounts.numbered(name) or simulator.account(name)


def set_account(simulator: Simulator, body: Body, _: Query) -> object:
    """`account` (number or key) and any of `level`, `rate`, `points`, `total`, `balance`, `restricted`."""
    account = _account(simulator, body)
    account.points.refill(simulator.now())
    account.level = int(body.get("level", account.level))
    account.rate = body.get("rate", account.rate)
    if "total" in body:
        account.points.total = account.points.remaining = float(body["total"])
    account.points.remaining = float(body.get("points", account.points.remaining))
    account.balance_cents = round(float(body.get("balance", account.balance_cents / 100)) * 100)
    account.balance_restricted = bool(body.get("restricted", account.balance_restricted))
    return {
        "account": account.number,
        "openId": account.open_id,
        "level": account.level,
        "rate": simulator.accounts.rate_of(account),
        "points": account.points.info(simulator.now()),
        "balance": account.balance_cents / 100,
    }


def set_stock(simulator: Simulator, body: Body, _: Query) -> object:
    """Make `vid`'s stock in `countryCode` `units`."""
    variant = simulator.world.variant(str(body["vid"]))
    if variant is None:
        raise ValueError("no such variant")
    simulator.world.set_stock(variant, str(body["countryCode"]), int(body["units"]))
    return {"vid": variant.vid, "units": simulator.world.total(variant, str(body["countryCode"])).total}


def set_price(simulator: Simulator, body: Body, _: Query) -> object:
    """Multiply original prices with `factor`, of one `pid` or of all."""
    simulator.world.change_price(float(body["factor"]), str(body.get("pid", "*")))
    return {"factor": float(body["factor"])}


def take_down(simulator: Simulator, body: Body, _: Query) -> object:
    """Take a `pid` off the shelves, or with `back` put it back."""
    product = simulator.world.by_pid[str(body["pid"])]
    simulator.world.take_down(product, back=bool(body.get("back", False)))
    return {"pid": product.pid, "takenDown": product.taken_down}


def add_bill(simulator: Simulator, body: Body, _: Query) -> object:
    """Raise a makeup bill: `account`, `orderCode`, `amount`, `reason`."""
    account = _account(simulator, body)
    now = simulator.now()
    cents = round(float(body["amount"]) * 100)
    reason = str(body.get("reason", "weight difference"))
    bill = Bill(f"BT{account.orders.new_id(now)}", str(body["orderCode"]), cents, reason, now)
    account.bills.append(bill)
    return {"orderCode": bill.code}


def move_order(simulator: Simulator, body: Body, _: Query) -> object:
    """Let an order of `account` (`orderId`, any id) become `status` 300 to 700 as CJ's staff would."""
    account = _account(simulator, body)
    order = account.orders.any_of(str(body["orderId"]))
    status = int(body["status"])
    if order is None or status not in orders.STATUS_TEXT:
        raise ValueError("no such order or status")
    now = simulator.now()
    order.paid = order.paid or (now if status >= orders.PENDING else None)
    if status in (orders.SHIPPED, orders.DELIVERED):
        orders.ship(order, now)
    if status == orders.DELIVERED:
        order.delivered = now
    order.status = status
    return {"orderId": order.id, "status": status}


def split_order(simulator: Simulator, body: Body, _: Query) -> object:
    """Split a paid order of `account` (`orderId`, any id) into parts with codes of their own."""
    account = _account(simulator, body)
    order = account.orders.any_of(str(body["orderId"]))
    if order is None:
        raise ValueError("no such order")
    return {"orderCodes": [part.code for part in account.orders.split(order, simulator.now())]}


def end_dispute(simulator: Simulator, body: Body, _: Query) -> object:
    """End a dispute of `account` (`disputeId`) as CJ's staff would: `deal` 1 refund, 2 resend, 3 rejected."""
    found = (each for each in _account(simulator, body).disputes if each.id == str(body["disputeId"]))
    dispute, deal = next(found, None), int(body["deal"])
    if dispute is None or dispute.cancelled or deal not in (1, 2, 3):
        raise ValueError("no such open dispute, or no such end")
    dispute.deal = deal
    return {"disputeId": dispute.id, "deal": deal}


ACTIONS: Final[Mapping[tuple[str, str], Callable[[Simulator, Any, Query], object]]] = MappingProxyType(
    {
        ("GET", "/_simulator/ledger"): read_ledger,
        ("DELETE", "/_simulator/ledger"): clear_ledger,
        ("POST", "/_simulator/reset"): reset,
        ("GET", "/_simulator/options"): read_options,
        ("POST", "/_simulator/options"): set_options,
        ("GET", "/_simulator/faults"): read_faults,
        ("POST", "/_simulator/faults"): add_faults,
        ("DELETE", "/_simulator/faults"): clear_faults,
        ("POST", "/_simulator/account"): set_account,
        ("POST", "/_simulator/stock"): set_stock,
        ("POST", "/_simulator/price"): set_price,
        ("POST", "/_simulator/take-down"): take_down,
        ("POST", "/_simulator/bill"): add_bill,
        ("POST", "/_simulator/order"): move_order,
        ("POST", "/_simulator/split"): split_order,
        ("POST", "/_simulator/dispute"): end_dispute,
    }
)
