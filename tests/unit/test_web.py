"""The pages without a browser: what is taken for GraphiQL's files, and what is written into HTML."""

import io
import json
import re
import tarfile
from dataclasses import fields, replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from strawberry.http.ides import get_graphql_ide_html

from gateway.quoting.rates import open_rates
from gateway.web import assets, compare, landing
from gateway.web.graphiql import Example, render_page
from providers.declaring import Capability, Declaration, Feature, Mode, Support, Terms
from providers.upstream import Limits

STATIC = Path(assets.__file__).parent / "static"

ACME = Declaration(
    code="acme",
    name="Acme <b>& Sons</b>",
    homepage=None,
    mode=Mode.SAMPLE,
    capabilities=(
        Capability(Feature.PRODUCT_SEARCH, Support.SUPPORTED),
        Capability(Feature.ORDERS, Support.NOT_IMPLEMENTED),
    ),
    terms=Terms(*["-"] * 9),
    limits=Limits(account="acme"),
    freshness={},
    filters=frozenset(),
    sorts=frozenset(),
    search_page_size=10,
    sampled_on=date(2026, 11, 1),
)


def package(folder: Path, asset: assets.Asset, content: bytes) -> None:
    """A package as `npm pack` writes it, with one file."""
    name = f"{asset.package.removeprefix('@').replace('/', '-')}-{asset.version}.tgz"
    with tarfile.open(folder / name, "w:gz") as files:
        entry = tarfile.TarInfo(f"package/{asset.path}")
        entry.size = len(content)
        files.addfile(entry, io.BytesIO(content))


def test_hashes_are_those_of_the_stock_page() -> None:
    """The files served are, byte for byte, those that Strawberry's own page loads from a public network."""
    stock = get_graphql_ide_html("graphiql")
    for asset in assets.ASSETS:
        assert re.search(rf'{re.escape(f"{asset.spec}/{asset.path}")}"\s+integrity="sha384-', stock)
        assert f"sha384-{asset.sha384}" in stock


def test_another_file_is_refused(tmp_path: Path) -> None:
    """A package whose file is not the one that was meant installs nothing of it."""
    package(tmp_path, assets.REACT, b"alert('other')")
    with pytest.raises(assets.AssetsUnavailableError, match="is not the file that was meant"):
        assets.install(tmp_path, tmp_path / "vendor")
    assert not list((tmp_path / "vendor").iterdir())
    assert not assets.present(tmp_path / "vendor")


def test_a_missing_package_is_named(tmp_path: Path) -> None:
    """Without a package, or without the file in it, the refusal says which."""
    with pytest.raises(assets.AssetsUnavailableError, match=r"react@18\.2\.0"):
        assets.install(tmp_path, tmp_path / "vendor")
    package(tmp_path, replace(assets.REACT, path="elsewhere.js"), b"")
    with pytest.raises(assets.AssetsUnavailableError, match=re.escape(assets.REACT.path)):
        assets.install(tmp_path, tmp_path / "vendor")


def test_a_damaged_file_counts_as_missing(tmp_path: Path) -> None:
    """Files that are there but are not the ones that were meant are not served."""
    for asset in assets.ASSETS:
        (tmp_path / asset.name).write_bytes(b"half a fi")
    assert not assets.present(tmp_path)


def test_without_files_the_page_says_so(tmp_path: Path) -> None:
    """Without GraphiQL's files the stock page is given, with a sentence in place of an endless 'Loading'."""
    page = render_page((Example("a", "{ a }"),), vendor=tmp_path)
    assert "unpkg" in page
    assert "make serve" in page
    assert "Loading..." not in page


class _Data(HTMLParser):
    """Collects the text of the page's JSON element, as a browser would cut it out."""

    inside = False
    text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag == "script" and ("id", "page-data") in attrs

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "script"

    def handle_data(self, data: str) -> None:
        self.text += data if self.inside else ""


def test_examples_cannot_break_the_page() -> None:
    """Whatever an example holds arrives in GraphiQL as it is and ends no element early."""
    nasty = '{ a(text: "</script><script>alert(1)</script> $home ${home} <!--") }'
    page = render_page((Example("nasty", nasty),), vendor=None)
    data = _Data()
    data.feed(page)
    assert json.loads(data.text)["examples"] == [{"query": nasty}]
    assert "alert(1)</script>" not in page
    assert "unpkg" not in page


def test_the_landing_page_escapes_and_explains() -> None:
    """A supplier's words are text, never markup; its mode is explained, and only what works is listed."""
    page = landing.render([replace(ACME, mode_reason="no key")], "1.2.3", "https://api.shop.example")
    assert "Acme &lt;b&gt;&amp; Sons&lt;/b&gt;" in page
    assert "no key: invented sample data" in page
    assert "product search" in page
    assert "orders" not in page
    assert "curl -s https://api.shop.example/graphql" in page


def test_terms_stand_side_by_side() -> None:
    """The landing page has a row for each term that suppliers declare, and a cell in it for each supplier."""
    words = [f"{field.name} & more" for field in fields(Terms)]
    other = replace(ACME, code="other", name="Other", terms=Terms(*words))
    page = landing.render([ACME, other], "1.2.3", "https://api.shop.example")
    assert sorted(landing.TERMS) == sorted(field.name for field in fields(Terms))
    for term, label in landing.TERMS.items():
        row = re.search(rf"<th scope='row'>{label}</th>(.*)</tr>", page)
        assert row
        assert re.findall(r"<td data-label='(.*?)'>(.*?)</td>", row.group(1)) == [
            ("Acme &lt;b&gt;&amp; Sons&lt;/b&gt;", "-"),
            ("Other", f"{term} &amp; more"),
        ]


def test_every_mode_has_words() -> None:
    """Each mode a supplier can have is explained."""
    assert set(landing.MODES) == set(Mode)


def comparison(suppliers: list[Declaration], base_url: str = "https://api.shop.example") -> str:
    """The comparison page with all that can be chosen."""
    currencies = open_rates().currencies
    return compare.render(suppliers, base_url, currencies=currencies, rules_day=date(2026, 11, 24))


def test_only_what_can_be_converted_is_offered() -> None:
    """A common currency without a rate is not among those that people look for first."""
    page = compare.render(
        [ACME], "https://api.shop.example", currencies={"EUR"}, rules_day=date(2026, 11, 24)
    )
    assert set(re.findall(r'value="([A-Z]{3})"', page)) == {"EUR"}


def test_the_comparison_escapes_and_explains() -> None:
    """A supplier's words are text on the comparison page too, and its mode stands beside its name."""
    page = comparison([replace(ACME, mode_reason="no key")])
    assert "<strong>Acme &lt;b&gt;&amp; Sons&lt;/b&gt;</strong>" in page
    assert '<span class="tag sample">SAMPLE</span>' in page
    assert "no key: invented sample data" in page
    assert "sources on Nov 24, 2026." in page


def test_pictures_come_from_the_configured_address() -> None:
    """The comparison page may load pictures of invented goods from the gateway under any name it has."""
    page = comparison([ACME], "http://gateway.local:8000")
    policy = re.search(r'content="(default-src[^"]*)"', page)
    assert policy
    assert "img-src 'self' http://gateway.local:8000 https: data:" in policy.group(1)
    assert "unsafe" not in policy.group(1)


def test_every_offered_choice_works() -> None:
    """The comparison page offers all currencies that can be converted, and each country by its own name."""
    page = comparison([ACME])
    offered = re.findall(r'<option value="([A-Z]{2,3})">(.+?)</option>', page)
    assert {code for code, _ in offered if len(code) == 3} == open_rates().currencies
    countries = {(code, name) for code, name in offered if len(code) == 2}
    assert (
        len({code for code, _ in countries}) == len({name for _, name in countries}) == len(countries) > 200
    )


def test_scripts_write_no_markup() -> None:
    """No script of the comparison page has a way to turn a supplier's words into markup."""
    scripts = [STATIC / "compare.js", *(STATIC / "compare").glob("*.js")]
    assert len(scripts) > 5
    for script in scripts:
        text = script.read_text(encoding="utf-8")
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\b", text
        )
