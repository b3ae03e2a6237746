"""
What one import rule says: who takes what, from which day to which, and where it is written.

Rules change every few months, so they are data: `border.toml`, whose head explains each field, or an
operator's own file of the same form. `rulefile` reads and checks one, `reckoning` works a rule out, `border`
chooses those that hold for a parcel.
"""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from gateway import codes
from providers.model import Money
from providers.shipping import CostKind


def _share(value: Decimal) -> Decimal:
    if not 0 <= value < _TWICE:
        raise ValueError(f"a rate is a fraction such as 0.19 for 19 %, not {value}")
    return value


def _address(text: str) -> str:
    if not re.fullmatch(r"https?://\S+", text):
        raise ValueError(f"{text!r} is no web address: write one that begins with http:// or https://")
    return text


def _digits(text: str) -> str:
    if not re.fullmatch(r"[0-9]{2,6}", text):
        raise ValueError(f"{text!r} is not the beginning of a tariff number: write 2 to 6 digits")
    return text


_TWICE = 2
"""Beyond this share something was written in per cent. Duties of more than 100 % do occur."""

Country = Annotated[str, AfterValidator(codes.country)]
Place = str
"""A country, or the name of a group in the same file; countries alone once the file is read."""
Share = Annotated[Decimal, AfterValidator(_share)]
Source = Annotated[str, AfterValidator(_address)]
Day = Annotated[date, Field(strict=True)]
"""As TOML writes one. Not strict, a number would pass for seconds since 1970."""
Prefix = Annotated[str, AfterValidator(_digits)]
"""The first digits of a tariff number. Only six of them mean the same in every country."""


SENDING = frozenset({CostKind.SHIPPING, CostKind.HANDLING, CostKind.OTHER})
"""
What a rule means by SHIPPING: all that is charged for sending. The law taxes what transport costs, and not by
how many names a carrier bills it.
"""


class How(StrEnum):
    """How a levy is worked out."""

    RATE = "RATE"  # a share of what `of` names
    PER_ITEM_TYPE = "PER_ITEM_TYPE"  # an amount for each distinct six-digit tariff number
    PER_PARCEL = "PER_PARCEL"  # one amount
    BY_TARIFF = "BY_TARIFF"  # a share that depends on the tariff number: see Tariff
    NOTHING = "NOTHING"  # nothing is due
    UNKNOWN = "UNKNOWN"  # something is or may be due, and no source says how much


class Confidence(StrEnum):
    """How well a rule is attested."""

    OFFICIAL = "OFFICIAL"  # an authority's own text
    REPORTED = "REPORTED"  # others report it, and agree
    DISPUTED = "DISPUTED"  # reports disagree


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Amount(_Entry):
    """So much money."""

    amount: Annotated[Decimal, Field(ge=0)]
    currency: Annotated[str, AfterValidator(codes.currency)]

    def money(self) -> Money:
        """In the words of the rest."""
        return Money(self.amount, self.currency)

    def __str__(self) -> str:
        return f"{self.currency} {self.amount:,f}"


class _Dated(_Entry):
    """What holds for some countries and some days."""

    to: Annotated[tuple[Place, ...], Field(min_length=1)]
    """Countries of destination, or groups."""
    valid_from: Day
    valid_to: Day | None = None
    """The last day; None: no end is known."""
    source: Source
    note: str | None = None
    """A sentence for buyers."""

    @model_validator(mode="after")
    def _days_ascend(self) -> "_Dated":
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError("valid_to lies before valid_from")
        return self

    def holds_on(self, day: date) -> bool:
        """Whether the day is one of its days."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def shares_days_with(self, other: "_Dated") -> bool:
        """Whether both hold on some day."""
        return self.holds_on(other.valid_from) or other.holds_on(self.valid_from)


_BELONGS: Mapping[How, frozenset[str]] = {
    How.RATE: frozenset({"of"}),
    How.PER_ITEM_TYPE: frozenset({"amount"}),
    How.PER_PARCEL: frozenset({"amount"}),
    How.BY_TARIFF: frozenset({"of"}),
    How.NOTHING: frozenset(),
    How.UNKNOWN: frozenset(),
}
"""The fields that each `how` needs; the others it must do without."""


class Rule(_Dated):
    """One levy of one or several countries, for goods of some value."""

    name: Annotated[str, Field(min_length=1)]
    """What people call it: VAT, GST, customs duty. Rules of one name, kind and country take turns."""
    kind: Literal[CostKind.DUTY, CostKind.TAX, CostKind.CUSTOMS_FEE]
    how: How
    sent_from: tuple[Place, ...] = ()
    """Only parcels that leave from these; none: from anywhere."""
    not_sent_from: tuple[Place, ...] = ()
    goods_above: Amount | None = None
    """Only when the goods, without shipping, are worth more."""
    goods_up_to: Amount | None = None
    """Only when they are worth so much or less."""
    rate: Share | None = None
    rates: Mapping[Country, Share] = {}
    """Instead of `rate`: one for each country."""
    of: frozenset[Literal[CostKind.ITEMS, CostKind.SHIPPING, CostKind.DUTY, CostKind.CUSTOMS_FEE]] = (
        frozenset()
    )
    """What it is a share of; SHIPPING is all of `SENDING`."""
    amount: Amount | None = None
    waived_up_to: Amount | None = None
    """A result so small is not collected."""
    confidence: Confidence

    @model_validator(mode="after")
    def _says_how(self) -> "Rule":
        needs = _BELONGS[self.how]
        for name in ("of", "amount"):
            if bool(getattr(self, name)) != (name in needs):
                raise ValueError(f"{self.how} {'needs' if name in needs else 'takes no'} `{name}`")
        if (self.rate is not None) + bool(self.rates) != (self.how is How.RATE):
            raise ValueError("RATE needs either `rate` or `rates`, and nothing else takes them")
        if self.waived_up_to is not None and self.how is not How.RATE:
            raise ValueError(f"{self.how} takes no `waived_up_to`")
        if self.kind in self.of or (self.kind is not CostKind.TAX and CostKind.DUTY in self.of):
            raise ValueError(f"{self.kind} cannot be a share of itself, nor of what comes after it")
        return self

    def takes_turns_with(self, other: "Rule") -> bool:
        """Whether the value of the goods, or where they are sent from, never lets both hold."""
        for upper, lower in ((self.goods_up_to, other.goods_above), (other.goods_up_to, self.goods_above)):
            if upper and lower and upper.currency == lower.currency and upper.amount <= lower.amount:
                return True
        mine, theirs = set(self.sent_from), set(other.sent_from)
        return bool(
            (mine and theirs and not mine & theirs)
            or (mine and mine <= set(other.not_sent_from))
            or (theirs and theirs <= set(self.not_sent_from))
        )


class Tariff(_Dated):
    """The rate of duty for goods of some tariff numbers."""

    hs: Annotated[tuple[Prefix, ...], Field(min_length=1)]
    made_in: tuple[Country, ...] = ()
    """Only goods made there; none: made anywhere."""
    rate: Share
