"""By grade: the record outside an edition, by its strongest attribution; contested rows apart."""

from __future__ import annotations

from tests.ledger.tables import ledger, values, view_of

from watchkeeper.ledger.rules import apply

TEXT = """
    name | incident | field         | says     | confidence     | stance
    -----+----------+---------------+----------+----------------+---------
    g1   | A1       | attribution   | actors   | high           |
    g2   | A1       | attribution   | actors 2 | single-analyst |
    g3   | B1       | attribution   | actors   | high           |
    g4   | C1       | attribution   | actors   | single-analyst |
    g5   | D1       | attribution   | others   |                | disputes
    g6   | E1       | attribution   | actors   | high           |
    g7   | F1       | attribution   | actors   | high           |
    g8   | L1       | attribution   | actors   | high           |
    l1   | A1       | loss_reported | 7..9 USD |                |
    l3   | B1       | loss_reported | 1 USD    |                |
    l4   | E1       | loss_reported | 4 USD    |                |
    l5   | F1       | loss_reported | 5 USD    |                |
    l8   | L1       | loss_reported | 8 USD    |                |
    in   | L1       | in_edition    | TABLE    |                |
"""
DECISIONS = """
    subject | verdict    | other
    --------+------------+------
    E1      | contested  |
    A1      | same-event | F1
"""


def graded(text: str = TEXT, decisions: str = DECISIONS):
    tables = ledger(text, decisions=decisions)
    return tables, apply("by-grade/1", view_of(tables, "everything"), {"outside": "TABLE"})


def test_each_incident_stands_once_under_its_strongest_grade():
    _, found = graded()
    assert found.rows == (
        ("high", 2, 2, 8_00, 10_00),  # A1 and B1: 7 + 1 to 9 + 1; F1 is the same event as A1, L1 stands in the table
        ("single-analyst", 1, 0, None, None),  # no amount stated: blank, not zero
        ("not graded", 1, 0, None, None),  # D1: only a dispute
        ("contested", 1, 1, 4_00, 4_00),  # whatever its grade
        ("all grades", 5, 3, 12_00, 14_00),
    )


def test_a_grade_without_incidents_is_a_zero_that_a_chapter_can_print_and_no_row():
    _, found = graded()
    assert values(found) == {
        "high_n": 2, "high_loss": "8..10", "moderate_n": 0, "low_n": 0, "single_analyst_n": 1, "not_graded_n": 1,
        "contested_n": 1, "contested_loss": "4..4", "all_grades_n": 5, "all_grades_loss": "12..14",
    }  # fmt: skip
    _, found = graded(decisions="")
    assert values(found)["contested_n"] == 0


def test_it_rests_on_the_claims_of_the_incidents_it_counts_and_on_no_other():
    tables, found = graded()
    assert sorted(tables.names(found.claims)) == ["g1", "g2", "g3", "g4", "g5", "g6", "l1", "l3", "l4"]
    assert sorted(found.incidents) == ["A1", "B1", "C1", "D1", "E1"]


def test_each_number_of_a_grade_follows_from_its_incidents_and_claims():
    tables, found = graded()
    assert tables.cells(found) == [
        {"n": "count: A1 B1", "n_amount": "count: A1 B1", "low": "sum of low: l1 l3", "high": "sum of high: l1 l3"},
        {"n": "count: C1", "n_amount": "count:"},
        {"n": "count: D1", "n_amount": "count:"},
        {"n": "count: E1", "n_amount": "count: E1", "low": "sum of low: l4", "high": "sum of high: l4"},
        {"n": "count: A1 B1 C1 D1 E1", "n_amount": "count: A1 B1 E1",
         "low": "sum of low: l1 l3 l4", "high": "sum of high: l1 l3 l4"},
    ]  # fmt: skip


def test_an_empty_table_has_one_row_of_nothing():
    _, found = graded("", "")
    assert found.rows == (("all grades", 0, 0, None, None),)
