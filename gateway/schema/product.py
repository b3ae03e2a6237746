"""Products: what is listed."""

from typing import Annotated

import strawberry

from gateway import ids, stock
from gateway.context import GatewayInfo
from gateway.errors import BadInput
from gateway.loaders.catalog import ProductKey, ReviewsKey
from gateway.loaders.pages import cut
from gateway.schema.category import Category
from gateway.schema.money import DayRange, MoneyRange, Weight
from gateway.schema.node import Node
from gateway.schema.pagination import (
    Connection,
    connect,
    decode_offset,
    decode_place,
    encode_place,
    from_offset,
    page_size,
)
from gateway.schema.provenance import Provenance
from gateway.schema.review import Review, ReviewConnection
from gateway.schema.scalars import URL
from gateway.schema.selection import selected_facts
from gateway.schema.supplier import Supplier, SupplierOutcome, supplier_of
from gateway.schema.variant import Variant, VariantConnection
from gateway.schema.warehouse import StockLevel, StockSummary
from providers import model
from providers.upstream import Fact, Fetched

DEFAULT_VARIANTS = 50
DEFAULT_REVIEWS = 10
_FROM_DETAIL = " In a search result it costs one product call for each product."


@strawberry.type(description="What a supplier lists. Its variants are what can be ordered.")
class Product(Node):
    """
    Public form of `model.Product`.

    A search tells little of a product; what it leaves out is read on demand, one call for all of it.
    """

    entity: strawberry.Private[model.Product]
    detail: strawberry.Private[Fetched[model.Product] | None]
    supplier_product_id: str = strawberry.field(description="The supplier's own id.")
    sku: str | None = strawberry.field(
        description="The supplier's SKU of the whole product; orders need a variant's."
    )
    title: str = strawberry.field(description="Name for people, as the supplier wrote it.")
    minimum_order_quantity: int = strawberry.field(
        description="Smallest quantity of one variant in an order."
    )
    provenance: Provenance = strawberry.field(description="How old these facts are.")

    @classmethod
    def of(cls, fetched: Fetched[model.Product]) -> "Product":
        """A product that was looked up: everything is here."""
        return cls._made(fetched.value, Provenance.of(fetched), fetched)

    @classmethod
    def listed(cls, product: model.Product, page: Fetched[model.SearchPage]) -> "Product":
        """A product as a search told it."""
        detail = None
        if product.is_complete:
            detail = Fetched(product, page.as_of, page.stale_after, page.source, page.trouble)
        return cls._made(product, Provenance.of(page), detail)

    @classmethod
    def _made(
        cls, product: model.Product, provenance: Provenance, detail: Fetched[model.Product] | None
    ) -> "Product":
        return cls(
            id=strawberry.ID(ids.product_id(product.provider, product.id)),
            entity=product,
            detail=detail,
            supplier_product_id=product.id,
            sku=product.sku,
            title=product.title,
            minimum_order_quantity=product.minimum_order_quantity,
            provenance=provenance,
        )

    async def _details(self, info: GatewayInfo) -> Fetched[model.Product]:
        if self.detail is not None:
            return self.detail
        key = ProductKey(self.entity.provider, self.entity.id, selected_facts(info))
        return await info.context.loaders.product.load(key)

    @strawberry.field(description="The supplier that lists it.")
    def supplier(self, info: GatewayInfo) -> Supplier:
        """Known by its code."""
        return supplier_of(info, self.entity.provider)

    @strawberry.field(description="HTML as the supplier wrote it: clean it before you show it.")
    async def description(self, info: GatewayInfo) -> str | None:
        """A search brings it along when it is selected."""
        return self.entity.description or (await self._details(info)).value.description

    @strawberry.field(description="Its page at the supplier, where that is known.")
    def url(self) -> URL | None:
        """For people, not for programs."""
        return URL(self.entity.url) if self.entity.url else None

    @strawberry.field(description="Its main picture.")
    def image_url(self) -> URL | None:
        """None when the supplier shows none."""
        return URL(self.entity.image_url) if self.entity.image_url else None

    @strawberry.field(description="All its pictures." + _FROM_DETAIL)
    async def images(self, info: GatewayInfo) -> list[URL] | None:
        """The main picture first."""
        return [URL(image) for image in (await self._details(info)).value.images]

    @strawberry.field(description="Where it stands in the supplier's category tree.")
    def category(self) -> Category | None:
        """None when the supplier does not say."""
        return Category.from_model(self.entity.category) if self.entity.category else None

    @strawberry.field(description="What one unit costs now, over the variants, at the smallest quantity.")
    def price(self) -> MoneyRange | None:
        """None when no price could be read."""
        return MoneyRange.from_model(self.entity.price)

    @strawberry.field(description="The price before discount; null when there is no discount.")
    def list_price(self) -> MoneyRange | None:
        """None when there is no discount."""
        return MoneyRange.from_model(self.entity.list_price)

    @strawberry.field(description="What the supplier thinks it sells for." + _FROM_DETAIL)
    async def suggested_retail_price(self, info: GatewayInfo) -> MoneyRange | None:
        """None when the supplier does not say."""
        return MoneyRange.from_model((await self._details(info)).value.suggested_retail_price)

    @strawberry.field(description="Whether the supplier ships it at no extra cost, to somewhere at least.")
    def free_shipping(self) -> bool | None:
        """None when the supplier does not say."""
        return self.entity.free_shipping

    @strawberry.field(description="How many shops list it, as the supplier counts.")
    def listed_count(self) -> int | None:
        """None when the supplier does not count."""
        return self.entity.listed_count

    @strawberry.field(description="Whether any can be ordered; null when stock is not known.")
    async def in_stock(self, info: GatewayInfo) -> bool | None:
        """From the same numbers as `stock`."""
        summary = await self._summary(info)
        return None if summary is None else summary.total > 0

    @strawberry.field(description="Stock over all variants and warehouses; null when it is not known.")
    async def stock(self, info: GatewayInfo) -> StockSummary | None:
        """A search brings the sums along."""
        summary = await self._summary(info)
        if summary is None:
            return None
        return StockSummary(total=summary.total, verified=summary.verified, unverified=summary.unverified)

    async def _summary(self, info: GatewayInfo) -> model.StockSummary | None:
        known = stock.summary_of(self.entity)
        return known if known is not None else stock.summary_of(await self._with_stock(info))

    async def _with_stock(self, info: GatewayInfo) -> model.Product:
        fetched = self.detail
        if fetched is None or (stock.inventory_of(fetched.value) is None and fetched.trouble is None):
            key = ProductKey(self.entity.provider, self.entity.id, frozenset({Fact.STOCK}))
            fetched = await info.context.loaders.product.load(key)
        if fetched.trouble is not None and stock.inventory_of(fetched.value) is None:
            raise fetched.trouble  # the product came, its stock did not
        return fetched.value

    @strawberry.field(
        description="Days to the door in the supplier's own words, before a destination is known."
    )
    def delivery_estimate(self) -> DayRange | None:
        """Processing plus transit, as far as the supplier says."""
        return DayRange.from_model(self.entity.delivery_estimate)

    @strawberry.field(description="Weight of one unit; of the lightest where variants differ." + _FROM_DETAIL)
    async def weight(self, info: GatewayInfo) -> Weight | None:
        """None when the supplier does not say."""
        return Weight.from_grams((await self._details(info)).value.weight_grams)

    @strawberry.field(description="Customs tariff number (Harmonized System)." + _FROM_DETAIL)
    async def hs_code(self, info: GatewayInfo) -> str | None:
        """None when the supplier does not say."""
        return (await self._details(info)).value.hs_code

    @strawberry.field(description="What it is made of." + _FROM_DETAIL)
    async def materials(self, info: GatewayInfo) -> list[str] | None:
        """In the supplier's words."""
        return list((await self._details(info)).value.materials)

    @strawberry.field(
        description="What carriers must know, in the supplier's words: COMMON, BATTERY, LIQUID …"
        + _FROM_DETAIL
    )
    async def logistics_properties(self, info: GatewayInfo) -> list[str] | None:
        """In the supplier's words."""
        return list((await self._details(info)).value.logistics_properties)

    @strawberry.field(
        description="Whether it is on the account's own list at the supplier; null when not known."
    )
    def imported(self) -> bool | None:
        """As the search told it."""
        return self.entity.imported

    @strawberry.field(description="What can be ordered of it." + _FROM_DETAIL)
    async def variants(
        self,
        info: GatewayInfo,
        first: Annotated[int | None, strawberry.argument(description="At most so many, 1 to 100.")] = (
            DEFAULT_VARIANTS
        ),
        after: Annotated[str | None, strawberry.argument(description="Go on behind this cursor.")] = None,
    ) -> VariantConnection | None:
        """Null, with an error, when the product cannot be read now."""
        size, offset = page_size(first, DEFAULT_VARIANTS), decode_offset(after)
        fetched = await self._details(info)
        chosen = fetched.value.variants[offset : offset + size]
        total = len(fetched.value.variants)
        return VariantConnection(
            **connect(
                from_offset((Variant.of(variant, fetched) for variant in chosen), offset),
                after=after,
                total=total,
                has_next=offset + size < total,
            )
        )

    @strawberry.field(
        description="Stock per country and warehouse, added over the variants. Empty: none anywhere. "
        "Null: not known, "
        "with an error when the supplier could not be asked." + _FROM_DETAIL
    )
    async def inventory(self, info: GatewayInfo) -> list[StockLevel] | None:
        """Rows never overlap."""
        levels = stock.inventory_of(await self._with_stock(info))
        if levels is None:
            return None
        return [StockLevel.from_model(self.entity.provider, level) for level in levels]

    @strawberry.field(description="What buyers wrote; null, with an error, when it cannot be read now.")
    async def reviews(
        self,
        info: GatewayInfo,
        first: Annotated[int | None, strawberry.argument(description="At most so many, 1 to 100.")] = (
            DEFAULT_REVIEWS
        ),
        after: Annotated[str | None, strawberry.argument(description="Go on behind this cursor.")] = None,
        score: Annotated[
            int | None, strawberry.argument(description="Only reviews with so many stars, 1 to 5.")
        ] = None,
    ) -> ReviewConnection | None:
        """The supplier's pages are cut to the client's."""
        if score is not None and score not in range(1, 6):
            raise BadInput(f"score: {score} is out of range; reviews have 1 to 5 stars.")
        provider, native, loaders = self.entity.provider, self.entity.id, info.context.loaders
        page = await cut(
            lambda number: loaders.reviews.load(ReviewsKey(provider, native, number, score)),
            lambda found: found.reviews,
            decode_place(after),
            page_size(first, DEFAULT_REVIEWS),
        )
        return ReviewConnection(
            **connect(
                [(encode_place(behind), Review.from_model(review)) for behind, review, _ in page.elements],
                after=after,
                total=page.pages[-1].value.total,
                has_next=page.has_next,
            ),
            provenance=Provenance.of(min(page.pages, key=lambda each: each.as_of)),
        )


@strawberry.type(name="ProductConnection", description="One page of products of one or several suppliers.")
class ProductConnection(Connection[Product]):
    """Products, and how asking each supplier went."""

    outcomes: list[SupplierOutcome] = strawberry.field(
        description="One for each supplier that was asked, also for those that gave nothing."
    )
