"""Projection: Equal Earth, against its published extent, and cut where no State lies."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.report.charts.projection import CENTRE_LON, equal_earth, turns


def test_the_centre_and_the_extent_are_the_published_ones():
    assert equal_earth(CENTRE_LON, 0) == (0, 0)
    assert equal_earth(CENTRE_LON + 180, 0)[0] == pytest.approx(2.7066299836960748)
    assert equal_earth(CENTRE_LON, 90)[1] == pytest.approx(1.3173627591574133)


@given(st.floats(-60, 80), st.floats(-160, 180))
def test_equal_areas_stay_equal(lat, lon):
    # On the sphere a small step east by a small step north covers cos(lat); so it must on paper.
    from math import cos, radians

    step = 0.01
    x1, y1 = equal_earth(lon, lat)
    (x2, y2), (x3, y3) = equal_earth(lon + step, lat), equal_earth(lon, lat + step)
    area = abs((x2 - x1) * (y3 - y1) - (x3 - x1) * (y2 - y1))
    assert area == pytest.approx(radians(step) ** 2 * cos(radians(lat)), rel=2e-3)


def test_a_ring_goes_as_a_whole_to_the_side_where_most_of_it_lies():
    assert turns((178.0, 184.0)) == 0  # Fiji lies just inside the right edge, at 191
    assert turns((-175.0, -173.0)) == 360  # Tonga goes to the right, to its neighbours
    assert turns((-156.0, -155.0)) == 0  # Hawaii stays on the left
