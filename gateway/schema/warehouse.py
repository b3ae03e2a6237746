"""Warehouses, and how much of a variant lies in them."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from gateway import ids
from gateway.context import GatewayInfo
from gateway.loaders.catalog import WarehouseKey
from gateway.schema.node import Node
from gateway.schema.scalars import CountryCode
from providers import model

if TYPE_CHECKING:
    from gateway.schema.supplier import Supplier

_SupplierType = Annotated["Supplier", strawberry.lazy("gateway.schema.supplier")]


@strawberry.type(description="A place, or an area of places, that goods leave from.")
class Warehouse(Node):
    """
    Public form of `model.Warehouse`. Stock answers know little more than its id; the rest is read on demand.
    """

    entity: strawberry.Private[model.Warehouse]
    complete: strawberry.Private[bool]
    supplier_warehouse_id: str = strawberry.field(description="The supplier's own id.")
    country_code: CountryCode = strawberry.field(description="The country it stands in.")

    @classmethod
    def from_model(cls, warehouse: model.Warehouse, *, complete: bool) -> "Warehouse":
        """A warehouse as a list or a look-up told it, or (`complete` False) as a stock answer mentions it."""
        return cls(
            id=strawberry.ID(ids.warehouse_id(warehouse.provider, warehouse.id)),
            entity=warehouse,
            complete=complete,
            supplier_warehouse_id=warehouse.id,
            country_code=CountryCode(warehouse.country),
        )

    @strawberry.field(description="The supplier it belongs to.")
    def supplier(self, info: GatewayInfo) -> _SupplierType:
        """Known by its code."""
        from gateway.schema.supplier import supplier_of  # noqa: PLC0415 - suppliers list their warehouses

        return supplier_of(info, self.entity.provider)

    @strawberry.field(description="Name for people. Below `inventory` it may cost one call per warehouse.")
    async def name(self, info: GatewayInfo) -> str | None:
        """Read on demand."""
        return self.entity.name or (await self._detail(info)).name or None

    @strawberry.field(description="City, where the supplier says. Costs one call per warehouse.")
    async def city(self, info: GatewayInfo) -> str | None:
        """Read on demand."""
        return (await self._detail(info)).city

    @strawberry.field(description="State or province, where the supplier says. Costs one call per warehouse.")
    async def province(self, info: GatewayInfo) -> str | None:
        """Read on demand."""
        return (await self._detail(info)).province

    @strawberry.field(description="Names of the carriers that pick up there. Costs one call per warehouse.")
    async def carriers(self, info: GatewayInfo) -> list[str] | None:
        """Read on demand."""
        return list((await self._detail(info)).carriers)

    async def _detail(self, info: GatewayInfo) -> model.Warehouse:
        if self.complete:
            return self.entity
        key = WarehouseKey(self.entity.provider, self.entity.id)
        return (await info.context.loaders.warehouse.load(key)).value


@strawberry.type(
    description="How much of one variant, or of all variants of a product, lies in one place. Rows "
    "never overlap."
)
class StockLevel:
    """Public form of `model.StockLevel`."""

    warehouse: Warehouse | None = strawberry.field(
        description="The warehouse; null when the supplier only names the country."
    )
    country_code: CountryCode = strawberry.field(description="The country it lies in.")
    quantity: int = strawberry.field(description="Pieces that can be ordered.")
    supplier_held: int | None = strawberry.field(description="Pieces in the supplier's own warehouse.")
    factory_held: int | None = strawberry.field(description="Pieces that a factory promises.")
    verified: bool | None = strawberry.field(description="Whether the supplier counted them itself.")

    @classmethod
    def from_model(cls, provider: str, level: model.StockLevel) -> "StockLevel":
        """One row as it is."""
        warehouse = None
        if level.warehouse_id is not None:
            named = model.Warehouse(provider, level.warehouse_id, level.warehouse_name or "", level.country)
            warehouse = Warehouse.from_model(named, complete=False)
        return cls(
            warehouse=warehouse,
            country_code=CountryCode(level.country),
            quantity=level.quantity,
            supplier_held=level.supplier_held,
            factory_held=level.factory_held,
            verified=level.verified,
        )


@strawberry.type(description="Stock of a whole product, over all its variants and warehouses.")
class StockSummary:
    """Public form of `model.StockSummary`."""

    total: int = strawberry.field(description="All pieces that can be ordered.")
    verified: int | None = strawberry.field(description="Pieces that the supplier counted itself.")
    unverified: int | None = strawberry.field(description="Pieces that it only was told of.")
