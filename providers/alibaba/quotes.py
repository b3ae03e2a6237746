"""
Ways to send parcels of the sample's goods: pure functions over data that is already here.

A way that cannot be used is left out with its reason, never quoted all the same: a price that cannot be had
would win every comparison.
"""

from collections.abc import Mapping
from typing import Final

from providers.alibaba.freight import FreightTable, Handling
from providers.model import DayRange
from providers.shipping import (
    Certainty,
    Cost,
    CostKind,
    LeftOut,
    Parcel,
    ParcelLine,
    ParcelOptions,
    ShippingOption,
    longest,
)

_MADE_IN: Final = "CN"
"""Where the makers sit: from there more can be had than lies there, from anywhere else it cannot."""


def quote(parcel: Parcel, handling: Mapping[str, Handling], freight: FreightTable) -> ParcelOptions:
    """
    What sending one parcel costs, in the order of the freight table.

    Amounts in USD before duty. Processing is that of the product which takes longest, at its quantity over
    all lines; transit in whole days, both ends included.

    Args:
        parcel: Products of the sample.
        handling: By product id.
        freight: The services.
    """
    reasons = [reason for line in parcel.lines for reason in _obstacles(line, parcel, handling)]
    weight = _weight(parcel)
    if weight is None or reasons:
        return ParcelOptions((), tuple(LeftOut(None, reason) for reason in dict.fromkeys(reasons)))
    processing = _processing(parcel, handling)
    origin, destination = parcel.origin, parcel.destination.country
    note = None if origin == destination else _border_note(freight.incoterm)
    options, left_out = [], []
    for lane in freight.between(origin, destination):
        fee = lane.fee(weight)
        if fee is None:
            limit = f"It takes up to {_kilograms(lane.heaviest_grams)}"
            left_out.append(LeftOut(lane.service, f"{limit}; the parcel weighs {_kilograms(weight)}."))
        else:
            costs = (Cost(CostKind.SHIPPING, fee, Certainty.KNOWN),)
            options.append(ShippingOption(lane.service, costs, DayRange(*lane.days), processing, note))
    return ParcelOptions(tuple(options), tuple(left_out))


def _obstacles(line: ParcelLine, parcel: Parcel, handling: Mapping[str, Handling]) -> list[str]:
    """Why no service takes this line there."""
    destination = parcel.destination.country
    reasons = []
    if destination in handling[line.product.id].not_shipped_to:
        reasons.append(f"No carrier takes {line.product.title} to {destination}.")
    if line.variant.weight_grams is None:
        reasons.append(f"The weight of {line.variant.title} is not known.")
    if (missing := _missing(line, parcel.origin)) is not None:
        reasons.append(missing)
    return reasons


def _missing(line: ParcelLine, origin: str) -> str | None:
    """What the country lacks for this line; None when it has enough, or where more is made."""
    variant = line.variant
    if variant.inventory is None:
        return None if origin == _MADE_IN else f"Whether {variant.title} lies in {origin} is not known."
    there = sum(level.quantity for level in variant.inventory if level.country == origin)
    if there == 0:
        return f"{variant.title} is not in stock in {origin}."
    if there < line.quantity and origin != _MADE_IN:
        return f"Only {there} pieces of {variant.title} lie in {origin}; more are made in {_MADE_IN}."
    return None


def _weight(parcel: Parcel) -> int | None:
    """Grams of all pieces together; None when one weight is not known."""
    grams = 0
    for line in parcel.lines:
        if line.variant.weight_grams is None:
            return None
        grams += line.variant.weight_grams * line.quantity
    return grams


def _processing(parcel: Parcel, handling: Mapping[str, Handling]) -> DayRange | None:
    """Days until the last product is ready; None when one of them does not say."""
    quantities: dict[str, int] = {}
    for line in parcel.lines:
        quantities[line.product.id] = quantities.get(line.product.id, 0) + line.quantity
    return longest(handling[each].processing_days(quantity) for each, quantity in quantities.items())


def _border_note(incoterm: str) -> str:
    return f"{incoterm}: duty and import tax are not in the fee; where they are due, the receiver pays them."


def _kilograms(grams: int) -> str:
    return f"{grams / 1000:,.10g} kg"
