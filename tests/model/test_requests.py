"""Requests: what a request and each of its steps must say, and what is refused."""

from __future__ import annotations

import pytest

from watchkeeper.model.protection import label
from watchkeeper.model.requests import REQUEST, STEP, read_request, read_step, request_id
from watchkeeper.model.schemas import SCHEMAS
from watchkeeper.model.vocabulary import words
from watchkeeper.values.refused import Invalid

ASKED = {
    "request_id": "REQ-1",
    "subject": "UN19-21",
    "purpose": "question",
    "addressee": "Permanent Mission of KW",
    "questions": "Which amount was lost?\n\n  Was any of it recovered?  \n",
    "deadline": "2019-07-31",
    "author": "a.analyst",
    "entered_on": "2019-06-30",
}
SENT = {
    "request_id": "REQ-1",
    "act": "sent",
    "at": "2019-06-30T10:00Z",
    "channel": "note verbale",
    "author": "a.analyst",
    "entered_on": "2019-06-30",
}
SHA = "ab" * 32


def test_questions_stand_one_a_line_and_blank_lines_are_none():
    body = read_request(ASKED)
    assert body["questions"] == ["Which amount was lost?", "Was any of it recovered?"]
    assert "party_id" not in body


def test_a_right_of_reply_is_somebodys():
    with pytest.raises(Invalid, match="party_id: is empty; a right of reply is a party's, so say whose"):
        read_request({**ASKED, "purpose": "right-of-reply"})
    assert read_request({**ASKED, "purpose": "right-of-reply", "party_id": "P-1"})["party_id"] == "P-1"


def test_a_question_needs_an_addressee_and_a_question_and_every_fault_is_named_at_once():
    with pytest.raises(Invalid) as refused:
        read_request({**ASKED, "addressee": "", "questions": " ", "deadline": "31 July", "request_id": "7"})
    assert [fault.partition(":")[0] for fault in refused.value.faults] == [
        "questions", "request_id", "addressee", "deadline",
    ]  # fmt: skip


def test_a_right_of_reply_that_is_only_waived_asks_nothing_and_goes_to_nobody():
    told = {"request_id": "REQ-2", "subject": "P-1", "party_id": "P-1", "purpose": "right-of-reply"}
    body = read_request({**told, "author": "a.analyst", "entered_on": "2019-06-30"})
    assert not {"addressee", "questions", "deadline"} & set(body)
    with pytest.raises(Invalid, match="questions: is empty"):  # half a letter is none
        read_request({**told, "addressee": "P-1 Ltd", "author": "a.analyst", "entered_on": "2019-06-30"})


@pytest.mark.parametrize("wrong", ["REQ-0", "REQ-01", "req-1", "REQ1", "REQ-1 ", "REQ-1234567890", ""])
def test_a_request_is_named_by_req_and_a_number(wrong):
    with pytest.raises(Invalid, match="write REQ- and its number"):
        request_id(wrong)


@pytest.mark.parametrize("at", ["2019-06-30", "2019-06-30T10:00Z", "2019-06-30T23:59:59Z"])
def test_a_time_is_a_day_or_an_instant_in_utc(at):
    assert read_step({**SENT, "at": at})["at"] == at


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("2019-06", "is no time; write"),
        ("2019-06-30T10:00", "is no time; write"),  # whose ten o'clock?
        ("2019-06-30T10:00+02:00", "is no time; write"),
        ("2019-02-30", "names a time that does not exist"),
        ("2019-06-30T24:01Z", "names a time that does not exist"),
    ],
)
def test_a_time_that_is_vague_or_does_not_exist_is_refused(at, said):
    with pytest.raises(Invalid, match=said):
        read_step({**SENT, "at": at})


@pytest.mark.parametrize(
    ("act", "needs"),
    [("sent", {"channel"}), ("attempt", {"channel"}), ("replied", {"capture", "may_publish"}), ("no-reply", set()),
     ("waived", {"reason"})],
)  # fmt: skip
def test_each_act_needs_what_it_cannot_be_told_without(act, needs):
    bare = {**SENT, "act": act, "channel": ""}
    full = {"channel": "phone", "capture": SHA, "may_publish": "yes", "reason": "dissolved"}
    given = {name: full[name] for name in needs}
    assert read_step({**bare, **given})["act"] == act
    for name in needs:
        with pytest.raises(Invalid, match=f"{name}: is empty"):
            read_step({**bare, **given, name: ""})


def test_only_a_reply_has_bytes_and_a_leave_to_publish():
    with pytest.raises(Invalid, match="capture: must be empty: sent brings no reply"):
        read_step({**SENT, "capture": SHA})
    with pytest.raises(Invalid, match='"perhaps" is not yes or no'):
        read_step({**SENT, "act": "replied", "capture": SHA, "may_publish": "perhaps"})
    with pytest.raises(Invalid, match='"ABAB" is no SHA-256'):
        read_step({**SENT, "act": "replied", "capture": "ABAB", "may_publish": "no"})
    with pytest.raises(Invalid, match='"shrug" is not one of the acts: sent, attempt, replied, no-reply, waived'):
        read_step({**SENT, "act": "shrug"})


def test_every_cell_that_is_read_has_a_column_in_the_record():
    for kind, cells in (("request", REQUEST), ("step", STEP)):
        assert set(cells) <= {column.name for column in SCHEMAS[kind]}
    assert words("acts") == ("sent", "attempt", "replied", "no-reply", "waived")


def test_who_was_asked_what_and_through_what_is_amber_though_the_request_is_clear():
    for kind, path in (("request", "addressee"), ("request", "questions"), ("step", "channel")):
        assert label(kind, f"body/{path}", "CLEAR") == "AMBER"
        assert label(kind, f"body/{path}", "RED") == "RED"
    assert label("request", "body/deadline", "CLEAR") == "CLEAR"
    assert label("step", "body/act", "CLEAR") == "CLEAR"  # that a party was heard is told
