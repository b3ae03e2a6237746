"""
What the stub says about itself.

The difference between "Alibaba has no such thing" and "this gateway does not have it" is kept: Alibaba's Open
Platform offers orders, payment, tracking and push messages, so none of them is called NOT_OFFERED here.

Sources: openapi.alibaba.com, API reference and dropshipping guide, and notes of people who called it in 2026;
all read 2026-11-23.
"""

from datetime import date
from typing import Final

from providers.declaring import Capability, Declaration, Feature, Mode, Support, Terms
from providers.model import ProductSort, SearchFilter
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
        Capability(Feature.QUOTES, Support.SUPPORTED, f"{_SAMPLE} Before duty and import tax."),
        Capability(Feature.ORDERS, Support.NOT_IMPLEMENTED, _MISSING),
        Capability(Feature.PAYMENT, Support.NOT_IMPLEMENTED, _MISSING),
        Capability(Feature.TRACKING, Support.NOT_IMPLEMENTED, _MISSING),
        Capability(Feature.WEBHOOKS, Support.NOT_IMPLEMENTED, _MISSING),
        Capability(Feature.DISPUTES, Support.NOT_IMPLEMENTED, "Alibaba handles them on its site."),
    ),
    terms=Terms(
        api="Official Open Platform, each method approved for an enterprise account; not connected here yet.",
        minimum_order="Wholesale 10 to 1,000 pieces or more; 1 for listings that take dropship orders.",
        fulfilment="Sellers ship, in bulk to the buyer; dropship orders up to USD 5,000 to the end customer.",
        warehouses="The sellers', mostly in China; dropship orders can also leave from the US and Mexico.",
        shipping_days="10 to 20 across borders, 1 to 9 from local stock, longer by sea; after production.",
        returns="As agreed with each seller; disputes are settled on Alibaba's site.",
        branding="Agreed with the manufacturer, usually from a minimum quantity.",
        payment="Per order; the very first payment by a person on Alibaba's page.",
        webhooks="Signed push messages for products, prices and order status.",
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
