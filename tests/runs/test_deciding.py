"""Deciding, as people do it: two accounts, second thoughts, ends, and entries that change behind a decision."""

from __future__ import annotations

from datetime import date

import pytest

from watchkeeper.ledger.decisions import standings
from watchkeeper.ledger.statuses import status
from watchkeeper.ledger.view import look
from watchkeeper.runs.claiming import add_claim, withdraw_claim
from watchkeeper.runs.deciding import decide
from watchkeeper.runs.importing import import_tables
from watchkeeper.runs.reviewing import history, queue
from watchkeeper.store.case import Case
from watchkeeper.values.refused import Invalid, NotFound

TABLES = {
    "sources.csv": (
        "source_id,title,publisher,reference,via,published_on,checked,redistribute,tlp,note\n"
        "SYN-S,Annex (SYNTHETIC),A Panel,annex 1,,2019-07-01,text,extract,CLEAR,\n"
        "SYN-R,Private letter (SYNTHETIC),A State,letter,,2019-07-01,text,extract,RED,\n"
    ),
    "incidents.csv": "incident_id,kind,parent_id,note\nSYN-1,incident,,\nSYN-2,incident,,\n",
    "claims.csv": (
        "incident_id,field,value,low,high,unit,valuation,stance,stated_by,stated_on,confidence,admiralty,source_id,"
        "locator,quote,published_on,checked,author,entered_on,note\n"
        "SYN-1,attribution,an actor,,,,,attributes,A Panel,2019-07-01,high,,SYN-S,,,,text,a,2019-07-02,\n"
        "SYN-2,attribution,an actor,,,,,attributes,A Panel,2019-07-01,high,,SYN-S,,,,text,a,2019-07-02,\n"
    ),
    "parties.csv": "party_id,kind,note\nP-1,company,\nP-2,company,\n",
    "facts.csv": (
        "party_id,field,value,lang,stance,since,until,stated_by,stated_on,source_id,capture,locator,quote,"
        "published_on,checked,author,entered_on,note\n"
        "P-1,name,One Trading (SYNTHETIC),,,,,,,SYN-S,,,,,text,a,2019-07-02,\n"
        "P-2,name,1 Trading (SYNTHETIC),,,,,,,SYN-R,,,,,text,a,2019-07-02,\n"
    ),
}


@pytest.fixture
def case(tmp_path, clock):
    made = Case.create(tmp_path / "case")
    import_tables(made, {name: text.encode() for name, text in TABLES.items()}, by="a", strict=True)
    return made


def say(case, by, verdict, subject="SYN-1", **more):
    return decide(case, subject, verdict, by=by, reason="compared with the annex", **more)


def counted(case, **day):
    return look(case.tables, population="record", **day).member_ids.to_list()


def test_a_verdict_waits_for_another_account_and_then_moves_the_count(case):
    assert counted(case) == ["SYN-1", "SYN-2"]
    first = say(case, "A", "contested")
    assert (first["state"], first["verdict"], first["waits_for"]) == ("proposed", None, "another account")
    assert counted(case) == ["SYN-1", "SYN-2"]
    second = say(case, "B", "contested")
    assert (second["state"], second["verdict"], second["by"]) == ("in force", "contested", ["A", "B"])
    assert counted(case) == ["SYN-2"]


def test_two_accounts_may_say_one_thing_in_the_same_words_on_one_day(case):
    assert say(case, "A", "contested")["decision_id"] != say(case, "B", "contested")["decision_id"]
    assert case.tables["decision"].height == 2


@pytest.mark.parametrize("spelling", ["A", "a", "А", "A."])
def test_the_second_account_is_not_the_first_under_another_spelling(case, spelling):
    first = say(case, "A", "contested")
    with pytest.raises(Invalid, match="has decided this already"):
        say(case, spelling, "contested")
    with pytest.raises(Invalid, match="a second person is another account"):
        say(case, spelling, "confirmed", first["decision_id"])
    assert case.tables["decision"].height == 1


def test_a_confirmation_names_the_decision_and_settles_it(case):
    first = say(case, "A", "contested")
    told = say(case, "B", "confirmed", first["decision_id"])
    assert (told["state"], told["verdict"], told["by"]) == ("in force", "contested", ["A", "B"])


def test_what_is_settled_is_not_settled_again(case):
    say(case, "A", "contested")
    say(case, "B", "contested")
    with pytest.raises(Invalid, match="contested already, by A and B"):
        say(case, "C", "contested")


def test_only_its_author_takes_a_decision_back_and_taking_that_back_restores_it(case):
    first = say(case, "A", "contested")["decision_id"]
    second = say(case, "B", "contested")["decision_id"]
    with pytest.raises(Invalid, match="is B's decision; only its author takes it back"):
        say(case, "A", "undone", second)
    undo = say(case, "B", "undone", second)["decision_id"]
    assert counted(case) == ["SYN-1", "SYN-2"]
    with pytest.raises(Invalid, match=f"was taken back already \\({undo}\\)"):
        say(case, "B", "undone", second)
    say(case, "B", "undone", undo)
    assert counted(case) == ["SYN-2"]
    assert [row["says"].split(",")[0] for row in history(case, first)] == ["contested"]


def test_a_long_story_of_taking_back_is_read_to_its_end(case):
    first = say(case, "A", "contested")["decision_id"]
    told, said_on = first, date(2026, 1, 1).isoformat()
    back = []
    for number in range(1201):  # an odd number of times: it is taken back
        body = {"subject": told, "verdict": "undone", "reason": "no", "author": "A", "decided_on": said_on}
        told = f"d-back{number}"
        back.append({"kind": "decision", "id": told, "tlp": "CLEAR", "body": body})
    case.append(back, at="2026-01-01T00:00:00Z", by="A")
    with pytest.raises(Invalid, match="nothing to confirm"):
        say(case, "B", "confirmed", first)


def test_one_account_alone_confirms_no_decision_of_the_bundle_against_two(case):
    told = b"subject,verdict,other,reason,author,decided_on\nSYN-1,contested,,disputed,compilers,2019-07-03\n"
    import_tables(case, {"decisions.csv": told}, by="a", strict=True, settled=True)
    bundled = case.tables["decision"]["decision_id"][0]
    for who in "AB":
        say(case, who, "uncontested")
    alone = say(case, "C", "confirmed", bundled)
    assert (alone["verdict"], alone["by"], alone["waits_for"]) == ("uncontested", ["A", "B"], "another account")


def test_two_accounts_that_would_keep_different_entries_of_one_event_have_not_agreed(case):
    say(case, "A", "same-event", "SYN-1", other="SYN-2")
    second = say(case, "B", "same-event", "SYN-2", other="SYN-1")
    assert (second["verdict"], second["waits_for"]) == (None, "another account")
    assert counted(case) == ["SYN-1", "SYN-2"]
    say(case, "A", "confirmed", second["decision_id"])
    (kept,) = standings(case.tables["decision"])
    assert (kept.verdict, kept.subject) == ("same-event", "SYN-2")


def test_what_two_settled_asks_for_no_third(case):
    say(case, "A", "reviewed")
    with pytest.raises(Invalid, match="A second person is another account"):
        say(case, "A", "reviewed")
    say(case, "B", "reviewed")
    with pytest.raises(Invalid, match=r"and it is in force\. Nothing was written") as refused:
        say(case, "B", "reviewed")
    assert "second person" not in str(refused.value)


def test_a_decision_taken_back_cannot_be_confirmed(case):
    first = say(case, "A", "contested")["decision_id"]
    say(case, "A", "undone", first)
    with pytest.raises(Invalid, match="was taken back by A"):
        say(case, "B", "confirmed", first)
    assert say(case, "A", "contested")["state"] == "proposed"  # A may think again


def test_two_accounts_must_have_seen_the_same_entries(case):
    first = say(case, "A", "reviewed")["decision_id"]
    add_claim(case, "SYN-1", "loss_reported=9000000USD", {"source_id": "SYN-S"}, by="C")
    with pytest.raises(Invalid, match="Entries on SYN-1 changed since A decided"):
        say(case, "B", "confirmed", first)
    assert say(case, "B", "reviewed")["state"] == "proposed"  # of the entries as they stand now
    assert say(case, "A", "reviewed")["state"] == "in force"


def test_a_new_claim_reopens_a_review_and_withdrawing_it_closes_that_again(case):
    say(case, "A", "reviewed")
    say(case, "B", "reviewed")
    assert status(case.tables, "incident", "SYN-1").word == "reviewed"
    assert queue(case) == []
    told = add_claim(case, "SYN-1", "loss_reported=9000000USD", {"source_id": "SYN-S"}, by="C")
    now = status(case.tables, "incident", "SYN-1")
    assert (now.word, now.reopened) == ("candidate", True)
    (row,) = queue(case)
    assert (row["subject"], row["state"], row["by"]) == ("SYN-1", "reopened", "A, B")
    assert look(case.tables, reviewed_only=True).member_ids.to_list() == []
    withdraw_claim(case, told["claim_id"], "wrong row", by="C")
    assert status(case.tables, "incident", "SYN-1").word == "reviewed"
    assert look(case.tables, reviewed_only=True).member_ids.to_list() == ["SYN-1"]


def test_the_queue_does_not_offer_to_confirm_what_was_proposed_before_entries_changed(case):
    first = say(case, "A", "reviewed")["decision_id"]
    (row,) = queue(case)
    assert (row["state"], row["type"]) == ("proposed", f"watchkeeper decide {first} confirmed --reason ...")
    add_claim(case, "SYN-1", "loss_reported=9USD", {"source_id": "SYN-S"}, by="A")
    with pytest.raises(Invalid, match="Entries on SYN-1 changed"):
        say(case, "B", "confirmed", first)
    (row,) = queue(case)
    assert row["state"] == "proposed before entries changed"
    assert row["type"] == "watchkeeper decide SYN-1 reviewed --reason ..."


def test_a_reopened_decision_stays_in_force_until_two_decide_anew(case):
    say(case, "A", "contested")
    say(case, "B", "contested")
    add_claim(case, "SYN-1", "loss_reported=9000000USD", {"source_id": "SYN-S"}, by="C")
    assert counted(case) == ["SYN-2"]
    say(case, "A", "contested")
    assert queue(case)[0]["state"] == "reopened"
    say(case, "B", "contested")
    assert queue(case) == []


def test_one_reviewer_is_a_single_analyst(case):
    say(case, "A", "reviewed")
    now = status(case.tables, "incident", "SYN-1")
    assert (now.word, now.reviewers, now.words) == ("candidate", ("A",), "candidate (single-analyst)")


def test_a_decision_that_ends_lapses_and_waits_again(case, clock):
    say(case, "A", "contested", until=date(2026, 12, 31))
    say(case, "B", "contested")
    assert counted(case, today=date(2026, 12, 31)) == ["SYN-2"]
    clock(date(2027, 1, 1))
    assert counted(case, today=date(2027, 1, 1)) == counted(case, as_of=date(2027, 1, 1)) == ["SYN-1", "SYN-2"]
    (row,) = queue(case)
    assert (row["state"], row["type"]) == ("lapsed", "watchkeeper decide SYN-1 VERDICT --reason ...")
    with pytest.raises(Invalid, match="must end today or later"):
        say(case, "A", "contested", until=date(2026, 12, 31))


def test_two_of_two_minds_stand_in_the_queue_with_both_names(case):
    say(case, "A", "contested")
    say(case, "B", "uncontested")
    (row,) = queue(case)
    assert (row["state"], row["proposed"]) == ("divided", "contested: A; uncontested: B")


def test_parties_are_merged_by_two_and_split_by_two(case):
    from watchkeeper.ledger.parties import canonical

    say(case, "A", "same-as", "P-1", other="P-2")
    assert canonical(case.tables)["P-2"] == "P-2"
    say(case, "B", "same-as", "P-2", other="P-1")  # a pair has no direction
    assert canonical(case.tables)["P-2"] == "P-1"
    say(case, "A", "not-same-as", "P-1", other="P-2")
    assert canonical(case.tables)["P-2"] == "P-1"
    say(case, "B", "not-same-as", "P-1", other="P-2")
    assert canonical(case.tables)["P-2"] == "P-2"


def test_a_review_of_a_party_is_reopened_by_a_merge_that_brings_entries_nobody_looked_at(case):
    for who in "AB":
        say(case, who, "reviewed", "P-1")
    assert status(case.tables, "party", "P-1").word == "reviewed"
    for who in "AB":
        say(case, who, "same-as", "P-1", other="P-2")
    assert status(case.tables, "party", "P-1").reopened
    for who in "AB":
        say(case, who, "reviewed", "P-1")
    assert status(case.tables, "party", "P-2").word == "reviewed"  # it is P-1 now


def test_of_a_merged_party_the_newest_review_holds_under_whichever_id_it_was_typed(case):
    for verdict, subject, more in (("same-as", "P-1", {"other": "P-2"}), ("reviewed", "P-1", {})):
        for who in "AB":
            say(case, who, verdict, subject, **more)
    assert status(case.tables, "party", "P-1").word == "reviewed"
    for who in "AB":
        say(case, who, "unreviewed", "P-2")
    assert {status(case.tables, "party", one).word for one in ("P-1", "P-2")} == {"candidate"}
    for who in "AB":
        say(case, who, "reviewed", "P-2")
    assert {status(case.tables, "party", one).word for one in ("P-1", "P-2")} == {"reviewed"}


def test_a_decision_is_as_strict_as_what_it_is_about(case):
    say(case, "A", "same-as", "P-1", other="P-2")
    assert case.tables["decision"]["tlp"].to_list() == [max_label(case, "P-1", "P-2")]
    with pytest.raises(Invalid, match="cannot be TLP:CLEAR"):
        say(case, "A", "reviewed", "P-1", tlp="CLEAR")


def max_label(case, *parties):
    from watchkeeper.model.tlp import strictest

    table = case.tables["party"]
    return strictest(table.filter(table["party_id"].is_in(parties))["tlp"])


@pytest.mark.parametrize(
    ("subject", "verdict", "other", "words"),
    [
        ("SYN-9", "contested", None, "No incident SYN-9 in this case"),
        ("P-1", "contested", None, "No incident P-1 in this case"),
        ("P-1", "same-as", "P-9", "No party P-9 in this case"),
        ("d-0", "confirmed", None, "No decision d-0 in this case"),
    ],
)
def test_what_is_not_in_the_record_cannot_be_decided_on(case, subject, verdict, other, words):
    with pytest.raises(NotFound, match=words):
        say(case, "A", verdict, subject, other=other)


def test_an_unknown_verdict_and_a_pair_of_one_are_refused(case):
    with pytest.raises(Invalid, match="not one of the verdicts"):
        say(case, "A", "guilty")
    with pytest.raises(Invalid, match="two parties"):
        say(case, "A", "same-as", "P-1")
    with pytest.raises(Invalid, match="a party cannot be weighed against itself"):
        say(case, "A", "same-as", "P-1", other="P-1")


def test_imported_decisions_of_others_wait_for_a_second_account_too(case):
    table = b"subject,verdict,other,reason,author,decided_on\nSYN-1,contested,,as a colleague holds,X,2026-11-22\n"
    import_tables(case, {"decisions.csv": table}, by="a", strict=True)
    assert counted(case) == ["SYN-1", "SYN-2"]
    (row,) = queue(case)
    assert (row["state"], row["proposed"]) == ("proposed", "contested: a")  # whoever imports gives the word
    assert history(case, "SYN-1")[-1]["reason"] == "X decided on 2026-11-22: as a colleague holds"
    say(case, "B", "confirmed", row["decision"])
    assert counted(case) == ["SYN-2"]


def test_one_person_cannot_import_the_words_of_two(case):
    rows = "".join(f"SYN-1,contested,,read by {who},{who},2026-11-22\n" for who in ("ann", "ben"))
    table = f"subject,verdict,other,reason,author,decided_on\n{rows}".encode()
    import_tables(case, {"decisions.csv": table}, by="a", strict=True)
    assert counted(case) == ["SYN-1", "SYN-2"]


def test_what_confirms_an_imported_decision_is_tied_to_the_entries_as_they_stand(case):
    table = b"subject,verdict,other,reason,author,decided_on\nSYN-1,reviewed,,as a colleague holds,X,2026-11-22\n"
    import_tables(case, {"decisions.csv": table}, by="a", strict=True)
    say(case, "B", "reviewed")
    assert status(case.tables, "incident", "SYN-1").word == "reviewed"
    add_claim(case, "SYN-1", "loss_reported=9000000USD", {"source_id": "SYN-S"}, by="C")
    assert status(case.tables, "incident", "SYN-1").reopened


def test_dissent_is_shown_beside_what_stands(case):
    first = say(case, "A", "contested")["decision_id"]
    decide(case, first, "dissent", by="C", reason="the report says otherwise")
    (row,) = queue(case)
    assert row["dissent"] == "C: the report says otherwise"


def test_history_tells_all_that_was_entered_on_a_subject_and_on_the_decisions_about_it(case):
    first = say(case, "A", "contested")["decision_id"]
    say(case, "B", "confirmed", first)
    told = [(row["kind"], row["by"]) for row in history(case, "SYN-1")]
    assert told == [("incident", "a"), ("claim", "a"), ("decision", "A"), ("decision", "B")]
    with pytest.raises(NotFound, match="says nothing of SYN-9"):
        history(case, "SYN-9")


def test_the_queue_lists_candidates_if_asked(case):
    assert queue(case) == []
    assert [row["subject"] for row in queue(case, candidates=True)] == ["SYN-1", "SYN-2", "P-1", "P-2"]
