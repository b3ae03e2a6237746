"""Mutations around disputes: arguments in, the office's answer out."""

from collections.abc import Iterator
from functools import partial
from typing import Annotated

import strawberry

from gateway.access import Scope
from gateway.context import GatewayInfo
from gateway.errors import BadInput
from gateway.orders import office
from gateway.schema.complaints import Complaints
from gateway.schema.dispute import Dispute, read_disputes
from gateway.schema.dispute_enums import DisputeExpectation
from gateway.schema.order_wish import read_key
from gateway.schema.ordering import OrderPayload, named_order, payload
from gateway.schema.scalars import URL
from gateway.schema.scopes import needs
from gateway.schema.texts import name, prose
from providers.declaring import Feature

_LONGEST_ID = 100
_LONGEST_MESSAGE = 500
"""Ours, the strictest supplier's: characters of CJ's `messageText` ("Dispute", read 2026-11-23)."""
_MOST_LINES = 50
_MOST_IMAGES = 20
"""More pictures than anybody looks at; no supplier known to us names a limit."""


@strawberry.input(description="A complaint about a paid order. What can be asked for says `disputeOptions`.")
class OpenDisputeInput:
    """One claim."""

    idempotency_key: str = strawberry.field(
        description="Your own name for this request, 1 to 255 characters. Sent again with the same input it "
        "opens no second dispute."
    )
    order_id: strawberry.ID = strawberry.field(description="Global id of the order.")
    line_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="`lineId`s of `disputeOptions`; left out: all that can be disputed."
    )
    reason_id: strawberry.ID = strawberry.field(description="A `reasonId` of `disputeOptions`.")
    expect: DisputeExpectation = strawberry.field(description="What the supplier should do.")
    message: str = strawberry.field(description="What went wrong, for the supplier, up to 500 characters.")
    image_urls: list[URL] | None = strawberry.field(
        default=None, description="Pictures that show it, up to 20 addresses."
    )


@strawberry.input(description="A dispute to be taken back, which is possible until it has ended.")
class CancelDisputeInput:
    """One dispute."""

    idempotency_key: str = strawberry.field(
        description="Your own name for this request, 1 to 255 characters."
    )
    order_id: strawberry.ID = strawberry.field(description="Global id of the order.")
    dispute_id: strawberry.ID = strawberry.field(description="The dispute's `disputeId`.")


@strawberry.type(description="What came of something that was to be done about a dispute.")
class DisputePayload(OrderPayload):
    """The dispute is read when it is selected."""

    result: strawberry.Private[office.Result]

    @strawberry.field(
        description="The dispute as the supplier has it now; null where there is none, or it shows none yet."
    )
    async def dispute(self, info: GatewayInfo) -> Dispute | None:
        """One call."""
        if self.result.dispute is None or self.result.order is None:
            return None
        found = await read_disputes(info, self.result.order, info.context.ask_to_write())
        return next((each for each in found or () if each.dispute_id == self.result.dispute), None)


@strawberry.type(description="What came of opening a dispute.")
class OpenDisputePayload(DisputePayload):
    """The dispute, or why it is not open."""


@strawberry.type(description="What came of taking a dispute back.")
class CancelDisputePayload(DisputePayload):
    """The dispute, or why it goes on."""


@strawberry.type(description="Mutations around disputes.")
class DisputeMutations:
    """Part of `Mutation`."""

    @strawberry.mutation(
        description="Complain about a paid order to its supplier, and ask for money or for the goods once "
        "more. Sent again with the same `idempotencyKey` and input it opens no second dispute.",
        metadata=needs(Scope.ORDER),
    )
    async def open_dispute(
        self,
        info: GatewayInfo,
        input: Annotated[OpenDisputeInput, strawberry.argument(description="What went wrong.")],  # noqa: A002
    ) -> OpenDisputePayload | None:
        """See `Office.open_dispute`."""
        complaints = Complaints()
        key = read_key(input.idempotency_key, complaints)
        claim = _read_claim(input, complaints)
        order = await named_order(info, input.order_id, complaints)
        if key is None or order is None or claim is None:
            return OpenDisputePayload(
                order=None, user_errors=complaints.errors, warnings=[], result=office.Result(None)
            )
        result = await info.context.services.office.open_dispute(order.id, claim, key, info.context.writer)
        about = (order.supplier, Feature.DISPUTES)
        return payload(partial(OpenDisputePayload, result=result), info, result, about)

    @strawberry.mutation(
        description="Take a dispute back, which is possible until it has ended.", metadata=needs(Scope.ORDER)
    )
    async def cancel_dispute(
        self,
        info: GatewayInfo,
        input: Annotated[CancelDisputeInput, strawberry.argument(description="Which dispute.")],  # noqa: A002
    ) -> CancelDisputePayload | None:
        """See `Office.cancel_dispute`."""
        complaints = Complaints()
        key = read_key(input.idempotency_key, complaints)
        dispute = _read_name(["input", "disputeId"], input.dispute_id, complaints)
        order = await named_order(info, input.order_id, complaints)
        if key is None or order is None or dispute is None:
            return CancelDisputePayload(
                order=None, user_errors=complaints.errors, warnings=[], result=office.Result(None)
            )
        asked = info.context.services.office.cancel_dispute(order.id, dispute, key, info.context.writer)
        result = await asked
        about = (order.supplier, Feature.DISPUTES)
        return payload(partial(CancelDisputePayload, result=result), info, result, about)


def _read_claim(given: OpenDisputeInput, complaints: Complaints) -> office.Claim | None:
    """The claim, checked for form; None after complaints."""
    reason = _read_name(["input", "reasonId"], given.reason_id, complaints)
    message = complaints.read(["input", "message"], partial(_message, given.message))
    lines = tuple(_read_lines(given.line_ids or (), complaints))
    if given.line_ids is not None and not 1 <= len(given.line_ids) <= _MOST_LINES:
        complaints.add(["input", "lineIds"], f"name 1 to {_MOST_LINES} lines, or leave it out for all.")
    images = tuple(given.image_urls or ())
    if len(images) > _MOST_IMAGES:
        complaints.add(["input", "imageUrls"], f"send {_MOST_IMAGES} pictures at the most.")
    if reason is None or message is None or complaints.errors:
        return None
    return office.Claim(
        line_ids=None if given.line_ids is None else tuple(dict.fromkeys(lines)),
        reason_id=reason,
        # `sort_schema` turns enum arguments into plain text; see `enums.member`.
        wants_refund=DisputeExpectation(given.expect) is DisputeExpectation.REFUND,
        message=message,
        image_urls=images,
    )


def _read_lines(given: list[strawberry.ID] | tuple[()], complaints: Complaints) -> Iterator[str]:
    for place, line_id in enumerate(given[:_MOST_LINES]):
        read = _read_name(["input", "lineIds", str(place)], line_id, complaints)
        if read is not None:
            yield read


def _message(given: str, argument: str) -> str:
    if not given.strip():
        raise BadInput(f"{argument}: say what went wrong.")
    return prose(given, argument, _LONGEST_MESSAGE)


def _read_name(path: list[str], given: str, complaints: Complaints) -> str | None:
    """An id of the supplier's."""
    hint = "Send the supplier's own id, as it was answered."
    return complaints.read(path, partial(name, given, longest=_LONGEST_ID, if_empty=hint))
