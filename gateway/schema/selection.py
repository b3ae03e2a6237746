"""
What a client asked for below a field, so that nothing is fetched that nobody reads.

Every fragment is visited once, however often it is spread, so the work is linear in the document.
"""

from collections.abc import Mapping
from typing import Any

from graphql import (
    BooleanValueNode,
    FieldNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
)
from strawberry.types import Info

from providers.upstream import Fact

_PRICE_FIELDS = frozenset({"price", "listPrice", "suggestedRetailPrice", "priceTiers"})
_STOCK_FIELDS = frozenset({"stock", "inStock", "inventory"})


def selected_names(info: Info[Any, Any]) -> frozenset[str]:
    """The names of the current field and of all fields anywhere below it, whatever type they stand on."""
    raw = info._raw_info  # noqa: SLF001 - Strawberry offers the selection only as a tree that expands every fragment
    names: set[str] = {raw.field_name}
    variables: Mapping[str, Any] = info.variable_values
    visited: set[str] = set()
    waiting: list[SelectionSetNode] = [
        node.selection_set for node in raw.field_nodes if node.selection_set is not None
    ]
    while waiting:
        for node in waiting.pop().selections:
            if _is_left_out(node, variables):
                continue
            below: SelectionSetNode | None = None
            if isinstance(node, FieldNode):
                names.add(node.name.value)
                below = node.selection_set
            elif isinstance(node, InlineFragmentNode):
                below = node.selection_set
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in visited:
                visited.add(node.name.value)
                below = raw.fragments[node.name.value].selection_set
            if below is not None:
                waiting.append(below)
    return frozenset(names)


def facts_of(names: frozenset[str]) -> frozenset[Fact]:
    """The kinds of fact that these fields show."""
    facts = {Fact.CATALOGUE}
    if names & _PRICE_FIELDS:
        facts.add(Fact.PRICE)
    if names & _STOCK_FIELDS:
        facts.add(Fact.STOCK)
    return frozenset(facts)


def selected_facts(info: Info[Any, Any]) -> frozenset[Fact]:
    """The kinds of fact that the current field's selection shows."""
    return facts_of(selected_names(info))


def _is_left_out(node: SelectionNode, variables: Mapping[str, Any]) -> bool:
    for directive in node.directives or ():
        if directive.name.value in {"skip", "include"} and directive.arguments:
            given = directive.arguments[0].value
            if isinstance(given, VariableNode):
                condition = bool(variables.get(given.name.value))
            else:
                condition = isinstance(given, BooleanValueNode) and given.value
            if condition is (directive.name.value == "skip"):
                return True
    return False
