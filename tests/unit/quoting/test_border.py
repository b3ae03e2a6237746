"""What the border takes: by day, by value, by destination, and beside what the supplier charges."""

from datetime import date
from pathlib import Path

import pytest

from gateway.quoting.border import BorderRules, Levy, read_border
from gateway.quoting.rates import Converter, ReferenceRates
from providers.shipping import Certainty, Cost, CostKind, Parcel, ParcelLine
from tests.parcels import charge, line, money, parcel

TODAY = date(2026, 11, 24)
SHIPPING = charge(CostKind.SHIPPING, "5.00")

LAMP, LEADS, SHIRT = "9405210000", "8544429000", "61091000"


@pytest.fixture
def levies(border: BorderRules, rates: ReferenceRates) -> "Levies":
    return Levies(border, rates)


class Levies:
    """Asks the packaged rules."""

    def __init__(self, border: BorderRules, rates: ReferenceRates) -> None:
        self.border = border
        self.rates = rates

    def __call__(self, sent: Parcel, *charges: Cost, day: date | str = TODAY) -> tuple[Levy, ...]:
        day = date.fromisoformat(day) if isinstance(day, str) else day
        return self.border.levies(sent, charges or (SHIPPING,), day, Converter(self.rates))

    def of(self, kind: CostKind, sent: Parcel, *charges: Cost, day: date | str = TODAY) -> list[str]:
        """The levies of one kind as `3.00 EUR` or `UNKNOWN`."""
        return [
            f"{levy.cost.amount.amount} {levy.cost.amount.currency}"
            if levy.cost.amount
            else levy.cost.certainty
            for levy in self(sent, *charges, day=day)
            if levy.cost.kind is kind
        ]


@pytest.mark.parametrize(
    ("day", "duty"),
    [
        ("2026-06-30", ["0.00 USD"]),  # free up to EUR 150
        ("2026-07-01", ["3.00 EUR"]),
        ("2028-06-30", ["3.00 EUR"]),
        ("2028-07-01", ["UNKNOWN"]),
        ("2020-01-01", ["UNKNOWN"]),  # before what the rules know of
    ],
)
def test_duty_of_a_small_parcel_to_the_union(levies: Levies, day: str, duty: list[str]) -> None:
    """The Union's duty on small parcels begins and ends on its days."""
    assert levies.of(CostKind.DUTY, parcel(line(hs=LAMP)), day=day) == duty


@pytest.mark.parametrize(
    ("day", "duties"),
    [
        ("2025-08-28", ["UNKNOWN"]),
        ("2026-02-23", ["UNKNOWN", "UNKNOWN"]),
        ("2026-02-24", ["UNKNOWN", "1.00 USD"]),
        ("2026-07-23", ["UNKNOWN", "1.00 USD"]),  # the last of 150 days
        ("2026-07-24", ["UNKNOWN", "UNKNOWN"]),
        ("2026-07-25", ["UNKNOWN", "UNKNOWN"]),
    ],
)
def test_duty_to_the_united_states(levies: Levies, day: str, duties: list[str]) -> None:
    """The surcharge holds for its 150 days; what comes before and after it, and the tariff, is not known."""
    assert levies.of(CostKind.DUTY, parcel(line("10.00", hs=LAMP), to="US"), day=day) == duties


@pytest.mark.parametrize(
    ("country", "currency", "most", "more"),
    [
        ("GB", "GBP", "135.00", "135.01"),
        ("CA", "CAD", "20.00", "20.01"),
        ("AU", "AUD", "1000.00", "1000.01"),
        ("NZ", "NZD", "1000.00", "1000.01"),
        ("JP", "JPY", "10000", "10001"),
    ],
)
def test_free_up_to(levies: Levies, country: str, currency: str, most: str, more: str) -> None:
    """Duty is nothing up to a value of the goods, shipping not counted, and not known above it."""
    shipping = charge(CostKind.SHIPPING, "99999", currency)
    for value, free in ((most, True), (more, False)):
        sent = parcel(line(value, currency=currency, hs=LAMP), to=country)
        (duty,) = levies.of(CostKind.DUTY, sent, shipping)
        assert (duty in {f"0 {currency}", f"0.00 {currency}"}, duty == "UNKNOWN") == (free, not free)


def test_a_value_in_another_currency_is_compared_in_the_rule_s(levies: Levies) -> None:
    """EUR 150 are free and a cent more is not; USD 150 are less than that and USD 170 more."""
    for value, duty in (("150.00", "0.00 EUR"), ("150.01", "UNKNOWN")):
        sent = parcel(line(value, currency="EUR", hs=LAMP))
        assert levies.of(CostKind.DUTY, sent, day="2026-06-30") == [duty]
    assert levies.of(CostKind.DUTY, parcel(line("150", hs=LAMP)), day="2026-06-30") == ["0.00 USD"]
    assert levies.of(CostKind.DUTY, parcel(line("170", hs=LAMP)), day="2026-06-30") == ["UNKNOWN"]


@pytest.mark.parametrize(
    ("origin", "value", "duty", "tax"),
    [
        ("CN", "20", "0.00 CAD", "0.00 CAD"),
        ("CN", "30", "UNKNOWN", "1.50 CAD"),
        ("US", "30", "0.00 CAD", "0.00 CAD"),
        ("US", "100", "0.00 CAD", "5.00 CAD"),
        ("MX", "151", "UNKNOWN", "7.55 CAD"),
    ],
)
def test_canada_asks_where_a_parcel_leaves_from(
    levies: Levies, origin: str, value: str, duty: str, tax: str
) -> None:
    """What is free in Canada depends on the country of dispatch."""
    sent = parcel(line(value, currency="CAD", hs=LAMP), to="CA", sent_from=origin)
    assert levies.of(CostKind.DUTY, sent) == [duty]
    assert levies.of(CostKind.TAX, sent) == [tax]


def test_item_types(levies: Levies) -> None:
    """The same six digits are one type, whatever the products; one without a number is a type of its own."""
    one = [line(quantity=5, hs=LAMP, native="a"), line(hs="9405.21.9999", native="b")]
    assert levies.of(CostKind.DUTY, parcel(*one)) == ["3.00 EUR"]
    assert levies.of(CostKind.DUTY, parcel(*one, line(hs=LEADS, native="c"))) == ["6.00 EUR"]
    sent = parcel(*one, line(native="c"), line(hs="94", native="d"))
    assert levies.of(CostKind.DUTY, sent) == ["9.00 EUR"]
    assert any("without a tariff number counts" in (levy.cost.note or "") for levy in levies(sent))


def test_import_tax_is_taken_of_duty_too(levies: Levies) -> None:
    """Import VAT is a share of goods, shipping and duty, each in whatever currency it is said in."""
    sent = parcel(line("100.00", currency="EUR", hs=LAMP))
    shipping = charge(CostKind.SHIPPING, "10.00", "EUR")
    assert levies.of(CostKind.TAX, sent, shipping, day="2026-07-01") == ["21.47 EUR"]  # 19 % of 113
    assert levies.of(CostKind.TAX, sent, shipping, day="2026-06-30") == ["20.90 EUR"]
    (tax,) = [levy for levy in levies(sent, shipping, day="2026-07-01") if levy.cost.kind is CostKind.TAX]
    assert tax.cost.note is not None
    assert tax.cost.note.startswith("VAT: 19 % of goods, shipping and duty.")


@pytest.mark.parametrize(
    ("country", "fees", "day"),
    [
        ("FR", [], "2026-02-28"),
        ("FR", ["2.00 EUR"], "2026-03-01"),
        ("FR", ["UNKNOWN"], "2026-11-01"),
        ("IT", ["UNKNOWN"], "2026-07-01"),
        ("RO", ["25.00 RON"], "2026-01-01"),
        ("RO", ["UNKNOWN", "25.00 RON"], "2026-11-24"),
        ("DE", [], "2026-10-31"),
        ("DE", ["UNKNOWN"], "2026-11-01"),
        ("NZ", [], "2026-03-31"),
        ("NZ", ["2.21 NZD"], "2026-04-01"),
        ("US", [], "2026-11-24"),
    ],
)
def test_customs_fees(levies: Levies, country: str, fees: list[str], day: str) -> None:
    """Countries that take a fee for a small parcel take it from their day on; others have no such line."""
    assert levies.of(CostKind.CUSTOMS_FEE, parcel(to=country), day=day) == fees


def test_a_small_tax_is_not_collected(levies: Levies) -> None:
    """Switzerland does not collect a tax of up to five francs, and collects all of a bigger one."""
    for value, tax in (("61.79", "0.00 CHF"), ("61.80", "5.01 CHF")):  # 5.00499 is rounded to 5.00
        sent = parcel(line(value, currency="CHF", hs=LAMP), to="CH")
        assert levies.of(CostKind.TAX, sent, charge(CostKind.SHIPPING, "0", "CHF")) == [tax]


@pytest.mark.parametrize(
    ("origin", "destination", "within", "tax"),
    [
        ("DE", "DE", "DE", "VAT"),
        ("DE", "FR", "the EU customs union", "VAT"),
        ("FR", "MC", "the EU customs union", "VAT"),
        ("CA", "CA", "CA", "GST"),
        ("JP", "JP", "JP", "Consumption tax"),
        ("CN", "CN", "CN", None),
    ],
)
def test_no_border(levies: Levies, origin: str, destination: str, within: str, tax: str | None) -> None:
    """Within a country or a customs union no duty is due; whether the price holds its tax is not known."""
    duty, unknown = levies(parcel(to=destination, sent_from=origin))
    note = f"Sent within {within}: no duty is due."
    assert duty == Levy(Cost(CostKind.DUTY, money("0"), Certainty.ESTIMATED, note))
    which = f"{tax}." if tax else f"tax. No import rules are known for {destination}."
    note = f"Sent within {within}: the supplier does not say whether its price contains {which}"
    assert unknown.cost == Cost(CostKind.TAX, None, Certainty.UNKNOWN, note)
    assert (unknown.name, unknown.source is None) == (tax, tax is None)


def test_no_border_and_no_tax(levies: Levies) -> None:
    """Within a country that takes no tax on import nothing is open; before its first rule the tax is."""
    sent = parcel(to="US", sent_from="US")
    assert [levy.cost.kind for levy in levies(sent)] == [CostKind.DUTY]
    _duty, tax = levies(sent, day="2025-08-28")
    assert (tax.cost.note or "").endswith(
        "contains tax. The rules that are known for US say nothing for 2025-08-28."
    )


@pytest.mark.parametrize("certainty", [Certainty.KNOWN, Certainty.INCLUDED, Certainty.UNKNOWN])
def test_no_border_and_the_supplier_s_own_tax(levies: Levies, certainty: Certainty) -> None:
    """Within a country nothing is said about a tax that the supplier itself has a line for."""
    tax = Cost(CostKind.TAX, money("1.90") if certainty is Certainty.KNOWN else None, certainty)
    sent = parcel(to="DE", sent_from="DE")
    assert [levy.cost.kind for levy in levies(sent, SHIPPING, tax)] == [CostKind.DUTY]


def test_a_destination_without_rules(levies: Levies) -> None:
    """Where no rules are known duty and tax are unknown, and the notes say why."""
    found = levies(parcel(to="BR"))
    assert [(levy.cost.kind, levy.cost.amount, levy.cost.certainty) for levy in found] == [
        (CostKind.DUTY, None, Certainty.UNKNOWN),
        (CostKind.TAX, None, Certainty.UNKNOWN),
    ]
    assert all(levy.cost.note == "No import rules are known for BR." for levy in found)


def test_what_the_supplier_charges_is_not_estimated_again(levies: Levies) -> None:
    """A kind that the supplier charges has no second line; another line warns that it may be in there."""
    sent = parcel(line("10.00", hs=LAMP))
    tax = charge(CostKind.TAX, "2.00")
    found = levies(sent, SHIPPING, tax, day="2026-10-31")
    assert [levy.cost.kind for levy in found] == [CostKind.DUTY]
    assert found[0].cost.note is not None
    assert found[0].cost.note.endswith(
        "The supplier charges tax itself and does not say whether that covers duty."
    )
    assert levies(sent, SHIPPING, tax, charge(CostKind.DUTY), day="2026-10-31") == ()
    within = levies(parcel(to="CN"), charge(CostKind.DUTY, "1.00"))
    assert [levy.cost.kind for levy in within] == [CostKind.TAX]


def test_a_fee_of_the_carrier_is_not_the_state_s(levies: Levies) -> None:
    """What a carrier takes for clearing customs leaves the state's own fee as it is, and is taxed."""
    fee = charge(CostKind.CUSTOMS_FEE, "1.00", "EUR")
    assert levies.of(CostKind.CUSTOMS_FEE, parcel(), SHIPPING, fee) == ["UNKNOWN"]
    assert levies.of(CostKind.CUSTOMS_FEE, parcel(to="RO"), SHIPPING, fee, day="2026-10-31") == ["25.00 RON"]
    assert not any("itself" in (levy.cost.note or "") for levy in levies(parcel(), SHIPPING, fee))
    sent = parcel(line("100.00", currency="EUR", hs=LAMP))
    shipping = charge(CostKind.SHIPPING, "9.00", "EUR")
    assert levies.of(CostKind.TAX, sent, shipping, fee, day="2026-10-31") == ["21.47 EUR"]  # 19 % of 113


@pytest.mark.parametrize("country", ["DE", "GB", "AU", "NZ", "NO", "CH", "JP", "SG"])
@pytest.mark.parametrize("kind", [CostKind.HANDLING, CostKind.OTHER])
def test_however_sending_is_billed(levies: Levies, country: str, kind: CostKind) -> None:
    """The same sum for sending is taxed the same, whichever of its names a carrier bills it by."""
    for value, day in (("90.00", "2026-10-31"), ("9000.00", "2026-10-31")):
        sent = parcel(line(value, hs=LAMP), to=country)
        whole = levies.of(CostKind.TAX, sent, charge(CostKind.SHIPPING, "25.00"), day=day)
        parts = charge(CostKind.SHIPPING, "5.00"), charge(kind, "12.00"), charge(kind, "8.00")
        assert levies.of(CostKind.TAX, sent, *parts, day=day) == whole
        assert levies.of(CostKind.TAX, sent, parts[0], day=day) != whole or whole[0].startswith("0")


def test_included_counts_as_charged(levies: Levies) -> None:
    """What a supplier includes in another amount is charged, and not taken a share of twice."""
    sent = parcel(line("100.00", currency="EUR", hs=LAMP))
    shipping = charge(CostKind.SHIPPING, "10.00", "EUR")
    duty = Cost(CostKind.DUTY, None, Certainty.INCLUDED)
    assert levies.of(CostKind.DUTY, sent, shipping, duty, day="2026-10-31") == []
    assert levies.of(CostKind.TAX, sent, shipping, duty, day="2026-10-31") == ["20.90 EUR"]


def test_a_share_of_what_is_not_known_is_at_least(levies: Levies) -> None:
    """Tax is reckoned on what is known, and its note names what would add to it."""
    sent = parcel(line("100.00", currency="GBP", hs=LAMP), to="GB")
    (tax,) = [each for each in levies(sent, charge(CostKind.SHIPPING)) if each.cost.kind is CostKind.TAX]
    assert (tax.cost.amount, tax.cost.certainty) == (money("20.00", "GBP"), Certainty.ESTIMATED)
    assert tax.cost.note is not None
    assert "At least: shipping would add to it, and how much is not known." in tax.cost.note


def test_without_the_price_of_the_goods_nothing_is_known(levies: Levies) -> None:
    """Duty and tax of goods without a price are unknown, whatever else is known."""
    for country in ("DE", "US", "GB"):
        for levy in levies(parcel(line(None, hs=LAMP), line("5.00", hs=LAMP, native="b"), to=country)):
            assert levy.cost.certainty is Certainty.UNKNOWN or levy.cost.amount == money("0")


def test_a_currency_without_a_rate(levies: Levies) -> None:
    """Goods in a currency that cannot be compared with the rules' leave the levies unknown, and say why."""
    for levy in levies(parcel(line(currency="VND"))):
        assert levy.cost.certainty is Certainty.UNKNOWN
        assert "no reference rate for VND" in (levy.cost.note or "")


def test_every_levy_of_a_rule_is_cited(levies: Levies, border: BorderRules) -> None:
    """Whatever a rule takes carries the rule's name and the address where it is written."""
    for country in border.rules:
        for value in ("10.00", "5000.00"):
            for levy in levies(parcel(line(value, hs=LAMP), to=country)):
                assert (levy.source or "").startswith("http"), country
                assert levy.name in {rule.name for rule in border.rules[country]}


TARIFFS = """
as_of = 2026-11-24
[[rule]]
name = "Customs duty"
kind = "DUTY"
to = ["US"]
valid_from = 2026-01-01
how = "BY_TARIFF"
of = ["ITEMS", "SHIPPING"]
source = "https://example.com/duty"
confidence = "OFFICIAL"
[[tariff]]
to = ["US"]
hs = ["61", "62"]
rate = 0.10
valid_from = 2026-01-01
source = "https://example.com/clothes"
[[tariff]]
to = ["US"]
hs = ["6109"]
rate = 0.2
valid_from = 2026-01-01
valid_to = 2026-12-31
source = "https://example.com/shirts"
[[tariff]]
to = ["US"]
hs = ["61"]
made_in = ["CN"]
rate = 0.5
valid_from = 2026-01-01
source = "https://example.com/china"
[[tariff]]
to = ["US"]
hs = ["94"]
rate = 0
valid_from = 2026-01-01
source = "https://example.com/lamps"
note = "Lamps are free."
"""


@pytest.fixture
def tariffs(tmp_path: Path, rates: ReferenceRates) -> Levies:
    path = tmp_path / "tariffs.toml"
    path.write_text(TARIFFS, encoding="utf-8")
    return Levies(read_border(path), rates)


@pytest.mark.parametrize(
    ("hs", "origin", "day", "duty"),
    [
        (SHIRT, "CN", "2026-12-31", "21.00 USD"),  # the longest beginning, of goods and shipping
        (SHIRT, "CN", "2027-01-01", "52.50 USD"),  # made there, as is presumed
        (SHIRT, "VN", "2027-01-01", "10.50 USD"),
        ("620520", "CN", "2026-12-31", "10.50 USD"),
        (LAMP, "CN", "2026-12-31", "0.00 USD"),
        (LEADS, "CN", "2026-12-31", "UNKNOWN"),
        (None, "CN", "2026-12-31", "UNKNOWN"),
        (SHIRT, "CN", "2025-12-31", "UNKNOWN"),
    ],
)
def test_the_longest_tariff_wins(tariffs: Levies, hs: str | None, origin: str, day: str, duty: str) -> None:
    """Duty is by the longest tariff that the goods' number begins with, sooner by one for their origin."""
    sent = parcel(line("100.00", hs=hs), to="US", sent_from=origin)
    assert tariffs.of(CostKind.DUTY, sent, day=day) == [duty]


def test_dispatch_is_not_origin(tariffs: Levies) -> None:
    """A tariff for goods made in a country is presumed of goods sent from there, and the note says so."""
    sent = parcel(line("100.00", hs="611020"), to="US", sent_from="CN")
    note = tariffs(sent)[0].cost.note
    assert note is not None
    assert "50 % for 611020" in note
    assert "presumed that the goods are made in CN" in note


def test_each_line_has_its_own_tariff(tariffs: Levies) -> None:
    """Shipping is spread over the lines by value, and each share pays its line's rate."""
    lines = line("10.00", 3, hs=SHIRT, native="a"), line("70.00", hs=LAMP, native="b")
    assert tariffs.of(CostKind.DUTY, parcel(*lines, to="US"), charge(CostKind.SHIPPING, "10.00")) == [
        "6.60 USD"
    ]
    unknown = parcel(*lines, line(hs=LEADS, native="c"), to="US")
    (duty, _tax) = tariffs(unknown)
    assert (duty.cost.certainty, duty.cost.note) == (
        Certainty.UNKNOWN,
        "Customs duty: it depends on the tariff number, and no rate is known here for 854442.",
    )


SURCHARGES = """
[[rule]]
name = "More duties"
kind = "DUTY"
to = ["US"]
valid_from = 2026-01-01
how = "UNKNOWN"
source = "https://example.com/more"
confidence = "REPORTED"
[[rule]]
name = "Surcharge"
kind = "DUTY"
to = ["US"]
valid_from = 2026-01-01
how = "RATE"
rate = 0.1
of = ["ITEMS"]
source = "https://example.com/surcharge"
confidence = "OFFICIAL"
[[rule]]
name = "Fee"
kind = "CUSTOMS_FEE"
to = ["US"]
valid_from = 2026-01-01
how = "UNKNOWN"
source = "https://example.com/fee"
confidence = "OFFICIAL"
"""


def test_tariffs_settle_the_duties_that_nobody_knows(tmp_path: Path, rates: ReferenceRates) -> None:
    """Where all goods have a tariff, duties of unknown size fall away; no other rule and no fee does."""
    path = tmp_path / "tariffs.toml"
    path.write_text(TARIFFS + SURCHARGES, encoding="utf-8")
    ask = Levies(read_border(path), rates)
    known, unknown = line("100.00", hs=LAMP, native="a"), line("100.00", hs=LEADS, native="b")

    def duties(*lines: ParcelLine) -> list[tuple[str | None, str]]:
        levies = ask(parcel(*lines, to="US"))
        return [(levy.name, levy.cost.certainty) for levy in levies if levy.cost.kind is CostKind.DUTY]

    assert duties(known) == [("Customs duty", "ESTIMATED"), ("Surcharge", "ESTIMATED")]
    assert duties(known, unknown) == [
        ("Customs duty", "UNKNOWN"),
        ("More duties", "UNKNOWN"),
        ("Surcharge", "ESTIMATED"),
    ]
    assert ask.of(CostKind.CUSTOMS_FEE, parcel(known, to="US")) == ["UNKNOWN"]


def test_one_tariff_beside_the_packaged_rules(
    tmp_path: Path, border: BorderRules, rates: ReferenceRates
) -> None:
    """With a tariff for its goods in a file of its own, a parcel to the United States costs a known sum."""
    path = tmp_path / "tariffs.toml"
    path.write_text(OWN_TARIFF, encoding="utf-8")
    ask = Levies(border.with_tariffs(path), rates)
    assert ask.of(CostKind.DUTY, parcel(line("100.00", hs=LAMP), to="US")) == ["3.90 USD"]
    assert ask.of(CostKind.DUTY, parcel(line("100.00", hs=LEADS), to="US")) == ["UNKNOWN", "UNKNOWN"]
    assert Levies(border, rates).of(CostKind.DUTY, parcel(line("100.00", hs=LAMP), to="US")) == [
        "UNKNOWN",
        "UNKNOWN",
    ]


OWN_TARIFF = """
[[tariff]]
to = ["US"]
hs = ["9405"]
rate = 0.039
valid_from = 2026-01-01
source = "https://example.com/lamps"
"""


def test_goods_for_nothing(tariffs: Levies) -> None:
    """Samples without a price of their own still pay duty on their shipping."""
    sent = parcel(line("0", hs=SHIRT, native="a"), line("0", hs=LAMP, native="b"), to="US")
    assert tariffs.of(CostKind.DUTY, sent, charge(CostKind.SHIPPING, "10.00")) == ["1.00 USD"]
