"""
CJ's words and numbers for where an order stands, as our states.

CJ documentation, "Shopping", "Sandbox" and "Webhook", read 2026-11-23. Answers have words, webhooks of split
orders and the sandbox tools have numbers, and what 2026 calls a sub-state stands in the place of the state in
some answers. CJ has words that it lists nowhere (CLOSED and INVALID were seen): what is not here is UNKNOWN.
"""

from types import MappingProxyType
from typing import Final

from providers.orders import OrderState

# 601 is allowed by a sandbox tool and explained nowhere.
_WORDS: Final = MappingProxyType(
    {
        "CREATED": OrderState.CREATED,
        "IN_CART": OrderState.IN_CART,
        "UNPAID": OrderState.AWAITING_PAYMENT,
        "UNSHIPPED": OrderState.PAID,
        "PENDING": OrderState.PAID,
        "PROCESSING": OrderState.PROCESSING,
        "SHIPPED": OrderState.SHIPPED,
        "DELIVERED": OrderState.DELIVERED,
        "CANCELLED": OrderState.CANCELLED,
        "CANCELED": OrderState.CANCELLED,
        "CLOSED": OrderState.CANCELLED,
    }
)
_NUMBERS: Final = (
    (range(100, 101), OrderState.CREATED),
    (range(101, 102), OrderState.IN_CART),
    (range(200, 201), OrderState.AWAITING_PAYMENT),
    (range(300, 400), OrderState.PAID),
    (range(400, 500), OrderState.PROCESSING),
    (range(500, 501), OrderState.SHIPPED),
    (range(600, 602), OrderState.DELIVERED),
    (range(700, 701), OrderState.CANCELLED),
)
_LONGEST_NUMBER: Final = 6


def state_of(status: str | None, sub_status: str | None = None) -> OrderState:
    """CJ's word or number for a state, with its sub-state where it has one; UNKNOWN for any other."""
    word = (status or "").strip().upper().replace(" ", "_")
    if word.isdecimal() and len(word) <= _LONGEST_NUMBER:
        return next((state for numbers, state in _NUMBERS if int(word) in numbers), OrderState.UNKNOWN)
    if word == "UNSHIPPED" and sub_status:
        return _WORDS.get(sub_status.strip().upper(), OrderState.PAID)
    return _WORDS.get(word, OrderState.UNKNOWN)
