"""When: a date as precise as its source gives it, held as a half-open interval of days.

"February 2016" is not 1 February 2016. An imprecise date sorts and compares by its whole
interval, so a count "by year" can say that a date spans two years instead of guessing.
All dates are UTC days unless the source's zone is noted beside the claim.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from watchkeeper.values.refused import Invalid

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}\Z")
_YEAR = re.compile(r"[0-9]{4}\Z")
_FORMS = "YYYY, YYYY-MM, YYYY-MM-DD, or FROM..TO of two of these (TO included)"


@dataclass(frozen=True, slots=True, order=True)
class When:
    """A half-open interval of UTC days: `first` is in it, `end` is not."""

    first: date
    end: date
    as_written: str

    @property
    def precision(self) -> str:
        """Return "day", "month", "year" or "range": what `as_written` can carry."""
        if ".." in self.as_written:
            return "range"
        return {10: "day", 7: "month", 4: "year"}[len(self.as_written)]

    @property
    def year(self) -> int | None:
        """Return the one calendar year the interval lies in, or None if it spans two."""
        last = self.end - timedelta(days=1)
        return self.first.year if self.first.year == last.year else None

    def gap_days(self, other: When) -> int:
        """Return whole days between two intervals; 0 if they overlap, 1 for neighbouring days."""
        return max(0, (other.first - self.end).days + 1, (self.first - other.end).days + 1)


def parse(text: str) -> When:
    """Return the interval that a written date covers.

    Args:
        text: "2016", "2016-02", "2016-02-04", or "2017-05..2017-09" with the last part included.

    Raises:
        Invalid: any other form, a day that does not exist, or a range that ends before it starts.
    """
    head, dots, tail = text.partition("..")
    first, end = _part(head, text)
    if dots:
        end = _part(tail, text)[1]
        if end <= first:
            raise Invalid(f'"{text}" ends before it starts.')
    return When(first, end, text)


def parse_day(text: str) -> date:
    """Return a single day written YYYY-MM-DD; raise `Invalid` for anything less precise."""
    if not _DAY.match(text):
        raise Invalid(f'"{text}" is not a day; write YYYY-MM-DD.')
    try:
        return date.fromisoformat(text)  # not by way of an interval: 31 December 9999 has no day after it
    except ValueError as error:
        raise Invalid(f'"{text}" names a day that does not exist ({error}).') from error


def _part(text: str, whole: str) -> tuple[date, date]:
    try:
        if _DAY.match(text):
            day = date.fromisoformat(text)
            return day, day + timedelta(days=1)
        if _MONTH.match(text):
            first = date.fromisoformat(f"{text}-01")
            return first, (first + timedelta(days=31)).replace(day=1)
        if _YEAR.match(text):
            return date(int(text), 1, 1), date(int(text) + 1, 1, 1)
    except (ValueError, OverflowError) as error:
        raise Invalid(f'"{whole}" names a day that does not exist ({error}).') from error
    raise Invalid(f'"{whole}" is not a date that can be read without guessing; write {_FORMS}.')
