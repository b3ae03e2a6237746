"""
What the stub says about itself.

The difference between "Alibaba has no such thing" and "this gateway does not have it" is kept: Alibaba's Open
Platform offers orders, payment, tracking and push messages, so none of them is called NOT_OFFERED here.

Source: openapi.alibaba.com, API reference and dropshipping guide, read 2026-11-23.
"""

from datetime import date
from typing import Final

from providers.model import ProductSort, SearchFilter
from providers.port import Capability, Declaration, Feature, Mode, Support, Terms
from providers.upstream import Limits

CODE: Final = "alibaba"
SAMPLED_ON: Final = date(2026, 11, 1)
"""The day the catalogue was invented; everything in it is as of then."""

_SAMPLE = "From the sample catalogue."
_MISSING = "Alibaba's Open Platform has it; this gateway is not connected to it."

DECLARATION: Final = Declaration(
    code=CODE,
    name="Alibaba.com",
    homepage="https://www.alibaba.com",
    mode=Mode.SAMPLE,
    sampled_on=SAMPLED_ON,
    mode_reason="no adapter for the real Alibaba yet",
    capabilities=(
        Capability(Feature.PRODUCT_SEARCH, Support.SUPPORTED, _SAMPLE),
        Capability(Feature.PRODUCT_DETAIL, Support.SUPPORTED, _SAMPLE),
        Capability(Feature.CATEGORIES, Support.SUPPORTED, _SAMPLE),
        Capability(Feature.STOCK, Support.SUPPORTED, _SAMPLE),
        Capability(Feature.WAREHOUSES, Support.SUPPORTED, f"{_SAMPLE} Countries only."),
        Capability(Feature.PRICE_TIERS, Support.SUPPORTED, _SAMPLE),
        Capability(
            Feature.REVIEWS, Support.NOT_IMPLEMENTED, "No way to read them was found in the documentation."
        ),
        Capability(
            Feature.IMPORTED_PRODUCTS, Support.NOT_IMPLEMENTED, "No such list was found in the documentation."
        ),
        Capability(
            Feature.SOURCING, Support.NOT_IMPLEMENTED, "Alibaba takes requests for quotation on its site."
        ),
        Capability(Feature.QUOTES, Support.NOT_IMPLEMENTED, _MISSING),
        Capability(Feature.ORDERS, Support.NOT_IMPLEMENTED, _MISSING),
        Capability(Feature.PAYMENT, Support.NOT_IMPLEMENTED, _MISSING),
        Capability(Feature.TRACKING, Support.NOT_IMPLEMENTED, _MISSING),
        Capability(Feature.WEBHOOKS, Support.NOT_IMPLEMENTED, _MISSING),
        Capability(Feature.DISPUTES, Support.NOT_IMPLEMENTED, "Alibaba handles them on its site."),
    ),
    terms=Terms(
        api="Official Open Platform; each method needs approval for an enterprise account.",
        minimum_order="Usually 10 to 1,000 pieces; dropship-eligible listings from 1.",
        fulfilment="Bulk to the buyer, or to the end customer for dropship-eligible listings.",
        warehouses="Mostly China; some sellers hold stock in the US, Mexico or Europe.",
        shipping_days="10 to 20 by air, 25 to 40 by sea, 1 to 9 from local stock; plus days of production.",
        returns="By agreement with the seller; Trade Assurance covers disputes.",
        branding="Own labels and packaging from most manufacturers, above the minimum order.",
        payment="Per order, first time by a person on Alibaba's page.",
        webhooks="Push messages for products, prices and orders.",
    ),
    limits=Limits(account="sample"),
    freshness={},
    filters=frozenset(
        {
            SearchFilter.QUERY,
            SearchFilter.CATEGORY,
            SearchFilter.SHIPS_FROM,
            SearchFilter.MIN_PRICE,
            SearchFilter.MAX_PRICE,
            SearchFilter.MIN_STOCK,
            SearchFilter.MAX_MINIMUM_ORDER_QUANTITY,
        }
    ),
    sorts=frozenset(ProductSort) - {ProductSort.POPULARITY},
    search_page_size=50,
)
