"""
Signed messages to webhook receivers. For now only the probe CJ sends while a receiver is registered.

Delivery itself (retries, the closing rule, disorder on request) comes with the issue about webhooks; it will
use the same `Sender`, so that in-process tests and the served simulator differ in nothing else. CJ
documentation, "Webhook" and "Start: Webhook", read 2026-11-23.
"""

from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from hashlib import sha256
from hmac import digest
from uuid import UUID

import orjson

Sender = Callable[[str, Mapping[str, str], bytes], Awaitable[int]]
"""Posts a body with headers to an address, gives the HTTP status; raises OSError or TimeoutError."""


def sign(open_id: int, body: bytes) -> str:
    """The `sign` header: Base64 of HMAC-SHA256 over the raw body, keyed with the openId as decimal text."""
    return b64encode(digest(str(open_id).encode(), body, sha256)).decode()


async def probe(send: Sender, url: str, open_id: int, message_id: UUID) -> int | None:
    """
    Ask a receiver whether it is there, with a signed body that has no `type`.

    Returns:
        The HTTP status it answered with; None when it could not be reached in time.
    """
    body = orjson.dumps({"messageId": message_id.hex, "params": {}})
    try:
        return await send(url, {"content-type": "application/json", "sign": sign(open_id, body)}, body)
    except (OSError, TimeoutError):
        return None
