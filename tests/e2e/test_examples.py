"""GraphiQL's worked examples, run as a client would."""

import httpx
import pytest

from gateway.web.graphiql import Example, examples
from tests.serving import Served

EXAMPLES = examples()


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
