"""Requests: what became of each, whatever the order in which it was entered, and the sentence a report prints."""

from __future__ import annotations

from datetime import date
from itertools import permutations

import polars as pl
import pytest

from watchkeeper.ledger.requests import Request, reply_of, requests
from watchkeeper.model.entries import TABLES
from watchkeeper.model.naming import named
from watchkeeper.model.requests import read_request, read_step
from watchkeeper.store.tables import build

WHO = {"author": "a.analyst", "entered_on": "2019-06-01"}
REPLY, LATER = "ab" * 32, "cd" * 32
ASKED = "addressee=Permanent Mission of KW; questions=Which amount?; deadline=2019-07-31"


def row(text: str) -> dict[str, str]:
    """Return cells written "name=text; name=text"."""
    return dict(cell.strip().split("=", 1) for cell in text.split(";") if cell.strip())


def asked(number: int = 1, text: str = ASKED, tlp: str = "CLEAR", **cells: str) -> dict[str, object]:
    told = {"request_id": f"REQ-{number}", "subject": "UN19-21", "purpose": "question", **WHO, **row(text), **cells}
    body = read_request(told)
    return {"kind": "request", "id": body["request_id"], "tlp": tlp, "body": body}


def did(act: str, at: str, text: str = "", number: int = 1, tlp: str = "CLEAR") -> dict[str, object]:
    usual = {
        "sent": {"channel": "note verbale"},
        "attempt": {"channel": "phone"},
        "replied": {"capture": REPLY, "may_publish": "yes"},
        "waived": {"reason": "the bank was dissolved"},
    }.get(act, {})
    body = read_step({"request_id": f"REQ-{number}", "act": act, "at": at, **WHO, **usual, **row(text)})
    return {"kind": "step", "id": named("step", body), "tlp": tlp, "body": body}


def party(*ids: str) -> list[dict[str, object]]:
    return [{"kind": "party", "id": one, "tlp": "CLEAR", "body": {"party_id": one, "kind": "company"}} for one in ids]


def decided(subject: str, verdict: str, other: str, on: str) -> dict[str, object]:
    cells = {"subject": subject, "verdict": verdict, "other": other, "reason": "same register entry"}
    body = TABLES["decision"].read({**cells, "author": "a.analyst", "decided_on": on})
    return {"kind": "decision", "id": named("decision", body), "tlp": "CLEAR", "body": body}


def only(*statements: object, on: str | None = None) -> Request:
    (found,) = requests(build(statements), date.fromisoformat(on) if on else None)
    return found


SENT, TRIED = did("sent", "2019-06-30"), did("attempt", "2019-07-10")


@pytest.mark.parametrize(
    ("steps", "on", "state"),
    [
        ([], "2019-09-01", "draft"),
        ([SENT], "2019-06-29", "draft"),  # not yet
        ([SENT], "2019-06-30", "sent"),
        ([SENT], "2019-07-31", "sent"),  # the deadline is a day on which a reply is in time
        ([SENT], "2019-08-01", "overdue"),
        ([SENT, TRIED], "2019-08-01", "overdue"),
        ([SENT], None, "sent"),  # without a day nothing is late
        ([SENT, did("replied", "2019-07-20")], "2019-07-19", "sent"),
        ([SENT, did("replied", "2019-07-20")], "2019-07-20", "replied"),
        ([SENT, did("no-reply", "2019-08-01")], "2019-08-01", "no-reply"),
        ([SENT, did("no-reply", "2019-08-01"), did("replied", "2019-08-05")], "2019-08-04", "no-reply"),
        ([SENT, did("no-reply", "2019-08-01"), did("replied", "2019-08-05")], "2019-08-05", "replied"),
        ([did("waived", "2019-06-30")], "2019-09-01", "waived"),
        ([did("waived", "2019-06-29"), SENT], "2019-07-01", "sent"),  # asked after all
        ([SENT, did("waived", "2019-07-01")], "2019-09-01", "waived"),
        ([did("waived", "2019-06-30"), did("replied", "2019-07-20")], "2019-09-01", "replied"),
    ],
)
def test_where_a_request_stands_follows_from_its_steps_and_the_day(steps, on, state):
    assert only(asked(), *steps, on=on).state == state


def test_a_step_entered_late_gives_what_it_would_have_given_in_time():
    steps = [
        did("sent", "2019-06-30T10:00Z"),
        TRIED,
        did("no-reply", "2019-08-01"),
        did("replied", "2019-08-05", f"capture={LATER}; may_publish=no"),
    ]
    said = (
        "The addressee was asked on 30 June 2019; it did not respond by 31 July 2019 after one attempt, and replied on "
        "5 August 2019; its reply may not be quoted."
    )
    for order in permutations(steps):
        one = only(asked(), *order, on="2019-09-01")
        assert (one.state, one.sent_on, one.attempts, one.reply) == ("replied", date(2019, 6, 30), 1, LATER)
        assert [step.act for step in one.steps] == ["sent", "attempt", "no-reply", "replied"]
        assert one.sentence() == said


def test_times_of_one_day_order_it_with_and_without_seconds():
    steps = [did("waived", "2019-06-30T10:00:30Z"), did("sent", "2019-06-30T10:00Z")]
    assert only(asked(), *steps).state == "waived"
    assert only(asked(), *reversed(steps)).state == "waived"


def test_on_a_day_of_which_one_step_gives_no_time_the_order_of_the_record_holds():
    assert only(asked(), did("sent", "2019-06-30T10:00Z"), did("waived", "2019-06-30")).state == "waived"
    assert only(asked(), did("waived", "2019-06-30"), did("sent", "2019-06-30T10:00Z")).state == "sent"


def test_a_request_is_not_there_before_it_was_entered_or_anything_happened():
    tables = build([asked(entered_on="2026-11-22"), SENT])
    assert [one.state for one in requests(tables, date(2019, 6, 30))] == ["sent"]  # re-enacted: sent long before
    assert requests(tables, date(2019, 6, 29)) == ()


def test_requests_come_in_the_order_of_the_record_each_with_its_own_steps():
    tables = build([asked(2), asked(1), did("sent", "2019-06-30", number=2)])
    assert [(one.id, one.state) for one in requests(tables)] == [("REQ-2", "sent"), ("REQ-1", "draft")]
    assert requests(build([])) == ()


# What a report prints.

AMBER = "AMBER"
ASKED_BY_NOTE = "Permanent Mission of KW was asked on 30 June 2019 through note verbale"


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([], "Permanent Mission of KW was not asked yet; a letter is drafted."),
        ([SENT], f"{ASKED_BY_NOTE} to reply by 31 July 2019; no reply is in the record."),
        ([SENT, did("replied", "2019-07-20")],
         f"{ASKED_BY_NOTE}; it replied on 20 July 2019."),
        ([SENT, did("replied", "2019-07-20", "may_publish=no")],
         f"{ASKED_BY_NOTE}; it replied on 20 July 2019; its reply may not be quoted."),
        ([did("replied", "2019-07-20")], "Permanent Mission of KW replied on 20 July 2019 without having been asked."),
        ([did("replied", "2019-06-20"), SENT],
         "Permanent Mission of KW replied on 20 June 2019, before it was asked on 30 June 2019."),
        ([SENT, did("no-reply", "2019-08-01")],
         f"{ASKED_BY_NOTE} and did not respond by 31 July 2019."),
        ([did("waived", "2019-06-30")], "No reply was sought from Permanent Mission of KW: the bank was dissolved."),
        ([SENT, did("waived", "2019-07-10")],
         f"{ASKED_BY_NOTE}; no reply was waited for: the bank was dissolved."),
    ],
)  # fmt: skip
def test_there_is_one_sentence_for_each_state(steps, said):
    assert only(asked(), *steps, on="2019-09-01").sentence(clearance=AMBER) == said


def test_before_the_deadline_the_sentence_says_until_when_and_nothing_of_silence():
    told = only(asked(), SENT, on="2019-07-31").sentence("Gulf Bank")
    assert told == "Gulf Bank was asked on 30 June 2019 to reply by 31 July 2019."


def test_five_attempts_are_told_in_words_and_the_sending_is_none_of_them():
    tried = [did("attempt", f"2019-07-{day:02}") for day in (8, 15, 22, 29, 31)]
    told = only(asked(), SENT, *tried, did("no-reply", "2019-08-01"))
    assert told.attempts == 5
    assert "did not respond by 31 July 2019 after five attempts" in told.sentence()


def test_with_an_attempt_after_the_deadline_silence_is_told_up_to_the_closing():
    """Five attempts "by 31 July" would be untrue if the last was made in August."""
    told = only(asked(), SENT, TRIED, did("attempt", "2019-08-02"), did("no-reply", "2019-08-20"))
    assert "did not respond by 20 August 2019 after two attempts" in told.sentence()


def test_thirteen_attempts_are_told_in_digits():
    tried = [did("attempt", f"2019-07-{day:02}") for day in range(1, 14)]
    assert "after 13 attempts" in only(asked(), SENT, *tried, did("no-reply", "2019-08-01")).sentence()


def test_a_reader_who_may_not_know_is_told_neither_the_addressee_nor_the_channel():
    request = only(asked(), SENT, did("replied", "2019-07-20"))
    assert request.sentence() == "The addressee was asked on 30 June 2019; it replied on 20 July 2019."
    assert request.sentence("Kuwait") == "Kuwait was asked on 30 June 2019; it replied on 20 July 2019."
    assert "note verbale" in request.sentence(clearance="AMBER")


def test_what_is_above_the_clearance_is_withheld_and_no_half_of_it_is_told():
    """To leave a stricter reply out would call a party silent that was not."""
    assert only(asked(tlp="RED"), SENT).sentence(clearance="AMBER") == "withheld (TLP:RED)"
    strict = only(asked(), SENT, did("replied", "2019-07-20", tlp="AMBER"))
    assert strict.sentence() == "withheld (TLP:AMBER)"


def test_words_that_were_erased_leave_the_rest_standing():
    gone = asked()
    del gone["body"]["addressee"], gone["body"]["questions"]
    step = did("sent", "2019-06-30")
    del step["body"]["channel"]
    request = only(gone, step)
    assert (request.addressee, request.questions) == (None, ())
    assert request.sentence(clearance="RED") == "The addressee was asked on 30 June 2019 to reply by 31 July 2019."


# The request that counts for a party.

MINE = {"purpose": "right-of-reply", "party_id": "P-1"}


def test_a_party_that_nobody_asked_has_no_request():
    assert reply_of(build(party("P-1")), "P-1") is None
    assert reply_of(build([*party("P-1"), asked(party_id="P-1")]), "P-1") is None  # a question is no right of reply
    assert reply_of(build([*party("P-1", "P-2"), asked(**MINE)]), "P-2") is None


def test_a_draft_is_returned_as_what_it_is():
    assert reply_of(build([*party("P-1"), asked(**MINE)]), "P-1").state == "draft"


def test_of_several_an_answer_counts_first_then_what_left_then_the_newest():
    first, second, third = asked(1, **MINE), asked(2, **MINE), asked(3, **MINE)
    steps = [did("sent", "2019-06-30"), did("no-reply", "2019-08-01"), did("sent", "2019-06-10", number=2)]
    tables = build([*party("P-1"), first, second, third, *steps])
    assert reply_of(tables, "P-1").id == "REQ-1"
    answered = build([*party("P-1"), first, second, third, *steps, did("replied", "2019-06-20", number=2)])
    assert reply_of(answered, "P-1").id == "REQ-2"  # whoever answered one letter was not silent
    assert reply_of(answered, "P-1", date(2019, 6, 19)).state == "sent"


def test_a_request_to_one_of_two_that_are_one_counts_for_both_from_the_day_of_the_decision():
    same = decided("P-2", "same-as", "P-1", "2019-07-05")
    tables = build([*party("P-1", "P-2", "P-3"), asked(**MINE), SENT, same])
    assert reply_of(tables, "P-2", date(2019, 7, 5)).id == "REQ-1"
    assert reply_of(tables, "P-2", date(2019, 7, 4)) is None
    assert reply_of(tables, "P-3", date(2019, 7, 5)) is None


def test_a_table_without_rows_has_the_columns_that_are_folded():
    assert isinstance(build([])["step"], pl.DataFrame)
    assert requests(build([asked()]))[0].steps == ()
