"""Quote ids: what they carry, and that nobody can alter it."""

import string
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.quoting.tokens import NotAQuote, QuotedLine, QuotedTerms, QuoteTokens
from providers.model import Money
from providers.shipping import Destination

SECRET = "sixteen letters at least"  # noqa: S105 - opens nothing
TOKENS = QuoteTokens([SECRET])
AMOUNTS = st.decimals(0, Decimal(10) ** 12, allow_nan=False, places=4)
MONEY = st.builds(Money, AMOUNTS, st.sampled_from(["USD", "EUR", "JPY"]))
TERMS = st.builds(
    QuotedTerms,
    provider=st.sampled_from(["cj", "alibaba"]),
    lines=st.lists(
        st.builds(
            QuotedLine,
            product_id=st.text(min_size=1, max_size=40),
            variant_id=st.text(min_size=1, max_size=40),
            quantity=st.integers(1, 10**6),
            unit_price=st.none() | MONEY,
        ),
        min_size=1,
        max_size=3,
    ).map(tuple),
    origin=st.sampled_from(["CN", "US"]),
    destination=st.builds(
        Destination, st.sampled_from(["DE", "GB"]), st.none() | st.text(min_size=1, max_size=9)
    ),
    method=st.text(min_size=1, max_size=60),
    charged=st.none() | MONEY,
    landed=MONEY,
    expires_at=st.datetimes(datetime(2026, 1, 1), datetime(2099, 1, 1)).map(  # noqa: DTZ001 - made aware below
        lambda moment: moment.replace(microsecond=0, tzinfo=UTC)
    ),
    requires=st.frozensets(st.sampled_from(["phone", "email"])),
)
PRICE = Money(Decimal("123456789.12345678"), "USD")
LETTERS = [letter for letter in map(chr, range(0xC0, 0x500)) if letter.isalpha()]
PLAIN = QuotedTerms(
    provider="cj",
    lines=(QuotedLine("p", "v", 2, Money(Decimal("4.10"), "USD")),),
    origin="CN",
    destination=Destination("DE", "10115"),
    method="CJPacket Ordinary",
    charged=Money(Decimal("13.32"), "USD"),
    landed=Money(Decimal("15.90"), "EUR"),
    expires_at=datetime(2026, 11, 24, 12, tzinfo=UTC),
)


@given(TERMS)
@example(PLAIN)
def test_what_was_quoted_comes_back(terms: QuotedTerms) -> None:
    """An id gives back exactly the terms it was made of, to the last decimal."""
    assert TOKENS.read(TOKENS.sign(terms)) == terms


@given(st.data())
def test_nothing_can_be_altered(data: st.DataObject) -> None:
    """An id with any one character changed, added or taken away, the last one too, is no quote."""
    token = TOKENS.sign(PLAIN)
    at = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.sampled_from(string.ascii_letters + string.digits + "-_.").filter(token[at].__ne__))
    altered = data.draw(
        st.sampled_from([token[:at] + letter + token[at + 1 :], token[:at] + letter + token[at:], token[:at]])
    )
    with pytest.raises(NotAQuote):
        TOKENS.read(altered)


def test_one_spelling() -> None:
    """Of all spellings of a signature that say the same, only the one that was signed is accepted."""
    token = TOKENS.sign(PLAIN)
    body, _, signature = token.rpartition(".")
    letters = (string.ascii_letters + string.digits + "-_").replace(token[-1], "")
    others = [token[:-1] + letter for letter in letters]
    others += [token + junk for junk in ("=", "==", "!", " ", "\n", "*" * 50, "é")]
    others += [f"{body}.{junk}{signature}" for junk in ("!", " ", "=")]
    for other in others:
        with pytest.raises(NotAQuote):
            TOKENS.read(other)


def test_nothing_is_signed_that_is_then_refused() -> None:
    """A parcel of fifty lines with the longest ids that we know by, of whatever signs, is read back."""
    chance = Random(1)
    # Each of 200 signs; and 360 bytes for both, about the most that a global id carries, as two-byte letters.
    for letters, length in ((string.ascii_letters + string.digits + "-_", 200), ("".join(LETTERS), 90)):
        ids = ["".join(chance.choices(letters, k=length)) for _ in range(100)]
        lines = tuple(QuotedLine(*pair, 10**6, PRICE) for pair in zip(ids[:50], ids[50:], strict=True))
        terms = replace(PLAIN, lines=lines, method="M" * 200)
        assert TOKENS.read(TOKENS.sign(terms)) == terms


@pytest.mark.parametrize(
    "text", ["\ud800", "a.\ud800", "", ".", "x", "a.b", "é" * 50, "." * 10_000, "eyJhIjoxfQ.c2ln", "\x00"]
)
def test_other_texts(text: str) -> None:
    """Any other text is no quote, however odd."""
    with pytest.raises(NotAQuote):
        TOKENS.read(text)


def test_another_secret() -> None:
    """An id of another gateway is no quote here."""
    with pytest.raises(NotAQuote):
        QuoteTokens(["another secret, just as long"]).read(TOKENS.sign(PLAIN))


def test_a_secret_is_replaced() -> None:
    """With the new secret first and the old one behind it, old ids hold on and new ones need only the new."""
    new = "the secret that comes after it"
    both = QuoteTokens([new, SECRET])
    assert both.read(TOKENS.sign(PLAIN)) == PLAIN
    assert QuoteTokens([new]).read(both.sign(PLAIN)) == PLAIN
