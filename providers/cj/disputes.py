"""
Complaints about paid orders: what can be claimed, claiming it, taking it back; 0 points.

CJ documentation, "Dispute", read 2026-11-23. Seen live: the objects of the lines have to be sent back as they
came, a reduced one is refused with HTTP 400; success is the text "true". `businessDisputeId` is ours, and the
same twice opens one dispute.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from pydantic import Field, TypeAdapter

from providers.cj.errors import refused
from providers.cj.fields import Amount, Pieces, UTCMoment, amount_of
from providers.cj.parsing import Flag, Id, Sent, Text, Texts, usd
from providers.cj.rows import expect_done, malformed, read_one, read_rows
from providers.orders import Dispute, DisputeLine, DisputeRequest, DisputeTerms
from providers.upstream import Call, CallPolicy, Json

_REFUND, _RESEND = "1", "2"
_TO_THE_BALANCE: Final = 1
_OUTCOMES: Final = {"1": "REFUND", "2": "RESEND", "3": "REJECTED"}
# A dispute that was taken back has no number for its end; only its status, free text, can say so.
_TAKEN_BACK: Final = re.compile("cancel", re.IGNORECASE)
_LONGEST_KEY: Final = 100
_LONGEST_MESSAGE: Final = 500
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)
_PAGE: Final = 50
"""Disputes of one order that are shown; an order has one, or none."""


class SentDisputeLine(Sent):
    """One line that can be disputed."""

    id: Id = Field(alias="lineItemId")
    variant_id: Text = Field(None, alias="cjVariantId")
    quantity: Pieces
    price: Amount = None
    can_choose: Flag = Field(None, alias="canChoose")


class SentReason(Sent):
    """One reason to choose from."""

    id: Id = Field(alias="disputeReasonId")
    name: Text = Field(None, alias="reasonName")


class SentTerms(Sent):
    """What can be asked for."""

    highest: Amount = Field(None, alias="maxAmount")
    results: Texts = Field((), alias="expectResultOptionList")
    reasons: tuple[SentReason, ...] = Field(alias="disputeReasonList")


class SentDispute(Sent):
    """A dispute."""

    id: Id
    status: Text = None
    reason: Text = Field(None, alias="disputeReason")
    money: Amount = None
    outcome: Text = Field(None, alias="finallyDeal")
    created: UTCMoment = Field(None, alias="createDate")


_LINE: Final = TypeAdapter(SentDisputeLine)
_TERMS: Final = TypeAdapter(SentTerms)
_DISPUTES: Final = TypeAdapter(list[SentDispute])
_DISPUTE: Final = TypeAdapter(SentDispute)


def lines_call(policy: CallPolicy, order_id: str) -> Call[tuple[DisputeLine, ...]]:
    """Ask what of an order can be disputed."""
    return Call(policy, "GET", "/disputes/disputeProducts", read=_read_lines, query=(("orderId", order_id),))


def terms_call(policy: CallPolicy, order_id: str, lines: tuple[DisputeLine, ...]) -> Call[DisputeTerms]:
    """Ask what can be claimed for some lines."""
    if not lines:
        raise refused("A dispute is about one line at least.", policy.operation)
    return Call(
        policy,
        "POST",
        "/disputes/disputeConfirmInfo",
        read=_read_terms,
        body={"orderId": order_id, "productInfoList": [dict(line.raw) for line in lines]},
    )


def open_call(policy: CallPolicy, order_id: str, request: DisputeRequest) -> Call[bool]:
    """
    Describe a new dispute; a refund goes to the account's balance.

    Raises:
        InvalidRequest: CJ would not take it; names the field.
    """
    message, operation = request.message.strip(), policy.operation
    if not 0 < len(request.key) <= _LONGEST_KEY:
        raise refused(f"key must have 1 to {_LONGEST_KEY} characters.", operation)
    if not 0 < len(message) <= _LONGEST_MESSAGE:
        raise refused(f"message must have 1 to {_LONGEST_MESSAGE} characters.", operation)
    if not (request.reason_id.isascii() and request.reason_id.isdecimal()):
        raise refused("reason_id must be one of the reasons that the dispute's terms name.", operation)
    if not request.lines:
        raise refused("lines: a dispute is about one line at least.", operation)
    body: dict[str, Json] = {
        "businessDisputeId": request.key,
        "orderId": order_id,
        "disputeReasonId": int(request.reason_id),
        "expectType": int(_REFUND if request.wants_refund else _RESEND),
        "refundType": _TO_THE_BALANCE,
        "messageText": message,
        "imageUrl": list(request.image_urls),
        "productInfoList": [_claimed(line) for line in request.lines],
    }
    return Call(policy, "POST", "/disputes/create", read=_read_done, body=body)


def cancel_call(policy: CallPolicy, order_id: str, dispute_id: str) -> Call[bool]:
    """Take a dispute back."""
    body = {"orderId": order_id, "disputeId": dispute_id}
    return Call(policy, "POST", "/disputes/cancel", read=_read_done, body=body)


def list_call(policy: CallPolicy, order_id: str) -> Call[tuple[Dispute, ...]]:
    """Ask for the disputes about an order."""
    return Call(
        policy,
        "GET",
        "/disputes/getDisputeList",
        read=_read_disputes,
        query=(("orderId", order_id), ("pageNum", "1"), ("pageSize", str(_PAGE))),
    )


def _claimed(line: DisputeLine) -> dict[str, Json]:
    price = None if line.price is None else line.price.amount
    return {"lineItemId": line.id, "quantity": line.quantity, "price": price}


def _read_lines(data: Json) -> tuple[DisputeLine, ...]:
    if not isinstance(data, dict) or not isinstance(rows := data.get("productInfoList"), list):
        raise malformed("what can be disputed is missing")
    return tuple(_to_line(row) for row in rows)


def _to_line(row: Any) -> DisputeLine:
    sent = read_one(_LINE, row, "a disputable line")
    return DisputeLine(
        sent.id,
        sent.variant_id,
        sent.quantity,
        usd(sent.price),
        can_choose=sent.can_choose is not False,
        raw=_as_sent(row),
    )


def _as_sent(row: Mapping[str, Any]) -> dict[str, object]:
    # `payload` reads a number with a fraction as its text; the price goes back as the number that it was. All
    # else in the documented object is text, a flag or a small whole number, and comes back as it was.
    price = amount_of(row.get("price"))
    return {**row, "price": price} if price is not None else dict(row)


def _read_terms(data: Json) -> DisputeTerms:
    sent = read_one(_TERMS, data, "the terms of a dispute")
    return DisputeTerms(
        usd(sent.highest),
        tuple((reason.id, reason.name or reason.id) for reason in sent.reasons),
        can_refund=_REFUND in sent.results,
        can_resend=_RESEND in sent.results,
    )


def _read_done(data: Json) -> bool:
    return expect_done(data, "it was done")


def _outcome(sent: SentDispute) -> str | None:
    return _OUTCOMES.get(sent.outcome or "") or (
        "CANCELLED" if _TAKEN_BACK.search(sent.status or "") else None
    )


def _read_disputes(data: Json) -> tuple[Dispute, ...]:
    rows = data.get("list") if isinstance(data, dict) else None
    sent = read_rows(_DISPUTES, _DISPUTE, rows, "dispute")
    newest_first = sorted(sent, key=lambda each: (each.created or _LONG_AGO, each.id), reverse=True)
    return tuple(
        Dispute(
            each.id,
            each.status,
            each.reason,
            usd(each.money),
            _outcome(each),
            each.created,
        )
        for each in newest_first
    )
