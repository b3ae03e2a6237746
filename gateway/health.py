"""Liveness and readiness: whether the process runs, and which of its parts are degraded."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from gateway.orders.book import LedgerReader
from gateway.services import Services
from gateway.storage.engine import StorageGone
from gateway.upstream.breaker import Status

log = structlog.get_logger(__name__)

_PATIENCE = 2.0
"""Seconds for the ledger's answer: whoever asks for readiness waits no longer than that himself."""
_NO_ORDERS = "nothing can be ordered or paid meanwhile"
_ALONE = "a cautious share of the budget while Redis is away, none if it was never reached since the start"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the running gateway."""

    status: str
    """"ok", or "degraded": served all the same, less well."""
    detail: str


async def parts_of(services: Services) -> dict[str, Part]:
    """Every part and how it does."""
    parts: dict[str, Part] = {}
    if services.redis is None:
        parts["redis"] = Part("ok", "not configured: this process keeps everything in memory")
    elif services.redis.up:
        parts["redis"] = Part("ok", "answers")
    else:
        parts["redis"] = Part("degraded", f"away: memory only; {_ALONE}")
    if services.ledger is not None:
        parts["ledger"] = await _ledger(services.ledger)
    for code, supplier in services.suppliers.items():
        mode = supplier.declaration.mode.value
        if supplier.outlook is None:
            parts[code] = Part("ok", f"{mode}: no calls are made")
            continue
        health, budget = supplier.outlook.health(), await supplier.outlook.budget_state()
        quota = f"{budget.requests_per_second:g} requests/s"
        if budget.points_remaining is not None:
            quota += f", {budget.points_remaining} points left"
        if health.status is Status.DOWN:
            parts[code] = Part("degraded", f"{mode}: fails and is left alone for now; {quota}")
        elif health.status is Status.DEGRADED:
            parts[code] = Part("degraded", f"{mode}: some calls fail; {quota}")
        elif budget.degraded:
            parts[code] = Part("degraded", f"{mode}: {_ALONE}")
        else:
            parts[code] = Part("ok", f"{mode}: {quota}")
    return parts


async def _ledger(ledger: LedgerReader) -> Part:
    """Whether orders can be taken, and of how many it is not known how they stand."""
    try:
        async with asyncio.timeout(_PATIENCE):
            doubtful = await ledger.in_doubt()
    except TimeoutError:
        return Part("degraded", f"does not answer within {_PATIENCE:g} s: {_NO_ORDERS}")
    except StorageGone as error:
        # Anybody may ask; why it is away names files and hosts.
        log.warning("health.ledger_gone", reason=str(error))
        return Part("degraded", f"cannot be used, the log says why: {_NO_ORDERS}")
    return Part("ok", f"answers; {doubtful} order{'s' * (doubtful != 1)} in doubt")


def routes(services: Callable[[], Services | None]) -> list[BaseRoute]:
    """`/healthz` and `/readyz`. A degraded gateway is ready: it answers, and says what it lacks."""

    async def alive(_request: Request) -> JSONResponse:
        return JSONResponse({"status": "ok"})

    async def ready(_request: Request) -> JSONResponse:
        running = services()
        if running is None:
            return JSONResponse({"status": "starting", "parts": {}}, status_code=503)
        parts = await parts_of(running)
        degraded = any(part.status != "ok" for part in parts.values())
        body: dict[str, Any] = {
            "status": "degraded" if degraded else "ok",
            "parts": {name: {"status": part.status, "detail": part.detail} for name, part in parts.items()},
        }
        return JSONResponse(body)

    return [Route("/healthz", alive), Route("/readyz", ready)]
