"""
What buyers wrote; 0 points.

CJ documentation, "Product: Inquiry Reviews", read 2026-11-23: success is code 0, totals and scores are text,
and the comment's id is a number beyond what a double holds.
"""

from typing import Final

from pydantic import Field, TypeAdapter

from providers.cj import imagined
from providers.cj.parsing import Count, Id, Moment, Sent, Text, Texts, count_of
from providers.cj.rows import malformed, read_rows
from providers.model import Review, ReviewPage
from providers.port import REVIEW_PAGE_SIZE
from providers.upstream import Call, CallPolicy, Json

_BEST: Final = 5


class SentReview(Sent):
    """One comment."""

    id: Id = Field(alias="commentId")
    text: Text = Field(None, alias="comment")
    written: Moment = Field(None, alias="commentDate")
    author: Text = Field(None, alias="commentUser")
    score: Count = None
    images: Texts = Field((), alias="commentUrls")
    country: Text = Field(None, alias="countryCode")


_REVIEWS: Final = TypeAdapter(list[SentReview])
_REVIEW: Final = TypeAdapter(SentReview)


def reviews_call(policy: CallPolicy, product_id: str, page: int, score: int | None) -> Call[ReviewPage]:
    """Ask for one page of a product's reviews, all or those of one score."""
    query = [("pid", product_id), ("pageNum", str(page)), ("pageSize", str(REVIEW_PAGE_SIZE))]
    if score is not None:
        query.append(("score", str(score)))
    return Call(
        policy,
        "GET",
        "/product/productComments",
        read=lambda data: _read_reviews(data, page),
        query=tuple(query),
        is_empty=lambda result: (
            not result.reviews and (result.total is None or result.total > (page - 1) * REVIEW_PAGE_SIZE)
        ),
        imagine=imagined.review_page,
    )


def _read_reviews(data: Json, page: int) -> ReviewPage:
    if not isinstance(data, dict):
        raise malformed("the reviews are missing")
    try:
        total = count_of(data.get("total"))
    except ValueError:
        total = None
    rows = data.get("list")
    if rows is None and total == 0:
        rows = []
    sent = read_rows(_REVIEWS, _REVIEW, rows, "review")
    # By the rows that were sent: one that cannot be read is not the end of the list.
    full = isinstance(rows, list) and len(rows) >= REVIEW_PAGE_SIZE
    return ReviewPage(
        tuple(_to_review(review) for review in sent),
        total,
        has_more=full and (total is None or page * REVIEW_PAGE_SIZE < total),
    )


def _to_review(sent: SentReview) -> Review:
    return Review(
        id=sent.id,
        score=sent.score if sent.score and sent.score <= _BEST else None,
        text=sent.text or "",
        author=sent.author,
        country=sent.country and sent.country.upper(),
        written_at=sent.written,
        images=sent.images,
    )
