"""
The token in hand, and the one all processes share.

CJ documentation, "Authentication", read 2026-11-23: access and refresh token come as a pair with their ends
(`+08:00`). Asking again within 24 hours brings the same pair, so an unchanged pair is not a failure. How long
an access token lives is 15 or 180 days depending on the page; only the returned end counts.

The pair lies in the shared store in clear, as any session does: whoever reads that store can use the account.
"""

import hashlib
from collections.abc import Callable
from copy import copy
from datetime import datetime, timedelta
from random import Random
from typing import Final

import structlog

from providers import errors
from providers.cj.errors import PROVIDER, TokenMissing
from providers.cj.pair import Pair
from providers.cj.rows import malformed
from providers.cj.settings import CJSettings
from providers.clock import Clock
from providers.upstream import KeyValueStore

log = structlog.get_logger(__name__)

LOGIN: Final = "auth.login"
REFRESH: Final = "auth.refresh"
_SHARE: Final = 0.2
"""Of its life that a token may have left when it is renewed, at most `_EARLY`."""
_EARLY: Final = timedelta(days=1)
_AGAIN: Final = timedelta(hours=1)
"""A renewal that brought the same pair is not tried again before this."""
_LEEWAY: Final = timedelta(seconds=30)
"""A token this close to its end could die on the way."""
_JUST_NOW: Final = timedelta(minutes=1)
_GIVEN: Final = "given"


class Keychain:
    """
    Keeps the pair and says when it is due.

    It never calls CJ itself; `auth.Login` does, when `wanted` is called.

    Args:
        chance: Spreads renewals of many processes, so that they do not all look at once.
    """

    def __init__(self, settings: CJSettings, store: KeyValueStore, clock: Clock, chance: Random) -> None:
        self._key = settings.api_key
        self._given_access = settings.access_token
        self._given_refresh = settings.refresh_token
        self._store = store
        self._clock = clock
        self._chance = chance
        credentials = (settings.api_key, settings.access_token, settings.refresh_token)
        secrets = "\n".join(each.get_secret_value() if each else "" for each in credentials)
        # A token of one address is no token at another.
        secrets += settings.elsewhere
        self._name = f"cj:{hashlib.sha256(secrets.encode()).hexdigest()[:24]}"
        self._pair: Pair | None = None
        self._renew_at: datetime | None = None
        self._refused: Pair | None = None
        self._trouble: tuple[errors.ProviderError, float] | None = None
        self._chosen_refresh = ""
        self.wanted: Callable[[], object] = _nobody

    @property
    def lease(self) -> str:
        """Name of the lease that one process holds while it fetches a token."""
        return f"{self._name}:login"

    @property
    def has_key(self) -> bool:
        """Whether an API key can always get a new pair."""
        return self._key is not None

    @property
    def was_refused(self) -> bool:
        """Whether the last token was refused rather than about to end."""
        return self._pair is None and self._refused is not None

    @property
    def is_usable(self) -> bool:
        """Whether the pair in hand is good."""
        return self._usable(self._pair)

    @property
    def is_fresh(self) -> bool:
        """Whether the pair in hand is good and not due for renewal."""
        return self._usable(self._pair) and not self._is_due

    @property
    def trouble(self) -> errors.ProviderError | None:
        """Why there is no fresh token, for as long as no other attempt should be made."""
        if self._trouble is None or self._clock.monotonic() >= self._trouble[1]:
            return None
        return self._trouble[0]

    async def access(self) -> Pair:
        """
        Give the token for a call that is about to leave.

        It comes from memory or the shared store; CJ is never asked here.

        Raises:
            TokenMissing: There is none; one has been asked for.
            ProviderError: There is none, and the last attempt to get one failed a moment ago.
        """
        if not self._usable(self._pair):
            await self.load()
        pair = self._pair
        if pair is None or not self._usable(pair):
            if self.trouble is not None:
                raise again(self.trouble)
            self.wanted()
            raise TokenMissing("There is no CJ token yet.", provider=PROVIDER, code="TOKEN_MISSING")
        if self._is_due:
            self.wanted()
        return pair

    async def load(self) -> None:
        """Take over what another process has stored, if it is better than what is in hand."""
        stored = await self._stored()
        for pair in (stored, self._given()):
            if pair is None or not self._usable(pair) or self._is_refused(pair):
                continue
            if (
                self._pair is None
                or not self._usable(self._pair)
                or pair.obtained_at > self._pair.obtained_at
            ):
                self._adopt(pair)
            return

    async def hold(self, pair: Pair) -> None:
        """Keep a pair CJ has just given, for all processes. Raises MalformedResponse for a dead one."""
        if not self._usable(pair):
            raise malformed("the token has ended already; is this machine's clock right")
        refused = self._refused
        if refused is not None and refused.access == pair.access:
            log.info("cj.token_unchanged", hint="CJ gives the same pair for 24 hours")
        self._trouble = None
        self._adopt(pair)
        ends = [moment for moment in (pair.access_ends, pair.refresh_ends) if moment is not None]
        seconds = max(1.0, (max(ends) - self._clock.now()).total_seconds()) if ends else None
        await self._store.set(f"{self._name}:pair", pair.to_bytes(), seconds)

    def refuse(self, pair: Pair) -> None:
        """Forget a pair that CJ refused, unless it has been replaced in the meantime, and ask for another."""
        if self._pair is None or self._pair.serial != pair.serial:
            return
        before = self._refused
        self._pair, self._refused = None, pair
        log.warning("cj.token_refused")
        if before and before.access == pair.access and self._clock.now() - pair.obtained_at < _JUST_NOW:
            # CJ gave the very token again that it does not accept; asking faster will not change that.
            self.note(
                errors.AuthenticationFailed(
                    "CJ refuses the token that it gave. Log out in CJ's web pages or make a new API key.",
                    provider=PROVIDER,
                    code="1600001",
                ),
                for_seconds=30,
            )
        else:
            self.wanted()

    def note(self, error: errors.ProviderError, for_seconds: float) -> None:
        """Remember why there is no token, so that not every call tries to get one."""
        self._trouble = (error, self._clock.monotonic() + for_seconds)

    async def refresh_token(self) -> str | None:
        """What could renew the pair: the stored or held one's, else the one the operator gave."""
        now = self._clock.now()
        stored = await self._stored()
        for pair in (self._pair, stored, self._refused):
            if pair is not None and pair.refresh and (pair.refresh_ends is None or now < pair.refresh_ends):
                return pair.refresh
        return self._given_refresh.get_secret_value() if self._given_refresh else None

    def choose_refresh(self, token: str) -> None:
        """Set what the next refresh call sends."""
        self._chosen_refresh = token

    def body_of(self, operation: str) -> dict[str, str] | None:
        """The body of a token call, with its secret; None for any other operation."""
        if operation == LOGIN:
            return {"apiKey": self._key.get_secret_value() if self._key else ""}
        if operation == REFRESH:
            return {"refreshToken": self._chosen_refresh}
        return None

    @property
    def _is_due(self) -> bool:
        return self._renew_at is not None and self._clock.now() >= self._renew_at

    def _usable(self, pair: Pair | None) -> bool:
        return pair is not None and (
            pair.access_ends is None or self._clock.now() < pair.access_ends - _LEEWAY
        )

    def _is_refused(self, pair: Pair) -> bool:
        return self._refused is not None and self._refused.serial == pair.serial

    def _adopt(self, pair: Pair) -> None:
        self._pair = pair
        if pair.access_ends is None:
            self._renew_at = None
            return
        early = min(_EARLY, (pair.access_ends - pair.obtained_at) * _SHARE) * self._chance.uniform(0.5, 1)
        self._renew_at = max(
            pair.access_ends - early, min(pair.obtained_at + _AGAIN, pair.access_ends - _LEEWAY)
        )

    def _given(self) -> Pair | None:
        if self._given_access is None:
            return None
        refresh = self._given_refresh.get_secret_value() if self._given_refresh else None
        return Pair(self._given_access.get_secret_value(), refresh, None, None, _LONG_AGO, _GIVEN)

    async def _stored(self) -> Pair | None:
        value = await self._store.get(f"{self._name}:pair")
        if value is None:
            return None
        try:
            return Pair.from_bytes(value)
        except ValueError:
            log.warning("cj.stored_token_unreadable")
            return None


_LONG_AGO: Final = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


def _nobody() -> None:
    """Nobody fetches tokens yet."""


def again(error: errors.ProviderError) -> errors.ProviderError:
    """The same failure for another caller: raising one object twice mixes up their tracebacks."""
    again = copy(error)
    again.__traceback__ = again.__cause__ = again.__context__ = None
    return again
