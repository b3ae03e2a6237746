"""
The secret that quote ids are signed with where the operator named none: made once, shared by all processes.

It lies in the shared store, beside the suppliers' tokens. Redis away at a start means a secret of this
process alone, and quotes that the others call invalid; an operator's own secret has no such moment.
"""

import asyncio
import secrets

from providers.upstream import KeyValueStore

_KEY = "quotes:secret"
_LEASE = "quotes:secret:making"
_LEASE_SECONDS = 10.0
_BYTES = 32
_PAUSE_SECONDS = 0.05


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
