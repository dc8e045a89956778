"""Entries on parties: whether what has imprecise dates held on a day."""

from __future__ import annotations

from datetime import date

import pytest

from watchkeeper.ledger.party_entries import holds


@pytest.mark.parametrize(
    ("since", "until", "on", "word"),
    [
        ("2019", None, (2018, 12, 31), "not yet"),
        ("2019", None, (2019, 1, 1), "possibly"),  # it may have begun on any day of the year
        ("2019", None, (2019, 12, 31), "held"),  # by the year's last day it had
        ("2019", None, (2024, 1, 1), "held"),  # no end is known
        (None, "2020-03", (2015, 1, 1), "held"),
        (None, "2020-03", (2020, 3, 1), "held"),
        (None, "2020-03", (2020, 3, 2), "possibly"),
        (None, "2020-03", (2020, 3, 31), "possibly"),
        (None, "2020-03", (2020, 4, 1), "ended"),
        ("2020-03", "2020-03", (2020, 3, 15), "possibly"),
        ("2020-03-01", "2020-03-31", (2020, 3, 31), "held"),
        (None, None, (2020, 1, 1), "undated"),
    ],
)
def test_what_has_imprecise_dates_held_for_certain_or_possibly_or_had_ended(since, until, on, word):
    assert holds(since, until, date(*on)) == word
