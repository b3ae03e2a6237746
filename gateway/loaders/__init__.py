"""DataLoaders: one fresh set per request, so that nothing a caller may see leaks to another."""

from gateway.loaders.catalog import CatalogLoaders

__all__ = ["CatalogLoaders"]
