"""Selection: with a figure of bodies go its facts and links, the bodies they speak of, their sources and decisions."""

from __future__ import annotations

from typing import Any

from tests.ledger.tables import ledger

from watchkeeper.report import present
from watchkeeper.report.bundle.selection import behind, captures_allowed
from watchkeeper.report.figures import compute

HELD = "ab" * 32
PARTIES = """
    party_id
    --------
    P-B
    P-U
    P-Z
"""
NAMES = """
    name | party_id | field | value
    -----+----------+-------+------------
    n1   | P-B      | name  | The Bureau
    n2   | P-B      | phone | 1234
    n3   | P-Z      | name  | Another
"""
LINKS = f"""
    name | subject | relation     | object | source_id | capture
    -----+---------+--------------+--------+-----------+--------
    l1   | P-U     | part-of      | P-B    | LIST      | {HELD}
    l2   | P-Z     | alleged-same | P-B    |           |
"""
SOURCES = """
    source_id | title  | publisher | reference | checked | redistribute   | tlp
    ----------+--------+-----------+-----------+---------+----------------+------
    LIST      | A list | Treasury  | release 1 | text    | {redistribute} | CLEAR
"""


def made(redistribute: str = "yes") -> tuple[list[dict[str, Any]], dict[str, str], list[dict[str, Any]]]:
    """Return the log, the names of its lines, and the statements that go with the figure of ties."""
    told = {"parties": PARTIES, "facts": NAMES, "links": LINKS, "sources": SOURCES.format(redistribute=redistribute)}
    tie = ledger(**told).id["l1"]
    decided = f"""
        subject | verdict  | reason
        --------+----------+---------
        {tie}   | reviewed | compared
        P-Z     | reviewed | compared
    """
    known = ledger(**told, decisions=decided)
    capture = {"kind": "capture", "id": HELD, "tlp": "CLEAR", "body": {"name": "a", "bytes": 1, "format": "pdf"}}
    log = [*known.statements, capture]
    figure = present.to_json(compute("attribution.units", known))
    return log, known.id, [log[place] for place in behind([figure], [], log)]


def test_a_figure_of_ties_takes_with_it_what_it_rests_on_and_nothing_else():
    log, named, shown = made()
    (decision,) = [one["id"] for one in log if one["kind"] == "decision" and one["body"]["subject"] == named["l1"]]
    assert {(one["kind"], one["id"]) for one in shown} == {
        ("link", named["l1"]), ("fact", named["n1"]), ("party", "P-U"), ("party", "P-B"), ("source", "LIST"),
        ("source", "ANNEX"), ("capture", HELD), ("decision", decision),
    }  # fmt: skip


def test_the_bytes_that_a_tie_rests_on_go_with_it_only_if_its_source_may_be_passed_on():
    log, _, shown = made()
    assert captures_allowed(shown, log, "CLEAR") == [HELD]
    log, _, shown = made("hash_only")
    assert captures_allowed(shown, log, "CLEAR") == []
