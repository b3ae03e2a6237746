"""Global ids: read back as they were made, and nothing else is one."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.ids import GlobalId, Kind, MalformedId, product_id, variant_id

natives = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=40)
codes = st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}", fullmatch=True)


@given(codes, natives, natives)
def test_round_trip(code: str, product: str, native: str) -> None:
    """Whatever a supplier uses as ids, ours give it back, with supplier and kind."""
    assert GlobalId.parse(product_id(code, native)) == GlobalId(Kind.PRODUCT, code, (native,))
    parsed = GlobalId.parse(variant_id(code, product, native))
    assert (parsed.kind, parsed.provider, parsed.parts) == (Kind.VARIANT, code, (product, native))
    assert parsed.native == native


@given(codes, codes, natives, natives)
def test_different_things_have_different_ids(one: str, other: str, first: str, second: str) -> None:
    """Two things share an id only if they are one thing."""
    same = (one, first) == (other, second)
    assert (product_id(one, first) == product_id(other, second)) == same


@given(st.text(max_size=60))
def test_nothing_else_is_an_id(text: str) -> None:
    """Text that no id was made as is refused, or is exactly what its reading makes again."""
    with contextlib.suppress(MalformedId):
        assert str(GlobalId.parse(text)) == text


@pytest.mark.parametrize("change", [lambda text: text + "=", lambda text: text + "A", str.upper])
def test_a_changed_id_is_not_repaired(change: object) -> None:
    """An id that was padded, lengthened or changed in case is refused rather than guessed."""
    assert callable(change)
    with pytest.raises(MalformedId):
        GlobalId.parse(change(product_id("cj", "2405170342118603100")))
