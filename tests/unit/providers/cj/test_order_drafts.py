"""What CJ is sent for a new order, and what never reaches it."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.cj.drafts import country_name, create_call
from providers.cj.limits import policies
from providers.errors import InvalidRequest
from providers.orders import OrderDraft
from tests.unit.providers.cj.drafts import ADDRESS, LINE, order_draft

POLICY = policies(15)["order.create"]


def test_the_whole_body() -> None:
    """Every field by CJ's name; payType 3 charges nothing; what is not known is left out."""
    address = replace(
        ADDRESS,
        line2="Hof",
        house_number="7b",
        county="Mitte",
        phone="040000000",
        email="a@harbour.example",
        tax_id="DE1",
    )
    call = create_call(POLICY, order_draft(address=address, note="Ring twice"))
    assert (call.method, call.path) == ("POST", "/shopping/order/createOrderV2")
    assert call.body == {
        "orderNumber": "HB-100231",
        "payType": 3,
        "logisticName": "CJPacket Ordinary",
        "fromCountryCode": "CN",
        "remark": "Ring twice",
        "shippingCustomerName": "Test Person",
        "shippingCountryCode": "DE",
        "shippingCountry": "Germany",
        "shippingProvince": "Hamburg",
        "shippingCity": "Hamburg",
        "shippingAddress": "Testweg 1",
        "shippingAddress2": "Hof",
        "houseNumber": "7b",
        "shippingCounty": "Mitte",
        "shippingZip": "20095",
        "shippingPhone": "040000000",
        "email": "a@harbour.example",
        "taxId": "DE1",
        "products": [{"vid": "2405170342118604100", "quantity": 2, "storeLineItemId": "L1"}],
    }


def test_a_test_order_is_spelled_exactly() -> None:
    """Only the number 1 makes a test order, and only a test order carries the field."""
    marked = create_call(POLICY, order_draft(is_sandbox=True)).body["isSandbox"]
    assert (marked, type(marked)) == (1, int)
    assert "isSandbox" not in create_call(POLICY, order_draft()).body


LONGEST = {
    "address.name": 50, "address.province": 50, "address.city": 50, "address.line1": 200,
    "address.line2": 200, "address.house_number": 20, "address.county": 50, "address.postal_code": 20,
    "address.phone": 20, "address.email": 50, "address.tax_id": 20, "number": 50, "method": 50, "note": 500,
}  # fmt: skip
REQUIRED = ("address.name", "address.province", "address.city", "address.line1", "number", "method")


def _with(field: str, value: Any) -> OrderDraft:
    where, _, name = field.rpartition(".")
    if where:
        return order_draft(address=replace(ADDRESS, **{name: value}))
    return order_draft(**{name: value})


@pytest.mark.parametrize(("field", "longest"), LONGEST.items())
def test_lengths(field: str, longest: int) -> None:
    """The longest text that CJ takes is sent whole; one more is refused by the field's name, unrepeated."""
    create_call(POLICY, _with(field, "ü" * longest))
    with pytest.raises(InvalidRequest) as refusal:
        create_call(POLICY, _with(field, "ü" * (longest + 1)))
    assert field in refusal.value.message
    assert str(longest) in refusal.value.message
    assert "üü" not in str(refusal.value)


@pytest.mark.parametrize("field", REQUIRED)
@pytest.mark.parametrize("nothing", ["", " \n\t"])
def test_what_must_be_there(field: str, nothing: str) -> None:
    """A text that CJ needs is not sent empty."""
    with pytest.raises(InvalidRequest, match=f"{field.replace('.', '[.]')} is missing"):
        create_call(POLICY, _with(field, nothing))


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (order_draft(lines=()), "lines"),
        (order_draft(lines=(replace(LINE, quantity=0),)), "quantity"),
        (order_draft(lines=(replace(LINE, variant_id="no id"),)), "id"),
        (order_draft(lines=(replace(LINE, reference="x" * 126),)), "reference"),
        (order_draft(origin="XX"), "origin"),
        (order_draft(address=replace(ADDRESS, country="ZZZ")), "country"),
        (order_draft(address=replace(ADDRESS, country="01")), "country"),
    ],
)
def test_what_makes_no_sense(draft: OrderDraft, field: str) -> None:
    """What CJ could not make an order of is refused here, by name."""
    with pytest.raises(InvalidRequest, match=field):
        create_call(POLICY, draft)


@given(st.text(max_size=3))
def test_country_names(code: str) -> None:
    """Whatever is written in a country's place has an English name, or none."""
    name = country_name(code)
    assert name is None or len(code) == 2
