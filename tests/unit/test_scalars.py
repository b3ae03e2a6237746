"""Scalars: exact on the way in, written one way on the way out, refused in the client's words."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, cast

import pytest
from graphql import GraphQLScalarType, parse_value, validate_schema
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import BadInput
from gateway.schema import schema
from gateway.schema.scalars import SCALARS


def scalar(name: str) -> GraphQLScalarType:
    """The scalar as graphql-core uses it."""
    return cast("GraphQLScalarType", schema._schema.type_map[name])


DECIMAL, DATETIME, URL = scalar("Decimal"), scalar("DateTime"), scalar("URL")
COUNTRY, CURRENCY = scalar("CountryCode"), scalar("CurrencyCode")
ALL = [DECIMAL, DATETIME, URL, COUNTRY, CURRENCY]

decimals = st.decimals(-(10**17), 10**17, allow_nan=False, allow_infinity=False, places=4)


def test_the_schema_is_sound() -> None:
    """What is exported is a valid schema by GraphQL's own rules."""
    assert validate_schema(schema._schema) == []


@given(decimals)
def test_decimals_come_back(amount: Decimal) -> None:
    """An amount written and read again is the same, to the last digit, and never in powers of ten."""
    text = DECIMAL.serialize(amount)
    assert "e" not in text.lower()
    assert DECIMAL.parse_value(text) == amount
    for literal in (text, f'"{text}"'):
        assert DECIMAL.parse_literal(parse_value(literal)) == amount


def test_decimals_keep_their_digits() -> None:
    """Digits are shown as they are kept: trailing zeros of a price stay, powers of ten are written out."""
    written = [DECIMAL.serialize(Decimal(text)) for text in ("12.50", "0.10", "1E+3", "1E-7", "-0.0")]
    assert written == ["12.50", "0.10", "1000", "0.0000001", "-0.0"]
    assert DECIMAL.parse_value(5) == 5
    assert DECIMAL.parse_literal(parse_value("0.1")) == Decimal("0.1")


@pytest.mark.parametrize("given_as", [5.1, -0.5, 1e300])
def test_floats_are_refused(given_as: float) -> None:
    """A floating point number has lost its digits already; the message repeats what to send as text."""
    with pytest.raises(BadInput, match=f'is not exact: send "{given_as!r}" as text'.replace("+", r"\+")):
        DECIMAL.parse_value(given_as)


NOT_DECIMALS: list[Any] = [
    "",
    " ",
    "1,5",
    "1e5",
    "NaN",
    "Infinity",
    "0x1",
    "\N{ARABIC-INDIC DIGIT ONE}",
    "1" * 30,
    "+1",
    ".5",
    "5.",
    "1\n",
]


@pytest.mark.parametrize("wrong", [*NOT_DECIMALS, True, None, [], {}, float("nan"), float("inf")])
def test_other_things_are_no_decimals(wrong: Any) -> None:
    """Nothing but plain digits is a decimal number; the message shows what was sent as JSON has it."""
    with pytest.raises(BadInput, match="is no decimal number: send text such as") as caught:
        DECIMAL.parse_value(wrong)
    assert "None" not in caught.value.message
    assert "True" not in caught.value.message


def test_countries_and_currencies() -> None:
    """Codes are read in either case and kept in capitals; what is none is refused with an example."""
    assert [COUNTRY.parse_value(code) for code in ("de", "DE", "Us")] == ["DE", "DE", "US"]
    assert CURRENCY.parse_value("eur") == "EUR"
    for wrong in ("XX", "DEU", "", "D", "Germany", "d€", 5, None, True, ["DE"]):
        with pytest.raises(BadInput, match='is no country: send two letters as in ISO 3166-1, such as "DE"'):
            COUNTRY.parse_value(wrong)
    for wrong in ("EURO", "US", "", 5, None):
        with pytest.raises(BadInput, match="is no currency: send three letters as in ISO 4217"):
            CURRENCY.parse_value(wrong)


def test_instants() -> None:
    """Instants are written in UTC with milliseconds, and need a time zone to be read."""
    abroad = datetime(2026, 11, 24, 10, 30, tzinfo=timezone(timedelta(hours=2)))
    assert DATETIME.serialize(abroad) == "2026-11-24T08:30:00.000Z"
    assert DATETIME.parse_value("2026-11-24T10:30:00+02:00") == abroad.astimezone(UTC)
    with pytest.raises(BadInput, match="has no time zone: add Z for UTC"):
        DATETIME.parse_value("2026-11-24T10:30:00")
    for wrong in ("yesterday", "", 5, None, "2026-13-01T00:00:00Z"):
        with pytest.raises(BadInput, match="is no time: send RFC 3339"):
            DATETIME.parse_value(wrong)


def test_addresses() -> None:
    """Addresses are absolute, of the web, one line, and not endless."""
    for good in ("https://example.com", "http://example.com/a?b=c#d", "https://xn--bcher-kva.example/ä"):
        assert URL.parse_value(good) == good
    for wrong in (
        "example.com",
        "ftp://example.com",
        "https://",
        "https:///path",
        "javascript:alert(1)",
        "https://a b",
        "https://a\n",
        "https://a/\x00",
        "https://\ud800",
        "https://a/" + "x" * 3000,
        5,
        None,
    ):
        with pytest.raises(BadInput, match="is no web address: it begins with https:// or http://"):
            URL.parse_value(wrong)


everything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=5), below, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.name)
@given(everything)
def test_whatever_is_sent(kind: GraphQLScalarType, value: Any) -> None:
    """Every JSON value is read, or refused with a message that is short whatever was sent."""
    message = ""
    try:
        kind.parse_value(value)
    except BadInput as error:
        message = error.message
    assert len(message) < 200


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.name)
@pytest.mark.parametrize("literal", ["true", "[1]", "{a: 1}", "WORD", "null", '"x"', "1.5e9", '"""a"""'])
def test_literals_name_their_place(kind: GraphQLScalarType, literal: str) -> None:
    """A refused literal is shown with its place in the document."""
    with pytest.raises(BadInput) as caught:
        kind.parse_literal(parse_value(literal))
    assert caught.value.nodes


def test_each_has_a_reader_and_a_writer() -> None:
    """Every scalar of ours is checked on the way in, in documents as in variables."""
    readers: list[Callable[..., Any] | None] = []
    for definition in SCALARS.values():
        readers += [definition.parse_value, definition.parse_literal, definition.serialize]
    assert None not in readers
