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
from pydantic import ValidationError

from gateway.quoting.border import BorderRules, read_border
from gateway.quoting.rulebook import How, Rule, Tariff
from gateway.quoting.rulefile import GUIDE, Rulebook, read_rulebook, with_tariffs
from gateway.toml_file import SAID, refusal
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
        (
            RULE.replace('"RATE"', '"SOMEHOW"'),
            r"rule 1 \(VAT\), how: 'SOMEHOW' cannot be used; write RATE, PER_ITEM_TYPE, .* or UNKNOWN\.",
        ),
        (
            RULE.replace('"TAX"', '"ITEMS"'),
            r"rule 1 \(VAT\), kind: 'ITEMS' cannot be used; write DUTY, TAX or CUSTOMS_FEE\.",
        ),
        (RULE.replace('["ITEMS"]', '["TAX"]'), r"rule 1 \(VAT\), of: 'TAX' cannot be used; write ITEMS, "),
        (RULE.replace('"TAX"', '"DUTY"').replace('["ITEMS"]', '["DUTY"]'), "cannot be a share of itself"),
        (RULE.replace("source =", "sauce ="), r"rule 1 \(VAT\), source: it is missing and has to be there\."),
        (
            RULE.replace("https://", "see "),
            r"rule 1 \(VAT\), source: 'see example.com/vat' is no web address",
        ),
        (RULE + "valid_to = 2020-12-31", r"rule 1 \(VAT\): valid_to lies before valid_from"),
        (RULE + 'goods_up_to = { amount = 1, currency = "XYZ" }', "'XYZ' is no ISO 4217 currency"),
        (
            RULE.replace('"RATE"', '"UNKNOWN"').replace("rate = 0.2", "").replace('of = ["ITEMS"]', "")
            + 'waived_up_to = { amount = 1, currency = "GBP" }',
            r"rule 1 \(VAT\): UNKNOWN takes no `waived_up_to`",
        ),
        ('groups = { G = ["UK"] }' + RULE, "groups, G: 'UK' is no ISO 3166-1 country"),
        ('groups = { US = ["CA"] }' + RULE, "groups: 'US' is a country's code, so it cannot name a group"),
        (RULE.replace('["ITEMS"]', '["HANDLING"]'), r"rule 1 \(VAT\), of: 'HANDLING' cannot be used"),
        (RULE + "limit = 3", r"rule 1 \(VAT\), limit: nothing of this name belongs here; there are amount, "),
        (RULE + RULE.partition("24")[2], r"rules 1 and 2 \(VAT\): both hold for GB at the same time"),
        (RULE + "[rule.rates]\nDE = 0.19", r"rule 1 \(VAT\): RATE needs either"),
        (
            RULE.replace("rate = 0.2", "rates = { DE = 0.19 }"),
            r"rule 1 \(VAT\): `to` and `rates` have to name the same countries, see DE",
        ),
        (RULE + TARIFF + TARIFF, "tariffs 1 and 2: both have a rate for 61 at the same time"),
        (
            RULE + TARIFF.replace('"61"', '"6109100010"'),
            r"tariff 1 \(6109100010\), hs: '6109100010' is not the beginning of",
        ),
        ('unions = ["EU"]' + RULE, "unions: there is no group 'EU'"),
        ("as_of = ", "is not TOML"),
        ("", "as_of: it is missing and has to be there"),
    ],
)
def test_a_wrong_file(tmp_path: Path, written: str, said: str) -> None:
    """A wrong file is refused in a sentence that names it, the entry and what is wrong."""
    path = tmp_path / "mine.toml"
    path.write_text(written, encoding="utf-8")
    with pytest.raises(ValueError, match=said) as refused:
        read_border(path)
    assert str(refused.value).startswith(str(path))


IN_OUR_WORDS = {
    "date_type": (
        RULE.replace("2026-11-24", '"today"'),
        r"as_of: 'today' cannot be used; write a day such as 2026-11-24, without quotes",
    ),
    "decimal_parsing": (
        RULE.replace("0.2", '"a fifth"'),
        r"rule 1 (VAT), rate: 'a fifth' cannot be used; write a number such as 0.19",
    ),
    "decimal_type": (RULE.replace("0.2", "[1]"), "rule 1 (VAT), rate: write a number such as 0.19"),
    "dict_type": (
        RULE.replace("rate = 0.2", "rates = 0.2"),
        "rule 1 (VAT), rates: 0.2 cannot be used; write a table, such as { DE = 0.19 } for rates",
    ),
    "enum": (
        RULE.replace("OFFICIAL", "SURE"),
        "rule 1 (VAT), confidence: 'SURE' cannot be used; write OFFICIAL, REPORTED or DISPUTED",
    ),
    "extra_forbidden": (
        RULE + "valid_until = 2027-01-01",
        "rule 1 (VAT), valid_until: nothing of this name belongs here; did you mean `valid_to`?",
    ),
    "finite_number": (
        RULE.replace("0.2", "nan"),
        "rule 1 (VAT), rate: NaN cannot be used; write a number such as 0.19",
    ),
    "frozen_set_type": (
        RULE.replace('["ITEMS"]', '"ITEMS"'),
        """rule 1 (VAT), of: 'ITEMS' cannot be used; write a list in brackets, such as ["61", "62"]""",
    ),
    "greater_than_equal": (
        RULE + 'goods_above = { amount = -1, currency = "GBP" }',
        "rule 1 (VAT), goods_above, amount: -1 cannot be used; write 0 or more",
    ),
    "literal_error": (
        RULE.replace('"TAX"', '"SHIPPING"'),
        "rule 1 (VAT), kind: 'SHIPPING' cannot be used; write DUTY, TAX or CUSTOMS_FEE",
    ),
    "missing": (
        RULE + "goods_above = { amount = 1 }",
        "rule 1 (VAT), goods_above, currency: it is missing and has to be there",
    ),
    "model_type": (
        RULE + "goods_above = 5",
        (
            "rule 1 (VAT), goods_above: 5 cannot be used; "
            'write a table, such as { amount = 5, currency = "EUR" }'
        ),
    ),
    "string_too_short": (
        RULE.replace('"VAT"', '""'),
        "rule 1, name: '' cannot be used; write at least one letter",
    ),
    "string_type": (
        RULE + TARIFF.replace('"61"', "61"),
        "tariff 1 (61), hs: 61 cannot be used; write a text in quotes",
    ),
    "too_short": (RULE.replace('["GB"]', "[]"), "rule 1 (VAT), to: name at least one"),
    "tuple_type": (
        RULE + 'sent_from = "US"',
        """rule 1 (VAT), sent_from: 'US' cannot be used; write a list in brackets, such as ["61", "62"]""",
    ),
    "value_error": (
        RULE.replace("rate = 0.2", "rates = { UK = 0.2 }"),
        "rule 1 (VAT), rates, UK: 'UK' is no ISO 3166-1 country",
    ),
}


@pytest.mark.parametrize("kind", sorted(IN_OUR_WORDS))
def test_a_refusal_says_what_to_write(kind: str) -> None:
    """Whatever kind of mistake it is, the refusal is a sentence of ours that says what belongs there."""
    written, said = IN_OUR_WORDS[kind]
    with pytest.raises(ValueError, match=r"\.$") as refused:
        read_rulebook(written, "mine.toml")
    assert str(refused.value) == f"mine.toml, {said}."
    assert isinstance(refused.value.__cause__, ValidationError)
    assert refused.value.__cause__.errors()[0]["type"] == kind


@pytest.mark.parametrize("written", ["[rule]", "rule = 5", "rule = [5]"])
def test_an_entry_of_another_form(written: str) -> None:
    """Who does not begin an entry as one of a list is told how entries begin."""
    with pytest.raises(ValueError, match=r"begin each entry with a line \[\[rule\]\]"):
        read_rulebook(f"as_of = 2026-11-24\n{written}", "mine.toml")


@pytest.mark.parametrize("number", ["1e99999999999999999999", "9" * 5000, "[" * 5000 + "]" * 5000])
def test_beyond_all_reason(number: str) -> None:
    """A number or a nest of brackets that cannot be read is refused like any other mistake."""
    with pytest.raises(ValueError, match="has a number too long to be one, or brackets too deep"):
        read_rulebook(f"as_of = {number}", "mine.toml")


ANYTHING = st.recursive(
    st.one_of(
        st.none().map(lambda _: date(2026, 1, 1)),
        st.booleans(),
        st.integers(-3, 3),
        st.decimals(-1, 3, places=2),
        st.sampled_from(["", "VAT", "GB", "UK", "RATE", "TAX", "61", "https://example.com", "OFFICIAL"]),
    ),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["amount", "currency", "GB", "DE"]), inner, max_size=2)
    ),
    max_leaves=3,
)


@given(st.dictionaries(st.sampled_from([*Rule.model_fields, *Tariff.model_fields, "x"]), ANYTHING))
def test_no_other_kinds_of_mistakes(entry: dict[str, object]) -> None:
    """Whatever stands in an entry, its mistakes are of the kinds that there are words for."""
    for form in ("rule", "tariff"):
        book = {"as_of": date(2026, 1, 1), form: [entry]}
        mistakes = []
        try:
            Rulebook.model_validate(book)
        except ValidationError as error:
            mistakes = error.errors()
        assert {each["type"] for each in mistakes} <= set(IN_OUR_WORDS) <= set(SAID)
        assert all(refusal(each, book, Rulebook, GUIDE) for each in mistakes)


def test_tariffs_of_their_own_file(tmp_path: Path) -> None:
    """A file of tariffs adds to those of the rules, for countries, their groups and groups of its own."""
    rules, own = tmp_path / "rules.toml", tmp_path / "tariffs.toml"
    rules.write_text('groups = { ISLES = ["GB", "IE"] }\n' + RULE + TARIFF, encoding="utf-8")
    own.write_text(
        'groups = { NORTH = ["NO"] }'
        + TARIFF.replace('"61", "62"', '"6109"').replace('"GB"', '"ISLES", "NORTH"'),
        encoding="utf-8",
    )
    border = read_border(rules).with_tariffs(own)
    assert {code: len(those) for code, those in border.tariffs.items()} == {"GB": 2, "IE": 1, "NO": 1}
    assert len(border.book.tariff) == 2
    assert border.rules == read_border(rules).rules


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            TARIFF.replace("0.12", "12"),
            "tariff 1 (61), rate: a rate is a fraction such as 0.19 for 19 %, not 12",
        ),
        (TARIFF.replace("GB", "UK"), "tariff 1 (61): 'UK' is neither an ISO 3166-1 country nor a group"),
        (
            TARIFF.replace('"61", "62"', '"6109"') * 2,
            "tariffs 1 and 2: both have a rate for 6109 at the same time",
        ),
        (
            TARIFF.replace('"61"', '"6109"'),
            "tariff 1 (62): tariff 1 of the rules has a rate for 62 at the same time; more digits come first",
        ),
        ('groups = { GB = ["NO"] }', "groups: 'GB' is a country's code, so it cannot name a group"),
        ('groups = { EU = ["NO"] }', "groups: the rules have a group 'EU' already"),
        (RULE, "as_of: nothing of this name belongs here; there are groups and tariff"),
        (RULE.partition("24")[2], "rule: nothing of this name belongs here; there are groups and tariff"),
    ],
)
def test_a_wrong_file_of_tariffs(written: str, said: str) -> None:
    """A wrong file of tariffs is refused as one of rules is, also for what only stands against the rules."""
    book = read_rulebook('groups = { EU = ["DE"] }' + RULE + TARIFF, "border.toml")
    with pytest.raises(ValueError, match=r"\.$") as refused:
        with_tariffs(book, written, "own.toml")
    assert str(refused.value) == f"own.toml, {said}."


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


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    """A file that is not UTF-8 is named."""
    path = tmp_path / "mine.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ValueError, match=r"mine\.toml cannot be read: it is not UTF-8"):
        read_border(path)


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
