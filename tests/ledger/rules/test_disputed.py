"""Disputed: both statements side by side; disputed is not refuted."""

from __future__ import annotations

from datetime import date

from tests.ledger.tables import ledger, values, view_of

from watchkeeper.ledger.rules import apply

TEXT = """
    name | incident | field       | says          | stance   | stated_by | stated_on  | confidence | published_on
    -----+----------+-------------+---------------+----------+-----------+------------+------------+-------------
    p1   | A1       | attribution | actors        |          | Panel     | 2019-08-30 | low        |
    d1   | A1       | attribution | an inside job | disputes | Exchange  | 2019-03    |            |
    d2   | A1       | attribution | others        | disputes | Analyst   |            |            | none
    p2   | B1       | attribution | actors        |          | Panel     | 2019-08-30 | low        |
    p3   | C1       | attribution | actors        |          | Panel     |            | low        |
    d3   | C1       | attribution | doubtful      | disputes | Analyst   |            |            |
"""
DECISIONS = """
    subject | verdict
    --------+----------
    C1      | contested
"""


def disputed(**more):
    tables = ledger(TEXT, decisions=DECISIONS)
    return tables, apply("disputed/1", view_of(tables, "everything", **more), {})


def test_who_states_and_who_disputes_stand_side_by_side():
    tables, found = disputed()
    assert found.rows == (
        ("A1", None, "Panel (2019-08-30): actors", "Exchange (2019-03): an inside job; Analyst: others", "counted"),
        ("C1", None, "Panel: actors", "Analyst: doubtful", "contested"),
    )
    assert values(found) == {"disputed": 2, "contested": 1}
    assert tables.names(found.derivation["disputed"]["over"]) == ["d1", "d2", "d3"]  # two of them on one incident
    assert tables.names(found.claims) == ["p1", "d1", "d2", "p3", "d3"]
    assert tables.cells(found) == [{}, {}]  # words only


def test_an_undisputed_incident_is_not_there_and_an_undated_dispute_is_set_apart():
    _, found = disputed(as_of=date(2024, 6, 1))
    assert found.incidents.to_list() == ["A1", "C1"]
    assert found.rows[0][3] == "Exchange (2019-03): an inside job"
    assert (found.rows[1][4], found.undated) == ("counted", 1)  # the decision came later


def test_an_empty_table_disputes_nothing():
    found = apply("disputed/1", view_of(ledger()), {})
    assert (values(found), found.rows) == ({"disputed": 0, "contested": 0}, ())
