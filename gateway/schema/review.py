"""What buyers wrote about a product."""

from datetime import datetime

import strawberry

from gateway.schema.pagination import Connection
from gateway.schema.provenance import Provenance
from gateway.schema.scalars import URL, CountryCode
from providers import model


@strawberry.type(description="What a buyer wrote about a product.")
class Review:
    """Public form of `model.Review`."""

    supplier_review_id: str = strawberry.field(description="The supplier's own id.")
    score: int | None = strawberry.field(description="1 to 5 stars.")
    text: str = strawberry.field(description="The words, in whatever language they were written.")
    author: str | None = strawberry.field(description="Name as the supplier masks it.")
    country_code: CountryCode | None = strawberry.field(description="Where the buyer lives.")
    written_at: datetime | None = strawberry.field(description="When it was written.")
    images: list[URL] = strawberry.field(description="Pictures the buyer added.")

    @classmethod
    def from_model(cls, review: model.Review) -> "Review":
        """The review as it is."""
        return cls(
            supplier_review_id=review.id,
            score=review.score,
            text=review.text,
            author=review.author,
            country_code=CountryCode(review.country) if review.country else None,
            written_at=review.written_at,
            images=[URL(image) for image in review.images],
        )


@strawberry.type(name="ReviewConnection", description="One page of a product's reviews.")
class ReviewConnection(Connection[Review]):
    """Reviews, and how old this knowledge of them is."""

    provenance: Provenance = strawberry.field(description="How old the oldest of these reviews' answers is.")
