"""What a client gets when a supplier is in trouble: what others have, what is known, or a typed outcome."""

from typing import Any

import pytest

from providers.cj.simulator import Fault
from tests.graphql.conftest import Gateway, OpenGateway, Reachable, errors_of

SEARCH = """{ products(first: 100) {
  totalCount
  nodes { supplier { code } title provenance { source } }
  outcomes { supplier { code } status message retryAfterMs }
} }"""
PRODUCT = """query ($id: ID!) { product(by: {id: $id}) {
  title inStock inventory { quantity } provenance { source }
} }"""
DEADLINES = {
    "GATEWAY_PROVIDERS": "cj,alibaba",
    "GATEWAY_SEARCH_DEADLINE_SECONDS": "30",
    "GATEWAY_READ_DEADLINE_SECONDS": "30",
}
"""Long enough for retries, on any machine."""


def outcome(found: dict[str, Any], code: str) -> dict[str, Any]:
    """How asking one supplier went."""
    return next(each for each in found["outcomes"] if each["supplier"]["code"] == code)


def codes(found: dict[str, Any]) -> set[str]:
    """Whose products came."""
    return {node["supplier"]["code"] for node in found["nodes"]}


async def first_product(gateway: Gateway) -> str:
    data = await gateway.data('{ products(search: {suppliers: ["cj"]}, first: 1) { nodes { id } } }')
    found: str = data["products"]["nodes"][0]["id"]
    return found


NEVER = {
    "hangs": Fault("hang", "*/listV2"),
    "slow": Fault("latency", "*/listV2", params={"seconds": 12}),
}


@pytest.mark.parametrize("trouble", NEVER)
async def test_one_supplier_that_never_answers_costs_the_others_nothing(
    open_gateway: OpenGateway, cj: Reachable, trouble: str
) -> None:
    """A CJ that does not answer is TIMEOUT at the page's deadline, and the other's products come."""
    cj.simulator.faults.add(NEVER[trouble])
    brief = {"GATEWAY_SEARCH_DEADLINE_SECONDS": "3", "CJ_TIMEOUT_SECONDS": "120"}
    async with open_gateway(**DEADLINES | brief) as gateway:
        found = (await gateway.data(SEARCH))["products"]
    assert codes(found) == {"alibaba"}
    assert outcome(found, "alibaba")["status"] == "OK"
    assert outcome(found, "cj")["status"] == "TIMEOUT"


TROUBLES = {
    "server error": (Fault("status", "*/listV2", params={"status": 500}), {"UNAVAILABLE"}),
    "refused credentials": (Fault("status", "*/listV2", params={"status": 401}), {"ERROR", "UNAVAILABLE"}),
    "bad gateway": (Fault("status", "*/listV2", params={"status": 502}), {"UNAVAILABLE"}),
    "not JSON": (Fault("not_json", "*/listV2"), {"UNAVAILABLE"}),
    "half a body": (Fault("truncated", "*/listV2"), {"UNAVAILABLE"}),
    "connection cut": (Fault("drop", "*/listV2"), {"TIMEOUT"}),
    "system busy": (Fault("error", "*/listV2", params={"code": 1600000}), {"UNAVAILABLE"}),
    "refused as too fast": (Fault("error", "*/listV2", params={"code": 1600200}), {"RATE_LIMITED"}),
    "out of points": (Fault("error", "*/listV2", params={"code": 16900500}), {"QUOTA_EXHAUSTED"}),
}


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_one_supplier_in_trouble_costs_the_others_nothing(
    open_gateway: OpenGateway, cj: Reachable, trouble: str
) -> None:
    """Whatever is wrong with CJ, the other's products come within the deadline, and the outcome says why."""
    fault, statuses = TROUBLES[trouble]
    cj.simulator.faults.add(fault)
    async with open_gateway(**DEADLINES) as gateway:
        found = (await gateway.data(SEARCH))["products"]
    assert codes(found) == {"alibaba"}
    assert found["totalCount"] is None, "a total without one of the suppliers is no total"
    assert outcome(found, "alibaba")["status"] == "OK"
    assert outcome(found, "cj")["status"] in statuses
    assert outcome(found, "cj")["message"]


async def test_a_supplier_that_is_not_there(open_gateway: OpenGateway) -> None:
    """A supplier that nobody listens for is UNAVAILABLE; the other's products come."""
    async with open_gateway(**DEADLINES | {"CJ_BASE_URL": "http://127.0.0.1:9"}) as gateway:
        found = (await gateway.data(SEARCH))["products"]
    assert codes(found) == {"alibaba"}
    assert outcome(found, "cj")["status"] in {"UNAVAILABLE", "TIMEOUT"}


async def test_what_is_known_is_served_stale(open_gateway: OpenGateway, cj: Reachable) -> None:
    """A supplier in trouble whose answer is known is served STALE, at once."""
    fresh = {"GATEWAY_FRESH_SECONDS_CATALOGUE": "0", "GATEWAY_STALE_SECONDS_CATALOGUE": "600"}
    async with open_gateway(**DEADLINES | fresh) as gateway:
        await gateway.data(SEARCH)
        cj.simulator.faults.add(Fault("status", "*", params={"status": 500}))
        for _ in range(3):
            found = (await gateway.data(SEARCH))["products"]
            assert codes(found) == {"cj", "alibaba"}
            assert outcome(found, "cj")["status"] == "STALE"
            assert {n["provenance"]["source"] for n in found["nodes"]} == {"STALE", "SAMPLE"}


async def test_points_run_out(open_gateway: OpenGateway, cj: Reachable) -> None:
    """Without points, what is known is served and the rest is QUOTA_EXHAUSTED; nothing is out of stock."""
    search = """query ($words: String) { products(search: {query: $words}) {
      outcomes { supplier { code } status message retryAfterMs }
    } }"""
    async with open_gateway(**DEADLINES | {"CJ_POINTS_PER_DAY": "130"}) as gateway:
        product = await first_product(gateway)
        await gateway.data(PRODUCT, id=product)
        await gateway.data(search, words="bag")
        exhausted = outcome((await gateway.data(search, words="lamp"))["products"], "cj")
        known = (await gateway.data(PRODUCT, id=product))["product"]
    assert exhausted["status"] == "QUOTA_EXHAUSTED"
    assert exhausted["retryAfterMs"] > 0
    assert "reset at 00:00 UTC" in exhausted["message"]
    assert known["inventory"] is not None
    assert not cj.simulator.ledger.violations()


STALE = {
    f"GATEWAY_{age}_SECONDS_{kind}": seconds
    for kind in ("CATALOGUE", "PRICE", "STOCK")
    for age, seconds in (("FRESH", "0"), ("STALE", "600"))
}


async def test_nothing_is_delisted_when_points_run_out(open_gateway: OpenGateway, cj: Reachable) -> None:
    """Without points at CJ itself, what is known is STALE, the rest an error with a time; nothing is gone."""
    query = """query ($known: [ID!]!, $unknown: ID!) {
      nodes(ids: $known) { ... on Product { title inStock inventory { quantity } provenance { source } } }
      product(by: {id: $unknown}) { title }
      products(search: {suppliers: ["cj"]}, first: 2) {
        nodes { stock { total } provenance { source } } outcomes { status message retryAfterMs }
      }
    }"""
    listed = '{ products(search: {suppliers: ["cj"]}, first: 3) { nodes { id stock { total } } } }'
    async with open_gateway(**DEADLINES | STALE) as gateway:
        found = (await gateway.data(listed))["products"]["nodes"]
        *known, unknown = [node["id"] for node in found]
        before = await gateway.data("query ($ids: [ID!]!) { nodes(ids: $ids) { " + DETAIL + " } }", ids=known)
        cj.simulator.faults.add(Fault("exhaust_points", "*"))
        answer = await gateway.post(query, known=known, unknown=unknown)
    assert [node["inventory"] for node in answer["data"]["nodes"]] == [
        node["inventory"] for node in before["nodes"]
    ]
    assert {node["provenance"]["source"] for node in answer["data"]["nodes"]} == {"STALE"}
    (error,) = errors_of(answer)
    assert error["path"] == ["product"]
    assert error["extensions"]["code"] == "QUOTA_EXHAUSTED"
    assert error["extensions"]["supplier"] == "cj"
    assert error["extensions"]["retryable"] is True
    assert error["extensions"]["retryAfterMs"] > 0
    page = answer["data"]["products"]
    assert [node["stock"] for node in page["nodes"]] == [node["stock"] for node in found[:2]]
    assert {node["provenance"]["source"] for node in page["nodes"]} == {"STALE"}
    (told,) = page["outcomes"]
    assert told["status"] == "STALE"


DETAIL = "... on Product { title inStock inventory { quantity } variants { totalCount } }"


async def test_a_known_product_is_served_stale(open_gateway: OpenGateway, cj: Reachable) -> None:
    """A product that is known stays readable while its supplier fails, and says how old it is."""
    async with open_gateway(**DEADLINES | STALE) as gateway:
        product = await first_product(gateway)
        fresh = (await gateway.data(PRODUCT, id=product))["product"]
        cj.simulator.faults.add(Fault("status", "*", params={"status": 500}))
        old = (await gateway.data(PRODUCT, id=product))["product"]
    assert fresh["provenance"]["source"] == "LIVE"
    assert old == fresh | {"provenance": {"source": "STALE"}}


async def test_a_token_that_dies_in_mid_flight(gateway: Gateway, cj: Reachable) -> None:
    """A token that is revoked while a call is under way is replaced once, and the answer comes."""
    await first_product(gateway)
    cj.simulator.faults.add(Fault("revoke_token", "*/listV2", times=1))
    found = await gateway.data(
        '{ products(search: {query: "bag", suppliers: ["cj"]}) { nodes { id } outcomes { status } } }'
    )
    assert found["products"]["nodes"]
    assert found["products"]["outcomes"] == [{"status": "OK"}]
    logins = cj.simulator.ledger.count("/authentication/*")
    assert logins == 2


async def test_an_empty_answer_is_not_believed_at_once(gateway: Gateway, cj: Reachable) -> None:
    """An answer that is empty by mistake is asked again; what exists never reads as gone."""
    product = await first_product(gateway)
    cj.simulator.faults.add(Fault("empty", "*/product/query", times=1))
    found = await gateway.data(PRODUCT, id=product)
    assert found["product"]["title"]


async def test_an_empty_search_is_asked_again(gateway: Gateway, cj: Reachable) -> None:
    """A search that is empty otherwise than CJ says "nothing found" is asked again, and has no total."""
    query = """query ($words: String!) { products(search: {query: $words, suppliers: ["cj"]}) {
      totalCount nodes { id } outcomes { status totalCount }
    } }"""
    cj.simulator.faults.add(Fault("empty", "*/listV2", times=1))
    once = (await gateway.data(query, words="bag"))["products"]
    assert once["nodes"]
    assert cj.spent() == (2, 100)
    cj.simulator.faults.add(Fault("empty", "*/listV2"))
    always = (await gateway.data(query, words="lamp"))["products"]
    assert always == {"totalCount": None, "nodes": [], "outcomes": [{"status": "OK", "totalCount": None}]}
    assert cj.spent() == (4, 200)


@pytest.mark.parametrize(
    ("code", "gone"), [(1602001, True), (1602002, True), (1600000, False), (1600301, False)]
)
async def test_only_a_clear_no_reads_as_gone(
    open_gateway: OpenGateway, cj: Reachable, code: int, *, gone: bool
) -> None:
    """Only "not found" and "taken down" make a product null; anything else is an error with a code."""
    async with open_gateway(**DEADLINES) as gateway:
        product = await first_product(gateway)
        cj.simulator.faults.add(Fault("error", "*/product/query", params={"code": code}))
        answer = await gateway.post(PRODUCT, id=product)
    assert answer["data"]["product"] is None
    if gone:
        assert "errors" not in answer
    else:
        (error,) = errors_of(answer)
        assert error["extensions"]["code"] in {"UNAVAILABLE", "TIMEOUT"}
        assert error["extensions"]["supplier"] == "cj"
        assert error["extensions"]["retryable"] is True


async def test_one_broken_item_leaves_the_others(open_gateway: OpenGateway, cj: Reachable) -> None:
    """Of several things asked for together, only the one that failed is null, with an error at its place."""
    async with open_gateway(**DEADLINES) as gateway:
        data = await gateway.data('{ products(search: {suppliers: ["cj"]}, first: 3) { nodes { id } } }')
        products = [node["id"] for node in data["products"]["nodes"]]
        cj.simulator.faults.add(Fault("error", "*/product/query", times=1, params={"code": 1600300}))
        query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } suppliers { code } }"
        answer = await gateway.post(query, ids=products)
    nulls = [index for index, node in enumerate(answer["data"]["nodes"]) if node is None]
    assert len(nulls) == 1
    assert [error["path"] for error in answer["errors"]] == [["nodes", nulls[0]]]
    assert answer["errors"][0]["extensions"]["code"] == "SUPPLIER_REJECTED"
    assert len(answer["data"]["suppliers"]) == 2


async def test_unknown_stock_is_not_no_stock(open_gateway: OpenGateway, cj: Reachable) -> None:
    """When stock cannot be read it is null with an error, never empty and never zero."""
    async with open_gateway(**DEADLINES) as gateway:
        product = await first_product(gateway)
        cj.simulator.options.omit_inventories = True
        cj.simulator.faults.add(Fault("status", "*/getInventoryByPid", params={"status": 500}))
        try:
            answer = await gateway.post(PRODUCT, id=product)
        finally:
            cj.simulator.options.omit_inventories = False
    shown = answer["data"]["product"]
    assert shown is None or shown["inventory"] is None
    assert answer["errors"]


async def test_readiness_says_what_is_degraded(open_gateway: OpenGateway, cj: Reachable) -> None:
    """Readiness names each part; a supplier that fails makes it degraded, and it still serves."""
    async with open_gateway(**DEADLINES) as gateway:
        assert (await gateway.client.get("/healthz")).json() == {"status": "ok"}
        ready = (await gateway.client.get("/readyz")).json()
        assert ready["status"] == "ok"
        assert set(ready["parts"]) == {"redis", "ledger", "cj", "alibaba"}
        assert ready["parts"]["ledger"] == {"status": "ok", "detail": "answers; 0 orders in doubt"}
        cj.simulator.faults.add(Fault("status", "*", params={"status": 500}))
        for words in ("a", "b", "c", "d"):
            await gateway.data(f'{{ products(search: {{query: "{words}"}}) {{ outcomes {{ status }} }} }}')
        answer = await gateway.client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "degraded"
    assert answer.json()["parts"]["cj"]["status"] == "degraded"
