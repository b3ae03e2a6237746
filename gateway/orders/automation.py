"""
What the gateway does with an order by itself, where its operator has set a policy: paying it, once.

    begun       its history says, with the very event that begins it, that it is under the policy
    made        the policy decides: it is paid as any client's order is, under the same caps, or it waits
    waits       its history says why; from here on only a client pays it

An order that was begun without a policy stays without one. One that a client has begun to pay, or that was to
be cancelled, that failed before it turned up, or that is old waits, whatever it takes. Paying has an
idempotency record of its own, named by the order, so that two processes, or one that died and its successor,
pay it once; until it has ended either way the resumer takes it up again.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import structlog

from gateway.orders import doubt
from gateway.orders.amounts import in_words
from gateway.orders.answers import is_final
from gateway.orders.carrying import Carrier, Errand
from gateway.orders.history import BEGUN, Past
from gateway.orders.means import Means
from gateway.orders.office import Asker, Result, Wish
from gateway.orders.paying import pay
from gateway.orders.policy import Course, Decision, decide
from gateway.orders.records import EventKind, KeptEvent, Noted, Order, Request
from gateway.orders.sentences import unknown
from gateway.orders.state import UNPAID, Deed, OrderStatus, Step
from gateway.orders.troubles import InsufficientBalance, OverSpendCap, PriceChanged, Trouble
from gateway.orders.wishes import fingerprint
from gateway.orders.working import Work
from providers.model import Money

log = structlog.get_logger(__name__)

_BEGUN, _PAYS, _WAITS = "BEGUN", "PAYS", "WAITS"
_OPEN = {_BEGUN, _PAYS}
"""How far the policy has come with an order about which it has still to do something."""
_NOT_SHOWN = {OrderStatus.PENDING, OrderStatus.UNKNOWN}
"""Its payment may still be to come: nothing is final yet."""
_AGAIN = 60.0
"""Seconds until a payment is tried again that a busy supplier turned away."""
_UNDER_WAY = "The gateway's order policy pays it; how that ends is not known yet. Read the order again."


def note_of(means: Means, wish: Wish) -> dict[str, Any] | None:
    """What an order under the policy begins its history with, as `Noted.POLICY`; None: it is not under it."""
    if means.policy.of(wish.supplier).pay_up_to is None:
        return None
    # A price that the gateway has read for itself, to choose a method, is nothing that anybody agreed to.
    return {"step": _BEGUN, "is_quoted": wish.agreed is not None}


async def pay_for_client(work: Work, order: Order, expected: Money, *, is_resumed: bool) -> Result:
    """As `pay`, for a client that asks for it: however that ends, from here on only clients pay it."""
    if not order.standing.is_paid and _last((await work.past(order)).events) in _OPEN:
        about = {"step": _WAITS, "reason": "a client decides about it now"}
        order = await work.tell(order, EventKind.NOTE, noted={Noted.POLICY: about})
    return await pay(work, order, expected, is_resumed=is_resumed)


async def follow(means: Means, carrier: Carrier, result: Result, asker: Asker) -> Result:
    """What came of placing an order, and of paying it where the policy says so, while the asker waits."""
    order = result.order
    if not result.is_done or order is None or not _pays(means, order):
        return result
    paid = await carrier.once(_errand(order.id, asker))
    words = (_UNDER_WAY,) if paid.troubles else paid.warnings
    return replace(result, order=paid.stands(order), warnings=result.warnings + words)


async def take_up(means: Means, carrier: Carrier, order: Order) -> None:
    """Pay an order that nobody waits for, if that is still to be done."""
    if not await is_due(means, order):
        return
    asker = Asker("policy", means.clock.monotonic() + means.patience.work)
    result = await carrier.once(_errand(order.id, asker))
    log.info("order.policy_applied", order=order.id, supplier=order.supplier, is_done=result.is_done)


async def is_due(means: Means, order: Order) -> bool:
    """Whether the policy has still to do something about an order as it stands."""
    if not _pays(means, order) or order.status not in UNPAID or order.standing.is_in_doubt:
        return False
    [events] = await means.ledger.events((order.id,))
    return _last(events) in _OPEN


def why_it_waits(events: Iterable[KeptEvent]) -> str | None:
    """The reason for which the policy has left an order to somebody's approval; None where it has not."""
    notes = _notes(events)
    return notes[-1].get("reason") if notes and notes[-1]["step"] == _WAITS else None


def _pays(means: Means, order: Order) -> bool:
    return means.policy.of(order.supplier).pay_up_to is not None


def _last(events: Iterable[KeptEvent]) -> str | None:
    """How far the policy came with an order; None: it is not under one."""
    notes = _notes(events)
    return notes[-1]["step"] if notes else None


def _notes(events: Iterable[KeptEvent]) -> list[dict[str, Any]]:
    return [event.payload[Noted.POLICY] for event in _since_begun(events) if Noted.POLICY in event.payload]


def _since_begun(events: Iterable[KeptEvent]) -> tuple[KeptEvent, ...]:
    """What happened since its client asked for the order as it is meant now."""
    told = tuple(events)
    begun = [place for place, event in enumerate(told) if event.kind in BEGUN]
    return told[begun[-1] :] if begun else told


def _errand(order_id: str, asker: Asker) -> Errand:
    # No part of it is the policy's: whatever that says tomorrow, this is the one payment of this order.
    request = Request("payByPolicy", order_id, fingerprint([order_id]))
    return Errand(request, asker, _pay_by_policy, order_id=order_id)


async def _pay_by_policy(work: Work, order: Order, _: bool) -> Result:
    settled = await doubt.settle(work, order)
    order = settled.stands(order)
    if settled.troubles:
        return settled
    since = Past(_since_begun((await work.past(order)).events))
    if _last(since.events) not in _OPEN:
        return settled
    if order.status not in UNPAID:
        return Result(order, (unknown(_UNDER_WAY),)) if order.status in _NOT_SHOWN else settled
    decision = await _judged(work, order, since)
    if decision is None:
        return Result(order)
    if decision.course is not Course.PAY or decision.limit is None:
        return await _leave_to_approval(work, order, decision.reason)
    return await _pay_once(work, order, since, decision, decision.limit)


async def _judged(work: Work, order: Order, since: Past) -> Decision | None:
    """What the policy says, unless it would surprise its client if the gateway paid it now."""
    against = None
    if order.standing.is_paid:
        pass
    elif order.standing.cancellation is not Step.NOT_BEGUN or since.has(Deed.WITHDRAWN):
        against = "it was to be cancelled"
    elif since.has(Deed.CREATION_REFUSED, Deed.ABANDONED):
        against = "it had failed before it turned up"
    elif await work.seconds_since(order, *BEGUN) > work.patience.giving_up:
        against = "it is too old"
    if against is not None:
        return Decision(Course.APPROVAL, against)
    return _decision(work, order, order.charged, since)


async def _pay_once(work: Work, order: Order, since: Past, decision: Decision, limit: Money) -> Result:
    if _last(since.events) == _BEGUN:
        about = {"step": _PAYS, "reason": decision.reason}
        order = await work.tell(order, EventKind.NOTE, noted={Noted.POLICY: about})
    # It may be this request that paid it, before its process died.
    result = await pay(work, order, limit, is_resumed=True)
    order = result.stands(order)
    if not is_final(result):
        await work.ledger.postpone(order.id, seconds=_AGAIN)
        return result
    if result.troubles:
        return await _leave_to_approval(work, order, _reason(work, order, result.troubles[0], since))
    log.info("order.paid_by_policy", order=order.id, supplier=order.supplier)
    words = f"The gateway's order policy has paid it: {decision.reason}."
    return Result(order, warnings=(words, *result.warnings))


async def _leave_to_approval(work: Work, order: Order, reason: str) -> Result:
    about = {"step": _WAITS, "reason": reason}
    order = await work.tell(order, EventKind.NOTE, noted={Noted.POLICY: about})
    log.info("order.waits_for_approval", order=order.id, supplier=order.supplier)
    return Result(order, warnings=(f"It is not paid, and waits for `payOrder`: {reason}.",))


def _decision(work: Work, order: Order, taken: Money | None, since: Past) -> Decision | None:
    # What was agreed to, not what the gateway read for itself.
    quoted = order.quoted if _notes(since.events)[0].get("is_quoted", False) else None
    terms = work.means.policy.of(order.supplier)
    # Test orders move no money, and are held to no cap.
    cap = None if order.is_sandbox else work.means.caps.per_order
    return decide(terms, taken=taken, quoted=quoted, cap=cap)


def _reason(work: Work, order: Order, trouble: Trouble, since: Past) -> str:
    match trouble:
        case PriceChanged(current=current):
            decision = _decision(work, order, current, since)
            if decision is not None and decision.course is not Course.PAY:
                return decision.reason
            return f"it takes {in_words(current)}, and {in_words(trouble.agreed)} was agreed at the most"
        case InsufficientBalance():
            return f"it takes {in_words(trouble.needed)}, and the account has {in_words(trouble.available)}"
        case OverSpendCap():
            whose = "a day" if trouble.per_day else "one order"
            return f"of the cap for {whose}, {in_words(trouble.limit)}, {in_words(trouble.left)} is left"
        case _:
            told: str = getattr(trouble, "message", type(trouble).__name__)
            return told.rstrip(".")
