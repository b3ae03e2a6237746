"""
Misfortune on request: what a client must survive, as data.

A fault names a path pattern, a kind, and how often it strikes. Kinds marked *after* in `Fault.after` let the
endpoint do its work first: the order exists, the money is gone, and only the answer is lost.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from random import Random
from types import MappingProxyType
from typing import Final, Literal

Kind = Literal[
    "latency",          # params: seconds, jitter
    "error",            # params: code, message, status: an error envelope
    "status",           # params: status, body: an HTTP error with a page as its body
    "not_json",         # params: status, body: a page where JSON belongs
    "truncated",        # params: keep (0 to 1): the true answer, cut short
    "drop",             # the connection ends in the middle of the answer
    "hang",             # params: seconds: no answer for so long, or for ever
    "empty",            # success without the data, once in a while, for things that exist
    "omit",             # params: keys: fields left out of the answer, at any depth
    "revoke_token",     # the account's tokens die before this call is judged
    "exhaust_points",   # params: remaining: so many points left before this call is judged
    "set_balance",      # params: cents: the balance before the endpoint runs
    "price_change",     # params: factor, pid: prices move before the endpoint runs
    "twice",            # the request arrives twice, as a proxy repeats it; the later answer is given
]  # fmt: skip

KINDS: Final[frozenset[str]] = frozenset(Kind.__args__)  # type: ignore[attr-defined]
# These shape the answer itself, so at most one of them can take part in a call.
ANSWERS: Final = frozenset({"error", "status", "not_json", "truncated", "drop", "hang", "empty", "omit"})


@dataclass(slots=True)
class Fault:
    """
    One kind of misfortune for some calls.

    A fault without `times` and with probability 1 strikes every matching call until it is cleared.
    """

    kind: Kind
    path: str = "*"
    """Pattern on the path below the prefix: `/product/query`, `/shopping/*`."""
    probability: float = 1.0
    times: int | None = None
    """Strike so often, then never again; None: no end."""
    skip: int = 0
    """Let so many matching calls pass first."""
    after: bool = False
    """The endpoint does its work before the answer is spoiled."""
    account: str | None = None
    """Only this CJ user number."""
    params: Mapping[str, object] = field(default_factory=dict)
    name: str = ""
    """How the ledger calls it; the kind when empty."""
    struck: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no fault of kind {self.kind!r}; known: {', '.join(sorted(KINDS))}")

    @property
    def label(self) -> str:
        """Its name in the ledger."""
        return self.name or self.kind

    def number(self, key: str, default: float) -> float:
        """A numeric parameter."""
        value = self.params.get(key, default)
        return float(value) if isinstance(value, (int, float, str)) else default

    def text(self, key: str, default: str) -> str:
        """A text parameter."""
        return str(self.params.get(key, default))


@dataclass(slots=True)
class Faults:
    """The faults in force, judged in the order they were added, from one seeded source of chance."""

    chance: Random
    active: list[Fault] = field(default_factory=list)

    def add(self, *faults: Fault) -> None:
        """Put faults in force."""
        self.active.extend(faults)

    def preset(self, name: str, *, times: int | None = 1) -> Fault:
        """Put one of `PRESETS` in force, once unless told otherwise, and return it."""
        fault = Fault(**{**PRESETS[name], "name": name, "times": times})  # type: ignore[arg-type]
        self.add(fault)
        return fault

    def clear(self, path: str = "*") -> None:
        """Lift the faults whose pattern matches."""
        self.active = [fault for fault in self.active if not fnmatchcase(fault.path, path)]

    def draw(self, path: str, account: str | None, kinds: Iterable[str] = KINDS) -> list[Fault]:
        """
        Faults that strike this call, counted as struck; at most one that shapes the answer.

        Only these kinds are judged, the others are left for another stage of the same call.
        """
        striking: list[Fault] = []
        wanted = frozenset(kinds)
        shaped = False
        for fault in self.active:
            if (
                fault.kind not in wanted
                or not fnmatchcase(path, fault.path)
                or fault.account not in (None, account)
            ):
                continue
            if fault.kind in ANSWERS and shaped:
                continue
            if fault.times is not None and fault.struck >= fault.times:
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            if fault.probability < 1 and self.chance.random() >= fault.probability:
                continue
            fault.struck += 1
            striking.append(fault)
            shaped = shaped or fault.kind in ANSWERS
        return striking


_CREATE: Final = "/shopping/order/createOrder*"
_PAY: Final = "/shopping/pay/payBalance*"
PRESETS: Final[Mapping[str, Mapping[str, object]]] = MappingProxyType(
    {
        "created_but_500": {"path": _CREATE, "kind": "status", "after": True, "params": {"status": 500}},
        "created_but_timed_out": {"path": _CREATE, "kind": "hang", "after": True},
        "created_but_dropped": {"path": _CREATE, "kind": "drop", "after": True},
        "created_but_busy": {"path": _CREATE, "kind": "error", "after": True,
                             "params": {"code": 1600000, "message": "System busy"}},
        "created_but_unreadable": {"path": _CREATE, "kind": "truncated", "after": True},
        "created_but_empty": {"path": _CREATE, "kind": "empty", "after": True},
        "created_but_failed": {"path": _CREATE, "kind": "error", "after": True,
                               "params": {"code": 1603000, "message": "Order creation failed"}},
        "created_but_refused": {"path": _CREATE, "kind": "error", "after": True,
                                "params": {"code": 1600100, "message": "Param error"}},
        "carted_but_timed_out": {"path": "/shopping/order/addCart", "kind": "hang", "after": True},
        "confirmed_but_timed_out": {"path": "/shopping/order/addCartConfirm", "kind": "hang", "after": True},
        "confirmed_but_500": {"path": "/shopping/order/addCartConfirm", "kind": "status", "after": True,
                              "params": {"status": 500}},
        "paid_but_timed_out": {"path": _PAY, "kind": "hang", "after": True},
        "paid_but_500": {"path": _PAY, "kind": "status", "after": True, "params": {"status": 500}},
        "paid_but_dropped": {"path": _PAY, "kind": "drop", "after": True},
        "paid_but_unreadable": {"path": _PAY, "kind": "truncated", "after": True},
        "paid_but_busy": {"path": _PAY, "kind": "error", "after": True,
                          "params": {"code": 1600000, "message": "System busy"}},
        "paid_but_failed": {"path": _PAY, "kind": "error", "after": True,
                            "params": {"code": 1603101, "message": "pay fail"}},
        "price_change_before_order": {"path": _CREATE, "kind": "price_change", "params": {"factor": 1.2}},
        "balance_too_low": {"path": _PAY, "kind": "set_balance", "params": {"cents": 0}},
        "order_lookup_empty": {"path": "/shopping/order/getOrderDetail", "kind": "error",
                               "params": {"code": 1600300, "message": "Order not found"}},
        "order_list_empty": {"path": "/shopping/order/list", "kind": "empty"},
        "no_route_hiccup": {"path": "/logistic/freightCalculate", "kind": "empty"},
        "read_timed_out": {"path": "*", "kind": "error",
                           "params": {"code": 1600301, "message": "Read timed out"}},
        "system_busy": {"path": "*", "kind": "error", "params": {"code": 1600000, "message": "System busy"}},
    }
)  # fmt: skip
"""Misfortunes of orders and reads that have a name."""
