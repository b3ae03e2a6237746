"""
Opening disputes about a paid order at its supplier, and taking them back, each once.

    opened       under a key of ours, made from the request, so that sending it again opens no second one
    in doubt     the list is read; what it does not show is sent again, under the same key, with the request
    taken back   the list is read before and after; one that is gone or ended needs nothing more

Everything is noted in the order's history, and none of it moves the order.
"""

from collections.abc import Sequence

import structlog

from gateway.orders import disputes, doubt
from gateway.orders.calls import Answered, Declined, ending_of
from gateway.orders.disputes import Opening
from gateway.orders.office import Claim, Result
from gateway.orders.records import EventKind, Noted, Order, SaidBy
from gateway.orders.refusals import of_error
from gateway.orders.sentences import unknown
from gateway.orders.troubles import InvalidField, NotNow, Trouble
from gateway.orders.working import Work
from providers.errors import NotFound
from providers.orders import Dispute, DisputeLine, DisputeRequest, SupplierOrder
from providers.upstream import Lane

log = structlog.get_logger(__name__)

_UNOPENED = "It is not known yet whether the dispute was opened; send the same request again: it opens one."
_UNCANCELLED = "It is not known yet whether the dispute was taken back; send the same request again."
_UNSEEN = "The dispute is open; the supplier does not show it yet. Read the order's `disputes` later."
_NOTHING = "The supplier lets nothing of this order be disputed, or not any more."


async def open_dispute(work: Work, order: Order, claim: Claim, key: str) -> Result:
    """
    The order with the dispute open, or why not.

    Args:
        work: Who does it; it holds the order.
        order: In any state.
        claim: What went wrong, and what is wanted.
        key: For the supplier; equal for the same request.
    """
    ready = await disputes.ready(work, order)
    order = ready.stands(order)
    heard = order.heard
    if ready.troubles or heard is None:
        return ready
    opening = disputes.opening((await work.past(order)).events, key)
    if opening.opened is not None:
        return Result(order, dispute=opening.opened)
    try:
        found = await disputes.listed(work, heard)
        mine = disputes.mine(found, opening) if opening.is_sent else None
        if mine is not None:
            return await _note_opened(work, order, key, mine.id)
        request = await _request(work, heard, claim, key, is_sent=opening.is_sent)
    except Exception as error:  # noqa: BLE001 - whatever it is, this time nothing was sent
        doubt.note("dispute", order, error)
        return Result(order, (unknown(_UNOPENED) if opening.is_sent else of_error(error),))
    if not isinstance(request, DisputeRequest):
        return Result(order, (request,))
    if not opening.is_sent:
        known = {each.id for each in found}
        opening = Opening(opening.others | known, is_sent=True)
        about = {"key": key, "step": "SENT", "known": sorted(known)}
        order = await work.tell(order, EventKind.NOTE, noted={Noted.DISPUTE: about})
    return await _send(work, order, heard, request, opening)


async def cancel_dispute(work: Work, order: Order, dispute_id: str) -> Result:
    """The order with this dispute taken back, or why not. One that is taken back already stays so."""
    ready = await disputes.ready(work, order)
    order = ready.stands(order)
    heard = order.heard
    if ready.troubles or heard is None:
        return ready
    asked = {"id": dispute_id, "step": "CANCELLING"}
    is_sent = asked in disputes.notes((await work.past(order)).events)
    try:
        found = disputes.named(await disputes.listed(work, heard), dispute_id)
    except Exception as error:  # noqa: BLE001 - whatever it is, this time nothing was sent
        doubt.note("dispute", order, error)
        return Result(order, (unknown(_UNCANCELLED) if is_sent else of_error(error),))
    trouble: Trouble | None = None
    if found is None and not is_sent:
        trouble = InvalidField(("disputeId",), "The order has no dispute with this id.")
    elif found is not None and found.outcome not in {None, disputes.CANCELLED}:
        trouble = NotNow(f"The dispute has ended with {found.outcome}; it cannot be taken back.")
    elif found is not None and found.outcome is None:
        if not is_sent:
            order = await work.tell(order, EventKind.NOTE, noted={Noted.DISPUTE: asked})
        trouble = await _take_back(work, order, heard, dispute_id)
        if trouble is None:
            about = {"id": dispute_id, "step": "CANCELLED"}
            order = await work.tell(order, EventKind.NOTE, SaidBy.SUPPLIER, noted={Noted.DISPUTE: about})
    return Result(order, (trouble,)) if trouble else Result(order, dispute=dispute_id)


async def _request(
    work: Work, heard: SupplierOrder, claim: Claim, key: str, *, is_sent: bool
) -> DisputeRequest | Trouble:
    """
    The claim as the supplier takes it, or what it would not take.

    One that was sent before is not held to the terms again: they may be others because it is open.
    """
    lines = await work.provider.dispute_lines(heard, work.ask(Lane.ORDER))
    chosen = _chosen(lines, claim.line_ids, is_sent=is_sent)
    if not isinstance(chosen, tuple):
        return chosen
    if not is_sent:
        terms = await work.provider.dispute_terms(heard, chosen, work.ask(Lane.ORDER))
        if claim.reason_id not in dict(terms.reasons):
            return InvalidField(("reasonId",), "The supplier has no such reason: see `disputeOptions`.")
        if not (terms.can_refund if claim.wants_refund else terms.can_resend):
            return InvalidField(("expect",), "The supplier does not offer that here: see `disputeOptions`.")
    return DisputeRequest(
        key, chosen, claim.reason_id, claim.wants_refund, claim.message, image_urls=claim.image_urls
    )


def _chosen(
    lines: tuple[DisputeLine, ...], wanted: tuple[str, ...] | None, *, is_sent: bool
) -> tuple[DisputeLine, ...] | Trouble:
    allowed = {line.id: line for line in lines if line.can_choose or is_sent}
    if not allowed:
        return NotNow(_NOTHING)
    if wanted is None:
        return tuple(allowed.values())
    for place, line_id in enumerate(wanted):
        if line_id not in allowed:
            problem = "This is no line of the order that can be disputed: see `disputeOptions`."
            return InvalidField(("lineIds", str(place)), problem)
    return tuple(allowed[line_id] for line_id in wanted)


async def _send(
    work: Work, order: Order, heard: SupplierOrder, request: DisputeRequest, opening: Opening
) -> Result:
    ask = work.ask(Lane.ORDER)
    ended = await ending_of(lambda: work.provider.open_dispute(heard, request, ask))
    # What is open already may be refused, too: one look.
    looks = (0.0,) if isinstance(ended, Declined) else work.patience.looks
    mine = await _look_for(work, order, heard, opening, looks)
    if mine is not None or isinstance(ended, Answered):
        return await _note_opened(work, order, request.key, None if mine is None else mine.id)
    if isinstance(ended, Declined) and not isinstance(ended.error, NotFound):
        trouble = of_error(ended.error)
        order = await work.tell(order, EventKind.NOTE, SaidBy.SUPPLIER, troubles=(trouble,))
        return Result(order, (trouble,))
    doubt.note("dispute", order, ended.error)
    return Result(order, (unknown(_UNOPENED),))


async def _look_for(
    work: Work, order: Order, heard: SupplierOrder, opening: Opening, looks: Sequence[float]
) -> Dispute | None:
    """The dispute that was sent; None where the list does not show it, however often it is read."""
    clock = work.means.clock
    for pause in looks:
        if clock.monotonic() + pause >= work.deadline:
            break
        await clock.sleep(pause)
        try:
            mine = disputes.mine(await disputes.listed(work, heard), opening)
        except Exception as error:  # noqa: BLE001 - whatever it is, nothing was learned
            doubt.note("dispute", order, error)
            continue
        if mine is not None:
            return mine
    return None


async def _note_opened(work: Work, order: Order, key: str, dispute_id: str | None) -> Result:
    log.info("dispute.opened", order=order.id, supplier=order.supplier)
    about = {"key": key, "step": "OPENED", "id": dispute_id}
    order = await work.tell(order, EventKind.NOTE, SaidBy.SUPPLIER, noted={Noted.DISPUTE: about})
    return Result(order, warnings=(_UNSEEN,) if dispute_id is None else (), dispute=dispute_id)


async def _take_back(work: Work, order: Order, heard: SupplierOrder, dispute_id: str) -> Trouble | None:
    """Why it is not, or may not be; None when it is."""
    ask = work.ask(Lane.ORDER)
    ended = await ending_of(lambda: work.provider.cancel_dispute(heard, dispute_id, ask))
    if isinstance(ended, Answered):
        return None
    trouble: Trouble = unknown(_UNCANCELLED)
    if isinstance(ended, Declined):
        trouble = of_error(ended.error)
    else:
        doubt.note("dispute", order, ended.error)
    # One that was taken back a moment ago is refused, too: the list knows.
    try:
        found = disputes.named(await disputes.listed(work, heard), dispute_id)
    except Exception as error:  # noqa: BLE001 - whatever it is, nothing was learned
        doubt.note("dispute", order, error)
        return trouble
    return None if found is None or found.outcome == disputes.CANCELLED else trouble
