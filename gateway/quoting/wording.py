"""Words for costs, and sentences put together from parts: what the notes and reasons of all lines share."""

from collections.abc import Sequence

from providers.shipping import CostKind

WORDS = {
    CostKind.ITEMS: "goods",
    CostKind.SHIPPING: "shipping",
    CostKind.HANDLING: "handling",
    CostKind.CUSTOMS_FEE: "customs fees",
    CostKind.DUTY: "duty",
    CostKind.TAX: "tax",
    CostKind.OTHER: "other costs",
}
"""What people call each kind of cost, in the order of a landed cost's lines."""


def listed(words: Sequence[str], joined_by: str = "and") -> str:
    """`goods, shipping and duty`; empty for none."""
    *most, last = words or ("",)
    return f"{', '.join(most)} {joined_by} {last}" if most else last


def sentences(*parts: str | None) -> str:
    """The parts that say something, one after the other."""
    return " ".join(part for part in parts if part)
