"""
What sending one parcel costs, by the call to use: freightCalculate, 10 points a parcel.

It says neither what a remote place costs more nor how much of the total is duty; `freight_tip` does.

CJ documentation, "Logistic: Freight Calculation", read 2026-11-23. From the notes of operators: `[]` means
"no route" and sometimes only "too busy", and some carriers' rows lack the three fields of fees.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from pydantic import Field, TypeAdapter

from providers.cj.parsing import USD, Days, Id, Sent
from providers.cj.postage import Charges, cost_lines, each_once, is_nothing
from providers.cj.rows import read_rows
from providers.model import DayRange, Money
from providers.shipping import Certainty, Cost, CostKind, LeftOut, Parcel, ParcelOptions, ShippingOption
from providers.upstream import Call, CallPolicy, Json


class SentQuote(Sent):
    """One carrier's price. Amounts stay as they came: one that cannot be read leaves out its carrier only."""

    method: Id = Field(alias="logisticName")
    transit: Days = Field(None, alias="logisticAging")
    price: Any = Field(None, alias="logisticPrice")
    taxes: Any = Field(None, alias="taxesFee")
    clearance: Any = Field(None, alias="clearanceOperationFee")
    total: Any = Field(None, alias="totalPostageFee")


_QUOTES: Final = TypeAdapter(list[SentQuote])
_QUOTE: Final = TypeAdapter(SentQuote)


def freight_call(policy: CallPolicy, parcel: Parcel) -> Call[ParcelOptions]:
    """
    Ask which carriers take a parcel and what each charges; 10 points.

    Equal baskets are equal calls, whatever the order of their lines. The answer is true for the goods as CJ
    knows them, so it depends on nothing of the products that is not in the request.
    """
    body: dict[str, Json] = {
        "startCountryCode": parcel.origin,
        "endCountryCode": parcel.destination.country,
        "products": [
            {"quantity": line.quantity, "vid": line.variant.id}
            for line in sorted(parcel.lines, key=lambda line: line.variant.id)
        ],
    }
    if parcel.destination.postal_code:
        body["zip"] = parcel.destination.postal_code
    return Call(
        policy,
        "POST",
        "/logistic/freightCalculate",
        read=_read,
        body=body,
        is_empty=is_nothing,
        imagine=imagined,
    )


def imagined() -> ParcelOptions:
    """What is usual for a small parcel: a packet and an express."""
    return ParcelOptions(
        tuple(
            ShippingOption(
                method, (Cost(CostKind.SHIPPING, Money(Decimal(price), USD), Certainty.KNOWN),), transit
            )
            for method, price, transit in (
                ("Packet", "5.12", DayRange(8, 14)),
                ("Express", "21.40", DayRange(3, 7)),
            )
        )
    )


def _read(data: Json) -> ParcelOptions:
    return each_once(_offers(read_rows(_QUOTES, _QUOTE, data, "freight quote")))


def _offers(rows: list[SentQuote]) -> Iterator[ShippingOption | LeftOut]:
    for row in rows:
        charges = Charges((row.price,), row.total, row.taxes, row.clearance)
        try:
            yield ShippingOption(row.method, cost_lines(charges), row.transit)
        except ValueError as problem:
            yield LeftOut(row.method, str(problem))
