"""CJ, answered by its simulator."""

from dataclasses import replace

import httpx

from providers import cj
from providers.cj.simulator import Options, create_app
from providers.contract import ProviderContract
from providers.port import ASGIApp, Provider, ProviderContext
from tests.cj.world import WORLD

# The pace is the business of the budget, which is not here.
UNHURRIED = Options(
    requests_per_second=10_000, requests_per_second_per_ip=10_000, anonymous_requests_per_second=10_000
)


class TestCJ(ProviderContract):
    """The adapter and its simulator together."""

    words = "lamp"

    def build(self, context: ProviderContext) -> Provider:
        """As the gateway builds it without credentials, but with a simulator that is in no hurry."""
        simulator = create_app(
            WORLD, options=UNHURRIED, clock=context.clock, picture_base_url=f"{context.site_url}/pictures/"
        )

        def open_http(base_url: str, *, app: ASGIApp | None = None) -> httpx.AsyncClient:
            del app
            return context.open_http(base_url, app=simulator)

        return cj.build(replace(context, open_http=open_http))
