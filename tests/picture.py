"""The README's picture: GraphiQL with a query and its answer. `make picture` takes it anew."""

import asyncio
from pathlib import Path

from playwright.async_api import expect

from tests.browser import Seen, open_page
from tests.serving import ROOT, serve_gateway

PICTURE = ROOT / "gateway" / "web" / "graphiql.png"


async def take(url: str, path: Path) -> None:
    """Run the first worked example in GraphiQL, twice so that it shows what a kept answer costs, and look."""
    async with open_page(url, Seen(), width=1180, height=680) as page:
        await page.goto(f"{url}/graphql")
        for _ in range(2):
            await page.locator(".graphiql-execute-button").click()
            await expect(page.locator(".graphiql-response")).to_contain_text('"title"', timeout=20_000)
        await page.mouse.move(600, 640)
        await page.wait_for_timeout(1000)
        await page.screenshot(path=path)


if __name__ == "__main__":
    # A port people know from the documents: it can be read in the addresses of pictures.
    with serve_gateway({"GATEWAY_PORT": "8000"}) as gateway:
        asyncio.run(take(gateway.url, PICTURE))
