"""
Asking CJ to find a product, and what became of it; 0 points.

CJ documentation, "Product: Create Sourcing" and "Query Sourcing", read 2026-11-23. What the status digits
mean is not documented, so a status is read from what comes with it: a found product, a reason for failure, or
the Chinese text.
"""

from typing import Final

from pydantic import Field, TypeAdapter

from providers.cj import imagined
from providers.cj.errors import PROVIDER, refused
from providers.cj.limits import SOURCING_IDS
from providers.cj.parsing import Id, Sent, Text
from providers.cj.rows import read_one, read_rows
from providers.model import Sourcing, SourcingRequest, SourcingStatus
from providers.upstream import Call, CallPolicy, Json

_LONGEST: Final = 200
_FAILED: Final = "失败"
_FOUND: Final = "成功"
_UNDER_WAY: Final = ("中", "待")  # "...ing", "waiting for ..."


class SentSourcing(Sent):
    """One request as CJ keeps it."""

    id: Id = Field(alias="sourceId")
    status: Text = Field(None, alias="sourceStatus")
    status_text: Text = Field(None, alias="sourceStatusStr")
    product_id: Text = Field(None, alias="cjProductId")
    variant_sku: Text = Field(None, alias="cjVariantSku")
    failure: Text = Field(None, alias="failReason")


class SentCreated(Sent):
    """The answer to a new request."""

    id: Id = Field(alias="cjSourcingId")
    result: Text = None


_SOURCINGS: Final = TypeAdapter(list[SentSourcing])
_SOURCING: Final = TypeAdapter(SentSourcing)
_CREATED: Final = TypeAdapter(SentCreated)


def create_call(policy: CallPolicy, request: SourcingRequest) -> Call[Sourcing]:
    """
    Describe a request for a product.

    Raises:
        InvalidRequest: A text is missing or longer than CJ takes; cutting an address would break it.
    """
    body: dict[str, object] = {
        name: value
        for name, value in (
            ("productName", request.product_name.strip()),
            ("productImage", request.image_url.strip()),
            ("productUrl", request.product_url),
            ("remark", request.note),
            ("thirdProductId", request.reference),
        )
        if value is not None
    }
    for name in ("productName", "productImage"):
        if not body[name]:
            raise refused(f"CJ needs {name} for sourcing.", policy.operation)
    for name, value in body.items():
        if len(str(value)) > _LONGEST:
            raise refused(f"CJ takes at most {_LONGEST} characters of {name}.", policy.operation)
    if request.target_price is not None:
        body["price"] = request.target_price
    return Call(policy, "POST", "/product/sourcing/create", read=_read_created, body=body)


def sourcings_call(policy: CallPolicy, sourcing_ids: tuple[str, ...]) -> Call[tuple[Sourcing, ...]]:
    """Ask for up to a hundred requests; those CJ does not know are missing from the answer."""
    distinct = sorted(set(sourcing_ids))
    if len(distinct) > SOURCING_IDS:
        raise refused(f"CJ tells about at most {SOURCING_IDS} sourcing requests at once.", policy.operation)
    return Call(
        policy,
        "GET",
        "/product/sourcing/queryList",
        read=_read_sourcings,
        query=tuple(("sourceIds", each) for each in distinct),
        is_empty=lambda found: not found,
        imagine=lambda: tuple(imagined.sourcing(each) for each in distinct),
    )


def _read_created(data: Json) -> Sourcing:
    # One that cannot be read may exist all the same: attempts is 1, so it is not sent a second time.
    sent = read_one(_CREATED, data, "the new sourcing request")
    return Sourcing(PROVIDER, sent.id, SourcingStatus.PENDING, sent.result)


def _read_sourcings(data: Json) -> tuple[Sourcing, ...]:
    sent = read_rows(_SOURCINGS, _SOURCING, data, "sourcing request")
    return tuple(
        Sourcing(
            PROVIDER,
            each.id,
            _status(each),
            raw_status=" ".join(part for part in (each.status, each.status_text) if part) or None,
            product_id=each.product_id,
            variant_sku=each.variant_sku,
            failure=each.failure,
        )
        for each in sent
    )


def _status(sent: SentSourcing) -> SourcingStatus:
    text = sent.status_text or ""
    if _FAILED in text or (sent.failure and not sent.product_id):
        return SourcingStatus.FAILED
    if sent.product_id or _FOUND in text:
        return SourcingStatus.FOUND
    if any(mark in text for mark in _UNDER_WAY):
        return SourcingStatus.PENDING
    return SourcingStatus.UNKNOWN
