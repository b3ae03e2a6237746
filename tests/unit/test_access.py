"""Keys: how they are made and written down, and whose request one makes out."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import wiring
from gateway.access import ANYONE, Scope, Unidentified, identify, new_key, read_keys
from gateway.settings import check
from gateway.variables import ConfigurationError
from providers.declaring import Mode

NAMES = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,39}", fullmatch=True)
HASH = hashlib.sha256(b"a key of somebody").hexdigest()
OTHER = hashlib.sha256(b"a key of somebody else").hexdigest()


@given(name=NAMES, scopes=st.lists(st.sampled_from(Scope), min_size=1))
def test_a_fresh_key(name: str, scopes: list[Scope]) -> None:
    """A fresh key opens what its entry says, under the entry's name, and the entry does not tell the key."""
    key, entry = new_key(name, "+".join(scopes))
    caller = identify(read_keys([entry]), [f"Bearer {key}"])
    assert (caller.name, caller.scopes) == (name, frozenset(scopes))
    assert key.startswith("ss_")
    assert key not in entry
    assert new_key(name, "read")[0] != key


@pytest.mark.parametrize(
    ("name", "scopes"),
    [
        ("", "read"),
        ("Shop", "read"),
        ("my shop", "read"),
        ("läden", "read"),
        ("a:b", "read"),
        ("a,b", "read"),
        ("-", "read"),
        ("s" * 41, "read"),
        ("shop\n", "read"),
        ("shop", ""),
        ("shop", "write"),
        ("shop", "read+"),
        ("shop", "read order"),
        ("shop", "READ"),
    ],
)
def test_what_no_key_can_have(name: str, scopes: str) -> None:
    """A name that would not fit into an entry, or a scope that is none, makes no key."""
    with pytest.raises(ValueError, match=r"a name has|scopes are read, order, pay, admin"):
        new_key(name, scopes)


@pytest.mark.parametrize("header", ["Bearer {}", "bearer {}", "BEARER   {}  "])
def test_how_a_key_is_shown(header: str) -> None:
    """The scheme's capitals and blanks around the key do not matter."""
    key, entry = new_key("shop", "read")
    assert identify(read_keys([entry]), [header.format(key)]).name == "shop"


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ([], "answers only to its keys"),
        ([""], "cannot be used"),
        (["Bearer"], "cannot be used"),
        (["Bearer "], "cannot be used"),
        (["{key}"], "cannot be used"),
        (["Basic {key}"], "cannot be used"),
        (["Bearer {key} {key}"], "cannot be used"),
        (["Bearer {key}, Bearer {key}"], "cannot be used"),
        (["Bearer {key}", "Bearer {key}"], "cannot be used"),
        (["Bearer\t{key}"], "cannot be used"),
        (["Bearer {key}\n"], "cannot be used"),
        (["Bearer \N{KELVIN SIGN}{key}"], "cannot be used"),
        (["Bearer ss_\ud800"], "cannot be used"),
        (["Bearer {key}x"], "does not know this key"),
        (["Bearer {key}="], "does not know this key"),
        (["Bearer {hash}"], "does not know this key"),
        (["Bearer " + "k" * 1_000_000], "does not know this key"),
    ],
)
def test_strangers(headers: list[str], said: str) -> None:
    """No header, one that is no bearer's, several, and an unknown key are refused, each in its words."""
    key, entry = new_key("shop", "read")
    shown = [each.replace("{key}", key).replace("{hash}", entry.rpartition(":")[2]) for each in headers]
    with pytest.raises(Unidentified, match=said) as refusal:
        identify(read_keys([entry]), shown)
    assert key not in str(refusal.value)


@given(st.lists(st.text() | st.text().map("Bearer {}".format), max_size=3))
def test_any_header(headers: list[str]) -> None:
    """Whatever the headers hold, it makes nobody a caller, and a gateway without keys looks at none of it."""
    with pytest.raises(Unidentified):
        identify(read_keys([f"shop:read:{HASH}"]), headers)
    assert identify((), headers) is ANYONE


@pytest.mark.parametrize("open_access", ["", "false", "simulated"])
def test_a_live_supplier_is_no_strangers(open_access: str) -> None:
    """A live supplier is served to keys, or to everyone where that is said; else there is no start."""
    live = {"CJ_API_KEY": f"CJ1@api@{'0123456789abcdef' * 2}", "GATEWAY_OPEN_ACCESS": open_access}
    with pytest.raises(ConfigurationError) as refusal:
        wiring.describe(check(live))
    (problem,) = refusal.value.problems
    assert problem.startswith("CJ Dropshipping would be live")
    assert "GATEWAY_API_KEYS" in problem
    assert "GATEWAY_OPEN_ACCESS=true" in problem
    for more in ({"GATEWAY_API_KEYS": f"shop:read:{HASH}"}, {"GATEWAY_OPEN_ACCESS": "true"}):
        assert [each.mode for each in wiring.describe(check(live | more))] == [Mode.LIVE]


def test_many_keys() -> None:
    """Each of many keys opens the gateway under its own name, the last one too."""
    made = [new_key(f"shop-{number}", "read+order") for number in range(300)]
    keys = read_keys(entry for _, entry in made)
    assert [identify(keys, [f"Bearer {key}"]).name for key, _ in made] == [f"shop-{n}" for n in range(300)]


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ([], "there is no entry"),
        (["shop"], "entry 1: it has not three parts"),
        (["shop:read"], "entry 1: it has not three parts"),
        ([f"shop:read:{HASH}:more"], "entry 1: it has not three parts"),
        ([f"shop:read:{HASH}", f":read:{OTHER}"], "entry 2: a name has"),
        ([f"shop::{HASH}"], "entry 1: scopes are read, order, pay, admin"),
        ([f"shop:read+write:{HASH}"], "entry 1: scopes are"),
        ([f"shop:*:{HASH}"], "entry 1: scopes are"),
        (["shop:read:ss_notahash"], "entry 1: its hash is not 64 hexadecimal digits"),
        ([f"shop:read:{HASH[:-1]}"], "entry 1: its hash"),
        ([f"shop:read:{HASH}0"], "entry 1: its hash"),
        ([f"shop:read:{HASH[:-1]}\N{FULLWIDTH DIGIT ONE}"], "entry 1: its hash"),
        ([f"a:read:{HASH}", f"b:read:{OTHER}", f"a:pay:{OTHER[::-1]}"], "entries 1 and 3 have the same name"),
        ([f"a:read:{HASH}", f"b:pay:{HASH}"], "entries 1 and 2 have the same key"),
    ],
)
def test_entries_that_cannot_be_used(entries: list[str], said: str) -> None:
    """An entry is refused by its number, with what is wrong with it."""
    with pytest.raises(ValueError, match=said):
        read_keys(entries)


@given(st.lists(st.lists(st.sampled_from(["5ecret", "shop", "read", HASH]), max_size=4).map(":".join)))
def test_a_refused_entry_is_not_repeated(entries: list[str]) -> None:
    """What an entry holds by mistake is not told by its refusal."""
    try:
        read_keys(entries)
    except ValueError as refusal:
        assert "5ecret" not in str(refusal)  # noqa: PT017 - both ways are right
        assert HASH not in str(refusal)  # noqa: PT017


def test_nothing_shows_a_hash() -> None:
    """Printing a key shows its name and scopes, in one order, and no hash."""
    (key,) = read_keys([f"shop:pay+read:{HASH}"])
    assert str(key.caller) == "shop (read+pay)"
    assert HASH not in repr(key)
