"""Changing something at a supplier: one mutation per action, and failures a person can act on as data."""

from dataclasses import replace
from decimal import Decimal
from typing import Annotated

import strawberry

from gateway.access import Scope
from gateway.context import GatewayInfo
from gateway.errors import BadInput
from gateway.ids import Kind
from gateway.loaders.asking import by_deadline
from gateway.loaders.catalog import ProductKey
from gateway.schema.disputing import DisputeMutations
from gateway.schema.node import known_supplier, read_id
from gateway.schema.ordering import OrderMutations
from gateway.schema.product import Product
from gateway.schema.scalars import URL
from gateway.schema.scopes import needs
from gateway.schema.selection import selected_facts
from gateway.schema.sourcing import SourcingRequest
from gateway.schema.texts import prose, words
from gateway.schema.user_errors import (
    CapabilityMissing,
    UserError,
    UserErrorCode,
    Warning,  # noqa: A004 - the schema's word
    of_bad_input,
    of_provider,
)
from providers.declaring import Feature, unsupported
from providers.errors import ProviderError
from providers.model import SourcingRequest as Wish

_LONGEST_TEXT = 200
"""Characters of a sourcing request's texts (CJ documentation, "Create Sourcing", read 2026-11-23)."""


@strawberry.input(description="Which product to add to the account's own list at its supplier.")
class ImportProductInput:
    """One product."""

    product_id: strawberry.ID = strawberry.field(description="Global id of the product.")


@strawberry.type(description="What came of importing a product.")
class ImportProductPayload:
    """The product, or why not."""

    product: Product | None = strawberry.field(description="The product that is on the list now.")
    user_errors: list[UserError] = strawberry.field(description="Why it is not; empty when it is.")
    warnings: list[Warning] = strawberry.field(
        description="Worth knowing, such as that it was on the list already."
    )


@strawberry.input(description="What a supplier should find.")
class SourcingInput:
    """One wish."""

    supplier: str = strawberry.field(description="Code of the supplier to ask.")
    product_name: str = strawberry.field(description="What it is called, up to 200 characters.")
    image_url: URL = strawberry.field(description="A picture of it, address of up to 200 characters.")
    product_url: URL | None = strawberry.field(default=None, description="A page that shows it.")
    target_price: Decimal | None = strawberry.field(default=None, description="What it should cost, in USD.")
    note: str | None = strawberry.field(default=None, description="Anything else, up to 200 characters.")
    reference: str | None = strawberry.field(
        default=None, description="Your own id for it, up to 200 characters."
    )


@strawberry.type(description="What came of a sourcing request.")
class SourcingPayload:
    """The request, or why not."""

    sourcing: SourcingRequest | None = strawberry.field(description="The request as the supplier keeps it.")
    user_errors: list[UserError] = strawberry.field(description="Why there is none; empty when there is.")
    warnings: list[Warning] = strawberry.field(description="Worth knowing.")


@strawberry.type(description="Everything that changes something at a supplier.")
class Mutation(OrderMutations, DisputeMutations):
    """Nullable results, as in `Query`."""

    @strawberry.mutation(
        description="Add a product to the account's own list at its supplier. Doing it twice does no harm.",
        metadata=needs(Scope.ORDER),
    )
    async def import_product(
        self,
        info: GatewayInfo,
        input: Annotated[ImportProductInput, strawberry.argument(description="Which product.")],  # noqa: A002
    ) -> ImportProductPayload | None:
        """See `Provider.import_product`."""
        field = ["input", "productId"]
        try:
            named = read_id(input.product_id, Kind.PRODUCT, "input.productId")
            code = known_supplier(info, named.provider, "input.productId")
        except BadInput as error:
            return ImportProductPayload(product=None, user_errors=[of_bad_input(error, field)], warnings=[])
        missing = _missing(info, code, Feature.IMPORTED_PRODUCTS)
        if missing is not None:
            return ImportProductPayload(product=None, user_errors=[missing], warnings=[])
        ask = info.context.ask_to_write()
        clock, provider = info.context.services.clock, info.context.services.suppliers[code].provider
        try:
            asked = provider.import_product(named.native, ask)
            added = await by_deadline(code, "import", ask, clock, asked)
        except ProviderError as error:
            return ImportProductPayload(product=None, user_errors=[of_provider(error, field)], warnings=[])
        try:
            fetched = await info.context.loaders.product.load(
                ProductKey(code, named.native, selected_facts(info))
            )
        except ProviderError as error:
            unread = f"It is on the list, but could not be read afterwards: {error.message}"
            warning = Warning(code=Warning.NOT_READ, message=unread)
            return ImportProductPayload(product=None, user_errors=[], warnings=[warning])
        # What is kept of the product was read before, or says nothing of our own list.
        fetched = replace(fetched, value=replace(fetched.value, imported=True))
        known = [] if added else [Warning(code=Warning.ALREADY_DONE, message="It was on the list already.")]
        return ImportProductPayload(product=Product.of(fetched), user_errors=[], warnings=known)

    @strawberry.mutation(
        description="Ask a supplier to find a product. Read the request again later with `node(id:)`.",
        metadata=needs(Scope.ORDER),
    )
    async def request_sourcing(
        self,
        info: GatewayInfo,
        input: Annotated[SourcingInput, strawberry.argument(description="What to find, and whom to ask.")],  # noqa: A002
    ) -> SourcingPayload | None:
        """See `Provider.request_sourcing`."""
        try:
            code = known_supplier(info, input.supplier, "input.supplier")
        except BadInput as error:
            return _no_sourcing(of_bad_input(error, ["input", "supplier"]))
        wish = _missing(info, code, Feature.SOURCING) or _read_wish(input)
        if isinstance(wish, UserError):
            return _no_sourcing(wish)
        ask = info.context.ask_to_write()
        clock, provider = info.context.services.clock, info.context.services.suppliers[code].provider
        try:
            asked = provider.request_sourcing(wish, ask)
            sourcing = await by_deadline(code, "sourcing", ask, clock, asked)
        except ProviderError as error:
            return _no_sourcing(of_provider(error, ["input"]))
        return SourcingPayload(sourcing=SourcingRequest.from_model(sourcing), user_errors=[], warnings=[])


def _no_sourcing(error: UserError) -> SourcingPayload:
    return SourcingPayload(sourcing=None, user_errors=[error], warnings=[])


def _missing(info: GatewayInfo, code: str, feature: Feature) -> UserError | None:
    declared = info.context.services.suppliers[code].declaration
    if declared.supports(feature):
        return None
    return CapabilityMissing(
        code=UserErrorCode.CAPABILITY_MISSING,
        message=unsupported(declared, feature).message,
        field=None,
        supplier=code,
        feature=feature,
    )


def _read_wish(given: SourcingInput) -> Wish | UserError:
    """What a supplier is asked to find, or what is wrong with it. An optional text of blanks is left out."""
    texts: dict[str, str] = {}
    for field, check, text in (
        ("productName", words, given.product_name),
        ("imageUrl", words, given.image_url),
        ("productUrl", words, given.product_url),
        ("note", prose, given.note),
        ("reference", words, given.reference),
    ):
        if text is None or not (text.strip() or field == "productName"):
            continue
        try:
            texts[field] = check(text, f"input.{field}", _LONGEST_TEXT)
        except BadInput as error:
            return of_bad_input(error, ["input", field])
    if given.target_price is not None and given.target_price <= 0:
        message = "input.targetPrice: send an amount above zero, or leave it out."
        return of_bad_input(BadInput(message), ["input", "targetPrice"])
    return Wish(
        product_name=texts["productName"],
        image_url=texts["imageUrl"],
        product_url=texts.get("productUrl"),
        target_price=given.target_price,
        note=texts.get("note"),
        reference=texts.get("reference"),
    )
