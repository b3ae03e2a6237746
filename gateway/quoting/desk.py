"""What one request quotes with: its own loaders, and the gateway's pricing."""

from dataclasses import dataclass

from gateway.loaders.catalog import CatalogLoaders
from gateway.loaders.freight import FreightLoaders
from gateway.quoting.quotes import Pricing


@dataclass(frozen=True, slots=True)
class Desk:
    """Handed to whatever quotes, so that it finds goods, ways to send them and prices in one place."""

    catalog: CatalogLoaders
    freight: FreightLoaders
    pricing: Pricing
