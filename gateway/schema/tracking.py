"""Parcels on their way."""

from datetime import datetime

import strawberry

from gateway.schema.provenance import Provenance
from gateway.schema.scalars import CountryCode
from providers import orders
from providers.upstream import Fetched


@strawberry.type(description="Who brings a parcel to the door, where that is another carrier than the first.")
class LastMile:
    """The carrier at the destination."""

    carrier: str | None = strawberry.field(description="Its name.")
    tracking_number: str | None = strawberry.field(description="The number that it goes by there.")


@strawberry.type(
    description="What a supplier knows of a parcel. It tells no list of the places it has passed."
)
class Tracking:
    """Public form of `orders.Tracking`."""

    tracking_number: str = strawberry.field(description="The number that was asked for.")
    carrier: str | None = strawberry.field(description="Who carries it.")
    raw_status: str | None = strawberry.field(
        description='Where it stands in the supplier\'s own words, such as "In transit"; there is no fixed '
        "set of them."
    )
    ship_from: CountryCode | None = strawberry.field(description="Country that it left.")
    ship_to: CountryCode | None = strawberry.field(description="Country that it goes to.")
    days: int | None = strawberry.field(description="Days on the way so far, as the supplier counts.")
    delivered_at: datetime | None = strawberry.field(description="When it was there.")
    last_mile: LastMile | None = strawberry.field(
        description="Who brings it to the door, where that is told."
    )
    provenance: Provenance = strawberry.field(description="How old these facts are.")

    @classmethod
    def of(cls, fetched: Fetched[orders.Tracking | None]) -> "Tracking | None":
        """What was answered about one parcel; None when nothing is known of it."""
        told = fetched.value
        if told is None:
            return None
        last_mile = None
        if told.last_mile_carrier or told.last_mile_number:
            last_mile = LastMile(carrier=told.last_mile_carrier, tracking_number=told.last_mile_number)
        return cls(
            tracking_number=told.tracking_number,
            carrier=told.carrier,
            raw_status=told.raw_status,
            ship_from=CountryCode(told.origin) if told.origin else None,
            ship_to=CountryCode(told.destination) if told.destination else None,
            days=told.days,
            delivered_at=told.delivered_at,
            last_mile=last_mile,
            provenance=Provenance.of(fetched),
        )
