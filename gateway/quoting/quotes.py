"""Quotes out of a supplier's ways to send a parcel: costs added up, terms fixed, an end set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from gateway.quoting.border import BorderRules
from gateway.quoting.landed import LandedCost, landed_cost
from gateway.quoting.prices import unit_price
from gateway.quoting.problems import MethodLeftOut, NothingShips, Problem
from gateway.quoting.rates import Converter, ReferenceRates, UnknownCurrency, exact_sum, rounded
from gateway.quoting.tokens import QuotedLine, QuotedTerms, QuoteTokens
from providers.clock import Clock
from providers.model import DayRange, Money, Product, Variant
from providers.shipping import Certainty, Parcel, ParcelOptions, ShippingOption
from providers.upstream import Fetched


@dataclass(frozen=True, slots=True)
class Quote:
    """One priced way to send one parcel."""

    parcel: Parcel
    option: ShippingOption
    cost: LandedCost
    terms: QuotedTerms
    """What an order made from it can be held to; signed they are its id."""
    goods: tuple[Fetched[Product], ...]
    """The product of each line, with the age of what is known of it."""
    answer: Fetched[tuple[ParcelOptions, ...]]
    """The supplier's, in which its option stood."""

    @property
    def provider(self) -> str:
        """Code of the supplier."""
        return self.terms.provider

    @property
    def pieces(self) -> int:
        """All pieces in the parcel."""
        return sum(line.quantity for line in self.parcel.lines)

    @property
    def delivery(self) -> DayRange | None:
        """Days to the door: making ready, and on the way; None when the way is not known."""
        transit, processing = self.option.transit, self.option.processing
        if transit is None or processing is None:
            return transit
        return DayRange(processing.low + transit.low, processing.high + transit.high)


def by_cost(quote: Quote) -> tuple[bool, Decimal, int]:
    """Cheapest first; a cost that is "at least" comes after those that are complete."""
    return (not quote.cost.is_complete, quote.cost.total.amount, _latest(quote))


def by_speed(quote: Quote) -> tuple[int, bool, Decimal]:
    """Fastest first, by the latest day it may arrive."""
    return (_latest(quote), not quote.cost.is_complete, quote.cost.total.amount)


_NEVER = 10**6


def _latest(quote: Quote) -> int:
    return quote.delivery.high if quote.delivery else _NEVER


@dataclass(frozen=True, slots=True)
class Pricing:
    """What turns a supplier's options into quotes; one for the whole gateway."""

    rates: ReferenceRates
    border: BorderRules
    tokens: QuoteTokens
    clock: Clock
    valid_for: timedelta
    """How long a quote can be ordered from."""

    def quotes(
        self,
        parcels: Sequence[Parcel],
        answer: Fetched[tuple[ParcelOptions, ...]],
        goods: Mapping[str, Fetched[Product]],
        currency: str,
    ) -> tuple[list[Quote], list[Problem]]:
        """
        Every option as a quote, cheapest first, and why others are not among them.

        Args:
            parcels: Those that were asked about.
            answer: Their options, in the same order.
            goods: The products in them by the supplier's id.
            currency: What the quotes are in.

        Raises:
            UnknownCurrency: There is no reference rate for it.
        """
        quotes: list[Quote] = []
        problems: list[Problem] = []
        for parcel, found in zip(parcels, answer.value, strict=True):
            products = tuple(goods[line.product.id] for line in parcel.lines)
            quotes += [self._quote(parcel, option, products, answer, currency) for option in found.options]
            problems += _problems(parcel, found)
        return sorted(quotes, key=by_cost), problems

    def unit_price(self, variant: Variant, quantity: int, currency: str) -> Money | None:
        """
        What one piece costs at a quantity, in a currency, rounded to its smallest unit.

        None when the supplier does not say, or says it in a currency without a reference rate.
        """
        price = unit_price(variant, quantity)
        try:
            return None if price is None else rounded(Converter(self.rates).convert(price, currency))
        except UnknownCurrency:
            return None

    def check(self, currency: str) -> None:
        """Raise UnknownCurrency unless quotes can be made in it."""
        self.rates.rate(currency, currency)

    def _quote(
        self,
        parcel: Parcel,
        option: ShippingOption,
        goods: tuple[Fetched[Product], ...],
        answer: Fetched[tuple[ParcelOptions, ...]],
        currency: str,
    ) -> Quote:
        now = self.clock.now()
        cost = landed_cost(
            parcel, option, currency=currency, day=now.date(), rates=self.rates, border=self.border
        )
        lines = tuple(
            QuotedLine(
                line.product.id, line.variant.id, line.quantity, unit_price(line.variant, line.quantity)
            )
            for line in parcel.lines
        )
        terms = QuotedTerms(
            provider=parcel.lines[0].product.provider,
            lines=lines,
            origin=parcel.origin,
            destination=parcel.destination,
            method=option.method,
            charged=charged(lines, option),
            landed=cost.total,
            expires_at=(now + self.valid_for).replace(microsecond=0),
            requires=option.requires,
        )
        return Quote(parcel, option, cost, terms, goods, answer)


def _problems(parcel: Parcel, found: ParcelOptions) -> list[Problem]:
    """Which ways to send it were left out, and whether none is left."""
    origin, destination = parcel.origin, parcel.destination.country
    general = [each.reason for each in found.left_out if each.method is None]
    problems: list[Problem] = [
        MethodLeftOut(origin, each.method, each.reason) for each in found.left_out if each.method is not None
    ]
    if not found.options:
        problems += [NothingShips(origin, destination, reason) for reason in general or (None,)]
    return problems


def charged(lines: Sequence[QuotedLine], option: ShippingOption) -> Money | None:
    """
    What the supplier takes for goods and sending, in its currency; None when it did not say all of it.

    Duty and tax count only where the supplier charges them itself.
    """
    if any(cost.certainty is Certainty.UNKNOWN for cost in option.costs):
        return None
    totals = [line.total for line in lines]
    amounts = [cost.amount for cost in option.costs if cost.amount is not None]
    for total in totals:
        if total is None:
            return None
        amounts.append(total)
    currencies = {money.currency for money in amounts}
    if len(currencies) != 1:
        return None
    return Money(exact_sum(money.amount for money in amounts), currencies.pop())
