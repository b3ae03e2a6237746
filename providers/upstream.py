"""
The words adapters and gateway share about calls to a supplier.

An adapter *describes* a call: where it goes, what it costs, how long its answer stays true, how to read it.
The gateway *enforces*: it waits for budget, shares equal calls, keeps answers, retries. `Upstream` is the one
door between them.
"""

from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any, Generic, Protocol, TypeVar

from providers.errors import ProviderError

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

Json = Any
"""Decoded JSON. Untyped on purpose: only the call that asked knows what it should be."""


class Lane(IntEnum):
    """Who goes first when calls queue for budget; a smaller number overtakes a larger one."""

    PAYMENT = 0
    ORDER = 1
    CHECKOUT = 2
    INTERACTIVE = 3
    BACKGROUND = 4


class Fact(StrEnum):
    """Kinds of fact an answer carries, because each stays true for a different time."""

    CATALOGUE = "catalogue"  # titles, pictures, descriptions, sizes, categories, reviews
    PRICE = "price"
    STOCK = "stock"
    FREIGHT = "freight"
    ACCOUNT = "account"  # what is true for our account only: my products, sourcing, settings


@dataclass(frozen=True, slots=True)
class Freshness:
    """How long an answer may be served."""

    fresh_for: float
    """Seconds after its reading in which it is served as is."""
    stale_for: float
    """Seconds after that in which it is served while being read again; or alone, when it cannot be."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many calls a second, evenly spaced; the supplier's own rule, without our margin."""

    name: str
    per_second: float
    scope: str = ""
    """What shares the rate beyond this account, such as "ip"; empty: the account alone."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many points a day, refilled evenly over the day and set back to full at 00:00 UTC."""

    name: str
    per_day: int
    refills: bool = True


@dataclass(frozen=True, slots=True)
class Limits:
    """Everything that bounds calls of one supplier account; a call takes from all of them or from none."""

    account: str
    """Names the account in shared storage; never a credential."""
    rates: tuple[Rate, ...] = ()
    allowance: Allowance | None = None
    caps: Mapping[str, Rate] = field(default_factory=dict)
    """Extra rates for calls whose policy names them, such as 2 a second for batches."""


@dataclass(frozen=True, slots=True)
class CallPolicy:
    """What is true of every call of one kind; each number has its source beside it in the adapter."""

    operation: str
    """Stable name in errors, logs and metrics: "product.get"."""
    weight: int = 0
    """Points of the day's allowance that one call takes."""
    cap: str | None = None
    """Name of an extra rate in `Limits.caps`."""
    facts: frozenset[Fact] = frozenset()
    """Which kinds of fact the answer carries. Empty: the answer is never kept (writes, logins)."""
    absent_for: float = 60.0
    """Seconds in which a confirmed "no such thing" is believed without asking again."""
    shared: bool = True
    """False: the answer depends on the caller and must not be shared between callers."""
    attempts: int = 3
    """Exchanges at most for one answer; 1 for anything that writes."""
    confirmations: int = 1
    """How often an absent or suspiciously empty answer is asked again before it is believed."""
    timeout: float = 15.0
    """Seconds one exchange may take on the wire."""
    breaks: bool = True
    """Whether failures count for the circuit breaker and an open one stops the call; False for logins."""


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """
    One described request to a supplier. Equal `identity` means one flight and one kept answer serve both.
    """

    policy: CallPolicy
    method: str
    path: str
    read: Callable[[Json], T]
    """
    Turns the decoded payload into what the port promises: validates, maps, builds once.
    Raises MalformedResponse for a shape that was not documented, NotFound for a clear absence.
    """
    query: tuple[tuple[str, str], ...] = ()
    body: Json = None
    is_empty: Callable[[T], bool] | None = None
    """Says that a successful answer is suspiciously empty, so that it is confirmed before it is believed."""
    imagine: Callable[[], T] | None = None
    """
    Makes an answer of the usual size without asking, for pricing a query that is not run. None: such a query
    cannot be priced.
    """
    version: int = 1
    """Raise it when the shape that `read` expects changes: older kept payloads then count as a miss."""

    def identity(self) -> tuple[str, str, str, str, str]:
        """
        The whole call, every argument, as comparable text: operation, version, method and path, query, body.
        """
        return (
            self.policy.operation,
            str(self.version),
            f"{self.method} {self.path}",
            repr(sorted(self.query)),
            repr(self.body),
        )


@dataclass(frozen=True, slots=True)
class Planned:
    """One call that a rehearsal has counted."""

    policy: CallPolicy
    deadline: float
    """Instant on the clock's monotonic scale after which nobody would wait for its answer."""


@dataclass(slots=True)
class Usage:
    """
    What one client request has cost at one supplier so far; counted by the pipeline, shown in `extensions`.
    """

    calls: int = 0
    """
    Exchanges that left for this request (a call shared with another request counts where it was started).
    """
    points: int = 0
    cache_hits: int = 0
    coalesced: int = 0
    waited_ms: int = 0
    """Milliseconds spent waiting for budget, added up over calls that waited side by side."""
    points_remaining: int | None = None
    unpriced: tuple[str, ...] = ()
    """In a rehearsal: operations whose answer cannot be imagined, so that what follows is not counted."""
    planned: list[Planned] = field(default_factory=list, compare=False)
    """In a rehearsal: each of `calls`, in the order in which they would be asked."""


class Meter:
    """One client request's usage per provider code."""

    __slots__ = ("rehearsed", "usage")

    def __init__(self) -> None:
        self.usage: dict[str, Usage] = {}
        self.rehearsed: set[Hashable] = set()
        """The calls that a rehearsal has counted or seen begun: asked again, they would cost nothing more."""

    def of(self, provider: str) -> Usage:
        """The usage at one provider, begun at zero."""
        return self.usage.setdefault(provider, Usage())


@dataclass(frozen=True, slots=True)
class Ask:
    """How a caller wants an answer: how soon, how urgent, about which facts; and where its cost is noted."""

    deadline: float
    """Instant on the clock's monotonic scale after which nobody waits for the answer any more."""
    meter: Meter = field(default_factory=Meter)
    lane: Lane = Lane.INTERACTIVE
    facts: frozenset[Fact] = frozenset({Fact.CATALOGUE})
    """The facts that will be read from the answer; the shortest-lived of them decides how old it may be."""
    accept_stale: bool = True
    """False: an answer past its freshness is read again before anything is served."""
    rehearse: bool = False
    """
    True: nothing leaves. What is not kept is imagined, and noted in the meter as if it had been asked.

    `Upstream` sees to it; a provider that has another way out must refuse to take it.
    """


class Source(StrEnum):
    """Where an answer comes from."""

    LIVE = "LIVE"
    CACHE = "CACHE"
    STALE = "STALE"
    WEBHOOK = "WEBHOOK"
    SAMPLE = "SAMPLE"


@dataclass(frozen=True, slots=True)
class Fetched(Generic[T_co]):
    """An answer and how old it is."""

    value: T_co
    as_of: datetime
    """When the supplier said so, aware UTC."""
    stale_after: datetime | None
    """When it should be read again; None: never (sample data)."""
    source: Source
    trouble: ProviderError | None = None
    """Why a newer answer could not be had, when this one is served in its place."""
    imagined: bool = False
    """True: nobody said so. A rehearsal stands it in for what would be asked; its ids name nothing."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What one successful exchange brought back."""

    payload: Json
    points_remaining: int | None = None
    """What the supplier itself says is left of the day's allowance, where it says so."""
    points_total: int | None = None


Exchange = Callable[[Call[Any]], Awaitable[Reply]]
"""One decoded round trip: a described call in, its reply or a ProviderError out. The adapter's `wire`."""


class Upstream(Protocol):
    """How a call of one account leaves the house: cache ▸ coalesce ▸ retry ▸ breaker ▸ budget ▸ exchange."""

    async def fetch(self, call: Call[T], ask: Ask) -> Fetched[T]:
        """
        Answer a call from what is kept or from the supplier.

        Raises:
            ProviderError: No answer, not even a stale one. RateLimited, QuotaExhausted and Unavailable carry
                `retry_after`; NotFound may come from a remembered absence.
        """
        ...

    async def limit(self, limits: Limits) -> None:
        """Replace the account's limits, once the supplier has told what they really are."""
        ...

    async def evict(self, call: Call[Any]) -> None:
        """Forget what is kept for a call, in every process."""
        ...


class KeyValueStore(Protocol):
    """A small shared store for what outlives a request and is not an answer, such as tokens."""

    async def get(self, key: str) -> bytes | None:
        """The value, or None."""
        ...

    async def set(self, key: str, value: bytes, ttl_seconds: float | None = None) -> None:
        """Store a value, for ever or for some seconds."""
        ...

    async def delete(self, key: str) -> None:
        """Forget a value."""
        ...

    async def acquire(self, key: str, holder: str, ttl_seconds: float) -> bool:
        """Take a lease if nobody holds it; True when `holder` has it now."""
        ...

    async def release(self, key: str, holder: str) -> None:
        """Give a lease back, if it is still this holder's."""
        ...
