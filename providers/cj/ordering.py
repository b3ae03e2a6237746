"""The half of the port that is about orders and money: which calls answer it, and in which order."""

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final, TypeVar

from providers import orders
from providers.cj import bills, disputes, drafts, order_changes, parts, payment, tracking
from providers.cj.auth import WithToken
from providers.cj.checkout import Checkout
from providers.cj.errors import PROVIDER, refused
from providers.cj.order_ids import CODE, ID, needed
from providers.cj.orders import BATCH, batch_call, detail_call, listed_call, merged
from providers.clock import Clock
from providers.discretion import discreet, private_texts
from providers.errors import Conflict, InvalidRequest, NotFound, ProviderError, Transient
from providers.orders import OrderState
from providers.upstream import Ask, Call, CallPolicy, Fetched, Source

T = TypeVar("T")

_DELETABLE: Final = frozenset({OrderState.CREATED, OrderState.IN_CART})


class Ordering:
    """
    Orders, payments, parcels and disputes of one CJ account; `provider.CJProvider` adds the rest.

    Args:
        upstream: The pipeline around this account's exchange.
        policies: By operation.
        clock: Tells when an answer that needs no supplier was given.
    """

    def __init__(self, upstream: WithToken, policies: Mapping[str, CallPolicy], clock: Clock) -> None:
        self._upstream = upstream
        self._policies = policies
        self._clock = clock

    async def find_order(self, number: str, ask: Ask) -> orders.SupplierOrder | None:
        """
        The order with our number; 0 points, one call when it is there, two or three when it is not.

        CJ says "Order not found" of orders that it has just made, too, so that alone is not believed: the
        list, or a second look, has to say the same. Right after an answer that was lost both may be behind;
        whoever asks then waits some seconds and asks again before the next attempt.
        """
        if not number.strip():
            raise refused("number is missing.", "order.find")
        try:
            return await self._detail("order.find", number, number, ask)
        except NotFound:
            pass
        listed = (await self._fetch(listed_call(self._policies["order.list"], number), ask)).value
        try:
            if listed.id is not None:
                return await self._detail("order.get", listed.id, number, ask)
            return None if listed.is_sure else await self._detail("order.find", number, number, ask)
        except NotFound as error:
            if listed.id is None:
                return None
            raise Transient(
                "CJ lists an order with this number and does not show it; try again shortly.",
                retry_after=1.0,
                provider=PROVIDER,
                operation="order.find",
            ) from error

    def check_order(self, draft: orders.OrderDraft) -> None:
        """Refuse what CJ does not take, by the lengths and fields that it documents."""
        drafts.create_call(self._policies["order.create"], draft)

    async def create_order(self, draft: orders.OrderDraft, ask: Ask) -> orders.SupplierOrder:
        """
        Create it and charge nothing; 0 points, one call, sent once.

        A test order only where the draft says so: sandbox mode is declared, and the gateway drafts by that,
        so that an order is at CJ what the record of it says.
        """
        call = drafts.create_call(self._policies["order.create"], draft)
        try:
            return (await self._fetch(call, ask)).value
        except ProviderError as error:
            # CJ's words about an address may repeat it. Without the cause, which says the same.
            raise _discreet(error, draft) from None

    async def read_orders(
        self, known: tuple[orders.SupplierOrder, ...], ask: Ask
    ) -> tuple[orders.SupplierOrder | None, ...]:
        """What became of orders, fifty to a call of 0 points; None says that CJ left it out, no more."""
        read: list[orders.SupplierOrder | None] = []
        for some in _parts(known, BATCH):
            call = batch_call(self._policies["order.get_many"], some)
            found = (await self._fetch(call, ask)).value
            read += [now and merged(before, now) for before, now in zip(some, found, strict=True)]
        return tuple(read)

    async def order_parts(
        self, known: tuple[orders.SupplierOrder, ...], ask: Ask
    ) -> tuple[tuple[orders.OrderPart, ...], ...]:
        """The parts of orders; one call of 0 points for fifty that are whole, see `parts`."""
        policy = self._policies["order.get_many"]
        return await parts.read_parts(lambda call: self._fetch(call, ask), policy, known)

    async def bills(
        self, known: tuple[orders.SupplierOrder, ...], ask: Ask
    ) -> tuple[tuple[orders.Bill, ...], ...]:
        """What CJ bills beside orders; one call of 0 points for all, five at the most."""
        return await bills.read_bills(lambda call: self._fetch(call, ask), self._policies["bill.list"], known)

    async def prepare_payment(self, order: orders.SupplierOrder, ask: Ask) -> orders.Payable:
        """Cart, confirm, and ask what it costs; see `checkout`. Four calls of 0 points from the start."""
        return await self._checkout(ask).prepare(order)

    async def pay_order(self, payable: orders.Payable, ask: Ask) -> None:
        """Pay from the balance; one call, sent once. A test order is pretended to be paid."""
        await self._checkout(ask).pay(payable)

    async def cancel_order(self, order: orders.SupplierOrder, ask: Ask) -> None:
        """
        Delete an order that is created or in the cart; done already is done.

        Raises:
            Conflict: It is confirmed, and CJ has no call for that.
        """
        operation = "order.cancel"
        found: orders.SupplierOrder | None
        try:
            found = await self._checkout(ask).current(order)
        except NotFound:
            found = await self.find_order(order.number, ask)
        if found is None or found.state is OrderState.CANCELLED:
            return
        if found.state in _DELETABLE:
            await self._delete(found, operation, ask)
        else:
            raise _not_cancellable(found, operation)

    async def method_offers(self, order: orders.SupplierOrder, ask: Ask) -> tuple[orders.MethodOffer, ...]:
        """Shipping methods that an unpaid order could change to; 0 points."""
        code = await self._code(order, ask)
        return (
            await self._fetch(order_changes.offers_call(self._policies["order.methods"], code), ask)
        ).value

    async def change_method(self, order: orders.SupplierOrder, offer: orders.MethodOffer, ask: Ask) -> None:
        """Change the shipping method. Raises Conflict (8002) when the order has moved on."""
        code, policy = await self._code(order, ask), self._policies["order.change_method"]
        *others, last = order_changes.ORIGINS_OF_A_CHANGE
        for origin in others:
            try:
                await self._fetch(order_changes.change_call(policy, code, offer, origin), ask)
            except InvalidRequest:
                continue
            return
        await self._fetch(order_changes.change_call(policy, code, offer, last), ask)

    async def wallet(self, ask: Ask) -> orders.Wallet:
        """The account's balance, now; 0 points."""
        return (await self._fetch(payment.wallet_call(self._policies["wallet.get"]), ask)).value

    async def tracking(self, numbers: tuple[str, ...], ask: Ask) -> Fetched[tuple[orders.Tracking, ...]]:
        """What is known of parcels, twenty to a call of 0 points, kept for a minute."""
        distinct = sorted({number.strip() for number in numbers} - {""})
        answers = [await self._tracking(tuple(some), ask) for some in _parts(distinct, tracking.MOST)]
        if not answers:
            return self._known(())
        oldest = min(answers, key=lambda each: each.as_of)
        return replace(oldest, value=tuple(parcel for each in answers for parcel in each.value))

    async def dispute_lines(self, order: orders.SupplierOrder, ask: Ask) -> tuple[orders.DisputeLine, ...]:
        """What of a paid order can be disputed; 0 points. Raises Conflict when it is not paid."""
        call = disputes.lines_call(self._policies["dispute.lines"], await self._code(order, ask))
        return (await self._fetch(call, ask)).value

    async def dispute_terms(
        self, order: orders.SupplierOrder, lines: tuple[orders.DisputeLine, ...], ask: Ask
    ) -> orders.DisputeTerms:
        """What can be claimed for lines as `dispute_lines` gave them; 0 points."""
        call = disputes.terms_call(self._policies["dispute.terms"], await self._code(order, ask), lines)
        return (await self._fetch(call, ask)).value

    async def open_dispute(
        self, order: orders.SupplierOrder, request: orders.DisputeRequest, ask: Ask
    ) -> None:
        """Open it; CJ takes the same key twice for one."""
        call = disputes.open_call(self._policies["dispute.open"], await self._code(order, ask), request)
        await self._fetch(call, ask)

    async def cancel_dispute(self, order: orders.SupplierOrder, dispute_id: str, ask: Ask) -> None:
        """Take it back."""
        code = await self._code(order, ask)
        await self._fetch(disputes.cancel_call(self._policies["dispute.cancel"], code, dispute_id), ask)

    async def disputes(self, order: orders.SupplierOrder, ask: Ask) -> tuple[orders.Dispute, ...]:
        """The disputes about an order, the newest first; 0 points."""
        call = disputes.list_call(self._policies["dispute.list"], await self._code(order, ask))
        return (await self._fetch(call, ask)).value

    async def _fetch(self, call: Call[T], ask: Ask) -> Fetched[T]:
        """Fetch, asking only for facts that this call's answer carries."""
        carried = call.policy.facts
        return await self._upstream.fetch(call, replace(ask, facts=ask.facts & carried or carried))

    def _known(self, value: T) -> Fetched[T]:
        """An answer that needs no supplier."""
        now = self._clock.now()
        return Fetched(value, now, now + timedelta(minutes=1), Source.LIVE)

    def _checkout(self, ask: Ask) -> Checkout:
        return Checkout(lambda call: self._fetch(call, ask), self._policies)

    async def _detail(self, operation: str, reference: str, number: str, ask: Ask) -> orders.SupplierOrder:
        return (await self._fetch(detail_call(self._policies[operation], reference, number), ask)).value

    async def _code(self, order: orders.SupplierOrder, ask: Ask) -> str:
        """The order's SD code, which V2 does not tell when it makes the order."""
        if code := order.ids.get(CODE):
            return code
        return needed((await self._checkout(ask).current(order)).ids, CODE)

    async def _delete(self, order: orders.SupplierOrder, operation: str, ask: Ask) -> None:
        policy = self._policies[operation]
        try:
            # CJ does not say which of its names this call takes; others that change an order take the code.
            call = order_changes.delete_call(policy, needed(order.ids, CODE, ID))
            await self._fetch(call, ask)
        except NotFound:
            await self._fetch(order_changes.delete_call(policy, needed(order.ids, ID)), ask)

    async def _tracking(self, numbers: tuple[str, ...], ask: Ask) -> Fetched[tuple[orders.Tracking, ...]]:
        try:
            return await self._fetch(tracking.tracking_call(self._policies["tracking.get"], numbers), ask)
        except NotFound:
            return self._known(())


def _not_cancellable(order: orders.SupplierOrder, operation: str) -> ProviderError:
    if order.state is OrderState.UNKNOWN:
        return Transient(
            f"CJ says {order.raw_status} of the order, which nobody here understands; try again later.",
            provider=PROVIDER,
            operation=operation,
        )
    if order.state is OrderState.AWAITING_PAYMENT:
        remedy = "cancel it on CJ's web pages, or leave it unpaid: it costs nothing."
    else:
        remedy = "open a dispute, where CJ offers to cancel what is not sent yet, or ask CJ's support."
    return Conflict(
        f"CJ has no call that cancels an order once it is confirmed ({order.raw_status}); {remedy}",
        provider=PROVIDER,
        operation=operation,
    )


def _discreet(error: ProviderError, draft: orders.OrderDraft) -> ProviderError:
    """The error without what is private in its words."""
    quiet = copy.copy(error)
    quiet.message = discreet(error.message, private_texts(draft.address, draft.note))
    quiet.args = (quiet.message,)
    return quiet


def _parts(many: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(many), size):
        yield many[start : start + size]
