"""The arguments of a product search: what a client may ask, checked, and in the suppliers' terms."""

from decimal import Decimal

import strawberry

from gateway.catalog import SearchRequest
from gateway.context import GatewayInfo
from gateway.errors import BadInput
from gateway.ids import GlobalId, Kind
from gateway.schema.enums import ProductFlag, ProductSort, SalesPlatform, member
from gateway.schema.node import known_supplier, read_id
from gateway.schema.pagination import page_size
from gateway.schema.scalars import CountryCode
from gateway.schema.selection import facts_of, selected_names
from gateway.schema.texts import words
from providers import model

LONGEST_QUERY = 200
"""Characters; CJ's own bound for its search words (cj-api documentation, "Product List V2")."""


@strawberry.input(
    description="What to search for. Every filter is honoured by a supplier or named in its outcome, "
    "never dropped."
)
class ProductSearchInput:
    """Public form of `model.ProductSearch`."""

    query: str | None = strawberry.field(default=None, description="Words or an SKU, up to 200 characters.")
    suppliers: list[str] | None = strawberry.field(
        default=None, description="Codes of the suppliers to ask. Left out: all."
    )
    category_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="Id of a category; it belongs to one supplier, the others then have nothing.",
    )
    ships_from: CountryCode | None = strawberry.field(
        default=None, description="Only what has stock in this country."
    )
    min_price: Decimal | None = strawberry.field(default=None, description="Lowest price in USD.")
    max_price: Decimal | None = strawberry.field(default=None, description="Highest price in USD.")
    free_shipping: bool | None = strawberry.field(
        default=None, description="True: only what is shipped at no extra cost; false: only the rest."
    )
    min_stock: int | None = strawberry.field(default=None, description="Fewest pieces in stock.")
    verified_stock_only: bool | None = strawberry.field(
        default=None, description="True: only what has stock that the supplier counted itself."
    )
    product_flag: ProductFlag | None = strawberry.field(default=None, description="Only with this mark.")
    platform: SalesPlatform | None = strawberry.field(
        default=None, description="Only what the supplier recommends for this sales platform."
    )
    max_minimum_order_quantity: int | None = strawberry.field(
        default=None, description="Only what can be ordered in this quantity."
    )


def read_search(
    info: GatewayInfo, given: ProductSearchInput | None, sort: ProductSort | None, first: int | None
) -> SearchRequest:
    """
    A search that can be asked.

    Raises:
        BadInput: Something in it makes no sense; the message names the argument and what is allowed.
    """
    given = given or ProductSearchInput()
    _check_ranges(given)
    suppliers = _suppliers(info, given.suppliers)
    category: GlobalId | None = None
    if given.category_id is not None:
        category = read_id(given.category_id, Kind.CATEGORY, "search.categoryId")
        known_supplier(info, category.provider, "search.categoryId")
    names = selected_names(info)
    return SearchRequest(
        search=model.ProductSearch(
            query=None if given.query is None else search_words(given.query, "search.query"),
            category_id=category.native if category else None,
            ships_from=given.ships_from,
            min_price=given.min_price,
            max_price=given.max_price,
            free_shipping=given.free_shipping,
            min_stock=given.min_stock,
            verified_stock_only=given.verified_stock_only,
            product_flag=member(ProductFlag, given.product_flag),
            platform=member(SalesPlatform, given.platform),
            max_minimum_order_quantity=given.max_minimum_order_quantity,
            sort=member(ProductSort, sort) or ProductSort.BEST_MATCH,
        ),
        suppliers=suppliers,
        category_of=category.provider if category else None,
        first=page_size(first),
        facts=facts_of(names),
        with_description="description" in names,
        deadline=info.context.search_deadline,
    )


def search_words(text: str, argument: str, *, if_empty: str = "Leave it out to see everything.") -> str:
    """What to look for. Raises BadInput for text that nothing could be found by."""
    return words(text, argument, LONGEST_QUERY, if_empty=if_empty)


def _suppliers(info: GatewayInfo, codes: list[str] | None) -> tuple[str, ...]:
    if codes is None:
        return tuple(info.context.services.suppliers)
    if not codes:
        raise BadInput("search.suppliers: the list is empty. Leave it out to ask all suppliers.")
    return tuple(dict.fromkeys(known_supplier(info, code, "search.suppliers") for code in codes))


def _check_ranges(given: ProductSearchInput) -> None:
    for name, price in (("minPrice", given.min_price), ("maxPrice", given.max_price)):
        if price is not None and price < 0:
            raise BadInput(f"search.{name}: {price} is below zero.")
    if given.min_price is not None and given.max_price is not None and given.min_price > given.max_price:
        raise BadInput(
            f"search.minPrice: {given.min_price} is above maxPrice {given.max_price}; "
            "swap them, or leave one out."
        )
    if given.min_stock is not None and given.min_stock < 0:
        raise BadInput(f"search.minStock: {given.min_stock} is below zero.")
    if given.max_minimum_order_quantity is not None and given.max_minimum_order_quantity < 1:
        raise BadInput("search.maxMinimumOrderQuantity: the smallest order there can be is 1.")
