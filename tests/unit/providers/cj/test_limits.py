"""What calls cost and how long answers stay true."""

import pytest

from providers.cj.limits import BATCH, FRESHNESS, account_name, limits, policies
from providers.upstream import Fact

POINTS = {
    "product.search": 50,
    **dict.fromkeys(
        ("product.get", "product.by_sku", "variant.get", "stock.by_product", "stock.by_variant"), 10
    ),
    **dict.fromkeys(("freight.calculate", "freight.tip", "freight.makers"), 10),
}


def test_points() -> None:
    """Search costs 50, product, variant, stock and freight calls 10, the rest nothing ("API Points")."""
    assert {name: policy.weight for name, policy in policies(15).items()} == {
        name: POINTS.get(name, 0) for name in policies(15)
    }


def test_every_fact_has_a_freshness() -> None:
    """Whatever an answer carries, it is known how long it may be served."""
    assert set(FRESHNESS) == set(Fact)
    assert all(each.fresh_for > 0 and each.stale_for > each.fresh_for for each in FRESHNESS.values())


def test_logins_are_never_kept_or_counted_against_cj() -> None:
    """Token answers are not kept, not shared, not repeated, and pass an open breaker."""
    for name in ("auth.login", "auth.refresh"):
        policy = policies(15)[name]
        assert (policy.facts, policy.shared, policy.attempts, policy.breaks) == (frozenset(), False, 1, False)


@pytest.mark.parametrize("timeout", [1.0, 30.0])
def test_timeout(timeout: float) -> None:
    """The operator's timeout holds for every call."""
    assert {policy.timeout for policy in policies(timeout).values()} == {timeout}


def test_one_budget_per_account() -> None:
    """Keys and tokens of one account share its budget; the name gives none of them away."""
    names = {
        account_name(text)
        for text in ("CJ123@api@aaaa", "CJ123@api@bbbb", "API@CJ123@CJ:eyJ", "cj123@api@cccc")
    }
    assert len(names) == 1
    assert account_name("CJ124@api@aaaa") not in names
    assert "123" not in account_name("CJ123@api@aaaa").removeprefix("cj-")[:3]


def test_another_address_is_another_account() -> None:
    """What is kept of one address is never taken for another's; CJ's own keeps the name it always had."""
    key = "CJ123@api@aaaa"
    assert len({account_name(key, at) for at in ("", "http://127.0.0.1:8001", "http://127.0.0.1:8002")}) == 3
    assert account_name(key) == "cj-69abe9428a62e4a4"


def test_limits() -> None:
    """An account is bound by its own rate, its address's, its points, and the cap on batches."""
    bounds = limits("cj-1", 2, 61_520)
    assert [(rate.per_second, rate.scope) for rate in bounds.rates] == [(2, ""), (10, "ip")]
    assert bounds.allowance is not None
    assert (bounds.allowance.per_day, bounds.allowance.refills) == (61_520, True)
    assert bounds.caps["batch"].per_second == 2


def test_orders_and_money_are_never_kept() -> None:
    """Nothing about orders, payments, wallets or disputes is kept or shared, and what writes is sent once."""
    table = policies(15)
    kept = ("order.", "payment.", "wallet.", "dispute.")
    for name, policy in table.items():
        if name.startswith(kept):
            assert (policy.facts, policy.shared) == (frozenset(), False)
    for name in (
        *("order.create", "order.cart", "order.confirm", "order.cancel", "order.change_method"),
        *("payment.prepare", "payment.pay", "payment.pretend", "dispute.open", "dispute.cancel"),
    ):
        assert (table[name].attempts, table[name].confirmations) == (1, 0)
    assert table["order.get_many"].cap == BATCH
