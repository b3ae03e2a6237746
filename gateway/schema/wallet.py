"""What the gateway's account has at a supplier to pay orders with."""

from datetime import datetime

import strawberry

from gateway.context import GatewayInfo
from gateway.schema.money import Money
from gateway.schema.supplier import Supplier, supplier_of
from providers import orders


@strawberry.type(description="The balance of the gateway's account at a supplier. Never from a cache.")
class Wallet:
    """Public form of `orders.Wallet`."""

    provider: strawberry.Private[str]
    available: Money = strawberry.field(description="What orders can be paid with now.")
    bonus: Money | None = strawberry.field(
        description="Given by the supplier; it can be spent, not withdrawn."
    )
    frozen: Money | None = strawberry.field(description="Held back by the supplier.")
    as_of: datetime = strawberry.field(description="When the supplier said so.")

    @classmethod
    def from_model(cls, provider: str, wallet: orders.Wallet, now: datetime) -> "Wallet":
        """The balance as it was just read."""
        return cls(
            provider=provider,
            available=Money.from_model(wallet.available),
            bonus=None if wallet.bonus is None else Money.from_model(wallet.bonus),
            frozen=None if wallet.frozen is None else Money.from_model(wallet.frozen),
            as_of=now,
        )

    @strawberry.field(description="The supplier that keeps it.")
    def supplier(self, info: GatewayInfo) -> Supplier:
        """Known by its code."""
        return supplier_of(info, self.provider)
