"""
What CJ can, what this gateway has of it today, and the terms people compare.

Data, read by the schema and the documents. Sources: CJ's documentation and operators' notes, read 2026-11-23.
"""

from typing import Final

from providers.cj.errors import PROVIDER
from providers.cj.limits import FRESHNESS, SEARCH_PAGE_SIZE, account_name, limits
from providers.cj.parsing import USD
from providers.cj.search import FILTERS, SORTS
from providers.cj.settings import CJSettings
from providers.declaring import Capability, Declaration, Feature, Mode, Support, Terms

CAPABILITIES: Final = (
    Capability(
        Feature.PRODUCT_SEARCH,
        Support.SUPPORTED,
        "Words or a SKU, all filters; at most 6,000 results of one search can be reached.",
    ),
    Capability(
        Feature.PRODUCT_DETAIL,
        Support.SUPPORTED,
        "By id, SKU of the product or of a variant, or page address.",
    ),
    Capability(Feature.CATEGORIES, Support.SUPPORTED, "Three levels; searches narrow to the third."),
    Capability(
        Feature.STOCK,
        Support.SUPPORTED,
        "Per variant and warehouse, with CJ's own, the factory's and the counted pieces told apart.",
    ),
    Capability(Feature.REVIEWS, Support.SUPPORTED),
    Capability(
        Feature.WAREHOUSES,
        Support.SUPPORTED,
        "Areas as a list; single warehouses by the ids in stock answers.",
    ),
    Capability(
        Feature.PRICE_TIERS, Support.NOT_OFFERED, "CJ's API has one price per variant, whatever the quantity."
    ),
    Capability(Feature.IMPORTED_PRODUCTS, Support.SUPPORTED, "CJ calls the list My Products."),
    Capability(Feature.SOURCING, Support.SUPPORTED),
    Capability(
        Feature.QUOTES,
        Support.SUPPORTED,
        "Per basket and country of origin, with taxes, duty and remote fees where CJ charges them.",
    ),
    Capability(
        Feature.ORDERS,
        Support.SUPPORTED,
        "Created without a charge and paid apart; test orders; cancelled until they are confirmed.",
    ),
    Capability(Feature.PAYMENT, Support.SUPPORTED, "From the balance, which only CJ's web pages can top up."),
    Capability(
        Feature.TRACKING, Support.SUPPORTED, "The state of a parcel by its number; no list of its scans."
    ),
    Capability(
        Feature.WEBHOOKS,
        Support.NOT_IMPLEMENTED,
        "CJ offers signed webhooks for orders, stock, prices and parcels.",
    ),
    Capability(
        Feature.DISPUTES, Support.SUPPORTED, "Refund to the balance, or sent again; about paid orders."
    ),
)

TERMS: Final = Terms(
    api="REST with an envelope; 1 to 6 calls a second by account level, 50,000 points a day at the base.",
    minimum_order="One piece, with few exceptions that the product names.",
    fulfilment="CJ packs and ships each order to the buyer; some goods are sent by their maker.",
    warehouses="China, and areas in other countries; most stock lies with the factories in China.",
    shipping_days="Depends on carrier and destination; CJ quotes a range of days for each.",
    returns="Through disputes: refund or resend.",
    branding="Own packaging and print on demand for some products.",
    payment="From the balance of the CJ account or on CJ's own page, in USD.",
    webhooks="Orders, parcels, sourcing, and of subscribed products changes and stock; signed.",
)


def declare(settings: CJSettings, credential: str, *, simulated: str | None) -> Declaration:
    """
    Say what this CJ is.

    `credential` opens the account and is hashed to name it; `simulated` says why somebody else answers in
    CJ's place, None that CJ does.
    """
    return Declaration(
        code=PROVIDER,
        name="CJ Dropshipping",
        homepage="https://cjdropshipping.com",
        mode=Mode.SIMULATED if simulated else Mode.LIVE,
        mode_reason=simulated,
        charges_in=USD,
        orders_are_tests=settings.sandbox_mode,
        capabilities=CAPABILITIES,
        terms=TERMS,
        limits=limits(
            account_name(credential, settings.elsewhere),
            settings.requests_per_second,
            settings.points_per_day,
        ),
        freshness=FRESHNESS,
        filters=FILTERS,
        sorts=frozenset(SORTS),
        search_page_size=SEARCH_PAGE_SIZE,
    )
