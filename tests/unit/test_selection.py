"""What a client asked for below a field: names, through fragments and directives, and facts behind them."""

import pytest
import strawberry
from hypothesis import given
from hypothesis import strategies as st
from strawberry.types import Info

from gateway.schema.selection import facts_of, selected_names
from providers.upstream import Fact


@strawberry.type
class Thing:
    """With children of its own kind, so that documents can be deep."""

    a: int = 1
    b: int = 2

    @strawberry.field
    def child(self) -> "Thing":
        """One level down."""
        return Thing()


SEEN: list[frozenset[str]] = []


@strawberry.type
class Query:
    """Notes what was asked for below its one field."""

    @strawberry.field
    def thing(self, info: Info[None, None]) -> Thing:
        """Whatever was asked for."""
        SEEN.append(selected_names(info))
        return Thing()


SCHEMA = strawberry.Schema(Query)


def names_in(document: str, **variables: bool) -> set[str]:
    """Names that are seen below `thing`, itself left out."""
    SEEN.clear()
    result = SCHEMA.execute_sync(document, variable_values=variables)
    assert result.errors is None
    (seen,) = SEEN
    return set(seen - {"thing"})


@pytest.mark.parametrize(
    ("document", "names"),
    [
        ("{ thing { a } }", {"a"}),
        ("{ thing { x: a child { b } } }", {"a", "b", "child"}),
        ("{ thing { ... { a } ... on Thing { child { b } } } }", {"a", "b", "child"}),
        ("{ thing { ...F } } fragment F on Thing { a ...G } fragment G on Thing { b }", {"a", "b"}),
        ("{ thing { a b @skip(if: true) } }", {"a"}),
        ("{ thing { a b @skip(if: false) } }", {"a", "b"}),
        ("{ thing { a b @include(if: false) } }", {"a"}),
        ("{ thing { a b @include(if: true) @skip(if: true) } }", {"a"}),
        ("{ thing { a ... @include(if: false) { b child { a } } } }", {"a"}),
        ("{ thing { a ...F @skip(if: true) } } fragment F on Thing { b }", {"a"}),
        ("{ thing { a child @skip(if: true) { b } child { a } } }", {"a", "child"}),
        ("query ($no: Boolean = false) { thing { a b @include(if: $no) } }", {"a"}),
        ("{ thing { a } thing { b } }", {"a", "b"}),
    ],
)
def test_names(document: str, names: set[str]) -> None:
    """Names are those that will be answered: through fragments, and without what is skipped."""
    assert names_in(document) == names


@given(skipped=st.booleans(), included=st.booleans())
def test_variables_decide(*, skipped: bool, included: bool) -> None:
    """A variable in @skip or @include counts as it was given."""
    document = "query ($s: Boolean!, $i: Boolean!) { thing { a b @skip(if: $s) @include(if: $i) } }"
    seen = names_in(document, s=skipped, i=included)
    assert ("b" in seen) is (included and not skipped)


def test_a_fragment_left_out_once_counts_where_it_is_let_in() -> None:
    """A fragment that one spread skips and another does not is asked for."""
    document = "{ thing { ...F @skip(if: true) child { ...F } } } fragment F on Thing { b }"
    assert names_in(document) == {"b", "child"}


def test_many_spreads_are_linear() -> None:
    """Fragments that double at each of forty levels are walked once each, not a million million times."""
    levels = 40
    fragments = " ".join(f"fragment F{n} on Thing {{ ...F{n + 1} a ...F{n + 1} }}" for n in range(levels))
    assert names_in(f"{{ thing {{ ...F0 }} }} {fragments} fragment F{levels} on Thing {{ b }}") == {"a", "b"}


@pytest.mark.parametrize(
    ("names", "facts"),
    [
        ({"title", "images"}, {Fact.CATALOGUE}),
        ({"title", "price"}, {Fact.CATALOGUE, Fact.PRICE}),
        ({"priceTiers"}, {Fact.CATALOGUE, Fact.PRICE}),
        ({"inStock"}, {Fact.CATALOGUE, Fact.STOCK}),
        ({"inventory", "suggestedRetailPrice"}, {Fact.CATALOGUE, Fact.PRICE, Fact.STOCK}),
    ],
)
def test_facts(names: set[str], facts: set[Fact]) -> None:
    """Fields show facts: texts always, prices and stock only where they are asked for."""
    assert facts_of(frozenset(names)) == facts
