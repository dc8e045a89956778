"""Axis: round steps that reach past the largest value."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.report.charts.axis import ticks
from watchkeeper.report.charts.style import written


@pytest.mark.parametrize(
    ("largest", "marks"),
    [
        (1700, "0 500 1,000 1,500 2,000"),
        (58, "0 20 40 60"),
        (5, "0 1 2 3 4 5"),
        (1, "0 1"),
        (0, "0 1"),
        (Decimal("1.25"), "0 0.5 1 1.5"),
        (Decimal("0.03"), "0 0.01 0.02 0.03"),
    ],
)
def test_steps_are_one_two_or_five_times_a_power_of_ten(largest, marks):
    assert " ".join(written(mark) for mark in ticks(largest)) == marks


@given(st.one_of(st.integers(0, 10**30), st.decimals(0, 10**12, places=6)))
def test_the_last_step_reaches_the_largest_value_and_not_a_step_further(largest):
    marks = ticks(largest)
    step = marks[1]
    assert marks[0] == 0
    assert len(marks) <= 6
    assert marks[-1] - step < max(largest, step) <= marks[-1]
