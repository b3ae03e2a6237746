"""What an order policy decides, and how its file is read."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.orders.policy import Course, OrderPolicy, Terms, decide, preferred
from gateway.orders.policy_file import read_policy
from providers.model import Money

FIFTY = Terms(Money(Decimal(50), "USD"))
CAREFUL = Terms(Money(Decimal(50), "USD"), Decimal(5))
cents = st.integers(1, 20_000).map(lambda amount: Money(Decimal(amount) / 100, "USD"))


def dollars(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


@pytest.mark.parametrize(
    ("terms", "taken", "quoted", "course", "reason"),
    [
        (FIFTY, "12.30", None, Course.PAY, "12.30 USD is not above 50 USD"),
        (FIFTY, "50.01", None, Course.APPROVAL, "it takes 50.01 USD, and the order policy pays 50 USD"),
        (FIFTY, None, None, Course.PAY, "what it takes is not known yet"),
        (CAREFUL, "12.30", None, Course.APPROVAL, "it was not ordered from a quote"),
        (CAREFUL, "10.50", "10.00", Course.PAY, "10.50 USD is not above 10.50 USD"),
        (CAREFUL, "10.51", "10.00", Course.DRIFT, "5.1 % above the quoted 10.00 USD, and 5 % more are"),
        (CAREFUL, "49.00", "0", Course.DRIFT, "49.00 USD, above the quoted 0 USD"),
    ],
)
def test_what_is_paid(
    terms: Terms, taken: str | None, quoted: str | None, course: Course, reason: str
) -> None:
    """An order is paid up to the amount and within the drift, and the reason names the figures."""
    amount = None if taken is None else dollars(taken)
    decision = decide(terms, taken=amount, quoted=None if quoted is None else dollars(quoted))
    assert decision is not None
    assert decision.course is course
    assert reason in decision.reason


@given(taken=cents, quoted=cents, cap=st.none() | cents)
def test_what_is_paid_is_within_every_limit(taken: Money, quoted: Money, cap: Money | None) -> None:
    """Whatever the amounts, what is paid is not above its limit, nor that above any that was set."""
    decision = decide(CAREFUL, taken=taken, quoted=quoted, cap=cap)
    assert decision is not None
    limits = [Decimal(50), quoted.amount * Decimal("1.05"), *([cap.amount] if cap else [])]
    assert (decision.course is Course.PAY) == (taken.amount <= min(limits))
    if decision.limit is not None:
        assert taken.amount <= decision.limit.amount <= min(limits[:2])


def test_another_currency_is_never_paid() -> None:
    """Amounts that cannot be compared wait for a person."""
    euros = Money(Decimal(1), "EUR")
    for decision in (
        decide(FIFTY, taken=euros, quoted=None),
        decide(CAREFUL, taken=dollars("1"), quoted=euros),
        decide(FIFTY, taken=dollars("1"), quoted=None, cap=euros),
    ):
        assert decision is not None
        assert decision.course is Course.APPROVAL


def test_no_policy_decides_nothing() -> None:
    """Without terms nothing is paid and nothing preferred."""
    assert decide(OrderPolicy().of("cj"), taken=dollars("1"), quoted=None) is None
    assert preferred(Terms(), {"A"}) is None


def test_the_first_preferred_method_that_is_offered() -> None:
    """The order of the policy counts, not that of the offers."""
    assert preferred(Terms(methods=("C", "B", "A")), ["A", "B"]) == "B"


def test_a_file(tmp_path: Path) -> None:
    """A supplier's own terms replace the general ones, field by field."""
    path = tmp_path / "policy.toml"
    path.write_text(
        'pay_up_to = 50.25\nprice_drift_percent = 5\npreferred_methods = ["A", "B"]\n'
        '[supplier.cj]\npay_up_to = "120"\n[supplier.other]\npay_up_to = 0\n'
    )
    policy = read_policy(path)
    assert policy.of("any") == Terms(dollars("50.25"), Decimal(5), ("A", "B"))
    assert policy.of("cj") == Terms(dollars("120"), Decimal(5), ("A", "B"))
    assert policy.of("other").pay_up_to is None
    assert read_policy(None) == OrderPolicy()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("pay_up_to = -1", "policy.toml, pay_up_to"),
        ("pay_up_to = nan", "policy.toml, pay_up_to"),
        ("pay_up_to = true", "policy.toml, pay_up_to: is no number"),
        ("pay_upto = 5", "policy.toml, pay_upto"),
        ('currency = "Dollar"', "policy.toml, currency: is no currency"),
        ('preferred_methods = ["A", "A"]', "policy.toml, preferred_methods: names a method twice"),
        ("[supplier.cj]\nprice_drift_percent = 101", "policy.toml, supplier, cj, price_drift_percent"),
        ("pay_up_to", "policy.toml is not TOML"),
    ],
)
def test_a_slip_in_the_file_stops_the_start(tmp_path: Path, text: str, problem: str) -> None:
    """What is not understood is named with its place, and nothing of the file holds."""
    path = tmp_path / "policy.toml"
    path.write_text(text)
    with pytest.raises(ValueError, match=f"^{problem}"):
        read_policy(path)
