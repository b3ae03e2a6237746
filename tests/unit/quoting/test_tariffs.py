"""Rates of duty by tariff number: which one holds, and what it settles."""

from pathlib import Path

import pytest

from gateway.quoting.border import BorderRules, read_border
from gateway.quoting.rates import ReferenceRates
from providers.shipping import Certainty, CostKind, ParcelLine
from tests.levies import LAMP, LEADS, SHIRT, Levies
from tests.parcels import charge, line, parcel

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


OWN_TARIFF = """
[[tariff]]
to = ["US"]
hs = ["9405"]
rate = 0.039
valid_from = 2026-01-01
source = "https://example.com/lamps"
"""


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


def test_goods_for_nothing(tariffs: Levies) -> None:
    """Samples without a price of their own still pay duty on their shipping."""
    sent = parcel(line("0", hs=SHIRT, native="a"), line("0", hs=LAMP, native="b"), to="US")
    assert tariffs.of(CostKind.DUTY, sent, charge(CostKind.SHIPPING, "10.00")) == ["1.00 USD"]
