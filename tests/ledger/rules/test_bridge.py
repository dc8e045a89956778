"""Bridge: what each reported loss means, row by row; a blank is a field that no source states."""

from __future__ import annotations

import pytest
from tests.ledger.tables import ledger, values, view_of

from watchkeeper.ledger.rules import apply

TEXT = """
    name | incident | field         | says
    -----+----------+---------------+------------
    l1   | A1       | loss_reported | 81..101 USD
    x1   | A1       | executed      | 101 USD
    t1   | A1       | taken         | 81 USD
    r1   | A1       | recovered     | 20 USD
    l2   | B1       | loss_reported | 9 USD
    t2   | C1       | taken         | 70 USD
"""


def bridge(text: str, graded: str = "A1 B1 C1"):
    tables = ledger(text, graded=graded)
    return tables, apply("bridge/1", view_of(tables), {})


def test_strict_fields_stand_beside_the_loss_and_blanks_stay_blank():
    _, found = bridge(TEXT)
    names = [column.name for column in found.columns]
    assert [dict(zip(names, row, strict=True)) for row in found.rows] == [
        {"incident_id": "A1", "title": None, "low": 81_00, "high": 101_00, "attempted": None, "executed": 101_00,
         "taken": 81_00, "recovered": 20_00, "reading": "low end is the amount taken; high end is the amount executed"},
        {"incident_id": "B1", "title": None, "low": 9_00, "high": 9_00, "attempted": None, "executed": None,
         "taken": None, "recovered": None, "reading": "sources say only loss"},
    ]  # fmt: skip


def test_what_is_taken_of_an_incident_without_a_reported_loss_is_no_part_of_the_bridge():
    tables, found = bridge(TEXT)
    assert values(found) == {"loss_reported": "90..110", "taken": "81..81", "rows": 2, "rows_with_taken": 1}
    assert found.incidents.to_list() == ["A1", "B1"]
    assert sorted(tables.names(found.claims)) == ["l1", "l2", "r1", "t1", "x1"]
    assert tables.names(found.derivation["taken"]["low"]["over"]) == ["t1"]


def test_each_amount_follows_from_the_one_claim_that_sets_it():
    tables, found = bridge(TEXT + "    l3   | A1       | loss_reported | 90..120 USD")
    assert tables.cells(found) == [
        {"low": "sum of low: l1", "high": "sum of high: l3", "executed": "sum of low: x1", "taken": "sum of low: t1",
         "recovered": "sum of low: r1"},
        {"low": "sum of low: l2", "high": "sum of high: l2"},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("says", "reading"),
    [
        ("loss_reported | 0 USD", "no loss reported"),
        ("loss_reported | 0..5 USD", "sources say only loss"),
        ("loss_reported | 3..7 USD\n A1 | attempted | 7 USD", "high end is the amount attempted"),
        ("loss_reported | 7 USD\n A1 | executed | 7 USD",
         "low end is the amount executed; high end is the amount executed"),
        ("loss_reported | 7 USD\n A1 | recovered | 7 USD", "sources say only loss"),
        ("loss_reported | 7 USD\n A1 | taken | 7 USD\n A1 | executed | 7 USD",
         "low end is the amount executed; high end is the amount executed"),  # the wider field is named
    ],
)  # fmt: skip
def test_the_reading_names_the_strict_field_that_an_end_equals(says, reading):
    _, found = bridge(f"incident | field | says\n A1 | {says}", "A1")
    assert found.rows[0][-1] == reading


def test_an_empty_table_has_no_rows():
    _, found = bridge("", "")
    assert (values(found), found.rows) == (
        {"loss_reported": None, "taken": None, "rows": 0, "rows_with_taken": 0}, (),
    )  # fmt: skip
