"""How alike products are, which is closest, and which fit a search best."""

import tomllib
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.comparing.likeness import best_matching, closest, likeness
from providers.cj.simulator import World
from providers.model import Category, Product, StockSummary

slips = st.lists(st.tuples(st.integers(0, 15), st.sampled_from("xyz")), max_size=2)
misspelt = slips.map(lambda made: "".join(dict(made).get(place, "a") for place in range(16)))
"""Words of which each is nearly the same as several others, but not as all."""
real = st.sampled_from(
    ["Wireless", "charger", "organizer", "Organisers", "for", "new", "15 W", "灯具", "Café"]
)
titles = st.text(max_size=60) | st.lists(misspelt | real, max_size=8).map(" ".join)


def product(title: str, *path: str, stock: int | None = None) -> Product:
    return Product(
        provider="acme",
        id=title,
        sku=None,
        title=title,
        is_complete=False,
        category=Category("acme", "1", path[-1], path) if path else None,
        stock=None if stock is None else StockSummary(stock),
    )


def score(one: str, other: str) -> float:
    return likeness(product(one), product(other)).score


@pytest.fixture(scope="module")
def cj() -> list[Product]:
    """The simulator's first shelves."""
    return [
        product(made.title, made.leaf.group.first_name, made.leaf.group.name, made.leaf.name)
        for made in World(products=400).products
    ]


@pytest.fixture(scope="module")
def alibaba() -> list[Product]:
    """The whole sample."""
    folder = resources.files("providers.alibaba") / "sample"
    return [
        product(sent["title"], *sent["category"])
        for file in sorted(folder.iterdir(), key=lambda file: file.name)
        if file.name.endswith(".toml")
        for sent in tomllib.loads(file.read_text(encoding="utf-8"))["product"]
    ]


@given(titles, titles)
def test_the_same_from_both_sides(one: str, other: str) -> None:
    """The likeness of two products is one number between 0 and 1, whichever is named first."""
    there, back = likeness(product(one), product(other)), likeness(product(other), product(one))
    assert there.score == back.score
    assert 0 <= there.score <= 1
    assert len(there.shared) == len(back.shared)
    assert bool(there.shared) == (there.score > 0)


def test_like_itself(cj: list[Product], alibaba: list[Product]) -> None:
    """Every product of both catalogues is wholly like itself."""
    assert all(likeness(each, each).score == 1 for each in [*cj, *alibaba])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Wireless Charger 15W", "NEW Wireless Chargers, 15 W (Hot Sale)"),
        ("Jewellery Organiser", "Jewelry Organizer"),
        ("无线充电器", "无线充电器"),
    ],
)
def test_the_same_thing(one: str, other: str) -> None:
    """The same words otherwise written are the same thing."""
    assert score(one, other) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Dog Bed", "Yoga Mat"),
        ("", "Lamp"),
        ("", ""),
        ("🔥", "🔥"),
        ("Table", "Tablet"),
        ("15 W", "65 W"),
        ("10000 mAh", "20000 mAh"),
    ],
)
def test_nothing_in_common(one: str, other: str) -> None:
    """Without a word in common there is no likeness, also where letters are."""
    assert score(one, other) == 0
    assert likeness(product(one, "Home"), product(other, "Home")).score == 0


def test_one_word_is_not_the_whole() -> None:
    """A short title is only a little like a long one that has its word in it."""
    assert 0 < score("Lamp", "Touch Dimming Bedside Table Lamp with Fabric Shade") < 0.5


def test_the_name_of_the_thing_counts_most() -> None:
    """What a thing is makes it more alike than what it is like, and that more than what comes with it."""
    jar = "Glass Storage Jar with Bamboo Lid"
    same_thing = score(jar, "Reusable Honey Jar")
    same_kind_of_words = score(jar, "Reusable Glass Bottle")
    same_extra = score(jar, "Reusable Drink Bottle with Lid")
    assert same_thing > same_kind_of_words > same_extra > 0


def test_the_category_helps_a_little() -> None:
    """Shared words of the category make alike titles a little more alike; without any nothing is lost."""
    one, other = "Camping Lantern Solar", "Camping Lantern LED"
    plain = score(one, other)
    helped = likeness(product(one, "Home", "Lighting"), product(other, "Lights", "Lighting")).score
    assert plain < helped < plain + 0.15
    assert likeness(product(one, "Home"), product(other)).score == plain
    assert likeness(product(one, "Home"), product(other, "Garden")).score == plain


def test_the_words_they_share() -> None:
    """The shared words stand as the first title writes them, in its order."""
    found = likeness(
        product("Silicone MUFFIN Mould 12 Cups, organiser"),
        product("Organizers and muffin moulds of silicone"),
    )
    assert found.shared == ("Silicone", "MUFFIN", "Mould", "organiser")


def test_the_closest_of_another_supplier(cj: list[Product], alibaba: list[Product]) -> None:
    """For real titles of one supplier the closest of the other is the same kind of thing."""
    wanted = {
        "Bamboo Fibre Bath Towel Set of Three": "towel",
        "Waterproof Laptop Backpack with USB Port": "backpack",
        "Sterling Silver Hoop Earring Pair": "earring",
        "Vegan Make-up Brush Set of Twelve": "brush",
        "Faux Leather Steering Wheel Cover": "cover",
        "Floral Summer Midi Dress": "dress",
    }
    field = [("alibaba", each) for each in alibaba if each.title in wanted] + [("cj", each) for each in cj]
    assert len(field) == len(wanted) + len(cj)
    found = closest(field)
    for (_, each), match in list(zip(field, found, strict=True))[: len(wanted)]:
        assert match is not None
        supplier, other = field[match.index]
        assert supplier == "cj"
        assert wanted[each.title] in other.title.lower(), other.title
        assert match.likeness == likeness(each, other)


def test_the_first_of_equals_is_closest() -> None:
    """A supplier's own products are passed over, also equal ones; of equals the first is taken."""
    lamp = product("Lamp")
    found = closest([("a", lamp), ("a", lamp), ("b", product("Mat")), ("b", lamp), ("c", lamp)])
    assert [match.index if match else None for match in found] == [3, 3, 0, 0, 0]


def test_nobody_to_be_alike() -> None:
    """With one supplier, or nothing at all, there is no closest."""
    assert closest([("a", product("Lamp")), ("a", product("Lamp"))]) == (None, None)
    assert closest([]) == ()


def best(query: str, products: list[Product], count: int = 3) -> list[str]:
    return [each.title for each in best_matching(query, products, count)]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("wireless charger", "Magnetic Wireless Charger Pad 15 W"),
        ("dog beds", "Calming Donut Dog Bed Washable"),
        ("yoga mat", "Non Slip TPE Yoga Mat 6 mm with Strap"),
        ("LED strip", "Flexible LED Strip Light 5 m with Remote"),
        ("smart watch for women", "Fitness Smart Watch with Heart Rate"),
        ("bluetooh speaker", "Portable Waterproof Bluetooth Speaker"),
    ],
)
def test_what_was_looked_for(query: str, first: str, alibaba: list[Product]) -> None:
    """The title with most of the words comes first, wherever it stood, also where one is misspelt."""
    assert best(query, alibaba, 1) == [first]
    assert best(query, alibaba[::-1], 1) == [first]


def test_the_supplier_orders_equals() -> None:
    """Titles that fit about equally well stay in the supplier's order, however many other words they have."""
    products = [product("Round Red Dog Bed for Travel"), product("Dog Bed"), product("Bed, Dog, Bed")]
    assert best("dog bed", products) == [each.title for each in products]


def test_steps_are_coarse() -> None:
    """One more of many words does not overrule the supplier."""
    products = [product("one two"), product("one two three"), product("one two three four")]
    assert best("one two three four five six seven eight", products) == [
        "one two three four",
        "one two",
        "one two three",
    ]


def test_sold_out_comes_last() -> None:
    """What is known to be sold out comes after everything else; unknown stock does not count as sold out."""
    products = [
        product("Dog Bed", stock=0),
        product("Dog Lead", stock=3),
        product("Dog Bed Soft"),
        product("Cat Bed", stock=0),
    ]
    assert best("dog bed", products, 4) == ["Dog Bed Soft", "Dog Lead", "Dog Bed", "Cat Bed"]


def test_as_many_as_asked_for() -> None:
    """There are no more than asked for, and without any word to go by the supplier's order stays."""
    products = [product("Mat"), product("Lamp")]
    assert best("lamp", products, 1) == ["Lamp"]
    assert best("lamp", products, 0) == []
    assert best("", products, 5) == best("!!!", products, 5) == ["Mat", "Lamp"]


def test_long_titles_are_cut(cj: list[Product], alibaba: list[Product]) -> None:
    """Of titles of ten thousand characters only the front is compared."""
    stuffing = " ".join(each.title for each in cj)[:10_000]
    fields = [("a", product(f"{each.title:<200.200} {stuffing}")) for each in cj[:50]]
    fields += [("b", product(f"{each.title:<200.200} {stuffing[::-1]}")) for each in alibaba[:50]]
    short = [(code, product(each.title[:200])) for code, each in fields]
    assert closest(fields) == closest(short)
