"""Quote ids: what they carry, and that nobody can alter it."""

import base64
import string
from datetime import UTC, datetime
from decimal import Decimal

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
)
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
    """An id with any one character changed, added or taken away is no quote."""
    token = TOKENS.sign(PLAIN)
    at = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.sampled_from(string.ascii_letters + string.digits + "-_.").filter(token[at].__ne__))
    altered = data.draw(
        st.sampled_from([token[:at] + letter + token[at + 1 :], token[:at] + letter + token[at:], token[:at]])
    )
    try:
        read = TOKENS.read(altered)
    except NotAQuote:
        return
    # The last letter of a signature holds bits that base64 does not use: it then says the same.
    assert read == PLAIN
    assert base64.urlsafe_b64decode(altered.rpartition(".")[2] + "=") == base64.urlsafe_b64decode(
        token.rpartition(".")[2] + "="
    )


@pytest.mark.parametrize("text", ["", ".", "x", "a.b", "é" * 50, "." * 10_000, "eyJhIjoxfQ.c2ln", "\x00"])
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
