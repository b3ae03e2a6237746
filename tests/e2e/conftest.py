"""Gateways and browsers that tests of this folder share."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from tests.browser import Seen, open_browser, open_page_in
from tests.serving import Served, serve_gateway


@pytest.fixture(scope="session")
def gateway() -> Iterator[Served]:
    """A gateway with its default configuration: the simulator of CJ and the Alibaba sample."""
    with serve_gateway({}) as served:
        yield served


@pytest.fixture(scope="module")
def slow() -> Iterator[Served]:
    """A gateway whose CJ takes its time over each answer, but is allowed several of them in a second."""
    slowness = {"CJ_SIMULATOR_LATENCY_SECONDS": "0.6", "CJ_REQUESTS_PER_SECOND": "6"}
    with serve_gateway(slowness) as served:
        yield served


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """A browser for all tests of a module."""
    async with open_browser() as opened:
        yield opened


@pytest.fixture
def seen() -> Seen:
    """What the page did that it should not have: nothing yet."""
    return Seen()


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser, slow: Served, seen: Seen) -> AsyncIterator[Page]:
    """An empty page that is let to the slow gateway alone."""
    async with open_page_in(browser, slow.url, seen) as opened:
        yield opened
        # A page may still be asking for the price of another question.
        await opened.unroute_all(behavior="ignoreErrors")
