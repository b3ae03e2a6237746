"""The ASGI application: routes and lifespan, nothing else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from starlette.routing import Mount

from gateway import health, log, settings, wiring
from gateway.door import GraphQLDoor
from gateway.orders.means import Patience
from gateway.services import Services
from gateway.settings import Settings
from gateway.web import pages
from providers.clock import Clock


def create_app(
    given: Settings | None = None, *, clock: Clock | None = None, patience: Patience | None = None
) -> FastAPI:
    """
    The gateway as an application; suppliers, Redis and caches open in its lifespan and close there.

    Args:
        given: None reads the environment.
        clock: None is the machine's own.
        patience: How long is waited for what where orders are in doubt; None is the usual.
    """
    chosen = settings.load() if given is None else given
    running: list[Services] = []

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with wiring.open_services(chosen, clock=clock, patience=patience) as services:
            sites = {code: supplier.provider.site for code, supplier in services.suppliers.items()}
            app.router.routes += [
                Mount(f"{wiring.SITES_PATH}/{code}", site) for code, site in sites.items() if site is not None
            ]
            declared = [supplier.declaration for supplier in services.suppliers.values()]
            app.router.routes += pages.routes(
                declared,
                version("sourcescout-gateway"),
                chosen.base_url,
                currencies=services.pricing.rates.currencies,
                rules_day=services.pricing.border.book.as_of,
            )
            app.state.services = services
            running.append(services)
            yield
            running.clear()

    app = FastAPI(
        title="SourceScout Gateway", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None
    )
    app.include_router(GraphQLDoor(lambda: running[0]))
    app.router.routes += health.routes(lambda: running[0] if running else None)
    app.add_middleware(log.RequestId)
    return app
