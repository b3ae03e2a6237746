"""
What the border takes from a parcel, by destination and day, from rules that are data.

Never better than ESTIMATED: the rules have exceptions, and where goods are made, which duty depends on, is
not told by suppliers. What no rule says is UNKNOWN, never nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from importlib import resources
from pathlib import Path

from gateway.quoting.prices import line_price
from gateway.quoting.rates import EXACT, Converter, UnknownCurrency, exact_sum
from gateway.quoting.reckoning import Case, Part, work_out
from gateway.quoting.rulebook import How, Rule, Tariff
from gateway.quoting.rulefile import Entry, Rulebook, read_rulebook, with_tariffs
from gateway.quoting.wording import WORDS, listed, sentences
from gateway.toml_file import file_text
from providers.model import Money
from providers.shipping import Certainty, Cost, CostKind, Parcel

_BORDER = (CostKind.CUSTOMS_FEE, CostKind.DUTY, CostKind.TAX)
"""What a border takes, in the order that one is a share of those before it."""
_TAKEN_ONCE = (CostKind.DUTY, CostKind.TAX)
"""
What is due once, whoever collects it. A customs fee of the supplier is another one than the state's: it pays
for the carrier's work.
"""


@dataclass(frozen=True, slots=True)
class Levy:
    """What one rule takes, or that nobody here knows."""

    cost: Cost
    """ESTIMATED, in whole smallest units of the rule's or the supplier's currency; or UNKNOWN."""
    source: str | None = None
    """Where the rule is written; None where there is no rule."""
    name: str | None = None
    """What people call it, such as VAT; None where there is no rule."""


@dataclass(frozen=True, slots=True)
class BorderRules:
    """All rules, by the country that a parcel goes to."""

    book: Rulebook
    """As they were read."""
    rules: Mapping[str, tuple[Rule, ...]]
    tariffs: Mapping[str, tuple[Tariff, ...]]
    unions: Mapping[str, frozenset[str]]
    """Customs unions by name."""

    @property
    def as_of(self) -> date:
        """The day they were last compared with their sources."""
        return self.book.as_of

    @classmethod
    def of(cls, book: Rulebook) -> "BorderRules":
        """The rules of a file, where a parcel's destination finds them."""
        return cls(
            book=book,
            rules=_by_destination(book.rule),
            tariffs=_by_destination(book.tariff),
            unions={name: frozenset(book.groups[name]) for name in book.unions},
        )

    def with_tariffs(self, path: Path) -> "BorderRules":
        """
        The same rules and the tariffs of an operator's file; `border.toml` explains the form.

        Raises:
            ValueError: As `read_border`; also where one of its tariffs contradicts one that is there already.
        """
        return self.of(with_tariffs(self.book, file_text(path), str(path)))

    def levies(
        self, parcel: Parcel, charges: Iterable[Cost], day: date, converter: Converter
    ) -> tuple[Levy, ...]:
        """
        What is taken beside what the supplier charges.

        Args:
            parcel: The goods, whose price is by their quantity.
            charges: What the supplier charges. Duty and tax that it charges itself, in whatever certainty,
                are not estimated again.
            day: The day of import, or today for want of a better.
            converter: For thresholds and amounts in other currencies than the goods'.

        Returns:
            Customs fees, duty and tax, in this order. Within a country or a customs union no duty is due, and
            tax is UNKNOWN: it may be in the supplier's price. A destination without rules has UNKNOWN duty
            and tax.
        """
        charges = tuple(charges)
        charged = {cost.kind for cost in charges if cost.kind in _TAKEN_ONCE}
        origin, destination = parcel.origin, parcel.destination.country
        if place := self._shared(origin, destination):
            within = self._within(place, parcel, day)
            return tuple(levy for levy in within if levy.cost.kind not in charged)
        levies: list[Levy] = []
        for kind in _BORDER:
            if kind in charged:
                continue
            try:
                costs = (*charges, *(levy.cost for levy in levies))
                levies += self._of_kind(kind, _case(parcel, costs, day, converter, self.tariffs))
            except UnknownCurrency as error:
                levies.append(_silence(kind, f"It cannot be worked out. {error}"))
        return tuple(_beside(charged, levy) for levy in levies)

    def _shared(self, origin: str, destination: str) -> str | None:
        """The country or customs union that a parcel does not leave."""
        if origin == destination:
            return origin
        together = (name for name, union in self.unions.items() if {origin, destination} <= union)
        return next((f"the {name} customs union" for name in together), None)

    def _within(self, place: str, parcel: Parcel, day: date) -> Iterator[Levy]:
        """What is due where no border is crossed."""
        nothing = Money(Decimal(0), _currency(parcel))
        yield Levy(Cost(CostKind.DUTY, nothing, Certainty.ESTIMATED, f"Sent within {place}: no duty is due."))
        country = parcel.destination.country
        known = self.rules.get(country, ())
        taxes = [rule for rule in known if rule.kind is CostKind.TAX and rule.holds_on(day)]
        # Who taxes imports taxes what is sold at home, too, where no value is free. So any rule that takes
        # something tells the name, and none the amount: the price may be before that tax or after it.
        said = f"Sent within {place}: the supplier does not say whether its price contains"
        for rule in {rule.name: rule for rule in taxes if rule.how is not How.NOTHING}.values():
            yield _silence(CostKind.TAX, f"{said} {rule.name}.", rule)
        if not taxes:
            yield _silence(CostKind.TAX, f"{said} tax. {_no_rule(country, day, known)}")

    def _of_kind(self, kind: CostKind, case: Case) -> list[Levy]:
        country = case.parcel.destination.country
        known = self.rules.get(country, ())
        dated = [rule for rule in known if rule.kind is kind and _holds(rule, case)]
        goods = case.goods
        if goods is None and any(rule.goods_above or rule.goods_up_to for rule in dated):
            return [_silence(kind, "It depends on the price of the goods, which is not known.")]
        rules = [rule for rule in dated if goods is None or _fits(rule, goods, case.converter)]
        if rules:
            return _settled([(rule, work_out(rule, case)) for rule in rules])
        if kind is CostKind.CUSTOMS_FEE:
            return []  # few countries take one, so no rule means none and not silence
        return [_silence(kind, _no_rule(country, case.day, known))]


def read_border(path: Path | None = None) -> BorderRules:
    """
    The import rules of an operator's file, or the packaged ones; `border.toml` explains the form.

    Raises:
        ValueError: The file cannot be read, or an entry is wrong; a sentence that names the entry and why.
    """
    if path is None:
        packaged = (resources.files("gateway.quoting") / "border.toml").read_text(encoding="utf-8")
        return BorderRules.of(read_rulebook(packaged, "border.toml"))
    return BorderRules.of(read_rulebook(file_text(path), str(path)))


def _by_destination(entries: Iterable[Entry]) -> dict[str, tuple[Entry, ...]]:
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        for country in entry.to:
            found[country].append(entry)
    return {country: tuple(those) for country, those in found.items()}


def _case(
    parcel: Parcel,
    costs: Iterable[Cost],
    day: date,
    converter: Converter,
    tariffs: Mapping[str, tuple[Tariff, ...]],
) -> Case:
    currency = _currency(parcel)
    prices = [line_price(line) for line in parcel.lines]
    values = tuple(None if price is None else converter.convert(price, currency).amount for price in prices)
    known = [value for value in values if value is not None]
    parts = {CostKind.ITEMS: Part(exact_sum(known), len(known) == len(values))}
    for cost in costs:
        before = parts.get(cost.kind, Part())
        if cost.amount is not None:
            more = converter.convert(cost.amount, currency).amount
            parts[cost.kind] = Part(EXACT.add(before.amount, more), before.is_whole)
        elif cost.certainty is Certainty.UNKNOWN:
            parts[cost.kind] = Part(before.amount, is_whole=False)
    return Case(parcel, day, currency, values, parts, tariffs.get(parcel.destination.country, ()), converter)


def _currency(parcel: Parcel) -> str:
    """What the parcel is reckoned in: the supplier's currency."""
    prices = (line_price(line) for line in parcel.lines)
    return next((price.currency for price in prices if price is not None), "EUR")


def _holds(rule: Rule, case: Case) -> bool:
    origin = case.parcel.origin
    sent_from = not rule.sent_from or origin in rule.sent_from
    return rule.holds_on(case.day) and sent_from and origin not in rule.not_sent_from


def _fits(rule: Rule, goods: Money, converter: Converter) -> bool:
    """Whether the goods' value lies in the rule's band, compared in the rule's own currency."""
    above, up_to = rule.goods_above, rule.goods_up_to
    return (above is None or converter.convert(goods, above.currency).amount > above.amount) and (
        up_to is None or converter.convert(goods, up_to.currency).amount <= up_to.amount
    )


def _settled(worked_out: list[tuple[Rule, Cost]]) -> list[Levy]:
    """What the rules take; duties that nobody knows the size of fall away where tariffs hold all of it."""
    is_settled = any(
        rule.kind is CostKind.DUTY and rule.how is How.BY_TARIFF and cost.certainty is not Certainty.UNKNOWN
        for rule, cost in worked_out
    )
    return [
        Levy(cost, rule.source, rule.name)
        for rule, cost in worked_out
        if not (is_settled and rule.how is How.UNKNOWN)
    ]


def _no_rule(country: str, day: date, known: Collection[Rule]) -> str:
    if known:
        return f"The rules that are known for {country} say nothing for {day}."
    return f"No import rules are known for {country}."


def _silence(kind: CostKind, note: str, rule: Rule | None = None) -> Levy:
    cost = Cost(kind, None, Certainty.UNKNOWN, note)
    return Levy(cost) if rule is None else Levy(cost, rule.source, rule.name)


def _beside(charged: set[CostKind], levy: Levy) -> Levy:
    """The levy, with a warning where the supplier's own charge may cover it already."""
    own = [WORDS[kind] for kind in _TAKEN_ONCE if kind in charged]
    if not own or (levy.cost.amount is not None and not levy.cost.amount.amount):
        return levy
    cost = levy.cost
    warning = (
        f"The supplier charges {listed(own)} itself and does not say whether that covers {WORDS[cost.kind]}."
    )
    return replace(levy, cost=replace(cost, note=sentences(cost.note, warning)))
