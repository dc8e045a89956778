"""Requesting: a State is asked, reminded, answers late; a company is heard or not; and what cannot have happened.

Every reply and every company here is SYNTHETIC.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date

import docx
import pytest

from watchkeeper.fetch import clock as ticking
from watchkeeper.model.entries import TABLES
from watchkeeper.runs.adding import add as hold
from watchkeeper.runs.claiming import add_claim
from watchkeeper.runs.request_reading import list_requests, next_commands, save_letter, show_request, write_letter
from watchkeeper.runs.requesting import add_request, add_step, find, waive_party
from watchkeeper.store.case import Case
from watchkeeper.values.refused import Invalid, NotFound

REPLY = b"SYNTHETIC. The loss amounted to 9 million United States dollars.\n"
SHA = hashlib.sha256(REPLY).hexdigest()
TO_KUWAIT = {
    "addressee": "Permanent Mission of KW",
    "questions": "Which amount was lost?\nWas any of it recovered?",
    "deadline": "2019-07-31",
}


SOURCE = {
    "source_id": "ANNEX", "title": "Table of instances", "publisher": "Panel", "reference": "annex 21",
    "published_on": "2019-08-30", "checked": "text", "redistribute": "yes", "tlp": "CLEAR",
}  # fmt: skip
LOSS = {
    "incident_id": "UN19-21", "field": "loss_reported", "low": "49000000", "unit": "USD", "source_id": "ANNEX",
    "checked": "text", "author": "a.analyst", "entered_on": "2026-11-22",
}  # fmt: skip


@pytest.fixture
def case(tmp_path, clock):
    """Return a case of two incidents and two companies; the day is 22 November 2026."""
    rows = [
        ("source", "CLEAR", SOURCE),
        ("incident", "CLEAR", {"incident_id": "UN19-20", "kind": "incident"}),
        ("incident", "CLEAR", {"incident_id": "UN19-21", "kind": "incident"}),
        ("claim", "CLEAR", LOSS),
        ("party", "CLEAR", {"party_id": "P-1", "kind": "company"}),
        ("party", "AMBER", {"party_id": "P-2", "kind": "company"}),
    ]
    read = [(TABLES[kind], tlp, TABLES[kind].read(row)) for kind, tlp, row in rows]
    made = Case.create(tmp_path / "case")
    entries = [{"kind": table.kind, "id": table.name(body), "tlp": tlp, "body": body} for table, tlp, body in read]
    made.append(entries, at=ticking.stamp(), by="a.analyst")
    return made


@pytest.fixture
def asked(case):
    """Return the case in which Kuwait was asked, as REQ-1."""
    add_request(case, "UN19-21", TO_KUWAIT, by="a.analyst")
    return case


@pytest.fixture
def reply(asked, tmp_path):
    """Hold the reply, and return its SHA-256."""
    (tmp_path / "reply.txt").write_bytes(REPLY)
    hold(asked, [tmp_path / "reply.txt"], by="a.analyst")
    return SHA


def step(case, act, at=None, request="REQ-1", **cells):
    usual = {"sent": {"channel": "note verbale"}, "attempt": {"channel": "phone"}, "waived": {"reason": "dissolved"}}
    return add_step(case, request, act, {"at": at, **usual.get(act, {}), **cells}, by="a.analyst")


def closed(case, at, capture=SHA, may_publish="yes"):
    return step(case, "replied", at, capture=capture, may_publish=may_publish)


# One request from the first day to a late reply.


def test_a_state_is_asked_reminded_found_silent_and_answers_after_all(asked, reply):
    assert find(asked, "REQ-1").state == "draft"
    assert step(asked, "sent", "2019-06-30T10:00Z")["state"] == "overdue"  # seen from 2026
    for day in ("08", "15", "22", "29", "31"):
        step(asked, "attempt", f"2019-07-{day}")
    told = step(asked, "no-reply", "2019-08-01")
    assert told["state"] == "no-reply"
    assert told["sentence"] == (
        "Permanent Mission of KW was asked on 30 June 2019 through note verbale and did not respond by 31 July 2019 "
        "after five attempts."
    )
    told = closed(asked, "2019-08-20")
    assert (told["state"], told["notes"]) == (
        "replied", ["The request had been closed without a reply; both stand, and it counts as replied."],
    )  # fmt: skip
    assert [row.act for row in find(asked, "REQ-1").of("no-reply", "replied")] == ["no-reply", "replied"]
    assert find(asked, "REQ-1", date(2019, 8, 19)).state == "no-reply"


def test_steps_are_logged_with_who_entered_them_and_as_strict_as_their_request(asked):
    step(asked, "sent", "2019-06-30")
    request, sent = asked.statements()[-2:]
    assert [(one["kind"], one["tlp"], one["by"]) for one in (request, sent)] == [
        ("request", "CLEAR", "a.analyst"), ("step", "CLEAR", "a.analyst"),
    ]  # fmt: skip
    assert sent["body"] == {
        "request_id": "REQ-1", "act": "sent", "at": "2019-06-30", "channel": "note verbale", "author": "a.analyst",
        "entered_on": "2026-11-22",
    }  # fmt: skip


def test_what_happens_now_needs_no_time(asked):
    assert step(asked, "sent")["step"]["at"] == "2026-11-22T12:00:00Z"


def test_a_deadline_that_is_past_is_kept_and_said(case, clock):
    told = add_request(case, "UN19-21", TO_KUWAIT, by="a.analyst")
    assert told["notes"] == ["The deadline, 31 July 2019, is past already; it is kept, since cases are re-enacted."]
    clock(date(2019, 7, 31))
    assert add_request(case, "UN19-21", TO_KUWAIT, by="a.analyst")["notes"] == []


def test_numbers_go_on_from_the_highest_of_the_record(asked):
    assert add_request(asked, "UN19-20", TO_KUWAIT, by="a.analyst")["request_id"] == "REQ-2"
    assert waive_party(asked, "P-1", {"reason": "dissolved"}, by="a.analyst")["request_id"] == "REQ-3"
    assert [row["request_id"] for row in list_requests(asked)] == ["REQ-1", "REQ-2", "REQ-3"]


# What a request is about.


def test_with_a_party_it_is_a_right_of_reply_and_without_one_a_question(case):
    told = add_request(case, "UN19-21", {**TO_KUWAIT, "party_id": "P-1"}, by="a.analyst")
    assert told["request"]["purpose"] == "right-of-reply"
    assert add_request(case, "P-1", TO_KUWAIT, by="a.analyst")["request"]["purpose"] == "question"  # put to a State
    own = add_request(case, "P-1", {**TO_KUWAIT, "purpose": "right-of-reply"}, by="a.analyst")["request"]
    assert (own["subject"], own["party_id"]) == ("P-1", "P-1")


@pytest.mark.parametrize(
    ("subject", "row", "said"),
    [
        ("UN19-99", {}, "No incident or party UN19-99 in this case"),
        ("UN19-21", {"party_id": "P-9"}, "No party P-9 in this case"),
    ],
)
def test_what_is_not_in_the_record_cannot_be_asked_about(case, subject, row, said):
    before = len(case.log)
    with pytest.raises(NotFound, match=said):
        add_request(case, subject, TO_KUWAIT | row, by="a.analyst")
    assert len(case.log) == before


@pytest.mark.parametrize("missing", ["addressee", "questions", "deadline"])
def test_a_request_without_addressee_question_or_deadline_is_refused(case, missing):
    for purpose in ({}, {"party_id": "P-1"}):
        with pytest.raises(Invalid, match=f"{missing}: is empty|needs an addressee, a question and a deadline"):
            add_request(case, "UN19-21", {**TO_KUWAIT, **purpose, missing: ""}, by="a.analyst")


def test_a_request_is_as_strict_as_its_subject_and_its_party_and_never_laxer(case):
    told = add_request(case, "UN19-21", {**TO_KUWAIT, "party_id": "P-2"}, by="a.analyst")
    assert told["tlp"] == "AMBER"
    assert add_request(case, "UN19-21", TO_KUWAIT, by="a.analyst", tlp="RED")["tlp"] == "RED"
    with pytest.raises(Invalid, match="is TLP:AMBER, and TLP:GREEN would open it to more people"):
        add_request(case, "P-2", TO_KUWAIT, by="a.analyst", tlp="GREEN")
    step(case, "sent", request="REQ-2")
    assert find(case, "REQ-2").steps[0].tlp == "RED"
    with pytest.raises(Invalid, match="REQ-2 is TLP:RED, and TLP:CLEAR would open it"):
        add_step(case, "REQ-2", "attempt", {"channel": "phone"}, by="a.analyst", tlp="CLEAR")


# What cannot have happened.


def refused(case, *words, **cells):
    before = len(case.log)
    with pytest.raises((Invalid, NotFound)) as found:
        step(case, *words, **cells)
    assert len(case.log) == before
    return str(found.value)


def test_what_lies_ahead_is_refused_to_the_second(asked):
    assert "2026-11-23 lies ahead of 2026-11-22T12:00:00Z" in refused(asked, "sent", "2026-11-23")
    assert "lies ahead" in refused(asked, "sent", "2026-11-22T12:01Z")
    step(asked, "sent", "2026-11-22T12:00Z")
    with pytest.raises(Invalid, match="lies ahead"):
        waive_party(asked, "P-1", {"reason": "dissolved", "at": "2027-01-01"}, by="a.analyst")


def test_an_unknown_request_is_refused_with_those_that_are_there(asked):
    assert "No request REQ-9 in this case; known: REQ-1." in refused(asked, "sent", request="REQ-9")


def test_nobody_is_tried_again_or_silent_who_was_not_asked(asked):
    assert "REQ-1 was not sent, so" in refused(asked, "attempt", "2019-07-01")
    assert "REQ-1 was not sent, so" in refused(asked, "no-reply", "2019-08-01")
    step(asked, "sent", "2019-07-02")
    assert "REQ-1 was not sent by 2019-07-01" in refused(asked, "attempt", "2019-07-01")


def test_silence_before_the_deadline_is_over_is_refused(asked):
    step(asked, "sent", "2019-06-30")
    assert "31 July 2019 is not after the deadline, 31 July 2019" in refused(asked, "no-reply", "2019-07-31")
    assert step(asked, "no-reply", "2019-08-01")["state"] == "no-reply"


def test_silence_is_not_told_from_before_an_attempt(asked):
    step(asked, "sent", "2019-06-30")
    step(asked, "attempt", "2019-08-10")
    assert "has a later step, attempt at 2019-08-10" in refused(asked, "no-reply", "2019-08-05")


def test_what_is_closed_is_not_closed_waived_sent_or_tried_again(asked):
    step(asked, "sent", "2019-06-30")
    step(asked, "no-reply", "2019-08-01")
    for act in ("no-reply", "attempt", "sent", "waived"):
        assert "was closed without a reply on 1 August 2019" in refused(asked, act, "2019-08-02")
    step(asked, "attempt", "2019-07-15")  # made before, and entered late
    assert "after one attempt" in find(asked, "REQ-1").sentence()


def test_a_waiver_after_a_reply_is_refused_whatever_its_day(asked, reply):
    closed(asked, "2019-07-20")
    for day in ("2019-07-10", "2019-07-30"):
        assert "has a reply; what was given cannot be waived" in refused(asked, "waived", day)


def test_a_waiver_of_what_was_sent_says_so_and_what_was_waived_can_be_asked_after_all(asked):
    assert step(asked, "waived", "2019-06-01")["notes"] == []
    assert "was waived on 1 June 2019" in refused(asked, "waived", "2019-06-02")
    told = step(asked, "sent", "2019-06-30")
    assert "The waiver does not count any more." in told["notes"]
    assert step(asked, "waived", "2019-07-05")["notes"] == ["It had been sent; the sentence for reports says so."]


def test_two_attempts_of_one_day_are_told_apart_by_their_times(asked):
    step(asked, "sent", "2019-06-30")
    step(asked, "attempt", "2019-07-15")
    assert "two of one day are told apart by their times" in refused(asked, "attempt", "2019-07-15", channel="e-mail")
    step(asked, "attempt", "2019-07-15T16:00Z", channel="e-mail")
    assert find(asked, "REQ-1").attempts == 2


def test_a_letter_sent_before_it_was_entered_or_after_its_deadline_is_said_to_be(asked):
    assert step(asked, "sent", "2019-08-01")["notes"] == [
        "Sent on 1 August 2019, before it was entered here on 22 November 2026.",
        "Sent after its deadline, 31 July 2019.",
    ]


# Replies.


def test_a_reply_is_held_before_it_is_entered(asked):
    assert "a reply is held before it is entered" in refused(
        asked, "replied", "2019-07-20", capture=SHA, may_publish="yes"
    )


def test_a_reply_that_came_unasked_is_entered_and_said_to_be(asked, reply):
    assert closed(asked, "2019-06-20")["notes"] == [
        "It came unasked: the letter had not been sent by then. The record says so."
    ]
    assert find(asked, "REQ-1").unasked
    step(asked, "sent", "2019-06-10")  # entered late: it had been sent after all
    assert not find(asked, "REQ-1").unasked


def test_a_second_reply_has_bytes_of_its_own(asked, reply, tmp_path):
    step(asked, "sent", "2019-06-30")
    closed(asked, "2019-07-20")
    assert "closed with this reply already" in refused(asked, "replied", "2019-07-25", capture=SHA, may_publish="no")
    (tmp_path / "second.txt").write_text("SYNTHETIC. A correction.\n")
    (told,) = hold(asked, [tmp_path / "second.txt"], by="a.analyst")
    closed(asked, "2019-09-01", told["capture"], "no")
    request = find(asked, "REQ-1")
    assert (request.reply, request.may_publish) == (told["capture"], "no")


def test_a_reply_is_shown_with_its_custody_and_what_rests_on_it(asked, reply):
    step(asked, "sent", "2019-06-30")
    closed(asked, "2019-07-20")
    request = find(asked, "REQ-1")
    assert next_commands(asked, request)[0] == (
        f"No claim rests on the reply yet. Next: watchkeeper claim add UN19-21 FIELD=VALUE --capture {SHA} --page N "
        '--quote "..."'
    )
    told = add_claim(asked, "UN19-21", "loss_reported=9000000USD", {"capture": SHA}, by="a.analyst")
    rests = {"entry": told["claim_id"], "on": "UN19-21", "says": "loss_reported 9,000,000 USD"}
    shown = show_request(asked, "REQ-1")
    assert shown["rests_on_reply"] == [rests]
    assert [(one["act"], one["bytes"], one["capture"]) for one in shown["custody"]] == [("import", len(REPLY), SHA)]
    assert "Both stand side by side: watchkeeper ledger show UN19-21" in next_commands(asked, request)
    assert show_request(asked, "REQ-1", as_of=date(2019, 7, 1))["request"]["state"] == "sent"


# A party that nobody asked.


def test_a_waiver_for_a_party_enters_a_request_and_its_waiver_in_one_batch(case):
    batches = len(list(case.log.batches()))
    told = waive_party(case, "P-2", {"reason": "a letter would warn its owners"}, by="a.analyst")
    assert len(list(case.log.batches())) == batches + 1
    assert (told["state"], told["sentence"]) == ("waived", "No reply was sought: a letter would warn its owners.")
    assert find(case, told["request_id"]).tlp == "AMBER"
    assert "asks nothing, so nothing can be sent" in refused(case, "sent", request=told["request_id"])


def test_a_party_that_was_asked_is_not_waived_past_its_request(case):
    add_request(case, "UN19-21", {**TO_KUWAIT, "party_id": "P-1"}, by="a.analyst")
    with pytest.raises(Invalid, match=r"REQ-1 asks P-1 .* stands at draft.*`watchkeeper request waive REQ-1`"):
        waive_party(case, "P-1", {"reason": "dissolved"}, by="a.analyst")
    with pytest.raises(NotFound, match="No party P-9"):
        waive_party(case, "P-9", {"reason": "dissolved"}, by="a.analyst")
    with pytest.raises(Invalid, match="reason: is empty"):
        waive_party(case, "P-2", {}, by="a.analyst")


# The letter, from the record.


def test_a_letter_that_was_sent_is_written_from_the_record_as_it_was_then(asked, reply):
    draft, _ = write_letter(asked, "REQ-1")
    step(asked, "sent", "2019-06-30")
    sent, told = write_letter(asked, "REQ-1")
    assert sent != draft  # it is no draft any more, and has a day
    assert (told.draft, told.on) == (False, date(2019, 6, 30))
    closed(asked, "2019-07-20")
    add_claim(asked, "UN19-21", "loss_reported=9000000USD", {"capture": SHA}, by="a.analyst", tlp=None)
    add_claim(asked, "UN19-21", "loss_reported=7000000USD", {"source_id": "ANNEX"}, by="a.analyst")
    assert write_letter(asked, "REQ-1")[0] == sent


def test_a_letter_that_may_have_been_edited_is_not_overwritten(asked, tmp_path):
    file = tmp_path / "letter.docx"
    assert save_letter(asked, "REQ-1", file)["draft"]
    made = file.read_bytes()
    save_letter(asked, "REQ-1", file)  # the same bytes may be written again
    assert file.read_bytes() == made
    file.write_bytes(made + b"edited")
    with pytest.raises(Invalid, match="differs; it may have been edited since"):
        save_letter(asked, "REQ-1", file)
    with pytest.raises(Invalid, match="cannot be written"):
        save_letter(asked, "REQ-1", tmp_path / "none" / "letter.docx")


# As typed.


def test_the_working_day_as_typed(watchkeeper, demo_case, tmp_path):
    here = ("--case", demo_case)
    ran = watchkeeper(
        "request", "add", "UN19-21", "--to", "Permanent Mission of KW", "--question", "How much?", "--question",
        "When?", "--deadline", "2019-07-31", *here,
    )  # fmt: skip
    assert ran.code == 0, ran.err
    assert "Entered REQ-1. Next: watchkeeper request letter REQ-1" in ran.err
    ran = watchkeeper("request", "letter", "REQ-1", *here)
    assert (ran.code, ran.out) == (0, "REQ-1.docx\n")
    assert "Draft, not sent: 8 statements with their sources." in ran.err
    assert docx.Document(tmp_path / "REQ-1.docx").paragraphs[0].text == "DRAFT: not sent"
    ran = watchkeeper("request", "sent", "REQ-1", "--channel", "note verbale", "--at", "2019-06-30T10:00Z", *here)
    assert ran.err.endswith("REQ-1 stands at overdue. Permanent Mission of KW was asked on 30 June 2019 through note "
                            "verbale to reply by 31 July 2019; no reply is in the record.\n")  # fmt: skip
    assert watchkeeper("request", "attempt", "REQ-1", "--channel", "phone", "--at", "2019-07-15", *here).code == 0
    ran = watchkeeper("request", "close", "REQ-1", "--no-reply", "--at", "2019-07-31", *here)
    assert (ran.code, "is not after the deadline" in ran.err) == (4, True)
    (tmp_path / "reply.txt").write_bytes(REPLY)
    watchkeeper("add", "reply.txt", *here)
    ran = watchkeeper("request", "close", "REQ-1", "--reply", SHA, "--may-publish", "yes", "--at", "2019-07-20", *here)
    assert "REQ-1 stands at replied." in ran.err
    assert f"Next: watchkeeper claim add UN19-21 FIELD=VALUE --capture {SHA}" in ran.err
    told = json.loads(watchkeeper("request", "show", "REQ-1", *here, "-f", "json").out)
    assert [one["act"] for one in told["steps"]] == ["sent", "attempt", "replied"]
    assert "Reply " + SHA in watchkeeper("request", "show", "REQ-1", *here).err
    (row,) = json.loads(watchkeeper("request", "list", *here, "-f", "json").out)
    assert (row["state"], row["attempts"], row["may_publish"]) == ("replied", 1, "yes")


@pytest.mark.parametrize(
    "words",
    [
        ("close", "REQ-1"),
        ("close", "REQ-1", "--reply", SHA),
        ("close", "REQ-1", "--reply", SHA, "--no-reply"),
        ("close", "REQ-1", "--no-reply", "--may-publish", "yes"),
        ("waive", "--reason", "dissolved"),
        ("waive", "REQ-1", "--party", "P-1", "--reason", "dissolved"),
        ("add", "UN19-21", "--to", "KW", "--question", "How much?", "--deadline", "31 July"),
    ],
)
def test_words_that_do_not_go_together_are_usage(watchkeeper, demo_case, words):
    assert watchkeeper("request", *words, "--case", demo_case).code == 2
