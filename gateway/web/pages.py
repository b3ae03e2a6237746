"""
Routes of the pages: the landing page, the comparison, the schema as text, and the files that pages load.

GraphiQL itself is at /graphql.
"""

from collections.abc import Collection, Sequence
from datetime import date
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from gateway.schema import schema
from gateway.web import assets, compare, landing
from gateway.web.graphiql import ASSETS_PATH, VENDOR_PATH
from providers.declaring import Declaration

_STATIC = Path(__file__).parent / "static"


class _Files(StaticFiles):
    """A folder of files that says how long browsers may keep them."""

    def __init__(self, directory: Path, keep: str) -> None:
        super().__init__(directory=directory, check_dir=False)
        self._keep = keep

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = self._keep
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def routes(
    suppliers: Sequence[Declaration],
    version: str,
    base_url: str,
    *,
    currencies: Collection[str],
    rules_day: date,
) -> list[BaseRoute]:
    """
    The routes to add to the application.

    Args:
        suppliers: What the enabled suppliers declare, in their order.
        version: The gateway's version.
        base_url: Where clients reach it, without a slash at the end.
        currencies: All that prices can be converted into.
        rules_day: When the rules of import were last compared with their sources.
    """
    page = landing.render(suppliers, version, base_url)
    comparison = compare.render(suppliers, base_url, currencies=currencies, rules_day=rules_day)
    text = schema.as_str()

    async def home(_request: Request) -> HTMLResponse:
        return HTMLResponse(page)

    async def compared(_request: Request) -> HTMLResponse:
        return HTMLResponse(comparison)

    async def described(_request: Request) -> PlainTextResponse:
        return PlainTextResponse(text)

    return [
        Route("/", home),
        Route("/compare", compared),
        Route("/schema.graphql", described),
        # The versions are part of the names.
        Mount(VENDOR_PATH, _Files(assets.VENDOR, "public, max-age=31536000, immutable")),
        Mount(ASSETS_PATH, _Files(_STATIC, "no-cache")),
    ]
