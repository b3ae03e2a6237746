"""The category trees of the suppliers."""

from typing import Annotated

import strawberry

from gateway import ids
from gateway.context import GatewayInfo
from gateway.schema.node import Node
from gateway.schema.supplier import Supplier, supplier_of
from providers import model


@strawberry.type(description="A node in one supplier's category tree.")
class Category(Node):
    """Public form of `model.Category`."""

    entity: strawberry.Private[model.Category]
    name: str = strawberry.field(description="Its own name.")
    path: list[str] = strawberry.field(description="Names from the root of the tree down to this one.")
    searchable: bool = strawberry.field(description="Whether a search can be narrowed to it by `categoryId`.")

    @classmethod
    def from_model(cls, category: model.Category) -> "Category":
        """The node as the supplier has it."""
        return cls(
            id=strawberry.ID(ids.category_id(category.provider, category.id)),
            entity=category,
            name=category.name,
            path=list(category.path),
            searchable=category.searchable,
        )

    @strawberry.field(description="The supplier whose tree it is.")
    def supplier(self, info: GatewayInfo) -> Supplier:
        """Known by its code."""
        return supplier_of(info, self.entity.provider)

    @strawberry.field(
        description="Categories below it; empty for a leaf. Filled below `Query.categories`, not below "
        "a product."
    )
    def children(self) -> list[Annotated["Category", strawberry.lazy("gateway.schema.category")]]:
        """One level down."""
        return [Category.from_model(child) for child in self.entity.children]
