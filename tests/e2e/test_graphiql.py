"""GraphiQL and the landing page in a real browser that is let nowhere but to the gateway."""

from collections.abc import AsyncIterator
from urllib.parse import quote

import pytest
from playwright.async_api import Page, expect

from gateway.web import assets
from tests.browser import Seen, open_page
from tests.machine import need_npm
from tests.serving import Served

pytestmark = pytest.mark.browser


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
async def page(gateway: Served, seen: Seen) -> AsyncIterator[Page]:
    async with open_page(gateway.url, seen) as opened:
        yield opened


@pytest.fixture
def own_files() -> None:
    """GraphiQL's files, fetched when they are not here yet."""
    if not assets.present():
        need_npm()
        assets.fetch()


@pytest.mark.npm
async def test_a_worked_example_runs(own_files: None, gateway: Served, page: Page, seen: Seen) -> None:
    """GraphiQL opens with worked examples; running the first shows products; nothing outside is asked."""
    await page.goto(f"{gateway.url}/graphql")
    await expect(page.locator(".graphiql-tab").first).to_contain_text("Search")
    assert await page.locator(".graphiql-tab").count() >= 8
    await page.locator(".graphiql-execute-button").click()
    answer = page.locator(".graphiql-response")
    await expect(answer).to_contain_text('"title"', timeout=15_000)
    await expect(answer).to_contain_text("SIMULATED")
    assert seen == Seen()


@pytest.mark.npm
async def test_the_documentation_opens(own_files: None, gateway: Served, page: Page, seen: Seen) -> None:
    """The documentation explorer shows the schema with its descriptions."""
    await page.goto(f"{gateway.url}/graphql")
    await page.get_by_label("Show Documentation Explorer").click()
    explorer = page.locator(".graphiql-doc-explorer")
    await explorer.get_by_text("Query", exact=True).first.click()
    await expect(explorer).to_contain_text("products")
    assert seen == Seen()


@pytest.mark.npm
async def test_a_query_can_be_linked(own_files: None, gateway: Served, page: Page, seen: Seen) -> None:
    """A query in the page's address opens in a tab of its own."""
    await page.goto(f"{gateway.url}/graphql#query=query%20Linked%20%7B%20suppliers%20%7B%20code%20%7D%20%7D")
    await expect(page.locator(".graphiql-tabs")).to_contain_text("Linked")
    assert seen == Seen()


@pytest.mark.npm
async def test_deferred_parts_are_put_together(
    own_files: None, gateway: Served, page: Page, seen: Seen
) -> None:
    """GraphiQL takes a deferred answer in parts and ends with the whole of it, its cost included."""
    query = """query Parts {
      suppliers { code }
      ... @defer {
        products(search: {suppliers: ["alibaba"]}, first: 1) { nodes { title ... @defer { sku } } }
      }
    }"""
    types = []
    page.on("response", lambda answer: types.append(answer.headers.get("content-type", "")))
    await page.goto(f"{gateway.url}/graphql#query={quote(query)}")
    await expect(page.locator(".graphiql-tabs")).to_contain_text("Parts")
    await page.locator(".graphiql-execute-button").click()
    answer = page.locator(".graphiql-response")
    for told in ('"suppliers"', '"title"', '"sku"', '"upstream"'):
        await expect(answer).to_contain_text(told, timeout=15_000)
    assert any(each.startswith("multipart/mixed") for each in types)
    assert seen == Seen()


@pytest.mark.npm
@pytest.mark.parametrize("scheme", ["dark", "light"])
async def test_it_follows_the_desktop(
    own_files: None, gateway: Served, page: Page, seen: Seen, scheme: str
) -> None:
    """GraphiQL is dark on a dark desktop and light on a light one."""
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await page.goto(f"{gateway.url}/graphql")
    await page.locator(".graphiql-container").wait_for()
    colour = await page.evaluate(
        "getComputedStyle(document.querySelector('.graphiql-container')).backgroundColor.match(/[\\d.]+/g)"
    )
    brightness = sum(float(part) for part in colour[:3]) / 3
    assert (brightness < 128) == (scheme == "dark")


async def test_the_landing_page(gateway: Served, page: Page, seen: Seen) -> None:
    """The landing page says how real each supplier's answers are, and leads to the offers and to GraphiQL."""
    await page.goto(gateway.url)
    await expect(page.locator("#suppliers")).to_contain_text("SIMULATED")
    await expect(page.locator("#suppliers")).to_contain_text("SAMPLE")
    links = page.locator(".links a")
    assert [await link.get_attribute("href") for link in await links.all()][:2] == ["/compare", "/graphql"]
    assert seen == Seen()


async def test_terms_fit_a_phone(gateway: Served, page: Page, seen: Seen) -> None:
    """On a phone nothing has to be pushed aside: each term is read downwards, supplier by supplier."""
    await page.set_viewport_size({"width": 360, "height": 740})
    await page.goto(gateway.url)
    assert await page.evaluate("document.documentElement.scrollWidth") == 360
    cell = page.locator("#terms tbody tr").first.locator("td").first
    assert await cell.evaluate("each => getComputedStyle(each, '::before').content") == '"CJ Dropshipping"'
    assert seen == Seen()
