"""
Orders as CJ shows them: one in detail, many in detail, and the list that finds one by its number.

CJ documentation, "Shopping: Query Order Detail", "Order Detail Batch" and "List Order", read 2026-11-23. From
operators' notes: the detail finds an order by our own number as well as by CJ's names; sub-states appear in
`orderStatus` too; numbers stand for states in some places. Nothing here is ever kept.

What tells one order from another, and whether it may be paid, is read strictly: its names, its lines. The
rest is lenient: unknown rather than wrong. Buyers' names and addresses are not read at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from pydantic import Field, TypeAdapter, ValidationError

from providers.cj.errors import PROVIDER
from providers.cj.fields import Amount, Charge, Pieces, UTCMoment
from providers.cj.order_ids import CODE, ID, NUMBER, SANDBOX, names
from providers.cj.order_states import state_of
from providers.cj.parsing import Flag, Id, Sent, Text, count_of, usd
from providers.cj.rows import faults, malformed, read_one, read_rows
from providers.model import Money
from providers.orders import OrderLine, Parcel, SupplierOrder, Totals
from providers.upstream import Call, CallPolicy, Json

BATCH: Final = 50
"""Orders of one getOrderDetailBatch: a hundred are allowed, 20 to 50 advised."""
_LISTED: Final = 20


class SentLine(Sent):
    """One line of an order."""

    variant_id: Id = Field(alias="vid")
    quantity: Pieces
    price: Amount = Field(None, alias="sellPrice")
    reference: Text = Field(None, alias="storeLineItemId")


class SentOrder(Sent):
    """An order as `getOrderDetail` has it."""

    id: Id = Field(alias="orderId")
    number: Id = Field(alias="orderNum")
    code: Text = Field(None, alias="cjOrderCode")
    confirmed_code: Text = Field(None, alias="cjOrderId")
    status: Text = Field(None, alias="orderStatus")
    sub_status: Text = Field(None, alias="subStatus")
    total: Charge = Field(None, alias="orderAmount")
    items: Amount = Field(None, alias="productAmount")
    postage: Amount = Field(None, alias="postageAmount")
    method: Text = Field(None, alias="logisticName")
    origin: Text = Field(None, alias="fromCountryCode")
    tracking_number: Text = Field(None, alias="trackNumber")
    tracking_url: Text = Field(None, alias="trackingUrl")
    carrier: Text = Field(None, alias="trackingProvider")
    is_complete: Flag = Field(None, alias="isComplete")
    is_sandbox: Flag = Field(None, alias="isSandbox")
    created: UTCMoment = Field(None, alias="createDate")
    paid: UTCMoment = Field(None, alias="paymentDate")
    shipped: UTCMoment = Field(None, alias="outWarehouseTime")
    lines: tuple[SentLine, ...] | None = Field(None, alias="productList")


class SentRow(Sent):
    """An order as the list has it: its names, and no lines."""

    id: Id = Field(alias="orderId")
    number: Text = Field(None, alias="orderNum")
    code: Text = Field(None, alias="cjOrderId")


@dataclass(frozen=True, slots=True)
class Listed:
    """What the list says about one number."""

    id: str | None
    """CJ's id of the order with that number."""
    is_sure: bool
    """Whether it is certain that there is no other."""


_ORDER: Final = TypeAdapter(SentOrder)
_ORDERS: Final = TypeAdapter(list[SentOrder])
_ROWS: Final = TypeAdapter(list[SentRow])


def detail_call(policy: CallPolicy, reference: str, number: str) -> Call[SupplierOrder]:
    """Ask for one order by any of its names; an answer about another `number` than ours is refused."""
    return Call(
        policy,
        "GET",
        "/shopping/order/getOrderDetail",
        read=lambda data: _read_order(data, number),
        query=(("orderId", reference),),
    )


def batch_call(policy: CallPolicy, known: Sequence[SupplierOrder]) -> Call[tuple[SupplierOrder | None, ...]]:
    """Ask for several orders, each by its code where that is known; those left out are None."""
    return Call(
        policy,
        "POST",
        "/shopping/order/getOrderDetailBatch",
        read=lambda data: _read_orders(data, known),
        body={"orderIds": [order.ids.get(CODE) or order.ids.get(ID) or order.number for order in known]},
        is_empty=lambda found: not any(found),
    )


def listed_call(policy: CallPolicy, number: str) -> Call[Listed]:
    """
    Ask the list for one of our numbers.

    The parameter is not documented, so the answer is filtered here; where it holds other numbers the
    parameter was not understood, and an absence says nothing.
    """
    return Call(
        policy,
        "GET",
        "/shopping/order/list",
        read=lambda data: _read_listed(data, number),
        query=(("orderNumbers", number), ("pageNum", "1"), ("pageSize", str(_LISTED))),
    )


def to_lines(sent: Sequence[SentLine]) -> tuple[OrderLine, ...]:
    """An order's lines."""
    return tuple(
        OrderLine(line.variant_id, line.quantity, unit_price=usd(line.price), reference=line.reference)
        for line in sent
    )


def to_parcels(sent: SentOrder) -> tuple[Parcel, ...]:
    """The parcel of an order, once it has one."""
    if not sent.tracking_number:
        return ()
    return (Parcel(sent.carrier or sent.method, sent.tracking_number, sent.tracking_url),)


def merged(before: SupplierOrder, now: SupplierOrder) -> SupplierOrder:
    """What CJ says now, under every name that is known: a parent is told once and never again."""
    is_sandbox = is_test(before) if now.is_sandbox is None else now.is_sandbox
    ids = {key: name for key, name in {**before.ids, **now.ids}.items() if key != SANDBOX}
    if is_sandbox:
        ids[SANDBOX] = "1"
    return replace(now, ids=ids, is_sandbox=is_sandbox)


def is_test(order: SupplierOrder) -> bool:
    """Whether an order was made as a test order, as far as we know."""
    return bool(order.is_sandbox) or SANDBOX in order.ids


def added_up(*amounts: Decimal | None) -> Money | None:
    """The sum of the amounts that are known; None when none is."""
    known = [amount for amount in amounts if amount is not None]
    return usd(sum(known, Decimal())) if known else None


def _read_order(data: Json, number: str) -> SupplierOrder:
    # Null is no "not found": CJ has words for that, and answers null for orders that exist, too.
    if not isinstance(data, dict):
        raise malformed("the order is missing")
    order = _to_order(read_one(_ORDER, data, "the order"))
    if order.number != number:
        raise malformed("another order came back than was asked for")
    return order


def _read_orders(data: Json, known: Sequence[SupplierOrder]) -> tuple[SupplierOrder | None, ...]:
    found: dict[tuple[str, str], SupplierOrder] = {}
    for sent in read_rows(_ORDERS, _ORDER, data, "order"):
        order = _to_order(sent)
        found |= {(key, order.ids[key]): order for key in (NUMBER, ID, CODE) if key in order.ids}
    return tuple(_match(order, found) for order in known)


def _match(order: SupplierOrder, found: dict[tuple[str, str], SupplierOrder]) -> SupplierOrder | None:
    # An order and the parts that CJ split it into may share our number, so CJ's own names come first.
    for key in (CODE, ID):
        if key in order.ids and (match := found.get((key, order.ids[key]))):
            return match if match.number == order.number else None
    return found.get((NUMBER, order.number))


def _read_listed(data: Json, number: str) -> Listed:
    if not isinstance(data, dict) or not isinstance(rows := data.get("list"), list):
        raise malformed("the list of orders is missing")
    try:
        sent = _ROWS.validate_python(rows)
        total = count_of(data.get("total"))
    except (ValidationError, ValueError) as error:
        problem = faults(error) if isinstance(error, ValidationError) else "total"
        raise malformed(f"the list of orders ({problem})") from error
    ours = [row for row in sent if row.number == number]
    if ours:
        # Parts of a split order have longer codes than the whole.
        return Listed(min(ours, key=lambda row: len(row.code or "")).id, is_sure=True)
    return Listed(None, is_sure=not sent and total == 0)


def _to_order(sent: SentOrder) -> SupplierOrder:
    ids = names(sent.number, sent.id, sent.code, sent.confirmed_code)
    if sent.is_sandbox:
        ids[SANDBOX] = "1"
    return SupplierOrder(
        PROVIDER,
        sent.number,
        ids,
        state_of(sent.status, sent.sub_status),
        raw_status=" ".join(part for part in (sent.status, sent.sub_status) if part) or None,
        lines=to_lines(sent.lines or ()),
        totals=Totals(usd(sent.items), usd(sent.postage), total=usd(sent.total)),
        method=sent.method,
        origin=sent.origin,
        parcels=to_parcels(sent),
        obstacles=() if sent.is_complete is not False else ("CJ has not matched all goods of it yet.",),
        is_sandbox=sent.is_sandbox,
        created_at=sent.created,
        paid_at=sent.paid,
        shipped_at=sent.shipped,
    )
