"""A view of what was reviewed tells of parties only what two accounts looked at, as it stands now."""

from __future__ import annotations

import pytest

from watchkeeper.ledger.requests import heard
from watchkeeper.ledger.view import look
from watchkeeper.report.figures import compute
from watchkeeper.runs.deciding import decide
from watchkeeper.runs.requesting import waive_party
from watchkeeper.store.case import Case


@pytest.fixture
def case(demo_case, clock):
    return Case(demo_case)


def reviewed(case, *subjects):
    """Have two accounts review each, and say why it is not asked for a reply."""
    for subject in subjects:
        if not heard(case.tables, subject):
            waive_party(case, subject, {"reason": "it is a SYNTHETIC case"}, by="A")
        for who in "AB":
            decide(case, subject, "reviewed", reason="compared with the sources", by=who)


def told(case):
    view = look(case.tables, reviewed_only=True)
    return set(view.facts["party_id"]), {tuple(row) for row in view.links.select("subject", "object").iter_rows()}


def test_what_nobody_reviewed_is_left_out(case):
    assert told(case) == (set(), set())
    assert compute("attribution.units", case.tables, reviewed_only=True).outcome.values[0].low == 0
    assert compute("attribution.units", case.tables).outcome.values[0].low > 0


def test_a_tie_is_told_once_both_its_ends_were_reviewed_and_heard(case):
    reviewed(case, "P-LAZARUS")
    assert told(case) == ({"P-LAZARUS"}, set())
    reviewed(case, "P-RGB")
    assert told(case) == ({"P-LAZARUS", "P-RGB"}, {("P-LAZARUS", "P-RGB")})
    figure = compute("attribution.units", case.tables, reviewed_only=True)
    assert figure.view.sentence.endswith("Only what two accounts reviewed.")


def test_what_was_entered_after_a_review_takes_the_party_out_until_two_look_again(case):
    from watchkeeper.runs.partying import add_fact

    reviewed(case, "P-RGB")
    add_fact(case, "P-RGB", "alias=Another name (SYNTHETIC)", {"source_id": "RECALLED"}, by="C")
    assert told(case)[0] == set()
    reviewed(case, "P-RGB")
    assert told(case)[0] == {"P-RGB"}


def test_of_parties_that_are_one_the_newest_word_holds_under_whichever_id_it_was_typed(case):
    for who in "AB":
        decide(case, "P-LAZARUS", "same-as", other="P-RGB", reason="as a test", by=who)
    reviewed(case, "P-LAZARUS")
    assert told(case)[0] == {"P-LAZARUS", "P-RGB"}
    for who in "AB":
        decide(case, "P-RGB", "unreviewed", reason="a source was misread", by=who)
    assert told(case)[0] == set()
    reviewed(case, "P-RGB")
    assert told(case)[0] == {"P-LAZARUS", "P-RGB"}
