"""GraphiQL's worked examples, and the README's, run as a client would."""

import json
import re
import shlex
from itertools import pairwise
from typing import Any

import httpx
import pytest

from gateway.web.graphiql import Example, examples
from tests.documents import ROOT
from tests.serving import Served

EXAMPLES = examples()
README = (ROOT / "README.md").read_text(encoding="utf-8")


def answer_of(gateway: Served, name: str, **variables: Any) -> dict[str, Any]:
    """The data that the README's query of this name gets."""
    (query,) = re.findall(rf"```graphql\n(query {name}\b.*?)```", README, re.DOTALL)
    body = {"query": query, "variables": variables}
    answer = httpx.post(f"{gateway.url}/graphql", json=body, timeout=30, trust_env=False).json()
    assert "errors" not in answer
    data: dict[str, Any] = answer["data"]
    return data


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.name for example in EXAMPLES])
def test_every_example_works(gateway: Served, example: Example) -> None:
    """Each worked example is answered without an error, and with something to see."""
    answer = httpx.post(f"{gateway.url}/graphql", json={"query": example.query}, timeout=30, trust_env=False)
    body = answer.json()
    assert "errors" not in body
    (value,) = body["data"].values()
    assert value
    if isinstance(value, dict) and "nodes" in value:
        assert value["nodes"], "the search finds nothing"


def test_examples_explain_themselves() -> None:
    """Each example begins with a comment, narrow enough for GraphiQL's editor, and has a name for its tab."""
    assert len(EXAMPLES) >= 8
    for example in EXAMPLES:
        lines = example.query.splitlines()
        assert lines[0].startswith("# ")
        assert max(len(line) for line in lines if line.startswith("#")) <= 50
        operation = next(line for line in lines if line and not line.startswith("#"))
        assert operation.split()[0] in {"query", "mutation"}
        assert operation.split()[1][0].isupper()


def test_the_readme_searches(gateway: Served) -> None:
    """The README's first query finds products at more than one supplier."""
    found = answer_of(gateway, "Search")["products"]["nodes"]
    assert len({node["supplier"]["name"] for node in found}) > 1


def test_the_readme_compares(gateway: Served) -> None:
    """The README's comparison has offers of several suppliers whose whole cost is known, and other ways."""
    offers = answer_of(gateway, "Compare")["compare"]["offers"]
    complete = {each["product"]["supplier"]["name"] for each in offers if each["quote"]["complete"]}
    assert len(complete) > 1
    assert any(each["alternatives"] for each in offers)
    assert "BEST_VALUE" in {badge for each in offers for badge in each["badges"]}


def test_the_readme_quotes(gateway: Served) -> None:
    """The README's basket has quotes, and the id of one, checked as the README does, is valid."""
    quotes = answer_of(gateway, "Quotes")["quotes"]["quotes"]
    checked = answer_of(gateway, "Check", id=quotes[0]["id"])["checkQuote"]
    assert (checked["status"], checked["shippingMethod"]) == ("VALID", quotes[0]["shippingMethod"])


def test_the_readme_defers(gateway: Served) -> None:
    """The README's command line gets the suppliers at once, and their offers in parts behind them."""
    (command,) = re.findall(r"```sh\n(curl .*?)```", README, re.DOTALL)
    words = shlex.split(command.replace("\\\n", " "))
    options = list(pairwise(words))
    headers = dict(value.split(": ", 1) for option, value in options if option == "-H")
    (body,) = (value for option, value in options if option == "-d")
    address = words[2].replace("http://127.0.0.1:8000", gateway.url)
    answer = httpx.post(address, content=body, headers=headers, timeout=30, trust_env=False)
    assert answer.headers["content-type"].startswith("multipart/mixed")
    first, *later = re.findall(r"^\{.*\}$", answer.text.replace("\r", ""), re.MULTILINE)
    assert [each.keys() for each in json.loads(first)["data"]["compare"]["suppliers"]] == [{"supplier"}] * 2
    assert sum('"offers"' in part for part in later) >= 1
