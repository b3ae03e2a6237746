"""Where parcels can leave from: pure choices by stock, and what stands against them."""

from collections import Counter
from collections.abc import Iterable, Sequence

from gateway.quoting.prices import smallest_order
from gateway.quoting.problems import BelowMinimum, NoCommonOrigin, NotEnoughStock, Problem, StockUnknown
from providers.model import Variant
from providers.shipping import Destination, Parcel, ParcelLine

MOST_ORIGINS = 8
"""Countries that one basket is priced from; no supplier known to us stocks goods in more."""


def stock_by_country(variant: Variant) -> Counter[str] | None:
    """
    Pieces that can be ordered, by country; None when the supplier does not say.

    Less than nothing, which is what some say who have sold more than they had, is nothing.
    """
    if variant.inventory is None:
        return None
    pieces: Counter[str] = Counter()
    for level in variant.inventory:
        pieces[level.country] += level.quantity
    return Counter({country: max(0, count) for country, count in pieces.items()})


def _below_minimum(lines: Iterable[ParcelLine]) -> list[Problem]:
    """The lines that ask for fewer pieces than are sold."""
    return [
        BelowMinimum(line.variant.title, line.quantity, minimum)
        for line in lines
        if line.quantity < (minimum := smallest_order(line.product, line.variant))
    ]


def _origins(lines: Sequence[ParcelLine], wanted: str | None) -> tuple[tuple[str, ...], list[Problem]]:
    """
    The countries that hold enough of every line, the best stocked first; or what stands against it.

    Args:
        lines: At least one.
        wanted: Only this country; also where stock is not known, because whoever names it may know better.
    """
    stocks = [(line, stock_by_country(line.variant)) for line in lines]
    problems: list[Problem] = []
    enough: list[set[str]] = []
    for line, stock in stocks:
        if stock is None:
            if wanted is None:
                problems.append(StockUnknown(line.variant.title))
            continue
        countries = {country for country, pieces in stock.items() if pieces >= line.quantity}
        if not (countries if wanted is None else countries & {wanted}):
            available = max(stock.values(), default=0) if wanted is None else stock[wanted]
            problems.append(NotEnoughStock(line.variant.title, line.quantity, available, wanted))
        enough.append(countries)
    if problems:
        return (), problems
    if wanted is not None:
        return (wanted,), []
    common = set.intersection(*enough)
    if not common:
        return (), [NoCommonOrigin(tuple(sorted(set.union(*enough))))]
    pieces = {country: sum((stock or Counter())[country] for _, stock in stocks) for country in common}
    ranked = sorted(common, key=lambda country: (-pieces[country], country))
    return tuple(ranked[:MOST_ORIGINS]), []


def _nearest(countries: Sequence[str], destination: Destination) -> str:
    """The one to ship from when one has to be chosen: the buyer's own country, else the best stocked."""
    return destination.country if destination.country in countries else countries[0]


def parcels(
    lines: tuple[ParcelLine, ...], destination: Destination, *, origin: str | None, everywhere: bool
) -> tuple[tuple[Parcel, ...], list[Problem]]:
    """
    The parcels to price for one basket: from one country, or from each that holds it all.

    Args:
        lines: One basket, of one supplier.
        destination: Where it goes.
        origin: The only country to ship from; None: chosen by stock.
        everywhere: Without `origin`: from every country that can send it instead of the nearest.
    """
    if problems := _below_minimum(lines):
        return (), problems
    found, problems = _origins(lines, origin)
    if problems:
        return (), problems
    # By name, so that the question stays the same while stock moves.
    chosen = tuple(sorted(found)) if everywhere else (_nearest(found, destination),)
    return tuple(Parcel(lines, country, destination) for country in chosen), []
