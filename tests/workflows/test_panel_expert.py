"""A panel expert's day: a State's reply changes a table. Workflow of the product, step by step, as typed.

The reply is SYNTHETIC: two pages, of which the second says "the loss amounted to 9 million United States dollars".
The annex of S/2019/691 says 49 million for the same row, so the low end goes from 324,479,000 to 284,479,000.
"""

from __future__ import annotations

import hashlib
import json

import pytest
import typst
from docx import Document

REPLY = """
#set document(title: "Reply (SYNTHETIC)")
#set page(width: 12cm, height: 8cm)
SYNTHETIC. Note verbale. The Permanent Mission refers to the letter of the Panel.
#pagebreak()
SYNTHETIC. After recoveries the loss amounted to 9 million United States dollars.
"""
NEW_NAME = """# Remarks

The records of {party P-1} were asked for.
"""
COUNTS_21 = {"basis", "by_method", "by_sector", "by_year", "loss_bridge", "loss_reported"}


@pytest.fixture
def day(watchkeeper, reported_case, tmp_path):
    """Return the expert's desk: a function that types a command in the case and gives code, data and words."""
    (tmp_path / "reply.pdf").write_bytes(typst.compile(REPLY.encode()))

    def type_(*words, by="A"):
        wants_by = words[:1] == ("decide",) or words[:2] in (("claim", "add"), ("party", "add"))
        more = ("--by", by) if wants_by else ()
        return watchkeeper(*words, *more, "--case", reported_case)

    return type_


def data(day, *words, code=0, **more):
    ran = day(*words, "-f", "json", **more)
    assert ran.code == code, ran.err
    return json.loads(ran.out)


def figure(day, name, *words):
    return data(day, "figure", "show", name, *words)


def test_the_whole_day(day, reported_case, tmp_path):
    step_1_the_table_opens_to_its_35_rows(day)
    step_2_the_state_is_asked(day, tmp_path)
    sha, claim = step_3_the_reply_is_held_and_claimed_from(day, tmp_path)
    step_4_both_amounts_stand_side_by_side(day, sha, claim)
    step_5_the_loss_moves_and_names_the_claim(day, claim)
    decisions = step_6_two_persons_hold_an_attribution_contested(day)
    step_7_the_saved_report_has_drifted(day, claim, decisions)
    step_8_publication_waits_for_the_right_of_reply(day, reported_case, tmp_path)


def step_1_the_table_opens_to_its_35_rows(day):
    told = figure(day, "cyber.instances", "--edition", "S/2019/691")
    assert (told["value"], len(told["ids"]), len(told["rows"])) == (35, 35, 35)
    asked = {
        "occurred", "precision", "states", "victim", "attempted_low", "attempted_high", "loss_reported_low",
        "loss_reported_high", "attribution", "locator", "basis", "checked_against",
    }  # fmt: skip
    for row in told["rows"]:
        assert asked <= row.keys()
        assert row["basis"] in ("held", "cited")
        assert row["victim"]
        assert row["locator"]
        assert row["checked_against"]
        assert row["attribution"]


def step_2_the_state_is_asked(day, tmp_path):
    asked = ("--to", "Permanent Mission of KW", "--question", "What was the loss after recoveries?")
    told = data(day, "request", "add", "UN19-21", *asked, "--deadline", "2019-07-31")
    assert told["request_id"] == "REQ-1"
    assert day("request", "letter", "REQ-1", "-o", tmp_path / "draft.docx").code == 0
    letter = words_of(tmp_path / "draft.docx")
    assert "DRAFT" in letter.upper()
    assert "What was the loss after recoveries?" in letter
    assert "49,000,000" in letter or "49 million" in letter
    assert "S/2019/691" in letter
    assert not any(f"UN19-{n:02d}" in letter for n in range(1, 36) if n != 21)
    sent = day("request", "sent", "REQ-1", "--channel", "note verbale", "--at", "2019-07-01T10:00Z")
    assert sent.code == 0, sent.err
    (row,) = data(day, "request", "list")
    assert row["state"] in ("sent", "overdue")  # the deadline has passed on the day of this test


def words_of(path):
    document = Document(str(path))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def step_3_the_reply_is_held_and_claimed_from(day, tmp_path):
    (added,) = data(day, "add", tmp_path / "reply.pdf")
    sha = hashlib.sha256((tmp_path / "reply.pdf").read_bytes()).hexdigest()
    assert added["capture"] == sha
    claim = ("claim", "add", "UN19-21", "loss_reported=9000000USD", "--capture", sha, "--page", "2")
    before = len(data(day, "history", "UN19-21"))
    refused = day(*claim, "--quote", "the loss amounted to 8 million")
    assert (refused.code, refused.out) == (4, "")
    assert "quote not on page 2" in refused.err
    assert len(data(day, "history", "UN19-21")) == before
    told = data(day, *claim, "--quote", "the loss amounted to 9 million")
    assert told["quote_located"] is True
    assert told["claim_id"].startswith("c-")
    return sha, told["claim_id"]


def step_4_both_amounts_stand_side_by_side(day, sha, claim):
    closed = day("request", "close", "REQ-1", "--reply", sha, "--may-publish", "yes")
    assert closed.code == 0, closed.err
    told = data(day, "ledger", "show", "UN19-21")
    losses = {c["claim_id"]: (c["low"], c["basis"]) for c in told["claims"] if c["field"] == "loss_reported"}
    assert sorted(losses.values()) == [("49000000", "cited"), ("9000000", "held")]
    assert losses[claim] == ("9000000", "held")
    assert told["differing"] == ["loss_reported"]


def step_5_the_loss_moves_and_names_the_claim(day, claim):
    loss = figure(day, "cyber.loss_reported")
    assert loss["value"] == {"low": "284479000", "high": "375535000", "unit": "USD"}
    assert claim in loss["claims"]
    attempted = figure(day, "cyber.amount_attempted")
    assert (attempted["value"]["low"], len(attempted["ids"])) == ("1955300000", 16)
    assert figure(day, "cyber.instances")["value"] == 35


def step_6_two_persons_hold_an_attribution_contested(day):
    contested = ("decide", "UN19-34", "contested", "--reason", "exchange reported an inside job")
    first = data(day, *contested, by="A")
    assert figure(day, "cyber.instances")["value"] == 35  # one alone moves nothing
    again = day(*contested, by="A")
    assert again.code == 4
    assert "A has decided this already" in again.err
    confirm = ("decide", first["decision_id"], "confirmed", "--reason", "read the statement of the exchange")
    refused = day(*confirm, by="A")
    assert refused.code == 4
    assert "a second person is another account" in refused.err
    second = data(day, *confirm, by="B")
    assert figure(day, "cyber.instances")["value"] == 34
    assert figure(day, "cyber.loss_reported")["value"] == {"low": "268479000", "high": "355535000", "unit": "USD"}
    assert figure(day, "cyber.instances", "--edition", "S/2019/691")["value"] == 35
    return first["decision_id"], second["decision_id"]


def step_7_the_saved_report_has_drifted(day, claim, decisions):
    told = data(day, "report", "verify", "r1", code=5)
    drifted = {d["figure"].partition("@")[0].partition(".")[2]: d for d in told["drifted"]}
    assert drifted.keys() == COUNTS_21 | {"disputed"}  # the last counts UN19-34 as contested; no other counts either
    for name, drift in drifted.items():
        assert drift["claims_new"] == ([claim] if name in COUNTS_21 else []), name
    loss = drifted["loss_reported"]
    assert (loss["old"]["low"], loss["new"]["low"]) == ("324479000", "284479000")
    assert [one.partition(":")[0] for one in drifted["disputed"]["decisions"]] == list(decisions)


def step_8_publication_waits_for_the_right_of_reply(day, reported_case, tmp_path):
    (tmp_path / "remarks.md").write_text(NEW_NAME)
    party = data(
        day, "party", "add", "Example Trading (SYNTHETIC)", "--kind", "company", "--id", "P-1", "--source", "S-2019-691"
    )
    assert party["party_id"] == "P-1"
    build = (
        "report",
        "build",
        "cyber-theft-2019",
        "--name",
        "out",
        "--for",
        "publication",
        "--chapter",
        tmp_path / "remarks.md",
    )
    for by in "AB":
        data(day, "decide", "P-1", "reviewed", "--reason", "compared", by=by)
    refused = day(*build)
    assert refused.code == 4
    assert "remarks.md:3" in refused.err
    assert "Example Trading (SYNTHETIC)" in refused.err
    assert "paragraph" in refused.err
    assert "no reply status" in refused.err
    assert not (reported_case / "reports" / "out").exists()
    waived = day("request", "waive", "--party", "P-1", "--reason", "It is SYNTHETIC and cannot be reached.")
    assert waived.code == 0, waived.err
    built = day(*build)
    assert built.code == 0, built.err
    page = (reported_case / "reports" / "out" / "report.html").read_text("utf-8")
    assert "the loss amounted to 9 million" in page  # the reply, quoted
    assert "It is SYNTHETIC and cannot be reached." in page  # the waiver, printed
    assert "Draft: candidate findings" not in page
    assert day("report", "verify", "out").code == 0
