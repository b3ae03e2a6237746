"""
Making an order: what CJ takes, checked before it is asked, and what it answers.

CJ documentation, "Shopping: Create Order V2", read 2026-11-23. Always V2, for three reasons. It rejects a
number that was used before, where V3 was seen to make a second, chargeable order of it. It tells amounts and
CJ's id. And it takes payType: 3 creates and does no more; 2, which charges at once, is never sent. V3 alone
takes other shops' platforms and nothing else that V2 lacks.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from babel import Locale
from pydantic import Field, TypeAdapter

from providers.cj.errors import PROVIDER, refused
from providers.cj.fields import Amount
from providers.cj.ids import check_id
from providers.cj.order_ids import SANDBOX, names
from providers.cj.order_states import state_of
from providers.cj.orders import SentLine, added_up, to_lines
from providers.cj.parsing import Flag, Id, Sent, Text, usd
from providers.cj.reasons import Reasons
from providers.cj.rows import malformed, read_one
from providers.orders import OrderDraft, OrderLine, OrderState, SupplierOrder, Totals
from providers.upstream import Call, CallPolicy, Json

_CREATE_ONLY: Final = 3


@dataclass(frozen=True, slots=True)
class _Field:
    """One text of an order: our name, CJ's, how long CJ takes it, and whether it must be there."""

    name: str
    sent_as: str
    longest: int
    required: bool = False


_ADDRESS: Final = (
    _Field("name", "shippingCustomerName", 50, required=True),
    _Field("country", "shippingCountryCode", 2, required=True),
    _Field("province", "shippingProvince", 50, required=True),
    _Field("city", "shippingCity", 50, required=True),
    _Field("line1", "shippingAddress", 200, required=True),
    _Field("line2", "shippingAddress2", 200),
    _Field("house_number", "houseNumber", 20),
    _Field("county", "shippingCounty", 50),
    _Field("postal_code", "shippingZip", 20),
    _Field("phone", "shippingPhone", 20),
    _Field("email", "email", 50),
    _Field("tax_id", "taxId", 20),
)
_ORDER: Final = (
    _Field("number", "orderNumber", 50, required=True),
    _Field("method", "logisticName", 50, required=True),
    _Field("origin", "fromCountryCode", 2, required=True),
    _Field("note", "remark", 500),
)
_LONGEST_COUNTRY: Final = 50
_LONGEST_REFERENCE: Final = 125
_PROVINCE: Final = " Where a country has no provinces, repeat the city."


class SentCreatedLine(SentLine):
    """One line of a new order, which has another name for the variant and no price."""

    variant_id: Id = Field(alias="variantId")


class SentCreated(Sent):
    """The answer to a new order."""

    number: Text = Field(None, alias="orderNumber")
    id: Id = Field(alias="orderId")
    parent: Text = Field(None, alias="shipmentOrderId")
    status: Text = Field(None, alias="orderStatus")
    items: Amount = Field(None, alias="productAmount")
    postage: Amount = Field(None, alias="postageAmount")
    tax: Amount = Field(None, alias="iossAmount")
    tax_fee: Amount = Field(None, alias="iossTaxHandlingFee")
    discount: Amount = Field(None, alias="totalDiscountAmount")
    payable: Amount = Field(None, alias="actualPayment")
    total: Amount = Field(None, alias="orderAmount")
    method_missing: Flag = Field(None, alias="logisticsMiss")
    lines: tuple[SentCreatedLine, ...] | None = Field(None, alias="productInfoList")
    intercepts: Reasons = Field((), alias="interceptOrderReasons")


_CREATED: Final = TypeAdapter(SentCreated)


def create_call(policy: CallPolicy, draft: OrderDraft) -> Call[SupplierOrder]:
    """
    Describe a new order.

    Raises:
        InvalidRequest: CJ would not take it; names the field and never its content.
    """
    operation = policy.operation
    body: dict[str, Json] = {
        "payType": _CREATE_ONLY,
        **_texts(draft, _ORDER, "", operation),
        **_texts(draft.address, _ADDRESS, "address.", operation),
    }
    country = country_name(body["shippingCountryCode"])
    if country is None:
        raise refused("address.country is not the code of a country.", operation)
    body["shippingCountry"] = country[:_LONGEST_COUNTRY]
    if country_name(body["fromCountryCode"]) is None:
        raise refused("origin is not the code of a country.", operation)
    body["products"] = [_line(line, operation) for line in draft.lines]
    if not draft.lines:
        raise refused("lines: an order needs one at least.", operation)
    if draft.is_sandbox:
        # Exactly so: CJ ignores every other spelling, and what was meant as a test is a real order.
        body["isSandbox"] = 1
    return Call(
        policy,
        "POST",
        "/shopping/order/createOrderV2",
        read=lambda data: _read_created(data, draft),
        body=body,
    )


@lru_cache(maxsize=300)
def country_name(code: str) -> str | None:
    """A country's English name; None for what is no country."""
    is_code = len(code) == len("DE") and code.isascii() and code.isalpha()
    return Locale.parse("en").territories.get(code.upper()) if is_code else None


def _texts(source: object, fields: tuple[_Field, ...], prefix: str, operation: str) -> dict[str, Json]:
    body: dict[str, Json] = {}
    for field in fields:
        text = " ".join((getattr(source, field.name) or "").split())
        if not text and field.required:
            more = _PROVINCE if field.name == "province" else ""
            raise refused(f"{prefix}{field.name} is missing.{more}", operation)
        if len(text) > field.longest:
            raise refused(
                f"{prefix}{field.name} has {len(text)} characters; CJ takes at most {field.longest}.",
                operation,
            )
        if text:
            body[field.sent_as] = text
    return body


def _line(line: OrderLine, operation: str) -> dict[str, Json]:
    check_id(line.variant_id, operation)
    if line.quantity < 1:
        raise refused("lines.quantity must be 1 at least.", operation)
    body: dict[str, Json] = {"vid": line.variant_id, "quantity": line.quantity}
    if line.reference:
        if len(line.reference) > _LONGEST_REFERENCE:
            raise refused(f"lines.reference: CJ takes at most {_LONGEST_REFERENCE} characters.", operation)
        body["storeLineItemId"] = line.reference
    return body


def _read_created(data: Json, draft: OrderDraft) -> SupplierOrder:
    # One that cannot be read may exist all the same, and is found by our number. Its id is rightly missing
    # while CJ still matches goods of other shops.
    sent = read_one(_CREATED, data, "the new order")
    if sent.number is not None and sent.number != draft.number:
        raise malformed("the new order has another number than it was given")
    ids = names(draft.number, sent.id, parent=sent.parent)
    if draft.is_sandbox:
        ids[SANDBOX] = "1"
    obstacles = sent.intercepts
    if sent.method_missing:
        obstacles += ("CJ cannot use its shipping method yet.",)
    return SupplierOrder(
        PROVIDER,
        draft.number,
        ids,
        state_of(sent.status) if sent.status else OrderState.CREATED,
        raw_status=sent.status,
        lines=to_lines(sent.lines) if sent.lines else draft.lines,
        totals=Totals(
            usd(sent.items),
            usd(sent.postage),
            tax=added_up(sent.tax, sent.tax_fee),
            discount=usd(sent.discount),
            total=usd(sent.total if sent.payable is None else sent.payable),
        ),
        method=draft.method,
        origin=draft.origin,
        obstacles=obstacles,
        is_sandbox=draft.is_sandbox,
    )
