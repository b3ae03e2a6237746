"""
Reading how orders stand at their supplier: one because somebody asks, many because their news are old.

News need no lease: the ledger decides what they mean, however late they come.
"""

from collections.abc import Sequence

import structlog

from gateway.orders.ledger import Ledger
from gateway.orders.means import Means
from gateway.orders.office import Result
from gateway.orders.records import Event, EventKind, Order, SaidBy
from gateway.orders.refusals import of_error
from gateway.orders.state import UNPAID
from gateway.orders.working import Work
from gateway.storage.engine import StorageGone
from providers.errors import ProviderError
from providers.orders import SupplierOrder
from providers.port import Provider
from providers.upstream import Ask, Lane

log = structlog.get_logger(__name__)

BATCH = 100
"""Orders of one `read_orders`."""


async def refresh(work: Work, order: Order) -> Result:
    """The order as the supplier has it now, and what was in doubt looked into; the work needs no lease."""
    try:
        found = await work.provider.find_order(order.number, work.ask(Lane.INTERACTIVE))
    except Exception as error:  # noqa: BLE001 - whatever it is, nothing was learned
        return Result(order, (of_error(error),))
    if found is not None:
        return Result(await work.tell(order, EventKind.NEWS, SaidBy.POLL, heard=found))
    return Result(await _denied(work.means, order))


async def read_news(means: Means, provider: Provider, orders: Sequence[Order], ask: Ask) -> None:
    """
    Hear how up to a hundred orders of one supplier stand, in one question.

    News that cannot be kept keep no other order's from being so.

    Raises:
        ProviderError: None of them could be read.
    """
    known = [(order, order.heard) for order in orders if order.heard is not None]
    found = await provider.read_orders(tuple(heard for _, heard in known), ask)
    for (order, _), now in zip(known, found, strict=True):
        try:
            await _take_in(means, provider, order, now, ask)
        except StorageGone:
            raise
        except Exception:  # the others are read all the same
            log.exception("order.news_not_kept", order=order.id, supplier=order.supplier)


async def _take_in(
    means: Means, provider: Provider, order: Order, now: SupplierOrder | None, ask: Ask
) -> None:
    if now is not None:
        await _hear(means.ledger, order, now)
    elif order.status not in UNPAID:
        await _denied(means, order)  # left out for now: paid orders do not vanish
    else:
        await _look_for(means, provider, order, ask)


async def _look_for(means: Means, provider: Provider, order: Order, ask: Ask) -> None:
    try:
        found = await provider.find_order(order.number, ask)
    except ProviderError as error:
        log.info("order.not_read", order=order.id, supplier=order.supplier, error=type(error).__name__)
        return
    if found is None:
        await _denied(means, order)
    else:
        await _hear(means.ledger, order, found)


async def _denied(means: Means, order: Order) -> Order:
    """The order that its supplier says it does not have."""
    # It may have been paid while the supplier was asked: the ledger decides by how it stands now.
    return await means.ledger.deny(order.id, seconds=means.patience.vanished)


async def _hear(ledger: Ledger, order: Order, heard: SupplierOrder) -> Order:
    return (await ledger.append(order.id, Event(EventKind.NEWS, SaidBy.POLL, heard=heard))).order
