"""
Complaints about paid orders: what can be claimed, claiming it, taking it back.

CJ documentation, "Dispute", read 2026-11-23.
"""

from typing import Final

from providers.cj.simulator.accounts import Dispute
from providers.cj.simulator.catalogue.details import colour_picture
from providers.cj.simulator.endpoint import Context, get, post
from providers.cj.simulator.envelope import Answer, Refusal, Style
from providers.cj.simulator.inputs import param_error
from providers.cj.simulator.orders import PENDING, Line, Order, utc_text
from providers.cj.simulator.shapes import dollars

_QUERY, _CONFIRM, _CREATE, _CANCEL = 1607006, 1607007, 1607008, 1607009
REASONS: Final = {
    1: "Unfulfilled Order Cancellation",
    2: "Not received",
    3: "Damaged on arrival",
    4: "Wrong product",
    5: "Bad quality",
}
_DONE = "true"


def _order(context: Context, code: int) -> Order:
    reference = context.inputs.required("orderId", 200)
    book = context.account.orders
    book.settle(context.now, context.simulator.options.pace)
    order = book.identified(reference) or book.coded(reference)
    if order is None:
        raise Refusal(code, "Order not found")
    if order.status < PENDING:
        raise Refusal(code, "Order cannot be disputed")
    return order


def _line_json(context: Context, line: Line) -> dict[str, object]:
    product = line.variant.product
    return {
        "lineItemId": line.id,
        "cjProductId": product.pid,
        "cjVariantId": line.variant.vid,
        "canChoose": True,
        "price": dollars(line.cents),
        "quantity": line.quantity,
        "cjProductName": product.title,
        "cjImage": context.simulator.picture(colour_picture(line.variant)),
        "sku": line.variant.sku,
        "supplierName": product.supplier[0] if product.supplier else "",
    }


def disputed_products(context: Context) -> Answer:
    """What of an order can be complained about."""
    order = _order(context, _QUERY)
    lines = [_line_json(context, line) for line in order.lines]
    return Answer({"orderId": order.id, "orderNumber": order.number, "productInfoList": lines})


def _chosen(context: Context, order: Order, code: int, needed: frozenset[str]) -> list[tuple[Line, int]]:
    """The lines a complaint is about, with their quantities."""
    known = {line.id: line for line in order.lines}
    chosen = []
    for one in context.inputs.objects("productInfoList"):
        if missing := needed - set(one.body):
            raise Refusal(code, f"productInfoList lacks {', '.join(sorted(missing))}", status=400)
        line = known.get(one.required("lineItemId", 50))
        quantity = one.integer("quantity", 1)
        if line is None or quantity is None or quantity > line.quantity:
            raise Refusal(code, "productInfoList does not match the order")
        chosen.append((line, quantity))
    return chosen


_IDENTIFIED: Final = frozenset(("lineItemId", "quantity"))


def confirm_dispute(context: Context) -> Answer:
    """The most that can be claimed, and the reasons to choose from."""
    order = _order(context, _CONFIRM)
    chosen = _chosen(context, order, _CONFIRM, _IDENTIFIED)
    sent = [one.body for one in context.inputs.objects("productInfoList")]
    if any(
        dict(body) != _line_json(context, line) | {"quantity": body["quantity"]}
        for body, (line, _) in zip(sent, chosen, strict=True)
    ):
        # Seen live: anything but the objects as they were received is an HTTP 400.
        raise Refusal(_CONFIRM, "productInfoList is not as it was received", status=400)
    goods = sum(line.cents * quantity for line, quantity in chosen)
    return Answer(
        {
            "maxProductPrice": dollars(goods),
            "maxPostage": dollars(order.postage),
            "maxIossTaxAmount": dollars(order.ioss_cents),
            "maxIossHandTaxAmount": dollars(order.ioss_fee_cents),
            "maxAmount": dollars(goods + order.postage + order.ioss_cents + order.ioss_fee_cents),
            "expectResultOptionList": ["1", "2"],
            "productInfoList": [
                _line_json(context, line) | {"quantity": quantity} for line, quantity in chosen
            ],
            "disputeReasonList": [
                {"disputeReasonId": key, "reasonName": name} for key, name in REASONS.items()
            ],
        }
    )


def create_dispute(context: Context) -> Answer:
    """Open a complaint; the same businessDisputeId again changes nothing and answers the same."""
    asked, account = context.inputs, context.account
    business = asked.required("businessDisputeId", 100)
    if any(dispute.business_id == business for dispute in account.disputes):
        return Answer(_DONE)
    order = _order(context, _CREATE)
    reason, expects = asked.integer("disputeReasonId"), asked.integer("expectType", 1, 2)
    if reason not in REASONS or expects is None or asked.integer("refundType", 1, 2) is None:
        raise param_error()
    asked.required("messageText", 500)
    chosen = _chosen(context, order, _CREATE, frozenset(("lineItemId", "quantity", "price")))
    dispute = Dispute(
        id=account.orders.new_id(context.now),
        business_id=business,
        order_id=order.id,
        reason=REASONS[reason],
        expects=expects,
        cents=sum(line.cents * quantity for line, quantity in chosen),
        created=context.now,
        lines=[_line_json(context, line) | {"quantity": quantity} for line, quantity in chosen],
    )
    account.disputes.append(dispute)
    order.dispute_id = dispute.id
    return Answer(_DONE)


def cancel_dispute(context: Context) -> Answer:
    """Take a complaint back."""
    order = _order(context, _CANCEL)
    identity = context.inputs.required("disputeId", 100)
    dispute = next(
        (one for one in context.account.disputes if one.id == identity and one.order_id == order.id), None
    )
    if dispute is None or dispute.cancelled or dispute.deal:
        raise Refusal(_CANCEL, "Dispute cancel fail")
    dispute.cancelled, order.dispute_id = True, None
    return Answer(_DONE)


def _dispute_json(dispute: Dispute) -> dict[str, object]:
    return {
        "status": "Cancelled" if dispute.cancelled else "Finished" if dispute.deal else "Awaiting CJ",
        "id": dispute.id,
        "disputeReason": dispute.reason,
        "replacementAmount": 0,
        "resendOrderCode": None,
        "money": dollars(dispute.cents),
        "finallyDeal": dispute.deal,
        "createDate": utc_text(dispute.created),
        "productList": dispute.lines,
    }


def list_disputes(context: Context) -> Answer:
    """One page of complaints, newest first."""
    asked, account = context.inputs, context.account
    page, size = asked.page("pageNum", 1, 1_000_000), asked.page("pageSize", 10, 200)
    order_id, identity, number = (
        asked.text("orderId", 200),
        asked.text("disputeId", 100),
        asked.text("orderNumber", 50),
    )
    numbered = account.orders.numbered(number) if number else None
    coded = account.orders.coded(order_id) if order_id else None
    found = [
        dispute
        for dispute in reversed(account.disputes)
        if (order_id in (None, dispute.order_id) or (coded is not None and coded.id == dispute.order_id))
        and identity in (None, dispute.id)
        and (number is None or (numbered is not None and numbered.id == dispute.order_id))
    ]
    shown = found[(page - 1) * size : page * size]
    rows = [_dispute_json(dispute) for dispute in shown]
    return Answer({"pageNum": page, "pageSize": size, "total": len(found), "list": rows})


def dispute_detail(context: Context) -> Answer:
    """One complaint, in the shape of the list."""
    identity = context.inputs.required("disputeId", 100)
    dispute = next((one for one in context.account.disputes if one.id == identity), None)
    if dispute is None:
        raise Refusal(_QUERY, "Dispute not found")
    return Answer(_dispute_json(dispute))


ENDPOINTS = (
    get("/disputes/disputeProducts", disputed_products),
    post("/disputes/disputeConfirmInfo", confirm_dispute, style=Style.DISPUTE),
    post("/disputes/create", create_dispute, style=Style.DISPUTE),
    post("/disputes/cancel", cancel_dispute, style=Style.DISPUTE),
    get("/disputes/getDisputeList", list_disputes),
    get("/disputes/getDisputeDetail", dispute_detail),
)
