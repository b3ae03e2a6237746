"""What every part of the contract starts from: the provider under test, built and started."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

import pytest

from providers import model
from providers.contract.support import ask_for, provider_context
from providers.declaring import Declaration, Feature
from providers.port import Provider, ProviderContext
from providers.upstream import Ask, Fact, Fetched

SAMPLE = 5
"""Products that are looked at closely."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The provider under test, and an ask with plenty of time."""

    provider: Provider
    context: ProviderContext

    @property
    def declared(self) -> Declaration:
        """What it says about itself."""
        return self.provider.declaration

    def ask(self, *facts: Fact) -> Ask:
        """About these facts; about everything that reading is about when none is named."""
        return ask_for(self.context.clock, *facts)

    def needs(self, feature: Feature) -> None:
        """Skip the test when the feature is declared not to be there."""
        if not self.declared.supports(feature):
            pytest.skip(f"{self.declared.code} declares no {feature.value}")

    async def search(self, search: model.ProductSearch, page: int = 1) -> Fetched[model.SearchPage]:
        """One page."""
        return await self.provider.search(search, page, with_description=False, ask=self.ask())

    async def some_products(self, words: str | None = None) -> list[model.Product]:
        """A few products of the first page, looked up in full."""
        listed = (await self.search(model.ProductSearch(query=words))).value.products[:SAMPLE]
        return [(await self.provider.product(each.id, self.ask())).value for each in listed]


class Promises:
    """Who the promises are held against; the parts of the contract add the promises."""

    environment: Mapping[str, str] = {}
    """Variables that the provider reads."""
    words: str | None = None
    """Something that its search finds."""
    ships_to: tuple[str, ...] = ("US", "GB", "DE")
    """Countries; to at least one of them some of what is found can be sent."""

    def build(self, context: ProviderContext) -> Provider:
        """The provider under test, built as the gateway builds it."""
        raise NotImplementedError

    @pytest.fixture
    async def subject(self) -> AsyncIterator[Subject]:
        """The provider, started."""
        async with provider_context(self.environment) as context:
            provider = self.build(context)
            await provider.start()
            try:
                yield Subject(provider, context)
            finally:
                await provider.close()
