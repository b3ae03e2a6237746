"""Running the gateway as a server: what it says when it starts, its socket, and its worker processes."""

import contextlib
import math
import os
import signal
import socket
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import version

import click
import structlog
import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from gateway import app, log, settings, wiring
from gateway.quoting.references import References
from gateway.settings import Settings
from gateway.storage.opening import DEFAULT_URL
from gateway.variables import ConfigurationError, is_loopback, without_password
from gateway.web import landing
from providers.clock import SystemClock
from providers.declaring import Declaration
from providers.upstream import Limits

VERSION = version("sourcescout-gateway")
KEEP_ALIVE_SECONDS = 75
"""
How long an idle connection stays open: longer than clients and proxies keep theirs (httpx 5 s, nginx and
load balancers 60 s), so that it is they who close it. uvicorn's own 5 s would now and then close a
connection under a request that is just coming in.
"""


def serve(given: Settings) -> None:
    """
    Serve until told to stop; requests under way get `shutdown_seconds` to finish.

    Raises:
        ConfigurationError: Nothing can listen at the configured address, or a file of rules cannot be used.
        ProviderConfigurationError: A supplier's variables are wrong.
    """
    log.configure(given.log_format, given.log_level)
    declared, basis = wiring.describe(given), wiring.references(given)
    with _listening(given) as listener:
        bound = given.model_copy(update={"port": listener.getsockname()[1]})
        _announce(bound, declared, basis)
        if given.workers == 1:
            _run_alone(bound, listener)
        else:
            # Workers are new processes, which read their settings again: from this environment.
            os.environ |= {"GATEWAY_HOST": bound.host, "GATEWAY_PORT": str(bound.port)}
            config = _server_config("gateway.serving:application", bound, factory=True)
            Multiprocess(config, sockets=[listener]).run()


def application() -> FastAPI:
    """The application of one worker process, configured by the environment it inherited."""
    own = settings.load()
    log.configure(own.log_format, own.log_level)
    return app.create_app(own)


def outline(given: Settings, declared: Sequence[Declaration], basis: References) -> list[tuple[str, str]]:
    """What the gateway will do, as pairs of a subject and a sentence; no secrets."""
    lines = [("endpoint", f"{given.base_url}/graphql (in a browser: GraphiQL with worked examples)")]
    lines += [(supplier.code, _supplier(supplier)) for supplier in declared]
    lines.append(("access", _access(given)))
    lines += basis.in_words()
    memory = f"up to {given.cache_max_entries:,} answers and {given.cache_max_megabytes} MB a process"
    lines.append(("cache", f"{given.cache_place}; {memory}"))
    if given.workers > 1:
        lines.append(("workers", f"{given.workers} processes, sharing budget and cache through Redis"))
    lines.append(("orders", _orders(given)))
    return lines


def _orders(given: Settings) -> str:
    caps = [
        f"at most {cap} USD {whose}"
        for cap, whose in ((given.spend_cap_per_order, "an order"), (given.spend_cap_per_day, "a day"))
        if cap is not None
    ]
    url = given.database_url or DEFAULT_URL
    place = url.partition("///")[2] if url.startswith("sqlite") else without_password(url)
    words = f"ledger in {place}; {' and '.join(caps) or 'no cap on what is spent'}"
    return f"{words}; policy of {given.order_policy}" if given.order_policy else words


def _access(given: Settings) -> str:
    if given.api_keys:
        return f"by key: {', '.join(str(key.caller) for key in given.api_keys)}"
    reach = "this machine" if is_loopback(given.host) else f"whatever reaches {given.host}"
    return f"open to {reach}, without a key"


def _supplier(supplier: Declaration) -> str:
    budget = _budget(supplier.limits)
    words = f"{supplier.mode.value}, {landing.in_words(supplier)}"
    return f"{words}; budget {budget}" if budget else words


def _budget(limits: Limits) -> str:
    parts = [
        f"{rate.per_second:g} request{'s' * (rate.per_second != 1)}/s"
        for rate in limits.rates
        if not rate.scope
    ]
    if limits.allowance:
        parts.append(f"{limits.allowance.per_day:,} points/day")
    return ", ".join(parts)


def _announce(given: Settings, declared: Sequence[Declaration], basis: References) -> None:
    lines = outline(given, declared, basis)
    warnings = list(basis.warnings(SystemClock().now().date()))
    if not log.is_console(given.log_format):
        logger = structlog.get_logger(__name__)
        logger.info("gateway.starting", version=VERSION, **dict(lines))
        for line in warnings:
            logger.warning("gateway.outdated", problem=line)
        return
    click.secho(f"SourceScout Gateway {VERSION}", bold=True, err=True)
    for subject, words in lines:
        click.echo(f"  {subject:<10} {words}", err=True)
    for line in warnings:
        click.secho(f"  {line}", fg="yellow", err=True)
    click.echo("  Ctrl+C stops it.", err=True)


@contextlib.contextmanager
def _listening(given: Settings) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in given.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((given.host, given.port))
            # A port that another process only holds is found out by listening, not by binding.
            listener.listen(2048)
        except OSError as error:
            problem = (
                f"Nothing can listen at {given.host}:{given.port} ({error.strerror or error}). Is another "
                "gateway running? GATEWAY_HOST and GATEWAY_PORT, or --port, choose where."
            )
            raise ConfigurationError([problem]) from None
        listener.set_inheritable(True)
        yield listener


def _run_alone(given: Settings, listener: socket.socket) -> None:
    # When it has shut down, uvicorn repeats the signal that told it to: a stop that went well is no failure.
    signal.signal(signal.SIGTERM, lambda _signal, _frame: sys.exit(0))
    server = uvicorn.Server(_server_config(app.create_app(given), given))
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listener])
    if not server.started:
        raise SystemExit(1)


def _server_config(target: FastAPI | str, given: Settings, *, factory: bool = False) -> uvicorn.Config:
    return uvicorn.Config(
        target,
        factory=factory,
        host=given.host,
        port=given.port,
        workers=given.workers,
        lifespan="on",
        log_config=None,  # log.configure has done it
        access_log=False,  # log.RequestId writes one event per request, without query strings
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=math.ceil(given.shutdown_seconds),
    )
