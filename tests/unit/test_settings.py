"""Settings: what an operator may write, what is refused, and how that is said."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.serving import outline
from gateway.settings import Settings, check, load
from gateway.variables import ConfigurationError, misspelt, variables, without_password
from gateway.wiring import references
from providers.upstream import Fact, Freshness

OPEN = {"GATEWAY_OPEN_ACCESS": "true"}
HASH = hashlib.sha256(b"a key of somebody").hexdigest()


def problems(environment: dict[str, str]) -> tuple[str, ...]:
    with pytest.raises(ConfigurationError) as refusal:
        check(environment)
    return refusal.value.problems


def test_nothing_configured() -> None:
    """Without any variable the gateway serves this machine alone, in one process, from memory."""
    settings = check({})
    assert (settings.host, settings.port, settings.workers) == ("127.0.0.1", 8000, 1)
    assert settings.redis_url is None
    assert settings.providers is None
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.freshness() == {}


def test_reads_nothing_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings() never looks at the machine's environment; load() does."""
    monkeypatch.setenv("GATEWAY_PORT", "8123")
    assert Settings().port == 8000
    assert load(env_file=None).port == 8123


def test_environment_over_file(tmp_path: Path) -> None:
    """A variable of the environment beats the same one in `.env`, which fills in the rest."""
    file = tmp_path / ".env"
    file.write_text("GATEWAY_PORT=1111\nGATEWAY_HOST=::1\nCJ_POINTS_PER_DAY=7\n# GATEWAY_WORKERS=x\n")
    settings = load({"GATEWAY_PORT": "2222"}, file)
    assert (settings.host, settings.port) == ("::1", 2222)
    assert settings.environment["CJ_POINTS_PER_DAY"] == "7"
    assert load({}, tmp_path / "missing").port == 8000


@pytest.mark.parametrize("empty", ["", " ", "\t"])
def test_empty_is_unset(empty: str) -> None:
    """A variable that is there and empty counts as not there."""
    settings = check({"GATEWAY_PORT": empty, "REDIS_URL": empty, "GATEWAY_PROVIDERS": empty})
    assert settings.model_dump() == check({}).model_dump()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GATEWAY_PORT", "eighty"),
        ("GATEWAY_PORT", "65536"),
        ("GATEWAY_PORT", "-1"),
        ("GATEWAY_WORKERS", "0"),
        ("GATEWAY_PROVIDERS", "cj,cj"),
        ("GATEWAY_PROVIDERS", "cj;alibaba"),
        ("GATEWAY_PROVIDERS", ","),
        ("GATEWAY_PUBLIC_URL", "shop.example"),
        ("GATEWAY_SEARCH_DEADLINE_SECONDS", "0"),
        ("GATEWAY_READ_DEADLINE_SECONDS", "nan"),
        ("GATEWAY_WRITE_DEADLINE_SECONDS", "inf"),
        ("GATEWAY_FRESH_SECONDS_PRICE", "-1"),
        ("GATEWAY_STALE_SECONDS_PRICE", "inf"),
        ("GATEWAY_CACHE_MAX_MEGABYTES", "lots"),
        ("GATEWAY_OPEN_ACCESS", "yes"),
        ("GATEWAY_LOG_FORMAT", "xml"),
        ("GATEWAY_LOG_LEVEL", "loud"),
    ],
)
def test_wrong_value(name: str, value: str) -> None:
    """A wrong value is answered with its variable's name, the value, and what is allowed."""
    (problem,) = problems({name: value})
    assert problem.startswith(f"{name} is '{value}', which cannot be used")
    assert "Allowed: " in problem
    assert "None" not in problem


def test_caps_on_spending() -> None:
    """A cap is an exact amount; nothing may be spent under a cap of 0, and none is none."""
    caps = check({"GATEWAY_SPEND_CAP_PER_ORDER": "250.10", "GATEWAY_SPEND_CAP_PER_DAY": "0"})
    assert [str(cap) for cap in (caps.spend_cap_per_order, caps.spend_cap_per_day)] == ["250.10", "0"]
    assert check({}).spend_cap_per_order is None
    for wrong in ("-1", "much", "NaN", "Infinity", "1" * 30):
        (problem,) = problems({"GATEWAY_SPEND_CAP_PER_DAY": wrong})
        assert problem.startswith("GATEWAY_SPEND_CAP_PER_DAY")


def test_what_is_said_of_money_at_the_start() -> None:
    """The start tells where the ledger is, without its password, and which caps hold."""
    basis = references(check({}))
    unset = dict(outline(check({}), [], basis))
    assert unset["orders"] == "ledger in sourcescout.db; no cap on what is spent"
    url = "postgresql://user:secret@db/orders"
    told = dict(outline(check({"DATABASE_URL": url, "GATEWAY_SPEND_CAP_PER_DAY": "99.90"}), [], basis))
    assert told["orders"] == "ledger in db/orders; at most 99.90 USD a day"


@pytest.mark.parametrize("name", ["REDIS_URL", "DATABASE_URL"])
@pytest.mark.parametrize("value", ["mysql://me:hunter2@host/db", "hunter2", "redis//hunter2"])
def test_wrong_secret(name: str, value: str) -> None:
    """The value of a variable that may hold a password is not repeated."""
    (problem,) = problems({name: value})
    assert problem.startswith(f"{name} cannot be used")
    assert "hunter2" not in problem


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://shop@/orders?host=/run/postgresql",
        "postgresql://shop:@/orders?host=/run/postgresql",
        "postgresql:///orders?host=/run/postgresql",
        "postgresql+asyncpg://shop@db:5432/orders",
        "sqlite:////var/lib/orders.db",
    ],
)
def test_where_the_ledger_may_be(url: str) -> None:
    """The ledger's address is a file, a host, or a socket with or without a user."""
    assert check({"DATABASE_URL": url}).database_url == url


def test_every_problem_at_once() -> None:
    """Several wrong values are told together, one sentence each."""
    told = problems({"GATEWAY_PORT": "x", "GATEWAY_LOG_LEVEL": "y", "REDIS_URL": "z"})
    assert [line.split()[0] for line in told] == ["GATEWAY_PORT", "REDIS_URL", "GATEWAY_LOG_LEVEL"]


def test_workers_need_redis() -> None:
    """More than one worker without Redis is refused with the reason; with Redis it is not."""
    (problem,) = problems({"GATEWAY_WORKERS": "2"})
    assert "REDIS_URL" in problem
    assert "a budget that is not shared is no budget" in problem
    assert check({"GATEWAY_WORKERS": "2", "REDIS_URL": "redis://localhost"}).workers == 2


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "gateway.example", "127.0.0.1.example"])  # noqa: S104 - as above
def test_where_others_reach_it(host: str) -> None:
    """Without keys a gateway listens where others reach it only when it is told that it may be open."""
    (problem,) = problems({"GATEWAY_HOST": host})
    assert "GATEWAY_API_KEYS" in problem
    assert "GATEWAY_OPEN_ACCESS" in problem
    for more in (OPEN, {"GATEWAY_OPEN_ACCESS": "simulated"}, {"GATEWAY_API_KEYS": f"shop:read:{HASH}"}):
        assert check({"GATEWAY_HOST": host, **more}).host == host


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "localhost", "LOCALHOST"])
def test_where_nobody_else_reaches_it(host: str) -> None:
    """On a loopback address a gateway needs no keys."""
    assert check({"GATEWAY_HOST": host}).host == host


def test_keys() -> None:
    """Blanks, line breaks and capitals in entries do not matter, and no hash is in any representation."""
    settings = check({"GATEWAY_API_KEYS": f" Shop:READ+order:{HASH.upper()} ,\n till:pay:{HASH[::-1]},"})
    assert settings.api_keys is not None
    assert [str(key.caller) for key in settings.api_keys] == ["shop (read+order)", "till (pay)"]
    assert settings.api_keys[0].sha256 == HASH
    assert HASH[:8] not in f"{settings!r} {settings}"


@pytest.mark.parametrize(
    "value",
    [
        ",",
        "5ecret",
        "shop:read:5ecret",
        f"shop:5ecret:{HASH}",
        f"5ecret!:read:{HASH}",
        f"a:read:{HASH},b:pay:{HASH}",
    ],
)
def test_keys_that_cannot_be_used(value: str) -> None:
    """Wrong entries, and a list without any, stop the start: nothing falls open, and nothing is repeated."""
    (problem,) = problems({"GATEWAY_API_KEYS": value})
    assert problem.startswith("GATEWAY_API_KEYS cannot be used (entr") or value == ","
    assert "5ecret" not in problem
    assert HASH not in problem


def test_suppliers_by_name() -> None:
    """Suppliers are named with commas between them; blanks and capitals do not matter, order does."""
    assert check({"GATEWAY_PROVIDERS": " Alibaba , cj,"}).providers == ("alibaba", "cj")


def test_freshness_pairs() -> None:
    """Freshness is set as a pair per kind of fact; half a pair is refused by name."""
    given = {"GATEWAY_FRESH_SECONDS_STOCK": "30", "GATEWAY_STALE_SECONDS_STOCK": "600"}
    assert check(given).freshness() == {Fact.STOCK: Freshness(30, 600)}
    (problem,) = problems({"GATEWAY_FRESH_SECONDS_STOCK": "30"})
    assert "GATEWAY_STALE_SECONDS_STOCK" in problem


@pytest.mark.parametrize(
    ("given_values", "expected"),
    [
        ({"GATEWAY_HOST": "0.0.0.0", "GATEWAY_PORT": "9", **OPEN}, "http://localhost:9"),  # noqa: S104 - a value
        ({"GATEWAY_HOST": "::1"}, "http://[::1]:8000"),
        ({"GATEWAY_PUBLIC_URL": "https://api.shop.example/"}, "https://api.shop.example"),
    ],
)
def test_base_url(given_values: dict[str, str], expected: str) -> None:
    """Links begin with the public address when there is one, else with one that a browser here can open."""
    assert check(given_values).base_url == expected


def test_secrets_are_not_printed() -> None:
    """Printing the settings shows no address that can hold a password, and no provider's variables."""
    settings = check({"REDIS_URL": "redis://me:hunter2@cache:6379/1", "CJ_API_KEY": "CJ1@api@hunter2"})
    assert "hunter2" not in f"{settings!r} {settings} {settings.cache_place}"
    assert settings.cache_place == "Redis at cache:6379/1"
    assert settings.model_dump_json(exclude={"redis_url"}).count("hunter2") == 0


@pytest.mark.parametrize(
    ("given_secret", "secrets"),
    [
        ("the new secret of the shop", ("the new secret of the shop",)),
        (
            "the new secret of the shop, the old secret of it",
            ("the new secret of the shop", "the old secret of it"),
        ),
        ("the new secret of the shop," + " " * 20, None),
        (" " * 20 + ",the new secret of the shop", None),
        ("the new secret of the shop,", None),
        ("short" + " " * 20, None),
        (" " * 20, ()),
    ],
)
def test_secrets_without_their_blanks(given_secret: str, secrets: tuple[str, ...] | None) -> None:
    """Blanks around a secret are not part of it: they neither lengthen one nor spoil one behind a comma."""
    if secrets is not None:
        assert check({"GATEWAY_SECRET": given_secret}).secrets == secrets
        return
    (problem,) = problems({"GATEWAY_SECRET": given_secret})
    assert problem.startswith("GATEWAY_SECRET cannot be used")
    assert "secret of the shop" not in problem


def test_misspelt_variables() -> None:
    """A variable with one of our prefixes that is not ours is named, with the one that was probably meant."""
    known = [*(variable.name for variable in variables(Settings)), "CJ_API_KEY", "CJ_BASE_URL"]
    told = misspelt(
        {"GATEWAY_PROT": "1", "CJ_APIKEY": "x", "GATEWAY_XYZZY": "", "REDIS_TLS": "", "HOME": ""}, known
    )
    assert [line.split()[0] for line in told] == ["CJ_APIKEY", "GATEWAY_PROT", "GATEWAY_XYZZY"]
    assert "CJ_API_KEY?" in told[0]
    assert "GATEWAY_PORT?" in told[1]
    assert ".env.example" in told[2]
    assert misspelt(dict.fromkeys(known, "1"), known) == []


@given(st.dictionaries(st.sampled_from([v.name for v in variables(Settings)]), st.text(max_size=20)))
def test_any_text(environment: dict[str, str]) -> None:
    """Whatever is written into the variables is either usable or refused with a name."""
    try:
        check(environment)
    except ConfigurationError as refusal:
        names = {variable.name for variable in variables(Settings)}
        assert all(any(name in line for name in names) for line in refusal.problems)  # noqa: PT017 - both ways are right


@given(user=st.text("abc", min_size=1), password=st.text("xyz123!$%", min_size=1))
def test_without_password(user: str, password: str) -> None:
    """What is shown of an address is its host, port and path."""
    assert without_password(f"redis://{user}:{password}@cache:6379/2") == "cache:6379/2"
