"""CJ's overlapping price fields: they add up to its total, and nothing is cheap by accident."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from providers.cj.postage import Charges, cost_lines, each_once, is_nothing, total_of, with_doubt_about_zero
from providers.model import Money
from providers.shipping import Certainty, Cost, CostKind, LeftOut, ParcelOptions, ShippingOption

AMOUNTS = st.decimals(0, 10**6, places=2)
SENT = AMOUNTS.flatmap(lambda amount: st.sampled_from([str(amount), f" {amount} "]))
OPTIONAL = st.none() | st.just("") | st.just(0) | SENT


def _value(sent: Any) -> Decimal:
    return Decimal(str(sent).strip() or 0) if sent is not None else Decimal(0)


def _shown(costs: tuple[Cost, ...]) -> dict[str, str | None]:
    return {cost.kind.value: None if cost.amount is None else str(cost.amount.amount) for cost in costs}


@given(st.builds(Charges, st.lists(OPTIONAL, max_size=2), *[OPTIONAL] * 5))
@example(Charges([5], 0, 1, remote=2))
def test_lines_add_up(charges: Charges) -> None:
    """With a total the lines are exactly it and the remote fee; without one they are all the parts."""
    price = next((_value(each) for each in charges.prices if _value(each)), Decimal(0))
    fees = sum((_value(fee) for fee in (charges.taxes, charges.clearance, charges.tariff)), Decimal(0))
    total = _value(charges.total)
    try:
        costs = cost_lines(charges)
    except ValueError:
        assert 0 < total < fees or {charges.total, *charges.prices} <= {None, ""}
        return
    assert total_of(costs) == (total or price + fees) + _value(charges.remote)
    assert costs[0].kind is CostKind.SHIPPING
    assert len({(cost.kind, cost.note) for cost in costs}) == len(costs)
    for cost in costs:
        assert cost.certainty is Certainty.KNOWN
        assert cost.amount is not None
        assert cost.amount.amount >= 0


@pytest.mark.parametrize(
    ("charges", "lines"),
    [
        (Charges(("5.12",)), {"SHIPPING": "5.12"}),
        (Charges(("5.12",), "5.12"), {"SHIPPING": "5.12"}),
        (Charges((5,), 9, 3, 1), {"SHIPPING": "5", "TAX": "3", "HANDLING": "1"}),
        (Charges((5,), None, 3), {"SHIPPING": "5", "TAX": "3"}),
        # Either of two spellings of the postage may be what the total contains.
        (Charges((6, 5), 9, 3, None, 1), {"SHIPPING": "5", "TAX": "3", "DUTY": "1"}),
        (Charges((0, "5")), {"SHIPPING": "5"}),
        (Charges((5,), 5, None, None, None, "3.5"), {"SHIPPING": "5", "HANDLING": "3.5"}),
        # More than the parts: something that has no name. Less: the postage gives way.
        (Charges((5,), 12, 3), {"SHIPPING": "5", "TAX": "3", "OTHER": "4"}),
        (Charges((5,), 7, 3), {"SHIPPING": "4", "TAX": "3"}),
        (Charges((5,), 5, 3, 2), {"SHIPPING": "0", "TAX": "3", "HANDLING": "2"}),
        # A total of 0 beside a price is a placeholder.
        (Charges((5,), 0, 2), {"SHIPPING": "5", "TAX": "2"}),
        (Charges((0,), 0), {"SHIPPING": "0"}),
    ],
)
def test_what_counts(charges: Charges, lines: dict[str, str | None]) -> None:
    """Each field is counted once, and the total wins over its parts."""
    assert _shown(cost_lines(charges)) == lines


def test_differences_are_explained() -> None:
    """Wherever total and parts disagree, a line says so."""
    for total in (5, 7, 12):
        assert any(cost.note for cost in cost_lines(Charges((5,), total, 3, 2)))


def test_a_total_below_its_fees() -> None:
    """A total that is less than the fees in it is no price, however cheap, and the refusal says why."""
    for fees in ({"taxes": 3, "clearance": 2}, {"tariff": "4.01"}, {"taxes": 8, "remote": 100}):
        with pytest.raises(ValueError, match="CJ's total for it is less than the fees that it names"):
            cost_lines(Charges((5,), 4, **fees))


def test_the_carrier_s_fees_are_named() -> None:
    """What a carrier takes for clearing customs is its own fee, beside the one for a remote place."""
    costs = cost_lines(Charges((5,), 7, None, 2, None, 3))
    assert [(cost.kind, cost.amount and str(cost.amount.amount), cost.note) for cost in costs] == [
        (CostKind.SHIPPING, "5", None),
        (CostKind.HANDLING, "2", "The carrier's fee for clearing customs."),
        (CostKind.HANDLING, "3", "The carrier's surcharge for a remote place."),
    ]


@pytest.mark.parametrize("field", ["total", "taxes", "clearance", "tariff", "remote"])
@pytest.mark.parametrize("value", ["-1", -1, "five", [5], True])
def test_what_cannot_be_charged(field: str, value: Any) -> None:
    """A negative or unreadable amount makes the price unusable, in words."""
    with pytest.raises(ValueError, match="CJ's price for it"):
        cost_lines(Charges((5,), **{field: value}))
    with pytest.raises(ValueError, match="CJ's price for it"):
        cost_lines(Charges((value,)))
    with pytest.raises(ValueError, match="no price"):
        cost_lines(Charges((None, "")))


def test_zero_is_doubted() -> None:
    """Shipping for nothing becomes unknown, and other lines stay; a price stays what it is."""
    free = ShippingOption("Post", cost_lines(Charges((0,), None, 3)))
    doubted = with_doubt_about_zero(free).costs
    assert [(cost.kind, cost.certainty) for cost in doubted] == [
        (CostKind.SHIPPING, Certainty.UNKNOWN),
        (CostKind.TAX, Certainty.KNOWN),
    ]
    assert doubted[0].note
    assert total_of(doubted) == 3
    priced = ShippingOption("Post", cost_lines(Charges((5,))))
    assert with_doubt_about_zero(priced) is priced


def test_one_price_for_a_name() -> None:
    """Of two prices under one name the dearer counts, whichever comes first; order and refusals stay."""
    cheap, dear, other = (
        ShippingOption(name, (Cost(CostKind.SHIPPING, Money(Decimal(price), "USD"), Certainty.KNOWN),))
        for name, price in (("Post", 4), ("Post", 6), ("Air", 9))
    )
    refused = LeftOut("Sea", "too light")
    orders: list[list[ShippingOption | LeftOut]] = [
        [cheap, other, dear, refused],
        [dear, refused, other, cheap],
    ]
    for offers in orders:
        assert each_once(offers) == ParcelOptions((dear, other), (refused,))


def test_nothing() -> None:
    """No way at all is nothing; a way that cannot be used is something."""
    assert is_nothing(each_once([]))
    assert not is_nothing(each_once([LeftOut("Post", "closed")]))
