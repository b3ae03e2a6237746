"""
Working out one import rule for one parcel.

A share of something that is not known is taken of what is known and called "at least": the part that is
missing has an UNKNOWN line of its own, so the whole is marked incomplete there. Without the price of the
goods nothing is left to take a share of, and the levy itself is UNKNOWN.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from gateway.quoting.rates import EXACT, Converter, exact_sum, rounded
from gateway.quoting.rulebook import SENDING, Amount, Confidence, How, Rule, Tariff
from gateway.quoting.wording import WORDS, listed, sentences
from providers.model import Money, Product
from providers.shipping import Certainty, Cost, CostKind, Parcel

_SIX = 6
"""Digits of a tariff number that mean the same in every country."""


@dataclass(frozen=True, slots=True)
class Part:
    """What a parcel costs so far in one kind."""

    amount: Decimal = Decimal(0)
    is_whole: bool = True
    """False: there is more of it, and nobody here knows how much."""


@dataclass(frozen=True, slots=True)
class Case:
    """One parcel at one border, and what is known of its costs."""

    parcel: Parcel
    day: date
    currency: str
    """What all amounts here are in."""
    values: tuple[Decimal | None, ...]
    """What each line of the parcel is worth; None: not known."""
    parts: Mapping[CostKind, Part]
    tariffs: tuple[Tariff, ...]
    """Those of the destination."""
    converter: Converter

    @property
    def goods(self) -> Money | None:
        """What the parcel's goods are worth; None when not all of that is known."""
        known = _known(self.values)
        return Money(exact_sum(known), self.currency) if len(known) == len(self.values) else None


def work_out(rule: Rule, case: Case) -> Cost:
    """What the rule takes: ESTIMATED in whole smallest units of some currency, or UNKNOWN."""
    return _HOW[rule.how](rule, case)


def _six_digits(product: Product) -> str | None:
    """The part of its tariff number that means the same in every country; None when it has none."""
    digits = "".join(sign for sign in product.hs_code or "" if sign.isdigit())
    return digits[:_SIX] if len(digits) >= _SIX else None


def _nothing(rule: Rule, case: Case) -> Cost:
    upto = f" for goods up to {rule.goods_up_to}" if rule.goods_up_to else ""
    return _estimated(rule, Money(Decimal(0), case.currency), f"none{upto}")


def _unknown(rule: Rule, _case: Case) -> Cost:
    return _not_known(rule, "how much is not known")


def _per_parcel(rule: Rule, _case: Case) -> Cost:
    each = _amount(rule)
    return _estimated(rule, each.money(), f"{each} for the parcel")


def _per_item_type(rule: Rule, case: Case) -> Cost:
    each = _amount(rule)
    numbers = {line.product.id: _six_digits(line.product) for line in case.parcel.lines}
    count = len({number or product for product, number in numbers.items()})
    return _estimated(
        rule,
        Money(EXACT.multiply(each.amount, count), each.currency),
        f"{each} for each of {count} types of items" if count > 1 else f"{each} for one type of item",
        None if all(numbers.values()) else "A product without a tariff number counts as a type of its own.",
    )


def _rate(rule: Rule, case: Case) -> Cost:
    if case.goods is None:
        return _not_known(rule, _NO_PRICE)
    rate = rule.rates.get(case.parcel.destination.country, rule.rate or Decimal(0))
    parts = _parts(rule, case)
    due = Money(EXACT.multiply(rate, exact_sum(part.amount for part in parts.values())), case.currency)
    waived = rule.waived_up_to
    if waived and rounded(case.converter.convert(due, waived.currency)).amount <= waived.amount:
        due = Money(Decimal(0), case.currency)
        return _estimated(rule, due, f"{_percent(rate)}, not collected up to {waived}", _at_least(parts))
    taxed = [WORDS[kind] for kind, part in parts.items() if part.amount or kind is CostKind.ITEMS]
    return _estimated(rule, due, f"{_percent(rate)} of {listed(taxed)}", _at_least(parts))


def _by_tariff(rule: Rule, case: Case) -> Cost:
    goods = case.goods
    if goods is None:
        return _not_known(rule, _NO_PRICE)
    products = [line.product for line in case.parcel.lines]
    found = [_tariff(product, case) for product in products]
    tariffs = [tariff for tariff in found if tariff is not None]
    if len(tariffs) < len(found):
        open_ones = {
            _six_digits(product) or f"“{product.title}”"
            for product, tariff in zip(products, found, strict=True)
            if tariff is None
        }
        why = f"it depends on the tariff number, and no rate is known here for {listed(sorted(open_ones))}"
        return _not_known(rule, why)
    parts = _parts(rule, case)
    freight = exact_sum(part.amount for kind, part in parts.items() if kind is not CostKind.ITEMS)
    due = exact_sum(
        # What is not goods is spread over the lines by their value, as customs does.
        EXACT.multiply(
            tariff.rate,
            EXACT.add(value, EXACT.multiply(freight, _portion(value, goods.amount, len(tariffs)))),
        )
        for tariff, value in zip(tariffs, _known(case.values), strict=True)
    )
    rates = dict.fromkeys(
        f"{_percent(tariff.rate)} for {_six_digits(product)}"
        for product, tariff in zip(products, tariffs, strict=True)
    )
    made_in = sorted({case.parcel.origin for tariff in tariffs if tariff.made_in})
    return _estimated(
        rule,
        Money(due, case.currency),
        f"by the goods' tariff number, {listed(tuple(rates))}",
        *dict.fromkeys(tariff.note for tariff in tariffs),
        f"It is presumed that the goods are made in {made_in[0]}, where they are sent from."
        if made_in
        else None,
        _at_least(parts) if due else None,
    )


_HOW: Mapping[How, Callable[[Rule, Case], Cost]] = {
    How.RATE: _rate,
    How.PER_ITEM_TYPE: _per_item_type,
    How.PER_PARCEL: _per_parcel,
    How.BY_TARIFF: _by_tariff,
    How.NOTHING: _nothing,
    How.UNKNOWN: _unknown,
}

_NO_PRICE = "it depends on the price of the goods, which is not known"


def _tariff(product: Product, case: Case) -> Tariff | None:
    """The rate for a product: of the longest beginning of its number, sooner one for where it is made."""
    number = _six_digits(product)
    if number is None:
        return None
    fitting = [
        (len(prefix), bool(tariff.made_in), tariff)
        for tariff in case.tariffs
        for prefix in tariff.hs
        if number.startswith(prefix)
        and tariff.holds_on(case.day)
        and (not tariff.made_in or case.parcel.origin in tariff.made_in)
    ]
    return max(fitting, key=lambda found: found[:2])[2] if fitting else None


def _parts(rule: Rule, case: Case) -> dict[CostKind, Part]:
    kinds = rule.of | SENDING if CostKind.SHIPPING in rule.of else rule.of
    return {kind: part for kind, part in case.parts.items() if kind in kinds}


def _at_least(parts: Mapping[CostKind, Part]) -> str | None:
    missing = [WORDS[kind] for kind, part in parts.items() if not part.is_whole]
    return f"At least: {listed(missing)} would add to it, and how much is not known." if missing else None


def _portion(value: Decimal, whole: Decimal, lines: int) -> Decimal:
    return EXACT.divide(value, whole) if whole else EXACT.divide(Decimal(1), Decimal(lines))


def _known(values: Iterable[Decimal | None]) -> list[Decimal]:
    return [value for value in values if value is not None]


def _percent(rate: Decimal) -> str:
    return f"{(rate * 100).normalize():f} %"


def _amount(rule: Rule) -> Amount:
    assert rule.amount is not None  # noqa: S101  # checked when the file is read
    return rule.amount


_ATTESTED = {
    Confidence.OFFICIAL: "",
    Confidence.REPORTED: " (as reported)",
    Confidence.DISPUTED: " (reports disagree)",
}
"""How well a rule is attested, behind its name."""


def _estimated(rule: Rule, due: Money, how: str, *more: str | None) -> Cost:
    note = sentences(f"{rule.name}{_ATTESTED[rule.confidence]}: {how}.", rule.note, *more)
    return Cost(rule.kind, rounded(due), Certainty.ESTIMATED, note)


def _not_known(rule: Rule, why: str) -> Cost:
    note = sentences(f"{rule.name}{_ATTESTED[rule.confidence]}: {why}.", rule.note)
    return Cost(rule.kind, None, Certainty.UNKNOWN, note)
