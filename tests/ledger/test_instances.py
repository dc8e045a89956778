"""Instances: one row an incident, each cell a claim, with its source and how it was checked."""

from __future__ import annotations

from datetime import date

import pytest
from tests.ledger.tables import ledger, view_of

from watchkeeper.ledger.instances import COLUMNS, rows

TOLD = """
    incident | field          | says          | stance   | stated_by | stated_on  | confidence | locator | checked
    ---------+----------------+---------------+----------+-----------+------------+------------+---------+----------
    A1       | title          | Far Bank      |          |           |            |            | p. 1    |
    A1       | occurred       | 2017-10       |          |           |            |            | p. 1    |
    A1       | victim         | Far Bank      |          |           |            |            | p. 1    |
    A1       | victim_state   | ZA            |          |           |            |            | p. 1    |
    A1       | affected_state | JP            |          |           |            |            | p. 1    |
    A1       | affected_state | ZA            |          |           |            |            | p. 1    |
    A1       | sector         | bank          |          |           |            |            | p. 1    |
    A1       | attempted      | 60 USD        |          |           |            |            | p. 1    | secondary
    A1       | loss_reported  | 18 USD        |          |           |            |            | p. 1    |
    A1       | loss_reported  | 9..12 USD     |          |           |            |            | p. 2    |
    A1       | taken          | 5 EUR         |          |           |            |            | p. 2    |
    A1       | attribution    | actors        |          | Panel     | 2019-08-30 | moderate   | p. 3    | recalled
    A1       | attribution    | actors        |          | Court     |            |            | p. 4    |
    A1       | attribution    | an inside job | disputes | Bank      |            |            | p. 5    |
    A1       | in_edition     | S/2019/691    |          |           |            |            | row 8   |
"""


def row(text: str, **more):
    (only,) = rows(view_of(ledger(text, **more), "everything"))
    return only


def test_a_row_holds_what_a_panel_asks_of_a_table_of_instances():
    assert row(TOLD, incidents="incident_id | note\n A1 | One event.") == {
        "incident_id": "A1",
        "occurred": "2017-10",
        "precision": "month",
        "states": "ZA, JP",  # each State once, the victim's first
        "victim": "Far Bank",
        "title": "Far Bank",
        "sector": "bank",
        "attempted_low": 60_00,
        "attempted_high": 60_00,
        "executed_low": None,
        "executed_high": None,
        "taken_low": None,  # five euros are not converted and not dollars
        "taken_high": None,
        "recovered_low": None,
        "recovered_high": None,
        "net_low": None,
        "net_high": None,
        "loss_reported_low": 9_00,
        "loss_reported_high": 18_00,
        "attribution": "Panel on 2019-08-30: actors [moderate]; Court: actors",
        "attributed_by": "Panel (2019-08-30); Court (day not known)",
        "grade": "moderate",
        "standing": "moderate, disputed",
        "disputed": "Bank: an inside job",
        "disputed_by": "Bank (day not known)",
        "source": "annex 21",
        "locator": "row 8",  # where the edition lists it
        "basis": "cited",
        "checked": "recalled",  # the weakest of what the row shows, here the Panel's attribution
        "checked_against": "annex 21",
        "note": "One event.",
    }


def test_the_keys_are_the_columns_in_their_order():
    assert list(row(TOLD)) == [column.name for column in COLUMNS]
    assert {column.unit for column in COLUMNS if column.name.endswith(("_low", "_high"))} == {"USD"}


def test_an_incident_of_which_little_is_said_has_blanks_and_no_zeros():
    told = row("""
        incident | field     | says
        ---------+-----------+----------
        A1       | worldwide | worldwide
        A1       | victim    | unnamed
    """)
    assert told["states"] == "worldwide"
    assert {key for key, cell in told.items() if cell is not None} == {
        "incident_id", "states", "victim", "standing", "source", "basis", "checked_against",
    }  # fmt: skip


def test_where_no_edition_lists_it_the_claim_that_dates_it_is_the_listing():
    told = row("""
        incident | field    | says    | locator | source_id | held
        ---------+----------+---------+---------+-----------+-----
        A1       | title    | Theft   | line 1  | ANNEX     |
        A1       | occurred | 2020-01 | line 2  | PRESS     | yes
    """, sources="""
        source_id | reference   | via      | checked
        ----------+-------------+----------+----------
        PRESS     | a newspaper | a reader | secondary
    """)  # fmt: skip
    assert (told["locator"], told["basis"], told["source"], told["checked_against"]) == (
        "line 2", "held", "a newspaper", "a reader",
    )  # fmt: skip


def test_rows_come_in_the_views_order_and_only_those_asked_for():
    view = view_of(ledger("""
        incident | field    | says
        ---------+----------+-----
        B1       | occurred | 2020
        A1       | occurred | 2021
        C1       | occurred | 2022
    """, graded="A1 B1"))  # fmt: skip
    assert [r["incident_id"] for r in rows(view)] == ["B1", "A1"]
    assert [r["incident_id"] for r in rows(view, ["C1", "B1"])] == ["B1", "C1"]  # also one that is no member
    assert rows(view, []) == []


def test_a_source_that_the_record_does_not_hold_leaves_its_cells_blank():
    told = row("""
        incident | field    | says | source_id
        ---------+----------+------+----------
        A1       | occurred | 2020 | GONE
    """)
    assert (told["source"], told["checked_against"], told["occurred"]) == (None, None, "2020")


def test_an_incident_without_a_known_claim_is_not_invented():
    view = view_of(ledger("""
        incident | field    | says
        ---------+----------+-----
        A1       | occurred | 2020
    """), "everything", as_of=date(2023, 1, 1))  # fmt: skip
    assert rows(view) == []
    (empty,) = rows(view, ["A1"])
    assert {key for key, cell in empty.items() if cell is not None} == {"incident_id", "standing"}


@pytest.mark.parametrize(
    ("says", "decisions", "standing"),
    [
        ("attribution | actors | attributes | low", "", "low"),
        ("attribution | others | disputes |", "", "not graded, disputed"),
        ("attribution | others | disputes |", "A1 | contested", "not graded, contested"),
        ("attribution | actors | attributes | high", "A1 | contested", "high, contested"),
    ],
)
def test_the_standing_is_the_grade_and_whether_it_is_disputed_or_held_contested(says, decisions, standing):
    claims = f"incident | field | says | stance | confidence\n A1 | {says}"
    assert row(claims, decisions=f"subject | verdict\n {decisions}" if decisions else "")["standing"] == standing


def test_an_empty_case_has_no_rows():
    assert rows(view_of(ledger(), "everything")) == []
