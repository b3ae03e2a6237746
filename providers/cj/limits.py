"""
What CJ allows and what its answers are worth: rates, points, and how long each kind of fact stays true.

Numbers from CJ's documentation, pages "Limit" (rates) and "API Points" (points), and from operators' notes
where named, all read 2026-11-23. Enforcing them is the gateway's work.
"""

import hashlib
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from providers.upstream import Allowance, CallPolicy, Fact, Freshness, Limits, Rate

BATCH: Final = "batch"
PER_ADDRESS: Final = 10
"""Calls a second of one outgoing IP address, for all accounts behind it; CJ grants no exemption."""
SEARCH_PAGE_SIZE: Final = 100
"""A page costs 50 points whatever its size, so always the largest."""
SEARCH_REACH: Final = 6000
"""Records that one search can reach, however many there are."""
SEARCH_TEXT: Final = 200
"""Characters of `keyWord`."""
SOURCING_IDS: Final = 100
"""Ids of one sourcing/queryList."""

_HOUR: Final = 3600.0
_DAY: Final = 24 * _HOUR

FRESHNESS: Final[Mapping[Fact, Freshness]] = MappingProxyType(
    {
        # Titles, pictures and sizes hardly change once listed; a week-old text is still worth showing.
        Fact.CATALOGUE: Freshness(fresh_for=6 * _HOUR, stale_for=7 * _DAY),
        # CJ's prices move a few times a week at most, but an order is charged at the new one.
        Fact.PRICE: Freshness(fresh_for=15 * 60, stale_for=2 * _DAY),
        # Stock moves with every shop's orders. Below five minutes the points of a small account do not last a
        # day.
        Fact.STOCK: Freshness(fresh_for=5 * 60, stale_for=_DAY),
        Fact.FREIGHT: Freshness(fresh_for=15 * 60, stale_for=6 * _HOUR),
        # Our own list changes when we change it; another program on the account may, too.
        Fact.ACCOUNT: Freshness(fresh_for=60, stale_for=_HOUR),
    }
)

_ALL: Final = frozenset({Fact.CATALOGUE, Fact.PRICE, Fact.STOCK})
_TEXT: Final = frozenset({Fact.CATALOGUE})
_FREIGHT: Final = frozenset({Fact.FREIGHT})
_OURS: Final = frozenset({Fact.ACCOUNT})
# An unknown id costs 10 points a try; wrong ids come from typing and crawling, not from products about to
# appear.
_ABSENT: Final = 10 * 60.0


# Reading orders and money costs 0 points ("API Points") and is never kept: decisions about money rest on it.
# Writing is sent once, and an absence after a write is the business of whoever wrote.
_ORDER_READS: Final = (
    *("order.list", "order.get", "order.methods", "wallet.get", "bill.list"),
    *("dispute.lines", "dispute.terms", "dispute.list"),
)
_ORDER_WRITES: Final = (
    *("order.create", "order.cart", "order.confirm", "order.cancel", "order.change_method"),
    *("payment.prepare", "payment.pay", "payment.pretend", "dispute.open", "dispute.cancel"),
)


def policies(timeout: float) -> Mapping[str, CallPolicy]:
    """
    One policy per operation.

    Args:
        timeout: Seconds one exchange may take. CJ publishes no latency; its clients use 10 to 20.
    """
    return {
        policy.operation: policy
        for policy in (
            # Logins: 0 points, but a call like any other for the rate. A broken CJ must not keep us from
            # logging in.
            CallPolicy(
                "auth.login", shared=False, attempts=1, confirmations=0, timeout=timeout, breaks=False
            ),
            CallPolicy(
                "auth.refresh", shared=False, attempts=1, confirmations=0, timeout=timeout, breaks=False
            ),
            # setting/get carries the webhook secret, so it is never kept.
            CallPolicy("account.get", shared=False, timeout=timeout),
            CallPolicy("product.search", weight=50, facts=_ALL, timeout=timeout),
            CallPolicy("product.get", weight=10, facts=_ALL, absent_for=_ABSENT, timeout=timeout),
            CallPolicy("product.by_sku", weight=10, facts=_ALL, absent_for=_ABSENT, timeout=timeout),
            CallPolicy("variant.get", weight=10, facts=_ALL, absent_for=_ABSENT, timeout=timeout),
            CallPolicy("stock.by_product", weight=10, facts=frozenset({Fact.STOCK}), timeout=timeout),
            CallPolicy("stock.by_variant", weight=10, facts=frozenset({Fact.STOCK}), timeout=timeout),
            CallPolicy("freight.calculate", weight=10, facts=_FREIGHT, absent_for=_ABSENT, timeout=timeout),
            CallPolicy("freight.tip", weight=10, facts=_FREIGHT, absent_for=_ABSENT, timeout=timeout),
            CallPolicy("freight.makers", weight=10, facts=_FREIGHT, absent_for=_ABSENT, timeout=timeout),
            CallPolicy("category.list", facts=_TEXT, timeout=timeout),
            CallPolicy("warehouse.list", facts=_TEXT, timeout=timeout),
            CallPolicy("warehouse.get", facts=_TEXT, absent_for=_ABSENT, timeout=timeout),
            CallPolicy("review.list", facts=_TEXT, timeout=timeout),
            CallPolicy("my_product.list", facts=_OURS, timeout=timeout),
            CallPolicy("my_product.add", attempts=1, confirmations=0, timeout=timeout),
            CallPolicy("sourcing.create", attempts=1, confirmations=0, timeout=timeout),
            CallPolicy("sourcing.list", facts=_OURS, timeout=timeout),
            *(CallPolicy(name, shared=False, timeout=timeout) for name in _ORDER_READS),
            *(
                CallPolicy(name, shared=False, attempts=1, confirmations=0, timeout=timeout)
                for name in _ORDER_WRITES
            ),
            # Its absence is confirmed by another call than itself, the list.
            CallPolicy("order.find", shared=False, confirmations=0, timeout=timeout),
            CallPolicy("order.get_many", cap=BATCH, shared=False, timeout=timeout),
            CallPolicy("tracking.get", facts=_OURS, absent_for=0, timeout=timeout),
        )
    }


def limits(account: str, requests_per_second: float, points_per_day: int) -> Limits:
    """Everything that bounds one account; `account` as `account_name` makes it."""
    return Limits(
        account=account,
        rates=(
            Rate("account", requests_per_second),
            # A simulator may be told to take more; CJ does not, and its settings do not allow it.
            Rate("address", max(PER_ADDRESS, requests_per_second), scope="ip"),
        ),
        # Refilled by a 1440th each minute, full again at 00:00 UTC (an operator confirmed the hour in October
        # 2026).
        allowance=Allowance("points", points_per_day),
        caps=MappingProxyType({BATCH: Rate(BATCH, 2)}),
    )


_USER: Final = re.compile(r"(?:API@)?(CJ\w+)@", re.IGNORECASE)


def account_name(credential: str, elsewhere: str = "") -> str:
    """
    Name the account behind a key or token, so that all keys of one account share one budget.

    CJ counts per account, not per key; keys (`CJ123@api@...`) and tokens (`API@CJ123@...`) begin with the
    user's number. It goes through a hash all the same, because the name is written to shared storage.
    `elsewhere` is the address where something other than CJ answers, empty for CJ: an equal credential opens
    another account there.
    """
    user = _USER.match(credential)
    named = (user[1].upper() if user else credential) + elsewhere
    return f"cj-{hashlib.sha256(named.encode()).hexdigest()[:16]}"
