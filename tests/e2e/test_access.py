"""A served gateway with keys, as its clients, a browser, and its log see it."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.async_api import expect

from gateway.access import Scope, new_key
from gateway.web import assets
from tests.browser import Seen, open_page
from tests.machine import need_npm
from tests.serving import Served, serve_gateway

KEYS = {scope: new_key(f"for-{scope}", scope) for scope in Scope}
READ = {"query": "{ suppliers { code } }"}
IMPORT = {"query": 'mutation { importProduct(input: {productId: "?"}) { userErrors { code } } }'}


@pytest.fixture(scope="module")
def locked() -> Iterator[Served]:
    """A gateway that only its keys open."""
    with serve_gateway({"GATEWAY_API_KEYS": ",".join(entry for _, entry in KEYS.values())}) as served:
        yield served


def ask(served: Served, body: dict[str, str], authorization: str | None = None) -> httpx.Response:
    headers = {} if authorization is None else {"Authorization": authorization}
    return httpx.post(f"{served.url}/graphql", json=body, headers=headers, trust_env=False)


def test_each_key_opens_its_own(locked: Served) -> None:
    """No key and a wrong one are refused, each key opens what its scope says, and the log names them all."""
    for wrong in (
        None,
        "Bearer ss_wrong",
        "Bearer",
        f"Basic {KEYS[Scope.READ][0]}",
        "Bearer " + "k" * 20_000,
    ):
        refused = ask(locked, READ, wrong)
        assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert refused.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    opened = {
        (scope, what)
        for scope, (key, _) in KEYS.items()
        for what, body in (("read", READ), ("import", IMPORT))
        if "errors" not in ask(locked, body, f"Bearer {key}").json()
    }
    assert opened == {(Scope.READ, "read"), (Scope.ORDER, "import")}
    for page in ("/", "/graphql", "/schema.graphql", "/healthz", "/readyz"):
        answer = httpx.get(f"{locked.url}{page}", headers={"Accept": "text/html"}, trust_env=False)
        assert answer.status_code == 200
    asked = [event for event in locked.events() if event.get("path") == "/graphql"]
    assert {event.get("caller") for event in asked if event["status"] == 200} == {
        None,  # who opened GraphiQL
        *(f"for-{scope}" for scope in Scope),
    }
    assert {event.get("caller") for event in asked if event["status"] == 401} == {None}
    start = next(event for event in locked.events() if event["event"] == "gateway.starting")
    assert start["access"].startswith("by key: for-read (read), ")
    for key, entry in KEYS.values():
        assert key not in locked.log_text()
        assert entry.rpartition(":")[2] not in locked.log_text()


@pytest.mark.browser
@pytest.mark.npm
async def test_a_key_in_graphiql(locked: Served) -> None:
    """A key put into the headers of one tab runs its query, brings the schema, and serves the other tabs."""
    if not assets.present():
        need_npm()
        assets.fetch()
    async with open_page(locked.url, Seen()) as page:
        await page.goto(f"{locked.url}/graphql")
        answer = page.locator(".graphiql-response")
        await page.locator(".graphiql-execute-button").click()
        await expect(answer).to_contain_text("UNAUTHENTICATED")
        headers = page.locator(".graphiql-editor-tool .graphiql-editor:not(.hidden)")
        await headers.click()
        await page.keyboard.press("ControlOrMeta+a")
        await page.keyboard.insert_text(f'{{"Authorization": "Bearer {KEYS[Scope.READ][0]}"}}')
        await page.locator(".graphiql-execute-button").click()
        await expect(answer).to_contain_text('"title"', timeout=15_000)
        await page.get_by_label("Show Documentation Explorer").click()
        await expect(page.locator(".graphiql-doc-explorer")).to_contain_text("Query")
        await page.get_by_role("tab", name="Suppliers", exact=True).click()
        async with page.expect_request("**/graphql") as asked:
            await page.locator(".graphiql-execute-button").click()
        assert (await asked.value).headers["authorization"] == f"Bearer {KEYS[Scope.READ][0]}"
        kept = await page.evaluate("JSON.stringify({ ...localStorage, ...sessionStorage })")
        assert KEYS[Scope.READ][0] not in kept
