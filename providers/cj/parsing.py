"""
CJ's values as ours.

Text prices and ranges, arrays inside strings, four kinds of date, numbers as text and text as numbers.

Two attitudes. Where CJ is sloppy we are lenient: an optional value that cannot be read is None (unknown) and
a log event, because one odd field must not lose a product. Where a wrong value would lie we are strict: an id
that is missing is an error, a price is never zero, a count is never negative.

No float appears here: `wire` hands numbers with a fraction over as the text CJ wrote.
"""

import json
import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Final

import structlog
from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainValidator

from providers.cj.payload import mended
from providers.model import DayRange, Money, MoneyRange

log = structlog.get_logger(__name__)

USD: Final = "USD"
_NUMBER: Final = re.compile(r"\$?\s*([0-9]{1,15}(?:\.[0-9]{1,10})?)")
# "4.10 -- 6.35" in listV2, "0.97-4.08" in suggestSellPrice; the tilde and dashes were seen in descriptions.
_RANGE: Final = re.compile(r"\s*(?:-{1,2}|~|\u2013|\u2014)\s*")
_DAYS: Final = re.compile(r"(\d{1,3})(?:\s*(?:-{1,2}|~|\u2013)\s*(\d{1,3}))?\s*(?:days?)?", re.IGNORECASE)
_STANDARD: Final = re.compile(r"(long|width|height)\s*=\s*([0-9]+(?:\.[0-9]+)?)")
_ENDS: Final = 2
_LARGEST_EXPONENT: Final = 15
_SMALLEST_EXPONENT: Final = -12
_MOST_DECIMALS: Final = 30


def unreadable(kind: str, value: Any) -> None:
    """Note a value that could not be read and is therefore unknown."""
    log.warning("cj.value_unreadable", kind=kind, value=str(value)[:60])


# Text


def text_of(value: Any) -> str | None:
    """Text without blanks around it; numbers as their digits; None for empty, null, or anything else."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return None


def id_of(value: Any) -> str:
    """An id, which is never absent. Raises ValueError."""
    text = text_of(value)
    if text is None:
        raise ValueError("an id is missing")
    return text


def texts_of(value: Any) -> tuple[str, ...]:
    r"""
    Several texts: a JSON array, a JSON array inside a string, or one plain text. Empty ones are left out.

    CJ's `materialNameEn` is `"[\"\",\"metal\"]"`, its `productProEnSet` a true array, its `productImage`
    either.
    """
    if isinstance(value, str):
        trimmed = value.strip()
        if trimmed.startswith("["):
            try:
                value = mended(json.loads(trimmed))
            except (ValueError, RecursionError):
                # Text that happens to begin with a bracket, such as "[2 pcs] lantern".
                value = [trimmed]
        else:
            value = [trimmed]
    if not isinstance(value, list):
        return ()
    return tuple(text for item in value if (text := text_of(item)) is not None)


def without_braces(value: str) -> str:
    """A warehouse id as `warehouse/detail` knows it; stock answers write it in braces."""
    return value.strip().removeprefix("{").removesuffix("}")


# Numbers


def decimal_of(value: Any) -> Decimal | None:
    """An exact number; None for null and empty text. Raises ValueError for anything else."""
    if value is None:
        return None
    text = text_of(value)
    if text is None:
        if isinstance(value, str):
            return None
        raise ValueError("not a number")
    plain = _NUMBER.fullmatch(text)
    try:
        number = Decimal(plain[1] if plain else text)
    except InvalidOperation as error:
        raise ValueError("not a number") from error
    # Nothing CJ sells costs a quadrillion, and writing out "1E999999" or "1E-999999" would take the machine
    # with it. Binary fractions have up to seventeen digits too many.
    exponent = number.as_tuple().exponent
    if (
        not isinstance(exponent, int)
        or not _SMALLEST_EXPONENT <= number.adjusted() <= _LARGEST_EXPONENT
        or exponent < -_MOST_DECIMALS
    ):
        raise ValueError("not a usable number")
    return number


_LARGEST_COUNT = 2**31 - 1
"""GraphQL's Int ends here; a larger number of pieces or shops is a mistake anyway."""


def count_of(value: Any) -> int | None:
    """A whole number from 0 to 2^31-1; None for null and empty text. Raises ValueError for anything else."""
    number = decimal_of(value)
    if number is None:
        return None
    if number != number.to_integral_value() or not 0 <= number <= _LARGEST_COUNT:
        raise ValueError("not a count")
    return int(number)


def range_of(value: Any) -> tuple[Decimal, Decimal] | None:
    """
    Both ends of a number or of a range such as "4.10 -- 6.35" or "0.97-4.08", the smaller first.

    Returns:
        None for null and empty text.

    Raises:
        ValueError: Neither a number nor a range, or negative.
    """
    if isinstance(value, str) and (parts := _RANGE.split(value.strip())) and len(parts) == _ENDS:
        low, high = (decimal_of(part) for part in parts)
        if low is None or high is None:
            raise ValueError("half a range")
    else:
        low = high = decimal_of(value)
    if low is None or high is None:
        return None
    if min(low, high) < 0:
        raise ValueError("negative")
    return min(low, high), max(low, high)


def _lenient_count(value: Any) -> int | None:
    try:
        return count_of(value)
    except ValueError:
        unreadable("count", value)
        return None


def _lenient_prices(value: Any) -> tuple[Decimal, Decimal] | None:
    try:
        ends = range_of(value)
    except ValueError:
        unreadable("price", value)
        return None
    # CJ writes 0 where it has no price; passing it on would offer goods for nothing.
    return ends if ends is None or ends[0] > 0 else None


def _lenient_price(value: Any) -> Decimal | None:
    ends = _lenient_prices(value)
    if ends is not None and ends[0] != ends[1]:
        unreadable("single price", value)
        return None
    return ends and ends[0]


def _lenient_grams(value: Any) -> int | None:
    try:
        ends = range_of(value)
    except ValueError:
        unreadable("weight", value)
        return None
    # A span is the variants' affair: no single number of it would be the product's weight. 0 means "not
    # weighed".
    if ends is None or ends[0] != ends[1] or ends[0] == 0:
        return None
    return max(1, int(ends[0].to_integral_value("ROUND_HALF_UP")))


def _lenient_flag(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"1": True, "0": False, "true": True, "false": False}.get((text_of(value) or "").lower())


def money_range(ends: tuple[Decimal, Decimal] | None, currency: str | None = None) -> MoneyRange | None:
    """Amounts as money; CJ's prices are USD unless it says otherwise."""
    if ends is None:
        return None
    code = currency if currency and re.fullmatch(r"[A-Z]{3}", currency) else USD
    return MoneyRange(Money(ends[0], code), Money(ends[1], code))


def usd(amount: Decimal | None) -> Money | None:
    """An amount as US dollars."""
    return None if amount is None else Money(amount, USD)


def days_of(value: Any) -> DayRange | None:
    """Whole days: "3-5", "7", "3-7 Days"; None when it is anything else."""
    matched = _DAYS.fullmatch(text_of(value) or "")
    if not matched:
        return None
    ends = sorted((int(matched[1]), int(matched[2] or matched[1])))
    return DayRange(ends[0], ends[1])


def standard_size(value: str | None) -> dict[str, int]:
    """Sides in mm from `variantStandard`: "long=160,width=120,height=90"; empty when it has none."""
    return {side: round(Decimal(number)) for side, number in _STANDARD.findall(value or "")}


# Dates


def moment_of(value: Any) -> datetime | None:
    """
    Aware UTC from an ISO date with an offset, or from epoch milliseconds; None when it cannot be told.

    A date without a zone is unknown rather than UTC: CJ does not say which zone most of them are in.
    """
    try:
        if isinstance(value, int) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1000, UTC) if value > 0 else None
        text = text_of(value)
        if text is None:
            return None
        if text.isdecimal():
            return datetime.fromtimestamp(int(text) / 1000, UTC)
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError, OSError):
        unreadable("date", value)
        return None


# Field types for the models of the resource modules

Id = Annotated[str, BeforeValidator(id_of)]
Text = Annotated[str | None, PlainValidator(text_of)]
Texts = Annotated[tuple[str, ...], PlainValidator(texts_of)]
Count = Annotated[int | None, PlainValidator(_lenient_count)]
Price = Annotated[Decimal | None, PlainValidator(_lenient_price)]
Prices = Annotated[tuple[Decimal, Decimal] | None, PlainValidator(_lenient_prices)]
Grams = Annotated[int | None, PlainValidator(_lenient_grams)]
Flag = Annotated[bool | None, PlainValidator(_lenient_flag)]
Days = Annotated[DayRange | None, PlainValidator(days_of)]
Moment = Annotated[datetime | None, PlainValidator(moment_of)]


class Sent(BaseModel):
    """Something CJ sends: fields we do not know are ignored, because CJ adds them without notice."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)
