"""
Addresses of CJ's product pages: reading an id out of one, and making one.

Forms seen in public code and shared links, 2026-11: `/product/<words>-p-<pid>.html` is what the shop shows
now; older ones are `/product-detail.html?id=<pid>` (also on app.), `/product-detail/<pid>` and
`/product/<pid>.html`.
"""

import re
from typing import Final
from urllib.parse import parse_qs, quote, unquote, urlsplit

_HOSTS: Final = re.compile(r"(?:[a-z0-9-]+\.)*cjdropshipping\.(?:com|cn)")
_UUID: Final = r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}"
_PID: Final = rf"\d{{15,22}}|{_UUID}"
_PATHS: Final = (
    re.compile(rf"/product/(?:.*-)?p-({_PID})(?:\.html)?/?"),
    re.compile(rf"/product/({_PID})(?:\.html)?/?"),
    re.compile(rf"/product-detail/({_PID})(?:\.html)?/?"),
)
_LONGEST: Final = 2000


def product_id_of(url: str) -> str | None:
    """The product id in an address of a CJ product page, in any language; None for any other text."""
    if len(url) > _LONGEST:
        return None
    try:
        parts = urlsplit(url.strip() if "://" in url else f"https://{url.strip()}")
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not _HOSTS.fullmatch(host):
        return None
    path = unquote(parts.path)
    # "/en/product/...": pages of other languages carry theirs in front.
    path = re.sub(r"^/[a-z]{2}(?:-[a-z]{2})?(?=/product)", "", path, flags=re.IGNORECASE)
    for pattern in _PATHS:
        if found := pattern.fullmatch(path):
            return _canonical(found[1])
    if path.rstrip("/") in ("/product-detail.html", "/product-detail"):
        for pid in parse_qs(parts.query).get("id", []):
            if re.fullmatch(_PID, pid):
                return _canonical(pid)
    return None


def product_url(product_id: str, title: str) -> str | None:
    """The shop's page of a product; None for an id of unknown form. The words in it are for people only."""
    if not re.fullmatch(_PID, product_id):
        return None
    words = "-".join(re.findall(r"[a-z0-9]+", title.lower()))[:80].strip("-") or "product"
    return f"https://cjdropshipping.com/product/{words}-p-{quote(product_id)}.html"


def _canonical(pid: str) -> str:
    # CJ's own ids of this form are upper case.
    return pid.upper()
