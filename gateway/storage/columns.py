"""
How values are written so that both databases give back exactly what was put in.

SQLite has no decimals and no times: both become text there. PostgreSQL takes neither NUL nor half a surrogate
pair in text, and suppliers' answers may hold both: in documents they become the replacement character.
"""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, Numeric, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator, TypeEngine

MOST_DIGITS = 18
"""Digits of an amount, before and after the point together: more than any supplier's ledger has."""
SUM_DIGITS = 28
"""The same of a sum, which may need more than any of its parts; Python adds decimals up to here exactly."""
_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")


class Exact(TypeDecorator[Decimal]):
    """An exact decimal: NUMERIC, or text in SQLite, whose own numbers are binary fractions."""

    impl = Numeric
    cache_ok = True

    def __init__(self, most_digits: int = MOST_DIGITS) -> None:
        super().__init__()
        self.most_digits = most_digits

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """NUMERIC without limits keeps the digits as they are."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else Numeric())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """Refuses what is no amount: not finite, or longer than `most_digits`."""
        if value is None:
            return None
        if not value.is_finite():
            raise ValueError(f"{value} is no amount.")
        if not fits(value, self.most_digits):
            raise ValueError(f"{value} has more digits than an amount of the ledger may have.")
        written = format(value, "f")
        return written if dialect.name == "sqlite" else Decimal(written)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """As it was put in, with its zeros."""
        del dialect
        return None if value is None else Decimal(value)


class Utc(TypeDecorator[datetime]):
    """An instant to the microsecond: aware UTC in and out; text in SQLite, whose order is that of time."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """With a time zone where there are such columns."""
        return dialect.type_descriptor(DateTime(timezone=dialect.name != "sqlite"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses a time without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A time without its zone says nothing.")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Document(TypeDecorator[Any]):
    """Plain JSON values; None is no document. Amounts inside are text already."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """JSONB, so that an operator can ask for what is inside."""
        kind = JSON(none_as_null=True) if dialect.name == "sqlite" else JSONB(none_as_null=True)
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """With characters replaced that PostgreSQL cannot keep."""
        del dialect
        return writable(value)


def fits(amount: Decimal, most_digits: int = MOST_DIGITS) -> bool:
    """Whether a finite amount has no more digits than the ledger keeps."""
    _, digits, exponent = amount.as_tuple()
    assert isinstance(exponent, int)  # noqa: S101 - finite, so it is a number
    return max(len(digits), len(digits) + exponent, -exponent) <= most_digits


def writable(value: Any) -> Any:
    """The same JSON value in characters that both databases keep."""
    if isinstance(value, str):
        return _UNWRITABLE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {writable(key): writable(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [writable(one) for one in value]
    return value
