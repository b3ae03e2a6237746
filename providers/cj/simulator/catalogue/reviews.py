"""Reviews of a product, from a small grammar: what people say, masked names, scores, a picture at times."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

from providers.cj.simulator.catalogue.goods import Product, likely
from providers.cj.simulator.catalogue.making import NEWEST

_OPENING: Final = {
    5: ("Exactly as shown", "Better than I hoped", "My second one already", "Lovely thing"),
    4: ("Good for the price", "Happy with it", "Nice quality", "Does what it should"),
    3: ("It is okay", "Usable", "Average", "Smaller than I thought"),
    2: ("Not quite as pictured", "Took very long", "The finish is rough"),
    1: ("Arrived damaged", "Wrong colour sent", "Stopped working after a week"),
}
_MIDDLE: Final = (
    "the {material} feels solid", "packed well", "delivery took {days} days", "the colour is a little darker",
    "my family uses it every day", "easy to clean", "fits where I wanted it", "the box had a dent",
    "no smell at all",
)  # fmt: skip
_ENDING: Final = (
    "Would order again.",
    "Thank you.",
    "Fine for me.",
    "",
    "",
    "Recommended.",
    "Let us see how long it lasts.",
)
_COUNTRIES: Final = ("US", "DE", "GB", "FR", "PL", "ES", "IT", "AU", "CA", "BR", "NL", "SE", "MX", "AT")


@dataclass(frozen=True, slots=True)
class Review:
    """One review as `productComments` shows it."""

    id: int
    """Beyond 2^53, as CJ sends it: a raw number."""
    text: str
    written: datetime
    user: str
    score: int
    country: str
    pictures: tuple[str, ...]
    """Names of pictures, mostly none."""


def make_reviews(product: Product) -> list[Review]:
    """The product's reviews, newest first."""
    chance = Random(product.seed ^ 0x4E71)  # noqa: S311 - goods, not secrets
    reviews = []
    first = max(datetime.fromtimestamp(product.created_ms / 1000, UTC), NEWEST - timedelta(days=900))
    for number in range(product.review_count):
        score = chance.choices((5, 4, 3, 2, 1), (58, 24, 9, 4, 5))[0]
        middle = chance.choice(_MIDDLE).format(material=product.material, days=chance.randrange(5, 32))
        text = f"{chance.choice(_OPENING[score])}, {middle}. {chance.choice(_ENDING)}".strip()
        written = first + (NEWEST - first) * chance.random()
        reviews.append(
            Review(
                id=1_700_000_000_000_000_000
                + product.index * 10**12
                + number * 10**6
                + chance.randrange(10**6),
                text=text,
                written=written.replace(hour=0, minute=0, second=0, microsecond=0),
                user=f"{chance.choice('ABCDEFGHIJKLMNOPRSTUVWZ')}***{chance.choice('aeinrsty')}",
                score=score,
                country=chance.choice(_COUNTRIES),
                pictures=(f"{product.leaf.kind}-{product.sku}_r{number}",) if likely(chance, 0.12) else (),
            )
        )
    return sorted(reviews, key=lambda review: (review.written, review.id), reverse=True)
