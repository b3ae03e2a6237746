"""What can be decided about a simulated CJ, with units. Every field may be changed while it runs."""

from dataclasses import dataclass
from typing import Literal


@dataclass(slots=True)
class Options:
    """
    The switches. Defaults are CJ as most people see it: a small account, strict limits, quiet network.

    Where documentation and observation disagree the default follows observation and the switch offers the
    other. CJ documentation, "Limit", "Points", "Authentication", and `cj-api/README.md` section 9, read
    2026-11-23.
    """

    seed: int = 2026
    """Faults, latency and transient effects draw from this; the catalogue has a seed of its own."""

    # Limits
    requests_per_second: float | None = None
    """Per account; None derives 1, 2, 4 or 6 from the account's level."""
    account_level: int = 1
    """Level of new accounts, 0 to 5."""
    requests_per_second_per_ip: float = 10
    anonymous_requests_per_second: float = 30
    """Calls that need no login, all addresses together."""
    batch_requests_per_second: float = 2
    """getOrderDetailBatch and getProofOfDelivery, each, per account."""
    rate_refusal_status: Literal[200, 429] = 200
    daily_points: float = 50_000
    """Allowance of new accounts; refilled by a 1440th of it each minute, full again at 00:00 UTC."""
    points_refusal: Literal["code", "status"] = "code"
    """`code`: HTTP 200 with 16900500 (observed). `status`: HTTP 429 with 429 and pointsInfo (documented)."""
    points_info: bool = False
    """Whether every answer carries `pointsInfo`: documented, but rarely seen."""

    # Tokens
    access_token_days: float = 15
    """15 in the field table, 180 in newer prose."""
    refresh_token_days: float = 180
    pair_cache_hours: float = 24
    """Asking again within this time gives the same pair."""
    new_pair_ends_old: bool = False
    """Whether a new pair kills the older access token before its date."""
    bad_token_status: Literal[200, 401] = 200
    api_keys: frozenset[str] | None = None
    """None: every well-formed key is an account of its own. Otherwise only these, the rest answer 1601000."""

    # What answers look like
    sell_price: Literal["range", "number", "string"] = "range"
    """How listV2 and list write a price that differs between variants: "4.10 -- 6.35", 4.1 or "4.10"."""
    omit_inventories: bool = False
    """product/query and queryByVid ignore `enable_inventory`, as the 2026-09 page suggests."""
    unknown_product: Literal["code", "null"] = "code"
    """1602001, or success with `data: null` as several people's mocks assume."""
    record_cap: int = 6000
    """Reachable records of one listV2 query."""
    tip_answers_uid: bool = True
    """Whether rows of freightCalculateTip carry the `uid` of their entry; CJ documents the field alone."""
    tip_reads: Literal["all", "first"] = "all"
    """Whether freightCalculateTip prices all of its entries or the first; CJ does not say."""

    # Orders
    duplicates_v2: Literal["reject", "accept"] = "reject"
    duplicates_v3: Literal["reject", "accept"] = "accept"
    deleted_number_is_free: bool = False
    """Whether a deleted order gives its number back to V2's duplicate check."""
    list_takes_numbers: bool = True
    """Whether order/list honours `orderNumbers`, which was seen to work and is not documented."""
    lookup_lag_seconds: float = 0.0
    """How long a new order stays unseen by detail, batch and list, as was seen right after a lost answer."""
    confirm_seconds: float = 1.0
    """confirmOrder is asynchronous: UNPAID follows this much later."""
    opening_balance_cents: int = 100_000
    """Balance of new accounts, US cents."""
    pace: float = 1.0
    """How much faster than the calendar paid orders travel: 86400 is a day each second, 0 stops them."""

    # Network
    latency_seconds: float = 0.0
    """Time every answer takes, after the request has arrived."""
    latency_jitter_seconds: float = 0.0
    """Uniformly random addition to it."""
    uplink_seconds: float = 0.0
    """Time a request travels before it is stamped; with jitter, two can arrive closer than they left."""
    uplink_jitter_seconds: float = 0.0
