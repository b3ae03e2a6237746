"""
What sending costs for goods that their maker sends itself: a price list per product, 10 points for several.

CJ documentation, "Logistic: Get Supplier Logistics Template", read 2026-11-23. It names a postage by origin,
destination and method, and not whether that is for an order or for a piece. For one piece both are the same.
For more, the amount here is one postage a piece, ESTIMATED: the dearer reading, because the other one, where
it is wrong, makes ten pieces from such a maker look like the best offer of all.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from pydantic import Field, TypeAdapter

from providers.cj.parsing import USD, Id, Sent, Text, Texts
from providers.cj.postage import Charges, cost_lines, each_once, total_of
from providers.cj.rows import read_rows
from providers.model import Money
from providers.shipping import Certainty, Cost, CostKind, LeftOut, Parcel, ParcelOptions, ShippingOption
from providers.upstream import Call, CallPolicy, Json

MOST_PRODUCTS: Final = 20
"""Products of one call; CJ names no bound."""
_PER_PIECE: Final = "One postage of the maker's for each piece; whether several travel for less is not said."
_NOT_FOR_ALL: Final = "Another product in the parcel is not sent by it."
_IMAGINED: Final = Decimal("4.80")


class SentLine(Sent):
    """One line of a maker's price list."""

    method: Id = Field(alias="logisticsName")
    postage: Any = None
    origin: Text = Field(None, alias="startCountryCode")
    destination: Text = Field(None, alias="destCountryCode")


class SentTemplate(Sent):
    """A price list and the products that it is for."""

    skus: Texts = Field((), alias="skuList")
    lines: list[SentLine] = Field(alias="logisticsInfoList")


_TEMPLATES: Final = TypeAdapter(list[SentTemplate])
_TEMPLATE: Final = TypeAdapter(SentTemplate)


@dataclass(frozen=True, slots=True)
class Fare:
    """What a maker takes for sending one product by one method from one country to another."""

    sku: str
    """Of the product."""
    method: str
    origin: str
    destination: str
    postage: Decimal | None
    """USD; None when it cannot be read."""


def fares_call(policy: CallPolicy, parcels: Sequence[Parcel]) -> Call[tuple[Fare, ...]]:
    """Ask for the price lists of all products in some parcels, at most `MOST_PRODUCTS` SKUs; 10 points."""
    skus = sorted({sku for parcel in parcels for sku in skus_of(parcel)})
    return Call(
        policy,
        "POST",
        "/logistic/getSupplierLogisticsTemplate",
        read=lambda data: tuple(_fares(data)),
        body={"skuList": skus},
        is_empty=lambda fares: not fares,
        imagine=lambda: tuple(
            Fare(sku, method, parcel.origin, parcel.destination.country, _IMAGINED)
            for parcel in parcels
            for sku in skus_of(parcel)
            for method in ("Packet", "Express")
        ),
    )


def skus_of(parcel: Parcel) -> dict[str, int]:
    """How many pieces of each product are in a parcel, by the product's SKU; empty text for one without."""
    pieces: dict[str, int] = {}
    for line in parcel.lines:
        sku = (line.product.sku or "").upper()
        pieces[sku] = pieces.get(sku, 0) + line.quantity
    return pieces


def makers_options(fares: Sequence[Fare], parcel: Parcel) -> ParcelOptions:
    """The ways that the makers of all goods in a parcel send them; none when one does not send there."""
    pieces = skus_of(parcel)
    by_method: dict[str, dict[str, Fare]] = {}
    for fare in fares:
        ends = (fare.origin, fare.destination)
        if fare.sku in pieces and ends == (parcel.origin, parcel.destination.country):
            of_method = by_method.setdefault(fare.method, {})
            of_method[fare.sku] = max(of_method.get(fare.sku, fare), fare, key=_dearness)
    return each_once(_offer(method, found, pieces) for method, found in by_method.items())


def _offer(method: str, fares: dict[str, Fare], pieces: dict[str, int]) -> ShippingOption | LeftOut:
    if fares.keys() != pieces.keys():
        return LeftOut(method, _NOT_FOR_ALL)
    total = Decimal(0)
    for sku, fare in fares.items():
        if fare.postage is None:
            return LeftOut(method, "The maker's price for it cannot be read.")
        total += fare.postage * pieces[sku]
    single = sum(pieces.values()) == 1
    certainty, note = (Certainty.KNOWN, None) if single else (Certainty.ESTIMATED, _PER_PIECE)
    return ShippingOption(method, (Cost(CostKind.SHIPPING, Money(total, USD), certainty, note),))


def _dearness(fare: Fare) -> Decimal:
    # Of two prices for the same, one that cannot be read may be the dearer.
    return Decimal("Infinity") if fare.postage is None else fare.postage


def _fares(data: Json) -> Iterator[Fare]:
    for template in read_rows(_TEMPLATES, _TEMPLATE, data, "price list of a maker"):
        for line in template.lines:
            postage = _postage(line.postage)
            ends = (line.origin or "").upper(), (line.destination or "").upper()
            for sku in template.skus:
                yield Fare(sku.upper(), line.method, *ends, postage)


def _postage(value: Any) -> Decimal | None:
    try:
        return total_of(cost_lines(Charges((value,))))
    except ValueError:
        return None
