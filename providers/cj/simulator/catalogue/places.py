"""
Warehouse areas, the warehouses in them, and the countries goods can be sent to.

Names, streets and ids are invented; area numbers 1 and 2 follow CJ documentation, "Storage", read 2026-11-23.
"""

from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from types import MappingProxyType
from typing import Final
from uuid import UUID

import pycountry


@dataclass(frozen=True, slots=True)
class Warehouse:
    """One building goods are stored in."""

    id: str
    """32 hex digits, or a UUID: CJ uses both."""
    name: str
    country: str
    city: str
    province: str
    zip_code: str | None
    self_pickup: bool

    @property
    def stock_id(self) -> str:
        """Its id as stock calls write it, in braces."""
        return "{" + self.id + "}"


@dataclass(frozen=True, slots=True)
class Area:
    """A country CJ stores goods in, with its names as `globalWarehouseList` shows them."""

    id: int
    country: str
    name: str
    long_name: str
    """`countryNameEn` of the stock calls."""
    chinese: str
    german: str
    french: str
    thai: str
    warehouses: tuple[Warehouse, ...]

    @property
    def label(self) -> str:
        """`areaEn`: "US Warehouse"; China is spelt out."""
        return "China Warehouse" if self.country == "CN" else f"{self.country} Warehouse"


def _area(
    number: int, country: str, names: tuple[str, str], translations: tuple[str, str, str, str], *cities: str
) -> Area:
    name, long_name = names
    chinese, german, french, thai = translations
    warehouses = tuple(
        _warehouse(country, number, place, *city.split("/")) for place, city in enumerate(cities)
    )
    return Area(number, country, name, long_name, chinese, german, french, thai, warehouses)


def _warehouse(country: str, area: int, place: int, city: str, province: str) -> Warehouse:
    digest = blake2b(f"{country}/{city}".encode(), digest_size=16).digest()
    # The first building of an area has a UUID, later ones 32 hex digits, as the two kinds occur side by side.
    identity = str(UUID(bytes=digest)).upper() if place == 0 else digest.hex()
    zip_code = None if place == 0 else f"{area}{digest[0]:03d}{place}"
    return Warehouse(identity, f"{city} Warehouse", country, city, province, zip_code, self_pickup=place == 1)


AREAS: Final = MappingProxyType(
    {
        area.country: area
        for area in (
            _area(1, "CN", ("China", "China Warehouse"),
                  ("中国仓", "China-Lager", "Entrepôt Chine", "โกดังจีน"),
                  "Yiwu/Zhejiang", "Jinhua/Zhejiang", "Dongguan/Guangdong"),
            _area(2, "US", ("United States", "United States of America (the)"),
                  ("美国仓", "US-Lager", "Entrepôt US", "โกดังสหรัฐ"),
                  "Riverton/New Jersey", "Fairfield/California"),
            _area(6, "DE", ("Germany", "Germany"),
                  ("德国仓", "DE-Lager", "Entrepôt DE", "โกดังเยอรมนี"),
                  "Altenhagen/Bremen"),
            _area(7, "GB", ("United Kingdom", "United Kingdom of Great Britain and Northern Ireland (the)"),
                  ("英国仓", "GB-Lager", "Entrepôt GB", "โกดังอังกฤษ"),
                  "Millbrook/West Midlands"),
            _area(9, "FR", ("France", "France"),
                  ("法国仓", "FR-Lager", "Entrepôt FR", "โกดังฝรั่งเศส"),
                  "Valmont/Nord"),
            _area(12, "AU", ("Australia", "Australia"),
                  ("澳洲仓", "AU-Lager", "Entrepôt AU", "โกดังออสเตรเลีย"),
                  "Bankstone/Victoria"),
            _area(15, "CA", ("Canada", "Canada"),
                  ("加拿大仓", "CA-Lager", "Entrepôt CA", "โกดังแคนาดา"),
                  "Maplewood/Ontario"),
        )
    }
)  # fmt: skip
"""Areas by ISO country code."""

WAREHOUSES: Final = MappingProxyType(
    {place.id: place for area in AREAS.values() for place in area.warehouses}
)

EU: Final = frozenset(
    "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE".split()  # noqa: SIM905
)
_ZONES: Final = MappingProxyType(
    {
        "north america": "US CA MX",
        "europe": " ".join(sorted(EU)) + " GB CH NO IS LI",
        "asia": "JP KR TW HK SG MY TH PH VN ID IN CN MO",
        "pacific": "AU NZ",
        "gulf": "AE SA QA KW OM BH IL TR",
        "far": "BR CL AR CO PE ZA NG KE EG MA UA RS GE KZ",
    }
)
_ZONE_OF: Final = MappingProxyType({code: zone for zone, codes in _ZONES.items() for code in codes.split()})
VAT: Final = MappingProxyType(
    {
        "DE": 19, "FR": 20, "IT": 22, "ES": 21, "NL": 21, "PL": 23,
        "SE": 25, "DK": 25, "IE": 23, "AT": 20, "FI": 25, "HU": 27,
    }
)  # fmt: skip
"""Value added tax in percent; EU countries not listed count 21."""


def zone_of(country: str) -> str | None:
    """The freight zone of a country code; None when nothing is sent there."""
    return _ZONE_OF.get(country)


@cache
def country_name(code: str) -> str | None:
    """English name of an ISO 3166-1 alpha-2 code; None when there is no such country."""
    found = pycountry.countries.get(alpha_2=code) if len(code) == 2 else None  # noqa: PLR2004
    return None if found is None else str(getattr(found, "common_name", found.name))
