"""
How long the sample's goods take to make ready, and what it costs to send them: data for quotes.

Apart from the catalogue because a listing shows none of it; `quotes` makes options for parcels out of it.
"""

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from importlib import resources
from itertools import combinations
from typing import Annotated, Literal

import pycountry
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from providers.model import DayRange, Money


def _country(code: str) -> str:
    if pycountry.countries.get(alpha_2=code) is None:
        raise ValueError(f"{code!r} is no ISO 3166-1 country")
    return code


Country = Annotated[str, AfterValidator(_country)]
"""An ISO 3166-1 alpha-2 code, checked when the sample is read."""


@dataclass(frozen=True, slots=True)
class ProcessingStep:
    """How long orders from `minimum` pieces up to the next step take before they leave."""

    minimum: int
    days: DayRange


@dataclass(frozen=True, slots=True)
class Handling:
    """What a quote needs to know about one product."""

    processing: tuple[ProcessingStep, ...]
    """Ascending; the last is open upwards."""
    not_shipped_to: frozenset[str]
    """Countries that no carrier takes it to."""

    def processing_days(self, quantity: int) -> DayRange | None:
        """Days before an order of that many pieces leaves; None below the first step."""
        reached = [step.days for step in self.processing if step.minimum <= quantity]
        return reached[-1] if reached else None


class Lane(BaseModel):
    """One service from one country to some others."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    service: str = Field(min_length=1)
    origin: Country
    destinations: frozenset[Country] = Field(min_length=1)
    days: tuple[int, int]
    """Fewest and most on the way, without processing."""
    fees: list[
        tuple[Annotated[int, Field(gt=0)], Annotated[Decimal, Field(gt=0, max_digits=10, decimal_places=2)]]
    ] = Field(min_length=1)
    """Up to so many grams, for so many dollars. Heavier parcels are not taken."""

    @model_validator(mode="after")
    def _bands_ascend(self) -> "Lane":
        weights = [weight for weight, _ in self.fees]
        if weights != sorted(set(weights)) or self.days[0] > self.days[1]:
            raise ValueError(f"{self.service}: weights and days have to ascend")
        return self

    @property
    def heaviest_grams(self) -> int:
        """The weight of the heaviest parcel that it takes."""
        return self.fees[-1][0]

    def fee(self, weight_grams: int) -> Money | None:
        """What one parcel costs, in USD and before duty; None when it is too heavy."""
        fee = next((fee for limit, fee in self.fees if weight_grams <= limit), None)
        return None if fee is None else Money(fee, "USD")


class FreightTable(BaseModel):
    """Every service there is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    incoterm: Literal["DAP"]
    """Delivered at place: duty and import tax are the receiver's and not in the fees."""
    lane: list[Lane]

    @model_validator(mode="after")
    def _services_can_be_told_apart(self) -> "FreightTable":
        for one, other in combinations(self.lane, 2):
            if (one.service, one.origin) == (other.service, other.origin):
                twice = one.destinations & other.destinations
                if twice:
                    raise ValueError(f"{one.service} goes from {one.origin} to {min(twice)} twice")
        return self

    def between(self, origin: str, destination: str) -> tuple[Lane, ...]:
        """The services from one country to another, in the order of the file."""
        return tuple(lane for lane in self.lane if lane.origin == origin and destination in lane.destinations)


def read_freight() -> FreightTable:
    """The table of `freight.toml`, checked."""
    text = (resources.files("providers.alibaba") / "freight.toml").read_text(encoding="utf-8")
    # A price written without quotes is read as the decimal it looks like, never as a float.
    return FreightTable.model_validate(tomllib.loads(text, parse_float=Decimal))
