"""
Cancelling: before the supplier heard of an order, by forgetting it; afterwards by asking, while it is unpaid.
"""

from gateway.orders import doubt
from gateway.orders.office import Result
from gateway.orders.records import Order, SaidBy
from gateway.orders.sentences import hidden, passed
from gateway.orders.state import Deed, OrderStatus
from gateway.orders.troubles import NotNow
from gateway.orders.working import Work


async def cancel(work: Work, order: Order) -> Result:
    """The order cancelled, or why not. What is cancelled already stays so."""
    result = await doubt.settle(work, order)
    order = result.stands(order)
    if result.troubles or order.status is OrderStatus.CANCELLED:
        return result
    if order.status is OrderStatus.PENDING:
        if (await work.past(order)).refused_as_known():
            return Result(order, (hidden(order),))
        return Result(await work.tell(order, Deed.WITHDRAWN, SaidBy.CLIENT))
    if order.standing.is_paid:
        words = "A paid order cannot be cancelled here; open a dispute, or ask the supplier's support."
        return Result(order, (NotNow(f"{passed(order).message} {words}"),))
    if order.status in {OrderStatus.FAILED, OrderStatus.UNKNOWN}:
        return Result(order, (passed(order),))
    order = await work.tell(order, Deed.CANCELLATION_SENT)
    return await doubt.about_cancellation(work, order)
