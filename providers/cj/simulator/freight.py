"""
What sending a parcel costs and who would carry it.

Only carriers that take every line of a parcel are offered, as CJ does.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from providers.cj.simulator.carriers import CARRIERS, DUTY, REMOTE, Carrier
from providers.cj.simulator.catalogue.goods import Variant
from providers.cj.simulator.catalogue.places import VAT
from providers.cj.simulator.world import World

YUAN_PER_DOLLAR: Final = 7.19
_LOW_VALUE_CENTS: Final = 16_500
"""Goods up to EUR 150 can be taxed at the time of sale."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What would be sent from where to where."""

    origin: str
    destination: str
    lines: Sequence[tuple[Variant, int]]
    grams: int | None = None
    """Weight of the goods when the caller says it; None adds the lines up."""
    cubic_mm: int | None = None
    """Volume of the goods when the caller says it; None adds the lines up."""
    properties: frozenset[str] | None = None
    own_tax_number: bool = False
    """Import tax is settled under an IOSS number, not with the postage."""
    postal_code: str | None = None

    @property
    def weight(self) -> int:
        """Grams with a little packing."""
        goods = sum(variant.grams * quantity for variant, quantity in self.lines)
        return (goods if self.grams is None else self.grams) + 15

    @property
    def volume(self) -> int:
        """Cubic millimetres."""
        if self.cubic_mm is not None:
            return self.cubic_mm
        return sum(volume_of(variant) * quantity for variant, quantity in self.lines)

    def goes_to(self, beginnings: Sequence[str]) -> bool:
        """Whether the postal code begins like one of these."""
        code = f"{self.destination} {(self.postal_code or '').upper()}"
        return self.postal_code is not None and code.startswith(tuple(beginnings))


@dataclass(frozen=True, slots=True)
class Route:
    """One carrier's offer for a parcel, US cents."""

    carrier: Carrier
    days: str
    postage: int
    taxes: int | None
    clearance: int | None
    tariff: int | None = None
    remote: int = 0
    """On top of the total."""
    error: str = ""
    """Why it cannot be used although it has a price."""

    @property
    def total(self) -> int:
        """Postage with its fees."""
        return self.postage + (self.taxes or 0) + (self.clearance or 0) + (self.tariff or 0)


# Codes 2001 to 2018 exist; which of them says what is not documented, so these are our assignment.
NOT_FROM_THERE, NOT_TO_THERE, TOO_HEAVY, TOO_LIGHT, NOT_SUCH_GOODS, TOO_DEAR = (
    2001,
    2002,
    2005,
    2006,
    2010,
    2011,
)
REASONS: Final = MappingProxyType(
    {
        NOT_FROM_THERE: "The method does not collect from the origin.",
        NOT_TO_THERE: "The method does not serve the destination.",
        TOO_HEAVY: "The parcel is too heavy for the method.",
        TOO_LIGHT: "The parcel is too light for the method.",
        NOT_SUCH_GOODS: "The method does not take goods with these properties.",
        TOO_DEAR: "The goods are worth more than the method takes.",
    }
)


_NOT_DELIVERED: Final = "The method does not deliver to this postal code"


def volume_of(variant: Variant) -> int:
    """Cubic millimetres of one piece."""
    length, width, height = variant.size
    return length * width * height


def worth(world: World, parcel: Parcel) -> int:
    """What the goods in a parcel cost, US cents."""
    return sum(world.price(variant) * quantity for variant, quantity in parcel.lines)


def obstacle(world: World, carrier: Carrier, parcel: Parcel) -> int | None:
    """Why a carrier cannot take a parcel, one of `REASONS`; None when it can."""
    stored = all(parcel.origin in variant.stock for variant, _ in parcel.lines)
    wanted = parcel.properties or {variant.product.leaf.group.property for variant, _ in parcel.lines}
    if carrier.origin != parcel.origin or not stored:
        return NOT_FROM_THERE
    if carrier.line(parcel.destination) is None:
        return NOT_TO_THERE
    if parcel.weight > carrier.heaviest:
        return TOO_HEAVY
    if parcel.weight < carrier.lightest:
        return TOO_LIGHT
    # Otherwise ten pieces would cost less than two, without the taxes that end here.
    if carrier.duty_paid and worth(world, parcel) > _LOW_VALUE_CENTS:
        return TOO_DEAR
    return None if wanted <= carrier.takes else NOT_SUCH_GOODS


def routes(world: World, parcel: Parcel) -> Iterator[Route]:
    """Every offer for a parcel, cheapest first; none when nothing goes there."""
    offers = [
        _offer(world, carrier, parcel) for carrier in CARRIERS if obstacle(world, carrier, parcel) is None
    ]
    return iter(sorted(offers, key=lambda route: (route.total, route.carrier.name)))


def _offer(world: World, carrier: Carrier, parcel: Parcel) -> Route:
    line = carrier.line(parcel.destination)
    if line is None:
        raise LookupError(carrier.name)
    base, kilo, days = line
    weight = float(parcel.weight)
    if carrier.volume_divisor:
        weight = max(weight, parcel.volume / carrier.volume_divisor)
    postage = round(base + kilo * weight / 1000)
    # Some goods in the United States are sent for nothing, and a quote of 0 is then the truth.
    if parcel.origin == parcel.destination == "US" and all(
        variant.product.free_shipping for variant, _ in parcel.lines
    ):
        postage = 0 if carrier.name == "US Ground+" else postage
    taxes = clearance = tariff = None
    if carrier.duty_paid:
        kinds = {variant.product.leaf.group.hs_code for variant, _ in parcel.lines}
        tariff = DUTY.get(parcel.destination, 0) * len(kinds) or None
        if not parcel.own_tax_number:
            # Duty is taxed too.
            taxed = worth(world, parcel) + postage + (tariff or 0)
            taxes = round(taxed * VAT.get(parcel.destination, 21) / 100)
            clearance = 45
    return Route(
        carrier,
        days,
        postage,
        taxes,
        clearance,
        tariff,
        remote=carrier.remote if parcel.goes_to(REMOTE) else 0,
        error=_NOT_DELIVERED if parcel.goes_to(carrier.refuses) else "",
    )
