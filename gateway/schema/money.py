"""Amounts, ranges and sizes."""

from decimal import Decimal

import strawberry

from gateway.schema.scalars import CurrencyCode
from providers import model


@strawberry.type(description="An exact amount of money in one currency.")
class Money:
    """Public form of `model.Money`."""

    amount: Decimal = strawberry.field(description="The amount, exact.")
    currency_code: CurrencyCode = strawberry.field(description="Its currency.")

    @classmethod
    def from_model(cls, money: model.Money) -> "Money":
        """The amount as it is, in its own currency."""
        return cls(amount=money.amount, currency_code=CurrencyCode(money.currency))


@strawberry.type(description="From the lowest to the highest amount; both are equal when there is one price.")
class MoneyRange:
    """Public form of `model.MoneyRange`."""

    min: Money = strawberry.field(description="The lowest.")
    max: Money = strawberry.field(description="The highest.")

    @classmethod
    def from_model(cls, amounts: model.MoneyRange | None) -> "MoneyRange | None":
        """The range, or None when the supplier does not say."""
        if amounts is None:
            return None
        return cls(min=Money.from_model(amounts.low), max=Money.from_model(amounts.high))


@strawberry.type(description="The price of one unit within a range of quantities.")
class PriceTier:
    """Public form of `model.PriceTier`."""

    minimum_quantity: int = strawberry.field(description="Smallest quantity at this price.")
    maximum_quantity: int | None = strawberry.field(
        description="Largest quantity at this price; null when there is no upper end."
    )
    unit_price: Money = strawberry.field(description="Price of one unit.")

    @classmethod
    def from_model(cls, tier: model.PriceTier) -> "PriceTier":
        """The tier as it is."""
        return cls(
            minimum_quantity=tier.minimum,
            maximum_quantity=tier.maximum,
            unit_price=Money.from_model(tier.unit_price),
        )


@strawberry.type(description="Whole days, both ends included.")
class DayRange:
    """Public form of `model.DayRange`."""

    min: int = strawberry.field(description="Fewest days.")
    max: int = strawberry.field(description="Most days.")

    @classmethod
    def from_model(cls, days: model.DayRange | None) -> "DayRange | None":
        """The range, or None when the supplier does not say."""
        return None if days is None else cls(min=days.low, max=days.high)


@strawberry.type(description="A weight.")
class Weight:
    """Grams."""

    grams: int = strawberry.field(description="Whole grams.")

    @classmethod
    def from_grams(cls, grams: int | None) -> "Weight | None":
        """The weight, or None when the supplier does not say."""
        return None if grams is None else cls(grams=grams)


@strawberry.type(description="Outer size of one unit.")
class Dimensions:
    """Public form of `model.Dimensions`."""

    length_mm: int = strawberry.field(description="Length in millimetres.")
    width_mm: int = strawberry.field(description="Width in millimetres.")
    height_mm: int = strawberry.field(description="Height in millimetres.")

    @classmethod
    def from_model(cls, size: model.Dimensions | None) -> "Dimensions | None":
        """The size, or None when the supplier does not say."""
        if size is None:
            return None
        return cls(length_mm=size.length_mm, width_mm=size.width_mm, height_mm=size.height_mm)
