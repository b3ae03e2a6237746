"""
Global ids: opaque to clients, stable for ever, naming supplier, kind and the supplier's own id inside.

The text is base64url of the parts joined by a control character that no supplier uses, so an id needs no
table to be read back. A variant's id carries its product's, because suppliers answer for whole products.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from enum import StrEnum

_SEPARATOR = "\x1f"
_LONGEST = 500
_PROVIDER_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


class Kind(StrEnum):
    """What an id names; the value is inside every id, so it never changes."""

    SUPPLIER = "s"
    PRODUCT = "p"
    VARIANT = "v"
    CATEGORY = "c"
    WAREHOUSE = "w"
    SOURCING = "q"
    ORDER = "o"


_PARTS = {kind: 2 if kind is Kind.VARIANT else 1 for kind in Kind}


class MalformedId(ValueError):
    """The text is not one of our ids."""


@dataclass(frozen=True, slots=True)
class GlobalId:
    """One id, read."""

    kind: Kind
    provider: str
    parts: tuple[str, ...]
    """The supplier's own ids; for a variant its product's id, then its own."""

    def __str__(self) -> str:
        """The opaque text that clients see."""
        text = _SEPARATOR.join((self.kind.value, self.provider, *self.parts))
        return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()

    @property
    def native(self) -> str:
        """The supplier's id of the thing itself."""
        return self.parts[-1]

    @classmethod
    def parse(cls, text: str) -> "GlobalId":
        """
        Read an id back; exactly the texts that `str` makes are accepted.

        Raises:
            MalformedId: Anything else.
        """
        if not text or len(text) > _LONGEST:
            raise MalformedId(text[:40])
        try:
            raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
            kind, provider, *parts = raw.split(_SEPARATOR)
            parsed = cls(Kind(kind), provider, tuple(parts))
        except (ValueError, binascii.Error) as error:
            raise MalformedId(text[:40]) from error
        well_formed = (
            len(parts) == _PARTS[parsed.kind]
            and all(part and part.isprintable() for part in parts)
            and _PROVIDER_CODE.fullmatch(provider)
        )
        if not well_formed or str(parsed) != text:
            raise MalformedId(text[:40])
        return parsed


def supplier_id(code: str) -> str:
    """The id of a supplier."""
    return str(GlobalId(Kind.SUPPLIER, code, (code,)))


def product_id(provider: str, native: str) -> str:
    """The id of a product."""
    return str(GlobalId(Kind.PRODUCT, provider, (native,)))


def variant_id(provider: str, product: str, native: str) -> str:
    """The id of a variant."""
    return str(GlobalId(Kind.VARIANT, provider, (product, native)))


def category_id(provider: str, native: str) -> str:
    """The id of a category."""
    return str(GlobalId(Kind.CATEGORY, provider, (native,)))


def warehouse_id(provider: str, native: str) -> str:
    """The id of a warehouse."""
    return str(GlobalId(Kind.WAREHOUSE, provider, (native,)))


def sourcing_id(provider: str, native: str) -> str:
    """The id of a sourcing request."""
    return str(GlobalId(Kind.SOURCING, provider, (native,)))


def order_id(provider: str, native: str) -> str:
    """The id of an order, by its id in the ledger: it has one before its supplier knows of it."""
    return str(GlobalId(Kind.ORDER, provider, (native,)))
