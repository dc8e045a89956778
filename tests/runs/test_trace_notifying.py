"""Trace notifying: a request and a letter for each service that a trace came to, and a party where there was none."""

from __future__ import annotations

from datetime import date

import docx
import pytest
from tests.ledger.trace_tables import NOBODY, label, statements

from watchkeeper.runs.request_reading import next_commands
from watchkeeper.runs.requesting import find
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


def test_a_party_is_called_as_the_source_writes_it_and_not_as_it_was_typed(case, tmp_path):
    (row,) = asked(case, "EXAMPLE exchange", out=tmp_path)
    assert row["party_entered"]
    assert case.tables["fact"]["value"].to_list() == ["Example Exchange"]


def test_no_letter_goes_to_a_wallet_and_no_party_is_made_of_its_label(case, tmp_path):
    case.append([label(NOBODY, "Heist Exploiter 3", "wallet")], at="2024-12-31T12:00:00Z", by="A")
    size = len(case.statements())
    for role in ("journalist", "authority"):
        with pytest.raises(Invalid, match='"Heist Exploiter" is the label of a wallet and names no service'):
            asked(case, "Example Exchange", "Heist Exploiter", role=role, out=tmp_path)
    assert len(Case(case.folder).statements()) == size


def test_one_service_in_two_spellings_gets_one_letter(case, tmp_path):
    with pytest.raises(Invalid, match='"Example Exchange" is named twice, in two ways'):
        asked(case, "Example Exchange", "example exchange 3", out=tmp_path)
    assert Case(case.folder).tables["request"].is_empty()


def test_a_deadline_that_is_past_is_told(case, tmp_path):
    (row,) = notify(
        case, "heist", role="journalist", services=["Example Exchange"], deadline=date(2020, 1, 1), by="A", out=tmp_path
    )
    assert any("The deadline, 1 January 2020, is past already" in note for note in row["notes"])


def test_a_reply_to_a_letter_on_a_trace_is_entered_on_the_party(case, tmp_path):
    (row,) = asked(case, "Example Exchange", out=tmp_path)
    request = find(case, row["request_id"])
    (enter, _) = next_commands(case, request)
    assert f"watchkeeper party fact {row['party_id']} FIELD=VALUE" in enter
    assert request.subject not in enter


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
