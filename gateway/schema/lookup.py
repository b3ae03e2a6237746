"""The ways to name one product or one variant, and the one way each is then found."""

import strawberry
from strawberry import UNSET

from gateway.context import GatewayInfo
from gateway.errors import BadInput
from gateway.ids import GlobalId, Kind
from gateway.loaders.catalog import ProductKey, SkuKey, VariantKey, variant_in
from gateway.schema.node import known_supplier, read_id
from gateway.schema.product import Product
from gateway.schema.scalars import URL
from gateway.schema.selection import selected_facts
from gateway.schema.texts import name
from gateway.schema.variant import Variant
from providers.errors import Delisted, NotFound

_LONGEST_NATIVE = 100


@strawberry.input(description="A product by its supplier's own id.")
class ProductRef:
    """Supplier and native id."""

    supplier: str = strawberry.field(description="Code of the supplier.")
    product_id: str = strawberry.field(description="The supplier's own product id.")


@strawberry.input(description="A product or variant by its supplier's SKU.")
class SkuRef:
    """Supplier and SKU."""

    supplier: str = strawberry.field(description="Code of the supplier.")
    sku: str = strawberry.field(description="The supplier's SKU.")


@strawberry.input(description="A variant by its supplier's own id.")
class VariantRef:
    """Supplier and native id."""

    supplier: str = strawberry.field(description="Code of the supplier.")
    variant_id: str = strawberry.field(description="The supplier's own variant id.")


@strawberry.input(one_of=True, description="Exactly one way to name a product.")
class ProductLookup:
    """@oneOf."""

    id: strawberry.ID | None = strawberry.field(default=UNSET, description="Its global id.")
    ref: ProductRef | None = strawberry.field(
        default=UNSET, description="Supplier and the supplier's own id."
    )
    sku: SkuRef | None = strawberry.field(
        default=UNSET, description="Supplier and SKU, of the product or of one of its variants."
    )
    url: URL | None = strawberry.field(
        default=UNSET, description="Address of its page at an enabled supplier."
    )


@strawberry.input(one_of=True, description="Exactly one way to name a variant.")
class VariantLookup:
    """@oneOf."""

    id: strawberry.ID | None = strawberry.field(default=UNSET, description="Its global id.")
    ref: VariantRef | None = strawberry.field(
        default=UNSET, description="Supplier and the supplier's own id."
    )
    sku: SkuRef | None = strawberry.field(default=UNSET, description="Supplier and the variant's SKU.")


async def find_product(info: GatewayInfo, by: ProductLookup) -> Product | None:
    """
    The product, or None when the supplier says that there is none.

    Raises:
        BadInput: The lookup cannot name a product here.
        ProviderError: The supplier could not be asked.
    """
    loaders, facts = info.context.loaders, selected_facts(info)
    try:
        if by.sku:
            code = known_supplier(info, by.sku.supplier, "by.sku.supplier")
            sku = _native(by.sku.sku, "by.sku.sku")
            return Product.of(await loaders.product_by_sku.load(SkuKey(code, sku, facts)))
        code, native = _named_product(info, by)
        return Product.of(await loaders.product.load(ProductKey(code, native, facts)))
    except (NotFound, Delisted):
        return None


async def find_variant(info: GatewayInfo, by: VariantLookup) -> Variant | None:
    """The variant, or None when the supplier says that there is none. Raises as `find_product`."""
    loaders, facts = info.context.loaders, selected_facts(info)
    try:
        if by.ref:
            code = known_supplier(info, by.ref.supplier, "by.ref.supplier")
            native = _native(by.ref.variant_id, "by.ref.variantId")
            return Variant.alone(await loaders.variant.load(VariantKey(code, native, facts)))
        if by.sku:
            code = known_supplier(info, by.sku.supplier, "by.sku.supplier")
            sku = _native(by.sku.sku, "by.sku.sku")
            fetched = await loaders.product_by_sku.load(SkuKey(code, sku, facts))
            found = next((each for each in fetched.value.variants if each.sku == sku), None)
            return Variant.of(found, fetched) if found else None
        assert isinstance(by.id, str)  # noqa: S101 - @oneOf lets nothing else through
        parsed = read_id(by.id, Kind.VARIANT, "by.id")
        known_supplier(info, parsed.provider, "by.id")
        return await variant_of_id(info, parsed)
    except (NotFound, Delisted):
        return None


async def variant_of_id(info: GatewayInfo, named: GlobalId) -> Variant | None:
    """A variant through its product, so that twenty variants of one product cost one call."""
    product, native = named.parts
    key = ProductKey(named.provider, product, selected_facts(info))
    fetched = await info.context.loaders.product.load(key)
    found = variant_in(fetched, native)
    return Variant.of(found, fetched) if found else None


def _named_product(info: GatewayInfo, by: ProductLookup) -> tuple[str, str]:
    if isinstance(by.id, str):
        parsed = read_id(by.id, Kind.PRODUCT, "by.id")
        return known_supplier(info, parsed.provider, "by.id"), parsed.native
    if by.ref:
        code = known_supplier(info, by.ref.supplier, "by.ref.supplier")
        return code, _native(by.ref.product_id, "by.ref.productId")
    assert isinstance(by.url, str)  # noqa: S101 - @oneOf lets nothing else through
    for code, supplier in info.context.services.suppliers.items():
        native = supplier.provider.product_id_of_url(by.url)
        if native is not None:
            return code, native
    raise BadInput("by.url: this is not the address of a product page at one of the enabled suppliers.")


def _native(text: str, argument: str) -> str:
    return name(text, argument, _LONGEST_NATIVE, if_empty="Send the supplier's own id or SKU.")
