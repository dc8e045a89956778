"""Caps and periods beyond the situations: what must not be answered, and days that are rare."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.model.measure import Amount, DatedValue, NotInForce, Value
from watchkeeper.regime import caps
from watchkeeper.regime.caps import exceeds, period_of
from watchkeeper.values.refused import Refused

IN_2018 = date(2018, 6, 1)


@pytest.mark.parametrize("number", [1.5, True, Decimal("NaN"), Decimal("Infinity"), "500000", None])
def test_an_amount_is_exact_or_refused(number):
    with pytest.raises(Refused, match="is not an exact number"):
        Amount(number, "bbl")


def test_no_total_at_all_is_refused():
    with pytest.raises(Refused, match="Give one total for each unit"):
        exceeds("UN-1718/refined-petroleum-cap", IN_2018)


def test_two_totals_in_one_unit_are_refused():
    with pytest.raises(Refused, match="Give one total for each unit"):
        exceeds("UN-1718/refined-petroleum-cap", IN_2018, Amount(1, "bbl"), Amount(2, "bbl"))


def test_no_cap_before_the_cap():
    with pytest.raises(NotInForce):
        exceeds("UN-1718/refined-petroleum-cap", date(2017, 1, 1), Amount(1, "bbl"))


def test_totals_that_agree_answer_together():
    assert exceeds("UN-1718/crude-oil-cap", IN_2018, Amount(5_000_000, "bbl"), Amount(600_000, "t"))
    assert not exceeds("UN-1718/crude-oil-cap", IN_2018, Amount(1, "bbl"), Amount(1, "t"))


@given(st.dates(date(2017, 12, 22), date(2090, 12, 31)))
def test_the_crude_periods_tile_the_calendar(day):
    first, end = period_of("UN-1718/crude-oil-cap", day)
    assert first <= day < end
    assert (first.month, first.day, end.month, end.day) == (12, 22, 12, 22)
    assert period_of("UN-1718/crude-oil-cap", end)[0] == end


@pytest.mark.parametrize(
    ("day", "first", "end"),
    [
        (date(2020, 2, 29), date(2020, 2, 29), date(2021, 3, 1)),
        (date(2021, 2, 28), date(2020, 2, 29), date(2021, 3, 1)),
        (date(2021, 3, 1), date(2021, 3, 1), date(2022, 3, 1)),
        (date(2024, 2, 28), date(2023, 3, 1), date(2024, 2, 29)),
        (date(2024, 2, 29), date(2024, 2, 29), date(2025, 3, 1)),
    ],
)
def test_twelve_months_from_a_leap_day_end_with_february(monkeypatch, day, first, end):
    leap = DatedValue(
        "x", date(2020, 2, 29), None, "in-force", "", Value("cap"), "twelve-months", None, "", None, "text", None
    )
    monkeypatch.setattr(caps, "in_force", lambda _key, _on: leap)
    assert period_of("x", day) == (first, end)


def test_one_barrel_more_is_the_whole_difference():
    cap = 500_000
    answers = [exceeds("UN-1718/refined-petroleum-cap", IN_2018, Amount(n, "bbl")) for n in (cap - 1, cap, cap + 1)]
    assert answers == [False, False, True]


def test_the_periods_of_the_two_oils_differ_by_ten_days():
    refined, crude = (period_of(f"UN-1718/{oil}", IN_2018)[0] for oil in ("refined-petroleum", "crude-oil"))
    assert refined - crude == timedelta(days=10)
