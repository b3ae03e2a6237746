"""Who may know whom, read from the imports; and the habits that every file keeps."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHARED_WORDS = (
    *(
        "clock",
        "declaring",
        "discretion",
        "errors",
        "events",
        "model",
        "orders",
        "pictures",
        "port",
        "shipping",
    ),
    "upstream",
)
"""The modules of `providers` that adapters and gateway share."""

WORDS = frozenset(f"providers.{word}" for word in SHARED_WORDS)

MAY_IMPORT: dict[str, frozenset[str]] = {
    # The suppliers' side. An adapter never sees the gateway or another adapter.
    "providers": WORDS,
    "providers.registry": WORDS,
    "providers.contract": WORDS | {"providers.contract", "providers.registry"},
    # A fake that shares code with what it stands in for shares its mistakes.
    "providers.cj.simulator": frozenset({"providers.clock", "providers.pictures", "providers.cj.simulator"}),
    "providers.cj": WORDS | {"providers.cj"},
    "providers.skeleton": WORDS,
    "providers.alibaba": WORDS | {"providers.alibaba", "providers.skeleton"},
    # The customers' side.
    "gateway.upstream": frozenset(
        {
            "gateway.upstream",
            "gateway.redis_link",
            "providers.upstream",
            "providers.errors",
            "providers.clock",
            "providers.declaring",
            "providers.port",
        }
    ),
    "gateway.redis_link": frozenset({"providers.clock", "providers.upstream"}),
    "gateway.schema": WORDS
    | {
        "gateway.schema",
        "gateway.access",
        "gateway.loaders",
        "gateway.catalog",
        "gateway.codes",
        "gateway.quoting",
        "gateway.comparing",
        "gateway.orders",
        "gateway.events",
        "gateway.context",
        "gateway.errors",
        "gateway.ids",
        "gateway.outcomes",
        "gateway.services",
        "gateway.stock",
        # What the pipeline tells about itself, as data.
        "gateway.upstream.breaker",
        "gateway.upstream.budget",
    },
    # What survives a crash. The table of steps knows no database, and the database knows no orders.
    "gateway.storage": frozenset({"gateway.storage", "gateway.variables"}),
    "gateway.orders.state": frozenset({"providers.orders"}),
    "gateway.orders": WORDS
    | {
        "gateway.orders",
        "gateway.storage",
        "gateway.loaders",
        "gateway.outcomes",
        "gateway.quoting",
        "gateway.services",
        "gateway.codes",
        "gateway.toml_file",
        "gateway.upstream.owner",  # work that goes on when its request hangs up
    },
    "gateway.web": frozenset({"gateway.web", "providers.declaring", "providers.port"}),
    "gateway.web.pages": frozenset({"gateway.web", "gateway.schema", "providers.declaring"}),
    "gateway.access": frozenset(),
    "gateway.settings": frozenset(
        {"gateway.access", "gateway.storage.columns", "gateway.variables", "providers.upstream"}
    ),
    "gateway.variables": frozenset(),
    "gateway.log": frozenset(),
    "gateway.codes": frozenset(),
    "gateway.toml_file": frozenset({"gateway.quoting.wording"}),
    "gateway.wiring": frozenset({"gateway", "providers"}),
    "gateway": WORDS | {"gateway"},
}
"""For each part the parts of this project that it may import; the longest name that fits a module decides."""

MAY_IMPORT_WIRING = {"gateway.app", "gateway.serving", "gateway.cli"}
"""Wiring builds everything, so only what starts the gateway may ask it to."""

MAY_KNOW_SIMULATOR = {"providers.cj"}
"""Only the package's own `__init__` decides between network and simulator."""

OUTSIDE_WORLD = {
    "aiocache",
    "httpx",
    "os",
    "redis",
    "socket",
    "sqlalchemy",
    "subprocess",
    "tenacity",
    "urllib.request",
}
"""Libraries that reach out of the process."""

MAY_START_TASKS = {
    "gateway.upstream.owner": "a flight belongs to no request: it outlives the one that began it",
    "gateway.redis_link": "one probe watches Redis from start to close",
    "gateway.storage.engine": "a transaction ends by itself when its caller hangs up in the middle",
    "gateway.upstream.budget.line": "one hands out permits, one ends late waiters, from start to close",
    "gateway.upstream.budget.fallback": "one heartbeat tells other processes of this one",
    "providers.cj.provider": "the account is read once at start, behind everything that clients ask",
    "providers.cj.auth": "one login serves every call that waits for it and outlives each of them",
}
"""Modules that may call `asyncio.create_task`, each with its reason; everything else uses a TaskGroup."""


@dataclass(frozen=True, slots=True)
class Module:
    """One file of the project, parsed."""

    name: str
    path: Path
    tree: ast.Module

    def imports(self) -> Iterator[str]:
        """Every module that it names in an import, wherever it stands; `from a import b` gives a.b too."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                package = self.name if self.path.name == "__init__.py" else self.name.rpartition(".")[0]
                for _ in range(node.level - 1):
                    package = package.rpartition(".")[0]
                base = ".".join(filter(None, (package if node.level else "", node.module)))
                yield base
                yield from (f"{base}.{alias.name}" for alias in node.names)


def modules(*folders: str) -> list[Module]:
    found = []
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found.append(Module(name, path, ast.parse(path.read_text(encoding="utf-8"))))
    return found


PRODUCT = modules("gateway", "providers")
TESTS = modules("tests")
NAMES = {module.name for module in PRODUCT}
by_name = pytest.mark.parametrize("module", PRODUCT, ids=[module.name for module in PRODUCT])


def within(name: str, part: str) -> bool:
    return name == part or name.startswith(part + ".")


def module_of(name: str) -> str:
    """The module of this project an imported name lies in: `providers.port` for `providers.port.Mode`."""
    while name and name not in NAMES:
        name = name.rpartition(".")[0]
    return name


@by_name
def test_who_may_know_whom(module: Module) -> None:
    """Each part imports only the parts that the architecture lets it know."""
    part = max((part for part in MAY_IMPORT if within(module.name, part)), key=len)
    allowed = MAY_IMPORT[part]
    for name in module.imports():
        other = module_of(name)
        # A package's own name says nothing; what is taken out of it does.
        if other not in {"", "gateway", "providers", module.name}:
            assert any(within(other, ok) for ok in allowed), f"{module.name} may not import {other}"


@by_name
def test_only_the_start_knows_wiring(module: Module) -> None:
    """Nothing but what starts the gateway imports its composition root."""
    if "gateway.wiring" in set(module.imports()):
        assert module.name in MAY_IMPORT_WIRING


@by_name
def test_the_simulator_is_a_stranger(module: Module) -> None:
    """The CJ adapter knows nothing of the simulator but in the one place that chooses between it and CJ."""
    if within(module.name, "providers.cj.simulator"):
        return
    known = [name for name in module.imports() if within(name, "providers.cj.simulator")]
    assert not known or module.name in MAY_KNOW_SIMULATOR


@by_name
def test_the_schema_reaches_nothing(module: Module) -> None:
    """Schema, settings and the shared words do no input or output of their own."""
    quiet = ("gateway.schema", "gateway.loaders", "gateway.catalog", "providers.model", "providers.errors")
    if any(within(module.name, part) for part in quiet):
        reached = {name for name in module.imports() for far in OUTSIDE_WORLD if within(name, far)}
        assert not reached


@by_name
def test_only_the_edge_reads_the_environment(module: Module) -> None:
    """`os.environ` is read where the process starts and nowhere else."""
    readers = {"gateway.settings", "gateway.cli", "gateway.serving"}
    touched = any(
        isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
        for node in ast.walk(module.tree)
    )
    assert not touched or module.name in readers or module.name.endswith(".__main__")


@by_name
def test_no_stray_tasks(module: Module) -> None:
    """Concurrent work belongs to a TaskGroup, or to a module that is listed with its reason."""
    strays = [
        node.lineno
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"create_task", "ensure_future"}
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"asyncio", "loop"}
    ]
    assert not strays or module.name in MAY_START_TASKS


@by_name
def test_every_module_says_why_it_is_there(module: Module) -> None:
    """Every module begins with a docstring."""
    assert ast.get_docstring(module.tree)


@by_name
def test_importing_does_nothing(module: Module) -> None:
    """At module level there are definitions, constants and imports: nothing waits, opens or runs."""
    for node in module.tree.body:
        is_main = isinstance(node, ast.If) and ast.unparse(node.test) in {
            "__name__ == '__main__'",
            "TYPE_CHECKING",
        }
        assert is_main or not isinstance(node, ast.For | ast.While | ast.With | ast.If | ast.Try), (
            f"{module.name} does something when it is imported, on line {node.lineno}"
        )


def test_every_test_says_what_it_shows() -> None:
    """The docstring of every test is one sentence of behaviour."""
    wanting = []
    for module in TESTS:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                sentence = (ast.get_docstring(node) or "").strip()
                if not sentence.endswith((".", "?")) or "\n\n" in sentence:
                    wanting.append(f"{module.path.relative_to(ROOT)}:{node.lineno} {node.name}")
    assert not wanting


def _texts() -> Iterator[tuple[Path, str]]:
    skipped = {".git", ".venv", ".tools", ".cache", "vendor", "node_modules", "__pycache__"}
    for path in sorted(ROOT.rglob("*")):
        inside = path.relative_to(ROOT).parts
        if path.is_file() and not any(part in skipped or part.endswith("_cache") for part in inside):
            if (
                path.name == ".env"
                or "hypothesis" in inside[0]
                or path.suffix in {".png", ".sqlite3", ".pyc"}
                or path.name.startswith("sourcescout.db")
            ):
                continue
            try:
                yield path.relative_to(ROOT), path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue


def test_no_file_names_this_machine() -> None:
    """No file holds a path of the machine it was written on, or the address of a package registry."""
    registry = re.compile(
        r"https?://[^\s\"']+/(?:simple/?[\s\"']|packages/[0-9a-f]{2}/)|\"resolved\":\s*\"https?:"
    )
    here = [f"{Path.home()}/"]
    if len(ROOT.parts) > 2:  # a container's /app is no secret
        here.append(f"{ROOT.parent}/")
    naming = [
        str(path) for path, text in _texts() if registry.search(text) or any(place in text for place in here)
    ]
    assert not naming
