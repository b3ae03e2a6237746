"""Several gateway processes whose account runs out of points: what they still serve, and what they say."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.e2e.fleet import Fleet, fleet
from tests.serving import Served

SEARCH = """query ($words: String) {
  products(search: {query: $words, suppliers: ["cj"]}, first: 50) {
    nodes { id inStock stock { total } provenance { source } }
    outcomes { status message retryAfterMs }
  }
}"""
PRODUCT = """query ($id: ID!) {
  product(by: {id: $id}) { title inStock inventory { quantity } provenance { source } }
}"""
# Two searches and a product cost 110, and 5 % are kept for checkout; CJ gives back a point in ten minutes.
POINTS = 120
AGES = {f"GATEWAY_FRESH_SECONDS_{kind}": "0" for kind in ("CATALOGUE", "PRICE", "STOCK")} | {
    f"GATEWAY_STALE_SECONDS_{kind}": "600" for kind in ("CATALOGUE", "PRICE", "STOCK")
}
"""Everything is stale at once, as it would be after a quarter of an hour."""


@pytest.fixture
def two() -> Iterator[Fleet]:
    """Two gateways over an account with few points, the figure known to them as it would be from CJ."""
    environment = {"CJ_POINTS_PER_DAY": str(POINTS), **AGES}
    with fleet(2, "--daily-points", str(POINTS), environment=environment) as running:
        yield running


def ask(gateway: Served, query: str, **variables: Any) -> dict[str, Any]:
    """A whole GraphQL answer."""
    answer = httpx.post(
        f"{gateway.url}/graphql",
        json={"query": query, "variables": variables},
        timeout=60,
        trust_env=False,
    )
    assert answer.status_code == 200, answer.text
    parsed: dict[str, Any] = answer.json()
    return parsed


def search(gateway: Served, words: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """What a search found, and how asking CJ went."""
    found = ask(gateway, SEARCH, words=words)["data"]["products"]
    (outcome,) = found["outcomes"]
    return found["nodes"], outcome


def test_what_is_known_outlives_the_points(two: Fleet) -> None:
    """Out of points, either process serves what is known as STALE; the rest says when the points are back."""
    one, other = two.gateways
    lamps, _ = search(one, "lamp")
    search(other, "bag")
    known = ask(one, PRODUCT, id=lamps[0]["id"])["data"]["product"]
    for gateway in (one, other):
        nodes, outcome = search(gateway, "kettle")
        assert nodes == []
        assert outcome["status"] == "QUOTA_EXHAUSTED"
        assert outcome["retryAfterMs"] > 0
        assert "reset at 00:00 UTC" in outcome["message"]
        nodes, outcome = search(gateway, "lamp")
        assert outcome["status"] == "STALE"
        assert [(node["id"], node["stock"]) for node in nodes] == [
            (node["id"], node["stock"]) for node in lamps
        ]
        assert any(node["inStock"] for node in nodes)
        still = ask(gateway, PRODUCT, id=lamps[0]["id"])["data"]["product"]
        assert still["inventory"] == known["inventory"]
        assert still["inStock"] == known["inStock"]
        # One that nobody has read yet is an error with its reason, never "no such product".
        (error,) = ask(gateway, PRODUCT, id=lamps[9]["id"])["errors"]
        assert error["extensions"]["code"] == "QUOTA_EXHAUSTED"
        assert error["extensions"]["retryAfterMs"] > 0
    assert two.simulator.spent() == (3, 110)
    assert two.simulator.refusals() == []


def test_somebody_else_spends_the_points(two: Fleet) -> None:
    """Points spent behind our back cost one refusal in all; then every process knows, and sends no more."""
    one, other = two.gateways
    lamps, _ = search(one, "lamp")
    two.simulator.fault("exhaust_points", "/product/*", times=1)
    for gateway in (one, other, one, other):
        nodes, outcome = search(gateway, "kettle")
        assert nodes == []
        assert outcome["status"] == "QUOTA_EXHAUSTED"
        assert outcome["retryAfterMs"] > 60_000
        nodes, outcome = search(gateway, "lamp")
        assert outcome["status"] == "STALE"
        assert len(nodes) == len(lamps)
    assert [call["rule"] for call in two.simulator.refusals()] == ["points"]
