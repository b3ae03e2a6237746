"""
What a supplier said, without the buyer's address in it: before it is kept, while the address is known.

Events are kept for ever, and the address is not (`Ledger.erase`), so it must not stand in their words.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gateway.orders.office import Result
from gateway.orders.records import Event, Noted, Order
from gateway.orders.troubles import Trouble
from providers.discretion import discreet, private_texts

_TOLD = "message"
"""The field of a trouble that may hold a supplier's words."""
_REASON = "reason"
"""The same of what is noted of the policy, which gives a supplier's refusal as its own."""


def discreet_event(event: Event, order: Order) -> Event:
    """The event as it may be kept for ever."""
    obstacles = () if event.heard is None else event.heard.obstacles
    troubles = event.payload.get(Noted.TROUBLES, ())
    policy = event.payload.get(Noted.POLICY, {})
    if not obstacles and not troubles and _REASON not in policy:
        return event
    private = _private(order)
    heard = event.heard and replace(
        event.heard, obstacles=tuple(discreet(words, private) for words in obstacles)
    )
    payload = event.payload
    if troubles:
        payload = {**payload, Noted.TROUBLES.value: [_discreet_entry(each, private) for each in troubles]}
    if _REASON in policy:
        told = {**policy, _REASON: discreet(policy[_REASON], private)}
        payload = {**payload, Noted.POLICY.value: told}
    return replace(event, heard=heard, payload=payload)


def discreet_result(result: Result) -> Result:
    """The result as it may be kept under its key: the first answer and the repeated one are the same."""
    if result.order is None or not (result.troubles or result.warnings):
        return result
    private = _private(result.order)
    return replace(
        result,
        troubles=tuple(_discreet_trouble(each, private) for each in result.troubles),
        warnings=tuple(discreet(words, private) for words in result.warnings),
    )


def _private(order: Order) -> tuple[str, ...]:
    return () if order.address is None else private_texts(order.address, order.note)


def _discreet_trouble(trouble: Trouble, private: tuple[str, ...]) -> Trouble:
    told = getattr(trouble, _TOLD, None)
    if told is None:
        return trouble
    changes: dict[str, Any] = {_TOLD: discreet(told, private)}
    return replace(trouble, **changes)


def _discreet_entry(entry: Mapping[str, Any], private: tuple[str, ...]) -> dict[str, Any]:
    told = entry.get(_TOLD)
    return {**entry, _TOLD: discreet(told, private)} if isinstance(told, str) else dict(entry)
