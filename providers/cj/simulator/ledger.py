"""What the simulated CJ was asked, kept so that tests of a gateway can count calls, points and violations."""

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from typing import Final

KEPT: Final = 100_000
RATE_RULES: Final = frozenset({"account_rate", "ip_rate", "anonymous_rate", "batch_rate"})


@dataclass(frozen=True, slots=True)
class Received:
    """One call as it arrived, and what became of it."""

    method: str
    path: str
    """Below the prefix: `/product/query`."""
    account: str | None
    """CJ user number; None when no account could be told."""
    ip: str
    arrived: float
    """Monotonic seconds."""
    points: float
    """What it was charged."""
    code: int | None
    """CJ's code; None when the answer had none (dropped, cut, not JSON, or an endpoint without)."""
    status: int
    """HTTP status; 0 when no answer was finished."""
    rule: str | None
    """account_rate, ip_rate, anonymous_rate, batch_rate, points, token, route or request; None: served."""
    fault: str | None
    """The fault that took part, if any."""

    @property
    def refused(self) -> bool:
        """Turned away before its endpoint saw it."""
        return self.rule is not None


@dataclass(slots=True)
class Ledger:
    """
    Every call received since the last `clear`, oldest first; control calls and pictures are not calls.

    The latest 100,000 are kept whole; counts and points are exact beyond that.
    """

    era: int = 0
    """How often it was cleared."""
    received: deque[Received] = field(default_factory=lambda: deque(maxlen=KEPT))
    _counts: Counter[tuple[str, str | None, str | None]] = field(default_factory=Counter)
    _points: Counter[tuple[str, str | None]] = field(default_factory=Counter)

    def __iter__(self) -> Iterator[Received]:
        return iter(self.received)

    def __len__(self) -> int:
        return self._counts.total()

    def record(self, entry: Received, era: int | None = None) -> None:
        """Keep one call; not one that arrived in an earlier era, before the ledger was cleared."""
        if era is not None and era != self.era:
            return
        self.received.append(entry)
        self._counts[entry.path, entry.account, entry.rule] += 1
        self._points[entry.path, entry.account] += entry.points  # type: ignore[assignment]

    def count(self, path: str = "*", *, account: str | None = None, refused: bool | None = None) -> int:
        """
        Calls to paths matching a pattern.

        Args:
            path: Such as `/product/*`.
            account: Only this CJ user number; None counts all.
            refused: True only refused calls, False only served ones, None both.
        """
        return sum(
            number
            for (where, who, rule), number in self._counts.items()
            if fnmatchcase(where, path) and account in (None, who) and refused in (None, rule is not None)
        )

    def points(self, path: str = "*", *, account: str | None = None) -> float:
        """Points charged, by the same filters as `count`."""
        return sum(
            spent
            for (where, who), spent in self._points.items()
            if fnmatchcase(where, path) and account in (None, who)
        )

    def violations(self) -> int:
        """Calls refused because a rate or the day's points were exceeded: what a good client never causes."""
        return sum(
            number for (_, _, rule), number in self._counts.items() if rule in RATE_RULES or rule == "points"
        )

    def rules(self) -> dict[str, int]:
        """Refusals by the rule that refused."""
        totals: Counter[str] = Counter()
        for (_, _, rule), number in self._counts.items():
            if rule is not None:
                totals[rule] += number
        return dict(totals)

    def clear(self) -> None:
        """Count from zero again, what arrives from now on."""
        self.era += 1
        self.received.clear()
        self._counts.clear()
        self._points.clear()

    def summary(self, latest: int = 0) -> dict[str, object]:
        """Counts by path, account and rule as JSON data, with the latest calls when asked."""
        paths = sorted({path for path, _, _ in self._counts})
        accounts = sorted({who for _, who, _ in self._counts if who is not None})
        return {
            "calls": len(self),
            "points": self.points(),
            "violations": self.violations(),
            "refusals": self.rules(),
            "paths": {
                path: {
                    "calls": self.count(path),
                    "refused": self.count(path, refused=True),
                    "points": self.points(path),
                }
                for path in paths
            },
            "accounts": {
                who: {"calls": self.count(account=who), "points": self.points(account=who)}
                for who in accounts
            },
            "latest": [asdict(entry) for entry in list(self.received)[-latest:]] if latest else [],
        }
