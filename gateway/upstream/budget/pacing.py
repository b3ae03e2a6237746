"""The budget's numbers, each with its reason: distances, shares of the lanes, patience with each other."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from providers.upstream import CallPolicy, Lane, Limits, Rate

# The supplier's clock is not ours, and calls do not travel equally fast: operators at one call a second
# leave 1.05 to 1.2 s between calls. The share covers clocks, the floor covers jitter, which does not shrink
# with the distance (at 6 a second, 8 % would be 13 ms, less than one busy moment of an event loop).
MARGIN_SHARE = 0.08
MARGIN_FLOOR = 0.030

# From a grant to the first byte: beyond this the slot is given up. Half the margin at most, for the other
# half is the network's.
LATE_AT_MOST = 0.025

# A refusal says that the supplier's window is full by its clock, or that someone else uses the account. Its
# window is a second; half a second more keeps the first call after the pause out of it. Repeated, it
# doubles.
PAUSE_SECONDS = 1.5
PAUSE_AT_MOST = 15.0
PAUSE_REMEMBERED = 30.0
"""Seconds without a refusal after which the next one counts as the first again."""
RETRY_AFTER_AT_MOST = 60.0
"""A supplier's own retry-after is obeyed up to here; a wrong unit must not stop us for a day."""

# Refill comes "by the minute", perhaps in steps, so up to a minute of it has been counted too early.
REFILL_STEP_SECONDS = 60.0
# 00:00 UTC by the supplier's clock, not ours.
RESET_GRACE_SECONDS = 2.0
DAY_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True)
class LaneTerms:
    """What one lane may use."""

    rate_share: float
    """Share of the slots it may take while nobody else wants them."""
    points_kept: float
    """Share of the day's allowance that it leaves for the lanes above."""


LANES: Mapping[Lane, LaneTerms] = MappingProxyType(
    {
        # Money first, and without conditions: orders cost no points, and what they need, they get.
        Lane.PAYMENT: LaneTerms(rate_share=1.0, points_kept=0.0),
        Lane.ORDER: LaneTerms(rate_share=1.0, points_kept=0.0),
        # Someone is about to buy: quotes may use the last point.
        Lane.CHECKOUT: LaneTerms(rate_share=1.0, points_kept=0.0),
        # 5 % of the base allowance are 2,500 points: 250 quotes while browsing has to live from the cache.
        Lane.INTERACTIVE: LaneTerms(rate_share=1.0, points_kept=0.05),
        # Refreshing what nobody waits for: leaves every fifth slot open, so that a visitor often finds one
        # at once, and stops while there is enough left for a day's visitors.
        Lane.BACKGROUND: LaneTerms(rate_share=0.8, points_kept=0.20),
    }
)


@dataclass(frozen=True, slots=True)
class SharedTiming:
    """How processes judge each other through Redis, in seconds. What matters is their differences."""

    heartbeat: float = 0.5
    """A process is heard at least this often."""
    suspect: float = 1.5
    """Unheard for so long, a process may be cut off and about to act alone: its windows are kept clear."""
    doubt: float = 1.0
    """Redis must be away this long before a process believes it; a slow moment of its own looks the same."""
    settle: float = 0.5
    """From the moment others keep a process's windows clear to its first call, beyond one spacing."""
    hold: float = 2.0
    """After Redis lost its memory nobody sends until everyone has noticed: two probes, two answers, lag."""
    forget: float = 60.0
    """A process unheard for so long is gone. One that acts alone for longer is the risk we accept."""
    keys_live: float = 26 * 3600.0
    """State outlives the day it counts."""


def margin(rate: Rate) -> float:
    """Seconds we leave beyond the supplier's own distance between calls."""
    return max(MARGIN_SHARE / rate.per_second, MARGIN_FLOOR)


def spacing(rate: Rate) -> float:
    """Seconds from one grant to the next."""
    return 1.0 / rate.per_second + margin(rate)


def rates_of(limits: Limits) -> dict[str, float]:
    """
    Every rate by the name under which its next slot is kept, with its spacing in seconds.

    A rate shared beyond the account begins with its scope; a cap begins with "cap:".
    """
    named = {f"{rate.scope}:{rate.name}" if rate.scope else rate.name: rate for rate in limits.rates}
    named |= {cap_name(name): rate for name, rate in limits.caps.items()}
    return {name: spacing(rate) for name, rate in named.items()}


def cap_name(cap: str) -> str:
    """The name under which a call's own extra rate is kept."""
    return f"cap:{cap}"


def lane_name(lane: Lane) -> str:
    """The name under which a lane's share of the slots is kept."""
    return f"lane:{lane.value}"


def known_cap(policy: CallPolicy, limits: Limits) -> str | None:
    """A call's cap, if the limits have one of that name."""
    return cap_name(policy.cap) if policy.cap is not None and policy.cap in limits.caps else None


def late_after(limits: Limits) -> float:
    """Seconds from grant to first byte beyond which a slot is given up."""
    return min([LATE_AT_MOST, *(margin(rate) / 2 for rate in (*limits.rates, *limits.caps.values()))])


def slowest(limits: Limits) -> float:
    """Seconds between two calls of this account when nothing but its rates holds them back."""
    return max((spacing(rate) for rate in limits.rates), default=0.0)


def pause_after(previous: float) -> float:
    """Seconds everyone pauses after a refusal, given the pause before it (0: none lately)."""
    return min(PAUSE_AT_MOST, previous * 2 if previous else PAUSE_SECONDS)
