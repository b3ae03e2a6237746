"""What placing an order would say, without placing it."""

from dataclasses import replace

import pytest

from gateway.orders.office import Result, WantedLine, Wish
from gateway.orders.rehearsing import inquiry, rehearsal
from gateway.orders.service import OrderService
from gateway.orders.troubles import (
    Busy,
    InvalidField,
    MethodUnavailable,
    OutOfStock,
    PriceChanged,
    ReferenceTaken,
    Unsupported,
)
from gateway.services import Supplier
from gateway.settings import check
from gateway.wiring import open_pricing
from providers.cj.simulator.faults import Fault
from tests.cj.drafts import ADDRESS
from tests.orders.shop import CREATE, Process, Shop, dollars


@pytest.fixture
async def process(shop: Shop) -> Process:
    return await shop.process()


async def _rehearsed(process: Process, wish: Wish) -> Result:
    pricing = open_pricing(check({}), "a secret of this test", process.clock)
    suppliers = {"cj": Supplier(process.provider, None)}
    asks = rehearsal(inquiry(suppliers, pricing, process.clock))
    office = OrderService(process.means, process.errands, rehearsal=asks)
    return await office.rehearse(wish, process.caller())


async def test_what_can_be_placed(shop: Shop, process: Process) -> None:
    """A good wish has no troubles, nothing is made or written, and placing it says the same."""
    wish = shop.wish(agreed=dollars(500), max_total=dollars(500))
    assert await _rehearsed(process, wish) == Result(None)
    assert (shop.calls(CREATE), await process.service.order_of_reference("HB-1")) == (0, None)
    placed = await process.place(wish)
    assert placed.is_done
    assert placed.order is not None
    assert (await _rehearsed(process, wish)).troubles == (ReferenceTaken(placed.order.id),)


async def test_what_cannot_be_placed(shop: Shop, process: Process) -> None:
    """Each obstacle that can be known beforehand has its type and names its field."""
    wish = shop.wish()
    product = wish.lines[0].product_id
    wrong = (
        (replace(wish, method="US Two Day"), MethodUnavailable),
        (replace(wish, address=replace(ADDRESS, country="AQ")), MethodUnavailable),
        (replace(wish, lines=(WantedLine(product, "9999999999999999999", 1),)), InvalidField),
        (replace(wish, lines=(replace(wish.lines[0], quantity=10**6),)), OutOfStock),
        (replace(wish, address=replace(ADDRESS, name="")), InvalidField),
        (replace(wish, address=replace(ADDRESS, phone=None)), InvalidField),
        (replace(wish, max_total=dollars("0.02")), PriceChanged),
        (replace(wish, agreed=dollars("0.02")), PriceChanged),
        (replace(wish, supplier="acme"), Unsupported),
    )
    for wanted, kind in wrong:
        [trouble] = (await _rehearsed(process, wanted)).troubles
        assert isinstance(trouble, kind), trouble
    [unavailable] = (await _rehearsed(process, wrong[0][0])).troubles
    assert isinstance(unavailable, MethodUnavailable)
    assert wish.method in {offer.method for offer in unavailable.offers}
    assert all(offer.price for offer in unavailable.offers)
    assert shop.sold == []


async def test_nobody_answers(shop: Shop, process: Process) -> None:
    """When the supplier cannot be asked, that is no word against the order."""
    shop.sim.faults.add(Fault("status", "/product/*", params={"status": 500}))
    [trouble] = (await _rehearsed(process, shop.wish())).troubles
    assert isinstance(trouble, Busy)
