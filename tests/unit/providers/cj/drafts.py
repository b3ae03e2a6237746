"""Orders to be made, for tests of what CJ is sent."""

from dataclasses import replace
from typing import Any

from providers.orders import Address, OrderDraft, OrderLine

ADDRESS = Address("Test Person", "DE", "Hamburg", "Hamburg", "Testweg 1", postal_code="20095")
LINE = OrderLine("2405170342118604100", 2, reference="L1")


def order_draft(number: str = "HB-100231", **more: Any) -> OrderDraft:
    """Two lanterns to Hamburg."""
    whole = OrderDraft(number, (LINE,), "CN", "CJPacket Ordinary", ADDRESS, is_sandbox=False)
    return replace(whole, **more)
