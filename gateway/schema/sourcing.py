"""Sourcing requests: asking a supplier to find a product."""

import strawberry

from gateway import ids
from gateway.context import GatewayInfo
from gateway.loaders.catalog import ProductKey
from gateway.schema.enums import SourcingStatus
from gateway.schema.node import Node
from gateway.schema.product import Product
from gateway.schema.selection import selected_facts
from gateway.schema.supplier import Supplier, supplier_of
from providers import model


@strawberry.type(description="A wish that a supplier finds a product. Read it again with `node(id:)`.")
class SourcingRequest(Node):
    """Public form of `model.Sourcing`."""

    entity: strawberry.Private[model.Sourcing]
    supplier_sourcing_id: str = strawberry.field(description="The supplier's own id.")
    status: SourcingStatus = strawberry.field(description="What became of it.")
    raw_status: str | None = strawberry.field(description="The supplier's own word for the status.")
    variant_sku: str | None = strawberry.field(description="SKU of the variant that was found.")
    failure: str | None = strawberry.field(description="Why nothing was found, in the supplier's words.")

    @classmethod
    def from_model(cls, sourcing: model.Sourcing) -> "SourcingRequest":
        """The request as the supplier keeps it."""
        return cls(
            id=strawberry.ID(ids.sourcing_id(sourcing.provider, sourcing.id)),
            entity=sourcing,
            supplier_sourcing_id=sourcing.id,
            status=sourcing.status,
            raw_status=sourcing.raw_status,
            variant_sku=sourcing.variant_sku,
            failure=sourcing.failure,
        )

    @strawberry.field(description="The supplier that was asked.")
    def supplier(self, info: GatewayInfo) -> Supplier:
        """Known by its code."""
        return supplier_of(info, self.entity.provider)

    @strawberry.field(description="The product that was found. Costs a product call.")
    async def product(self, info: GatewayInfo) -> Product | None:
        """None until something was found."""
        if self.entity.product_id is None:
            return None
        key = ProductKey(self.entity.provider, self.entity.product_id, selected_facts(info))
        return Product.of(await info.context.loaders.product.load(key))
