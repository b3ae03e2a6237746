"""The promises about quotes: every way to send a parcel, each with what it costs."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from providers.contract.subject import Promises, Subject
from providers.declaring import Feature
from providers.shipping import (
    Certainty,
    CostKind,
    Destination,
    Parcel,
    ParcelLine,
    ParcelOptions,
    ShippingOption,
)
from providers.upstream import Fact

NOWHERE = "AQ"
"""A country that nobody ships to."""
_WITHOUT_AMOUNT = frozenset({Certainty.INCLUDED, Certainty.UNKNOWN})


class Quoting(Promises):
    """What sending costs is said completely, once, and the same whoever asks."""

    async def test_every_parcel_has_its_options(self, subject: Subject) -> None:
        """Each parcel costs what it costs alone, and something is sent to one of `ships_to`."""
        subject.needs(Feature.QUOTES)
        sent = 0
        for country in self.ships_to:
            parcels = await some_parcels(subject, self.words, country)
            answered = await _answers(subject, parcels)
            for parcel, options in zip(parcels, answered, strict=True):
                _check_options(options)
                sent += len(options.options)
                [alone] = await _answers(subject, (parcel,))
                assert _totals(alone) == _totals(options)
        assert sent, f"nothing that {self.words!r} finds is sent to any of {self.ships_to}"

    async def test_more_pieces_never_cost_less(self, subject: Subject) -> None:
        """Twice and ten times the goods cost at least as much by the same method, where it takes them."""
        subject.needs(Feature.QUOTES)
        compared = 0
        for country in self.ships_to:
            for parcel in await some_parcels(subject, self.words, country):
                growing = tuple(_times(parcel, factor) for factor in (1, 2, 10))
                few, double, many = map(_totals, await _answers(subject, growing))
                for less, more in ((few, double), (double, many)):
                    for method in less.keys() & more.keys():
                        assert less[method] <= more[method], (method, parcel.lines[0].variant.id)
                        compared += 1
        assert compared

    async def test_two_lines_are_one_parcel(self, subject: Subject) -> None:
        """Two variants that leave together have one quote, not below what either would cost alone."""
        subject.needs(Feature.QUOTES)
        sent = 0
        for country in self.ships_to:
            parcels = await some_parcels(subject, self.words, country)
            for one, other in pairwise(parcels):
                if one.origin != other.origin:
                    continue
                both = Parcel(one.lines + other.lines, one.origin, one.destination)
                [together] = await _answers(subject, (both,))
                _check_options(together)
                prices = _totals(together)
                sent += len(prices)
                for alone in map(_totals, await _answers(subject, (one, other))):
                    assert all(alone[method] <= prices[method] for method in alone.keys() & prices.keys())
        assert sent, "no two of the products leave from one country"

    async def test_nothing_is_sent_nowhere(self, subject: Subject) -> None:
        """A country that nobody ships to has no options, and that is no error."""
        subject.needs(Feature.QUOTES)
        parcels = await some_parcels(subject, self.words, NOWHERE)
        assert parcels
        assert [each.options for each in await _answers(subject, parcels)] == [()] * len(parcels)

    async def test_asking_twice_gives_the_same(self, subject: Subject) -> None:
        """A quote that is asked for again is the same quote."""
        subject.needs(Feature.QUOTES)
        for country in self.ships_to:
            parcels = await some_parcels(subject, self.words, country)
            assert await _answers(subject, parcels) == await _answers(subject, parcels)

    async def test_no_parcels_cost_no_call(self, subject: Subject) -> None:
        """Nothing to send is answered with nothing, and without asking the supplier."""
        subject.needs(Feature.QUOTES)
        ask = subject.ask(Fact.FREIGHT)
        assert (await subject.provider.shipping_options((), ask)).value == ()
        assert ask.meter.of(subject.declared.code).calls == 0


async def some_parcels(subject: Subject, words: str | None, country: str) -> tuple[Parcel, ...]:
    """The smallest order of a few variants, from each country where they lie, grouped by that country."""
    parcels = []
    for product in await subject.some_products(words):
        for variant in product.variants:
            origins = {level.country for level in variant.inventory or () if level.quantity > 0}
            if not origins:
                continue
            tiers = variant.price_tiers
            quantity = tiers[0].minimum if tiers else product.minimum_order_quantity
            line = ParcelLine(product, variant, quantity)
            parcels += [Parcel((line,), origin, Destination(country)) for origin in origins]
            break
    return tuple(sorted(parcels, key=lambda parcel: (parcel.origin, parcel.lines[0].variant.id)))


async def _answers(subject: Subject, parcels: Sequence[Parcel]) -> tuple[ParcelOptions, ...]:
    """One for each parcel."""
    fetched = await subject.provider.shipping_options(tuple(parcels), subject.ask(Fact.FREIGHT))
    assert len(fetched.value) == len(parcels)
    return fetched.value


def _times(parcel: Parcel, factor: int) -> Parcel:
    lines = tuple(ParcelLine(line.product, line.variant, line.quantity * factor) for line in parcel.lines)
    return Parcel(lines, parcel.origin, parcel.destination)


def _totals(options: ParcelOptions) -> dict[str, Decimal]:
    """What the supplier charges by method, as far as it is known."""
    return {option.method: _total(option) for option in options.options}


def _total(option: ShippingOption) -> Decimal:
    return sum((cost.amount.amount for cost in option.costs if cost.amount), Decimal())


def _check_options(options: ParcelOptions) -> None:
    methods = [option.method for option in options.options]
    assert all(method.strip() for method in methods)
    assert len(methods) == len(set(methods)), "a method that is offered twice cannot be ordered"
    assert all(left.reason.strip() for left in options.left_out)
    assert all(left.method is None or left.method.strip() for left in options.left_out)
    currencies = set()
    for option in options.options:
        kinds = [cost.kind for cost in option.costs]
        assert kinds.count(CostKind.SHIPPING) == 1
        assert CostKind.ITEMS not in kinds, "what the goods cost is their variants' to say"
        for cost in option.costs:
            assert (cost.amount is None) == (cost.certainty in _WITHOUT_AMOUNT)
            if cost.amount is not None:
                assert isinstance(cost.amount.amount, Decimal)
                assert cost.amount.amount >= 0
                currencies.add(cost.amount.currency)
        for days in (option.transit, option.processing):
            assert days is None or 0 <= days.low <= days.high
    assert len(currencies) <= 1
