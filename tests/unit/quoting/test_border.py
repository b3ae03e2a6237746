"""What the border takes: by day, by value, by destination; the packaged rules as they are written."""

import pytest

from gateway.quoting.border import BorderRules
from providers.shipping import CostKind
from tests.levies import LAMP, LEADS, Levies
from tests.parcels import charge, line, parcel


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


def test_every_levy_of_a_rule_is_cited(levies: Levies, border: BorderRules) -> None:
    """Whatever a rule takes carries the rule's name and the address where it is written."""
    for country in border.rules:
        for value in ("10.00", "5000.00"):
            for levy in levies(parcel(line(value, hs=LAMP), to=country)):
                assert (levy.source or "").startswith("http"), country
                assert levy.name in {rule.name for rule in border.rules[country]}
