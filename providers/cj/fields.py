"""
What the fields of CJ's answers about orders and money hold, beside what `parsing` reads everywhere.

An amount or a moment that cannot be read is unknown rather than wrong; a number of pieces has to be there.
"""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainValidator

from providers.cj.parsing import count_of, decimal_of, text_of, unreadable
from providers.orders import charge_of


def amount_of(value: Any) -> Decimal | None:
    """An amount of money, which may be nothing at all; None when it cannot be read, or is negative."""
    try:
        amount = decimal_of(value)
    except ValueError:
        amount = Decimal(-1)
    if amount is not None and amount < 0:
        unreadable("amount", value)
        return None
    return amount


def _charge_of(value: Any) -> Decimal | None:
    amount = amount_of(value)
    return None if amount is None else charge_of(amount)


def _utc_of(value: Any) -> datetime | None:
    text = text_of(value)
    try:
        return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        unreadable("date", value)
        return None


Amount = Annotated[Decimal | None, PlainValidator(amount_of)]
Charge = Annotated[Decimal | None, PlainValidator(_charge_of)]
"""An amount that is paid, without what adding it up in binary fractions left behind."""
UTCMoment = Annotated[datetime | None, PlainValidator(_utc_of)]
"""`yyyy-MM-dd HH:mm:ss`, which is UTC in orders (and nowhere else for certain)."""
Pieces = Annotated[int, BeforeValidator(count_of)]
