"""Which CJ answers, by the environment alone; and what of the simulator the public can reach."""

from random import Random

import httpx
import pytest

from providers.cj import build, simulator_key
from providers.cj.settings import CJSettings
from providers.cj.simulator.app import App
from providers.cj.tokens import Keychain
from providers.clock import SystemClock
from providers.contract.support import SITE_URL, DirectUpstream, MemoryStore
from providers.declaring import Declaration, Feature, Mode, Support
from providers.model import ProductSearch
from providers.port import ASGIApp, ProviderConfigurationError, ProviderContext
from providers.upstream import Exchange, Fact
from tests.cj.direct import adapter, asking

KEY = "CJ12345@api@" + "a1" * 16


class Opened:
    """What the adapter opened, without opening anything real."""

    def __init__(self, environment: dict[str, str]) -> None:
        clock = SystemClock()
        self.base_url = ""
        self.app: ASGIApp | None = None

        def open_http(base_url: str, *, app: ASGIApp | None = None) -> httpx.AsyncClient:
            self.base_url, self.app = base_url, app
            return httpx.AsyncClient(
                base_url=base_url, transport=httpx.MockTransport(lambda _: httpx.Response(500))
            )

        def open_upstream(declaration: Declaration, exchange: Exchange) -> DirectUpstream:
            return DirectUpstream(declaration, exchange, clock)

        self.provider = build(
            ProviderContext(
                environment={"CJ_SIMULATOR_PRODUCTS": "200", **environment},
                clock=clock,
                store=MemoryStore(clock),
                open_http=open_http,
                open_upstream=open_upstream,
                site_url="https://gateway.example/sites/cj",
            )
        )


@pytest.mark.parametrize(
    ("environment", "mode", "in_process", "base_url"),
    [
        ({}, Mode.SIMULATED, True, "https://developers.cjdropshipping.com"),
        ({"CJ_BASE_URL": "http://127.0.0.1:8100"}, Mode.SIMULATED, False, "http://127.0.0.1:8100"),
        ({"CJ_BASE_URL": "http://simulator:8100"}, Mode.SIMULATED, False, "http://simulator:8100"),
        ({"CJ_API_KEY": KEY}, Mode.LIVE, False, "https://developers.cjdropshipping.com"),
        ({"CJ_ACCESS_TOKEN": "abc"}, Mode.LIVE, False, "https://developers.cjdropshipping.com"),
        (
            {"CJ_API_KEY": KEY, "CJ_BASE_URL": "http://localhost:8100"},
            Mode.SIMULATED,
            False,
            "http://localhost:8100",
        ),
    ],
)
def test_who_answers(environment: dict[str, str], mode: Mode, in_process: bool, base_url: str) -> None:
    """The table of the module docstring, row by row."""
    opened = Opened(environment)
    assert opened.provider.declaration.mode is mode
    assert isinstance(opened.app, App) is in_process
    assert opened.base_url == base_url
    assert (opened.provider.site is not None) is in_process


def test_each_address_keeps_to_itself() -> None:
    """With one key and one Redis, answers, quota and token of one address are never taken for another's."""
    clock = SystemClock()
    addresses = ("", "http://127.0.0.1:8100", "http://127.0.0.1:8200", "https://proxy.example")
    environments = [{"CJ_API_KEY": KEY, "CJ_BASE_URL": address} for address in addresses]
    accounts = {Opened(each).provider.declaration.limits.account for each in environments}
    settings = [CJSettings.from_environment(each) for each in environments]
    tokens = {Keychain(each, MemoryStore(clock), clock, Random(1)).lease for each in settings}
    assert len(accounts) == len(tokens) == len(addresses)


def test_both_addresses_of_cj_are_one_account() -> None:
    """CJ's other domain opens the same account, so it shares the quota."""
    chinese = {"CJ_API_KEY": KEY, "CJ_BASE_URL": "https://developers.cjdropshipping.cn"}
    accounts = {Opened(each).provider.declaration.limits.account for each in ({"CJ_API_KEY": KEY}, chinese)}
    assert len(accounts) == 1


def test_wrong_configuration() -> None:
    """A wrong variable stops the start by name."""
    with pytest.raises(ProviderConfigurationError, match="CJ_REQUESTS_PER_SECOND"):
        Opened({"CJ_REQUESTS_PER_SECOND": "100"})


def test_the_simulator_enforces_what_we_declare() -> None:
    """Rate and points that the gateway believes in are those that the simulator in this process enforces."""
    opened = Opened({"CJ_REQUESTS_PER_SECOND": "2", "CJ_POINTS_PER_DAY": "777"})
    assert isinstance(opened.app, App)
    options = opened.app.state.simulator.options
    assert (options.requests_per_second, options.daily_points) == (2, 777)
    limits = opened.provider.declaration.limits
    assert limits.rates[0].per_second == 2
    assert limits.allowance is not None
    assert limits.allowance.per_day == 777


def test_declaration() -> None:
    """Every feature is declared; what CJ has and we have not says so."""
    declaration = Opened({}).provider.declaration
    assert {capability.feature for capability in declaration.capabilities} == set(Feature)
    webhooks = declaration.support(Feature.WEBHOOKS)
    assert webhooks.support is Support.NOT_IMPLEMENTED
    assert "CJ offers" in (webhooks.note or "")
    assert set(declaration.freshness) == set(Fact)
    assert KEY.partition("@")[0] not in repr(Opened({"CJ_API_KEY": KEY}).provider.declaration)


def test_invented_key() -> None:
    """The simulator's key has the documented form and is the same every time."""
    user, _, digits = simulator_key().partition("@api@")
    assert user.startswith("CJ")
    assert len(digits) == 32
    assert simulator_key() == simulator_key()


@pytest.mark.parametrize("root", ["", "/sites/cj"])
async def test_pictures_and_nothing_else(root: str) -> None:
    """The public sees the simulator's pictures, mounted or not, and neither its API nor its levers."""
    site = Opened({}).provider.site
    assert site is not None
    transport = httpx.ASGITransport(site, root_path=root)
    async with httpx.AsyncClient(transport=transport, base_url="https://gateway.example") as http:
        picture = await http.get(f"{root}/pictures/lamp-CJHL1343943.svg")
        assert (picture.status_code, picture.headers["content-type"]) == (200, "image/svg+xml")
        for path in ("/_simulator/ledger", "/api2.0/v1/product/getCategory", "/", "/pictures"):
            assert (await http.get(root + path)).status_code == 404
        assert (await http.post(f"{root}/pictures/x.svg")).status_code == 404


async def test_pictures_are_addressed_at_the_gateway() -> None:
    """In process, a product's pictures lie below the gateway's own site, where they are to be had."""
    environment = {"CJ_SIMULATOR_PRODUCTS": "200", "CJ_REQUESTS_PER_SECOND": "10"}
    async with adapter(environment=environment) as provider:
        page = await provider.search(ProductSearch(), 1, with_description=False, ask=asking())
        assert provider.site is not None
        async with httpx.AsyncClient(transport=httpx.ASGITransport(provider.site)) as http:
            url = page.value.products[0].image_url or ""
            assert url.startswith(f"{SITE_URL}/pictures/")
            assert (await http.get(url)).headers["content-type"] == "image/svg+xml"
