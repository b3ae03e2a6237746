"""The `Office` of this gateway: what may be asked about orders, over one ledger and its suppliers."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace

from gateway.orders import automation
from gateway.orders.cancelling import cancel
from gateway.orders.carrying import Carrier, Errand, no_order, not_here
from gateway.orders.choosing import Choosing
from gateway.orders.disputing import cancel_dispute, open_dispute
from gateway.orders.errands import Errands
from gateway.orders.following import refresh
from gateway.orders.office import Caller, Claim, Result, Wish
from gateway.orders.paying import pay
from gateway.orders.queries import NoSuchOrder, OrderFilter, OrderPage
from gateway.orders.records import Home, KeptEvent, Order, Request, new_token
from gateway.orders.refusals import of_creation
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
from gateway.orders.working import Means, Work, elsewhere
from providers import errors
from providers.model import Money
from providers.orders import Tracking, Wallet
from providers.port import Feature, Provider, Support, unsupported
from providers.upstream import Ask, Fact, Lane

Rehearsal = Callable[[Wish, Caller], Awaitable[Result]]
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

    async def rehearse(self, wish: Wish, caller: Caller) -> Result:
        """As `Office.rehearse`; writes nothing."""
        problems = self._problems(wish)
        if not problems:
            wanted = OrderFilter(suppliers=frozenset({wish.supplier}), client_reference=wish.client_reference)
            found = (await self._ledger.orders(wanted, first=1)).orders
            problems = tuple(
                ReferenceTaken(order.id) for order in found if order.status is not OrderStatus.FAILED
            )
        if problems or self._rehearsal is None:
            return Result(None, problems)
        return await self._rehearsal(wish, caller)

    async def place(self, wish: Wish, key: str, caller: Caller) -> Result:
        """As `Office.place`."""
        problems = problems_of_key(key) + self._problems(wish)
        if problems:
            return Result(None, problems)
        meant = await self._with_method(wish, caller)
        if isinstance(meant, Result):
            return meant
        home = Home.of(self._means.providers[wish.supplier].declaration)
        # What was asked for is what a repetition is compared with, not what was made of it.
        intent = replace(intent_of(meant, home), fingerprint=fingerprint_of(wish))
        request = Request(f"createOrder:{caller.name}", key, intent.fingerprint)
        placed = await self._carrier.once(
            Errand(request, caller, lambda work, order, _: automation.place(work, order), intent=intent)
        )
        return await automation.follow(self._means, self._carrier, placed, caller)

    async def pay(self, order_id: str, expected: Money, key: str, caller: Caller) -> Result:
        """As `Office.pay`."""
        if problems := problems_of_key(key):
            return Result(None, problems)

        async def do(work: Work, order: Order, is_resumed: bool) -> Result:
            return await pay(work, order, expected, is_resumed=is_resumed)

        asked = fingerprint([order_id, expected.amount, expected.currency])
        request = Request(f"payOrder:{caller.name}", key, asked)
        return await self._carrier.once(Errand(request, caller, do, order_id=order_id, known=order_id))

    async def cancel(self, order_id: str, key: str, caller: Caller) -> Result:
        """As `Office.cancel`."""
        if problems := problems_of_key(key):
            return Result(None, problems)

        async def do(work: Work, order: Order, _: bool) -> Result:
            return await cancel(work, order)

        request = Request(f"cancelOrder:{caller.name}", key, fingerprint(order_id))
        return await self._carrier.once(Errand(request, caller, do, order_id=order_id, known=order_id))

    async def open_dispute(self, order_id: str, claim: Claim, key: str, caller: Caller) -> Result:
        """As `Office.open_dispute`."""
        if problems := problems_of_key(key):
            return Result(None, problems)
        asked = fingerprint([order_id, asdict(claim)])
        request = Request(f"openDispute:{caller.name}", key, asked)
        # The supplier's key: the same for the same request, whoever carries it out and however often.
        name = fingerprint([request.scope, key, order_id])[:32]

        async def do(work: Work, order: Order, _: bool) -> Result:
            return await open_dispute(work, order, claim, name)

        return await self._carrier.once(Errand(request, caller, do, order_id=order_id, known=order_id))

    async def cancel_dispute(self, order_id: str, dispute_id: str, key: str, caller: Caller) -> Result:
        """As `Office.cancel_dispute`."""
        if problems := problems_of_key(key):
            return Result(None, problems)

        async def do(work: Work, order: Order, _: bool) -> Result:
            return await cancel_dispute(work, order, dispute_id)

        request = Request(f"cancelDispute:{caller.name}", key, fingerprint([order_id, dispute_id]))
        return await self._carrier.once(Errand(request, caller, do, order_id=order_id, known=order_id))

    async def refresh(self, order_id: str, caller: Caller) -> Result:
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
        return await refresh(Work(self._means, provider, new_token(), caller.deadline, caller.meter), order)

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

    async def orders(self, wanted: OrderFilter, *, first: int, after: str | None) -> OrderPage:
        """As `Office.orders`. Raises NoSuchOrder for an `after` that is not there."""
        return await self._ledger.orders(wanted, first=first, after=after)

    async def events(self, order_ids: tuple[str, ...]) -> tuple[tuple[KeptEvent, ...], ...]:
        """As `Office.events`."""
        return await self._ledger.events(order_ids)

    async def wallet(self, supplier: str, caller: Caller) -> Wallet:
        """As `Office.wallet`."""
        return await self._provider(supplier).wallet(_ask(caller))

    async def tracking(self, supplier: str, numbers: tuple[str, ...], caller: Caller) -> tuple[Tracking, ...]:
        """As `Office.tracking`."""
        return (await self._provider(supplier).tracking(numbers, _ask(caller))).value

    def _provider(self, code: str) -> Provider:
        provider = self._means.providers.get(code)
        if provider is None:
            raise errors.Unsupported(not_here(code).message, provider=code)
        return provider

    async def _with_method(self, wish: Wish, caller: Caller) -> Wish | Result:
        """The wish with a shipping method, which may be left to the gateway; or why there is none."""
        if wish.method is not None:
            return wish
        wanted = OrderFilter(suppliers=frozenset({wish.supplier}), client_reference=wish.client_reference)
        found = (await self._ledger.orders(wanted, first=1)).orders
        if found and found[0].status is not OrderStatus.FAILED:
            return replace(wish, method=found[0].method, agreed=found[0].quoted)
        if self._choosing is None:
            return Result(None, (InvalidField(("shippingMethod",), "No method is preferred: name one."),))
        meant = await self._choosing(wish, caller)
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


def _ask(caller: Caller) -> Ask:
    facts = frozenset({Fact.ACCOUNT})
    return Ask(caller.deadline, meter=caller.meter, lane=Lane.INTERACTIVE, facts=facts)
