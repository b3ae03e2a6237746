"""Files of import rules: the packaged one, an operator's own, and what is said of a wrong one."""

import cProfile
import pstats
import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import combinations
from pathlib import Path

import eu_vat_rates_data
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.quoting.border import BorderRules, read_border
from gateway.quoting.rulebook import How
from gateway.quoting.rulefile import read_rulebook
from providers.shipping import CostKind

RULE = """
as_of = 2026-11-24
[[rule]]
name = "VAT"
kind = "TAX"
to = ["GB"]
valid_from = 2021-01-01
how = "RATE"
rate = 0.2
of = ["ITEMS"]
source = "https://example.com/vat"
confidence = "OFFICIAL"
"""
TARIFF = """
[[tariff]]
to = ["GB"]
hs = ["61", "62"]
rate = 0.12
valid_from = 2021-01-01
source = "https://example.com/tariff"
"""


def test_vat_rates_are_the_commission_s(border: BorderRules) -> None:
    """The packaged VAT rates of the Union, Britain, Norway and Switzerland equal an independent list's."""
    members = {code for code in eu_vat_rates_data.get_all_rates() if eu_vat_rates_data.is_eu_member(code)}
    assert members == border.unions["EU"] - {"MC"}
    for country in sorted(members | {"MC", "GB", "NO", "CH"}):
        (tax,) = [rule for rule in border.rules[country] if rule.kind is CostKind.TAX]
        theirs = eu_vat_rates_data.get_standard_rate(country)
        assert tax.rates.get(country, tax.rate) == Decimal(str(theirs)) / 100, country


def test_no_rate_is_a_float(border: BorderRules) -> None:
    """Rates and amounts of a file are exact decimals, as written."""
    (tax,) = [rule for rule in border.rules["FI"] if rule.kind is CostKind.TAX]
    assert str(tax.rates["FI"]) == "0.255"
    assert str(next(rule.amount for rule in border.rules["NZ"] if rule.amount)) == "NZD 2.21"


def test_every_destination_has_duty_and_tax(border: BorderRules) -> None:
    """No packaged country has rules for one of duty and import tax only."""
    assert {"US", "GB", "CA", "AU", "NZ", "NO", "CH", "JP", "SG", *border.unions["EU"]} == set(border.rules)
    for country, rules in border.rules.items():
        assert {CostKind.DUTY, CostKind.TAX} <= {rule.kind for rule in rules}, country
        assert any(rule.valid_to is None and rule.kind is CostKind.TAX for rule in rules), country


def test_an_operator_s_file(tmp_path: Path) -> None:
    """A file of the same form takes the place of the packaged one, and only its countries are known."""
    path = tmp_path / "mine.toml"
    path.write_text(RULE + TARIFF, encoding="utf-8")
    rules = read_border(path)
    assert set(rules.rules) == set(rules.tariffs) == {"GB"}
    assert rules.rules["GB"][0].how is How.RATE


def test_the_packaged_file_can_be_handed_over_as_it_is(tmp_path: Path, border: BorderRules) -> None:
    """An operator who begins with a copy of the packaged file begins with the same rules."""
    packaged = Path(__file__).parents[3] / "gateway" / "quoting" / "border.toml"
    path = tmp_path / "copy.toml"
    path.write_bytes(packaged.read_bytes())
    assert read_border(path) == border


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            RULE.replace("rate = 0.2", "rate = 20"),
            r"rule 1 \(VAT\), rate: a rate is a fraction such as 0\.19",
        ),
        (RULE.replace('"GB"', '"UK"'), r"rule 1 \(VAT\): 'UK' is neither an ISO 3166-1 country nor a group"),
        (RULE.replace("rate = 0.2", ""), r"rule 1 \(VAT\): RATE needs either `rate` or `rates`"),
        (RULE.replace('of = ["ITEMS"]', ""), r"rule 1 \(VAT\): RATE needs `of`"),
        (RULE.replace('"RATE"', '"NOTHING"'), r"rule 1 \(VAT\): NOTHING takes no `of`"),
        (RULE.replace('"RATE"', '"SOMEHOW"'), r"rule 1 \(VAT\), how: Input should be 'RATE'"),
        (RULE.replace('"TAX"', '"ITEMS"'), r"rule 1 \(VAT\), kind: Input should be"),
        (RULE.replace('["ITEMS"]', '["TAX"]'), r"rule 1 \(VAT\), of, "),
        (RULE.replace('"TAX"', '"DUTY"').replace('["ITEMS"]', '["DUTY"]'), "cannot be a share of itself"),
        (RULE.replace("source =", "sauce ="), r"rule 1 \(VAT\), source: Field required"),
        (RULE.replace("https://", "see "), r"rule 1 \(VAT\), source: "),
        (RULE + "valid_to = 2020-12-31", r"rule 1 \(VAT\): valid_to lies before valid_from"),
        (RULE + 'goods_up_to = { amount = 1, currency = "XYZ" }', "'XYZ' is no ISO 4217 currency"),
        (
            RULE.replace('"RATE"', '"UNKNOWN"').replace("rate = 0.2", "").replace('of = ["ITEMS"]', "")
            + 'waived_up_to = { amount = 1, currency = "GBP" }',
            r"rule 1 \(VAT\): UNKNOWN takes no `waived_up_to`",
        ),
        ('groups = { G = ["UK"] }' + RULE, "groups, G, 0: 'UK' is no ISO 3166-1 country"),
        ('groups = { US = ["CA"] }' + RULE, "groups: 'US' is a country's code, so it cannot name a group"),
        (RULE.replace('["ITEMS"]', '["HANDLING"]'), r"rule 1 \(VAT\), of, "),
        (RULE + "limit = 3", r"rule 1 \(VAT\), limit: Extra inputs are not permitted"),
        (RULE + RULE.partition("24")[2], r"rules 1 and 2 \(VAT\): both hold for GB at the same time"),
        (RULE + "[rule.rates]\nDE = 0.19", r"rule 1 \(VAT\): RATE needs either"),
        (
            RULE.replace("rate = 0.2", "rates = { DE = 0.19 }"),
            r"rule 1 \(VAT\): `to` and `rates` have to name the same countries, see DE",
        ),
        (RULE + TARIFF + TARIFF, "tariffs 1 and 2: both have a rate for 61 at the same time"),
        (RULE + TARIFF.replace('"61"', '"6109100010"'), r"tariff 1 \(.*\), hs, 0: "),
        ('unions = ["EU"]' + RULE, "unions: there is no group 'EU'"),
        ("as_of = ", "is not TOML"),
        ("", "as_of: Field required"),
    ],
)
def test_a_wrong_file(tmp_path: Path, written: str, said: str) -> None:
    """A wrong file is refused in a sentence that names it, the entry and what is wrong."""
    path = tmp_path / "mine.toml"
    path.write_text(written, encoding="utf-8")
    with pytest.raises(ValueError, match=said) as refused:
        read_border(path)
    assert str(refused.value).startswith(str(path))


def test_rules_that_take_turns(tmp_path: Path) -> None:
    """Rules of one name may follow each other in time, value or where a parcel leaves from."""
    again = RULE.partition("24")[2]
    path = tmp_path / "mine.toml"
    for one, other in (
        ("valid_to = 2025-12-31", "valid_from = 2026-01-01"),
        ('goods_up_to = { amount = 5, currency = "GBP" }', 'goods_above = { amount = 5, currency = "GBP" }'),
        ('sent_from = ["US"]', 'not_sent_from = ["US", "MX"]'),
        ('sent_from = ["US"]', 'sent_from = ["MX"]'),
    ):
        second = again.replace("valid_from = 2021-01-01\n", "") if "valid_from" in other else again
        path.write_text(RULE + one + second + other, encoding="utf-8")
        assert len(read_border(path).rules["GB"]) == 2


def test_a_missing_file(tmp_path: Path) -> None:
    """A file that is not there is named."""
    with pytest.raises(ValueError, match=r"nowhere\.toml cannot be read"):
        read_border(tmp_path / "nowhere.toml")


DAYS = st.tuples(st.integers(1, 9), st.integers(0, 3)).map(
    lambda span: (date(2026, 1, span[0]), date(2026, 1, span[0] + span[1]))
)
SPANS = st.lists(
    st.tuples(
        st.lists(st.sampled_from(["61", "62", "9405"]), min_size=1, max_size=2, unique=True),
        st.lists(st.sampled_from(["GB", "NO"]), min_size=1, unique=True),
        st.lists(st.sampled_from(["CN", "VN"]), max_size=2, unique=True),
        DAYS,
    ),
    max_size=5,
)
Span = tuple[list[str], list[str], list[str], tuple[date, date]]


def tariffs(spans: Sequence[Span]) -> str:
    return "as_of = 2026-11-24\n" + "".join(
        f"[[tariff]]\nhs = {hs}\nto = {to}\nmade_in = {made_in}\nvalid_from = {first}\nvalid_to = {last}\n"
        'rate = 0.1\nsource = "https://example.com/tariff"\n'
        for hs, to, made_in, (first, last) in spans
    )


def are_at_odds(one: Span, other: Span) -> bool:
    numbers, countries = (set(one[place]) & set(other[place]) for place in (0, 1))
    makers = set(one[2]) & set(other[2]) or not (one[2] or other[2])
    days = one[3][0] <= other[3][1] and other[3][0] <= one[3][1]
    return bool(numbers and countries and makers and days)


@given(SPANS)
def test_two_tariffs_at_odds(spans: list[Span]) -> None:
    """Two rates for the same goods on the same day are refused, wherever they stand, and nothing else is."""
    if any(are_at_odds(one, other) for one, other in combinations(spans, 2)):
        with pytest.raises(ValueError, match="both have a rate for") as refused:
            read_rulebook(tariffs(spans), "mine.toml")
        one, other = [int(word) for word in re.findall(r"\d+", str(refused.value))[:2]]
        assert one < other
        assert are_at_odds(spans[one - 1], spans[other - 1])
    else:
        assert len(read_rulebook(tariffs(spans), "mine.toml").tariff) == len(spans)


def test_many_tariffs() -> None:
    """Four times the tariffs take four times the steps, and not sixteen times."""

    def steps(count: int) -> int:
        days = (date(2026, 1, 1), date(2026, 12, 31))
        text = tariffs([([str(100_000 + number)], ["GB"], ["CN"], days) for number in range(count)])
        with cProfile.Profile() as profile:
            read_rulebook(text, "mine.toml")
        return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]

    assert steps(400) < 5 * steps(100)
