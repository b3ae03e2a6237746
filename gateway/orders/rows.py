"""
Orders and events as rows, and back: the border between the ledger's dataclasses and its database.
"""

from dataclasses import fields, replace
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row

from gateway.orders.records import EventKind, Intent, KeptEvent, Noted, Order, SaidBy
from gateway.orders.state import Deed, Move, OrderStatus, Standing, Step
from gateway.storage.columns import writable
from providers.model import Money
from providers.orders import Address, OrderLine, SupplierOrder, Totals

_ADDRESS = TypeAdapter(Address)
_LINES = TypeAdapter(tuple[OrderLine, ...])
_HEARD = TypeAdapter(SupplierOrder)


def intent_values(intent: Intent) -> dict[str, Any]:
    """What is meant, as columns of `orders`; neither number, client reference nor how it stands."""
    return {
        "account": intent.account,
        "fingerprint": intent.fingerprint,
        "lines": _LINES.dump_python(intent.lines, mode="json"),
        "origin": intent.origin,
        "method": intent.method,
        "is_sandbox": intent.is_sandbox,
        "quoted_amount": intent.quoted and intent.quoted.amount,
        "quoted_currency": intent.quoted and intent.quoted.currency,
        "max_amount": intent.max_total and intent.max_total.amount,
        "max_currency": intent.max_total and intent.max_total.currency,
        "address": _ADDRESS.dump_python(intent.address, mode="json"),
        "note": writable(intent.note),
    }


def intent_note(intent: Intent) -> dict[str, Any]:
    """What is meant, as an event keeps it: without what is personal."""
    values = {key: value for key, value in intent_values(intent).items() if key not in {"address", "note"}}
    note = {
        key: format(value, "f") if key in {"quoted_amount", "max_amount"} and value is not None else value
        for key, value in values.items()
    }
    return note if intent.policy is None else {**note, Noted.POLICY.value: dict(intent.policy)}


def standing_values(standing: Standing) -> dict[str, str]:
    """How an order stands, as columns."""
    return {part.name: getattr(standing, part.name).value for part in fields(standing)}


def heard_values(heard: SupplierOrder | None) -> Any:
    """The supplier's word as JSON."""
    return None if heard is None else _HEARD.dump_python(heard, mode="json")


def keepable(heard: SupplierOrder) -> SupplierOrder:
    """The supplier's word as it will be read again: any other would be news at every look."""
    kept: SupplierOrder = _HEARD.validate_python(writable(_HEARD.dump_python(heard)))
    return kept


def order_of(row: Row[Any]) -> Order:
    """An order from a row of `orders`."""
    return Order(
        id=row.id,
        supplier=row.supplier,
        account=row.account,
        number=row.number,
        client_reference=row.client_reference,
        fingerprint=row.fingerprint,
        lines=_LINES.validate_python(row.lines),
        origin=row.origin,
        method=row.method,
        address=None if row.address is None else _ADDRESS.validate_python(row.address),
        note=row.note,
        is_sandbox=row.is_sandbox,
        quoted=_money(row.quoted_amount, row.quoted_currency),
        max_total=_money(row.max_amount, row.max_currency),
        standing=Standing(
            OrderStatus(row.status), Step(row.creation), Step(row.payment), Step(row.cancellation)
        ),
        heard=None if row.heard is None else _HEARD.validate_python(row.heard),
        version=row.version,
        created_at=row.created_at,
        changed_at=row.changed_at,
        heard_at=row.heard_at,
        paid_at=row.paid_at,
        shipped_at=row.shipped_at,
        delivered_at=row.delivered_at,
        look_at=row.look_at,
    )


def event_of(row: Row[Any]) -> KeptEvent:
    """An event from a row of `order_events`."""
    return KeptEvent(
        order_id=row.order_id,
        sequence=row.sequence,
        kind=Deed(row.kind) if row.kind in Deed.__members__ else EventKind(row.kind),
        said_by=SaidBy(row.said_by),
        at=row.at,
        move=Move(row.move),
        status=OrderStatus(row.status),
        payload=row.payload,
    )


def joined(known: SupplierOrder | None, heard: SupplierOrder, *, is_current: bool) -> SupplierOrder | None:
    """
    What is known of an order after the supplier spoke again.

    A list says less about an order than its detail does, so silence about something takes nothing away. Names
    are kept for ever, whatever else is made of what was said.
    """
    if known is None:
        return heard if is_current else None
    if not is_current:
        return replace(known, ids={**heard.ids, **known.ids})
    said = {part.name: getattr(heard, part.name) for part in fields(heard)}
    if heard.state is not known.state:
        del said["raw_status"]  # its word for how the order stood before says nothing any more
    unsaid = {"lines": (), "parcels": ()}
    kept = {
        name: getattr(known, name)
        for name, value in said.items()
        if value is None or (name in unsaid and value == unsaid[name])
    }
    totals = Totals(
        **{
            part.name: getattr(heard.totals, part.name) or getattr(known.totals, part.name)
            for part in fields(Totals)
        }
    )
    return replace(heard, **kept, ids={**known.ids, **heard.ids}, totals=totals)


def _money(amount: Any, currency: str | None) -> Money | None:
    return None if amount is None or currency is None else Money(amount, currency)
