"""Orders through the adapter: made once whatever is answered, found, cancelled, followed, disputed."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest

from providers import errors
from providers.cj import simulator_key
from providers.cj.simulator.faults import Fault, Kind
from providers.cj.simulator.orders import Order, ship
from providers.cj.simulator.simulator import Simulator
from providers.clock import ManualClock
from providers.model import Money
from providers.orders import DisputeRequest, OrderState, SupplierOrder
from tests.cj.direct import adapter, asking
from tests.cj.drafts import ADDRESS, draft, plain
from tests.cj.world import WORLD, simulated

CREATE, DETAIL = "/shopping/order/createOrderV2", "/shopping/order/getOrderDetail"
LIST, BATCH = "/shopping/order/list", "/shopping/order/getOrderDetailBatch"


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """The catalogue is shared: what a test sells or changes is undone."""
    yield
    WORLD.restore()


def _made(sim: Simulator) -> list[Order]:
    return sim.account(simulator_key()).orders.orders


async def test_a_new_order() -> None:
    """It has the lines, the amounts and CJ's names; nothing is paid, and all of it cost no points."""
    app, sim = simulated()
    async with adapter(app=app) as provider:
        wanted = draft(sim)
        made = await provider.create_order(wanted, asking())
        found = await provider.find_order("HB-1", asking())
    [order] = _made(sim)
    assert (made.state, made.lines) == (OrderState.CREATED, wanted.lines)
    assert made.ids == {"number": "HB-1", "id": order.id, "parent": order.parent}
    assert found is not None
    assert made.totals.total == found.totals.total == Money(Decimal(order.total) / 100, "USD")
    assert found.ids == {"number": "HB-1", "id": order.id, "code": order.code}
    assert (found.state, found.raw_status, found.is_sandbox) == (OrderState.CREATED, "CREATED", False)
    assert (found.method, found.origin, found.obstacles) == ("CJPacket Ordinary", "CN", ())
    assert sim.ledger.points() == 0


@pytest.mark.parametrize(
    ("preset", "kind"),
    [
        ("created_but_500", errors.Unavailable),
        ("created_but_timed_out", errors.UpstreamTimeout),
        ("created_but_dropped", errors.UpstreamTimeout),
        ("created_but_busy", errors.Unavailable),
        ("created_but_unreadable", errors.MalformedResponse),
        ("created_but_empty", errors.MalformedResponse),
        ("created_but_failed", errors.Transient),
        ("created_but_refused", errors.Transient),
    ],
)
async def test_created_although_the_answer_was_lost(preset: str, kind: type[Exception]) -> None:
    """It is sent once, what became of it is said not to be known, and it is there to be adopted."""
    app, sim = simulated()
    async with adapter(app=app, environment={"CJ_TIMEOUT_SECONDS": "0.2"}) as provider:
        await provider.wallet(asking())
        sim.faults.preset(preset)
        with pytest.raises(errors.Transient) as caught:
            await provider.create_order(draft(sim), asking())
        assert type(caught.value) is kind
        found = await provider.find_order("HB-1", asking())
        assert found is not None
        assert found.lines[0].quantity == 2
        with pytest.raises(errors.Conflict):
            await provider.create_order(draft(sim), asking())
    assert len(_made(sim)) == 1
    assert sim.ledger.count(CREATE) == 2


@pytest.mark.parametrize(
    ("missing", "kind"),
    [("orderId", errors.MalformedResponse), ("productInfoList", None), ("orderStatus", None)],
)
async def test_parts_of_the_answer_are_missing(missing: str, kind: type[Exception] | None) -> None:
    """Without CJ's id nothing is believed; what else is missing is what was sent."""
    app, sim = simulated()
    sim.faults.add(Fault("omit", CREATE, params={"keys": [missing]}))
    async with adapter(app=app) as provider:
        if kind is not None:
            with pytest.raises(kind):
                await provider.create_order(draft(sim), asking())
        else:
            made = await provider.create_order(draft(sim), asking())
            assert (made.state, made.lines) == (OrderState.CREATED, draft(sim).lines)


async def test_what_cj_refuses() -> None:
    """Goods that are gone, and carriers that do not exist or do not go there, make no order."""
    app, sim = simulated()
    async with adapter(app=app) as provider:
        variant = plain(sim)
        unknown = replace(draft(sim).lines[0], variant_id="9999999999999999999")
        for wrong, kind in (
            (draft(sim, lines=(unknown,)), errors.NotFound),
            (draft(sim, method="No Such Post"), errors.InvalidRequest),
            (draft(sim, method="US Two Day"), errors.InvalidRequest),
            (draft(sim, address=replace(ADDRESS, country="AQ")), errors.Rejected),
        ):
            with pytest.raises(kind):
                await provider.create_order(wrong, asking())
        sim.world.take_down(variant.product)
        with pytest.raises(errors.Delisted):
            await provider.create_order(
                draft(sim, lines=(replace(unknown, variant_id=variant.vid),)), asking()
            )
        assert await provider.find_order("HB-1", asking()) is None
    assert _made(sim) == []


async def test_goods_run_out() -> None:
    """An order for more than there is exists, and says in CJ's words what holds it back."""
    app, sim = simulated()
    async with adapter(app=app) as provider:
        variant = plain(sim)
        sim.world.set_stock(variant, "CN", 1)
        wanted = draft(sim, lines=(replace(draft(sim).lines[0], variant_id=variant.vid),))
        made = await provider.create_order(wanted, asking())
    assert made.obstacles == (f"Not enough stock in CN of {variant.sku}",)


async def test_an_absence_needs_two_witnesses() -> None:
    """A lookup that is wrong about an order is corrected by the list; both together are believed."""
    app, sim = simulated()
    async with adapter(app=app) as provider:
        await provider.create_order(draft(sim), asking())
        sim.ledger.clear()
        assert await provider.find_order("HB-2", asking()) is None
        assert (sim.ledger.count(DETAIL), sim.ledger.count(LIST)) == (1, 1)
        sim.faults.preset("order_lookup_empty")
        found = await provider.find_order("HB-1", asking())
    assert found is not None
    assert found.lines


async def test_a_list_that_ignores_the_number() -> None:
    """Where the undocumented filter does nothing, others are not taken for ours, nor ours for missing."""
    app, sim = simulated(list_takes_numbers=False)
    async with adapter(app=app) as provider:
        await provider.create_order(draft(sim), asking())
        for n in range(20):
            await provider.create_order(draft(sim, f"HB-2{n}"), asking())
        sim.faults.preset("order_lookup_empty")
        found = await provider.find_order("HB-1", asking())
        assert found is not None
        sim.ledger.clear()
        assert await provider.find_order("HB-3", asking()) is None
    assert (sim.ledger.count(DETAIL), sim.ledger.count(LIST)) == (2, 1)


async def test_what_is_listed_and_not_shown() -> None:
    """An order that the list has and the detail denies is no absence."""
    app, sim = simulated()
    async with adapter(app=app) as provider:
        await provider.create_order(draft(sim), asking())
        sim.faults.preset("order_lookup_empty", times=None)
        with pytest.raises(errors.Transient):
            await provider.find_order("HB-1", asking())


async def test_a_lookup_right_after_may_be_behind() -> None:
    """An order that CJ does not show yet is not found, and some seconds later it is."""
    clock = ManualClock()
    app, sim = simulated(clock, lookup_lag_seconds=5)
    async with adapter(app=app, clock=clock) as provider:
        sim.faults.preset("created_but_500")
        with pytest.raises(errors.Unavailable):
            await provider.create_order(draft(sim), asking(clock=clock))
        assert await provider.find_order("HB-1", asking(clock=clock)) is None
        await clock.advance(5)
        assert await provider.find_order("HB-1", asking(clock=clock)) is not None


@pytest.mark.parametrize(
    ("path", "kind", "params"),
    [
        (DETAIL, "error", {"code": 1600300, "message": "orderId must be not empty"}),
        (DETAIL, "error", {"code": 1603001, "message": "order query fail"}),
        (DETAIL, "empty", {}),
        (DETAIL, "omit", {"keys": ["orderNum"]}),
        (DETAIL, "omit", {"keys": ["vid"]}),
        (DETAIL, "truncated", {}),
        (DETAIL, "status", {"status": 404}),
        (LIST, "omit", {"keys": ["list"]}),
        (LIST, "status", {"status": 500}),
        (LIST, "error", {"code": 1600100, "message": "Param error"}),
    ],
)
async def test_what_is_no_absence(path: str, kind: Kind, params: dict[str, object]) -> None:
    """No failure of a lookup, and no odd answer, reads as an order that does not exist."""
    app, sim = simulated()
    async with adapter(app=app) as provider:
        await provider.create_order(draft(sim), asking())
        sim.faults.add(Fault(kind, path, params=params))
        number = "HB-1" if path == DETAIL else "HB-2"
        with pytest.raises(errors.ProviderError):
            await provider.find_order(number, asking())


async def test_many_are_read_by_fifty() -> None:
    """Orders are read by fifty, keep the names that only we still know, and miss none but the missing."""
    app, sim = simulated()
    async with adapter(app=app) as provider:
        made = [await provider.create_order(draft(sim, f"HB-{n}"), asking()) for n in range(51)]
        sim.ledger.clear()
        gone = SupplierOrder("cj", "HB-99", {"number": "HB-99", "id": "1"})
        read = await provider.read_orders((*made, gone), asking())
    assert [order and order.number for order in read] == [*(order.number for order in made), None]
    assert sim.ledger.count(BATCH) == 2
    assert read[0] is not None
    assert read[0].ids["parent"] == made[0].ids["parent"]
    assert read[0].ids["code"].startswith("SD")


async def test_an_order_that_was_split() -> None:
    """The whole is found by its number and its code, not one of the parts that CJ made of it."""
    app, sim = simulated()
    async with adapter(app=app) as provider:
        made = await provider.create_order(draft(sim), asking())
        await provider.pay_order(await provider.prepare_payment(made, asking()), asking())
        [whole] = _made(sim)
        sim.account(simulator_key()).orders.split(whole, sim.now())
        assert len(_made(sim)) == 3
        sim.faults.preset("order_lookup_empty")
        found = await provider.find_order("HB-1", asking())
        [read] = await provider.read_orders((made,), asking())
    assert found is not None
    assert read is not None
    assert found.ids["code"] == read.ids["code"] == whole.code
    assert found.lines[0].quantity == 2


async def test_cancelling() -> None:
    """What is not confirmed can be deleted, and once is enough; what is confirmed says what to do instead."""
    app, sim = simulated()
    async with adapter(app=app) as provider:
        first = await provider.create_order(draft(sim), asking())
        sim.faults.add(Fault("drop", "/shopping/order/deleteOrder", after=True, times=1))
        with pytest.raises(errors.UpstreamTimeout):
            await provider.cancel_order(first, asking())
        await provider.cancel_order(first, asking())
        second = await provider.create_order(draft(sim, "HB-2"), asking())
        payable = await provider.prepare_payment(second, asking())
        with pytest.raises(errors.Conflict, match="leave it unpaid"):
            await provider.cancel_order(second, asking())
        await provider.pay_order(payable, asking())
        with pytest.raises(errors.Conflict, match="dispute"):
            await provider.cancel_order(second, asking())
        assert await provider.find_order("HB-1", asking()) is None
    assert [order.number for order in _made(sim)] == ["HB-2"]


async def test_cancelling_what_is_hard_to_find() -> None:
    """Neither a detail that denies it nor a call that wants another name keeps an order alive."""
    app, sim = simulated()
    async with adapter(app=app) as provider:
        made = await provider.create_order(draft(sim), asking())
        sim.faults.preset("order_lookup_empty", times=2)
        words = {"code": 1603100, "message": "Order not found"}
        sim.faults.add(Fault("error", "/shopping/order/deleteOrder", times=1, params=words))
        await provider.cancel_order(made, asking())
    assert _made(sim) == []


async def test_sandbox_mode() -> None:
    """Sandbox mode is declared; a test order is what its draft says, whatever the mode is."""
    for environment, told in (
        ({"CJ_SANDBOX_MODE": "true"}, False),
        ({"CJ_SANDBOX_MODE": "true"}, True),
        ({}, True),
        ({}, False),
    ):
        app, sim = simulated()
        async with adapter(app=app, environment=environment) as provider:
            assert provider.declaration.orders_are_tests is bool(environment)
            made = await provider.create_order(draft(sim, is_sandbox=told), asking())
            found = await provider.find_order("HB-1", asking())
        assert made.is_sandbox is told
        assert found is not None
        assert found.is_sandbox is told
        assert _made(sim)[0].sandbox is told


async def test_nothing_private_is_repeated() -> None:
    """CJ's words about an address reach nobody with the address in them."""
    app, sim = simulated()
    words = f"Param error: {ADDRESS.name}, {ADDRESS.line1.upper()}, phone {ADDRESS.phone} is wrong"
    sim.faults.add(Fault("error", CREATE, params={"code": 1605001, "message": words}))
    async with adapter(app=app) as provider:
        with pytest.raises(errors.InvalidRequest) as caught:
            await provider.create_order(draft(sim), asking())
    shown = f"{caught.value} {caught.value.args} {caught.value.__cause__}".lower()
    assert "is wrong" in shown
    assert not any(text.lower() in shown for text in ("Nowak", "Probegasse", "0421000000"))


async def test_tracking() -> None:
    """Parcels of many orders are asked for by twenty, each once, and matched by number."""
    app, sim = simulated()
    async with adapter(app=app) as provider:
        for n in range(21):
            made = await provider.create_order(draft(sim, f"HB-{n}"), asking())
        for order in _made(sim):
            ship(order, sim.now())
        [read] = await provider.read_orders((made,), asking())
        assert read is not None
        numbers = [order.track_number or "" for order in _made(sim)]
        sim.ledger.clear()
        told = (await provider.tracking((*numbers, *numbers, "NOBODY", ""), asking())).value
    assert sorted(parcel.tracking_number for parcel in told) == sorted(numbers)
    assert sim.ledger.count("/logistic/trackInfo") == 2
    assert (read.state, read.parcels[0].tracking_number) == (OrderState.SHIPPED, numbers[-1])
    assert (told[0].origin, told[0].destination, told[0].raw_status) == ("CN", "DE", "In transit")


async def test_disputing() -> None:
    """What CJ sent comes back to it unchanged, one key is one dispute, and its end is told."""
    app, sim = simulated()
    async with adapter(app=app) as provider:
        order = await provider.create_order(draft(sim), asking())
        with pytest.raises(errors.Conflict, match="cannot be disputed"):
            await provider.dispute_lines(order, asking())
        await provider.pay_order(await provider.prepare_payment(order, asking()), asking())
        lines = await provider.dispute_lines(order, asking())
        terms = await provider.dispute_terms(order, lines, asking())
        reduced = tuple(replace(line, raw={"lineItemId": line.id}) for line in lines)
        with pytest.raises(errors.Rejected):
            await provider.dispute_terms(order, reduced, asking())
        request = DisputeRequest(
            "key-1", lines, terms.reasons[0][0], wants_refund=True, message="Please cancel."
        )
        for _ in range(2):
            await provider.open_dispute(order, request, asking())
        [dispute] = await provider.disputes(order, asking())
        sim.account(simulator_key()).disputes[0].deal = 1
        [ended] = await provider.disputes(order, asking())
    assert terms.highest_amount == order.totals.total
    assert (terms.can_refund, terms.can_resend) == (True, True)
    assert (dispute.reason, dispute.outcome) == (terms.reasons[0][1], None)
    assert ended.outcome == "REFUND"
