"""Totals by year, sector, State, actor or method; what is not stated has a row of its own."""

from __future__ import annotations

import pytest
from tests.ledger.tables import ledger, values, view_of

from watchkeeper.ledger.rules import apply
from watchkeeper.values.refused import Invalid

TEXT = """
    name | incident | field         | says
    -----+----------+---------------+-----------------
    y1   | A1       | occurred      | 2017-12-31
    y2   | B1       | occurred      | 2018-01-01
    y3   | C1       | occurred      | 2017-12..2018-01
    s1   | A1       | sector        | bank
    s2   | B1       | sector        | exchange
    p1   | A1       | victim_state  | KR
    p2   | B1       | victim_state  | KR
    p3   | B1       | victim_state  | JP
    a1   | A1       | actor         | Group A
    m1   | B1       | method        | ransomware
    m2   | B1       | method        | unknown
    t1   | A1       | attempted     | 5 USD
    l1   | A1       | loss_reported | 1..2 USD
    l2   | B1       | loss_reported | 7 USD
    l3   | D1       | loss_reported | 3 USD
"""
GRADED = "A1 B1 C1 D1"


def totals(by: str, text: str = TEXT, graded: str = GRADED):
    tables = ledger(text, graded=graded)
    return tables, apply("totals-by/1", view_of(tables), {"by": by})


def test_a_date_that_spans_two_years_is_not_put_in_one_of_them():
    tables, found = totals("year")
    assert found.rows == (
        ("2017", 1, 5_00, 5_00, 1_00, 2_00),
        ("2018", 1, None, None, 7_00, 7_00),
        ("not stated", 1, None, None, 3_00, 3_00),
        ("spans two years", 1, None, None, None, None),
    )
    assert values(found) == {"instances": 4, "groups": 4}
    assert sorted(tables.names(found.claims)) == ["l1", "l2", "l3", "t1", "y1", "y2", "y3"]
    assert found.notes == ()


def test_an_incident_in_two_states_counts_in_each_and_the_note_says_so():
    tables, found = totals("state")
    assert found.rows == (
        ("Republic of Korea", 2, 5_00, 5_00, 8_00, 9_00),
        ("not stated", 2, None, None, 3_00, 3_00),
        ("Japan", 1, None, None, 7_00, 7_00),
    )
    assert values(found) == {"instances": 4, "groups": 3}
    assert found.notes == ("1 incidents stand in more than one group.",)
    assert {"p1", "p2", "p3"} <= set(tables.names(found.claims))


def test_each_number_of_a_group_follows_from_its_incidents_or_from_the_claims_that_set_the_ends():
    tables, found = totals("state", TEXT + "    l4   | B1       | loss_reported | 6..8 USD")
    assert tables.cells(found) == [
        {"n": "count: A1 B1", "attempted_low": "sum of low: t1", "attempted_high": "sum of high: t1",
         "loss_low": "sum of low: l1 l4", "loss_high": "sum of high: l1 l4"},
        {"n": "count: C1 D1", "loss_low": "sum of low: l3", "loss_high": "sum of high: l3"},  # C1 states no amount
        {"n": "count: B1", "loss_low": "sum of low: l4", "loss_high": "sum of high: l4"},
    ]  # fmt: skip


def test_the_ids_behind_a_number_come_by_id_whatever_the_dates():
    tables, found = totals("sector", """
        incident | field    | says
        ---------+----------+-----
        A1       | occurred | 2020
        B1       | occurred | 2019
    """, "A1 B1")  # fmt: skip
    assert tables.cells(found) == [{"n": "count: A1 B1"}]


@pytest.mark.parametrize(
    ("by", "rows"),
    [
        (
            "sector",
            [("not stated", 2), ("Banks, interbank and cash-machine networks", 1), ("Crypto-asset exchanges", 1)],
        ),
        ("actor", [("not stated", 3), ("Group A", 1)]),
        ("method", [("not stated", 3), ("Extortion by encryption", 1), ("The source does not say", 1)]),
    ],
)
def test_groups_come_by_size_then_by_word_and_are_printed_with_their_meaning(by, rows):
    _, found = totals(by)
    assert [row[:2] for row in found.rows] == rows


def test_the_same_word_from_two_sources_is_one_group():
    _, found = totals("state", """
        incident | field        | says | locator
        ---------+--------------+------+--------
        A1       | victim_state | KR   | row 1
        A1       | victim_state | KR   | row 2
    """, "A1")  # fmt: skip
    assert found.rows == (("Republic of Korea", 1, None, None, None, None),)
    assert found.notes == ()


def test_a_group_that_passes_64_bits_is_summed_exactly():
    widest = 2**63 - 1  # cents; the most that one claim may state
    dollars = f"{widest // 100}.{widest % 100:02}"
    _, found = totals("year", f"""
        incident | field     | says
        ---------+-----------+-----
        A1       | attempted | {dollars} USD
        B1       | attempted | 1..{dollars} USD
    """, "A1 B1")  # fmt: skip
    assert found.rows == (("not stated", 2, widest + 1_00, widest * 2, None, None),)


def test_any_other_word_is_refused():
    with pytest.raises(Invalid, match='Totals by "colour" are not defined; choose year, sector, state, actor, method'):
        totals("colour")


def test_an_empty_table_has_no_groups():
    _, found = totals("year", "", "")
    assert (found.rows, values(found)) == ((), {"instances": 0, "groups": 0})
