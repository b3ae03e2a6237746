"""Addresses of CJ's product pages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.cj.links import product_id_of, product_url

PID = "2405170342118603100"
UUID = "6A0E3C11-2B7D-4F0A-9C55-0D1B7A9E4401"


@pytest.mark.parametrize(
    ("url", "pid"),
    [
        (f"https://cjdropshipping.com/product/folding-lantern-p-{PID}.html", PID),
        (f"https://www.cjdropshipping.com/product/-p-{PID}.html?from=US#top", PID),
        (f"https://cjdropshipping.com/product/p-{PID}.html", PID),
        (f"cjdropshipping.com/product/a-p-b-p-{UUID}.html", UUID),
        (f"  https://cjdropshipping.com/product/x-p-{UUID.lower()}.html ", UUID),
        (f"https://cjdropshipping.com/product/{PID}.html", PID),
        (f"https://cjdropshipping.com/product/{UUID}", UUID),
        (f"https://app.cjdropshipping.com/product-detail.html?id={PID}&fromType=x", PID),
        (f"https://cjdropshipping.com/product-detail/{PID}", PID),
        (f"https://fr.cjdropshipping.com/fr/product/lampe-p-{PID}.html", PID),
        ("https://cjdropshipping.com/product/folding-lantern.html", None),
        ("https://cjdropshipping.com/product/x-p-12.html", None),
        ("https://cjdropshipping.com/product-detail.html?id=x", None),
        (f"https://cjdropshipping.com.evil.example/product/x-p-{PID}.html", None),
        (f"https://notcjdropshipping.com/product/x-p-{PID}.html", None),
        (f"https://shop.example/product/x-p-{PID}.html", None),
        (f"javascript://cjdropshipping.com/product/x-p-{PID}.html", None),
        ("https://[bad/product", None),
        ("", None),
        (f"https://cjdropshipping.com/product/{'x' * 3000}-p-{PID}.html", None),
    ],
)
def test_product_id_of(url: str, pid: str | None) -> None:
    """Ids are found in every known form of a product page's address, and in no other address."""
    assert product_id_of(url) == pid


@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    """Any text is an address of a product page or not; nothing else happens."""
    assert product_id_of(text) is None or "cjdropshipping" in text.lower()


@given(st.text(max_size=120))
def test_there_and_back(title: str) -> None:
    """The address made for a product names it, whatever its title."""
    for pid in (PID, UUID):
        url = product_url(pid, title)
        assert url is not None
        assert product_id_of(url) == pid


def test_no_address_for_odd_ids() -> None:
    """An id of unknown form gets no address rather than a wrong one."""
    assert product_url("abc/../x", "Lamp") is None
