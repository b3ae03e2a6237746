"""
What quote ids are signed with: the operator's secrets, or one that is made once and shared by all processes.

The latter lies in the shared store, beside the suppliers' tokens. A store that loses it, or is away when a
process starts, leaves processes with different ones for a while; so each looks again now and then, signs with
what lies there and goes on accepting what it signed with before.
"""

import asyncio
import secrets
from collections.abc import Sequence

from gateway.quoting.tokens import QuoteTokens
from providers.clock import Clock
from providers.upstream import KeyValueStore

_KEY = "quotes:secret"
_LEASE = "quotes:secret:making"
_LEASE_SECONDS = 10.0
_BYTES = 32
_PAUSE_SECONDS = 0.05
LOOK_SECONDS = 20.0
"""How often a process looks; quotes of one that has not looked yet are strange to the others as long."""


class Signer:
    """
    Signs with what all processes sign with.

    Args:
        named: The operator's secrets; without any one is shared through the store.
        store: What all processes share.
        clock: Says when to look at the store again.
    """

    def __init__(self, named: Sequence[str], store: KeyValueStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._is_shared = not named
        self._tokens = QuoteTokens(named) if named else None
        self._look_at = 0.0

    async def tokens(self) -> QuoteTokens:
        """What signs and reads quote ids now; always the same object."""
        if self._tokens is not None and not self._is_shared:
            return self._tokens
        now = self._clock.monotonic()
        if self._tokens is None:
            self._look_at = now + LOOK_SECONDS
            self._tokens = QuoteTokens([await shared_secret(self._store)])
        elif now >= self._look_at:
            self._look_at = now + LOOK_SECONDS  # before the look: one of those who ask at once looks
            self._tokens.sign_with(await shared_secret(self._store))
        return self._tokens


async def shared_secret(store: KeyValueStore) -> str:
    """The one that is there; or a new one, which is there from now on."""
    holder = secrets.token_hex(8)
    while (kept := await store.get(_KEY)) is None:
        if await store.acquire(_LEASE, holder, _LEASE_SECONDS):
            try:
                if await store.get(_KEY) is None:
                    await store.set(_KEY, secrets.token_urlsafe(_BYTES).encode())
            finally:
                await store.release(_LEASE, holder)
        else:
            await asyncio.sleep(_PAUSE_SECONDS)
    return kept.decode()
