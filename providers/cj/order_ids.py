"""
The names of one order, and which call takes which: the commonest source of "Order not found".

CJ gives an order up to five names and says nowhere which of its calls takes which. From its documentation,
"Shopping", read 2026-11-23, and from the notes of people who pay real orders:

| key | looks like | first told by | taken by |
|---|---|---|---|
| `number` | ours, up to 50 characters | us | getOrderDetail; a filter of the list |
| `id` | 19 digits | V2 create, detail, list | getOrderDetail, payBalance |
| `code` | SD (or DP) and digits | detail, list | getOrderDetail, batches, cart, confirming, deleting, methods, sandbox tools, disputes |
| `parent` | digits | V2 create; another one when the cart is confirmed | saveGenerateParentOrder, payBalanceV2 |
| `payment` | PAY and digits | saveGenerateParentOrder | payBalanceV2 |
| `sandbox` | 1 | us | decides which call pays; no name, but kept with them, because a payment needs it |

Only the order's own detail tells the code of an order that V2 has just made, and nothing tells a parent a
second time: whoever has lost it pays by `id`.
"""  # noqa: E501 - a table

from collections.abc import Mapping
from typing import Final

from providers.cj.rows import malformed
from providers.orders import SupplierOrder

NUMBER: Final = "number"
ID: Final = "id"
CODE: Final = "code"
PARENT: Final = "parent"
PAYMENT: Final = "payment"
SANDBOX: Final = "sandbox"
_CODES: Final = ("SD", "DP")


def names(number: str, *given: str | None, parent: str | None = None) -> dict[str, str]:
    """What an order is called, from our number and CJ's names of it, told apart by their form."""
    found = {NUMBER: number}
    for name in given:
        if name:
            found.setdefault(CODE if name.upper().startswith(_CODES) else ID, name)
    if parent:
        found[PARENT] = parent
    return found


def best(order: SupplierOrder) -> str:
    """The name that finds an order's detail most surely."""
    return order.ids.get(ID) or order.ids.get(CODE) or order.number


def needed(ids: Mapping[str, str], *keys: str) -> str:
    """The first of these names that an order has. Raises MalformedResponse when CJ has told none of them."""
    for key in keys:
        if name := ids.get(key):
            return name
    raise malformed(f"it does not tell the order's {' or '.join(keys)}")
