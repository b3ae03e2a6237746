"""Everything that belongs to one CJ account: limits, money, tokens, orders, collections, webhook settings."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Final

from providers.cj.simulator.limits import LEVEL_RATES, Points, Window
from providers.cj.simulator.options import Options
from providers.cj.simulator.orders import OrderBook
from providers.cj.simulator.tokens import Tokens

_KEY: Final = re.compile(r"CJ(\w{1,30})@api@[0-9a-fA-F]{32}")


@dataclass(slots=True)
class Bill:
    """An extra charge for an order that was paid too little (makeup)."""

    code: str
    order_code: str
    cents: int
    reason: str
    created: datetime
    pay_order: str | None = None
    paid: datetime | None = None


@dataclass(slots=True)
class Dispute:
    """A complaint about an order."""

    id: str
    business_id: str
    order_id: str
    reason: str
    expects: int
    """1 refund, 2 resend."""
    cents: int
    created: datetime
    lines: list[dict[str, object]]
    cancelled: bool = False
    deal: int | None = None
    """How CJ ended it: 1 refund, 2 resend, 3 rejected."""


@dataclass(slots=True)
class Callback:
    """Where one webhook topic goes."""

    enabled: bool = False
    urls: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Account:
    """One API key's account."""

    api_key: str
    number: str
    """CJ user number without its `CJ`; how the ledger names the account."""
    level: int
    window: Window
    points: Points
    tokens: Tokens
    balance_cents: int
    bonus_cents: int | None = None
    frozen_cents: int | None = None
    balance_restricted: bool = False
    rate: float | None = None
    """Calls per second; None follows the level, or the options where they fix it."""
    caps: dict[str, Window] = field(default_factory=dict)
    orders: OrderBook = field(default_factory=OrderBook)
    collected: dict[str, datetime] = field(default_factory=dict)
    """My products: when each pid was added."""
    sourcings: list[dict[str, object]] = field(default_factory=list)
    callbacks: dict[str, Callback] = field(default_factory=dict)
    subscribed: dict[str, datetime] = field(default_factory=dict)
    bills: list[Bill] = field(default_factory=list)
    disputes: list[Dispute] = field(default_factory=list)

    @property
    def open_id(self) -> int:
        """CJ's number for the account, and the secret its webhooks are signed with."""
        return 70_000_000 + int.from_bytes(blake2b(self.api_key.encode(), digest_size=4).digest()) % 9_999_999

    @property
    def shop_id(self) -> str:
        """The one shop each account has."""
        return str(self.open_id % 90_000 + 10_000)


class Accounts:
    """
    All accounts that were ever seen.

    Every API key has an account of its own, with limits of its own; two keys that carry the same user number
    are told apart in the ledger by a suffix.
    """

    def __init__(self, options: Options) -> None:
        self._options = options
        self._by_key: dict[str, Account] = {}

    def __iter__(self) -> Iterator[Account]:
        return iter(self._by_key.values())

    def get(self, api_key: str, now: datetime) -> Account | None:
        """The account of a key, made at its first use; None when the key is not well formed."""
        account = self._by_key.get(api_key)
        match = _KEY.fullmatch(api_key)
        if account is None and match:
            account = self._by_key[api_key] = self._open(api_key, match[1], now)
        return account

    def by_access_token(self, token: str, now: datetime) -> Account | None:
        """The account a living access token opens."""
        return next(
            (account for account in self._by_key.values() if account.tokens.accepts(token, now)), None
        )

    def by_refresh_token(self, token: str, now: datetime) -> Account | None:
        """The account a living refresh token belongs to."""
        return next(
            (account for account in self._by_key.values() if account.tokens.may_refresh(token, now)), None
        )

    def numbered(self, number: str) -> Account | None:
        """The account the ledger calls by this number, or by this API key."""
        return next((one for one in self._by_key.values() if number in (one.number, one.api_key)), None)

    def renew(self, now: datetime, *, keep_tokens: bool) -> None:
        """Start every account afresh; without their tokens they are forgotten altogether."""
        known = dict(self._by_key)
        self._by_key.clear()
        for api_key, account in known.items():
            if keep_tokens:
                self._by_key[api_key] = self._open(api_key, account.number, now)
                self._by_key[api_key].tokens = account.tokens

    def rate_of(self, account: Account) -> float:
        """Calls per second: the account's own, else what the options fix, else what its level allows."""
        return account.rate or self._options.requests_per_second or LEVEL_RATES[account.level]

    def _open(self, api_key: str, number: str, now: datetime) -> Account:
        if self.numbered(number) is not None:
            number = f"{number}-{api_key[-6:]}"
        level = self._options.account_level
        return Account(
            api_key=api_key,
            number=number,
            level=level,
            window=Window(LEVEL_RATES[level]),
            points=Points.full(self._options.daily_points, now),
            tokens=Tokens(number),
            balance_cents=self._options.opening_balance_cents,
        )
