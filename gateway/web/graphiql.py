"""
GraphiQL from our own server, with worked examples as tabs.

The examples are the `.graphql` files in `examples/`, in the order of their names; a test runs each of them.
"""

import hashlib
import html
import json
from dataclasses import dataclass
from pathlib import Path
from string import Template

from strawberry.http.ides import get_graphql_ide_html

from gateway.web import assets

ASSETS_PATH = "/assets"
VENDOR_PATH = f"{ASSETS_PATH}/vendor"
_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Example:
    """One worked query: the text of a tab, which GraphiQL names after the operation."""

    name: str
    query: str


def examples(folder: Path = _HERE / "examples") -> tuple[Example, ...]:
    """The worked examples, in the order they are shown."""
    return tuple(
        Example(path.stem.partition("-")[2], path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("*.graphql"))
    )


def render_page(
    tabs: tuple[Example, ...],
    endpoint: str = "/graphql",
    home: str = "/",
    *,
    locked: bool = False,
    vendor: Path | None = assets.VENDOR,
) -> str:
    """
    The page as HTML.

    With GraphiQL's files here it loads nothing from elsewhere; without them it is Strawberry's stock page,
    which loads them from a public network, and says so while it waits.

    Args:
        tabs: One tab each, the first one open.
        endpoint: Path of the GraphQL endpoint.
        home: Path that the name in the corner leads to.
        locked: Whether the endpoint asks for a key, so that there has to be a place for one.
        vendor: Where GraphiQL's files should be; None takes their presence on trust.
    """
    if vendor is not None and not assets.present(vendor):
        waiting = (
            "GraphiQL is being loaded from a public network. If nothing comes, there is none here: install "
            "npm, start the gateway with <code>make serve</code>, and this page needs no network any more."
        )
        return get_graphql_ide_html("graphiql").replace("Loading...", waiting)
    queries = [{"query": tab.query} for tab in tabs]
    version = hashlib.sha256(json.dumps(queries).encode()).hexdigest()[:12]
    data = {"endpoint": endpoint, "home": home, "examples": queries, "version": version, "locked": locked}
    template = Template((_HERE / "templates" / "graphiql.html").read_text(encoding="utf-8"))
    return template.substitute(
        assets=ASSETS_PATH,
        # "<" is the only character that could end the script element early.
        data=json.dumps(data).replace("<", "\\u003c"),
        styles="\n    ".join(
            f'<link rel="stylesheet" {_address("href", asset)} />'
            for asset in (assets.GRAPHIQL_STYLE, assets.EXPLORER_STYLE)
        ),
        scripts="\n    ".join(
            f"<script {_address('src', asset)}></script>"
            for asset in (assets.REACT, assets.REACT_DOM, assets.GRAPHIQL, assets.EXPLORER)
        ),
    )


def _address(attribute: str, asset: assets.Asset) -> str:
    return f'{attribute}="{html.escape(f"{VENDOR_PATH}/{asset.name}")}" integrity="sha384-{asset.sha384}"'
