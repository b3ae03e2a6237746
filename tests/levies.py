"""Asking what the border takes, and goods of well-known tariff numbers."""

from datetime import date

from gateway.quoting.border import BorderRules, Levy
from gateway.quoting.rates import Converter, ReferenceRates
from providers.shipping import Cost, CostKind, Parcel
from tests.parcels import charge

TODAY = date(2026, 11, 24)
SHIPPING = charge(CostKind.SHIPPING, "5.00")

LAMP, LEADS, SHIRT = "9405210000", "8544429000", "61091000"


class Levies:
    """Asks some rules, of a parcel with postage of 5.00 USD unless told otherwise."""

    def __init__(self, border: BorderRules, rates: ReferenceRates) -> None:
        self.border = border
        self.rates = rates

    def __call__(self, sent: Parcel, *charges: Cost, day: date | str = TODAY) -> tuple[Levy, ...]:
        day = date.fromisoformat(day) if isinstance(day, str) else day
        return self.border.levies(sent, charges or (SHIPPING,), day, Converter(self.rates))

    def of(self, kind: CostKind, sent: Parcel, *charges: Cost, day: date | str = TODAY) -> list[str]:
        """The levies of one kind as `3.00 EUR` or `UNKNOWN`."""
        return [
            f"{levy.cost.amount.amount} {levy.cost.amount.currency}"
            if levy.cost.amount
            else levy.cost.certainty
            for levy in self(sent, *charges, day=day)
            if levy.cost.kind is kind
        ]
