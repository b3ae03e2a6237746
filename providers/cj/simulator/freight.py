"""
What sending a parcel costs and who would carry it: invented carriers with believable tariffs.

A tariff is a base and a price per kilogram in each zone; express also charges for volume. Only carriers that
take every line of a parcel are offered, as CJ does.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from types import MappingProxyType
from typing import Final

from providers.cj.simulator.catalogue.goods import Variant
from providers.cj.simulator.catalogue.places import EU, VAT, zone_of
from providers.cj.simulator.world import World

YUAN_PER_DOLLAR: Final = 7.19
_LOW_VALUE_CENTS: Final = 16_500
"""Goods up to EUR 150 can be taxed at the time of sale."""


@dataclass(frozen=True, slots=True)
class Carrier:
    """One shipping method."""

    name: str
    chinese: str
    origin: str
    tariff: Mapping[str, tuple[int, int, str]]
    """Base and price per kg in US cents, and days; by country code, or by zone where it has no line."""
    takes: frozenset[str] = frozenset(("COMMON",))
    lightest: int = 0
    heaviest: int = 20_000
    """Grams of the whole parcel."""
    volume_divisor: int | None = None
    """Cubic centimetres that count as one kilogram; None: only weight counts."""
    duty_paid: bool = False
    """Taxes of the European Union are charged with the postage."""
    thin: bool = False
    """Its quotes lack the three fee fields."""
    tied_to: str | None = None
    """City of the only warehouse it collects from."""

    @property
    def id(self) -> str:
        """19 digits, the `option.id` of a quote."""
        return f"17{int.from_bytes(blake2b(self.name.encode(), digest_size=7).digest()) % 10**17:017d}"

    def line(self, destination: str) -> tuple[int, int, str] | None:
        """The tariff that applies to a country."""
        own = self.tariff.get(destination)
        zone = zone_of(destination)
        return own or (self.tariff.get(zone) if zone else None)


def _everywhere(base: int, kilo: int, *days: str) -> Mapping[str, tuple[int, int, str]]:
    zones = (
        ("europe", 1.0),
        ("north america", 1.1),
        ("asia", 0.8),
        ("pacific", 1.2),
        ("gulf", 1.3),
        ("far", 1.7),
    )
    return MappingProxyType(
        {
            zone: (round(base * dear), round(kilo * dear), span)
            for (zone, dear), span in zip(zones, days, strict=True)
        }
    )


def _to(lines: dict[str, tuple[int, int, str]]) -> Mapping[str, tuple[int, int, str]]:
    return MappingProxyType(lines)


_ANY: Final = frozenset(("COMMON", "BATTERY", "LIQUID"))
_POWERED: Final = frozenset(("COMMON", "BATTERY"))
CARRIERS: Final = (
    Carrier("CJPacket Ordinary", "CJ普货", "CN",
            _everywhere(290, 920, "8-14", "8-15", "6-10", "9-16", "9-18", "12-25"), heaviest=4000),
    Carrier("CJPacket Sensitive", "CJ敏感", "CN",
            _everywhere(330, 1090, "9-15", "9-16", "7-12", "10-18", "10-20", "14-28"), _ANY, heaviest=4000),
    Carrier("CJPacket Euro Duty Paid", "CJ欧税", "CN",
            _to(dict.fromkeys(EU, (270, 880, "7-12"))), _POWERED, heaviest=5000, duty_paid=True),
    Carrier("PostEast+ Registered", "东邮挂号", "CN",
            _everywhere(190, 1180, "15-30", "15-35", "10-22", "18-40", "18-40", "12-50"), heaviest=2000),
    Carrier("Swift Air Express", "迅达快递", "CN",
            _everywhere(1480, 1250, "3-7", "3-7", "2-5", "4-8", "4-8", "5-10"), _POWERED, heaviest=30_000,
            volume_divisor=5000, thin=True),
    Carrier("Slow Sea + Road", "海运专线", "CN",
            _to({"europe": (420, 390, "35-55"), "US": (460, 410, "30-50")}), _ANY, lightest=500,
            heaviest=30_000),
    Carrier("US Economy Ground", "美国经济", "US",
            _to({"US": (310, 260, "4-9")}), _ANY, tied_to="Fairfield"),
    Carrier("US Ground+", "美国陆运", "US",
            _to({"US": (390, 280, "3-7"), "CA": (980, 720, "6-12")}), _ANY),
    Carrier("US Two Day", "美国两日达", "US",
            _to({"US": (890, 420, "2-3")}), _POWERED, thin=True),
    Carrier("EU Parcel", "欧盟包裹", "DE",
            _to({"DE": (380, 110, "2-4"), **dict.fromkeys(EU - {"DE"}, (690, 190, "3-7")), "CH": (1090, 420,
            "4-8"), "NO": (1190, 460, "4-9")}), _ANY),
    Carrier("EU Parcel Express", "欧盟特快", "DE",
            _to(dict.fromkeys(EU, (1250, 310, "1-3"))), _POWERED, thin=True),
    Carrier("UK Doorstep", "英国到门", "GB",
            _to({"GB": (340, 120, "2-4"), "IE": (790, 260, "4-7")}), _ANY),
    Carrier("Colis Direct", "法国直邮", "FR",
            _to({"FR": (420, 130, "2-4"), "BE": (640, 210, "3-5"), "ES": (720, 240, "3-6")}), _ANY),
    Carrier("Southern Parcel", "澳洲包裹", "AU",
            _to({"AU": (520, 210, "3-8"), "NZ": (1150, 640, "6-12")}), _ANY),
    Carrier("Maple Ground", "加拿大陆运", "CA",
            _to({"CA": (540, 230, "3-8"), "US": (890, 480, "5-9")}), _ANY),
)  # fmt: skip
BY_NAME: Final = MappingProxyType({carrier.name: carrier for carrier in CARRIERS})


@dataclass(frozen=True, slots=True)
class Parcel:
    """What would be sent from where to where."""

    origin: str
    destination: str
    lines: Sequence[tuple[Variant, int]]
    grams: int | None = None
    """The whole weight when the caller says it; None adds the lines up."""
    properties: frozenset[str] | None = None
    own_tax_number: bool = False
    """Import tax is settled under an IOSS number, not with the postage."""

    @property
    def weight(self) -> int:
        """Grams with a little packing."""
        if self.grams is not None:
            return self.grams
        return sum(variant.grams * quantity for variant, quantity in self.lines) + 15

    @property
    def volume(self) -> int:
        """Cubic millimetres."""
        return sum(volume_of(variant) * quantity for variant, quantity in self.lines)


@dataclass(frozen=True, slots=True)
class Route:
    """One carrier's offer for a parcel, US cents."""

    carrier: Carrier
    days: str
    postage: int
    taxes: int | None
    clearance: int | None

    @property
    def total(self) -> int:
        """Postage with its fees."""
        return self.postage + (self.taxes or 0) + (self.clearance or 0)


# Codes 2001 to 2018 exist; which of them says what is not documented, so these are our assignment.
NOT_FROM_THERE, NOT_TO_THERE, TOO_HEAVY, TOO_LIGHT, NOT_SUCH_GOODS = 2001, 2002, 2005, 2006, 2010
REASONS: Final = MappingProxyType(
    {
        NOT_FROM_THERE: "The method does not collect from the origin.",
        NOT_TO_THERE: "The method does not serve the destination.",
        TOO_HEAVY: "The parcel is too heavy for the method.",
        TOO_LIGHT: "The parcel is too light for the method.",
        NOT_SUCH_GOODS: "The method does not take goods with these properties.",
    }
)


def volume_of(variant: Variant) -> int:
    """Cubic millimetres of one piece."""
    length, width, height = variant.size
    return length * width * height


def obstacle(carrier: Carrier, parcel: Parcel) -> int | None:
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
    return None if wanted <= carrier.takes else NOT_SUCH_GOODS


def routes(world: World, parcel: Parcel) -> Iterator[Route]:
    """Every offer for a parcel, cheapest first; none when nothing goes there."""
    offers = [_offer(world, carrier, parcel) for carrier in CARRIERS if obstacle(carrier, parcel) is None]
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
    taxes = clearance = None
    goods = sum(world.price(variant) * quantity for variant, quantity in parcel.lines)
    if carrier.duty_paid and not parcel.own_tax_number and goods <= _LOW_VALUE_CENTS:
        taxes = round((goods + postage) * VAT.get(parcel.destination, 21) / 100)
        clearance = 45
    return Route(carrier, days, postage, taxes, clearance)
