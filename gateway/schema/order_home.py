"""Whether the supplier and the account of an order are the ones that are enabled here."""

from gateway.context import GatewayInfo
from gateway.orders.records import Home, Order
from gateway.services import Supplier


def supplier_here(info: GatewayInfo, record: Order) -> Supplier | None:
    """
    The supplier that can be asked about an order.

    None where it is not enabled any more, and where it is with another account, or a simulator in place of
    the supplier itself: that one would speak of other orders.
    """
    supplier = info.context.supplier(record.supplier)
    return supplier if supplier is not None and record.home == Home.of(supplier.declaration) else None
