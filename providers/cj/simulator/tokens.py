"""
Access and refresh tokens of one account: lifetimes, the 24-hour cache of the pair, and logout.

CJ documentation, "Authentication", read 2026-11-23.
"""

from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from hashlib import blake2b
from typing import Final

from providers.cj.simulator.options import Options

CHINA: Final = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class Pair:
    """One access token with its refresh token."""

    access: str
    refresh: str
    created: datetime
    access_ends: datetime
    refresh_ends: datetime

    def to_json(self) -> dict[str, object]:
        """The fields both token calls answer with."""
        return {
            "accessToken": self.access,
            "accessTokenExpiryDate": china_time(self.access_ends),
            "refreshToken": self.refresh,
            "refreshTokenExpiryDate": china_time(self.refresh_ends),
            "createDate": china_time(self.created),
        }


@dataclass(slots=True)
class Tokens:
    """
    The pairs of one account.

    Only the newest pair can be refreshed. Older access tokens live to their own date unless
    `Options.new_pair_ends_old` says otherwise; CJ does not tell.
    """

    owner: str
    """Digits of the CJ user number."""
    issued: int = 0
    current: Pair | None = None
    _access: dict[str, datetime] = field(default_factory=dict)

    def pair(self, now: datetime, options: Options) -> Pair:
        """The current pair while it is younger than the cache time and alive, else a new one."""
        young = timedelta(hours=options.pair_cache_hours)
        pair = self.current
        if pair and now < pair.created + young and now < pair.access_ends and pair.access in self._access:
            return pair
        if options.new_pair_ends_old:
            self._access.clear()
        self._access = {text: ends for text, ends in self._access.items() if ends > now}
        self.issued += 1
        # CJ sends whole seconds; the truth must not outlive what was said.
        created = now.replace(microsecond=0)
        pair = Pair(
            access=self._text("access"),
            refresh=self._text("refresh"),
            created=created,
            access_ends=created + timedelta(days=options.access_token_days),
            refresh_ends=created + timedelta(days=options.refresh_token_days),
        )
        self._access[pair.access] = pair.access_ends
        self.current = pair
        return pair

    def accepts(self, access: str, now: datetime) -> bool:
        """Whether this access token opens the account now."""
        ends = self._access.get(access)
        return ends is not None and now < ends

    def may_refresh(self, refresh: str, now: datetime) -> bool:
        """Whether this refresh token can be exchanged now."""
        pair = self.current
        return pair is not None and pair.refresh == refresh and now < pair.refresh_ends

    def revoke(self, *, refresh_too: bool = True) -> None:
        """Kill the access tokens, and with them the refresh token."""
        self._access.clear()
        if refresh_too:
            self.current = None

    def _text(self, purpose: str) -> str:
        # Long, as live tokens are: the documented 200 characters are too few for them.
        parts = (
            urlsafe_b64encode(
                blake2b(f"{self.owner}/{self.issued}/{purpose}/{part}".encode(), digest_size=size).digest()
            )
            for part, size in enumerate((27, 63, 60))
        )
        body = ".".join(part.decode().rstrip("=") for part in parts)
        return f"API@CJ{self.owner}@CJ:eyJ{body}"


def china_time(moment: datetime) -> str:
    """ISO 8601 with seconds and CJ's own offset: `2026-11-23T17:40:02+08:00`."""
    return moment.astimezone(CHINA).isoformat(timespec="seconds")
