"""The page at `/`: what this is, how real each supplier's answers are, and where to go from here."""

import html
from collections.abc import Sequence
from pathlib import Path
from string import Template

from providers.port import Capability, Declaration, Feature, Mode, Support

_TEMPLATE = Path(__file__).parent / "templates" / "landing.html"

MODES = {
    Mode.LIVE: "real answers from the supplier",
    Mode.SIMULATED: "a simulator on this machine answers; nothing here is real",
    Mode.SAMPLE: "invented sample data that ships with the gateway",
}
"""Each mode in plain words."""


def render(suppliers: Sequence[Declaration], version: str, base_url: str) -> str:
    """The page as HTML, for what the enabled suppliers declare, of the gateway at this address."""
    template = Template(_TEMPLATE.read_text(encoding="utf-8"))
    return template.substitute(
        base=html.escape(base_url),
        version=html.escape(version),
        suppliers="\n        ".join(_row(supplier) for supplier in suppliers),
    )


def in_words(supplier: Declaration) -> str:
    """How real a supplier's answers are, and why they are not when it says so."""
    meaning = MODES[supplier.mode]
    return f"{supplier.mode_reason}: {meaning}" if supplier.mode_reason else meaning


def _row(supplier: Declaration) -> str:
    works = [_words(capability) for capability in _supported(supplier)]
    return (
        f"<tr><th scope='row'>{html.escape(supplier.name)} <code>{html.escape(supplier.code)}</code></th>"
        f"<td><strong class='{supplier.mode.value.lower()}'>{supplier.mode.value}</strong> "
        f"{html.escape(in_words(supplier))}</td>"
        f"<td>{html.escape(', '.join(works))}</td></tr>"
    )


def _supported(supplier: Declaration) -> list[Capability]:
    declared = [supplier.support(feature) for feature in Feature]
    return [capability for capability in declared if capability.support is Support.SUPPORTED]


def _words(capability: Capability) -> str:
    return capability.feature.value.replace("_", " ").lower()
