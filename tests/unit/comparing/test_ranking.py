"""Who comes first, by how much, and with which badges."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from operator import ge
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.comparing.contenders import Contender, Tier
from gateway.comparing.ranking import Badge, Placement, Priority, rank
from providers.model import DayRange, Money

PIECE = Contender(
    supplier_name="Acme",
    cost_per_unit=Money(Decimal(10), "EUR"),
    is_complete=True,
    missing=(),
    delivery=DayRange(5, 10),
    quantity=1,
    minimum=1,
    available=None,
    obstacle=None,
)


def offer(cost: str | None = "10", days: tuple[int, int] | None = (5, 10), minimum: int = 1) -> Contender:
    """One piece, with every cost known where there is one."""
    return replace(
        PIECE,
        cost_per_unit=None if cost is None else Money(Decimal(cost), "EUR"),
        is_complete=cost is not None,
        delivery=None if days is None else DayRange(*days),
        minimum=minimum,
        obstacle="Nothing goes there." if cost is None else None,
    )


def at_least(cost: str, days: tuple[int, int] | None = (5, 10)) -> Contender:
    return replace(offer(cost, days), is_complete=False, missing=("duty",))


def ranks(contenders: Sequence[Contender], priority: Priority = Priority.BALANCED) -> list[int]:
    return [placement.rank for placement in rank(contenders, priority)]


def holders(badge: Badge, placements: Sequence[Placement]) -> list[int]:
    return [index for index, placement in enumerate(placements) if badge in placement.badges]


# Few different values, so that ties, nothing and zero come up all the time; and some that are far apart.
costs = st.sampled_from(["0", "0.01", "0.02", "1", "1.01", "3", "10", "99999.99"])
days = st.tuples(st.integers(0, 6), st.integers(0, 60)).map(lambda ends: (min(ends), max(ends)))
quoted = st.builds(offer, costs, st.none() | days)
contenders = st.builds(
    replace,
    quoted | st.builds(at_least, costs, st.none() | days) | st.builds(offer, st.none(), st.none() | days),
    quantity=st.integers(1, 2),
    minimum=st.integers(1, 2),
    available=st.none() | st.integers(0, 2),
)
fields = st.lists(contenders, max_size=7)
priorities = st.sampled_from(Priority)


def merits(one: Contender) -> tuple[Decimal, ...]:
    """All that speaks for an offer, each the more the better; said again here, apart from the ranking."""
    unknown = -Decimal("Infinity")
    return (
        Decimal(one.quantity >= one.minimum and (one.available is None or one.available >= one.quantity)),
        Decimal(one.cost_per_unit is not None),
        Decimal(one.is_complete),
        unknown if one.cost_per_unit is None else -one.cost_per_unit.amount,
        unknown if one.delivery is None else Decimal(-one.delivery.high),
        unknown if one.delivery is None else Decimal(-one.delivery.low),
    )


@given(fields, priorities)
def test_pareto_honest(field: list[Contender], priority: Priority) -> None:
    """An offer never ranks above one that is at least as good in everything and better in something."""
    placements = rank(field, priority)
    for one, first in zip(field, placements, strict=True):
        for other, second in zip(field, placements, strict=True):
            no_worse = all(map(ge, merits(one), merits(other)))
            if no_worse and merits(one) != merits(other):
                assert first.rank < second.rank
                assert first.score >= second.score


@given(fields, priorities)
def test_ranks_and_scores_agree(field: list[Contender], priority: Priority) -> None:
    """Every rank is given once, and no offer has a higher score than one that ranks above it."""
    placements = sorted(rank(field, priority), key=lambda placement: placement.rank)
    assert [placement.rank for placement in placements] == list(range(1, len(field) + 1))
    scores = [placement.score for placement in placements]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


@given(fields, priorities)
def test_a_score_tells_the_tier(field: list[Contender], priority: Priority) -> None:
    """The quarter in which a score lies says what kind of offer it is."""
    quarters = {Tier.COMPLETE: 3, Tier.INCOMPLETE: 2, Tier.UNPRICED: 1, Tier.NOT_ORDERABLE: 0}
    for contender, placement in zip(field, rank(field, priority), strict=True):
        assert min(int(placement.score * 4), 3) == quarters[contender.tier]


@given(st.lists(contenders, min_size=1, max_size=5), priorities)
def test_equals_keep_their_order(field: list[Contender], priority: Priority) -> None:
    """Of two offers that are the same, the one given first ranks first, and both have the same badges."""
    placements = rank([*field, *field], priority)
    for index in range(len(field)):
        one, other = placements[index], placements[index + len(field)]
        assert one.rank < other.rank
        assert replace(one, rank=other.rank) == other


@given(st.lists(contenders, max_size=7, unique_by=merits), priorities, st.randoms())
def test_the_order_given_decides_nothing_else(
    field: list[Contender], priority: Priority, random: Random
) -> None:
    """Offers that differ rank the same in whatever order they are given."""
    shuffled = list(field)
    random.shuffle(shuffled)
    placements = dict(zip(map(merits, field), rank(field, priority), strict=True))
    assert placements == dict(zip(map(merits, shuffled), rank(shuffled, priority), strict=True))


@given(st.lists(quoted, min_size=1, max_size=6), priorities)
def test_the_best_in_both_has_it_all(field: list[Contender], priority: Priority) -> None:
    """What is cheapest and fastest at once has the full score, whatever counts."""
    placements = rank([*field, offer("0", (0, 0))], priority)
    assert placements[-1].score == 1.0


def test_what_is_not_known_cannot_win() -> None:
    """The tiers come before every cost and every day."""
    below = replace(offer("1", (1, 1)), quantity=1, minimum=50)
    short = replace(offer("2", (1, 2)), quantity=20, available=12)
    assert ranks([below, offer(None, (1, 1)), short, at_least("3", (1, 2)), offer("900", (50, 90))]) == [
        4,
        3,
        5,
        2,
        1,
    ]


def test_unknown_days_are_the_last_to_arrive() -> None:
    """Between equal costs, days that are not known lose against any that are."""
    assert ranks([offer("5", None), offer("5", (80, 90))], Priority.COST) == [2, 1]


def test_unknown_stock_does_not_stand_against_an_offer() -> None:
    """An offer with unknown stock is as good as one with enough, and better than one with too little."""
    field = [replace(offer(), available=0), replace(offer(), available=None), replace(offer(), available=1)]
    assert ranks(field) == [3, 1, 2]


@pytest.mark.parametrize(
    ("priority", "expected"),
    [(Priority.COST, [1, 3, 2]), (Priority.SPEED, [3, 1, 2]), (Priority.BALANCED, [2, 3, 1])],
)
def test_what_counts(priority: Priority, expected: list[int]) -> None:
    """The cheapest wins where cost counts, the fastest where speed does, and what is good in both else."""
    field = [offer("10", (20, 39)), offer("41", (5, 9)), offer("14", (8, 16))]
    assert ranks(field, priority) == expected


@given(st.lists(quoted, max_size=7), priorities.filter(Priority.BALANCED.__ne__))
def test_one_counts_alone(field: list[Contender], priority: Priority) -> None:
    """Where cost counts, no dearer offer ranks above a cheaper one; where speed does, none that is later."""
    placements = rank(field, priority)
    ranked = sorted(zip(field, placements, strict=True), key=lambda each: each[1].rank)
    found = [merits(one)[3:] for one, _ in ranked]
    wanted = [counts if priority is Priority.COST else (*counts[1:], counts[0]) for counts in found]
    assert wanted == sorted(wanted, reverse=True)


@pytest.mark.parametrize(
    ("priority", "slow", "fast"),
    [
        (Priority.COST, 1, 1 / 2),
        (Priority.SPEED, 1 / 3, 1),
        (Priority.BALANCED, (1 + 1 / 3) / 2, (1 / 2 + 1) / 2),
    ],
)
def test_the_score_as_it_is_explained(priority: Priority, slow: float, fast: float) -> None:
    """Twice the cost gets half of what cost counts; three times the days a third of what days count."""
    cheap_and_slow, dear_and_fast = rank([offer("9.99", (9, 29)), offer("19.99", (3, 9))], priority)
    assert cheap_and_slow.score == round(0.75 + 0.25 * slow, 3)
    assert dear_and_fast.score == round(0.75 + 0.25 * fast, 3)


def test_something_free_leaves_the_others_apart() -> None:
    """Beside something that costs nothing, the cheaper of the others still ranks higher."""
    assert ranks([offer("3"), offer("0", (5, 11)), offer("2")], Priority.COST) == [3, 1, 2]


def test_the_cheaper_of_two_alike_in_sum() -> None:
    """Where one is as much cheaper as the other is faster, the cheaper comes first."""
    field = [offer("19.99", (3, 9)), offer("9.99", (3, 19))]
    one, other = rank(field, Priority.BALANCED)
    assert one.score == other.score
    assert ranks(field) == [2, 1]
    assert ranks(field[::-1]) == [1, 2]


def test_known_costs_count_also_where_nothing_can_be_ordered() -> None:
    """Of two equal costs the one that is certain ranks first, also among what cannot be ordered."""
    field = [replace(one, available=0) for one in (at_least("5"), offer("5"))]
    assert ranks(field) == [2, 1]


def test_hidden_digits_count() -> None:
    """Amounts that no float could tell apart are told apart."""
    assert ranks([offer("1.00000000000000000002"), offer("1.00000000000000000001")]) == [2, 1]


def test_badges_go_to_the_best() -> None:
    """Each badge goes to the offer that is best in what it names, and only once to a single best."""
    field = [offer("10", (20, 39), 5), offer("40", (5, 9), 2), offer("14", (4, 16), 3), offer("99", None, 1)]
    field = [replace(one, quantity=5) for one in field]
    for priority in Priority:
        placements = rank(field, priority)
        assert holders(Badge.CHEAPEST, placements) == [0]
        assert holders(Badge.FASTEST, placements) == [1]
        assert holders(Badge.BEST_VALUE, placements) == [2]
        assert holders(Badge.LOWEST_MINIMUM, placements) == [3]


@given(st.lists(st.tuples(quoted, st.lists(quoted, max_size=3)), min_size=2, max_size=4), priorities)
def test_badges_are_true_of_all_ways(
    field: list[tuple[Contender, list[Contender]]], priority: Priority
) -> None:
    """Nothing that is called cheapest or fastest can be had for less, or sooner, by any way of any offer."""
    ways = [each for one, others in field for each in (one, *others)]
    placements = rank([replace(one, others=tuple(others)) for one, others in field], priority)
    for (one, _), placement in zip(field, placements, strict=True):
        if Badge.CHEAPEST in placement.badges:
            assert merits(one)[3] == max(merits(each)[3] for each in ways)
        if Badge.FASTEST in placement.badges:
            assert merits(one)[4:] == max(merits(each)[4:] for each in ways)


def test_a_better_way_that_was_not_chosen() -> None:
    """Where another way of an offer is the cheapest or the fastest, no offer is called that."""
    field = [
        replace(offer("10", (8, 9)), others=(offer("7", (30, 40)), offer("90", (1, 2)))),
        offer("8", (9, 12)),
    ]
    placements = rank(field, Priority.BALANCED)
    assert holders(Badge.CHEAPEST, placements) == holders(Badge.FASTEST, placements) == []
    assert len(holders(Badge.BEST_VALUE, placements)) == 1


def test_equals_share_a_badge() -> None:
    """Two offers at the lowest cost are both the cheapest; of equal last days the earlier first is faster."""
    placements = rank([offer("10.0", (5, 10)), offer("10.00", (4, 10)), offer("11", (9, 11))], Priority.COST)
    assert holders(Badge.CHEAPEST, placements) == [0, 1]
    assert holders(Badge.FASTEST, placements) == [1]


def test_what_cannot_be_had_is_no_best() -> None:
    """An incomplete offer is never the cheapest; one without quote, or that cannot be ordered, no best."""
    field = [
        at_least("1", (4, 9)),
        offer("5", (9, 20)),
        offer("6", (9, 21)),
        offer(None, (1, 2)),
        replace(offer("2", (1, 3)), available=0),
    ]
    placements = rank(field, Priority.BALANCED)
    assert holders(Badge.CHEAPEST, placements) == [1]
    assert holders(Badge.BEST_VALUE, placements) == [1]
    assert holders(Badge.FASTEST, placements) == [0]


def test_the_lowest_minimum_may_lie_above_what_is_asked_for() -> None:
    """The smallest order is a fact about the offer, whether it can be ordered now or not."""
    placements = rank([offer(minimum=50), offer(minimum=20)], Priority.COST)
    assert [placement.badges for placement in placements] == [(), (Badge.LOWEST_MINIMUM,)]


@pytest.mark.parametrize(
    "field",
    [
        [offer()],
        [offer(), offer(None)],
        [offer(), at_least("12", None)],
        [offer(), replace(offer("9", (1, 2)), available=0)],
    ],
)
def test_one_alone_is_no_best(field: list[Contender]) -> None:
    """Where only one could have a badge, nobody has it."""
    assert not any(placement.badges for placement in rank(field, Priority.BALANCED))


def test_nobody() -> None:
    """Nothing to compare gives no placements."""
    assert rank([], Priority.COST) == ()


def test_currencies_are_not_mixed() -> None:
    """Costs in two currencies are refused, not compared."""
    other = replace(offer(), cost_per_unit=Money(Decimal(1), "USD"))
    with pytest.raises(ValueError, match="EUR, USD"):
        rank([offer(), offer(None), other], Priority.COST)
