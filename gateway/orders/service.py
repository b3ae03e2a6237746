"""The `Office` of this gateway: what may be asked about orders, over one ledger and its suppliers."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace
from typing import Any

from gateway.orders import automation
from gateway.orders.cancelling import cancel
from gateway.orders.carrying import Carrier, Doing, Errand
from gateway.orders.choosing import Choosing
from gateway.orders.disputing import cancel_dispute, open_dispute
from gateway.orders.errands import Errands
from gateway.orders.following import refresh
from gateway.orders.means import Means
from gateway.orders.office import Asker, Claim, Result, Wish
from gateway.orders.placing import place
from gateway.orders.queries import NoSuchOrder, OrderFilter, OrderPage
from gateway.orders.records import Home, KeptEvent, Order, Request, new_token
from gateway.orders.refusals import of_creation
from gateway.orders.sentences import elsewhere, no_order, not_here
from gateway.orders.state import OrderStatus
from gateway.orders.troubles import InvalidField, ReferenceTaken, Trouble, Unsupported
from gateway.orders.wishes import (
    draft_of,
    fingerprint,
    fingerprint_of,
    intent_of,
    problems_of,
    problems_of_key,
)
from gateway.orders.working import Work
from providers import errors
from providers.declaring import Feature, Support, unsupported
from providers.model import Money
from providers.port import Provider

Rehearsal = Callable[[Wish, Asker], Awaitable[Result]]
"""What can be said of a wish beforehand by asking the supplier, without changing anything."""


class OrderService:
    """
    Fulfils `Office`. `aclose` before the suppliers are closed.

    Args:
        means: Ledger, suppliers, clock, caps, patience.
        errands: Own what outlives a request; closed with this.
        rehearsal: Asks what can be asked beforehand; None: only the form of a wish is looked at.
        choosing: Chooses shipping methods that clients left open; None: they have to name them.
    """

    def __init__(
        self,
        means: Means,
        errands: Errands,
        *,
        rehearsal: Rehearsal | None = None,
        choosing: Choosing | None = None,
    ) -> None:
        self._means = means
        self._ledger = means.ledger
        self._errands = errands
        self._carrier = Carrier(means, errands)
        self._rehearsal = rehearsal
        self._choosing = choosing

    async def aclose(self) -> None:
        """Let what is under way come to its end, for a while."""
        await self._errands.aclose(self._means.patience.closing)

    async def rehearse(self, wish: Wish, asker: Asker) -> Result:
        """As `Office.rehearse`; writes nothing."""
        problems = self._problems(wish)
        if not problems:
            made = await self.order_for(wish.supplier, wish.client_reference)
            problems = () if made is None else (ReferenceTaken(made.id),)
        if problems or self._rehearsal is None:
            return Result(None, problems)
        return await self._rehearsal(wish, asker)

    async def place(self, wish: Wish, key: str, asker: Asker) -> Result:
        """As `Office.place`."""
        problems = problems_of_key(key) + self._problems(wish)
        if problems:
            return Result(None, problems)
        meant = await self._with_method(wish, asker)
        if isinstance(meant, Result):
            return meant
        home = Home.of(self._means.providers[wish.supplier].declaration)
        # What was asked for is what a repetition is compared with, not what was made of it.
        intent = replace(
            intent_of(meant, home),
            fingerprint=fingerprint_of(wish),
            policy=automation.note_of(self._means, wish),
        )
        request = Request(f"createOrder:{asker.name}", key, intent.fingerprint)
        placed = await self._carrier.once(
            Errand(request, asker, lambda work, order, _: place(work, order), intent=intent)
        )
        return await automation.follow(self._means, self._carrier, placed, asker)

    async def pay(self, order_id: str, expected: Money, key: str, asker: Asker) -> Result:
        """As `Office.pay`."""
        return await self._about(
            "payOrder",
            order_id,
            key,
            asker,
            asked=[order_id, expected.amount, expected.currency],
            do=lambda work, order, is_resumed: automation.pay_for_client(
                work, order, expected, is_resumed=is_resumed
            ),
        )

    async def cancel(self, order_id: str, key: str, asker: Asker) -> Result:
        """As `Office.cancel`."""
        return await self._about(
            "cancelOrder",
            order_id,
            key,
            asker,
            asked=order_id,
            do=lambda work, order, _: cancel(work, order),
        )

    async def open_dispute(self, order_id: str, claim: Claim, key: str, asker: Asker) -> Result:
        """As `Office.open_dispute`."""
        # The supplier's key: the same for the same request, whoever carries it out and however often.
        name = fingerprint([f"openDispute:{asker.name}", key, order_id])[:32]
        return await self._about(
            "openDispute",
            order_id,
            key,
            asker,
            asked=[order_id, asdict(claim)],
            do=lambda work, order, _: open_dispute(work, order, claim, name),
        )

    async def cancel_dispute(self, order_id: str, dispute_id: str, key: str, asker: Asker) -> Result:
        """As `Office.cancel_dispute`."""
        return await self._about(
            "cancelDispute",
            order_id,
            key,
            asker,
            asked=[order_id, dispute_id],
            do=lambda work, order, _: cancel_dispute(work, order, dispute_id),
        )

    async def refresh(self, order_id: str, asker: Asker) -> Result:
        """As `Office.refresh`."""
        order = await self.order(order_id)
        if order is None:
            return Result(None, (no_order(order_id),))
        provider = self._means.providers.get(order.supplier)
        if provider is None:
            return Result(order, (not_here(order.supplier),))
        stranger = elsewhere(order, provider)
        if stranger is not None:
            return Result(order, (stranger,))
        return await refresh(Work(self._means, provider, new_token(), asker.deadline, asker.meter), order)

    async def order(self, order_id: str) -> Order | None:
        """As `Office.order`."""
        try:
            return await self._ledger.order(order_id)
        except NoSuchOrder:
            return None

    async def order_of_reference(self, client_reference: str) -> Order | None:
        """As `Office.order_of_reference`."""
        page = await self._ledger.orders(OrderFilter(client_reference=client_reference), first=1)
        return page.orders[0] if page.orders else None

    async def order_for(self, supplier: str | None, client_reference: str) -> Order | None:
        """As `Office.order_for`."""
        suppliers = None if supplier is None else frozenset({supplier})
        wanted = OrderFilter(suppliers=suppliers, client_reference=client_reference)
        page = await self._ledger.orders(wanted, first=1)
        return next((order for order in page.orders if order.status is not OrderStatus.FAILED), None)

    async def orders(self, wanted: OrderFilter, *, first: int, after: str | None) -> OrderPage:
        """As `Office.orders`. Raises NoSuchOrder for an `after` that is not there."""
        return await self._ledger.orders(wanted, first=first, after=after)

    async def events(self, order_ids: tuple[str, ...]) -> tuple[tuple[KeptEvent, ...], ...]:
        """As `Office.events`."""
        return await self._ledger.events(order_ids)

    async def _about(
        self, operation: str, order_id: str, key: str, asker: Asker, *, asked: Any, do: Doing
    ) -> Result:
        """A request about an order that is there; `asked` is what a repetition is compared with."""
        if problems := problems_of_key(key):
            return Result(None, problems)
        request = Request(f"{operation}:{asker.name}", key, fingerprint(asked))
        return await self._carrier.once(Errand(request, asker, do, order_id=order_id))

    async def _with_method(self, wish: Wish, asker: Asker) -> Wish | Result:
        """The wish with a shipping method, which may be left to the gateway; or why there is none."""
        if wish.method is not None:
            return wish
        made = await self.order_for(wish.supplier, wish.client_reference)
        if made is not None:
            return replace(wish, method=made.method, agreed=made.quoted)
        if self._choosing is None:
            return Result(None, (InvalidField(("shippingMethod",), "No method is preferred: name one."),))
        meant = await self._choosing(wish, asker)
        problems = () if isinstance(meant, Result) else self._problems(meant)
        return Result(None, problems) if problems else meant

    def _problems(self, wish: Wish) -> tuple[Trouble, ...]:
        provider = self._means.providers.get(wish.supplier)
        if provider is None:
            return (not_here(wish.supplier),)
        declared = provider.declaration
        if declared.support(Feature.ORDERS).support is not Support.SUPPORTED:
            return (Unsupported(unsupported(declared, Feature.ORDERS).message),)
        # One without a method is complete once that is chosen.
        problems = problems_of(wish, declared.charges_in)
        return problems or (() if wish.method is None else _problems_for(provider, wish))


def _problems_for(provider: Provider, wish: Wish) -> tuple[Trouble, ...]:
    """What the supplier is known not to take, found without asking it."""
    try:
        provider.check_order(draft_of(wish, Home.of(provider.declaration)))
    except errors.ProviderError as error:
        return (of_creation(error, wish.method or ""),)
    return ()
