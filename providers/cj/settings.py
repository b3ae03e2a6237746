"""
What an operator decides about CJ, read once from the environment the gateway hands over.

A wrong value stops the start with the variable's name and what is allowed, never with the value: it may be a
secret.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final, Self
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
)

from providers.cj.limits import PER_ADDRESS
from providers.port import ProviderConfigurationError

HOST: Final = "https://developers.cjdropshipping.com"
_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
_KEY: Final = re.compile(r"\S+@api@\S+")


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable, for the documents and `.env.example`."""

    name: str
    default: str
    meaning: str
    allowed: str
    """What a wrong value is answered with: "must be ..."."""


VARIABLES: Final = (
    Variable(
        "CJ_API_KEY",
        "",
        "API key from CJ's web pages (Apps, API, Add API). Empty: the simulator answers.",
        "the key as CJ shows it, such as CJUserNum@api@ and 32 characters",
    ),
    Variable(
        "CJ_BASE_URL",
        HOST,
        "Where CJ answers. A simulator on this machine makes the mode SIMULATED even with a key.",
        "an address beginning with https:// (http:// only on this machine, or without credentials)",
    ),
    Variable(
        "CJ_ACCESS_TOKEN",
        "",
        "An access token to begin with; managed when empty.",
        "text without blanks",
    ),
    Variable(
        "CJ_REFRESH_TOKEN",
        "",
        "A refresh token to begin with; managed when empty.",
        "text without blanks",
    ),
    Variable(
        "CJ_REQUESTS_PER_SECOND",
        "1",
        "Calls a second of the account: 1 (Free), 2 (Plus), 4 (Prime), 6 (Advanced); less leaves room.",
        "a number above 0 and at most 10 (CJ's limit for one address); up to 1000 where CJ_BASE_URL is a "
        "simulator on this machine",
    ),
    Variable(
        "CJ_POINTS_PER_DAY",
        "50000",
        "The account's daily API points: 50,000, and 100 per dollar of the best of the last three months.",
        "a whole number above 0",
    ),
    Variable(
        "CJ_SANDBOX_MODE",
        "false",
        "When true, every order is created as a test order: no money moves, nothing is sent.",
        "true or false",
    ),
    Variable(
        "CJ_TIMEOUT_SECONDS",
        "15",
        "How long one answer of CJ may take.",
        "a number of seconds above 0 and at most 120",
    ),
    Variable(
        "CJ_SIMULATOR_SEED",
        "2026",
        "Without a key: decides the simulated catalogue.",
        "a whole number of 0 or more",
    ),
    Variable(
        "CJ_SIMULATOR_PRODUCTS",
        "2400",
        "Without a key: how many products the simulated catalogue has.",
        "a whole number from 1 to 100000",
    ),
    Variable(
        "CJ_SIMULATOR_LATENCY_SECONDS",
        "0",
        "Without a key: how long each simulated answer takes.",
        "a number of seconds from 0 to 60",
    ),
)


def _whole(value: object) -> object:
    # pydantic would take "1_000", " 5" and "5.0" for whole numbers.
    if isinstance(value, str) and not re.fullmatch(r"\d{1,12}", value):
        raise ValueError("not a whole number")
    return value


Whole = Annotated[int, BeforeValidator(_whole)]


class CJSettings(BaseModel):
    """CJ's variables, checked. Without any credential the simulator answers."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True, allow_inf_nan=False)

    api_key: SecretStr | None = None
    base_url: str = HOST
    access_token: SecretStr | None = None
    refresh_token: SecretStr | None = None
    requests_per_second: float = Field(1, gt=0, le=1000)
    points_per_day: Whole = Field(50_000, gt=0)
    sandbox_mode: bool = False
    timeout_seconds: float = Field(15, gt=0, le=120)
    simulator_seed: Whole = Field(2026, ge=0)
    simulator_products: Whole = Field(2400, ge=1, le=100_000)
    simulator_latency_seconds: float = Field(0, ge=0, le=60)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """
        Read CJ's variables; unset and empty mean the default.

        Raises:
            ProviderConfigurationError: A value is not allowed; names the variable, never the value.
        """
        given = {
            variable.name.removeprefix("CJ_").lower(): text
            for variable in VARIABLES
            if (text := environment.get(variable.name, "").strip())
        }
        rules = {variable.name: variable.allowed for variable in VARIABLES}
        try:
            settings = cls.model_validate(given)
        except ValidationError as error:
            names = sorted({f"CJ_{str(part['loc'][0]).upper()}" for part in error.errors()})
            # Without `from`: the cause could print the value.
            raise ProviderConfigurationError(
                "; ".join(f"{name} must be {rules[name]}" for name in names) + "."
            ) from None
        if settings.requests_per_second > PER_ADDRESS and not settings.is_loopback:
            raise ProviderConfigurationError(
                f"CJ_REQUESTS_PER_SECOND must be {rules['CJ_REQUESTS_PER_SECOND']}."
            )
        if (
            settings.has_credentials
            and not settings.base_url.startswith("https://")
            and not settings.is_loopback
        ):
            raise ProviderConfigurationError(
                "CJ_BASE_URL must begin with https:// when CJ_API_KEY or a token is set, unless it is on "
                "this machine: credentials would travel in the clear."
            )
        return settings

    @field_validator("base_url")
    @classmethod
    def _address(cls, value: str) -> str:
        parts = urlsplit(value)
        _ = parts.port  # raises for a port that is none
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("not an address")
        if parts.username or parts.password:
            raise ValueError("credentials in the address")
        # People copy the address of an endpoint's folder from CJ's pages.
        return value.rstrip("/").removesuffix("/api2.0/v1")

    @field_validator("api_key")
    @classmethod
    def _key_form(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _KEY.fullmatch(value.get_secret_value()):
            raise ValueError("not a key")
        return value

    @field_validator("access_token", "refresh_token")
    @classmethod
    def _one_word(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and (
            not value.get_secret_value().isascii() or re.search(r"\s", value.get_secret_value())
        ):
            raise ValueError("not a token")
        return value

    @property
    def has_credentials(self) -> bool:
        """Whether anything that opens a CJ account was given."""
        return any((self.api_key, self.access_token, self.refresh_token))

    @property
    def is_loopback(self) -> bool:
        """Whether the address is on this machine, where CJ certainly is not."""
        return (urlsplit(self.base_url).hostname or "") in _LOOPBACK

    @property
    def is_cj(self) -> bool:
        """Whether the address is CJ's own."""
        host = urlsplit(self.base_url).hostname or ""
        return host.endswith((".cjdropshipping.com", ".cjdropshipping.cn"))

    @property
    def elsewhere(self) -> str:
        """The address, unless it is CJ's own: what is kept of one must not be taken for the other's."""
        return "" if self.is_cj else self.base_url

    @property
    def is_simulated(self) -> bool:
        """Whether a simulator answers: nobody is told LIVE without a credential, or for this machine."""
        return not self.has_credentials or self.is_loopback
