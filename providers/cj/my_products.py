"""
The account's own list, "My Products": reading it and adding to it; 0 points.

CJ documentation, "Product: Add to My Product" and "My Product List", read 2026-11-23. The list's page
parameters are not documented; `pageNum` and `pageSize` are sent because its siblings take them, and the
answer's own page number is believed.
"""

from typing import Final

from pydantic import Field, TypeAdapter

from providers.cj import imagined
from providers.cj.errors import PROVIDER
from providers.cj.links import product_url
from providers.cj.parsing import Count, Grams, Id, Moment, Prices, Sent, Text, Texts, count_of, money_range
from providers.cj.rows import malformed, read_rows
from providers.model import Product, SearchPage
from providers.upstream import Call, CallPolicy, Json

PAGE_SIZE: Final = 100


class SentMine(Sent):
    """A product on the account's list."""

    id: Id = Field(alias="productId")
    name: Text = Field(None, alias="nameEn")
    sku: Text = None
    image: Texts = Field((), alias="bigImage")
    price: Prices = Field(None, alias="sellPrice")
    weight: Grams = None
    listed: Count = Field(None, alias="listedShopNum")
    properties: Texts = Field((), alias="propertyKeyList")
    created: Moment = Field(None, alias="createAt")


_MINE: Final = TypeAdapter(list[SentMine])
_ONE: Final = TypeAdapter(SentMine)


def my_products_call(
    policy: CallPolicy, search: str | None, page: int, *, with_url: bool
) -> Call[SearchPage]:
    """Ask for one page of the list, narrowed by words when given."""
    query = [("pageNum", str(page)), ("pageSize", str(PAGE_SIZE))]
    if search and search.strip():
        query.append(("keyword", search.strip()))
    return Call(
        policy,
        "GET",
        "/product/myProduct/query",
        read=lambda data: _read_page(data, page, with_url=with_url),
        query=tuple(query),
        # An empty list is possible, but CJ also sends one for lists that are not; asking again is free of
        # points.
        is_empty=lambda result: page == 1 and not result.products,
        imagine=lambda: imagined.last_page(tuple(query), PAGE_SIZE),
    )


def add_call(policy: CallPolicy, product_id: str) -> Call[bool]:
    """Add a product to the list. A second time CJ answers with a refusal that is translated to Conflict."""
    return Call(policy, "POST", "/product/addToMyProduct", read=_read_added, body={"productId": product_id})


def _read_added(data: Json) -> bool:
    if data is True or data == "true":
        return True
    raise malformed("CJ does not say that the product was added")


def _read_page(data: Json, page: int, *, with_url: bool) -> SearchPage:
    if not isinstance(data, dict) or not isinstance(rows := data.get("content"), list):
        raise malformed("the list of my products is missing")
    try:
        total, number, pages = (
            count_of(data.get(name)) for name in ("totalRecords", "pageNumber", "totalPages")
        )
    except ValueError as error:
        raise malformed("the page numbers of my products cannot be read") from error
    if number is not None and number != page:
        # The page parameter was not understood, and this is the first page again: nothing more can be
        # reached.
        return SearchPage((), total, has_more=False)
    sent = read_rows(_MINE, _ONE, rows, "product")
    return SearchPage(
        tuple({item.id: _to_product(item, with_url=with_url) for item in sent}.values()),
        total,
        has_more=bool(rows) and page < (pages or 0),
    )


def _to_product(sent: SentMine, *, with_url: bool) -> Product:
    title = sent.name or sent.sku or sent.id
    return Product(
        provider=PROVIDER,
        id=sent.id,
        sku=sent.sku,
        title=title,
        is_complete=False,
        url=product_url(sent.id, title) if with_url else None,
        image_url=next(iter(sent.image), None),
        images=sent.image,
        price=money_range(sent.price),
        listed_count=sent.listed,
        weight_grams=sent.weight,
        logistics_properties=sent.properties,
        imported=True,
        created_at=sent.created,
    )
