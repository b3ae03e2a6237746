"""
Composition root: settings become the running gateway. The only place that builds things.

What is opened here is closed in mirrored order. Redis is opened first and closed last, then the ledger's
database, then each supplier's clients, pipeline and provider, then what works on orders and needs them all.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import timedelta
from decimal import Decimal

import httpx

from gateway.orders.choosing import choosing
from gateway.orders.ledger import Ledger
from gateway.orders.means import Means, Patience
from gateway.orders.opening import open_office
from gateway.orders.policy import OrderPolicy
from gateway.orders.policy_file import read_policy
from gateway.orders.rehearsing import inquiry, rehearsal
from gateway.orders.spending import Caps
from gateway.quoting.border import read_border
from gateway.quoting.quotes import Pricing
from gateway.quoting.rates import open_rates
from gateway.quoting.references import References
from gateway.quoting.tokens import QuoteTokens
from gateway.redis_link import RedisLink
from gateway.services import Services, Supplier
from gateway.settings import DEFAULT_PROVIDERS, Settings
from gateway.storage.opening import DEFAULT_URL, open_database
from gateway.storage.secrets import lasting_secret
from gateway.store import open_store
from gateway.upstream import Pipeline, pipeline
from gateway.upstream.budget.fallback import shared_budget
from gateway.upstream.budget.memory import memory_budget
from gateway.upstream.http import open_http
from gateway.upstream.levels import Memory
from gateway.variables import ConfigurationError
from providers import registry
from providers.clock import Clock, SystemClock
from providers.declaring import Declaration, Mode
from providers.model import Money
from providers.port import ASGIApp, Provider, ProviderContext
from providers.upstream import Exchange, KeyValueStore

QUOTES = "quotes"
"""Name of the secret that quote ids are signed with."""
SITES_PATH = "/supplier-files"
"""Below it each provider's own files are served, such as pictures of sample data."""


@asynccontextmanager
async def open_services(
    settings: Settings, *, clock: Clock | None = None, patience: Patience | None = None
) -> AsyncIterator[Services]:
    """
    The running gateway; everything in it is closed at the end.

    `clock` is the machine's own and `patience` with orders the usual one, unless told otherwise.

    Raises:
        ProviderConfigurationError: A supplier's variables are wrong, or it has no provider here.
        ConfigurationError: A file of rules, tariffs or policy cannot be used, a supplier is live and everyone
            may ask it, or there is no place for the ledger.
        StorageGone: The ledger's database does not answer.
    """
    time = clock or SystemClock()
    async with AsyncExitStack() as stack:
        link = None if settings.redis_url is None else RedisLink(settings.redis_url, time)
        if link is not None:
            await link.start()
            stack.push_async_callback(link.aclose)
        database = await stack.enter_async_context(open_database(settings.database_url or DEFAULT_URL))
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
        policy = _policy(settings, suppliers)
        pricing = open_pricing(settings, await lasting_secret(database, QUOTES), time)
        means = Means(
            ledger=Ledger(database),
            providers={code: supplier.provider for code, supplier in suppliers.items()},
            clock=time,
            caps=_caps(settings),
            patience=patience or Patience(),
            policy=policy,
        )
        inquire = inquiry(suppliers, pricing, time)
        office = open_office(
            means, rehearsal(inquire, policy, means.caps.per_order), choosing(inquire, policy)
        )
        yield Services(
            settings=settings,
            clock=time,
            redis=link,
            suppliers=suppliers,
            pricing=pricing,
            office=await stack.enter_async_context(office),
            policy=policy,
            ledger=means.ledger,
        )


def _caps(settings: Settings) -> Caps:
    def dollars(cap: Decimal | None) -> Money | None:
        return None if cap is None else Money(cap, "USD")

    return Caps(dollars(settings.spend_cap_per_order), dollars(settings.spend_cap_per_day))


def open_pricing(settings: Settings, secret: str, clock: Clock) -> Pricing:
    """
    What turns ways to send goods into quotes; they are signed with `secret` where the operator named none.

    Raises:
        ConfigurationError: A file of rules or tariffs cannot be used.
    """
    basis = references(settings)
    return Pricing(
        rates=basis.rates,
        border=basis.border,
        # What was signed before the operator named a secret is accepted on.
        tokens=QuoteTokens((*settings.secrets, secret)),
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
    except (ValueError, OSError) as error:
        raise ConfigurationError([f"{variable} cannot be used: {error}"]) from error


def _policy(settings: Settings, suppliers: Iterable[str]) -> OrderPolicy:
    with _blaming("GATEWAY_ORDER_POLICY"):
        policy = read_policy(settings.order_policy)
    unknown = sorted(set(policy.suppliers) - set(suppliers))
    if unknown:
        problem = f"GATEWAY_ORDER_POLICY has terms for {unknown[0]!r}, which is no enabled supplier."
        raise ConfigurationError([problem])
    return policy


def _refuse_live(declared: Sequence[Declaration]) -> None:
    live = [each.name for each in declared if each.mode is Mode.LIVE]
    if live:
        problem = (
            f"{' and '.join(live)} would be live, and without GATEWAY_API_KEYS whoever reaches the gateway "
            "uses your account there. Set GATEWAY_API_KEYS (`sourcescout keys new` makes an entry), or "
            "GATEWAY_OPEN_ACCESS=true."
        )
        raise ConfigurationError([problem])


def describe(settings: Settings) -> list[Declaration]:
    """What the enabled suppliers declare, without opening anything. Raises ProviderConfigurationError."""
    link = None if settings.redis_url is None else RedisLink(settings.redis_url, SystemClock())
    declared = [provider.declaration for provider in _Workshop(settings, SystemClock(), link).chosen()]
    _policy(settings, [each.code for each in declared])
    return declared


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
        if not self._settings.api_keys and self._settings.open_access != "true":
            _refuse_live([each.declaration for each in providers])
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
