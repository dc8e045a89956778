"""IT work: cases of paid work under a false identity; victims are counted, nothing is added, and no theft is there."""

from __future__ import annotations

from tests.ledger.tables import ledger, values, view_of

from watchkeeper.ledger.rules import apply

INCIDENTS = """
    incident_id | kind     | note
    ------------+----------+----------------
    W1          | it-work  |
    W2          | it-work  | Shares with W1.
    W3          | it-work  |
    T1          | incident |
"""
CLAIMS = """
    name | incident | field              | says             | checked  | stated_by | stated_on  | confidence
    -----+----------+--------------------+------------------+----------+-----------+------------+-----------
    o1   | W1       | occurred           | 2020-10..2023-10 |          |           |            |
    t1   | W1       | title              | A laptop farm    |          |           |            |
    i1   | W1       | identities_misused | 68 persons       |          |           |            |
    e1   | W1       | employers          | 300 companies    | recalled |           |            |
    e2   | W1       | employers          | 309..311 companies |        |           |            |
    p1   | W1       | paid               | 17000000 USD     |          |           |            |
    p2   | W1       | paid               | 5 BTC            |          |           |            |
    s1   | W1       | proceeding         | Sentenced        |          |           |            |
    a1   | W1       | attribution        | IT workers       |          | Court     | 2025-07-24 | high
    a2   | W2       | attribution        | IT workers       |          | Court     |            | low
    a3   | W3       | attribution        | IT workers       |          | One       |            | single-analyst
    x1   | T1       | attribution        | actors           |          | Court     |            | high
    x2   | T1       | loss_reported      | 9 USD            |          |           |            |
"""


def tables(**more):
    return ledger(CLAIMS, incidents=INCIDENTS, **more)


def found(**more):
    return apply("it-work/1", view_of(tables(**more), "it-work"), {})


def test_a_case_is_one_row_with_what_its_sources_count_lowest_to_highest():
    assert found().rows == (
        ("W1", "2020-10..2023-10", "A laptop farm", 68, 68, 300, 311, 17_000_000_00, 17_000_000_00, "Sentenced",
         "Court (2025-07-24)", "recalled"),
        ("W2", None, None, None, None, None, None, None, None, None, "Court (day not known)", "text"),
    )  # fmt: skip


def test_each_number_follows_from_the_claim_that_sets_it_and_a_blank_follows_from_nothing():
    assert tables().cells(found()) == [
        {"identities_low": "sum of low: i1", "identities_high": "sum of high: i1", "employers_low": "sum of low: e1",
         "employers_high": "sum of high: e2", "paid_low": "sum of low: p1", "paid_high": "sum of high: p1"},
        {},
    ]  # fmt: skip


def test_it_counts_cases_and_those_that_state_a_number_and_adds_nothing_over_cases():
    assert values(found()) == {"cases": 2, "stating_identities": 1, "stating_employers": 1, "stating_paid": 1}


def test_the_population_asks_for_a_grade_and_leaves_out_what_is_held_contested():
    assert "W3" not in str(found().rows)
    contested = """
        subject | verdict   | reason
        --------+-----------+--------
        W1      | contested | doubted
    """
    assert values(found(decisions=contested))["cases"] == 1


def test_paid_work_is_in_no_population_of_thefts_and_no_theft_is_among_the_cases():
    known = tables()
    for population in ("record", "everything"):
        assert view_of(known, population).member_ids.to_list() == ["T1"]
    assert view_of(known, "it-work").member_ids.sort().to_list() == ["W1", "W2"]
    lost = apply("sum-of-field/1", view_of(known, "record"), {"field": "loss_reported"})
    assert values(lost)["loss_reported"] == "9..9"


def test_a_note_on_a_case_is_printed_with_its_row():
    assert found().notes == ("W2: Shares with W1.",)
