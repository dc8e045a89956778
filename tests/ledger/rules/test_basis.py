"""Basis: held or cited, how checked, how many undated; what a reader must know before she signs."""

from __future__ import annotations

from datetime import date

from tests.ledger.tables import ledger, values, view_of

from watchkeeper.ledger.rules import apply
from watchkeeper.model.vocabulary import words

TEXT = """
    incident | field    | says  | held | checked   | published_on
    ---------+----------+-------+------+-----------+-------------
    A1       | title    | Theft | yes  | text      |
    A1       | occurred | 2020  |      | secondary |
    A1       | victim   | Bank  |      | recalled  | none
    B1       | title    | Other | yes  | text      |
"""


def test_each_claim_on_a_member_is_held_or_cited_and_checked_in_one_way():
    found = apply("basis/1", view_of(ledger(TEXT, graded="A1")), {})
    assert values(found) == {
        "claims": 4, "held": 1, "cited": 3, "undated": 1, "text": 2, "secondary": 1, "recalled": 1,
    }  # fmt: skip
    assert [row[:2] for row in found.rows] == [("text", 2), ("secondary", 1), ("recalled", 1)]
    assert sum(row[1] for row in found.rows) == values(found)["claims"] == found.claims.len()


def test_each_number_of_claims_follows_from_how_they_were_checked():
    found = apply("basis/1", view_of(ledger(TEXT, graded="A1")), {})
    assert found.derivation["table"]["rows"] == [
        {"n": {"op": "count", "over": "claims", "where": {"checked": mark}}} for mark, *_ in found.rows
    ]


def test_claims_set_apart_are_counted_apart():
    found = apply("basis/1", view_of(ledger(TEXT, graded="A1"), as_of=date(2024, 6, 1)), {})
    assert (values(found)["claims"], found.undated) == (3, 1)


def test_an_empty_table_rests_on_nothing():
    found = apply("basis/1", view_of(ledger()), {})
    assert set(values(found).values()) == {0}
    assert [row[0] for row in found.rows] == list(words("checked"))
