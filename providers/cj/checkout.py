"""
From a created order to a paid one.

    CREATED ─ addCart ▸ IN_CART ─ addCartConfirm ▸ UNPAID ─ saveGenerateParentOrder ▸ payBalanceV2
                                                      └───── the parent is not known ▸ payBalance

Every attempt begins by reading the order, so it can be broken off anywhere and begun again. The cart is taken
rather than confirmOrder, because it names what holds an order back and ends in the exact amount that the
payment will take. A parent is told once: when that answer was lost, or when paying it would pay for anything
else too, the order is paid by itself, for the amount in its detail.

CJ documentation, "Shopping: Cart" and "Payment", read 2026-11-23, and the notes of shops that pay so.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from providers.cj.errors import PROVIDER
from providers.cj.fetching import Fetch
from providers.cj.order_ids import CODE, ID, PARENT, PAYMENT, SANDBOX, best, needed
from providers.cj.orders import detail_call, is_test, merged
from providers.cj.payment import (
    Carted,
    cart_call,
    confirm_call,
    parent_call,
    pay_parent_call,
    pay_single_call,
    pretend_call,
)
from providers.cj.reasons import are_about_stock
from providers.cj.rows import malformed
from providers.errors import Conflict, NotFound, OutOfStock, ProviderError, Rejected, Transient
from providers.orders import OrderState, Payable, SupplierOrder
from providers.upstream import Call, CallPolicy

_CONFIRMING: Final = 2.0
"""Seconds after which a confirmation that was not clear is worth another look; operators wait one to two."""
_MAYBE_LATER: Final = frozenset({OrderState.CREATED, OrderState.IN_CART, OrderState.UNKNOWN})
_PREPARE: Final = "payment.prepare"


class Checkout:
    """The calls that lead to a payment, through one way of asking."""

    def __init__(self, fetch: Fetch, policies: Mapping[str, CallPolicy]) -> None:
        self._fetch = fetch
        self._policies = policies

    async def current(self, order: SupplierOrder) -> SupplierOrder:
        """The order as CJ has it now, under every name that is known."""
        call = detail_call(self._policies["order.get"], best(order), order.number)
        return merged(order, (await self._fetch(call)).value)

    async def prepare(self, order: SupplierOrder) -> Payable:
        """As `Provider.prepare_payment`."""
        try:
            found = await self.current(order)
        except NotFound as error:
            # We know that it was made: CJ was seen not to show new orders for a while.
            raise _later("CJ does not show the order") from error
        if is_test(order) and not found.is_sandbox:
            raise Conflict(
                "This order was meant as a test, and CJ has it as a real one: it is left alone.",
                provider=PROVIDER,
                operation=_PREPARE,
            )
        if found.state is OrderState.CREATED:
            found = await self._to_cart(found)
        if found.state is OrderState.IN_CART:
            found = await self._confirm(found)
        if found.state is not OrderState.AWAITING_PAYMENT:
            raise _not_payable(found)
        return await self._of_parent(found) or await self._alone(found)

    async def pay(self, payable: Payable) -> None:
        """As `Provider.pay_order`: no test order costs money, and no real one is pretended to be paid."""
        ids, policy = payable.ids, self._policies["payment.pay"]
        if SANDBOX in ids:
            policy = self._policies["payment.pretend"]
            call = pretend_call(policy, needed(ids, CODE))
        elif PARENT in ids and PAYMENT in ids:
            call = pay_parent_call(policy, ids[PARENT], ids[PAYMENT])
        else:
            call = pay_single_call(policy, needed(ids, ID, CODE))
        await self._fetch(call)

    async def _to_cart(self, order: SupplierOrder) -> SupplierOrder:
        policy = self._policies["order.cart"]
        added = await self._carted(order, cart_call(policy, needed(order.ids, CODE)))
        if added is None or not added.is_done:
            return await self.current(order)
        return replace(order, state=OrderState.IN_CART)

    async def _confirm(self, order: SupplierOrder) -> SupplierOrder:
        policy = self._policies["order.confirm"]
        confirmed = await self._carted(order, confirm_call(policy, needed(order.ids, CODE)))
        if confirmed is None or not confirmed.is_done:
            # So answers an order that was confirmed before, and one whose confirmation is still under way.
            return await self.current(order)
        ids = {**order.ids, **({PARENT: confirmed.parent} if confirmed.parent else {})}
        return replace(order, ids=ids, state=OrderState.AWAITING_PAYMENT)

    async def _carted(self, order: SupplierOrder, call: Call[Carted]) -> Carted | None:
        """What the cart says; None when it refused because the order has moved on meanwhile."""
        try:
            carted = (await self._fetch(call)).value
        except Rejected:
            if (await self.current(order)).state is order.state:
                raise
            return None
        if carted.reasons:
            raise _held(carted.reasons, call.policy.operation)
        return carted

    async def _of_parent(self, order: SupplierOrder) -> Payable | None:
        """How to pay it by its parent; None when that is not known, or would pay for anything else too."""
        parent, code = order.ids.get(PARENT), order.ids.get(CODE)
        if parent is None or code is None:
            return None
        try:
            told = (await self._fetch(parent_call(self._policies[_PREPARE], parent, code))).value
        except Rejected:
            return None
        if told.reasons:
            raise _held(told.reasons, _PREPARE)
        if told.payment is None or told.amount is None:
            return None
        return Payable(told.amount, {**order.ids, PAYMENT: told.payment}, is_test(order))

    async def _alone(self, order: SupplierOrder) -> Payable:
        """How to pay it by itself."""
        found = await self.current(order)
        if found.state is not OrderState.AWAITING_PAYMENT:
            raise _not_payable(found)
        # CJ writes 0 where it has no price.
        if found.totals.total is None or not found.totals.total.amount:
            raise malformed("an order that is to be paid has no amount")
        return Payable(
            found.totals.total,
            {key: name for key, name in found.ids.items() if key not in (PARENT, PAYMENT)},
            is_test(found),
        )


def _held(reasons: tuple[str, ...], operation: str) -> ProviderError:
    words = f"CJ holds the order back: {' '.join(reasons)}"
    if are_about_stock(reasons):
        words += " Another shipping method may have the goods."
        return OutOfStock(words, provider=PROVIDER, operation=operation)
    return Conflict(words, provider=PROVIDER, operation=operation)


def _not_payable(order: SupplierOrder) -> ProviderError:
    if order.state in _MAYBE_LATER:
        return _later(f"CJ says {order.raw_status}, and not yet that the order can be paid")
    return Conflict(
        f"The order is past paying: CJ says {order.raw_status}.", provider=PROVIDER, operation=_PREPARE
    )


def _later(what: str) -> Transient:
    return Transient(
        f"{what}; try again shortly.", retry_after=_CONFIRMING, provider=PROVIDER, operation=_PREPARE
    )
