"""What CJ makes of paid orders: parts that travel apart, and bills that come later."""

from collections.abc import Iterator
from typing import Any

import pytest

from providers.cj import bills, simulator_key
from providers.cj.simulator import orders
from providers.cj.simulator.accounts import Bill
from providers.cj.simulator.orders import Order, ship
from providers.cj.simulator.simulator import Simulator
from providers.orders import OrderState, SupplierOrder
from tests.cj.direct import adapter, asking
from tests.cj.drafts import draft
from tests.cj.world import WORLD, simulated

BATCH, BILLS = "/shopping/order/getOrderDetailBatch", "/shopping/makeup/list"


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """The catalogue is shared: what a test sells or changes is undone."""
    yield
    WORLD.restore()


async def paid(provider: Any, sim: Simulator, number: str) -> tuple[SupplierOrder, Order]:
    """A paid order as we know it, and as CJ does."""
    await provider.create_order(draft(sim, number), asking())
    order = sim.account(simulator_key()).orders.numbered(number)
    assert order is not None
    order.status, order.paid = orders.PENDING, sim.now()
    found = await provider.find_order(number, asking())
    assert found is not None
    return found, order


async def test_parts_of_split_orders() -> None:
    """Parts have ids, states, goods and parcels of their own; whole orders cost one call together."""
    app, sim = simulated(batch_requests_per_second=1000)
    async with adapter(app=app) as provider:
        known = [(await paid(provider, sim, f"HB-{number}")) for number in range(3)]
        whole = await provider.order_parts(tuple(found for found, _ in known), asking())
        assert (whole, sim.ledger.count(BATCH)) == (((), (), ()), 1)
        book = sim.account(simulator_key()).orders
        first, second = book.split(known[1][1], sim.now())
        ship(first, sim.now())
        none, parts, _ = await provider.order_parts(tuple(found for found, _ in known), asking())
    assert (none, sim.ledger.count(BATCH), sim.ledger.points()) == ((), 3, 0)
    assert [part.id for part in parts] == [first.code, second.code]
    assert [part.state for part in parts] == [OrderState.SHIPPED, OrderState.PAID]
    assert [[line.quantity for line in part.lines] for part in parts] == [[1], [1]]
    assert [[each.tracking_number for each in part.parcels] for part in parts] == [[first.track_number], []]


async def test_bills_of_orders() -> None:
    """All bills are read at once, and each stands with its order, also those about a part of it."""
    app, sim = simulated()
    async with adapter(app=app) as provider:
        (one, sold), (other, _) = [await paid(provider, sim, number) for number in ("HB-1", "HB-2")]
        raised = sim.account(simulator_key()).bills
        raised.append(Bill("BT1", sold.code, 135, "weight difference", sim.now()))
        raised.append(Bill("BT2", f"{sold.code}-2", 50, "customs", sim.now(), paid=sim.now()))
        raised.append(Bill("BT3", "SD0", 999, "somebody else's", sim.now()))
        mine, none = await provider.bills((one, other), asking())
    assert (none, sim.ledger.count(BILLS)) == ((), 1)
    assert [(bill.id, bill.reason, bill.raw_status) for bill in mine] == [
        ("BT1", "weight difference", "CREATED"),
        ("BT2", "customs", "PAID"),
    ]
    assert [str(bill.amount.amount) for bill in mine if bill.amount] == ["1.35", "0.5"]
    assert [bill.paid_at is None for bill in mine] == [True, False]


async def test_endless_bills_cost_a_few_calls() -> None:
    """However many bills an account has, asking for them is bounded."""
    app, sim = simulated()
    async with adapter(app=app) as provider:
        known, sold = await paid(provider, sim, "HB-1")
        raised = [Bill(f"BT{number}", sold.code, 1, "more", sim.now()) for number in range(1500)]
        sim.account(simulator_key()).bills.extend(raised)
        [mine] = await provider.bills((known,), asking())
    assert len(mine) == bills.PAGE * bills.MOST_PAGES
    assert sim.ledger.count(BILLS) == bills.MOST_PAGES
