"""Bad commands: each is refused in words that name the fault and the way on, and nothing is written."""

from __future__ import annotations

import json
import os

import pytest

NOBODY = "f" * 64
# The public key of RFC 8032, test 1: sound in form, and of no case of ours.
KEY = "watchkeeper/case-x+0796c06a+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea"
FILLED = ["--source", "RECALLED", "--checked", "recalled", "--by", "a.analyst"]

BAD = {  # what is wrong: words typed, exit code, what the message must say; {case} is the case folder
    "no value": (["claim", "add", "UN19-21", "loss_reported"], 4, [
        '"loss_reported" is no claim; write FIELD=VALUE, for instance loss_reported=9000000USD']),
    "an amount without its unit": (["claim", "add", "UN19-21", "loss_reported=9000000", *FILLED], 4, [
        '"9000000" is not an amount with a unit; write for instance 9000000USD']),
    "a negative amount": (["claim", "add", "UN19-21", "loss_reported=-5USD", *FILLED], 4, [
        '"-5USD" is not an amount with a unit']),
    "NaN": (["claim", "add", "UN19-21", "loss_reported=NaNUSD", *FILLED], 4, ['"NaNUSD" is not an amount with a unit']),
    "an unknown unit": (["claim", "add", "UN19-21", "loss_reported=9GBX", *FILLED], 4, ['Unknown unit "GBX"; known: ']),
    "a range that runs backwards": (["claim", "add", "UN19-21", "loss_reported=9..8USD", *FILLED], 4, [
        "Claim on UN19-21 cannot be read.", "high: is below low (8 < 9)"]),
    "a range without an end": (["claim", "add", "UN19-21", "loss_reported=9..", *FILLED], 4, [
        '"" is not an amount with a unit']),
    "an unknown field": (["claim", "add", "UN19-21", "losses=9USD", *FILLED], 4, [
        '"losses" is not a field of the ledger']),
    "Korea alone": (["claim", "add", "UN19-21", "victim_state=Korea", *FILLED], 4, [
        '"Korea" names more than one', "(KP)"]),
    "an unknown incident": (["claim", "add", "UN19-99", "title=x", *FILLED], 3, [
        "No incident UN19-99 in this case; see `watchkeeper ledger list`"]),
    "one of two incidents unknown": (["claim", "add", "UN19-21+UN19-99", "combined_loss=9USD", *FILLED], 3, [
        "UN19-99"]),
    "no source": (["claim", "add", "UN19-21", "title=x"], 3, [
        "No source is named", "--source", "--capture", "`watchkeeper ledger sources`"]),
    "an unknown source": (["claim", "add", "UN19-21", "title=x", "--source", "FBI"], 3, ["No source FBI in this case"]),
    "a capture we do not hold": (["claim", "add", "UN19-21", "title=x", "--capture", NOBODY], 3, [
        f"No capture {NOBODY} in this case; add the file with `watchkeeper add FILE`"]),
    "a capture we do not hold, beside a source": (
        ["claim", "add", "UN19-21", "title=x", "--capture", NOBODY, *FILLED], 3, [f"No capture {NOBODY} in this case"]),
    "an unknown edition": (["claim", "add", "UN19-21", "in_edition=S/2020/151", *FILLED], 3, [
        "No edition S/2020/151 in this case; known: S/2019/691"]),
    "an unknown check mark": (["claim", "add", "UN19-21", "title=x", "--source", "RECALLED", "--checked", "sure"], 4, [
        'checked: "sure" is not one of the checked: text, secondary, recalled']),
    "an unreadable day": (["claim", "add", "UN19-21", "title=x", *FILLED, "--published-on", "1/7/2019"], 4, [
        'published_on: "1/7/2019" is not a day; write YYYY-MM-DD']),
    "an attribution nobody states": (["claim", "add", "UN19-21", "attribution=DPRK", *FILLED], 4, [
        "stance: is empty", "stated_by: is empty"]),
    "an escape sequence": (["claim", "add", "UN19-21", "title=\x1b]0;owned\x07", *FILLED], 4, [
        "value: holds the control or unassigned character U+001B"]),
    "a claim that is not there": (["claim", "withdraw", "c-00000000000000000000", "--reason", "x"], 3, [
        "No claim c-00000000000000000000 in this case; see `watchkeeper ledger show INCIDENT`"]),
    "a file that is not there": (["add", "reply.pdf"], 3, ["reply.pdf does not exist; nothing was added"]),
    "one of two files that is not there": (["add", "here.txt", "reply.pdf"], 3, ["reply.pdf does not exist"]),
    "a folder": (["add", "folder"], 4, ["folder is no plain file; name the files in it one by one. Nothing was added"]),
    "a pipe": (["add", "pipe"], 4, ["pipe is no plain file"]),
    "a table that is not there": (["ledger", "import", "claims.csv"], 3, [
        "claims.csv does not exist; nothing was imp"]),
    "a folder without tables": (["ledger", "import", "folder"], 3, ["folder holds no .csv file; nothing was imported"]),
    "a reject file nowhere": (["ledger", "import", "here.txt", "--rejects", "no/rejected.csv"], 2, [
        "no/rejected.csv cannot be written", "Nothing was imported", "--rejects"]),
    "a folder for a reject file": (["ledger", "import", "here.txt", "--rejects", "folder"], 2, [
        "folder cannot be written", "name another file with --rejects"]),
    "a report called by a path": (["report", "build", "cyber-theft-2019", "--name", "../../r1"], 4, [
        '"../../r1" is no name for a report; use up to 64 of A-Z a-z 0-9 . _ -']),
    "an unknown report": (["report", "build", "trade"], 3, ['No report "trade"; known: cyber-theft-2019']),
    "a table that is a pipe": (["ledger", "import", "pipe"], 4, ["pipe is no plain file", "Nothing was imported"]),
    "a mark above the source's": ([
        "claim", "add", "UN19-21", "title=x", "--source", "RECALLED", "--checked", "text"], 4, [
        "Source RECALLED is marked recalled, and the claim text", "Leave --checked out", "--capture SHA"]),
    "a day to come": (["claim", "add", "UN19-21", "title=x", *FILLED, "--published-on", "2026-11-23"], 4, [
        "Published_on 2026-11-23 is later than today, 2026-11-22; mend the day"]),
    "a figure like no other": (["figure", "show", "nope"], 3, ['No figure "nope"; see watchkeeper figure list.']),
    "an unknown figure": (["figure", "show", "cyber.loss"], 3, ['No figure "cyber.loss"; nearest: ', "figure list"]),
    "an unknown edition asked for": (["figure", "show", "cyber.instances", "--edition", "S/2020/151"], 3, [
        'No edition "S/2020/151" in this case; known: S/2019/691']),
    "an unknown group": (["ledger", "count", "--by", "colour"], 4, ["colour", "year", "sector"]),
    "a question of nothing": (["case", "query", " "], 4, ["The question asks nothing; write for instance SELECT"]),
    "a question that is no SQL": (["case", "query", "how many?"], 4, ["The question cannot be answered: Parser Error"]),
    "a table we do not have": (["case", "query", "SELECT * FROM claims"], 4, [
        "claims does not exist", 'Did you mean "claim']),
    "a question that writes": (["case", "query", "DELETE FROM claim"], 4, ["read-only mode"]),
    "a question that reads a file": (["case", "query", "SELECT * FROM read_text('/etc/hostname')"], 4, [
        "disabled by conf"]),
    "a question that writes a file": (["case", "query", "COPY claim TO 'claims.csv'"], 4, [
        "disabled by configuration"]),
    "a question that attaches": (["case", "query", "ATTACH 'other.db'"], 4, ["disabled by configuration"]),
    "a question that unlocks": (["case", "query", "SET enable_external_access = true"], 4, [
        "The question cannot be ans"]),
    "a question that installs": (["case", "query", "INSTALL httpfs"], 4, ["disabled by configuration"]),
    "two columns of one name": (["case", "query", "SELECT 1 AS a, 2 AS a"], 4, [
        "more than one column a; name each with AS"]),
    "an answer without end": (["case", "query", "SELECT * FROM range(100001)"], 4, [
        "more than 100000 rows; add LIMIT"]),
}  # fmt: skip


@pytest.mark.parametrize("wrong", BAD)
def test_a_bad_command_is_refused_in_words_and_nothing_is_written(wrong, watchkeeper, record, demo_case, tmp_path):
    words, code, says = BAD[wrong]
    (tmp_path / "folder").mkdir()
    (tmp_path / "here.txt").write_text("SYNTHETIC")
    os.mkfifo(tmp_path / "pipe")
    before = record()
    ran = watchkeeper(*words, "--case", demo_case)
    assert (ran.code, ran.out) == (code, "")
    assert [part for part in says if part not in ran.err] == []
    assert "Traceback" not in ran.err
    assert record() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["case", "folder", "here.txt", "pipe"]


def test_the_very_same_claim_is_not_entered_twice(watchkeeper, record, demo_case):
    words = ["claim", "add", "UN19-21", "loss_reported=9000000USD", *FILLED, "--case", demo_case]
    entered = json.loads(watchkeeper(*words, "-f", "json").out)["claim_id"]
    before = record()
    ran = watchkeeper(*words)
    assert (ran.code, ran.out) == (4, "")
    assert ran.err == f"This very claim is in the record already ({entered}); nothing was written.\n"
    assert record() == before


def test_a_withdrawal_needs_a_reason_in_words(watchkeeper, record, demo_case):
    claim = json.loads(watchkeeper("ledger", "show", "UN19-21", "--case", demo_case, "-f", "json").out)["claims"][0]
    before = record()
    ran = watchkeeper("claim", "withdraw", claim["claim_id"], "--reason", " ", "--case", demo_case)
    assert (ran.code, ran.out) == (4, "")
    assert ran.err == "Decision cannot be read.\nreason: is empty; it may not be.\n"
    assert record() == before


def test_a_contradicting_claim_is_kept_beside_the_other_and_shown(watchkeeper, demo_case):
    ran = watchkeeper("claim", "add", "UN19-21", "loss_reported=9000000USD", *FILLED, "--case", demo_case)
    assert (ran.code, "beside 1 claim of the same field" in ran.err) == (0, True)
    shown = watchkeeper("ledger", "show", "UN19-21", "--case", demo_case)
    assert "Claims differ on: loss_reported. All are kept." in shown.err
    assert "9,000,000" in shown.out
    assert "49,000,000" in shown.out


def test_a_case_that_is_no_case_is_refused_by_what_it_is(watchkeeper, tmp_path):
    case = tmp_path / "other"
    for content, code, says in (
        (None, 3, "other is no case folder. Make one with `watchkeeper case init other`, or use --demo."),
        ("{", 4, "other/case.json cannot be read"),
        ("[]", 4, "is a case of another format than watchkeeper case 2; this version cannot read it."),
        ('{"format": "watchkeeper case 1"}', 4, "of another format"),
        ('{"format": "watchkeeper case 2"}', 4, "is no Ed25519 verifier key"),
        (json.dumps({"format": "watchkeeper case 2", "verifier": KEY}), 5, "checkpoint is missing: nothing says"),
    ):
        if content is not None:
            case.mkdir(exist_ok=True)
            (case / "case.json").write_text(content)
        ran = watchkeeper("ledger", "list", "--case", "other")
        assert (ran.code, ran.out) == (code, "")
        assert says in ran.err


def test_a_case_is_not_made_where_something_stands(watchkeeper, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    ran = watchkeeper("case", "init", "mine")
    assert (ran.code, ran.out) == (4, "")
    assert ran.err == "mine exists and is not empty; a case is made in a new folder, so that nothing is overwritten.\n"
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.txt"]
