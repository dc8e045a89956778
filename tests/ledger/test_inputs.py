"""Inputs: a figure that tells of bodies is as closed as the strictest of what it rests on; thefts have no part in it.

Labels of figures that count incidents are tried in tests/report/test_clearance.py.
"""

from __future__ import annotations

import pytest
from tests.ledger.tables import Ledger, ledger, statement
from tests.report.named_parties import claim, record

from watchkeeper.ledger.evidence import evidence
from watchkeeper.report.figures import compute

PARTIES = """
    party_id | tlp
    ---------+-----
    P-B      | {party}
    P-U      |
    P-S      |
"""
NAMES = """
    party_id | field | value      | tlp
    ---------+-------+------------+------
    P-B      | name  | The Bureau | {name}
    P-B      | phone | 1234       | {unused}
"""
LINKS = """
    name | subject | relation     | object | source_id | tlp
    -----+---------+--------------+--------+-----------+-----
    l1   | P-U     | part-of      | P-B    | LIST      | {link}
    l2   | P-S     | alleged-same | P-B    |           | {other}
"""
SOURCES = """
    source_id | title  | publisher | reference | checked | redistribute | tlp
    ----------+--------+-----------+-----------+---------+--------------+----------
    LIST      | A list | Treasury  | release 1 | text    | yes          | {source}
"""
CLEAR = dict.fromkeys(("party", "name", "unused", "link", "other", "source"), "CLEAR")


def tables(decisions: str = "", **labels: str) -> Ledger:
    told = CLEAR | labels
    pages = {"parties": PARTIES, "facts": NAMES, "links": LINKS, "sources": SOURCES}
    return ledger(decisions=decisions, **{name: page.format(**told) for name, page in pages.items()})


def label(known: Ledger, figure: str = "attribution.units") -> str:
    return compute(figure, known).tlp


@pytest.mark.parametrize("part", ["party", "name", "link", "source"])
def test_a_tie_is_as_closed_as_its_statement_its_source_its_bodies_and_their_names(part):
    assert label(tables()) == "CLEAR"
    assert label(tables(**{part: "AMBER"})) == "AMBER"


@pytest.mark.parametrize("part", ["unused", "other"])
def test_what_is_not_in_the_table_does_not_close_it(part):
    assert label(tables(**{part: "RED"})) == "CLEAR"


def withdrawn(entry: str, tlp: str) -> str:
    return f"""
        subject | verdict   | reason  | tlp
        --------+-----------+---------+------
        {entry} | withdrawn | misread | {tlp}
    """


def test_a_withdrawal_more_closed_than_its_tie_closes_the_table_since_the_row_that_is_gone_would_tell():
    tie = tables().id["l1"]
    assert label(tables(withdrawn(tie, "RED"))) == "RED"
    assert label(tables(withdrawn(tie, "CLEAR"))) == "CLEAR"
    # but it says nothing of thefts
    assert label(tables(withdrawn(tie, "RED")), "record.instances") == "CLEAR"


def test_a_decision_on_a_tie_that_stands_is_an_input_as_well():
    tie = tables().id["l1"]
    assert label(tables(withdrawn(tie, "GREEN").replace("withdrawn", "reviewed "))) == "GREEN"


def reviewed(subject: str, *words: str, tlp: str = "CLEAR") -> list[dict]:
    row = {"subject": subject, "reason": "compared", "calls_for": "second", "decided_on": "2024-12-01"}
    return [
        statement("decision", {**row, "verdict": word, "author": who}) | {"id": f"d-{word}-{who}", "tlp": tlp}
        for word in words
        for who in "ab"
    ]


def in_publication(*more: dict, figure: str = "record.instances") -> tuple[object, str]:
    grade = {"stance": "attributes", "stated_by": "A court", "confidence": "low"}
    found = compute(figure, record(claim("A1", "attribution", "A group", **grade), *more), reviewed_only=True)
    return found.outcome.values[0].low, found.tlp


def test_a_closed_entry_that_reopens_a_review_closes_the_publication_that_counts_one_less():
    first = record(claim("A1", "attribution", "A group", stance="attributes", stated_by="A court", confidence="low"))
    seen = evidence(first, "incident", "A1")
    looked = [one | {"body": one["body"] | {"rests_on": seen}} for one in reviewed("A1", "reviewed")]
    assert in_publication(*looked) == (1, "CLEAR")
    secret = claim("A1", "recovered", low="9", unit="USD") | {"tlp": "RED"}
    assert in_publication(*looked, secret) == (0, "RED")
    assert in_publication(secret) == (0, "CLEAR")  # never reviewed, it would not have counted


def test_a_closed_word_that_ends_a_review_closes_the_publication_too():
    words = [*reviewed("A1", "reviewed"), *reviewed("A1", "unreviewed", tlp="AMBER")]
    assert in_publication(*words) == (0, "AMBER")


def test_a_closed_review_of_a_body_closes_the_table_in_which_it_stands():
    known = tables()
    assert label(known) == "CLEAR"
    decision = reviewed("P-B", "reviewed", tlp="AMBER")
    assert label(Ledger([*known.statements, *decision])) == "AMBER"
