"""
One search over all suppliers: filters that each honours, one merged order, and what became of each supplier.

Suppliers page by numbers of fixed size; clients page by cursor. Between the two, a cursor remembers for every
supplier how many of its results were taken and which was the last, so that no product comes twice or is left
out, also when a supplier was silent for one page. Every supplier's page has the supplier's own size, whatever
the client asks for: pages are then shared by clients who ask for 20 and for 50.
"""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from gateway.loaders.catalog import CatalogLoaders, PageKey
from gateway.outcomes import Outcome, OutcomeStatus, nothing_found, of_failure, of_stale
from providers import model
from providers.declaring import Declaration, Feature, unsupported
from providers.errors import ProviderError
from providers.upstream import Fact, Fetched, Source


@dataclass(frozen=True, slots=True)
class Position:
    """How far one supplier's results have been taken."""

    taken: int = 0
    last_id: str | None = None
    """The supplier's id of the last product that was taken."""


Positions = Mapping[str, Position]


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What a client searches for, checked and with every id already the suppliers' own."""

    search: model.ProductSearch
    suppliers: tuple[str, ...]
    """Codes, in the order in which equals are listed."""
    category_of: str | None
    """The supplier that the category belongs to."""
    first: int
    facts: frozenset[Fact]
    with_description: bool
    deadline: float
    """On the clock's monotonic scale."""

    def fingerprint(self) -> str:
        """Short text that differs for another search; a cursor is good for one search only."""
        parts = (repr(self.search), self.suppliers, self.category_of)
        return hashlib.blake2b(repr(parts).encode(), digest_size=6).hexdigest()


@dataclass(frozen=True, slots=True)
class Hit:
    """One product of a merged page, the answer it stood in, and the positions after it."""

    product: model.Product
    page: Fetched[model.SearchPage]
    positions: Positions


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One merged page."""

    hits: tuple[Hit, ...]
    outcomes: tuple[Outcome, ...]
    has_next: bool
    total: int | None
    """Over all suppliers; None when one of them does not say or gave nothing."""


async def search(
    request: SearchRequest,
    declarations: Mapping[str, Declaration],
    loaders: CatalogLoaders,
    after: Positions,
) -> SearchResult:
    """
    One merged page, `request.first` products long at the most.

    Never raises a `ProviderError`: what went wrong with a supplier is its outcome.
    """
    refused: dict[str, Outcome] = {}
    streams: list[_Stream] = []
    for code in request.suppliers:
        refusal = _refusal(request, declarations[code])
        if refusal is None:
            streams.append(_Stream(request, declarations[code], loaders, after.get(code, Position())))
        else:
            refused[code] = refusal
    await asyncio.gather(*(stream.open() for stream in streams))
    hits = await _merge(streams, request, after)
    outcomes = {stream.code: stream.outcome() for stream in streams} | refused
    totals = [stream.total for stream in streams]
    return SearchResult(
        hits=tuple(hits),
        outcomes=tuple(outcomes[code] for code in request.suppliers),
        has_next=any(stream.may_have_more for stream in streams),
        total=None if not totals or None in totals else sum(total or 0 for total in totals),
    )


def _refusal(request: SearchRequest, declaration: Declaration) -> Outcome | None:
    """Why a supplier is not asked at all: results that ignore a filter would be worse than none."""
    if not declaration.supports(Feature.PRODUCT_SEARCH):
        return of_failure(declaration.code, unsupported(declaration, Feature.PRODUCT_SEARCH))
    missing = sorted(name.value for name in request.search.filters() - declaration.filters)
    if request.category_of not in (None, declaration.code) and "categoryId" not in missing:
        missing.append("categoryId")
    if missing:
        return Outcome(
            declaration.code,
            OutcomeStatus.UNSUPPORTED,
            message=f"{declaration.name} cannot filter by {', '.join(missing)}, so none of its products "
            f"are shown. "
            "Leave the filter out to include them.",
            unsupported_filters=tuple(missing),
        )
    if request.search.sort not in declaration.sorts:
        return Outcome(
            declaration.code,
            OutcomeStatus.UNSUPPORTED,
            message=f"{declaration.name} cannot sort by {request.search.sort.value}.",
        )
    return None


async def _merge(streams: Sequence["_Stream"], request: SearchRequest, after: Positions) -> list[Hit]:
    positions = dict(after)
    hits: list[Hit] = []
    while len(hits) < request.first:
        # Whose next product is not known yet must be asked before anybody can be said to come first.
        await asyncio.gather(*(stream.advance() for stream in streams))
        ready = [stream for stream in streams if stream.head is not None]
        if not ready:
            break
        chosen = min(ready, key=lambda stream: stream.rank(request.search.sort))
        product, page = chosen.take()
        positions = positions | {chosen.code: chosen.position}
        hits.append(Hit(product, page, positions))
    return hits


_NO_PRICE = Decimal("Infinity")
_MOST_EMPTY = 3


@dataclass(slots=True)
class _Stream:
    """One supplier's results from a position on, page after page as they are needed."""

    request: SearchRequest
    declaration: Declaration
    loaders: CatalogLoaders
    position: Position
    total: int | None = None
    failure: ProviderError | None = None
    _page: Fetched[model.SearchPage] | None = None
    _number: int = 0
    _next: int = 0
    """Index in the current page of the product that comes next."""
    _taken_here: int = 0
    _ended: bool = False
    """Whether the last pages brought nothing that had not been seen."""
    _empty: int = 0
    """Empty pages in a row."""
    _stale: Fetched[model.SearchPage] | None = None
    _seen: set[str] = field(default_factory=set)

    @property
    def code(self) -> str:
        return self.declaration.code

    @property
    def head(self) -> model.Product | None:
        """The product that comes next, as far as its page is here."""
        if self._page is None or self._next >= len(self._page.value.products):
            return None
        return self._page.value.products[self._next]

    @property
    def may_have_more(self) -> bool:
        """Whether asking on could bring more; a supplier that is only busy has not ended."""
        if self.failure is not None:
            return self.failure.retryable
        if self.head is not None:
            return True
        return self._page is not None and self._page.value.has_more and not self._ended

    def rank(self, sort: model.ProductSort) -> tuple[Decimal | float, int]:
        """Where the head belongs in the merged order; smaller comes first, equals in the suppliers' order."""
        product, order = self.head, self.request.suppliers.index(self.code)
        assert product is not None  # noqa: S101 - only streams with a head are ranked
        low = product.price.low.amount if product.price is not None else None
        match sort:
            case model.ProductSort.PRICE_ASC:
                return (_NO_PRICE if low is None else low, order)
            case model.ProductSort.PRICE_DESC:
                return (_NO_PRICE if low is None else -low, order)
            case model.ProductSort.NEWEST:
                return (-product.created_at.timestamp() if product.created_at else float("inf"), order)
            case model.ProductSort.STOCK:
                return (-product.stock.total if product.stock else 1, order)
            case _:
                # Ranks of different suppliers cannot be compared, so their results take turns.
                return (self.position.taken, order)

    async def open(self) -> None:
        """Fetch the page on which the position lies."""
        size = self.declaration.search_page_size
        number, self._next = self.position.taken // size + 1, self.position.taken % size
        self._page = await self._read(number)
        if self._page is None:
            return
        self._number = number
        # What a client took is on no imagined page, and need not be looked for on a following one.
        follows = self._page.imagined or self._follow(self._page)
        if follows or self._next == 0 or not self._page.value.has_more:
            return
        # The last product taken stood on this page. New listings may have pushed it onto the following one,
        # with others that were seen; if it is not there either, the count has to do.
        following = await self._read(number + 1)
        self.failure = None
        if following is not None and self._follow(following):
            self._page, self._number = following, number + 1

    async def advance(self) -> None:
        """Make sure that the head is here, if there is one."""
        while self.failure is None and self._page is not None:
            products = self._page.value.products
            while self._next < len(products) and products[self._next].id in self._seen:
                self._next += 1  # the supplier shifted a product onto the next page while we turned it
            if self._next < len(products) or not self._page.value.has_more:
                return
            if self._ended:
                return
            await self._turn_to(self._number + 1)
            # A supplier that repeats a page, or says of empty ones that more follow, would be paid for ever.
            turned = self._page.value.products
            self._empty = 0 if turned else self._empty + 1
            repeated = bool(turned) and all(product.id in self._seen for product in turned)
            self._ended = repeated or self._empty >= _MOST_EMPTY

    def take(self) -> tuple[model.Product, Fetched[model.SearchPage]]:
        """The head and its page; the next product becomes the head."""
        product, page = self.head, self._page
        assert product is not None and page is not None  # noqa: S101, PT018 - only streams with a head are taken from
        self._next += 1
        self._taken_here += 1
        self._seen.add(product.id)
        size = self.declaration.search_page_size
        self.position = Position((self._number - 1) * size + self._next, product.id)
        return product, page

    def outcome(self) -> Outcome:
        """How it went."""
        if self.failure is not None:
            outcome = of_failure(self.code, self.failure)
            if self._taken_here == 0:
                return outcome
            return Outcome(
                self.code,
                OutcomeStatus.PARTIAL,
                message=outcome.message,
                retry_after_ms=outcome.retry_after_ms,
                total=self.total,
            )
        if self._stale is not None:
            return of_stale(self.code, self._stale.trouble, self.total)
        outcome = Outcome(self.code, OutcomeStatus.OK, total=self.total)
        is_empty = self.position.taken == 0 and not self.may_have_more
        return nothing_found(outcome) if is_empty and self.request.search.query else outcome

    async def _turn_to(self, number: int) -> None:
        page = await self._read(number)
        if page is not None:
            self._page, self._number, self._next = page, number, 0

    async def _read(self, number: int) -> Fetched[model.SearchPage] | None:
        """The page, or None when it could not be had; `failure` then says why."""
        key = PageKey(
            provider=self.code,
            search=self.request.search,
            page=number,
            facts=self.request.facts,
            with_description=self.request.with_description,
            deadline=self.request.deadline,
        )
        try:
            page = await self.loaders.page.load(key)
        except ProviderError as error:
            self.failure = error
            return None
        self.total = page.value.total
        if page.source is Source.STALE:
            self._stale = page
        return page

    def _follow(self, page: Fetched[model.SearchPage]) -> bool:
        """Go on behind the last product taken, wherever it has moved to, if it is on this page."""
        ids = [product.id for product in page.value.products]
        if self.position.last_id not in ids:
            return False
        self._next = ids.index(self.position.last_id) + 1
        return True
