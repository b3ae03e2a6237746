"""Scalars with a specification: checked on the way in, written one way on the way out."""

import json
import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NewType

import strawberry
from graphql import FloatValueNode, IntValueNode, ValueNode, value_from_ast_untyped
from strawberry.types.scalar import ScalarDefinition

from gateway import codes
from gateway.errors import BadInput

CountryCode = NewType("CountryCode", str)
CurrencyCode = NewType("CurrencyCode", str)
URL = NewType("URL", str)

DOLLARS = CurrencyCode("USD")
"""What amounts are in where a client names no currency."""

_LONGEST_URL = 2000
_LONGEST_SHOWN = 40
"""Characters of a refused value that a message repeats."""
_URL = re.compile(r"https?://[^\s/][^\s]*\Z")
_DECIMAL = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")


def _read_country(value: Any) -> str:
    if isinstance(value, str) and value.upper() in codes.countries():
        return value.upper()
    raise BadInput(f'{_shown(value)} is no country: send two letters as in ISO 3166-1, such as "DE" or "US".')


def _read_currency(value: Any) -> str:
    if isinstance(value, str) and value.upper() in codes.currencies():
        return value.upper()
    raise BadInput(f'{_shown(value)} is no currency: send three letters as in ISO 4217, such as "EUR".')


def _read_decimal(value: Any) -> Decimal:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, float) and math.isfinite(value):
        raise BadInput(
            f'{value!r} came as a floating point number, which is not exact: send "{value!r}" as text.'
        )
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
        raise BadInput(f'{_shown(value)} is no decimal number: send text such as "12.50".')
    try:
        return Decimal(value)
    except InvalidOperation as error:  # pragma: no cover - the pattern lets nothing else through
        raise BadInput(f"{_shown(value)} is no decimal number.") from error


def _write_decimal(value: Decimal) -> str:
    return format(value, "f")


def _read_datetime(value: Any) -> datetime:
    try:
        read = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise BadInput(
            f'{_shown(value)} is no time: send RFC 3339, such as "2026-11-24T08:00:00Z".'
        ) from error
    if read.tzinfo is None:
        raise BadInput(f"{_shown(value)} has no time zone: add Z for UTC.")
    try:
        return read.astimezone(UTC)
    except OverflowError:
        raise BadInput(f"{_shown(value)} is too near the end of time.") from None


def _write_datetime(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _read_date(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise BadInput(f'{_shown(value)} is no day: send RFC 3339, such as "2026-11-24".') from error


def _read_url(value: Any) -> str:
    if isinstance(value, str) and len(value) <= _LONGEST_URL and value.isprintable() and _URL.match(value):
        return value
    raise BadInput(f"{_shown(value)} is no web address: it begins with https:// or http://.")


def _shown(value: Any) -> str:
    # As the client wrote it, so that true and null are not answered with other words.
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def _literal(read: Callable[[Any], Any]) -> Callable[..., Any]:
    """Reads what stands in a document itself; a refusal names the place there."""

    def parse(node: ValueNode, variables: dict[str, Any] | None = None) -> Any:
        # Digits arrive as written, so a decimal number without quotes loses nothing.
        value: Any = value_from_ast_untyped(node, variables)
        if isinstance(node, IntValueNode | FloatValueNode):
            value = node.value
        try:
            return read(value)
        except BadInput as error:
            raise BadInput(error.message, node) from None

    return parse


SCALARS: dict[object, ScalarDefinition] = {
    Decimal: strawberry.scalar(
        name="Decimal",
        description='An exact decimal number as text, such as "12.50". Never a floating point number.',
        specified_by_url="https://en.wikipedia.org/wiki/Decimal_separator",
        serialize=_write_decimal,
        parse_value=_read_decimal,
        parse_literal=_literal(_read_decimal),
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description='An instant in UTC as in RFC 3339, such as "2026-11-24T08:00:00.000Z".',
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        serialize=_write_datetime,
        parse_value=_read_datetime,
        parse_literal=_literal(_read_datetime),
    ),
    date: strawberry.scalar(
        name="Date",
        description='A day as in RFC 3339, such as "2026-11-24".',
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        serialize=date.isoformat,
        parse_value=_read_date,
        parse_literal=_literal(_read_date),
    ),
    URL: strawberry.scalar(
        name="URL",
        description="An absolute http or https address.",
        specified_by_url="https://url.spec.whatwg.org/",
        serialize=str,
        parse_value=_read_url,
        parse_literal=_literal(_read_url),
    ),
    CountryCode: strawberry.scalar(
        name="CountryCode",
        description='A country by its two letters in ISO 3166-1, such as "DE".',
        specified_by_url="https://www.iso.org/iso-3166-country-codes.html",
        serialize=str,
        parse_value=_read_country,
        parse_literal=_literal(_read_country),
    ),
    CurrencyCode: strawberry.scalar(
        name="CurrencyCode",
        description='A currency by its three letters in ISO 4217, such as "USD".',
        specified_by_url="https://www.iso.org/iso-4217-currency-codes.html",
        serialize=str,
        parse_value=_read_currency,
        parse_literal=_literal(_read_currency),
    ),
}
