"""A browser of this machine that is let nowhere but to the gateway, and whose complaints are noted."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from playwright.async_api import Browser, ConsoleMessage, Page, Route, async_playwright

from tests.machine import need_chromium

# Without the calls home that browsers make by themselves.
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@dataclass(slots=True)
class Seen:
    """What a page did that it should not have."""

    outside: list[str] = field(default_factory=list)
    """Addresses it asked for that are not the gateway's."""
    complaints: list[str] = field(default_factory=list)
    """Warnings and errors on its console, and exceptions that nobody caught."""


@asynccontextmanager
async def open_page(home: str, seen: Seen, width: int = 1280, height: int = 800) -> AsyncIterator[Page]:
    """An empty page in a browser of its own; see `open_page_in`."""
    async with open_browser() as browser, open_page_in(browser, home, seen, width, height) as page:
        yield page


@asynccontextmanager
async def open_browser() -> AsyncIterator[Browser]:
    """This machine's Chromium, without a window."""
    chromium = need_chromium()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=list(_FLAGS))
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def open_page_in(
    browser: Browser, home: str, seen: Seen, width: int = 1280, height: int = 800
) -> AsyncIterator[Page]:
    """
    An empty page that shares nothing with others.

    What it asks of other hosts than `home` is stopped and noted.
    """

    async def watch(route: Route) -> None:
        if route.request.url.startswith((home, "data:")):
            await route.continue_()
        else:
            seen.outside.append(route.request.url)
            await route.abort()

    def note(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            seen.complaints.append(message.text)

    context = await browser.new_context(viewport={"width": width, "height": height})
    try:
        page = await context.new_page()
        await page.route("**/*", watch)
        page.on("console", note)
        page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        yield page
    finally:
        await context.close()
