"""Where a fact comes from and how old it is."""

from datetime import datetime

import strawberry

from providers.upstream import Fetched, Source


@strawberry.type(description="Where a fact comes from and how old it is.")
class Provenance:
    """Public form of what `Fetched` says beside its value."""

    as_of: datetime = strawberry.field(description="When the supplier said so.")
    source: Source = strawberry.field(description="Where it comes from.")
    stale_after: datetime | None = strawberry.field(
        description="When it will be read again if someone asks; null for sample data, which never changes."
    )

    @classmethod
    def of(cls, fetched: Fetched[object]) -> "Provenance":
        """The age of an answer."""
        return cls(as_of=fetched.as_of, source=fetched.source, stale_after=fetched.stale_after)
