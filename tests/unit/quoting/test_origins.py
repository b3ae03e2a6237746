"""Where a parcel can leave from, and what stands against it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.quoting.origins import MOST_ORIGINS, parcels, stock_by_country
from gateway.quoting.problems import BelowMinimum, NoCommonOrigin, NotEnoughStock, Problem, StockUnknown
from providers.shipping import Destination, ParcelLine
from tests.goods import product, variant

GERMANY = Destination("DE")


def line(stock: dict[str, int] | None, quantity: int = 1, native: str = "v1", minimum: int = 1) -> ParcelLine:
    each = variant(native, stock=stock)
    return ParcelLine(product(each, minimum=minimum), each, quantity)


def chosen(
    *lines: ParcelLine, origin: str | None = None, everywhere: bool = False
) -> tuple[list[str], list[Problem]]:
    found, problems = parcels(lines, GERMANY, origin=origin, everywhere=everywhere)
    assert all(parcel.lines == lines and parcel.destination == GERMANY for parcel in found)
    return [parcel.origin for parcel in found], problems


@pytest.mark.parametrize(
    ("stock", "origins"),
    [
        ({"CN": 900, "DE": 3}, ["DE"]),  # the buyer's own country
        ({"CN": 900, "US": 3}, ["CN"]),  # the best stocked
        ({"CN": 1, "DE": 0}, ["CN"]),
    ],
)
def test_the_nearest_is_chosen(stock: dict[str, int], origins: list[str]) -> None:
    """One basket leaves from the buyer's own country where it can, else from the best stocked."""
    assert chosen(line(stock)) == (origins, [])


def test_every_origin_when_asked() -> None:
    """Asked for every origin, each country that holds the whole basket is tried, in one lasting order."""
    one, two = line({"US": 9, "CN": 9, "DE": 1}, 2), line({"CN": 5, "US": 50}, 3, "v2")
    assert chosen(one, two, everywhere=True) == (["CN", "US"], [])


def test_too_few_pieces() -> None:
    """A quantity that no single country holds is refused with the most that one country holds."""
    assert chosen(line({"CN": 7, "US": 5}, 10)) == ([], [NotEnoughStock("Lamp v1", 10, 7)])
    assert chosen(line({"CN": 70, "US": 5}, 10), origin="US") == (
        [],
        [NotEnoughStock("Lamp v1", 10, 5, "US")],
    )
    assert chosen(line({}, 1)) == ([], [NotEnoughStock("Lamp v1", 1, 0)])


def test_less_than_nothing() -> None:
    """A supplier that counts below nothing has nothing, and no buyer is shown the negative number."""
    assert chosen(line({"CN": -5})) == ([], [NotEnoughStock("Lamp v1", 1, 0)])
    assert chosen(line({"CN": -5}), origin="CN") == ([], [NotEnoughStock("Lamp v1", 1, 0, "CN")])
    assert stock_by_country(variant(stock={"CN": -5, "US": 2})) == {"CN": 0, "US": 2}


def test_no_country_has_it_all() -> None:
    """Goods that lie in different countries are no parcel, and the answer says where they lie."""
    assert chosen(line({"CN": 9}), line({"US": 9}, 1, "v2")) == ([], [NoCommonOrigin(("CN", "US"))])


def test_unknown_stock() -> None:
    """Without known stock no origin is guessed; whoever names one is believed."""
    assert chosen(line(None)) == ([], [StockUnknown("Lamp v1")])
    assert chosen(line(None), origin="CN") == (["CN"], [])


def test_below_the_minimum() -> None:
    """A quantity below the smallest order is refused before anything else is looked at."""
    assert chosen(line(None, 9, minimum=10)) == ([], [BelowMinimum("Lamp v1", 9, 10)])


@given(
    st.lists(
        st.dictionaries(st.sampled_from(["CN", "US", "DE", "GB"]), st.integers(0, 9)), min_size=1, max_size=4
    ),
    st.integers(1, 9),
    st.booleans(),
)
def test_every_parcel_can_leave(stocks: list[dict[str, int]], quantity: int, everywhere: bool) -> None:
    """Whatever lies where: a chosen origin holds enough of every line, and nothing chosen means a reason."""
    lines = [line(stock, quantity, f"v{number}") for number, stock in enumerate(stocks)]
    origins, problems = chosen(*lines, everywhere=everywhere)
    assert bool(origins) != bool(problems)
    assert len(origins) <= (MOST_ORIGINS if everywhere else 1)
    assert all(stock.get(origin, 0) >= quantity for stock in stocks for origin in origins)
