"""Spread: discs part until none overlaps, and stay on the page."""

from __future__ import annotations

import math
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.report.charts.spread import Disc, spread

a_disc = st.builds(Disc, st.floats(40, 360), st.floats(40, 260), st.floats(2, 9))


@given(st.lists(a_disc, max_size=25))
def test_no_disc_overlaps_another(discs):
    placed = spread(tuple(discs), 400, 300)
    for (a, at), (b, there) in combinations(zip(discs, placed, strict=True), 2):
        assert math.dist(at, there) >= a.radius + b.radius


def test_discs_with_room_stay_where_they_are():
    apart = (Disc(50, 50, 5), Disc(100, 50, 5))
    assert spread(apart, 400, 300) == ((50, 50), (100, 50))


def test_of_two_the_small_one_gives_way():
    (large, _), (small, _) = spread((Disc(100, 50, 10), Disc(105, 50, 2)), 400, 300)
    assert small - 105 + (100 - large) > 105 - 100
    assert small - 105 > 100 - large


def test_discs_on_one_spot_part():
    (a, b) = spread((Disc(100, 50, 4), Disc(100, 50, 4)), 400, 300)
    assert math.dist(a, b) >= 8


def test_a_disc_at_the_edge_is_kept_on_the_page():
    assert spread((Disc(1, 299, 6),), 400, 300) == ((6, 294),)


def test_nothing_to_place_is_nothing_placed():
    assert spread((), 400, 300) == ()
