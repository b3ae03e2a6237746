"""What the comparison page shows of offers, in a real browser: all of it, in its place and readable."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser import Seen
from tests.comparison_page import WISH, alter, compared
from tests.serving import Served

# One browser for all of them: it takes longer to start than most of them take.
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

BARS = """() => [...document.querySelectorAll(".bar")].map((bar) => {
  const room = getComputedStyle(bar.closest("td"));
  const cell = bar.closest("td").getBoundingClientRect();
  const ends = [...bar.children].map((part) => part.getBoundingClientRect().right);
  return Math.max(...ends) - (cell.right - parseFloat(room.paddingRight));
})"""
"""By how many pixels each bar is longer than its column; negative where it is shorter."""

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


async def test_it_fits_a_phone(slow: Served, page: Page, seen: Seen) -> None:
    """At 360 pixels nothing has to be pushed aside, and rows shown as cards are still rows of a table."""
    await page.set_viewport_size({"width": 360, "height": 740})
    await compared(page, slow)
    assert await page.evaluate("document.documentElement.scrollWidth") == 360
    await expect(page.get_by_role("table").get_by_role("row")).to_have_count(6)
    await page.locator("button.details").first.click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("region", name="Variants")).to_be_visible()
    tables = dialog.get_by_role("region")
    assert (
        await tables.evaluate_all("all => all.map((each) => each.scrollWidth - each.clientWidth)") == [0] * 3
    )
    assert await dialog.evaluate("each => each.scrollWidth - each.clientWidth") == 0
    await expect(dialog.get_by_role("row").get_by_role("cell").first).to_be_in_viewport()
    assert seen == Seen()


async def test_bars_stay_in_their_column(slow: Served, page: Page) -> None:
    """However much is not known, the longest bar ends where its column ends, and no other goes beyond it."""
    line = {"kind": "DUTY", "name": None, "note": None, "original": None, "source": None}
    known = [
        {**line, "amount": {"amount": amount, "currencyCode": "EUR"}, "certainty": "KNOWN"}
        for amount in ("990000.00", "0.01", "10000.00")
    ]
    await alter(page, costs=known + [{**line, "amount": None, "certainty": "UNKNOWN"}] * 5)
    await compared(page, slow)
    for width in (360, 768, 1280):
        await page.set_viewport_size({"width": width, "height": 740})
        beyond = await page.evaluate(BARS)
        assert len(beyond) == 4
        assert max(beyond) == pytest.approx(0, abs=1)


async def test_bars_can_be_compared(slow: Served, page: Page) -> None:
    """A part of a bar is as long as its amount in every offer, also where more of the others is not known."""
    await compared(page, slow, WISH.replace("to=DE&currency=EUR", "to=US&currency=USD"))
    widths = await page.evaluate(
        "[...document.querySelectorAll('.bar :first-child')].map(each => each.getBoundingClientRect().width)"
    )
    amounts = await page.locator(".legend li:first-child .amount").all_text_contents()
    per_dollar = [width / float(amount[1:]) for width, amount in zip(widths, amounts, strict=True)]
    assert len(per_dollar) == 4
    assert per_dollar == pytest.approx([per_dollar[0]] * 4, rel=0.03)


async def test_no_two_costs_read_alike(slow: Served, page: Page, seen: Seen) -> None:
    """Costs of one kind are told apart by the names that those who take them have for them."""
    await compared(page, slow, WISH.replace("to=DE&currency=EUR", "to=US&currency=USD"))
    await expect(page.locator(".offers")).to_contain_text("Customs duty")
    for each in await page.locator(".legend").all():
        lines = await each.locator("li").all_text_contents()
        assert len(set(lines)) == len(lines) > 2
    await expect(page.locator(".offers caption")).not_to_contain_text("Converted")
    await page.locator("button.details").nth(1).click()
    costs = page.get_by_role("dialog").get_by_role("region", name="Cost lines")
    names = await costs.get_by_role("rowheader").all_text_contents()
    assert any(name.startswith("Import tax") for name in names)
    assert len(set(names)) == len(names) > 4
    assert seen == Seen()


async def test_other_ways_to_send_are_told(slow: Served, page: Page, seen: Seen) -> None:
    """Details tell what other ways to send it cost and take, how sure that is, and what is left out."""
    await alter(page, problems=[{"code": "SHIPPING_METHOD_LEFT_OUT", "message": "Sea is for pallets."}])
    await compared(page, slow)
    await page.locator("button.details").first.click()
    ways = page.get_by_role("dialog").get_by_role("region", name="Other ways to send it")
    row = ways.get_by_role("row").filter(has_text="CJPacket Ordinary")
    await expect(row.get_by_role("cell")).to_have_text(
        [re.compile("€"), re.compile(r"\d\D\d+ days"), re.compile("not known: EU handling fee; estimated: ")]
    )
    await expect(page.get_by_role("dialog")).to_contain_text("Left out:Sea is for pallets.")
    for _ in range(20):
        await page.keyboard.press("Tab")
        if await ways.evaluate("each => each === document.activeElement"):
            break
    await expect(ways).to_be_focused()
    assert seen == Seen()


async def test_without_a_price_nothing_is_ranked(slow: Served, page: Page) -> None:
    """Where no offer has a price to the door, the page does not say that they are ranked."""
    await alter(page, quote=None, alternatives=[])
    await compared(page, slow)
    await expect(page.locator(".offers caption")).to_have_text(
        "Not ranked: none of them has a price to the door."
    )
    await expect(page.get_by_role("log")).to_contain_text("5 offers in all, 0 of them ranked.")
    assert await page.locator(".place").count() == 0


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
        page, title=hostile, message=hostile, name=hostile, reasons=[hostile], note=hostile,
        url="javascript:alert(1)", source="javascript:alert(1)", shippingMethod=hostile,
        imageUrl="data:text/html,<script>alert(1)</script>",
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
