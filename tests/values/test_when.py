"""When: which days a written date covers, and which dates are refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.values import when
from watchkeeper.values.refused import Invalid


@pytest.mark.parametrize(
    ("text", "first", "end", "precision", "year"),
    [
        ("2016-02-04", date(2016, 2, 4), date(2016, 2, 5), "day", 2016),
        ("2016-02-29", date(2016, 2, 29), date(2016, 3, 1), "day", 2016),
        ("2016-12-31", date(2016, 12, 31), date(2017, 1, 1), "day", 2016),
        ("2016-02", date(2016, 2, 1), date(2016, 3, 1), "month", 2016),
        ("2015-12", date(2015, 12, 1), date(2016, 1, 1), "month", 2015),
        ("2016", date(2016, 1, 1), date(2017, 1, 1), "year", 2016),
        ("2017-05..2017-09", date(2017, 5, 1), date(2017, 10, 1), "range", 2017),
        ("2017..2018", date(2017, 1, 1), date(2019, 1, 1), "range", None),
        ("2016-12-31..2017-01-01", date(2016, 12, 31), date(2017, 1, 2), "range", None),
        ("2016-02-04..2016-02-04", date(2016, 2, 4), date(2016, 2, 5), "range", 2016),
        ("2016-02-04..2016", date(2016, 2, 4), date(2017, 1, 1), "range", 2016),
        ("0001", date(1, 1, 1), date(2, 1, 1), "year", 1),
    ],
)
def test_a_date_covers_the_days_its_writing_can_mean(text, first, end, precision, year):
    read = when.parse(text)
    assert (read.first, read.end, read.as_written) == (first, end, text)
    assert (read.precision, read.year) == (precision, year)


@pytest.mark.parametrize(
    "text",
    ["2016-02-30", "2015-02-29", "2016-04-31", "2016-13", "2016-00", "2016-01-00", "2016-01-32", "0000", "0000-01-01",
     "2016..2016-02-30"],
)  # fmt: skip
def test_a_day_that_does_not_exist_is_refused(text):
    with pytest.raises(Invalid, match=f'"{text}" names a day that does not exist'):
        when.parse(text)


@pytest.mark.parametrize("text", ["9999", "9999-12", "9999-12-31"])
def test_the_last_day_of_the_calendar_has_no_day_after_it_and_is_refused(text):
    with pytest.raises(Invalid, match="names a day that does not exist"):
        when.parse(text)


@pytest.mark.parametrize(
    "text",
    ["", " ", "16", "201", "20160", "2016-2", "2016-2-4", "20160204", "2016/02/04", "04.02.2016", "04/02/2016",
     "Feb 2016", "February 2016", "2016-02-04 ", " 2016", "2016\n", "2016-02-04T00:00", "2016-W05", "2016-Q1",
     "ca. 2016", "2016?",
     "\uff12\uff10\uff11\uff16", "-2016", "unknown", "..", "..2016", "2016..", "2016...2017", "2016..2017..2018",
     "2016 .. 2017", "2016/2017", "2016\u20132017", "2016-02-0\x00"],
)  # fmt: skip
def test_a_date_that_could_be_read_two_ways_is_refused_with_the_forms_that_cannot(text):
    with pytest.raises(Invalid, match=r"without guessing; write YYYY, YYYY-MM, YYYY-MM-DD, or FROM\.\.TO"):
        when.parse(text)


@pytest.mark.parametrize("text", ["2017..2016", "2017-09..2017-05", "2016-02-04..2016-02-03", "2017-01-01..2016"])
def test_a_range_that_ends_before_it_starts_is_refused(text):
    with pytest.raises(Invalid, match=f'"{text}" ends before it starts'):
        when.parse(text)


def test_a_single_day_is_asked_for_where_nothing_less_will_do():
    assert when.parse_day("2024-02-29") == date(2024, 2, 29)


@pytest.mark.parametrize("text", ["", "2016", "2016-02", "2016-02-04..2016-02-04", "4 February 2016", "2016-02-04\n"])
def test_anything_less_precise_than_a_day_is_no_day(text):
    with pytest.raises(Invalid, match="is not a day; write YYYY-MM-DD"):
        when.parse_day(text)


def test_a_day_that_the_calendar_lacks_is_no_day():
    with pytest.raises(Invalid, match="does not exist"):
        when.parse_day("2023-02-29")


@pytest.mark.parametrize(
    ("one", "other", "days"),
    [
        ("2016-02-04", "2016-02-04", 0),
        ("2016-02-04", "2016-02-05", 1),
        ("2016-02-04", "2016-02-06", 2),
        ("2016-02", "2016-02-15", 0),
        ("2016-02", "2016-03-01", 1),  # 29 February and 1 March are neighbours
        ("2015", "2017", 367),  # 366 days of 2016 lie between, so the nearest days are 367 apart
    ],
)
def test_the_gap_between_two_dates_is_that_of_their_nearest_days(one, other, days):
    assert when.parse(one).gap_days(when.parse(other)) == days
    assert when.parse(other).gap_days(when.parse(one)) == days


def test_dates_sort_by_their_first_day_and_then_by_how_long_they_last():
    written = ["2017", "2016-02", "2016", "2016-02-01"]
    assert [w.as_written for w in sorted(map(when.parse, written))] == ["2016", "2016-02-01", "2016-02", "2017"]


@given(st.dates(max_value=date(9998, 12, 31)), st.dates(max_value=date(9998, 12, 31)))
def test_a_range_holds_exactly_the_days_from_its_first_to_its_last(one, other):
    first, last = sorted((one, other))
    read = when.parse(f"{first}..{last}")
    assert (read.first, read.end) == (first, last + timedelta(days=1))
    assert (read.year is None) == (first.year != last.year)


@given(st.text(alphabet="0123456789-./ \u0660W", max_size=24))
def test_any_text_is_a_date_that_begins_before_it_ends_or_is_refused(text):
    try:
        read = when.parse(text)
    except Invalid as refusal:
        outcome = text in str(refusal)
    else:
        outcome = read.first < read.end and read.precision in ("day", "month", "year", "range")
    assert outcome
