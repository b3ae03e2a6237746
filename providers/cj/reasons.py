"""
Why CJ holds an order back, in its own words.

`interceptOrders` of the cart and `interceptOrderReasons` of a new order: objects with a message or a reason,
or plain texts. CJ documentation, "Shopping", and operators' notes, read 2026-11-23.
"""

import re
from typing import Annotated, Any, Final

from pydantic import PlainValidator

from providers.cj.errors import quoted
from providers.cj.parsing import text_of

_KEYS: Final = ("message", "reason", "reasonName", "interceptReason", "msg", "desc")
_STOCK: Final = re.compile(r"stock|inventor", re.IGNORECASE)
_MOST: Final = 20
"""Reasons that are read of one order: whoever sends more has said enough."""
_NAMELESS: Final = "CJ holds it back and does not say why."


def reasons_of(value: Any) -> tuple[str, ...]:
    """Each reason once, in CJ's words without its quotation marks; a reason without words is still one."""
    rows = value if isinstance(value, list) else [] if value in (None, "") else [value]
    return tuple(dict.fromkeys(_words(row) for row in rows[:_MOST]))


def are_about_stock(reasons: tuple[str, ...]) -> bool:
    """Whether what holds an order back is that goods are missing."""
    return any(_STOCK.search(reason) for reason in reasons)


def _words(row: Any) -> str:
    said = row if not isinstance(row, dict) else next((row[key] for key in _KEYS if row.get(key)), None)
    return quoted(text_of(said) or "").strip("“”") or _NAMELESS


Reasons = Annotated[tuple[str, ...], PlainValidator(reasons_of)]
