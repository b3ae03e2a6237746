"""
The wrapper CJ puts around every answer, with the differences between its endpoints.

CJ documentation, all pages, read 2026-11-23: the wrapper grew over years and was never unified, so an
endpoint has a style of its own, and clients that expect one style break on another.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final


class Style(Enum):
    """Which fields an endpoint's success answer has, besides `data`."""

    CLASSIC = "code, result, message, requestId"
    BOTH = "code, result, message, requestId, success"
    MODERN = "success, code, message (empty), requestId"
    LISTED = "code, success, message, requestId"
    ZERO = "success, code 0, message null, requestId"
    CART = "success, code, message (cheerful); no requestId"
    BARE = "success, message (empty); neither code nor requestId"
    DISPUTE = "code, result, message, redirectUri in the place of requestId"


SUCCESS: Final = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """What an endpoint says, before it is wrapped."""

    data: object
    code: int = SUCCESS
    """200, or one of CJ's error codes."""
    message: str | None = "Success"
    status: int = 200
    """HTTP status; 200 for nearly every refusal too."""


class Refusal(Exception):
    """
    CJ says no: raised anywhere below an endpoint, answered as an error envelope.

    Args:
        code: CJ's code.
        message: What stands in `message`.
        status: HTTP status, 200 unless CJ was seen to use another.
        data: Usually null; `false` on a few calls.
        rule: The limit that refused, for the ledger; None for a business refusal.
    """

    def __init__(
        self, code: int, message: str, *, status: int = 200, data: object = None, rule: str | None = None
    ) -> None:
        super().__init__(code, message)
        self.answer = Answer(data, code, message, status)
        self.rule = rule


def wrap(
    style: Style, answer: Answer, request_id: str, points: Mapping[str, object] | None = None
) -> dict[str, object]:
    """Give the JSON object an endpoint of this style sends, with `pointsInfo` unless that is None."""
    good = answer.code == SUCCESS
    body = _success(style, answer, request_id) if good else _failure(style, answer, request_id)
    if points is not None:
        body["pointsInfo"] = dict(points)
    return body


def _success(style: Style, answer: Answer, request_id: str) -> dict[str, object]:
    data = answer.data
    match style:
        case Style.MODERN:
            return {"success": True, "code": SUCCESS, "message": "", "data": data, "requestId": request_id}
        case Style.LISTED:
            return {
                "code": SUCCESS,
                "success": True,
                "message": "Success",
                "data": data,
                "requestId": request_id,
            }
        case Style.ZERO:
            return {"success": True, "code": 0, "message": None, "data": data, "requestId": request_id}
        case Style.CART:
            return {"success": True, "code": SUCCESS, "message": "Congratulation! Well done!", "data": data}
        case Style.BARE:
            return {"success": True, "message": "", "data": data}
        case _:
            body: dict[str, object] = {
                "code": SUCCESS,
                "result": True,
                "message": answer.message,
                "data": data,
            }
            body["redirectUri" if style is Style.DISPUTE else "requestId"] = request_id
            if style is Style.BOTH:
                body["success"] = True
            return body


def _failure(style: Style, answer: Answer, request_id: str) -> dict[str, object]:
    body: dict[str, object] = {"code": answer.code}
    if style not in (Style.MODERN, Style.LISTED, Style.CART, Style.BARE):
        body["result"] = False
    body |= {"message": answer.message, "data": answer.data, "requestId": request_id}
    if style not in (Style.CLASSIC, Style.DISPUTE):
        body["success"] = False
    return body
