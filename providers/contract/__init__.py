"""
What every provider promises, as tests that any package can run against its own.

    class TestCornerShop(ProviderContract):
        def build(self, context):
            return corner_shop.build(context)

Run it with pytest and pytest-asyncio. What a provider does not declare as supported is tested for refusing; a
stub passes by refusing honestly. `environment` gives the provider its variables, `words` is something its
search finds.
"""

from providers.contract.reading import ProviderContract

__all__ = ["ProviderContract"]
