"""What an order policy decides, and how its file is read."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from gateway.orders.policy import Course, OrderPolicy, Terms, decide, preferred
from gateway.orders.policy_file import GUIDE, PolicyFile, SupplierTerms, read_policy
from gateway.toml_file import SAID, refusal
from providers.model import Money

FIFTY = Terms(Money(Decimal(50), "USD"))
CAREFUL = Terms(Money(Decimal(50), "USD"), Decimal(5))
cents = st.integers(1, 20_000).map(lambda amount: Money(Decimal(amount) / 100, "USD"))


def dollars(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


@pytest.mark.parametrize(
    ("terms", "taken", "quoted", "course", "reason"),
    [
        (FIFTY, "12.30", None, Course.PAY, "12.30 USD is not above 50.00 USD"),
        (FIFTY, "50.01", None, Course.APPROVAL, "it takes 50.01 USD, and the order policy pays 50.00 USD"),
        (FIFTY, None, None, Course.PAY, "what it takes is not known yet"),
        (CAREFUL, "12.30", None, Course.APPROVAL, "it was not ordered from a quote"),
        (CAREFUL, "10.50", "10.00", Course.PAY, "10.50 USD is not above 10.50 USD"),
        (CAREFUL, "10.51", "10.00", Course.DRIFT, "5.1 % above the quoted 10.00 USD, and 5 % more are"),
        (CAREFUL, "49.00", "0", Course.DRIFT, "49.00 USD, above the quoted 0.00 USD"),
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


IN_OUR_WORDS = {
    "decimal_max_digits": (
        f"pay_up_to = {'9' * 19}",
        f"pay_up_to: {'9' * 19} cannot be used; write 18 digits at the most",
    ),
    "decimal_parsing": (
        'pay_up_to = "fifty"',
        """pay_up_to: 'fifty' cannot be used; write a number such as "50.00\"""",
    ),
    "decimal_type": ("pay_up_to = []", 'pay_up_to: write a number such as "50.00"'),
    "dict_type": (
        "supplier = 5",
        "supplier: 5 cannot be used; write a table, such as [supplier.cj] with lines below it",
    ),
    "extra_forbidden": (
        "[supplier.cj]\npay_upto = 5",
        "supplier, cj, pay_upto: nothing of this name belongs here; did you mean `pay_up_to`?",
    ),
    "finite_number": (
        "pay_up_to = nan",
        'pay_up_to: NaN cannot be used; write a number such as "50.00"',
    ),
    "greater_than_equal": ("pay_up_to = -1", "pay_up_to: -1 cannot be used; write 0 or more"),
    "less_than_equal": (
        "[supplier.cj]\nprice_drift_percent = 101",
        "supplier, cj, price_drift_percent: 101 cannot be used; write 100 or less",
    ),
    "model_type": (
        "supplier.cj = 5",
        "supplier, cj: 5 cannot be used; write a table, such as [supplier.cj] with lines below it",
    ),
    "string_pattern_mismatch": (
        'preferred_methods = [" A"]',
        "preferred_methods: ' A' cannot be used; write it in one line, without blanks at its ends",
    ),
    "string_too_long": (
        f'preferred_methods = ["{"A" * 51}"]',
        f"preferred_methods: '{'A' * 39} … cannot be used; write 50 letters at the most",
    ),
    "string_too_short": (
        'preferred_methods = [""]',
        "preferred_methods: '' cannot be used; write at least one letter",
    ),
    "string_type": (
        "preferred_methods = [5]",
        "preferred_methods: 5 cannot be used; write a text in quotes",
    ),
    "too_long": (
        f"preferred_methods = {[str(number) for number in range(51)]}",
        "preferred_methods: name 50 at the most",
    ),
    "tuple_type": (
        'preferred_methods = "A"',
        (
            "preferred_methods: 'A' cannot be used; "
            'write a list in brackets, such as ["CJPacket Ordinary", "CJPacket Sea"]'
        ),
    ),
    "value_error": ('currency = "usd"', "currency: 'usd' is no ISO 4217 currency"),
}


@pytest.mark.parametrize("kind", sorted(IN_OUR_WORDS))
def test_a_slip_in_the_file_stops_the_start(tmp_path: Path, kind: str) -> None:
    """Whatever kind of mistake it is, the refusal is a sentence of ours that says where and what to write."""
    path = tmp_path / "policy.toml"
    text, said = IN_OUR_WORDS[kind]
    path.write_text(text)
    with pytest.raises(ValueError, match=r"\.$") as refused:
        read_policy(path)
    assert str(refused.value) == f"policy.toml, {said}."
    assert isinstance(refused.value.__cause__, ValidationError)
    assert refused.value.__cause__.errors()[0]["type"] == kind


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("pay_up_to = true", "pay_up_to: write a number, not true or false"),
        ('preferred_methods = ["A", "A"]', "preferred_methods: it names a method twice"),
        ("pay_up_to", "is not TOML"),
    ],
)
def test_other_slips(tmp_path: Path, text: str, problem: str) -> None:
    """What only this file forbids has a sentence, too."""
    path = tmp_path / "policy.toml"
    path.write_text(text)
    with pytest.raises(ValueError, match=rf"^policy\.toml,? {problem}"):
        read_policy(path)


ANYTHING = st.recursive(
    st.booleans() | st.integers() | st.decimals() | st.text(max_size=60) | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*SupplierTerms.model_fields, "x"]), inner, max_size=3)
    ),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*PolicyFile.model_fields, "x"]), ANYTHING))
def test_no_other_kinds_of_mistakes(written: dict[str, object]) -> None:
    """Whatever stands in the file, its mistakes are of the kinds that there are words for."""
    mistakes = []
    try:
        PolicyFile.model_validate(written)
    except ValidationError as error:
        mistakes = error.errors()
    assert {each["type"] for each in mistakes} <= set(IN_OUR_WORDS) <= set(SAID)
    assert all(refusal(each, written, PolicyFile, GUIDE) for each in mistakes)


def test_a_missing_file(tmp_path: Path) -> None:
    """A file that is not there is named."""
    with pytest.raises(ValueError, match=r"nowhere\.toml cannot be read"):
        read_policy(tmp_path / "nowhere.toml")
