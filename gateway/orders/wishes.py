"""
What a client asks for, before it is an order: checked for form, told from other wishes, made an intent.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter

from gateway.orders.amounts import exceeds
from gateway.orders.office import Wish
from gateway.orders.records import LONGEST_KEY, LONGEST_REFERENCE, Home, Intent
from gateway.orders.troubles import InvalidField, PriceChanged, Refused, Trouble
from gateway.quoting.baskets import MOST_LINES
from gateway.storage.columns import MOST_DIGITS, fits
from providers.model import Money
from providers.orders import Address, OrderDraft, OrderLine, charge_of

INSISTS = "takes no parcel without it; send it, or choose another shipping method."
"""What is said behind a method's name of a field that `lacking` names."""

_WISH = TypeAdapter(Wish)


def problems_of(wish: Wish, charges_in: str | None = None) -> tuple[Trouble, ...]:
    """
    What makes no sense in it, whatever the supplier is; empty when it may be tried.

    `charges_in` is the currency in which the supplier charges, where that is known beforehand.
    """
    return tuple(_problems(wish, charges_in if wish.agreed is None else wish.agreed.currency))


def problems_of_key(key: str) -> tuple[Trouble, ...]:
    """What is wrong with an idempotency key."""
    return tuple(_text("idempotencyKey", key, LONGEST_KEY))


def fingerprint_of(wish: Wish) -> str:
    """Equal for wishes that ask for the same, whatever zeros their amounts end with."""
    return fingerprint(_WISH.dump_python(wish))


def fingerprint(input_: Any) -> str:
    """Equal for equal input: plain values, amounts as Decimal."""
    text = json.dumps(input_, sort_keys=True, default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def intent_of(wish: Wish, home: Home) -> Intent:
    """The order that is meant, where it lives. Raises ValueError for a wish with problems or no method."""
    if wish.method is None:
        raise ValueError("The method of an order is chosen before it is meant.")
    return Intent(
        supplier=home.supplier,
        account=home.account,
        client_reference=wish.client_reference,
        fingerprint=fingerprint_of(wish),
        lines=tuple(
            OrderLine(line.variant_id, line.quantity, reference=f"L{place}", product_id=line.product_id)
            for place, line in enumerate(wish.lines, start=1)
        ),
        origin=wish.origin,
        method=wish.method,
        address=wish.address,
        is_sandbox=home.is_sandbox,
        note=wish.note,
        quoted=wish.agreed and Money(charge_of(wish.agreed.amount), wish.agreed.currency),
        max_total=wish.max_total,
    )


def draft_of(wish: Wish, home: Home) -> OrderDraft:
    """What the supplier would be told, under a number that is never used."""
    meant = intent_of(wish, home)
    return OrderDraft(
        meant.number, meant.lines, meant.origin, meant.method, meant.address, meant.is_sandbox, meant.note
    )


def lacking(address: Address, required: Iterable[str]) -> list[str]:
    """The fields that an address lacks of those that a carrier insists on."""
    return sorted(field for field in required if getattr(address, field) is None)


def problem_of_amount(amount: Decimal) -> str | None:
    """Why a finite amount cannot be what something may cost; None when it can."""
    if amount <= 0:
        return "send an amount above zero."
    return None if fits(amount) else f"send an amount of at most {MOST_DIGITS} digits."


def _problems(wish: Wish, charged_in: str | None) -> Iterator[Trouble]:
    yield from _text("clientReference", wish.client_reference, LONGEST_REFERENCE)
    if not 1 <= len(wish.lines) <= MOST_LINES:
        yield InvalidField(("lines",), f"An order has 1 to {MOST_LINES} lines.")
    if any(line.quantity < 1 for line in wish.lines):
        yield InvalidField(("lines", "quantity"), "Order 1 piece of everything at least.")
    problem = None if wish.max_total is None else problem_of_amount(wish.max_total.amount)
    if problem is not None:
        yield InvalidField(("maxTotal",), f"maxTotal: {problem}")
    elif wish.max_total is not None and charged_in not in {None, wish.max_total.currency}:
        yield InvalidField(
            ("maxTotal",),
            f"maxTotal: the supplier charges in {charged_in}, and this is an amount in "
            f"{wish.max_total.currency}. Send what it may cost in {charged_in}.",
        )
    elif wish.agreed is not None and not fits(charge_of(wish.agreed.amount)):
        yield Refused("The supplier's price has more digits than any amount that the gateway pays.", None)
    elif wish.agreed is not None and wish.max_total is not None and exceeds(wish.agreed, wish.max_total):
        yield PriceChanged(agreed=wish.max_total, current=wish.agreed)


def _text(field: str, text: str, longest: int) -> Iterator[Trouble]:
    if not 1 <= len(text) <= longest or not text.isprintable():
        yield InvalidField((field,), f"Give 1 to {longest} printable characters.")


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    raise TypeError(f"{type(value).__name__} is no plain value.")
