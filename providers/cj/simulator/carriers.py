"""
The invented carriers: where they collect, what they take, and their believable tariffs.

A tariff is a base and a price per kilogram in each zone; express also charges for volume. Which postal codes
are remote or refused, and where duty is charged, is invented too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from types import MappingProxyType
from typing import Final

from providers.cj.simulator.catalogue.places import EU, zone_of


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
    """Taxes of the European Union are charged with the postage; dearer goods are not taken."""
    remote: int = 350
    """What a remote postal code costs more, US cents."""
    refuses: tuple[str, ...] = ()
    """Beginnings of postal codes, each behind its country, that the long quote shows with an error."""
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
            _everywhere(190, 1180, "15-30", "15-35", "10-22", "18-40", "18-40", "12-50"), heaviest=2000,
            remote=0),
    Carrier("Swift Air Express", "迅达快递", "CN",
            _everywhere(1480, 1250, "3-7", "3-7", "2-5", "4-8", "4-8", "5-10"), _POWERED, heaviest=30_000,
            volume_divisor=5000, thin=True, remote=2400),
    Carrier("Slow Sea + Road", "海运专线", "CN",
            _to({"europe": (420, 390, "35-55"), "US": (460, 410, "30-50")}), _ANY, lightest=500,
            heaviest=30_000),
    Carrier("US Economy Ground", "美国经济", "US",
            _to({"US": (310, 260, "4-9")}), _ANY, tied_to="Fairfield"),
    Carrier("US Ground+", "美国陆运", "US",
            _to({"US": (390, 280, "3-7"), "CA": (980, 720, "6-12")}), _ANY),
    Carrier("US Two Day", "美国两日达", "US",
            _to({"US": (890, 420, "2-3")}), _POWERED, thin=True, refuses=("US 967", "US 968", "US 995")),
    Carrier("EU Parcel", "欧盟包裹", "DE",
            _to({"DE": (380, 110, "2-4"), **dict.fromkeys(EU - {"DE"}, (690, 190, "3-7")), "CH": (1090, 420,
            "4-8"), "NO": (1190, 460, "4-9")}), _ANY),
    Carrier("EU Parcel Express", "欧盟特快", "DE",
            _to(dict.fromkeys(EU, (1250, 310, "1-3"))), _POWERED, thin=True),
    Carrier("UK Doorstep", "英国到门", "GB",
            _to({"GB": (340, 120, "2-4"), "IE": (790, 260, "4-7")}), _ANY, refuses=("GB BT",)),
    Carrier("Colis Direct", "法国直邮", "FR",
            _to({"FR": (420, 130, "2-4"), "BE": (640, 210, "3-5"), "ES": (720, 240, "3-6")}), _ANY),
    Carrier("Southern Parcel", "澳洲包裹", "AU",
            _to({"AU": (520, 210, "3-8"), "NZ": (1150, 640, "6-12")}), _ANY),
    Carrier("Maple Ground", "加拿大陆运", "CA",
            _to({"CA": (540, 230, "3-8"), "US": (890, 480, "5-9")}), _ANY),
)  # fmt: skip
REMOTE: Final = (
    "AU 08", "CA X0", "CA Y1", "DE 25849", "DE 26757", "DE 27498", "ES 35", "FR 20", "GB BT", "GB HS",
    "GB ZE", "US 967", "US 968", "US 995",
)  # fmt: skip
"""Beginnings of postal codes of islands and far ends, each behind its country."""
DUTY: Final = MappingProxyType({"FR": 350, "IT": 350, "ES": 350})
"""What a duty-paid carrier charges for each kind of goods (HS code) in a parcel, US cents, by destination."""
BY_NAME: Final = MappingProxyType({carrier.name: carrier for carrier in CARRIERS})
