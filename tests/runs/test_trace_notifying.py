"""Trace notifying: a request and a letter for each service that a trace came to, and a party where there was none."""

from __future__ import annotations

from datetime import date

import docx
import pytest
from tests.ledger.trace_tables import statements

from watchkeeper.runs.trace_notifying import notify
from watchkeeper.store.case import Case
from watchkeeper.values.refused import Invalid, NotFound

DEADLINE = date(2026, 12, 31)


@pytest.fixture
def case(tmp_path, clock):
    """Return a case that holds the trace "heist"."""
    made = Case.create(tmp_path / "case")
    made.append(statements(), at="2024-12-31T12:00:00Z", by="A")
    return made


def asked(case, *services, role="journalist", **more):
    return notify(case, "heist", role=role, services=services, deadline=DEADLINE, by="A", **more)


def test_a_service_that_is_no_party_is_entered_with_the_source_of_its_label(case, tmp_path):
    (row,) = asked(case, "Example Exchange", out=tmp_path)
    assert (row["party_id"], row["party_entered"], row["request_id"]) == ("P-1", True, "REQ-1")
    (fact,) = case.tables["fact"].to_dicts()
    assert (fact["value"], fact["source_id"]) == ("Example Exchange", "TAGS")
    assert (row["transfers"], row["received"], row["unit"]) == (1, "2500.00", "USD")


def test_the_letter_is_a_draft_and_the_same_when_it_is_asked_for_again(case, tmp_path, watchkeeper):
    (row,) = asked(case, "Example Exchange", out=tmp_path)
    words = "\n".join(paragraph.text for paragraph in docx.Document(row["letter"]).paragraphs)
    assert words.startswith("DRAFT")
    again = watchkeeper("request", "letter", "REQ-1", "-o", tmp_path / "again.docx", "--case", case.folder)
    assert again.code == 0
    assert (tmp_path / "again.docx").read_bytes() == (tmp_path / "REQ-1.docx").read_bytes()


def test_a_party_that_is_there_is_not_entered_again(case, tmp_path):
    asked(case, "Example Exchange", out=tmp_path)
    (row,) = asked(case, "example exchange", role="victim", out=tmp_path)
    assert (row["party_id"], row["party_entered"], row["request_id"]) == ("P-1", False, "REQ-2")
    assert case.tables["request"]["purpose"].to_list() == ["right-of-reply", "question"]


def test_nobody_is_asked_the_same_twice(case, tmp_path):
    asked(case, "Example Exchange", out=tmp_path)
    with pytest.raises(Invalid, match="REQ-1 asks this already and stands at draft"):
        asked(case, "Example Exchange", out=tmp_path)


def test_a_service_that_it_did_not_come_to_is_refused_with_those_it_came_to(case, tmp_path):
    size = len(case.statements())
    with pytest.raises(NotFound, match='labelled "Nowhere"; labels that it came to: "Example Router", "Example Exch'):
        asked(case, "Example Exchange", "Nowhere", out=tmp_path)
    assert len(Case(case.folder).statements()) == size  # nothing is written for the one that was found either


def test_an_unknown_role_or_no_service_is_refused(case):
    with pytest.raises(Invalid, match='"friend" is no role; choose journalist, exchange, victim, authority'):
        asked(case, "Example Exchange", role="friend")
    with pytest.raises(Invalid, match="Name a service"):
        asked(case, " ")
    with pytest.raises(NotFound, match="No trace none is known; known: heist"):
        notify(case, "none", role="victim", services=["x"], deadline=DEADLINE, by="A")


def test_as_typed_several_services_are_named_with_commas(case, tmp_path, watchkeeper):
    words = ("trace", "notify", "heist", "--role", "exchange", "--service", "Example Exchange,Example Router")
    ran = watchkeeper(*words, "--deadline", "2026-12-31", "--letters", tmp_path / "out", "--case", case.folder)
    assert ran.code == 0, ran.err
    assert "REQ-2 to Example Router (P-2)" in ran.err
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["REQ-1.docx", "REQ-2.docx"]
    wrong = watchkeeper(*words, "--to", "Desk", "--deadline", "2026-12-31", "--case", case.folder)
    assert wrong.code == 2
