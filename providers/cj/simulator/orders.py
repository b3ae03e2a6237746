"""
Orders of one account: their many ids, their states, and how paid ones travel by themselves.

CJ documentation, "Shopping" and "Sandbox", read 2026-11-23; ids and states as in `cj-api/orders.md` sections
1 and 2.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final

from providers.cj.simulator.catalogue.goods import Variant

CREATED, IN_CART, UNPAID, PENDING, PROCESSING, SHIPPED, DELIVERED, CANCELLED = (
    100,
    101,
    200,
    300,
    400,
    500,
    600,
    700,
)
STATUS_TEXT: Final = MappingProxyType(
    {
        100: "CREATED", 101: "IN_CART", 200: "UNPAID", 300: "UNSHIPPED",
        400: "UNSHIPPED", 500: "SHIPPED", 600: "DELIVERED", 700: "CANCELLED",
    }
)  # fmt: skip
SUB_STATUS: Final = MappingProxyType({PENDING: "PENDING", PROCESSING: "PROCESSING"})
_TO_PROCESSING: Final = timedelta(hours=8)
_TO_SHIPPED: Final = timedelta(days=2)


@dataclass(slots=True)
class Line:
    """One thing ordered."""

    id: str
    variant: Variant
    quantity: int
    cents: int
    """Price of one, fixed when the order is made."""
    store_line_id: str | None = None


@dataclass(slots=True)
class Order:
    """One order as CJ keeps it."""

    number: str
    """The caller's."""
    id: str
    """19 digits."""
    code: str
    """`SD` and 19 digits."""
    parent: str | None
    """`shipmentOrderId`: set by V2, or when the cart is confirmed."""
    api: int
    """2 or 3: which call made it."""
    address: dict[str, str]
    lines: list[Line]
    carrier: str
    days: str
    origin: str
    postage: int
    ioss_cents: int
    ioss_fee_cents: int
    created: datetime
    sandbox: bool = False
    remark: str | None = None
    status: int = CREATED
    pay_id: str | None = None
    storage_id: str | None = None
    shop: str | None = None
    confirm_due: datetime | None = None
    paid: datetime | None = None
    shipped: datetime | None = None
    delivered: datetime | None = None
    track_number: str | None = None
    dispute_id: str | None = None
    platform_order_id: str | None = None
    intercepts: list[dict[str, object]] = field(default_factory=list)
    part_of: str | None = None
    """The code of the order that this one was split from."""
    parts: int = 0
    """How many it was split into; the parts travel in its stead."""

    @property
    def goods(self) -> int:
        """Cents of the goods."""
        return sum(line.cents * line.quantity for line in self.lines)

    @property
    def total(self) -> int:
        """Cents to pay."""
        return self.goods + self.postage + self.ioss_cents + self.ioss_fee_cents

    @property
    def grams(self) -> int:
        """Weight of the goods."""
        return sum(line.variant.grams * line.quantity for line in self.lines)

    @property
    def is_confirmed(self) -> bool:
        """Whether CJ has an order code for it."""
        return self.status >= UNPAID


@dataclass(slots=True)
class OrderBook:
    """All orders of one account, newest last."""

    orders: list[Order] = field(default_factory=list)
    deleted_numbers: set[str] = field(default_factory=set)
    serial: int = 0

    def new_id(self, now: datetime) -> str:
        """19 digits that begin with the date."""
        self.serial += 1
        return f"{now.astimezone(UTC):%y%m%d%H%M%S}{self.serial % 10**5:05d}00"

    def numbered(self, number: str) -> Order | None:
        """The newest order with the caller's number, of which V3 may have made several; never a part."""
        whole = (order for order in reversed(self.orders) if order.part_of is None)
        return next((order for order in whole if order.number == number), None)

    def identified(self, identity: str) -> Order | None:
        """The order with this numeric id."""
        return next((order for order in self.orders if order.id == identity), None)

    def coded(self, code: str) -> Order | None:
        """The order with this SD code."""
        return next((order for order in self.orders if order.code == code), None)

    def any_of(self, reference: str) -> Order | None:
        """By numeric id, SD code or the caller's number, as only the detail call allows."""
        return self.identified(reference) or self.coded(reference) or self.numbered(reference)

    def children(self, parent: str) -> list[Order]:
        """The orders below one shipment order."""
        return [order for order in self.orders if order.parent == parent]

    def split(self, order: Order, now: datetime) -> list[Order]:
        """
        Make parts of a paid order, one for each line, or one piece and the rest of a single line.

        Raises:
            ValueError: It is not paid, is a part itself, or is a single piece.
        """
        first, *others = order.lines
        shares = [first, *others]
        if not others:
            shares = [replace(first, quantity=1), replace(first, quantity=first.quantity - 1)]
        if order.paid is None or order.part_of or order.parts or shares[-1].quantity < 1:
            raise ValueError("only a paid order of several pieces can be split, and only once")
        parts = [
            replace(
                order,
                id=self.new_id(now),
                code=f"{order.code}-{number}",
                lines=[replace(share, id=self.new_id(now))],
                postage=0,
                ioss_cents=0,
                ioss_fee_cents=0,
                part_of=order.code,
            )
            for number, share in enumerate(shares, start=1)
        ]
        order.parts = len(parts)
        self.orders.extend(parts)
        return parts

    def remove(self, order: Order) -> None:
        """Forget an order, remembering that its number was used."""
        self.orders.remove(order)
        self.deleted_numbers.add(order.number)

    def settle(self, now: datetime, pace: float) -> None:
        """Bring every order to where it would be by now."""
        for order in self.orders:
            settle(order, now, pace)


def settle(order: Order, now: datetime, pace: float) -> None:
    """Finish a due confirmation, and let a paid order travel; sandbox orders move only by their tools."""
    if order.confirm_due is not None and now >= order.confirm_due:
        order.confirm_due = None
        order.status = max(order.status, UNPAID)
    if order.sandbox or order.paid is None or pace <= 0:
        return
    days = timedelta(days=int(order.days.split("-")[1]))
    if order.status == PENDING and now >= order.paid + _TO_PROCESSING / pace:
        order.status = PROCESSING
    if order.status == PROCESSING and now >= order.paid + _TO_SHIPPED / pace:
        ship(order, order.paid + _TO_SHIPPED / pace)
    if order.status == SHIPPED and order.shipped and now >= order.shipped + days / pace:
        order.status, order.delivered = DELIVERED, order.shipped + days / pace


def ship(order: Order, moment: datetime) -> None:
    """Hand the parcel over; it gets a tracking number unless it has one."""
    order.status, order.shipped = SHIPPED, moment
    if not order.parts:
        order.track_number = order.track_number or f"CJX{order.id[7:17]}YQ"


def utc_text(moment: datetime | None) -> str | None:
    """`yyyy-MM-dd HH:mm:ss` in UTC, as order dates are written."""
    return None if moment is None else f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
