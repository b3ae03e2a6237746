"""Opening the comparison page in a browser, and changing what the gateway answers to it."""

import json
from typing import Any

from playwright.async_api import Page, Route, expect

from tests.serving import Served

WISH = "q=watch&quantity=20&to=DE&currency=EUR&priority=BALANCED"
"""The example that the form comes with, as an address."""


async def compared(page: Page, served: Served, wish: str = WISH) -> None:
    """Open a shared comparison and wait until it is ranked."""
    await page.goto(f"{served.url}/compare?{wish}")
    await expect(page.locator("#results")).to_have_attribute("aria-busy", "false", timeout=15_000)


async def alter(page: Page, **changes: Any) -> None:
    """Let the gateway answer in one piece, and change the named fields of its answer wherever they stand."""

    def changed(value: Any) -> Any:
        if isinstance(value, list):
            return [changed(each) for each in value]
        if isinstance(value, dict):
            return {key: changes.get(key, changed(each)) for key, each in value.items()}
        return value

    async def answer(route: Route) -> None:
        headers = {**route.request.headers, "accept": "application/json"}
        response = await route.fetch(headers=headers)
        await route.fulfill(response=response, body=json.dumps(changed(await response.json())))

    await page.route("**/graphql", answer)
