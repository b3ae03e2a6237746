"""
A buyer's address, in and out. It goes to the supplier and into the ledger, and never into a log or a message.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import strawberry

from gateway.schema.complaints import Complaints
from gateway.schema.scalars import CountryCode
from gateway.schema.texts import words
from providers import orders


@dataclass(frozen=True, slots=True)
class _Text:
    """One text of an address."""

    name: str
    shown: str
    """As clients write its name."""
    longest: int
    required: bool = False


# CJ documentation, "Shopping: Create Order V2", read 2026-11-23; the only supplier so far that takes orders.
_TEXTS = (
    _Text("name", "name", 50, required=True),
    _Text("line1", "line1", 200, required=True),
    _Text("line2", "line2", 200),
    _Text("house_number", "houseNumber", 20),
    _Text("city", "city", 50, required=True),
    _Text("county", "county", 50),
    _Text("province", "province", 50, required=True),
    _Text("postal_code", "postalCode", 20),
    _Text("phone", "phone", 20),
    _Text("email", "email", 50),
    _Text("tax_id", "taxId", 20),
)


@strawberry.input(description="Where an order goes, and to whom. Only the supplier and its carriers see it.")
class AddressInput:
    """Public form of `orders.Address`, on the way in."""

    name: str = strawberry.field(description="Whoever gets the parcel, up to 50 characters.")
    country: CountryCode = strawberry.field(description="The country.")
    province: str = strawberry.field(
        description="State or province, up to 50 characters. Where a country has none, repeat the city."
    )
    city: str = strawberry.field(description="City, up to 50 characters.")
    line1: str = strawberry.field(description="Street, up to 200 characters.")
    line2: str | None = strawberry.field(
        default=None, description="What did not fit into the first line, up to 200 characters."
    )
    house_number: str | None = strawberry.field(
        default=None, description="House number, where it is not in `line1`; up to 20 characters."
    )
    county: str | None = strawberry.field(default=None, description="County, up to 50 characters.")
    postal_code: str | None = strawberry.field(
        default=None, description="Postal code, up to 20 characters. Most countries need one."
    )
    phone: str | None = strawberry.field(
        default=None, description="Phone number, up to 20 characters. Many carriers demand it."
    )
    email: str | None = strawberry.field(default=None, description="Address for mail, up to 50 characters.")
    tax_id: str | None = strawberry.field(
        default=None, description="Tax number of who gets it, up to 20 characters; some countries demand it."
    )


@strawberry.type(description="Where an order goes, and to whom.")
class Address:
    """Public form of `orders.Address`."""

    name: str = strawberry.field(description="Whoever gets the parcel.")
    country: CountryCode = strawberry.field(description="The country.")
    province: str = strawberry.field(description="State or province.")
    city: str = strawberry.field(description="City.")
    line1: str = strawberry.field(description="Street.")
    line2: str | None = strawberry.field(description="What did not fit into the first line.")
    house_number: str | None = strawberry.field(description="House number, where it is not in `line1`.")
    county: str | None = strawberry.field(description="County.")
    postal_code: str | None = strawberry.field(description="Postal code.")
    phone: str | None = strawberry.field(description="Phone number.")
    email: str | None = strawberry.field(description="Address for mail.")
    tax_id: str | None = strawberry.field(description="Tax number of who gets it.")

    @classmethod
    def from_model(cls, address: orders.Address) -> "Address":
        """The address as it was ordered to."""
        texts = {text.name: getattr(address, text.name) for text in _TEXTS}
        return cls(country=CountryCode(address.country), **texts)


def read_address(given: AddressInput, path: Sequence[str], complaints: Complaints) -> orders.Address | None:
    """
    An address that an order can go to; None after complaints.

    An optional text of blanks is left out. No complaint repeats a text.
    """
    texts: dict[str, str] = {}
    for text in _TEXTS:
        written: str = getattr(given, text.name) or ""
        if text.required or written.strip():
            read = complaints.read(
                [*path, text.shown],
                partial(words, written, longest=text.longest, if_empty="It is needed."),
            )
            if read is not None:
                texts[text.name] = read
    if any(text.required and text.name not in texts for text in _TEXTS):
        return None
    return orders.Address(country=given.country, **texts)
