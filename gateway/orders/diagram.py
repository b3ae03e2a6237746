"""The states of an order as a Mermaid diagram, drawn from the tables that the gateway goes by."""

from collections.abc import Iterator

from gateway.orders.state import DEEDS, NEWS
from providers.orders import OrderState

_DETOURS = {"CANCELLED", "UNKNOWN"}
"""States that nothing is thought to pass through; so their own arrows are all drawn."""
_LABELS = {"+": "", "o": ": supplier, when asked"}


def diagram() -> str:
    """
    Mermaid text, without a fence around it.

    What the supplier says is drawn to the next state only, though it may skip any number of them; what the
    gateway does bears its name.
    """
    return "\n".join(["stateDiagram-v2", "    [*] --> PENDING", *_news(), *_deeds()])


def _news() -> Iterator[str]:
    ways = {
        (status.value, heard.value): mark
        for status, marks in NEWS.items()
        for heard, mark in zip(OrderState, marks.split(), strict=True)
        if mark in _LABELS
    }
    between = {heard.value for heard in OrderState} - _DETOURS
    for (here, there), mark in ways.items():
        stations = between - {here, there}
        skips = any(ways.get((here, one)) == mark and ways.get((one, there)) == "+" for one in stations)
        if there in _DETOURS or not skips:
            yield f"    {here} --> {there}{_LABELS[mark]}"


def _deeds() -> Iterator[str]:
    for deed, rule in DEEDS.items():
        for here in NEWS:  # in its order: that of a set changes from run to run
            if here in rule.becomes:
                yield f"    {here} --> {rule.becomes[here]}: {deed.value.lower().replace('_', ' ')}"
