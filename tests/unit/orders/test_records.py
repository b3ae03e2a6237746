"""What the ledger takes: names that can be kept, and numbers that nobody has used."""

import re

import pytest

from gateway.orders.records import Request, new_number


def test_numbers_are_short_printable_and_new() -> None:
    """A number fits every supplier, looks like no word, and does not come twice."""
    numbers = {new_number() for _ in range(1000)}
    assert len(numbers) == 1000
    assert all(re.fullmatch("SS[0-9A-HJKMNP-TV-Z]{20}", number) for number in numbers)


@pytest.mark.parametrize("key", ["", "x" * 256, "a\x00b", "a\nb", "\ud800"])
def test_a_key_that_cannot_be_kept_is_refused(key: str) -> None:
    """Empty, too long or unprintable keys never reach the database."""
    with pytest.raises(ValueError, match="printable"):
        Request("createOrder", key, "basket")


def test_a_key_may_be_in_any_language() -> None:
    """Letters of every script are printable."""
    assert Request("createOrder", "заказ 订单 ü😀", "basket").key == "заказ 订单 ü😀"
