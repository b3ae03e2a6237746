"""Paying through the adapter: from any state, once, for the amount that was announced."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest

from providers import errors
from providers.cj import simulator_key
from providers.cj.provider import CJProvider
from providers.cj.simulator.faults import Fault
from providers.cj.simulator.orders import CREATED, IN_CART, UNPAID, Order
from providers.cj.simulator.simulator import Simulator
from providers.orders import OrderState, Payable, SupplierOrder
from tests.cj.direct import adapter, asking
from tests.cj.drafts import ADDRESS, draft, plain
from tests.cj.world import WORLD, simulated

ORDER, PAY = "/shopping/order", "/shopping/pay"
QUICK = {"CJ_TIMEOUT_SECONDS": "0.2"}


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """The catalogue is shared: what a test sells or changes is undone."""
    yield
    WORLD.restore()


def _only(sim: Simulator) -> Order:
    [order] = sim.account(simulator_key()).orders.orders
    return order


def _cents(sim: Simulator) -> int:
    return sim.account(simulator_key()).balance_cents


async def _paid(provider: CJProvider, order: SupplierOrder) -> bool:
    found = await provider.find_order(order.number, asking())
    return found is not None and found.state is OrderState.PAID


async def _pay(provider: CJProvider, order: SupplierOrder) -> Payable:
    payable = await provider.prepare_payment(order, asking())
    await provider.pay_order(payable, asking())
    return payable


async def test_the_way_to_a_payment() -> None:
    """Cart, confirmation and parent lead to the amount that is then taken, in four calls and one."""
    app, sim = simulated()
    async with adapter(app=app) as provider:
        made = await provider.create_order(draft(sim), asking())
        before = _cents(sim)
        sim.ledger.clear()
        payable = await provider.prepare_payment(made, asking())
        assert _cents(sim) == before
        assert sim.ledger.count() == 4
        await provider.pay_order(payable, asking())
        assert sim.ledger.count() == 5
        assert await _paid(provider, made)
        wallet = await provider.wallet(asking())
    assert before - _cents(sim) == payable.amount.amount * 100 == _only(sim).total
    assert (wallet.available.amount, wallet.bonus, wallet.frozen) == (Decimal(_cents(sim)) / 100, None, None)
    assert sim.ledger.count(f"{PAY}/payBalanceV2") == 1


@pytest.mark.parametrize("status", [CREATED, IN_CART, UNPAID])
@pytest.mark.parametrize("names", ["all", "number"])
async def test_from_any_state(status: int, names: str) -> None:
    """Wherever it was broken off, and whatever names were lost, it is paid once for the same amount."""
    app, sim = simulated()
    async with adapter(app=app) as provider:
        made = await provider.create_order(draft(sim), asking())
        _only(sim).status = status
        known = made if names == "all" else SupplierOrder("cj", made.number, {})
        payable = await _pay(provider, known)
        assert await _paid(provider, made)
        assert payable.amount == made.totals.total
        with pytest.raises(errors.Conflict, match="past paying"):
            await provider.prepare_payment(made, asking())
    assert 100_000 - _cents(sim) == _only(sim).total


@pytest.mark.parametrize(
    "preset", ["carted_but_timed_out", "confirmed_but_timed_out", "confirmed_but_500", None]
)
async def test_an_answer_on_the_way_is_lost(preset: str | None) -> None:
    """A step whose answer was lost is not known to be done, and beginning again ends in one payment."""
    app, sim = simulated()
    async with adapter(app=app, environment=QUICK) as provider:
        made = await provider.create_order(draft(sim), asking())
        if preset:
            sim.faults.preset(preset)
        else:
            sim.faults.add(Fault("truncated", f"{ORDER}/saveGenerateParentOrder", times=1, after=True))
        with pytest.raises(errors.Transient):
            await provider.prepare_payment(made, asking())
        assert _cents(sim) == 100_000
        await _pay(provider, made)
        assert await _paid(provider, made)
    assert 100_000 - _cents(sim) == _only(sim).total


@pytest.mark.parametrize(
    ("preset", "kind"),
    [
        ("paid_but_timed_out", errors.UpstreamTimeout),
        ("paid_but_500", errors.Unavailable),
        ("paid_but_dropped", errors.UpstreamTimeout),
        ("paid_but_unreadable", errors.MalformedResponse),
        ("paid_but_busy", errors.Unavailable),
        ("paid_but_failed", errors.Transient),
    ],
)
async def test_paid_although_the_answer_was_lost(preset: str, kind: type[Exception]) -> None:
    """It is never called refused, is sent once, and the order and the wallet tell the truth."""
    app, sim = simulated()
    async with adapter(app=app, environment=QUICK) as provider:
        made = await provider.create_order(draft(sim), asking())
        payable = await provider.prepare_payment(made, asking())
        sim.faults.preset(preset)
        with pytest.raises(errors.Transient) as caught:
            await provider.pay_order(payable, asking())
        assert type(caught.value) is kind
        assert sim.ledger.count(f"{PAY}/payBalance*") == 1
        assert await _paid(provider, made)
        # Whoever tries again all the same is not told that nothing was paid.
        with pytest.raises(errors.Transient):
            await provider.pay_order(payable, asking())
        assert (await provider.wallet(asking())).available.amount == Decimal(_cents(sim)) / 100
    assert 100_000 - _cents(sim) == _only(sim).total


async def test_clear_refusals() -> None:
    """Too little money, a restricted account and missing goods say so, and no money moves."""
    app, sim = simulated()
    async with adapter(app=app) as provider:
        made = await provider.create_order(draft(sim), asking())
        payable = await provider.prepare_payment(made, asking())
        account = sim.account(simulator_key())
        account.balance_cents = 1
        with pytest.raises(errors.PaymentRefused):
            await provider.pay_order(payable, asking())
        account.balance_cents, account.balance_restricted = 100_000, True
        with pytest.raises(errors.PaymentRefused):
            await provider.pay_order(payable, asking())
        account.balance_restricted = False
        sim.world.set_stock(plain(sim), "CN", 0)
        with pytest.raises(errors.OutOfStock):
            await provider.pay_order(payable, asking())
        assert not await _paid(provider, made)
    assert _cents(sim) == 100_000


async def test_a_price_that_moved() -> None:
    """The amount announced is the one that CJ will take, not the one that was quoted."""
    app, sim = simulated()
    async with adapter(app=app) as provider:
        variant = plain(sim)
        sim.faults.preset("price_change_before_order")
        made = await provider.create_order(draft(sim), asking())
        payable = await _pay(provider, made)
    assert made.totals.items is not None
    assert made.totals.items.amount == Decimal(2 * round(variant.cents * 1.2)) / 100
    assert payable.amount.amount == Decimal(100_000 - _cents(sim)) / 100


@pytest.mark.parametrize("parent_works", [True, False])
async def test_test_orders_cost_nothing(parent_works: bool) -> None:
    """A test order is paid by pretending, and only a test order is."""
    app, sim = simulated()
    async with adapter(app=app) as provider:
        made = await provider.create_order(draft(sim, is_sandbox=True), asking())
        if not parent_works:
            refusal = {"code": 1603001, "message": "fail"}
            sim.faults.add(Fault("error", f"{ORDER}/saveGenerateParentOrder", params=refusal))
        payable = await _pay(provider, made)
        assert (payable.amount, payable.is_sandbox) == (made.totals.total, True)
        assert await _paid(provider, made)
    assert _cents(sim) == 100_000
    assert (sim.ledger.count(f"{PAY}/payBalance*"), sim.ledger.count("/shopping/sandbox/*")) == (0, 1)


async def test_a_test_that_became_real() -> None:
    """An order that was meant as a test and is real at CJ is not led to a payment, but can be cancelled."""
    app, sim = simulated()
    async with adapter(app=app) as provider:
        made = await provider.create_order(draft(sim, is_sandbox=True), asking())
        _only(sim).sandbox = False
        with pytest.raises(errors.Conflict, match="real"):
            await provider.prepare_payment(made, asking())
        await provider.cancel_order(made, asking())
    assert sim.account(simulator_key()).orders.orders == []


async def test_a_parent_of_several_orders_is_not_paid() -> None:
    """When paying the parent would pay for another order, too, ours is paid by itself."""
    app, sim = simulated()
    async with adapter(app=app) as provider:
        made = await provider.create_order(draft(sim), asking())
        await provider.create_order(draft(sim, "HB-2"), asking())
        ours, other = sim.account(simulator_key()).orders.orders
        ours.status = other.status = UNPAID
        other.parent = ours.parent
        payable = await _pay(provider, made)
    assert "payment" not in payable.ids
    assert (ours.paid is not None, other.paid) == (True, None)
    assert 100_000 - _cents(sim) == ours.total


async def test_a_carrier_without_stock_and_its_remedy() -> None:
    """A carrier that is tied to an empty warehouse is out of stock; one of those offered instead is paid."""
    app, sim = simulated()
    variant = next(
        variant
        for product in sim.world.products
        if "US" in product.stock and not product.taken_down and product.grams[1] < 2000
        for variant in sim.world.variants(product)
        if sim.world.total(variant, "US").total >= 2
    )
    async with adapter(app=app) as provider:
        wanted = draft(
            sim,
            lines=(replace(draft(sim).lines[0], variant_id=variant.vid),),
            origin="US",
            method="US Economy Ground",
            address=replace(ADDRESS, country="US", province="Ohio", city="Dayton", postal_code="45402"),
        )
        made = await provider.create_order(wanted, asking())
        assert "has no stock" in made.obstacles[0]
        with pytest.raises(errors.OutOfStock, match="US Economy Ground has no stock"):
            await provider.prepare_payment(made, asking())
        offers = await provider.method_offers(made, asking())
        assert {offer.method: offer.has_stock for offer in offers}["US Economy Ground"] is False
        good = next(offer for offer in offers if offer.has_stock)
        words = {"code": 1600100, "message": "Param error"}
        sim.faults.add(Fault("error", f"{ORDER}/updateLogistics", times=2, params=words))
        await provider.change_method(made, good, asking())
        payable = await _pay(provider, made)
        assert good.price is not None
        assert made.totals.items is not None
        assert payable.amount.amount == made.totals.items.amount + good.price.amount
        with pytest.raises(errors.Conflict):
            await provider.change_method(made, good, asking())


async def test_goods_that_are_gone_hold_an_order_back() -> None:
    """What CJ says about an order that it holds back is the error, and nothing is charged."""
    app, sim = simulated()
    async with adapter(app=app) as provider:
        made = await provider.create_order(draft(sim), asking())
        sim.world.set_stock(plain(sim), "CN", 1)
        with pytest.raises(errors.OutOfStock, match="Not enough stock"):
            await provider.prepare_payment(made, asking())
        words = {"code": 1603001, "message": "order query fail"}
        sim.faults.add(Fault("error", f"{ORDER}/addCart", params=words))
        with pytest.raises(errors.Rejected, match="order query fail"):
            await provider.prepare_payment(made, asking())
    assert _only(sim).status == CREATED


async def test_an_order_confirmed_by_somebody_else() -> None:
    """When it is confirmed between two of our calls, the refusal is looked into and the way goes on."""
    app, sim = simulated()
    async with adapter(app=app) as provider:
        made = await provider.create_order(draft(sim), asking())
        words = {"code": 1603001, "message": "order confirm fail, current status UNPAID(200)"}
        sim.faults.add(Fault("error", f"{ORDER}/addCartConfirm", after=True, params=words))
        payable = await _pay(provider, made)
    assert "payment" not in payable.ids
    assert 100_000 - _cents(sim) == _only(sim).total


async def test_an_order_that_is_not_shown_yet() -> None:
    """An order that was just made and is not found is no reason to give up paying it."""
    app, sim = simulated()
    async with adapter(app=app) as provider:
        made = await provider.create_order(draft(sim), asking())
        sim.faults.preset("order_lookup_empty", times=2)
        with pytest.raises(errors.Transient):
            await provider.prepare_payment(made, asking())
        await _pay(provider, made)
    assert 100_000 - _cents(sim) == _only(sim).total


async def test_states_that_nobody_knows() -> None:
    """An order in a state without a name here is not paid, and worth another look."""
    app, sim = simulated()
    async with adapter(app=app) as provider:
        made = await provider.create_order(draft(sim), asking())
        sim.faults.add(Fault("omit", f"{ORDER}/getOrderDetail", params={"keys": ["orderStatus"]}))
        with pytest.raises(errors.Transient):
            await provider.prepare_payment(made, asking())
        with pytest.raises(errors.Transient):
            await provider.cancel_order(made, asking())
    assert _only(sim).status == CREATED


async def test_an_amount_that_is_missing() -> None:
    """An order whose amount CJ does not tell is not offered for payment."""
    app, sim = simulated()
    async with adapter(app=app) as provider:
        made = await provider.create_order(draft(sim), asking())
        for keys in (["payableAmount"], ["paymentInformation"], ["submitSuccess"]):
            sim.faults.add(Fault("omit", f"{ORDER}/saveGenerateParentOrder", params={"keys": keys}, times=1))
            with pytest.raises(errors.MalformedResponse):
                await provider.prepare_payment(made, asking())
            _only(sim).status = CREATED
        _only(sim).status = UNPAID
        _only(sim).parent = None
        sim.faults.add(Fault("omit", f"{ORDER}/getOrderDetail", params={"keys": ["orderAmount"]}))
        with pytest.raises(errors.MalformedResponse):
            await provider.prepare_payment(made, asking())


async def test_a_balance_that_cannot_be_read() -> None:
    """A wallet without an amount is no empty wallet."""
    app, sim = simulated()
    sim.faults.add(Fault("omit", f"{PAY}/getBalance", params={"keys": ["amount"]}))
    async with adapter(app=app) as provider:
        with pytest.raises(errors.MalformedResponse):
            await provider.wallet(asking())
