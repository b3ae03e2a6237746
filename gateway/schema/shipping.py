"""Where a parcel goes and what sending it costs, as clients say and see it."""

from datetime import date
from decimal import Decimal

import strawberry

from gateway.quoting.landed import CostLine as Line
from gateway.quoting.rates import ReferenceRate
from gateway.schema.enums import Certainty, CostKind
from gateway.schema.money import Money
from gateway.schema.scalars import URL, CountryCode, CurrencyCode
from gateway.schema.texts import words
from providers.shipping import Destination

_LONGEST_POSTAL_CODE = 20


@strawberry.input(description="Where a parcel goes, as far as a price depends on it.")
class ShipToInput:
    """Public form of `Destination`, on the way in."""

    country: CountryCode = strawberry.field(description="The country.")
    postal_code: str | None = strawberry.field(
        default=None, description="Postal code; some carriers ask more for remote places."
    )


@strawberry.type(description="Where a parcel goes, as far as a price depends on it.")
class ShipTo:
    """Public form of `Destination`."""

    country: CountryCode = strawberry.field(description="The country.")
    postal_code: str | None = strawberry.field(description="Postal code, where it was said.")

    @classmethod
    def from_model(cls, destination: Destination) -> "ShipTo":
        """The place as it is."""
        return cls(country=CountryCode(destination.country), postal_code=destination.postal_code)


@strawberry.type(description="One line of what a parcel costs.")
class CostLine:
    """Public form of `landed.CostLine`."""

    kind: CostKind = strawberry.field(description="What it is for.")
    name: str | None = strawberry.field(
        description="What those who take it call it, such as VAT; null for what the supplier charges, and "
        "where no rule is known."
    )
    amount: Money | None = strawberry.field(
        description="The amount in the quote's currency; null exactly when it is INCLUDED or UNKNOWN."
    )
    certainty: Certainty = strawberry.field(description="How sure it is.")
    note: str | None = strawberry.field(description="Why, in a sentence for people.")
    original: Money | None = strawberry.field(
        description="The amount before it was converted; null when it was not."
    )
    source: URL | None = strawberry.field(
        description="Where the rule is written that it was worked out from; null for what the supplier says."
    )

    @classmethod
    def from_line(cls, line: Line) -> "CostLine":
        """The line as it is."""
        return cls(
            kind=line.kind,
            name=line.name,
            amount=None if line.amount is None else Money.from_model(line.amount),
            certainty=line.certainty,
            note=line.note,
            original=None if line.original is None else Money.from_model(line.original),
            source=None if line.source is None else URL(line.source),
        )


@strawberry.type(description="A reference rate that amounts were converted by.")
class ExchangeRate:
    """Public form of `ReferenceRate`."""

    base: CurrencyCode = strawberry.field(name="from", description="One unit of this currency …")
    quote: CurrencyCode = strawberry.field(name="to", description="… is `rate` units of this one.")
    rate: Decimal = strawberry.field(description="How many units.")
    as_of: date = strawberry.field(description="The day of the rate.")
    source: str = strawberry.field(description="Who published it.")

    @classmethod
    def from_rate(cls, rate: ReferenceRate) -> "ExchangeRate":
        """The rate as it was used."""
        return cls(
            base=CurrencyCode(rate.base),
            quote=CurrencyCode(rate.quote),
            rate=rate.rate,
            as_of=rate.as_of,
            source=rate.source,
        )


def read_destination(given: ShipToInput, argument: str) -> Destination:
    """Where it goes. Raises BadInput for a postal code that cannot be one."""
    code = given.postal_code
    if code is not None:
        where = f"{argument}.postalCode"
        code = words(code.upper(), where, _LONGEST_POSTAL_CODE, if_empty="Leave it out instead.")
    return Destination(given.country, code)
