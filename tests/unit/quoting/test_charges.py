"""What the border takes beside what the supplier charges, or does not say."""

import pytest

from providers.shipping import Certainty, Cost, CostKind
from tests.levies import LAMP, SHIPPING, Levies
from tests.parcels import charge, line, money, parcel


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
