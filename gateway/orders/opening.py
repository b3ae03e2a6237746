"""Opening what works on orders, and closing it so that nothing is left in the middle."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gateway.orders.choosing import Choosing
from gateway.orders.errands import Errands
from gateway.orders.means import Means
from gateway.orders.resuming import Resumer
from gateway.orders.service import OrderService, Rehearsal


@asynccontextmanager
async def open_office(means: Means, rehearses: Rehearsal, chooses: Choosing) -> AsyncIterator[OrderService]:
    """What works on orders: for clients, and by itself on what was left open."""
    errands = Errands(means.clock)
    office = OrderService(means, errands, rehearsal=rehearses, choosing=chooses)
    resumer = Resumer(means, errands)
    try:
        resumer.start()
        yield office
    finally:
        # First nothing more is taken up; then what is under way comes to its end.
        await resumer.aclose()
        await office.aclose()
