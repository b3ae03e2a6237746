"""Variants: what can be ordered."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from gateway import ids
from gateway.context import GatewayInfo
from gateway.loaders.catalog import ProductKey, VariantKey
from gateway.quoting.baskets import Basket, Wanted
from gateway.schema.money import Dimensions, Money, PriceTier, Weight
from gateway.schema.node import Node
from gateway.schema.pagination import Connection
from gateway.schema.provenance import Provenance
from gateway.schema.scalars import DOLLARS, URL, CountryCode, CurrencyCode
from gateway.schema.selection import selected_facts
from gateway.schema.shipping import ShipToInput, read_destination
from gateway.schema.warehouse import StockLevel
from providers import model
from providers.errors import ProviderError
from providers.upstream import Fact, Fetched, Lane

if TYPE_CHECKING:
    from gateway.schema.product import Product
    from gateway.schema.quote import QuoteResult


@strawberry.type(description="One axis of a variant and its value, such as Color: Black.")
class SelectedOption:
    """Public form of `model.SelectedOption`."""

    name: str = strawberry.field(description="The axis.")
    value: str = strawberry.field(description="Its value for this variant.")


@strawberry.type(description="What can be ordered: one SKU of a product.")
class Variant(Node):
    """Public form of `model.Variant`."""

    entity: strawberry.Private[model.Variant]
    of_product: strawberry.Private[Fetched[model.Product] | None]
    trouble: strawberry.Private[ProviderError | None]
    supplier_variant_id: str = strawberry.field(description="The supplier's own id.")
    sku: str | None = strawberry.field(description="The supplier's SKU.")
    title: str = strawberry.field(description="Name for people.")
    provenance: Provenance = strawberry.field(description="How old these facts are.")

    @classmethod
    def of(cls, variant: model.Variant, product: Fetched[model.Product]) -> "Variant":
        """A variant as its product's answer told it."""
        return cls._made(variant, Provenance.of(product), product.trouble, product)

    @classmethod
    def alone(cls, fetched: Fetched[model.Variant]) -> "Variant":
        """A variant that was asked for by itself."""
        return cls._made(fetched.value, Provenance.of(fetched), fetched.trouble, None)

    @classmethod
    def _made(
        cls,
        variant: model.Variant,
        provenance: Provenance,
        trouble: ProviderError | None,
        product: Fetched[model.Product] | None,
    ) -> "Variant":
        return cls(
            id=strawberry.ID(ids.variant_id(variant.provider, variant.product_id, variant.id)),
            entity=variant,
            of_product=product,
            trouble=trouble,
            supplier_variant_id=variant.id,
            sku=variant.sku,
            title=variant.title,
            provenance=provenance,
        )

    @strawberry.field(
        description="The product it is a variant of; null, with an error, when it cannot be read now."
    )
    async def product(
        self, info: GatewayInfo
    ) -> Annotated["Product", strawberry.lazy("gateway.schema.product")] | None:
        """Already here when the variant came with its product."""
        from gateway.schema.product import Product  # noqa: PLC0415 - products list their variants

        fetched = self.of_product
        if fetched is None:
            key = ProductKey(self.entity.provider, self.entity.product_id, selected_facts(info))
            fetched = await info.context.loaders.product.load(key)
        return Product.of(fetched)

    @strawberry.field(description="Values of the product's axes, such as colour and size.")
    def options(self) -> list[SelectedOption]:
        """In the supplier's order."""
        return [SelectedOption(name=option.name, value=option.value) for option in self.entity.options]

    @strawberry.field(description="Its picture.")
    def image_url(self) -> URL | None:
        """None when only the product has one."""
        return URL(self.entity.image_url) if self.entity.image_url else None

    @strawberry.field(description="Price of one unit at the smallest quantity that can be ordered.")
    def price(self) -> Money | None:
        """None when the supplier gave none that can be read."""
        return Money.from_model(self.entity.price) if self.entity.price else None

    @strawberry.field(description="What the supplier thinks it sells for.")
    def suggested_retail_price(self) -> Money | None:
        """None when the supplier does not say."""
        amount = self.entity.suggested_retail_price
        return Money.from_model(amount) if amount else None

    @strawberry.field(
        description="Unit price by quantity; one open tier where it does not depend on quantity."
    )
    def price_tiers(self) -> list[PriceTier]:
        """Ascending, without gaps."""
        return [PriceTier.from_model(tier) for tier in self.entity.price_tiers]

    @strawberry.field(description="Weight of one unit.")
    def weight(self) -> Weight | None:
        """None when the supplier does not say."""
        return Weight.from_grams(self.entity.weight_grams)

    @strawberry.field(description="Outer size of one unit.")
    def dimensions(self) -> Dimensions | None:
        """None when the supplier does not say."""
        return Dimensions.from_model(self.entity.dimensions)

    @strawberry.field(
        description="Stock per country and warehouse. Empty: none anywhere. Null: not known, with an "
        "error when the "
        "supplier could not be asked."
    )
    async def inventory(self, info: GatewayInfo) -> list[StockLevel] | None:
        """Already here when the product's answer carried stock."""
        levels = self.entity.inventory
        if levels is None and self.trouble is not None:
            raise self.trouble  # it was asked for with the variant, and did not come
        if levels is None:
            levels = await self._asked_inventory(info)
        if levels is None:
            return None
        return [StockLevel.from_model(self.entity.provider, level) for level in levels]

    @strawberry.field(
        description="What it costs to get so many of it there. Costs one freight call, and a product call "
        "where the product is not known yet; quotes of several variants of one product share them."
    )
    async def quotes(
        self,
        info: GatewayInfo,
        ship_to: Annotated[ShipToInput, strawberry.argument(description="Where it goes.")],
        quantity: Annotated[int | None, strawberry.argument(description="Pieces, 1 to 1,000,000.")] = 1,
        ship_from: Annotated[
            CountryCode | None,
            strawberry.argument(
                description="Country to ship from. Left out: the destination's own where it holds enough, "
                "else the best stocked."
            ),
        ] = None,
        currency: Annotated[
            CurrencyCode | None, strawberry.argument(description="What the quotes are in.")
        ] = DOLLARS,
    ) -> Annotated["QuoteResult", strawberry.lazy("gateway.schema.quote")] | None:
        """As `Query.quotes` for one line."""
        from gateway.schema.basket import quote_basket, read_quantity  # noqa: PLC0415 - they show their variants

        pieces = read_quantity(quantity, "quantity")
        basket = Basket(
            provider=self.entity.provider,
            wanted=(Wanted(self.entity.product_id, self.entity.id, pieces),),
            destination=read_destination(ship_to, "shipTo"),
            origin=ship_from,
            everywhere=False,
            currency=currency or DOLLARS,
            lane=Lane.INTERACTIVE,
        )
        return await quote_basket(info, basket)

    async def _asked_inventory(self, info: GatewayInfo) -> tuple[model.StockLevel, ...] | None:
        stock = frozenset({Fact.STOCK})
        provider, loaders = self.entity.provider, info.context.loaders
        fetched: Fetched[model.Variant] | Fetched[model.Product]
        if self.of_product is None:
            fetched = alone = await loaders.variant.load(VariantKey(provider, self.entity.id, stock))
            inventory = alone.value.inventory
        else:
            key = ProductKey(provider, self.entity.product_id, stock)
            fetched = whole = await loaders.product.load(key)
            found = next((each for each in whole.value.variants if each.id == self.entity.id), None)
            inventory = found.inventory if found else None
        if inventory is None and fetched.trouble is not None:
            raise fetched.trouble  # the variant came, its stock did not
        return inventory


@strawberry.type(name="VariantConnection", description="One page of a product's variants.")
class VariantConnection(Connection[Variant]):
    """All of them are here already; paging only cuts the answer."""
