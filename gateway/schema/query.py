"""Reading: arguments in, use-case out."""

import asyncio
from typing import Annotated, Any

import strawberry

from gateway import catalog
from gateway.context import GatewayInfo
from gateway.errors import BadInput
from gateway.loaders.catalog import ImportedKey
from gateway.loaders.pages import cut
from gateway.outcomes import Outcome, OutcomeStatus, of_stale
from gateway.schema.basket import QuoteInput, quote_basket, read_basket
from gateway.schema.category import Category
from gateway.schema.compare import CompareInput, Comparison, begin_comparison
from gateway.schema.enums import ProductSort
from gateway.schema.lookup import ProductLookup, VariantLookup, find_product, find_variant
from gateway.schema.node import Node, known_supplier
from gateway.schema.nodes import find_node
from gateway.schema.order_queries import OrderQueries
from gateway.schema.pagination import (
    connect,
    decode_place,
    decode_positions,
    encode_place,
    encode_positions,
    page_size,
)
from gateway.schema.product import Product, ProductConnection
from gateway.schema.quote import QuoteResult
from gateway.schema.quote_check import QuoteCheck, check_quote
from gateway.schema.search import ProductSearchInput, read_search, search_words
from gateway.schema.supplier import Supplier, SupplierOutcome
from gateway.schema.variant import Variant
from providers.upstream import Source

MOST_NODES = 100

_First = Annotated[int | None, strawberry.argument(description="At most so many, 1 to 100. Left out: 20.")]
_After = Annotated[
    str | None, strawberry.argument(description="Go on behind this cursor, taken from an earlier answer.")
]
_SupplierCode = Annotated[str, strawberry.argument(description='Code of an enabled supplier, such as "cj".')]


@strawberry.type(description="Everything that can be read.")
class Query(OrderQueries):
    """Every field is nullable, so that one failure never blanks its neighbours."""

    @strawberry.field(description="The object with this global id; null when there is none.")
    async def node(
        self,
        info: GatewayInfo,
        id: Annotated[strawberry.ID, strawberry.argument(description="Global id.")],  # noqa: A002
    ) -> Node | None:
        """Relay's `node`."""
        return await find_node(info, id)

    @strawberry.field(
        description="The objects with these global ids, in their order; null for what is not there. "
        "Products and "
        "variants of one product together cost one product call."
    )
    async def nodes(
        self,
        info: GatewayInfo,
        ids: Annotated[list[strawberry.ID], strawberry.argument(description="Up to 100 global ids.")],
    ) -> list[Node | None] | None:
        """
        An id that could not be looked up is null with an error of its own; the others come all the same.
        """
        if len(ids) > MOST_NODES:
            raise BadInput(f"ids: {len(ids)} are too many; send {MOST_NODES} at the most.")
        # graphql-core turns an exception in a list into null at its place and an error with its path.
        found: list[Any] = await asyncio.gather(
            *(find_node(info, each) for each in ids), return_exceptions=True
        )
        return list(found)

    @strawberry.field(description="All enabled suppliers.")
    def suppliers(self, info: GatewayInfo) -> list[Supplier] | None:
        """In the order they were configured."""
        return [Supplier.from_service(each) for each in info.context.services.suppliers.values()]

    @strawberry.field(description="One supplier; null when there is none with this code.")
    def supplier(
        self, info: GatewayInfo, code: Annotated[str, strawberry.argument(description='Such as "cj".')]
    ) -> Supplier | None:
        """By its code."""
        found = info.context.supplier(code)
        return Supplier.from_service(found) if found else None

    @strawberry.field(
        description="One search over all suppliers, merged. What went wrong with one of them is told in "
        "`outcomes` "
        "and costs the others nothing."
    )
    async def products(
        self,
        info: GatewayInfo,
        search: Annotated[
            ProductSearchInput | None,
            strawberry.argument(description="What to search for. Left out: everything."),
        ] = None,
        sort: Annotated[
            ProductSort | None, strawberry.argument(description="Order of the merged list.")
        ] = ProductSort.BEST_MATCH,
        first: _First = None,
        after: _After = None,
    ) -> ProductConnection | None:
        """See `gateway.catalog`."""
        request = read_search(info, search, sort, first)
        fingerprint = request.fingerprint()
        services = info.context.services
        result = await catalog.search(
            request,
            {code: supplier.declaration for code, supplier in services.suppliers.items()},
            info.context.loaders,
            decode_positions(after, fingerprint),
        )
        hits = [
            (encode_positions(fingerprint, hit.positions), Product.listed(hit.product, hit.page))
            for hit in result.hits
        ]
        return ProductConnection(
            **connect(hits, after=after, total=result.total, has_next=result.has_next),
            outcomes=[SupplierOutcome.from_outcome(outcome) for outcome in result.outcomes],
        )

    @strawberry.field(description="One product; null when the supplier says that there is none.")
    async def product(
        self,
        info: GatewayInfo,
        by: Annotated[ProductLookup, strawberry.argument(description="How the product is named.")],
    ) -> Product | None:
        """Mostly one call, whatever is selected of it; reviews are apart."""
        return await find_product(info, by)

    @strawberry.field(description="One variant; null when the supplier says that there is none.")
    async def variant(
        self,
        info: GatewayInfo,
        by: Annotated[VariantLookup, strawberry.argument(description="How the variant is named.")],
    ) -> Variant | None:
        """Mostly one call, whatever is selected of it."""
        return await find_variant(info, by)

    @strawberry.field(
        description="What it costs to get these goods there: every way to send them as one parcel, with its "
        "landed cost line by line."
    )
    async def quotes(
        self,
        info: GatewayInfo,
        input: Annotated[  # noqa: A002
            QuoteInput, strawberry.argument(description="The goods, and where they go.")
        ],
    ) -> QuoteResult | None:
        """See `gateway.quoting`."""
        return await quote_basket(info, read_basket(info, input))

    @strawberry.field(description="What a quote id says, and whether an order can still be made from it.")
    def check_quote(
        self,
        info: GatewayInfo,
        id: Annotated[strawberry.ID, strawberry.argument(description="Id of a quote.")],  # noqa: A002
    ) -> QuoteCheck | None:
        """Read from the id alone."""
        return check_quote(info, id)

    @strawberry.field(
        description="Offers of all suppliers side by side, ranked by what they cost at the door and how soon "
        "they are there. What goes wrong with one supplier costs the others nothing."
    )
    async def compare(
        self,
        info: GatewayInfo,
        input: Annotated[  # noqa: A002
            CompareInput, strawberry.argument(description="What to compare, and where it goes.")
        ],
    ) -> Comparison | None:
        """See `gateway.comparing`."""
        return begin_comparison(info, input)

    @strawberry.field(description="The roots of one supplier's category tree.")
    async def categories(self, info: GatewayInfo, supplier: _SupplierCode) -> list[Category] | None:
        """The whole tree comes in one call."""
        code = known_supplier(info, supplier)
        fetched = await info.context.loaders.categories.load(code)
        return [Category.from_model(category) for category in fetched.value]

    @strawberry.field(description="What the gateway's account has on its own list at a supplier.")
    async def imported_products(
        self,
        info: GatewayInfo,
        supplier: _SupplierCode,
        search: Annotated[
            str | None, strawberry.argument(description="Only what matches these words.")
        ] = None,
        first: _First = None,
        after: _After = None,
    ) -> ProductConnection | None:
        """The supplier's pages are cut to the client's."""
        code, size, place = known_supplier(info, supplier), page_size(first), decode_place(after)
        words = None if search is None else search_words(search, "search")
        page = await cut(
            lambda number: info.context.loaders.imported.load(ImportedKey(code, words, number)),
            lambda found: found.products,
            place,
            size,
        )
        products = [
            (encode_place(behind), Product.listed(product, of)) for behind, product, of in page.elements
        ]
        total = page.pages[-1].value.total
        stale = next((each for each in page.pages if each.source is Source.STALE), None)
        outcome = (
            of_stale(code, stale.trouble, total) if stale else Outcome(code, OutcomeStatus.OK, total=total)
        )
        return ProductConnection(
            **connect(products, after=after, total=total, has_next=page.has_next),
            outcomes=[SupplierOutcome.from_outcome(outcome)],
        )
