"""What an operator may set, and what a wrong value is answered with."""

import pytest

from providers.cj.limits import limits
from providers.cj.settings import HOST, VARIABLES, CJSettings
from providers.port import ProviderConfigurationError

KEY = "CJ12345@api@" + "a1" * 16


def test_defaults() -> None:
    """Without any variable the simulator answers, for a free account."""
    settings = CJSettings.from_environment({})
    assert settings == CJSettings()
    assert settings.is_simulated
    assert (settings.requests_per_second, settings.points_per_day, settings.base_url) == (1, 50_000, HOST)


def test_listed_defaults_are_the_real_ones() -> None:
    """The defaults that documents show are the defaults that hold."""
    listed = {variable.name: variable.default for variable in VARIABLES if variable.default}
    assert CJSettings.from_environment(listed) == CJSettings()
    assert {variable.name for variable in VARIABLES} == {
        f"CJ_{name.upper()}" for name in CJSettings.model_fields
    }


def test_all_values() -> None:
    """Every variable is read; blanks around a value do not count, and empty means unset."""
    settings = CJSettings.from_environment(
        {
            "CJ_API_KEY": f" {KEY} ", "CJ_BASE_URL": "https://proxy.example/cj/api2.0/v1/",
            "CJ_ACCESS_TOKEN": "",
            "CJ_REQUESTS_PER_SECOND": "6", "CJ_POINTS_PER_DAY": "104890", "CJ_SANDBOX_MODE": "true",
            "CJ_TIMEOUT_SECONDS": "7.5", "CJ_SIMULATOR_SEED": "7", "OTHER": "x",
        }
    )  # fmt: skip
    assert settings.api_key is not None
    assert settings.api_key.get_secret_value() == KEY
    assert settings.base_url == "https://proxy.example/cj"
    assert settings.access_token is None
    assert (settings.requests_per_second, settings.points_per_day, settings.timeout_seconds) == (
        6,
        104_890,
        7.5,
    )
    assert settings.sandbox_mode
    assert not settings.is_simulated


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CJ_API_KEY", "secret-without-form"),
        ("CJ_API_KEY", "CJ1@api@two words"),
        ("CJ_BASE_URL", "developers.cjdropshipping.com"),
        ("CJ_BASE_URL", "ftp://developers.cjdropshipping.com"),
        ("CJ_BASE_URL", "https://user:word@host.example"),
        ("CJ_BASE_URL", "https://host.example:99999"),
        ("CJ_BASE_URL", "https://host.example/?a=b"),
        ("CJ_ACCESS_TOKEN", "two words"),
        ("CJ_REFRESH_TOKEN", "tök"),
        ("CJ_REQUESTS_PER_SECOND", "0"),
        ("CJ_REQUESTS_PER_SECOND", "11"),
        ("CJ_REQUESTS_PER_SECOND", "fast"),
        ("CJ_REQUESTS_PER_SECOND", "nan"),
        ("CJ_POINTS_PER_DAY", "0"),
        ("CJ_POINTS_PER_DAY", "50,000"),
        ("CJ_POINTS_PER_DAY", "5e4"),
        ("CJ_POINTS_PER_DAY", "-1"),
        ("CJ_SANDBOX_MODE", "maybe"),
        ("CJ_TIMEOUT_SECONDS", "inf"),
        ("CJ_TIMEOUT_SECONDS", "0"),
        ("CJ_SIMULATOR_SEED", "-1"),
        ("CJ_SIMULATOR_PRODUCTS", "0"),
        ("CJ_SIMULATOR_LATENCY_SECONDS", "61"),
    ],
)
def test_wrong_values(name: str, value: str) -> None:
    """A wrong value stops the start with the variable's name and what is allowed, and is not repeated."""
    with pytest.raises(ProviderConfigurationError, match=name) as caught:
        CJSettings.from_environment({name: value})
    allowed = next(variable.allowed for variable in VARIABLES if variable.name == name)
    assert allowed in str(caught.value)
    assert caught.value.__cause__ is None
    if "TOKEN" in name or "KEY" in name:
        assert value not in str(caught.value)


def test_credentials_in_the_clear() -> None:
    """A key is not sent over plain HTTP to another machine; without one a simulator may be anywhere."""
    with pytest.raises(ProviderConfigurationError, match="CJ_BASE_URL"):
        CJSettings.from_environment({"CJ_API_KEY": KEY, "CJ_BASE_URL": "http://elsewhere.example"})
    assert CJSettings.from_environment({"CJ_BASE_URL": "http://simulator:8100"}).is_simulated


@pytest.mark.parametrize(
    ("environment", "simulated"),
    [
        ({}, True),
        ({"CJ_API_KEY": KEY}, False),
        ({"CJ_ACCESS_TOKEN": "abc"}, False),
        ({"CJ_REFRESH_TOKEN": "abc"}, False),
        ({"CJ_API_KEY": KEY, "CJ_BASE_URL": "http://127.0.0.1:8100"}, True),
        ({"CJ_API_KEY": KEY, "CJ_BASE_URL": "http://localhost:8100"}, True),
        ({"CJ_API_KEY": KEY, "CJ_BASE_URL": "http://[::1]:8100"}, True),
        ({"CJ_BASE_URL": "https://simulator.example"}, True),
    ],
)
def test_who_answers(environment: dict[str, str], simulated: bool) -> None:
    """Nobody is told LIVE without a credential, or for an address on this machine."""
    assert CJSettings.from_environment(environment).is_simulated is simulated


def test_secrets_are_not_printed() -> None:
    """Neither repr nor str of the settings shows a credential."""
    settings = CJSettings.from_environment(
        {"CJ_API_KEY": KEY, "CJ_ACCESS_TOKEN": "tok-1", "CJ_REFRESH_TOKEN": "tok-2"}
    )
    assert not any(secret in f"{settings!r} {settings}" for secret in (KEY, "tok-1", "tok-2"))


def test_a_simulator_takes_any_pace() -> None:
    """Only where a simulator on this machine answers may the pace be more than CJ takes of one address."""
    pace = {"CJ_REQUESTS_PER_SECOND": "300"}
    settings = CJSettings.from_environment(pace | {"CJ_BASE_URL": "http://127.0.0.1:8090"})
    assert {rate.per_second for rate in limits("a", settings.requests_per_second, 1).rates} == {300}
    with pytest.raises(ProviderConfigurationError, match="CJ_REQUESTS_PER_SECOND must be"):
        CJSettings.from_environment(pace)
