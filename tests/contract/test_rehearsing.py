"""The promise about rehearsals bites: it passes for who keeps it, and fails for who asks all the same."""

from dataclasses import replace

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from providers.contract.rehearsing import Rehearsing
from providers.declaring import Capability, Feature, Support
from providers.model import Category
from providers.port import Provider, ProviderContext
from providers.skeleton import Skeleton
from providers.upstream import Ask, Call, CallPolicy, Fact, Fetched, Reply, Source
from tests.pipelines import DECLARATION
from tests.shelf import NOW

POLICY = CallPolicy("category.list", facts=frozenset({Fact.CATALOGUE}))


async def _empty(request: Request) -> JSONResponse:
    del request
    return JSONResponse([])


SHOP = Starlette(routes=[Route("/categories", _empty)])


class Shop(Skeleton):
    """Lists its categories, which are none, through its upstream or past it."""

    def __init__(self, context: ProviderContext, *, goes_past: bool) -> None:
        offered = Capability(Feature.CATEGORIES, Support.SUPPORTED)
        super().__init__(replace(DECLARATION, capabilities=(offered,)))
        self._http: httpx.AsyncClient = context.open_http("http://shop.example", app=SHOP)
        self._upstream = context.open_upstream(self.declaration, self._exchange)
        self._goes_past = goes_past

    async def _exchange(self, call: Call[tuple[Category, ...]]) -> Reply:
        return Reply((await self._http.request(call.method, call.path)).json())

    async def categories(self, ask: Ask) -> Fetched[tuple[Category, ...]]:
        """As the shop has them."""
        call: Call[tuple[Category, ...]] = Call(POLICY, "GET", "/categories", tuple)
        if self._goes_past:
            return Fetched(call.read((await self._exchange(call)).payload), NOW, None, Source.LIVE)
        return await self._upstream.fetch(call, ask)


class Honest(Rehearsing):
    """Asks through its upstream."""

    def build(self, context: ProviderContext) -> Provider:
        """As said."""
        return Shop(context, goes_past=False)


class Cheating(Rehearsing):
    """Has a way out that no rehearsal closes."""

    def build(self, context: ProviderContext) -> Provider:
        """As said."""
        return Shop(context, goes_past=True)


async def test_who_asks_in_a_rehearsal_is_found_out() -> None:
    """A provider that sends a request for a rehearsal breaks the promise, and the request is named."""
    with pytest.raises(AssertionError, match="GET /categories"):
        await Cheating().test_a_rehearsal_asks_nothing()


async def test_who_asks_the_upstream_keeps_it() -> None:
    """A provider that asks through its upstream keeps the promise, also where no answer can be imagined."""
    await Honest().test_a_rehearsal_asks_nothing()
