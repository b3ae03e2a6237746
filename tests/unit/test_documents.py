"""The documents agree with the code."""

import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]  # pyyaml carries no types

from gateway.errors import ErrorCode
from gateway.schema import schema
from gateway.settings import check
from providers.declaring import Terms
from tests import documents
from tests.documents import ROOT


def test_generated_parts_are_current() -> None:
    """README and `.env.example` hold what the settings and capabilities say now; `make docs` writes them."""
    stale = [path.name for path, text in documents.changes() if path.read_text(encoding="utf-8") != text]
    assert not stale, f"{stale}: run `make docs`"


def test_the_readme_compares_the_suppliers() -> None:
    """The README has a row for each term, with the words of every supplier that comes with the gateway."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for term in fields(Terms):
        words = [getattr(supplier.terms, term.name) for supplier in documents.declarations()]
        assert f" | {' | '.join(words)} |\n" in text


def test_the_exported_schema_is_current() -> None:
    """`schema.graphql` is what the code serves, so that a change of it is seen; `make schema` writes it."""
    exported = (ROOT / "schema.graphql").read_text(encoding="utf-8")
    assert exported.strip() == schema.as_str().strip(), "run `make schema`"


def test_the_example_is_every_variable() -> None:
    """`.env.example` names each variable once, with its default: uncommented it changes nothing."""
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    lines = re.findall(r"^#([A-Z][A-Z0-9_]+)=(.*)$", text, re.MULTILINE)
    listed = [entry.name for _, group in documents.entries() for entry in group]
    assert [name for name, _ in lines] == listed
    assert len(set(listed)) == len(listed)
    assert check(dict(lines)).model_dump() == check({}).model_dump()


def test_every_error_code_is_explained() -> None:
    """Each code that a client can meet has one paragraph in the README, and no other code has."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^\*\*`([A-Z_]+)`\*\*", text, re.MULTILINE)) == sorted(ErrorCode)


@pytest.mark.parametrize("name", ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_lead_somewhere(name: str) -> None:
    """A link to a file of this repository finds it."""
    text = (ROOT / name).read_text(encoding="utf-8")
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", text)
    assert not [target for target in targets if not (ROOT / target).exists()]


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_commands_exist(name: str) -> None:
    """Each make target that a document names is one of the Makefile."""
    named = set(
        re.findall(r"(?:^    |`)make ([a-z]+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)
    )
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert named <= set(targets)


def test_requirements_are_pinned_and_name_no_registry() -> None:
    """Every requirement has one version and its hashes, and no file says where packages come from."""
    for path in ROOT.glob("requirements*.txt"):
        text = path.read_text(encoding="utf-8")
        entries = re.split(r"\n(?=\S)", text.strip())
        for entry in entries:
            assert re.match(r"[A-Za-z0-9._-]+(\[[^]]+\])?==", entry), entry.splitlines()[0]
            assert "--hash=sha256:" in entry
        assert "://" not in text
        assert "--index" not in text


def test_what_is_declared_is_pinned() -> None:
    """Each dependency of `pyproject.toml` is in the requirement file of its group."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    for declared, name in (
        (project["project"]["dependencies"], "requirements.txt"),
        (groups["dev"], "requirements-dev.txt"),
        (groups["tools"], "requirements-tools.txt"),
    ):
        pinned = re.findall(r"^([A-Za-z0-9._-]+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)
        named = {re.split(r"[\[<>=!~ ]", line)[0] for line in declared}
        assert {_normal(name) for name in named} <= {_normal(name) for name in pinned}


def _normal(name: str) -> str:
    """A package's name as indexes compare it: `Babel` and `babel` are one."""
    return re.sub(r"[-_.]+", "-", name).lower()


def test_compose_is_what_the_readme_says() -> None:
    """docker-compose.yml is valid: a gateway with a healthy Valkey, and the simulator by profile."""
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
    assert set(services) == {"gateway", "valkey", "simulator"}
    assert services["gateway"]["depends_on"] == {"valkey": {"condition": "service_healthy"}}
    assert services["gateway"]["environment"]["REDIS_URL"] == "redis://valkey:6379/0"
    assert services["simulator"]["profiles"] == ["simulator"]


def test_compose_is_open_to_this_machine_only() -> None:
    """As docker-compose.yml has it, only this machine reaches the gateway, and no live supplier is open."""
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    for _ in range(2):  # a default can hold another one
        text = re.sub(r"\$\{\w+:-([^${}]*)\}", r"\1", text)
    gateway = yaml.safe_load(text)["services"]["gateway"]
    assert check(gateway["environment"]).open_access == "simulated"
    assert all(port.startswith("127.0.0.1:") for port in gateway["ports"])


def test_the_image_holds_no_secret() -> None:
    """The image is built from listed files only, runs as nobody in particular, and has a health check."""
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in ignored
    assert not any(line.startswith("!.env") for line in ignored)
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", image, re.MULTILINE)
    allowed = {line[1:] for line in ignored if line.startswith("!")}
    assert {name for line in copied for name in line.split()} <= allowed
    assert re.search(r"^USER gateway$", image, re.MULTILINE)
    assert "HEALTHCHECK" in image


def test_versions_of_the_pages_agree() -> None:
    """The image fetches the versions of GraphiQL's files that the gateway serves."""
    from gateway.web.assets import ASSETS  # noqa: PLC0415 - only this test looks at the pages

    image = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert all(asset.spec in image for asset in ASSETS)


def test_nothing_stray_at_the_top() -> None:
    """The root holds the product, its tests, and the documents that people expect there."""
    expected = {"gateway", "providers", "tests", "schema.graphql", "pyproject.toml", "Makefile", "Dockerfile"}
    expected |= {
        "docker-compose.yml",
        "LICENSE",
        "README.md",
        "ARCHITECTURE.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        # The ledger of a gateway that was served from here.
        "sourcescout.db",
        "sourcescout.db-shm",
        "sourcescout.db-wal",
    }
    found = {path.name for path in Path(ROOT).iterdir() if not path.name.startswith(".")}
    assert {name for name in found - expected if not re.fullmatch(r"requirements[a-z-]*\.txt", name)} == set()
