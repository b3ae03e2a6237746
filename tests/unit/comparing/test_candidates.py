"""Which variants and origins of a product are worth a price."""

from gateway.comparing.candidates import candidates
from gateway.quoting.origins import MOST_ORIGINS
from providers.shipping import Destination
from tests.goods import product, variant

GERMANY = Destination("DE")


def names(quantity: int, *variants: object, minimum: int = 1) -> list[tuple[str, str]]:
    lamp = product(*variants, minimum=minimum)  # type: ignore[arg-type]
    found = candidates(lamp, lamp.variants, quantity, GERMANY)
    return [(parcel.origin, parcel.lines[0].variant.id) for parcel in found]


def test_the_cheapest_of_each_origin() -> None:
    """Each country that stocks the quantity sends the variant that is cheapest there."""
    dear = variant("dear", price="9.00", stock={"DE": 50, "CN": 50})
    cheap = variant("cheap", price="4.00", stock={"CN": 50, "US": 1})
    assert names(2, dear, cheap) == [("CN", "cheap"), ("DE", "dear")]


def test_the_price_at_the_quantity_decides() -> None:
    """Of two variants the one that is cheaper at this quantity is sent, whatever one piece costs."""
    steep = variant("steep", tiers={1: "5.00", 100: "2.00"}, stock={"CN": 500})
    flat = variant("flat", price="4.00", stock={"CN": 500})
    assert names(1, steep, flat) == [("CN", "flat")]
    assert names(100, steep, flat) == [("CN", "steep")]


def test_what_cannot_be_sent() -> None:
    """Below the smallest order, without enough pieces or without known stock nothing is priced."""
    assert names(5, variant(tiers={10: "2.00"}, stock={"CN": 500})) == []
    assert names(5, variant(stock={"CN": 4})) == []
    assert names(5, variant(stock=None)) == []
    assert names(5, variant(stock={"CN": 5}), minimum=6) == []


def test_equal_prices() -> None:
    """Of equally cheap variants the better stocked one is sent."""
    assert names(1, variant("few", stock={"CN": 3}), variant("many", stock={"CN": 30})) == [("CN", "many")]


def test_a_question_stays_the_same() -> None:
    """The order of the origins does not depend on how much lies where, so the question stays the same."""
    one, other = variant(stock={"US": 5, "CN": 9}), variant(stock={"US": 9, "CN": 5})
    assert names(1, one) == names(1, other) == [("CN", "v1"), ("US", "v1")]


def test_many_origins() -> None:
    """Where there are too many origins the buyer's own country stays, with the best stocked."""
    countries = ["AU", "BR", "CA", "CN", "CZ", "ES", "FR", "GB", "IT", "US"]
    stock = {"DE": 1} | {country: 10 + number for number, country in enumerate(countries)}
    found = [origin for origin, _ in names(1, variant(stock=stock))]
    assert len(found) == MOST_ORIGINS
    assert "DE" in found
    assert "AU" not in found
