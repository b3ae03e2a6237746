"""
Bills that CJ raises after an order was paid, such as for a heavier parcel ("makeup"); 0 points.

CJ documentation, "Shopping: Makeup", and the webhook MAKEUP, read 2026-11-23. The list is of the whole
account and takes no order, so it is read as far as it goes, two hundred to a call; its fields are those of
the webhook.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import Field, TypeAdapter, ValidationError

from providers.cj.fetching import Fetch
from providers.cj.fields import Amount, UTCMoment
from providers.cj.order_ids import CODE, ID
from providers.cj.parsing import Count, Id, Sent, Text, usd
from providers.cj.rows import malformed, read_rows
from providers.orders import Bill, SupplierOrder
from providers.upstream import Call, CallPolicy, Json

PAGE: Final = 200
MOST_PAGES: Final = 5
"""A thousand bills: more than an account should ever have, and five seconds of the slowest one."""
_PART: Final = re.compile(r"-\d+\Z")


class SentBill(Sent):
    """One bill."""

    id: Id = Field(alias="orderCode")
    order: Text = Field(None, alias="relationOrderId")
    amount: Amount = None
    reason: Text = None
    status: Text = None
    created: UTCMoment = Field(None, alias="createDate")
    paid: UTCMoment = Field(None, alias="paymentDate")


class SentTotal(Sent):
    """How many bills there are."""

    total: Count = None


@dataclass(frozen=True, slots=True)
class _Page:
    bills: tuple[SentBill, ...]
    is_last: bool


_BILL: Final = TypeAdapter(SentBill)
_BILLS: Final = TypeAdapter(list[SentBill])
_TOTAL: Final = TypeAdapter(SentTotal)


async def read_bills(
    fetch: Fetch, policy: CallPolicy, known: Sequence[SupplierOrder]
) -> tuple[tuple[Bill, ...], ...]:
    """The bills about each of these orders or their parts, in their order; one call for a usual account."""
    by_order: dict[str, list[Bill]] = {}
    for number in range(1, MOST_PAGES + 1):
        page: _Page = (await fetch(_call(policy, number))).value
        for sent in page.bills:
            # A part of a split order has its own code; the bill is still about the order.
            by_order.setdefault(_PART.sub("", sent.order or ""), []).append(_to_bill(sent))
        if page.is_last:
            break
    return tuple(
        tuple(bill for key in (CODE, ID) if key in order.ids for bill in by_order.get(order.ids[key], ()))
        for order in known
    )


def _call(policy: CallPolicy, number: int) -> Call[_Page]:
    return Call(
        policy,
        "GET",
        "/shopping/makeup/list",
        read=lambda data: _read(data, number),
        query=(("pageNum", str(number)), ("pageSize", str(PAGE))),
    )


def _read(data: Json, number: int) -> _Page:
    if not isinstance(data, dict) or not isinstance(rows := data.get("list"), list):
        raise malformed("the list of bills is missing")
    try:
        total = _TOTAL.validate_python(data).total
    except ValidationError:
        total = None
    bills = read_rows(_BILLS, _BILL, rows, "bill") if rows else []
    is_last = len(rows) < PAGE or (total is not None and number * PAGE >= total)
    return _Page(tuple(bills), is_last)


def _to_bill(sent: SentBill) -> Bill:
    return Bill(sent.id, usd(sent.amount), sent.reason, sent.status, sent.created, sent.paid)
