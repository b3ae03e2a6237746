"""The comparison page in a real browser: simulator and sample behind, one of them slow."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, expect

from gateway.access import new_key
from tests.browser import Seen, open_browser, open_page_in
from tests.serving import Served, serve_gateway

# One browser for all of them: it takes longer to start than most of them take.
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

WISH = "q=watch&quantity=20&to=DE&currency=EUR&priority=BALANCED"
"""The example that the form comes with, as an address."""

CONTRASTS = """() => {
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const over = ([r, g, b, a = 1], below) => [r, g, b].map((part, i) => part * a + below[i] * (1 - a));
  const behind = (element) =>
    element
      ? over(numbers(getComputedStyle(element).backgroundColor), behind(element.parentElement))
      : [255, 255, 255];
  const linear = (part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  const light = (colour) => {
    const [r, g, b] = colour.map((part) => linear(part / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const hasText = (element) =>
    element.matches("input, select") ||
    [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
  const isSeen = (element) =>
    element.checkVisibility() && !element.closest(".hidden") && element.getBoundingClientRect().width > 1;
  return [...document.querySelectorAll("body *:not(option, optgroup)")]
    .filter((element) => hasText(element) && isSeen(element))
    .map((element) => {
      const ground = behind(element);
      const shades = [over(numbers(getComputedStyle(element).color), ground), ground].map(light);
      return [element.textContent.trim().slice(0, 40), element.className, shades];
    });
}"""
"""Every element with text of its own that can be seen, with the luminance of its colour and of its ground."""


@pytest.fixture(scope="module")
def slow() -> Iterator[Served]:
    """A gateway whose CJ takes its time over each answer, but is allowed several of them in a second."""
    slowness = {"CJ_SIMULATOR_LATENCY_SECONDS": "0.6", "CJ_REQUESTS_PER_SECOND": "6"}
    with serve_gateway(slowness) as served:
        yield served


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with open_browser() as opened:
        yield opened


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser, slow: Served, seen: Seen) -> AsyncIterator[Page]:
    async with open_page_in(browser, slow.url, seen) as opened:
        yield opened


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


async def test_a_slow_supplier_holds_up_nobody(slow: Served, page: Page, seen: Seen) -> None:
    """The quick supplier's offers are shown while the slow one is searched; then both are ranked."""
    await page.goto(f"{slow.url}/compare")
    await expect(page.locator("#results")).to_be_hidden()
    await page.get_by_role("button", name="Compare offers").click()
    cj, alibaba = page.locator("[data-code=cj] .status"), page.locator("[data-code=alibaba] .status")
    await expect(alibaba).to_have_text("2 offers")
    await expect(cj).to_have_text("searching …")
    rows = page.locator(".offers tbody tr")
    assert await rows.count() == 2
    await expect(page.locator(".offers caption")).to_contain_text("Not ranked yet")
    await expect(page.get_by_role("log")).to_contain_text("Alibaba")

    await expect(cj).to_have_text("3 offers")
    await expect(rows).to_have_count(5)
    table = page.get_by_role("table")
    for words in (
        "SIMULATED",
        "SAMPLE",
        "Import tax",
        "estimated",
        "at least",
        "if ordered today",
        "alike to",
    ):
        await expect(table).to_contain_text(words)
    assert await rows.locator(".place").all_text_contents() == ["1", "2", "3", "4"]
    await expect(rows.last).to_contain_text("sold from 50 pieces")
    assert page.url == f"{slow.url}/compare?{WISH}"
    assert seen == Seen()


async def test_a_comparison_can_be_shared(slow: Served, page: Page, seen: Seen) -> None:
    """An address with a comparison in it is compared at once, and the browser's way back is followed."""
    await compared(page, slow, "q=watch&quantity=20&to=US&currency=GBP&priority=SPEED")
    await expect(page.locator("#results-title")).to_contain_text("20 pieces of “watch” to United States")
    await expect(page.locator(".offers .price").first).to_contain_text("£")
    assert await page.get_by_label("Fast delivery").is_checked()
    await page.get_by_label("Low cost").check()
    await page.get_by_role("button", name="Compare offers").click()
    await expect(page.locator(".offers caption")).to_contain_text("cheapest first")
    await page.go_back()
    await expect(page.locator(".offers caption")).to_contain_text("fastest first")
    assert seen == Seen()


async def test_by_keyboard_alone(slow: Served, page: Page, seen: Seen) -> None:
    """Keys alone reach everything, with the focus seen; Escape closes an offer and returns to its button."""
    await page.goto(f"{slow.url}/compare")
    await page.get_by_label("What are you looking for?").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#results")).to_have_attribute("aria-busy", "false", timeout=15_000)
    for _ in range(20):
        await page.keyboard.press("Tab")
        focused = page.locator(":focus")
        assert await focused.evaluate("each => getComputedStyle(each).outlineStyle") != "none"
        if await focused.get_attribute("class") == "details":
            break
    button = page.locator("button.details").first
    await expect(button).to_be_focused()
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("region", name="Variants")).to_contain_text("this offer")
    await expect(dialog).to_contain_text("Price holds")
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.closest('dialog') !== null")
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    await expect(button).to_be_focused()
    assert seen == Seen()


async def test_it_fits_a_phone(slow: Served, page: Page, seen: Seen) -> None:
    """At 360 pixels nothing has to be pushed aside, and rows shown as cards are still rows of a table."""
    await page.set_viewport_size({"width": 360, "height": 740})
    await compared(page, slow)
    assert await page.evaluate("document.documentElement.scrollWidth") == 360
    await expect(page.get_by_role("table").get_by_role("row")).to_have_count(6)
    await page.locator("button.details").last.click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("region", name="Variants")).to_be_visible()
    assert await dialog.evaluate("each => each.scrollWidth - each.clientWidth") == 0
    assert seen == Seen()


async def test_text_stands_out(slow: Served, page: Page) -> None:
    """On light and dark desktops all text has a contrast of at least 4.5 to 1, that of troubles included."""
    await alter(page, status="RATE_LIMITED", retryAfterMs=60_000, source="STALE", meetsMinimumOrder=False)
    await compared(page, slow)
    await page.locator("button.details").first.click()
    await expect(page.get_by_role("region", name="Variants")).to_be_visible()
    grounds = []
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        found = await page.evaluate(CONTRASTS)
        assert len(found) > 100
        weak = [each for each in found if (max(each[2]) + 0.05) / (min(each[2]) + 0.05) < 4.5]
        assert not weak, f"too weak when {scheme}"
        grounds.append(found[0][2][1])
    assert grounds[0] > 0.9
    assert grounds[1] < 0.1


async def test_suppliers_words_are_text(slow: Served, page: Page, seen: Seen) -> None:
    """Markup in what suppliers say is shown as it is, and addresses that are not of the web lead nowhere."""
    hostile = "<img src=x onerror=\"document.title='taken'\"><script>alert(1)</script>"
    await alter(
        page, title=hostile, message=hostile, name=hostile, reasons=[hostile], url="javascript:alert(1)",
        shippingMethod=hostile, imageUrl="data:text/html,<script>alert(1)</script>", note=hostile,
    )  # fmt: skip
    await compared(page, slow)
    await expect(page.locator(".offers h3").first).to_have_text(hostile)
    await page.locator("button.details").first.click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("region", name="Variants")).to_contain_text(hostile)
    assert (
        await page.locator("#results img, #results script, dialog img, dialog script, dialog a").count() == 0
    )
    assert await page.title() == "watch: compare suppliers"
    assert seen == Seen()


async def test_amounts_of_any_length(slow: Served, page: Page, seen: Seen) -> None:
    """An amount with more decimals than a browser formats is shown as it came."""
    await alter(page, landedCost={"amount": f"5.{'1' * 110}", "currencyCode": "EUR"})
    await compared(page, slow)
    await expect(page.locator(".offers .price").first).to_contain_text(f"5.{'1' * 110} EUR")
    assert seen == Seen()


async def test_a_busy_supplier_can_be_asked_again(slow: Served, page: Page, seen: Seen) -> None:
    """A supplier whose quota is taken says until when, and a button there asks once more."""
    await alter(page, status="RATE_LIMITED", retryAfterMs=90_000, message="One question a second.", offers=[])
    await compared(page, slow)
    status = page.locator("[data-code=cj] .status")
    await expect(status).to_contain_text("RATE_LIMITED")
    await expect(status).to_contain_text("One question a second. You can try again in 2 minutes.")
    await expect(page.locator("#results-body")).to_contain_text("No supplier has an offer for this")
    await page.unroute("**/graphql")
    await status.get_by_role("button", name="Try again").click()
    await expect(status).to_have_text("3 offers")
    assert seen == Seen()


async def test_what_makes_no_sense_is_said_at_the_form(slow: Served, page: Page, seen: Seen) -> None:
    """A currency that cannot be converted is named beside the form, with those that can."""
    await page.goto(f"{slow.url}/compare?{WISH.replace('EUR', 'XAF')}")
    await expect(page.get_by_role("alert")).to_contain_text("Prices in: There is no reference rate for XAF")
    await expect(page.get_by_role("alert")).to_contain_text("EUR")
    await expect(page.get_by_label("Prices in")).to_have_attribute("aria-invalid", "true")
    await expect(page.locator("#results")).to_be_hidden()
    assert seen == Seen()


async def test_a_failing_gateway_is_said_in_words(slow: Served, page: Page) -> None:
    """An answer that is no answer is told as a sentence with its status, and can be asked for again."""
    await page.route("**/graphql", lambda route: route.fulfill(status=502, body="Bad Gateway"))
    await compared(page, slow)
    await expect(page.locator("#results")).to_contain_text("HTTP status 502")
    await page.unroute("**/graphql")
    await page.get_by_role("button", name="Try again").click()
    await expect(page.locator(".offers caption")).to_contain_text("best balance")


async def test_a_key_is_asked_for(browser: Browser) -> None:
    """A gateway that answers only to keys is told the key once, and then its offers are there."""
    key, entry = new_key("shop", "read")
    with serve_gateway({"GATEWAY_API_KEYS": entry, "CJ_REQUESTS_PER_SECOND": "6"}) as gateway:
        async with open_page_in(browser, gateway.url, Seen()) as page:
            await page.goto(f"{gateway.url}/compare?{WISH}")
            await page.get_by_role("textbox", name="Key").fill("wrong")
            await page.keyboard.press("Enter")
            await expect(page.locator("#results")).to_contain_text("does not know this key")
            await page.get_by_role("textbox", name="Key").fill(key)
            await page.keyboard.press("Enter")
            await expect(page.locator("#results-title")).to_contain_text(
                "offers for 20 pieces", timeout=20_000
            )


async def test_a_stream_may_be_cut_anywhere(slow: Served, page: Page) -> None:
    """Parts are read alike however the network cuts them, and one that breaks off is left out."""
    await page.goto(f"{slow.url}/compare")
    head = "Content-Type: application/json; charset=utf-8\r\n\r\n"
    whole = "".join(f"\r\n--b\r\n{head}{part}" for part in ('{"title":"é €--b"}', '{"hasNext":false}'))
    read = await page.evaluate(
        """async ({ whole, ends }) => {
          const { boundaryOf, partsOf } = await import("/assets/compare/multipart.js");
          const boundary = boundaryOf('multipart/mixed; boundary="b"; incrementalSpec=v0.2');
          const bytes = new TextEncoder().encode(whole);
          const results = new Set();
          for (let size = 1; size <= bytes.length; size += 1) {
            for (const end of ends) {
              const all = [...bytes, ...new TextEncoder().encode(end)];
              const stream = new ReadableStream({
                start(control) {
                  for (let at = 0; at < all.length; at += size) {
                    control.enqueue(new Uint8Array(all.slice(at, at + size)));
                  }
                  control.close();
                },
              });
              const parts = [];
              for await (const part of partsOf(stream, boundary)) {
                parts.push(part);
              }
              results.add(`${end.length} ${parts.join(" ")}`);
            }
          }
          return [...results];
        }""",
        {"whole": whole, "ends": ["\r\n--b--\r\n", "\r\n--"]},
    )
    assert sorted(read) == ['4 {"title":"é €--b"}', '9 {"title":"é €--b"} {"hasNext":false}']
