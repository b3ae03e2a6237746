"""The command line, as an operator meets it: run as a process, judged by what it prints and its exit code."""

import hashlib
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.quoting.border import read_border
from gateway.quoting.rates import open_rates
from tests.serving import ROOT, own_environment


def sourcescout(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "gateway", *arguments],
        cwd=folder,
        env=own_environment({"PYTHONPATH": str(ROOT), **environment}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_version(tmp_path: Path) -> None:
    """--version tells the package's version."""
    result = sourcescout(tmp_path, "--version")
    assert result.stdout == "sourcescout, version 0.1.0\n"


@pytest.mark.parametrize("command", ["serve", "check-config"])
def test_a_wrong_setting_stops_the_start(tmp_path: Path, command: str) -> None:
    """A wrong value ends the start with one plain line per problem, exit code 2, and no traceback."""
    result = sourcescout(tmp_path, command, GATEWAY_PORT="eighty", GATEWAY_WORKERS="none")
    assert result.returncode == 2
    assert result.stdout == ""
    first, second = result.stderr.splitlines()
    assert first.startswith("sourcescout: GATEWAY_PORT is 'eighty'")
    assert second.startswith("sourcescout: GATEWAY_WORKERS is 'none'")


def test_a_suppliers_wrong_setting_stops_the_start(tmp_path: Path) -> None:
    """A supplier's own variable is refused in the same way, without its value."""
    result = sourcescout(tmp_path, "serve", CJ_API_KEY="hunter2", GATEWAY_PORT="0")
    assert result.returncode == 2
    assert result.stderr.startswith("sourcescout: CJ_API_KEY ")
    assert "Traceback" not in result.stderr
    assert "hunter2" not in result.stderr


def test_workers_without_redis(tmp_path: Path) -> None:
    """Several workers without a shared budget do not start, and are told why."""
    result = sourcescout(tmp_path, "serve", "--workers", "2")
    assert result.returncode == 2
    assert "a budget that is not shared is no budget" in result.stderr


def test_a_fresh_key(tmp_path: Path) -> None:
    """`keys new` prints a key and its entry, which the gateway takes and never shows again."""
    made = sourcescout(tmp_path, "keys", "new", "--name", "shop", "--scopes", "order+read")
    assert made.returncode == 0
    (_, key), (_, entry) = (line.split() for line in made.stdout.splitlines())
    digest = hashlib.sha256(key.encode()).hexdigest()
    assert entry == f"shop:read+order:{digest}"
    assert key not in made.stderr
    shown = sourcescout(tmp_path, "check-config", GATEWAY_API_KEYS=entry)
    assert "by key: shop (read+order)\n" in shown.stdout
    assert digest not in shown.stdout + shown.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments", [(), ("--name", "My Shop"), ("--name", "shop", "--scopes", "read,write")]
)
def test_a_key_that_cannot_be_made(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """A key without a usable name or scope is not made, with the reason and exit code 2."""
    made = sourcescout(tmp_path, "keys", "new", *arguments)
    assert (made.returncode, made.stdout) == (2, "")
    assert "Error: " in made.stderr


def test_a_live_supplier_without_keys(tmp_path: Path) -> None:
    """A live supplier behind a gateway without keys does not start, and is told what would let it."""
    result = sourcescout(tmp_path, "serve", "--port", "0", CJ_API_KEY=f"CJ1@api@{'0123456789abcdef' * 2}")
    assert result.returncode == 2
    assert result.stderr.startswith("sourcescout: CJ Dropshipping would be live")
    assert "Traceback" not in result.stderr


def test_where_others_reach_it_without_keys(tmp_path: Path) -> None:
    """Listening on every address without keys is refused, also when an option asks for it."""
    result = sourcescout(tmp_path, "serve", "--host", "0.0.0.0")  # noqa: S104 - refused
    assert result.returncode == 2
    assert "GATEWAY_OPEN_ACCESS" in result.stderr


def test_an_unknown_supplier(tmp_path: Path) -> None:
    """A supplier that no installed package brings is named, with those there are."""
    result = sourcescout(tmp_path, "check-config", GATEWAY_PROVIDERS="cj,acme")
    assert result.returncode == 2
    assert "acme" in result.stderr
    assert "alibaba" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("variable", "content", "said"),
    [
        ("GATEWAY_BORDER_RULES", None, " cannot be read: No such file or directory."),
        ("GATEWAY_BORDER_TARIFFS", "[[tariff]]\nhs = 61\n", ", tariff 1 (61), to: it is missing"),
    ],
)
def test_border_rules_that_cannot_be_used(
    tmp_path: Path, variable: str, content: str | None, said: str
) -> None:
    """Rules or tariffs that cannot be used stop the start and name the variable, the file and the entry."""
    rules = tmp_path / "rules.toml"
    if content is not None:
        rules.write_text(content)
    result = sourcescout(tmp_path, "serve", "--port", "0", **{variable: str(rules)})
    assert result.returncode == 2
    assert result.stderr.startswith(f"sourcescout: {variable} cannot be used: {rules}{said}")
    assert "Traceback" not in result.stderr


def test_what_quotes_rest_on(tmp_path: Path) -> None:
    """check-config names the files of rules and tariffs, their day, and the day of the exchange rates."""
    tariffs = tmp_path / "tariffs.toml"
    tariffs.write_text(
        '[[tariff]]\nto = ["US"]\nhs = ["9405"]\nrate = 0.039\nvalid_from = 2026-01-01\n'
        'source = "https://example.com/lamps"\n'
    )
    result = sourcescout(tmp_path, "check-config", GATEWAY_BORDER_TARIFFS=str(tariffs))
    assert result.returncode == 0, result.stderr
    assert (
        f"duties     packaged border.toml, compared with its sources on {read_border().as_of}"
        in result.stdout
    )
    assert f"; 2 tariffs with those of {tariffs}\n" in result.stdout
    assert f"reference rates of {open_rates().as_of}\n" in result.stdout


def test_a_taken_port(tmp_path: Path) -> None:
    """A port in use is one clear line, not a traceback."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = sourcescout(tmp_path, "serve", "--port", str(taken.getsockname()[1]))
    assert result.returncode == 2
    assert "Nothing can listen at 127.0.0.1:" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_misspelt_variable(tmp_path: Path) -> None:
    """A variable that is almost one of ours is pointed out; it stops nothing."""
    result = sourcescout(tmp_path, "check-config", GATEWAY_PROT="1", CJ_APIKEY="hunter2")
    assert result.returncode == 0
    assert "Did you mean GATEWAY_PORT?" in result.stderr
    assert "Did you mean CJ_API_KEY?" in result.stderr
    assert "hunter2" not in result.stderr + result.stdout


def test_check_config_tells_all_but_secrets(tmp_path: Path) -> None:
    """check-config shows mode, budget and cache, reads `.env`, and prints no secret."""
    (tmp_path / ".env").write_text("REDIS_URL=redis://me:hunter2@cache:6379/3\nGATEWAY_CACHE_MAX_ENTRIES=4\n")
    result = sourcescout(tmp_path, "check-config", CJ_ACCESS_TOKEN="", GATEWAY_PROVIDERS="cj,alibaba")
    assert result.returncode == 0, result.stderr
    assert "SIMULATED" in result.stdout
    assert "SAMPLE" in result.stdout
    assert "1 request/s, 50,000 points/day" in result.stdout
    assert "Redis at cache:6379/3" in result.stdout
    assert "GATEWAY_CACHE_MAX_ENTRIES          4\n" in result.stdout
    assert "hunter2" not in result.stdout + result.stderr


def test_schema_is_printed(tmp_path: Path) -> None:
    """`schema` prints the schema, or writes it to a file as a whole."""
    printed = sourcescout(tmp_path, "schema")
    assert "type Query" in printed.stdout
    written = sourcescout(tmp_path, "schema", "--output", "out.graphql")
    assert written.returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["out.graphql"]
    assert (tmp_path / "out.graphql").read_text() == printed.stdout


def test_simulator_switches(tmp_path: Path) -> None:
    """`simulator` is the simulator's own command, switches and all."""
    result = sourcescout(tmp_path, "simulator", "--help")
    assert result.returncode == 0
    assert "--daily-points" in result.stdout
