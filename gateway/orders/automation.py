"""
What the gateway does with an order by itself, where its operator has set a policy: paying it, once.

    begun       its history says, before the supplier hears of it, that it is under the policy
    made        the policy decides: it is paid as any client's order is, under the same caps, or it waits
    waits       its history says why; from here on only a client pays it

An order that was begun without a policy stays without one. Paying has an idempotency record of its own,
named by the order, so that two processes, or one that died and its successor, pay it once; until it has ended
either way the resumer takes it up again.
"""

from collections.abc import Iterable
from dataclasses import replace

import structlog

from gateway.orders import doubt, placing
from gateway.orders.amounts import in_words
from gateway.orders.answers import is_final
from gateway.orders.carrying import Carrier, Errand
from gateway.orders.means import Means
from gateway.orders.office import Asker, Result
from gateway.orders.paying import pay
from gateway.orders.policy import Course, Decision, decide
from gateway.orders.records import EventKind, KeptEvent, Noted, Order, Request
from gateway.orders.state import UNPAID, OrderStatus
from gateway.orders.troubles import InsufficientBalance, OverSpendCap, PriceChanged, Trouble
from gateway.orders.wishes import fingerprint
from gateway.orders.working import Work
from providers.model import Money

log = structlog.get_logger(__name__)

_BEGUN, _PAYS, _WAITS = "BEGUN", "PAYS", "WAITS"
_AGAIN = 60.0
"""Seconds until a payment is tried again that a busy supplier turned away."""
_UNDER_WAY = "The gateway's order policy pays it; how that ends is not known yet. Read the order again."


async def place(work: Work, order: Order, *, may_give_up: bool = False) -> Result:
    """As `placing.place`; noted first that the order is under the policy, where there is one that pays."""
    if _pays(work.means, order) and order.status is OrderStatus.PENDING:
        events = () if order.version == 1 else (await work.past(order)).events
        if _last(events) is None:
            order = await work.tell(order, EventKind.NOTE, noted={Noted.POLICY: {"step": _BEGUN}})
    return await placing.place(work, order, may_give_up=may_give_up)


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
    return _last(events) in {_BEGUN, _PAYS}


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


def _notes(events: Iterable[KeptEvent]) -> list[dict[str, str]]:
    return [event.payload[Noted.POLICY] for event in events if Noted.POLICY in event.payload]


def _errand(order_id: str, asker: Asker) -> Errand:
    # No part of it is the policy's: whatever that says tomorrow, this is the one payment of this order.
    request = Request("payByPolicy", order_id, fingerprint([order_id]))
    return Errand(request, asker, _pay_by_policy, order_id=order_id)


async def _pay_by_policy(work: Work, order: Order, _: bool) -> Result:
    settled = await doubt.settle(work, order)
    order = settled.stands(order)
    noted = _last((await work.past(order)).events)
    if settled.troubles or noted not in {_BEGUN, _PAYS} or order.status not in UNPAID:
        return settled
    decision = _decision(work, order, order.charged)
    if decision is None:
        return Result(order)
    if decision.course is not Course.PAY or decision.limit is None:
        return await _leave_to_approval(work, order, decision.reason)
    if noted == _BEGUN:
        about = {"step": _PAYS, "reason": decision.reason}
        order = await work.tell(order, EventKind.NOTE, noted={Noted.POLICY: about})
    # It may be this request that paid it, before its process died.
    result = await pay(work, order, decision.limit, is_resumed=True)
    order = result.stands(order)
    if not is_final(result):
        await work.ledger.postpone(order.id, seconds=_AGAIN)
        return result
    if result.troubles:
        return await _leave_to_approval(work, order, _reason(work, order, result.troubles[0]))
    log.info("order.paid_by_policy", order=order.id, supplier=order.supplier)
    words = f"The gateway's order policy has paid it: {decision.reason}."
    return Result(order, warnings=(words, *result.warnings))


async def _leave_to_approval(work: Work, order: Order, reason: str) -> Result:
    about = {"step": _WAITS, "reason": reason}
    order = await work.tell(order, EventKind.NOTE, noted={Noted.POLICY: about})
    log.info("order.waits_for_approval", order=order.id, supplier=order.supplier)
    return Result(order, warnings=(f"It is not paid, and waits for `payOrder`: {reason}.",))


def _decision(work: Work, order: Order, taken: Money | None) -> Decision | None:
    terms = work.means.policy.of(order.supplier)
    # Test orders move no money, and are held to no cap.
    cap = None if order.is_sandbox else work.means.caps.per_order
    return decide(terms, taken=taken, quoted=order.quoted, cap=cap)


def _reason(work: Work, order: Order, trouble: Trouble) -> str:
    match trouble:
        case PriceChanged(current=current):
            decision = _decision(work, order, current)
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
