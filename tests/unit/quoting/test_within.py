"""Parcels that cross no border, and borders of which no rules are known."""

import pytest

from gateway.quoting.border import Levy
from providers.shipping import Certainty, Cost, CostKind
from tests.levies import SHIPPING, Levies
from tests.parcels import money, parcel


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
