"""A real Apollo Client assembles what `@defer` sends in parts."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.machine import need_npm
from tests.serving import Served

pytestmark = pytest.mark.npm

SCRIPT = Path(__file__).with_name("apollo.mjs")
PACKAGES = ("@apollo/client@4.3.8", "graphql@16.15.0", "rxjs@7.8.2")
SECONDS = 100

QUERY = """query Offers {
  compare(input: { query: "lamp", quantity: 3, perSupplier: 1, shipTo: { country: "SE" } }) {
    currency
    suppliers {
      supplier { id code }
      ... @defer {
        outcome { status }
        offers { rank product { id title ... @defer(label: "sku") { sku } } quote { landedCost { amount } } }
      }
    }
  }
  ... @defer { supplier(code: "alibaba") { id name } }
  ... @defer { product(by: { id: "not an id" }) { id } }
}"""


@pytest.fixture(scope="module")
def told(gateway: Served, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What each of Apollo's handlers made of the gateway's answer."""
    npm, folder = need_npm(), tmp_path_factory.mktemp("apollo")
    (folder / "package.json").write_text('{"private": true}')
    install = [npm, "install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", *PACKAGES]
    run(install, folder)
    # Node looks for packages beside the script.
    shutil.copy(SCRIPT, folder)
    output: dict[str, Any] = json.loads(run(["node", SCRIPT.name, f"{gateway.url}/graphql", QUERY], folder))
    return output


def run(command: list[str], folder: Path) -> str:
    """What a command printed; it must go well."""
    result = subprocess.run(  # noqa: S603 - constants and the paths of this machine's tools
        command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


HANDLERS = {
    "GraphQL17Alpha9Handler": "multipart/mixed;incrementalSpec=v0.2",
    "Defer20220824Handler": "multipart/mixed;deferSpec=20220824",
}


@pytest.mark.parametrize("handler", HANDLERS)
def test_apollo_assembles_the_answer(told: dict[str, Any], gateway: Served, handler: str) -> None:
    """Apollo Client shows a comparison's first part and ends with the very answer of who takes it whole."""
    whole = httpx.post(f"{gateway.url}/graphql", json={"query": QUERY}, trust_env=False, timeout=30).json()
    seen = told[handler]
    first, *_, last = seen["emitted"]
    assert HANDLERS[handler] in seen["accepted"][0]
    assert seen["types"][0].startswith("multipart/mixed")
    assert first["dataState"] == "streaming"
    assert without_types(first["data"]) == {
        "compare": {
            "currency": "USD",
            "suppliers": [{"supplier": each["supplier"]} for each in whole["data"]["compare"]["suppliers"]],
        }
    }
    assert all(each["offers"] for each in whole["data"]["compare"]["suppliers"])
    assert last["dataState"] == "complete"
    assert without_types(last["data"]) == whole["data"]
    assert without_types(seen["cached"]) == whole["data"]
    assert [error["message"] for error in last["errors"]] == [error["message"] for error in whole["errors"]]


def without_types(value: Any) -> Any:
    """The same without the `__typename`s that Apollo adds."""
    if isinstance(value, list):
        return [without_types(each) for each in value]
    if isinstance(value, dict):
        return {name: without_types(each) for name, each in value.items() if name != "__typename"}
    return value
