"""Disputes about orders, read from the supplier on demand: the ledger keeps none."""

from collections.abc import Awaitable
from datetime import datetime
from typing import TypeVar

import strawberry

from gateway.context import GatewayInfo
from gateway.errors import BadInput
from gateway.loaders.asking import by_deadline
from gateway.orders import records
from gateway.orders.disputes import is_paid_there
from gateway.schema.dispute_enums import DisputeOutcome
from gateway.schema.money import Money
from gateway.schema.order_home import supplier_here
from providers import orders
from providers.errors import Conflict
from providers.port import Provider
from providers.upstream import Ask, Fact

T = TypeVar("T")


@strawberry.type(description="A complaint about an order, as its supplier keeps it.")
class Dispute:
    """Public form of `orders.Dispute`."""

    dispute_id: strawberry.ID = strawberry.field(
        description="The supplier's own id of it; `cancelDispute` takes it together with the order's."
    )
    raw_status: str | None = strawberry.field(description="The supplier's own word for how it stands.")
    outcome: DisputeOutcome | None = strawberry.field(description="How it ended; null while it is open.")
    reason: str | None = strawberry.field(description="The reason that was given, in the supplier's words.")
    amount: Money | None = strawberry.field(description="What it is about.")
    created_at: datetime | None = strawberry.field(description="When it was opened.")

    @classmethod
    def from_model(cls, dispute: orders.Dispute) -> "Dispute":
        """The dispute as it is."""
        return cls(
            dispute_id=strawberry.ID(dispute.id),
            raw_status=dispute.raw_status,
            outcome=None if dispute.outcome is None else DisputeOutcome(dispute.outcome),
            reason=dispute.reason,
            amount=None if dispute.money is None else Money.from_model(dispute.money),
            created_at=dispute.created_at,
        )


@strawberry.type(description="One line of an order, as far as disputes go.")
class DisputeLine:
    """Public form of `orders.DisputeLine`."""

    line_id: strawberry.ID = strawberry.field(description="The supplier's own id of it, for `lineIds`.")
    supplier_variant_id: str | None = strawberry.field(description="The supplier's own id of the variant.")
    quantity: int = strawberry.field(description="Pieces.")
    unit_price: Money | None = strawberry.field(description="What one piece was charged with.")
    can_be_disputed: bool = strawberry.field(description="Whether a dispute may be about it.")

    @classmethod
    def from_model(cls, line: orders.DisputeLine) -> "DisputeLine":
        """The line as it is."""
        return cls(
            line_id=strawberry.ID(line.id),
            supplier_variant_id=line.variant_id,
            quantity=line.quantity,
            unit_price=None if line.price is None else Money.from_model(line.price),
            can_be_disputed=line.can_choose,
        )


@strawberry.type(description="A reason that the supplier accepts.")
class DisputeReason:
    """Public form of one of `DisputeTerms.reasons`."""

    reason_id: strawberry.ID = strawberry.field(description="The supplier's own id of it, for `openDispute`.")
    name: str = strawberry.field(description="In the supplier's words.")


@strawberry.type(description="What can be asked for when lines of an order are disputed.")
class DisputeOptions:
    """Public form of `orders.DisputeTerms`, beside the lines."""

    lines: list[DisputeLine] = strawberry.field(description="All lines of the order.")
    highest_amount: Money | None = strawberry.field(
        description="The most that can be claimed for the lines asked about; null where that is not told."
    )
    reasons: list[DisputeReason] = strawberry.field(description="To choose from; empty: nothing can be.")
    can_refund: bool = strawberry.field(description="Whether money can be asked for.")
    can_resend: bool = strawberry.field(description="Whether the goods can be asked for once more.")

    @classmethod
    def of(cls, lines: tuple[orders.DisputeLine, ...], terms: orders.DisputeTerms | None) -> "DisputeOptions":
        """What the supplier said; no terms where no line can be disputed."""
        highest = terms.highest_amount if terms else None
        return cls(
            lines=[DisputeLine.from_model(line) for line in lines],
            highest_amount=None if highest is None else Money.from_model(highest),
            reasons=[
                DisputeReason(reason_id=strawberry.ID(reason_id), name=name)
                for reason_id, name in (terms.reasons if terms else ())
            ],
            can_refund=terms is not None and terms.can_refund,
            can_resend=terms is not None and terms.can_resend,
        )


async def read_disputes(
    info: GatewayInfo, record: records.Order, ask: Ask | None = None
) -> list[Dispute] | None:
    """
    The disputes about an order, the newest first; None when it is of a supplier or account not enabled here.

    Args:
        info: Of the request.
        record: As the ledger has it. One that is not paid has none, and nobody is asked.
        ask: How; None: as any read.

    Raises:
        ProviderError: The supplier could not be asked.
    """
    supplier, heard = supplier_here(info, record), record.heard
    if supplier is None:
        return None
    if heard is None or not is_paid_there(record):
        return []
    ask = ask or _ask(info)
    found = await _bounded(info, supplier.provider, ask, supplier.provider.disputes(heard, ask))
    return [Dispute.from_model(each) for each in found]


async def read_options(
    info: GatewayInfo, record: records.Order, line_ids: list[strawberry.ID] | None
) -> DisputeOptions | None:
    """
    What can be disputed of an order and how; None when it cannot be, such as before it is paid.

    Raises:
        BadInput: One of the ids names no line that can be disputed.
        ProviderError: The supplier could not be asked.
    """
    supplier, heard = supplier_here(info, record), record.heard
    if supplier is None or heard is None or not is_paid_there(record):
        return None
    provider, ask = supplier.provider, _ask(info)
    try:
        lines = await _bounded(info, provider, ask, provider.dispute_lines(heard, ask))
        chosen = _chosen(lines, line_ids)
        if not chosen:
            return DisputeOptions.of(lines, None)
        asked = provider.dispute_terms(heard, chosen, ask)
        return DisputeOptions.of(lines, await _bounded(info, provider, ask, asked))
    except Conflict:
        return None


def _chosen(
    lines: tuple[orders.DisputeLine, ...], line_ids: list[strawberry.ID] | None
) -> tuple[orders.DisputeLine, ...]:
    allowed = {line.id: line for line in lines if line.can_choose}
    if line_ids is None:
        return tuple(allowed.values())
    if not line_ids:
        raise BadInput("lineIds: name one line at least, or leave it out for all of them.")
    if unknown := [given for given in line_ids if given not in allowed]:
        raise BadInput(f"lineIds: {unknown[0][:40]!r} is no line of this order that can be disputed.")
    return tuple(allowed[line_id] for line_id in dict.fromkeys(line_ids))


def _ask(info: GatewayInfo) -> Ask:
    return info.context.loaders.ask(frozenset({Fact.ACCOUNT}))


async def _bounded(info: GatewayInfo, provider: Provider, ask: Ask, asked: Awaitable[T]) -> T:
    clock = info.context.services.clock
    return await by_deadline(provider.declaration.code, "disputes", ask, clock, asked)
