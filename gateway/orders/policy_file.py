"""
Reading the operator's order policy from its file: checked whole, so that a slip never pays anything.

    currency = "USD"                # of pay_up_to; left out: USD
    pay_up_to = "50.00"             # orders up to this are paid by the gateway; left out or 0: none
    price_drift_percent = 5         # unless they take so much more than quoted; left out: not compared
    preferred_methods = ["CJPacket Ordinary", "CJPacket Sea"]

    [supplier.cj]                   # what stands here holds for orders of cj in place of the above
    pay_up_to = "120.00"
"""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from gateway import codes
from gateway.orders.policy import OrderPolicy, Terms
from gateway.storage.columns import MOST_DIGITS
from gateway.toml_file import Guide, file_text, parsed
from providers.model import Money

_LONGEST_METHOD = 50
_MOST_METHODS = 50
_HIGHEST_DRIFT = 100

GUIDE = Guide(
    explained_in='"An order policy" in README.md',
    number='"50.00"',
    texts='["CJPacket Ordinary", "CJPacket Sea"]',
    mapping="[supplier.cj] with lines below it",
    entry="[supplier.cj] with lines below it",
)


def _number(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("write a number, not true or false")  # noqa: TRY004 - pydantic wants it so
    return value


def _methods(value: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(value)) != len(value):
        raise ValueError("it names a method twice")
    return value


_Amount = Annotated[
    Decimal, BeforeValidator(_number), Field(ge=0, max_digits=MOST_DIGITS, allow_inf_nan=False)
]
_Percent = Annotated[
    Decimal, BeforeValidator(_number), Field(ge=0, le=_HIGHEST_DRIFT, max_digits=6, allow_inf_nan=False)
]
_Method = Annotated[str, Field(min_length=1, max_length=_LONGEST_METHOD, pattern=r"^\S(.*\S)?$")]


class SupplierTerms(BaseModel):
    """What holds for the orders of one supplier."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pay_up_to: _Amount | None = None
    price_drift_percent: _Percent | None = None
    preferred_methods: Annotated[
        tuple[_Method, ...], Field(max_length=_MOST_METHODS), AfterValidator(_methods)
    ] = ()


class PolicyFile(SupplierTerms):
    """A whole file."""

    currency: Annotated[str, AfterValidator(codes.currency)] = "USD"
    supplier: Mapping[str, SupplierTerms] = {}


def read_policy(path: Path | None) -> OrderPolicy:
    """
    The policy in a file; where there is none, one that does nothing.

    Raises:
        ValueError: It cannot be read, or something in it is wrong; a sentence that names the file, the entry
            and what to write.
    """
    if path is None:
        return OrderPolicy()
    written = parsed(file_text(path), path.name, PolicyFile, GUIDE)
    general = written.model_dump(include=set(SupplierTerms.model_fields))
    return OrderPolicy(
        _terms(written, written.currency),
        {
            code: _terms(
                SupplierTerms.model_construct(**general | own.model_dump(exclude_unset=True)),
                written.currency,
            )
            for code, own in written.supplier.items()
        },
    )


def _terms(written: SupplierTerms, currency: str) -> Terms:
    return Terms(
        Money(written.pay_up_to, currency) if written.pay_up_to else None,
        written.price_drift_percent,
        tuple(written.preferred_methods),
    )
