"""
Where goods leave from: CJ's areas, and single warehouses in detail. All of it 0 points.

CJ documentation, "Product: Global Warehouse List" and "Storage: Storage Info", read 2026-11-23. Areas have
small numbers as ids; warehouses inside them have 32 hex digits or a UUID, known only from stock answers. CJ
offers no list of them.
"""

import re
from typing import Final

from pydantic import Field, TypeAdapter

from providers.cj import imagined
from providers.cj.errors import PROVIDER
from providers.cj.parsing import Flag, Id, Sent, Text, without_braces
from providers.cj.rows import read_one, read_rows
from providers.errors import NotFound
from providers.model import Warehouse
from providers.upstream import Call, CallPolicy, Json

_AREA: Final = re.compile(r"\d{1,6}", re.ASCII)
_STORAGE: Final = re.compile(r"[0-9A-Za-z-]{8,64}", re.ASCII)


class SentArea(Sent):
    """One area of the list."""

    id: Id
    name: Text = Field(None, alias="areaEn")
    country_name: Text = Field(None, alias="nameEn")
    country: Id = Field(alias="countryCode")
    disabled: Flag = None


class SentCarrier(Sent):
    """Who collects there."""

    name: Text = None


class SentWarehouse(Sent):
    """One warehouse."""

    id: Id
    name: Text = None
    country: Id = Field(alias="areaCountryCode")
    city: Text = None
    province: Text = None
    carriers: list[SentCarrier] | None = Field(None, alias="logisticsBrandList")


_AREAS: Final = TypeAdapter(list[SentArea])
_AREA_ROW: Final = TypeAdapter(SentArea)
_WAREHOUSE: Final = TypeAdapter(SentWarehouse)


def warehouses_call(policy: CallPolicy) -> Call[tuple[Warehouse, ...]]:
    """Ask for the areas that are in use."""
    return Call(
        policy,
        "GET",
        "/product/globalWarehouseList",
        read=_read_areas,
        is_empty=lambda areas: not areas,
        imagine=lambda: imagined.WAREHOUSES,
    )


def is_area(warehouse_id: str) -> bool:
    """Whether an id is an area's, which only the list knows."""
    return bool(_AREA.fullmatch(warehouse_id))


def warehouse_call(policy: CallPolicy, warehouse_id: str) -> Call[Warehouse]:
    """
    Ask for one warehouse.

    Raises:
        NotFound: The text cannot be a warehouse id, so nothing is asked.
    """
    storage = without_braces(warehouse_id)
    if not _STORAGE.fullmatch(storage):
        raise not_found(policy.operation)
    return Call(
        policy,
        "GET",
        "/warehouse/detail",
        read=_read_warehouse,
        query=(("id", storage),),
        imagine=lambda: imagined.warehouse(storage),
    )


def not_found(operation: str) -> NotFound:
    """The error for an id that no warehouse has."""
    return NotFound("CJ has no such warehouse.", provider=PROVIDER, operation=operation)


def _read_areas(data: Json) -> tuple[Warehouse, ...]:
    sent = read_rows(_AREAS, _AREA_ROW, data, "warehouse")
    return tuple(
        Warehouse(PROVIDER, area.id, area.name or area.country_name or area.country, area.country.upper())
        for area in sent
        if not area.disabled
    )


def _read_warehouse(data: Json) -> Warehouse:
    if data is None:
        raise NotFound("CJ has no such warehouse.", provider=PROVIDER)
    sent = read_one(_WAREHOUSE, data, "the warehouse")
    return Warehouse(
        PROVIDER,
        sent.id,
        sent.name or sent.id,
        sent.country.upper(),
        city=sent.city,
        province=sent.province,
        carriers=tuple(carrier.name for carrier in sent.carriers or () if carrier.name),
    )
