"""
Where parcels are, twenty to a call; 0 points.

CJ documentation, "Logistic: Tracking", read 2026-11-23. The state is free text with no list of what it may
be, single scans come by webhook only, and what CJ answers about a number that it does not know is not
documented: a missing entry and "not found" both mean that nothing is known.
"""

from typing import Final

from pydantic import Field, TypeAdapter

from providers.cj.parsing import Count, Id, Moment, Sent, Text
from providers.cj.rows import read_rows
from providers.orders import Tracking
from providers.upstream import Call, CallPolicy, Json

MOST: Final = 20
"""Numbers of one call. CJ names no limit; twenty make an address of 600 characters."""


class SentTracking(Sent):
    """One parcel."""

    number: Id = Field(alias="trackingNumber")
    carrier: Text = Field(None, alias="logisticName")
    status: Text = Field(None, alias="trackingStatus")
    origin: Text = Field(None, alias="trackingFrom")
    destination: Text = Field(None, alias="trackingTo")
    days: Count = Field(None, alias="deliveryDay")
    # CJ does not say in which zone, so without a mark it stays unknown.
    delivered: Moment = Field(None, alias="deliveryTime")
    last_mile_carrier: Text = Field(None, alias="lastMileCarrier")
    last_mile_number: Text = Field(None, alias="lastTrackNumber")


_PARCELS: Final = TypeAdapter(list[SentTracking])
_PARCEL: Final = TypeAdapter(SentTracking)


def tracking_call(policy: CallPolicy, numbers: tuple[str, ...]) -> Call[tuple[Tracking, ...]]:
    """Ask for up to `MOST` parcels; those that CJ does not know are missing from the answer."""
    wanted = frozenset(numbers)
    return Call(
        policy,
        "GET",
        "/logistic/trackInfo",
        read=lambda data: tuple(each for each in _read(data) if each.tracking_number in wanted),
        query=tuple(("trackNumber", number) for number in sorted(wanted)),
        is_empty=lambda found: not found,
        imagine=lambda: tuple(Tracking(number) for number in sorted(wanted)),
    )


def _read(data: Json) -> tuple[Tracking, ...]:
    return tuple(
        Tracking(
            sent.number,
            carrier=sent.carrier,
            raw_status=sent.status,
            origin=sent.origin,
            destination=sent.destination,
            days=sent.days,
            delivered_at=sent.delivered,
            last_mile_carrier=sent.last_mile_carrier,
            last_mile_number=sent.last_mile_number,
        )
        for sent in read_rows(_PARCELS, _PARCEL, data, "parcel")
    )
