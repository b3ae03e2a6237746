"""The reading half of the ledger: every method is one look and changes nothing."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.orders import queries, spending
from gateway.orders.queries import OrderFilter, OrderPage
from gateway.orders.records import KeptEvent, Order
from gateway.orders.spending import Spending
from gateway.storage.engine import Database
from providers.model import Money


class LedgerReader:
    """The orders in one database, to look at. Every method may raise StorageGone."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def now(self) -> datetime:
        """The time by the clock that dates events, aware UTC."""
        return await self._database.read(self._database.now)

    async def order(self, order_id: str) -> Order:
        """One order. Raises NoSuchOrder."""
        return await self._database.read(lambda connection: queries.one(connection, order_id))

    async def orders_called(self, supplier: str, name: str) -> tuple[Order, ...]:
        """
        The orders with this number of ours or any name that the supplier ever gave them.

        For what names an order by itself, such as a webhook.
        """
        return await self._database.read(lambda connection: queries.called(connection, supplier, name))

    async def orders(self, wanted: OrderFilter, *, first: int, after: str | None = None) -> OrderPage:
        """
        A list, the newest first. `after` is the id of the last order seen, which never loses its place.

        Raises NoSuchOrder for an `after` that the ledger does not have.
        """
        return await self._database.read(lambda connection: queries.page(connection, wanted, first, after))

    async def events(self, order_ids: Sequence[str]) -> tuple[tuple[KeptEvent, ...], ...]:
        """The whole history of each of these orders."""
        return await self._database.read(lambda connection: queries.events(connection, order_ids))

    async def in_doubt(self) -> int:
        """How many orders a supplier was asked something about whose answer is not known."""
        return await self._database.read(queries.doubtful)

    async def spent_by_others(self, order: Order, currency: str, *, at: datetime, late: timedelta) -> Money:
        """What payments for other orders took from its account after `at`; see `spending.by_others`."""
        return await self._database.read(
            lambda connection: spending.by_others(
                connection, order.id, account=order.account, currency=currency, at=at, late=late
            )
        )

    async def spending(self, account: str, day: date | None = None) -> tuple[Spending, ...]:
        """What an account spent on a UTC day, today unless said, one for each currency."""

        async def work(connection: AsyncConnection) -> tuple[Spending, ...]:
            today = (await self._database.now(connection)).date()
            return await spending.read(connection, account, day or today)

        return await self._database.read(work)
