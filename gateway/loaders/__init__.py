"""DataLoaders: one fresh set per request, so that nothing a caller may see leaks to another."""

from gateway.loaders.catalog import CatalogLoaders
from gateway.loaders.freight import FreightLoaders
from gateway.loaders.orders import OrderLoaders

__all__ = ["CatalogLoaders", "FreightLoaders", "OrderLoaders"]
