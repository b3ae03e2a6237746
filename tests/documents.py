"""
The parts of the documents that are written from the code: `.env.example`, and the tables of the README.

`make docs` writes them; `tests/unit/test_documents.py` fails when they are stale.
"""

import importlib
import importlib.metadata
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gateway import wiring
from gateway.orders.diagram import diagram
from gateway.settings import Settings, check
from gateway.variables import variables
from gateway.web import landing
from providers.declaring import Declaration, Feature

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
ARCHITECTURE = ROOT / "ARCHITECTURE.md"
EXAMPLE = ROOT / ".env.example"
_WIDTH = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """One variable, ours or a supplier's."""

    name: str
    default: str
    meaning: str


def entries() -> list[tuple[str, list[Entry]]]:
    """Every variable there is, under a heading for whose it is."""
    groups = [
        (
            "The gateway",
            [Entry(variable.name, variable.default, variable.meaning) for variable in variables(Settings)],
        )
    ]
    names = {declaration.code: declaration.name for declaration in declarations()}
    for point in sorted(importlib.metadata.entry_points(group="sourcescout.providers")):
        listed = getattr(importlib.import_module(point.module), "VARIABLES", ())
        if listed and point.name in names:
            own = [Entry(variable.name, variable.default, variable.meaning) for variable in listed]
            groups.append((names[point.name], own))
    return groups


def declarations() -> Sequence[Declaration]:
    """What the suppliers declare that come with the gateway."""
    return wiring.describe(check({}))


def env_example() -> str:
    """The text of `.env.example`."""
    lines = [
        "# Every variable of the gateway with its default; a commented line changes nothing. Copy it to",
        "# `.env`, or set the same names in the environment, which wins. Written by `make docs`.",
    ]
    for heading, listed in entries():
        lines += ["", "", f"# {heading}".ljust(_WIDTH, " ").rstrip()]
        for entry in listed:
            words = entry.meaning.replace("`", "")
            lines += ["", *textwrap.wrap(words, _WIDTH, initial_indent="# ", subsequent_indent="# ")]
            lines.append(f"#{entry.name}={entry.default}")
    return "\n".join(lines) + "\n"


def settings_table() -> str:
    """The README's table of variables."""
    rows = []
    for heading, listed in entries():
        rows += [f"**{heading}**", "", "| Variable | Default | Meaning |", "|---|---|---|"]
        for entry in listed:
            default = f"`{entry.default}`" if entry.default else "unset"
            rows.append(f"| `{entry.name}` | {default} | {_cell(entry.meaning)} |")
        rows.append("")
    return "\n".join(rows).strip()


def capability_table() -> str:
    """The README's table of what works with which supplier."""
    suppliers = declarations()
    rows = [
        "| Feature | " + " | ".join(_cell(supplier.name) for supplier in suppliers) + " |",
        "|---" * (len(suppliers) + 1) + "|",
    ]
    for feature in Feature:
        cells = [f"`{feature.value}`"]
        for supplier in suppliers:
            capability = supplier.support(feature)
            note = f"<br>{_cell(capability.note)}" if capability.note else ""
            cells.append(f"{capability.support.value}{note}")
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows)


def terms_table() -> str:
    """The README's table of what people choose a supplier by."""
    suppliers = declarations()
    rows = [
        "| | " + " | ".join(_cell(supplier.name) for supplier in suppliers) + " |",
        "|---" * (len(suppliers) + 1) + "|",
    ]
    for term, label in landing.TERMS.items():
        cells = [f"**{label}**", *(_cell(getattr(supplier.terms, term)) for supplier in suppliers)]
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows)


def readme(text: str) -> str:
    """The README with its generated parts written anew."""
    parts = {"terms": terms_table(), "capabilities": capability_table(), "settings": settings_table()}
    return _rewritten(text, parts)


def architecture(text: str) -> str:
    """ARCHITECTURE with the states of an order drawn anew."""
    return _rewritten(text, {"order-states": f"```mermaid\n{diagram()}\n```"})


def changes() -> Iterator[tuple[Path, str]]:
    """Each file that is written from the code, with the text it should have."""
    yield README, readme(README.read_text(encoding="utf-8"))
    yield ARCHITECTURE, architecture(ARCHITECTURE.read_text(encoding="utf-8"))
    yield EXAMPLE, env_example()


def _rewritten(text: str, parts: Mapping[str, str]) -> str:
    """The text with what stands between the marks of each part written anew."""
    for name, content in parts.items():
        start, end = f"<!-- {name} -->", f"<!-- /{name} -->"
        before, _, rest = text.partition(start)
        _, _, after = rest.partition(end)
        text = f"{before}{start}\n{content}\n{end}{after}"
    return text


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    for path, content in changes():
        path.write_text(content, encoding="utf-8")
