"""Mutations around orders: arguments in, the office's answer out."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, TypeVar

import strawberry

from gateway.access import Scope
from gateway.context import GatewayInfo
from gateway.ids import Kind
from gateway.orders import records
from gateway.orders.office import Result, Wish
from gateway.schema.complaints import Complaints
from gateway.schema.node import read_id
from gateway.schema.order import Order
from gateway.schema.order_input import (
    CancelOrderInput,
    CreateOrderInput,
    PayOrderInput,
    RefreshOrderInput,
)
from gateway.schema.order_queries import find_order
from gateway.schema.order_troubles import About, user_errors
from gateway.schema.order_wish import check_amount, read_key, read_wish
from gateway.schema.scopes import needs
from gateway.schema.user_errors import ThingNotFound, UserError, UserErrorCode, Warning  # noqa: A004 - the schema's word
from providers.declaring import Feature
from providers.model import Money
from providers.upstream import Source


@strawberry.type(description="What came of something that was to be done about an order.")
class OrderPayload:
    """What all payloads share."""

    order: Order | None = strawberry.field(
        description="How the order stands now, also where something stood in the way; null where there is "
        "none."
    )
    user_errors: list[UserError] = strawberry.field(
        description="What stood in the way; empty when it is done."
    )
    warnings: list[Warning] = strawberry.field(description="Worth knowing.")


@strawberry.type(description="What came of creating an order. With `dryRun`, what would come of it.")
class CreateOrderPayload(OrderPayload):
    """The order, or why not."""


@strawberry.type(description="What came of paying an order.")
class PayOrderPayload(OrderPayload):
    """The order, or why it is not paid."""


@strawberry.type(description="What came of cancelling an order.")
class CancelOrderPayload(OrderPayload):
    """The order, or why it is not cancelled."""


@strawberry.type(description="What came of reading an order from its supplier.")
class RefreshOrderPayload(OrderPayload):
    """The order as the supplier has it now, or as it was last known."""


P = TypeVar("P", bound=OrderPayload)


@strawberry.type(description="Mutations around orders.")
class OrderMutations:
    """Part of `Mutation`."""

    @strawberry.mutation(
        description="Create an order at its supplier. Nothing is charged: `payOrder` does that, or the "
        "gateway itself where its operator's order policy says so, which `warnings` tells. Sent again with "
        "the same `idempotencyKey` and input it answers with the same order, whatever happened in between.",
        metadata=needs(Scope.ORDER),
    )
    async def create_order(
        self,
        info: GatewayInfo,
        input: Annotated[CreateOrderInput, strawberry.argument(description="What to order.")],  # noqa: A002
    ) -> CreateOrderPayload | None:
        """See `Office.place` and `Office.rehearse`."""
        complaints = Complaints()
        key = read_key(input.idempotency_key, complaints)
        wish = await read_wish(info, input)
        if key is None or not isinstance(wish, Wish):
            wrong = [] if isinstance(wish, Wish) else wish
            return CreateOrderPayload(order=None, user_errors=complaints.errors + wrong, warnings=[])
        office, caller = info.context.services.office, info.context.writer
        if input.dry_run:
            result = await office.rehearse(wish, caller)
        else:
            result = await office.place(wish, key, caller)
        return payload(CreateOrderPayload, info, result, (wish.supplier, Feature.ORDERS))

    @strawberry.mutation(
        description="Pay an order from the account's balance at its supplier: at most `expectedTotal`, "
        "once, and only under the operator's caps. Sent again with the same `idempotencyKey` it never pays "
        "twice.",
        metadata=needs(Scope.PAY),
    )
    async def pay_order(
        self,
        info: GatewayInfo,
        input: Annotated[PayOrderInput, strawberry.argument(description="Which order, and how much.")],  # noqa: A002
    ) -> PayOrderPayload | None:
        """See `Office.pay`."""
        complaints = Complaints()
        key = read_key(input.idempotency_key, complaints)
        check_amount(input.expected_total, ["input", "expectedTotal"], complaints)
        order = await named_order(info, input.order_id, complaints)
        if key is None or order is None or complaints.errors:
            return PayOrderPayload(order=None, user_errors=complaints.errors, warnings=[])
        expected = Money(input.expected_total, input.currency_code)
        result = await info.context.services.office.pay(order.id, expected, key, info.context.writer)
        return payload(PayOrderPayload, info, result, (order.supplier, Feature.PAYMENT))

    @strawberry.mutation(
        description="Cancel an order, which is possible until it is paid.", metadata=needs(Scope.ORDER)
    )
    async def cancel_order(
        self,
        info: GatewayInfo,
        input: Annotated[CancelOrderInput, strawberry.argument(description="Which order.")],  # noqa: A002
    ) -> CancelOrderPayload | None:
        """See `Office.cancel`."""
        complaints = Complaints()
        key = read_key(input.idempotency_key, complaints)
        order = await named_order(info, input.order_id, complaints)
        if key is None or order is None:
            return CancelOrderPayload(order=None, user_errors=complaints.errors, warnings=[])
        result = await info.context.services.office.cancel(order.id, key, info.context.writer)
        return payload(CancelOrderPayload, info, result, (order.supplier, Feature.ORDERS))

    @strawberry.mutation(
        description="Read an order from its supplier now. The gateway does so by itself from time to time; "
        "see `provenance`.",
        metadata=needs(Scope.ORDER),
    )
    async def refresh_order(
        self,
        info: GatewayInfo,
        input: Annotated[RefreshOrderInput, strawberry.argument(description="Which order.")],  # noqa: A002
    ) -> RefreshOrderPayload | None:
        """See `Office.refresh`."""
        complaints = Complaints()
        order = await named_order(info, input.order_id, complaints)
        if order is None:
            return RefreshOrderPayload(order=None, user_errors=complaints.errors, warnings=[])
        result = await info.context.services.office.refresh(order.id, info.context.writer)
        read = Source.LIVE if result.is_done else None
        return payload(RefreshOrderPayload, info, result, (order.supplier, Feature.ORDERS), read)


async def named_order(info: GatewayInfo, given: str, complaints: Complaints) -> records.Order | None:
    """The order of a global id; None after a complaint."""
    path = ["input", "orderId"]
    named = complaints.read(path, partial(read_id, given, Kind.ORDER))
    if named is None:
        return None
    order = await find_order(info, named)
    if order is None:
        message = "input.orderId: the gateway knows no such order."
        complaints.errors.append(ThingNotFound(code=UserErrorCode.NOT_FOUND, message=message, field=path))
    return order


def payload(
    kind: Callable[..., P],
    info: GatewayInfo,
    result: Result,
    about: tuple[str, Feature],
    source: Source | None = None,
) -> P:
    """
    What the office answered, for clients.

    Args:
        kind: Makes the payload.
        info: Of the request.
        result: The answer.
        about: The supplier, and what was asked of it.
        source: Where the order was read, when that is known better than the ledger does.
    """
    supplier, feature = about
    now = info.context.services.clock.now()
    return kind(
        order=None if result.order is None else Order.of(result.order, now, source),
        user_errors=user_errors(result.troubles, About(supplier, feature, now)),
        warnings=[Warning(code=Warning.NOTE, message=sentence) for sentence in result.warnings],
    )
