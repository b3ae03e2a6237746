"""
How long the sample's goods take to make ready, and what it costs to send them: data for quotes.

Apart from the catalogue because a listing shows none of it. Nothing here is on the port yet; quotes of the
sample will read it.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from importlib import resources
from typing import Annotated, Literal

import pycountry
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, model_validator

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


@dataclass(frozen=True, slots=True)
class ShippingOption:
    """One way to send one parcel."""

    service: str
    kind: Literal["EXPRESS", "SEA", "LOCAL"]
    incoterm: str
    """DAP throughout: duty and import tax are the receiver's and not in the fee."""
    transit: DayRange
    fee: Money


class _Lane(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    service: str
    kind: Literal["EXPRESS", "SEA", "LOCAL"]
    origin: Country
    destinations: frozenset[Country] = Field(min_length=1)
    days: tuple[int, int]
    fees: list[
        tuple[Annotated[int, Field(gt=0)], Annotated[Decimal, Field(gt=0, max_digits=10, decimal_places=2)]]
    ] = Field(min_length=1)
    """Up to so many grams, for so many dollars. Heavier parcels are not taken."""

    @model_validator(mode="after")
    def _bands_ascend(self) -> "_Lane":
        weights = [weight for weight, _ in self.fees]
        if weights != sorted(set(weights)) or self.days[0] > self.days[1]:
            raise ValueError(f"{self.service}: weights and days have to ascend")
        return self


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    incoterm: Literal["DAP"]
    lane: list[_Lane]


@dataclass(frozen=True, slots=True)
class FreightTable:
    """Fees by origin, destination and weight."""

    incoterm: str
    _lanes: Sequence[_Lane]

    def options(self, origin: str, destination: str, weight_grams: int) -> tuple[ShippingOption, ...]:
        """
        What sending one parcel costs, the cheapest first; empty when nothing goes there.

        Amounts in USD before duty. Transit in whole days, both ends included, without processing.
        """
        options = [
            ShippingOption(lane.service, lane.kind, self.incoterm, DayRange(*lane.days), Money(fee, "USD"))
            for lane in self._lanes
            if lane.origin == origin and destination in lane.destinations
            for fee in [next((fee for limit, fee in lane.fees if weight_grams <= limit), None)]
            if fee is not None
        ]
        return tuple(sorted(options, key=lambda option: (option.fee.amount, option.transit.high)))


def read_freight() -> FreightTable:
    """The table of `freight.toml`, checked."""
    text = (resources.files("providers.alibaba") / "freight.toml").read_text(encoding="utf-8")
    table = TypeAdapter(_Table).validate_python(tomllib.loads(text, parse_float=Decimal))
    return FreightTable(table.incoterm, tuple(table.lane))
