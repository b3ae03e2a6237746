"""
Quote ids: signed, so that nobody can alter what was quoted, and carrying it, so that checking needs no state.

An order made from a quote is held to it: the id says which goods, from where to where, by which method, and
how much the supplier would charge at most.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from itsdangerous import BadData, URLSafeSerializer
from itsdangerous.encoding import base64_decode, base64_encode

from gateway.quoting.rates import EXACT
from providers.model import Money
from providers.shipping import Destination

_VERSION = 1
_LONGEST = 40_000
"""
Characters. A parcel of fifty lines takes about 4,000 with ids as suppliers have them, and less than this with
the longest that a global id can carry.
"""


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """One line as it was quoted."""

    product_id: str
    variant_id: str
    quantity: int
    unit_price: Money | None

    @property
    def total(self) -> Money | None:
        """The whole line, exact."""
        price = self.unit_price
        return None if price is None else Money(EXACT.multiply(price.amount, self.quantity), price.currency)


@dataclass(frozen=True, slots=True)
class QuotedTerms:
    """What a quote promised, all that an order needs of it."""

    provider: str
    lines: tuple[QuotedLine, ...]
    origin: str
    destination: Destination
    method: str
    charged: Money | None
    """What the supplier charges for goods and sending, in its own currency; None: not all of it was known."""
    landed: Money
    """Everything, in the buyer's currency."""
    expires_at: datetime
    requires: frozenset[str] = frozenset()
    """Fields of the buyer's address that the carrier insists on, see `ShippingOption.requires`."""


class NotAQuote(ValueError):
    """The text is not a quote id of this gateway, or was altered."""


class QuoteTokens:
    """
    Makes and reads quote ids.

    Args:
        secrets: The first one signs; all of them are accepted, so that one can be replaced without a gap.
    """

    def __init__(self, secrets: Sequence[str]) -> None:
        self._serializer = URLSafeSerializer(
            list(reversed(secrets)),  # the library signs with the last
            salt="quote",
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )

    def sign(self, terms: QuotedTerms) -> str:
        """The id of a quote with these terms."""
        lines = [
            [line.product_id, line.variant_id, line.quantity, _written(line.unit_price)]
            for line in terms.lines
        ]
        return str(
            self._serializer.dumps(
                {
                    "v": _VERSION,
                    "s": terms.provider,
                    "l": lines,
                    "o": terms.origin,
                    "d": [terms.destination.country, terms.destination.postal_code],
                    "m": terms.method,
                    "c": _written(terms.charged),
                    "q": _written(terms.landed),
                    "e": int(terms.expires_at.timestamp()),
                    "r": sorted(terms.requires),
                }
            )
        )

    def read(self, token: str) -> QuotedTerms:
        """
        The terms behind an id, also of one that has expired: the caller knows what time it is.

        Exactly the texts that `sign` makes are accepted, so one quote never goes by two ids.

        Raises:
            NotAQuote: It was altered, cut, signed with another secret, or is something else.
        """
        if len(token) > _LONGEST or not token.isascii():
            raise NotAQuote(ascii(token[:40]))
        try:
            kept: Any = self._serializer.loads(token)
        except BadData as error:
            raise NotAQuote(token[:40]) from error
        if not _is_canonical(token) or not isinstance(kept, dict) or kept.get("v") != _VERSION:
            raise NotAQuote(token[:40])
        # Signed by us, so the shape is ours.
        landed = _read(kept["q"])
        assert landed is not None  # noqa: S101
        return QuotedTerms(
            provider=kept["s"],
            lines=tuple(
                QuotedLine(product, variant, quantity, _read(price))
                for product, variant, quantity, price in kept["l"]
            ),
            origin=kept["o"],
            destination=Destination(*kept["d"]),
            method=kept["m"],
            charged=_read(kept["c"]),
            landed=landed,
            expires_at=datetime.fromtimestamp(kept["e"], UTC),
            requires=frozenset(kept["r"]),
        )


def _is_canonical(token: str) -> bool:
    """
    Whether the signature of an id that is genuine is written as we write it.

    What is signed is the text before it, to the letter; the signature itself is compared by its bytes, and
    base64 has other spellings of those: padding, unused bits, signs of no meaning.
    """
    signature = token.rpartition(".")[2]
    return base64_encode(base64_decode(signature)).decode() == signature


def _written(money: Money | None) -> list[str] | None:
    return None if money is None else [format(money.amount, "f"), money.currency]


def _read(written: list[str] | None) -> Money | None:
    return None if written is None else Money(Decimal(written[0]), written[1])
