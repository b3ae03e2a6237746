"""What one request needs around orders, gathered: histories in one look, parcels in one question."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from strawberry.dataloader import DataLoader

from gateway.loaders.asking import by_deadline
from gateway.loaders.batching import GroupLoader
from gateway.orders.office import Office
from gateway.orders.records import KeptEvent
from gateway.services import Supplier
from providers.clock import Clock
from providers.orders import Bill, OrderPart, SupplierOrder, Tracking, Wallet
from providers.port import Provider
from providers.upstream import Ask, Fact, Fetched

T = TypeVar("T")
_ACCOUNT = frozenset({Fact.ACCOUNT})


@dataclass(frozen=True, slots=True)
class OrderKey:
    """One order at its supplier, by our number, and the last that was heard of it."""

    provider: str
    number: str
    heard: SupplierOrder = field(compare=False)


@dataclass(frozen=True, slots=True)
class ParcelKey:
    """One parcel by its tracking number."""

    provider: str
    number: str


class OrderLoaders:
    """The loaders of one request. `ask` makes its Asks, by kind of fact."""

    def __init__(
        self,
        office: Office,
        suppliers: Mapping[str, Supplier],
        clock: Clock,
        ask: Callable[[frozenset[Fact]], Ask],
    ) -> None:
        self._office = office
        self._suppliers = suppliers
        self._clock = clock
        self._ask = ask
        self.events: DataLoader[str, tuple[KeptEvent, ...]] = DataLoader(self._events)
        self._parcels: GroupLoader[ParcelKey, str, Fetched[tuple[Tracking, ...]]] = GroupLoader(
            lambda key: key.provider, self._tracking
        )
        self._parts: GroupLoader[OrderKey, str, dict[str, tuple[OrderPart, ...]]] = GroupLoader(
            lambda key: key.provider,
            lambda code, keys: self._of_orders(
                "parts", code, keys, lambda provider, known, ask: provider.order_parts(known, ask)
            ),
        )
        self._bills: GroupLoader[OrderKey, str, dict[str, tuple[Bill, ...]]] = GroupLoader(
            lambda key: key.provider,
            lambda code, keys: self._of_orders(
                "bills", code, keys, lambda provider, known, ask: provider.bills(known, ask)
            ),
        )
        self.wallet: GroupLoader[str, str, Wallet] = GroupLoader(lambda code: code, self._wallet)

    async def parcel(self, provider: str, number: str) -> Fetched[Tracking | None]:
        """
        What is known of a parcel; None where the supplier knows nothing of it.

        Raises:
            ProviderError: The supplier could not be asked.
        """
        told = await self._parcels.load(ParcelKey(provider, number))
        found = next((each for each in told.value if each.tracking_number == number), None)
        return Fetched(found, told.as_of, told.stale_after, told.source, told.trouble, told.imagined)

    async def parts(self, heard: SupplierOrder) -> tuple[OrderPart, ...]:
        """The parts of an order; all orders of an answer are asked about together. Raises ProviderError."""
        return (await self._parts.load(OrderKey(heard.provider, heard.number, heard)))[heard.number]

    async def bills(self, heard: SupplierOrder) -> tuple[Bill, ...]:
        """What was billed beside an order, in the same way. Raises ProviderError."""
        return (await self._bills.load(OrderKey(heard.provider, heard.number, heard)))[heard.number]

    async def _of_orders(
        self,
        operation: str,
        code: str,
        keys: list[OrderKey],
        question: Callable[[Provider, tuple[SupplierOrder, ...], Ask], Awaitable[tuple[T, ...]]],
    ) -> dict[str, T]:
        """What a supplier answers about each of some orders, by their numbers."""
        known, ask = tuple(key.heard for key in keys), self._ask(_ACCOUNT)
        asked = question(self._suppliers[code].provider, known, ask)
        found = await by_deadline(code, operation, ask, self._clock, asked)
        return {each.number: answer for each, answer in zip(known, found, strict=True)}

    async def _events(self, order_ids: list[str]) -> list[tuple[KeptEvent, ...]]:
        return list(await self._office.events(tuple(order_ids)))

    async def _tracking(self, code: str, keys: list[ParcelKey]) -> Fetched[tuple[Tracking, ...]]:
        ask = self._ask(_ACCOUNT)
        asked = self._suppliers[code].provider.tracking(tuple(key.number for key in keys), ask)
        return await by_deadline(code, "tracking", ask, self._clock, asked)

    async def _wallet(self, code: str, _: list[str]) -> Wallet:
        ask = self._ask(_ACCOUNT)
        asked = self._suppliers[code].provider.wallet(ask)
        return await by_deadline(code, "wallet", ask, self._clock, asked)
