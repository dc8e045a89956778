"""Inputs: a figure that tells of bodies is as closed as the strictest of what it rests on; thefts have no part in it.

Labels of figures that count incidents are tried in tests/report/test_clearance.py.
"""

from __future__ import annotations

import pytest
from tests.ledger.tables import Ledger, ledger

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
