"""The command `sourcescout`: serve, schema, simulator, check-config, keys. Also `python -m gateway`."""

import contextlib
import functools
import importlib
import importlib.metadata
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec

import click

from gateway import access, settings
from gateway.settings import Settings
from gateway.variables import ConfigurationError, misspelt, variables
from providers.clock import SystemClock
from providers.port import ProviderConfigurationError

_P = ParamSpec("_P")
_WRONG_CONFIGURATION = 2


def _refusing(command: Callable[_P, None]) -> Callable[_P, None]:
    """Turns a wrong configuration into plain lines and exit code 2."""

    @functools.wraps(command)
    def wrapped(*args: _P.args, **kwargs: _P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except (ConfigurationError, ProviderConfigurationError) as error:
            problems = error.problems if isinstance(error, ConfigurationError) else [str(error)]
            for line in problems:
                click.echo(f"sourcescout: {line}", err=True)
            sys.exit(_WRONG_CONFIGURATION)

    return wrapped


@click.group()
@click.version_option(importlib.metadata.version("sourcescout-gateway"), prog_name="sourcescout")
def main() -> None:
    """One GraphQL endpoint for every dropshipping supplier, inside each supplier's quota."""


@main.command()
@click.option("--host", help="Address to listen on, in place of GATEWAY_HOST.")
@click.option("--port", help="Port to listen on, in place of GATEWAY_PORT.")
@click.option("--workers", help="Worker processes, in place of GATEWAY_WORKERS.")
@_refusing
def serve(host: str | None, port: str | None, workers: str | None) -> None:
    """Serve the gateway until Ctrl+C."""
    options = {"GATEWAY_HOST": host, "GATEWAY_PORT": port, "GATEWAY_WORKERS": workers}
    # An option is its variable, written shorter: worker processes inherit the environment and read it there.
    os.environ |= {name: value for name, value in options.items() if value is not None}
    given = _load()
    # Only now: building the schema takes a second, and a wrong setting should be told at once.
    from gateway import serving  # noqa: PLC0415

    serving.serve(given)


@main.command()
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="File; else standard output.")
def schema(output: Path | None) -> None:
    """Print the GraphQL schema with its descriptions."""
    from gateway.schema import schema as exported  # noqa: PLC0415 - as in `serve`

    text = exported.as_str().rstrip() + "\n"
    if output is None:
        click.echo(text, nl=False)
        return
    beside = output.with_name(output.name + ".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(output)


@main.command(
    add_help_option=False, context_settings={"ignore_unknown_options": True, "allow_extra_args": True}
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def simulator(arguments: tuple[str, ...]) -> None:
    """Serve the CJ simulator by itself; --help lists its switches."""
    # A program of its own: the gateway never shares a process with the simulator's code by importing it here.
    os.execv(sys.executable, [sys.executable, "-m", "providers.cj.simulator", *arguments])  # noqa: S606


@main.command("check-config")
@_refusing
def check_config() -> None:
    """Show what the gateway would do with this environment; no secrets, exit code 2 when it would refuse."""
    given = _load()
    from gateway import serving, wiring  # noqa: PLC0415 - as in `serve`

    basis = wiring.references(given)
    for subject, words in serving.outline(given, wiring.describe(given), basis):
        click.echo(f"{subject:<10} {words}")
    for line in basis.warnings(SystemClock().now().date()):
        click.echo(f"sourcescout: {line}", err=True)
    click.echo("")
    for variable in variables(Settings):
        value = given.environment.get(variable.name, "").strip()
        shown = "(set, not shown)" if value and variable.secret else value or variable.default or "(unset)"
        click.echo(f"{variable.name:<34} {shown}")
    for name in sorted(_provider_variables()):
        # A provider's variable may be a secret; only it knows which.
        click.echo(f"{name:<34} {'(set)' if given.environment.get(name, '').strip() else '(unset)'}")


@main.group()
def keys() -> None:
    """Keys that open the gateway to its clients."""


@keys.command()
@click.option("--name", required=True, help="What logs call the key's holder.")
@click.option("--scopes", default="read", show_default=True, help="What it may do: read, order, pay, admin.")
def new(name: str, scopes: str) -> None:
    """Print a fresh key, kept nowhere, and its entry for GATEWAY_API_KEYS."""
    try:
        key, entry = access.new_key(name, scopes)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    click.echo(f"key    {key}\nentry  {entry}")
    click.echo(
        "Give the key to its holder, who sends it as `Authorization: Bearer <key>`: it is not shown again. "
        "Add the entry to GATEWAY_API_KEYS, with a comma behind those that are there, and start the gateway "
        "anew.",
        err=True,
    )


def _load() -> Settings:
    given = settings.load()
    known = {variable.name for variable in variables(Settings)} | _provider_variables()
    for line in misspelt(given.environment, known):
        click.echo(f"sourcescout: {line}", err=True)
    return given


def _provider_variables() -> set[str]:
    """What the installed providers read, as far as they tell: `VARIABLES` beside a provider's factory."""
    points = importlib.metadata.entry_points(group="sourcescout.providers")
    names: set[str] = set()
    for point in points:
        # A package that cannot be imported matters when its supplier is asked for, not here.
        with contextlib.suppress(ImportError):
            listed = getattr(importlib.import_module(point.module), "VARIABLES", ())
            names |= {variable.name for variable in listed}
    return names
