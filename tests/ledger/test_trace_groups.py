"""Folding many addresses into a page: levels, equal amounts, bands. SYNTHETIC."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.ledger.trace_groups import MOST_GROUPS, MOST_LEVELS, Holding, fold, rule


def held(*amounts, level=1, kind="unknown"):
    return [Holding(f"{level}-{n}", level, amount, amount, kind) for n, amount in enumerate(amounts)]


def test_forty_seven_splits_of_about_ten_thousand_are_one_row():
    """46 splits of 10,000.00 and one of 9,950.00, which lies within 1 % of the largest; 9,800.00 does not."""
    (splits, other) = fold(held(*[1_000_000] * 46, 995_000, 980_000))
    assert (splits.why, len(splits.places), splits.least, splits.most) == ("equal amounts", 47, 995_000, 1_000_000)
    assert splits.total == 46 * 1_000_000 + 995_000
    assert (other.why, other.places, other.total) == ("other amounts", ("1-47",), 980_000)


def test_the_edge_of_the_tolerance_is_in_and_one_below_it_is_out():
    assert [len(g.places) for g in fold(held(1000, 1000, 990))] == [3]
    assert [len(g.places) for g in fold(held(1000, 1000, 1000, 989))] == [3, 1]
    assert [len(g.places) for g in fold(held(1000, 1000, 1000, 989), per_mille=11)] == [4]


def test_two_equal_amounts_are_no_group():
    assert [(g.why, g.places) for g in fold(held(500, 500))] == [("other amounts", ("1-0", "1-1"))]


def test_levels_and_kinds_of_stop_are_told_apart_and_those_far_down_together():
    far = [one for level in (13, 14, 30) for one in held(5, 6, 7, level=level)]
    found = fold([*held(5, 5, 5), *held(5, 5, 5, kind="mixer"), *held(5, 5, 5, level=2), *far])
    assert [(g.level, g.kind, len(g.places)) for g in found] == [
        ("1", "mixer", 3), ("1", "unknown", 3), ("2", "unknown", 3), (f"{MOST_LEVELS + 1} and more", "unknown", 3),
        ("13 and more", "unknown", 3), ("13 and more", "unknown", 3),
    ]  # fmt: skip


def test_thirty_five_thousand_wallets_of_all_amounts_come_out_as_a_page():
    """35,772 wallets over 9 levels: 4,000 of them even splits, the others of amounts that no two share."""
    even = [Holding(f"e{n}", 1 + n % 9, 944 * 10**6, 944 * 10**6, "unknown") for n in range(4_000)]
    odd = [Holding(f"o{n}", 1 + n % 9, 1_000 + n * n * 7, n, "unknown") for n in range(31_772)]
    found = fold([*even, *odd])
    assert len(found) <= 9 * (MOST_GROUPS + 10)
    assert sum(len(g.places) for g in found) == 35_772
    assert sum(g.total for g in found) == sum(one.amount for one in [*even, *odd])
    assert sum(g.followed for g in found) == sum(one.followed for one in [*even, *odd])


HOLDINGS = st.lists(
    st.builds(Holding, st.uuids().map(str), st.integers(0, 40), st.integers(0, 10**30), st.just(1), st.just("unknown")),
    max_size=200,
    unique_by=lambda one: one.place,
)


@given(HOLDINGS)
def test_every_address_is_in_one_row_and_no_sum_changes(holdings):
    found = fold(holdings)
    assert sorted(place for g in found for place in g.places) == sorted(one.place for one in holdings)
    assert sum(g.total for g in found) == sum(one.amount for one in holdings)
    for group in found:
        assert group.least <= group.most
        if group.why == "equal amounts":
            assert 1000 * group.least >= 990 * group.most


def test_no_address_is_no_row():
    assert fold([]) == []


def test_the_rule_says_its_tolerance():
    assert "none more than 1 % below the largest of them" in rule()
    assert "none more than 0.5 % below" in rule(5)


def test_what_nothing_reaches_stands_at_no_level_and_least_of_all_at_that_of_the_source():
    unreached = [Holding("U", None, 5, 0, "unknown")]
    assert [(g.level, g.places) for g in fold([*held(7, level=MOST_LEVELS + 3), *unreached, *held(3, level=0)])] == [
        ("0", ("0-0",)),
        ("13 and more", ("15-0",)),
        ("not reached", ("U",)),
    ]
