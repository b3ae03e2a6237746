"""Alibaba's sample catalogue."""

from providers import alibaba
from providers.contract import ProviderContract
from providers.port import Provider, ProviderContext


class TestAlibaba(ProviderContract):
    """A stub passes by refusing honestly."""

    def build(self, context: ProviderContext) -> Provider:
        """As the gateway builds it."""
        return alibaba.build(context)
