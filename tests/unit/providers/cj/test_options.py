"""Which axis has which value, when both names and values may contain the hyphen that joins them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.cj.options import axis_names, select_options

WORDS = st.text(alphabet="abcdefgh ", min_size=1, max_size=6).map(str.strip).filter(bool)


def _pairs(axes: tuple[str, ...], keys: list[object]) -> list[dict[str, str]]:
    return [{option.name: option.value for option in options} for options in select_options(axes, keys)]


@given(st.lists(WORDS, min_size=1, max_size=4, unique=True), st.data())
def test_plain_values(axes: list[str], data: st.DataObject) -> None:
    """Values without hyphens come back axis by axis, from hyphen text and from JSON text alike."""
    rows = data.draw(
        st.lists(st.lists(WORDS, min_size=len(axes), max_size=len(axes)), min_size=1, max_size=5)
    )
    expected = [dict(zip(axes, row, strict=True)) for row in rows]
    assert _pairs(tuple(axes), ["-".join(row) for row in rows]) == expected
    assert _pairs(tuple(axes), [json.dumps(row) for row in rows]) == expected


def test_hyphens_inside_values_are_learned_from_neighbours() -> None:
    """A value with a hyphen is recognised by the values that the other variants show."""
    keys: list[object] = ["Black-S", "Black-XL", "Off-White-S", "Off-White-XL", "Black-X-Large"]
    assert _pairs(("Color", "Size"), keys) == [
        {"Color": "Black", "Size": "S"},
        {"Color": "Black", "Size": "XL"},
        {"Color": "Off-White", "Size": "S"},
        {"Color": "Off-White", "Size": "XL"},
        {"Color": "Black", "Size": "X-Large"},
    ]


def test_all_values_have_hyphens() -> None:
    """When no variant is plain, the cut that repeats its values is the true one."""
    keys: list[object] = ["Two-Tone-S", "Two-Tone-M", "Off-White-S", "Off-White-M"]
    assert [pair["Color"] for pair in _pairs(("Color", "Size"), keys)] == ["Two-Tone"] * 2 + ["Off-White"] * 2


def test_json_values_are_not_cut() -> None:
    """Values that come as an array are whole, hyphens and all."""
    assert _pairs(("Color", "Size"), ['["Off-White","X-Large"]']) == [
        {"Color": "Off-White", "Size": "X-Large"}
    ]


def test_one_axis_takes_everything() -> None:
    """With one axis every hyphen belongs to the value."""
    assert _pairs(("Plug",), ["US-2-Pin", '["EU-Round"]']) == [{"Plug": "US-2-Pin"}, {"Plug": "EU-Round"}]


def test_too_few_parts_are_kept_whole() -> None:
    """A key with fewer parts than axes is not guessed apart."""
    assert _pairs(("Color", "Size"), ["Brass"]) == [{"Color-Size": "Brass"}]


@pytest.mark.parametrize("key", [None, "", "  ", "[]", '[""]'])
def test_no_key_no_options(key: object) -> None:
    """A variant without a key has no options."""
    assert _pairs(("Color",), [key]) == [{}]


def test_unnamed_axis() -> None:
    """Where the axes are not named the whole key is one option."""
    assert _pairs((), ["Black-XL"]) == [{"Option": "Black-XL"}]


@pytest.mark.parametrize(
    ("english", "chinese", "names"),
    [
        ("Color", '["颜色"]', ("Color",)),
        ("Color-Size", '["颜色","尺寸"]', ("Color", "Size")),
        ("Plug-Type", '["插头"]', ("Plug-Type",)),
        ("Color-Size", None, ("Color", "Size")),
        ('["Color","Size"]', None, ("Color", "Size")),
        (None, '["颜色"]', ()),
        ("", "", ()),
    ],
)
def test_axis_names(english: object, chinese: object, names: tuple[str, ...]) -> None:
    """The Chinese array says how many axes there are, so that a hyphen in a name is seen as one."""
    assert axis_names(english, chinese) == names


@given(
    st.lists(
        st.one_of(st.none(), st.text(max_size=20), st.lists(st.text(max_size=5), max_size=4)), max_size=6
    ),
    st.lists(WORDS, max_size=4),
)
def test_any_keys(keys: list[object], axes: list[str]) -> None:
    """Whatever the keys are, every variant gets its options or none, and every option has a name."""
    options = select_options(tuple(axes), keys)
    assert len(options) == len(keys)
    assert all(option.name for each in options for option in each)
