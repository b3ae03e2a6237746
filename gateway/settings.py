"""
What an operator may decide, with units; read once when the gateway starts and passed on as a value.

`load` puts the environment over `.env` and says everything that is wrong with them at once. `Settings()`
by itself reads nothing, so that a test never depends on the machine it runs on. Each provider reads its own
variables (`CJ_…`) from `Settings.environment`.
"""

import os
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from dotenv import dotenv_values
from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from gateway.access import ApiKey, read_keys
from gateway.storage.columns import MOST_DIGITS
from gateway.variables import (
    ConfigurationError,
    address,
    is_loopback,
    problem,
    setting,
    split,
    without_password,
)
from providers.upstream import Fact, Freshness

_SHORTEST_SECRET = 16
DEFAULT_PROVIDERS = ("cj", "alibaba")
"""What is asked when nothing is named; sample suppliers among them step back for a live one."""


def _codes(value: tuple[str, ...]) -> tuple[str, ...]:
    if not value:
        raise ValueError("names no supplier")
    for code in value:
        if not code.replace("-", "").isalnum() or not code.isascii():
            raise ValueError(f"'{code}' is no supplier's code")
    if len(set(value)) != len(value):
        raise ValueError("names a supplier twice")
    return value


def _secrets(value: str) -> str:
    each_alone = [each.strip() for each in value.split(",")]
    if any(len(each) < _SHORTEST_SECRET for each in each_alone):
        raise ValueError("is too short for a secret")
    return ",".join(each_alone)


def _keys(value: object) -> object:
    entries = split(value)
    return read_keys(map(str, entries)) if isinstance(value, str) and isinstance(entries, tuple) else value


_ApiKeys = Annotated[tuple[ApiKey, ...], NoDecode, BeforeValidator(_keys)]
_Secrets = Annotated[str, AfterValidator(_secrets)]
_Codes = Annotated[tuple[str, ...], NoDecode, BeforeValidator(split), AfterValidator(_codes)]
_RedisUrl = Annotated[str, AfterValidator(address("redis", "rediss", "unix"))]
_DatabaseUrl = Annotated[
    str, AfterValidator(address("sqlite", "sqlite+aiosqlite", "postgresql", "postgresql+asyncpg"))
]
_PublicUrl = Annotated[str, AfterValidator(address("http", "https"))]

_Cap = Annotated[Decimal, Field(ge=0, max_digits=MOST_DIGITS, allow_inf_nan=False)]

_AMOUNT = "an amount such as 250.00, 0 or more"
_DEADLINE = "seconds, more than 0 and at most 120"
_AGE: dict[str, Any] = {"allowed": "seconds, 0 or more", "ge": 0, "allow_inf_nan": False}


class Settings(BaseSettings):
    """The gateway's own settings. Field names are the variables' names in lower case, less `GATEWAY_`."""

    model_config = SettingsConfigDict(
        env_prefix="GATEWAY_", env_ignore_empty=True, extra="ignore", frozen=True, validate_by_name=True
    )

    environment: Mapping[str, str] = Field(default_factory=dict, repr=False, exclude=True)
    """Every variable as given, for the providers: holds secrets, so it is in no representation."""

    host: str = setting("127.0.0.1", "Address to listen on.", "a host name or IP address", min_length=1)
    port: int = setting(
        8000, "Port to listen on; 0 takes any free one.", "a whole number from 0 to 65535", ge=0, le=65535
    )
    public_url: _PublicUrl | None = setting(
        None,
        "Address under which clients reach the gateway; links to pictures begin with it. "
        "Unset: `http://` with host and port.",
        "an http or https address",
    )
    workers: int = setting(
        1,
        "Processes that serve requests; more than one needs `REDIS_URL`.",
        "a whole number from 1 to 64",
        ge=1,
        le=64,
    )
    shutdown_seconds: float = setting(
        10.0, "Seconds that requests under way get to finish when the gateway stops.", _DEADLINE, gt=0, le=120
    )

    api_keys: _ApiKeys | None = setting(
        None,
        "Keys that may ask: for each an entry `name:scopes:hash`, with commas between them, as `sourcescout "
        "keys new` prints it. Unset: whoever reaches the gateway may ask, see `GATEWAY_OPEN_ACCESS`.",
        "entries such as shop:read+order:<SHA-256 of the key in hex> with commas between them",
        secret=True,
    )
    open_access: Literal["false", "simulated", "true"] = setting(
        "false",
        "Whether a gateway without keys may start where others could reach it (`GATEWAY_HOST`) or where a "
        "supplier is live; simulated: only while none is live. No matter once there are keys.",
        "false, simulated or true",
    )

    providers: _Codes | None = setting(
        None,
        "Suppliers to ask, by code, in order. Unset: `cj,alibaba`, where a supplier that is only a sample is "
        "left out as soon as another one is live.",
        "supplier codes with commas between them, such as cj,alibaba",
    )

    redis_url: _RedisUrl | None = setting(
        None,
        "Redis or Valkey that holds budgets, cache and leases for all processes. Unset: this process alone, "
        "everything in memory.",
        "redis://host:6379/0, rediss:// for TLS, or unix:///path/of/socket",
        secret=True,
        validation_alias="REDIS_URL",
    )
    database_url: _DatabaseUrl | None = setting(
        None,
        "Database of the ledger of orders: SQLite for one machine, PostgreSQL for several. Unset: the file "
        "`sourcescout.db` in the working directory. Back it up: it knows what was ordered and paid.",
        "sqlite+aiosqlite:///file.db or postgresql+asyncpg://user@host/name",
        secret=True,
        validation_alias="DATABASE_URL",
    )

    spend_cap_per_order: _Cap | None = setting(
        None, "US dollars that paying one order may take at the most. Unset: no cap.", _AMOUNT
    )
    spend_cap_per_day: _Cap | None = setting(
        None,
        "US dollars that may be paid to one supplier account in a day, from 00:00 UTC, by all processes "
        "together. Unset: no cap.",
        _AMOUNT,
    )

    order_policy: Path | None = setting(
        None,
        "File that says which orders the gateway pays by itself and which shipping methods it prefers, in "
        "the form that the README shows. Unset: it pays nothing unasked.",
        "path of a readable TOML file",
    )

    # An account of the lowest level makes one call a second. A search page is one call, behind whatever waits
    # already; ten products by id are ten calls, so ten seconds when nothing is known yet.
    search_deadline_seconds: float = setting(
        8.0, "Seconds a search waits for its slowest supplier.", _DEADLINE, gt=0, le=120
    )
    read_deadline_seconds: float = setting(
        15.0,
        "Seconds any other read waits; at one call a second, ten products take ten.",
        _DEADLINE,
        gt=0,
        le=120,
    )
    write_deadline_seconds: float = setting(
        20.0, "Seconds a mutation waits for the supplier's answer.", _DEADLINE, gt=0, le=120
    )

    secret: _Secrets | None = setting(
        None,
        "Signs quote ids. Unset: made once and kept beside the ledger. Several with commas between them: "
        "the first signs, all are accepted, so that one can be replaced without a gap.",
        "texts of at least 16 characters with commas between them",
        secret=True,
    )
    quote_valid_seconds: float = setting(
        900.0, "Seconds an order can be made from a quote.", "seconds, 60 to 86400", ge=60, le=86_400
    )
    border_rules: Path | None = setting(
        None,
        "File of duty and import tax rules instead of the packaged `gateway/quoting/border.toml`, in its "
        "form.",
        "path of a readable TOML file",
    )
    border_tariffs: Path | None = setting(
        None,
        "File of duty rates of your goods, beside those of the rules: `[[tariff]]` entries as the head of "
        "`gateway/quoting/border.toml` explains them.",
        "path of a readable TOML file",
    )

    fresh_seconds_catalogue: float | None = setting(
        None,
        "Seconds texts, pictures and reviews are served without asking again. Unset: the supplier's own.",
        **_AGE,
    )
    stale_seconds_catalogue: float | None = setting(
        None,
        "Seconds after that in which texts, pictures and reviews are served marked STALE.",
        **_AGE,
    )
    fresh_seconds_price: float | None = setting(
        None, "Seconds a price is served without asking again. Unset: the supplier's own.", **_AGE
    )
    stale_seconds_price: float | None = setting(
        None, "Seconds after that in which a price is served marked STALE.", **_AGE
    )
    fresh_seconds_stock: float | None = setting(
        None, "Seconds a stock level is served without asking again. Unset: the supplier's own.", **_AGE
    )
    stale_seconds_stock: float | None = setting(
        None, "Seconds after that in which a stock level is served marked STALE.", **_AGE
    )

    fresh_seconds_freight: float | None = setting(
        None, "Seconds a shipping price is served without asking again. Unset: the supplier's own.", **_AGE
    )
    stale_seconds_freight: float | None = setting(
        None, "Seconds after that in which a shipping price is served marked STALE.", **_AGE
    )

    cache_max_entries: int = setting(
        20_000,
        "Answers kept in the memory of one process.",
        "a whole number from 0 to 10000000",
        ge=0,
        le=10_000_000,
    )
    cache_max_megabytes: int = setting(
        256, "Megabytes that those may take together.", "a whole number from 1 to 1000000", ge=1, le=1_000_000
    )

    log_format: Literal["auto", "console", "json"] = setting(
        "auto",
        "Log lines for people or for machines; auto: for people on a terminal.",
        "auto, console or json",
    )
    log_level: Literal["debug", "info", "warning", "error"] = setting(
        "info", "The least important events to log.", "debug, info, warning or error"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments first, then the given `environment`: nothing is looked up behind the caller's back."""
        del settings_cls, dotenv_settings, file_secret_settings
        assert isinstance(init_settings, InitSettingsSource)  # noqa: S101 - narrows for mypy, true by construction
        assert isinstance(env_settings, EnvSettingsSource)  # noqa: S101
        given = init_settings.init_kwargs.get("environment", {})
        env_settings.env_vars = {name.lower(): value for name, value in given.items() if value.strip()}
        return init_settings, env_settings

    @property
    def base_url(self) -> str:
        """Absolute address of the gateway for links, without a slash at the end."""
        if self.public_url:
            return self.public_url
        host = "localhost" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 - compared, not bound
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @property
    def secrets(self) -> tuple[str, ...]:
        """What quote ids are signed with, the first, and accepted with, all; empty when nothing was said."""
        return tuple(self.secret.split(",")) if self.secret else ()

    @property
    def cache_place(self) -> str:
        """Where answers are kept, in words fit for a log: never with a password."""
        return f"Redis at {without_password(self.redis_url)}" if self.redis_url else "memory of this process"

    def freshness(self) -> dict[Fact, Freshness]:
        """How long answers may be served, for the kinds of fact the operator decided about."""
        pairs = {
            Fact.CATALOGUE: (self.fresh_seconds_catalogue, self.stale_seconds_catalogue),
            Fact.PRICE: (self.fresh_seconds_price, self.stale_seconds_price),
            Fact.STOCK: (self.fresh_seconds_stock, self.stale_seconds_stock),
            Fact.FREIGHT: (self.fresh_seconds_freight, self.stale_seconds_freight),
        }
        return {
            fact: Freshness(fresh, stale)
            for fact, (fresh, stale) in pairs.items()
            if fresh is not None and stale is not None
        }


def load(environ: Mapping[str, str] | None = None, env_file: Path | None = Path(".env")) -> Settings:
    """
    Read the settings from the environment, and from a file for what the environment leaves out.

    Args:
        environ: The process environment; None reads the real one.
        env_file: Lines of NAME=value; a missing file is no problem, None reads no file.

    Raises:
        ConfigurationError: With every problem that was found.
    """
    kept = dotenv_values(env_file) if env_file is not None and env_file.is_file() else {}
    environment = {name: value for name, value in kept.items() if value is not None}
    environment |= os.environ if environ is None else environ
    return check(environment)


def check(environment: Mapping[str, str]) -> Settings:
    """The settings that these variables make. Raises ConfigurationError with every problem that was found."""
    try:
        settings = Settings(environment=dict(environment))
    except ValidationError as error:
        raise ConfigurationError(
            problem(Settings, detail, environment) for detail in error.errors()
        ) from None
    problems = list(_contradictions(settings))
    if problems:
        raise ConfigurationError(problems)
    return settings


def _contradictions(settings: Settings) -> Iterable[str]:
    if settings.workers > 1 and not settings.redis_url:
        yield (
            f"GATEWAY_WORKERS is {settings.workers}, but REDIS_URL is not set: each process would spend the "
            "supplier's quota as if it were alone, and a budget that is not shared is no budget. "
            "Set REDIS_URL, or use one worker."
        )
    if not settings.api_keys and settings.open_access == "false" and not is_loopback(settings.host):
        yield (
            f"GATEWAY_HOST is {settings.host}, where others reach the gateway, and without GATEWAY_API_KEYS "
            "it is open to all of them. Set GATEWAY_API_KEYS (`sourcescout keys new` makes an entry), or set "
            "GATEWAY_OPEN_ACCESS to true, or to simulated while no supplier is live."
        )
    for kind in ("CATALOGUE", "PRICE", "STOCK", "FREIGHT"):
        fresh, stale = (getattr(settings, f"{age}_seconds_{kind.lower()}") for age in ("fresh", "stale"))
        if (fresh is None) != (stale is None):
            yield (
                f"GATEWAY_FRESH_SECONDS_{kind} and GATEWAY_STALE_SECONDS_{kind} go together: set both, "
                "or neither for the supplier's own."
            )
