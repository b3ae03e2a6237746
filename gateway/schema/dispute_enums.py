"""Closed sets around disputes."""

from enum import StrEnum

from gateway.schema.enums import described


class DisputeOutcome(StrEnum):
    """The words of `orders.Dispute.outcome`."""

    REFUND = "REFUND"
    RESEND = "RESEND"
    REJECTED = "REJECTED"
    CANCELLED = "CANCELLED"


class DisputeExpectation(StrEnum):
    """What `orders.DisputeRequest.wants_refund` decides."""

    REFUND = "REFUND"
    RESEND = "RESEND"


described(
    DisputeOutcome,
    "DisputeOutcome",
    "How a dispute ended.",
    {
        "REFUND": "The supplier gives money back.",
        "RESEND": "The supplier sends the goods once more.",
        "REJECTED": "The supplier does neither.",
        "CANCELLED": "It was taken back.",
    },
)
described(
    DisputeExpectation,
    "DisputeExpectation",
    "What a dispute asks for.",
    {
        "REFUND": "Money, paid back to the account's balance at the supplier.",
        "RESEND": "The goods once more.",
    },
)
