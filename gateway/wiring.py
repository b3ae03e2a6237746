"""
Composition root: settings become the running gateway. The only place that builds things.

What is opened here is closed in mirrored order. Redis is opened first and closed last; then each supplier's
clients, pipeline and provider.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import timedelta

import httpx

from gateway.quoting.border import read_border
from gateway.quoting.quotes import Pricing
from gateway.quoting.rates import open_rates
from gateway.quoting.references import References
from gateway.quoting.secret import Signer
from gateway.redis_link import RedisLink
from gateway.services import Services, Supplier
from gateway.settings import DEFAULT_PROVIDERS, Settings
from gateway.store import open_store
from gateway.upstream import Pipeline, pipeline
from gateway.upstream.budget.fallback import shared_budget
from gateway.upstream.budget.memory import memory_budget
from gateway.upstream.http import open_http
from gateway.upstream.levels import Memory
from gateway.variables import ConfigurationError
from providers import registry
from providers.clock import Clock, SystemClock
from providers.port import ASGIApp, Declaration, Mode, Provider, ProviderContext
from providers.upstream import Exchange, KeyValueStore

SITES_PATH = "/supplier-files"
"""Below it each provider's own files are served, such as pictures of sample data."""


@asynccontextmanager
async def open_services(settings: Settings, *, clock: Clock | None = None) -> AsyncIterator[Services]:
    """
    The running gateway; everything in it is closed at the end.

    Raises:
        ProviderConfigurationError: A supplier's variables are wrong, or it has no provider here.
        ConfigurationError: A file of rules or tariffs cannot be used.
    """
    time = clock or SystemClock()
    async with AsyncExitStack() as stack:
        link = None if settings.redis_url is None else RedisLink(settings.redis_url, time)
        if link is not None:
            await link.start()
            stack.push_async_callback(link.aclose)
        workshop = _Workshop(settings, time, link)
        suppliers: dict[str, Supplier] = {}
        for provider in workshop.chosen():
            code = provider.declaration.code
            for client in workshop.clients.get(code, ()):
                stack.push_async_callback(client.aclose)
            outlook = workshop.pipelines.get(code)
            if outlook is not None:
                await outlook.start()
                stack.push_async_callback(outlook.aclose)
            await provider.start()
            stack.push_async_callback(provider.close)
            suppliers[code] = Supplier(provider, outlook)
        pricing = open_pricing(settings, workshop.store, time)
        yield Services(settings=settings, clock=time, redis=link, suppliers=suppliers, pricing=pricing)


def open_pricing(settings: Settings, store: KeyValueStore, clock: Clock) -> Pricing:
    """
    What turns ways to send goods into quotes.

    Raises:
        ConfigurationError: A file of rules or tariffs cannot be used.
    """
    basis = references(settings)
    return Pricing(
        rates=basis.rates,
        border=basis.border,
        signer=Signer(settings.secrets, store, clock),
        clock=clock,
        valid_for=timedelta(seconds=settings.quote_valid_seconds),
    )


def references(settings: Settings) -> References:
    """
    What quotes rest on beside the suppliers' word.

    Raises:
        ConfigurationError: A file of rules or tariffs cannot be used.
    """
    with _blaming("GATEWAY_BORDER_RULES"):
        border = read_border(settings.border_rules)
    if settings.border_tariffs is not None:
        with _blaming("GATEWAY_BORDER_TARIFFS"):
            border = border.with_tariffs(settings.border_tariffs)
    return References(border, open_rates(), settings.border_rules, settings.border_tariffs)


@contextmanager
def _blaming(variable: str) -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise ConfigurationError([f"{variable} cannot be used: {error}"]) from error


def describe(settings: Settings) -> list[Declaration]:
    """What the enabled suppliers declare, without opening anything. Raises ProviderConfigurationError."""
    link = None if settings.redis_url is None else RedisLink(settings.redis_url, SystemClock())
    return [provider.declaration for provider in _Workshop(settings, SystemClock(), link).chosen()]


class _Workshop:
    """Builds providers, and remembers which clients and pipelines each of them was given."""

    def __init__(self, settings: Settings, clock: Clock, link: RedisLink | None) -> None:
        self.clients: dict[str, list[httpx.AsyncClient]] = {}
        self.pipelines: dict[str, Pipeline] = {}
        self._settings = settings
        self._clock = clock
        self._link = link
        self.store: KeyValueStore = open_store(link, clock)
        self._memory = Memory(
            max_entries=settings.cache_max_entries, max_bytes=settings.cache_max_megabytes * 1_000_000
        )

    def chosen(self) -> list[Provider]:
        """The providers that are named; by default all, but no sample beside a live supplier."""
        named = self._settings.providers
        providers = [self._built(name) for name in named or DEFAULT_PROVIDERS]
        if named is None and any(each.declaration.mode is Mode.LIVE for each in providers):
            providers = [each for each in providers if each.declaration.mode is not Mode.SAMPLE]
        return providers

    def _built(self, name: str) -> Provider:
        def http(base_url: str, *, app: ASGIApp | None = None) -> httpx.AsyncClient:
            client = open_http(base_url, app=app)
            self.clients.setdefault(name, []).append(client)
            return client

        context = ProviderContext(
            environment=self._settings.environment,
            clock=self._clock,
            store=self.store,
            open_http=http,
            open_upstream=self._open_upstream,
            site_url=f"{self._settings.base_url}{SITES_PATH}/{name}",
        )
        return registry.load(name)(context)

    def _open_upstream(self, declaration: Declaration, exchange: Exchange) -> Pipeline:
        code, limits = declaration.code, declaration.limits
        if self._link is None:
            budget = memory_budget(limits, self._clock, provider=code)
        else:
            budget = shared_budget(self._link, limits, self._clock, provider=code)
        self.pipelines[code] = pipeline(
            exchange,
            declaration,
            budget=budget,
            clock=self._clock,
            memory=self._memory,
            link=self._link,
            freshness=self._settings.freshness(),
        )
        return self.pipelines[code]
