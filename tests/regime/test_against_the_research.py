"""Our 50 provisions against the research table they were retyped from: nothing lost, no mark upgraded."""

from __future__ import annotations

import csv
import re
from decimal import Decimal

import pytest

from watchkeeper.model.vocabulary import words
from watchkeeper.regime.load import measures

# The table says "recalled", the research notes beside it name a page that was read: both are kept.
READ_AFTER_ALL = {"UN-1718/refined-petroleum-cap-late-2017"}
DIRECTIONS = {"to_DPRK": "to-dprk", "from_DPRK": "from-dprk", "both": "both"}
BASES = {"analyst mapping": "analyst-mapping", "Panel practice": "panel-practice", "resolution text": "resolution-text"}


@pytest.fixture
def pairs(shared_data):
    """Return each row of the table with the provision of the same resolution, paragraph and first day."""
    with shared_data("regime/measures_draft.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [(row, _provision(row)) for row in rows]


def _provision(row):
    resolution = int(row["resolution"].split()[0])
    paragraph = row["op"].replace(" + ", " and ") or None
    alike = [each for each in measures() if (each.resolution, each.paragraph) == (resolution, paragraph)]
    found = [each for each in alike if len(alike) == 1 or row["effective_from"] in _days(each)]
    assert len(found) == 1, row["measure_id"]
    return found[0]


def _days(measure):
    # Of a duty the table gives the day it fell due, of the Panel's last extension the day it ended.
    value = measure.values[0]
    return {str(day) for day in (value.from_on or value.last_day, value.due_on) if day}


def test_each_row_has_a_provision_of_its_own(pairs):
    assert len(pairs) == 50
    assert {provision.key for _, provision in pairs} == {each.key for each in measures()}


def test_the_days_are_the_same(pairs):
    for row, provision in pairs:
        if row["effective_from"]:
            assert row["effective_from"] in _days(provision), provision.key
        else:
            assert provision.values[0].from_on is None, provision.key
        last = re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", row["effective_to_or_superseded_by"])
        if last:
            end = provision.values[-1]
            assert last[0] in {str(end.last_day), str(end.until)}, provision.key


def test_the_day_of_adoption_is_the_same(pairs):
    for row, provision in pairs:
        assert row["adopted"] == (provision.adopted.as_written if provision.adopted else ""), provision.key


def test_the_numbers_are_the_same(pairs):
    for row, provision in pairs:
        wanted = sorted(Decimal(number) for number in re.findall(r"[0-9]+(?=\b)", _numbers(row)))
        found = sorted(Decimal(limit.amount.number) for value in provision.values for limit in value.value.limits)
        assert found == wanted, provision.key


def _numbers(row):
    return "" if row["cap_value"].startswith("previous") else row["cap_value"]


def test_what_moves_in_which_direction_is_the_same(pairs):
    for row, provision in pairs:
        moves = DIRECTIONS.get(row["direction"])
        assert provision.direction in ((moves,) if moves else ("none", "both")), provision.key


def test_every_code_of_the_table_lies_under_a_prefix_and_the_basis_is_the_same(pairs):
    for row, provision in pairs:
        codes = re.findall(r"\b[0-9]{2,6}\b", row["hs_scope"])
        if not codes:
            assert not (provision.hs and provision.hs.prefixes), provision.key
            continue
        assert all(provision.hs.covers(code) for code in codes), provision.key
        assert provision.hs.basis == BASES[re.split(r",| \(", row["hs_basis"])[0]], provision.key


def test_no_mark_is_better_than_the_research_earned(pairs):
    order = words("checked")
    for row, provision in pairs:
        best = _best(row)
        if provision.key in READ_AFTER_ALL:
            continue
        marks = [provision.checked.substance, provision.checked.paragraph, provision.checked.hs]
        marks += [value.checked for value in provision.values]
        assert all(order.index(mark) >= order.index(best) for mark in marks if mark), provision.key


def test_a_partly_verified_row_has_a_recalled_paragraph(pairs):
    for row, provision in pairs:
        if row["verification"].startswith("PARTLY"):
            assert {provision.checked.paragraph, provision.checked.hs} <= {"recalled", None}, provision.key


def _best(row):
    told = row["verification"]
    if told.startswith("UNVERIFIED"):
        return "recalled"
    return "text" if told.startswith("VERIFIED") and ".un.org/" in row["source"] else "secondary"


def test_a_page_of_the_table_is_a_page_of_the_provision(pairs):
    for row, provision in pairs:
        for page in filter(None, row["source"].split(" ; ")):
            assert page in [source.url for source in provision.sources], provision.key
