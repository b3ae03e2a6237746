"""One ledger under gateways of several accounts, or of real and of test orders: each acts on its own."""

from decimal import Decimal

import pytest

from gateway.orders.office import Claim
from gateway.orders.records import Order
from gateway.orders.state import OrderStatus, Step
from gateway.orders.troubles import Elsewhere, NotNow, ReferenceTaken
from providers.cj.simulator.faults import Fault
from tests.orders.shop import CREATE, PAY, Process, Shop
from tests.storage.making import let_pass

OTHER_ACCOUNT = {"CJ_BASE_URL": "https://cj.example/api2.0/v1", "CJ_API_KEY": f"CJ9000002@api@{'b' * 32}"}
TESTS = {"CJ_SANDBOX_MODE": "true"}
CLAIM = Claim(None, "1", wants_refund=True, message="Broken.")

strangers = pytest.mark.parametrize(
    ("environment", "words"), [(OTHER_ACCOUNT, "another account"), (TESTS, "test orders only")]
)


async def _order(process: Process) -> Order:
    order = await process.service.order_of_reference("HB-1")
    assert order is not None
    return order


@strangers
async def test_an_order_of_another_home(shop: Shop, environment: dict[str, str], words: str) -> None:
    """It is shown as it was last known, nothing is done with it, and the same key works where it lives."""
    home, stranger = await shop.process(), await shop.process(environment=environment)
    assert (await home.place(shop.wish())).is_done
    order = await _order(home)
    asked = shop.calls("/shopping/*")
    for result in (
        await stranger.pay(order.id),
        await stranger.cancel(order.id),
        await stranger.refresh(order.id),
        await stranger.service.open_dispute(order.id, CLAIM, "dispute-1", stranger.caller()),
        await stranger.service.cancel_dispute(order.id, "D1", "dispute-2", stranger.caller()),
    ):
        [trouble] = result.troubles
        assert isinstance(trouble, Elsewhere)
        assert words in trouble.message
        assert "Send the request to a gateway" in trouble.message
        assert result.order == order
    assert (await stranger.place(shop.wish(), key="key-2")).troubles == (ReferenceTaken(order.id),)
    assert shop.calls("/shopping/*") == asked
    assert (await home.pay(order.id)).is_done


@strangers
async def test_a_lost_order_of_another_home(shop: Shop, environment: dict[str, str], words: str) -> None:
    """What a gateway left open is not taken up by one of another home, and stays due for its own."""
    del words
    home, stranger = await shop.process(), await shop.process(environment=environment)
    shop.sim.faults.add(Fault("status", CREATE, times=1, params={"status": 500}))
    left = (await home.place(shop.wish())).order
    await let_pass(shop.database)
    assert isinstance((await stranger.place(shop.wish())).troubles[0], Elsewhere)
    await let_pass(shop.database)
    assert await stranger.resumer.round() == 0
    assert left is not None
    assert (shop.sold, (await _order(home)).version) == ([], left.version)
    assert await home.resumer.round() == 1
    [sold] = shop.sold
    order = await _order(home)
    assert (order.status, order.is_sandbox, sold.sandbox) == (OrderStatus.CREATED, False, False)


@strangers
async def test_a_refused_order_of_another_home(shop: Shop, environment: dict[str, str], words: str) -> None:
    """Its reference is not begun again elsewhere: it may exist where it was refused."""
    del words
    home, stranger = await shop.process(), await shop.process(environment=environment)
    failed = (await home.place(shop.wish(method="No Such Post"))).order
    assert failed is not None
    assert failed.status is OrderStatus.FAILED
    result = await stranger.place(shop.wish(), key="key-2")
    assert result.troubles == (ReferenceTaken(failed.id),)
    assert (await home.place(shop.wish(), key="key-3")).is_done


@pytest.mark.parametrize("is_test", [False, True])
async def test_an_order_that_is_of_another_kind_there(shop: Shop, is_test: bool) -> None:
    """When CJ has a real order as a test, or a test as a real one, it is neither paid nor pretended to be."""
    process = await shop.process(environment=TESTS if is_test else {})
    order = (await process.place(shop.wish())).order
    assert order is not None
    shop.sold[0].sandbox = not is_test
    result = await process.pay(order.id)
    assert isinstance(result.troubles[0], NotNow)
    assert result.order is not None
    assert result.order.standing.payment is Step.NOT_BEGUN
    assert (shop.charged, shop.calls(PAY), shop.calls("/shopping/sandbox/*")) == (0, 0, 0)


async def test_each_account_counts_its_own_money(shop: Shop) -> None:
    """Two accounts in one ledger pay their own orders, and the day's caps are counted for each by itself."""
    one, two = await shop.process(), await shop.process(environment=OTHER_ACCOUNT)
    for process, reference in ((one, "HB-1"), (two, "HB-2")):
        order = (await process.place(shop.wish(reference), key=reference)).order
        assert order is not None
        assert order.account == process.provider.declaration.limits.account
        assert (await process.pay(order.id, key=reference)).is_done
        [spent] = await process.ledger.spending(order.account)
        assert spent.spent.amount > Decimal(0)
