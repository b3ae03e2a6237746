"""A provider from another package: built, installed, found, held to the contract, and queried."""

import ast
import json
import os
import subprocess
import sys
import zipfile
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = Path(__file__).parent / "corner_shop"

CONTRACT = """
import corner_shop
from providers.contract import ProviderContract

class TestCornerShop(ProviderContract):
    words = "lantern"
    def build(self, context):
        return corner_shop.build(context)
"""

QUERY = """
import asyncio, json, os
import httpx
from asgi_lifespan import LifespanManager
from gateway.app import create_app
from gateway.settings import check

async def main():
    app = create_app(check({"GATEWAY_PROVIDERS": "corner-shop"}))
    async with LifespanManager(app):
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as client:
            print((await client.post("/graphql", json={"query": os.environ["QUERY"]})).text)

asyncio.run(main())
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which the package is installed from a wheel; nothing of this tree is changed."""
    wheels, site = tmp_path_factory.mktemp("wheels"), tmp_path_factory.mktemp("site")
    build = f"from hatchling.build import build_wheel; print(build_wheel({str(wheels)!r}))"
    built = _run([sys.executable, "-c", build], cwd=PACKAGE)
    # Installing a pure wheel is unpacking it where Python looks.
    with zipfile.ZipFile(wheels / built.strip().splitlines()[-1]) as wheel:
        wheel.extractall(site)
    return {"PYTHONPATH": f"{site}{os.pathsep}{ROOT}"}


def _run(command: list[str], cwd: Path, environment: dict[str, str] | None = None) -> str:
    done = subprocess.run(  # noqa: S603 - our own interpreter on our own words
        command,
        cwd=cwd,
        env=os.environ | (environment or {}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _query(installed: dict[str, str], query: str, cwd: Path) -> Any:
    printed = _run([sys.executable, "-c", QUERY], cwd, installed | {"QUERY": query})
    return json.loads(printed.splitlines()[-1])


def test_it_is_small() -> None:
    """A provider that searches, finds and quotes takes seventy lines, blank ones and docstrings left out."""
    source = (PACKAGE / "corner_shop.py").read_text()
    told = {
        number
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        for number in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    lines = [number for number, line in enumerate(source.splitlines(), 1) if line.strip()]
    assert len(set(lines) - told) <= 70


def test_it_fulfils_the_contract(installed: dict[str, str], tmp_path: Path) -> None:
    """The contract tests, run from the outside package's own folder, pass for it."""
    (tmp_path / "test_contract.py").write_text(CONTRACT)
    (tmp_path / "pytest.ini").write_text("[pytest]\nasyncio_mode = auto\n")
    printed = _run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"], tmp_path, installed)
    assert "passed" in printed


def test_it_answers_queries(installed: dict[str, str], tmp_path: Path) -> None:
    """Once installed and named, its products come through the same query as everybody's."""
    query = (
        '{ products(search: {query: "lantern"}) { nodes { title price { min { amount currencyCode } } } } }'
    )
    answer = _query(installed, query, tmp_path)
    assert answer["data"]["products"]["nodes"] == [
        {"title": "Paper Lantern", "price": {"min": {"amount": "3.50", "currencyCode": "EUR"}}},
        {"title": "Tin Lantern", "price": {"min": {"amount": "9.90", "currencyCode": "EUR"}}},
    ]


def test_its_euros_are_compared_in_dollars(installed: dict[str, str], tmp_path: Path) -> None:
    """What it charges in euros is quoted in dollars: converted by the line, and adding up."""
    query = """{ product(by: {ref: {supplier: "corner-shop", productId: "1"}}) { variants { nodes {
      quotes(shipTo: {country: "DE"}, quantity: 2) { quotes {
        shippingMethod transit { min max }
        landedCost { amount currencyCode }
        costs { kind certainty amount { amount currencyCode } original { amount currencyCode } }
        exchangeRates { from to rate }
      } }
    } } } }"""
    [variant] = _query(installed, query, tmp_path)["data"]["product"]["variants"]["nodes"]
    [quote] = variant["quotes"]["quotes"]
    assert (quote["shippingMethod"], quote["transit"]) == ("Bicycle", {"min": 1, "max": 2})
    lines = {line["kind"]: line for line in quote["costs"]}
    assert lines["ITEMS"]["original"] == {"amount": "7.00", "currencyCode": "EUR"}
    assert lines["SHIPPING"]["original"] == {"amount": "4.90", "currencyCode": "EUR"}
    amounts = [line["amount"] for line in quote["costs"] if line["amount"]]
    assert {amount["currencyCode"] for amount in amounts} == {"USD"}
    assert sum(Decimal(amount["amount"]) for amount in amounts) == Decimal(quote["landedCost"]["amount"])
    [rate] = quote["exchangeRates"]
    assert (rate["from"], rate["to"]) == ("EUR", "USD")
    in_dollars = (7 * Decimal(rate["rate"])).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert Decimal(lines["ITEMS"]["amount"]["amount"]) == in_dollars


def test_it_refuses_honestly(installed: dict[str, str], tmp_path: Path) -> None:
    """What it does not declare is refused as unsupported, with its name in the message."""
    answer = _query(installed, '{ categories(supplier: "corner-shop") { name } }', tmp_path)
    assert answer["data"] == {"categories": None}
    assert answer["errors"][0]["extensions"]["code"] == "UNSUPPORTED"
    assert "Corner Shop" in answer["errors"][0]["message"]
