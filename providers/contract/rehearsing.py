"""The promise about rehearsals: what a query costs can be told at any supplier without asking it anything."""

import contextlib
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import replace

import httpx

from providers import model
from providers.contract.quoting import some_parcels
from providers.contract.subject import Promises, Subject
from providers.contract.support import provider_context
from providers.declaring import Feature
from providers.errors import NotFound, Unsupported
from providers.port import ASGIApp, HTTPOpener
from providers.upstream import Fact

Question = Callable[[], Awaitable[object]]

# A provider may do something of its own meanwhile, such as logging in. The context tells that from what is
# done for the rehearsal, in whichever task.
_rehearsing: ContextVar[bool] = ContextVar("rehearsing", default=False)


class Rehearsing(Promises):
    """What is only to be priced is not asked."""

    async def test_a_rehearsal_asks_nothing(self) -> None:
        """What is rehearsed is at hand, imagined, or refused: no request leaves for it."""
        sent: list[str] = []
        async with provider_context(self.environment) as context:
            provider = self.build(replace(context, open_http=_watched(context.open_http, sent)))
            await provider.start()
            try:
                questions = await _questions(Subject(provider, context), self.words, self.ships_to[0])
                began = _rehearsing.set(True)
                for question in questions:
                    with contextlib.suppress(Unsupported, NotFound):
                        await question()
                _rehearsing.reset(began)
            finally:
                await provider.close()
        assert sent == []


def _watched(open_http: HTTPOpener, sent: list[str]) -> HTTPOpener:
    async def note(request: httpx.Request) -> None:
        if _rehearsing.get():
            sent.append(f"{request.method} {request.url.path}")

    def opened(base_url: str, *, app: ASGIApp | None = None) -> httpx.AsyncClient:
        client = open_http(base_url, app=app)
        client.event_hooks["request"].append(note)
        return client

    return opened


async def _questions(subject: Subject, words: str | None, country: str) -> list[Question]:
    """Everything that is declared, about real things, to be asked as a rehearsal."""
    provider = subject.provider
    ask = replace(subject.ask(), rehearse=True)
    search = model.ProductSearch(query=words)
    asked: list[tuple[Feature, Question]] = [
        (Feature.PRODUCT_SEARCH, lambda: provider.search(search, 1, with_description=True, ask=ask)),
        (Feature.CATEGORIES, lambda: provider.categories(ask)),
        (Feature.WAREHOUSES, lambda: provider.warehouses(ask)),
        (Feature.WAREHOUSES, lambda: provider.warehouse("1", ask)),
        (Feature.IMPORTED_PRODUCTS, lambda: provider.imported_products(None, 1, ask)),
        (Feature.SOURCING, lambda: provider.sourcings(("1",), ask)),
    ]
    if subject.declared.supports(Feature.PRODUCT_DETAIL):
        product = (await subject.some_products(words))[0]
        variant = product.variants[0]
        parcels = await some_parcels(subject, words, country)
        freight = replace(subject.ask(Fact.FREIGHT), rehearse=True)
        asked += [
            (Feature.PRODUCT_DETAIL, lambda: provider.product(product.id, ask)),
            (Feature.PRODUCT_DETAIL, lambda: provider.product_by_sku(product.sku or "1", ask)),
            (Feature.PRODUCT_DETAIL, lambda: provider.variant(variant.id, ask)),
            (Feature.REVIEWS, lambda: provider.reviews(product.id, 1, score=None, ask=ask)),
            (Feature.QUOTES, lambda: provider.shipping_options(parcels, freight)),
        ]
    return [question for feature, question in asked if subject.declared.supports(feature)]
