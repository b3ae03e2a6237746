"""
What every provider promises, as tests that any package can run against its own.

    class TestCornerShop(ProviderContract):
        def build(self, context):
            return corner_shop.build(context)

Run it with pytest and pytest-asyncio. What a provider does not declare as supported is tested for refusing; a
stub passes by refusing honestly. `environment` gives the provider its variables, `words` is something its
search finds, `ships_to` are countries that it reaches.
"""

import pytest

# Before the parts are imported: a failing promise then shows what was compared.
pytest.register_assert_rewrite(
    *(
        f"providers.contract.{part}"
        for part in (
            "account",
            "declaring",
            "ordering",
            "quoting",
            "reading",
            "rehearsing",
            "searching",
        )
    )
)

from providers.contract.account import Account  # noqa: E402
from providers.contract.declaring import Declaring  # noqa: E402
from providers.contract.ordering import Ordering  # noqa: E402
from providers.contract.quoting import Quoting  # noqa: E402
from providers.contract.reading import Reading  # noqa: E402
from providers.contract.rehearsing import Rehearsing  # noqa: E402
from providers.contract.searching import Searching  # noqa: E402

__all__ = ["ProviderContract"]


class ProviderContract(Declaring, Searching, Reading, Quoting, Account, Ordering, Rehearsing):
    """Subclass it, say how to `build` the provider, and every promise becomes a test."""
