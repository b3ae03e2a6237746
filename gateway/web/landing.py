"""The page at `/`: what this is, how real the suppliers' answers are, their terms, and where to go next."""

import html
from collections.abc import Sequence
from pathlib import Path
from string import Template

from providers.declaring import Capability, Declaration, Feature, Mode, Support

_TEMPLATE = Path(__file__).parent / "templates" / "landing.html"
_ROWS = "\n        "

MODES = {
    Mode.LIVE: "real answers from the supplier",
    Mode.SIMULATED: "a simulator on this machine answers; nothing here is real",
    Mode.SAMPLE: "invented sample data that ships with the gateway",
}
"""Each mode in plain words."""

TERMS = {
    "api": "Official API",
    "minimum_order": "Minimum order",
    "fulfilment": "Fulfilment",
    "warehouses": "Warehouses",
    "shipping_days": "Shipping days",
    "returns": "Returns",
    "branding": "Branding",
    "payment": "Payment",
    "webhooks": "Webhooks",
}
"""Each of a supplier's terms as people call it, in the order in which they choose by them."""


def render(suppliers: Sequence[Declaration], version: str, base_url: str) -> str:
    """The page as HTML, for what the enabled suppliers declare, of the gateway at this address."""
    template = Template(_TEMPLATE.read_text(encoding="utf-8"))
    return template.substitute(
        base=html.escape(base_url),
        version=html.escape(version),
        suppliers=_ROWS.join(_row(supplier) for supplier in suppliers),
        names="".join(f"<th scope='col'>{html.escape(supplier.name)}</th>" for supplier in suppliers),
        terms=_ROWS.join(_terms(term, label, suppliers) for term, label in TERMS.items()),
    )


def in_words(supplier: Declaration) -> str:
    """How real a supplier's answers are, and why they are not when it says so."""
    meaning = MODES[supplier.mode]
    return f"{supplier.mode_reason}: {meaning}" if supplier.mode_reason else meaning


def _row(supplier: Declaration) -> str:
    mode = supplier.mode.value
    works = [_words(capability) for capability in _supported(supplier)]
    return (
        f"<tr><th scope='row'>{html.escape(supplier.name)} <code>{html.escape(supplier.code)}</code></th>"
        f"<td data-label='Answers'><strong class='{mode.lower()}'>{mode}</strong> "
        f"{html.escape(in_words(supplier))}</td>"
        f"<td data-label='What works'>{html.escape(', '.join(works))}</td></tr>"
    )


def _terms(term: str, label: str, suppliers: Sequence[Declaration]) -> str:
    cells = (
        f"<td data-label='{html.escape(supplier.name)}'>{html.escape(getattr(supplier.terms, term))}</td>"
        for supplier in suppliers
    )
    return f"<tr><th scope='row'>{html.escape(label)}</th>{''.join(cells)}</tr>"


def _supported(supplier: Declaration) -> list[Capability]:
    declared = [supplier.support(feature) for feature in Feature]
    return [capability for capability in declared if capability.support is Support.SUPPORTED]


def _words(capability: Capability) -> str:
    return capability.feature.value.replace("_", " ").lower()
