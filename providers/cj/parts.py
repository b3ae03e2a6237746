"""
The parts that CJ has split orders into: asked for by the codes that they would have; 0 points.

CJ documentation, webhook ORDERSPLIT, and "Shopping: Order Detail Batch", read 2026-11-23. A part has the code
of its order with `-1`, `-2` and so on behind it. No call lists the parts of an order, and the batch leaves
out what does not exist without a word: so `-1` tells whether an order was split, fifty orders to a call, and
only then are the next asked for.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from pydantic import TypeAdapter

from providers.cj.fetching import Fetch
from providers.cj.order_ids import CODE
from providers.cj.order_states import state_of
from providers.cj.orders import BATCH, SentOrder, to_lines, to_parcels
from providers.cj.rows import read_rows
from providers.orders import OrderPart, SupplierOrder
from providers.upstream import Call, CallPolicy, Json

_STEPS: Final = (range(1, 2), range(2, 7), range(7, 21))
"""Numbers that are asked for together, where the last one of the step before is there."""

_PART: Final = TypeAdapter(SentOrder)
_PARTS: Final = TypeAdapter(list[SentOrder])


async def read_parts(
    fetch: Fetch, policy: CallPolicy, known: Sequence[SupplierOrder]
) -> tuple[tuple[OrderPart, ...], ...]:
    """The parts of these orders, in their order, twenty of each at the most; none of one that is whole."""
    found: dict[str, OrderPart] = {}
    codes = [code for order in known if (code := order.ids.get(CODE))]
    for numbers in _STEPS:
        wanted = [f"{code}-{number}" for code in codes for number in numbers]
        for some in _batches(wanted):
            found |= (await fetch(_call(policy, some))).value
        codes = [code for code in codes if f"{code}-{numbers[-1]}" in found]
    names = [
        [f"{order.ids[CODE]}-{number}" for numbers in _STEPS for number in numbers]
        if CODE in order.ids
        else []
        for order in known
    ]
    return tuple(tuple(found[name] for name in some if name in found) for some in names)


def _call(policy: CallPolicy, codes: Sequence[str]) -> Call[dict[str, OrderPart]]:
    wanted = frozenset(codes)
    return Call(
        policy,
        "POST",
        "/shopping/order/getOrderDetailBatch",
        read=lambda data: {part.id: part for part in _read(data) if part.id in wanted},
        body={"orderIds": list(codes)},
    )


def _read(data: Json) -> Iterator[OrderPart]:
    for sent in read_rows(_PARTS, _PART, data, "part"):
        yield OrderPart(
            sent.code or sent.confirmed_code or sent.id,
            state_of(sent.status, sent.sub_status),
            raw_status=" ".join(part for part in (sent.status, sent.sub_status) if part) or None,
            lines=to_lines(sent.lines or ()),
            parcels=to_parcels(sent),
            shipped_at=sent.shipped,
        )


def _batches(codes: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(codes), BATCH):
        yield codes[start : start + BATCH]
