"""Reading orders, balances and parcels."""

import asyncio
from datetime import datetime
from functools import partial
from typing import Annotated

import strawberry
from strawberry import UNSET

from gateway.context import GatewayInfo
from gateway.errors import BadInput
from gateway.ids import GlobalId, Kind
from gateway.orders import records
from gateway.orders.queries import NoSuchOrder
from gateway.orders.queries import OrderFilter as Wanted
from gateway.orders.records import LONGEST_REFERENCE
from gateway.schema.node import known_supplier, read_id
from gateway.schema.order import Order, OrderConnection
from gateway.schema.order_enums import OrderStatus
from gateway.schema.pagination import BROKEN, connect, decode_last, encode_last, page_size
from gateway.schema.texts import name
from gateway.schema.tracking import Tracking
from gateway.schema.wallet import Wallet

MOST_PARCELS = 100
_LONGEST_NUMBER = 64

_SupplierCode = Annotated[str, strawberry.argument(description='Code of an enabled supplier, such as "cj".')]


@strawberry.input(one_of=True, description="Exactly one way to name an order.")
class OrderLookup:
    """@oneOf."""

    id: strawberry.ID | None = strawberry.field(default=UNSET, description="Its global id.")
    client_reference: str | None = strawberry.field(
        default=UNSET, description="Your own name for it; of orders of several suppliers the newest."
    )


@strawberry.input(description="Which orders; what is left out does not matter.")
class OrderFilter:
    """Public form of `queries.OrderFilter`."""

    suppliers: list[str] | None = strawberry.field(default=None, description="Codes of their suppliers.")
    statuses: list[OrderStatus] | None = strawberry.field(default=None, description="How they stand.")
    client_reference: str | None = strawberry.field(default=None, description="Your own name for them.")
    created_from: datetime | None = strawberry.field(
        default=None, description="Asked for at this time or later."
    )
    created_before: datetime | None = strawberry.field(
        default=None, description="Asked for earlier than this."
    )
    sandbox: bool | None = strawberry.field(
        default=None, description="True: tests only. False: no tests. Left out: both."
    )


@strawberry.type(description="What can be read around orders.")
class OrderQueries:
    """Part of `Query`."""

    @strawberry.field(description="One order from the gateway's ledger; null when there is none.")
    async def order(
        self,
        info: GatewayInfo,
        by: Annotated[OrderLookup, strawberry.argument(description="How the order is named.")],
    ) -> Order | None:
        """Asks no supplier."""
        if isinstance(by.id, str):
            return await order_of_id(info, read_id(by.id, Kind.ORDER, "by.id"))
        assert isinstance(by.client_reference, str)  # noqa: S101 - @oneOf lets nothing else through
        reference = _reference(by.client_reference, "by.clientReference")
        record = await info.context.services.office.order_of_reference(reference)
        return None if record is None else Order.of(record, info.context.services.clock.now())

    @strawberry.field(
        description="Orders from the gateway's ledger, the newest first. Costs no call of any supplier, "
        "unless `tracking`, `parts`, `bills`, `disputes`, `disputeOptions` or a `variant` is selected."
    )
    async def orders(
        self,
        info: GatewayInfo,
        filter: Annotated[  # noqa: A002
            OrderFilter | None, strawberry.argument(description="Which; left out: all.")
        ] = None,
        first: Annotated[
            int | None, strawberry.argument(description="At most so many, 1 to 100. Left out: 20.")
        ] = None,
        after: Annotated[
            str | None,
            strawberry.argument(description="Go on behind this cursor, taken from an earlier answer."),
        ] = None,
    ) -> OrderConnection | None:
        """An order never loses its place in the list."""
        services, size, last = info.context.services, page_size(first), decode_last(after)
        wanted = Wanted() if filter is None else _wanted(info, filter)
        try:
            page = await services.office.orders(wanted, first=size, after=last)
        except NoSuchOrder:
            raise BadInput(BROKEN) from None
        now = services.clock.now()
        elements = [(encode_last(record.id), Order.of(record, now)) for record in page.orders]
        return OrderConnection(**connect(elements, after=after, total=None, has_next=page.has_more))

    @strawberry.field(description="What the gateway's account has at a supplier to pay orders with.")
    async def wallet(self, info: GatewayInfo, supplier: _SupplierCode) -> Wallet | None:
        """Read now: one call."""
        code = known_supplier(info, supplier)
        told = await info.context.orders.wallet.load(code)
        return Wallet.from_model(code, told, info.context.services.clock.now())

    @strawberry.field(
        description="What a supplier knows of parcels, in the order of their numbers; null for what it "
        "does not know."
    )
    async def tracking(
        self,
        info: GatewayInfo,
        supplier: _SupplierCode,
        tracking_numbers: Annotated[
            list[str], strawberry.argument(description="Up to 100 tracking numbers.")
        ],
    ) -> list[Tracking | None] | None:
        """They travel together."""
        code = known_supplier(info, supplier)
        if not 1 <= len(tracking_numbers) <= MOST_PARCELS:
            raise BadInput(f"trackingNumbers: send 1 to {MOST_PARCELS}; these are {len(tracking_numbers)}.")
        numbers = [
            name(number, f"trackingNumbers[{place}]", _LONGEST_NUMBER, if_empty="Leave it out instead.")
            for place, number in enumerate(tracking_numbers)
        ]
        found = await asyncio.gather(*(info.context.orders.parcel(code, number) for number in numbers))
        return [Tracking.of(each) for each in found]


async def find_order(info: GatewayInfo, named: GlobalId) -> records.Order | None:
    """The order that an id names; None when the ledger has it not, or under another supplier."""
    record = await info.context.services.office.order(named.native)
    return record if record is not None and record.supplier == named.provider else None


async def order_of_id(info: GatewayInfo, named: GlobalId) -> Order | None:
    """The same for clients."""
    record = await find_order(info, named)
    return None if record is None else Order.of(record, info.context.services.clock.now())


def _wanted(info: GatewayInfo, given: OrderFilter) -> Wanted:
    reference, suppliers, statuses = given.client_reference, given.suppliers, given.statuses
    return Wanted(
        suppliers=None
        if suppliers is None
        else frozenset(map(partial(known_supplier, info, argument="filter.suppliers"), suppliers)),
        # `sort_schema` turns enum arguments into plain text; see `enums.member`.
        statuses=None if statuses is None else frozenset(map(OrderStatus, statuses)),
        client_reference=None if reference is None else _reference(reference, "filter.clientReference"),
        created_from=given.created_from,
        created_before=given.created_before,
        is_sandbox=given.sandbox,
    )


def _reference(given: str, argument: str) -> str:
    return name(given, argument, LONGEST_REFERENCE, if_empty="Send your own name for the order.")
