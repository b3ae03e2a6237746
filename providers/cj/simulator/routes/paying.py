"""
Money: the balance, payment of single orders and of parents, and makeup bills.

CJ documentation, "Shopping: Payment", read 2026-11-23. No call tells an amount; whoever pays has read it
before.
"""

from providers.cj.simulator.accounts import Account, Bill
from providers.cj.simulator.endpoint import Context, get, post
from providers.cj.simulator.envelope import Answer, Refusal
from providers.cj.simulator.orders import PENDING, UNPAID, Order, utc_text
from providers.cj.simulator.shapes import dollars

_MAKEUP = 24


def get_balance(context: Context) -> Answer:
    """What the account can spend."""
    account = context.account
    bonus, frozen = account.bonus_cents, account.frozen_cents
    return Answer(
        {
            "amount": dollars(account.balance_cents),
            "noWithdrawalAmount": None if bonus is None else dollars(bonus),
            "freezeAmount": None if frozen is None else dollars(frozen),
        }
    )


def pay_order(context: Context) -> Answer:
    """Pay one order by its numeric id or SD code."""
    reference = context.inputs.required("orderId", 200)
    book = context.account.orders
    book.settle(context.now, context.simulator.options.pace)
    order = book.identified(reference) or book.coded(reference)
    if order is None:
        raise Refusal(1603100, "Order not found")
    charge(context, [order])
    return Answer(None)


def pay_parent(context: Context) -> Answer:
    """Pay all orders of a shipment order, or a makeup bill."""
    asked, account = context.inputs, context.account
    parent, pay_id = asked.required("shipmentOrderId", 200), asked.text("payId", 200)
    if asked.integer("orderType") == _MAKEUP:
        _pay_bill(context, account, parent)
        return Answer(None)
    account.orders.settle(context.now, context.simulator.options.pace)
    orders = account.orders.children(parent)
    if not orders:
        raise Refusal(1603100, "Order not found")
    if pay_id is not None and any(order.pay_id != pay_id for order in orders):
        raise Refusal(1603101, "pay fail")
    charge(context, orders)
    return Answer(None)


def charge(context: Context, orders: list[Order]) -> None:
    """
    Take money and stock for some orders, all or none.

    Raises:
        Refusal: HTTP 400 for test orders; 1603101 when one is not UNPAID; 1604000 or 1604001 about the
            balance; 1603102 when stock does not suffice.
    """
    account = context.account
    if any(order.sandbox for order in orders):
        raise Refusal(1603101, "Sandbox orders cannot be paid, use simulatePay", status=400)
    if any(order.status != UNPAID for order in orders):
        raise Refusal(1603101, "pay fail")
    if account.balance_restricted:
        raise Refusal(1604001, "Balance payment is restricted")
    total = sum(order.total for order in orders)
    if total > account.balance_cents:
        raise Refusal(1604000, "Balance is insufficient")
    taken: list[tuple[Order, int]] = []
    for order in orders:
        for number, line in enumerate(order.lines):
            if not context.world.take(line.variant, order.origin, line.quantity):
                for other, place in taken:
                    back = other.lines[place]
                    context.world.take(back.variant, other.origin, -back.quantity)
                raise Refusal(1603102, f"Inventory deduction failed, {line.variant.sku}")
            taken.append((order, number))
    account.balance_cents -= total
    for order in orders:
        order.status, order.paid = PENDING, context.now


def list_bills(context: Context) -> Answer:
    """One page of makeup bills; their fields are those of the MAKEUP webhook."""
    page, size = context.inputs.page("pageNum", 1, 1_000_000), context.inputs.page("pageSize", 20, 200)
    bills = context.account.bills
    shown = bills[(page - 1) * size : page * size]
    return Answer(
        {"pageNum": page, "pageSize": size, "total": len(bills), "list": [_bill_json(bill) for bill in shown]}
    )


def _bill_json(bill: Bill) -> dict[str, object]:
    return {
        "orderCode": bill.code,
        "relationOrderId": bill.order_code,
        "payOrderId": bill.pay_order,
        "amount": dollars(bill.cents),
        "reason": bill.reason,
        "type": 1,
        "diffUseType": 0,
        "status": "CREATED" if bill.paid is None else "PAID",
        "createDate": utc_text(bill.created),
        "paymentDate": utc_text(bill.paid),
    }


def create_pay_order(context: Context) -> Answer:
    """A payment for one bill, to be paid with payBalanceV2 and orderType 24."""
    bill = _bill(context.account, context.inputs.required("orderCode", 200))
    bill.pay_order = bill.pay_order or context.account.orders.new_id(context.now)
    return Answer({"payOrderId": bill.pay_order, "amount": dollars(bill.cents)})


def _bill(account: Account, code: str) -> Bill:
    found = next((bill for bill in account.bills if code in (bill.code, bill.pay_order)), None)
    if found is None:
        raise Refusal(1603100, "Order not found")
    return found


def _pay_bill(context: Context, account: Account, code: str) -> None:
    bill = _bill(account, code)
    if bill.paid is not None:
        raise Refusal(1603101, "pay fail")
    if bill.cents > account.balance_cents:
        raise Refusal(1604000, "Balance is insufficient")
    account.balance_cents -= bill.cents
    bill.paid = context.now


ENDPOINTS = (
    get("/shopping/pay/getBalance", get_balance),
    post("/shopping/pay/payBalance", pay_order),
    post("/shopping/pay/payBalanceV2", pay_parent),
    get("/shopping/makeup/list", list_bills),
    post("/shopping/makeup/createPayOrder", create_pay_order),
)
